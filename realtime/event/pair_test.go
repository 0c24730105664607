package event_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
)

// The machine of product.md 6.4 by hand. A and B are the two owners, H the
// host, O somebody else inside, X and Y their acquaintances by the links that
// were sent, P and Q by their own links after a yes, M the timer. A cell is the
// step that comes of it, = is an acknowledgement that changes no step and -
// cannot be tried; everything else is a refusal. "no" is both after Y declined,
// "gone" both after B left: everybody but Y, and but B, must find them exactly
// like both.
const pairTable = `
. .      | card      yes       agreed    one       both      kept      no        gone      connected ended     revoked   over
A yes    | =         =         step      step      step      step      step      step      step      step      step      unknown
B yes    | =         agreed    step      step      step      step      step      step      step      step      step      unknown
A no     | =         =         step      step      step      step      step      step      step      step      step      unknown
O yes    | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown
H yes    | unknown   unknown   forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden unknown
A ask    | step      step      asking    step      step      step      step      step      step      step      step      unknown
B ask    | step      step      asking    =         step      step      step      step      step      step      step      unknown
O ask    | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown
H ask    | unknown   unknown   forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden unknown
A leave  | step      step      ended     =         =         =         =         =         step      step      step      unknown
B leave  | step      step      ended     =         =         =         =         step      step      step      step      unknown
O leave  | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown
X give   | -         -         -         =         =         =         =         =         over      over      over      -
Y give   | -         -         -         -         =         connected =         over      over      over      over      -
X bad    | -         -         -         mail      mail      mail      mail      mail      over      over      over      -
X late   | -         -         -         over      over      over      over      over      over      over      over      -
X no     | -         -         -         =         =         =         =         =         over      over      over      -
Y no     | -         -         -         -         =         =         =         over      over      over      over      -
X back   | -         -         -         over      over      over      over      over      revoked   over      =         -
P back   | -         -         -         -         -         =         -         -         revoked   over      =         -
P give   | -         -         -         -         -         over      -         -         over      over      over      -
P fix    | -         -         -         -         -         over      -         -         =         over      over      -
X fix    | -         -         -         over      over      over      over      over      over      over      over      -
Q back   | -         -         -         -         -         -         -         -         revoked   -         =         -
A give   | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
M tick   | =         =         =         =         =         =         =         =         =         =         =         =
M due    | =         =         =         ended     ended     ended     ended     ended     =         =         =         =
`

// pairing is an evening with one pair of p1 and p2, taken to a stage.
type pairing struct {
	*scene
	p *event.Pair
}

func newPairing(stage string) *pairing {
	d := &pairing{scene: newScene()}
	put := func(by event.Who, c event.Command) event.Ask {
		a := d.ask(by, c)
		if answer := d.do(d.node, a); !strings.HasPrefix(answer, `{"t":"ack"`) {
			panic(fmt.Sprintf("%T: %s", c, answer))
		}
		return a
	}
	put(person(0), d.open(event.DoorsOpen))
	for i := 1; i < 6; i++ {
		put(person(i), event.AttendeeJoin{Card: d.card(1), Terms: "1"})
	}
	d.crowd("船橋市", put)
	put(person(0), event.PhaseSet{Phase: event.PhasePairs})
	put(machine, event.PairsMake{Found: [][2]event.EntryID{{d.entries[1], d.entries[2]}}})
	d.p = d.node.state.Pairs[d.pairs[0]]
	for i, what := range []string{"card", "yes", "agreed", "one", "both", "kept", "connected", "revoked"} {
		switch i {
		case 1:
			put(person(1), event.PairAnswer{Pair: d.p.ID, Yes: true, Words: true})
		case 2:
			put(person(2), event.PairAnswer{Pair: d.p.ID, Yes: true})
		case 3:
			put(person(1), event.PairAsk{Pair: d.p.ID, Days: 7})
		case 4:
			put(person(2), event.PairAsk{Pair: d.p.ID, Days: 3})
		case 5:
			put(d.page(0), event.ConsentGive{Contact: d.contact(), Private: d.newPrivate()})
		case 6:
			put(d.page(1), event.ConsentGive{Contact: d.contact(), Private: d.newPrivate()})
		case 7:
			put(link(d.p.Sides[1].Private), event.ConsentRevoke{})
		}
		if what == stage {
			return d
		}
		switch {
		case stage == "over" && what == "yes":
			put(person(0), event.PhaseSet{Phase: event.PhaseFree})
			return d
		case stage == "no" && what == "both":
			put(d.page(1), event.ConsentDecline{Block: true})
			return d
		case stage == "gone" && what == "both":
			put(person(2), event.PairLeave{Pair: d.p.ID})
			return d
		case stage == "ended" && what == "kept":
			d.clock = d.p.Due
			put(machine, event.Tick{})
			return d
		}
	}
	panic(stage)
}

