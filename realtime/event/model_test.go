package event_test

import (
	"fmt"

	"goen/realtime/event"
	"goen/realtime/trade"
)

// model follows what people were told was done, with rules of its own: it is
// written from product.md 6.3 and 6.5 and never asks See, Hears or the state
// what may be seen. matrix_test.go says from it which word may stand where.
type model struct {
	standing map[string]event.Standing // by person
	card     map[string]event.Card
	need     map[event.NeedID]*mNeed
	entry    map[event.EntryID]*mEntry
	intro    map[event.IntroductionID]*mIntro
	link     map[event.LinkID]event.IntroductionID
	hint     map[event.SuggestionID]*mHint
	given    map[string]int
	received map[string]int
	from     map[string]map[string]int // received, of whom
	notice   map[event.AnnouncementID]string
	plea     map[event.PleaID]*mPlea
	pair     map[event.PairID]*mPair
	pairLink map[event.LinkID]mLeg
	now      event.At // of the last ask
	round    *event.Round
	attest   event.Attest
	approval bool
	embeds   string            // where texts go
	agreed   map[string]string // by person
	setting  event.Setting
	doors    event.Doors
	phase    event.Phase
	closed   bool
	code     string
	secret   string
}

type mNeed struct {
	by             string
	words          event.NeedWords
	hidden, closed bool
	held, pinned   bool
	blocked        bool
	calls          []event.Call
	untold         bool
}

type mEntry struct {
	owner   string
	words   event.EntryWords
	blocked bool
	gone    bool
	reach   event.Reach
	told    bool // on the board: with what this person can do
	board   event.BoardID
}

type mPlea struct {
	need         event.NeedID
	entry        event.EntryID
	board        event.BoardID
	owner, by    string
	due          event.At
	passed, over bool
}

type mHint struct {
	owner string
	need  event.NeedID
	entry event.EntryID
	card  string
	why   []event.Reason
	rests string
	done  bool

	called    bool
	forgotten bool // other words stand there now
}

func (h *mHint) forget(which bool) {
	if which && !h.done {
		h.done, h.forgotten = true, true
	}
}

type mIntro struct {
	need    event.NeedID
	entry   event.EntryID
	own     bool
	behalf  bool
	i, r    string
	step    string
	about   event.About
	purpose event.Purpose
	contact event.Contact
	link    event.LinkID
	secret  string
	private event.LinkID
	due     event.At
	left    string // who left
	direct  bool
	attest  *event.Attestation
	report  event.Report

	declined, tell, block bool
	blockLater            bool // it ended before the due date, and the block waits for it
}

func newModel() model {
	return model{
		standing: map[string]event.Standing{}, card: map[string]event.Card{},
		need: map[event.NeedID]*mNeed{}, entry: map[event.EntryID]*mEntry{}, intro: map[event.IntroductionID]*mIntro{},
		link: map[event.LinkID]event.IntroductionID{}, hint: map[event.SuggestionID]*mHint{}, agreed: map[string]string{},
		given: map[string]int{}, received: map[string]int{}, from: map[string]map[string]int{}, notice: map[event.AnnouncementID]string{}, pair: map[event.PairID]*mPair{}, pairLink: map[event.LinkID]mLeg{}, plea: map[event.PleaID]*mPlea{}, attest: event.AttestOff,
	}
}

func (n *mIntro) connected() bool {
	return n.step == "connected" || n.step == "met" || n.step == "closed"
}

func (n *mIntro) revoke() {
	n.step, n.contact, n.purpose, n.report = "revoked", event.Contact{}, event.Purpose{}, event.Report{}
}

// counts are the introductions as the desk and the screen count them.
func (m *model) counts() (connected, met int) {
	for _, n := range m.intro {
		if n.connected() {
			connected++
			if n.report.MetOn != 0 {
				met++
			}
		}
	}
	return connected, met
}

