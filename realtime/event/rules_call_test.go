package event_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
)

const minute = event.At(60_000)

// A call is for a live need of five minutes that nobody has answered, once in
// ten minutes, six times in all; and it refuses by what the desk shows alone.
func TestCallRefuses(t *testing.T) {
	t.Parallel()
	host := person(0)
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	_, post := sc.answerOf(person(3), event.NeedPost{NeedWords: sc.needWords()})
	need := event.NeedID(post.ID(0))
	call := func(want string) {
		t.Helper()
		if code, _ := sc.answerOf(host, event.CallMake{Need: need}); code != want {
			t.Fatalf("a call is answered with %q, want %q", code, want)
		}
	}
	sc.clock = post.Now + 5*minute - 1001 // the ask comes a second later
	call("call.early")
	call("") // at five minutes to the millisecond and a second
	called := sc.clock
	call("call.again")
	sc.clock = called + 10*minute - 1001
	call("call.again")
	sc.clock = called + 10*minute - 1000
	call("")
	for range 4 {
		sc.clock += 10 * minute
		call("")
	}
	sc.clock += 10 * minute
	call("limit.calls")
	if n := sc.node.state.Needs[need]; len(n.Calls) != 6 {
		t.Fatalf("%d calls are kept", len(n.Calls))
	}
	// What the desk shows, and the poster: each act, whatever came of it.
	if full := string(sc.node.copies.Full(mine(person(3).ID))); strings.Count(full, `{"by":"`+host.ID) != 6 {
		t.Fatalf("the poster sees %s", full)
	}
	if full := string(sc.node.copies.Full(desk)); !strings.Contains(full, fmt.Sprintf(`"calledAt":%d`, sc.node.state.Needs[need].Calls[5].At)) {
		t.Fatalf("the desk sees %s", full)
	}

	fresh := func() {
		sc.answerOf(person(3), event.NeedClose{Need: need})
		_, post = sc.answerOf(person(3), event.NeedPost{NeedWords: sc.needWords()})
		need = event.NeedID(post.ID(0))
		sc.clock += 5 * minute
	}
	fresh()
	sc.answerOf(person(1), event.OfferMake{Need: need, Entry: sc.entries[0]})
	call("call.answered")
	sc.answerOf(person(1), event.IntroductionLeave{Introduction: sc.intros[len(sc.intros)-1]})
	call("call.answered") // an offer was made, and the number never falls
	fresh()
	sc.answerOf(host, event.NeedHide{Need: need, Hidden: true})
	call("need.over")
	sc.answerOf(host, event.NeedHide{Need: need})
	sc.answerOf(person(3), event.NeedClose{Need: need})
	call("need.over")
	sc.answerOf(host, event.ApprovalSet{On: true})
	fresh()
	call("need.over") // it waits for the host themself
	sc.answerOf(host, event.NeedApprove{Need: need})
	call("")
	sc.answerOf(host, event.ApprovalSet{})
	_, post = sc.answerOf(person(4), event.NeedPost{NeedWords: sc.behalfWords()})
	need = event.NeedID(post.ID(0))
	sc.clock += 5 * minute
	call("call.on_behalf")
	need = "nothing"
	call("not_found")
}

// told plays a need of p3's that the host calls for, with these entries in
// which the matcher sees something.
func (sc *scene) told(need event.NeedID, entries ...event.EntryID) {
	c := event.CallTell{Need: need}
	for _, e := range entries {
		c.Hits = append(c.Hits, event.CallHit{Entry: e, Why: sc.reasons(need)})
	}
	sc.answerOf(person(0), event.CallMake{Need: need})
	sc.answerOf(machine, c)
}

// Exactly the owners whose entries fit are asked, each once, beyond the three
// that they may have open; and what they have put away stays away.
func TestWhoIsCalled(t *testing.T) {
	t.Parallel()
	sc := newScene()
	need := callable(sc, func(a event.Ask) { sc.do(sc.node, a) })
	s := sc.node.state
	owners := func() (all []string) {
		for _, g := range requests(s, need) {
			all = append(all, string(s.Entries[g.Entry].Owner))
		}
		slices.Sort(all)
		return all
	}
	want := func(what string, people ...int) {
		t.Helper()
		var ids []string
		for _, i := range people {
			ids = append(ids, person(i).ID)
		}
		if got := owners(); !slices.Equal(got, ids) {
			t.Fatalf("%s: requests stand with %v, want %v", what, got, ids)
		}
	}
	_, posted := sc.answerOf(person(4), event.NeedPost{NeedWords: sc.needWords()})
	others := []event.NeedID{sc.needs[1], event.NeedID(posted.ID(0))}
	// p1 has three suggestions open.
	for i := range 3 {
		_, e := sc.answerOf(person(1), event.EntryAdd{EntryWords: sc.entryWords()})
		sc.answerOf(machine, event.SuggestionMake{Need: others[i%2], Entry: event.EntryID(e.ID(0)), Why: nil})
	}
	hints := func(i int) int {
		return strings.Count(string(sc.node.copies.Full(mine(person(i).ID))), `"k":"suggestion"`)
	}
	if hints(1) != 3 {
		t.Fatalf("p1 has %d suggestions", hints(1))
	}
	// p2 has put one of theirs away, and another pair is suggested already.
	sc.answerOf(machine, event.SuggestionMake{Need: need, Entry: sc.entries[2]})
	sc.answerOf(person(2), event.SuggestionDismiss{Suggestion: sc.hints[len(sc.hints)-1]})
	sc.answerOf(machine, event.SuggestionMake{Need: need, Entry: sc.entries[3]})
	own := sc.entries[4] // p3's, whose need it is, and who has a suggestion from the opening
	sc.told(need, sc.entries[0], sc.entries[1], sc.entries[2], sc.entries[3], own)
	want("p1 beyond the three, p2 by what was suggested", 1, 2)
	if hints(1) != 4 || hints(2) != 1 || hints(3) != 1 || hints(4) != 0 {
		t.Fatalf("%d, %d, %d, %d suggestions", hints(1), hints(2), hints(3), hints(4))
	}
	// A request does not take the place of a suggestion: p2 may have three more.
	others[0] = sc.needs[0]
	for i := range 4 {
		_, e := sc.answerOf(person(2), event.EntryAdd{EntryWords: sc.entryWords()})
		sc.clock += 60_000
		sc.answerOf(machine, event.SuggestionMake{Need: others[i%2], Entry: event.EntryID(e.ID(0))})
	}
	if hints(2) != 4 {
		t.Fatalf("p2 has %d suggestions", hints(2))
	}
	// The same owners are asked once, whoever is put away; others come in.
	for _, g := range requests(s, need) {
		if g.Entry == sc.entries[0] {
			sc.answerOf(person(1), event.SuggestionDismiss{Suggestion: g.ID})
		}
	}
	want("p1 has put it away", 2)
	sc.clock += 10 * minute
	sc.told(need, sc.entries[1], sc.entries[2], sc.entries[6])
	want("called again", 2, 4)
	// An ordinary offer comes of it, and the request is done.
	if code, _ := sc.answerOf(person(2), event.OfferMake{Need: need, Entry: sc.entries[3]}); code != "" {
		t.Fatalf("the offer: %s", code)
	}
	want("after the offer", 4)
	sc.answerOf(person(3), event.NeedClose{Need: need})
	if hints(4) != 0 {
		t.Fatal("a request for a need that is over")
	}
}

