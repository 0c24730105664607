package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What an acquaintance needs, and what somebody here could answer themself: the
// hints that rest on a card (scene 3, K2).

// here is an evening with somebody who makes websites, and an acquaintance of
// Yamamoto's who needs one.
func here(t *testing.T, h *house) (c *cast, hint object) {
	t.Helper()
	c = reception(t, h)
	c.emily.do("card.change", object{"card": card("伊藤 翼", "webdesign", object{"mail": "ito@example.jp", "offers": "ホームページの制作とリニューアル"})})
	c.yamamoto.do("entry.add", object{
		"trade": "manufacturing", "area": "船橋市", "size": "30-99", "seeks": "ホームページのリニューアル", "label": "ゴルフのTさん", "note": "ないしょ",
	})
	return c, c.yamamoto.find("me", "suggestion", has("card", c.emily.you))
}

// heardNothing is a check that nobody but these has any hint.
func (c *cast) heardNothing(t *testing.T, but ...*phone) {
	t.Helper()
	for _, p := range c.phones() {
		p.settle()
	}
	for _, word := range []string{`"k":"suggestion"`, "ゴルフのTさん", "ないしょ"} {
		c.said(t, word, but...)
	}
}

func TestAnAcquaintanceIsBroughtToSomebodyHere(t *testing.T) {
	h := open(t)
	c, hint := here(t, h)
	entry := c.yamamoto.find("me", "entry", nil)
	if hint["need"] != nil || hint["entry"] != entry["id"] || !strings.Contains(mustJSON(hint["why"]), "ホームページ") {
		t.Fatalf("the hint is %v", hint)
	}
	c.heardNothing(t, c.yamamoto)
	c.said(t, "リニューアル", append([]*phone{c.yamamoto}, c.people()...)...) // it stands on a card, too: not on the screen, not in the log

	// What the acquaintance needs goes along in Yamamoto's words.
	c.yamamoto.do("offer.refer", object{"entry": hint["entry"], "to": hint["card"], "seeks": "会社のサイトを新しく", "line": "長いお付き合いです"})
	offer := c.emily.find("me", "received", has("step", "offered"))
	about, _ := offer["about"].(map[string]any)
	if offer["need"] != "" || offer["from"] != c.yamamoto.you || about["seeks"] != "会社のサイトを新しく" || about["trade"] != "manufacturing" || about["line"] != "長いお付き合いです" {
		t.Errorf("R reads %v", offer)
	}
	c.kobayashi.find("desk", "course", has("id", offer["id"]))
	c.yamamoto.until("the hint to be done", func() bool { return len(c.yamamoto.allLocked("me", "suggestion")) == 0 })
	c.yamamoto.refused("offer.exists", "offer.refer", object{"entry": hint["entry"], "to": hint["card"], "seeks": "もう一度", "line": ""})

	// From here it is an introduction like any other.
	id := offer["id"]
	c.emily.do("offer.want", object{"introduction": id, "line": "サイトのことでしたら", "pitch": true, "give": []string{"mail"}, "lang": "ja"})
	c.yamamoto.find("me", "given", has("step", "wanted"))
	c.yamamoto.do("introduction.ask", object{"introduction": id, "days": 7})
	given := c.yamamoto.find("me", "given", has("step", "asking"))
	page := "/c/" + c.event + "/" + given["link"].(string)
	tanaka := h.browser("田中")
	for lang, words := range map[string][]string{
		"ja": {"ご相談先", "会社のサイトを新しく", "山本 健一", "伊藤 翼", "サイトのことでしたら"},
		"en": {"somebody who can help you", "会社のサイトを新しく", "山本 健一", "伊藤 翼"},
	} {
		shown := string(tanaka.get(page + "?lang=" + lang).body)
		for _, w := range words {
			if !strings.Contains(shown, w) {
				t.Errorf("the page in %s does not say %q", lang, w)
			}
		}
		for _, w := range []string{"ito@example.jp", "ゴルフのTさん", "ないしょ", "ホームページのリニューアル"} {
			if strings.Contains(shown, w) {
				t.Errorf("the page in %s says %q", lang, w)
			}
		}
	}
	op := regexp.MustCompile(`name="op" value="([^"]+)"`).FindStringSubmatch(string(tanaka.get(page).body))[1]
	yes := tanaka.form(page, "op", op, "do", "give", "name", "田中 誠", "mail", "tanaka@example.jp")
	if yes.status != http.StatusSeeOther {
		t.Fatalf("the yes answers %d", yes.status)
	}
	got := c.emily.find("me", "received", has("step", "connected"))
	if contact, _ := got["contact"].(map[string]any); contact["name"] != "田中 誠" || contact["mail"] != "tanaka@example.jp" {
		t.Errorf("R receives %v", got["contact"])
	}
	if shown := string(tanaka.get(yes.header.Get("Location")).body); !strings.Contains(shown, "ito@example.jp") {
		t.Error("the absent person does not read R's mail after the yes")
	}
	c.heardNothing(t, c.yamamoto)
	c.said(t, "田中", c.yamamoto, c.emily)
	c.said(t, "tanaka@example.jp", c.emily)
	for _, p := range c.people() {
		p.fresh()
	}
}

