package event_test

import (
	"strings"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// What may be asked of whom, and how often.
func TestPleas(t *testing.T) {
	t.Parallel()
	sc := furnished()
	s := sc.node.state
	put := func(who event.Who, c event.Command) string {
		code, a := sc.answerOf(who, c)
		if code != "" {
			t.Fatalf("%T: %s", c, code)
		}
		return a.ID(0)
	}
	b := sc.onBoard(sc.entries[1], true)                          // p1's
	need2, need3, behalf := sc.needs[1], sc.needs[2], sc.needs[3] // p2's, p3's, the host's
	hostNeed := event.NeedID(put(person(0), event.NeedPost{NeedWords: sc.needWords()}))
	for _, c := range []struct {
		what string
		who  event.Who
		do   event.BoardAsk
		code string
	}{
		{"of oneself", person(1), event.BoardAsk{Board: b, Need: sc.needs[0]}, "board.own"},
		{"for another", person(2), event.BoardAsk{Board: b, Need: need3}, "forbidden"},
		{"by the host for the owner", person(0), event.BoardAsk{Board: b, Need: sc.needs[0]}, "board.own"},
		{"for an acquaintance", person(0), event.BoardAsk{Board: b, Need: behalf}, "need.on_behalf"},
		{"what is not there", person(2), event.BoardAsk{Board: "nothing", Need: need2}, "not_found"},
		{"by the entry's own id", person(2), event.BoardAsk{Board: event.BoardID(sc.entries[1]), Need: need2}, "not_found"},
		{"for what is not there", person(2), event.BoardAsk{Board: b, Need: "nothing"}, "not_found"},
		{"once", person(2), event.BoardAsk{Board: b, Need: need2}, ""},
		{"twice", person(2), event.BoardAsk{Board: b, Need: need2}, "board.asked"},
		{"by the host too, who does not see the first", person(0), event.BoardAsk{Board: b, Need: need2}, ""},
		{"by the host for themself", person(0), event.BoardAsk{Board: b, Need: hostNeed}, ""},
	} {
		if code, _ := sc.answerOf(c.who, c.do); code != c.code {
			t.Errorf("%s: %q, want %q", c.what, code, c.code)
		}
	}
	// An offer of the owner answers both for that need, and none for another.
	put(person(1), event.OfferMake{Need: need2, Entry: event.EntryID(put(person(1), event.EntryAdd{EntryWords: sc.entryWords()}))})
	if len(s.Pleas) != 1 || len(s.Needs[need2].Pleas) != 0 {
		t.Errorf("after the offer there are %d pleas", len(s.Pleas))
	}
	// Four places, three at once; one that is passed keeps its place, one whose
	// need is withdrawn does not.
	var places []event.BoardID
	for range 4 {
		e := event.EntryID(put(person(1), event.EntryAdd{EntryWords: sc.entryWords()}))
		places = append(places, sc.onBoard(e, false))
	}
	second := event.NeedID(put(person(3), event.NeedPost{NeedWords: sc.needWords()}))
	put(person(3), event.BoardAsk{Board: places[0], Need: second})
	first := put(person(3), event.BoardAsk{Board: places[0], Need: need3})
	put(person(3), event.BoardAsk{Board: places[1], Need: need3})
	put(person(1), event.PleaPass{Plea: event.PleaID(first)})
	if code, _ := sc.answerOf(person(1), event.PleaPass{Plea: event.PleaID(first)}); code != "not_found" {
		t.Errorf("what was passed is still before its owner: %q", code)
	}
	fourth := event.BoardAsk{Board: places[2], Need: need3}
	if code, _ := sc.answerOf(person(3), fourth); code != "limit.pleas" {
		t.Errorf("the fourth: %q", code)
	}
	put(person(3), event.NeedClose{Need: second})
	put(person(3), fourth)
	// The asker may not pass for the owner.
	if code, _ := sc.answerOf(person(3), event.PleaPass{Plea: event.PleaID(first)}); code != "forbidden" {
		t.Errorf("passed by the asker: %q", code)
	}
	// At the due date all end alike, and the places are free.
	sc.clock = s.Pleas[event.PleaID(first)].Due
	if event.Deadline(s) > sc.clock {
		t.Errorf("nobody wakes for it: %d", event.Deadline(s))
	}
	put(machine, event.Tick{})
	for id, p := range s.Pleas {
		if !p.Over {
			t.Errorf("%s is not over", id)
		}
	}
	put(person(3), event.BoardAsk{Board: places[3], Need: need3})
	if code, _ := sc.answerOf(person(3), fourth); code != "board.asked" {
		t.Errorf("the same place for the same need again: %q", code)
	}
	// A host has as many for each need.
	for i, place := range places {
		if code, _ := sc.answerOf(person(0), event.BoardAsk{Board: place, Need: need3}); code != map[bool]string{true: "limit.pleas"}[i == 3] {
			t.Errorf("the host's number %d: %q", i+1, code)
		}
	}
	// Not for what is withdrawn, and not after the evening.
	put(person(3), event.NeedClose{Need: need3})
	if code, _ := sc.answerOf(person(3), event.BoardAsk{Board: b, Need: need3}); code != "need.over" {
		t.Errorf("for a withdrawn need: %q", code)
	}
	put(person(0), event.EventClose{})
	if code, _ := sc.answerOf(person(2), event.BoardAsk{Board: b, Need: need2}); code != "event.closed" {
		t.Errorf("after the evening: %q", code)
	}
}

// The host's plea is shown to the owner as the host's, and to the poster of the
// need; a guest's is between the two.
func TestThePleaOfAHostIsSeen(t *testing.T) {
	t.Parallel()
	sc := furnished()
	b := sc.onBoard(sc.entries[1], false)
	sc.answerOf(person(0), event.BoardAsk{Board: b, Need: sc.needs[2]})
	sc.answerOf(person(2), event.BoardAsk{Board: b, Need: sc.needs[1]})
	for who, want := range map[int]string{0: "asked host", 1: "plea host plea guest", 2: "asked guest", 3: "asked host", 4: ""} {
		var saw []string
		for _, v := range event.Look(sc.node.state, person(who)) {
			from := func(id event.AttendeeID) string {
				return map[bool]string{true: "host", false: "guest"}[string(id) == person(0).ID]
			}
			switch v := v.(type) {
			case event.PleaView:
				saw = append(saw, "plea "+from(v.By))
			case event.AskedView:
				saw = append(saw, "asked "+from(v.By))
			}
		}
		if got := strings.Join(saw, " "); got != want && !(who == 1 && got == "plea guest plea host") {
			t.Errorf("p%d sees %q, want %q", who, got, want)
		}
	}
}

// To pass is silence for everybody but the owner, for ever: as if the plea had
// not been read.
func TestPassIsSilence(t *testing.T) {
	t.Parallel()
	passed := 0
	rapid.Check(t, func(t *rapid.T) {
		sc := newScene()
		var acts []act
		put := func(a event.Ask, secret bool) {
			sc.do(sc.node, a)
			sc.meet(nobody)
			acts = append(acts, act{ask: &a, secret: secret})
		}
		sc.furnish(event.DoorsOpen, func(a event.Ask) { put(a, false) })
		owner := person(1)
		up := sc.ask(owner, event.EntryReach{Entry: sc.entries[1], Reach: event.OnBoard, Words: true})
		put(up, false)
		var pleas []event.PleaID
		for i, who := range []int{3, 0} {
			a := sc.ask(person(who), event.BoardAsk{Board: event.BoardID(up.ID(1)), Need: sc.needs[2]})
			put(a, false)
			pleas = append(pleas, event.PleaID(a.ID(0)))
			if sc.node.state.Pleas[pleas[i]] == nil {
				t.Fatal("no plea")
			}
		}
		at := rapid.IntRange(0, length/2).Draw(t, "when")
		for i, m := range moves(length).Draw(t, "moves") {
			if i == at {
				for _, p := range pleas {
					put(sc.ask(owner, event.PleaPass{Plea: p}), true)
					if x := sc.node.state.Pleas[p]; x != nil && x.Passed {
						passed++
					}
				}
			}
			if m.what() == "away" {
				sc.away(m)
				acts = append(acts, act{away: &m})
				continue
			}
			if a, ok := sc.resolve(m); ok {
				put(a, false)
			}
		}
		skip := func(w event.Who) bool { return w == owner }
		_, with := play(acts, true, skip)
		_, without := play(acts, false, skip)
		compare(t, with, without)
	})
	if passed == 0 {
		t.Error("nobody ever passed: this test tests nothing")
	}
}

// Label, note and what an acquaintance seeks are their owner's alone, on the
// board too: with other ones all others hear the same bytes.
func TestLabelsAreSilenceOnTheBoard(t *testing.T) {
	t.Parallel()
	owner := person(2)
	hear := func(private bool) (*scene, heard) {
		sc := newScene()
		var acts []act
		put := func(a event.Ask) { sc.do(sc.node, a); sc.meet(nobody); acts = append(acts, act{ask: &a}) }
		sc.furnish(event.DoorsOpen, put)
		words := sc.entryWords()
		label, note, seeks := sc.word("label"), sc.word("note"), sc.word("wants")
		if private {
			words.Label, words.Note, words.Seeks = label, note, seeks
		} else {
			words.Label, words.Note, words.Seeks = "", "", ""
		}
		add := sc.ask(owner, event.EntryAdd{EntryWords: words, Reach: event.OnBoard, Words: true})
		put(add)
		put(sc.ask(person(3), event.BoardAsk{Board: event.BoardID(add.ID(1)), Need: sc.needs[2]}))
		offer := sc.ask(owner, event.OfferMake{Need: sc.needs[2], Entry: event.EntryID(add.ID(0)), Words: true})
		put(offer)
		id := event.IntroductionID(offer.ID(0))
		put(sc.ask(person(3), event.OfferWant{Introduction: id, Line: sc.word("line"), Give: []string{"mail"}}))
		put(sc.ask(owner, event.IntroductionAsk{Introduction: id, Days: 3}))
		if sc.node.state.Introductions[id].Step != event.StepAsking {
			t.Fatal("it did not come so far: this test tests nothing")
		}
		return play(acts, true, func(w event.Who) bool { return w == owner })
	}
	_, with := hear(true)
	_, without := hear(false)
	for w, a := range with {
		b := without[w]
		if len(a) != len(b) {
			t.Fatalf("%v heard %d messages and %d", w, len(a), len(b))
		}
		for i := range a {
			if string(a[i]) != string(b[i]) {
				t.Fatalf("%v can tell:\nwith    %s\nwithout %s", w, a[i], b[i])
			}
		}
	}
}
