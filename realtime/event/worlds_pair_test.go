package event_test

import (
	"slices"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// Two worlds each: with and without what nobody else may notice. Everybody but
// who did it hears the same bytes.
func TestAPairTellsNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range [][]string{
		{"yes", "no", "yes, then no", "no to a yes"}, {"drop", "change", "reach"}, {"decline", "kept", "void", "leave", "back"},
	} {
		rapid.Check(t, func(t *rapid.T) { pairWorlds(t, rapid.SampledFrom(kind).Draw(t, "what")) })
	}
}

func pairWorlds(t *rapid.T, what string) {
	sc := newScene()
	var acts []act
	put := func(a event.Ask, secret bool) {
		sc.do(sc.node, a)
		sc.meet(nobody)
		acts = append(acts, act{ask: &a, secret: secret})
	}
	do := func(by event.Who, c event.Command) event.Ask { a := sc.ask(by, c); put(a, false); return a }
	sc.furnish(event.DoorsOpen, func(a event.Ask) { put(a, false) })
	sc.crowd("", do)
	do(person(0), event.PhaseSet{Phase: event.PhasePairs})
	put(sc.found(rapid.IntRange(0, 30).Draw(t, "from")), false)
	p := sc.node.state.Pairs[sc.pairs[0]]
	me, other := p.Sides[0].Owner, p.Sides[1].Owner
	secret := func(by event.Who, c event.Command) { put(sc.ask(by, c), true) }
	except := []event.Who{by(me)}
	card := what == "yes" || what == "no" || what == "yes, then no" || what == "no to a yes" || what == "drop" || what == "change" || what == "reach"
	if !card {
		for _, x := range p.Sides {
			do(by(x.Owner), event.PairAnswer{Pair: p.ID, Yes: true})
		}
		for _, x := range p.Sides {
			do(by(x.Owner), event.PairAsk{Pair: p.ID, Days: 7})
		}
	}
	x, y := link(p.Sides[0].Link), link(p.Sides[1].Link)
	switch what {
	case "yes":
		secret(by(me), event.PairAnswer{Pair: p.ID, Yes: true, Words: true})
	case "no":
		secret(by(me), event.PairAnswer{Pair: p.ID})
	case "yes, then no":
		secret(by(me), event.PairAnswer{Pair: p.ID, Yes: true})
		secret(by(me), event.PairAnswer{Pair: p.ID})
	case "no to a yes":
		do(by(other), event.PairAnswer{Pair: p.ID, Yes: true})
		secret(by(me), event.PairAnswer{Pair: p.ID})
	case "drop":
		secret(by(me), event.EntryDrop{Entry: p.Sides[0].Entry})
		do(by(other), event.PairAnswer{Pair: p.ID, Yes: true})
	case "change":
		secret(by(me), event.EntryChange{Entry: p.Sides[0].Entry, EntryWords: sc.entryWords()})
		do(by(other), event.PairAnswer{Pair: p.ID, Yes: true})
	case "reach":
		secret(by(me), event.EntryReach{Entry: p.Sides[0].Entry, Reach: event.Self})
		do(by(other), event.PairAnswer{Pair: p.ID, Yes: true})
	case "decline":
		secret(x, event.ConsentDecline{Block: rapid.Bool().Draw(t, "block")})
		do(y, event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()}) // nothing of it is kept, and nobody can tell
	case "kept":
		secret(x, event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()})
	case "back":
		do(x, event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()})
		secret(link(p.Sides[0].Private), event.ConsentRevoke{})
	case "void":
		do(x, event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()})
		secret(y, event.ConsentDecline{})
	case "leave":
		do(y, event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()})
		secret(by(me), event.PairLeave{Pair: p.ID})
		except = append(except, x)
	}
	for _, m := range moves(length/3).Draw(t, "moves") {
		if m.what() == "away" {
			sc.away(m)
			acts = append(acts, act{away: &m})
			continue
		}
		a, ok := sc.resolve(m)
		if !ok || slices.Contains(except, a.By) || a.By == x && answers(a.Do) || acts[len(acts)-1].ask != nil && a.Now >= p.Due && p.Due != 0 {
			continue // the due date has its own test
		}
		if _, answer := a.Do.(event.PairAnswer); answer && card && a.By == by(other) {
			continue // a second yes is no secret
		}
		if _, again := a.Do.(event.PairsMake); again && card {
			continue // the machine may look at the entry as it is now
		}
		if a.By == y && answers(a.Do) || p.Sides[0].Private != "" && a.By == link(p.Sides[0].Private) {
			continue
		}
		put(a, false)
	}
	mine := func(w event.Who) bool {
		return slices.Contains(except, w) || w.Kind == event.Absent && p.Sides[0].Private != "" && w == link(p.Sides[0].Private)
	}
	first, with := play(acts, true, mine)
	second, without := play(acts, false, mine)
	compare(t, with, without)
	if first.log.last() == second.log.last() {
		t.Fatalf("%q left nothing in the log: this test tests nothing", what)
	}
}
