package main

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"goen/realtime"
	"goen/realtime/event"
)

// The story of one evening, E12 「第12回 船橋ご縁交流会」: a host, her guests, a
// screen, and Tanaka, who is not there. Everything goes over real connections,
// the store is a real file.

// cast is the evening and who is in it.
type cast struct {
	*house
	event                                  string
	code                                   string
	kobayashi, yamamoto, sato, taka, emily *phone
	screen                                 *phone
}

func (c *cast) phones() []*phone {
	return append(c.people(), c.screen)
}

func (c *cast) people() []*phone {
	return []*phone{c.kobayashi, c.yamamoto, c.sato, c.taka, c.emily}
}

// reception: the host opens the evening and everybody comes in.
func reception(t testing.TB, h *house) *cast {
	t.Helper()
	c := &cast{house: h}

	// Kobayashi takes the link that the fresh installation printed.
	host := h.browser("小林")
	c.event = host.host("第12回 船橋ご縁交流会", "approve", card("小林 恵", "npo", object{"kana": "コバヤシ メグミ", "firm": "ふなばし異業種会"}))
	c.kobayashi = host.phone(c.event).connect()
	doors := c.kobayashi.find("desk", "doors", nil)
	c.code = doors["code"].(string)

	// The projector shows a code, she types it on her phone, and it is the screen.
	wall := h.browser("スクリーン")
	var pair struct{ Code string }
	wall.post("/api/screen", object{}).into(t, &pair)
	host.post("/api/events/"+c.event+"/screens", object{"code": pair.Code}).into(t, &object{})
	c.screen = wall.phone(c.event)
	c.screen.query = "?as=screen"
	c.screen.connect()

	// Guests come without registration: name, trade, and a tap at the desk.
	come := func(name, trade string, more object) *phone {
		b := h.browser(name)
		if standing := b.join(c.code, card(name, trade, more)); standing != "lobby" {
			t.Fatalf("%s is %q at an approving door", name, standing)
		}
		p := b.phone(c.event).connect()
		if you := p.find("me", "you", nil); you["standing"] != "lobby" || you["number"].(float64) < 10 {
			t.Fatalf("%s waits as %v", name, you)
		}
		guest := c.kobayashi.find("desk", "guest", has("name", name))
		c.kobayashi.do("attendee.admit", object{"attendee": guest["id"]})
		p.find("room", "event", has("title", "第12回 船橋ご縁交流会"))
		return p
	}
	c.yamamoto = come("山本 健一", "gyoseishoshi", object{"kana": "やまもと けんいち", "firm": "行政書士やまもと事務所", "mail": "yamamoto@example.jp"})
	c.sato = come("佐藤 由美", "sharoshi", object{"kana": "サトウ ユミ", "firm": "社会保険労務士法人みどり", "mail": "sato@example.jp", "phone": "047-400-1111", "onScreen": true})
	c.taka = come("高橋 大輔", "painting", object{"kana": "タカハシ ダイスケ", "line": "=HYPERLINK(\"http://evil\",\"x\")"})
	c.emily = come("Emily Carter", "translation", object{"firm": "Carter Translation", "homepage": "https://carter.example.jp"})
	return c
}

func TestEvening(t *testing.T) { evening(t, open(t)) }

