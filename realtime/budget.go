package realtime

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// budget is a connection that gives up on who sends many bytes without a
// message: gorilla takes any number of pings and empty fragments. And it gives
// a phone its time for each piece of a message, so that a slow one is not cut
// off for a message's length, nor a deaf one kept for it.
type budget struct {
	net.Conn
	left  atomic.Int64
	piece time.Duration
	end   atomic.Pointer[time.Time] // after which nothing is written any more
	hold  atomic.Bool               // what is written goes with what comes next: a call of the kernel costs more than its bytes

	// Guarded by gorilla's lock for writing.
	until time.Time // the deadline in force
	held  []byte
}

const pieceMost = 8 << 10

var errTalkative = errors.New("realtime: too many bytes without a message")

func (b *budget) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if b.left.Add(int64(-n)) < 0 {
		return 0, errTalkative
	}
	return n, err
}

// Write keeps the deadline that was set for the first piece.
func (b *budget) Write(p []byte) (n int, err error) {
	if b.hold.Load() {
		b.held = append(b.held, p...)
		return len(p), nil
	}
	if early := len(b.held); early > 0 {
		p = append(b.held, p...)
		b.held = nil
		defer func() { n = max(0, n-early) }()
	}
	for {
		m, err := b.Conn.Write(p[:min(len(p), pieceMost)])
		n += m
		if p = p[m:]; err != nil || len(p) == 0 {
			return n, err
		}
		_ = b.SetWriteDeadline(time.Now().Add(b.piece))
	}
}

// endAt lets what is being written go on for so long and no longer, however fast
// the phone takes it.
func (b *budget) endAt(t time.Time) {
	b.end.Store(&t)
	_ = b.Conn.SetWriteDeadline(t)
}

// SetWriteDeadline lets one in force stand that ends a little before: gorilla
// sets it for every write, and that is a twentieth of what a write costs.
func (b *budget) SetWriteDeadline(t time.Time) error {
	if later := t.Sub(b.until); later >= 0 && later < b.piece/8 && time.Until(b.until) > b.piece/2 {
		return nil
	}
	b.until = t
	err := b.Conn.SetWriteDeadline(t)
	if end := b.end.Load(); end != nil && end.Before(t) { // looked at behind it, so that no end is lost
		err = b.Conn.SetWriteDeadline(*end)
	}
	return err
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
