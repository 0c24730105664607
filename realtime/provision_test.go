package realtime_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"goen/realtime/event"
)

// The record of a hand-over says by which consent: the absent person's own on
// the page, or what the introducer attests; and what R gave with ぜひ, or when
// they offered themself to somebody's acquaintance. It is made once, also when
// they meet afterwards.
func TestProvisionSaysWhichConsent(t *testing.T) {
	for _, c := range []struct {
		what               string
		behalf, direct     bool
		toR, toX           string
		recipient, subject string
	}{
		{"a link", false, false, "link", "want", "ann", "田中"},
		{"an attestation", false, true, "attest", "want", "ann", "田中"},
		{"a link, on behalf", true, false, "link", "self", "bob", "田中"},
		{"an attestation, on behalf", true, true, "attest", "self", "bob", "田中"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, newMemory())
			w.evening("ann", "bob")
			w.do(person("host"), event.AttestSet{Attest: event.AttestOn})
			i, r := "bob", "ann"
			words := event.NeedWords{Who: "印刷の方"}
			if c.behalf {
				i, r = r, i
				words.Behalf = &event.Behalf{Trade: "web"}
			}
			w.do(person("ann"), event.NeedPost{NeedWords: words})
			var need event.NeedID
			var entry event.EntryID
			_ = w.hub.Look(theEvent, func(s *event.State) { need = s.Attendees["ann"].Needs[0] })
			var id event.IntroductionID
			offered := func() {
				_ = w.hub.Look(theEvent, func(s *event.State) { id = s.Attendees["ann"].Introductions[0] })
			}
			if c.behalf {
				w.do(person("bob"), event.OfferSelf{Need: need, Line: "お役に立てます", Give: []string{"mail"}})
				offered()
			} else {
				w.do(person("bob"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "printing"}})
				_ = w.hub.Look(theEvent, func(s *event.State) { entry = s.Attendees["bob"].Entries[0] })
				w.do(person("bob"), event.OfferMake{Need: need, Entry: entry})
				offered()
				w.do(person("ann"), event.OfferWant{Introduction: id, Line: "ぜひ", Give: []string{"mail"}})
			}
			w.do(person(i), event.IntroductionAsk{Introduction: id, Days: 7, Direct: c.direct})
			now := event.At(time.Now().UnixMilli())
			if c.direct {
				w.do(person(i), event.IntroductionAttest{Introduction: id, Name: "田中", Mail: "x@example.jp", How: event.ByPhone, On: now})
			} else {
				var link event.LinkID
				_ = w.hub.Look(theEvent, func(s *event.State) { link = s.Introductions[id].Link })
				w.do(event.Who{Kind: event.Absent, ID: string(link)}, event.ConsentGive{
					Contact: event.Contact{Name: "田中", Mail: "x@example.jp"}, Private: event.LinkOf("private"),
				})
			}
			w.do(person(r), event.IntroductionMet{Introduction: id, On: now})
			w.do(person(r), event.IntroductionClose{Introduction: id, Outcome: event.Engaged, Thanks: "ありがとうございます"})
			kept, err := w.hub.Provisions(id)
			if err != nil {
				t.Fatal(err)
			}
			items := []string{"name", "mail"}
			if len(kept) != 2 || kept[0].Consent != c.toR || kept[1].Consent != c.toX || kept[0].Recipient != c.recipient || kept[0].Person != c.subject ||
				kept[1].Recipient != c.subject || kept[1].Person != c.recipient || !slices.Equal(kept[0].Items, items) || !slices.Equal(kept[1].Items, items) {
				t.Errorf("%s: %+v", c.what, kept)
			}
			w.close()
		})
	}
}
