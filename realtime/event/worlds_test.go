package event_test

import (
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// Two worlds: the same evening with and without something private. Whatever
// anybody else hears - frames, numbers, resumes, answers - must be the same
// bytes in both.

// act is one thing that happens in a world: an ask, or a phone that goes or
// comes back.
type act struct {
	ask    *event.Ask
	away   *move
	secret bool // happens in the first world only
}

// heard is every byte that came to somebody.
type heard map[event.Who][][]byte

// play runs acts in a world of its own and returns what everybody heard.
func play(acts []act, withSecret bool, skip func(event.Who) bool) (*scene, heard) {
	sc := newScene()
	for _, a := range acts {
		if a.secret && !withSecret {
			continue
		}
		if a.away != nil {
			sc.away(*a.away)
			continue
		}
		answer := sc.do(sc.node, *a.ask)
		if !a.secret {
			sc.hear(a.ask.By, answer)
		}
		sc.meet(skip)
	}
	all := heard{}
	for _, p := range sc.phones {
		// Last of all everybody loses the connection and comes back, once
		// with the copy they have and once with nothing.
		sc.node.leave(p)
		sc.node.join(p)
		sc.node.leave(p)
		p.at = map[string]uint64{}
		sc.node.join(p)
		all[p.who] = p.heard
	}
	return sc, all
}

// hear files an answer between the frames, where its author reads it.
func (sc *scene) hear(w event.Who, answer string) {
	for _, p := range sc.phones {
		if p.who == w {
			p.heard = append(p.heard, []byte(answer))
		}
	}
}

func compare(t *rapid.T, with, without heard) {
	if len(with) != len(without) {
		t.Fatalf("%d viewers with the secret, %d without", len(with), len(without))
	}
	for w, a := range with {
		b := without[w]
		for i := range max(len(a), len(b)) {
			switch {
			case i >= len(a) || i >= len(b):
				t.Fatalf("%v heard %d messages with the secret and %d without", w, len(a), len(b))
			case string(a[i]) != string(b[i]):
				t.Fatalf("%v can tell, by message %d:\nwith    %s\nwithout %s", w, i, a[i], b[i])
			}
		}
	}
}

// A decline is silence for everybody, before the due date and at it: as if
// nobody had opened the link. Also for who else opens it, and whatever else
// ends the introduction meanwhile. Only where the absent person asked for no
// more links does the owner of the entry learn something, and not before the
// tick at the due date.
func TestDeclineIsSilence(t *testing.T) {
	t.Parallel()
	declined := 0
	rapid.Check(t, func(t *rapid.T) {
		block := rapid.Bool().Draw(t, "block")
		sc := newScene()
		var acts []act
		put := func(a event.Ask, secret bool) {
			sc.do(sc.node, a)
			sc.meet(nobody)
			acts = append(acts, act{ask: &a, secret: secret})
		}
		sc.furnish(event.DoorsOpen, func(a event.Ask) { put(a, false) })
		// Of an entry of p1's, or of the host's need on behalf.
		which := rapid.SampledFrom([]int{0, 5}).Draw(t, "which")
		intro := sc.node.state.Introductions[sc.intros[which]]
		x := link(intro.Link)
		at := rapid.IntRange(0, length/2).Draw(t, "when")
		var lastBytes int // of acts in which the owner must not tell either
		for i, m := range moves(length).Draw(t, "moves") {
			if i == at {
				put(sc.ask(x, event.ConsentDecline{Block: block}), true)
				if intro.Answer.Declined {
					declined++
				}
			}
			if m.what() == "away" {
				sc.away(m)
				acts = append(acts, act{away: &m})
				continue
			}
			a, ok := sc.resolve(m)
			if !ok || a.By == x && answers(a.Do) {
				continue
			}
			if _, tick := a.Do.(event.Tick); tick && block && a.Now >= intro.Due {
				lastBytes = len(acts)
				put(a, false)
				break // from here on the owner may learn of the block, and act on it
			}
			put(a, false)
		}
		first, with := play(acts, true, nobody)
		second, without := play(acts, false, nobody)
		if lastBytes > 0 {
			_, before := play(acts[:lastBytes], true, nobody)
			_, asIfNot := play(acts[:lastBytes], false, nobody)
			compare(t, before, asIfNot)
			delete(with, by(intro.I))
			delete(without, by(intro.I))
		}
		compare(t, with, without)
		if first.log.last() == second.log.last() && first.node.state.Introductions[intro.ID].Answer.Declined {
			t.Fatal("the secret left nothing in the log: this test tests nothing")
		}
	})
	if declined == 0 {
		t.Error("nobody ever declined: this test tests nothing")
	}
}

// answers: the absent person would say something else than the no.
func answers(c event.Command) bool {
	switch c.(type) {
	case event.ConsentGive, event.ConsentDecline:
		return true
	}
	return false
}

// A decline whose words could not be told from no answer would still tell by
// the time at which things end; so the one fact at the due date is the same.
func TestDeclineEndsOnTheDayAsNoAnswerDoes(t *testing.T) {
	t.Parallel()
	for _, block := range []bool{false, true} {
		var ends [2][]byte
		for i, decline := range []bool{true, false} {
			sc := newScene()
			sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
			n := sc.node.state.Introductions[sc.intros[0]]
			no := sc.ask(link(n.Link), event.ConsentDecline{Block: block})
			if decline {
				sc.do(sc.node, no)
			}
			for _, now := range []event.At{n.Due - 1, n.Due} {
				if n.Step != event.StepAsking {
					t.Fatalf("ended %d ms before the due date", n.Due-now)
				}
				tick := sc.ask(machine, event.Tick{})
				tick.Now = now
				sc.do(sc.node, tick)
			}
			if n.Step != event.StepEnded || n.At != n.Due {
				t.Fatalf("%v at %d, want ended at %d", n.Step, n.At, n.Due)
			}
			ends[i] = sc.node.copies.Full(mine(string(n.R)))
			if e := sc.node.state.Entries[n.Entry]; e.Blocked != (decline && block) {
				t.Fatalf("decline %v, block %v: the entry's block is %v", decline, block, e.Blocked)
			}
		}
		if string(ends[0]) != string(ends[1]) {
			t.Fatalf("R can tell:\n%s\n%s", ends[0], ends[1])
		}
	}
}

// A silent no keeps its place in every limit until the due date: whatever the
// introducer and the matcher try meanwhile comes out as if there were no
// answer yet.
func TestASilentNoKeepsItsPlace(t *testing.T) {
	t.Parallel()
	var answers, copies [2][]string
	for i, decline := range []bool{true, false} {
		sc := newScene()
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		me := person(1)
		try := func(who event.Who, c event.Command) event.Ask {
			a := sc.ask(who, c)
			answers[i] = append(answers[i], sc.do(sc.node, a))
			copies[i] = append(copies[i], string(sc.node.copies.Full(mine(me.ID))))
			return a
		}
		asking := func(entry event.EntryID) (need event.NeedID, last string) {
			need = event.NeedID(try(person(4), event.NeedPost{NeedWords: sc.needWords()}).ID(0))
			offer := try(me, event.OfferMake{Need: need, Entry: entry})
			id := event.IntroductionID(offer.ID(0))
			try(person(4), event.OfferWant{Introduction: id, Line: sc.word("line"), Give: []string{"mail"}})
			try(me, event.IntroductionAsk{Introduction: id, Days: 7})
			return need, answers[i][len(answers[i])-1]
		}
		need, _ := asking(sc.entries[1])
		no := sc.ask(link(sc.links[len(sc.links)-1]), event.ConsentDecline{Block: true})
		if decline {
			sc.do(sc.node, no)
		}
		try(machine, event.SuggestionMake{Need: need, Entry: sc.entries[1], Why: sc.reasons(need)}) // the very pair
		again, last := asking(sc.entries[1])                                                        // the very entry: one asking of it is out
		if !strings.Contains(last, event.ErrEntryAsking.Code) {
			t.Fatalf("a second asking for one entry: %s", last)
		}
		try(person(4), event.NeedClose{Need: again})
		for range 4 { // others, up to the most that one may have out
			var n event.NeedID
			n, last = asking(event.EntryID(try(me, event.EntryAdd{EntryWords: sc.entryWords()}).ID(0)))
			try(person(4), event.NeedClose{Need: n})
		}
		if !strings.Contains(last, event.ErrManyAskings.Code) {
			t.Fatalf("a sixth asking: %s", last)
		}
	}
	if !slices.Equal(answers[0], answers[1]) || !slices.Equal(copies[0], copies[1]) {
		t.Fatalf("the introducer can tell:\n%v\n%v", answers[0], answers[1])
	}
}

// However an introduction ends before its due date, a block that came with a
// silent no is felt at the due date, and not before.
func TestABlockWaitsForTheDueDate(t *testing.T) {
	t.Parallel()
	for what, end := range map[string]func(*scene, event.IntroductionID) event.Ask{
		"the introducer leaves": func(sc *scene, id event.IntroductionID) event.Ask {
			return sc.ask(person(1), event.IntroductionLeave{Introduction: id})
		},
		"R leaves": func(sc *scene, id event.IntroductionID) event.Ask {
			return sc.ask(person(3), event.IntroductionLeave{Introduction: id})
		},
		"R is erased": func(sc *scene, _ event.IntroductionID) event.Ask { return sc.ask(person(3), event.AttendeeErase{}) },
		"R is removed": func(sc *scene, _ event.IntroductionID) event.Ask {
			return sc.ask(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(3).ID)})
		},
	} {
		sc := newScene()
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		n := sc.node.state.Introductions[sc.intros[0]]
		sc.do(sc.node, sc.ask(link(n.Link), event.ConsentDecline{Block: true}))
		sc.do(sc.node, end(sc, n.ID))
		offer := func() error {
			_, err := event.Decide(sc.node.state, sc.ask(person(1), event.OfferMake{Need: sc.needs[1], Entry: n.Entry}))
			return err
		}
		if n.Step != event.StepEnded || offer() != nil {
			t.Errorf("%s: %v, and an offer is refused before the due date: %v", what, n.Step, offer())
		}
		for range 2 {
			tick := sc.ask(machine, event.Tick{})
			tick.Now = n.Due
			sc.do(sc.node, tick)
		}
		if offer() != event.ErrEntryBlocked {
			t.Errorf("%s: after the due date an offer gives %v, want a refusal", what, offer())
		}
		agree(t, sc.node, openNode(sc.log, "b"))
	}
}