// bars are what stands on the desk and the screen: of every trade and every
// group who is here, and what is asked for in the room.
func (m *model) bars() []string {
	supply, demand := map[[2]string]int{}, map[[2]string]int{}
	add := func(to map[[2]string]int, id string) {
		if t, ok := trade.Find(trade.ID(id)); ok {
			to[[2]string{t.Group, id}]++
			to[[2]string{t.Group, ""}]++
		}
	}
	for p, c := range m.card {
		if m.present(p) {
			add(supply, c.Trade)
		}
	}
	for _, n := range m.need {
		if !n.hidden && !n.held && !n.closed && m.present(n.by) {
			add(demand, n.words.Trade)
		}
	}
	var bars []string
	for _, g := range trade.Groups() {
		ids := []string{""}
		for _, t := range trade.All() {
			ids = append(ids, string(t.ID))
		}
		for _, id := range ids {
			of := [2]string{g.ID, id}
			if supply[of]+demand[of] == 0 {
				continue
			}
			also := ""
			if id != "" {
				also = "," + is("trade", id)
			}
			bars = append(bars, fmt.Sprintf(`{"group":%q%s,"supply":%d,"demand":%d}`, g.ID, also, supply[of], demand[of]))
		}
	}
	return bars
}

// block closes the entry, or the need that was on behalf.
func (m *model) block(n *mIntro) {
	if need := m.need[n.need]; n.behalf && need != nil {
		need.blocked = true
	} else if !n.behalf {
		m.entry[n.entry].blocked = true
	}
}

// end ends what was open. An acquaintance who wants no more links from this
// owner closes the entry at the due date, or at once if they may be told.
func (m *model) end(n *mIntro, now event.At, who string) {
	if n.step != "offered" && n.step != "wanted" && n.step != "asking" {
		return
	}
	n.step, n.left, n.contact = "ended", who, event.Contact{}
	if n.block {
		if n.blockLater = now < n.due && !n.tell; !n.blockLater {
			m.block(n)
		}
	}
}

// tell notes whom the machine told of a call: one request for each owner and
// need. What has been put away stays away.
func (m *model) tell(s *event.State, a event.Ask, c event.CallTell) {
	n := m.need[c.Need]
	if n == nil || !n.untold {
		return
	}
	n.untold = false
	asked := map[string]bool{}
	for _, h := range m.hint {
		if h.need == c.Need && h.called && !h.forgotten {
			asked[h.owner] = true
		}
	}
	for i, hit := range c.Hits {
		if e := m.entry[hit.Entry]; e == nil || asked[e.owner] || !m.fits(c.Need, hit.Entry) {
			continue
		} else if h := m.hinted(c.Need, hit.Entry); h == nil {
			id := event.SuggestionID(a.ID(i))
			m.hint[id] = &mHint{owner: e.owner, need: c.Need, entry: hit.Entry, why: hit.Why, called: true}
			asked[e.owner] = true
		} else if !h.done {
			h.called, asked[e.owner] = true, true
		}
	}
}

// hinted is what the machine has said of that pair, of its words as they are.
func (m *model) hinted(need event.NeedID, entry event.EntryID) *mHint {
	for _, h := range m.hint {
		if h.need == need && h.entry == entry && h.card == "" && !h.forgotten {
			return h
		}
	}
	return nil
}

// fits: the machine may speak of that pair.
func (m *model) fits(need event.NeedID, entry event.EntryID) bool {
	n, e, offers := m.need[need], m.entry[entry], 0
	for _, x := range m.intro {
		if x.need == need {
			offers++
			if !x.behalf && !x.own && x.entry == entry {
				return false
			}
		}
	}
	return !n.hidden && !n.held && !n.closed && n.words.Behalf == nil && m.present(n.by) && offers < 3 &&
		!e.gone && !e.blocked && e.owner != n.by && m.present(e.owner)
}

func (m *model) out(whom string, now event.At) {
	for _, n := range m.intro {
		if n.i == whom || n.r == whom {
			m.end(n, now, "")
		}
	}
	m.outOfPairs(whom)
}

func (m *model) erase(whom string) {
	m.erasePairs(whom)
	m.standing[whom], m.card[whom] = event.WasErased, event.Card{}
	delete(m.agreed, whom)
	for _, n := range m.intro {
		if n.i == whom {
			n.about, n.secret = event.About{}, ""
			if n.own {
				n.contact = event.Contact{}
			}
		}
		if n.r == whom {
			n.purpose, n.report.Thanks = event.Purpose{}, ""
		}
	}
	for id, p := range m.plea {
		if p.owner == whom || p.by == whom || m.need[p.need].by == whom {
			delete(m.plea, id)
		}
	}
	for id, n := range m.need {
		if n.by == whom {
			delete(m.need, id)
		}
	}
	for _, e := range m.entry {
		if e.owner == whom {
			e.gone = true
		}
	}
	for _, h := range m.hint {
		h.forgotten = h.forgotten || h.owner == whom || h.card == whom
	}
}