// A word of the machine that comes late, or to nobody's call, does nothing.
func TestAWordWithoutACall(t *testing.T) {
	t.Parallel()
	sc := newScene()
	need := callable(sc, func(a event.Ask) { sc.do(sc.node, a) })
	before := sc.log.last()
	hits := event.CallTell{Need: need, Hits: []event.CallHit{{Entry: sc.entries[0]}, {Entry: "nothing"}}}
	sc.answerOf(machine, hits)
	if sc.log.last() != before {
		t.Fatal("told without a call")
	}
	sc.answerOf(person(0), event.CallMake{Need: need})
	sc.answerOf(person(3), event.NeedClose{Need: need}) // meanwhile
	sc.answerOf(machine, hits)
	if event.Untold(sc.node.state, need) || len(requests(sc.node.state, need)) != 0 {
		t.Fatal("a need that is over is called for")
	}
}

// Of so many owners that one byte does not number them, each is told.
func TestEverybodyIsCalled(t *testing.T) {
	t.Parallel()
	sc := newScene()
	need := callable(sc, func(a event.Ask) { sc.do(sc.node, a) })
	var entries []event.EntryID
	for i := range 290 {
		who := event.Who{Kind: event.Person, ID: fmt.Sprintf("guest%d", i)}
		sc.answerOf(who, event.AttendeeJoin{Card: sc.card(1), Terms: "1"})
		_, e := sc.answerOf(who, event.EntryAdd{EntryWords: sc.entryWords()})
		entries = append(entries, event.EntryID(e.ID(0)))
	}
	sc.told(need, entries...)
	if got := len(requests(sc.node.state, need)); got != 290 {
		t.Fatalf("%d were told of 290", got)
	}
}

// The ledger knows whose the wanted offers were; what nobody wanted does not
// move it, nor does what became of it later.
func TestFromWhom(t *testing.T) {
	t.Parallel()
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	s := sc.node.state
	from := func(i int) string { return fmt.Sprint(s.Attendees[event.AttendeeID(person(i).ID)].From) }
	back := func(i int) int { return strings.Count(string(sc.node.copies.Full(mine(person(i).ID))), `"back":true`) }
	// p2 is offered something by p1 (the opening), and would fit a need of p1's.
	sc.answerOf(machine, event.SuggestionMake{Need: sc.needs[0], Entry: sc.entries[2]})
	sc.answerOf(machine, event.SuggestionMake{Need: sc.needs[2], Entry: sc.entries[3]})
	opening := fmt.Sprintf("{%s 1}", person(0).ID) // whose acquaintance p2 offered themself to, and the host agreed
	if from(2) != "["+opening+"]" || back(2) != 0 {
		t.Fatalf("an offer that nobody wanted moved the ledger: %s, %d", from(2), back(2))
	}
	sc.answerOf(person(2), event.OfferWant{Introduction: sc.intros[3], Line: sc.word("line"), Give: gives[0]})
	if want := fmt.Sprintf("[%s {%s 1}]", opening, person(1).ID); from(2) != want || back(2) != 1 {
		t.Fatalf("after ぜひ: %s, %d", from(2), back(2))
	}
	sc.answerOf(person(1), event.IntroductionRevoke{Introduction: sc.intros[3]})
	_, again := sc.answerOf(person(1), event.OfferMake{Need: sc.needs[1], Entry: sc.entries[0]})
	sc.answerOf(person(2), event.OfferWant{Introduction: event.IntroductionID(again.ID(0)), Line: sc.word("line"), Give: gives[0]})
	if want := fmt.Sprintf("[%s {%s 2}]", opening, person(1).ID); from(2) != want {
		t.Fatalf("twice: %s", from(2))
	}
	if full := string(sc.node.copies.Full(mine(person(2).ID))); !strings.Contains(full, `{"by":"`+person(1).ID+`","n":2}]`) {
		t.Fatalf("p2 sees %s", full)
	}
	agree(t, sc.node, openNode(sc.log, "b"))
}
