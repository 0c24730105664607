package event

import "slices"

// This file is the offer and its ぜひ. For a need on behalf see behalf.go.

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
	if n.Behalf != nil {
		return nil, ErrNeedOnBehalf
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
// of the contacts on their card go to R. On a need on behalf Line, Pitch and
// Give are what the absent person may read (consent C2).
type OfferSelf struct {
	Need  NeedID   `json:"need"`
	Line  string   `json:"line"`  // 0-100, to R; on behalf 1-100, to the absent person
	Give  []string `json:"give"`  // of "mail", "phone"; at least one
	Pitch bool     `json:"pitch"` // ご提案(営業)を含みます; on behalf only
	Lang  string   `json:"lang"`  // in which it was read: "ja", "en" or ""
}

func (OfferSelf) name() string   { return "offer.self" }
func (c OfferSelf) names() []Ref { return []Ref{c.Need.Ref()} }
func (c OfferSelf) decide(s *State, a Ask) ([]Fact, error) {
	n, me := s.Needs[c.Need], s.Attendees[AttendeeID(a.By.ID)]
	if err := s.answerable(n, a); err != nil {
		return nil, err
	}
	for _, id := range n.Introductions {
		if was := s.Introductions[id]; was.offers() == me.ID && (was.open() || was.Connected()) {
			return nil, ErrOffered
		}
	}
	if err := checkAll(
		text{field: "line", max: 100, must: n.Behalf != nil}.check(&c.Line),
		oneOf("lang", c.Lang, "", "ja", "en"),
	); err != nil {
		return nil, err
	}
	if c.Pitch && n.Behalf == nil {
		return nil, ErrChoice.in("pitch") // nobody would read it
	}
	given, err := give(me.Card, c.Give)
	if err != nil {
		return nil, err
	}
	if given.Mail == "" && given.Phone == "" {
		return nil, ErrContact.in("give")
	}
	if n.Behalf != nil {
		return []Fact{n.offerTo(IntroductionID(a.ID(0)), me.ID, c, given)}, nil
	}
	return []Fact{&Offered{
		ID: IntroductionID(a.ID(0)), Need: c.Need, Own: true, I: me.ID, R: n.By,
		OfferWords: OfferWords{About: About{Trade: me.Card.Trade, Line: c.Line}, Contact: Contact(given)},
	}}, nil
}

// offers is who offered themself; nobody when it was an acquaintance.
func (n *Introduction) offers() AttendeeID {
	switch {
	case n.Own:
		return n.I
	case n.Behalf:
		return n.R
	}
	return ""
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

// OfferWords are the words of an offer: of the introducer, or, on behalf, of R.
type OfferWords struct {
	About   About   `json:"about"`
	Contact Contact `json:"contact"`          // only when I offers themself
	Purpose Purpose `json:"purpose,omitzero"` // only on behalf
}

// Offered begins an introduction.
type Offered struct {
	ID         IntroductionID
	Need       NeedID
	Entry      EntryID `json:",omitempty"`
	Own        bool    `json:",omitempty"`
	Behalf     bool    `json:",omitempty"`
	I, R       AttendeeID
	Text       *ConsentText `json:",omitempty"` // on behalf: what R agreed to
	OfferWords `json:"-"`
}

func (*Offered) name() string { return "introduction.offered" }
func (f *Offered) whose() string {
	if f.Behalf {
		return string(f.R)
	}
	return string(f.I)
}
func (f *Offered) words() any { return &f.OfferWords }
func (f *Offered) fold(s *State, at At) []Ref {
	i, r, need := s.Attendees[f.I], s.Attendees[f.R], s.Needs[f.Need]
	if i == nil || r == nil || need == nil && f.Need != "" {
		return nil
	}
	n := &Introduction{
		ID: f.ID, Need: f.Need, Entry: f.Entry, Own: f.Own, Behalf: f.Behalf, I: f.I, R: f.R, About: f.About, Contact: f.Contact, Purpose: f.Purpose,
	}
	if n.Behalf && need != nil {
		n.About = need.about()
	}
	s.Introductions[f.ID] = n
	s.step(n, StepOffered, at)
	s.Tally.Offers++
	i.Introductions = append(i.Introductions, f.ID)
	r.Introductions = append(r.Introductions, f.ID)
	refs := []Ref{f.ID.Ref()}
	if e := s.Entries[f.Entry]; e != nil {
		e.Introductions = append(e.Introductions, f.ID)
	}
	author := i
	if n.Behalf {
		author = r
	}
	for _, id := range author.Told { // what was suggested is done
		if g := s.Suggestions[id]; g.Need == f.Need && g.Entry == f.Entry && (need != nil || g.Card == f.R) {
			g.Done = true
			refs = append(refs, id.Ref())
		}
	}
	if need == nil {
		return refs
	}
	need.Offers++
	need.Introductions = append(need.Introductions, f.ID)
	if !f.Behalf {
		refs = append(refs, s.answered(need, f.I)...)
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
	case n.Step != StepOffered || n.Behalf:
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
	return append(s.credit(n), f.ID.Ref())
}

// credit moves the ledger. What is suggested to R and serves I is now a way to
// give something back.
func (s *State) credit(n *Introduction) []Ref {
	i, r := s.Attendees[n.I], s.Attendees[n.R]
	i.Given++
	r.Received++
	if at := slices.IndexFunc(r.From, func(c Credit) bool { return c.By == n.I }); at >= 0 {
		r.From[at].N++
	} else {
		r.From = append(r.From, Credit{n.I, 1})
	}
	var refs []Ref
	for _, id := range r.Told {
		refs = append(refs, id.Ref())
	}
	return refs
}
