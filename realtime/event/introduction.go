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
	StepEnded
	StepRevoked
)

var stepNames = [...]string{"", "offered", "wanted", "asking", "connected", "ended", "revoked"}

func (s Step) String() string { return stepNames[s] }

// next is the whole machine (product.md 6.3). From wanted straight to
// connected go only those who offered themselves.
var next = map[Step][]Step{
	0:             {StepOffered},
	StepOffered:   {StepWanted, StepEnded},
	StepWanted:    {StepAsking, StepConnected, StepEnded},
	StepAsking:    {StepConnected, StepEnded},
	StepConnected: {StepRevoked},
}

// About is the nameless description (釣書), as it was when it was offered.
// Offers is the entry's free text, only if its owner ticked it.
type About struct {
	Trade     string `json:"trade,omitempty"`
	Area      string `json:"area,omitempty"`
	Size      string `json:"size,omitempty"`
	Closeness string `json:"closeness,omitempty"`
	Offers    string `json:"offers,omitempty"`
	Line      string `json:"line,omitempty"` // one line of the introducer to R, 0-100
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
	ID    IntroductionID
	Need  NeedID
	Entry EntryID // none when I offers themself
	Own   bool    // 「私がお役に立てます」: the introducer is the one introduced
	I, R  AttendeeID
	Step  Step
	At    At // when it came to this step

	About   About
	Purpose Purpose
	Link    LinkID // the one that I sends on
	Secret  string // of Link; only I sees it
	Private LinkID // the absent person's own, after their yes
	Due     At
	Answer  Answer
	Contact Contact
	GivenAt At         // of the contact; tells two contacts apart when their words are gone
	LeftBy  AttendeeID // who ended it, when it was I or R
}

const (
	askingsPerIntroducer = 5
	offersPerNeed        = 3 // open ones of one person on one need
)

func (n *Introduction) open() bool      { return n.Step >= StepOffered && n.Step <= StepAsking }
func (n *Introduction) connected() bool { return n.Step == StepConnected }

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

// ---- offer: I answers a need

// OfferMake offers an acquaintance of the author's list for a need.
type OfferMake struct {
	Need  NeedID  `json:"need"`
	Entry EntryID `json:"entry"`
	Words bool    `json:"words"` // the entry's free text goes along; the host sees it too
	Line  string  `json:"line"`  // 0-100, to R
}

func (OfferMake) name() string   { return "offer.make" }
func (c OfferMake) names() []Ref { return []Ref{c.Need.Ref(), c.Entry.Ref()} }
func (c OfferMake) decide(s *State, a Ask) ([]Fact, error) {
	n, e := s.Needs[c.Need], s.Entries[c.Entry]
	if string(e.Owner) != a.By.ID {
		return nil, ErrNotFound
	}
	if e.Blocked {
		return nil, ErrEntryBlocked
	}
	if err := s.answerable(n, a); err != nil {
		return nil, err
	}
	for _, id := range n.Introductions {
		if was := s.Introductions[id]; was.Entry == c.Entry && was.open() {
			return nil, ErrOffered
		}
	}
	if err := (text{field: "line", max: 100, noContact: true, noName: true}).check(&c.Line); err != nil {
		return nil, err
	}
	about := About{Trade: e.Trade, Area: e.Area, Size: e.Size, Closeness: e.Closeness, Line: c.Line}
	if c.Words {
		about.Offers = e.Offers
	}
	return []Fact{&Offered{
		ID: IntroductionID(a.ID(0)), Need: c.Need, Entry: c.Entry, I: e.Owner, R: n.By, OfferWords: OfferWords{About: about},
	}}, nil
}

// answerable: the author may offer something for this need.
func (s *State) answerable(n *Need, a Ask) error {
	switch {
	case string(n.By) == a.By.ID:
		return ErrNeedOwn
	case !s.live(n):
		return ErrNeedOver
	}
	mine := 0
	for _, id := range n.Introductions {
		if was := s.Introductions[id]; string(was.I) == a.By.ID && was.open() {
			mine++
		}
	}
	if mine >= offersPerNeed {
		return ErrManyOffers.max(offersPerNeed)
	}
	return nil
}

// OfferSelf is 「私がお役に立てます」: the author offers themself, and says which
// of the contacts on their card go to R.
type OfferSelf struct {
	Need NeedID   `json:"need"`
	Line string   `json:"line"` // 0-100, to R
	Give []string `json:"give"` // of "mail", "phone"
}

func (OfferSelf) name() string   { return "offer.self" }
func (c OfferSelf) names() []Ref { return []Ref{c.Need.Ref()} }
func (c OfferSelf) decide(s *State, a Ask) ([]Fact, error) {
	n, me := s.Needs[c.Need], s.Attendees[AttendeeID(a.By.ID)]
	if err := s.answerable(n, a); err != nil {
		return nil, err
	}
	for _, id := range n.Introductions {
		if was := s.Introductions[id]; was.Own && was.I == me.ID && (was.open() || was.connected()) {
			return nil, ErrOffered
		}
	}
	if err := (text{field: "line", max: 100}).check(&c.Line); err != nil {
		return nil, err
	}
	given, err := give(me.Card, c.Give)
	if err != nil {
		return nil, err
	}
	if given.Mail == "" && given.Phone == "" {
		return nil, ErrContact.in("give")
	}
	return []Fact{&Offered{
		ID: IntroductionID(a.ID(0)), Need: c.Need, Own: true, I: me.ID, R: n.By,
		OfferWords: OfferWords{About: About{Trade: me.Card.Trade, Line: c.Line}, Contact: Contact(given)},
	}}, nil
}

