package event_test

import (
	"testing"

	"goen/realtime/event"
)

// A hint stands on two things, and goes from its owner's phone at once when
// either does. p1 is told that p3 may help an acquaintance, p3 that they may
// answer p1's need themself.
func TestHintsGoWithWhatTheyStandOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what          string
		do            func(*scene) (event.Who, event.Command)
		consult, self bool // that stand afterwards
	}{
		{"nothing", func(*scene) (event.Who, event.Command) { return person(0), event.PhaseSet{Phase: event.PhaseFree} }, true, true},
		{"whose card it is, is removed", func(*scene) (event.Who, event.Command) {
			return person(0), event.AttendeeRemove{Attendee: card(3)}
		}, false, false},
		{"whose card it is, is erased", func(*scene) (event.Who, event.Command) { return person(3), event.AttendeeErase{} }, false, false},
		{"the poster, who has the entry too, is erased", func(*scene) (event.Who, event.Command) { return person(1), event.AttendeeErase{} }, false, false},
		{"the need is hidden", func(sc *scene) (event.Who, event.Command) {
			return person(0), event.NeedHide{Need: sc.needs[0], Hidden: true}
		}, true, false},
		{"the need is withdrawn", func(sc *scene) (event.Who, event.Command) { return person(1), event.NeedClose{Need: sc.needs[0]} }, true, false},
		{"the entry is dropped", func(sc *scene) (event.Who, event.Command) { return person(1), event.EntryDrop{Entry: sc.entries[1]} }, false, true},
		{"the entry says something else", func(sc *scene) (event.Who, event.Command) {
			return person(1), event.EntryChange{Entry: sc.entries[1], EntryWords: sc.entryWords()}
		}, false, true},
		{"the entry goes further", func(sc *scene) (event.Who, event.Command) {
			return person(1), event.EntryReach{Entry: sc.entries[1], Reach: event.Nameless}
		}, true, true},
	} {
		sc, suggest := hinter(t)
		consult := suggest(event.SuggestionMake{Entry: sc.entries[1], Card: card(3)})
		self := suggest(event.SuggestionMake{Need: sc.needs[0], Card: card(3)})
		if consult == nil || self == nil {
			t.Fatal("no hints: this test tests nothing")
		}
		who, do := c.do(sc)
		if code, _ := sc.answerOf(who, do); code != "" {
			t.Fatalf("%s: %q", c.what, code)
		}
		s := sc.node.state
		if got := len(event.See(s, consult.ID.Ref())) > 0; got != c.consult {
			t.Errorf("%s: that p3 may help stands: %v", c.what, got)
		}
		if got := len(event.See(s, self.ID.Ref())) > 0; got != c.self {
			t.Errorf("%s: that p3 may answer stands: %v", c.what, got)
		}
		for _, g := range s.Suggestions { // and nothing is kept of who erased themself
			for _, of := range []event.AttendeeID{g.Owner, g.Card} {
				if a := s.Attendees[of]; a != nil && a.Standing == event.WasErased {
					t.Errorf("%s: a suggestion is left of %s", c.what, of)
				}
			}
		}
	}
}

// An entry for a need on behalf would bring two absent people together: a hint
// of it is for cards only. And nobody is brought to who is not inside, though a
// host sees them at the desk.
func TestHintsOfWhoIsNotHere(t *testing.T) {
	t.Parallel()
	sc, suggest := hinter(t)
	if g := suggest(event.SuggestionMake{Need: sc.needs[3], Entry: sc.entries[6]}); g != nil {
		t.Error("an entry is suggested for a need on behalf")
	}
	if g := suggest(event.SuggestionMake{Need: sc.needs[3], Card: card(4)}); g == nil {
		t.Error("nobody here is told of a need on behalf")
	}
	_, e := sc.answerOf(person(0), event.EntryAdd{EntryWords: sc.entryWords()})
	own := event.EntryID(e.ID(0))
	sc.answerOf(person(0), event.AttendeeRemove{Attendee: card(2)})
	sc.answerOf(person(0), event.DoorsSet{Doors: event.DoorsApprove})
	sc.answerOf(person(5), event.AttendeeJoin{Card: sc.card(1), Terms: "1"})
	for i, want := range map[int]string{2: "not_found", 5: "not_found", 3: ""} {
		if code, _ := sc.answerOf(person(0), event.OfferRefer{Entry: own, To: card(i), Seeks: "x"}); code != want {
			t.Errorf("the host brings an acquaintance to p%d: %q, want %q", i, code, want)
		}
	}
}
