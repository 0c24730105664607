package event_test

import (
	"encoding/json"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// Two worlds of the blind call: see worlds_test.go.

// callable opens an evening with a need that nobody has answered: p3's, of whom
// p1 and p2 have each two entries and p4 none that the machine looks at.
func callable(sc *scene, put func(event.Ask)) event.NeedID {
	sc.furnish(event.DoorsOpen, put)
	post := sc.ask(person(3), event.NeedPost{NeedWords: sc.needWords()})
	put(post)
	sc.clock += 5 * 60_000
	return event.NeedID(post.ID(0))
}

// That there is somebody to call, who it is, and what they do about it, is
// theirs alone: the host, the poster, the room and the screen hear the same
// bytes as when there is nobody. Whoever is called may put it away or leave it.
func TestABlindCallIsBlind(t *testing.T) {
	t.Parallel()
	told, marked, away := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		sc := newScene()
		var acts []act
		put := func(a event.Ask, secret bool) {
			if secret {
				_ = sc.node.do(a)
			} else {
				sc.do(sc.node, a)
			}
			sc.meet(nobody)
			acts = append(acts, act{ask: &a, secret: secret})
		}
		need := callable(sc, func(a event.Ask) { put(a, false) })
		owners := []event.Who{person(1), person(2)}
		fits := []event.EntryID{sc.entries[0], sc.entries[3]}
		if rapid.Bool().Draw(t, "suggested before") { // on the called one's phone already
			put(sc.ask(machine, event.SuggestionMake{Need: need, Entry: fits[0], Why: sc.reasons(need)}), true)
		}
		at := rapid.IntRange(0, 20).Draw(t, "when")
		for i, m := range moves(length).Draw(t, "moves") {
			s := sc.node.state
			if n := s.Needs[need]; i == at && n != nil {
				called := len(n.Calls)
				put(sc.ask(person(0), event.CallMake{Need: need}), false)
				if len(n.Calls) > called {
					hits := event.CallTell{Need: need}
					for _, e := range fits {
						hits.Hits = append(hits.Hits, event.CallHit{Entry: e, Why: sc.reasons(need)})
					}
					before := len(requests(s, need))
					put(sc.ask(machine, hits), true)
					put(sc.ask(machine, event.CallTell{Need: need}), false) // in the second world this is the word
					if len(requests(s, need)) > before {
						told++
					}
				}
			}
			if i > at && m.C%6 == 0 {
				for _, g := range requests(s, need) {
					put(sc.ask(by(s.Entries[g.Entry].Owner), event.SuggestionDismiss{Suggestion: g.ID}), true)
					away++
					break
				}
			}
			if m.what() == "away" {
				sc.away(m)
				acts = append(acts, act{away: &m})
				continue
			}
			a, ok := sc.resolve(m)
			switch a.Do.(type) {
			case event.CallTell, event.SuggestionMake, event.SuggestionDismiss:
				continue // whom the machine tells of what is each owner's own
			}
			if ok {
				put(a, false)
			}
		}
		for _, g := range sc.node.state.Suggestions {
			if g.Called && g.Entry == fits[0] {
				marked++
			}
		}
		skip := func(w event.Who) bool { return w == owners[0] || w == owners[1] }
		first, with := play(acts, true, skip)
		second, without := play(acts, false, skip)
		compare(t, with, without)
		if a, b := len(requests(first.node.state, need)), len(requests(second.node.state, need)); b > 0 {
			t.Fatalf("%d requests with the secret and %d without: this test tests nothing", a, b)
		}
	})
	if told == 0 || marked == 0 || away == 0 {
		t.Errorf("told %d, marked %d, put away %d: this test tests nothing", told, marked, away)
	}
}

// requests are those of the host for a need that stand.
func requests(s *event.State, need event.NeedID) (all []*event.Suggestion) {
	n := s.Needs[need]
	if n == nil {
		return nil
	}
	for _, id := range n.Suggestions {
		if g := s.Suggestions[id]; g.Called && !g.Done {
			all = append(all, g)
		}
	}
	return all
}

// After a call there is the same number of records whether there is anybody to
// tell or not, so that what the host does next takes as long in the log.
func TestACallIsTwoRecords(t *testing.T) {
	t.Parallel()
	for hits := range 5 {
		sc := newScene()
		need := callable(sc, func(a event.Ask) { sc.do(sc.node, a) })
		before := sc.log.last()
		sc.do(sc.node, sc.ask(person(0), event.CallMake{Need: need}))
		if got := sc.log.last() - before; got != 1 || !event.Untold(sc.node.state, need) {
			t.Fatalf("the call is %d records", got)
		}
		tell := event.CallTell{Need: need}
		for _, e := range sc.entries[:hits] {
			tell.Hits = append(tell.Hits, event.CallHit{Entry: e, Why: sc.reasons(need)})
		}
		for range 3 { // another node says it too
			sc.do(sc.node, sc.ask(machine, tell))
		}
		if got := sc.log.last() - before; got != 2 || event.Untold(sc.node.state, need) {
			t.Fatalf("with %d that fit there are %d records", hits, got)
		}
		if got := len(requests(sc.node.state, need)); got != (hits+1)/2 { // two entries of each owner
			t.Fatalf("%d owners were told of %d entries", got, hits)
		}
	}
}

// The ledger is one's own: whom I received from, and that I could give
// something back, is in nobody else's stream.
func TestTheLedgerIsOnesOwn(t *testing.T) {
	t.Parallel()
	said := 0
	rapid.Check(t, func(t *rapid.T) {
		run(t, func(sc *scene) {
			for in, have := range allStreams(sc.node.state) {
				for id, obj := range have {
					back, ledger := ledgerWords(t, obj)
					owner := in.Name == event.Me && (ledger == nil || id == in.ID)
					if (back || ledger != nil) && !owner {
						t.Fatalf("%v shows %s", in, obj)
					}
					said += len(ledger)
				}
			}
		})
	})
	if said == 0 {
		t.Error("nobody received anything: this test tests nothing")
	}
}

// ledgerWords are what a view says of from whom somebody received.
func ledgerWords(t fataler, obj string) (back bool, from []event.Credit) {
	var v struct {
		Back bool
		From json.RawMessage // of an introduction it is an id
	}
	if err := json.Unmarshal([]byte(obj), &v); err != nil {
		t.Fatalf("%v: %s", err, obj)
	}
	if len(v.From) > 0 && v.From[0] == '[' {
		if err := json.Unmarshal(v.From, &from); err != nil {
			t.Fatalf("%v: %s", err, obj)
		}
	}
	return v.Back, from
}
