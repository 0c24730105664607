package event_test

import (
	"slices"
	"testing"

	"goen/realtime/event"
)

// Who may be told of a pair: owners of nameless entries, of whom four others
// hide each side; three cards of a phase at most, whatever became of them; and
// an entry on one card at a time.
func TestWhoIsPaired(t *testing.T) {
	t.Parallel()
	type sc struct {
		*scene
		put func(by event.Who, c event.Command) event.Ask
	}
	for _, c := range []struct {
		what string
		do   func(sc) // before the machine speaks
		want int
	}{
		{"five owners", func(sc) {}, 1},
		{"four owners: three hide each other", func(s sc) {
			s.put(person(0), event.EntryReach{Entry: s.entries[0], Reach: event.Self})
		}, 0},
		{"one of the two is for its owner alone", func(s sc) {
			s.put(person(1), event.EntryReach{Entry: s.entries[1], Reach: event.Self})
			s.put(person(1), event.EntryAdd{EntryWords: s.node.state.Entries[s.entries[1]].EntryWords, Reach: event.Nameless})
		}, 0},
		{"one of the two stands on the board", func(s sc) {
			s.put(person(1), event.EntryReach{Entry: s.entries[1], Reach: event.OnBoard})
			s.put(person(1), event.EntryAdd{EntryWords: s.node.state.Entries[s.entries[1]].EntryWords, Reach: event.Nameless})
		}, 0},
		{"its owner was removed", func(s sc) {
			s.put(person(2), event.AttendeeRemove{Attendee: event.AttendeeID(person(1).ID)})
		}, 0},
		{"another phase", func(s sc) { s.put(person(0), event.PhaseSet{Phase: event.PhaseFree}) }, 0},
		{"the event is over", func(s sc) { s.put(person(0), event.EventClose{}) }, 0},
		{"they have met on cards before", func(s sc) {
			s.put(machine, event.PairsMake{Found: [][2]event.EntryID{{s.entries[2], s.entries[1]}}})
			s.put(person(0), event.PhaseSet{Phase: event.PhaseFree})
			s.put(person(0), event.PhaseSet{Phase: event.PhasePairs})
		}, 0},
		{"one of the two has a card with somebody else", func(s sc) {
			s.put(machine, event.PairsMake{Found: [][2]event.EntryID{{s.entries[1], s.entries[3]}}})
			s.put(person(1), event.PairAnswer{Pair: s.pairs[0]}) // and does not want it: its place stays taken
		}, 0},
		{"the card of the phase before is no hindrance", func(s sc) {
			s.put(machine, event.PairsMake{Found: [][2]event.EntryID{{s.entries[1], s.entries[3]}}})
			s.put(person(0), event.PhaseSet{Phase: event.PhaseFree})
			s.put(person(0), event.PhaseSet{Phase: event.PhasePairs})
		}, 1},
	} {
		s := sc{scene: newScene()}
		s.put = func(by event.Who, c event.Command) event.Ask {
			a := s.ask(by, c)
			s.do(s.node, a)
			return a
		}
		s.put(person(0), s.open(event.DoorsOpen))
		for i := 1; i < 5; i++ {
			s.put(person(i), event.AttendeeJoin{Card: s.card(1), Terms: "1"})
		}
		s.crowd("船橋市", s.put)
		s.put(person(0), event.PhaseSet{Phase: event.PhasePairs})
		if c.do(s); c.what == "its owner was removed" {
			s.put(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(1).ID)})
		}
		before := len(s.node.state.Pairs)
		s.put(machine, event.PairsMake{Found: [][2]event.EntryID{{s.entries[1], s.entries[2]}}})
		if got := len(s.node.state.Pairs) - before; got != c.want {
			t.Errorf("%s: %d pairs, want %d", c.what, got, c.want)
		}
	}
}

// Everybody's first card comes before anybody's second, the best fit first, and
// the fourth never; what a card says is as coarse as four others make it.
func TestCardsAreFair(t *testing.T) {
	t.Parallel()
	d := newPairing("card")
	for range 3 {
		d.crowd("", func(by event.Who, c event.Command) event.Ask { a := d.ask(by, c); d.do(d.node, a); return a })
	}
	if p := d.p.Sides[0]; p.Hint != (event.Hint{Group: "create", Area: "chiba"}) && p.Hint != (event.Hint{Group: "create", Area: "12"}) {
		t.Errorf("the card says %+v", p.Hint)
	}
	d.do(d.node, d.ask(person(1), event.PairAnswer{Pair: d.p.ID})) // it is not wanted, and its place stays taken
	// p1 fits everybody best, with four entries of its own; p0 and p3 fit too.
	mine := func(who, n int) event.EntryID {
		return d.node.state.Attendees[event.AttendeeID(person(who).ID)].Entries[n]
	}
	d.do(d.node, d.ask(machine, event.PairsMake{Found: [][2]event.EntryID{
		{mine(1, 1), mine(0, 1)}, {mine(1, 2), mine(3, 1)}, {mine(1, 3), mine(4, 1)}, {mine(0, 2), mine(3, 2)}, {mine(1, 0), mine(2, 1)},
	}}))
	got, p0 := []string{}, func(x event.Side) string { return string(x.Owner)[1:2] }
	for _, id := range d.pairs {
		p := d.node.state.Pairs[id]
		got = append(got, p0(p.Sides[0])+p0(p.Sides[1]))
	}
	if want := []string{"12", "03", "10", "13"}; !slices.Equal(got, want) {
		t.Errorf("cards of %v, want %v", got, want)
	}
}
