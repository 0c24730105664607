package event_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"goen/realtime/event"
)

// A scene is one evening of random people. It resolves a drawn move into a
// concrete ask against one node's state, so that the same asks can be put to
// another world.
type scene struct {
	node  *node
	log   *log
	clock event.At
	made  int // asks and words so far, for ops, seeds and canaries

	needs    []event.NeedID
	entries  []event.EntryID
	hints    []event.SuggestionID
	intros   []event.IntroductionID
	links    []event.LinkID // shared and private ones
	photos   []string
	notices  []event.AnnouncementID
	boards   []event.BoardID
	pleas    []event.PleaID
	pairs    []event.PairID
	phones   []*phone
	model    model
	appended []event.Ask // everything that is in the log
	spoken   map[event.Who][]string
	done     map[string]bool // types of commands that were done
}

const people = 7

// person is one of a few; number 0 is the host. The id has the form that ids
// have on the wire, so that the words test finds it.
func person(i int) event.Who {
	return event.Who{Kind: event.Person, ID: fmt.Sprintf("p%d_%019d", i%people, 0)}
}

func by(id event.AttendeeID) event.Who { return event.Who{Kind: event.Person, ID: string(id)} }
func link(id event.LinkID) event.Who   { return event.Who{Kind: event.Absent, ID: string(id)} }

var (
	machine = event.Who{Kind: event.Machine}
	screen  = event.Who{Kind: event.Screen}
	tokyo   = zone("Asia/Tokyo")
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// embedder is the server that the operator has named.
const embedder = "vectors.example.jp"

const evening = event.At(1_800_000_000_000) // 2027-01-15 17:00 in Tokyo

func newScene() *scene {
	l := newLog()
	return &scene{
		node: openNode(l, "a"), log: l, clock: evening, model: newModel(), spoken: map[event.Who][]string{}, done: map[string]bool{},
	}
}

// ask completes a command. Seeds count up, so that runs repeat.
func (sc *scene) ask(by event.Who, do event.Command) event.Ask {
	sc.made++
	sc.clock += 1000
	a := event.Ask{By: by, Op: event.OpID(fmt.Sprintf("op%d", sc.made)), Do: do, Now: sc.clock, Zone: tokyo, Embedder: embedder}
	binary.LittleEndian.PutUint64(a.Seed[:], uint64(sc.made))
	if by.Kind == event.Machine {
		a.Op = ""
	}
	return a
}

// ---- words: each is a canary, which occurs once in a run

func (sc *scene) word(kind string) string {
	sc.made++
	return fmt.Sprintf("~%s%d~", kind, sc.made)
}

// kana has no digits: a reading may not hold any.
func (sc *scene) kana() string {
	sc.made++
	return "'k" + strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(sc.made)) + "'"
}

func (sc *scene) number() string {
	sc.made++
	return fmt.Sprintf("+09%09d", sc.made)
}

// Cards, entries and needs take trades of their own, so that a trade, too,
// tells where it comes from.
func (sc *scene) trade(from, n int) string {
	sc.made++
	return trades[from+sc.made%n]
}

// trades are listed here so that the golden file does not change with the list.
var trades = strings.Fields(`
bengoshi shihoshoshi gyoseishoshi zeirishi kaikeishi sharoshi benrishi shindanshi chosashi takken kanteishi kenchikushi kaijidairishi
tsukanshi manufacturing metalwork plastics machinery electronics cosmetics printing construction painting electrical plumbing renovation
exterior demolition survey scaffold roofing sash furniture realestate management landlord space restaurant catering
foodmaker bakery sake farming fishery retail ecommerce wholesale trading apparel florist jewelry recycle
clinic dental pharmacy kaigo nurse nursery hair esthetic seitai gym juku lesson training
web webdesign telecom graphic video writing signage translation insurance trucking warehouse
`)

func (sc *scene) card(flag int) event.Card {
	c := event.Card{
		Name: sc.word("name"), Kana: sc.kana(), Firm: sc.word("firm"), Trade: sc.trade(0, 20), Line: sc.word("saying"),
		Topics: []string{sc.word("topic"), sc.word("topic")}, Homepage: "https://example.jp/" + sc.word("home"),
		Mail: sc.word("mail") + "@example.jp", Phone: sc.number(), Offers: sc.word("gives"), Seeks: sc.word("seeks"),
		ToRoom: flag&1 != 0, OnScreen: flag&2 != 0, NewsOK: flag&4 != 0,
	}
	if flag&24 == 24 {
		c.Phone, c.Topics = "", nil
	}
	return c
}

func (sc *scene) entryWords() event.EntryWords {
	return event.EntryWords{
		Trade: sc.trade(20, 25), Area: sc.word("area"), Size: []string{"", "1", "2-9", "10-29", "30-99", "100+"}[sc.made%6],
		Offers: sc.word("offers"), Seeks: sc.word("wants"), Closeness: []string{"", "often", "deals", "acquainted"}[sc.made%4],
		Label: sc.word("label"), Note: sc.word("note"),
	}
}

