package realtime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
	"goen/store/sqlite"
)

// ---- commands and the log

// What waited while the log was busy goes in one run: a record a command, all
// facts of a command in its record, and a refusal takes nobody with it.
func TestBatchIsAtomicPerCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w := newWorld(t, m)
		w.evening("ann", "bob")
		w.do(person("ann"), post("one"))
		var need event.NeedID
		_ = w.hub.Look(theEvent, func(s *event.State) { need = s.Attendees["ann"].Needs[0] })
		w.do(person("bob"), event.OfferSelf{Need: need, Give: []string{"mail"}})
		before := len(m.log("ev." + theEvent))

		hold := make(chan struct{})
		var runs [][]store.Record
		w.store.set(func(f *faulty) {
			f.append = func(run []store.Record, write func() error) error {
				<-hold
				runs = append(runs, slices.Clone(run))
				return write()
			}
		})
		var all sync.WaitGroup
		said := make([]error, 6)
		send := func(i int, by string, c event.Command) {
			all.Go(func() { said[i] = w.hub.Do(theEvent, person(by), op(), c) })
			synctest.Wait()
		}
		send(0, "host", post("h1"))
		send(1, "ann", event.NeedClose{Need: need}) // two facts: the offer ends with it
		send(2, "bob", post("090-1234-5678"))       // refused
		send(3, "bob", post("b1"))
		send(4, "bob", post("b2"))
		send(5, "nobody", post("n"))
		close(hold)
		all.Wait()
		for i, want := range []error{nil, nil, event.ErrTextContact, nil, nil, event.ErrForbidden} {
			if !errors.Is(said[i], want) {
				t.Errorf("command %d answered %v, want %v", i, said[i], want)
			}
		}
		if len(runs) != 2 || len(runs[0]) != 1 || len(runs[1]) != 3 {
			t.Fatalf("%d runs", len(runs))
		}
		for i, rec := range m.log("ev." + theEvent)[before:] {
			var body struct{ Facts []struct{ F string } }
			if err := json.Unmarshal(rec.Body, &body); err != nil {
				t.Fatal(err)
			}
			if want := []int{1, 2, 1, 1}[i]; len(body.Facts) != want {
				t.Errorf("record %d holds %d facts, want %d", i, len(body.Facts), want)
			}
		}
		w.close()
	})
}

// Whatever the store answers, a command is there once when it was
// acknowledged, and at most once when not.
func TestFaultsOfTheStore(t *testing.T) {
	lostBefore := func(n int) func([]store.Record, func() error) error {
		return func(_ []store.Record, write func() error) error {
			if n--; n >= 0 {
				return fmt.Errorf("%w: cut before", store.ErrUnknown)
			}
			return write()
		}
	}
	lostAfter := func(n int) func([]store.Record, func() error) error {
		return func(_ []store.Record, write func() error) error {
			if n--; n >= 0 {
				return errors.Join(write(), fmt.Errorf("%w: cut after", store.ErrUnknown))
			}
			return write()
		}
	}
	fails := func(err error) func([]store.Record, func() error) error {
		return func([]store.Record, func() error) error { return err }
	}
	for _, c := range []struct {
		name   string
		append func([]store.Record, func() error) error
		want   error
		there  int
	}{
		{"the answer is lost before the write", lostBefore(1), nil, 1},
		{"ten times", lostBefore(10), nil, 1},
		{"the answer is lost after the write", lostAfter(1), nil, 1},
		{"five times", lostAfter(5), nil, 1},
		{"the disk is full", fails(fmt.Errorf("%w: x", store.ErrFull)), realtime.ErrDiskFull, 0},
		{"the store is closed", fails(store.ErrClosed), realtime.ErrUnavailable, 0},
		{"it is a hole", fails(store.ErrHole), realtime.ErrUnavailable, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				w := newWorld(t, m)
				w.evening("ann", "bob")
				bob := w.phone("bob")
				w.store.set(func(f *faulty) { f.append = c.append })
				id := op()
				err := w.hub.Do(theEvent, person("ann"), id, post("one"))
				if !errors.Is(err, c.want) {
					t.Errorf("answered %v, want %v", err, c.want)
				}
				if n := w.needs()["one"]; n != c.there {
					t.Errorf("it is there %d times, want %d", n, c.there)
				}
				w.store.set(func(f *faulty) { f.append = nil })
				for range 3 { // the same again
					if err := w.hub.Do(theEvent, person("ann"), id, post("one")); err != nil {
						t.Errorf("again: %v", err)
					}
				}
				bob.sees("one")
				if n := w.needs()["one"]; n != 1 {
					t.Errorf("in the end it is there %d times", n)
				}
				if err := w.hub.Do(theEvent, person("ann"), id, post("two")); !errors.Is(err, event.ErrOpReused) {
					t.Errorf("another command under the same op: %v", err)
				}
				fresh := w.phone("bob")
				bob.like(fresh)
				w.close()
			})
		})
	}
}

