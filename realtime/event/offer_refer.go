package event

// This file is K2 (product.md 3): the acquaintance of an entry needs something,
// and somebody here can help. The owner brings the one to the other. From there
// it is an introduction like any other, without a need of the room.

// OfferRefer offers R an acquaintance who needs them. What the acquaintance
// needs is told in words that the author has before their eyes.
type OfferRefer struct {
	Entry EntryID    `json:"entry"`
	To    AttendeeID `json:"to"`
	Seeks string     `json:"seeks"` // 1-80, to R, the host and the acquaintance
	Line  string     `json:"line"`  // 0-100, to R
}

func (OfferRefer) name() string   { return "offer.refer" }
func (c OfferRefer) names() []Ref { return []Ref{c.Entry.Ref(), c.To.Ref()} }
func (c OfferRefer) decide(s *State, a Ask) ([]Fact, error) {
	e, me := s.Entries[c.Entry], s.Attendees[AttendeeID(a.By.ID)]
	switch {
	case e.Owner != me.ID, !s.present(c.To): // a host sees those who are out as well
		return nil, ErrNotFound
	case c.To == me.ID:
		return nil, ErrChoice.in("to")
	case e.Blocked:
		return nil, ErrEntryBlocked
	}
	mine := 0
	for _, id := range me.Introductions {
		if was := s.Introductions[id]; was.I == me.ID && was.Refers() && was.R == c.To && was.open() {
			mine++
			if was.Entry == c.Entry {
				return nil, ErrOffered
			}
		}
	}
	if mine >= offersPerNeed {
		return nil, ErrManyOffers.max(offersPerNeed)
	}
	if err := checkAll(
		text{field: "seeks", max: 80, must: true, noContact: true, noName: true}.check(&c.Seeks),
		text{field: "line", max: 100, noContact: true, noName: true}.check(&c.Line),
	); err != nil {
		return nil, err
	}
	about := About{Trade: e.Trade, Area: e.Area, Size: e.Size, Closeness: e.Closeness, Seeks: c.Seeks, Line: c.Line}
	return []Fact{&Offered{ID: IntroductionID(a.ID(0)), Entry: e.ID, I: me.ID, R: c.To, OfferWords: OfferWords{About: about}}}, nil
}

// Refers tells whether the acquaintance is who needs R, and not R them.
func (n *Introduction) Refers() bool { return n.Need == "" }
