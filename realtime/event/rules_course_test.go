package event_test

import (
	"fmt"
	"strings"
	"testing"

	"goen/realtime/event"
)

// furnished is a scene after its opening, with attestation allowed. Of its
// introductions p4's to p1 (4) is offered, p2's to the host's acquaintance (5)
// is being asked, p2's to p3 (2) is connected.
func furnished() *scene {
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	sc.answerOf(person(0), event.AttestSet{Attest: event.AttestOn})
	return sc
}

// asksDirectly is the furnished scene in which p4 asks directly for p1.
func asksDirectly() (*scene, event.IntroductionID) {
	sc := furnished()
	sc.answerOf(person(1), event.OfferWant{Introduction: sc.intros[4], Line: sc.word("line"), Give: gives[0]})
	sc.answerOf(person(4), event.IntroductionAsk{Introduction: sc.intros[4], Days: 7, Direct: true})
	return sc, sc.intros[4]
}

func (sc *scene) attestWith(id event.IntroductionID, change func(*event.IntroductionAttest)) event.IntroductionAttest {
	c := sc.attest(id)
	change(&c)
	return c
}

func (sc *scene) behalfWith(change func(*event.NeedWords)) event.NeedWords {
	w := sc.behalfWords()
	change(&w)
	return w
}

// What the rest of the course refuses, and what it does not.
func TestTheCourseRefuses(t *testing.T) {
	t.Parallel()
	day := event.Day
	for _, c := range []struct {
		what string
		do   func(sc *scene, direct event.IntroductionID) (event.Who, event.Command)
		code string
	}{
		{"a name in a need on behalf", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Why = "鈴木様のために" })}
		}, "text.name"},
		{"a name in its who", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Who = "鈴木社長に合う方" })}
		}, "text.name"},
		{"a name in its area", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Area = "鈴木様の近く" })}
		}, "text.name"},
		{"a name in its until", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Until = "鈴木様の都合" })}
		}, "text.name"},
		{"a name in the acquaintance's area", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Behalf.Area = "鈴木様の近く" })}
		}, "text.name"},
		{"a phone number in the acquaintance's area", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Behalf.Area = "０９０ー１２３４ー５６７８" })}
		}, "text.contact"},
		{"a mail address in a need on behalf", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Why = "x@example.jp まで" })}
		}, "text.contact"},
		{"a name in a need for oneself", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			w := sc.needWords()
			w.Why = "鈴木様のような方"
			return person(1), event.NeedPost{NeedWords: w}
		}, ""},
		{"an unknown trade on behalf", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Behalf.Trade = "wizardry" })}
		}, "trade.unknown"},
		{"an unknown size on behalf", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Behalf.Size = "10" })}
		}, "choice.unknown"},
		{"an area of 41", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.behalfWith(func(w *event.NeedWords) { w.Behalf.Area = strings.Repeat("あ", 41) })}
		}, "text.too_long"},
		{"a need on behalf made one for oneself", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			_, a := sc.answerOf(person(1), event.NeedPost{NeedWords: sc.behalfWords()})
			return person(1), event.NeedEdit{Need: event.NeedID(a.ID(0)), NeedWords: sc.needWords()}
		}, "choice.unknown"},
		{"a need for oneself made one on behalf", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			_, a := sc.answerOf(person(1), event.NeedPost{NeedWords: sc.needWords()})
			return person(1), event.NeedEdit{Need: event.NeedID(a.ID(0)), NeedWords: sc.behalfWords()}
		}, "choice.unknown"},
		{"an entry for a need on behalf", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(4), event.OfferMake{Need: sc.needs[3], Entry: sc.entries[6]}
		}, "need.on_behalf"},
		{"oneself on behalf without a line", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(4), event.OfferSelf{Need: sc.needs[3], Give: gives[0]}
		}, "text.empty"},
		{"oneself on behalf without a contact", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(4), event.OfferSelf{Need: sc.needs[3], Line: "x"}
		}, "contact.invalid"},
		{"oneself on behalf in another language", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(4), event.OfferSelf{Need: sc.needs[3], Line: "x", Give: gives[0], Lang: "fr"}
		}, "choice.unknown"},
		{"oneself for one's own acquaintance", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(0), event.OfferSelf{Need: sc.needs[3], Line: "x", Give: gives[0]}
		}, "need.own"},
		{"oneself on behalf twice", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(2), event.OfferSelf{Need: sc.needs[3], Line: "x", Give: gives[0]}
		}, "offer.exists"},
		{"a sales flag that nobody would read", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(4), event.OfferSelf{Need: sc.needs[1], Line: "x", Give: gives[0], Pitch: true}
		}, "choice.unknown"},

		{"attesting", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) { return person(4), sc.attest(id) }, ""},
		{"attesting while the host has it off", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			sc.answerOf(person(0), event.AttestSet{Attest: event.AttestOff})
			return person(4), sc.attest(id)
		}, "attest.off"},
		{"attesting before the end where it is for afterwards", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			sc.answerOf(person(0), event.AttestSet{Attest: event.AttestAfter})
			return person(4), sc.attest(id)
		}, "attest.off"},
		{"attesting after the end", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			sc.answerOf(person(0), event.AttestSet{Attest: event.AttestAfter})
			sc.clock = sc.node.state.Setting.EndsAt
			return person(4), sc.attest(id)
		}, ""},
		{"attesting once the event was closed", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			sc.answerOf(person(0), event.AttestSet{Attest: event.AttestAfter})
			sc.answerOf(person(0), event.EventClose{})
			return person(4), sc.attest(id)
		}, ""},
		{"a setting that there is not", func(*scene, event.IntroductionID) (event.Who, event.Command) {
			return person(0), event.AttestSet{Attest: "always"}
		}, "choice.unknown"},
		{"attesting without a name", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			return person(4), sc.attestWith(id, func(c *event.IntroductionAttest) { c.Name = "" })
		}, "text.empty"},
		{"attesting without a contact", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			return person(4), sc.attestWith(id, func(c *event.IntroductionAttest) { c.Mail, c.Phone = "", "" })
		}, "contact.invalid"},
		{"attesting by letter", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			return person(4), sc.attestWith(id, func(c *event.IntroductionAttest) { c.How = "letter" })
		}, "choice.unknown"},
		{"a yes of tomorrow", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			return person(4), sc.attestWith(id, func(c *event.IntroductionAttest) { c.On += day })
		}, "day.outside"},
		{"a yes of a week before the asking", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			return person(4), sc.attestWith(id, func(c *event.IntroductionAttest) { c.On -= 7 * day })
		}, ""},
		{"a yes of eight days before the asking", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			return person(4), sc.attestWith(id, func(c *event.IntroductionAttest) { c.On -= 8 * day })
		}, "day.outside"},
		{"no day at all", func(sc *scene, id event.IntroductionID) (event.Who, event.Command) {
			return person(4), sc.attestWith(id, func(c *event.IntroductionAttest) { c.On = 0 })
		}, "day.outside"},

		{"met tomorrow", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(3), event.IntroductionMet{Introduction: sc.intros[2], On: sc.clock + day}
		}, "day.outside"},
		{"met the day before", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(3), event.IntroductionMet{Introduction: sc.intros[2], On: evening - day}
		}, "day.outside"},
		{"met that morning", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(3), event.IntroductionMet{Introduction: sc.intros[2], On: evening - day/2}
		}, ""},
		{"an outcome that there is not", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(3), event.IntroductionClose{Introduction: sc.intros[2], Outcome: "won"}
		}, "choice.unknown"},
		{"thanks with a name", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(3), event.IntroductionClose{Introduction: sc.intros[2], Outcome: event.Engaged, Thanks: "鈴木様をありがとうございます"}
		}, ""},
		{"thanks with a phone number", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(3), event.IntroductionClose{Introduction: sc.intros[2], Outcome: event.Engaged, Thanks: "090-1234-5678"}
		}, "text.contact"},
		{"thanks of 201", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			return person(3), event.IntroductionClose{Introduction: sc.intros[2], Outcome: event.Engaged, Thanks: strings.Repeat("あ", 201)}
		}, "text.too_long"},
		{"letting no thanks stand on the screen", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			sc.answerOf(person(3), event.IntroductionClose{Introduction: sc.intros[2], Outcome: event.Engaged})
			return person(2), event.IntroductionThank{Introduction: sc.intros[2], Public: true}
		}, "introduction.step"},

		{"a pin on a hidden need", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			sc.answerOf(person(0), event.NeedHide{Need: sc.needs[0], Hidden: true})
			return person(0), event.NeedPin{Need: sc.needs[0], Pinned: true}
		}, "need.over"},
		{"a pin on a held need", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			sc.answerOf(person(0), event.ApprovalSet{On: true})
			_, a := sc.answerOf(person(1), event.NeedPost{NeedWords: sc.needWords()})
			return person(0), event.NeedPin{Need: event.NeedID(a.ID(0)), Pinned: true}
		}, "need.over"},
		{"a pin on a closed need", func(sc *scene, _ event.IntroductionID) (event.Who, event.Command) {
			sc.answerOf(person(1), event.NeedClose{Need: sc.needs[0]})
			return person(0), event.NeedPin{Need: sc.needs[0], Pinned: true}
		}, "need.over"},
		{"an announcement of nothing", func(*scene, event.IntroductionID) (event.Who, event.Command) {
			return person(0), event.AnnouncementMake{AnnouncementWords: event.AnnouncementWords{Text: " \n"}}
		}, "text.empty"},
		{"an announcement of 141", func(*scene, event.IntroductionID) (event.Who, event.Command) {
			return person(0), event.AnnouncementMake{AnnouncementWords: event.AnnouncementWords{Text: strings.Repeat("あ", 141)}}
		}, "text.too_long"},
	} {
		sc, direct := asksDirectly()
		who, do := c.do(sc, direct)
		if code, _ := sc.answerOf(who, do); code != c.code {
			t.Errorf("%s: %q, want %q", c.what, code, c.code)
		}
	}
}

