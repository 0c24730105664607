package realtime

import (
	"slices"
	"time"

	"goen/realtime/event"
)

// This file is which phones are in the room.

// enter is under mu. A fifth socket of one person takes the place of the oldest.
func (r *Room) enter(c *Conn) {
	c.stale = true
	c.poke()
	if c.who.Kind == event.Person && !c.brief {
		var stay []*Conn
		for _, other := range r.phones[c.who] {
			if other.over == 0 {
				stay = append(stay, other)
			}
		}
		if len(stay) >= r.hub.limits.Sockets {
			stay[0].letGo(CloseElsewhere)
			stay[0].poke()
		}
		r.phones[c.who] = append(r.phones[c.who], c)
	}
	r.conns = append(r.conns, c)
	if c.heard != r.here {
		c.saying(encode(Here{"here", r.here}))
	}
	if r.over != 0 {
		c.sayGoodbye(r.over)
	}
}

func (c *Conn) leave() {
	r := c.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.ws == nil && c.who.Kind == event.Person && slices.Contains(r.conns, c) {
		r.polled[c.who.ID] = time.Now()
	}
	if i := slices.Index(r.conns, c); i >= 0 {
		r.conns = slices.Delete(r.conns, i, i+1)
	}
	if mine := r.phones[c.who]; len(mine) > 1 {
		r.phones[c.who] = slices.DeleteFunc(mine, func(x *Conn) bool { return x == c })
	} else if slices.Contains(mine, c) {
		delete(r.phones, c.who)
	}
}
