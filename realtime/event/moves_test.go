package event_test

import (
	"goen/realtime/event"
	"pgregory.net/rapid"
)

// move is a drawn wish: what, and three numbers to choose whom and which.
type move struct{ What, A, B, C int }

var whats = []string{
	"nothing", // first, so that what rapid shrinks to is readable
	"join", "join", "join", "admit", "card", "card", "photo",
	"post", "post", "post", "edit", "edit", "closeNeed", "hide", "hide",
	"entry", "entry", "entry", "change", "change", "dropEntry",
	"reach", "reach", "reach", "beg", "beg", "beg", "pass",
	"suggest", "suggest", "suggest", "hint", "hint", "hint", "dismiss", "dismiss", "refer", "refer",
	"offer", "offer", "offer", "offer", "self", "self",
	"advance", "advance", "advance", "advance", "advance", "advance", "advance", "advance", "advance", "advance",
	"decline", "decline", "leave", "leave", "correct", "takeBack", "revoke", "remove", "remove", "erase", "erase", "phase", "doors", "renew", "close",
	"round", "round", "call", "call", "call", "call", "tell", "tell", "tell", "behalf", "behalf", "pin", "pin", "approval", "approve", "approve", "attest", "announce", "dropNotice", "report", "report", "report", "thank", "thank",
	"pairs", "pairs", "pair", "pair", "pair", "pair", "pair", "pair", "pair", "pair", "leavePair",
	"embed", "embed", "embeds", "embeds", "later", "later", "away", "away", "away", "hostile", "hostile", "hostile",
}

func (m move) what() string { return whats[m.What%len(whats)] }

// moves draws exactly n: left to itself rapid draws short lists, of which one
// in a thousand reached an asking and none a connection.
func moves(n int) *rapid.Generator[[]move] {
	one := rapid.Custom(func(t *rapid.T) move {
		which := rapid.IntRange(0, 255)
		return move{rapid.IntRange(0, len(whats)-1).Draw(t, "what"), which.Draw(t, "a"), which.Draw(t, "b"), which.Draw(t, "c")}
	})
	return rapid.SliceOfN(one, n, n)
}

var doors = []event.Doors{event.DoorsOpen, event.DoorsApprove, event.DoorsClosed}

