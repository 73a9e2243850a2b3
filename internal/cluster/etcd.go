package cluster

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// electionPath is where the signers' elections stand in etcd.
const electionPath = "/sunlot/election"

func (c *Cluster) etcd(addr, peer string) *Server {
	return &Server{Name: "etcd", Addr: addr, HTTP: addr, Log: c.logFile("etcd"), exe: filepath.Join(c.opt.Bin, "etcd"), c: c,
		args: []string{
			"--name=sunlot", "--data-dir=" + c.etcdDir(), "--log-level=warn",
			"--listen-client-urls=http://" + addr, "--advertise-client-urls=http://" + addr,
			"--listen-peer-urls=http://" + peer, "--initial-advertise-peer-urls=http://" + peer,
			"--initial-cluster=sunlot=http://" + peer, "--initial-cluster-state=new",
		}}
}

// Fence ends the leases of signers that are no more, which would otherwise hold
// their trees for up to a minute, and returns how many it has ended. A signer
// names itself in its elections as host.pid.
func (c *Cluster) Fence(ctx context.Context) (int, error) {
	alive := map[string]bool{}
	for _, s := range c.Signers {
		if pid := s.Pid(); pid != 0 {
			alive[strconv.Itoa(pid)] = true
		}
	}
	var found struct {
		Kvs []struct {
			Value []byte `json:"value"`
			Lease string `json:"lease"`
		} `json:"kvs"`
	}
	b64 := base64.StdEncoding.EncodeToString
	err := c.askEtcd(ctx, "/v3/kv/range", map[string]string{"key": b64([]byte(electionPath + "/")), "range_end": b64([]byte(electionPath + "0"))}, &found)
	if err != nil {
		return 0, err
	}
	ended := map[string]bool{}
	for _, kv := range found.Kvs {
		who := string(kv.Value)
		if alive[who[strings.LastIndexByte(who, '.')+1:]] || ended[kv.Lease] {
			continue
		}
		if err := c.askEtcd(ctx, "/v3/lease/revoke", map[string]string{"ID": kv.Lease}, nil); err != nil {
			return len(ended), err
		}
		ended[kv.Lease] = true
	}
	return len(ended), nil
}

// askEtcd speaks etcd's JSON, which needs no client of it.
func (c *Cluster) askEtcd(ctx context.Context, page string, ask, answer any) error {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	data, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.Etcd.Addr+page, bytes.NewReader(data))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err = io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(page + ": " + resp.Status + ": " + string(data))
	}
	if err == nil && answer != nil {
		err = json.Unmarshal(data, answer)
	}
	return err
}

// Master waits for the signer that holds a tree and returns it. Under Force
// each does, and the first is returned.
func (c *Cluster) Master(ctx context.Context, tree int64) (*Server, error) {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	for {
		for _, s := range c.Signers {
			page, err := s.metrics(ctx)
			if err == nil && strings.Contains(page, fmt.Sprintf("is_master{logid=\"%d\"} 1\n", tree)) {
				return s, nil
			}
		}
		if !pause(ctx) {
			return nil, fault.New("cluster.no-answer", "signer", fmt.Sprintf("tree %d", tree), c.logFile("signer-*")).Of(fault.Unreachable)
		}
	}
}

// metrics is what a server counts, in Prometheus' text.
func (s *Server) metrics(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.HTTP+"/metrics", nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return string(data), err
}