func (sc *scene) needWords() event.NeedWords {
	return event.NeedWords{Who: sc.word("who"), Area: sc.word("place"), Why: sc.word("why"), Until: sc.word("until"), Trade: sc.trade(45, 20)}
}

// behalfWords are those of a need for an acquaintance.
func (sc *scene) behalfWords() event.NeedWords {
	w := sc.needWords()
	w.Behalf = &event.Behalf{Trade: sc.trade(66, 10), Area: sc.word("barea"), Size: []string{"", "1", "2-9", "10-29", "30-99", "100+"}[sc.made%6]}
	return w
}

// attest is the command with a contact of its own.
func (sc *scene) attest(id event.IntroductionID) event.IntroductionAttest {
	c := sc.contact()
	return event.IntroductionAttest{
		Introduction: id, Name: c.Name, Kana: c.Kana, Firm: c.Firm, Mail: c.Mail, Phone: c.Phone,
		How: []event.How{event.ByPhone, event.ByLINE, event.FaceToFace}[sc.made%3], On: sc.clock, Lang: "ja",
	}
}

func (sc *scene) contact() event.Contact {
	return event.Contact{Name: sc.word("xname"), Kana: sc.kana(), Firm: sc.word("xfirm"), Mail: sc.word("xmail") + "@example.jp", Phone: sc.number()}
}

func (sc *scene) reasons(need event.NeedID) []event.Reason {
	quoted := ""
	if n := sc.node.state.Needs[need]; n != nil {
		quoted = n.Who
	}
	return []event.Reason{{By: "trade"}, {By: "words", Words: quoted}}
}

// tell is the machine's word to a call, of some of the entries that there are.
func (sc *scene) tell(need event.NeedID, which int) event.Ask {
	c := event.CallTell{Need: need}
	for i, e := range sc.entries {
		if (i+which)%3 != 0 {
			c.Hits = append(c.Hits, event.CallHit{Entry: e, Why: sc.reasons(need)})
		}
	}
	return sc.ask(machine, c)
}

// newPrivate is the id of the link that the server would make for a yes.
func (sc *scene) newPrivate() event.LinkID { return event.LinkOf(sc.word("private")) }

func (sc *scene) open(doors event.Doors) event.EventOpen {
	return event.EventOpen{
		Setting: event.Setting{
			Title: sc.word("title"), Place: sc.word("venue"), Note: sc.word("notice"),
			StartsAt: evening, EndsAt: evening + event.Day/12, Zone: "Asia/Tokyo", Days: 90,
		},
		Doors: doors, Card: sc.card(1), Code: sc.word("code"),
	}
}

// furnish starts the event and plays its first half: people, needs, entries,
// suggestions; introductions that are asked, connected and offered by oneself.
// It runs each ask through do.
func (sc *scene) furnish(doors event.Doors, do func(event.Ask)) {
	put := func(by event.Who, c event.Command) event.Ask {
		a := sc.ask(by, c)
		do(a)
		return a
	}
	put(person(0), sc.open(doors))
	for i := 1; i < 5; i++ {
		put(person(i), event.AttendeeJoin{Card: sc.card(i), Terms: "1"})
		put(person(0), event.AttendeeAdmit{Attendee: event.AttendeeID(person(i).ID)})
		for range 2 {
			put(person(i), event.EntryAdd{EntryWords: sc.entryWords()})
		}
	}
	for i := 1; i < 4; i++ {
		put(person(i), event.NeedPost{NeedWords: sc.needWords()})
	}
	put(person(1), event.PhotoSet{Photo: sc.photo()})
	put(machine, event.SuggestionMake{Need: sc.needs[1], Entry: sc.entries[5], Why: sc.reasons(sc.needs[1])})
	// Of p1, p4 and p2 to p3: two are being asked, one is connected.
	for k, i := range []int{1, 4, 2} {
		a := put(person(i), event.OfferMake{Need: sc.needs[2], Entry: sc.entries[2*(i-1)], Words: k != 1, Line: sc.word("hint")})
		id := event.IntroductionID(a.ID(0))
		put(person(3), event.OfferWant{Introduction: id, Line: sc.word("line"), Pitch: k == 0, Give: []string{"mail"}})
		put(person(i), event.IntroductionAsk{Introduction: id, Days: 7})
		if k == 2 {
			put(link(sc.model.intro[id].link), event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()})
		}
	}
	put(person(1), event.OfferSelf{Need: sc.needs[1], Line: sc.word("hint"), Give: []string{"mail"}})
	put(person(4), event.OfferMake{Need: sc.needs[0], Entry: sc.entries[7], Line: sc.word("hint")})
	// On behalf: p2 offers themself to an acquaintance of the host, who is asked.
	put(person(0), event.NeedPost{NeedWords: sc.behalfWords()})
	self := put(person(2), event.OfferSelf{Need: sc.needs[3], Line: sc.word("line"), Pitch: true, Give: []string{"mail"}})
	put(person(0), event.IntroductionAsk{Introduction: event.IntroductionID(self.ID(0)), Days: 7})
	sc.crowd("", put)
}

func (sc *scene) photo() string {
	sc.made++
	p := fmt.Sprintf("%064x", sc.made)
	sc.photos = append(sc.photos, p)
	return p
}

