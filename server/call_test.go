package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Give first, get back (scene 8), and the host who brokers blind (scene 10).

// minutes lets the evening go on.
func (h *house) minutes(n int) { h.clock.set(h.clock.now().Add(time.Duration(n) * time.Minute)) }

// said is what everybody heard of a word, but for these.
func (c *cast) said(t *testing.T, word string, but ...*phone) {
	t.Helper()
	for _, p := range c.phones() {
		if !slices.Contains(but, p) && strings.Contains(p.everything(), word) {
			t.Errorf("%s has heard %q", p.name, word)
		}
	}
	if strings.Contains(c.log.String(), word) {
		t.Errorf("the log has %q", word)
	}
}

func TestGiveFirstGetBack(t *testing.T) {
	c, _, _ := asking(t, open(t)) // Yamamoto has made a wanted offer to Sato
	you := c.sato.find("me", "you", has("received", 1))
	if got, want := mustJSON(you["from"]), mustJSON([]object{{"by": c.yamamoto.you, "n": 1}}); got != want {
		t.Errorf("Sato has received from %s, want %s", got, want)
	}
	// Taka offers too, and nobody wants it: that moves nothing.
	c.taka.do("entry.add", object{"trade": "manufacturing", "area": "船橋市", "size": "30-99"})
	need := c.sato.find("me", "mine", nil)["id"]
	hint := c.taka.find("me", "suggestion", has("need", need))
	c.taka.do("offer.make", object{"need": need, "entry": hint["entry"], "words": false, "line": ""})
	c.sato.find("me", "received", has("from", c.taka.you))
	c.sato.settle()
	if you := c.sato.find("me", "you", nil); fmt.Sprint(you["received"]) != "1" || strings.Contains(mustJSON(you["from"]), c.taka.you) {
		t.Errorf("an offer that nobody wanted moved the ledger: %v", you)
	}
	// Yamamoto's need and Emily's; Sato's list holds somebody for each.
	c.sato.do("entry.add", object{"trade": "construction", "area": "千葉県", "offers": "建設業許可を取りたい"})
	c.sato.do("entry.add", object{"trade": "printing", "area": "千葉県"})
	c.yamamoto.do("need.post", object{"who": "建設業許可を取りたい工務店", "area": "千葉県"})
	c.emily.do("need.post", object{"who": "印刷会社", "area": "千葉県"})
	his := c.yamamoto.find("me", "mine", nil)["id"]
	hers := c.emily.find("me", "mine", nil)["id"]
	if g := c.sato.find("me", "suggestion", has("need", his)); g["back"] != true {
		t.Errorf("the hint for Yamamoto's need is none of giving back: %v", g)
	}
	if g := c.sato.find("me", "suggestion", has("need", hers)); g["back"] != nil {
		t.Errorf("the hint for Emily's need is one of giving back: %v", g)
	}
	for _, p := range c.phones() {
		p.settle()
	}
	c.said(t, `"back"`, c.sato)
	c.said(t, `"from":[`, c.sato)
	for _, p := range c.people() {
		p.fresh()
	}
}

// lonely is an evening on which nobody answers Taka's need for six minutes, and
// on two lists is somebody who fits, or nobody.
func lonely(t *testing.T, h *house, fits bool) (c *cast, need any) {
	t.Helper()
	c = reception(t, h)
	trade := map[bool]string{true: "restaurant", false: "kaigo"}[fits]
	c.yamamoto.do("entry.add", object{"trade": trade, "area": "船橋市", "label": "Yの札"})
	c.sato.do("entry.add", object{"trade": trade, "area": "船橋市", "label": "Sの札"})
	c.emily.do("entry.add", object{"trade": "kaigo", "area": "大阪府"})
	c.taka.do("need.post", object{"who": "事業承継を考えている飲食店", "area": "船橋市"})
	need = c.taka.find("me", "mine", nil)["id"]
	if fits { // as any suggestion
		c.yamamoto.find("me", "suggestion", nil)
		c.sato.find("me", "suggestion", nil)
	}
	return c, need
}

// call makes a call and waits until the machine has had its word to it, which
// nobody hears: it is the second record.
func (c *cast) call(t *testing.T, need any, shown <-chan struct{}) {
	t.Helper()
	for len(shown) > 0 {
		<-shown
	}
	c.kobayashi.do("call.make", object{"need": need})
	for range 2 {
		select {
		case <-shown:
		case <-time.After(patience):
			t.Fatal("the machine had no word to the call")
		}
	}
}

