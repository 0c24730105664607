package realtime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

// The blind call, as time tells of it: the clock is held, so that whatever one
// more append, read or round of frames would cost is seen to the nanosecond.

const (
	slowAppend = 7 * time.Millisecond
	slowRead   = 3 * time.Millisecond
)

// lonely is an evening of a host and some guests on a slow store, with a need of
// ann's that nobody has answered for six minutes. Entries of so many of the
// guests fit it.
func lonely(t *testing.T, m *memory, fits int, more ...string) (w *world, guests []string, need event.NeedID) {
	t.Helper()
	guests = append([]string{"bob", "cat", "dan", "eve"}, more...)
	w = newWorld(t, m, func(c *realtime.Config) { c.Limits.Burst = 5000 })
	w.evening(append([]string{"ann"}, guests...)...)
	for i, g := range guests {
		words := event.EntryWords{Trade: "kaigo", Area: "大阪府"}
		if i < fits {
			words = event.EntryWords{Trade: "zeirishi", Area: "千葉県"}
		}
		w.do(person(g), event.EntryAdd{EntryWords: words})
	}
	w.do(person("ann"), event.NeedPost{NeedWords: event.NeedWords{Who: "税理士さん", Area: "千葉県", Trade: "zeirishi"}})
	_ = w.hub.Look(theEvent, func(s *event.State) { need = s.Attendees["ann"].Needs[0] })
	time.Sleep(6 * time.Minute)
	w.store.set(func(f *faulty) {
		f.append = func(_ []store.Record, write func() error) error { time.Sleep(slowAppend); return write() }
		f.read = func(stream string) error {
			if stream != "dir" { // which is read under a lock, and that holds the clock
				time.Sleep(slowRead)
			}
			return nil
		}
	})
	return w, guests, need
}

// called counts the requests on a phone.
func (p *phone) called() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, o := range p.have["me"] {
		if strings.Contains(o, `"k":"suggestion"`) && strings.Contains(o, `"called":true`) {
			n++
		}
	}
	return n
}

