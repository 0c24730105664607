package event

import (
	"cmp"
	"slices"
)

// This file is the pair that both owners want: each asks their own
// acquaintance (pair_consent.go). Any no, and no answer, end it by the same fact
// at the same time.

// pairLink is whose page a link of a pair opens.
type pairLink struct {
	pair PairID
	side int
}

// PairWords names the key of the absent person of one side of a pair.
func PairWords(id PairID, side int) string { return "x." + string(id) + "." + string('0'+rune(side)) }

func pairKeys(id PairID) []string { return []string{PairWords(id, 0), PairWords(id, 1)} }

// byPairLink is the pair and the side that a link belongs to.
func (s *State) byPairLink(a Ask) (*Pair, int) {
	l, ok := s.PairLinks[LinkID(a.By.ID)]
	if !ok {
		return nil, 0
	}
	return s.Pairs[l.pair], l.side
}

// asks: this side's link is out, and the wait goes on. A no keeps its place
// until the due date, or the place would tell.
func (p *Pair) asks(i int) bool {
	return p.Step == PairAsking && p.Sides[i].Link != "" && !p.Sides[i].Left
}

// pairAskings counts them, for the limit that an owner has for all askings.
func (s *State) pairAskings(who AttendeeID) (n int) {
	for _, p := range s.Pairs {
		if i := p.side(who); i >= 0 && p.asks(i) {
			n++
		}
	}
	return n
}

// pairAsks: an acquaintance is being asked for a pair.
func (s *State) pairAsks(e EntryID) bool {
	for _, p := range s.Pairs {
		for i, x := range p.Sides {
			if x.Entry == e && p.asks(i) {
				return true
			}
		}
	}
	return false
}

// pairOpens is openable, for the pairs in which somebody was asked.
func (s *State) pairOpens(e EntryID, now At) error {
	for _, p := range s.Pairs {
		for _, x := range p.Sides {
			switch {
			case x.Entry != e || x.Link == "" || p.Step != PairAsking && p.Step != PairEnded:
			case now < p.Due:
				return ErrEntryAsking
			case x.Block:
				return ErrEntryBlocked
			}
		}
	}
	return nil
}

// PairAsk makes the link that an owner sends to their acquaintance. Who asks
// first says how long both wait.
type PairAsk struct {
	Pair PairID `json:"pair"`
	Days int    `json:"days"` // until the end of that local day: 3, 7 or 14; the first asking counts
}

func (PairAsk) name() string   { return "pair.ask" }
func (c PairAsk) names() []Ref { return []Ref{c.Pair.Ref()} }
func (c PairAsk) decide(s *State, a Ask) ([]Fact, error) {
	p := s.Pairs[c.Pair]
	i := p.side(AttendeeID(a.By.ID))
	switch {
	case i < 0:
		return nil, ErrForbidden
	case c.Days != 3 && c.Days != 7 && c.Days != 14:
		return nil, ErrChoice.in("days")
	case !p.open() || p.Sides[i].Link != "" || p.Sides[i].Left:
		return nil, ErrStep
	}
	me := p.Sides[i]
	if e := s.Entries[me.Entry]; e != nil && e.Blocked { // off the list, what came of it goes on
		return nil, ErrEntryBlocked
	}
	if s.asked(me.Entry) {
		return nil, ErrEntryAsking
	}
	if s.askings(me.Owner) >= askingsPerIntroducer {
		return nil, ErrManyAskings.max(askingsPerIntroducer)
	}
	due := cmp.Or(p.Due, min(endOfDay(a.Now, c.Days, a.Zone), s.Setting.ShredAt(a.Zone)-Day))
	if due <= a.Now {
		return nil, ErrTooLate
	}
	f := &PairAsked{ID: p.ID, Owner: me.Owner, Due: due, LinkWords: LinkWords{a.ID(1)}}
	f.Link = LinkOf(f.Secret)
	if e := s.Entries[me.Entry]; e != nil && e.Reach == OnBoard {
		return []Fact{f, &EntryReached{ID: e.ID, Reach: Nameless}}, nil
	}
	return []Fact{f}, nil
}

// askings are those of an introducer that wait, of every kind.
func (s *State) askings(who AttendeeID) int {
	n := s.pairAskings(who)
	for _, id := range s.Attendees[who].Introductions {
		if x := s.Introductions[id]; x.I == who && x.Step == StepAsking {
			n++
		}
	}
	return n
}

