package event_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// The machine of product.md 6.3, written once more by hand: who may take an
// introduction from where to where. A cell is the step that comes of it; = is
// an acknowledgement that changes no step; everything else a refusal. I and R
// are the two of it, H the host, O somebody else inside, X the link that was
// sent on, P the absent person's own link, M the timer. "no" is asking after a
// silent decline: everybody but X must find it exactly like asking. "direct" is
// asking without a link, "attested" the connection that came of it. Columns with
// o. are of an offer of oneself, with b. of a need on behalf.
const machineTable = `
. .         | offered   wanted    asking    no        direct    connected attested  met       closed    ended     revoked   | o.offered o.connected o.met     o.closed  o.ended   o.revoked | b.offered b.asking  b.no      b.direct  b.connected b.ended   b.revoked
R want      | wanted    step      step      step      step      step      step      step      step      step      step      | connected step        step      step      step      step      | step      step      step      step      step        step      step
I want      | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
H want      | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
O want      | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   | unknown   unknown     unknown   unknown   unknown   unknown   | unknown   unknown   unknown   unknown   unknown     unknown   unknown
I ask       | step      asking    step      step      step      step      step      step      step      step      step      | step      step        step      step      step      step      | asking    step      step      step      step        step      step
I direct    | step      asking    step      step      step      step      step      step      step      step      step      | step      step        step      step      step      step      | asking    step      step      step      step        step      step
R ask       | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
O ask       | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   | unknown   unknown     unknown   unknown   unknown   unknown   | unknown   unknown   unknown   unknown   unknown     unknown   unknown
I leave     | ended     ended     ended     ended     ended     step      step      step      step      step      step      | ended     step        step      step      step      step      | ended     ended     ended     ended     step        step      step
R leave     | ended     ended     ended     ended     ended     step      step      step      step      step      step      | ended     step        step      step      step      step      | ended     ended     ended     ended     step        step      step
H leave     | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
O leave     | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   | unknown   unknown     unknown   unknown   unknown   unknown   | unknown   unknown   unknown   unknown   unknown     unknown   unknown
I attest    | step      step      step      step      connected step      step      step      step      step      step      | step      step        step      step      step      step      | step      step      step      connected step        step      step
I late-word | step      step      step      step      step      step      step      step      step      step      step      | step      step        step      step      step      step      | step      step      step      step      step        step      step
R attest    | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
H attest    | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
O attest    | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   | unknown   unknown     unknown   unknown   unknown   unknown   | unknown   unknown   unknown   unknown   unknown     unknown   unknown
R met       | step      step      step      step      step      met       met       =         =         step      step      | step      met         =         =         step      step      | step      step      step      step      met         step      step
I met       | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
H met       | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
O met       | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   | unknown   unknown     unknown   unknown   unknown   unknown   | unknown   unknown   unknown   unknown   unknown     unknown   unknown
R close     | step      step      step      step      step      closed    closed    closed    =         step      step      | step      closed      closed    =         step      step      | step      step      step      step      closed      step      step
I close     | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
O close     | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   | unknown   unknown     unknown   unknown   unknown   unknown   | unknown   unknown   unknown   unknown   unknown     unknown   unknown
I thank     | step      step      step      step      step      step      step      step      =         step      step      | step      step        step      =         step      step      | step      step      step      step      step        step      step
R thank     | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
O thank     | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   | unknown   unknown     unknown   unknown   unknown   unknown   | unknown   unknown   unknown   unknown   unknown     unknown   unknown
I revoke    | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | step      revoked     revoked   revoked   step      step      | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
R revoke    | step      step      step      step      step      revoked   revoked   revoked   revoked   step      step      | step      revoked     revoked   revoked   step      step      | step      step      step      step      revoked     step      step
H revoke    | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
O revoke    | unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   unknown   | unknown   unknown     unknown   unknown   unknown   unknown   | unknown   unknown   unknown   unknown   unknown     unknown   unknown
X give      | -         -         connected =         -         over      over      over      over      over      over      | -         -           -         -         -         -         | -         connected =         -         over        over      over
X give-bad  | -         -         mail      mail      -         over      over      over      over      over      over      | -         -           -         -         -         -         | -         mail      mail      -         over        over      over
X late      | -         -         over      over      -         over      over      over      over      over      over      | -         -           -         -         -         -         | -         over      over      -         over        over      over
X late-no   | -         -         over      over      -         over      over      over      over      over      over      | -         -           -         -         -         -         | -         over      over      -         over        over      over
X correct   | -         -         over      over      -         over      over      over      over      over      over      | -         -           -         -         -         -         | -         over      over      -         over        over      over
X decline   | -         -         =         =         -         over      over      over      over      over      over      | -         -           -         -         -         -         | -         =         =         -         over        over      over
X tell      | -         -         ended     =         -         over      over      over      over      over      over      | -         -           -         -         -         -         | -         ended     =         -         over        over      over
X take-back | -         -         over      over      -         revoked   revoked   revoked   revoked   over      =         | -         -           -         -         -         -         | -         over      over      -         revoked     over      =
P give      | -         -         -         -         -         over      -         over      over      -         over      | -         -           -         -         -         -         | -         -         -         -         over        -         over
P correct   | -         -         -         -         -         =         -         =         =         -         over      | -         -           -         -         -         -         | -         -         -         -         =           -         over
P decline   | -         -         -         -         -         over      -         over      over      -         over      | -         -           -         -         -         -         | -         -         -         -         over        -         over
P take-back | -         -         -         -         -         revoked   -         revoked   revoked   -         =         | -         -           -         -         -         -         | -         -         -         -         revoked     -         =
I give      | forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden | forbidden forbidden   forbidden forbidden forbidden forbidden | forbidden forbidden forbidden forbidden forbidden   forbidden forbidden
M tick      | =         =         =         =         =         =         =         =         =         =         =         | =         =           =         =         =         =         | =         =         =         =         =           =         =
M due       | =         =         ended     ended     ended     =         =         =         =         =         =         | =         =           =         =         =         =         | =         ended     ended     ended     =           =         =
`

