package event

import (
	"slices"
)

// Step is where an introduction stands, as everybody concerned may know it.
// What the absent person answered is not a step: see Answer.
type Step uint8

const (
	StepOffered Step = iota + 1
	StepWanted
	StepAsking
	StepConnected
	StepMet
	StepClosed
	StepEnded
	StepRevoked
)

var stepNames = [...]string{"", "offered", "wanted", "asking", "connected", "met", "closed", "ended", "revoked"}

func (s Step) String() string { return stepNames[s] }

// next is the whole machine (product.md 6.3). From wanted straight to
// connected go only those who offered themselves, and an offer to a need on
// behalf passes wanted on its way to the asking.
var next = map[Step][]Step{
	0:             {StepOffered},
	StepOffered:   {StepWanted, StepEnded},
	StepWanted:    {StepAsking, StepConnected, StepEnded},
	StepAsking:    {StepConnected, StepEnded},
	StepConnected: {StepMet, StepClosed, StepRevoked},
	StepMet:       {StepClosed, StepRevoked},
	StepClosed:    {StepRevoked},
}

// About is the nameless description (釣書), as it was when it was offered.
// Offers is the entry's free text, only if its owner ticked it.
type About struct {
	Trade     string `json:"trade,omitempty"`
	Area      string `json:"area,omitempty"`
	Size      string `json:"size,omitempty"`
	Closeness string `json:"closeness,omitempty"`
	Offers    string `json:"offers,omitempty"`
	Seeks     string `json:"seeks,omitempty"` // what the acquaintance needs, when they are brought to R
	Line      string `json:"line,omitempty"`  // one line of the introducer to R, 0-100
}

// Purpose is what R lets the absent person read (consent C2). Mail and phone
// are shown to nobody before the absent person's yes.
type Purpose struct {
	Line  string `json:"line,omitempty"`
	Pitch bool   `json:"pitch,omitempty"` // ご提案(営業)を含みます
	Name  string `json:"name,omitempty"`
	Kana  string `json:"kana,omitempty"`
	Firm  string `json:"firm,omitempty"`
	Mail  string `json:"mail,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Contact is what the absent person gives R (consent C3), or what one who
// offered themself gives.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Kana  string `json:"kana,omitempty"`
	Firm  string `json:"firm,omitempty"`
	Mail  string `json:"mail,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Introduction is the whole course from offer to outcome.
type Introduction struct {
	ID     IntroductionID
	Need   NeedID  // none when the acquaintance is brought to R, see offer_refer.go
	Entry  EntryID // none when I offers themself, or the need is on behalf
	Own    bool    // 「私がお役に立てます」: the introducer is the one introduced
	Behalf bool    // of a need on behalf: I posted it, R offered themself to the absent person
	I, R   AttendeeID
	Step   Step
	At     At // when it came to this step

	About   About
	Purpose Purpose
	Direct  bool   // I asks by themself, without a link
	Link    LinkID // the one that I sends on
	Secret  string // of Link; only I sees it
	Private LinkID // the absent person's own, after their yes
	Due     At
	Answer  Answer
	Attest  *Attestation // instead of the absent person's own hand (consent C4)
	Contact Contact
	GivenAt At         // of the contact; tells two contacts apart when their words are gone
	LeftBy  AttendeeID // who ended it, when it was I or R

	ConnectedAt At
	Report
}

const (
	askingsPerIntroducer = 5
	offersPerNeed        = 3 // open ones of one person on one need
)

func (n *Introduction) open() bool { return n.Step >= StepOffered && n.Step <= StepAsking }

// Connected tells whether the contact stands: at connected, met and closed
// alike, until it is taken back.
func (n *Introduction) Connected() bool { return n.Step >= StepConnected && n.Step <= StepClosed }

// step is the only place that moves an introduction.
func (s *State) step(n *Introduction, to Step, at At) bool {
	if !slices.Contains(next[n.Step], to) {
		return false
	}
	if n.Step != 0 {
		s.Tally.Steps[n.Step]--
	}
	n.Step, n.At = to, at
	s.Tally.Steps[to]++
	if to == StepAsking {
		s.Askings[n.ID] = true
	} else {
		delete(s.Askings, n.ID)
	}
	return true
}

// ---- leaving and taking back

// IntroductionLeave ends an introduction before it is connected, for I or R.
type IntroductionLeave struct {
	Introduction IntroductionID `json:"introduction"`
}

func (IntroductionLeave) name() string   { return "introduction.leave" }
func (c IntroductionLeave) names() []Ref { return []Ref{c.Introduction.Ref()} }
func (c IntroductionLeave) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Introductions[c.Introduction]
	me := AttendeeID(a.By.ID)
	switch {
	case me != n.I && me != n.R:
		return nil, ErrForbidden
	case !n.open():
		return nil, ErrStep
	}
	return []Fact{&Ended{n.ID, me}}, nil
}

// Ended is one fact for every way in which it came to nothing.
type Ended struct {
	ID IntroductionID
	By AttendeeID `json:",omitempty"`
}

func (*Ended) name() string { return "introduction.ended" }
func (f *Ended) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	switch {
	case n == nil:
		return nil
	case s.step(n, StepEnded, at):
		n.LeftBy = f.By
		n.Contact = Contact{}
	case n.Step != StepEnded:
		return nil
	}
	if n.Answer.Block {
		s.block(n, at)
	}
	return []Ref{f.ID.Ref()}
}

// block closes the entry, or the need on behalf, for further links, but not before the wait would have
// been over: whoever left earlier could else read the no from it.
func (s *State) block(n *Introduction, at At) {
	if at < n.Due && !n.Answer.Tell {
		s.Askings[n.ID] = true // ends once more at the due date
		return
	}
	delete(s.Askings, n.ID)
	if e := s.Entries[n.Entry]; e != nil {
		e.Blocked = true
	}
	if need := s.Needs[n.Need]; need != nil && n.Behalf {
		need.Blocked = true
	}
}

// IntroductionRevoke takes a contact back: R any time, and one who offered
// themself.
type IntroductionRevoke struct {
	Introduction IntroductionID `json:"introduction"`
}

func (IntroductionRevoke) name() string   { return "introduction.revoke" }
func (c IntroductionRevoke) names() []Ref { return []Ref{c.Introduction.Ref()} }
func (c IntroductionRevoke) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Introductions[c.Introduction]
	me := AttendeeID(a.By.ID)
	switch {
	case me != n.R && !(n.Own && me == n.I):
		return nil, ErrForbidden
	case !n.Connected():
		return nil, ErrStep
	}
	return []Fact{&Revoked{ID: n.ID}}, nil
}

// Revoked is followed by the deletion of the absent person's key.
type Revoked struct{ ID IntroductionID }

func (*Revoked) name() string { return "introduction.revoked" }
func (f *Revoked) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !s.step(n, StepRevoked, at) {
		return nil
	}
	n.Contact, n.Purpose, n.Thanks = Contact{}, Purpose{}, ""
	if n.MetOn != 0 {
		s.Tally.Met--
	}
	return []Ref{f.ID.Ref()}
}