// However many there are to be called, none, one or thirty: the host's answer
// comes at the same nanosecond, and so does every byte that the host, the poster
// and a bystander hear and are answered, beats included; the room appends and
// reads at the same moments, and the log grows by as many records.
func TestACallTellsNothingByTime(t *testing.T) {
	const after, owners = 60, 30
	more := make([]string, owners-4)
	for i := range more {
		more[i] = fmt.Sprint("guest", i)
	}
	var traces []string
	for _, fits := range []int{0, 1, owners} {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			w, guests, need := lonely(t, m, fits, more...)
			w.do(person("zoe"), event.AttendeeJoin{Card: card("zoe"), Terms: "1"})
			host, poster, bystander := w.phone("host"), w.phone("ann"), w.phone("zoe")
			watchers := []*phone{host, poster, bystander}
			called := []*phone{}
			for _, g := range guests {
				called = append(called, w.phone(g))
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			began, from, records := time.Now(), map[*phone]int{}, len(m.log("ev."+theEvent))
			for _, p := range watchers {
				from[p] = len(p.got)
			}
			var trace, disk strings.Builder // two, for at one nanosecond either may come first
			note := func(format string, args ...any) { fmt.Fprintf(&trace, format+"\n", args...) }
			w.store.set(func(f *faulty) {
				f.append = func(run []store.Record, write func() error) error {
					fmt.Fprintf(&disk, "append of %d at %v\n", len(run), time.Since(began)) // in the loop
					time.Sleep(slowAppend)
					return write()
				}
				f.read = func(stream string) error {
					if stream != "dir" {
						fmt.Fprintf(&disk, "read at %v\n", time.Since(began))
						time.Sleep(slowRead)
					}
					return nil
				}
			})
			act := func(p *phone, name string, args map[string]any) {
				asked := time.Now()
				got := p.do(name, args)
				note("%s %s: %s %v after %v", p.who, name, got.T, got.Code, got.when.Sub(asked))
			}
			act(host, "call.make", map[string]any{"need": need})
			for i := range after { // others would feel a busy store
				act(host, "phase.set", map[string]any{"phase": []string{"needs", "free"}[i%2]})
				time.Sleep(time.Millisecond) // never at the moment at which something else begins
				act(poster, "entry.add", map[string]any{"trade": "npo"})
				time.Sleep(time.Millisecond)
				act(bystander, "entry.add", map[string]any{"trade": "npo"})
				time.Sleep(time.Millisecond)
			}
			time.Sleep(time.Minute) // of silence, and two beats
			synctest.Wait()
			for _, p := range watchers {
				p.mu.Lock()
				for _, m := range p.got[from[p]:] {
					when := m.when.Sub(began)
					m.when, m.Op = time.Time{}, ""
					note("%s hears %s at %v", p.who, drawn.ReplaceAllString(string(mustJSON(m)), "<>"), when)
				}
				p.mu.Unlock()
			}
			note("%d records", len(m.log("ev."+theEvent))-records)
			traces = append(traces, trace.String()+disk.String())
			for i, p := range called {
				if want := map[bool]int{true: 1}[i < fits]; p.called() != want {
					t.Errorf("%d fit, and %s has %d requests", fits, p.who, p.called())
				}
			}
			if want := len(m.log("ev."+theEvent)) - records; want != 1+1+3*after {
				t.Errorf("%d records: the machine's word is not among them", want)
			}
			w.close()
		})
	}
	for _, word := range []string{"zoe hears {\"T\":\"beat\"", "ann hears {\"T\":\"view\"", "append of 1 at", "host call.make: ack"} {
		if !strings.Contains(traces[0], word) {
			t.Errorf("nobody noted %q: this test tests nothing", word)
		}
	}
	for _, other := range traces[1:] {
		a, b := strings.Split(traces[0], "\n"), strings.Split(other, "\n")
		for i := range max(len(a), len(b)) {
			if i >= len(a) || i >= len(b) || a[i] != b[i] {
				t.Fatalf("line %d tells:\nnobody fits:   %s\nsomebody fits: %s", i, at(a, i), at(b, i))
			}
		}
	}
}

// drawn are ids, which are drawn by lot.
var drawn = regexp.MustCompile(`[A-Za-z0-9_-]{22}`)

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

// The answer to a call waits for one append, that of the call itself.
func TestACallIsAnsweredFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _, need := lonely(t, newMemory(), 4)
		host := w.phone("host")
		var appends []time.Time
		w.store.set(func(f *faulty) {
			f.append = func(_ []store.Record, write func() error) error {
				appends = append(appends, time.Now())
				return write()
			}
		})
		answered := host.do("call.make", map[string]any{"need": need})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if answered.T != "ack" || len(appends) != 2 || appends[0].After(answered.when) || !appends[1].After(answered.when) {
			t.Errorf("%s at %v, appends at %v", answered.T, answered.when, appends)
		}
		w.close()
	})
}

// A word that could not be kept is said again; one that a crash swallowed, too.
func TestACallIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w, _, need := lonely(t, m, 2)
		broken := 3
		w.store.set(func(f *faulty) {
			f.append = func(run []store.Record, write func() error) error {
				if strings.Contains(string(run[0].Body), "call.told") && broken > 0 {
					broken--
					return errors.New("the disk is away")
				}
				return write()
			}
		})
		w.do(person("host"), event.CallMake{Need: need})
		time.Sleep(10 * time.Second)
		bob, cat, dan := w.phone("bob"), w.phone("cat"), w.phone("dan")
		if bob.called() != 1 || cat.called() != 1 || dan.called() != 0 || broken != 0 {
			t.Errorf("%d, %d, %d requests after a broken disk", bob.called(), cat.called(), dan.called())
		}
		// The process dies between the call and the word.
		time.Sleep(10 * time.Minute)
		w.store.set(func(f *faulty) {
			f.append = func(run []store.Record, write func() error) error {
				if strings.Contains(string(run[0].Body), "call.told") {
					return errors.New("dead")
				}
				return write()
			}
		})
		w.do(person("dan"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "zeirishi", Area: "千葉県"}})
		w.do(person("host"), event.CallMake{Need: need})
		time.Sleep(3 * time.Second)
		w.close()
		again := newWorld(t, m)
		phone := again.phone("dan")
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if phone.called() != 1 {
			t.Errorf("%d requests after a crash", phone.called())
		}
		again.close()
	})
}

