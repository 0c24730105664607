package event_test

import (
	"testing"

	"goen/realtime/event"
)

// hinter makes suggestions of every kind in a furnished room.
func hinter(t *testing.T) (*scene, func(c event.SuggestionMake) *event.Suggestion) {
	t.Helper()
	sc := furnished()
	return sc, func(c event.SuggestionMake) *event.Suggestion {
		_, a := sc.answerOf(machine, c)
		return sc.node.state.Suggestions[event.SuggestionID(a.ID(0))]
	}
}

func card(i int) event.AttendeeID { return event.AttendeeID(person(i).ID) }

// Somebody here who may help an acquaintance is told to the owner of the entry
// alone, and somebody who may answer a need themself to them alone; nothing of
// what nobody could act on.
func TestHintsOfCards(t *testing.T) {
	t.Parallel()
	sc, suggest := hinter(t)
	quiet := sc.entryWords()
	quiet.Seeks = ""
	_, a := sc.answerOf(person(1), event.EntryAdd{EntryWords: quiet})
	content := event.EntryID(a.ID(0))
	for _, c := range []struct {
		what string
		make event.SuggestionMake
		to   int // 0: nobody
	}{
		{"who may help an acquaintance", event.SuggestionMake{Entry: sc.entries[0], Card: card(3)}, 1},
		{"the same again", event.SuggestionMake{Entry: sc.entries[0], Card: card(3)}, 0},
		{"oneself", event.SuggestionMake{Entry: sc.entries[0], Card: card(1)}, 0},
		{"an acquaintance who seeks nothing", event.SuggestionMake{Entry: content, Card: card(3)}, 0},
		{"somebody who is not here", event.SuggestionMake{Entry: sc.entries[0], Card: card(6)}, 0},
		{"a need that one may answer", event.SuggestionMake{Need: sc.needs[0], Card: card(3)}, 3},
		{"one's own need", event.SuggestionMake{Need: sc.needs[0], Card: card(1)}, 0},
		{"a need that one has answered", event.SuggestionMake{Need: sc.needs[1], Card: card(1)}, 0},
		{"a need on behalf that one has answered", event.SuggestionMake{Need: sc.needs[3], Card: card(2)}, 0},
		{"a need that three answer", event.SuggestionMake{Need: sc.needs[2], Card: card(4)}, 0},
		{"three things at once", event.SuggestionMake{Need: sc.needs[0], Entry: sc.entries[2], Card: card(3)}, 0},
		{"nothing", event.SuggestionMake{Card: card(3)}, 0},
	} {
		g := suggest(c.make)
		switch {
		case (g != nil) != (c.to != 0):
			t.Errorf("%s: made %v", c.what, g != nil)
		case g != nil && g.Owner != card(c.to):
			t.Errorf("%s: told to %s", c.what, g.Owner)
		}
	}
}

// Three at once, then one a minute, two of a list for one need.
func TestHintsAreFew(t *testing.T) {
	t.Parallel()
	sc, suggest := hinter(t)
	needs := []event.NeedID{}
	for i := range 9 {
		_, a := sc.answerOf(person([]int{2, 4, 0}[i%3]), event.NeedPost{NeedWords: sc.needWords()})
		needs = append(needs, event.NeedID(a.ID(0)))
		sc.clock += 20_000
	}
	of := func(need, entry int) *event.Suggestion {
		return suggest(event.SuggestionMake{Need: needs[need], Entry: sc.entries[entry]})
	}
	_, a := sc.answerOf(person(1), event.EntryAdd{EntryWords: sc.entryWords()})
	sc.entries = append(sc.entries, event.EntryID(a.ID(0)))
	first := of(0, 0)
	if first == nil || of(0, 1) == nil {
		t.Fatal("two of one need are not made")
	}
	if of(0, len(sc.entries)-1) != nil {
		t.Error("a third of one list for one need")
	}
	if of(1, 0) == nil || of(2, 0) != nil {
		t.Error("not three at once")
	}
	put := func() { sc.answerOf(person(1), event.SuggestionDismiss{Suggestion: sc.hints[len(sc.hints)-1]}) }
	put()
	if of(2, 0) != nil {
		t.Error("a fourth within a minute")
	}
	sc.clock += 60_000
	if of(3, 0) == nil {
		t.Error("none after a minute")
	}
	put()
	if of(4, 0) != nil {
		t.Error("two within a minute")
	}
}