// credit is what R's yes, or I's to one who offered themself, does to the ledger.
func (m *model) credit(n *mIntro) {
	m.given[n.i]++
	m.received[n.r]++
	if m.from[n.r] == nil {
		m.from[n.r] = map[string]int{}
	}
	m.from[n.r][n.i]++
}

// answered: an offer of the owner ends what they were asked for that need.
func (m *model) answered(need event.NeedID, owner string) {
	for id, p := range m.plea {
		if p.need == need && p.owner == owner && !p.over {
			delete(m.plea, id)
		}
	}
}

// acted: who does what was suggested is not told of it any more.
func (m *model) acted(who string, need event.NeedID, entry event.EntryID, card string) {
	for _, h := range m.hint {
		h.done = h.done || h.owner == who && h.need == need && h.entry == entry && h.card == card
	}
}

// purpose is what R gives, taken from the card as it is now.
func (m *model) purpose(who string, c event.OfferWant) event.Purpose {
	card := m.card[who]
	p := event.Purpose{Line: c.Line, Pitch: c.Pitch, Name: card.Name, Kana: card.Kana, Firm: card.Firm}
	p.Mail, p.Phone = ticked(card, c.Give)
	return p
}

func ticked(c event.Card, give []string) (mail, phone string) {
	for _, g := range give {
		if g == "mail" {
			mail = c.Mail
		} else {
			phone = c.Phone
		}
	}
	return mail, phone
}

