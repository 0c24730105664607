package event

import (
	"cmp"
	"slices"
	"time"
)

// This file is the asking: I asks the absent person, and time ends it.

// IntroductionAsk makes the link that I sends to the absent person, or only
// starts the wait, when I asks by themself. Of an offer to a need on behalf it
// is I's yes as well.
type IntroductionAsk struct {
	Introduction IntroductionID `json:"introduction"`
	Days         int            `json:"days"`   // until the end of that local day: 3, 7 or 14
	Direct       bool           `json:"direct"` // 直接確認します: no link
}

func (IntroductionAsk) name() string   { return "introduction.ask" }
func (c IntroductionAsk) names() []Ref { return []Ref{c.Introduction.Ref()} }
func (c IntroductionAsk) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Introductions[c.Introduction]
	from := StepWanted
	if n.Behalf {
		from = StepOffered
	}
	switch {
	case string(n.I) != a.By.ID:
		return nil, ErrForbidden
	case c.Days != 3 && c.Days != 7 && c.Days != 14:
		return nil, ErrChoice.in("days")
	case n.Step != from || n.Own:
		return nil, ErrStep
	}
	// The entry may be off the list; what came of it goes on.
	if e := s.Entries[n.Entry]; e != nil && e.Blocked {
		return nil, ErrEntryBlocked
	}
	if need := s.Needs[n.Need]; n.Behalf && need != nil && need.Blocked {
		return nil, ErrEntryBlocked
	}
	// An asking that was silently declined still counts: if its place came
	// free before the due date, asking again would tell of the no.
	if n.Entry != "" && s.pairAsks(n.Entry) {
		return nil, ErrEntryAsking
	}
	open := s.pairAskings(n.I)
	for _, id := range s.Attendees[n.I].Introductions {
		other := s.Introductions[id]
		if other.I != n.I || other.Step != StepAsking {
			continue
		}
		open++
		if other.acquaintance(n) {
			return nil, ErrEntryAsking
		}
	}
	if open >= askingsPerIntroducer {
		return nil, ErrManyAskings.max(askingsPerIntroducer)
	}
	due := min(endOfDay(a.Now, c.Days, a.Zone), s.Setting.ShredAt(a.Zone)-Day)
	if due <= a.Now {
		return nil, ErrTooLate // the event goes before an answer could come
	}
	asked := &Asked{ID: n.ID, I: n.I, Due: due, Direct: c.Direct}
	if !c.Direct {
		asked.Secret = a.ID(1)
		asked.Link = LinkOf(asked.Secret)
	}
	if n.Behalf {
		return []Fact{&Agreed{n.ID}, asked}, nil
	}
	// Whoever is asked leaves the board with it, by the same act of the owner:
	// so no end of an asking moves anything there.
	if e := s.Entries[n.Entry]; e != nil && e.Reach == OnBoard {
		return []Fact{asked, &EntryReached{ID: e.ID, Reach: Nameless}}, nil
	}
	return []Fact{asked}, nil
}

// LinkWords is the link's secret: the introducer's, for they send it on.
type LinkWords struct{ Secret string }

// Asked begins the wait, which ends at Due whatever happens.
type Asked struct {
	ID        IntroductionID
	I         AttendeeID
	Link      LinkID `json:",omitempty"`
	Direct    bool   `json:",omitempty"`
	Due       At
	LinkWords `json:"-"`
}

func (*Asked) name() string    { return "introduction.asking" }
func (f *Asked) whose() string { return string(f.I) }
func (f *Asked) words() any    { return &f.LinkWords }
func (f *Asked) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !s.step(n, StepAsking, at) {
		return nil
	}
	n.Direct, n.Due = f.Direct, f.Due
	if f.Link != "" {
		s.linked(n, f.Link, f.Secret)
	}
	return []Ref{f.ID.Ref()}
}

// linked gives an introduction the link that I sends on.
func (s *State) linked(n *Introduction, link LinkID, secret string) {
	n.Link, n.Secret = link, secret
	s.Links[link] = n.ID
}

// Tick ends what is due. Declined or unanswered, it ends by the same fact.
type Tick struct{}

func (Tick) name() string { return "tick" }
func (Tick) names() []Ref { return nil }
func (Tick) decide(s *State, a Ask) ([]Fact, error) {
	var due []*Introduction
	for id := range s.Askings {
		if n := s.Introductions[id]; n.Due <= a.Now {
			due = append(due, n)
		}
	}
	slices.SortFunc(due, func(x, y *Introduction) int {
		return cmp.Or(cmp.Compare(x.Due, y.Due), cmp.Compare(x.ID, y.ID))
	})
	var facts []Fact
	for _, n := range due {
		facts = append(facts, &Ended{ID: n.ID})
	}
	facts = append(facts, s.duePleas(a.Now)...)
	facts = append(facts, s.duePairs(a.Now)...)
	return append(facts, s.dueRound(a.Now)...), nil
}

// Deadline is when the next tick has something to do; 0 means never.
func Deadline(s *State) At {
	var at At
	for id := range s.Askings {
		if due := s.Introductions[id].Due; at == 0 || due < at {
			at = due
		}
	}
	for _, p := range s.Pleas {
		if !p.Over && (at == 0 || p.Due < at) {
			at = p.Due
		}
	}
	for _, p := range s.Pairs {
		if p.waits() && (at == 0 || p.Due < at) {
			at = p.Due
		}
	}
	if s.Round != nil && (at == 0 || s.Round.Until < at) {
		at = s.Round.Until
	}
	return at
}

// NextDue is when time alone changes something: a deadline, or the shredding.
func NextDue(s *State, zone *time.Location) At {
	at := s.Setting.ShredAt(zone)
	if due := Deadline(s); due != 0 && due < at {
		at = due
	}
	return at
}
