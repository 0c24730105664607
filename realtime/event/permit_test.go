package event_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
)

// The permission table once more, by hand: who may give which command while
// the event is open, and after it was closed. N is a newcomer, W waits in the
// lobby, G is a guest, H the host, R was removed, E erased themself, X comes
// by a link, S is a screen, M the machine. A letter in small stands for: while
// it is open only.
const permissionTable = `
event.open           .
event.close          h
phase.set            h
round.start          h
round.end            h
doors.set            h
doors.renew          h
attendee.join        n
attendee.admit       H
attendee.remove      H
attendee.erase       W G R
card.change          W G H
photo                W G H
entry.add            G H
entry.change         G H
entry.drop           G H
entry.reach          G H
board.ask            g h
plea.pass            G H
need.post            g h
need.edit            g h
need.close           G H
need.hide            H
need.pin             H
need.approve         H
approval.set         h
attest.set           H
call.make            h
call.tell            M
announcement.make    H
announcement.drop    H
suggestion.make      m
suggestion.dismiss   G H
offer.make           G H
offer.self           G H
offer.refer          G H
offer.want           G H
introduction.ask     G H
introduction.attest  G H
introduction.met     G H
introduction.close   G H
introduction.thank   G H
introduction.leave   G H
introduction.revoke  G H
pairs.make           m
pair.answer          g h
pair.ask             G H
pair.leave           G H
consent.give         X
consent.correct      X
consent.decline      X
consent.revoke       X
tick                 M
embedding.set        H
embedding.agree      W G H
`

// commandsByName has one of each. What is permitted may still be refused for
// another reason: most name nothing that is there.
func commandsByName(sc *scene) map[string]event.Command {
	all := map[string]event.Command{
		"event.open": sc.open(event.DoorsOpen), "doors.renew": event.DoorsRenew{Code: "x"},
		"attendee.join": event.AttendeeJoin{Card: sc.card(1), Terms: "1"}, "photo": event.PhotoSet{Photo: sc.photo()},
		"suggestion.make": event.SuggestionMake{}, "call.tell": event.CallTell{}, "tick": event.Tick{}, "pairs.make": event.PairsMake{},
		"consent.give":    event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()},
		"consent.correct": event.ConsentCorrect{Contact: sc.contact()}, "consent.decline": event.ConsentDecline{}, "consent.revoke": event.ConsentRevoke{},
	}
	for name, blank := range event.Commands {
		all[name] = blank()
	}
	return all
}

// permission tells whether a refusal says "you may not" rather than "not so".
func permission(err error) bool {
	return slices.ContainsFunc([]error{
		event.ErrForbidden, event.ErrNotOpened, event.ErrOpened, event.ErrEventClosed, event.ErrRemoved, event.ErrErased, event.ErrInside,
	}, func(no error) bool { return errors.Is(err, no) })
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	sc := newScene()
	sc.furnish(event.DoorsApprove, func(a event.Ask) { sc.do(sc.node, a) })
	put := func(by event.Who, c event.Command) { sc.do(sc.node, sc.ask(by, c)) }
	put(person(5), event.AttendeeJoin{Card: sc.card(1), Terms: "1"}) // waits
	put(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(2).ID)})
	put(person(4), event.AttendeeErase{})
	roles := map[string]event.Who{
		"N": person(6), "W": person(5), "G": person(1), "H": person(0), "R": person(2), "E": person(4), "X": link(sc.links[0]), "S": screen, "M": machine,
	}
	commands := commandsByName(sc)

	before := event.New()
	for name, c := range commands {
		for letter, who := range roles {
			_, err := event.Decide(before, sc.ask(who, c))
			switch opens := name == "event.open"; {
			case opens && (letter == "S" || letter == "M" || letter == "X"):
				if !errors.Is(err, event.ErrForbidden) {
					t.Errorf("%s opens an event: %v", letter, err)
				}
			case opens && err != nil:
				t.Errorf("%s cannot open an event: %v", letter, err)
			case !opens && !errors.Is(err, event.ErrNotOpened):
				t.Errorf("%s by %s before the opening: %v", name, letter, err)
			}
		}
	}

	seen := map[string]bool{}
	for _, closed := range []bool{false, true} {
		if closed {
			put(person(0), event.EventClose{})
		}
		for line := range strings.Lines(strings.TrimSpace(permissionTable)) {
			f := strings.Fields(line)
			name, may := f[0], f[1:]
			if commands[name] == nil {
				t.Fatalf("there is no %s", name)
			}
			seen[name] = true
			for letter, who := range roles {
				always, open := slices.Contains(may, letter), slices.Contains(may, strings.ToLower(letter))
				want := event.ErrForbidden
				switch {
				case name == "event.open":
					want = event.ErrOpened
				case open && closed:
					want = event.ErrEventClosed
				case letter == "R":
					want = event.ErrRemoved
				case name == "attendee.join" && letter == "E":
					want = event.ErrErased
				case name == "attendee.join":
					want = event.ErrInside
				}
				_, err := event.Decide(sc.node.state, sc.ask(who, commands[name]))
				if permitted := always || open && !closed; permitted && permission(err) {
					t.Errorf("%s by %s (closed: %v): %v, must be permitted", name, letter, closed, err)
				} else if !permitted && err != want {
					t.Errorf("%s by %s (closed: %v): %v, want %v", name, letter, closed, err, want)
				}
			}
		}
	}
	for name := range commands {
		if !seen[name] {
			t.Errorf("%s is not in the table", name)
		}
	}
}

