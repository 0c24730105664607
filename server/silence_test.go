package main

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A refusal hurts nobody (scene 6): the same evening once with Tanaka
// declining and once with nobody opening the link. Every other client gets the
// same bytes, until the due date and at it.

// settle waits until this phone has all that the server has for it.
func (p *phone) settle() {
	p.t.Helper()
	if p.line != nil {
		p.line.ask(false)
		return
	}
	p.mu.Lock()
	pongs := p.pongs
	_ = p.ws.WriteJSON(object{"t": "ping"})
	p.mu.Unlock()
	p.until("all that is there", func() bool { // and perhaps more by now
		behind := func(in string) bool { at, here := p.at[in]; return !here || at < p.pong[in] }
		return p.pongs > pongs && len(p.pong) == len(p.at) && !slices.ContainsFunc(slices.Collect(maps.Keys(p.pong)), behind)
	})
}

// asking is the evening up to the moment at which the link is out.
func asking(t testing.TB, h *house) (c *cast, page, introduction string) {
	t.Helper()
	c = reception(t, h)
	c.yamamoto.do("entry.add", object{"trade": "manufacturing", "area": "船橋市", "size": "30-99", "label": "ゴルフのTさん"})
	c.sato.do("need.post", object{"who": "従業員30名前後の製造業の社長", "area": "船橋市周辺", "why": "就業規則の相談に乗れます"})
	hint := c.yamamoto.find("me", "suggestion", nil)
	c.yamamoto.do("offer.make", object{"need": hint["need"], "entry": hint["entry"], "words": false, "line": ""})
	offer := c.sato.find("me", "received", has("step", "offered"))
	c.sato.do("offer.want", object{"introduction": offer["id"], "line": "就業規則の整備で", "pitch": false, "give": []string{"mail"}})
	c.yamamoto.do("introduction.ask", object{"introduction": offer["id"], "days": 7})
	given := c.yamamoto.find("me", "given", has("step", "asking"))
	return c, "/c/" + c.event + "/" + given["link"].(string), offer["id"].(string)
}

var (
	random   = regexp.MustCompile(`[A-Za-z0-9_-]{22,}`)
	doorCode = regexp.MustCompile(`"code":"[2-9A-Z]{8}"`)
	doorWord = regexp.MustCompile(`"word":"[^"]*"`)
	number   = regexp.MustCompile(`"number":\d\d`)
	noise    = regexp.MustCompile(`(?m)^\{"t":"(here|pong|beat|bye)".*\n`)
)

// comparable takes out of what a client heard what is drawn by lot: each random
// id becomes the place at which it was first heard.
func comparable(heard string) string {
	heard = noise.ReplaceAllString(heard, "")
	heard = doorWord.ReplaceAllString(heard, `"word":""`)
	heard = number.ReplaceAllString(doorCode.ReplaceAllString(heard, `"code":""`), `"number":0`)
	seen := map[string]string{}
	return random.ReplaceAllStringFunc(heard, func(id string) string {
		if seen[id] == "" {
			seen[id] = fmt.Sprintf("<%d>", len(seen))
		}
		return seen[id]
	})
}