// resolve turns a move into an ask, or says that there is nothing to try.
func (sc *scene) resolve(m move) (event.Ask, bool) {
	s := sc.node.state
	who, host := person(m.A), person(0)
	need, hasNeed := pick(sc.needs, m.B)
	hasNeed = hasNeed && s.Needs[need] != nil
	entry, hasEntry := pick(sc.entries, m.B)
	hasEntry = hasEntry && s.Entries[entry] != nil
	intro, hasIntro := pick(sc.intros, m.A)
	hasIntro = hasIntro && s.Introductions[intro] != nil
	via, hasLink := pick(sc.links, m.A)

	switch m.what() {
	case "join":
		return sc.ask(who, event.AttendeeJoin{Card: sc.card(m.B), Terms: "1", Embeds: []string{"", embedder}[m.C%2]}), true
	case "admit":
		return sc.ask(host, event.AttendeeAdmit{Attendee: event.AttendeeID(person(m.B).ID)}), true
	case "card":
		c := sc.card(m.B)
		if a := s.Attendees[event.AttendeeID(who.ID)]; a != nil && m.C%2 == 0 {
			c.Photo = a.Card.Photo
		}
		return sc.ask(who, event.CardChange{Card: c}), true
	case "photo":
		if a := s.Attendees[event.AttendeeID(who.ID)]; a != nil {
			return sc.ask(who, event.PhotoSet{Photo: sc.photo()}), true
		}
	case "post":
		return sc.ask(who, event.NeedPost{NeedWords: sc.needWords()}), true
	case "edit":
		if hasNeed {
			words := sc.needWords()
			if (s.Needs[need].Behalf != nil) == (m.C%8 != 0) { // now and then the other kind
				words = sc.behalfWords()
			}
			return sc.ask(by(s.Needs[need].By), event.NeedEdit{Need: need, NeedWords: words}), true
		}
	case "behalf":
		return sc.ask(who, event.NeedPost{NeedWords: sc.behalfWords()}), true
	case "pin":
		if hasNeed {
			return sc.ask(host, event.NeedPin{Need: need, Pinned: !s.Needs[need].Pinned}), true
		}
	case "approval":
		return sc.ask(host, event.ApprovalSet{On: m.B%2 == 0}), true
	case "approve":
		for _, id := range sc.needs {
			if n := s.Needs[id]; n != nil && n.Held {
				return sc.ask(host, event.NeedApprove{Need: id}), true
			}
		}
	case "embed":
		return sc.ask(host, event.EmbeddingSet{On: m.B%3 != 0}), true
	case "embeds":
		return sc.ask(who, event.EmbeddingAgree{Where: []string{"", embedder, "other.example.jp"}[m.B%3]}), true
	case "attest":
		return sc.ask(host, event.AttestSet{Attest: []event.Attest{event.AttestOn, event.AttestOff, event.AttestOn, event.AttestAfter}[m.B%4]}), true
	case "announce":
		return sc.ask(host, event.AnnouncementMake{AnnouncementWords: event.AnnouncementWords{Text: sc.word("news")}}), true
	case "dropNotice":
		if id, ok := pick(sc.notices, m.B); ok && m.C%2 == 0 {
			return sc.ask(host, event.AnnouncementDrop{Announcement: id}), true
		}
	case "report", "thank":
		for _, id := range sc.intros {
			if n := s.Introductions[id]; n != nil && n.Connected() && (m.B%2 == 0 || n.Thanks == "") {
				return sc.report(n, m), true
			}
		}
	case "closeNeed":
		if hasNeed && m.C%2 == 0 {
			return sc.ask(by(s.Needs[need].By), event.NeedClose{Need: need}), true
		}
	case "hide":
		if hasNeed {
			return sc.ask(host, event.NeedHide{Need: need, Hidden: !s.Needs[need].Hidden}), true
		}
	case "entry":
		return sc.ask(who, event.EntryAdd{EntryWords: sc.entryWords(), Reach: reaches[m.B%7], Words: m.B%7 == 6}), true
	case "reach":
		if hasEntry {
			to := reaches[1+m.C%6]
			return sc.ask(by(s.Entries[entry].Owner), event.EntryReach{Entry: entry, Reach: to, Words: to == event.OnBoard && m.A%2 == 0}), true
		}
	case "beg":
		if b, ok := pick(sc.boards, m.A); ok && hasNeed {
			if m.C%3 == 0 {
				return sc.ask(host, event.BoardAsk{Board: b, Need: need}), true
			}
			return sc.ask(by(s.Needs[need].By), event.BoardAsk{Board: b, Need: need}), true
		}
	case "pass":
		if p, ok := pick(sc.pleas, m.A); ok && s.Pleas[p] != nil {
			return sc.ask(by(s.Pleas[p].Owner), event.PleaPass{Plea: p}), true
		}
	case "change":
		if hasEntry {
			return sc.ask(by(s.Entries[entry].Owner), event.EntryChange{Entry: entry, EntryWords: sc.entryWords()}), true
		}
	case "dropEntry":
		if hasEntry && m.C%2 == 0 {
			return sc.ask(by(s.Entries[entry].Owner), event.EntryDrop{Entry: entry}), true
		}
	case "suggest":
		if n, ok := pick(sc.needs, m.A); ok && hasEntry {
			return sc.ask(machine, event.SuggestionMake{Need: n, Entry: entry, Why: sc.reasons(n), Rests: []string{"", "x", "y"}[m.C%3]}), true
		}
	case "hint": // of a card, to its owner or to whose acquaintance it may help
		c := event.SuggestionMake{Card: event.AttendeeID(person(m.A).ID), Rests: []string{"", "x", "y"}[m.C%3]}
		if m.C%2 == 0 && hasEntry {
			c.Entry, c.Why = entry, []event.Reason{{By: "words", Words: s.Entries[entry].Seeks}}
		} else if hasNeed {
			c.Need, c.Why = need, sc.reasons(need)
		}
		return sc.ask(machine, c), true
	case "refer":
		if hasEntry {
			return sc.ask(by(s.Entries[entry].Owner), event.OfferRefer{
				Entry: entry, To: event.AttendeeID(person(m.A).ID), Seeks: sc.word("wants"), Line: sc.word("hint"),
			}), true
		}
	case "call":
		for _, id := range sc.needs { // one that nobody has answered, if there is any
			if n := s.Needs[id]; n != nil && n.Offers == 0 && !n.Closed && m.B%4 > 0 {
				need, hasNeed = id, true
			}
		}
		if hasNeed {
			sc.clock += event.At(m.C%3) * 5 * 60_000
			return sc.ask(host, event.CallMake{Need: need}), true
		}
	case "tell":
		for _, id := range sc.needs {
			if event.Untold(s, id) || m.B%8 == 0 {
				return sc.tell(id, m.C), true
			}
		}
	case "dismiss":
		if id, ok := pick(sc.hints, m.B); ok && s.Suggestions[id] != nil {
			return sc.ask(by(s.Suggestions[id].Owner), event.SuggestionDismiss{Suggestion: id, Wrong: m.C%2 == 0}), true
		}
	case "offer":
		if n, ok := pick(sc.needs, m.A); ok && hasEntry {
			return sc.ask(by(s.Entries[entry].Owner), event.OfferMake{Need: n, Entry: entry, Words: m.C%2 == 0, Line: sc.word("hint")}), true
		}
	case "self":
		if n, ok := pick(sc.needs, m.B); ok {
			on := s.Needs[n]
			return sc.ask(who, event.OfferSelf{Need: n, Line: sc.word("hint"), Give: gives[m.C%3], Pitch: m.A%2 == 0 && on != nil && on.Behalf != nil}), true
		}
	case "advance":
		if hasIntro {
			return sc.advance(s.Introductions[intro], m)
		}
	case "decline":
		if hasLink {
			return sc.ask(link(via), event.ConsentDecline{Tell: m.B%3 == 1, Block: m.C%2 == 0}), true
		}
	case "correct":
		if hasLink {
			return sc.ask(link(via), event.ConsentCorrect{Contact: sc.contact()}), true
		}
	case "takeBack":
		if hasLink && m.B%2 == 0 {
			return sc.ask(link(via), event.ConsentRevoke{}), true
		}
	case "revoke":
		if hasIntro && m.B%2 == 0 {
			n := s.Introductions[intro]
			return sc.ask(by([]event.AttendeeID{n.I, n.R}[m.C%2]), event.IntroductionRevoke{Introduction: intro}), true
		}
	case "leave":
		if hasIntro {
			n := s.Introductions[intro]
			return sc.ask(by([]event.AttendeeID{n.I, n.R}[m.B%2]), event.IntroductionLeave{Introduction: intro}), true
		}
	case "remove":
		if m.B%3 == 0 {
			return sc.ask(host, event.AttendeeRemove{Attendee: event.AttendeeID(who.ID)}), true
		}
	case "erase":
		if m.B%3 == 0 {
			return sc.ask(who, event.AttendeeErase{}), true
		}
	case "phase":
		return sc.ask(host, event.PhaseSet{Phase: []event.Phase{event.PhasePairs, event.PhaseTables, event.PhasePairs, event.PhaseFree}[m.B%4]}), true
	case "pairs":
		if s.Phase != event.PhasePairs && m.C%4 > 0 {
			return sc.ask(host, event.PhaseSet{Phase: event.PhasePairs}), true
		}
		return sc.found(m.B), true
	case "pair":
		if p, ok := pick(sc.pairs, m.A/2); ok {
			return sc.advancePair(s.Pairs[p], m)
		}
	case "leavePair":
		if p, ok := pick(sc.pairs, m.A); ok && m.C%2 == 0 {
			return sc.ask(by(s.Pairs[p].Sides[m.B%2].Owner), event.PairLeave{Pair: p}), true
		}
	case "round":
		if m.A%4 == 0 {
			return sc.ask(host, event.RoundEnd{}), true
		}
		return sc.ask(host, rounds[m.B%len(rounds)]), true
	case "doors":
		return sc.ask(host, event.DoorsSet{Doors: doors[m.B%3]}), true
	case "renew":
		return sc.ask(host, event.DoorsRenew{Code: sc.word("code")}), true
	case "close":
		if m.B%6 == 0 {
			return sc.ask(host, event.EventClose{}), true
		}
	case "later":
		sc.clock += event.At(m.B%9) * event.Day
		if m.B%9 == 0 { // or only some minutes
			sc.clock += event.At(m.C%4) * 4 * 60_000
		}
		return sc.ask(machine, event.Tick{}), true
	case "hostile":
		return sc.hostile(m), true
	}
	return event.Ask{}, false
}

