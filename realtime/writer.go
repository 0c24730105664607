package realtime

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/gorilla/websocket"
	"goen/realtime/event"
)

// This file is the writing half of a phone: what it is told, and when.

// say is for the room's loop, without its lock; tell for everybody else.
func (c *Conn) say(b []byte) {
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	c.saying(b)
}

func (c *Conn) saying(b []byte) {
	c.said = append(c.said, b)
	c.bytes += len(b)
}

func (c *Conn) tell(make func() []byte) {
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	c.saying(make())
	c.poke()
}

func (c *Conn) poke() { poke(c.wake) }

func (c *Conn) hears(moved []event.Stream) bool {
	for _, in := range moved {
		if slices.Contains(c.may, in) {
			return true
		}
	}
	return false
}

// numbers of the phone's own streams; under mu.
func (c *Conn) numbers() map[string]uint64 {
	at := map[string]uint64{}
	for _, in := range c.may {
		at[in.Name.String()] = c.room.copies.Seq(in)
	}
	return at
}

// holding is what a phone has of a stream.
type holding struct {
	in   event.Stream
	at   uint64
	told bool // by this connection, and not only brought along
}

// holding gives what the phone has of a stream, nothing if need be; under mu.
func (c *Conn) holding(in event.Stream) *holding {
	for i := range c.holds {
		if c.holds[i].in == in {
			return &c.holds[i]
		}
	}
	c.holds = append(c.holds, holding{in: in})
	return &c.holds[len(c.holds)-1]
}

// fetch gives all that the phone lacks, and a close code if it is to go then.
func (c *Conn) fetch() (out [][]byte, code int) {
	r := c.room
	r.mu.Lock()
	defer r.mu.Unlock()
	c.stale = false
	if c.over != CloseRemoved && c.over != CloseElsewhere {
		if epoch := r.copies.Epoch(); epoch != c.epoch {
			if c.epoch != "" {
				c.holds = nil
			}
			c.epoch = epoch
			names := []string{}
			for _, in := range c.may {
				names = append(names, in.Name.String())
			}
			you := ""
			if c.who.Kind == event.Person {
				you = c.who.ID
			}
			out = append(out, encode(Hello{"hello", Version, epoch, you, names, r.hub.build, r.hub.now(), r.hub.demo, r.hub.embedsAt()}))
		}
		c.holds = slices.DeleteFunc(c.holds, func(h holding) bool {
			lost := !slices.Contains(c.may, h.in)
			if lost && h.told {
				out = append(out, encode(GoneStream{"gone", h.in.Name.String()}))
			}
			return lost
		})
		for _, in := range c.may {
			h := c.holding(in)
			if seq := r.copies.Seq(in); !h.told || h.at != seq {
				out = append(out, r.copies.Since(in, h.at))
				h.at, h.told = seq, true
			}
		}
	}
	out = append(out, c.said...)
	c.said, c.bytes = nil, 0
	if c.bye != nil {
		out = append(out, c.bye)
		c.bye = nil
	}
	return out, c.over
}

// write is the phone's writer. It waits for one thing only: five hundred of them
// that each wait for several cost more than what they send.
func (c *Conn) write() {
	for range c.wake {
		if c.gone.Load() {
			return
		}
		out, code := c.fetch()
		if err := c.sendAll(out); isTimeout(err) {
			code = CloseSlow
		} else if err != nil {
			code = -1
		}
		if code != 0 {
			c.goodbye(code)
			c.endReader()
			return
		}
	}
}

// sendAll sends some messages, in one write if they are small.
func (c *Conn) sendAll(out [][]byte) error {
	size := 0
	for _, b := range out {
		size += len(b)
	}
	defer c.budget.hold.Store(false)
	for i, b := range out {
		c.budget.hold.Store(size <= pieceMost && i < len(out)-1)
		if err := c.send(b); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) send(b []byte) error {
	defer c.room.carry(b, func() { c.budget.endAt(time.Now()) })()
	_ = c.ws.SetWriteDeadline(time.Now().Add(c.room.hub.limits.Write))
	return c.ws.WriteMessage(websocket.TextMessage, b)
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// goodbye sends the close frame, if it still goes through.
func (c *Conn) goodbye(code int) {
	if code < 0 {
		return
	}
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
}

// letGo is under room.mu. Who is in the middle of a message gets the code behind
// it, if it ends soon: one who is put out hears no more than that, and one that
// takes its first view at a crawl does not keep its place for as long. It does
// not wake the writer: who erases themself hears first that it is done.
func (c *Conn) letGo(code int) {
	within := time.Second
	if code == CloseElsewhere {
		within = c.room.hub.limits.Write
	}
	if c.ws != nil {
		c.budget.endAt(time.Now().Add(within))
	}
	c.over = code
}

func (c *Conn) sayGoodbye(code int) {
	if code == CloseRestarting {
		c.bye = encode(Bye{"bye", code, rand.IntN(3000)})
	}
	c.over = code
	c.poke()
}
