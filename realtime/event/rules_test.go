package event_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
)

// answerOf does one command and says with which code it was refused.
func (sc *scene) answerOf(by event.Who, c event.Command) (string, event.Ask) {
	a := sc.ask(by, c)
	answer := sc.do(sc.node, a)
	_, code, _ := strings.Cut(answer, `"code":"`)
	code, _, _ = strings.Cut(code, `"`)
	return code, a
}

// The limits of product.md 6.3a: so many are accepted, and one more is not.
func TestLimits(t *testing.T) {
	t.Parallel()
	furnished := func() *scene {
		sc := newScene()
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		return sc
	}
	for _, c := range []struct {
		what string
		max  int // accepted after the furnished opening
		code string
		do   func(sc *scene, i int) (event.Who, event.Command)
	}{
		{"attendees", 295, "limit.attendees", func(sc *scene, i int) (event.Who, event.Command) {
			return event.Who{Kind: event.Person, ID: fmt.Sprintf("guest%d", i)}, event.AttendeeJoin{Card: sc.card(1), Terms: "1"}
		}},
		{"entries", 197, "limit.entries", func(sc *scene, _ int) (event.Who, event.Command) {
			return person(1), event.EntryAdd{EntryWords: sc.entryWords()}
		}},
		{"open needs", 2, "limit.needs", func(sc *scene, _ int) (event.Who, event.Command) {
			return person(1), event.NeedPost{NeedWords: sc.needWords()}
		}},
		{"open offers of one on one need", 2, "limit.offers", func(sc *scene, i int) (event.Who, event.Command) {
			if i == 1 {
				return person(4), event.OfferSelf{Need: sc.needs[0], Give: []string{"mail"}}
			}
			_, e := sc.answerOf(person(4), event.EntryAdd{EntryWords: sc.entryWords()})
			return person(4), event.OfferMake{Need: sc.needs[0], Entry: event.EntryID(e.ID(0))}
		}},
	} {
		sc := furnished()
		for i := range c.max + 1 {
			who, do := c.do(sc, i)
			code, _ := sc.answerOf(who, do)
			if want := map[bool]string{true: c.code}[i == c.max]; code != want {
				t.Errorf("%s: number %d more is answered with %q, want %q", c.what, i+1, code, want)
				break
			}
		}
	}
	// A closed need makes room for another one.
	sc := furnished()
	for range 2 {
		sc.answerOf(person(1), event.NeedPost{NeedWords: sc.needWords()})
	}
	sc.answerOf(person(1), event.NeedClose{Need: sc.needs[0]})
	if code, _ := sc.answerOf(person(1), event.NeedPost{NeedWords: sc.needWords()}); code != "" {
		t.Errorf("after one was closed: %s", code)
	}
}

// What may be offered for which need, and until when a need may be edited.
func TestOffersAndNeeds(t *testing.T) {
	t.Parallel()
	give := []string{"mail"}
	for _, c := range []struct {
		what string
		do   func(sc *scene) (event.Who, event.Command)
		code string
	}{
		{"for one's own need", func(sc *scene) (event.Who, event.Command) {
			return person(3), event.OfferMake{Need: sc.needs[2], Entry: sc.entries[4]}
		}, "need.own"},
		{"oneself for one's own need", func(sc *scene) (event.Who, event.Command) {
			return person(3), event.OfferSelf{Need: sc.needs[2], Give: give}
		}, "need.own"},
		{"the same entry twice", func(sc *scene) (event.Who, event.Command) {
			return person(4), event.OfferMake{Need: sc.needs[0], Entry: sc.entries[7]}
		}, "offer.exists"},
		{"oneself twice", func(sc *scene) (event.Who, event.Command) {
			return person(1), event.OfferSelf{Need: sc.needs[1], Give: give}
		}, "offer.exists"},
		{"oneself without a contact", func(sc *scene) (event.Who, event.Command) {
			return person(4), event.OfferSelf{Need: sc.needs[1]}
		}, "contact.invalid"},
		{"oneself with something else", func(sc *scene) (event.Who, event.Command) {
			return person(4), event.OfferSelf{Need: sc.needs[1], Give: []string{"line"}}
		}, "choice.unknown"},
		{"for a need that was closed", func(sc *scene) (event.Who, event.Command) {
			sc.answerOf(person(2), event.NeedClose{Need: sc.needs[1]})
			return person(4), event.OfferMake{Need: sc.needs[1], Entry: sc.entries[6]}
		}, "need.over"},
		{"for a need whose poster was removed", func(sc *scene) (event.Who, event.Command) {
			sc.answerOf(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(2).ID)})
			return person(4), event.OfferMake{Need: sc.needs[1], Entry: sc.entries[6]}
		}, "not_found"},
		{"by the host for a need whose poster was removed", func(sc *scene) (event.Who, event.Command) {
			sc.answerOf(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(2).ID)})
			_, e := sc.answerOf(person(0), event.EntryAdd{EntryWords: sc.entryWords()})
			return person(0), event.OfferMake{Need: sc.needs[1], Entry: event.EntryID(e.ID(0))}
		}, "need.over"},
		{"with a name in the line", func(sc *scene) (event.Who, event.Command) {
			return person(4), event.OfferMake{Need: sc.needs[1], Entry: sc.entries[6], Line: "鈴木様をご紹介します"}
		}, "text.name"},
		{"with a phone number in the line", func(sc *scene) (event.Who, event.Command) {
			return person(4), event.OfferMake{Need: sc.needs[1], Entry: sc.entries[6], Line: "090-1234-5678"}
		}, "text.contact"},
		{"wanting without a line", func(sc *scene) (event.Who, event.Command) {
			return person(1), event.OfferWant{Introduction: sc.intros[4], Give: give}
		}, "text.empty"},
		{"wanting without giving a contact", func(sc *scene) (event.Who, event.Command) {
			return person(1), event.OfferWant{Introduction: sc.intros[4], Line: "x"}
		}, "contact.invalid"},
		{"asking for five days", func(sc *scene) (event.Who, event.Command) {
			return person(1), event.IntroductionAsk{Introduction: sc.intros[0], Days: 5}
		}, "choice.unknown"},
		{"editing a need that was answered", func(sc *scene) (event.Who, event.Command) {
			return person(1), event.NeedEdit{Need: sc.needs[0], NeedWords: sc.needWords()}
		}, "need.answered"},
		{"editing a need that is over", func(sc *scene) (event.Who, event.Command) {
			sc.answerOf(person(2), event.NeedClose{Need: sc.needs[1]})
			return person(2), event.NeedEdit{Need: sc.needs[1], NeedWords: sc.needWords()}
		}, "need.over"},
		{"editing another's need", func(sc *scene) (event.Who, event.Command) {
			return person(1), event.NeedEdit{Need: sc.needs[1], NeedWords: sc.needWords()}
		}, "forbidden"},
		{"removing the host", func(sc *scene) (event.Who, event.Command) {
			return person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(0).ID)}
		}, "attendee.host"},
		{"admitting who was removed", func(sc *scene) (event.Who, event.Command) {
			sc.answerOf(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(2).ID)})
			return person(0), event.AttendeeAdmit{Attendee: event.AttendeeID(person(2).ID)}
		}, "attendee.standing"},
		{"joining through closed doors", func(sc *scene) (event.Who, event.Command) {
			sc.answerOf(person(0), event.DoorsSet{Doors: event.DoorsClosed})
			return person(6), event.AttendeeJoin{Card: sc.card(1), Terms: "1"}
		}, "doors.closed"},
		{"joining without the terms", func(sc *scene) (event.Who, event.Command) {
			return person(6), event.AttendeeJoin{Card: sc.card(1)}
		}, "terms.unticked"},
	} {
		sc := newScene()
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		who, do := c.do(sc)
		if code, _ := sc.answerOf(who, do); code != c.code {
			t.Errorf("%s: %q, want %q", c.what, code, c.code)
		}
	}
}

