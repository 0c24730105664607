package event_test

import (
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
	"goen/realtime/trade"
)

// boardOf is what stands on the board for everybody inside.
func boardOf(s *event.State) (rows []event.BoardView) {
	for _, v := range event.Look(s, person(0)) {
		if b, ok := v.(event.BoardView); ok {
			rows = append(rows, b)
		}
	}
	return rows
}

// open puts an entry of p1's on the board, and gives its place.
func (sc *scene) onBoard(entry event.EntryID, words bool) event.BoardID {
	a := sc.ask(by(sc.node.state.Entries[entry].Owner), event.EntryReach{Entry: entry, Reach: event.OnBoard, Words: words})
	if answer := sc.do(sc.node, a); !strings.Contains(answer, `"ack"`) {
		panic(answer)
	}
	return event.BoardID(a.ID(1))
}

// An entry is its owner's alone until they say otherwise, and stays as far as
// they said.
func TestReach(t *testing.T) {
	t.Parallel()
	sc := furnished()
	s := sc.node.state
	mine := event.EntryID(func() string {
		_, a := sc.answerOf(person(1), event.EntryAdd{EntryWords: sc.entryWords()})
		return a.ID(0)
	}())
	if e := s.Entries[mine]; e.Reach != event.Self || len(boardOf(s)) != 0 {
		t.Fatalf("a new entry goes as far as %q", e.Reach)
	}
	for _, c := range []struct {
		who  event.Who
		do   event.Command
		code string
	}{
		{person(2), event.EntryReach{Entry: mine, Reach: event.OnBoard}, "not_found"},
		{person(0), event.EntryReach{Entry: mine, Reach: event.OnBoard}, "not_found"}, // nor the host
		{person(1), event.EntryReach{Entry: mine, Reach: "all"}, "choice.unknown"},
		{person(1), event.EntryReach{Entry: mine, Reach: ""}, "choice.unknown"},
		{person(1), event.EntryReach{Entry: mine, Reach: event.Nameless, Words: true}, "choice.unknown"},
		{person(1), event.EntryAdd{EntryWords: sc.entryWords(), Reach: "all"}, "choice.unknown"},
		{person(1), event.EntryAdd{EntryWords: sc.entryWords(), Words: true}, "choice.unknown"},
	} {
		if code, _ := sc.answerOf(c.who, c.do); code != c.code {
			t.Errorf("%+v by %s: %q, want %q", c.do, c.who.ID, code, c.code)
		}
	}
	first := sc.onBoard(mine, false)
	want := func(words bool) event.BoardView {
		e := s.Entries[mine]
		v := event.BoardView{Head: event.Head{K: "board", ID: string(e.Board)}, Owner: e.Owner, Trade: e.Trade, Area: e.Area, Size: e.Size, Closeness: e.Closeness}
		if words {
			v.Offers = e.Offers
		}
		return v
	}
	if rows := boardOf(s); len(rows) != 1 || rows[0] != want(false) || string(first) == string(mine) {
		t.Fatalf("the board shows %+v, want %+v", rows, want(false))
	}
	sc.answerOf(person(1), event.EntryReach{Entry: mine, Reach: event.OnBoard, Words: true})
	sc.answerOf(person(1), event.EntryChange{Entry: mine, EntryWords: sc.entryWords()})
	if rows := boardOf(s); len(rows) != 1 || rows[0] != want(true) || s.Entries[mine].Board != first {
		t.Fatalf("changed, the board shows %+v, want %+v at the same place", rows, want(true))
	}
	for _, down := range []event.Reach{event.Nameless, event.Self} {
		sc.answerOf(person(1), event.EntryReach{Entry: mine, Reach: down})
		if e := s.Entries[mine]; e.Reach != down || e.Words || e.Board != "" || len(boardOf(s)) != 0 || len(s.Boards) != 0 {
			t.Errorf("taken down to %s, it is %+v", down, e)
		}
		if again := sc.onBoard(mine, true); again == first {
			t.Error("put up again it has its old id")
		}
	}
	// With who leaves and comes back to the room, and for good.
	sc.answerOf(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(1).ID)})
	if len(boardOf(s)) != 0 {
		t.Error("a removed owner stands on the board")
	}
	_, a := sc.answerOf(person(2), event.EntryAdd{EntryWords: sc.entryWords(), Reach: event.OnBoard})
	if len(boardOf(s)) != 1 {
		t.Error("an entry that is added open is not on the board")
	}
	sc.answerOf(person(2), event.EntryDrop{Entry: event.EntryID(a.ID(0))})
	sc.answerOf(person(2), event.EntryAdd{EntryWords: sc.entryWords(), Reach: event.OnBoard})
	sc.answerOf(person(2), event.AttendeeErase{})
	if len(boardOf(s)) != 0 || len(s.Boards) != 1 { // the removed one's
		t.Errorf("after the erasure the board has %+v", s.Boards)
	}
}

