package event_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
)

var update = flag.Bool("update", false, "write testdata/sights.golden anew, after sightVersion was bumped")

const golden = "testdata/sights.golden"

// wholeEvening is always the same evening. It has every command, every kind of
// view, and every field of each with something in it.
func wholeEvening(each func(*scene)) *scene {
	sc := newScene()
	put := func(by event.Who, c event.Command) event.Ask {
		a := sc.ask(by, c)
		if answer := sc.do(sc.node, a); !strings.HasPrefix(answer, `{"t":"ack"`) {
			panic(fmt.Sprintf("%T: %s", c, answer))
		}
		each(sc)
		return a
	}
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a); each(sc) })
	id := func(i int) event.AttendeeID { return event.AttendeeID(person(i).ID) }
	intro := func(i int) *mIntro { return sc.model.intro[sc.intros[i]] }
	// The introductions of the opening: p1 and p4 ask for p3, p2's is connected,
	// p1 offers themself to p2, p4 has an offer out to p1.
	put(person(0), event.CardChange{Card: sc.card(7)})
	put(person(4), event.CardChange{Card: sc.card(7)})
	put(person(2), event.OfferWant{Introduction: sc.intros[3], Line: sc.word("line"), Pitch: true, Give: []string{"mail", "phone"}})
	put(person(1), event.IntroductionLeave{Introduction: sc.intros[4]}) // passes on what p4 offered
	left := put(person(4), event.OfferMake{Need: sc.needs[0], Entry: sc.entries[7], Words: true, Line: sc.word("hint")})
	put(person(4), event.IntroductionLeave{Introduction: event.IntroductionID(left.ID(0))})
	want := put(person(4), event.OfferMake{Need: sc.needs[0], Entry: sc.entries[7], Words: true, Line: sc.word("hint")})
	put(person(1), event.OfferWant{Introduction: event.IntroductionID(want.ID(0)), Line: sc.word("line"), Pitch: true, Give: []string{"mail", "phone"}})
	// What p4 offers to p1 p4 asks directly, and attests; the absent person takes it back.
	put(person(0), event.AttestSet{Attest: event.AttestOn})
	direct := event.IntroductionID(want.ID(0))
	put(person(4), event.IntroductionAsk{Introduction: direct, Days: 3, Direct: true})
	put(person(4), sc.attest(direct))
	put(person(1), event.IntroductionMet{Introduction: direct, On: sc.clock})
	put(link(sc.model.intro[direct].link), event.ConsentRevoke{})
	// The host's acquaintance says yes to p2, who meets them and thanks the host.
	put(link(intro(5).link), event.ConsentGive{Contact: sc.contact(), Private: sc.newPrivate()})
	put(person(2), event.IntroductionMet{Introduction: sc.intros[5], On: sc.clock})
	put(person(2), event.IntroductionClose{Introduction: sc.intros[5], Outcome: event.Engaged, Thanks: sc.word("thanks"), Public: true})
	put(person(0), event.IntroductionThank{Introduction: sc.intros[5], Public: true})
	put(person(2), event.IntroductionClose{Introduction: sc.intros[5], Outcome: event.Ongoing, Thanks: sc.word("thanks"), Public: true})
	put(person(0), event.IntroductionThank{Introduction: sc.intros[5], Public: true})
	put(person(2), event.OfferSelf{Need: sc.needs[0], Line: sc.word("hint"), Give: []string{"mail"}})
	// The host's desk.
	news := put(person(0), event.AnnouncementMake{AnnouncementWords: event.AnnouncementWords{Text: sc.word("news") + "\n" + sc.word("news")}})
	put(person(0), event.AnnouncementDrop{Announcement: event.AnnouncementID(news.ID(0))})
	put(person(0), event.ApprovalSet{On: true})
	waits := event.NeedID(put(person(4), event.NeedPost{NeedWords: sc.behalfWords()}).ID(0))
	put(person(0), event.ApprovalSet{})
	put(person(4), event.NeedEdit{Need: waits, NeedWords: sc.behalfWords()})
	put(person(0), event.NeedApprove{Need: waits})
	put(person(0), event.NeedPin{Need: waits, Pinned: true})
	put(person(0), event.NeedPin{Need: sc.needs[1], Pinned: true})
	put(person(0), event.NeedHide{Need: waits, Hidden: true}) // and the pin is off
	// The board: p3 is asked, by who needs it and by the host, and passes once.
	up := put(person(3), event.EntryAdd{EntryWords: sc.entryWords(), Reach: event.OnBoard, Words: true})
	put(person(3), event.EntryReach{Entry: event.EntryID(up.ID(0)), Reach: event.OnBoard})
	put(person(3), event.EntryReach{Entry: event.EntryID(up.ID(0)), Reach: event.OnBoard, Words: true})
	plea := put(person(2), event.BoardAsk{Board: event.BoardID(up.ID(1)), Need: sc.needs[1]})
	put(person(0), event.BoardAsk{Board: event.BoardID(up.ID(1)), Need: sc.needs[1]})
	put(person(0), event.BoardAsk{Board: event.BoardID(up.ID(1)), Need: sc.needs[0]})
	put(person(3), event.PleaPass{Plea: event.PleaID(plea.ID(0))})
	put(person(3), event.OfferMake{Need: sc.needs[0], Entry: event.EntryID(up.ID(0)), Line: sc.word("hint")})
	put(person(3), event.SuggestionDismiss{Suggestion: sc.hints[0]})
	put(person(3), event.EntryChange{Entry: sc.entries[5], EntryWords: sc.entryWords()})
	put(machine, event.SuggestionMake{Need: sc.needs[0], Entry: sc.entries[5], Why: sc.reasons(sc.needs[0])})
	put(person(3), event.EntryDrop{Entry: sc.entries[5]})
	// p1's acquaintance needs what p4 can do, and p4 is told that they may help p1
	// themself. One is done, one is wrong.
	put(machine, event.SuggestionMake{Entry: sc.entries[0], Card: id(4), Why: []event.Reason{{By: "words", Words: sc.node.state.Entries[sc.entries[0]].Seeks}}, Rests: "x"})
	put(machine, event.SuggestionMake{Entry: sc.entries[0], Card: id(2), Rests: "x"})
	put(machine, event.SuggestionMake{Need: sc.needs[1], Card: id(4), Why: sc.reasons(sc.needs[1])})
	refer := put(person(1), event.OfferRefer{Entry: sc.entries[0], To: id(4), Seeks: sc.word("wants"), Line: sc.word("hint")})
	put(person(1), event.SuggestionDismiss{Suggestion: sc.hints[len(sc.hints)-2], Wrong: true})
	put(person(4), event.OfferWant{Introduction: event.IntroductionID(refer.ID(0)), Line: sc.word("line"), Give: []string{"mail"}})
	// Nobody answers p4, and the host calls: of p3, from whom p4 received nothing,
	// one entry fits, of p1 another. p1 has received from p4, and may give back.
	lonely := event.NeedID(put(person(4), event.NeedPost{NeedWords: sc.needWords()}).ID(0))
	put(machine, event.SuggestionMake{Need: lonely, Entry: sc.entries[1], Why: sc.reasons(lonely)})
	sc.clock += 5 * 60_000
	put(person(0), event.CallMake{Need: lonely})
	put(machine, event.CallTell{Need: lonely, Hits: []event.CallHit{
		{Entry: sc.entries[1], Why: sc.reasons(lonely)}, {Entry: sc.entries[4], Why: sc.reasons(lonely)},
	}})
	own := put(person(2), event.NeedPost{NeedWords: sc.needWords()})
	put(machine, event.SuggestionMake{Need: event.NeedID(own.ID(0)), Entry: sc.entries[4], Why: sc.reasons(event.NeedID(own.ID(0)))})
	put(person(2), event.NeedEdit{Need: event.NeedID(own.ID(0)), NeedWords: sc.needWords()})
	put(link(intro(0).link), event.ConsentDecline{Tell: true, Block: true})
	put(link(intro(2).private), event.ConsentCorrect{Contact: sc.contact()})
	put(link(intro(2).private), event.ConsentRevoke{})
	put(person(1), event.IntroductionRevoke{Introduction: sc.intros[3]})
	put(link(intro(1).link), event.ConsentDecline{Block: true}) // the silent one
	sc.clock = intro(1).due
	put(machine, event.Tick{})
	put(person(0), event.NeedHide{Need: sc.needs[0], Hidden: true})
	put(person(0), event.EmbeddingSet{On: true})
	put(person(1), event.EmbeddingAgree{Where: embedder})
	put(person(0), event.EmbeddingSet{})
	put(person(0), event.EmbeddingSet{On: true})
	put(person(0), event.RoundStart{Group: "licensed"})
	put(person(0), event.RoundStart{Trade: "web"})
	put(person(0), event.RoundEnd{})
	put(person(0), event.DoorsSet{Doors: event.DoorsApprove})
	put(person(0), event.DoorsRenew{Code: sc.word("code")})
	put(person(5), event.AttendeeJoin{Card: sc.card(1), Terms: "1"})
	put(person(0), event.AttendeeAdmit{Attendee: id(5)})
	put(person(3), event.NeedClose{Need: sc.needs[2]})
	sc.wholePairs(put)
	put(person(0), event.PhaseSet{Phase: event.PhaseFree})
	put(link(intro(5).private), event.ConsentRevoke{}) // with thanks on the screen
	put(person(0), event.AttendeeRemove{Attendee: id(3)})
	put(person(0), event.AttendeeRemove{Attendee: id(2)}) // whose need was open
	put(person(0), event.EventClose{})
	return sc
}