// The matcher may be late, greedy or wrong: a suggestion is made only where
// its owner could act on it, three at a time, and never twice for one pair.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	suggest := func(n event.NeedID, e event.EntryID) bool {
		_, a := sc.answerOf(machine, event.SuggestionMake{Need: n, Entry: e, Why: sc.reasons(n)})
		return sc.node.state.Suggestions[event.SuggestionID(a.ID(0))] != nil
	}
	_, a := sc.answerOf(person(0), event.NeedPost{NeedWords: sc.needWords()})
	fresh := event.NeedID(a.ID(0))
	for _, c := range []struct {
		what  string
		need  event.NeedID
		entry event.EntryID
		want  bool
	}{
		{"the same pair again", sc.needs[1], sc.entries[5], false},
		{"one's own need", sc.needs[0], sc.entries[0], false},
		{"a need that three offers answer already", sc.needs[2], sc.entries[1], false},
		{"a pair that the owner found by themself", sc.needs[0], sc.entries[7], false},
		{"the first", fresh, sc.entries[0], true},
		{"the second", fresh, sc.entries[1], true},
		{"the third", sc.needs[1], sc.entries[0], true},
		{"a fourth", sc.needs[1], sc.entries[1], false},
		{"to somebody else", fresh, sc.entries[6], true},
	} {
		if got := suggest(c.need, c.entry); got != c.want {
			t.Errorf("%s: made %v, want %v", c.what, got, c.want)
		}
	}
	// What was dismissed makes room, and does not come back.
	sc.answerOf(person(1), event.SuggestionDismiss{Suggestion: sc.hints[1]})
	sc.clock += 60_000
	if suggest(fresh, sc.entries[0]) || !suggest(sc.needs[1], sc.entries[1]) {
		t.Error("a dismissed pair comes back, or makes no room")
	}
	sc.answerOf(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(2).ID)})
	if suggest(sc.needs[1], sc.entries[7]) || suggest(fresh, sc.entries[2]) {
		t.Error("a removed person's need is suggested, or their entry")
	}
}

// A record that this program cannot read stops it, because to skip it would
// be to diverge from the other nodes.
func TestUnknownRecordsAreErrors(t *testing.T) {
	t.Parallel()
	for what, body := range map[string]string{
		"a fact":    `{"v":1,"by":{"k":4},"facts":[{"f":"need.sung","d":{}}]}`,
		"a format":  `{"v":2,"by":{"k":4},"facts":[]}`,
		"a body":    `{"v":1,`,
		"the words": `{"v":1,"by":{"k":4},"facts":[{"f":"need.posted","d":{},"whose":"x","w":"AAAA"}]}`,
	} {
		if _, err := event.Decode(1, 0, []byte(body), newLog()); err == nil {
			t.Errorf("%s that nobody knows is read", what)
		}
	}
	codes := []string{}
	for _, r := range event.Refusals() {
		if r.Kind == 0 || slices.Contains(codes, r.Code) || !errors.Is(r, event.Refusal{Code: r.Code}) {
			t.Errorf("%q has no kind, or stands there twice", r.Code)
		}
		codes = append(codes, r.Code)
	}
}