// give takes from a card what its owner chose to give: the name always, mail
// and phone if ticked.
func give(c Card, fields []string) (Contact, error) {
	out := Contact{Name: c.Name, Kana: c.Kana, Firm: c.Firm}
	for _, f := range fields {
		switch {
		case f == "mail" && c.Mail == "", f == "phone" && c.Phone == "":
			return Contact{}, ErrTextEmpty.in(f)
		case f == "mail":
			out.Mail = c.Mail
		case f == "phone":
			out.Phone = c.Phone
		default:
			return Contact{}, ErrChoice.in("give")
		}
	}
	return out, nil
}

// OfferWords are the introducer's words of an offer.
type OfferWords struct {
	About   About   `json:"about"`
	Contact Contact `json:"contact"` // only when I offers themself
}

// Offered begins an introduction.
type Offered struct {
	ID         IntroductionID
	Need       NeedID
	Entry      EntryID `json:",omitempty"`
	Own        bool    `json:",omitempty"`
	I, R       AttendeeID
	OfferWords `json:"-"`
}

func (*Offered) name() string    { return "introduction.offered" }
func (f *Offered) whose() string { return string(f.I) }
func (f *Offered) words() any    { return &f.OfferWords }
func (f *Offered) fold(s *State, at At) []Ref {
	i, r, need := s.Attendees[f.I], s.Attendees[f.R], s.Needs[f.Need]
	if i == nil || r == nil || need == nil {
		return nil
	}
	n := &Introduction{ID: f.ID, Need: f.Need, Entry: f.Entry, Own: f.Own, I: f.I, R: f.R, About: f.About, Contact: f.Contact}
	s.Introductions[f.ID] = n
	s.step(n, StepOffered, at)
	s.Tally.Offers++
	need.Offers++
	i.Introductions = append(i.Introductions, f.ID)
	r.Introductions = append(r.Introductions, f.ID)
	need.Introductions = append(need.Introductions, f.ID)
	refs := []Ref{f.ID.Ref()}
	if e := s.Entries[f.Entry]; e != nil {
		e.Introductions = append(e.Introductions, f.ID)
		for _, id := range e.Suggestions {
			if g := s.Suggestions[id]; g.Need == f.Need {
				g.Done = true
				refs = append(refs, id.Ref())
			}
		}
	}
	return refs
}

// ---- want: R says yes please, and what the absent person may read

// OfferWant is R's ぜひ (consent C2). For one who offered themself it is the
// second of the two consents.
type OfferWant struct {
	Introduction IntroductionID `json:"introduction"`
	Line         string         `json:"line"`  // 1-100, why I would like to meet
	Pitch        bool           `json:"pitch"` // ご提案(営業)を含みます
	Give         []string       `json:"give"`  // of "mail", "phone"; at least one
	Lang         string         `json:"lang"`  // in which it was read: "ja", "en" or ""
}

func (OfferWant) name() string   { return "offer.want" }
func (c OfferWant) names() []Ref { return []Ref{c.Introduction.Ref()} }
func (c OfferWant) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Introductions[c.Introduction]
	switch {
	case string(n.R) != a.By.ID:
		return nil, ErrForbidden
	case n.Step != StepOffered:
		return nil, ErrStep
	}
	if err := (text{field: "line", max: 100, must: true}).check(&c.Line); err != nil {
		return nil, err
	}
	if err := oneOf("lang", c.Lang, "", "ja", "en"); err != nil {
		return nil, err
	}
	g, err := give(s.Attendees[n.R].Card, c.Give)
	if err != nil {
		return nil, err
	}
	if g.Mail == "" && g.Phone == "" {
		return nil, ErrContact.in("give")
	}
	facts := []Fact{&Wanted{n.ID, n.R, ConsentText{ConsentVersion, c.Lang}, Purpose{c.Line, c.Pitch, g.Name, g.Kana, g.Firm, g.Mail, g.Phone}}}
	if n.Own {
		facts = append(facts, &Connected{ID: n.ID, Whose: string(n.I), Contact: n.Contact})
	}
	return facts, nil
}

// Wanted moves the ledger: an offer counts once somebody wanted it.
type Wanted struct {
	ID      IntroductionID
	R       AttendeeID
	Text    ConsentText
	Purpose Purpose `json:"-"`
}

func (*Wanted) name() string    { return "introduction.wanted" }
func (f *Wanted) whose() string { return string(f.R) }
func (f *Wanted) words() any    { return &f.Purpose }
func (f *Wanted) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !s.step(n, StepWanted, at) {
		return nil
	}
	n.Purpose = f.Purpose
	s.Attendees[n.I].Given++
	s.Attendees[n.R].Received++
	return []Ref{f.ID.Ref()}
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

// block closes the entry for further links, but not before the wait would have
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
	case !n.connected():
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
	n.Contact, n.Purpose = Contact{}, Purpose{}
	return []Ref{f.ID.Ref()}
}