// Every command of the heart, with a phone for everybody: the old view with
// what was put and dropped is the fresh view, with every word in its place.
func TestEveryCommandLeavesTrueCopies(t *testing.T) {
	t.Parallel()
	check := func(sc *scene) {
		sc.meet(nobody)
		phonesHoldTrue(t, sc.node)
		wordsInPlace(t, sc)
	}
	sc := wholeEvening(check)
	sc.do(sc.node, sc.ask(person(1), event.AttendeeErase{}))
	check(sc)
	want := []string{
		"EventOpen", "DoorsRenew", "AttendeeJoin", "PhotoSet", "SuggestionMake", "CallTell", "Tick",
		"ConsentGive", "ConsentCorrect", "ConsentDecline", "ConsentRevoke",
	}
	for _, blank := range event.Commands {
		want = append(want, strings.TrimPrefix(fmt.Sprintf("%T", blank()), "*event."))
	}
	for _, name := range want {
		if !sc.done[name] {
			t.Errorf("the whole evening has no %s", name)
		}
	}
}

// The same log must give the same bytes and numbers on every node and after
// every upgrade, or sightVersion must move, which makes every phone take
// everything anew. This test holds what phones were sent by this version.
func TestSightsAreThoseOfTheVersion(t *testing.T) {
	t.Parallel()
	examples := map[string]string{} // the first view of each kind with each set of keys
	seen := map[string]map[string]bool{}
	sc := wholeEvening(func(sc *scene) {
		all := allStreams(sc.node.state)
		for _, in := range slices.SortedFunc(maps.Keys(all), byStream) {
			for _, obj := range slices.Sorted(maps.Values(all[in])) {
				keys := keysOf(t, obj)
				kind := in.Name.String() + " " + strings.Split(obj, `"`)[3]
				for _, k := range keys {
					if seen[kind] == nil {
						seen[kind] = map[string]bool{}
					}
					seen[kind][k] = true
				}
				name := kind + " " + strings.Join(keys, ",")
				if _, ok := examples[name]; !ok {
					examples[name] = obj
				}
			}
		}
	})
	for stream, views := range event.Views() {
		for _, v := range views {
			kind := stream.String() + " " + reflect.ValueOf(v).Field(0).Field(0).String()
			for _, k := range tagsOf(reflect.TypeOf(v)) {
				if !seen[kind][k] {
					t.Errorf("the whole evening never shows %q of %s", k, kind)
				}
			}
		}
	}
	version, _, _ := strings.Cut(sc.node.copies.Epoch(), ".")
	var b bytes.Buffer
	fmt.Fprintf(&b, "sightVersion %s\n\n", version)
	var streams []string
	for in := range allStreams(sc.node.state) {
		streams = append(streams, fmt.Sprintf("%s %s stands at %d\n", in.Name, in.ID, sc.node.copies.Seq(in)))
	}
	slices.Sort(streams)
	b.WriteString(strings.Join(streams, "") + "\n")
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		fmt.Fprintf(&b, "%s %s\n", strings.Fields(name)[0], examples[name])
	}

	was, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if bytes.Equal(was, b.Bytes()) {
		return
	}
	if old, _, _ := strings.Cut(string(was), "\n"); err == nil && old == "sightVersion "+version {
		t.Fatalf("phones are sent other views than version %s did, so numbers of before mean something else now.\n"+
			"Bump sightVersion in copies.go, then run: go test ./realtime/event -run Sights -update\n%s", version, firstDifference(was, b.Bytes()))
	}
	if !*update {
		t.Fatalf("sightVersion has moved. Run: go test ./realtime/event -run Sights -update, and look at the difference")
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func byStream(a, b event.Stream) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

func firstDifference(was, now []byte) string {
	a, b := strings.Split(string(was), "\n"), strings.Split(string(now), "\n")
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return "more: " + b[i]
		case i >= len(b):
			return "less: " + a[i]
		case a[i] != b[i]:
			return "was: " + a[i] + "\nnow: " + b[i]
		}
	}
	return ""
}

func keysOf(t *testing.T, obj string) []string {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(obj), &m); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(m))
}

// tagsOf are the names of a view's fields on the wire.
func tagsOf(typ reflect.Type) (tags []string) {
	for _, f := range reflect.VisibleFields(typ) {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" && !f.Anonymous {
			tags = append(tags, tag)
		}
	}
	return tags
}
