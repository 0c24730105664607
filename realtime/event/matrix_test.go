package event_test

import (
	"fmt"
	"regexp"
	"sync"

	"goen/realtime/event"
)

// The written matrix (product.md 6.5, with the columns of 6.3) once more, as
// the set of words that must stand in each stream: no less and no more.

// canary is a word that somebody said. It occurs once in a run.
var canary = regexp.MustCompile(`~[a-z]+[0-9]+~|\+09[0-9]{9}|'k[a-j]+'|\b[0-9a-f]{64}\b`)

// token is everything that the matrix speaks of: canaries, ids and secrets
// (22 characters between quotes), whole bars and rounds, and marks such as
// "step":"asking".
var token = regexp.MustCompile(canary.String() + `|\{"group":"[^"]+"(?:,"trade":"[^"]+")?,(?:"supply":[0-9]+,"demand"|"until"):[0-9]+\}|"[A-Za-z0-9_-]{22}"|"(?:` +
	`trade|size|closeness|embeds|step|state|standing|doors|phase|status|reach|attest|how|outcome|` +
	`group|aTrade|bTrade|yes|sent|hidden|closed|out|declined|passed|left|own|pitch|blocked|host|newsOK|toRoom|onScreen|` +
	`approval|over|held|pinned|behalf|refers|direct|public|shown|called|back)":(?:true|"[^"]+")|"words":true|"(?:on|metOn|met|connected|calledAt|table|pairs|couples)":[0-9]+`)

// hears is who may listen to which streams.
func (m *model) hears(w event.Who) []event.Stream {
	me := event.Stream{Name: event.Me, ID: w.ID}
	room, desk := event.Stream{Name: event.Room}, event.Stream{Name: event.Desk}
	switch {
	case w.Kind == event.Screen:
		return []event.Stream{{Name: event.Wall}}
	case w.Kind == event.Absent && (m.intro[m.link[event.LinkID(w.ID)]] != nil || m.pair[m.pairLink[event.LinkID(w.ID)].pair] != nil):
		return []event.Stream{{Name: event.Consent, ID: w.ID}}
	case m.standing[w.ID] == event.InLobby:
		return []event.Stream{me}
	case m.standing[w.ID] == event.Present && w == person(0):
		return []event.Stream{room, me, desk}
	case m.standing[w.ID] == event.Present:
		return []event.Stream{room, me}
	}
	return nil
}

// sheet collects what must stand where.
type sheet map[event.Stream]map[string]bool

func (sh sheet) put(in event.Stream, words ...string) {
	if sh[in] == nil {
		sh[in] = map[string]bool{}
	}
	for _, w := range words {
		found, known := tokens.Load(w)
		if !known {
			found = token.FindAllString(w, -1)
			tokens.Store(w, found)
		}
		for _, f := range found.([]string) {
			sh[in][f] = true
		}
	}
}

// tokens remembers what was found: the sheet is written after every command.
var tokens sync.Map // string -> []string

func id[T ~string](s T) string             { return `"` + string(s) + `"` }
func is[T ~string](key string, v T) string { return `"` + key + `":"` + string(v) + `"` }

func mark(key string, on bool) string {
	if on {
		return `"` + key + `":true`
	}
	return ""
}

func aboutWords(a event.About) []string {
	return []string{is("trade", a.Trade), is("size", a.Size), is("closeness", a.Closeness), a.Area, a.Offers, a.Seeks, a.Line}
}

func contactWords(c event.Contact) []string {
	return []string{c.Name, c.Kana, c.Firm, c.Mail, c.Phone}
}

func needWords(w event.NeedWords) []string {
	words := []string{w.Who, w.Area, w.Why, w.Until, is("trade", w.Trade)}
	if b := w.Behalf; b != nil {
		words = append(words, is("trade", b.Trade), b.Area, is("size", b.Size))
	}
	return words
}

func number[T ~int | ~int64](key string, n T) string { return fmt.Sprintf(`"%s":%d`, key, n) }

// attestWords are the same for I and R.
func attestWords(a *event.Attestation) []string {
	if a == nil {
		return nil
	}
	return []string{is("how", a.How), number("on", a.On)}
}

// reportWords, too.
func reportWords(r event.Report) []string {
	words := []string{is("outcome", r.Outcome), r.Thanks, mark("public", r.Public), mark("shown", r.Shown)}
	if r.MetOn != 0 {
		words = append(words, number("metOn", r.MetOn))
	}
	return words
}

var (
	room = event.Stream{Name: event.Room}
	desk = event.Stream{Name: event.Desk}
	wall = event.Stream{Name: event.Wall}
)

func mine(p string) event.Stream { return event.Stream{Name: event.Me, ID: p} }

