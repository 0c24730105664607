package event

// The views of a pair. See views.go.

// ---- me: one owner

// PairView is a pair as one of its owners sees it: before both have said yes,
// one's own entry and what may be said of the other side; after it, both
// owners. What an absent person did is in it only once both have consented.
type PairView struct {
	Head
	Step  string  `json:"step"` // suggested, agreed, asking, connected, ended or revoked
	At    At      `json:"at"`   // when it came to this step
	Entry EntryID `json:"entry"`
	Group string  `json:"group,omitempty"` // suggested: of trades, of the other side
	Area  string  `json:"area,omitempty"`  // suggested: a prefecture or a region; none: anywhere
	Yes   bool    `json:"yes,omitempty"`   // suggested: I said 仲人する

	With   AttendeeID `json:"with,omitempty"`  // the other owner
	Table  int        `json:"table,omitempty"` // where to talk, 1 and up
	Mine   *Portrait  `json:"mine,omitempty"`
	Theirs *Portrait  `json:"theirs,omitempty"`
	Link   string     `json:"link,omitempty"` // secret of the link that I send on
	Sent   bool       `json:"sent,omitempty"` // the other owner has made theirs
	Due    At         `json:"due,omitempty"`

	Name     string `json:"name,omitempty"`     // of my acquaintance, once connected
	WithName string `json:"withName,omitempty"` // of the other's
	GivenAt  At     `json:"givenAt,omitempty"`  // of the contacts
	Left     bool   `json:"left,omitempty"`     // I ended it
}

func viewPair(p *Pair, i int) PairView {
	me, other := p.Sides[i], p.Sides[1-i]
	v := PairView{Head: Head{"pair", string(p.ID)}, Step: p.Step.String(), At: p.At, Entry: me.Entry}
	if p.Step == PairSuggested {
		v.Group, v.Area, v.Yes = me.Hint.Group, me.Hint.Area, me.Yes
		return v
	}
	v.With, v.Table = other.Owner, p.Table
	switch {
	case me.Left:
		v.Step, v.Left = PairEnded.String(), true
	case p.Step == PairAgreed, p.Step == PairAsking:
		v.Mine, v.Theirs, v.Link, v.Sent, v.Due = &me.Portrait, &other.Portrait, me.Secret, other.Link != "", p.Due
	case p.Step == PairConnected:
		v.Mine, v.Theirs, v.Name, v.WithName, v.GivenAt = &me.Portrait, &other.Portrait, me.Contact.Name, other.Contact.Name, p.GivenAt
	}
	return v
}

// held: the owner's card is still in their hand.
func (s *State) held(p *Pair, i int) bool {
	x := p.Sides[i]
	return !x.Out && (!x.Said || x.Yes) && s.present(x.Owner)
}

// ---- desk: the hosts

// CoupleView is two owners who agreed, as the desk sees them. What comes of it
// moves a count, and nothing here.
type CoupleView struct {
	Head
	At     At         `json:"at"`
	A      AttendeeID `json:"a"`
	B      AttendeeID `json:"b"`
	ATrade string     `json:"aTrade,omitempty"` // of a's acquaintance
	BTrade string     `json:"bTrade,omitempty"`
	Table  int        `json:"table"`
}

func viewCouple(p *Pair) CoupleView {
	a, b := p.Sides[0], p.Sides[1]
	return CoupleView{Head{"couple", string(p.ID)}, p.AgreedAt, a.Owner, b.Owner, a.Portrait.Trade, b.Portrait.Trade, p.Table}
}

// ---- consent: one absent person of the two

// DuoView is what an owner's link of a pair opens: both go-betweens, the other
// side without a name, and what would go to whom. It shows neither a no nor a
// consent that waits, for the link is in the owner's hands too.
type DuoView struct {
	Head
	State     string    `json:"state"` // open, given, revoked, over
	Event     string    `json:"event,omitempty"`
	From      string    `json:"from,omitempty"`  // name of the owner who sends it
	Firm      string    `json:"firm,omitempty"`  // of theirs
	Photo     string    `json:"photo,omitempty"` // of theirs
	With      string    `json:"with,omitempty"`  // name of the other owner
	WithFirm  string    `json:"withFirm,omitempty"`
	WithPhoto string    `json:"withPhoto,omitempty"`
	Theirs    *Portrait `json:"theirs,omitempty"` // the other side, without a name
	Mine      *Portrait `json:"mine,omitempty"`   // how the other side hears of this person
	Due       At        `json:"due,omitempty"`
}

