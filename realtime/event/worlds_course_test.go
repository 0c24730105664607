package event_test

import (
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// Two worlds of the rest of the course: see worlds_test.go.

// That I asks directly, and sends no link, is I's own business: for everybody
// else it is an asking like any other, until the absent person's yes.
func TestDirectIsAsALink(t *testing.T) {
	t.Parallel()
	told := 0
	rapid.Check(t, func(t *rapid.T) {
		sc := newScene()
		var acts []act
		put := func(a event.Ask) {
			sc.do(sc.node, a)
			sc.meet(nobody)
			acts = append(acts, act{ask: &a})
		}
		sc.furnish(event.DoorsOpen, put)
		put(sc.ask(person(0), event.AttestSet{Attest: event.AttestOn}))
		var offer event.IntroductionID
		if rapid.Bool().Draw(t, "behalf") {
			need := sc.ask(person(4), event.NeedPost{NeedWords: sc.behalfWords()})
			put(need)
			self := sc.ask(person(3), event.OfferSelf{Need: event.NeedID(need.ID(0)), Line: sc.word("line"), Give: gives[0]})
			put(self)
			offer = event.IntroductionID(self.ID(0))
		} else {
			offer = sc.intros[4] // p4's to p1
			put(sc.ask(person(1), event.OfferWant{Introduction: offer, Line: sc.word("line"), Give: gives[0]}))
		}
		asked := len(acts)
		ask := sc.ask(person(4), event.IntroductionAsk{Introduction: offer, Days: 7, Direct: true})
		put(ask)
		if sc.node.state.Introductions[offer].Step != event.StepAsking {
			t.Fatal("nobody is being asked: this test tests nothing")
		}
		for _, m := range moves(length).Draw(t, "moves") {
			if m.what() == "away" {
				sc.away(m)
				acts = append(acts, act{away: &m})
				continue
			}
			a, ok := sc.resolve(m)
			if attest, is := a.Do.(event.IntroductionAttest); !ok || is && attest.Introduction == offer {
				continue
			}
			put(a)
		}
		first, direct := play(acts, true, nobody)
		ask.Do = event.IntroductionAsk{Introduction: offer, Days: 7}
		acts[asked].ask = &ask
		page := link(event.LinkOf(ask.ID(1))) // that there is in this world only
		second, linked := play(acts, true, func(w event.Who) bool { return w == page })
		if string(first.node.copies.Full(mine(person(4).ID))) != string(second.node.copies.Full(mine(person(4).ID))) {
			told++
		}
		delete(direct, person(4))
		delete(linked, person(4))
		compare(t, direct, linked)
	})
	if told == 0 {
		t.Error("I never sees a difference: this test tests nothing")
	}
}

// A need that is held is nowhere but with its poster and the hosts: whatever is
// written, edited, refused and closed while it waits, nobody else can tell.
func TestAHeldNeedIsSilence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sc := newScene()
		var acts []act
		put := func(a event.Ask, secret bool) {
			if secret {
				_ = sc.node.do(a)
			} else {
				sc.do(sc.node, a)
			}
			acts = append(acts, act{ask: &a, secret: secret})
		}
		sc.furnish(event.DoorsOpen, func(a event.Ask) { put(a, false) })
		put(sc.ask(person(0), event.ApprovalSet{On: true}), false)
		poster := person(2)
		var held []event.NeedID
		for _, m := range moves(length).Draw(t, "moves") {
			words := sc.needWords()
			if m.A%3 == 0 {
				words = sc.behalfWords()
			}
			switch id, some := pick(held, m.A); {
			case m.C%6 == 0:
				a := sc.ask(poster, event.NeedPost{NeedWords: words})
				put(a, true)
				if sc.node.state.Needs[event.NeedID(a.ID(0))] != nil {
					held = append(held, event.NeedID(a.ID(0)))
				}
			case m.C%6 == 1 && some:
				put(sc.ask(poster, event.NeedEdit{Need: id, NeedWords: words}), true)
			case m.C%6 == 2 && some:
				put(sc.ask(person(0), event.NeedHide{Need: id, Hidden: m.B%2 == 0}), true)
			case m.C%6 == 3 && some:
				put(sc.ask(machine, event.SuggestionMake{Need: id, Entry: sc.entries[0], Why: sc.reasons(id)}), true)
			case m.C%6 == 4 && some && m.B%3 == 0:
				put(sc.ask(poster, event.NeedClose{Need: id}), true)
			case m.C%6 == 4 && some: // who has heard the id elsewhere learns nothing from trying it
				put(sc.ask(person(3), event.OfferSelf{Need: id, Give: gives[0]}), false)
			case m.C%6 == 5 && some && m.B%2 == 0:
				put(sc.ask(person(0), event.NeedPin{Need: id, Pinned: true}), true)
			}
			if m.what() == "away" {
				acts = append(acts, act{away: &m})
				continue
			}
			a, ok := sc.resolve(m)
			switch a.Do.(type) {
			case event.NeedPost, event.NeedEdit, event.ApprovalSet:
				if !ok || a.By == poster || a.By == person(0) {
					continue // what else the poster may post depends on what waits, which is theirs to know
				}
			}
			if ok {
				put(a, false)
			}
		}
		skip := func(w event.Who) bool { return w == poster || w == person(0) }
		first, with := play(acts, true, skip)
		second, without := play(acts, false, skip)
		compare(t, with, without)
		if len(held) > 0 && first.log.last() == second.log.last() {
			t.Fatal("the secret left nothing in the log: this test tests nothing")
		}
	})
}

