package event

import "slices"

// This file is the absent people of a pair: the first consent waits sealed, and
// names and contacts meet only when both have consented.

// answerable: the page may be answered. After a silent no it looks as if.
func (p *Pair) answerable(i int, a Ask) error {
	if p == nil {
		return ErrNotFound
	}
	if !p.asks(i) || a.Now >= p.Due {
		return ErrLinkOver
	}
	return nil
}

const mostIdle = 20

// give is 会ってみたい of one side. The first one waits, sealed. One that can
// come to nothing any more, since the other side has ended it silently, looks
// the same to its giver, and nothing of it is kept.
func (p *Pair) give(i int, c ConsentGive, a Ask) ([]Fact, error) {
	if err := p.answerable(i, a); err != nil {
		return nil, err
	}
	if LinkID(a.By.ID) != p.Sides[i].Link {
		return nil, ErrLinkOver
	}
	if err := c.Contact.check(); err != nil {
		return nil, err
	}
	me, other := p.Sides[i], p.Sides[1-i]
	kept := &PairKept{ID: p.ID, Side: i, Private: c.Private, Text: ConsentText{ConsentVersion, c.Lang}}
	switch {
	case len(me.Idle) >= mostIdle:
		return nil, nil
	case me.No, me.Given, other.No, other.Left: // the first answer stands, and whoever tries the link cannot see it
		kept.Void = true
		return []Fact{kept}, nil
	}
	kept.Contact = c.Contact
	if other.Given {
		return []Fact{kept, &PairWasConnected{p.ID}}, nil
	}
	return []Fact{kept}, nil
}

// PairKept is the consent of one absent person, under a key of its own. Nobody
// sees it.
type PairKept struct {
	ID      PairID
	Side    int
	Private LinkID
	Text    ConsentText
	Void    bool    `json:",omitempty"` // it can come to nothing: no contact is in it
	Contact Contact `json:"-"`
}

func (*PairKept) name() string    { return "pair.kept" }
func (f *PairKept) whose() string { return PairWords(f.ID, f.Side) }
func (f *PairKept) words() any    { return &f.Contact }
func (f *PairKept) fold(s *State, _ At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || p.Step != PairAsking || f.Side != 0 && f.Side != 1 {
		return nil
	}
	s.PairLinks[f.Private] = pairLink{f.ID, f.Side}
	if x := &p.Sides[f.Side]; x.Given || x.No {
		x.Idle = append(x.Idle, Idle{Link: f.Private})
	} else {
		x.Given, x.Private, x.Contact = true, f.Private, f.Contact
	}
	return []Ref{f.ID.Ref()}
}

// PairWasConnected stands in the record of the second consent.
type PairWasConnected struct{ ID PairID }

func (*PairWasConnected) name() string { return "pair.connected" }
func (f *PairWasConnected) fold(s *State, at At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || p.Step != PairAsking {
		return nil
	}
	p.Step, p.At, p.GivenAt = PairConnected, at, at
	s.Tally.PairsConnected++
	return []Ref{f.ID.Ref()}
}

// decline is 今回は見送る of one side, or that they take back what they gave.
// Nobody is told, and what the other side may have given is forgotten at once.
func (p *Pair) decline(i int, block bool, a Ask) (facts []Fact, err error) {
	if err := p.answerable(i, a); err != nil {
		return nil, err
	}
	if at := p.Sides[i].idle(LinkID(a.By.ID)); at >= 0 {
		if p.Sides[i].Idle[at].Back {
			return nil, nil
		}
		facts = append(facts, &PairIdled{p.ID, i, LinkID(a.By.ID)})
	}
	if !p.Sides[i].No { // whoever holds the link may say no; a yes would not stand on doubt
		facts = append(facts, &PairDeclined{p.ID, i, block})
	}
	return facts, nil
}

// idle is which of those a link is; -1 for none.
func (x *Side) idle(link LinkID) int {
	return slices.IndexFunc(x.Idle, func(y Idle) bool { return y.Link == link })
}

// PairIdled takes back, before its giver, what was worth nothing.
type PairIdled struct {
	ID   PairID
	Side int
	Link LinkID
}

func (*PairIdled) name() string { return "pair.idled" }
func (f *PairIdled) fold(s *State, _ At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || f.Side != 0 && f.Side != 1 {
		return nil
	}
	if at := p.Sides[f.Side].idle(f.Link); at >= 0 {
		p.Sides[f.Side].Idle[at].Back = true
	}
	return []Ref{f.ID.Ref()}
}

// PairDeclined is kept where no other page looks. Both keys go with it.
type PairDeclined struct {
	ID    PairID
	Side  int
	Block bool `json:",omitempty"`
}

func (*PairDeclined) name() string { return "pair.declined" }
func (f *PairDeclined) fold(s *State, _ At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || p.Step != PairAsking || f.Side != 0 && f.Side != 1 {
		return nil
	}
	p.Sides[f.Side].No, p.Sides[f.Side].Block = true, f.Block
	p.empty()
	return []Ref{f.ID.Ref()}
}

// empty forgets what was given.
func (p *Pair) empty() {
	for i := range p.Sides {
		p.Sides[i].Contact = Contact{}
	}
}

// correct puts a contact right, by the private link only.
func (p *Pair) correct(i int, c Contact, a Ask) ([]Fact, error) {
	switch {
	case p == nil:
		return nil, ErrNotFound
	case p.Step != PairConnected || LinkID(a.By.ID) != p.Sides[i].Private:
		return nil, ErrLinkOver
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if c == p.Sides[i].Contact {
		return nil, nil
	}
	return []Fact{&PairCorrected{p.ID, i, c}}, nil
}

// PairCorrected is what a correction made true.
type PairCorrected struct {
	ID      PairID
	Side    int
	Contact Contact `json:"-"`
}

func (*PairCorrected) name() string    { return "pair.corrected" }
func (f *PairCorrected) whose() string { return PairWords(f.ID, f.Side) }
func (f *PairCorrected) words() any    { return &f.Contact }
func (f *PairCorrected) fold(s *State, at At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || p.Step != PairConnected || f.Side != 0 && f.Side != 1 {
		return nil
	}
	p.Sides[f.Side].Contact, p.GivenAt = f.Contact, at
	return []Ref{f.ID.Ref()}
}

// revoke takes a contact back, by either link of that side: silently before
// both consented, and for everybody after it.
func (p *Pair) revoke(i int, a Ask) ([]Fact, error) {
	switch {
	case p == nil:
		return nil, ErrNotFound
	case p.Step == PairRevoked:
		return nil, nil
	case p.Step == PairAsking && LinkID(a.By.ID) != p.Sides[i].Link:
		return p.decline(i, false, a)
	case p.Step != PairConnected, p.Sides[i].idle(LinkID(a.By.ID)) >= 0:
		return nil, ErrLinkOver
	}
	return []Fact{&PairWasRevoked{p.ID}}, nil
}

// PairWasRevoked is followed by the deletion of both absent people's keys.
type PairWasRevoked struct{ ID PairID }

func (*PairWasRevoked) name() string { return "pair.revoked" }
func (f *PairWasRevoked) fold(s *State, at At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || p.Step != PairConnected {
		return nil
	}
	p.Step, p.At = PairRevoked, at
	p.empty()
	s.Tally.PairsConnected--
	return []Ref{f.ID.Ref()}
}
