package event_test

import "goen/realtime/event"

// The pairs of a scene: who takes part, and how one goes on.

// crowd gives five people an entry of one group each, so that four hide each
// from any of them.
func (sc *scene) crowd(area string, put func(by event.Who, c event.Command) event.Ask) {
	for i := range 5 {
		w := sc.entryWords()
		w.Trade = trades[68+i] // all of one group
		if area != "" {
			w.Area = area
		}
		put(person(i), event.EntryAdd{EntryWords: w, Reach: event.Nameless})
	}
}

// found is what a matcher could say: every two of the entries that take part,
// beginning anywhere.
func (sc *scene) found(from int) event.Ask {
	var c event.PairsMake
	var list []event.EntryID
	for _, e := range sc.entries {
		if event.PairableEntry(sc.node.state, e) {
			list = append(list, e)
		}
	}
	for i := range list {
		for j := range i {
			c.Found = append(c.Found, [2]event.EntryID{list[i], list[j]})
		}
	}
	if n := len(c.Found); n > 0 {
		c.Found = append(c.Found[from%n:], c.Found[:from%n]...)
	}
	return sc.ask(machine, c)
}

// advancePair takes a pair one natural step on.
func (sc *scene) advancePair(p *event.Pair, m move) (event.Ask, bool) {
	x := p.Sides[m.B%2]
	switch p.Step {
	case event.PairSuggested:
		yes := m.C%5 != 0
		return sc.ask(by(x.Owner), event.PairAnswer{Pair: p.ID, Yes: yes, Words: yes && m.A%2 == 0}), true
	case event.PairAgreed, event.PairAsking:
		if x.Link == "" {
			return sc.ask(by(x.Owner), event.PairAsk{Pair: p.ID, Days: []int{3, 7, 14}[m.C%3]}), true
		}
		switch {
		case m.C%16 == 0:
			return sc.ask(link(x.Link), event.ConsentDecline{Block: m.A%2 == 0}), true
		case m.C%16 == 1:
			return sc.ask(by(x.Owner), event.PairLeave{Pair: p.ID}), true
		case m.C%16 == 2 && x.Private != "":
			return sc.ask(link(x.Private), event.ConsentRevoke{}), true
		}
		return sc.ask(link(x.Link), event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()}), true
	case event.PairConnected:
		if m.C%2 == 0 {
			return sc.ask(link(x.Private), event.ConsentCorrect{Contact: sc.contact()}), true
		}
		return sc.ask(link(x.Private), event.ConsentRevoke{}), m.C%3 == 0
	}
	return event.Ask{}, false
}

// wholePairs has everything that can become of a pair.
func (sc *scene) wholePairs(put func(by event.Who, c event.Command) event.Ask) {
	sc.crowd("船橋市", put)
	put(person(0), event.PhaseSet{Phase: event.PhasePairs})
	a := sc.found(0)
	put(a.By, a.Do)
	pair := func(i int) *event.Pair { return sc.node.state.Pairs[sc.pairs[i]] }
	both := func(i int) {
		for k, x := range pair(i).Sides {
			put(by(x.Owner), event.PairAnswer{Pair: pair(i).ID, Yes: true, Words: k == 0})
		}
	}
	ask := func(i int) {
		for _, x := range pair(i).Sides {
			put(by(x.Owner), event.PairAsk{Pair: pair(i).ID, Days: 7})
		}
	}
	give := func(i, side int) {
		put(link(pair(i).Sides[side].Link), event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()})
	}
	both(0)
	ask(0)
	give(0, 0)
	give(0, 1)
	put(link(pair(0).Sides[1].Private), event.ConsentCorrect{Contact: sc.contact()})
	both(1)
	ask(1)
	give(1, 1)
	give(1, 1) // and it is worth nothing
	put(link(pair(1).Sides[0].Link), event.ConsentDecline{Block: true})
	put(by(pair(1).Sides[1].Owner), event.PairLeave{Pair: pair(1).ID})
	both(2)
	put(by(pair(2).Sides[0].Owner), event.PairLeave{Pair: pair(2).ID})
	put(by(pair(3).Sides[0].Owner), event.PairAnswer{Pair: pair(3).ID})
	put(by(pair(3).Sides[1].Owner), event.PairAnswer{Pair: pair(3).ID, Yes: true})
	sc.clock = pair(1).Due
	put(machine, event.Tick{})
	put(link(pair(0).Sides[0].Private), event.ConsentRevoke{})
}
