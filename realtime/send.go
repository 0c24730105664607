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
		c.over = CloseRemoved
	}
}

// wake wakes at once who waits for an answer, and everybody if the room was
// quiet; else what happens within 20 ms goes out as one.
func (r *Room) wake() {
	quiet := time.Since(r.woke) >= wakePace
	if !quiet {
		r.pace.Reset(wakePace)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		if len(c.said) > 0 || c.stale && (quiet || c.over != 0) {
			c.poke()
			if c.stale {
				r.woke = time.Now()
			}
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
	if len(people) == r.here || time.Since(r.told) < herePace {
		return
	}
	r.here, r.told = len(people), time.Now()
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
