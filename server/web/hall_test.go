package web

import (
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// quiet is a connection that only knows whether it was closed.
type quiet struct {
	net.Conn
	closed bool
}

func (q *quiet) Close() error { q.closed = true; return nil }

func standing(h *hall) (*framedConn, *quiet) {
	q := &quiet{}
	return &framedConn{Conn: q, hall: h}, q
}

// Who stands longest makes way, but nobody who has only just come.
func TestHall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hall{}
		came := make([]*framedConn, doorstepMost)
		lines := make([]*quiet, doorstepMost)
		for i := range came {
			came[i], lines[i] = standing(h)
			h.enter(came[i])
		}
		began := time.Now()
		h.ask(came[0])
		late, _ := standing(h)
		h.enter(late) // where the first stood
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %v for a place that was free", waited)
		}
		later, _ := standing(h)
		h.enter(later)
		if waited := time.Since(began); waited != doorstepLeast {
			t.Errorf("waited %v, want %v", waited, doorstepLeast)
		}
		if !lines[1].closed || lines[0].closed || lines[2].closed || h.doorstep.Len() != doorstepMost {
			t.Errorf("the oldest was to go: %v %v %v, %d stand", lines[0].closed, lines[1].closed, lines[2].closed, h.doorstep.Len())
		}

		// Who was answered stands among the others, and is the youngest.
		State(came[0], http.StateIdle)
		if !lines[2].closed || lines[0].closed || h.counter.Len() != 0 || h.doorstep.Len() != doorstepMost {
			t.Errorf("who rests takes the place of the oldest: %v %v, %d stand", lines[0].closed, lines[2].closed, h.doorstep.Len())
		}
		// A socket is in nobody's way, and does not come back.
		State(came[0], http.StateHijacked)
		State(came[0], http.StateIdle)
		h.ask(came[0])
		if h.doorstep.Len() != doorstepMost-1 || h.counter.Len() != 0 {
			t.Errorf("a socket stands in the hall: %d, %d", h.doorstep.Len(), h.counter.Len())
		}
		_ = later.Close()
		if h.doorstep.Len() != doorstepMost-2 {
			t.Errorf("who left stands in the hall: %d", h.doorstep.Len())
		}

		// At the counter a second is theirs, unless there are twice as many.
		first, line := standing(h)
		h.ask(first)
		for range counterMost {
			c, _ := standing(h)
			h.ask(c)
		}
		if line.closed || h.counter.Len() != counterMost+1 {
			t.Errorf("a request of this moment was cut off: %v, %d", line.closed, h.counter.Len())
		}
		time.Sleep(counterLeast)
		c, _ := standing(h)
		h.ask(c)
		if !line.closed || h.counter.Len() != counterMost+1 {
			t.Errorf("an old request keeps its place: %v, %d", line.closed, h.counter.Len())
		}
		for range 2 * counterMost {
			c, _ := standing(h)
			h.ask(c)
		}
		if h.counter.Len() > 2*counterMost {
			t.Errorf("%d requests", h.counter.Len())
		}
	})
}
