package event_test

import (
	"slices"
	"testing"

	"goen/realtime/event"
)

// What each agreed to is in the log, with the version of its text; the absent
// person's words, also those that I wrote down, are under their own key, and so
// is the fingerprint of the command.
func TestConsentsAreKept(t *testing.T) {
	t.Parallel()
	sc, direct := asksDirectly()
	s := sc.node.state
	text := event.ConsentText{Version: event.ConsentVersion, Lang: "ja"}
	attest := sc.attest(direct)
	attest.Lang = "ja"
	for by, key := range map[event.Who]string{person(4): event.AbsentWords(direct), person(1): person(1).ID} {
		for _, c := range []event.Command{attest, &attest} {
			if got := event.SumKey(s, sc.ask(by, c)); got != key {
				t.Errorf("the fingerprint of %v's attestation is under the key of %s, want %s", by, got, key)
			}
		}
	}
	sc.answerOf(person(4), attest)
	sc.answerOf(person(4), event.OfferSelf{Need: sc.needs[3], Line: "x", Give: gives[0], Lang: "ja"})
	sc.answerOf(person(1), event.IntroductionClose{Introduction: direct, Outcome: event.Engaged, Thanks: "x", Public: true})
	sc.answerOf(person(4), event.IntroductionThank{Introduction: direct, Public: true})
	var kept []string
	for _, r := range sc.log.decoded() {
		for _, f := range r.Facts {
			switch f := f.(type) {
			case *event.Offered:
				if f.Text != nil && *f.Text == text && f.R == event.AttendeeID(person(4).ID) {
					kept = append(kept, "C2")
				}
			case *event.Attested:
				if f.How == attest.How && f.On == attest.On {
					kept = append(kept, "how and when")
				}
			case *event.Connected:
				if f.ID == direct && f.Text == text && f.Whose == event.AbsentWords(direct) {
					kept = append(kept, "C4")
				}
			case *event.Concluded:
				if f.Public && f.Text == event.ConsentVersion {
					kept = append(kept, "C5 of R")
				}
			case *event.Thanked:
				if f.Public && f.Text == event.ConsentVersion {
					kept = append(kept, "C5 of I")
				}
			}
		}
	}
	if want := []string{"how and when", "C4", "C2", "C5 of R", "C5 of I"}; !slices.Equal(kept, want) {
		t.Errorf("the log keeps %v, want %v", kept, want)
	}
	keys, _ := event.Forgets(s, &event.Revoked{ID: direct})
	all, _ := event.EverybodysWords(s)
	if !slices.Contains(keys, event.AbsentWords(direct)) || !slices.Contains(all, event.AbsentWords(direct)) {
		t.Error("the key of an attested contact outlives its revocation, or the event")
	}
}