func TestOneselfMayFit(t *testing.T) {
	h := open(t)
	c, _ := here(t, h)
	for _, n := range []object{
		{"who": "ホームページのリニューアルができる方", "trade": "webdesign"},
		{"who": "ホームページの制作をお願いできる方", "trade": "webdesign", "behalf": object{"trade": "manufacturing", "area": "船橋市", "size": "2-9"}},
	} {
		c.taka.do("need.post", n)
	}
	own := c.taka.find("me", "mine", func(o object) bool { return o["behalf"] == nil })["id"]
	behalf := c.taka.find("me", "mine", func(o object) bool { return o["behalf"] != nil })["id"]
	for _, need := range []any{own, behalf} {
		if g := c.emily.find("me", "suggestion", has("need", need)); g["card"] != c.emily.you || g["entry"] != nil {
			t.Errorf("the hint is %v", g)
		}
	}
	c.heardNothing(t, c.yamamoto, c.emily)
	c.emily.do("offer.self", object{"need": own, "line": "お任せください", "give": []string{"mail"}})
	c.emily.do("offer.self", object{"need": behalf, "line": "お話を聞かせてください", "give": []string{"mail"}, "pitch": true, "lang": "ja"})
	c.taka.find("me", "received", has("own", true))
	c.taka.find("me", "given", has("behalf", true))
	c.emily.until("both hints to be done", func() bool { return len(c.emily.allLocked("me", "suggestion")) == 0 })
}

// What is wrong stays wrong, over a restart too; what is only not now is not
// suggested again, but nothing is learned of it.
func TestWrongIsRemembered(t *testing.T) {
	for _, wrong := range []bool{true, false} {
		h := open(t)
		c, hint := here(t, h)
		dismiss := object{"suggestion": hint["id"]}
		if wrong {
			dismiss["wrong"] = true
		}
		c.yamamoto.do("suggestion.dismiss", dismiss)
		c.yamamoto.until("the hint to go", func() bool { return len(c.yamamoto.allLocked("me", "suggestion")) == 0 })
		c.heardNothing(t, c.yamamoto)
		h.restart()
		for _, p := range c.people() {
			p.connect().settle()
		}
		c.minutes(10)
		// Another comes who makes websites. Yamamoto's other acquaintance needs
		// one, which shows that the matcher has looked.
		c.taka.do("card.change", object{"card": card("高橋 大輔", "webdesign", object{"offers": "ホームページの制作とリニューアル"})})
		c.yamamoto.do("entry.add", object{"trade": "restaurant", "area": "市川市", "seeks": "ホームページのリニューアル"})
		other := c.yamamoto.find("me", "entry", has("trade", "restaurant"))["id"]
		both := func(o object) bool { return o["card"] == c.taka.you && o["entry"] == other }
		c.yamamoto.find("me", "suggestion", both)
		for _, g := range c.yamamoto.all("me", "suggestion") {
			if g["entry"] == hint["entry"] && (wrong || g["card"] == hint["card"]) {
				t.Errorf("wrong %v: it comes again: %v", wrong, g)
			}
		}
		if !wrong {
			c.yamamoto.find("me", "suggestion", func(o object) bool { return o["card"] == c.taka.you && o["entry"] == hint["entry"] })
		}
	}
}

