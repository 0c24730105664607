package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"goen/realtime"
	"goen/realtime/event"
)

// Ninety days after the evening everything of it is shredded, by itself; what
// stays is the record that the law asks for.
func TestTheEveningIsForgotten(t *testing.T) {
	h := open(t)
	c, page, introduction := asking(t, h)
	a := h.browser("田中").form(page, "op", newOp(), "do", "give", "name", "田中 誠", "mail", "tanaka@example.jp")
	if a.status != http.StatusSeeOther {
		t.Fatalf("the yes answered %d", a.status)
	}
	c.sato.find("me", "received", has("step", "connected"))

	ends := time.Date(2027, 4, 21, 15, 0, 0, 0, time.UTC) // the end of the 90th day in Funabashi
	h.clock.set(ends.Add(-time.Minute))
	c.sato.settle()
	if got := h.browser("x").get(page); got.status != http.StatusOK {
		t.Errorf("a minute before, the page answers %d", got.status)
	}
	h.clock.set(ends)
	for _, p := range c.phones() {
		p.until("the shredding", func() bool { return p.over == realtime.CloseShredded })
	}
	var me struct{ Events []any }
	gone := func() bool {
		c.sato.get("/api/me").into(t, &me)
		return len(me.Events) == 0
	}
	for deadline := time.Now().Add(patience); !gone(); { // the log goes last of all
		if time.Now().After(deadline) {
			t.Fatal("the event is still there")
		}
	}
	if got := h.browser("x").get(page); got.status != http.StatusNotFound {
		t.Errorf("the page answers %d", got.status)
	}
	if got := c.sato.get("/api/events/" + c.event + "/contacts.csv"); got.status != http.StatusNotFound {
		t.Errorf("the export answers %d", got.status)
	}
	if pair := provisions(t, h, event.IntroductionID(introduction)); len(pair) != 2 || pair[0].Person != "田中 誠" {
		t.Errorf("the provision record is %v", pair)
	}
}

// Who erases themself is gone from everybody's view at once, and their words
// from the store.
func TestErasedMeansGone(t *testing.T) {
	h := open(t)
	c, page, _ := asking(t, h)
	c.sato.do("attendee.erase", nil)
	c.sato.until("the door", func() bool { return c.sato.over == realtime.CloseRemoved })
	for _, p := range []*phone{c.kobayashi, c.yamamoto, c.taka, c.emily, c.screen} {
		p.settle()
		if got := p.dump(); strings.Contains(got, "佐藤") || strings.Contains(got, "就業規則") {
			t.Errorf("%s still has words of hers: %s", p.name, got)
		}
		p.fresh()
	}
	if shown := string(h.browser("x").get(page).body); strings.Contains(shown, "佐藤") {
		t.Error("the consent page still names her")
	}
	h.restart()
	for _, p := range []*phone{c.kobayashi, c.yamamoto, c.taka, c.emily, c.screen} {
		p.connect().settle()
		p.fresh()
		if strings.Contains(p.dump(), "佐藤") {
			t.Errorf("after a restart %s has her again", p.name)
		}
	}
}
