package cluster

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"path"
	"sync"

	"golang.org/x/net/http2/hpack"

	"github.com/sunlot/sunlot/internal/fault"
)

// A Proxy stands before a server of gRPC and is the network between it and its
// clients: it can be cut and mended, and lose one message of a kind that a
// test names. With TLS it is what stands before Trillian's log server in
// earnest, for that one asks no client for a certificate.
type Proxy struct {
	Addr string

	to  string
	tls *tls.Config

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
	loss     *loss
}

// A Loss is what the network does to one call.
type Loss int

const (
	Request Loss = iota // it never reaches the server
	Answer              // the server has done it, and the client is not told
)

type loss struct {
	method string
	what   Loss
	done   chan struct{}
}

// Proxy opens a plain proxy before a server; Down closes it.
func (c *Cluster) Proxy(to *Server) (*Proxy, error) { return c.front(to, nil) }

// Front opens a proxy that speaks TLS and asks each client for a certificate
// of the authority.
func (c *Cluster) Front(to *Server, a *Authority) (*Proxy, error) {
	host, _, err := net.SplitHostPort(to.Addr)
	if err != nil {
		return nil, err
	}
	config, err := a.serverConfig(host)
	if err != nil {
		return nil, err
	}
	return c.front(to, config)
}

func (c *Cluster) front(to *Server, config *tls.Config) (*Proxy, error) {
	addr, err := freeAddress(c.host, 0)
	if err != nil {
		return nil, fault.Wrap("cluster.no-port", c.host, err).Of(fault.Unreachable)
	}
	p := &Proxy{Addr: addr, to: to.Addr, tls: config, conns: map[net.Conn]bool{}}
	if err := p.Restore(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.proxies = append(c.proxies, p)
	c.mu.Unlock()
	return p, nil
}

// Cut closes every connection and the port: a client is refused.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		p.listener.Close()
		p.listener = nil
	}
	for conn := range p.conns {
		conn.Close()
	}
	clear(p.conns)
}

// Restore opens the port again.
func (p *Proxy) Restore() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		return nil
	}
	l, err := net.Listen("tcp", p.Addr)
	if err != nil {
		return fault.Wrap("cluster.no-port", p.Addr, err).Of(fault.Unreachable)
	}
	p.listener = l
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(l, conn)
		}
	}()
	return nil
}

// Close ends the proxy.
func (p *Proxy) Close() { p.Cut() }

// Lose loses the next call of the method (QueueLeaf) and with it the
// connection. The channel is closed when that has happened; the network is
// sound again from then on.
func (p *Proxy) Lose(method string, what Loss) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loss = &loss{method, what, make(chan struct{})}
	return p.loss.done
}

// take claims the loss that waits for a method, nil if none does.
func (p *Proxy) take(method string) *loss {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.loss
	if l == nil || l.method != method {
		return nil
	}
	p.loss = nil
	return l
}

// hold keeps a connection for Cut; false if the cut has been made.
func (p *Proxy) hold(l net.Listener, conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != l {
		return false
	}
	p.conns[conn] = true
	return true
}

func (p *Proxy) drop(conn net.Conn) {
	conn.Close()
	p.mu.Lock()
	delete(p.conns, conn)
	p.mu.Unlock()
}

func (p *Proxy) serve(l net.Listener, from net.Conn) {
	defer p.drop(from)
	to, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.to)
	if err != nil {
		return
	}
	defer p.drop(to)
	if !p.hold(l, from) || !p.hold(l, to) {
		return
	}
	client := from
	if p.tls != nil {
		client = tls.Server(from, p.tls)
	}
	w := &wire{p: p, stop: func() { from.Close(); to.Close() }}
	ended := make(chan struct{}, 2)
	go func() { w.up(bufio.NewReader(client), to); ended <- struct{}{} }()
	go func() { w.down(bufio.NewReader(to), client); ended <- struct{}{} }()
	<-ended
	w.stop()
	<-ended
}

// wire is one connection of HTTP/2 (RFC 9113), frame by frame.
type wire struct {
	p      *Proxy
	stop   func()
	mu     sync.Mutex
	loss   *loss  // the answer of stream is to be lost
	stream uint32 // of loss
}

const (
	frameHeader = 9
	frameHead   = 0x1
	endStream   = 0x1
	padded      = 0x8
	priority    = 0x20
	preface     = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
)

// up passes on what the client says; what is not HTTP/2 ends the connection.
func (w *wire) up(from io.Reader, to io.Writer) {
	head := make([]byte, len(preface))
	if _, err := io.ReadFull(from, head); err != nil || string(head) != preface {
		return
	}
	if _, err := to.Write(head); err != nil {
		return
	}
	method := ""
	names := hpack.NewDecoder(4096, func(f hpack.HeaderField) {
		if f.Name == ":path" {
			method = path.Base(f.Value)
		}
	})
	for {
		frame, err := readFrame(from)
		if err != nil {
			return
		}
		if frame[3] == frameHead {
			method = ""
			if _, err := names.Write(headerBlock(frame)); err != nil {
				return
			}
			names.Close()
			if l := w.p.take(method); l != nil && l.what == Request {
				w.stop()
				close(l.done)
				return
			} else if l != nil {
				w.mu.Lock()
				w.loss, w.stream = l, streamOf(frame)
				w.mu.Unlock()
			}
		}
		if _, err := to.Write(frame); err != nil {
			return
		}
	}
}

// down passes on what the server says, but for the answer that is lost.
func (w *wire) down(from io.Reader, to io.Writer) {
	for {
		frame, err := readFrame(from)
		if err != nil {
			return
		}
		w.mu.Lock()
		l := w.loss
		lost := l != nil && streamOf(frame) == w.stream && frame[3] <= frameHead
		w.mu.Unlock()
		if lost && frame[4]&endStream != 0 {
			w.stop()
			close(l.done)
			return
		}
		if lost {
			continue
		}
		if _, err := to.Write(frame); err != nil {
			return
		}
	}
}

// readFrame reads a frame with its head: length, type, flags, stream.
func readFrame(from io.Reader) ([]byte, error) {
	frame := make([]byte, frameHeader, 1024)
	if _, err := io.ReadFull(from, frame); err != nil {
		return nil, err
	}
	n := int(frame[0])<<16 | int(frame[1])<<8 | int(frame[2])
	frame = append(frame, make([]byte, n)...)
	_, err := io.ReadFull(from, frame[frameHeader:])
	return frame, err
}

func streamOf(frame []byte) uint32 { return binary.BigEndian.Uint32(frame[5:]) & (1<<31 - 1) }

// headerBlock is what a frame of headers holds, without padding and priority.
// Calls of gRPC have small headers, in one frame.
func headerBlock(frame []byte) []byte {
	flags, block := frame[4], frame[frameHeader:]
	if flags&padded != 0 && len(block) > 0 {
		pad := int(block[0])
		block = block[1:max(1, len(block)-pad)]
	}
	if flags&priority != 0 {
		block = block[min(5, len(block)):]
	}
	return block
}
