package realtime

import (
	"encoding/json"
	"errors"
	"time"

	"goen/realtime/event"
	"goen/store"
)

// Provision is the record of a hand-over of personal data to somebody else
// (第三者提供の記録, Act on the Protection of Personal Information, art. 29-30):
// who got whose items, by which consent, when. It is kept apart from the event,
// in a stream and under a key of its own, for the operator's term and not for
// the event's. The event's log is the truth; a record that a crash left out is
// made when the room is opened again.
type Provision struct {
	V         int      `json:"v"`
	Event     string   `json:"event"`
	Recipient string   `json:"recipient"` // name of who received
	Person    string   `json:"person"`    // name of whose data it is
	Items     []string `json:"items"`     // "name", "kana", "firm", "mail", "phone"
	Consent   string   `json:"consent"`   // "link": by the person on the consent page; "attest": by the introducer, who says how they got the yes; "self": offered in the app; "want": given with ぜひ
	At        event.At `json:"at"`
}

// provisions is one record of the stream pr.<introduction>: both directions of
// one connection, or of a correction, sealed under a key of its own.
type provisions struct {
	V      int    `json:"v"`
	Sealed string `json:"w"`
}

func items(c event.Contact) []string {
	out := []string{}
	for _, f := range []struct{ name, value string }{{"name", c.Name}, {"kana", c.Kana}, {"firm", c.Firm}, {"mail", c.Mail}, {"phone", c.Phone}} {
		if f.value != "" {
			out = append(out, f.name)
		}
	}
	return out
}

// provide keeps the records of what has just been connected.
func (r *Room) provide(refs []event.Ref) error {
	for _, ref := range refs {
		if ref.Noun == event.APair {
			if err := r.providePair(r.state.Pairs[event.PairID(ref.ID)]); err != nil {
				return err
			}
			continue
		}
		if ref.Noun != event.AnIntroduction {
			continue
		}
		n := r.state.Introductions[event.IntroductionID(ref.ID)]
		if n == nil || !n.Connected() || r.provided[n.ID] == n.GivenAt {
			continue
		}
		if err := r.provideOne(n); err != nil {
			return err
		}
		r.provided[n.ID] = n.GivenAt
	}
	return nil
}

func (r *Room) provideAll() error { return r.provide(r.state.Refs()) }

func (r *Room) provideOne(n *event.Introduction) error {
	stream := "pr." + string(n.ID)
	kept, err := r.hub.Provisions(n.ID)
	if err != nil {
		return err
	}
	if len(kept) > 0 && kept[len(kept)-1].At == n.GivenAt {
		return nil
	}
	consent, back := "link", "want"
	switch {
	case n.Own:
		consent = "self"
	case n.Attest != nil:
		consent = "attest"
	}
	if n.Behalf {
		back = "self" // R offered it
	}
	pair := []Provision{
		{1, r.id, n.Purpose.Name, n.Contact.Name, items(n.Contact), consent, n.GivenAt},
		{1, r.id, n.Contact.Name, n.Purpose.Name, items(event.Contact{
			Name: n.Purpose.Name, Kana: n.Purpose.Kana, Firm: n.Purpose.Firm, Mail: n.Purpose.Mail, Phone: n.Purpose.Phone,
		}), back, n.GivenAt},
	}
	return r.keepProvision(stream, len(kept), n.GivenAt, pair)
}

// providePair keeps the record of two absent people who got each other's name
// and contact, each by their own hand.
func (r *Room) providePair(p *event.Pair) error {
	if p == nil || p.Step != event.PairConnected || r.providedPairs[p.ID] == p.GivenAt {
		return nil
	}
	kept, err := r.hub.PairProvisions(p.ID)
	if err != nil {
		return err
	}
	if len(kept) == 0 || kept[len(kept)-1].At != p.GivenAt {
		x, y := p.Sides[0].Contact, p.Sides[1].Contact
		if err := r.keepProvision("pr."+string(p.ID), len(kept), p.GivenAt, []Provision{
			{1, r.id, y.Name, x.Name, items(x), "link", p.GivenAt},
			{1, r.id, x.Name, y.Name, items(y), "link", p.GivenAt},
		}); err != nil {
			return err
		}
	}
	r.providedPairs[p.ID] = p.GivenAt
	return nil
}

// keepProvision appends both directions to what is kept.
func (r *Room) keepProvision(stream string, kept int, at event.At, pair []Provision) error {
	sealed, err := r.hub.keys.Seal(r.hub.ctx, stream, "provision", encode(pair))
	if err != nil {
		return err
	}
	err = r.hub.store.Append(r.hub.ctx, store.Record{
		Stream: stream, Seq: int64(kept/2) + 1, By: r.hub.token(), At: time.UnixMilli(int64(at)).UTC(), Body: encode(provisions{1, sealed}),
	})
	if errors.Is(err, store.ErrTaken) {
		return nil // another node made it
	}
	return err
}

// Provisions reads the records of one introduction: two of the connection, one
// for each direction, and two more for each correction.
func (h *Hub) Provisions(id event.IntroductionID) (all []Provision, err error) {
	return h.readProvisions("pr." + string(id))
}

// PairProvisions reads those of a pair.
func (h *Hub) PairProvisions(id event.PairID) ([]Provision, error) {
	return h.readProvisions("pr." + string(id))
}

func (h *Hub) readProvisions(stream string) (all []Provision, err error) {
	err = h.store.Read(h.ctx, stream, 0, func(rec store.Record) error {
		var p provisions
		if err := json.Unmarshal(rec.Body, &p); err != nil {
			return err
		}
		plain, err := h.keys.Open(h.ctx, stream, "provision", p.Sealed)
		if err != nil {
			return err
		}
		var pair []Provision
		if err := json.Unmarshal(plain, &pair); err != nil {
			return err
		}
		all = append(all, pair...)
		return nil
	})
	return all, err
}
