package event_test

import (
	"encoding/json"
	"strings"
	"testing"

	"goen/realtime/event"
)

// barsOf is what a viewer of the desk or the screen sees of one group or trade.
func barsOf(t *testing.T, s *event.State, w event.Who, id string) event.Bar {
	t.Helper()
	for _, v := range event.Look(s, w) {
		var bars []event.Bar
		switch v := v.(type) {
		case event.BalanceView:
			bars = v.Bars
		case event.BarsView:
			bars = v.Bars
		default:
			continue
		}
		for _, b := range bars {
			if b.Trade == id || b.Trade == "" && b.Group == id {
				return b
			}
		}
		return event.Bar{}
	}
	t.Fatalf("%v sees no balance", w)
	return event.Bar{}
}

// The balance counts who is inside by their cards and what stands in the room,
// and nothing else.
func TestBalanceCountsWhatTheRoomSees(t *testing.T) {
	t.Parallel()
	sc := newScene()
	put := func(by event.Who, c event.Command) event.Ask {
		t.Helper()
		a := sc.ask(by, c)
		if answer := sc.do(sc.node, a); !strings.HasPrefix(answer, `{"t":"ack"`) {
			t.Fatalf("%T: %s", c, answer)
		}
		return a
	}
	holds := func(what string, supply, demand, all, asked int) {
		t.Helper()
		for _, w := range []event.Who{person(0), screen} {
			of, group := barsOf(t, sc.node.state, w, "zeirishi"), barsOf(t, sc.node.state, w, "licensed")
			if of.Supply != supply || of.Demand != demand || group.Supply != all || group.Demand != asked {
				t.Fatalf("%s: %v sees %d : %d of the trade and %d : %d of the group, want %d : %d and %d : %d",
					what, w, of.Supply, of.Demand, group.Supply, group.Demand, supply, demand, all, asked)
			}
		}
	}
	card := func(of string) event.Card {
		c := sc.card(0)
		c.Trade = of
		return c
	}
	need := func(of string) event.NeedWords {
		w := sc.needWords()
		w.Trade = of
		return w
	}
	open := sc.open(event.DoorsOpen)
	open.Card = card("npo")
	put(person(0), open)
	put(person(1), event.AttendeeJoin{Card: card("zeirishi"), Terms: "1"})
	put(person(2), event.AttendeeJoin{Card: card("bengoshi"), Terms: "1"})
	holds("two have come", 1, 0, 2, 0)

	put(person(0), event.DoorsSet{Doors: event.DoorsApprove})
	put(person(3), event.AttendeeJoin{Card: card("zeirishi"), Terms: "1"})
	holds("one waits in the lobby", 1, 0, 2, 0)
	put(person(0), event.AttendeeAdmit{Attendee: event.AttendeeID(person(3).ID)})
	holds("and is let in", 2, 0, 3, 0)
	put(person(3), event.CardChange{Card: card("bengoshi")})
	holds("another trade on the card", 1, 0, 3, 0)
	put(person(3), event.CardChange{Card: card("zeirishi")})

	mine := event.NeedID(put(person(1), event.NeedPost{NeedWords: need("zeirishi")}).ID(0))
	put(person(2), event.NeedPost{NeedWords: need("")})
	holds("one asks for the trade, one for none", 2, 1, 3, 1)
	theirs := sc.behalfWords()
	theirs.Trade, theirs.Behalf.Trade = "zeirishi", "bengoshi"
	put(person(2), event.NeedPost{NeedWords: theirs})
	holds("and one for an acquaintance, whose own trade is no supply", 2, 2, 3, 2)
	put(person(1), event.NeedEdit{Need: mine, NeedWords: need("bengoshi")})
	holds("another trade is asked for", 2, 1, 3, 2)
	put(person(1), event.NeedEdit{Need: mine, NeedWords: need("zeirishi")})

	put(person(0), event.NeedHide{Need: mine, Hidden: true})
	holds("one is hidden", 2, 1, 3, 1)
	put(person(0), event.NeedHide{Need: mine})
	put(person(0), event.ApprovalSet{On: true})
	held := event.NeedID(put(person(3), event.NeedPost{NeedWords: need("zeirishi")}).ID(0))
	holds("one waits for the host", 2, 2, 3, 2)
	put(person(0), event.NeedApprove{Need: held})
	holds("and is let go", 2, 3, 3, 3)
	put(person(1), event.NeedClose{Need: mine})
	holds("one is withdrawn", 2, 2, 3, 2)

	// Who goes takes theirs along.
	put(person(0), event.AttendeeRemove{Attendee: event.AttendeeID(person(3).ID)})
	holds("one is removed", 1, 1, 2, 1)
	put(person(2), event.AttendeeErase{})
	holds("one erases themself", 1, 0, 1, 0)

	// Entries are nobody's business: neither what they are nor what they seek.
	before := sc.node.copies.Seq(desk)
	for _, reach := range []event.Reach{event.Self, event.Nameless} {
		w := sc.entryWords()
		w.Trade, w.Seeks = "zeirishi", "税理士を探している"
		put(person(1), event.EntryAdd{EntryWords: w, Reach: reach})
	}
	holds("with entries", 1, 0, 1, 0)
	if after := sc.node.copies.Seq(desk); after != before {
		t.Errorf("an entry moves the desk from %d to %d", before, after)
	}
}