var refusalNames = map[string]event.Refusal{
	"step": event.ErrStep, "forbidden": event.ErrForbidden, "unknown": event.ErrNotFound, "over": event.ErrLinkOver, "mail": event.ErrMail,
}

// machineRow is one line of the table.
type machineRow struct {
	who, what string
	cells     map[string]string // by stage
}

func machineRows() (stages []string, rows []machineRow) {
	for line := range strings.Lines(strings.TrimSpace(machineTable)) {
		f := strings.Fields(strings.ReplaceAll(line, "|", ""))
		if f[0] == "." {
			stages = f[2:]
			continue
		}
		r := machineRow{f[0], f[1], map[string]string{}}
		for i, cell := range f[2:] {
			r.cells[stages[i]] = cell
		}
		rows = append(rows, r)
	}
	return stages, rows
}

// duo is an evening with one introduction of I to R.
type duo struct {
	*scene
	id    event.IntroductionID
	stage string
}

func newDuo(kind string) *duo {
	d := &duo{scene: newScene(), stage: "offered"}
	put := func(by event.Who, c event.Command) event.Ask {
		a := d.ask(by, c)
		d.do(d.node, a)
		return a
	}
	put(person(0), d.open(event.DoorsOpen))
	put(person(0), event.AttestSet{Attest: event.AttestOn})
	for i := 1; i < 4; i++ {
		put(person(i), event.AttendeeJoin{Card: d.card(1), Terms: "1"})
	}
	if kind == "b." {
		need := put(person(1), event.NeedPost{NeedWords: d.behalfWords()})
		d.stage = "b.offered"
		d.id = event.IntroductionID(put(person(3), event.OfferSelf{Need: event.NeedID(need.ID(0)), Line: d.word("line"), Give: []string{"mail"}}).ID(0))
		return d
	}
	entry := put(person(1), event.EntryAdd{EntryWords: d.entryWords()})
	need := put(person(3), event.NeedPost{NeedWords: d.needWords()})
	n := event.NeedID(need.ID(0))
	if kind == "o." {
		d.stage = "o.offered"
		d.id = event.IntroductionID(put(person(1), event.OfferSelf{Need: n, Line: d.word("hint"), Give: []string{"mail", "phone"}}).ID(0))
	} else {
		d.id = event.IntroductionID(put(person(1), event.OfferMake{Need: n, Entry: event.EntryID(entry.ID(0)), Line: d.word("hint")}).ID(0))
	}
	return d
}

