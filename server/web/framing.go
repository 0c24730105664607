package web

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A request that says its length twice, by Content-Length and by
// Transfer-Encoding, may be an attempt to smuggle another one past a proxy
// (RFC 9112 6.1). net/http drops one of the two silently, so Listen looks at
// every head as it arrives, also at one that waits behind another request.

type framingKey struct{}

// framedConn hands out at most one head or the rest of one body at a time, so
// that it always knows where the next head begins.
type framedConn struct {
	net.Conn
	mu     sync.Mutex
	head   []byte // what came of a head that has no end yet
	ahead  []byte // came, and is not handed out yet
	body   int64  // left of a body
	behind bool   // no more heads: the end of this body is not ours to find
	bad    bool

	hall *hall
	// Under its lock.
	in    *list.List
	place *list.Element
	since time.Time
	left  bool
}

const (
	headMost   = 64 << 10
	sendBuffer = 64 << 10
)

// Listen wraps a listener so that guard can refuse doubly framed requests, and
// so that who connects and asks for nothing, or takes no answer, keeps nobody
// out. Give the server Context as its ConnContext, and State as its ConnState.
func Listen(l net.Listener) net.Listener { return framedListener{l, &hall{}} }

type framedListener struct {
	net.Listener
	hall *hall
}

func (l framedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // else the kernel keeps megabytes for who does not read
	}
	f := &framedConn{Conn: c, hall: l.hall}
	l.hall.enter(f)
	return f, nil
}

// Close ends the connection, and its stand in the hall.
func (f *framedConn) Close() error {
	f.hall.leave(f)
	return f.Conn.Close()
}

// Close ends listening, and the connections on which nothing was asked yet.
func (l framedListener) Close() error {
	err := l.Listener.Close()
	l.hall.clear()
	return err
}

// Context puts the connection where guard finds it.
func Context(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, framingKey{}, c)
}

// CloseWrite lets net/http end a connection whose last answer is not lost.
func (f *framedConn) CloseWrite() error {
	if c, ok := f.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

func (f *framedConn) Read(p []byte) (n int, err error) {
	f.mu.Lock()
	n = copy(p, f.ahead)
	f.mu.Unlock()
	if n == 0 {
		n, err = f.Conn.Read(p)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	mine := f.take(p[:n])
	if len(f.ahead) > 0 {
		f.ahead = f.ahead[mine:]
	} else if mine < n {
		f.ahead = append([]byte(nil), p[mine:n]...)
	}
	return mine, err
}

// take says how many of these bytes belong to what is being read; under mu.
func (f *framedConn) take(p []byte) int {
	switch {
	case f.behind:
		return len(p)
	case f.body > 0:
		n := min(f.body, int64(len(p)))
		f.body -= n
		return int(n)
	}
	from := max(0, len(f.head)-3)
	was := len(f.head)
	f.head = append(f.head, p...)
	end := headEnd(f.head, from)
	if end < 0 {
		f.behind = len(f.head) > headMost
		return len(p)
	}
	f.hall.ask(f)
	f.judge(strings.ToLower(string(f.head[:end])))
	f.head = f.head[:0]
	return end - was
}

// headEnd is the place behind the first empty line; net/http takes a line feed
// alone for the end of a line.
func headEnd(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		if b[i] == '\n' && i+1 < len(b) {
			if b[i+1] == '\n' {
				return i + 2
			}
			if b[i+1] == '\r' && i+2 < len(b) && b[i+2] == '\n' {
				return i + 3
			}
		}
	}
	return -1
}

func (f *framedConn) judge(head string) {
	coded := strings.Contains(head, "\ntransfer-encoding:")
	_, length, sized := strings.Cut(head, "\ncontent-length:")
	f.bad = coded && sized
	f.behind = coded || strings.Contains(head, "\nupgrade:")
	f.body = 0
	if sized && !f.behind {
		length, _, _ = strings.Cut(length, "\n")
		n, err := strconv.ParseInt(strings.TrimSpace(length), 10, 64)
		f.body, f.behind = n, err != nil || n < 0
	}
}

// framing tells whether a request is doubly framed, and whether it has to be
// the last of its connection.
func framing(r *http.Request) (bad, last bool) {
	f, ok := r.Context().Value(framingKey{}).(*framedConn)
	if !ok {
		return false, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bad, f.behind
}
