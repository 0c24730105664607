package event_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// Only Fold writes the state: Decide, See and everything else that is asked
// leave it as it was, and give the same when asked again. The tally is what a
// recount gives.
func TestHeartIsPure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sc := newScene()
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		for _, m := range moves(length/2).Draw(t, "moves") {
			a, ok := sc.resolve(m)
			if !ok {
				continue
			}
			s := sc.node.state
			before, body := dump(s), string(event.Body(a.Do))
			first, err1 := event.Decide(s, a)
			again, err2 := event.Decide(s, a)
			if !reflect.DeepEqual(first, again) || err1 != err2 {
				t.Fatalf("%T: the same ask is decided twice, and differently", a.Do)
			}
			_, _ = event.Repeated(s, a)
			for _, f := range first {
				event.Forgets(s, f)
			}
			event.Prepare(s, s.Refs(), s.Epoch+uint64(m.A%2))
			if w, ok := pick(append(sc.viewers(), machine), m.B); ok {
				event.Look(s, w)
			}
			for _, id := range sc.needs {
				event.MatchableNeed(s, id)
			}
			event.SumKey(s, a)
			event.Lobby(s, "")
			event.Deadline(s)
			if after := dump(s); before != after {
				t.Fatalf("%T: something that only looks changed the state", a.Do)
			}
			if string(event.Body(a.Do)) != body {
				t.Fatalf("%T: deciding changed the command", a.Do)
			}
			sc.do(sc.node, a)
			recount(t, sc.node.state)
			placesHold(t, sc.node.state)
		}
	})
}

func recount(t *rapid.T, s *event.State) {
	want := event.Tally{Offers: len(s.Introductions)}
	balance := map[string]event.Weight{}
	weigh := func(of string, supply, demand int) {
		if of != "" {
			w := balance[of]
			balance[of] = event.Weight{Supply: w.Supply + supply, Demand: w.Demand + demand}
		}
	}
	for _, a := range s.Attendees {
		switch a.Standing {
		case event.Present:
			want.Present++
			weigh(a.Card.Trade, 1, 0)
		case event.InLobby:
			want.Waiting++
		}
	}
	for _, n := range s.Needs {
		if s.Attendees[n.By].Standing == event.Present && !n.Hidden && !n.Held && !n.Closed {
			want.Needs++
			weigh(n.Trade, 0, 1)
		}
	}
	for _, n := range s.Introductions {
		want.Steps[n.Step]++
		if n.Connected() && n.MetOn != 0 {
			want.Met++
		}
	}
	for _, p := range s.Pairs {
		if p.AgreedAt != 0 {
			want.Pairs++
		}
		if p.Step == event.PairConnected {
			want.PairsConnected++
		}
	}
	if s.Tally != want {
		t.Fatalf("tally %+v, recount %+v", s.Tally, want)
	}
	if !maps.Equal(s.Balance, balance) {
		t.Fatalf("balance %v, recount %v", s.Balance, balance)
	}
	// What hangs on what: no suggestion without its owner and the two that it is of.
	for id, g := range s.Suggestions {
		owner, n, e, card := s.Attendees[g.Owner], s.Needs[g.Need], s.Entries[g.Entry], s.Attendees[g.Card]
		of := 0
		for _, x := range []struct {
			there bool
			lists []event.SuggestionID
		}{{g.Need != "", listed(n != nil, func() []event.SuggestionID { return n.Suggestions })},
			{g.Entry != "", listed(e != nil, func() []event.SuggestionID { return e.Suggestions })},
			{g.Card != "", listed(card != nil, func() []event.SuggestionID { return card.Cited })},
		} {
			if !x.there {
				continue
			}
			of++
			if !slices.Contains(x.lists, id) {
				t.Fatalf("a suggestion hangs in the air: %+v", g)
			}
		}
		if of != 2 || owner == nil || !slices.Contains(owner.Told, id) {
			t.Fatalf("a suggestion hangs in the air: %+v", g)
		}
	}
	for _, a := range s.Attendees {
		for _, id := range append(slices.Clone(a.Told), a.Cited...) {
			if s.Suggestions[id] == nil {
				t.Fatal("somebody lists a suggestion that is gone")
			}
		}
	}
	for _, n := range s.Needs {
		for _, id := range n.Suggestions {
			if s.Suggestions[id] == nil {
				t.Fatal("a need lists a suggestion that is gone")
			}
		}
	}
}

