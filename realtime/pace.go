package realtime

import (
	"cmp"
	"sync"
	"time"

	"goen/realtime/event"
)

// Limits bound what one attendee or one phone may cost. A field that is zero
// has its default.
type Limits struct {
	Burst     int           // commands that one attendee may send at once, over all their phones and HTTP; 60
	PerSecond float64       // and so many more in each second; 5
	Write     time.Duration // in which a phone takes 8 KiB; 10 s
	Sockets   int           // of one attendee at once; 4. One more takes the place of the oldest
}

func (l Limits) orDefault() Limits {
	return Limits{cmp.Or(l.Burst, 60), cmp.Or(l.PerSecond, 5), cmp.Or(l.Write, writeWithin), cmp.Or(l.Sockets, socketsEach)}
}

// paces bounds how fast each author of commands is, event by event. It is
// generous: who comes back after an hour without a net has all of the burst.
type paces struct {
	mu   sync.Mutex
	of   map[author]*pace
	next int // how many make the next sweep
}

type author struct {
	event string
	who   event.Who
}

type pace struct {
	left float64
	at   time.Time
	shut bool
}

const (
	pacesMost  = 10_000
	hastySpell = time.Second // how long nothing is taken from who has used up everything
)

// may takes one from what an author has left. Who had nothing left is refused
// for a spell, so that a later command does not overtake the one refused.
func (p *paces) may(a author, now time.Time, l Limits) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := float64(l.Burst)
	is := p.of[a]
	if is == nil {
		p.sweep(now, l)
		is = &pace{left: most, at: now}
		p.of[a] = is
	}
	is.left = min(most, is.left+l.PerSecond*max(0, now.Sub(is.at).Seconds()))
	is.at = now
	enough := 1.0
	if is.shut {
		enough = max(1, min(most, l.PerSecond*hastySpell.Seconds()))
	}
	if is.shut = is.left < enough; is.shut {
		return false
	}
	is.left--
	return true
}

// sweep forgets who has everything again, once they are many, and everybody if
// too many are left; under mu.
func (p *paces) sweep(now time.Time, l Limits) {
	if len(p.of) < p.next {
		return
	}
	for a, is := range p.of {
		if is.left+l.PerSecond*now.Sub(is.at).Seconds() >= float64(l.Burst) {
			delete(p.of, a)
		}
	}
	if p.of == nil || len(p.of) >= pacesMost {
		p.of = map[author]*pace{}
	}
	p.next = len(p.of) + pacesMost
}

// hasty tells whether this is more than an author may send now. The machine's
// own commands are not counted. The clock is the wall's and not the evening's:
// this is about load.
func (h *Hub) hasty(id string, who event.Who) bool {
	return who.Kind != event.Machine && !h.paces.may(author{id, who}, time.Now(), h.limits)
}

// receive counts a socket that is not greeted yet. A phone says hello at once:
// who has many that say nothing gets no more.
func (h *Hub) receive(whose string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.mute[whose] >= mutesEach {
		return false
	}
	h.mute[whose]++
	return true
}

func (h *Hub) received(whose string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.mute[whose]--; h.mute[whose] <= 0 {
		delete(h.mute, whose)
	}
}