// So many are accepted, and one more is not.
func TestLimitsOfTheCourse(t *testing.T) {
	t.Parallel()
	post := func(sc *scene, pause event.At) string {
		sc.clock += pause
		code, a := sc.answerOf(person(1), event.NeedPost{NeedWords: sc.needWords()})
		sc.answerOf(person(1), event.NeedClose{Need: event.NeedID(a.ID(0))})
		return code
	}
	sc := furnished()
	sc.clock += 60_000
	for i := range 6 {
		if code := post(sc, 0); code != "" {
			t.Errorf("need %d within a minute: %s", i+1, code)
		}
	}
	if code := post(sc, 0); code != "need.too_fast" {
		t.Errorf("a seventh need within a minute: %q", code)
	}
	if code := post(sc, 60_000); code != "" {
		t.Errorf("a minute later: %s", code)
	}
	for len(sc.node.state.Attendees[event.AttendeeID(person(1).ID)].Needs) < 40 {
		if code := post(sc, 60_000); code != "" {
			t.Fatalf("fewer than forty needs: %s", code)
		}
	}
	if code := post(sc, 60_000); code != "need.too_many_ever" {
		t.Errorf("need 41 of an evening: %q", code)
	}

	sc = furnished()
	for i := range 4 {
		code, _ := sc.answerOf(person(0), event.NeedPin{Need: sc.needs[i], Pinned: true})
		if want := map[bool]string{true: "need.too_many_pinned"}[i == 3]; code != want {
			t.Errorf("pin %d: %q", i+1, code)
		}
	}
	for what, free := range map[string]event.Command{
		"unpinned": event.NeedPin{Need: sc.needs[0]}, "hidden": event.NeedHide{Need: sc.needs[1], Hidden: true},
		"removed": event.AttendeeRemove{Attendee: event.AttendeeID(person(3).ID)},
	} {
		sc := furnished()
		for i := range 3 {
			sc.answerOf(person(0), event.NeedPin{Need: sc.needs[i], Pinned: true})
		}
		sc.answerOf(person(0), free)
		if code, _ := sc.answerOf(person(0), event.NeedPin{Need: sc.needs[3], Pinned: true}); code != "" {
			t.Errorf("a pin after one was %s: %s", what, code)
		}
	}

	sc = furnished()
	for i := range 61 {
		code, a := sc.answerOf(person(0), event.AnnouncementMake{AnnouncementWords: event.AnnouncementWords{Text: fmt.Sprint(i)}})
		if want := map[bool]string{true: "announcement.too_many"}[i == 60]; code != want {
			t.Errorf("announcement %d: %q", i+1, code)
		}
		sc.answerOf(person(0), event.AnnouncementDrop{Announcement: event.AnnouncementID(a.ID(0))}) // makes no room
	}

	// Askings without a link count as the others do.
	sc = furnished()
	last := ""
	for range 6 {
		_, need := sc.answerOf(person(3), event.NeedPost{NeedWords: sc.needWords()})
		_, e := sc.answerOf(person(4), event.EntryAdd{EntryWords: sc.entryWords()})
		_, offer := sc.answerOf(person(4), event.OfferMake{Need: event.NeedID(need.ID(0)), Entry: event.EntryID(e.ID(0))})
		id := event.IntroductionID(offer.ID(0))
		sc.answerOf(person(3), event.OfferWant{Introduction: id, Line: "x", Give: gives[0]})
		last, _ = sc.answerOf(person(4), event.IntroductionAsk{Introduction: id, Days: 7, Direct: true})
		sc.answerOf(person(3), event.NeedClose{Need: event.NeedID(need.ID(0))})
		sc.clock += 60_000
	}
	if last != "limit.askings" {
		t.Errorf("a sixth asking: %q", last)
	}
}