func (m *model) present(p string) bool { return m.standing[p] == event.Present }

// words is the whole sheet as it must be now.
func (m *model) words() sheet {
	out := sheet{}
	t, status := m.setting, event.Open
	if m.closed {
		status = event.Closed
	}
	out.put(room, t.Title, t.Place, t.Note, is("phase", m.phase), is("status", status), is("attest", m.attest), mark("approval", m.approval), is("embeds", m.embeds))
	for _, b := range m.bars() {
		out.put(desk, b)
		out.put(wall, b)
	}
	if r := m.round; r != nil {
		out.put(room, wordsOf(r))
		out.put(wall, wordsOf(r))
	}
	connected, met := m.counts()
	out.put(desk, number("connected", connected), number("met", met))
	out.put(wall, number("connected", connected), number("met", met))
	pairs, couples := m.couples()
	out.put(desk, number("pairs", pairs), number("couples", couples))
	out.put(wall, number("pairs", pairs))
	for pid, p := range m.pair {
		m.putPair(out, pid, p)
	}
	for a, text := range m.notice {
		out.put(room, id(a), text)
		out.put(wall, id(a), text)
	}
	out.put(desk, m.code, id(m.secret), is("doors", m.doors))
	out.put(wall, t.Title, m.code, id(m.secret), is("doors", m.doors), is("phase", m.phase), is("status", status))
	for p, c := range m.card {
		m.putCard(out, p, c)
	}
	for e, w := range m.entry {
		if !w.gone {
			in := mine(w.owner)
			out.put(in, id(e), is("reach", w.reach), mark("words", w.told), is("trade", w.words.Trade), is("size", w.words.Size), is("closeness", w.words.Closeness))
			out.put(in, w.words.Area, w.words.Offers, w.words.Seeks, w.words.Label, w.words.Note)
		}
		if !w.gone && w.reach == event.OnBoard && m.present(w.owner) {
			out.put(room, id(w.board), id(w.owner), is("trade", w.words.Trade), w.words.Area, is("size", w.words.Size), is("closeness", w.words.Closeness))
			if w.told {
				out.put(room, w.words.Offers)
			}
		}
	}
	for nid, n := range m.need {
		acts := []string{mark("hidden", n.hidden), mark("held", n.held), mark("pinned", n.pinned), mark("closed", n.closed)} // of the hosts
		out.put(mine(n.by), append(needWords(n.words), id(nid))...)
		out.put(mine(n.by), acts...)
		out.put(desk, append(needWords(n.words), id(nid), id(n.by), mark("out", !m.present(n.by)))...)
		out.put(desk, acts...)
		for _, c := range n.calls { // whether there was anybody or not
			out.put(mine(n.by), id(c.By))
		}
		if last := len(n.calls) - 1; last >= 0 {
			out.put(desk, number("calledAt", n.calls[last].At))
		}
		if !n.hidden && !n.held && m.present(n.by) {
			out.put(room, append(needWords(n.words), id(nid), id(n.by), mark("closed", n.closed), mark("pinned", n.pinned))...)
			if !n.closed {
				out.put(wall, append(needWords(n.words), id(nid), mark("pinned", n.pinned))...)
			}
		}
	}
	for pid, p := range m.plea {
		n := m.need[p.need]
		for _, who := range []string{n.by, p.by} {
			out.put(mine(who), id(pid), id(p.need), id(p.board), id(p.owner), id(p.by), mark("over", p.over))
		}
		if !p.passed && !p.over && !m.entry[p.entry].gone && !n.hidden && !n.held && !n.closed && m.present(n.by) {
			out.put(mine(p.owner), id(pid), id(p.need), id(p.entry), id(p.by))
		}
	}
	for hid, h := range m.hint {
		n, e, served := m.need[h.need], m.entry[h.entry], h.card
		if h.done || h.forgotten || e != nil && e.gone || h.card != "" && !m.present(h.card) {
			continue
		}
		if h.need != "" {
			if n == nil || n.hidden || n.held || n.closed || !m.present(n.by) {
				continue
			}
			served = n.by
		}
		out.put(mine(h.owner), id(hid), id(h.need), id(h.entry), id(h.card), mark("called", h.called), mark("back", m.from[h.owner][served] > 0))
		for _, why := range h.why {
			out.put(mine(h.owner), why.Words)
		}
	}
	for nid, n := range m.intro {
		m.putIntro(out, nid, n)
	}
	return out
}