func (d *pairing) page(side int) event.Who { return link(d.p.Sides[side].Link) }

// try does one row of the table and says what came of it, in its words.
func (d *pairing) try(who, what string) string {
	w := map[string]event.Who{
		"A": person(1), "B": person(2), "H": person(0), "O": person(3), "M": machine,
		"X": d.page(0), "Y": d.page(1), "P": link(d.p.Sides[0].Private), "Q": link(d.p.Sides[1].Private),
	}[who]
	bad := d.contact()
	bad.Mail = "nobody"
	a := d.ask(w, map[string]event.Command{
		"yes": event.PairAnswer{Pair: d.p.ID, Yes: true, Words: true}, "no": event.PairAnswer{Pair: d.p.ID}, "ask": event.PairAsk{Pair: d.p.ID, Days: 7},
		"leave": event.PairLeave{Pair: d.p.ID}, "give": event.ConsentGive{Contact: d.contact(), Private: d.newPrivate()},
		"bad": event.ConsentGive{Contact: bad, Private: d.newPrivate()}, "late": event.ConsentGive{Contact: d.contact(), Private: d.newPrivate()},
		"back": event.ConsentRevoke{}, "fix": event.ConsentCorrect{Contact: d.contact()}, "tick": event.Tick{}, "due": event.Tick{},
	}[what])
	if w.Kind == event.Absent && what == "no" {
		a.Do = event.ConsentDecline{Tell: true, Block: true}
	}
	if what == "late" || what == "due" {
		a.Now = max(d.p.Due, a.Now)
	}
	before := d.p.Step
	answer := d.do(d.node, a)
	for name, refusal := range refusalNames {
		if strings.Contains(answer, `"code":"`+refusal.Code+`"`) {
			return name
		}
	}
	switch {
	case !strings.HasPrefix(answer, `{"t":"ack"`):
		return answer
	case d.p.Step == before:
		return "="
	}
	return d.p.Step.String()
}

func TestPairMachine(t *testing.T) {
	t.Parallel()
	var stages []string
	tried := 0
	for line := range strings.Lines(strings.TrimSpace(pairTable)) {
		f := strings.Fields(strings.ReplaceAll(line, "|", ""))
		if f[0] == "." {
			stages = f[2:]
			continue
		}
		for i, want := range f[2:] {
			if want == "-" {
				continue
			}
			tried++
			if got := newPairing(stages[i]).try(f[0], f[1]); got != want {
				t.Errorf("%s %s at %s: %s, want %s", f[0], f[1], stages[i], got, want)
			}
		}
	}
	if tried < 200 {
		t.Errorf("%d cells were tried: this test tests nothing", tried)
	}
}

// Declined by one, by both, or by nobody: it ends by the same fact at the same
// moment, the words that waited are gone long before it, and only who wants no
// more links is left alone.
func TestPairEndsOnTheDay(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"both", "kept", "no", "gone"} {
		d := newPairing(stage)
		for _, now := range []event.At{d.p.Due - 1, d.p.Due} {
			if d.p.Step != event.PairAsking || event.Deadline(d.node.state) != d.p.Due {
				t.Fatalf("%s: ended %d ms before the due date", stage, d.p.Due-now)
			}
			tick := d.ask(machine, event.Tick{})
			tick.Now = now
			d.do(d.node, tick)
		}
		if d.p.Step != event.PairEnded || d.p.At != d.p.Due || d.p.Sides[0].Contact != (event.Contact{}) {
			t.Errorf("%s: %v at %d, want ended at %d", stage, d.p.Step, d.p.At, d.p.Due)
		}
		if blocked := d.node.state.Entries[d.p.Sides[1].Entry].Blocked; blocked != (stage == "no") {
			t.Errorf("%s: at the due date the entry is blocked: %v", stage, blocked)
		}
	}
}

