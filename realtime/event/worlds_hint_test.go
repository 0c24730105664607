package event_test

import (
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// Two worlds of the hints that rest on a card: see worlds_test.go.

// hintsOf are those that somebody has before their eyes.
func hintsOf(s *event.State, who event.Who) (all []*event.Suggestion) {
	for _, id := range s.Attendees[event.AttendeeID(who.ID)].Told {
		if _, takes := event.TakesPlace(s, id); takes {
			all = append(all, s.Suggestions[id])
		}
	}
	return all
}

// What an acquaintance of p2's needs and somebody here can do, what p2 could do
// themself, and what p2 thinks of it, is p2's alone: nobody else hears other
// bytes for it, those whose card it is and those whose need it is included. In
// half of the runs the hints are in both worlds, and only what p2 puts away is
// the secret.
func TestHintsOfCardsAreSilence(t *testing.T) {
	t.Parallel()
	consult, oneself, wrong := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		hidden := rapid.Bool().Draw(t, "the hints are the secret")
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
		sc.furnish(event.DoorsOpen, func(a event.Ask) { put(a, false) })
		owner := person(2)
		me := event.AttendeeID(owner.ID)
		for _, m := range moves(length).Draw(t, "moves") {
			s := sc.node.state
			before := len(hintsOf(s, owner))
			rests := []string{"x", "y", ""}[m.B%3]
			switch need, _ := pick(sc.needs, m.B); {
			case m.C%4 == 0:
				e, ok := pick(s.Attendees[me].Entries, m.B)
				if !ok {
					break
				}
				put(sc.ask(machine, event.SuggestionMake{
					Entry: e, Card: event.AttendeeID(person(m.A).ID), Why: []event.Reason{{By: "words", Words: s.Entries[e].Seeks}}, Rests: rests,
				}), hidden)
				consult += len(hintsOf(s, owner)) - before
			case m.C%4 == 1:
				put(sc.ask(machine, event.SuggestionMake{Need: need, Card: me, Why: sc.reasons(need), Rests: rests}), hidden)
				oneself += len(hintsOf(s, owner)) - before
			case m.C%4 == 2 && before > 0 && s.Attendees[me].Standing == event.Present:
				g := hintsOf(s, owner)[m.A%before]
				put(sc.ask(owner, event.SuggestionDismiss{Suggestion: g.ID, Wrong: m.B%2 == 0}), true)
				if m.B%2 == 0 && g.Rests != "" {
					wrong++
				}
			}
			if m.what() == "away" {
				sc.away(m)
				acts = append(acts, act{away: &m})
				continue
			}
			if a, ok := sc.resolve(m); ok {
				put(a, false)
			}
		}
		skip := func(w event.Who) bool { return w == owner }
		_, with := play(acts, true, skip)
		_, without := play(acts, false, skip)
		compare(t, with, without)
	})
	if consult == 0 || oneself == 0 || wrong == 0 {
		t.Errorf("%d hints of an acquaintance, %d of oneself, %d wrong: this test tests nothing", consult, oneself, wrong)
	}
}