// asked: the acquaintance of an entry is being asked, by whatever way.
func (s *State) asked(e EntryID) bool {
	if s.pairAsks(e) {
		return true
	}
	for id := range s.Askings {
		if n := s.Introductions[id]; n.Entry == e && !n.Behalf && n.Step == StepAsking {
			return true
		}
	}
	return false
}

// PairAsked is what PairAsk made true.
type PairAsked struct {
	ID        PairID
	Owner     AttendeeID
	Link      LinkID
	Due       At
	LinkWords `json:"-"`
}

func (*PairAsked) name() string    { return "pair.asked" }
func (f *PairAsked) whose() string { return string(f.Owner) }
func (f *PairAsked) words() any    { return &f.LinkWords }
func (f *PairAsked) fold(s *State, at At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || !p.open() || p.side(f.Owner) < 0 {
		return nil
	}
	if p.Step == PairAgreed {
		p.Step, p.At, p.Due = PairAsking, at, f.Due
	}
	i := p.side(f.Owner)
	p.Sides[i].Link, p.Sides[i].Secret = f.Link, f.Secret
	s.PairLinks[f.Link] = pairLink{f.ID, i}
	return []Ref{f.ID.Ref()}
}

// ---- the end of it

// PairLeave is an owner's. Before anybody was asked it ends the pair, and after
// that it is silent: an acquaintance's no could else be read from it.
type PairLeave struct {
	Pair PairID `json:"pair"`
}

func (PairLeave) name() string   { return "pair.leave" }
func (c PairLeave) names() []Ref { return []Ref{c.Pair.Ref()} }
func (c PairLeave) decide(s *State, a Ask) ([]Fact, error) {
	p := s.Pairs[c.Pair]
	me := AttendeeID(a.By.ID)
	switch i := p.side(me); {
	case i < 0:
		return nil, ErrForbidden
	case !p.open() || p.Sides[i].Left:
		return nil, ErrStep
	case p.Step == PairAgreed:
		return []Fact{&PairWasEnded{p.ID, me}}, nil
	}
	return []Fact{&PairLeft{p.ID, me}}, nil
}

// PairLeft is what PairLeave made true while somebody is being asked.
type PairLeft struct {
	ID    PairID
	Owner AttendeeID
}

func (*PairLeft) name() string { return "pair.left" }
func (f *PairLeft) fold(s *State, _ At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || p.Step != PairAsking || p.side(f.Owner) < 0 {
		return nil
	}
	p.Sides[p.side(f.Owner)].Left = true
	p.empty()
	return []Ref{f.ID.Ref()}
}

// PairWasEnded is one fact for every way in which it came to nothing.
type PairWasEnded struct {
	ID PairID
	By AttendeeID `json:",omitempty"` // an owner, before anybody was asked
}

func (*PairWasEnded) name() string { return "pair.ended" }
func (f *PairWasEnded) fold(s *State, at At) []Ref {
	p := s.Pairs[f.ID]
	switch {
	case p == nil || !p.open() && p.Step != PairEnded:
		return nil
	case p.open():
		if i := p.side(f.By); i >= 0 {
			p.Sides[i].Left = true
		}
		p.Step, p.At = PairEnded, at
		p.empty()
	}
	if p.Done = at >= p.Due; p.Done { // not before the wait would have been over
		for _, x := range p.Sides {
			if e := s.Entries[x.Entry]; x.Block && e != nil {
				e.Blocked = true
			}
		}
	}
	return []Ref{f.ID.Ref()}
}

// waits: time will do something to it. A wish for no more links waits for the
// due date also where the pair has ended before it.
func (p *Pair) waits() bool {
	return p.Step == PairAsking || p.Step == PairEnded && !p.Done && (p.Sides[0].Block || p.Sides[1].Block)
}

// duePairs are those that end by now, in order.
func (s *State) duePairs(now At) (facts []Fact) {
	due := s.pairs(func(p *Pair) bool { return p.waits() && p.Due <= now })
	slices.SortStableFunc(due, func(x, y *Pair) int { return cmp.Compare(x.Due, y.Due) })
	for _, p := range due {
		facts = append(facts, &PairWasEnded{ID: p.ID})
	}
	return facts
}

// told: a page of it shows the event and both owners.
func (p *Pair) told() bool { return p.Sides[0].Link != "" || p.Sides[1].Link != "" }