// A full disk refuses, says that it may be tried again, and lets people read;
// it heals by itself.
func TestDiskFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann", "bob")
		ann := w.phone("ann")
		w.store.set(func(f *faulty) {
			f.append = func([]store.Record, func() error) error { return fmt.Errorf("%w: x", store.ErrFull) }
		})
		if a := ann.do("need.post", map[string]any{"who": "one"}); a.T != "no" || a.Code != "disk.full" || !a.Again {
			t.Errorf("answered %+v", a)
		}
		bob := w.phone("bob")
		bob.until("the room", func() bool { return len(bob.have["room"]) > 0 })
		w.store.set(func(f *faulty) { f.append = nil })
		if a := ann.do("need.post", map[string]any{"who": "one"}); a.T != "ack" {
			t.Errorf("healed, it answered %+v", a)
		}
		bob.sees("one")
		w.close()
	})
}

// While what a record asks for besides cannot be done, nothing new is taken;
// but people read, newcomers too, and it is done as soon as it can be.
func TestRepairWaitsForTheStore(t *testing.T) {
	for _, what := range []string{"the record of who got whose contact", "the erasure of a key"} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				w := newWorld(t, m)
				w.evening("ann", "bob", "cat")
				w.do(person("ann"), post("one"))
				var need event.NeedID
				_ = w.hub.Look(theEvent, func(s *event.State) { need = s.Attendees["ann"].Needs[0] })
				w.do(person("bob"), event.OfferSelf{Need: need, Give: []string{"mail"}})
				var offer event.IntroductionID
				_ = w.hub.Look(theEvent, func(s *event.State) { offer = s.Attendees["ann"].Introductions[0] })
				cat := w.phone("cat")

				w.store.set(func(f *faulty) {
					f.append = func(run []store.Record, write func() error) error {
						if strings.HasPrefix(run[0].Stream, "pr.") {
							return store.ErrFull
						}
						return write()
					}
					f.drop = func(string, func() error) error { return store.ErrFull }
				})
				id, by, c := op(), person("ann"), event.Command(event.OfferWant{Introduction: offer, Line: "yes", Give: []string{"mail"}})
				if what == "the erasure of a key" {
					by, c = person("bob"), event.AttendeeErase{}
				}
				if err := w.hub.Do(theEvent, by, id, c); !errors.Is(err, realtime.ErrDiskFull) {
					t.Errorf("answered %v", err)
				}
				if err := w.hub.Do(theEvent, person("cat"), op(), post("two")); !errors.Is(err, realtime.ErrDiskFull) {
					t.Errorf("the next one: %v", err)
				}
				w.phone("host").sees("one")
				if cat.over != 0 {
					t.Errorf("a phone was closed with %d", cat.over)
				}
				w.store.set(func(f *faulty) { f.append, f.drop = nil, nil })
				time.Sleep(2 * time.Second) // of the bubble: the room looks every second
				if what == "the erasure of a key" {
					if _, err := m.Key(t.Context(), theEvent+"/bob"); !errors.Is(err, store.ErrErased) {
						t.Errorf("the key: %v", err)
					}
				} else if pair, err := w.hub.Provisions(offer); err != nil || len(pair) != 2 {
					t.Errorf("the record: %v %v", pair, err)
				}
				if err := w.hub.Do(theEvent, by, id, c); err != nil {
					t.Errorf("the same again: %v", err)
				}
				cat.cut()
				cat.connect(w)
				cat.like(w.phone("cat"))
				w.close()
			})
		})
	}
}

