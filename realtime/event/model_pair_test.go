package event_test

import (
	"cmp"
	"slices"

	"goen/realtime/event"
	"goen/realtime/trade"
)

// The pair in the model: written from product.md 6.4, as model_test.go is.

type mPair struct {
	step  string // suggested, agreed, asking, connected, ended, revoked or over
	due   event.At
	table int
	done  bool
	sides [2]mSide
}

type mSide struct {
	owner     string
	entry     event.EntryID
	group     string // of the other side, on this owner's card
	out       bool
	said, yes bool
	portrait  event.Portrait
	link      event.LinkID
	secret    string
	left      bool
	given, no bool
	block     bool
	private   event.LinkID
	contact   event.Contact
	idle      map[event.LinkID]bool // taken back
}

// mLeg is one side of a pair.
type mLeg struct {
	pair event.PairID
	side int
}

func (p *mPair) sideOf(who string) int {
	return slices.IndexFunc(p.sides[:], func(x mSide) bool { return x.owner == who })
}

func (p *mPair) open() bool { return p.step == "agreed" || p.step == "asking" }

func (p *mPair) empty() {
	for i := range p.sides {
		p.sides[i].contact = event.Contact{}
	}
}

// asks: the acquaintance of an entry is being asked, in a pair or otherwise.
func (m *model) asks(e event.EntryID) bool {
	for _, p := range m.pair {
		for _, x := range p.sides {
			if x.entry == e && x.link != "" && (p.step == "asking" || p.step == "ended" && !p.done) {
				return true
			}
		}
	}
	for _, n := range m.intro {
		if n.entry == e && !n.behalf && !n.own && (n.step == "asking" || n.blockLater || n.step == "ended" && n.due > m.now && !n.tell) {
			return true
		}
	}
	return false
}

// stands: an owner's yes may still bring something.
func (m *model) stands(x mSide) bool {
	e := m.entry[x.entry]
	return x.yes && !x.out && !e.gone && !e.blocked && e.reach == event.Nameless && m.present(x.owner) && !m.asks(x.entry) && !m.shuns(x.entry)
}

// shuns: the acquaintance wants no more links.
func (m *model) shuns(e event.EntryID) bool {
	for _, n := range m.intro {
		if n.entry == e && !n.behalf && n.step == "ended" && n.block {
			return true
		}
	}
	for _, p := range m.pair {
		for _, x := range p.sides {
			if x.entry == e && p.step == "ended" && x.block {
				return true
			}
		}
	}
	return false
}

// withdraw: the owner's own card goes with the entry that it was made of.
func (m *model) withdraw(e event.EntryID) {
	for _, p := range m.pair {
		for i := range p.sides {
			if p.step == "suggested" && p.sides[i].entry == e {
				p.sides[i].out = true
			}
		}
	}
}

func (m *model) dealOut() {
	for _, p := range m.pair {
		if p.step == "suggested" {
			p.step = "over"
		}
	}
}

func (m *model) outOfPairs(who string) {
	for _, p := range m.pair {
		if p.sideOf(who) >= 0 && p.open() {
			m.endPair(p)
		}
	}
}

func (m *model) endPair(p *mPair) {
	p.step = "ended"
	p.empty()
	if p.done = p.due <= m.now; p.done {
		for _, x := range p.sides {
			if x.block {
				m.entry[x.entry].blocked = true
			}
		}
	}
}

func (m *model) erasePairs(who string) {
	for _, p := range m.pair {
		if i := p.sideOf(who); i >= 0 {
			p.sides[i].out, p.sides[i].portrait, p.sides[i].secret = true, event.Portrait{}, ""
		}
	}
}

// duePairs is what the timer does.
func (m *model) duePairs() {
	for _, p := range m.pair {
		if p.due != 0 && p.due <= m.now && (p.step == "asking" || p.step == "ended" && !p.done) {
			m.endPair(p)
		}
	}
}

