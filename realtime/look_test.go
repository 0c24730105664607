package realtime_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"goen/realtime/event"
)

// How often the log is read, and that whoever looks is behind nobody.

// A crowd that comes back shares a handful of reads, and each sees all that was
// acknowledged, anywhere, before it came.
func TestCrowdSharesReads(t *testing.T) {
	const crowd, most = 500, 6
	var names []string
	for i := range crowd / 2 { // two phones each
		names = append(names, "p"+letters(i))
	}
	for _, over := range []time.Duration{0, 200 * time.Millisecond, time.Second} {
		t.Run(over.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, a, b := pair(t, nil)
				a.evening(names...)
				var phones []*phone
				for i := range crowd {
					p := newPhone(t, names[i/2])
					p.dial(a)
					p.greet()
					go p.listen(p.ws)
					phones = append(phones, p)
				}
				for _, p := range phones {
					p.until("the room", func() bool { return len(p.have["room"]) > 0 })
				}
				b.needs() // the other node has the room open
				for _, p := range phones {
					p.cut()
				}
				time.Sleep(time.Minute)
				a.do(person(names[0]), post("meanwhile"))
				before := m.readsOf("ev." + theEvent)
				var all sync.WaitGroup
				waits := make([]time.Duration, crowd)
				for i, p := range phones {
					all.Go(func() {
						time.Sleep(over * time.Duration(i) / crowd)
						began := time.Now()
						defer func() { waits[i] = time.Since(began) }()
						p.dial(b)
						p.greet()
						go p.listen(p.ws)
						p.until("the need", func() bool { return p.shows("room", "meanwhile") })
					})
				}
				all.Wait()
				n := m.readsOf("ev."+theEvent) - before
				t.Logf("%d phones within %s: %d reads, waits %s, %s, %s, at most %s", crowd, over, n,
					waits[0], waits[crowd/2], waits[crowd-1], slices.Max(waits))
				if over < time.Second && n > most || n > 2*most {
					t.Errorf("%d reads", n)
				}
				// The clock is the test's own: these are waits by design alone.
				if longest := slices.Max(waits); over < time.Second && longest > 100*time.Millisecond || longest > 400*time.Millisecond {
					t.Errorf("one waited for %s", longest)
				}
				if over > 0 && waits[0] > 0 || waits[crowd-1] > 25*time.Millisecond {
					t.Errorf("the first waited for %s, and the last for %s", waits[0], waits[crowd-1])
				}
				for _, p := range []*phone{phones[0], phones[crowd-1]} {
					p.like(b.phone(p.who))
				}
				b.close()
				a.close()
			})
		})
	}
}

// Phones of a crowd wait for each other, but who only looks waits for nobody, and
// lets those in who wait.
func TestALookDoesNotWaitForACrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w := newWorld(t, m)
		w.evening("ann", "bob")
		time.Sleep(time.Minute)
		began := time.Now()
		w.phone("ann") // at once
		var second sync.WaitGroup
		second.Go(func() { w.phone("bob") })
		synctest.Wait() // it has said hello and rests
		before := m.readsOf("ev." + theEvent)
		if err := w.hub.Look(theEvent, func(*event.State) {}); err != nil {
			t.Fatal(err)
		}
		second.Wait()
		if spent, reads := time.Since(began), m.readsOf("ev."+theEvent)-before; spent > 0 || reads != 1 {
			t.Errorf("%d reads, after %s", reads, spent)
		}
		w.close()
	})
}

// After an ack at one node, whoever comes to the other node sees it, also if no
// bell rang, and also in a crowd.
func TestHelloIsFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, b := pair(t, nil)
		guests := []string{"ann", "bob", "cat", "dan"}
		a.evening(guests...)
		var stay []*phone
		for _, g := range guests {
			stay = append(stay, b.phone(g))
		}
		for round := range 20 {
			id := op()
			words := letters(round)
			if err := a.hub.Do(theEvent, person("host"), id, event.EntryAdd{EntryWords: event.EntryWords{Trade: "npo", Label: words}}); err != nil {
				t.Fatal(err)
			}
			if round%7 == 0 {
				a.do(person("host"), post("need "+words))
			}
			var all sync.WaitGroup
			for i, g := range guests {
				all.Go(func() {
					time.Sleep(time.Duration(i*round) * time.Millisecond)
					p := b.phone(g)
					p.mu.Lock()
					if !p.shows("room", "need "+letters(round/7*7)) {
						t.Errorf("round %d: %s does not see what was acknowledged before it came", round, g)
					}
					p.mu.Unlock()
					_ = p.ws.Close()
				})
			}
			all.Wait()
			// An op that was done there is done here: no second one, and no "no".
			if err := b.hub.Do(theEvent, person("host"), id, event.EntryAdd{EntryWords: event.EntryWords{Trade: "npo", Label: words}}); err != nil {
				t.Errorf("round %d: again at the other node: %v", round, err)
			}
			if err := b.hub.Do(theEvent, person("host"), id, post("x")); !errors.Is(err, event.ErrOpReused) {
				t.Errorf("round %d: another command under the same op: %v", round, err)
			}
		}
		for i, p := range stay {
			p.like(a.phone(guests[i]))
		}
		b.close()
		a.close()
	})
}

// A command that is a yes is fenced by its append and needs no read; a no, and
// nothing to do, stand on one.
func TestReadsOfACommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w := newWorld(t, m)
		w.evening("ann")
		reads := func(f func() error, want error) int {
			before := m.readsOf("ev." + theEvent)
			if err := f(); !errors.Is(err, want) {
				t.Errorf("answered %v, want %v", err, want)
			}
			return m.readsOf("ev."+theEvent) - before
		}
		id := op()
		do := func(id event.OpID, c event.Command) func() error {
			return func() error { return w.hub.Do(theEvent, person("ann"), id, c) }
		}
		got := []int{
			reads(do(id, post("one")), nil),
			reads(do(id, post("one")), nil), // nothing to do
			reads(do(op(), post("090-1234-5678")), event.ErrTextContact),
		}
		if want := []int{0, 1, 1}; !slices.Equal(got, want) {
			t.Errorf("reads of a yes, a repetition and a no: %v, want %v", got, want)
		}
		w.close()
	})
}
