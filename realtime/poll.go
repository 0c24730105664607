package realtime

import (
	"context"
	"io"
	"strconv"
	"time"

	"goen/realtime/event"
)

// This file is for phones that cannot have a socket, because something between
// them and us does not let it through. Each of their requests is a Conn that
// comes with the phone's numbers, is told what a socket would be told, and
// leaves: nothing is kept of it between two of them. So a phone may change from
// one way to the other at any time, and the same op is the same op on both.

const (
	pollMost     = 20 * time.Second // that a poll waits; many proxies give up at 30
	polledLately = 10 * time.Second // who had an answer so long ago counts as connected
)

// Said is the answer to a phone without a socket: the messages that a socket
// would have carried, and its close code, if it would have been closed.
type Said struct {
	Messages [][]byte // each a JSON object; the bytes are shared
	Close    int
	room     *Room
}

// Write writes {"messages":[...],"close":n}, with close only if there is one.
// letGo is called, at most once for each message and from elsewhere, when the
// phone took too long for it and w is to fail; it must not wait.
func (s Said) Write(w io.Writer, letGo func()) error {
	var failed error
	put := func(b []byte) {
		if failed == nil {
			_, failed = w.Write(b)
		}
	}
	put([]byte(`{"messages":[`))
	for i, m := range s.Messages {
		if i > 0 {
			put([]byte{','})
		}
		done := s.room.carry(m, letGo)
		put(m)
		done()
	}
	put([]byte{']'})
	if s.Close != 0 {
		put(strconv.AppendInt([]byte(`,"close":`), int64(s.Close), 10))
	}
	put([]byte{'}'})
	return failed
}

// Poll answers as soon as there is something that the phone does not know, and
// after 20 s in any case; without wait at once. ctx ends when nobody waits for
// the answer any more.
func (h *Hub) Poll(ctx context.Context, id string, who event.Who, session string, p Poll) (Said, error) {
	if h.hasty(id, who) {
		return Said{}, ErrTooMany
	}
	c, err := h.visit(id, who, session)
	if err != nil {
		return Said{}, err
	}
	defer h.conns.Done()
	defer c.leave()
	c.goesOn, c.brief = p.Wait, !p.Wait
	if code := c.come(p.Cursor); code != 0 {
		return Said{Close: code}, nil
	}
	patience := time.NewTimer(pollMost)
	defer patience.Stop()
	for {
		out, code := c.fetch()
		if len(out) > 0 || code != 0 || !p.Wait {
			return Said{out, code, c.room}, nil
		}
		select {
		case <-c.wake:
		case <-patience.C:
			return Said{}, nil
		case <-ctx.Done():
			return Said{}, nil
		}
	}
}

// Act runs one command of a person and answers when it is durable or refused:
// first the views that show it, in so far as the phone does not hold them, then
// ack or no. Without either the server is on its way out: the same op again.
func (h *Hub) Act(id string, who event.Who, session string, a Act) (Said, error) {
	if len(a.Args) > 0 && a.Args[0] != '{' {
		return Said{}, ErrBody
	}
	if h.hasty(id, who) {
		return Said{Messages: [][]byte{encode(no(a.Op, ErrTooMany))}}, nil
	}
	c, err := h.visit(id, who, session)
	if err != nil {
		return Said{}, err
	}
	defer h.conns.Done()
	defer c.leave()
	c.goesOn, c.brief = true, true
	if code := c.come(a.Cursor); code != 0 {
		return Said{Close: code}, nil
	}
	c.do(Incoming{Op: a.Op, Name: a.Name, Args: a.Args})
	out, code := c.fetch()
	return Said{out, code, c.room}, nil
}

// visit makes a Conn without a socket. Close waits for it.
func (h *Hub) visit(id string, who event.Who, session string) (*Conn, error) {
	r, err := h.room(id, false)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrUnavailable
	}
	h.conns.Add(1)
	return &Conn{room: r, who: who, session: session, wake: make(chan struct{}, 1)}, nil
}