// placesHold: what stands on the board is open and wants more links, and the
// other way round; no plea without its need.
func placesHold(t *rapid.T, s *event.State) {
	for _, e := range s.Entries {
		if e.Reach == event.OnBoard && (e.Blocked || s.Boards[e.Board] != e.ID) || e.Reach != event.OnBoard && (e.Board != "" || e.Words) {
			t.Fatalf("an entry is in the wrong place: %+v", e)
		}
	}
	for b, e := range s.Boards {
		if s.Entries[e] == nil || s.Entries[e].Board != b {
			t.Fatalf("a place without its entry: %s", b)
		}
	}
	hang := 0
	for _, n := range s.Needs {
		for _, id := range n.Pleas {
			if s.Pleas[id] == nil || s.Pleas[id].Need != n.ID {
				t.Fatalf("a need lists a plea that is gone: %s", id)
			}
			hang++
		}
	}
	if hang != len(s.Pleas) {
		t.Fatalf("%d pleas, of which %d hang on a need", len(s.Pleas), hang)
	}
}

// dump is the state as text, for comparing.
func dump(s *event.State) string {
	var ops []string
	for k, v := range s.Ops {
		ops = append(ops, k.By.ID+" "+string(k.Op)+" "+v)
	}
	slices.Sort(ops)
	b, err := json.Marshal(struct {
		event.State
		Ops []string // instead of the map, since JSON has no such keys
	}{*s, ops})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// Folding is total: with any records and facts missing, their words gone, or
// in any order the rest still folds, everything can be looked at, and the
// tally counts what is there. (A restored backup, an old bug in the log.)
func TestFoldIsTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sc := run(t, func(*scene) {})
		records := sc.log.decoded()
		missing := rapid.SliceOfN(rapid.IntRange(0, 3), len(records), len(records)).Draw(t, "missing")
		if rapid.Bool().Draw(t, "shuffled") {
			records = rapid.Permutation(records).Draw(t, "order")
		}
		for _, erased := range []bool{false, true} {
			if erased {
				for i := range people {
					sc.log.drop(person(i).ID)
				}
				sc.log.drop(event.TheEventsWords)
				records = sc.log.decoded()
			}
			state, copies := event.New(), event.NewCopies("")
			for i, r := range records {
				switch missing[i] {
				case 0:
					continue // the record
				case 1:
					r.Facts = r.Facts[1:] // a fact
				}
				epoch := state.Epoch
				copies.Apply(event.Prepare(state, event.Fold(state, r), epoch))
				recount(t, state)
			}
			for in := range allStreams(state) {
				newPhone(event.Who{}).take(copies.Full(in))
			}
			for _, w := range append(sc.viewers(), machine) {
				event.Look(state, w)
			}
			for _, a := range sc.appended { // and whatever was asked can be decided
				_, _ = event.Decide(state, a)
			}
		}
	})
}

// A tick that comes twice, or late, does nothing that it should not; and the
// state knows when the next one is due.
func TestTick(t *testing.T) {
	t.Parallel()
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	s := sc.node.state
	// The second asking gets a later due date than the first.
	a := sc.ask(person(0), event.EntryAdd{EntryWords: sc.entryWords()})
	sc.do(sc.node, a)
	offer := sc.ask(person(0), event.OfferMake{Need: sc.needs[1], Entry: event.EntryID(a.ID(0))})
	sc.do(sc.node, offer)
	late := event.IntroductionID(offer.ID(0))
	sc.do(sc.node, sc.ask(person(2), event.OfferWant{Introduction: late, Line: sc.word("line"), Give: []string{"mail"}}))
	sc.do(sc.node, sc.ask(person(0), event.IntroductionAsk{Introduction: late, Days: 14}))
	first, last := event.Deadline(s), s.Introductions[late].Due
	if first == 0 || first >= last {
		t.Fatalf("the next deadline is %d, the last %d", first, last)
	}
	before := sc.log.last()
	for _, c := range []struct {
		now  event.At
		more int64
	}{{first - 1, 0}, {first, 1}, {first, 1}, {last - 1, 1}, {last, 2}, {last, 2}, {last + event.Day, 2}} {
		tick := sc.ask(machine, event.Tick{})
		tick.Now = c.now
		sc.do(sc.node, tick)
		if got := sc.log.last() - before; got != c.more {
			t.Fatalf("tick %d ms after the first is due: %d more records, want %d", c.now-first, got, c.more)
		}
	}
	if event.Deadline(s) != 0 {
		t.Fatal("something is still due")
	}
}

func listed(there bool, of func() []event.SuggestionID) []event.SuggestionID {
	if !there {
		return nil
	}
	return of()
}