// A store that is away closes nobody's phone; the room finds back by itself.
func TestStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w, other := newWorld(t, m), newWorld(t, m)
		w.evening("ann", "bob")
		bob := w.phone("bob")
		away := errors.New("away")
		w.store.set(func(f *faulty) {
			f.append = func([]store.Record, func() error) error { return away }
			f.read = func(string) error { return away }
		})
		for range 3 {
			if err := w.hub.Do(theEvent, person("ann"), op(), post("one")); !errors.Is(err, realtime.ErrUnavailable) {
				t.Errorf("answered %v", err)
			}
		}
		other.do(person("ann"), post("elsewhere"))
		other.do(person("host"), event.AttendeeRemove{Attendee: "ann"})
		ann := w.phoneUnheard("ann")
		go ann.listen(ann.ws)
		w.store.set(func(f *faulty) { f.append, f.read = nil, nil })
		_ = w.hub.Look(theEvent, func(*event.State) {})
		bob.until("the removal", func() bool { return bob.have["room"]["ann"] == "" })
		if bob.over != 0 {
			t.Errorf("the phone was closed with %d", bob.over)
		}
		bob.like(w.phone("bob"))
		ann.until("the end", func() bool { return ann.over != 0 })
		w.close()
		other.close()
	})
}

// ---- two hubs over one store

// The one that comes second reads on and decides again; both end with the same
// copies, number for number, and a phone may go from one to the other.
func TestTwoHubsConverge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "goen.db")
	open := func() store.Store {
		s, err := sqlite.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	w := []*world{newWorld(t, open()), newWorld(t, open())}
	names := []string{"ann", "bob", "cat", "dan"}
	w[0].evening(names...)
	phones := map[string]*phone{}
	for i, name := range names {
		phones[name] = w[i%2].phone(name)
	}
	const each = 15
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() {
			for n := range each {
				id := op()
				words := fmt.Sprintf("%s %c", name, 'a'+n)
				for _, hub := range []*realtime.Hub{w[i%2].hub, w[(i+1)%2].hub} { // each op by both
					if err := hub.Do(theEvent, person(name), id, event.EntryAdd{EntryWords: event.EntryWords{Trade: "npo", Label: words}}); err != nil {
						t.Errorf("%s: %v", words, err)
					}
				}
				if n%5 == 0 {
					if err := w[n%2].hub.Do(theEvent, person(name), op(), post(words)); err != nil {
						t.Errorf("%s: %v", words, err)
					}
				}
			}
		})
	}
	all.Wait()
	for i := range w {
		if err := w[i].hub.Look(theEvent, func(s *event.State) {
			for _, name := range names {
				if n := len(s.Attendees[event.AttendeeID(name)].Entries); n != each {
					t.Errorf("hub %d: %s has %d entries", i, name, n)
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	whole := func(p *phone) (n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, m := range p.got {
			if m.Full {
				n++
			}
		}
		return n
	}
	for i, name := range names {
		p := phones[name]
		p.cut()
		before := whole(p)
		p.connect(w[(i+1)%2]) // the other one
		if whole(p) != before {
			t.Errorf("%s got a whole copy from the other hub", name)
		}
		fresh := w[i%2].phone(name)
		p.like(fresh)
	}
}

// Who loses a race for a place shows what the other wrote, to all who hear it,
// and lets go whom the other has removed.
func TestTakenShowsTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		one, two := newWorld(t, m), newWorld(t, m)
		one.evening("ann", "bob", "cat")
		ann, bob := one.phone("ann"), one.phone("bob")
		var once sync.Once
		one.store.set(func(f *faulty) {
			f.append = func(run []store.Record, write func() error) error {
				once.Do(func() { // just before our write, another node writes
					two.do(person("cat"), post("theirs"))
					two.do(person("host"), event.AttendeeRemove{Attendee: "bob"})
				})
				return write()
			}
		})
		one.do(person("cat"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "npo", Label: "mine"}}) // nobody else hears of it
		ann.sees("theirs")
		bob.until("the door", func() bool { return bob.over == realtime.CloseRemoved })
		ann.like(one.phone("ann"))
		one.close()
		two.close()
	})
}