// What somebody calls wrong is not suggested again, and neither is anything
// that rests on the same, of that entry. 「今は無理」 says nothing of the kind.
func TestWrongIsRemembered(t *testing.T) {
	t.Parallel()
	for _, wrong := range []bool{true, false} {
		sc, suggest := hinter(t)
		_, a := sc.answerOf(person(4), event.NeedPost{NeedWords: sc.needWords()})
		other := event.NeedID(a.ID(0))
		rests := func(need event.NeedID, entry int, on string) *event.Suggestion {
			sc.clock += 60_000
			return suggest(event.SuggestionMake{Need: need, Entry: sc.entries[entry], Rests: on})
		}
		g, same := rests(sc.needs[1], 0, "web"), rests(other, 0, "web")
		if g == nil || same == nil {
			t.Fatal("no suggestion")
		}
		sc.answerOf(person(1), event.SuggestionDismiss{Suggestion: g.ID, Wrong: wrong})
		if same.Done != wrong {
			t.Errorf("wrong: %v, and what rests on the same is put away: %v", wrong, same.Done)
		}
		_, a = sc.answerOf(person(0), event.NeedPost{NeedWords: sc.needWords()})
		later := event.NeedID(a.ID(0))
		if made := rests(later, 0, "web") != nil; made == wrong {
			t.Errorf("wrong: %v, and the next that rests on it is made: %v", wrong, made)
		}
		if rests(later, 1, "web") == nil {
			t.Error("what is wrong of one entry is not suggested of another")
		}
		sc.clock += 10 * 60_000
		_, a = sc.answerOf(person(3), event.NeedPost{NeedWords: sc.needWords()})
		lonely := event.NeedID(a.ID(0))
		sc.clock += 10 * 60_000
		sc.answerOf(person(0), event.CallMake{Need: lonely})
		_, a = sc.answerOf(machine, event.CallTell{Need: lonely, Hits: []event.CallHit{{Entry: sc.entries[0], Rests: "web"}}})
		if called := sc.node.state.Suggestions[event.SuggestionID(a.ID(0))] != nil; called == wrong {
			t.Errorf("wrong: %v, and a call asks for what rests on it: %v", wrong, called)
		}
		if wrong {
			if suggest(event.SuggestionMake{Entry: sc.entries[0], Card: card(4), Rests: "web"}) == nil {
				t.Error("what an entry can do is taken for what it seeks")
			}
			sc.answerOf(person(1), event.EntryChange{Entry: sc.entries[0], EntryWords: sc.entryWords()})
			if rests(later, 0, "web") == nil {
				t.Error("other words of the entry are still called wrong")
			}
		}
	}
}

// A card that says something else ends what was suggested for it; a new
// picture does not.
func TestACardChanges(t *testing.T) {
	t.Parallel()
	sc, suggest := hinter(t)
	g := suggest(event.SuggestionMake{Entry: sc.entries[0], Card: card(3)})
	sc.answerOf(person(3), event.PhotoSet{Photo: sc.photo()})
	if s := sc.node.state; s.Suggestions[g.ID] == nil {
		t.Fatal("a picture ends a suggestion")
	}
	sc.answerOf(person(3), event.CardChange{Card: sc.card(1)})
	if s := sc.node.state; s.Suggestions[g.ID] != nil {
		t.Error("the old card is still suggested")
	}
}

// Bringing an acquaintance to somebody: what may be said, and how often.
func TestRefer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		do   func(*scene) event.OfferRefer
		code string
	}{
		{"to oneself", func(sc *scene) event.OfferRefer {
			return event.OfferRefer{Entry: sc.entries[6], To: card(4), Seeks: "x"}
		}, "choice.unknown"},
		{"without a word", func(sc *scene) event.OfferRefer { return event.OfferRefer{Entry: sc.entries[6], To: card(3)} }, "text.empty"},
		{"a name", func(sc *scene) event.OfferRefer {
			return event.OfferRefer{Entry: sc.entries[6], To: card(3), Seeks: "鈴木様の相続"}
		}, "text.name"},
		{"a number", func(sc *scene) event.OfferRefer {
			return event.OfferRefer{Entry: sc.entries[6], To: card(3), Seeks: "x", Line: "090-1234-5678"}
		}, "text.contact"},
		{"somebody's entry", func(sc *scene) event.OfferRefer {
			return event.OfferRefer{Entry: sc.entries[0], To: card(3), Seeks: "x"}
		}, "not_found"},
		{"as it should be", func(sc *scene) event.OfferRefer {
			return event.OfferRefer{Entry: sc.entries[6], To: card(3), Seeks: "x"}
		}, ""},
	} {
		sc := furnished()
		if code, _ := sc.answerOf(person(4), c.do(sc)); code != c.code {
			t.Errorf("%s: %q, want %q", c.what, code, c.code)
		}
	}
	sc := furnished()
	for i := range 5 {
		_, e := sc.answerOf(person(4), event.EntryAdd{EntryWords: sc.entryWords()})
		do := event.OfferRefer{Entry: event.EntryID(e.ID(0)), To: card(3), Seeks: "x"}
		code, _ := sc.answerOf(person(4), do)
		if want := map[bool]string{true: "limit.offers"}[i >= 3]; code != want {
			t.Errorf("offer %d: %q, want %q", i, code, want)
		}
		if again, _ := sc.answerOf(person(4), do); i < 3 && again != "offer.exists" {
			t.Errorf("the same again: %q", again)
		}
	}
}