// notePair follows an acknowledged ask. It tells whether it was about a pair.
func (m *model) notePair(s *event.State, a event.Ask) bool {
	me := a.By.ID
	leg, via := m.pairLink[event.LinkID(me)]
	p := m.pair[leg.pair]
	switch c := a.Do.(type) {
	case event.PairsMake:
		for id, made := range s.Pairs {
			if m.pair[id] != nil {
				continue
			}
			p := &mPair{step: "suggested"}
			for i, x := range made.Sides {
				t, _ := trade.Find(trade.ID(m.entry[made.Sides[1-i].Entry].words.Trade))
				p.sides[i] = mSide{owner: string(x.Owner), entry: x.Entry, group: t.Group}
			}
			m.pair[id] = p
		}
	case event.PairAnswer:
		p := m.pair[c.Pair]
		i := p.sideOf(me)
		x := &p.sides[i]
		x.said, x.yes, x.portrait = true, c.Yes, event.Portrait{}
		if c.Yes {
			w := m.entry[x.entry].words
			x.portrait = event.Portrait{Trade: w.Trade, Area: w.Area, Size: w.Size, Closeness: w.Closeness}
			if c.Words {
				x.portrait.Offers, x.portrait.Seeks = w.Offers, w.Seeks
			}
		}
		if m.stands(*x) && m.stands(p.sides[1-i]) {
			p.step, p.table = "agreed", s.Pairs[c.Pair].Table
		}
	case event.PairAsk:
		p := m.pair[c.Pair]
		x := &p.sides[p.sideOf(me)]
		p.step, p.due = "asking", cmp.Or(p.due, s.Pairs[c.Pair].Due)
		x.secret = a.ID(1)
		x.link = event.LinkOf(x.secret)
		m.pairLink[x.link] = mLeg{c.Pair, p.sideOf(me)}
		if e := m.entry[x.entry]; !e.gone && e.reach == event.OnBoard {
			e.reach, e.told = event.Nameless, false
		}
	case event.PairLeave:
		p := m.pair[c.Pair]
		p.sides[p.sideOf(me)].left = true
		if p.step == "agreed" {
			p.step = "ended"
		}
		p.empty()
	case event.ConsentGive:
		if !via {
			return false
		}
		x, other := &p.sides[leg.side], p.sides[1-leg.side]
		if _, twice := m.pairLink[c.Private]; twice || p.step != "asking" {
			return true
		}
		if s.PairLinks[c.Private] != s.PairLinks[event.LinkID(me)] {
			return true // too many came after the answer
		}
		m.pairLink[c.Private] = leg
		if x.no || x.given {
			if x.idle == nil {
				x.idle = map[event.LinkID]bool{}
			}
			x.idle[c.Private] = false
			return true
		}
		x.given, x.private = true, c.Private
		if other.no || other.left {
			return true
		}
		if x.contact = c.Contact; other.given {
			p.step = "connected"
		}
	case event.ConsentCorrect:
		if !via {
			return false
		}
		p.sides[leg.side].contact = c.Contact
	case event.ConsentDecline:
		if !via {
			return false
		}
		if _, idle := p.sides[leg.side].idle[event.LinkID(me)]; idle {
			p.sides[leg.side].idle[event.LinkID(me)] = true
		}
		m.refuse(p, leg.side, c.Block)
	case event.ConsentRevoke:
		if !via {
			return false
		}
		if _, idle := p.sides[leg.side].idle[event.LinkID(me)]; idle {
			p.sides[leg.side].idle[event.LinkID(me)] = p.step == "asking" || p.sides[leg.side].idle[event.LinkID(me)]
		} else if p.step == "connected" {
			p.step = "revoked"
			p.empty()
		}
		m.refuse(p, leg.side, false)
	default:
		return false
	}
	return true
}

func (m *model) refuse(p *mPair, side int, block bool) {
	if x := &p.sides[side]; p.step == "asking" && !x.no {
		x.no, x.block = true, block
		p.empty()
	}
}

func portraitWords(p event.Portrait) []string {
	return []string{is("trade", p.Trade), is("size", p.Size), is("closeness", p.Closeness), p.Area, p.Offers, p.Seeks}
}

// putPair is the table of 6.4, row by row.
func (m *model) putPair(out sheet, pid event.PairID, p *mPair) {
	for i, x := range p.sides {
		other, in := p.sides[1-i], mine(x.owner)
		step := p.step
		if x.left {
			step = "ended"
		}
		switch {
		case p.step == "over" || p.step == "suggested" && (x.out || x.said && !x.yes || !m.present(x.owner)):
		case p.step == "suggested":
			out.put(in, id(pid), id(x.entry), is("step", step), is("group", x.group), mark("yes", x.yes))
		default:
			out.put(in, id(pid), id(x.entry), is("step", step), id(other.owner), mark("left", x.left), number("table", p.table))
		}
		if (p.open() || p.step == "connected") && !x.left {
			out.put(in, append(portraitWords(x.portrait), portraitWords(other.portrait)...)...)
		}
		if p.open() && !x.left {
			out.put(in, id(x.secret), mark("sent", other.link != ""))
		}
		if p.step == "connected" {
			out.put(in, x.contact.Name, other.contact.Name)
		}
		from, with := m.card[x.owner], m.card[other.owner]
		page, own := event.Stream{Name: event.Consent, ID: string(x.link)}, event.Stream{Name: event.Consent, ID: string(x.private)}
		if x.link != "" {
			state := map[string]string{"asking": "open", "connected": "given", "revoked": "revoked"}[p.step]
			if state == "" || x.left {
				state = "over"
			}
			out.put(page, id(pid), is("state", state))
			if state == "open" {
				out.put(page, m.setting.Title, from.Name, from.Firm, from.Photo, with.Name, with.Firm, with.Photo)
				out.put(page, append(portraitWords(x.portrait), portraitWords(other.portrait)...)...)
			}
		}
		for l, back := range x.idle {
			in, state := event.Stream{Name: event.Consent, ID: string(l)}, "over"
			switch {
			case back:
				state = "withdrawn"
			case p.step == "asking" && !x.left:
				state = "kept"
				out.put(in, m.setting.Title, from.Name, with.Name)
			}
			out.put(in, id(pid), is("state", state))
		}
		if x.private != "" {
			state := map[string]string{"asking": "kept", "connected": "given", "revoked": "revoked"}[p.step]
			switch {
			case state == "revoked":
			case x.no:
				state = "withdrawn"
			case state == "" || x.left:
				state = "over"
			}
			out.put(own, id(pid), is("state", state))
			if state == "kept" || state == "given" {
				out.put(own, m.setting.Title, from.Name, with.Name)
			}
			if state == "given" {
				out.put(own, append(contactWords(x.contact), contactWords(other.contact)...)...)
			}
		}
	}
	if p.table != 0 {
		out.put(desk, id(pid), id(p.sides[0].owner), id(p.sides[1].owner), number("table", p.table))
		out.put(desk, is("aTrade", p.sides[0].portrait.Trade), is("bTrade", p.sides[1].portrait.Trade))
	}
}

// couples are the pairs as the desk counts them.
func (m *model) couples() (agreed, connected int) {
	for _, p := range m.pair {
		if p.table != 0 {
			agreed++
		}
		if p.step == "connected" {
			connected++
		}
	}
	return agreed, connected
}
