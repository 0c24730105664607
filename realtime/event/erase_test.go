package event_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// No word lies open in the log, nor does a secret. Once a key is gone, a node
// that was there and one that reads the log afterwards are in the same state
// and have the same copies, and none of what was erased or revoked is in
// them, nor in the log for whoever has the keys that are left.
func TestErasedMeansGone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sc := run(t, func(*scene) {})
		for range 2 { // whatever happened before, somebody goes in the end
			sc.do(sc.node, sc.ask(person(rapid.IntRange(1, 4).Draw(t, "who")), event.AttendeeErase{}))
		}
		_ = sc.log.read(0, func(_ int64, w written) error {
			if word := canary.Find(w.body); word != nil {
				t.Fatalf("the log holds %s in the clear: %s", word, w.body)
			}
			for _, a := range sc.appended {
				switch a.Do.(type) {
				case event.IntroductionAsk, event.IntroductionAttest, event.PairAsk, event.DoorsRenew, event.EventOpen:
					if bytes.Contains(w.body, []byte(a.ID(1))) {
						t.Fatalf("the log holds the secret of a %T: %s", a.Do, w.body)
					}
				}
			}
			return nil
		})
		reloaded := openNode(sc.log, "b")
		agree(t, sc.node, reloaded)

		var left strings.Builder // everything that anybody could still read
		left.WriteString(dump(sc.node.state))
		for in := range allStreams(sc.node.state) {
			left.Write(sc.node.copies.Full(in))
		}
		for _, r := range sc.log.decoded() {
			for _, f := range r.Facts {
				fmt.Fprintf(&left, "%+v\n", f)
			}
		}
		still := map[string]bool{}
		for _, word := range canary.FindAllString(left.String(), -1) {
			still[word] = true
		}
		gone := func(w event.Who, why string) {
			for _, word := range sc.spoken[w] {
				if still[word] {
					t.Fatalf("%v %s, and %s is still there", w, why, word)
				}
			}
		}
		erasures := 0
		for p, standing := range sc.model.standing {
			if standing == event.WasErased {
				erasures++
				gone(by(event.AttendeeID(p)), "was erased")
			}
		}
		if erasures == 0 {
			t.Fatal("nobody was erased: this test tests nothing")
		}
		for _, n := range sc.model.intro {
			if n.step == "revoked" && !n.own {
				gone(link(n.link), "was taken back")
				gone(link(n.private), "was taken back")
			}
		}
		for _, p := range sc.model.pair { // at once, and before the due date
			for _, x := range p.sides {
				if p.step == "revoked" || p.step == "ended" || x.no || x.left {
					for _, y := range p.sides {
						gone(link(y.link), "gave what came to nothing")
						gone(link(y.private), "gave what came to nothing")
					}
				}
			}
		}
	})
}

// Forgets names the photos that nobody shows any more.
func TestPhotosAreForgotten(t *testing.T) {
	t.Parallel()
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	me := event.AttendeeID(person(1).ID)
	first := sc.node.state.Attendees[me].Card.Photo
	if owner := event.PhotoOf(sc.node.state, first); owner != me || event.PhotoOf(sc.node.state, "") != "" {
		t.Fatalf("the photo is %q's", owner)
	}
	second, kept, without := sc.photo(), sc.card(1), sc.card(2)
	kept.Photo = second
	for _, c := range []struct {
		do   event.Command
		gone string
	}{
		{event.PhotoSet{Photo: second}, first},
		{event.CardChange{Card: kept}, ""},
		{event.CardChange{Card: without}, second},
		{event.PhotoSet{Photo: first}, ""},
		{event.AttendeeErase{}, first},
	} {
		a := sc.ask(person(1), c.do)
		facts, err := event.Decide(sc.node.state, a)
		if err != nil {
			t.Fatal(err)
		}
		var photos []string
		for _, f := range facts {
			_, p := event.Forgets(sc.node.state, f)
			photos = append(photos, p...)
		}
		if got := strings.Join(photos, ","); got != c.gone {
			t.Fatalf("%T forgets %q, want %q", c.do, got, c.gone)
		}
		sc.do(sc.node, a)
	}
	if event.PhotoOf(sc.node.state, first) != "" {
		t.Fatal("an erased person still has a photo")
	}
}

// What the shredding forgets is every key under which anything of the log lies.
func TestEveryKeyIsForgotten(t *testing.T) {
	t.Parallel()
	sc := wholeEvening(func(*scene) {})
	keys, _ := event.EverybodysWords(sc.node.state)
	worded := 0
	_ = sc.log.read(0, func(seq int64, w written) error {
		var r struct{ Facts []struct{ F, Whose string } }
		if err := json.Unmarshal(w.body, &r); err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Facts {
			if f.Whose != "" {
				worded++
			}
			if f.Whose != "" && !slices.Contains(keys, f.Whose) {
				t.Errorf("the words of %s lie under the key of %s, which nobody forgets", f.F, f.Whose)
			}
		}
		return nil
	})
	if worded == 0 {
		t.Error("nobody said anything: this test tests nothing")
	}
}