// Two nodes have the room open: one word, whoever says it.
func TestACallOnTwoNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		w, _, need := lonely(t, m, 2)
		other := newWorld(t, m)
		bob := other.phone("bob")
		w.do(person("host"), event.CallMake{Need: need})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if bob.called() != 1 {
			t.Errorf("%d requests at the other node", bob.called())
		}
		words := slices.DeleteFunc(m.log("ev."+theEvent), func(r store.Record) bool { return !strings.Contains(string(r.Body), "call.told") })
		if len(words) != 1 {
			t.Errorf("%d words to one call", len(words))
		}
		w.close()
		other.close()
	})
}

// Of two needs that fit as well, a place goes to whose poster has given first;
// a better fit goes before both.
func TestGiveFirstBreaksATie(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, giver := range []string{"ann", "cat"} {
			w := newWorld(t, newMemory())
			w.evening("ann", "bob", "cat", "dan")
			// The giver introduces somebody to bob, who wants it.
			w.do(person("bob"), event.NeedPost{NeedWords: event.NeedWords{Who: "印刷の会社", Trade: "printing"}})
			w.do(person(giver), event.EntryAdd{EntryWords: event.EntryWords{Trade: "printing"}})
			var need event.NeedID
			var entry event.EntryID
			_ = w.hub.Look(theEvent, func(s *event.State) {
				need, entry = s.Attendees["bob"].Needs[0], s.Attendees[event.AttendeeID(giver)].Entries[0]
			})
			offer := func() (id event.IntroductionID) {
				w.do(person(giver), event.OfferMake{Need: need, Entry: entry})
				_ = w.hub.Look(theEvent, func(s *event.State) {
					for _, n := range s.Introductions {
						id = n.ID
					}
				})
				return id
			}
			w.do(person("bob"), event.OfferWant{Introduction: offer(), Line: "please", Give: []string{"mail"}})
			// Three suggestions are open with bob; needs of ann's and cat's wait for a place.
			fits := event.NeedWords{Who: "税理士さん", Area: "千葉県", Trade: "zeirishi"}
			for range 3 {
				w.do(person("dan"), event.NeedPost{NeedWords: fits})
			}
			time.Sleep(5 * time.Minute) // whatever was told before is no hurry any more
			w.do(person("bob"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "zeirishi", Area: "千葉県"}})
			time.Sleep(time.Second)
			for _, name := range []string{"ann", "cat"} {
				w.do(person(name), event.NeedPost{NeedWords: fits})
			}
			time.Sleep(time.Minute)
			bob := w.phone("bob")
			synctest.Wait()
			if n := len(bob.suggestions()); n != 3 {
				t.Fatalf("bob has %d suggestions", n)
			}
			w.do(person("dan"), event.NeedClose{Need: bob.suggestions()[0]})
			time.Sleep(2 * time.Second)
			var mine event.NeedID
			_ = w.hub.Look(theEvent, func(s *event.State) { mine = s.Attendees[event.AttendeeID(giver)].Needs[0] })
			synctest.Wait()
			if got := bob.suggestions(); !slices.Contains(got, mine) || len(got) != 3 {
				t.Errorf("the place went to another than %s, who gave first", giver)
			}
			w.close()
		}
	})
}

// suggestions are the needs for which a phone has one.
func (p *phone) suggestions() (needs []event.NeedID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.have["me"] {
		var v event.SuggestionView
		if strings.Contains(o, `"k":"suggestion"`) && json.Unmarshal([]byte(o), &v) == nil {
			needs = append(needs, v.Need)
		}
	}
	return needs
}
