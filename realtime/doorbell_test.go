package realtime_test

import (
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"goen/realtime"
	"goen/realtime/event"
)

// street is a doorbell within one process: what one hub rings, all others hear.
type street struct {
	mu    sync.Mutex
	doors []*door
}

type door struct {
	street *street
	f      func(realtime.Note)
}

func (s *street) door() *door {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &door{street: s}
	s.doors = append(s.doors, d)
	return d
}

// cut lets nobody hear anything any more.
func (s *street) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doors = nil
}

func (d *door) Ring(n realtime.Note) {
	d.street.mu.Lock()
	defer d.street.mu.Unlock()
	for _, other := range d.street.doors {
		if other != d && other.f != nil {
			other.f(n)
		}
	}
}

func (d *door) Answer(f func(realtime.Note)) {
	d.street.mu.Lock()
	defer d.street.mu.Unlock()
	d.f = f
}

func (d *door) Close() { d.Answer(nil) }

func (d *door) config(c *realtime.Config) { c.Bell = d }

// pair is two nodes on one store; without a street no bell rings.
func pair(t *testing.T, s *street) (m *memory, a, b *world) {
	t.Helper()
	m = newMemory()
	if s == nil {
		return m, newWorld(t, m), newWorld(t, m)
	}
	return m, newWorld(t, m, s.door().config), newWorld(t, m, s.door().config)
}

// What another node has done reaches a phone: with a bell at once, without one
// at the next slow look. Each case is something that one node does and a phone
// at the other notices.
func TestWhatTheOtherNodeDid(t *testing.T) {
	for _, c := range []struct {
		what string
		do   func(a *world, m *memory)
		seen func(p *phone) bool // under mu
	}{
		{"a need", func(a *world, _ *memory) { a.do(person("ann"), post("theirs")) }, func(p *phone) bool { return p.shows("room", "theirs") }},
		{"a removal", func(a *world, _ *memory) { a.do(person("host"), event.AttendeeRemove{Attendee: "bob"}) },
			func(p *phone) bool { return p.over == realtime.CloseRemoved }},
		{"an erasure", func(a *world, _ *memory) { a.do(person("bob"), event.AttendeeErase{}) },
			func(p *phone) bool { return p.over == realtime.CloseRemoved }},
		{"the end of a session", func(a *world, _ *memory) {
			if err := a.hub.Kick("s.bob"); err != nil {
				panic(err)
			}
		}, func(p *phone) bool { return p.over == realtime.CloseSignedOut }},
	} {
		for _, with := range []struct {
			bell   string
			street *street
			within time.Duration
		}{{"with a bell", &street{}, 25 * time.Millisecond}, {"without", nil, 3 * time.Second}} {
			t.Run(c.what+" "+with.bell, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m, a, b := pair(t, with.street)
					a.evening("ann", "bob")
					bob := b.phoneOf("bob", "s.bob")
					other := b.phoneOf("ann", "s.ann")
					time.Sleep(10 * time.Second) // of the bubble: it is quiet
					start := time.Now()
					c.do(a, m)
					bob.until(c.what, func() bool { return c.seen(bob) })
					if took := time.Since(start); took > with.within {
						t.Errorf("it took %s", took)
					}
					other.mu.Lock()
					if other.over != 0 {
						t.Errorf("somebody else's phone was closed with %d", other.over)
					}
					other.mu.Unlock()
					b.close()
					a.close()
				})
			})
		}
	}
}

// An event that another node shreds closes the phones here.
func TestShreddedAtAnotherNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, a, b := pair(t, nil)
		a.evening("ann")
		ann := b.phone("ann")
		if err := m.Drop(t.Context(), "ev."+theEvent); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		ann.until("the end", func() bool { return ann.over == realtime.CloseShredded })
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("it took %s", took)
		}
		b.close()
		a.close()
	})
}

// A session that ended while its phone was at the door does not come in, at
// neither node.
func TestKickedAtTheDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, b := pair(t, &street{})
		a.evening("ann")
		for _, w := range []*world{a, b} {
			p := newPhone(t, "ann")
			p.session = "s.ann"
			p.dial(w)
			if err := a.hub.Kick("s.ann"); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			p.greet()
			go p.listen(p.ws)
			p.until("the end", func() bool { return p.over == realtime.CloseSignedOut })
		}
		b.close()
		a.close()
	})
}

