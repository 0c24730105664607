package event

import (
	"cmp"
	"slices"
)

// This file is the plea: 「この方をご紹介いただけますか」 to the owner of an entry
// on the board, for a need that stands in the room. The answer is an ordinary
// offer. To pass looks like no answer.

// PleaID names one plea.
type PleaID string

// Ref names the plea in the state.
func (id PleaID) Ref() Ref { return Ref{APlea, string(id)} }

// Plea asks an owner for one entry of theirs, for one need.
type Plea struct {
	ID     PleaID
	Need   NeedID
	Entry  EntryID
	Board  BoardID // where it stood then
	Owner  AttendeeID
	By     AttendeeID // the poster of the need, or a host
	At     At
	Due    At
	Passed bool // only the owner knows
	Over   bool // the due date came
}

const (
	openPleas = 3 // of one person for their own needs; of one host for one need of another
	pleaDays  = 3 // until the end of that local day
)

// BoardAsk asks the owner for an entry on the board: for a need of one's own,
// or, as a host, for anybody's, who then sees that the host did.
type BoardAsk struct {
	Board BoardID `json:"board"`
	Need  NeedID  `json:"need"`
}

func (BoardAsk) name() string   { return "board.ask" }
func (c BoardAsk) names() []Ref { return []Ref{c.Board.Ref(), c.Need.Ref()} }
func (c BoardAsk) decide(s *State, a Ask) ([]Fact, error) {
	n, e, me := s.Needs[c.Need], s.Entries[s.Boards[c.Board]], s.Attendees[AttendeeID(a.By.ID)]
	switch {
	case n.By != me.ID && !me.Host:
		return nil, ErrForbidden
	case e.Owner == me.ID, e.Owner == n.By:
		return nil, ErrBoardOwn
	case !s.live(n):
		return nil, ErrNeedOver
	case n.Behalf != nil:
		return nil, ErrNeedOnBehalf
	}
	open := 0
	for _, p := range s.Pleas {
		if p.By != me.ID { // another's is not in sight
			continue
		}
		if p.Need == n.ID && p.Board == c.Board {
			return nil, ErrPleaded
		}
		// One that was passed keeps its place, or the place would tell.
		own := s.Needs[p.Need].By == me.ID
		if !p.Over && !s.Needs[p.Need].Closed && (p.Need == n.ID || own && n.By == me.ID) {
			open++
		}
	}
	if open >= openPleas {
		return nil, ErrManyPleas.max(openPleas)
	}
	due := min(endOfDay(a.Now, pleaDays, a.Zone), s.Setting.ShredAt(a.Zone)-Day)
	if due <= a.Now {
		return nil, ErrTooLate
	}
	return []Fact{&BoardAsked{PleaID(a.ID(0)), n.ID, e.ID, c.Board, e.Owner, me.ID, due}}, nil
}

// BoardAsked is what BoardAsk made true.
type BoardAsked struct {
	ID        PleaID
	Need      NeedID
	Entry     EntryID
	Board     BoardID
	Owner, By AttendeeID
	Due       At
}

func (*BoardAsked) name() string { return "board.asked" }
func (f *BoardAsked) fold(s *State, at At) []Ref {
	n, e := s.Needs[f.Need], s.Entries[f.Entry]
	if n == nil || e == nil {
		return nil
	}
	s.Pleas[f.ID] = &Plea{ID: f.ID, Need: f.Need, Entry: f.Entry, Board: f.Board, Owner: f.Owner, By: f.By, At: at, Due: f.Due}
	n.Pleas = append(n.Pleas, f.ID)
	return []Ref{f.ID.Ref()}
}

// pending: the owner may still answer it.
func (s *State) pending(p *Plea) bool {
	return p != nil && !p.Passed && !p.Over && s.live(s.Needs[p.Need]) && s.Entries[p.Entry] != nil
}

// PleaPass is the owner's silent no.
type PleaPass struct {
	Plea PleaID `json:"plea"`
}