// 承認制: what a guest posts or edits waits, a host's does not; what waits goes
// on waiting until a host lets it in.
func TestApproval(t *testing.T) {
	t.Parallel()
	sc := furnished()
	s := sc.node.state
	inRoom := func(id event.NeedID) bool { return strings.Contains(string(sc.node.copies.Full(room)), string(id)) }
	post := func(who event.Who) event.NeedID {
		_, a := sc.answerOf(who, event.NeedPost{NeedWords: sc.needWords()})
		return event.NeedID(a.ID(0))
	}
	before := post(person(4))
	sc.answerOf(person(0), event.ApprovalSet{On: true})
	waits, hosts := post(person(4)), post(person(0))
	if !inRoom(before) || inRoom(waits) || !inRoom(hosts) {
		t.Error("with approval on: what was there goes, or a guest's need comes at once, or a host's waits")
	}
	if _, ok := event.MatchableNeed(s, waits); ok {
		t.Error("the matcher may look at a need that waits")
	}
	sc.answerOf(person(4), event.NeedEdit{Need: before, NeedWords: sc.needWords()})
	if inRoom(before) {
		t.Error("what was edited stays in the room")
	}
	sc.answerOf(person(0), event.ApprovalSet{})
	sc.answerOf(person(4), event.NeedEdit{Need: before, NeedWords: sc.needWords()})
	sc.answerOf(person(0), event.NeedHide{Need: waits, Hidden: true})
	sc.answerOf(person(0), event.NeedHide{Need: waits, Hidden: false})
	if inRoom(before) || inRoom(waits) || !s.Needs[waits].Held {
		t.Error("something but the approval lets a need in")
	}
	sc.answerOf(person(0), event.NeedApprove{Need: waits})
	sc.answerOf(person(0), event.NeedApprove{Need: before})
	if !inRoom(before) || !inRoom(waits) {
		t.Error("an approved need is not in the room")
	}
	if _, ok := event.MatchableNeed(s, waits); !ok {
		t.Error("the matcher may not look at an approved need")
	}
}

