package event

// This file is the absent person: what they do on the consent page.

// Answer is what the absent person said and nobody else may notice until the
// due date. Not even the page that the introducer's link opens shows it: that
// one has said no, only the browser that said it remembers.
type Answer struct {
	Declined bool
	Tell     bool // the introducer may know, at once
	Block    bool // no further links for this entry or need on behalf, from the due date on
}

// ConsentVersion names the texts of the consents as they stand in this version
// of the program: on the app's sheets and on the consent page.
const ConsentVersion = "2026-11"

// ConsentText is what somebody agreed to, kept with the fact and its time.
type ConsentText struct {
	Version string
	Lang    string `json:",omitempty"`
}

// AbsentWords names the key of the absent person of one introduction.
func AbsentWords(id IntroductionID) string { return "x." + string(id) }

func (s *State) byLink(a Ask) *Introduction { return s.Introductions[s.Links[LinkID(a.By.ID)]] }

// asked: the page may still be answered. After a silent no it looks as if.
func (n *Introduction) asked(a Ask) error {
	if n == nil {
		return ErrNotFound
	}
	if n.Step != StepAsking || a.Now >= n.Due || LinkID(a.By.ID) != n.Link {
		return ErrLinkOver
	}
	return nil
}

// check puts the contact into the form in which it is kept: a name and one or
// more ways to reach it.
func (c *Contact) check() error {
	if err := checkAll(
		text{field: "name", max: 40, must: true, oneScript: true}.check(&c.Name),
		checkKana("kana", &c.Kana),
		text{field: "firm", max: 60, oneScript: true}.check(&c.Firm),
		checkMail("mail", &c.Mail),
		checkPhone("phone", &c.Phone),
	); err != nil {
		return err
	}
	if c.Mail == "" && c.Phone == "" {
		return ErrContact.in("mail")
	}
	return nil
}

// ConsentGive is 会ってみたい (consent C3). Private is the id of the absent
// person's own link, which the server makes of the page's op so that a
// repetition gives the same page.
type ConsentGive struct {
	Contact Contact
	Private LinkID
	Lang    string
}

func (ConsentGive) name() string { return "consent.give" }
func (ConsentGive) names() []Ref { return nil }
func (c ConsentGive) decide(s *State, a Ask) ([]Fact, error) {
	if p, i := s.byPairLink(a); p != nil {
		return p.give(i, c, a)
	}
	n := s.byLink(a)
	if err := n.asked(a); err != nil {
		return nil, err // whoever left meanwhile: nothing of the input is kept
	}
	if err := c.Contact.check(); err != nil {
		return nil, err
	}
	if n.Answer.Declined {
		return nil, nil // a no stands, and whoever tries the link cannot see it
	}
	return []Fact{&Connected{ID: n.ID, Whose: AbsentWords(n.ID), Private: c.Private, Text: ConsentText{ConsentVersion, c.Lang}, Contact: c.Contact}}, nil
}

// Connected: both have consented, names and contacts meet.
type Connected struct {
	ID      IntroductionID
	Whose   string // key of the contact
	Private LinkID `json:",omitempty"`
	Text    ConsentText
	Contact Contact `json:"-"`
}

func (*Connected) name() string    { return "introduction.connected" }
func (f *Connected) whose() string { return f.Whose }
func (f *Connected) words() any    { return &f.Contact }
func (f *Connected) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !s.step(n, StepConnected, at) {
		return nil
	}
	n.Contact, n.GivenAt, n.ConnectedAt, n.Private = f.Contact, at, at, f.Private
	if n.Private != "" {
		s.Links[n.Private] = n.ID
	}
	return []Ref{f.ID.Ref()}
}

// ConsentCorrect puts the contact right, by the private link only.
type ConsentCorrect struct{ Contact Contact }

func (ConsentCorrect) name() string { return "consent.correct" }
func (ConsentCorrect) names() []Ref { return nil }
func (c ConsentCorrect) decide(s *State, a Ask) ([]Fact, error) {
	if p, i := s.byPairLink(a); p != nil {
		return p.correct(i, c.Contact, a)
	}
	n := s.byLink(a)
	switch {
	case n == nil:
		return nil, ErrNotFound
	case !n.Connected() || LinkID(a.By.ID) != n.Private:
		return nil, ErrLinkOver
	}
	if err := c.Contact.check(); err != nil {
		return nil, err
	}
	if c.Contact == n.Contact {
		return nil, nil
	}
	return []Fact{&Corrected{n.ID, c.Contact}}, nil
}

// Corrected is what ConsentCorrect made true.
type Corrected struct {
	ID      IntroductionID
	Contact Contact `json:"-"`
}

func (*Corrected) name() string    { return "introduction.corrected" }
func (f *Corrected) whose() string { return AbsentWords(f.ID) }
func (f *Corrected) words() any    { return &f.Contact }
func (f *Corrected) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !n.Connected() {
		return nil
	}
	n.Contact, n.GivenAt = f.Contact, at
	return []Ref{f.ID.Ref()}
}

// ConsentDecline is 今回は見送る. Silent, unless the absent person ticks that
// the introducer may know: then it ends at once, for everybody.
type ConsentDecline struct {
	Tell  bool
	Block bool
}

func (ConsentDecline) name() string { return "consent.decline" }
func (ConsentDecline) names() []Ref { return nil }
func (c ConsentDecline) decide(s *State, a Ask) ([]Fact, error) {
	if p, i := s.byPairLink(a); p != nil {
		return p.decline(i, c.Block, a) // nobody is told before the due date, also who would be
	}
	n := s.byLink(a)
	if err := n.asked(a); err != nil {
		return nil, err
	}
	if n.Answer.Declined {
		return nil, nil
	}
	facts := []Fact{&Declined{n.ID, c.Tell, c.Block}}
	if c.Tell {
		facts = append(facts, &Ended{ID: n.ID})
	}
	return facts, nil
}

// Declined is kept where See does not look.
type Declined struct {
	ID          IntroductionID
	Tell, Block bool
}

func (*Declined) name() string { return "introduction.declined" }
func (f *Declined) fold(s *State, _ At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || n.Step != StepAsking {
		return nil
	}
	n.Answer = Answer{Declined: true, Tell: f.Tell, Block: f.Block}
	return []Ref{f.ID.Ref()}
}

// ConsentRevoke takes the contact back, by either link, any time.
type ConsentRevoke struct{}

func (ConsentRevoke) name() string { return "consent.revoke" }
func (ConsentRevoke) names() []Ref { return nil }
func (ConsentRevoke) decide(s *State, a Ask) ([]Fact, error) {
	if p, i := s.byPairLink(a); p != nil {
		return p.revoke(i, a)
	}
	n := s.byLink(a)
	switch {
	case n == nil:
		return nil, ErrNotFound
	case n.Step == StepRevoked:
		return nil, nil
	case !n.Connected():
		return nil, ErrLinkOver
	}
	return []Fact{&Revoked{ID: n.ID}}, nil
}

// IntroducerOf is whose asking a link belongs to; empty for no link.
func IntroducerOf(s *State, link LinkID) AttendeeID {
	n := s.Introductions[s.Links[link]]
	if n == nil || link == n.Private {
		return s.pairIntroducer(link)
	}
	return n.I
}