// A list leaves no trace with others: neither its entries nor what the
// machine finds in it, until its owner offers.
func TestOwnListIsSilence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sc := newScene()
		var acts []act
		put := func(a event.Ask, secret bool) {
			if secret {
				_ = sc.node.do(a) // a refusal, too, is heard by its author only
			} else {
				sc.do(sc.node, a)
			}
			acts = append(acts, act{ask: &a, secret: secret})
		}
		sc.furnish(event.DoorsOpen, func(a event.Ask) { put(a, false) })
		owner := person(2)
		var own []event.EntryID
		for _, m := range moves(length).Draw(t, "moves") {
			if sc.node.state.Attendees[event.AttendeeID(owner.ID)].Standing == event.Present {
				id, some := pick(own, m.A)
				some = some && sc.node.state.Entries[id] != nil
				switch n, _ := pick(sc.needs, m.B); {
				case m.C%5 == 0:
					a := sc.ask(owner, event.EntryAdd{EntryWords: sc.entryWords(), Reach: reaches[m.A%3]}) // none goes on the board
					put(a, true)
					own = append(own, event.EntryID(a.ID(0)))
				case m.C%5 == 1 && some:
					put(sc.ask(owner, event.EntryChange{Entry: id, EntryWords: sc.entryWords()}), true)
				case m.C%5 == 2 && some && m.A%2 == 0:
					put(sc.ask(machine, event.SuggestionMake{Entry: id, Card: event.AttendeeID(person(m.B).ID)}), true)
				case m.C%5 == 2 && some:
					put(sc.ask(machine, event.SuggestionMake{Need: n, Entry: id, Why: sc.reasons(n)}), true)
				case m.C%5 == 3 && some && m.A%3 == 0:
					put(sc.ask(owner, event.EntryDrop{Entry: id}), true)
				case m.C%5 == 4 && some:
					put(sc.ask(owner, event.EntryReach{Entry: id, Reach: reaches[1+m.A%2]}), true)
				}
				if g := slices.Collect(suggestedTo(sc.node.state, own)); len(g) > 0 && m.C%7 == 0 {
					put(sc.ask(owner, event.SuggestionDismiss{Suggestion: g[0]}), true)
				}
			}
			if m.what() == "away" {
				acts = append(acts, act{away: &m})
				continue
			}
			if a, ok := sc.resolve(m); ok {
				put(a, false)
			}
		}
		skip := func(w event.Who) bool { return w == owner }
		first, with := play(acts, true, skip)
		second, without := play(acts, false, skip)
		compare(t, with, without)
		if len(own) > 0 && first.log.last() == second.log.last() {
			t.Fatal("the secret left nothing in the log: this test tests nothing")
		}
	})
}

