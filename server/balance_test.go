package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// bar is what a phone shows of the balance, as supply : demand; of is a group
// or a trade. Call it inside until, or after the phone has settled.
func (p *phone) bar(in, of string) string {
	kind := map[string]string{"desk": "balance", "wall": "bars"}[in]
	for _, v := range p.allLocked(in, kind) {
		for _, b := range v["bars"].([]any) {
			if b := b.(object); b["trade"] == of || b["trade"] == nil && b["group"] == of {
				return fmt.Sprintf("%v:%v", b["supply"], b["demand"])
			}
		}
	}
	return "0:0"
}

// Scene 9: eleven 士業 among twenty-four, two who ask for one, and a round in
// which nine ask for people they know.
func TestDemandRound(t *testing.T) {
	h := open(t)
	host := h.browser("小林")
	event := host.host("第12回 船橋ご縁交流会", "open", card("小林 恵", "npo"))
	desk := host.phone(event).connect()
	code := desk.find("desk", "doors", nil)["code"].(string)
	wall := h.browser("スクリーン")
	var pair struct{ Code string }
	wall.post("/api/screen", object{}).into(t, &pair)
	host.post("/api/events/"+event+"/screens", object{"code": pair.Code}).into(t, &object{})
	screen := wall.phone(event)
	screen.query = "?as=screen"
	screen.connect()

	licensed := []string{"gyoseishoshi", "sharoshi", "zeirishi", "zeirishi", "bengoshi", "shihoshoshi", "benrishi", "shindanshi", "takken", "chosashi", "kaikeishi"}
	others := []string{"painting", "translation", "web", "printing", "restaurant", "insurance", "manufacturing", "trucking", "realestate", "graphic", "kaigo", "construction"}
	var guests []*phone
	for i, trade := range append(slices.Clone(licensed), others...) {
		b := h.browser(fmt.Sprint("guest ", i+1))
		b.join(code, card(fmt.Sprint("参加者", i+1), trade))
		guests = append(guests, b.phone(event).connect())
	}
	everybody := append([]*phone{desk, screen}, guests...)
	shows := func(want string) {
		t.Helper()
		desk.until("the desk to show "+want, func() bool { return desk.bar("desk", "licensed") == want })
		screen.until("the screen to show "+want, func() bool { return screen.bar("wall", "licensed") == want })
	}
	shows("11:0")
	// Lists are nobody's business: a list full of 税理士 moves nothing.
	guests[11].do("entry.add", object{"trade": "zeirishi", "area": "千葉県", "seeks": "司法書士を探している"})
	guests[11].do("need.post", object{"who": "相続にくわしい税理士", "trade": "zeirishi"})
	guests[12].do("need.post", object{"who": "会社設立の司法書士", "trade": "shihoshoshi"})
	shows("11:2")
	desk.do("phase.set", object{"phase": "needs"})

	// Only the host starts a round, and each phone has it.
	guests[0].refused("forbidden", "round.start", object{"group": "licensed"})
	desk.refused("choice.unknown", "round.start", object{"group": "everything"})
	for _, p := range everybody[2:] {
		if p.settle(); strings.Contains(p.everything(), `"round":`) {
			t.Errorf("%s has a round before there is one", p.name)
		}
	}
	desk.do("round.start", object{"group": "licensed"})
	asks := func(p *phone, in, kind string) object {
		p.t.Helper()
		round, _ := p.find(in, kind, func(v object) bool { return v["round"] != nil })["round"].(object)
		return round
	}
	want := mustJSON(asks(desk, "room", "event"))
	for _, p := range guests {
		if got := mustJSON(asks(p, "room", "event")); got != want || !strings.Contains(got, `"group":"licensed"`) {
			t.Errorf("%s is asked %s, the host %s", p.name, got, want)
		}
	}
	if got := mustJSON(asks(screen, "wall", "stage")); got != want {
		t.Errorf("the screen shows the round %s, the phones %s", got, want)
	}

	// Nine ask for people they know; after each the bars go up by one.
	var slowest time.Duration
	for i := range 9 {
		p, began := guests[i+1], time.Now()
		p.do("need.post", object{"who": fmt.Sprint("相談にのってくれる先生 ", i), "trade": licensed[i], "behalf": object{"trade": "construction", "area": "千葉県"}})
		shows(fmt.Sprintf("11:%d", 3+i))
		slowest = max(slowest, time.Since(began))
	}
	t.Logf("from the tap to the bars, with %d phones, at the slowest: %v", len(everybody), slowest)
	// What the bars are made of does not say whose they are.
	for _, p := range guests {
		p.settle()
		if id := p.you; strings.Contains(mustJSON(desk.all("desk", "balance")), id) || strings.Contains(screen.everything(), id) {
			t.Errorf("a bar or the screen names %s", p.name)
		}
	}
	// Whoever comes late, and who was away, sees the same.
	screen.cut()
	guests[5].do("need.close", object{"need": guests[5].find("me", "mine", nil)["id"]})
	screen.connect()
	shows("11:10")
	desk.do("need.hide", object{"need": guests[6].find("me", "mine", nil)["id"], "hidden": true})
	shows("11:9")

	// The round ends by itself after ten minutes, by the host, and by a phase.
	over := func(what string) {
		t.Helper()
		for _, p := range []*phone{desk, guests[3], guests[20]} {
			p.until("the round to end by "+what, func() bool { return p.allLocked("room", "event")[0]["round"] == nil })
		}
		screen.until("the round to end by "+what, func() bool { return screen.allLocked("wall", "stage")[0]["round"] == nil })
	}
	h.clock.set(h.clock.now().Add(10 * time.Minute))
	over("its time")
	desk.do("round.start", object{"trade": "zeirishi"})
	if r := asks(guests[3], "room", "event"); r["group"] != "licensed" || r["trade"] != "zeirishi" {
		t.Errorf("the round of a trade is %v", r)
	}
	desk.do("round.end", nil)
	over("the host")
	desk.do("round.start", object{"group": "it"})
	asks(guests[3], "room", "event")
	desk.do("phase.set", object{"phase": "tables"})
	over("the phase")
	desk.do("event.close", nil)
	desk.refused("event.closed", "round.start", object{"group": "it"})
}

// A round is in the log: it goes on over a restart, and ends at its time also
// when nobody was there to see.
func TestARoundOutlivesARestart(t *testing.T) {
	h := open(t)
	host := h.browser("小林")
	desk := host.phone(host.host("第12回 船橋ご縁交流会", "open", card("小林 恵", "npo"))).connect()
	running := func(v object) bool { return v["round"] != nil }
	desk.do("round.start", object{"group": "licensed"})
	until := mustJSON(desk.find("room", "event", running)["round"])
	h.restart()
	desk.forgetAndCut()
	if again := mustJSON(desk.connect().find("room", "event", running)["round"]); again != until {
		t.Errorf("the round was %s and is %s", until, again)
	}
	desk.cut()
	h.close()
	h.clock.set(h.clock.now().Add(time.Hour))
	h.start()
	desk.connect().until("the round to be over", func() bool { return desk.allLocked("room", "event")[0]["round"] == nil })
}
