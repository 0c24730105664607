package event_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// length of a random evening, after the furnished opening.
const length = 60

// run plays random moves in one world, with phones that come and go. each is
// called after every command and when a batch has been shown.
func run(t *rapid.T, each func(sc *scene)) *scene {
	sc := newScene()
	sc.furnish(rapid.SampledFrom(doors[:2]).Draw(t, "doors"), func(a event.Ask) {
		sc.do(sc.node, a)
		sc.meet(nobody)
	})
	each(sc)
	for _, m := range moves(length).Draw(t, "moves") {
		if m.what() == "away" {
			sc.node.release()
			sc.away(m)
			each(sc)
			continue
		}
		a, ok := sc.resolve(m)
		if !ok {
			continue
		}
		sc.node.hold = m.C%5 == 0 // a batch: folded now, shown with the next one
		sc.do(sc.node, a)
		if !sc.node.hold {
			sc.node.release()
			sc.meet(nobody)
			each(sc)
		}
	}
	sc.node.release()
	each(sc)
	return sc
}

// allStreams is what a fresh look at everything gives: See alone, no copies.
func allStreams(s *event.State) map[event.Stream]map[string]string {
	out := map[event.Stream]map[string]string{}
	for _, r := range s.Refs() {
		for _, sight := range event.See(s, r) {
			have := out[sight.In]
			if have == nil {
				have = map[string]string{}
				out[sight.In] = have
			}
			b, err := json.Marshal(sight.View)
			if err != nil {
				panic(err)
			}
			if _, twice := have[idOf(b)]; twice {
				panic("two views of one noun in one stream: " + string(b))
			}
			have[idOf(b)] = string(b)
		}
	}
	return out
}

// fresh is what a viewer who comes with nothing sees.
func fresh(s *event.State, all map[event.Stream]map[string]string, w event.Who) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, in := range event.Hears(s, w) {
		out[in.Name.String()] = all[in]
	}
	return out
}

// differ says how two copies differ, or nothing.
func differ(got, want map[string]map[string]string) string {
	if maps.EqualFunc(got, want, maps.Equal[map[string]string, map[string]string]) {
		return ""
	}
	var b strings.Builder
	for name := range want {
		for id, obj := range want[name] {
			if got[name][id] != obj {
				fmt.Fprintf(&b, "\n%s: have %q\n  want %q", name, got[name][id], obj)
			}
		}
	}
	for name := range got {
		for id, obj := range got[name] {
			if _, ok := want[name][id]; !ok {
				fmt.Fprintf(&b, "\n%s: have %q\n  want it gone", name, obj)
			}
		}
	}
	return b.String() + fmt.Sprintf("\nstreams %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
}

// fataler is a test, at random or not.
type fataler interface{ Fatalf(string, ...any) }

func phonesHoldTrue(t fataler, n *node) {
	all := allStreams(n.state)
	for _, p := range n.phones {
		if p.slow {
			continue
		}
		if diff := differ(p.have, fresh(n.state, all, p.who)); diff != "" {
			t.Fatalf("%v has a false copy: %s", p.who, diff)
		}
	}
}

// For every viewer after every command: what the phone has is what a fresh
// look gives. Also for phones that were away or slow.
func TestPhonesHoldATrueCopy(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		run(t, func(sc *scene) { phonesHoldTrue(t, sc.node) })
	})
}

// From every number that any stream ever had, Since leads to now, byte for
// byte the same on a node that has just read the log.
func TestResumeFromAnyNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type place struct {
			in    event.Stream
			epoch string
			seq   uint64
		}
		history := map[place]map[string]string{}
		sc := run(t, func(sc *scene) {
			for in, have := range allStreams(sc.node.state) {
				at := place{in, sc.node.copies.Epoch(), sc.node.copies.Seq(in)}
				if was, ok := history[at]; ok && !maps.Equal(was, have) {
					t.Fatalf("%v changed and kept its number", at)
				}
				history[at] = have
			}
		})
		for i := range 70 * rapid.IntRange(0, 1).Draw(t, "tail") { // long enough for the trails to be swept
			sc.do(sc.node, sc.ask(person(i%5), event.CardChange{Card: sc.card(i)}))
		}
		reloaded := openNode(sc.log, "b")
		now := allStreams(sc.node.state)
		for at, have := range history {
			if at.epoch != sc.node.copies.Epoch() {
				continue
			}
			b := sc.node.copies.Since(at.in, at.seq)
			if again := reloaded.copies.Since(at.in, at.seq); string(again) != string(b) {
				t.Fatalf("%v: a node that has read the log says\n%s\nnot\n%s", at, again, b)
			}
			name := at.in.Name.String()
			p := newPhone(event.Who{})
			p.at[name], p.have[name] = at.seq, maps.Clone(have)
			p.take(b)
			want := now[at.in]
			if want == nil {
				want = map[string]string{}
			}
			if !maps.Equal(p.have[name], want) {
				t.Fatalf("%v: %s", at, differ(map[string]map[string]string{name: p.have[name]}, map[string]map[string]string{name: want}))
			}
			if p.at[name] != sc.node.copies.Seq(at.in) {
				t.Fatalf("%v leads to %d, not to %d", at, p.at[name], sc.node.copies.Seq(at.in))
			}
		}
	})
}

// In every stream stand exactly the words that the written matrix allows,
// after every command, and everybody hears exactly their streams. So a contact
// is never visible outside connected, and what was hidden, removed, revoked or
// erased does not come back.
func TestEveryWordInItsPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		run(t, func(sc *scene) { wordsInPlace(t, sc) })
	})
}

func wordsInPlace(t fataler, sc *scene) {
	s, m := sc.node.state, &sc.model
	for _, w := range sc.viewers() {
		if got, want := event.Hears(s, w), m.hears(w); !slices.Equal(got, want) {
			t.Fatalf("%v hears %v, must hear %v", w, got, want)
		}
	}
	for id, n := range s.Introductions {
		if want := m.intro[id].step; n.Step.String() != want {
			t.Fatalf("an introduction is %v, must be %s", n.Step, want)
		}
	}
	for id, a := range s.Attendees {
		if a.Given != m.given[string(id)] || a.Received != m.received[string(id)] {
			t.Fatalf("the ledger of %s is %d, %d, must be %d, %d", id, a.Given, a.Received, m.given[string(id)], m.received[string(id)])
		}
		from := map[string]int{}
		for _, c := range a.From {
			from[string(c.By)] += c.N
		}
		if !maps.Equal(from, m.from[string(id)]) {
			t.Fatalf("%s received from %v, must be from %v", id, from, m.from[string(id)])
		}
	}
	want := m.words()
	streams := slices.Collect(maps.Keys(want))
	for in := range allStreams(s) {
		if want[in] == nil {
			streams = append(streams, in)
		}
	}
	for _, in := range streams {
		full := string(sc.node.copies.Full(in))
		got := sheet{}
		got.put(in, strings.Split(full, `{"k":`)...) // object by object: most stay as they are
		for w := range got[in] {
			if !want[in][w] {
				t.Fatalf("%v shows %s, which it must not: %s", in, w, full)
			}
		}
		for w := range want[in] {
			if !got[in][w] {
				t.Fatalf("%v does not show %s: %s", in, w, full)
			}
		}
	}
}