// Presence is summed over the nodes, and a node that says nothing more is
// forgotten. It moves no stream and stands in no log.
func TestPresenceAcrossNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &street{}
		m, a, b := pair(t, s)
		a.evening("ann", "bob", "cat")
		ann, bob := a.phone("ann"), b.phone("bob")
		before := len(m.log("ev." + theEvent))
		told := func(p *phone, n int) func() bool {
			return func() bool { return len(p.heres) > 0 && p.heres[len(p.heres)-1] == n }
		}
		ann.until("two people", told(ann, 2))
		bob.until("two people", told(bob, 2))
		cat := b.phone("cat")
		ann.until("three people", told(ann, 3))
		cat.cut()
		ann.until("two people", told(ann, 2))
		for range 10 {
			time.Sleep(30 * time.Second)
			ann.ping()
			bob.ping()
		}
		ann.until("two people still", told(ann, 2))
		s.cut() // or the other node has died
		ann.until("one person", told(ann, 1))
		if n := len(m.log("ev." + theEvent)); n != before {
			t.Errorf("%d records more", n-before)
		}
		b.close()
		a.close()
	})
}

// Whoever gets at the bell can make a node look a little oftener, and no more.
func TestBellsAreNotBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &street{}
		m := newMemory()
		w := newWorld(t, m, s.door().config)
		liar := s.door()
		w.evening("ann", "bob")
		ann := w.phone("ann")
		time.Sleep(10 * time.Second)
		before := m.readsOf("ev." + theEvent)
		const rings = 1000
		for i := range rings {
			for _, n := range []realtime.Note{
				{Node: "x", Event: theEvent, Seq: math.MaxInt64},
				{Node: "x", Event: theEvent, Seq: int64(i)},
				{Node: "x", Event: theEvent, Seq: -1},
				{Node: "x", Event: "nowhere", Seq: 1},
				{Node: "x", Seq: 99},
				{},
			} {
				liar.Ring(n)
			}
			time.Sleep(time.Millisecond)
		}
		if n := m.readsOf("ev."+theEvent) - before; n > 60 {
			t.Errorf("in a second it read %d times", n)
		}
		if n := m.readsOf("dir"); n > 200 {
			t.Errorf("it read the directory %d times", n)
		}
		for i := range rings {
			liar.Ring(realtime.Note{Node: realtime.NewID(), Event: theEvent, Here: math.MaxInt - i})
		}
		ann.until("a number", func() bool { return len(ann.heres) > 0 && ann.heres[len(ann.heres)-1] > 1 })
		time.Sleep(time.Minute)
		ann.until("the truth", func() bool { return ann.heres[len(ann.heres)-1] == 1 })
		ann.like(w.phone("ann"))
		w.close()
	})
}

// Nobody connected: nobody looks. And a store that is away is asked again.
func TestNobodyLooksForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, a, b := pair(t, nil)
		a.evening("ann")
		b.needs()
		before := m.readsOf("ev." + theEvent)
		time.Sleep(9 * time.Minute)
		if n := m.readsOf("ev."+theEvent) - before; n != 0 {
			t.Errorf("it was read %d times", n)
		}
		ann := b.phone("ann")
		b.store.set(func(f *faulty) { f.read = func(string) error { return errors.New("away") } })
		time.Sleep(30 * time.Second)
		a.do(person("ann"), post("theirs"))
		b.store.set(func(f *faulty) { f.read = nil })
		ann.sees("theirs")
		ann.like(a.phone("ann"))
		b.close()
		a.close()
	})
}

// ---- helpers

func (p *phone) ping() {
	if err := p.ws.WriteJSON(map[string]string{"t": "ping"}); err != nil {
		p.t.Errorf("%s: %v", p.who, err)
	}
}

func newPhone(t *testing.T, who string) *phone {
	return &phone{t: t, who: who, changed: make(chan struct{}), at: map[string]uint64{}, have: map[string]map[string]string{}, answers: map[string]message{}}
}

func (w *world) phoneOf(who, session string) *phone {
	p := newPhone(w.t, who)
	p.session = session
	return p.connect(w)
}
