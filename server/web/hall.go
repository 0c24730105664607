package web

import (
	"container/list"
	"net"
	"net/http"
	"sync"
	"time"
)

// hall is where connections stand on which HTTP is spoken: on the doorstep who
// asks for nothing, not yet or not any more, and at the counter whose request
// has a whole head. Sockets have left it. Both have room for so many; whoever
// comes then takes the place of who stood longest, since a browser asks at once
// and reads what it gets, and an attacker does neither.
type hall struct {
	mu       sync.Mutex
	doorstep list.List // of *framedConn, who came first in front
	counter  list.List // likewise
}

const (
	doorstepMost  = 1024
	doorstepLeast = 250 * time.Millisecond // that who comes may stand there, however many come
	counterMost   = 4096
	counterLeast  = time.Second // that a request may take, as long as there are no more than twice as many
)

// enter is for who comes. It waits while the doorstep is full of others who
// have only just come: a request may be on its way on each of them.
func (h *hall) enter(c *framedConn) {
	h.mu.Lock()
	for h.doorstep.Len() >= doorstepMost {
		rest := doorstepLeast - time.Since(h.doorstep.Front().Value.(*framedConn).since)
		if rest <= 0 {
			break
		}
		h.mu.Unlock()
		time.Sleep(rest)
		h.mu.Lock()
	}
	h.mu.Unlock()
	h.stand(c, &h.doorstep, doorstepMost, 0)
}

// ask is for a connection with the whole head of a request.
func (h *hall) ask(c *framedConn) { h.stand(c, &h.counter, counterMost, counterLeast) }

// rest is for one whose request was answered.
func (h *hall) rest(c *framedConn) { h.stand(c, &h.doorstep, doorstepMost, 0) }

func (h *hall) stand(c *framedConn, where *list.List, most int, least time.Duration) {
	h.mu.Lock()
	if c.left {
		h.mu.Unlock()
		return
	}
	h.lift(c)
	c.in, c.place, c.since = where, where.PushBack(c), time.Now()
	first := where.Front().Value.(*framedConn)
	if n := where.Len(); n > 2*most || n > most && time.Since(first.since) >= least {
		h.lift(first)
	} else {
		first = nil
	}
	h.mu.Unlock()
	if first != nil {
		_ = first.Conn.Close()
	}
}

// lift is under mu.
func (h *hall) lift(c *framedConn) {
	if c.place != nil {
		c.in.Remove(c.place)
		c.place = nil
	}
}

// leave is for who has gone, or is a socket now; more than once is fine.
func (h *hall) leave(c *framedConn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.left = true
	h.lift(c)
}

// clear sends everybody from the doorstep: net/http would wait five seconds for
// a request of theirs, and browsers open connections on suspicion.
func (h *hall) clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for at := h.doorstep.Front(); at != nil; at = at.Next() {
		_ = at.Value.(*framedConn).Conn.Close()
	}
}

// State tells the hall what net/http does with a connection. Give it to the
// server as its ConnState.
func State(c net.Conn, state http.ConnState) {
	f, ok := c.(*framedConn)
	switch {
	case !ok:
	case state == http.StateIdle:
		f.hall.rest(f)
	case state == http.StateHijacked:
		f.hall.leave(f)
	}
}