// do puts an ask to a node and keeps the scene's lists. It returns the answer
// as the author reads it.
func (sc *scene) do(n *node, a event.Ask) string {
	before := sc.log.last()
	answer := sc.answer(n, a)
	if strings.HasPrefix(answer, `{"t":"no"`) {
		return answer
	}
	if sc.log.last() > before {
		sc.appended = append(sc.appended, a)
		sc.done[strings.TrimPrefix(fmt.Sprintf("%T", a.Do), "event.")] = true
	}
	sc.note(n.state, a)
	return answer
}

func (sc *scene) answer(n *node, a event.Ask) string {
	err := n.do(a)
	var no event.Refusal
	switch {
	case errors.As(err, &no):
		return fmt.Sprintf(`{"t":"no","op":%q,"code":%q,"field":%q,"max":%d}`, a.Op, no.Code, no.Field, no.Max)
	case err != nil:
		panic(err)
	}
	return fmt.Sprintf(`{"t":"ack","op":%q}`, a.Op)
}

// note keeps what came of an ask.
func (sc *scene) note(s *event.State, a event.Ask) {
	id := a.ID(0)
	if n := event.NeedID(id); s.Needs[n] != nil && !slices.Contains(sc.needs, n) {
		sc.needs = append(sc.needs, n)
	}
	if e := event.EntryID(id); s.Entries[e] != nil && !slices.Contains(sc.entries, e) {
		sc.entries = append(sc.entries, e)
	}
	if g := event.SuggestionID(id); s.Suggestions[g] != nil && !slices.Contains(sc.hints, g) {
		sc.hints = append(sc.hints, g)
	}
	if c, ok := a.Do.(event.CallTell); ok {
		for i := range c.Hits {
			if g := event.SuggestionID(a.ID(i)); s.Suggestions[g] != nil && !slices.Contains(sc.hints, g) {
				sc.hints = append(sc.hints, g)
			}
		}
	}
	if n := event.IntroductionID(id); s.Introductions[n] != nil && !slices.Contains(sc.intros, n) {
		sc.intros = append(sc.intros, n)
	}
	if n := event.AnnouncementID(id); s.Announcements[n] != nil && !slices.Contains(sc.notices, n) {
		sc.notices = append(sc.notices, n)
	}
	if b := event.BoardID(a.ID(1)); s.Boards[b] != "" && !slices.Contains(sc.boards, b) {
		sc.boards = append(sc.boards, b)
	}
	if p := event.PleaID(id); s.Pleas[p] != nil && !slices.Contains(sc.pleas, p) {
		sc.pleas = append(sc.pleas, p)
	}
	links := []event.LinkID{event.LinkOf(a.ID(1))}
	if c, ok := a.Do.(event.ConsentGive); ok {
		links = append(links, c.Private)
	}
	for _, l := range links {
		_, one := s.Links[l]
		_, two := s.PairLinks[l]
		if (one || two) && !slices.Contains(sc.links, l) {
			sc.links = append(sc.links, l)
		}
	}
	if _, ok := a.Do.(event.PairsMake); ok {
		for i := range 30 {
			if p := event.PairID(a.ID(2 * i)); s.Pairs[p] != nil && !slices.Contains(sc.pairs, p) {
				sc.pairs = append(sc.pairs, p)
			}
		}
	}
	sc.model.note(s, a)
	speaker := a.By
	if _, ok := a.Do.(event.IntroductionAttest); ok { // the words are the absent person's
		speaker = link(event.LinkOf(a.ID(1)))
	}
	sc.spoken[speaker] = append(sc.spoken[speaker], canary.FindAllString(wordsOf(a.Do), -1)...)
}

// viewers is everybody who may look: people, the screen, every link.
func (sc *scene) viewers() []event.Who {
	list := []event.Who{screen}
	for i := range people {
		list = append(list, person(i))
	}
	for _, l := range sc.links {
		list = append(list, link(l))
	}
	return list
}

// meet gives every viewer who has none a phone.
func (sc *scene) meet(skip func(event.Who) bool) {
	for _, w := range sc.viewers() {
		if !skip(w) && !slices.ContainsFunc(sc.phones, func(p *phone) bool { return p.who == w }) {
			p := newPhone(w)
			sc.phones = append(sc.phones, p)
			sc.node.join(p)
		}
	}
}

func nobody(event.Who) bool { return false }

// away cuts a phone off, or brings it back with the copy it had; or makes it
// slow for a while.
func (sc *scene) away(m move) {
	p, ok := pick(sc.phones, m.A)
	switch {
	case !ok:
	case slices.Contains(sc.node.phones, p) && m.B%3 == 0:
		p.slow = !p.slow
		if !p.slow && p.stale {
			sc.node.fetch(p)
		}
	case slices.Contains(sc.node.phones, p):
		sc.node.leave(p)
	default:
		sc.node.join(p)
	}
}

func wordsOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func pick[T any](list []T, i int) (T, bool) {
	if len(list) == 0 {
		var zero T
		return zero, false
	}
	return list[i%len(list)], true
}