// So many of one owner, and one more is refused, by either way; a name in what
// would be read is, too.
func TestReachRefuses(t *testing.T) {
	t.Parallel()
	sc := furnished()
	var last event.EntryID
	for i := range 21 {
		code, a := sc.answerOf(person(1), event.EntryAdd{EntryWords: sc.entryWords(), Reach: event.OnBoard})
		if want := map[bool]string{true: "limit.open"}[i == 20]; code != want {
			t.Fatalf("number %d: %q, want %q", i+1, code, want)
		}
		if i < 20 {
			last = event.EntryID(a.ID(0))
		}
	}
	if code, _ := sc.answerOf(person(1), event.EntryReach{Entry: sc.entries[1], Reach: event.OnBoard}); code != "limit.open" {
		t.Errorf("the twenty-first by its reach: %q", code)
	}
	if code, _ := sc.answerOf(person(1), event.EntryReach{Entry: last, Reach: event.OnBoard, Words: true}); code != "" {
		t.Errorf("what stands there already is counted twice: %q", code)
	}
	sc.answerOf(person(1), event.EntryReach{Entry: last, Reach: event.Self})
	sc.node.state.Entries[sc.entries[1]].Area = "鈴木様の近く" // as an earlier version let it in
	if code, _ := sc.answerOf(person(1), event.EntryReach{Entry: sc.entries[1], Reach: event.OnBoard}); code != "text.name" {
		t.Errorf("a name in the area: %q", code)
	}
}

// A phone that was away when an entry was taken off the board never sees it
// again, nor one that was put up and down meanwhile; on every other phone it is
// gone at once, and whoever comes later hears nothing of it.
func TestTakenDownIsGone(t *testing.T) {
	t.Parallel()
	sc := furnished()
	sc.meet(nobody)
	e := sc.entries[1] // p1's
	here, away := sc.phones[slices.IndexFunc(sc.phones, func(p *phone) bool { return p.who == person(3) })],
		sc.phones[slices.IndexFunc(sc.phones, func(p *phone) bool { return p.who == person(2) })]
	words := sc.node.state.Entries[e].EntryWords
	b := sc.onBoard(e, true)
	if !strings.Contains(away.have["room"][string(b)], words.Offers) {
		t.Fatal("it never stood there: this test tests nothing")
	}
	sc.node.leave(away)
	sc.answerOf(person(1), event.EntryReach{Entry: e, Reach: event.Self})
	if _, still := here.have["room"][string(b)]; still {
		t.Error("a phone that is here still has it")
	}
	_, added := sc.answerOf(person(1), event.EntryAdd{EntryWords: sc.entryWords()})
	other := event.EntryID(added.ID(0))
	otherWords := sc.node.state.Entries[other].EntryWords
	hidden := sc.onBoard(other, true)
	sc.answerOf(person(1), event.EntryReach{Entry: other, Reach: event.Nameless})
	from := len(away.heard)
	sc.node.join(away)
	late := newPhone(person(0))
	sc.node.join(late)
	if _, still := away.have["room"][string(b)]; still {
		t.Error("a phone that comes back still has it")
	}
	for _, heard := range append(slices.Clone(away.heard[from:]), late.heard...) {
		for _, word := range []string{words.Area, words.Offers, otherWords.Area, otherWords.Offers, string(hidden)} {
			if strings.Contains(string(heard), word) {
				t.Errorf("%s comes back: %s", word, heard)
			}
		}
	}
	phonesHoldTrue(t, sc.node)
}

// Whoever is asked leaves the board by the owner's own act, and may not be put
// up before the due date, however it ends: so neither the end of an asking nor
// a wish for no more links moves anything there.
func TestWhoIsAskedLeavesTheBoard(t *testing.T) {
	t.Parallel()
	for what, after := range map[string]struct {
		do   func(*scene, *event.Introduction)
		code string // once the due date has come
	}{
		"no answer":   {func(*scene, *event.Introduction) {}, ""},
		"a silent no": {func(sc *scene, n *event.Introduction) { sc.answerOf(link(n.Link), event.ConsentDecline{}) }, ""},
		"and no more": {func(sc *scene, n *event.Introduction) { sc.answerOf(link(n.Link), event.ConsentDecline{Block: true}) }, "entry.blocked"},
		"R leaves": {func(sc *scene, n *event.Introduction) {
			sc.answerOf(by(n.R), event.IntroductionLeave{Introduction: n.ID})
		}, ""},
		"R leaves a block": {func(sc *scene, n *event.Introduction) {
			sc.answerOf(link(n.Link), event.ConsentDecline{Block: true})
			sc.answerOf(by(n.R), event.IntroductionLeave{Introduction: n.ID})
		}, "entry.blocked"},
	} {
		for _, ticked := range []bool{true, false} { // also before the timer has come round
			sc := furnished()
			e := sc.entries[3] // p2's
			b := sc.onBoard(e, true)
			_, a := sc.answerOf(person(2), event.OfferMake{Need: sc.needs[0], Entry: e})
			n := sc.node.state.Introductions[event.IntroductionID(a.ID(0))]
			sc.answerOf(person(1), event.OfferWant{Introduction: n.ID, Line: "x", Give: []string{"mail"}})
			if sc.node.state.Boards[b] != e {
				t.Fatalf("%s: it left the board before it was asked", what)
			}
			if code, _ := sc.answerOf(person(2), event.IntroductionAsk{Introduction: n.ID, Days: 3}); code != "" {
				t.Fatal(code)
			}
			if got := sc.node.state.Entries[e]; got.Reach != event.Nameless || len(boardOf(sc.node.state)) != 0 {
				t.Errorf("%s: asked, it is %s and the board has %d", what, got.Reach, len(boardOf(sc.node.state)))
			}
			after.do(sc, n)
			up := event.EntryReach{Entry: e, Reach: event.OnBoard}
			if code, _ := sc.answerOf(person(2), up); code != "entry.asking" {
				t.Errorf("%s: before the due date it is answered %q", what, code)
			}
			sc.clock = n.Due
			if ticked {
				sc.answerOf(machine, event.Tick{})
			}
			want := after.code
			if n.Step == event.StepAsking {
				want = "entry.asking"
			}
			if code, _ := sc.answerOf(person(2), up); code != want {
				t.Errorf("%s (ticked %v): at the due date it is answered %q, want %q", what, ticked, code, want)
			}
		}
	}
}

