package event

import "time"

// This file is the attestation (consent C4): I asked the absent person
// directly, and writes down their yes. Only where the host has allowed it.

// Attest says whether and when introducers may attest.
type Attest string

const (
	AttestOff   Attest = "off"
	AttestAfter Attest = "after_event" // once the event is over
	AttestOn    Attest = "on"
)

// AttestSet is the host's.
type AttestSet struct {
	Attest Attest `json:"attest"`
}

func (AttestSet) name() string { return "attest.set" }
func (AttestSet) names() []Ref { return nil }
func (c AttestSet) decide(s *State, _ Ask) ([]Fact, error) {
	if err := oneOf("attest", string(c.Attest), string(AttestOff), string(AttestAfter), string(AttestOn)); err != nil {
		return nil, err
	}
	if c.Attest == s.Attest {
		return nil, nil
	}
	return []Fact{&AttestWasSet{c.Attest}}, nil
}

// AttestWasSet is what AttestSet made true.
type AttestWasSet struct{ Attest Attest }

func (*AttestWasSet) name() string { return "attest.set" }
func (f *AttestWasSet) fold(s *State, _ At) []Ref {
	s.Attest = f.Attest
	return []Ref{eventRef}
}

// attestable: the host's setting allows it now.
func (s *State) attestable(now At) bool {
	switch s.Attest {
	case AttestOn:
		return true
	case AttestAfter:
		return s.Status == Closed || now > s.Setting.EndsAt
	}
	return false
}

// How the absent person said yes.
type How string

const (
	ByPhone    How = "phone"
	ByLINE     How = "line"
	FaceToFace How = "face"
)

// Attestation is what stands instead of the absent person's own hand.
type Attestation struct {
	How How `json:"how"` // phone, line or face
	On  At  `json:"on"`  // when they said it; its local day counts
}

// attestDays is how long before the asking the yes may have been said.
const attestDays = 7

// IntroductionAttest is 「本人の了承を得ました」: the contact comes from I's hand.
// Only for an asking without a link, and before its due date.
type IntroductionAttest struct {
	Introduction IntroductionID `json:"introduction"`
	Name         string         `json:"name"` // 1-40 characters, of the absent person
	Kana         string         `json:"kana"` // 0-40, katakana
	Firm         string         `json:"firm"` // 0-60
	Mail         string         `json:"mail"` // this or the phone
	Phone        string         `json:"phone"`
	How          How            `json:"how"`  // phone, line or face
	On           At             `json:"on"`   // a day from seven before the asking to today
	Lang         string         `json:"lang"` // in which it was read: "ja", "en" or ""
}

func (IntroductionAttest) name() string   { return "introduction.attest" }
func (c IntroductionAttest) names() []Ref { return []Ref{c.Introduction.Ref()} }
func (c IntroductionAttest) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Introductions[c.Introduction]
	switch {
	case string(n.I) != a.By.ID:
		return nil, ErrForbidden
	case !s.attestable(a.Now):
		return nil, ErrAttestOff
	case n.Step != StepAsking || !n.Direct || a.Now >= n.Due:
		return nil, ErrStep
	}
	contact := Contact{Name: c.Name, Kana: c.Kana, Firm: c.Firm, Mail: c.Mail, Phone: c.Phone}
	if err := checkAll(
		contact.check(),
		oneOf("how", string(c.How), string(ByPhone), string(ByLINE), string(FaceToFace)),
		oneOf("lang", c.Lang, "", "ja", "en"),
		checkDay("on", c.On, endOfDay(n.At, -attestDays-1, a.Zone)+1, a),
	); err != nil {
		return nil, err
	}
	secret := a.ID(1)
	return []Fact{
		&Attested{n.ID, n.I, Attestation{c.How, c.On}, LinkOf(secret), LinkWords{secret}},
		&Connected{ID: n.ID, Whose: AbsentWords(n.ID), Text: ConsentText{ConsentVersion, c.Lang}, Contact: contact},
	}, nil
}

// checkDay: somebody says on which day it was, not before a moment and not
// after today. A phone's clock may be a little ahead.
func checkDay(field string, on, from At, a Ask) error {
	if on < from || on > endOfDay(a.Now, 0, a.Zone) {
		return ErrDay.in(field)
	}
	return nil
}

// startOfDay is the first moment of the local day of a moment.
func startOfDay(at At, zone *time.Location) At { return endOfDay(at, -1, zone) + 1 }

// Attested comes before Connected in the same record. The link is the absent
// person's way to take it back.
type Attested struct {
	ID IntroductionID
	I  AttendeeID
	Attestation
	Link      LinkID
	LinkWords `json:"-"`
}

func (*Attested) name() string    { return "introduction.attested" }
func (f *Attested) whose() string { return string(f.I) }
func (f *Attested) words() any    { return &f.LinkWords }
func (f *Attested) fold(s *State, _ At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || n.Step != StepAsking {
		return nil
	}
	n.Attest = &Attestation{f.How, f.On}
	s.linked(n, f.Link, f.Secret)
	return []Ref{f.ID.Ref()}
}