// No bar says who: the same numbers, the same bytes, whoever posted for whom.
func TestBarsAreNobodys(t *testing.T) {
	t.Parallel()
	look := func(posters ...int) string {
		sc := newScene()
		put := func(by event.Who, c event.Command) { sc.do(sc.node, sc.ask(by, c)) }
		open := sc.open(event.DoorsOpen)
		open.Card.Trade = "npo"
		put(person(0), open)
		for i := 1; i < 4; i++ {
			c := sc.card(0)
			c.Trade = "zeirishi"
			put(person(i), event.AttendeeJoin{Card: c, Terms: "1"})
		}
		for k, p := range posters {
			w := sc.needWords()
			if k%2 == p%2 {
				w = sc.behalfWords()
			}
			w.Trade = "bengoshi"
			put(person(p), event.NeedPost{NeedWords: w})
		}
		for _, v := range event.Look(sc.node.state, screen) {
			if v, ok := v.(event.BarsView); ok {
				b, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				return string(b)
			}
		}
		return ""
	}
	a, b := look(1, 2, 3), look(3, 3, 1)
	if a != b || !strings.Contains(a, `{"group":"licensed","supply":3,"demand":3}`) {
		t.Errorf("%s\n%s", a, b)
	}
}

// A round is begun and ended by the host, by a phase, by the end of the event,
// and after ten minutes.
func TestRound(t *testing.T) {
	t.Parallel()
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	host, s := person(0), sc.node.state
	start := func(c event.RoundStart) *event.Round {
		t.Helper()
		if answer := sc.do(sc.node, sc.ask(host, c)); !strings.HasPrefix(answer, `{"t":"ack"`) {
			t.Fatalf("%+v: %s", c, answer)
		}
		return s.Round
	}
	tick := func(now event.At) int64 {
		before := sc.log.last()
		a := sc.ask(machine, event.Tick{})
		a.Now = now
		sc.do(sc.node, a)
		return sc.log.last() - before
	}

	r := start(event.RoundStart{Group: "licensed"})
	if r == nil || r.Group != "licensed" || r.Trade != "" || r.Until != sc.clock+10*60_000 {
		t.Fatalf("the round is %+v", r)
	}
	if due := event.Deadline(s); due != r.Until {
		t.Fatalf("the state is due at %d, the round at %d", due, r.Until)
	}
	last, until := sc.log.last(), r.Until
	if start(event.RoundStart{Group: "licensed"}); sc.log.last() != last || s.Round.Until != until {
		t.Fatal("the same round again makes it longer")
	}
	if r = start(event.RoundStart{Trade: "web"}); r.Group != "it" || r.Trade != "web" {
		t.Fatalf("the round of a trade is %+v", r)
	}
	if n := tick(r.Until - 1); n != 0 || s.Round == nil {
		t.Fatal("it ends before its time")
	}
	if n := tick(r.Until); n != 1 || s.Round != nil {
		t.Fatal("it does not end at its time")
	}
	if n := tick(r.Until + event.Day/24); n != 0 {
		t.Fatal("it ends twice")
	}

	for what, end := range map[string]event.Command{"the host": event.RoundEnd{}, "a phase": event.PhaseSet{Phase: event.PhaseTables}} {
		start(event.RoundStart{Group: "make"})
		if sc.do(sc.node, sc.ask(host, end)); s.Round != nil {
			t.Errorf("%s does not end it", what)
		}
	}
	start(event.RoundStart{Group: "make"})
	if sc.do(sc.node, sc.ask(host, event.PhaseSet{Phase: event.PhaseTables})); s.Round == nil {
		t.Error("the phase that it is ends it")
	}

	for _, c := range []struct {
		by   event.Who
		do   event.RoundStart
		want event.Refusal
	}{
		{host, event.RoundStart{}, event.ErrChoice},
		{host, event.RoundStart{Group: "all"}, event.ErrChoice},
		{host, event.RoundStart{Group: "zeirishi"}, event.ErrChoice},
		{host, event.RoundStart{Trade: "licensed"}, event.ErrTrade},
		{host, event.RoundStart{Group: "it", Trade: "zeirishi"}, event.ErrTrade},
		{person(1), event.RoundStart{Group: "licensed"}, event.ErrForbidden},
		{screen, event.RoundStart{Group: "licensed"}, event.ErrForbidden},
	} {
		last := sc.log.last()
		if _, err := event.Decide(s, sc.ask(c.by, c.do)); !c.want.Is(err) || sc.log.last() != last {
			t.Errorf("%v, %+v: %v, want %v", c.by, c.do, err, c.want)
		}
	}
	if sc.do(sc.node, sc.ask(host, event.EventClose{})); s.Round != nil || event.Deadline(s) == 0 {
		t.Error("it outlives the event")
	}
	if _, err := event.Decide(s, sc.ask(host, event.RoundStart{Group: "it"})); !event.ErrEventClosed.Is(err) {
		t.Errorf("after the event a round begins: %v", err)
	}
	agree(t, sc.node, openNode(sc.log, "b"))
}