// What waits is under a key that is forgotten by the fact that ends the hope.
func TestSealedConsentIsForgotten(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		who func(*pairing) event.Who
		do  func(*pairing) event.Command
	}{
		"the other declines": {func(d *pairing) event.Who { return d.page(1) }, func(*pairing) event.Command { return event.ConsentDecline{} }},
		"taken back":         {func(d *pairing) event.Who { return link(d.p.Sides[0].Private) }, func(*pairing) event.Command { return event.ConsentRevoke{} }},
		"an owner leaves":    {func(*pairing) event.Who { return person(2) }, func(d *pairing) event.Command { return event.PairLeave{Pair: d.p.ID} }},
		"an owner goes":      {func(*pairing) event.Who { return person(2) }, func(*pairing) event.Command { return event.AttendeeErase{} }},
		"an owner is removed": {func(*pairing) event.Who { return person(0) }, func(*pairing) event.Command {
			return event.AttendeeRemove{Attendee: event.AttendeeID(person(2).ID)}
		}},
		"the due date": {func(*pairing) event.Who { return machine }, func(*pairing) event.Command { return event.Tick{} }},
	} {
		d := newPairing("kept")
		a := d.ask(c.who(d), c.do(d))
		if what == "the due date" {
			a.Now = d.p.Due
		}
		facts, err := event.Decide(d.node.state, a)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		var keys []string
		for _, f := range facts {
			k, _ := event.Forgets(d.node.state, f)
			keys = append(keys, k...)
		}
		d.do(d.node, a)
		if !slices.Contains(keys, event.PairWords(d.p.ID, 0)) || d.p.Sides[0].Contact != (event.Contact{}) {
			t.Errorf("%s: the keys %q are forgotten, and %+v stays", what, keys, d.p.Sides[0].Contact)
		}
		if d.p.Step != event.PairAsking {
			continue
		}
		// Nothing comes of it any more, and nobody is told before the due date.
		d.do(d.node, d.ask(d.page(1), event.ConsentGive{Contact: d.contact(), Private: d.newPrivate()}))
		if d.p.Step != event.PairAsking || d.p.Sides[1].Contact != (event.Contact{}) {
			t.Errorf("%s: a later yes makes it %v, and %+v is kept", what, d.p.Step, d.p.Sides[1].Contact)
		}
	}
}

// What one of them takes back afterwards takes the other's along, keys and all.
func TestARevokedPairIsEmpty(t *testing.T) {
	t.Parallel()
	d := newPairing("connected")
	facts, err := event.Decide(d.node.state, d.ask(d.page(0), event.ConsentRevoke{}))
	if err != nil || len(facts) != 1 {
		t.Fatalf("%d facts, %v", len(facts), err)
	}
	keys, _ := event.Forgets(d.node.state, facts[0])
	if want := []string{event.PairWords(d.p.ID, 0), event.PairWords(d.p.ID, 1)}; !slices.Equal(keys, want) {
		t.Errorf("the keys %q are forgotten, want %q", keys, want)
	}
	for side, x := range newPairing("revoked").p.Sides {
		if x.Contact != (event.Contact{}) {
			t.Errorf("side %d still has %+v", side, x.Contact)
		}
	}
}