// try does one row of the table and says what came of it, in its words.
func (d *duo) try(r machineRow) string {
	n := d.node.state.Introductions[d.id]
	who := map[string]event.Who{
		"I": person(1), "R": person(3), "H": person(0), "O": person(2), "X": link(n.Link), "P": link(n.Private), "M": machine,
	}[r.who]
	bad := d.contact()
	bad.Mail = "nowhere"
	a := d.ask(who, map[string]event.Command{
		"want":      event.OfferWant{Introduction: d.id, Line: d.word("line"), Give: []string{"mail"}},
		"ask":       event.IntroductionAsk{Introduction: d.id, Days: 7},
		"direct":    event.IntroductionAsk{Introduction: d.id, Days: 7, Direct: true},
		"attest":    d.attest(d.id),
		"late-word": d.attest(d.id),
		"met":       event.IntroductionMet{Introduction: d.id, On: d.clock},
		"close":     event.IntroductionClose{Introduction: d.id, Outcome: event.Ongoing, Thanks: d.word("thanks"), Public: true},
		"thank":     event.IntroductionThank{Introduction: d.id, Public: true},
		"leave":     event.IntroductionLeave{Introduction: d.id},
		"revoke":    event.IntroductionRevoke{Introduction: d.id},
		"give":      event.ConsentGive{Contact: d.contact(), Private: d.newPrivate()},
		"late":      event.ConsentGive{Contact: d.contact(), Private: d.newPrivate()},
		"late-no":   event.ConsentDecline{Tell: true},
		"give-bad":  event.ConsentGive{Contact: bad, Private: d.newPrivate()},
		"correct":   event.ConsentCorrect{Contact: d.contact()},
		"decline":   event.ConsentDecline{},
		"tell":      event.ConsentDecline{Tell: true},
		"take-back": event.ConsentRevoke{},
		"tick":      event.Tick{},
		"due":       event.Tick{},
	}[r.what])
	switch r.what {
	case "due", "late", "late-no", "late-word": // also before the timer has come round
		a.Now = max(a.Now, n.Due)
	}
	before := n.Step
	answer := d.do(d.node, a)
	for name, refusal := range refusalNames {
		if strings.Contains(answer, `"code":"`+refusal.Code+`"`) {
			return name
		}
	}
	switch {
	case strings.HasPrefix(answer, `{"t":"no"`):
		return answer
	case n.Step != before:
		return n.Step.String()
	}
	return "="
}

// go takes the duo on by a row and gives the stage that it is in then.
func (d *duo) next(r machineRow, came string) string {
	kind, stage := kindOf(d.stage), strings.TrimPrefix(d.stage, kindOf(d.stage))
	switch {
	case stage == "asking" && r.what == "decline":
		return kind + "no"
	case came == "=" || came == "-" || refusalNames[came].Code != "":
		return d.stage
	case r.what == "direct":
		return kind + "direct"
	case r.what == "attest" && kind == "":
		return "attested"
	}
	return kind + came
}

// kindOf is what stands before the dot of a stage, with it.
func kindOf(stage string) string {
	if len(stage) > 1 && stage[1] == '.' {
		return stage[:2]
	}
	return ""
}