// Three at once, and of what waits one more a minute, once there is room.
func TestHintsKeepTheirPace(t *testing.T) {
	h := open(t)
	c, _ := here(t, h)
	for _, area := range []string{"千葉市", "市川市", "柏市"} {
		c.yamamoto.do("entry.add", object{"trade": "restaurant", "area": area, "seeks": "ホームページのリニューアル"})
	}
	three := func() bool { return len(c.yamamoto.allLocked("me", "suggestion")) == 3 }
	c.yamamoto.until("three hints", three)
	seen := map[any]bool{}
	for _, g := range c.yamamoto.all("me", "suggestion") {
		seen[g["id"]] = true
	}
	c.yamamoto.do("suggestion.dismiss", object{"suggestion": c.yamamoto.all("me", "suggestion")[0]["id"]})
	c.taka.do("need.post", object{"who": "だれか"}) // and all that came before is done
	c.yamamoto.settle()
	if got := c.yamamoto.all("me", "suggestion"); len(got) != 2 {
		t.Fatalf("a fourth hint within the minute: %v", got)
	}
	h.clock.set(h.clock.now().Add(time.Minute))
	c.yamamoto.until("the fourth", three)
	for _, g := range c.yamamoto.all("me", "suggestion") {
		delete(seen, g["id"])
	}
	if len(seen) != 1 {
		t.Errorf("of the first three %d are gone, want the one that was put away", len(seen))
	}
}

// hintedEvening plays an evening on which somebody here could help Yamamoto's
// acquaintance, or nobody could, and tells what everybody heard.
func hintedEvening(t *testing.T, fits bool) map[string]string {
	h := open(t)
	c := reception(t, h)
	c.emily.do("card.change", object{"card": card("伊藤 翼", "webdesign", object{"offers": "ホームページの制作とリニューアル"})})
	for _, p := range c.phones() {
		p.settle()
		p.mu.Lock()
		p.frames = nil
		p.mu.Unlock()
	}
	step := func(act func()) {
		c.minutes(2)
		act()
		for _, p := range c.phones() {
			p.settle()
		}
	}
	seeks := map[bool]string{true: "ホームページのリニューアル", false: "釣りの仲間"}[fits]
	step(func() {
		c.yamamoto.do("entry.add", object{"trade": "manufacturing", "area": "船橋市", "seeks": seeks})
	})
	step(func() {
		if fits {
			g := c.yamamoto.find("me", "suggestion", has("card", c.emily.you))
			c.yamamoto.do("suggestion.dismiss", object{"suggestion": g["id"], "wrong": true})
		}
	})
	step(func() {
		c.taka.do("card.change", object{"card": card("高橋 大輔", "webdesign", object{"offers": "ホームページの制作とリニューアル"})})
	})
	step(func() { c.sato.do("need.post", object{"who": "足場を貸してくださる方"}) })
	step(func() { c.emily.cut(); c.emily.connect() })
	step(func() { c.kobayashi.forgetAndCut(); c.kobayashi.connect() })
	h.restart()
	for _, p := range c.people() {
		p.connect().settle()
	}
	heard := map[string]string{}
	for _, p := range []*phone{c.kobayashi, c.sato, c.taka, c.emily, c.screen} {
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

// Whoever could help, and everybody else, hears the same bytes as if nobody
// could: before the owner of the entry acts there is nothing to hear.
func TestWhoCouldHelpDoesNotKnow(t *testing.T) {
	somebody, nobody := hintedEvening(t, true), hintedEvening(t, false)
	for who := range somebody {
		if somebody[who] != nobody[who] {
			t.Errorf("%s can tell:\n%s", who, firstDifference(somebody[who], nobody[who]))
		}
		if !strings.Contains(somebody[who], "足場") {
			t.Errorf("%s heard nothing of the evening: this test tests nothing", who)
		}
	}
}

// isBrought is a part of the evening of all words (canary_test.go): an
// acquaintance of i's is brought to r and asked.
func isBrought(words canaries, i, r *phone, before *browser, event string) {
	i.do("entry.add", object{"trade": "manufacturing", "area": words.word("sought.area"), "seeks": words.word("sought.seeks")})
	entry := i.find("me", "entry", has("area", words["sought.area"]))["id"]
	i.do("offer.refer", object{"entry": entry, "to": r.you, "seeks": words.word("refer.seeks"), "line": words.word("refer.line")})
	course := i.find("me", "given", has("entry", entry))["id"]
	r.find("me", "received", has("id", course))
	r.do("offer.want", object{"introduction": course, "line": words.word("refer.want"), "give": []string{"mail"}})
	at := func(step string) object {
		return i.find("me", "given", func(o object) bool { return o["id"] == course && o["step"] == step })
	}
	at("wanted")
	i.do("introduction.ask", object{"introduction": course, "days": 7})
	words["refer.link"] = at("asking")["link"].(string)
	before.get("/c/" + event + "/" + words["refer.link"])
}