// ---- phones

// Nothing is queued for a phone that does not read: when it does, it gets one
// view a stream, merged.
func TestSlowPhone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory(), func(c *realtime.Config) { c.Limits.Burst = 5000 })
		w.evening("ann", "bob")
		slow, quick := w.phoneUnheard("bob"), w.phone("ann")
		synctest.Wait() // the first bytes stand in the pipe
		const changes = 2000
		var need event.NeedID
		w.do(person("ann"), post("word"))
		_ = w.hub.Look(theEvent, func(s *event.State) { need = s.Attendees["ann"].Needs[0] })
		before := heap()
		for i := range changes {
			w.do(person("ann"), event.NeedEdit{Need: need, NeedWords: event.NeedWords{Who: "word " + letters(i), Why: strings.Repeat("x", 200)}})
		}
		quick.sees("word " + letters(changes-1))
		if grown := heap() - before; grown > 32<<20 {
			t.Errorf("the heap grew by %d bytes", grown)
		}
		go slow.listen(slow.ws)
		slow.sees("word " + letters(changes-1))
		views := 0
		for _, m := range slow.got {
			if m.T == "view" && m.In == "room" {
				views++
			}
		}
		if views > 2 { // one stood in the pipe, and one brings all the rest
			t.Errorf("it got %d views of the room", views)
		}
		slow.like(w.phone("bob"))
		w.close()
	})
}

// A phone that asks and asks and reads no answer is closed as slow, long before
// it fills the memory.
func TestChokedPhone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann")
		p := w.phoneUnheard("ann")
		sent := 0
		for ; sent < 100_000; sent++ {
			_ = p.ws.SetWriteDeadline(time.Now().Add(time.Minute))
			if p.ws.WriteJSON(map[string]string{"t": "ping"}) != nil {
				break
			}
		}
		if sent > 5_000 {
			t.Errorf("%d pings were taken without an answer being read", sent)
		}
		_ = p.ws.Close()
		w.close()
	})
}

// A phone that does not read at all is let go.
func TestPhoneThatNeverReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann", "bob")
		w.phoneUnheard("bob")
		w.do(person("ann"), post("one"))
		time.Sleep(2 * time.Minute) // of the bubble
		w.close()                   // would wait for bob
	})
}

// restOfTwo is how long a room of two phones rests between two rounds.
const restOfTwo = 40 * time.Microsecond

// The first change after silence goes at once; what follows while the room rests
// goes as one; who asked has the answer at once, after the view that shows it.
func TestMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann", "bob")
		ann, bob := w.phone("ann"), w.phone("bob")
		time.Sleep(3500 * time.Millisecond) // presence is told, and it is quiet
		synctest.Wait()
		bob.mu.Lock()
		from := len(bob.got)
		bob.mu.Unlock()
		start := time.Now()
		const posts = 3
		for i := range posts {
			if a := ann.do("need.post", map[string]any{"who": letters(i)}); a.T != "ack" || time.Since(start) != 0 {
				t.Errorf("answer %s after %s", a.T, time.Since(start))
			}
			if !ann.shows("me", letters(i)) {
				t.Error("the answer came before the view")
			}
		}
		bob.sees(letters(posts - 1))
		var whens []time.Duration
		for _, m := range bob.got[from:] {
			if m.T == "view" && m.In == "room" {
				whens = append(whens, m.when.Sub(start))
			}
		}
		if want := []time.Duration{0, restOfTwo}; !slices.Equal(whens, want) {
			t.Errorf("views came after %v, want %v", whens, want)
		}
		bob.like(w.phone("bob"))
		w.close()
	})
}

