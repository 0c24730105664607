package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"goen/realtime/event"
)

// Turns that the course of an introduction may take beside the straight one.

func TestASuggestionFollowsTheWords(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.yamamoto.do("entry.add", object{"trade": "zeirishi", "area": "千葉県", "label": "先生"})
	c.sato.do("need.post", object{"who": "税理士さん", "area": "千葉県"})
	hint := c.yamamoto.find("me", "suggestion", nil)
	c.sato.do("need.edit", object{"need": hint["need"], "who": "海の見える部屋"})
	c.yamamoto.until("the hint to go", func() bool { return len(c.yamamoto.allLocked("me", "suggestion")) == 0 })
	// Whatever else makes the matcher look again brings the old hint not back.
	c.yamamoto.do("entry.add", object{"trade": "painting", "area": "千葉県"})
	c.sato.do("need.post", object{"who": "塗装業の方", "area": "千葉県"})
	other := c.yamamoto.find("me", "suggestion", nil)
	if other["need"] == hint["need"] {
		t.Errorf("a suggestion for words that are gone: %v", other)
	}
	// An entry that says something else now is not suggested for what it said.
	c.yamamoto.do("entry.change", object{"entry": other["entry"], "trade": "kaigo", "area": "大阪府"})
	c.yamamoto.until("that hint to go too", func() bool { return len(c.yamamoto.allLocked("me", "suggestion")) == 0 })
}

func TestTheIntroducersHand(t *testing.T) {
	h := open(t)
	c, page, introduction := asking(t, h)
	// Off the list, the introduction goes on.
	entry := c.yamamoto.find("me", "entry", nil)["id"]
	c.yamamoto.do("entry.drop", object{"entry": entry})
	yes := h.browser("田中").form(page, "op", newOp(), "do", "give", "name", "田中 誠", "mail", "tanaka@example.jp")
	if yes.status != http.StatusSeeOther {
		t.Fatalf("the yes answered %d", yes.status)
	}
	c.sato.find("me", "received", has("step", "connected"))
	if got := c.yamamoto.form(page, "op", newOp(), "do", "revoke"); got.status != http.StatusForbidden {
		t.Errorf("the introducer's browser revokes: %d", got.status)
	}
	if shown := string(c.yamamoto.get(page).body); strings.Contains(shown, "<form") {
		t.Error("the introducer is offered to revoke")
	}
	// The absent person corrects, which the record learns, and reads that it was saved.
	own := yes.header.Get("Location")
	h.clock.set(h.clock.now().Add(time.Minute))
	fixed := h.browser("田中").form(own, "op", newOp(), "do", "correct", "name", "田中 誠", "mail", "tanaka@example.jp", "phone", "090-1111-2222")
	if shown := string(h.browser("田中").get(fixed.header.Get("Location")).body); !strings.Contains(shown, "保存しました") {
		t.Error("a correction is saved without a word")
	}
	c.sato.find("me", "received", func(o object) bool { return strings.Contains(mustJSON(o), "090-1111-2222") })
	if all := provisions(t, h, event.IntroductionID(introduction)); len(all) != 4 || strings.Join(all[2].Items, " ") != "name mail phone" {
		t.Errorf("the records are %+v", all)
	}
}

func TestAnOpenNoEndsAtOnce(t *testing.T) {
	h := open(t)
	c, page, _ := asking(t, h)
	tanaka := h.browser("田中")
	op := regexp.MustCompile(`name="op" value="([^"]+)"`).FindStringSubmatch(string(tanaka.get(page).body))[1]
	if a := tanaka.form(page, "op", op, "do", "decline", "tell", "on"); a.status != http.StatusSeeOther {
		t.Fatalf("declining answered %d", a.status)
	}
	c.yamamoto.find("me", "given", func(o object) bool { return o["step"] == "ended" && o["declined"] == true })
	if got := c.sato.find("me", "received", has("step", "ended")); got["declined"] != nil {
		t.Errorf("R is told who declined: %v", got)
	}
	if shown := string(tanaka.get(page).body); !strings.Contains(shown, "ありがとうございました") {
		t.Error("who declined gets no thanks")
	}
}

func TestAHostLinkSurvivesALostAnswer(t *testing.T) {
	h := open(t)
	b := h.browser("host")
	ask := object{"op": newOp(), "secret": h.hostSecret()}
	b.post("/api/host", ask).into(t, &object{})
	b.cookies = map[string]string{} // the answer never came
	b.post("/api/host", ask).into(t, &object{})
	var me struct{ Host bool }
	b.get("/api/me").into(t, &me)
	if !me.Host {
		t.Error("who asked again is no host")
	}
	if other := h.browser("thief").post("/api/host", object{"op": newOp(), "secret": ask["secret"]}); other.status != http.StatusGone {
		t.Errorf("the link serves a second browser: %d", other.status)
	}
	// More rights, a new session.
	before := b.cookies["__Host-goen"]
	b.cookies = addedHost(t, h, b)
	old := h.browser("old")
	old.cookies["__Host-goen"] = before
	me.Host = false
	old.get("/api/me").into(t, &me)
	if b.cookies["__Host-goen"] == before || me.Host {
		t.Error("the session from before is still good")
	}
}

func TestWhoWasRemovedCanErase(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.kobayashi.do("attendee.remove", object{"attendee": c.taka.you})
	op := newOp()
	for range 2 {
		c.taka.post("/api/events/"+c.event+"/erase", object{"op": op}).into(t, &object{})
	}
	c.kobayashi.until("the guest to go", func() bool { return c.kobayashi.have["desk"][c.taka.you] == nil })
	if again := c.taka.post("/api/join", object{"op": newOp(), "code": c.code, "card": card("高橋", "painting"), "terms": "1"}); again.code() != "attendee.erased" {
		t.Errorf("joining again answers %d %s", again.status, again.body)
	}
}