var reaches = []event.Reach{"", event.Self, event.Nameless, event.OnBoard, event.OnBoard, event.OnBoard, event.OnBoard}

var rounds = []event.RoundStart{{Group: "licensed"}, {Trade: "zeirishi"}, {Group: "it"}, {Group: "it", Trade: "web"}}

var gives = [][]string{{"mail"}, {"mail", "phone"}, {"phone"}}

// advance takes an introduction one natural step on.
func (sc *scene) advance(n *event.Introduction, m move) (event.Ask, bool) {
	id := n.ID
	switch n.Step {
	case event.StepOffered:
		if n.Behalf {
			return sc.ask(by(n.I), event.IntroductionAsk{Introduction: id, Days: []int{3, 7, 14}[m.C%3], Direct: m.B%3 == 0}), true
		}
		return sc.ask(by(n.R), event.OfferWant{Introduction: id, Line: sc.word("line"), Pitch: m.B%2 == 0, Give: gives[m.C%3]}), true
	case event.StepWanted:
		return sc.ask(by(n.I), event.IntroductionAsk{Introduction: id, Days: []int{3, 7, 14}[m.C%3], Direct: m.B%3 == 0}), true
	case event.StepAsking:
		if m.B%3 == 0 { // somebody who opened the link and will answer later
			return event.Ask{}, false
		}
		if n.Direct {
			return sc.ask(by(n.I), sc.attest(id)), true
		}
		return sc.ask(link(n.Link), event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()}), true
	case event.StepConnected, event.StepMet, event.StepClosed:
		if m.C%2 == 0 {
			return sc.report(n, m), true
		}
		if n.Private != "" && m.B%2 == 0 {
			return sc.ask(link(n.Private), event.ConsentCorrect{Contact: sc.contact()}), true
		}
		if m.B%4 == 1 {
			return sc.ask(by(n.R), event.IntroductionRevoke{Introduction: id}), true
		}
	}
	return event.Ask{}, false
}

