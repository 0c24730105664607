package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"goen/realtime"
)

// Scene 3: a need stands on all twenty-four phones and on the screen; a name and
// a number in a need on behalf are refused, and nothing of it goes anywhere.
func TestANeedThatCanBeAnswered(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.kobayashi.do("doors.set", object{"doors": "open"})
	phones := c.phones()
	for i := len(phones); i < 24; i++ {
		b := h.browser(fmt.Sprint("guest ", i))
		if standing := b.join(c.code, card("参加者 "+letters(i), "web")); standing != "present" {
			t.Fatalf("guest %d is %q", i, standing)
		}
		phones = append(phones, b.phone(c.event).connect())
	}
	c.kobayashi.do("phase.set", object{"phase": "needs"})
	c.sato.do("need.post", object{"who": "従業員30名前後の製造業の社長", "area": "船橋市周辺", "why": "就業規則の相談に乗れます"})
	for _, p := range phones {
		if p.query != "" {
			p.find("wall", "line", has("who", "従業員30名前後の製造業の社長"))
			continue
		}
		n := p.find("room", "need", has("who", "従業員30名前後の製造業の社長"))
		if n["area"] != "船橋市周辺" || n["why"] != "就業規則の相談に乗れます" {
			t.Errorf("%s has %v", p.name, n)
		}
	}

	number := c.emily.number("room")
	behalf := object{"trade": "construction", "area": "船橋市", "size": ""}
	for words, code := range map[string]string{
		"お客様の鈴木様 090-1234-5678 が税理士を探しています": "text.contact",
		"お客様の鈴木様が税理士を探しています":                "text.name",
		"お客様の ０９０ー１２３４ー５６７８ が税理士を探しています":    "text.contact",
	} {
		if a := c.taka.try("need.post", object{"who": words, "behalf": behalf}); a.code != code || a.field != "who" {
			t.Errorf("%q: %v, want %s in who", words, a, code)
		}
	}
	c.taka.do("need.post", object{"who": "相続に強い税理士", "behalf": behalf})
	n := c.emily.find("room", "need", has("who", "相続に強い税理士"))
	if n["behalf"].(map[string]any)["trade"] != "construction" {
		t.Errorf("on behalf of %v", n["behalf"])
	}
	if now := c.emily.number("room"); now != number+1 {
		t.Errorf("the room moved %d times, want once: what was refused moved it", now-number)
	}
}

// Scene 12, but for the reports: a post for a multi-level scheme is gone from all
// phones, also from one that was away; its poster is out and stays out, and what
// they had open ends with the neutral sentence. With approval it never appears.
func TestASchemeIsShownOut(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.kobayashi.do("doors.set", object{"doors": "open"})
	b := h.browser("guest")
	b.join(c.code, card("参加者 甲", "insurance", object{"mail": "ko@example.jp"}))
	guest := b.phone(c.event).connect()
	c.sato.do("need.post", object{"who": "法人の保険に詳しい方"})
	wish := guest.find("room", "need", has("who", "法人の保険に詳しい方"))
	guest.do("offer.self", object{"need": wish["id"], "line": "お役に立てます", "give": []string{"mail"}})
	offered := c.sato.find("me", "received", has("step", "offered"))

	const scheme = "権利収入に興味ある方、すごい人に会わせます"
	guest.do("need.post", object{"who": scheme})
	bad := c.taka.find("room", "need", has("who", scheme))
	c.taka.cut()
	c.kobayashi.do("need.hide", object{"need": bad["id"], "hidden": true})
	c.kobayashi.do("attendee.remove", object{"attendee": guest.you})
	gone := func(p *phone, in string) {
		p.until("the post to go", func() bool { return p.have[in][bad["id"].(string)] == nil })
	}
	gone(c.sato, "room")
	gone(c.screen, "wall")
	c.taka.connect()
	gone(c.taka, "room")
	guest.until("the door", func() bool { return guest.over == realtime.CloseRemoved })
	if a := b.post("/api/join", object{"op": newOp(), "code": c.code, "card": card("参加者 甲", "insurance"), "terms": "2026-11"}); a.status != http.StatusForbidden {
		t.Errorf("who was removed rejoined: %d", a.status)
	}
	ended := c.sato.find("me", "received", func(o object) bool { return o["id"] == offered["id"] && o["step"] == "ended" })
	for _, word := range []string{"left", "contact", "about"} {
		if ended[word] != nil {
			t.Errorf("the end tells more than that: %v", ended)
		}
	}

	c.kobayashi.do("approval.set", object{"on": true})
	c.taka.find("room", "event", has("approval", true))
	before := len(c.sato.all("room", "need"))
	other := h.browser("another")
	other.join(c.code, card("参加者 乙", "insurance"))
	q := other.phone(c.event).connect()
	c.kobayashi.do("attendee.admit", object{"attendee": q.you}) // a removal puts somebody beside open doors
	q.find("room", "event", nil)
	q.do("need.post", object{"who": scheme})
	q.find("me", "mine", has("held", true))
	held := c.kobayashi.find("desk", "watch", func(o object) bool { return o["held"] == true && o["who"] == scheme })
	c.kobayashi.do("need.hide", object{"need": held["id"], "hidden": true})
	c.sato.settle()
	if n := len(c.sato.all("room", "need")); n != before {
		t.Errorf("%d needs in the room, want %d: it appeared", n, before)
	}
	for _, p := range []*phone{c.sato, c.taka, c.emily, c.screen} {
		if strings.Contains(p.everything(), held["id"].(string)) {
			t.Errorf("%s heard of the held post", p.name)
		}
	}
}
