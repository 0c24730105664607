package realtime

import (
	"math"
	"time"
)

// Doorbell tells the other nodes of an installation that they may want to look.
// A node may ring in vain, twice, late or not at all, and whoever gets at the
// wire may ring as well: a bell only makes a node read the log, which it does
// anyway at a slow pace. Nothing that it says is believed but how many people
// are connected, and that for 25 seconds.
type Doorbell interface {
	// Ring tells all other nodes. It neither blocks nor fails.
	Ring(Note)
	// Answer has f called for every bell, from one goroutine at a time, until
	// Close. f does not block.
	Answer(f func(Note))
	// Close ends it; f is not called after that. It may be repeated.
	Close()
}

// Note is what a bell says: either that a log goes on, or how many are here. It
// holds ids, and no words.
type Note struct {
	Node  string `json:"node"`            // who rings, a new name at each start
	Event string `json:"event,omitempty"` // whose log or whose people; empty: the directory
	Seq   int64  `json:"seq,omitempty"`   // the log goes as far as this at least; 0: it is about people
	Here  int    `json:"here,omitempty"`  // people with a phone connected at that node
}

const (
	slowLook   = 2 * time.Second // without a bell, a node looks this often
	bellPace   = wakePace        // with many, this often
	hereAgain  = 10 * time.Second
	hereLasts  = 25 * time.Second
	nodesMost  = 64 // whose people a room counts
	peopleMost = 1 << 20
	dropped    = math.MaxInt64 // Seq of a log that was shredded
)

// alone is the bell of the only node.
type alone struct{}

func (alone) Ring(Note)         {}
func (alone) Answer(func(Note)) {}
func (alone) Close()            {}

func (h *Hub) ring(n Note) {
	n.Node = h.process
	h.bell.Ring(n)
}

// answer is called by the bell.
func (h *Hub) answer(n Note) {
	if n.Node == h.process || n.Seq < 0 {
		return
	}
	if n.Event == "" {
		poke(h.Directory.bell)
		return
	}
	h.mu.Lock()
	r := h.rooms[n.Event]
	h.mu.Unlock()
	switch {
	case r == nil: // nobody here is concerned
	case n.Seq == 0:
		r.hearOf(n)
	default:
		for at := r.heard.Load(); n.Seq > at && !r.heard.CompareAndSwap(at, n.Seq); at = r.heard.Load() {
		}
		poke(r.bell)
	}
}

// poke never blocks: one place in the channel is enough.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// follow reads the directory on, for the sockets of sessions that were ended on
// another node, and for as long as there may be such sockets here.
func (h *Hub) follow() {
	tick := time.NewTicker(slowLook)
	defer tick.Stop()
	for {
		select {
		case <-h.Directory.bell:
		case <-tick.C:
			h.mu.Lock()
			idle := len(h.rooms) == 0
			h.mu.Unlock()
			if idle {
				continue
			}
		case <-h.ctx.Done():
			return
		}
		h.Directory.look() // again at the next tick, if the store is away
		select {
		case <-time.After(bellPace):
		case <-h.ctx.Done():
			return
		}
	}
}

// ---- presence

// elsewhere is how many people another node last told of.
type elsewhere struct {
	people int
	until  time.Time
}

func (r *Room) hearOf(n Note) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.others[n.Node]; !known && len(r.others) >= nodesMost {
		return
	}
	r.others[n.Node] = elsewhere{min(max(n.Here, 0), peopleMost), time.Now().Add(hereLasts)}
}

// tellOthers says how many are here when that changed, and again before the
// other nodes forget it.
func (r *Room) tellOthers(here int) {
	since := time.Since(r.rang)
	if here != r.rung && since >= herePace || here > 0 && since >= hereAgain {
		r.rung, r.rang = here, time.Now()
		r.hub.ring(Note{Event: r.id, Here: here})
	}
}

// hereElsewhere counts people at other nodes, and forgets nodes that said
// nothing for long; under mu.
func (r *Room) hereElsewhere() (n int) {
	for node, e := range r.others {
		if time.Now().After(e.until) {
			delete(r.others, node)
			continue
		}
		n += e.people
	}
	return n
}