// An entry for a need on behalf would bring two absent people together, which
// has rules of its own: the matcher makes nothing of it. But who is here may
// help.
func TestNoSuggestionsOnBehalf(t *testing.T) {
	t.Parallel()
	sc := furnished()
	_, a := sc.answerOf(machine, event.SuggestionMake{Need: sc.needs[3], Entry: sc.entries[6], Why: sc.reasons(sc.needs[3])})
	if sc.node.state.Suggestions[event.SuggestionID(a.ID(0))] != nil {
		t.Error("it is suggested")
	}
	_, a = sc.answerOf(machine, event.SuggestionMake{Need: sc.needs[3], Card: event.AttendeeID(person(4).ID)})
	if sc.node.state.Suggestions[event.SuggestionID(a.ID(0))] == nil {
		t.Error("who could help is not told")
	}
}

// One asking for one acquaintance: the host is asking one already, and may ask
// another for whom they posted a need, and one of their list.
func TestTwoAcquaintancesAreAskedAtOnce(t *testing.T) {
	t.Parallel()
	sc := furnished()
	ask := func(offer event.Ask) {
		if code, _ := sc.answerOf(person(0), event.IntroductionAsk{Introduction: event.IntroductionID(offer.ID(0)), Days: 7}); code != "" {
			t.Errorf("asking another acquaintance: %s", code)
		}
	}
	_, need := sc.answerOf(person(0), event.NeedPost{NeedWords: sc.behalfWords()})
	_, self := sc.answerOf(person(2), event.OfferSelf{Need: event.NeedID(need.ID(0)), Line: "x", Give: gives[0]})
	ask(self)
	_, entry := sc.answerOf(person(0), event.EntryAdd{EntryWords: sc.entryWords()})
	_, offer := sc.answerOf(person(0), event.OfferMake{Need: sc.needs[0], Entry: event.EntryID(entry.ID(0))})
	sc.answerOf(person(1), event.OfferWant{Introduction: event.IntroductionID(offer.ID(0)), Line: "x", Give: gives[0]})
	ask(offer)
}