// A silent no of an acquaintance for whom a need was posted keeps its place
// too: another who offers themself cannot be taken to them before the due date,
// as if there were no answer yet; and the block is felt at the due date, by the
// poster alone.
func TestASilentNoOnBehalfKeepsItsPlace(t *testing.T) {
	t.Parallel()
	var answers, copies [2][]string
	for i, decline := range []bool{true, false} {
		sc := newScene()
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		n := sc.node.state.Introductions[sc.intros[5]]
		no := sc.ask(link(n.Link), event.ConsentDecline{Block: true})
		if decline {
			sc.do(sc.node, no)
		}
		try := func(who event.Who, c event.Command) event.Ask {
			a := sc.ask(who, c)
			answers[i] = append(answers[i], sc.do(sc.node, a))
			for p := range people {
				copies[i] = append(copies[i], string(sc.node.copies.Full(mine(person(p).ID))))
			}
			return a
		}
		last := func() string { return answers[i][len(answers[i])-1] }
		try(person(2), event.OfferSelf{Need: sc.needs[3], Line: sc.word("line"), Give: gives[0]})
		if !strings.Contains(last(), event.ErrOffered.Code) {
			t.Fatalf("a second offer of one person: %s", last())
		}
		other := event.IntroductionID(try(person(1), event.OfferSelf{Need: sc.needs[3], Line: sc.word("line"), Give: gives[0]}).ID(0))
		for _, direct := range []bool{false, true} {
			try(person(0), event.IntroductionAsk{Introduction: other, Days: 7, Direct: direct})
			if !strings.Contains(last(), event.ErrEntryAsking.Code) {
				t.Fatalf("a second asking of one acquaintance: %s", last())
			}
		}
		tick := sc.ask(machine, event.Tick{})
		tick.Now = n.Due - 1
		sc.do(sc.node, tick)
		_, early := event.Decide(sc.node.state, sc.ask(person(0), event.IntroductionAsk{Introduction: other, Days: 7}))
		tick.Now = n.Due
		sc.do(sc.node, tick)
		sc.clock = n.Due
		// Who offers themself learns nothing of the block, neither before nor after.
		try(person(2), event.OfferSelf{Need: sc.needs[3], Line: sc.word("line"), Give: gives[0]})
		if last()[:9] != `{"t":"ack` {
			t.Fatalf("an offer after the due date: %s", last())
		}
		_, late := event.Decide(sc.node.state, sc.ask(person(0), event.IntroductionAsk{Introduction: other, Days: 7}))
		if want := map[bool]error{true: event.ErrEntryBlocked}[decline]; early != event.ErrEntryAsking || late != want {
			t.Fatalf("declined %v: asking again gives %v before the due date and %v after it", decline, early, late)
		}
	}
	if !slices.Equal(answers[0], answers[1]) || !slices.Equal(copies[0], copies[1]) {
		t.Fatalf("somebody can tell:\n%v\n%v", answers[0], answers[1])
	}
}

// However an asking for an acquaintance ends before its due date, a block that
// came with a silent no closes the need at the due date, and not before.
func TestABlockOfANeedWaitsForTheDueDate(t *testing.T) {
	t.Parallel()
	for what, end := range map[string]event.Who{"the introducer leaves": person(0), "R leaves": person(2)} {
		sc := newScene()
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		n := sc.node.state.Introductions[sc.intros[5]]
		sc.do(sc.node, sc.ask(link(n.Link), event.ConsentDecline{Block: true}))
		sc.do(sc.node, sc.ask(end, event.IntroductionLeave{Introduction: n.ID}))
		offer := sc.ask(person(1), event.OfferSelf{Need: sc.needs[3], Line: sc.word("line"), Give: gives[0]})
		sc.do(sc.node, offer)
		ask := func() error {
			_, err := event.Decide(sc.node.state, sc.ask(person(0), event.IntroductionAsk{Introduction: event.IntroductionID(offer.ID(0)), Days: 7}))
			return err
		}
		if n.Step != event.StepEnded || ask() != nil {
			t.Errorf("%s: %v, and asking is refused before the due date: %v", what, n.Step, ask())
		}
		for range 2 {
			tick := sc.ask(machine, event.Tick{})
			tick.Now = n.Due
			sc.do(sc.node, tick)
		}
		if ask() != event.ErrEntryBlocked {
			t.Errorf("%s: after the due date asking gives %v, want a refusal", what, ask())
		}
		agree(t, sc.node, openNode(sc.log, "b"))
	}
}