// A private thing that one may not see is not there, rather than forbidden.
func TestWhatOneMayNotSeeIsNotThere(t *testing.T) {
	t.Parallel()
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	hidden := sc.needs[2] // p3's
	sc.do(sc.node, sc.ask(person(0), event.NeedHide{Need: hidden, Hidden: true}))
	sc.do(sc.node, sc.ask(person(0), event.ApprovalSet{On: true}))
	waits := sc.ask(person(1), event.NeedPost{NeedWords: sc.needWords()})
	sc.do(sc.node, waits)
	held := event.NeedID(waits.ID(0))
	words := sc.entryWords()
	for _, c := range []struct {
		who event.Who
		do  event.Command
	}{
		{person(2), event.EntryChange{Entry: sc.entries[0], EntryWords: words}},
		{person(2), event.EntryDrop{Entry: sc.entries[0]}},
		{person(0), event.EntryDrop{Entry: sc.entries[0]}}, // nor for the host
		{person(2), event.OfferMake{Need: sc.needs[0], Entry: sc.entries[0]}},
		{person(0), event.OfferMake{Need: sc.needs[0], Entry: sc.entries[0]}},
		{person(2), event.OfferRefer{Entry: sc.entries[0], To: event.AttendeeID(person(3).ID), Seeks: "x"}},
		{person(0), event.OfferRefer{Entry: sc.entries[0], To: event.AttendeeID(person(3).ID), Seeks: "x"}},
		{person(1), event.OfferRefer{Entry: sc.entries[0], To: event.AttendeeID(person(6).ID), Seeks: "x"}},
		{person(2), event.SuggestionDismiss{Suggestion: sc.hints[0]}},
		{person(0), event.SuggestionDismiss{Suggestion: sc.hints[0]}},
		{person(2), event.IntroductionLeave{Introduction: sc.intros[0]}},
		{person(2), event.NeedClose{Need: hidden}},
		{person(2), event.OfferSelf{Need: hidden, Give: []string{"mail"}}},
		{person(2), event.OfferSelf{Need: held, Give: []string{"mail"}}},
		{person(2), event.NeedEdit{Need: held, NeedWords: sc.needWords()}},
		{person(2), event.IntroductionAttest{Introduction: sc.intros[0]}},
		{person(2), event.IntroductionMet{Introduction: sc.intros[0]}},
		{person(0), event.AnnouncementDrop{Announcement: "nothing"}},
	} {
		if _, err := event.Decide(sc.node.state, sc.ask(c.who, c.do)); err != event.ErrNotFound {
			t.Errorf("%T by %v: %v, want not found", c.do, c.who, err)
		}
	}
}
