package realtime

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
)

// budget is a connection that gives up on who sends many bytes without a
// message: gorilla takes any number of pings and empty fragments.
type budget struct {
	net.Conn
	left atomic.Int64
}

var errTalkative = errors.New("realtime: too many bytes without a message")

func (b *budget) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if b.left.Add(int64(-n)) < 0 {
		return 0, errTalkative
	}
	return n, err
}

// hijacked hands the connection to gorilla with a budget.
type hijacked struct {
	http.ResponseWriter
	budget *budget
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.budget.Conn = conn
	return h.budget, rw, err
}