// note follows an acknowledged ask. The state is asked only whether the
// machine found something to do.
func (m *model) note(s *event.State, a event.Ask) {
	me, id := a.By.ID, a.ID(0)
	if m.now = a.Now; m.notePair(s, a) {
		return
	}
	asked := m.intro[m.link[event.LinkID(me)]]
	switch c := a.Do.(type) {
	case event.EventOpen:
		m.standing[me], m.card[me] = event.Present, c.Card
		m.setting, m.doors, m.phase, m.code, m.secret = c.Setting, c.Doors, event.PhaseReception, c.Code, a.ID(1)
	case event.DoorsRenew:
		m.code, m.secret = c.Code, a.ID(1)
	case event.DoorsSet:
		m.doors = c.Doors
	case event.PhaseSet:
		if m.phase != c.Phase {
			m.phase, m.round = c.Phase, nil
			m.dealOut()
		}
	case event.RoundStart:
		group := c.Group
		if t, ok := trade.Find(trade.ID(c.Trade)); ok {
			group = t.Group
		}
		if r := m.round; r == nil || r.Group != group || r.Trade != c.Trade { // one that goes on is not made longer
			m.round = &event.Round{Group: group, Trade: c.Trade, Until: a.Now + 10*60_000}
		}
	case event.RoundEnd:
		m.round = nil
	case event.EventClose:
		m.closed, m.round = true, nil
		m.dealOut()
	case event.AttendeeJoin:
		m.standing[me], m.card[me] = event.Present, c.Card
		if c.Embeds == m.embeds {
			m.agreed[me] = c.Embeds
		}
		if m.doors == event.DoorsApprove {
			m.standing[me] = event.InLobby
		}
	case event.AttendeeAdmit:
		m.standing[string(c.Attendee)] = event.Present
	case event.CardChange:
		for _, h := range m.hint {
			h.forget(h.card == me && (m.card[me].Trade != c.Card.Trade || m.card[me].Offers != c.Card.Offers))
		}
		m.card[me] = c.Card
	case event.PhotoSet:
		card := m.card[me]
		card.Photo = c.Photo
		m.card[me] = card
	case event.AttendeeRemove:
		if m.standing[string(c.Attendee)] != event.WasRemoved && m.doors == event.DoorsOpen {
			m.doors = event.DoorsApprove
		}
		m.standing[string(c.Attendee)] = event.WasRemoved
		for _, n := range m.need {
			n.pinned = n.pinned && n.by != string(c.Attendee)
		}
		m.out(string(c.Attendee), a.Now)
	case event.AttendeeErase:
		m.out(me, a.Now)
		m.erase(me)
	case event.NeedPost:
		m.need[event.NeedID(id)] = &mNeed{by: me, words: c.NeedWords, held: m.approval && me != person(0).ID}
	case event.NeedEdit:
		n := m.need[c.Need]
		n.words, n.held = c.NeedWords, n.held || m.approval && me != person(0).ID
		n.pinned = n.pinned && !n.held
		for _, h := range m.hint {
			h.forget(h.need == c.Need)
		}
	case event.NeedClose:
		m.need[c.Need].closed, m.need[c.Need].pinned = true, false
		for _, n := range m.intro {
			if n.need == c.Need && n.step == "offered" {
				m.end(n, a.Now, "")
			}
		}
	case event.NeedHide:
		n := m.need[c.Need]
		n.hidden, n.pinned = c.Hidden, n.pinned && !c.Hidden
	case event.NeedPin:
		m.need[c.Need].pinned = c.Pinned
	case event.NeedApprove:
		m.need[c.Need].held = false
	case event.EmbeddingSet:
		if m.embeds = ""; c.On {
			m.embeds, m.agreed[me] = embedder, embedder
		}
	case event.EmbeddingAgree:
		m.agreed[me] = c.Where
	case event.ApprovalSet:
		m.approval = c.On
	case event.AttestSet:
		m.attest = c.Attest
	case event.AnnouncementMake:
		m.notice[event.AnnouncementID(id)] = c.Text
	case event.AnnouncementDrop:
		delete(m.notice, c.Announcement)
	case event.EntryAdd:
		e := &mEntry{owner: me, words: c.EntryWords, reach: event.Self}
		if m.entry[event.EntryID(id)] = e; c.Reach != "" {
			e.reach, e.told, e.board = c.Reach, c.Words, event.BoardID(a.ID(1))
		}
	case event.EntryReach:
		e := m.entry[c.Entry]
		if e.reach != event.OnBoard { // a change of what stands there is no new place
			e.board = event.BoardID(a.ID(1))
		}
		if e.reach, e.told = c.Reach, c.Words; c.Reach != event.Nameless {
			m.withdraw(c.Entry)
		}
	case event.BoardAsk:
		for eid, e := range m.entry {
			if e.board == c.Board {
				m.plea[event.PleaID(id)] = &mPlea{need: c.Need, entry: eid, board: c.Board, owner: e.owner, by: me, due: s.Pleas[event.PleaID(id)].Due}
			}
		}
	case event.PleaPass:
		m.plea[c.Plea].passed = true
	case event.EntryChange:
		m.entry[c.Entry].words = c.EntryWords
		m.withdraw(c.Entry)
		for _, h := range m.hint {
			h.forget(h.entry == c.Entry)
		}
	case event.EntryDrop:
		m.entry[c.Entry].gone = true
		m.withdraw(c.Entry)
		for _, h := range m.hint {
			h.forgotten = h.forgotten || h.entry == c.Entry
		}
	case event.SuggestionMake:
		if s.Suggestions[event.SuggestionID(id)] != nil {
			h := &mHint{need: c.Need, entry: c.Entry, card: string(c.Card), owner: string(c.Card), why: c.Why, rests: c.Rests}
			if e := m.entry[c.Entry]; e != nil {
				h.owner = e.owner
			}
			m.hint[event.SuggestionID(id)] = h
		}
	case event.SuggestionDismiss:
		h := m.hint[c.Suggestion]
		h.done = true
		for _, x := range m.hint { // what is wrong of one is wrong of all that rest on it
			if c.Wrong && h.rests != "" && x.owner == h.owner && x.entry == h.entry && (x.need == "") == (h.need == "") && x.rests == h.rests {
				x.done = true
			}
		}
	case event.CallMake:
		n := m.need[c.Need]
		n.calls, n.untold = append(n.calls, event.Call{By: event.AttendeeID(me), At: a.Now}), true
	case event.CallTell:
		m.tell(s, a, c)
	case event.OfferMake:
		m.answered(c.Need, me)
		m.acted(me, c.Need, c.Entry, "")
		w := m.entry[c.Entry].words
		n := &mIntro{need: c.Need, entry: c.Entry, i: me, r: m.need[c.Need].by, step: "offered"}
		n.about = event.About{Trade: w.Trade, Area: w.Area, Size: w.Size, Closeness: w.Closeness, Line: c.Line}
		if c.Words {
			n.about.Offers = w.Offers
		}
		m.intro[event.IntroductionID(id)] = n
	case event.OfferRefer:
		m.acted(me, "", c.Entry, string(c.To))
		w := m.entry[c.Entry].words
		n := &mIntro{entry: c.Entry, i: me, r: string(c.To), step: "offered"}
		n.about = event.About{Trade: w.Trade, Area: w.Area, Size: w.Size, Closeness: w.Closeness, Seeks: c.Seeks, Line: c.Line}
		m.intro[event.IntroductionID(id)] = n
	case event.OfferSelf:
		card := m.card[me]
		m.acted(me, c.Need, "", me)
		if b := m.need[c.Need].words.Behalf; b != nil {
			n := &mIntro{need: c.Need, behalf: true, i: m.need[c.Need].by, r: me, step: "offered"}
			n.about = event.About{Trade: b.Trade, Area: b.Area, Size: b.Size}
			n.purpose = m.purpose(me, event.OfferWant{Line: c.Line, Pitch: c.Pitch, Give: c.Give})
			m.intro[event.IntroductionID(id)] = n
			return
		}
		m.answered(c.Need, me)
		n := &mIntro{need: c.Need, own: true, i: me, r: m.need[c.Need].by, step: "offered"}
		n.about = event.About{Trade: card.Trade, Line: c.Line}
		n.contact = event.Contact{Name: card.Name, Kana: card.Kana, Firm: card.Firm}
		n.contact.Mail, n.contact.Phone = ticked(card, c.Give)
		m.intro[event.IntroductionID(id)] = n
	case event.OfferWant:
		n := m.intro[c.Introduction]
		n.step, n.purpose = "wanted", m.purpose(me, c)
		m.credit(n)
		if n.own {
			n.step = "connected"
		}
	case event.IntroductionAsk:
		n := m.intro[c.Introduction]
		n.step, n.due, n.direct = "asking", s.Introductions[c.Introduction].Due, c.Direct
		if n.behalf {
			m.credit(n)
		}
		if e := m.entry[n.entry]; !n.behalf && !e.gone && e.reach == event.OnBoard { // who is asked leaves the board
			e.reach, e.told = event.Nameless, false
		}
		if !c.Direct {
			n.secret = a.ID(1)
			n.link = event.LinkOf(n.secret)
			m.link[n.link] = c.Introduction
		}
	case event.IntroductionAttest:
		n := m.intro[c.Introduction]
		n.step, n.attest, n.secret = "connected", &event.Attestation{How: c.How, On: c.On}, a.ID(1)
		n.contact = event.Contact{Name: c.Name, Kana: c.Kana, Firm: c.Firm, Mail: c.Mail, Phone: c.Phone}
		n.link = event.LinkOf(n.secret)
		m.link[n.link] = c.Introduction
	case event.IntroductionMet:
		n := m.intro[c.Introduction]
		n.report.MetOn = c.On
		if n.step == "connected" {
			n.step = "met"
		}
	case event.IntroductionClose:
		n := m.intro[c.Introduction]
		n.step = "closed"
		n.report.Shown = n.report.Shown && c.Thanks == n.report.Thanks
		n.report.Outcome, n.report.Thanks, n.report.Public = c.Outcome, c.Thanks, c.Public && c.Thanks != ""
	case event.IntroductionThank:
		m.intro[c.Introduction].report.Shown = c.Public
	case event.ConsentGive:
		if !asked.declined && asked.step == "asking" { // not a repetition, and no answer yet
			asked.step, asked.contact, asked.private = "connected", c.Contact, c.Private
			m.link[c.Private] = m.link[event.LinkID(me)]
		}
	case event.ConsentCorrect:
		asked.contact = c.Contact
	case event.ConsentDecline:
		if !asked.declined && asked.step == "asking" {
			asked.declined, asked.tell, asked.block = true, c.Tell, c.Block
			if c.Tell {
				m.end(asked, a.Now, "")
			}
		}
	case event.ConsentRevoke:
		asked.revoke()
	case event.IntroductionRevoke:
		m.intro[c.Introduction].revoke()
	case event.IntroductionLeave:
		m.end(m.intro[c.Introduction], a.Now, me)
	case event.Tick:
		m.duePairs()
		if m.round != nil && m.round.Until <= a.Now {
			m.round = nil
		}
		for _, p := range m.plea {
			p.over = p.over || p.due <= a.Now
		}
		for _, n := range m.intro {
			if n.due == 0 || n.due > a.Now {
				continue
			}
			if n.step == "asking" {
				m.end(n, a.Now, "")
			}
			if n.blockLater {
				n.blockLater = false
				m.block(n)
			}
		}
	}
}
