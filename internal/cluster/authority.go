package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// An Authority makes the certificates of a test: of a server and of the
// offices that may speak to it.
type Authority struct {
	File string // ca.pem, what both sides trust

	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	next int64
}

// NewAuthority makes an authority whose files go into a folder.
func NewAuthority(dir string) (*Authority, error) {
	a := &Authority{dir: dir, File: filepath.Join(dir, "ca.pem")}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	template := a.template("演示机构")
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	return a, write(a.File, "CERTIFICATE", der)
}

func (a *Authority) template(name string) *x509.Certificate {
	a.next++
	now := time.Now()
	return &x509.Certificate{SerialNumber: big.NewInt(a.next), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour)}
}

// Client makes an office's certificate, in name.pem, and its key, in
// name-key.pem. Units say what else it may do (OU=trees: make and change trees).
func (a *Authority) Client(name string, units ...string) (cert, key string, err error) {
	t := a.template(name)
	t.Subject.OrganizationalUnit = units
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return a.issue(name, t)
}

// Server makes a server's certificate for names and addresses.
func (a *Authority) Server(name string, hosts ...string) (cert, key string, err error) {
	t := a.template(name)
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	return a.issue(name, t)
}

func (a *Authority) issue(name string, t *x509.Certificate) (cert, key string, err error) {
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, secret.Public(), a.key)
	if err != nil {
		return "", "", err
	}
	plain, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		return "", "", err
	}
	cert, key = filepath.Join(a.dir, name+".pem"), filepath.Join(a.dir, name+"-key.pem")
	if err := write(cert, "CERTIFICATE", der); err != nil {
		return "", "", err
	}
	return cert, key, write(key, "PRIVATE KEY", plain)
}

func write(name, kind string, der []byte) error {
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		return fault.Wrap("cluster.bad-folder", name, err).Of(fault.Unreachable)
	}
	return nil
}

// serverConfig is a server's side: TLS 1.3, a client certificate of ours, and
// the protocol of gRPC.
func (a *Authority) serverConfig(hosts ...string) (*tls.Config, error) {
	cert, key, err := a.Server("server", append(hosts, "localhost")...)
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS13}, nil
}