func viewDuo(s *State, p *Pair, i int) DuoView {
	v := DuoView{Head: Head{"duo", string(p.ID)}, State: "over"}
	me, other := p.Sides[i], p.Sides[1-i]
	switch {
	case p.asks(i):
		a, b := s.Attendees[me.Owner].Card, s.Attendees[other.Owner].Card
		v.State, v.Event, v.Due = "open", s.Setting.Title, p.Due
		v.From, v.Firm, v.Photo, v.With, v.WithFirm, v.WithPhoto = a.Name, a.Firm, a.Photo, b.Name, b.Firm, b.Photo
		v.Theirs, v.Mine = &other.Portrait, &me.Portrait
	case p.Step == PairConnected:
		v.State = "given"
	case p.Step == PairRevoked:
		v.State = "revoked"
	}
	return v
}

// TrustView is the absent person's own page of a pair after their yes: that it
// waits, and later the other's contact.
type TrustView struct {
	Head
	State   string   `json:"state"` // kept, given, withdrawn, over, revoked
	Event   string   `json:"event,omitempty"`
	From    string   `json:"from,omitempty"` // name of the own go-between
	With    string   `json:"with,omitempty"` // name of the other go-between
	Due     At       `json:"due,omitempty"`
	Theirs  *Contact `json:"theirs,omitempty"`
	Contact *Contact `json:"contact,omitempty"` // one's own
	GivenAt At       `json:"givenAt,omitempty"`
}

func viewTrust(s *State, p *Pair, i int) TrustView {
	v := TrustView{Head: Head{"trust", string(p.ID)}, State: "over"}
	me, other := p.Sides[i], p.Sides[1-i]
	switch {
	case p.Step == PairRevoked:
		v.State = "revoked"
	case me.No:
		v.State = "withdrawn"
	case p.asks(i):
		v.keep(s, p, i)
	case p.Step == PairConnected:
		v.State, v.Theirs, v.Contact, v.GivenAt = "given", &other.Contact, &me.Contact, p.GivenAt
		v.tell(s, p, i)
	}
	return v
}

func (v *TrustView) keep(s *State, p *Pair, i int) {
	v.State, v.Due = "kept", p.Due
	v.tell(s, p, i)
}

func (v *TrustView) tell(s *State, p *Pair, i int) {
	v.Event, v.From, v.With = s.Setting.Title, s.Attendees[p.Sides[i].Owner].Card.Name, s.Attendees[p.Sides[1-i].Owner].Card.Name
}

// viewIdle is what such a page looks like as long as nobody may tell.
func viewIdle(s *State, p *Pair, i int, y Idle) TrustView {
	v := TrustView{Head: Head{"trust", string(p.ID)}, State: "over"}
	switch {
	case y.Back:
		v.State = "withdrawn"
	case p.asks(i):
		v.keep(s, p, i)
	}
	return v
}

// seePair is all that anybody may see of a pair.
func (s *State) seePair(p *Pair) (sights []Sight) {
	for i, x := range p.Sides {
		me := Stream{Me, string(x.Owner)}
		switch p.Step {
		case PairSuggested:
			if s.held(p, i) {
				sights = append(sights, Sight{me, viewPair(p, i)})
			}
		case PairOver:
		default:
			sights = append(sights, Sight{me, viewPair(p, i)})
		}
		if x.Link != "" {
			sights = append(sights, Sight{Stream{Consent, string(x.Link)}, viewDuo(s, p, i)})
		}
		if x.Private != "" {
			sights = append(sights, Sight{Stream{Consent, string(x.Private)}, viewTrust(s, p, i)})
		}
		for _, y := range x.Idle {
			sights = append(sights, Sight{Stream{Consent, string(y.Link)}, viewIdle(s, p, i, y)})
		}
	}
	if p.AgreedAt != 0 {
		sights = append(sights, Sight{Stream{Name: Desk}, viewCouple(p)})
	}
	return sights
}

// PairIntroducer is whose asking a link of a pair belongs to; empty for none,
// and for an absent person's own.
func (s *State) pairIntroducer(link LinkID) AttendeeID {
	l, ok := s.PairLinks[link]
	if !ok || link != s.Pairs[l.pair].Sides[l.side].Link {
		return ""
	}
	return s.Pairs[l.pair].Sides[l.side].Owner
}