func evening(t *testing.T, h *house) {
	c := reception(t, h)

	t.Run("scene 1: a walk-in has no firm, and the screen counts", func(t *testing.T) {
		if p := c.kobayashi.find("room", "person", has("name", "高橋 大輔")); p["firm"] != nil {
			t.Errorf("firm is %v", p["firm"])
		}
		if p := c.sato.find("room", "person", has("name", "山本 健一")); p["kana"] != "ヤマモト ケンイチ" {
			t.Errorf("kana is %v", p["kana"])
		}
		c.screen.find("wall", "tally", has("present", 5))
	})

	t.Run("scene 2: ten entries without a name", func(t *testing.T) {
		for i, trade := range []string{"manufacturing", "construction", "painting", "restaurant", "realestate", "printing", "zeirishi", "web", "kaigo", "trucking"} {
			entry := object{"trade": trade, "area": "千葉県", "size": "", "offers": "", "seeks": "", "closeness": "", "label": fmt.Sprintf("わたしのメモ%d", i), "note": ""}
			switch i {
			case 0:
				entry["seeks"] = "ホームページ刷新"
			case 3:
				entry["seeks"] = "相続"
			}
			c.sato.do("entry.add", entry)
		}
		mine := c.sato.all("me", "entry")
		if len(mine) != 10 {
			t.Fatalf("%d entries", len(mine))
		}
		c.sato.refused("text.contact", "entry.add", object{"trade": "zeirishi", "label": "０９０−１２３４−５６７８"})
		c.sato.refused("text.name", "entry.add", object{"trade": "zeirishi", "offers": "鈴木様のご紹介"})
		csv := c.kobayashi.get("/api/events/" + c.event + "/contacts.csv")
		for who, heard := range map[string]string{
			"host": c.kobayashi.everything(), "Yamamoto": c.yamamoto.everything(), "the projector": c.screen.everything(), "the host's CSV": string(csv.body),
			"the log": h.log.String(),
		} {
			for _, e := range mine {
				for _, word := range []string{e["id"].(string), e["label"].(string), "千葉県", "ホームページ刷新"} {
					if strings.Contains(heard, word) {
						t.Errorf("%s heard %q of Sato's list", who, word)
					}
				}
			}
		}
	})

	// Yamamoto knows somebody, and says so to nobody.
	c.yamamoto.do("entry.add", object{"trade": "manufacturing", "area": "船橋市", "size": "30-99", "label": "ゴルフのTさん"})

	var need object
	t.Run("scene 3: a need that can be answered", func(t *testing.T) {
		c.kobayashi.do("phase.set", object{"phase": "needs"})
		c.sato.do("need.post", object{"who": "従業員30名前後の製造業の社長", "area": "船橋市周辺", "why": "就業規則の相談に乗れます"})
		for _, p := range []*phone{c.kobayashi, c.yamamoto, c.sato, c.taka, c.emily} {
			need = p.find("room", "need", has("who", "従業員30名前後の製造業の社長"))
			p.find("room", "event", has("phase", "needs"))
		}
		c.screen.find("wall", "line", has("id", need["id"]))
		before := len(c.taka.all("room", "need"))
		if a := c.taka.try("need.post", object{"who": "お客様の 090-1234-5678 が税理士を探しています"}); a.code != "text.contact" || a.field != "who" {
			t.Errorf("a phone number in a need: %v", a)
		}
		if len(c.taka.all("room", "need")) != before {
			t.Error("a refused need stands in the room")
		}
	})

	t.Run("scene 4: only the owner is told", func(t *testing.T) {
		hint := c.yamamoto.find("me", "suggestion", has("need", need["id"]))
		by := []string{}
		for _, r := range hint["why"].([]any) {
			by = append(by, r.(map[string]any)["by"].(string))
		}
		if got := strings.Join(by, " "); got != "trade city size" {
			t.Errorf("reasons are %s", got)
		}
		for _, p := range []*phone{c.kobayashi, c.sato, c.taka, c.emily, c.screen} {
			heard := p.everything()
			for _, word := range []string{"ゴルフの", hint["id"].(string), hint["entry"].(string)} {
				if strings.Contains(heard, word) {
					t.Errorf("%s heard %q", p.name, word)
				}
			}
			if g := p.all("me", "suggestion"); slices.ContainsFunc(g, has("need", need["id"])) { // what is theirs they may hear
				t.Errorf("%s heard %v", p.name, g)
			}
		}
	})

	t.Run("scene 5: from offer to ご縁成立", func(t *testing.T) {
		hint := c.yamamoto.find("me", "suggestion", nil)
		c.yamamoto.do("offer.make", object{"need": need["id"], "entry": hint["entry"], "words": false, "line": "長年のお付き合いです"})
		offer := c.sato.find("me", "received", has("step", "offered"))
		about := offer["about"].(map[string]any)
		if about["trade"] != "manufacturing" || about["area"] != "船橋市" || about["offers"] != nil {
			t.Errorf("the description is %v", about)
		}
		c.screen.find("wall", "tally", has("offers", 1))
		c.sato.do("offer.want", object{"introduction": offer["id"], "line": "就業規則の整備でお役に立てそうです", "pitch": false, "give": []string{"mail"}})
		given := c.yamamoto.find("me", "given", has("step", "wanted"))
		if strings.Contains(c.yamamoto.everything(), "sato@example.jp") {
			t.Error("the introducer has read the mail of who asks")
		}
		c.yamamoto.do("introduction.ask", object{"introduction": given["id"], "days": 7})
		given = c.yamamoto.find("me", "given", has("step", "asking"))
		page := "/c/" + c.event + "/" + given["link"].(string)

		// He looks at it himself: a preview, which he cannot answer.
		if a := c.yamamoto.form(page, "op", newOp(), "do", "give", "name", "田中 誠", "mail", "x@example.jp"); a.status != http.StatusForbidden {
			t.Errorf("the introducer answered: %d", a.status)
		}
		// Tanaka opens it on his phone.
		tanaka := h.browser("田中")
		shown := string(tanaka.get(page).body)
		for _, want := range []string{"山本 健一", "佐藤 由美", "社会保険労務士法人みどり", "就業規則の整備", "営業)は含みません", "1月28日(木)"} {
			if !strings.Contains(shown, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(shown, "sato@example.jp") || strings.Contains(shown, "047-400") || strings.Contains(shown, "<script") {
			t.Error("the page says too much")
		}
		op := regexp.MustCompile(`name="op" value="([^"]+)"`).FindStringSubmatch(shown)[1]
		bad := tanaka.form(page, "op", op, "do", "give", "name", "田中 誠", "kana", "たなか まこと", "firm", "田中精工", "mail", "tanaka@@example")
		if bad.status != http.StatusUnprocessableEntity || !strings.Contains(string(bad.body), "田中精工") || !strings.Contains(string(bad.body), `role="alert"`) {
			t.Errorf("a bad address answered %d and lost what was typed", bad.status)
		}
		yes := func() string {
			a := tanaka.form(page, "op", op, "do", "give", "name", "田中 誠", "kana", "たなか まこと", "firm", "田中精工", "mail", "tanaka@example.jp", "phone", "")
			if a.status != http.StatusSeeOther {
				t.Fatalf("a yes answered %d %s", a.status, a.body)
			}
			return a.header.Get("Location")
		}
		private := yes()
		if again := yes(); again != private {
			t.Errorf("the same yes again leads to %s, not %s", again, private)
		}
		if kept := string(tanaka.get(private).body); !strings.Contains(kept, "sato@example.jp") || !strings.Contains(kept, "田中精工") {
			t.Error("his own page lacks something")
		}
		if shared := string(h.browser("x").get(page).body); strings.Contains(shared, "田中") || strings.Contains(shared, "sato") {
			t.Error("the shared link shows data after a yes")
		}

		got := c.sato.find("me", "received", has("step", "connected"))
		want := object{"name": "田中 誠", "kana": "タナカ マコト", "firm": "田中精工", "mail": "tanaka@example.jp"}
		if fmt.Sprint(got["contact"]) != fmt.Sprint(map[string]any(want)) {
			t.Errorf("Sato got %v", got["contact"])
		}
		if done := c.yamamoto.find("me", "given", has("step", "connected")); done["name"] != "田中 誠" || done["contact"] != nil {
			t.Errorf("Yamamoto sees %v", done)
		}
		course := c.kobayashi.find("desk", "course", has("step", "connected"))
		if course["trade"] != "manufacturing" {
			t.Errorf("the host sees %v", course)
		}
		for _, p := range []*phone{c.kobayashi, c.taka, c.emily, c.screen} {
			if heard := p.everything(); strings.Contains(heard, "田中") || strings.Contains(heard, "tanaka@") {
				t.Errorf("%s heard of Tanaka", p.name)
			}
		}
		if log := h.log.String(); strings.Contains(log, "田中") || strings.Contains(log, "tanaka@") || strings.Contains(log, given["link"].(string)) {
			t.Error("the log knows Tanaka or his link")
		}
		if strings.Contains(c.yamamoto.everything(), "tanaka@") {
			t.Error("the introducer heard the address")
		}

		// One record for the law: who got whose items by which consent, when.
		pair := provisions(t, h, event.IntroductionID(given["id"].(string)))
		if len(pair) != 2 || pair[0].Recipient != "佐藤 由美" || pair[0].Person != "田中 誠" || strings.Join(pair[0].Items, " ") != "name kana firm mail" ||
			pair[0].Consent != "link" || pair[0].At == 0 {
			t.Errorf("the provision record is %+v", pair)
		}
		for _, p := range c.phones() {
			p.connect()
		}
	})

	t.Run("私がお役に立てます: both consents are in the app", func(t *testing.T) {
		c.taka.refused("contact.invalid", "offer.self", object{"need": need["id"], "line": "", "give": []string{}})
		c.emily.do("card.change", object{"card": card("Emily Carter", "translation", object{"firm": "Carter Translation", "homepage": "https://carter.example.jp", "mail": "emily@example.jp"})})
		c.emily.do("offer.self", object{"need": need["id"], "line": "英文の就業規則なら", "give": []string{"mail"}})
		offer := c.sato.find("me", "received", has("own", true))
		if strings.Contains(c.sato.everything(), "emily@") {
			t.Error("the contact came before the second consent")
		}
		c.sato.do("offer.want", object{"introduction": offer["id"], "line": "ぜひ", "pitch": false, "give": []string{"phone"}})
		if got := c.sato.find("me", "received", func(o object) bool { return o["own"] == true && o["step"] == "connected" }); got["contact"].(map[string]any)["mail"] != "emily@example.jp" {
			t.Errorf("Sato got %v", got)
		}
		if got := c.emily.find("me", "given", has("step", "connected")); got["contact"].(map[string]any)["phone"] != "047-400-1111" {
			t.Errorf("Emily got %v", got)
		}
	})

	t.Run("scene 13: a dead spot, and a restart in the middle", func(t *testing.T) {
		c.taka.do("need.post", object{"who": "建設業許可に詳しい方"})
		c.yamamoto.do("need.post", object{"who": "英語の契約書を見てくれる方"})
		one := c.sato.find("room", "need", has("who", "建設業許可に詳しい方"))
		two := c.sato.find("room", "need", has("who", "英語の契約書を見てくれる方"))
		entries := c.sato.all("me", "entry")
		c.sato.cut()
		c.yamamoto.do("need.close", object{"need": two["id"]})
		c.taka.do("card.change", object{"card": card("高橋 大輔", "painting", object{"line": "=HYPERLINK(\"http://evil\",\"x\")", "firm": ""})})
		h.restart()
		for _, p := range c.phones() {
			p.connect()
		}
		// What waited on her phone goes out, each thing twice.
		ops := []string{newOp(), newOp(), newOp()}
		for range 2 {
			c.sato.say(ops[0], "offer.make", object{"need": one["id"], "entry": entries[0]["id"], "words": false, "line": ""})
			c.sato.say(ops[1], "offer.make", object{"need": two["id"], "entry": entries[1]["id"], "words": false, "line": ""})
			c.sato.say(ops[2], "need.post", object{"who": "助成金に詳しい方"})
		}
		if a := c.sato.answer(ops[0], "the first offer"); a.code != "ack" {
			t.Errorf("the first offer: %v", a)
		}
		if a := c.sato.answer(ops[1], "the offer on what was withdrawn"); a.code != "need.over" {
			t.Errorf("an offer on a withdrawn need: %v", a)
		}
		c.sato.answer(ops[2], "the need")
		c.taka.find("room", "need", has("who", "助成金に詳しい方"))
		if n := len(c.taka.all("me", "received")); n != 1 {
			t.Errorf("%d offers arrived, want 1", n)
		}
		for _, p := range c.phones() {
			p.fresh()
		}
	})

	t.Run("the host hides, removes and closes", func(t *testing.T) {
		bad := c.emily.browser.house.browser("誰か")
		bad.join(c.code, card("誰か", "insurance"))
		p := bad.phone(c.event).connect()
		c.kobayashi.do("attendee.admit", object{"attendee": p.you})
		p.find("room", "event", nil)
		p.do("need.post", object{"who": "権利収入に興味ある方"})
		mlm := c.taka.find("room", "need", has("who", "権利収入に興味ある方"))
		c.taka.cut()
		c.kobayashi.do("need.hide", object{"need": mlm["id"], "hidden": true})
		for _, q := range []*phone{c.sato, c.screen} {
			q.until("the need to go", func() bool {
				return q.have["room"][mlm["id"].(string)] == nil && q.have["wall"][mlm["id"].(string)] == nil
			})
		}
		c.taka.connect().settle()
		needs := c.taka.all("room", "need")
		if len(needs) == 0 || slices.ContainsFunc(needs, has("id", mlm["id"])) {
			t.Error("a phone that was away still has the hidden need")
		}
		c.kobayashi.do("attendee.remove", object{"attendee": p.you})
		p.until("the door", func() bool { return p.over == realtime.CloseRemoved })
		if a := bad.post("/api/join", object{"op": newOp(), "code": c.code, "card": card("誰か", "insurance"), "terms": "2026-11"}); a.status != http.StatusForbidden {
			t.Errorf("who was removed rejoined: %d", a.status)
		}
		if a := bad.get("/api/events/" + c.event + "/contacts.csv"); a.status != http.StatusForbidden {
			t.Errorf("who was removed exports: %d", a.status)
		}
		c.kobayashi.do("event.close", nil)
		c.sato.find("room", "event", has("status", "closed"))
		c.sato.refused("event.closed", "need.post", object{"who": "まだいますか"})
	})

	t.Run("scene 14: an export that respects people", func(t *testing.T) {
		base := "/api/events/" + c.event
		emily := c.emily.get(base + "/contacts.csv?lang=en").body
		if !strings.HasPrefix(string(emily), "\ufeff") {
			t.Error("no BOM")
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(emily), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
					t.Errorf("a cell begins a formula: %q", cell)
				}
			}
		}
		sato := string(c.sato.get(base + "/contacts.csv?lang=ja").body)
		if !strings.Contains(sato, "田中 誠,タナカ マコト,田中精工") || !strings.Contains(sato, "山本 健一") || !strings.Contains(sato, "第12回 船橋ご縁交流会 2027-01-21") {
			t.Errorf("Sato's file is %s", sato)
		}
		for who, b := range map[string][]byte{"Emily": emily, "Kobayashi": c.kobayashi.get(base + "/contacts.csv").body} {
			if strings.Contains(string(b), "田中") {
				t.Errorf("%s exports Tanaka", who)
			}
		}
		got := c.sato.find("me", "received", func(o object) bool { return o["contact"] != nil && o["own"] == nil })
		one := c.sato.get(base + "/contacts/" + got["id"].(string) + ".vcf")
		if !strings.HasPrefix(one.header.Get("Content-Type"), "text/vcard") || strings.Count(string(one.body), "BEGIN:VCARD") != 1 ||
			!strings.Contains(string(one.body), "X-PHONETIC-LAST-NAME:タナカ") || !strings.Contains(string(one.body), "VERSION:3.0") {
			t.Errorf("the vCard is %s", one.body)
		}
		if a := c.emily.get(base + "/contacts/" + got["id"].(string) + ".vcf"); a.status != http.StatusNotFound {
			t.Errorf("Emily asks for Sato's contact: %d", a.status)
		}

		// Tanaka takes it back by his link.
		given := c.yamamoto.find("me", "given", has("step", "connected"))
		_ = given
		tanaka := h.browser("田中")
		link := regexp.MustCompile(`"link":"([^"]+)"`).FindStringSubmatch(c.yamamoto.everything())[1]
		if a := tanaka.form("/c/"+c.event+"/"+link, "op", newOp(), "do", "revoke"); a.status != http.StatusSeeOther {
			t.Fatalf("revoking answered %d", a.status)
		}
		c.sato.find("me", "received", has("step", "revoked"))
		if strings.Contains(string(c.sato.get(base+"/contacts.csv").body), "田中") {
			t.Error("a new export still has him")
		}
		c.sato.fresh()
		h.restart()
		c.sato.connect()
		c.sato.fresh()
	})
}

// provisions reads a provision record as the operator would.
func provisions(t testing.TB, h *house, id event.IntroductionID) []realtime.Provision {
	t.Helper()
	h.close()
	defer h.start()
	s, keys, err := openStore(t.Context(), h.config, h.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	hub, err := realtime.NewHub(t.Context(), realtime.Config{Store: s, Keys: keys, Log: discard(), Clock: h.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	defer hub.Close(t.Context())
	pair, err := hub.Provisions(id)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}