// putCard: everybody inside sees the face card, the desk the mail too, the
// screen a name that was ticked.
func (m *model) putCard(out sheet, p string, c event.Card) {
	if m.standing[p] == event.WasErased {
		return
	}
	who := []string{id(p), c.Name, c.Kana, c.Firm, is("trade", c.Trade), mark("host", p == person(0).ID)}
	face := append([]string{c.Line, c.Homepage, c.Photo, c.Offers, c.Seeks, mark("newsOK", c.NewsOK)}, c.Topics...)
	out.put(mine(p), m.setting.Title, c.Mail, c.Phone, mark("toRoom", c.ToRoom), mark("onScreen", c.OnScreen), is("standing", m.standing[p]), is("embeds", m.agreed[p]))
	out.put(mine(p), who...)
	out.put(mine(p), face...)
	out.put(desk, who...)
	out.put(desk, c.Mail, is("standing", m.standing[p]))
	if m.present(p) {
		out.put(room, who...)
		out.put(room, face...)
		if c.ToRoom {
			out.put(room, c.Mail, c.Phone)
		}
		if c.OnScreen {
			out.put(wall, id(p), c.Name)
		}
	}
}

// putIntro is the table of 6.3, row by row.
func (m *model) putIntro(out sheet, nid event.IntroductionID, n *mIntro) {
	r, i := mine(n.r), mine(n.i)
	out.put(r, id(nid), id(n.need), id(n.i), is("step", n.step), mark("own", n.own), mark("behalf", n.behalf), mark("left", n.left == n.r))
	out.put(i, id(nid), id(n.need), id(n.entry), id(n.r), is("step", n.step), mark("own", n.own), mark("behalf", n.behalf), mark("left", n.left == n.i))
	out.put(i, mark("passed", n.left == n.r), mark("declined", n.tell))
	out.put(desk, id(nid), id(n.i), id(n.r), is("step", n.step), mark("own", n.own), mark("behalf", n.behalf), mark("refers", n.need == ""), is("trade", n.about.Trade))
	page, keepsake := event.Stream{Name: event.Consent, ID: string(n.link)}, event.Stream{Name: event.Consent, ID: string(n.private)}
	state := "over"
	p := n.purpose
	asker := []string{p.Name, p.Firm, p.Line, mark("pitch", p.Pitch)}
	switch n.step {
	case "offered":
		out.put(r, aboutWords(n.about)...)
		out.put(i, aboutWords(n.about)...)
		out.put(desk, aboutWords(n.about)...)
		if n.behalf { // R has said to whom they write, and I reads it before the yes
			out.put(r, p.Line)
			out.put(i, asker...)
		}
	case "wanted":
		out.put(r, append(aboutWords(n.about), p.Line)...)
		out.put(i, append(aboutWords(n.about), asker...)...)
		out.put(desk, aboutWords(n.about)...)
	case "asking":
		state = "open"
		out.put(r, append(aboutWords(n.about), p.Line)...)
		out.put(i, append(aboutWords(n.about), asker...)...)
		out.put(i, id(n.secret), mark("direct", n.direct))
		if n.link == "" {
			break // nobody but I knows that there is none
		}
		from := m.card[n.i]
		out.put(page, m.setting.Title, from.Name, from.Firm, from.Photo, is("trade", n.about.Trade))
		out.put(page, asker...)
		if n.behalf {
			out.put(page, mark("behalf", true))
			out.put(page, needWords(m.need[n.need].words)...)
		}
		if n.need == "" { // what I told R that they need
			out.put(page, mark("behalf", true), n.about.Seeks)
		}
	case "connected", "met", "closed":
		state = "given"
		out.put(r, append(aboutWords(n.about), p.Line)...)
		out.put(r, contactWords(n.contact)...)
		out.put(i, aboutWords(n.about)...)
		theirs := []string{p.Name, p.Kana, p.Firm, p.Mail, p.Phone}
		if n.own {
			out.put(i, theirs...)
		} else {
			out.put(i, n.contact.Name)
		}
		out.put(r, append(reportWords(n.report), attestWords(n.attest)...)...)
		out.put(i, append(reportWords(n.report), attestWords(n.attest)...)...)
		if n.attest != nil {
			out.put(i, id(n.secret), mark("direct", true))
		}
		if n.report.Thanks != "" && n.report.Public && n.report.Shown && m.present(n.i) && m.present(n.r) {
			out.put(wall, id(nid), n.report.Thanks)
		}
		if n.private != "" {
			out.put(keepsake, append(theirs, m.setting.Title, m.card[n.i].Name, p.Line)...)
			out.put(keepsake, contactWords(n.contact)...)
		}
	case "revoked":
		state = "revoked"
	}
	if n.link != "" {
		out.put(page, id(nid), is("state", state))
	}
	if n.private != "" {
		if state != "given" {
			state = "revoked"
		}
		out.put(keepsake, id(nid), is("state", state))
	}
}