func suggestedTo(s *event.State, own []event.EntryID) func(func(event.SuggestionID) bool) {
	return func(yield func(event.SuggestionID) bool) {
		for _, e := range own {
			if s.Entries[e] == nil {
				continue
			}
			for _, g := range s.Entries[e].Suggestions {
				if !s.Suggestions[g].Done && !yield(g) {
					return
				}
			}
		}
	}
}

// The place in the log must not be on the wire: one record more for the
// decline, and the next thing R does stands at another place.
func TestLogPlaceWouldTell(t *testing.T) {
	t.Parallel()
	place := func(decline bool) (log int64, stream uint64) {
		sc := newScene()
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		no := sc.ask(link(sc.links[0]), event.ConsentDecline{})
		if decline {
			sc.do(sc.node, no)
		}
		sc.do(sc.node, sc.ask(person(3), event.NeedPost{NeedWords: sc.needWords()}))
		return sc.node.state.Seq, sc.node.copies.Seq(mine(person(3).ID))
	}
	log1, me1 := place(true)
	log2, me2 := place(false)
	if log1 == log2 {
		t.Fatal("the log's place does not tell; then why have numbers per stream?")
	}
	if me1 != me2 {
		t.Fatalf("R's own number tells: %d and %d", me1, me2)
	}
}
