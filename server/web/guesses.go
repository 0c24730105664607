package web

import (
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime"
)

// guesses bounds how many wrong door codes are tried (trust.md 1): from one
// browser five, then one more after each wait of 30 s, doubled up to 10 min;
// from one address (an IPv6 network of /64) 30 in ten minutes; 120 a minute in
// all. The first is for fingers: whoever drops their cookies meets the others.
type guesses struct {
	mu      sync.Mutex
	from    map[netip.Prefix]*window
	browser map[string]*waiting
	server  window
}

type window struct {
	began time.Time
	wrong int
}

// waiting is a browser that has typed wrong codes.
type waiting struct {
	last  time.Time
	wrong int
}

const (
	wrongCodes   = 5
	firstWait    = 30 * time.Second
	longestWait  = 10 * time.Minute
	waitsFor     = time.Hour // then a browser has all of its tries again
	guessersMost = 10_000
	triesCookie  = "goen-tries"
)

// wait is how long a window lets nobody in.
func (w *window) wait(now time.Time, span time.Duration, most int) time.Duration {
	if now.Sub(w.began) >= span {
		*w = window{began: now}
	}
	if w.wrong < most {
		return 0
	}
	return w.began.Add(span).Sub(now)
}

func (w *waiting) wait(now time.Time) time.Duration {
	if w.wrong < wrongCodes {
		return 0
	}
	wait := longestWait
	if doublings := w.wrong - wrongCodes; doublings < 10 {
		wait = min(firstWait<<doublings, longestWait)
	}
	return w.last.Add(wait).Sub(now)
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

// wait is how long this address and browser may try no code; 0 or less: now.
func (g *guesses) wait(address, browser string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	wait := g.server.wait(now, time.Minute, 120)
	if w := g.from[prefixOf(address)]; w != nil {
		wait = max(wait, w.wait(now, 10*time.Minute, 30))
	}
	if w := g.browser[browser]; w != nil {
		wait = max(wait, w.wait(now))
	}
	return wait
}

// wrong notes a wrong code.
func (g *guesses) wrong(address, browser string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.from == nil {
		g.from, g.browser = map[netip.Prefix]*window{}, map[string]*waiting{}
	}
	for p, w := range g.from { // old ones make room
		if len(g.from) > guessersMost || now.Sub(w.began) > 10*time.Minute {
			delete(g.from, p)
		}
	}
	for b, w := range g.browser {
		if len(g.browser) > guessersMost || now.Sub(w.last) > waitsFor {
			delete(g.browser, b)
		}
	}
	p := prefixOf(address)
	if g.from[p] == nil {
		g.from[p] = &window{began: now}
	}
	g.from[p].wrong++
	g.server.wrong++
	if browser != "" {
		if g.browser[browser] == nil {
			g.browser[browser] = &waiting{}
		}
		g.browser[browser].wrong++
		g.browser[browser].last = now
	}
}

// mayGuess refuses who has typed too many wrong codes, and says for how long.
func (s *Site) mayGuess(c echo.Context) error {
	browser, err := s.browserOf(c)
	if err != nil {
		return err
	}
	wait := s.guesses.wait(c.RealIP(), browser, s.clock())
	if wait <= 0 {
		return nil
	}
	c.Response().Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	return realtime.ErrTooMany
}

// wrongGuess notes a wrong code. A browser that nothing is known of gets a
// number by which its next tries are counted, and which says nothing else.
func (s *Site) wrongGuess(c echo.Context) error {
	browser, err := s.browserOf(c)
	if err != nil {
		return err
	}
	if browser == "" {
		browser = realtime.NewID()
		s.setCookie(c, triesCookie, browser, waitsFor)
	}
	s.guesses.wrong(c.RealIP(), browser, s.clock())
	return realtime.ErrCode
}

// browserOf is by what a browser's wrong codes are counted: its session, or the
// number that it got with its first.
func (s *Site) browserOf(c echo.Context) (string, error) {
	token, err := s.token(c, personCookie)
	if err != nil || token != "" {
		return sessionClaim(token), err
	}
	tries, err := s.token(c, triesCookie)
	if !realtime.ValidOp(tries) {
		tries = ""
	}
	return tries, err
}
