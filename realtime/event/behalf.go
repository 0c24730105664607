package event

import "goen/realtime/trade"

// This file is the need on behalf (product.md 6.3, K2): its poster is the
// introducer, the acquaintance for whom it asks is the absent person, and
// whoever offers themself is R.

// Behalf is the nameless acquaintance for whom a need is posted.
type Behalf struct {
	Trade string `json:"trade"` // an id of realtime/trade
	Area  string `json:"area"`  // 0-40, 市区町村 or wider
	Size  string `json:"size"`  // people employed: "", "1", "2-9", "10-29", "30-99", "100+"
}

func (b *Behalf) check() error {
	if _, ok := trade.Find(trade.ID(b.Trade)); !ok {
		return ErrTrade.in("behalf")
	}
	return checkAll(
		text{field: "area", max: 40, noContact: true, noName: true}.check(&b.Area),
		oneOf("size", b.Size, "", "1", "2-9", "10-29", "30-99", "100+"),
	)
}

// about is the acquaintance as R, the host and the acquaintance read it. What
// was answered is not edited any more, so it stays as it was when it was
// offered.
func (n *Need) about() About {
	if n.Behalf == nil {
		return About{} // the words are gone
	}
	return About{Trade: n.Behalf.Trade, Area: n.Behalf.Area, Size: n.Behalf.Size}
}

// offerTo is an offer of oneself to somebody who is not here: it waits for the
// poster of the need.
func (n *Need) offerTo(id IntroductionID, who AttendeeID, c OfferSelf, g Contact) *Offered {
	return &Offered{
		ID: id, Need: n.ID, Behalf: true, I: n.By, R: who, Text: &ConsentText{ConsentVersion, c.Lang},
		OfferWords: OfferWords{Purpose: Purpose{c.Line, c.Pitch, g.Name, g.Kana, g.Firm, g.Mail, g.Phone}},
	}
}

// Agreed is the poster's yes to such an offer, which moves the ledger. The
// asking follows in the same record.
type Agreed struct{ ID IntroductionID }

func (*Agreed) name() string { return "introduction.agreed" }
func (f *Agreed) fold(s *State, at At) []Ref {
	n := s.Introductions[f.ID]
	if n == nil || !s.step(n, StepWanted, at) {
		return nil
	}
	return append(s.credit(n), f.ID.Ref())
}

// acquaintance tells whether both are about the same absent person: the same
// entry, or the same need on behalf.
func (n *Introduction) acquaintance(other *Introduction) bool {
	if n.Behalf {
		return other.Behalf && other.Need == n.Need
	}
	return !other.Behalf && other.Entry == n.Entry
}