// contactOnlyConnected: in the state and in every stream.
func (d *duo) contactOnlyConnected() error {
	n := d.node.state.Introductions[d.id]
	if !n.Connected() && n.Contact != (event.Contact{}) && !(n.Own && n.Step == event.StepOffered) {
		return errors.New("the state still has the contact at " + n.Step.String())
	}
	if n.Own { // the words are on I's card too
		return nil
	}
	for in := range allStreams(d.node.state) {
		full := string(d.node.copies.Full(in))
		allowed := n.Connected() && (in == mine(person(3).ID) || in == mine(person(1).ID) || n.Private != "" && in.ID == string(n.Private))
		if !allowed && (strings.Contains(full, "~xname") || strings.Contains(full, "~xmail") || strings.Contains(full, "~xfirm")) {
			return errors.New(in.Name.String() + " shows the contact at " + n.Step.String() + ": " + full)
		}
	}
	return nil
}

// way leads to each stage.
var way = map[string][]string{
	"offered": {}, "wanted": {"R want"}, "asking": {"R want", "I ask"}, "no": {"R want", "I ask", "X decline"},
	"connected": {"R want", "I ask", "X give"}, "ended": {"R want", "I ask", "M due"},
	"revoked": {"R want", "I ask", "X give", "P take-back"},
	"direct":  {"R want", "I direct"}, "attested": {"R want", "I direct", "I attest"}, "met": {"R want", "I ask", "X give", "R met"},
	"closed":    {"R want", "I ask", "X give", "R close"},
	"o.offered": {}, "o.connected": {"R want"}, "o.met": {"R want", "R met"}, "o.closed": {"R want", "R close"}, "o.ended": {"I leave"}, "o.revoked": {"R want", "I revoke"},
	"b.offered": {}, "b.asking": {"I ask"}, "b.no": {"I ask", "X decline"}, "b.direct": {"I direct"}, "b.connected": {"I ask", "X give"},
	"b.ended": {"I ask", "M due"}, "b.revoked": {"I ask", "X give", "P take-back"},
}

// Every cell of the table.
func TestIntroductionMachine(t *testing.T) {
	t.Parallel()
	stages, rows := machineRows()
	byName := map[string]machineRow{}
	for _, r := range rows {
		byName[r.who+" "+r.what] = r
	}
	for _, stage := range stages {
		var d *duo // made anew unless it is as it was
		for _, r := range rows {
			if r.cells[stage] == "-" {
				continue
			}
			if d == nil {
				d = newDuo(kindOf(stage))
				for _, step := range way[stage] {
					d.stage = d.next(byName[step], d.try(byName[step]))
				}
				if d.stage != stage {
					t.Fatalf("the way to %s leads to %s", stage, d.stage)
				}
			}
			before := d.log.last()
			got := d.try(r)
			if got != r.cells[stage] {
				t.Errorf("at %s: %s %s gives %s, want %s", stage, r.who, r.what, got, r.cells[stage])
			}
			if refusalNames[got].Code != "" && d.log.last() != before {
				t.Errorf("at %s: %s %s was refused and done", stage, r.who, r.what)
			}
			if err := d.contactOnlyConnected(); err != nil {
				t.Errorf("at %s after %s %s: %v", stage, r.who, r.what, err)
			}
			if d.log.last() != before {
				d = nil
			}
		}
	}
}

// Any sequence of anything: the machine goes as the table says, and the
// contact is visible while it is connected and never else.
func TestIntroductionMachineAtRandom(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		stages, rows := machineRows()
		d := newDuo(rapid.SampledFrom([]string{"", "", "o.", "b."}).Draw(t, "kind"))
		for range 25 {
			r := rapid.SampledFrom(rows).Draw(t, "row")
			if !slices.Contains(stages, d.stage) { // b.met is like met, b.closed like closed
				d.stage = strings.TrimPrefix(d.stage, kindOf(d.stage))
			}
			want := r.cells[d.stage]
			if want == "-" || r.who == "X" && d.node.state.Introductions[d.id].Link == "" {
				continue
			}
			if r.who == "P" && d.node.state.Introductions[d.id].Private == "" {
				continue
			}
			got := d.try(r)
			if got != want {
				t.Fatalf("at %s: %s %s gives %s, want %s", d.stage, r.who, r.what, got, want)
			}
			d.stage = d.next(r, got)
			if err := d.contactOnlyConnected(); err != nil {
				t.Fatalf("at %s: %v", d.stage, err)
			}
		}
	})
}