// Four owners other than the viewer, in the trade group and the prefecture;
// else in the region, else anywhere, else silence.
func TestFourOwners(t *testing.T) {
	t.Parallel()
	group := func(id trade.ID) string { x, _ := trade.Find(id); return x.Group }
	area := func(name string) string { a, _ := trade.FindArea(name); return a.ID }
	if group("zeirishi") != group("sharoshi") || group("zeirishi") == group("bakery") {
		t.Fatal("the trades are grouped otherwise")
	}
	shi := group("zeirishi")
	chiba, kanto := event.Blur{Group: shi, Area: area("千葉県")}, event.Blur{Group: shi, Area: area("関東")}
	type held struct {
		owner int
		trade trade.ID
		area  string
		reach event.Reach
	}
	near := func(reach event.Reach, owners ...int) (all []held) {
		for i, o := range owners {
			all = append(all, held{o, []trade.ID{"zeirishi", "sharoshi"}[i%2], []string{"船橋市", "千葉市周辺", "千葉県"}[i%3], reach})
		}
		return all
	}
	for what, c := range map[string]struct {
		held []held
		at   string
		want event.Blur // empty: silence
	}{
		"four in the prefecture":          {near(event.Nameless, 1, 2, 3, 4), "船橋市", chiba},
		"three and the viewer's own":      {near(event.Nameless, 0, 1, 2, 3), "船橋市", event.Blur{}},
		"four entries of two owners":      {near(event.Nameless, 1, 1, 2, 2), "船橋市", event.Blur{}},
		"three":                           {near(event.Nameless, 1, 2, 3), "船橋市", event.Blur{}},
		"who stands in sight hides none":  {append(near(event.Nameless, 1, 2, 3), near(event.OnBoard, 4)...), "船橋市", event.Blur{}},
		"nor who keeps theirs to oneself": {append(near(event.Nameless, 1, 2, 3), near(event.Self, 4)...), "船橋市", event.Blur{}},
		"nor who waits or was removed":    {near(event.Nameless, 1, 2, 3, 5, 6), "船橋市", event.Blur{}},
		"the fourth in the region":        {append(near(event.Nameless, 1, 2, 3), held{4, "zeirishi", "東京都", event.Nameless}), "船橋市", kanto},
		"the fourth far away":             {append(near(event.Nameless, 1, 2, 3), held{4, "zeirishi", "札幌市", event.Nameless}), "船橋市", event.Blur{Group: shi}},
		"the fourth of another trade":     {append(near(event.Nameless, 1, 2, 3), held{4, "bakery", "船橋市", event.Nameless}), "船橋市", event.Blur{}},
		"no place named":                  {near(event.Nameless, 1, 2, 3, 4), "", event.Blur{Group: shi}},
		"no place at all":                 {near(event.Nameless, 1, 2, 3, 4), "オンライン", event.Blur{Group: shi}},
		"a whole region":                  {near(event.Nameless, 1, 2, 3, 4), "関東", kanto},
	} {
		sc := newScene()
		sc.answerOf(person(0), sc.open(event.DoorsOpen))
		for i := 1; i <= 6; i++ {
			sc.answerOf(person(i), event.AttendeeJoin{Card: sc.card(1), Terms: "1"})
		}
		for _, h := range c.held {
			if code, _ := sc.answerOf(person(h.owner), event.EntryAdd{EntryWords: event.EntryWords{Trade: string(h.trade), Area: h.area}, Reach: h.reach}); code != "" {
				t.Fatal(code)
			}
		}
		for i := 5; i <= 6; i++ {
			sc.answerOf(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(i).ID)})
		}
		got, ok := event.BlurOf(sc.node.state, event.AttendeeID(person(0).ID), "sharoshi", c.at)
		if got != c.want || ok != (c.want != event.Blur{}) {
			t.Errorf("%s: %+v %v, want %+v", what, got, ok, c.want)
		}
	}
	if _, ok := event.BlurOf(event.New(), "nobody", "nothing", "船橋市"); ok {
		t.Error("of a trade that is none something is said")
	}
}