// The askings of a pair and of an introduction share their limits, a no keeps
// its place until the due date, and an acquaintance is asked for one thing at a
// time.
func TestPairsShareTheLimits(t *testing.T) {
	t.Parallel()
	d := newPairing("no")
	put := func(by event.Who, c event.Command) (event.Ask, string) { a := d.ask(by, c); return a, d.do(d.node, a) }
	need, _ := put(person(3), event.NeedPost{NeedWords: d.needWords()})
	wanted := func(entry event.EntryID) event.IntroductionID {
		o, _ := put(person(2), event.OfferMake{Need: event.NeedID(need.ID(0)), Entry: entry, Line: d.word("hint")})
		id := event.IntroductionID(o.ID(0))
		put(person(3), event.OfferWant{Introduction: id, Line: d.word("line"), Give: []string{"mail"}})
		return id
	}
	if _, answer := put(person(2), event.IntroductionAsk{Introduction: wanted(d.p.Sides[1].Entry), Days: 7}); !strings.Contains(answer, event.ErrEntryAsking.Code) {
		t.Errorf("whoever is asked for a pair is asked again: %s", answer)
	}
	if _, answer := put(person(2), event.EntryReach{Entry: d.p.Sides[1].Entry, Reach: event.OnBoard}); !strings.Contains(answer, event.ErrEntryAsking.Code) {
		t.Errorf("whoever is asked for a pair stands on the board: %s", answer)
	}
	for i := range 5 {
		e, _ := put(person(2), event.EntryAdd{EntryWords: d.entryWords()})
		id := wanted(event.EntryID(e.ID(0)))
		_, answer := put(person(2), event.IntroductionAsk{Introduction: id, Days: 7})
		if full := strings.Contains(answer, event.ErrManyAskings.Code); full != (i == 4) {
			t.Errorf("asking %d beside a pair: %s", i+1, answer)
		}
		if i < 4 { // and again: three are open on one need
			put(person(3), event.NeedClose{Need: event.NeedID(need.ID(0))})
			need, _ = put(person(3), event.NeedPost{NeedWords: d.needWords()})
		}
	}
}

// The tables are filled evenly, the lowest number first.
func TestTablesAreFilledEvenly(t *testing.T) {
	t.Parallel()
	sc := wholeEvening(func(*scene) {})
	tables := []int{}
	for _, id := range sc.pairs {
		if n := sc.node.state.Pairs[id].Table; n != 0 {
			tables = append(tables, n)
		}
	}
	if !slices.Equal(tables, []int{1, 1, 1}) { // six people sit at one table
		t.Errorf("tables %v", tables)
	}
}

// Whoever answers a page that has its answer already sees what the first one
// saw, may take it back, and it is worth nothing.
func TestALaterYesLooksLikeTheFirst(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"kept", "no", "gone"} {
		d := newPairing(stage)
		side := map[string]int{"kept": 0, "no": 1, "gone": 0}[stage]
		private, contact := d.newPrivate(), d.contact()
		d.do(d.node, d.ask(d.page(side), event.ConsentGive{Contact: contact, Private: private}))
		mine := allStreams(d.node.state)[event.Stream{Name: event.Consent, ID: string(private)}][string(d.p.ID)]
		if !strings.Contains(mine, `"state":"kept"`) {
			t.Errorf("%s: whoever comes later sees %q", stage, mine)
		}
		if d.p.Sides[side].Contact == contact {
			t.Errorf("%s: what came later is kept", stage)
		}
		d.do(d.node, d.ask(link(private), event.ConsentRevoke{}))
		mine = allStreams(d.node.state)[event.Stream{Name: event.Consent, ID: string(private)}][string(d.p.ID)]
		if !strings.Contains(mine, `"state":"withdrawn"`) || d.p.Step != event.PairAsking {
			t.Errorf("%s: after taking it back they see %q", stage, mine)
		}
	}
}

// Of two who agreed the desk sees who they are, once. What comes of it moves a
// count, and nothing of theirs.
func TestTheDeskSeesNoCourse(t *testing.T) {
	t.Parallel()
	first := ""
	for _, stage := range []string{"agreed", "one", "both", "kept", "no", "gone", "connected", "ended", "revoked"} {
		d := newPairing(stage)
		all := allStreams(d.node.state)[event.Stream{Name: event.Desk}]
		if first == "" {
			first = all[string(d.p.ID)]
		}
		if couple := all[string(d.p.ID)]; couple != first || couple == "" {
			t.Errorf("at %s the desk has %s, and had %s", stage, couple, first)
		}
		if sums, want := all["tally"], map[bool]string{true: `"couples":1`, false: `"couples":0`}[stage == "connected"]; !strings.Contains(sums, want) {
			t.Errorf("at %s the desk counts %s", stage, sums)
		}
	}
}