// quietEvening plays on from the link, and tells what everybody heard.
func quietEvening(t *testing.T, answer func(h *house, page string)) map[string]string {
	h := open(t)
	c, page, introduction := asking(t, h)
	for _, p := range c.phones() {
		p.settle()
		p.mu.Lock()
		p.frames = nil // the evening before was played at its own pace
		p.mu.Unlock()
	}
	step := func(act func()) {
		h.clock.set(h.clock.now().Add(time.Minute))
		act()
		for _, p := range c.phones() {
			p.settle()
		}
	}
	step(func() { answer(h, page) })
	// Life goes on, and everybody looks.
	step(func() { c.taka.do("need.post", object{"who": "足場を貸してくださる方"}) })
	step(func() {
		c.yamamoto.refused("introduction.step", "introduction.ask", object{"introduction": introduction, "days": 3})
	})
	step(func() { c.kobayashi.do("phase.set", object{"phase": "free"}) })
	step(func() { c.sato.cut(); c.sato.connect() })
	step(func() { c.yamamoto.forgetAndCut(); c.yamamoto.connect() })
	var pages []string
	look := func() {
		stranger := h.browser("stranger")
		pages = append(pages, string(stranger.get(page).body), string(c.yamamoto.get(page).body),
			string(c.sato.get("/api/events/"+c.event+"/contacts.csv").body), string(c.yamamoto.get("/api/events/"+c.event+"/contacts.csv").body))
	}
	look()
	if got := c.sato.find("me", "received", nil); got["step"] != "asking" {
		t.Errorf("before the due date Sato sees %v", got["step"])
	}

	// The minute before, and the minute after 28 January ends in Funabashi.
	due := time.Date(2027, 1, 28, 15, 0, 0, 0, time.UTC)
	h.clock.set(due.Add(-time.Minute))
	for _, p := range c.phones() {
		p.settle()
	}
	if got := c.sato.find("me", "received", nil); got["step"] != "asking" {
		t.Errorf("a minute before the end of 28 January Sato sees %v", got["step"])
	}
	h.clock.set(due)
	c.sato.find("me", "received", has("step", "ended"))
	for _, p := range c.phones() {
		p.settle()
	}
	look()
	step(func() { c.taka.do("need.post", object{"who": "看板を作れる方"}) })
	step(func() { c.yamamoto.forgetAndCut(); c.yamamoto.connect() })
	// What fresh phones see then, and after a restart, from the log alone. (A
	// week later the screen's cookie is worth nothing any more.)
	for _, p := range c.people() {
		p.fresh()
	}
	h.restart()
	for _, p := range c.people() {
		p.connect().settle()
	}
	heard := map[string]string{"pages": comparable(strings.Join(pages, "\n"))}
	for _, p := range c.phones() {
		p.mu.Lock()
		var all strings.Builder
		for _, f := range p.frames {
			all.Write(f)
			all.WriteByte('\n')
		}
		p.mu.Unlock()
		heard[p.name] = comparable(all.String())
	}
	return heard
}

func TestARefusalHurtsNobody(t *testing.T) {
	declined := quietEvening(t, func(h *house, page string) {
		tanaka := h.browser("田中")
		shown := string(tanaka.get(page).body)
		op := regexp.MustCompile(`name="op" value="([^"]+)"`).FindStringSubmatch(shown)[1]
		if a := tanaka.form(page, "op", op, "do", "decline"); a.status != http.StatusSeeOther {
			t.Fatalf("declining answered %d %s", a.status, a.body)
		}
		if again := string(tanaka.get(page).body); !strings.Contains(again, "終わりました") || strings.Contains(again, "<form") {
			t.Error("the browser that declined is asked again")
		}
		// A yes by the link cannot overrule it.
		other := h.browser("誰か")
		if got := string(other.get(page).body); !strings.Contains(got, "<form") {
			t.Error("another browser can tell that somebody declined")
		}
	})
	silent := quietEvening(t, func(*house, string) {})
	for who := range declined {
		if declined[who] != silent[who] {
			t.Errorf("%s can tell a decline from silence:\n%s", who, firstDifference(declined[who], silent[who]))
		}
	}
	if !strings.Contains(declined["佐藤 由美"], `"step":"ended"`) || !strings.Contains(declined["山本 健一"], `"step":"ended"`) {
		t.Error("the ending was not heard: this test tests nothing")
	}
}

func firstDifference(a, b string) string {
	la, lb := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(la), len(lb)) {
		var x, y string
		if i < len(la) {
			x = la[i]
		}
		if i < len(lb) {
			y = lb[i]
		}
		if x != y {
			return fmt.Sprintf("line %d\n  here:  %s\n  there: %s", i, x, y)
		}
	}
	return "nowhere"
}
