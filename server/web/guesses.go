package web

import (
	"net/netip"
	"sync"
	"time"
)

// guesses bounds how many wrong door codes are tried (trust.md 1): 30 in ten
// minutes from one address (an IPv6 network of /64), 120 a minute in all.
type guesses struct {
	mu     sync.Mutex
	from   map[netip.Prefix]*window
	server window
}

type window struct {
	began time.Time
	wrong int
}

func (w *window) full(now time.Time, span time.Duration, most int) bool {
	if now.Sub(w.began) >= span {
		*w = window{began: now}
	}
	return w.wrong >= most
}

func prefixOf(address string) netip.Prefix {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if a = a.Unmap(); a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// may tells whether this address may try a code now, and notes a wrong one.
func (g *guesses) may(address string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.from[prefixOf(address)]
	return !g.server.full(now, time.Minute, 120) && (w == nil || !w.full(now, 10*time.Minute, 30))
}

func (g *guesses) wrong(address string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.from == nil {
		g.from = map[netip.Prefix]*window{}
	}
	for p, w := range g.from { // old ones make room
		if len(g.from) > 10_000 || now.Sub(w.began) > 10*time.Minute {
			delete(g.from, p)
		}
	}
	p := prefixOf(address)
	if g.from[p] == nil {
		g.from[p] = &window{began: now}
	}
	g.from[p].wrong++
	g.server.wrong++
}