// report is what comes after the connection, by R or I.
func (sc *scene) report(n *event.Introduction, m move) event.Ask {
	switch m.C / 2 % 5 {
	case 0:
		return sc.ask(by(n.R), event.IntroductionMet{Introduction: n.ID, On: sc.clock - event.At(m.A)*1000})
	case 1:
		return sc.ask(by(n.I), event.IntroductionThank{Introduction: n.ID, Public: m.A%3 != 0})
	}
	c := event.IntroductionClose{Introduction: n.ID, Outcome: []event.Outcome{event.Ongoing, event.Engaged, event.Passed}[m.A%3], Public: m.B%4 != 0}
	switch {
	case m.A%5 == 0: // no thanks
	case m.A%5 == 1:
		c.Thanks = n.Thanks // the same again
	default:
		c.Thanks = sc.word("thanks")
	}
	return sc.ask(by(n.R), c)
}

// hostile is anybody naming anything.
func (sc *scene) hostile(m move) event.Ask {
	n, _ := pick(sc.needs, m.A)
	e, _ := pick(sc.entries, m.A)
	b, _ := pick(sc.boards, m.A)
	plea, _ := pick(sc.pleas, m.A)
	g, _ := pick(sc.hints, m.A)
	i, _ := pick(sc.intros, m.A)
	l, _ := pick(sc.links, m.A)
	stolen := sc.card(m.A)
	stolen.Photo, _ = pick(sc.photos, m.A)
	p := event.AttendeeID(person(m.A).ID)
	pair, _ := pick(sc.pairs, m.A)
	all := []event.Command{
		event.NeedClose{Need: n}, event.NeedEdit{Need: n, NeedWords: sc.needWords()}, event.NeedHide{Need: n, Hidden: true},
		event.EntryChange{Entry: e, EntryWords: sc.entryWords()}, event.EntryDrop{Entry: e},
		event.EntryReach{Entry: e, Reach: event.OnBoard}, event.EntryReach{Entry: e, Reach: "all"}, event.BoardAsk{Board: b, Need: n}, event.PleaPass{Plea: plea},
		event.SuggestionDismiss{Suggestion: g}, event.SuggestionMake{Need: n, Entry: e, Why: sc.reasons(n)},
		event.OfferMake{Need: n, Entry: e, Words: true}, event.OfferSelf{Need: n, Give: []string{"mail"}}, event.OfferRefer{Entry: e, To: p, Seeks: "x"},
		event.SuggestionMake{Need: n, Entry: e, Card: p}, event.SuggestionMake{Card: p}, event.SuggestionMake{Entry: e, Card: p},
		event.OfferWant{Introduction: i, Line: sc.word("line"), Give: []string{"mail"}},
		event.IntroductionAsk{Introduction: i, Days: 7}, event.IntroductionLeave{Introduction: i}, event.IntroductionRevoke{Introduction: i},
		event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()}, event.ConsentCorrect{Contact: sc.contact()},
		event.ConsentDecline{Tell: true}, event.ConsentRevoke{}, event.Tick{},
		event.AttendeeAdmit{Attendee: p}, event.AttendeeRemove{Attendee: p}, event.PhaseSet{Phase: "hacked"},
		event.RoundStart{Group: "licensed"}, event.RoundStart{}, event.RoundEnd{},
		event.CallMake{Need: n}, sc.tell(n, m.A).Do, sc.found(m.A).Do,
		event.PairAnswer{Pair: pair, Yes: true, Words: true}, event.PairAnswer{Pair: pair, Words: true}, event.PairAsk{Pair: pair, Days: 7}, event.PairLeave{Pair: pair},
		event.NeedPin{Need: n, Pinned: true}, event.NeedApprove{Need: n}, event.ApprovalSet{On: true}, event.AttestSet{Attest: event.AttestOn},
		event.AnnouncementMake{AnnouncementWords: event.AnnouncementWords{Text: sc.word("news")}}, event.IntroductionAsk{Introduction: i, Days: 7, Direct: true},
		sc.attest(i), event.IntroductionMet{Introduction: i, On: sc.clock}, event.IntroductionThank{Introduction: i, Public: true},
		event.IntroductionClose{Introduction: i, Outcome: event.Engaged, Thanks: sc.word("thanks"), Public: true},
		event.DoorsSet{Doors: event.DoorsOpen}, event.DoorsRenew{Code: sc.word("code")}, event.EventClose{},
		event.CardChange{Card: stolen}, sc.open(event.DoorsOpen),
	}
	who := person(m.B)
	switch m.B % 9 {
	case 0:
		who = screen
	case 1, 2:
		who = link(l)
	case 3: // the host would really do it
		who = person(1 + m.B/9%(people-1))
	}
	return sc.ask(who, all[m.C%len(all)])
}