func (PleaPass) name() string   { return "plea.pass" }
func (c PleaPass) names() []Ref { return []Ref{c.Plea.Ref()} }
func (c PleaPass) decide(s *State, a Ask) ([]Fact, error) {
	if string(s.Pleas[c.Plea].Owner) != a.By.ID {
		return nil, ErrForbidden
	}
	return []Fact{&PleaPassed{c.Plea}}, nil
}

// PleaPassed is what PleaPass made true.
type PleaPassed struct{ ID PleaID }

func (*PleaPassed) name() string { return "plea.passed" }
func (f *PleaPassed) fold(s *State, _ At) []Ref {
	if p := s.Pleas[f.ID]; p != nil {
		p.Passed = true
	}
	return []Ref{f.ID.Ref()}
}

// PleaEnded is the due date, passed or not.
type PleaEnded struct{ ID PleaID }

func (*PleaEnded) name() string { return "plea.ended" }
func (f *PleaEnded) fold(s *State, _ At) []Ref {
	if p := s.Pleas[f.ID]; p != nil {
		p.Over = true
	}
	return []Ref{f.ID.Ref()}
}

// duePleas are those that end by now, in order.
func (s *State) duePleas(now At) (facts []Fact) {
	var due []*Plea
	for _, p := range s.Pleas {
		if !p.Over && p.Due <= now {
			due = append(due, p)
		}
	}
	slices.SortFunc(due, func(x, y *Plea) int { return cmp.Or(cmp.Compare(x.Due, y.Due), cmp.Compare(x.ID, y.ID)) })
	for _, p := range due {
		facts = append(facts, &PleaEnded{p.ID})
	}
	return facts
}

// answered takes out the pleas that an offer of their owner answers: whoever
// asked has the introduction now.
func (s *State) answered(n *Need, owner AttendeeID) []Ref {
	return s.dropPleas(n, func(p *Plea) bool { return p.Owner == owner && !p.Over })
}

// dropPleas takes some of a need's out of the state and out of its index.
func (s *State) dropPleas(n *Need, which func(*Plea) bool) (refs []Ref) {
	n.Pleas = slices.DeleteFunc(slices.Clone(n.Pleas), func(id PleaID) bool {
		if !which(s.Pleas[id]) {
			return false
		}
		refs = append(refs, id.Ref())
		delete(s.Pleas, id)
		return true
	})
	return refs
}

// forgetPleas takes out what was asked of somebody, or by them.
func (s *State) forgetPleas(who AttendeeID) {
	for _, n := range s.Needs {
		s.dropPleas(n, func(p *Plea) bool { return p.Owner == who || p.By == who || n.By == who })
	}
}

// PleaView is the plea before the owner of the entry.
type PleaView struct {
	Head
	Need  NeedID     `json:"need"`
	Entry EntryID    `json:"entry"`
	By    AttendeeID `json:"by"` // the poster of the need, or a host: 主催者からのお願い
	At    At         `json:"at"`
	Due   At         `json:"due"`
}

func viewPlea(p *Plea) PleaView {
	return PleaView{Head{"plea", string(p.ID)}, p.Need, p.Entry, p.By, p.At, p.Due}
}

// AskedView is the plea before the poster of the need, and before the host
// whose act it was. It says neither which entry it is now nor what its owner
// did.
type AskedView struct {
	Head
	Need  NeedID     `json:"need"`
	Board BoardID    `json:"board"` // perhaps no longer there
	Owner AttendeeID `json:"owner"`
	By    AttendeeID `json:"by"`
	At    At         `json:"at"`
	Due   At         `json:"due"`
	Over  bool       `json:"over,omitempty"`
}

func viewAsked(p *Plea) AskedView {
	return AskedView{Head{"asked", string(p.ID)}, p.Need, p.Board, p.Owner, p.By, p.At, p.Due, p.Over}
}