func TestTheHostBrokersBlind(t *testing.T) {
	c, need := lonely(t, open(t), true)
	c.kobayashi.refused("call.early", "call.make", object{"need": need})
	c.minutes(6)
	c.taka.refused("forbidden", "call.make", object{"need": need})
	c.kobayashi.do("call.make", object{"need": need})
	c.kobayashi.refused("call.again", "call.make", object{"need": need})
	at := c.clock.now().UnixMilli()
	for _, p := range []*phone{c.yamamoto, c.sato} {
		if g := p.find("me", "suggestion", has("called", true)); g["need"] != need {
			t.Errorf("%s is called for %v", p.name, g)
		}
	}
	for _, p := range c.phones() {
		p.settle()
	}
	c.said(t, `"called":true`, c.yamamoto, c.sato)
	// The poster sees who called, and when; the desk when.
	mine := c.taka.find("me", "mine", func(o object) bool { return o["calls"] != nil })
	if got, want := mustJSON(mine["calls"]), mustJSON([]object{{"by": c.kobayashi.you, "at": at}}); got != want {
		t.Errorf("the poster sees %s, want %s", got, want)
	}
	if w := c.kobayashi.find("desk", "watch", has("id", need)); mustJSON(w["calledAt"]) != mustJSON(at) {
		t.Errorf("the desk sees %v", w)
	}
	c.said(t, `"calls":`, c.taka)
	c.said(t, `"calledAt"`, c.kobayashi)
	// Sato leaves it, Yamamoto puts it away; then thinks better of it. It is an ordinary offer.
	g := c.yamamoto.find("me", "suggestion", has("called", true))
	c.yamamoto.do("suggestion.dismiss", object{"suggestion": g["id"]})
	c.yamamoto.do("offer.make", object{"need": need, "entry": g["entry"], "words": false, "line": ""})
	offer := c.taka.find("me", "received", nil)
	if offer["step"] != "offered" || strings.Contains(mustJSON(offer), "call") {
		t.Errorf("the offer is %v", offer)
	}
	c.minutes(11)
	c.kobayashi.refused("call.answered", "call.make", object{"need": need})
	for _, p := range c.people() {
		p.fresh()
	}
}

// blindEvening plays a call to its end, and tells what everybody heard.
func blindEvening(t *testing.T, fits bool) map[string]string {
	shown := make(chan struct{}, 1000)
	h := open(t, func(h *house) {
		h.hooks.fail = func(point string) {
			if point == "shown" {
				shown <- struct{}{}
			}
		}
	})
	c, need := lonely(t, h, fits)
	for _, p := range c.phones() {
		p.settle()
		p.mu.Lock()
		p.frames = nil
		p.mu.Unlock()
	}
	step := func(act func()) {
		c.minutes(11)
		act()
		for _, p := range c.phones() {
			p.settle()
		}
	}
	step(func() { c.call(t, need, shown) })
	step(func() {
		if fits { // one puts it away, the other leaves it
			g := c.sato.find("me", "suggestion", has("called", true))
			c.sato.do("suggestion.dismiss", object{"suggestion": g["id"]})
		}
	})
	step(func() { c.call(t, need, shown) })
	step(func() { c.emily.do("need.post", object{"who": "足場を貸してくださる方"}) })
	step(func() { c.kobayashi.do("phase.set", object{"phase": "free"}) })
	step(func() { c.kobayashi.forgetAndCut(); c.kobayashi.connect() })
	step(func() { c.taka.cut(); c.taka.connect() })
	var pages []string
	for _, p := range []*phone{c.kobayashi, c.taka, c.emily} {
		for _, kind := range []string{"csv", "vcf"} {
			a := p.get("/api/events/" + c.event + "/contacts." + kind)
			if a.status != http.StatusOK {
				t.Errorf("%s: the export answers %d", p.name, a.status)
			}
			pages = append(pages, string(a.body))
		}
	}
	h.restart()
	for _, p := range c.people() {
		p.connect().settle()
	}
	heard := map[string]string{"pages": comparable(strings.Join(pages, "\n"))}
	for _, p := range []*phone{c.kobayashi, c.taka, c.emily, c.screen} {
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

// Whether there is anybody to call, nobody but those can tell, byte for byte.
func TestABlindCallIsBlind(t *testing.T) {
	somebody, nobody := blindEvening(t, true), blindEvening(t, false)
	for who := range somebody {
		if somebody[who] != nobody[who] {
			t.Errorf("%s can tell:\n%s", who, firstDifference(somebody[who], nobody[who]))
		}
	}
	if !strings.Contains(somebody["小林 恵"]+somebody["小林"], `"calledAt"`) || !strings.Contains(somebody["高橋 大輔"], `"calls":[`) {
		t.Error("the call was not heard: this test tests nothing")
	}
}