// A room in which something always happens is heard all the same: what comes
// does not put off what waits.
func TestABusyRoomIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann", "bob")
		ann, bob := w.phone("ann"), w.phone("bob")
		ann.do("need.post", map[string]any{"who": "先生"})
		bob.sees("先生")
		var need string
		for id, view := range bob.have["room"] {
			if strings.Contains(view, "先生") {
				need = id
			}
		}
		time.Sleep(3500 * time.Millisecond)
		synctest.Wait()
		bob.mu.Lock()
		from := len(bob.got)
		bob.mu.Unlock()
		const edits = 40
		for i := range edits {
			time.Sleep(restOfTwo / 2)
			ann.do("need.edit", map[string]any{"need": need, "who": letters(i)})
		}
		bob.mu.Lock()
		heard := len(bob.got) - from
		bob.mu.Unlock()
		if heard < edits/4 || heard > edits {
			t.Errorf("%d frames while %d things happened", heard, edits)
		}
		w.close()
	})
}

// Presence counts people, not sockets; it is told at most every two seconds and
// only when changed, and moves no stream.
func TestPresence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann", "bob", "cat")
		ann := w.phone("ann")
		time.Sleep(3 * time.Second)
		synctest.Wait()
		at := ann.at["room"]
		for _, who := range []string{"bob", "bob", "cat", "ann"} {
			w.phone(who)
		}
		ann.until("three people", func() bool { return slices.Contains(ann.heres, 3) })
		n := ann.count("here")
		time.Sleep(time.Minute)
		if ann.count("here") != n {
			t.Errorf("unchanged, it was told %d times more", ann.count("here")-n)
		}
		if ann.at["room"] != at {
			t.Error("the room's number moved")
		}
		// Somebody comes and goes twenty times a second.
		for range 200 {
			w.phone("cat").cut()
			time.Sleep(50 * time.Millisecond)
		}
		if told := ann.count("here") - n; told > 7 {
			t.Errorf("in ten seconds it was told %d times", told)
		}
		w.close()
	})
}

// A fifth socket of one person takes the place of the oldest.
func TestFiveSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann")
		var five []*phone
		for range 5 {
			five = append(five, w.phone("ann"))
		}
		five[0].until("its end", func() bool { return five[0].over == realtime.CloseElsewhere })
		for _, p := range five[1:] {
			if p.over != 0 {
				t.Errorf("closed with %d", p.over)
			}
		}
		w.close()
	})
}

// ---- the end

