package event

// This file is what becomes of it: R reports, thanks, and both say whether the
// thanks may stand on the screen (consent C5). No amounts anywhere.

// Outcome is what R says of it in the end.
type Outcome string

const (
	Ongoing Outcome = "ongoing" // 進行中
	Engaged Outcome = "engaged" // お願いした
	Passed  Outcome = "passed"  // 見送り
)

// Report is what is known of an introduction after it was connected.
type Report struct {
	MetOn   At // the day that R named; 0 if they did not
	Outcome Outcome
	Thanks  string // R's, to I
	Public  bool   // R: it may stand on the screen
	Shown   bool   // I: it may
}

// IntroductionMet is 会いました, by R. Said again it corrects the day.
type IntroductionMet struct {
	Introduction IntroductionID `json:"introduction"`
	On           At             `json:"on"` // a day from that of the connection to today
}

func (IntroductionMet) name() string   { return "introduction.met" }
func (c IntroductionMet) names() []Ref { return []Ref{c.Introduction.Ref()} }
func (c IntroductionMet) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Introductions[c.Introduction]
	switch {
	case string(n.R) != a.By.ID:
		return nil, ErrForbidden
	case !n.Connected():
		return nil, ErrStep
	}
	if err := checkDay("on", c.On, startOfDay(n.ConnectedAt, a.Zone), a); err != nil {
		return nil, err
	}
	if c.On == n.MetOn {
		return nil, nil
	}
	return []Fact{&Met{n.ID, c.On}}, nil
}

// Met is what IntroductionMet made true. What is closed stays closed.
type Met struct {
	ID IntroductionID
	On At
}

func (*Met) name() string { return "introduction.met" }
func (f *Met) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !n.Connected() {
		return nil
	}
	s.step(n, StepMet, at)
	if n.MetOn == 0 && f.On != 0 {
		s.Tally.Met++
	}
	n.MetOn = f.On
	return []Ref{f.ID.Ref()}
}

// IntroductionClose is the result, with thanks to I, by R. Said again it
// corrects them.
type IntroductionClose struct {
	Introduction IntroductionID `json:"introduction"`
	Outcome      Outcome        `json:"outcome"` // ongoing, engaged or passed
	Thanks       string         `json:"thanks"`  // 0-200
	Public       bool           `json:"public"`  // the thanks may stand on the screen, without names, if I ticks it too
}

func (IntroductionClose) name() string   { return "introduction.close" }
func (c IntroductionClose) names() []Ref { return []Ref{c.Introduction.Ref()} }
func (c IntroductionClose) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Introductions[c.Introduction]
	switch {
	case string(n.R) != a.By.ID:
		return nil, ErrForbidden
	case !n.Connected():
		return nil, ErrStep
	}
	if err := checkAll(
		oneOf("outcome", string(c.Outcome), string(Ongoing), string(Engaged), string(Passed)),
		text{field: "thanks", max: 200, noContact: true}.check(&c.Thanks),
	); err != nil {
		return nil, err
	}
	public := c.Public && c.Thanks != ""
	if n.Step == StepClosed && c.Outcome == n.Outcome && c.Thanks == n.Thanks && public == n.Public {
		return nil, nil
	}
	return []Fact{&Concluded{
		ID: n.ID, R: n.R, Outcome: c.Outcome, Anew: c.Thanks != n.Thanks, Public: public, Text: ConsentVersion,
		ThanksWords: ThanksWords{c.Thanks},
	}}, nil
}

// ThanksWords are R's.
type ThanksWords struct {
	Thanks string `json:"thanks,omitempty"`
}

// Concluded is what IntroductionClose made true. Other words than those that I
// let stand on the screen do not stand there.
type Concluded struct {
	ID          IntroductionID
	R           AttendeeID
	Outcome     Outcome
	Anew        bool   `json:",omitempty"` // the thanks are other ones than before
	Public      bool   `json:",omitempty"`
	Text        string // version of what the tick said
	ThanksWords `json:"-"`
}

func (*Concluded) name() string    { return "introduction.closed" }
func (f *Concluded) whose() string { return string(f.R) }
func (f *Concluded) words() any    { return &f.ThanksWords }
func (f *Concluded) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !n.Connected() {
		return nil
	}
	s.step(n, StepClosed, at)
	n.Outcome, n.Thanks, n.Public = f.Outcome, f.Thanks, f.Public
	if f.Anew {
		n.Shown = false
	}
	return []Ref{f.ID.Ref()}
}

// IntroductionThank is I's tick: the thanks may stand on the screen, or no
// longer.
type IntroductionThank struct {
	Introduction IntroductionID `json:"introduction"`
	Public       bool           `json:"public"`
}

func (IntroductionThank) name() string   { return "introduction.thank" }
func (c IntroductionThank) names() []Ref { return []Ref{c.Introduction.Ref()} }
func (c IntroductionThank) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Introductions[c.Introduction]
	switch {
	case string(n.I) != a.By.ID:
		return nil, ErrForbidden
	case !n.Connected() || n.Thanks == "":
		return nil, ErrStep
	case c.Public == n.Shown:
		return nil, nil
	}
	return []Fact{&Thanked{n.ID, c.Public, ConsentVersion}}, nil
}

// Thanked is what IntroductionThank made true.
type Thanked struct {
	ID     IntroductionID
	Public bool
	Text   string // version of what the tick said
}

func (*Thanked) name() string { return "introduction.thanked" }
func (f *Thanked) fold(s *State, _ At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !n.Connected() {
		return nil
	}
	n.Shown = f.Public
	return []Ref{f.ID.Ref()}
}

// shows: the thanks stand on the screen. Both ticked it, and both are there.
func (s *State) shows(n *Introduction) bool {
	return n.Connected() && n.Thanks != "" && n.Public && n.Shown && s.present(n.I) && s.present(n.R)
}
