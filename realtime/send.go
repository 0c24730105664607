package realtime

import (
	"slices"
	"time"

	"goen/realtime/event"
)

// This file is the end of the loop: turn the copies and wake who has something
// to fetch.

// show turns the copies and says who is to be woken.
func (r *Room) show(turns []event.Turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, turn := range turns {
		moved := r.copies.Apply(turn)
		for _, c := range r.conns {
			if moved == nil || c.hears(moved) {
				c.stale = true
			}
		}
	}
}

// admit gives everybody whose own attendee changed the streams that they may
// hear now.
func (r *Room) admit(refs []event.Ref) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		if c.who.Kind == event.Person && slices.Contains(refs, event.AttendeeID(c.who.ID).Ref()) {
			r.readmit(c)
		}
	}
}

// readmit is under mu.
func (r *Room) readmit(c *Conn) {
	c.may = event.Hears(r.state, c.who)
	c.stale = true
	if c.may == nil {
		c.letGo(CloseRemoved)
	}
}

// wake wakes at once who waits for an answer, and everybody if the room was
// quiet; else what happens until the pace's end goes out as one. A change puts
// that end off no further, or a busy room would never hear anything.
func (r *Room) wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	rest := roundsApart(len(r.conns)) - time.Since(r.woke)
	quiet, woken := rest <= 0, false
	waiting := false
	for _, c := range r.conns {
		waiting = waiting || c.stale
		if len(c.said) > 0 || c.stale && (quiet || c.over != 0) {
			c.poke()
			woken = woken || c.stale
		}
	}
	switch {
	case quiet && woken:
		r.woke = time.Now()
	case waiting && !quiet:
		r.pace.Reset(rest)
	}
}

// roundsApart is how long a room of so many phones rests between two rounds: about
// what one round costs, 20 ms at most.
func roundsApart(phones int) time.Duration {
	return min(time.Duration(phones)*wakeEach, wakePace)
}

// beat tells phones their numbers that heard nothing of the kind for long: one
// that is behind learns of it, and no proxy takes the line for dead.
func (r *Room) beat() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		if c.ws != nil && time.Since(c.beat) >= beatEvery {
			c.beat = time.Now()
			c.saying(encode(Pong{"beat", c.numbers()}))
		}
	}
}

// tellHere says how many people are connected. It is no fact, and nobody's
// stream moves by it.
func (r *Room) tellHere() {
	r.mu.Lock()
	defer r.mu.Unlock()
	people := map[string]bool{}
	for _, c := range r.conns {
		if c.who.Kind == event.Person {
			people[c.who.ID] = true
		}
	}
	for id, at := range r.polled {
		if time.Since(at) < polledLately {
			people[id] = true
		} else {
			delete(r.polled, id)
		}
	}
	r.tellOthers(len(people))
	here := len(people) + r.hereElsewhere()
	if here == r.here || time.Since(r.told) < herePace {
		return
	}
	r.here, r.told = here, time.Now()
	for _, c := range r.conns {
		c.saying(encode(Here{"here", r.here}))
	}
}

// sayGoodbye closes every phone, and tells those that may come back when:
// spread over three seconds.
func (r *Room) sayGoodbye(code int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = code // of who comes in now, too
	for _, c := range r.conns {
		c.sayGoodbye(code)
	}
}