// At the end every phone is told when to come back, what was taken is finished,
// and everything is home at once: also with a phone that has not said hello,
// and with one that comes in meanwhile.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w := newWorld(t, m)
		w.evening("ann", "bob", "cat")
		phones := []*phone{w.phone("ann"), w.phone("bob")}
		mute := &phone{t: t, who: "cat", changed: make(chan struct{})}
		mute.dial(w)
		late := &phone{t: t, who: "cat", changed: make(chan struct{}), at: map[string]uint64{}, have: map[string]map[string]string{}, answers: map[string]message{}}
		late.dial(w)
		go mute.listen(mute.ws)
		go late.listen(late.ws)

		hold, held := make(chan struct{}), make(chan struct{})
		w.store.set(func(f *faulty) {
			f.append = func(_ []store.Record, write func() error) error { close(held); <-hold; return write() }
		})
		var all sync.WaitGroup
		var said, waited error
		all.Go(func() { said = w.hub.Do(theEvent, person("ann"), op(), post("one")) })
		<-held
		w.store.set(func(f *faulty) { f.append = nil })
		all.Go(func() { waited = w.hub.Do(theEvent, person("bob"), op(), post("two")) })
		late.greet() // it stands behind what is being written
		synctest.Wait()
		start := time.Now()
		closing := make(chan error, 1)
		go func() { closing <- w.hub.Close(t.Context()) }()
		synctest.Wait()
		close(hold) // after the goodbye, before the end
		all.Wait()
		if err := <-closing; err != nil {
			t.Errorf("close: %v", err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("it took %s", took)
		}
		if said != nil || waited != nil {
			t.Errorf("what was taken was answered %v and %v", said, waited)
		}
		if n := len(m.log("ev." + theEvent)); n != 6 {
			t.Errorf("the log holds %d records", n)
		}
		for _, p := range phones {
			p.until("the end", func() bool { return p.over != 0 })
			last := p.got[len(p.got)-1]
			if p.over != realtime.CloseRestarting || last.T != "bye" {
				t.Errorf("%s was closed with %d after %s", p.who, p.over, last.T)
			}
		}
		for _, p := range []*phone{mute, late} {
			p.until("the end", func() bool { return p.over != 0 })
			if p.over != realtime.CloseRestarting {
				t.Errorf("a phone at the door was closed with %d", p.over)
			}
		}
		if err := w.hub.Do(theEvent, person("ann"), op(), post("three")); !errors.Is(err, realtime.ErrUnavailable) {
			t.Errorf("after the end: %v", err)
		}
		_ = w.server.Close()
		w.closed = true
	})
}

// A room that is being opened while the hub closes does not stay behind.
func TestCloseWhileOpening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		first := newWorld(t, m)
		first.evening("ann")
		first.close()
		w := newWorld(t, m)
		hold := make(chan struct{})
		w.store.set(func(f *faulty) {
			f.read = func(stream string) error {
				if strings.HasPrefix(stream, "ev.") {
					<-hold
				}
				return nil
			}
		})
		opened := make(chan error, 1)
		go func() { opened <- w.hub.Do(theEvent, person("ann"), op(), post("one")) }()
		synctest.Wait()
		if err := w.hub.Close(t.Context()); err != nil {
			t.Error(err)
		}
		close(hold)
		if err := <-opened; err == nil {
			t.Error("a command was taken after the end")
		}
		_ = w.server.Close()
		w.closed = true
	})
}

// An event that another node has shredded is over here too, and leaves nothing
// behind.
func TestShreddedElsewhere(t *testing.T) {
	for _, who := range []string{"a look", "a phone"} {
		t.Run(who, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				w := newWorld(t, m)
				w.evening("ann")
				ann := w.phone("ann")
				if err := m.Drop(t.Context(), "ev."+theEvent); err != nil {
					t.Fatal(err)
				}
				if who == "a look" {
					if err := w.hub.Look(theEvent, func(*event.State) {}); !errors.Is(err, event.ErrNotFound) {
						t.Errorf("looking: %v", err)
					}
				} else {
					ann.say(op(), "need.post", map[string]any{"who": "one"})
				}
				ann.until("the end", func() bool { return ann.over == realtime.CloseShredded })
				if err := w.hub.Do(theEvent, person("ann"), op(), post("one")); !errors.Is(err, event.ErrNotFound) {
					t.Errorf("acting: %v", err)
				}
				w.close()
			})
		})
	}
}

// Rooms close when nobody has been there for long, and open again for whoever
// comes at that very moment. Nothing is lost on the way.
func TestIdleClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w := newWorld(t, m)
		w.evening("ann", "bob")
		loads := func() int { return m.readsOf("ev." + theEvent) }
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		was := loads()
		w.do(person("ann"), post("first")) // one read to open; a yes needs no other
		if n := loads() - was; n != 1 {
			t.Errorf("the room was not closed: %d reads", n)
		}
		for round := range 50 {
			time.Sleep(10*time.Minute - 5*time.Millisecond)
			var all sync.WaitGroup
			for i := range 8 { // around the very second at which it closes
				all.Go(func() {
					time.Sleep(time.Duration(i) * 250 * time.Millisecond)
					if err := w.hub.Do(theEvent, person("bob"), op(), event.EntryAdd{EntryWords: event.EntryWords{Trade: "npo"}}); err != nil && round < 20 {
						t.Errorf("round %d: %v", round, err)
					}
				})
			}
			all.Wait()
		}
		w.phone("ann").sees("first")
		if err := w.hub.Look(theEvent, func(s *event.State) {
			if n := len(s.Attendees["bob"].Entries); n != 200 {
				t.Errorf("%d entries", n)
			}
		}); err != nil {
			t.Error(err)
		}
		w.close()
	})
}

// What is due ends by itself, once, though nobody comes by.
func TestDueEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var ahead atomic.Int64
		w := newWorld(t, m, func(c *realtime.Config) {
			c.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})
		if err := w.hub.Directory.AddEvent(theEvent, "somebody"); err != nil {
			t.Fatal(err)
		}
		w.evening("ann", "bob")
		w.do(person("ann"), post("one"))
		w.do(person("bob"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "npo"}})
		var need event.NeedID
		var entry event.EntryID
		_ = w.hub.Look(theEvent, func(s *event.State) { need, entry = s.Attendees["ann"].Needs[0], s.Attendees["bob"].Entries[0] })
		w.do(person("bob"), event.OfferMake{Need: need, Entry: entry})
		var id event.IntroductionID
		_ = w.hub.Look(theEvent, func(s *event.State) { id = s.Attendees["ann"].Introductions[0] })
		w.do(person("ann"), event.OfferWant{Introduction: id, Line: "yes", Give: []string{"mail"}})
		w.do(person("bob"), event.IntroductionAsk{Introduction: id, Days: 3})
		before := len(m.log("ev." + theEvent))
		time.Sleep(30 * time.Minute)
		ahead.Store(int64(5 * 24 * time.Hour))
		time.Sleep(2 * time.Minute)
		if n := len(m.log("ev." + theEvent)); n != before+1 {
			t.Errorf("%d records more", n-before)
		}
		_ = w.hub.Look(theEvent, func(s *event.State) {
			if got := s.Introductions[id].Step; got != event.StepEnded {
				t.Errorf("it is %s", got)
			}
		})
		w.close()
	})
}

// An op is answered the same also after its author's words are gone.
func TestRepeatedAfterErasure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w := newWorld(t, m)
		w.evening("ann")
		id := op()
		for range 3 {
			if err := w.hub.Do(theEvent, person("ann"), id, event.AttendeeErase{}); err != nil {
				t.Error(err)
			}
		}
		if err := w.hub.Do(theEvent, person("ann"), op(), event.AttendeeErase{}); !errors.Is(err, event.ErrForbidden) {
			t.Errorf("another op: %v", err)
		}
		w.close()
		w = newWorld(t, m)
		if err := w.hub.Do(theEvent, person("ann"), id, event.AttendeeErase{}); err != nil {
			t.Errorf("after a restart: %v", err)
		}
		w.close()
	})
}

// ---- helpers

// phoneUnheard is a phone that has said hello and does not read.
func (w *world) phoneUnheard(who string) *phone {
	p := &phone{t: w.t, who: who, changed: make(chan struct{}), at: map[string]uint64{}, have: map[string]map[string]string{}, answers: map[string]message{}}
	p.dial(w)
	p.greet()
	return p
}

func letters(n int) string {
	out := []byte{}
	for n++; n > 0; n /= 16 {
		out = append(out, "bcdfghjklmnpqrst"[n%16])
	}
	return string(out)
}

func heap() int64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}
