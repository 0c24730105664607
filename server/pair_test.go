package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

// Scene 7, list x list: Tanaka, known to Yamamoto, needs a homepage; Ito, known
// to Sato, makes them. Neither is there, and neither list leaves its phone.

// matched is the evening in the phase お見合い, with a card on both phones. Four
// others hold entries of both kinds, so that nobody can tell whose they are.
func matched(t testing.TB, h *house) (c *cast, mine, hers object) {
	t.Helper()
	c = reception(t, h)
	b := h.browser("鈴木 花子")
	b.join(c.code, card("鈴木 花子", "zeirishi"))
	suzuki := b.phone(c.event).connect()
	c.kobayashi.do("attendee.admit", object{"attendee": suzuki.you})
	suzuki.find("room", "event", nil)
	for _, p := range []*phone{c.kobayashi, c.taka, c.emily, suzuki} {
		p.do("entry.add", object{"trade": "machinery", "area": "千葉県", "reach": "nameless"})
		p.do("entry.add", object{"trade": "telecom", "area": "千葉県", "reach": "nameless"})
	}
	c.yamamoto.do("entry.add", object{
		"trade": "manufacturing", "area": "船橋市", "size": "30-99", "seeks": "ホームページ刷新", "label": "ゴルフのTさん", "closeness": "often", "reach": "nameless",
	})
	c.sato.do("entry.add", object{"trade": "webdesign", "area": "千葉市", "offers": "ホームページ制作", "label": "真理ちゃん", "reach": "nameless"})
	for _, p := range []*phone{c.kobayashi, c.taka} { // for themselves alone, and as fitting
		p.do("entry.add", object{"trade": "webdesign", "area": "千葉市", "offers": "ホームページ制作"})
	}
	c.kobayashi.do("phase.set", object{"phase": "pairs"})
	mine, hers = c.yamamoto.find("me", "pair", nil), c.sato.find("me", "pair", nil)
	for _, p := range c.phones() {
		p.settle()
	}
	return c, mine, hers
}

// agreed takes it to the table.
func agreed(t testing.TB, h *house) (c *cast, pair any) {
	t.Helper()
	c, mine, _ := matched(t, h)
	for _, p := range []*phone{c.yamamoto, c.sato} {
		p.do("pair.answer", object{"pair": mine["id"], "yes": true, "words": true})
	}
	return c, mine["id"]
}

// linked has both links out.
func linked(t testing.TB, h *house) (c *cast, pair any, toTanaka, toIto string) {
	t.Helper()
	c, pair = agreed(t, h)
	page := func(p *phone) string {
		p.do("pair.ask", object{"pair": pair, "days": 7})
		return "/c/" + c.event + "/" + p.find("me", "pair", has("step", "asking"))["link"].(string)
	}
	return c, pair, page(c.yamamoto), page(c.sato)
}

func TestListMeetsList(t *testing.T) {
	h := open(t)
	c, mine, hers := matched(t, h)
	// Each sees the other side's trade and area, and not the owner.
	if mine["group"] != "it" || mine["area"] == "" || hers["group"] != "make" || hers["area"] != mine["area"] {
		t.Errorf("the cards say %v and %v", mine, hers)
	}
	for p, card := range map[*phone]object{c.yamamoto: mine, c.sato: hers} {
		if card["with"] != nil || card["theirs"] != nil || card["step"] != "suggested" {
			t.Errorf("%s's card tells too much: %v", p.name, card)
		}
	}
	for _, p := range []*phone{c.kobayashi, c.taka, c.emily, c.screen} {
		if strings.Contains(p.everything(), `"k":"pair"`) || strings.Contains(p.everything(), mine["id"].(string)) {
			t.Errorf("%s heard of the pair", p.name)
		}
	}

	// Only Yamamoto says yes, and nobody learns it.
	numbers := map[*phone]map[string]uint64{}
	still := func(but *phone) {
		t.Helper()
		for _, p := range c.phones() {
			p.settle()
			for _, in := range []string{"room", "me", "desk", "wall"} {
				if was, now := numbers[p][in], p.number(in); p != but && was != now {
					t.Errorf("%s's %s moved from %d to %d", p.name, in, was, now)
				}
			}
		}
	}
	stand := func() {
		for _, p := range c.phones() {
			p.settle()
			numbers[p] = map[string]uint64{}
			for _, in := range []string{"room", "me", "desk", "wall"} {
				numbers[p][in] = p.number(in)
			}
		}
	}
	stand()
	c.yamamoto.do("pair.answer", object{"pair": mine["id"], "yes": true, "words": true})
	still(c.yamamoto)

	// Sato says yes too: both see each other and a table, in one frame.
	c.sato.do("pair.answer", object{"pair": hers["id"], "yes": true, "words": true})
	met := c.sato.find("me", "pair", has("step", "agreed"))
	mine = c.yamamoto.find("me", "pair", has("step", "agreed"))
	if met["with"] != c.yamamoto.you || mine["with"] != c.sato.you || met["table"] != mine["table"] || met["table"].(float64) != 1 {
		t.Errorf("they met as %v and %v", met, mine)
	}
	if theirs := met["theirs"].(map[string]any); theirs["trade"] != "manufacturing" || theirs["area"] != "船橋市" || theirs["seeks"] != "ホームページ刷新" {
		t.Errorf("Sato reads %v", theirs)
	}
	couple := c.kobayashi.find("desk", "couple", nil)
	if couple["aTrade"] != "manufacturing" && couple["bTrade"] != "manufacturing" || c.screen.find("wall", "tally", has("pairs", 1)) == nil {
		t.Errorf("the desk has %v", couple)
	}
	for _, p := range []*phone{c.kobayashi, c.taka, c.emily, c.screen} {
		for _, word := range []string{"船橋市\",\"size", "ゴルフのTさん", "真理ちゃん", "ホームページ刷新"} {
			if strings.Contains(p.everything(), word) {
				t.Errorf("%s heard %q", p.name, word)
			}
		}
	}

	// Each asks their own acquaintance.
	page := func(p *phone) string {
		p.do("pair.ask", object{"pair": mine["id"], "days": 7})
		return "/c/" + c.event + "/" + p.find("me", "pair", has("step", "asking"))["link"].(string)
	}
	toTanaka, toIto := page(c.yamamoto), page(c.sato)
	tanaka, ito := h.browser("田中"), h.browser("伊藤")
	shown := string(tanaka.get(toTanaka).body)
	for _, word := range []string{"山本 健一", "佐藤 由美", "Web", "千葉市", "ホームページ制作"} {
		if !strings.Contains(shown, word) {
			t.Errorf("Tanaka's page does not show %q", word)
		}
	}
	if strings.Contains(shown, "伊藤") || strings.Contains(shown, "真理") {
		t.Error("Tanaka's page names Ito")
	}
	if got := c.yamamoto.form(toTanaka, "op", newOp(), "do", "give", "name", "山本", "mail", "y@example.jp"); got.status != http.StatusForbidden {
		t.Errorf("the owner answers for Tanaka: %d", got.status)
	}

	// Tanaka consents, and nothing is shown to anybody.
	stand()
	before := string(h.browser("x").get(toTanaka).body)
	give := func(b *browser, page, name, mail string) string {
		t.Helper()
		a := b.form(page, "op", newOp(), "do", "give", "name", name, "mail", mail)
		if a.status != http.StatusSeeOther {
			t.Fatalf("the yes of %s answered %d %s", name, a.status, a.body)
		}
		return a.header.Get("Location")
	}
	his := give(tanaka, toTanaka, "田中 誠", "tanaka@example.jp")
	still(nil)
	if got := string(tanaka.get(his).body); !strings.Contains(got, "お預かりしました") || strings.Contains(got, "tanaka@") || strings.Contains(got, "田中") {
		t.Errorf("Tanaka sees %s", got)
	}
	if a := tanaka.get(toTanaka); a.header.Get("Location") != his {
		t.Errorf("the browser that said yes is shown %d %s", a.status, a.header.Get("Location"))
	}
	if after := string(h.browser("x").get(toTanaka).body); comparable(after) != comparable(before) {
		t.Errorf("the shared page tells of it: %s", firstDifference(comparable(before), comparable(after)))
	}

	// Ito consents as well: the two get each other, the owners the names, the host a count.
	hersPage := give(ito, toIto, "伊藤 真理", "ito@example.jp")
	for p, want := range map[*phone][2]string{c.yamamoto: {"田中 誠", "伊藤 真理"}, c.sato: {"伊藤 真理", "田中 誠"}} {
		if got := p.find("me", "pair", has("step", "connected")); got["name"] != want[0] || got["withName"] != want[1] {
			t.Errorf("%s has %v", p.name, got)
		}
	}
	for b, want := range map[*browser][3]string{tanaka: {his, "伊藤 真理", "ito@example.jp"}, ito: {hersPage, "田中 誠", "tanaka@example.jp"}} {
		if got := string(b.get(want[0]).body); !strings.Contains(got, want[1]) || !strings.Contains(got, want[2]) {
			t.Errorf("%s does not see the other: %s", b.name, got)
		}
	}
	c.kobayashi.find("desk", "sums", has("couples", 1))
	for _, p := range c.phones() {
		p.settle()
		p.fresh()
		for _, word := range []string{"tanaka@", "ito@"} {
			if strings.Contains(p.everything(), word) {
				t.Errorf("%s heard %q", p.name, word)
			}
		}
		if owner := p == c.yamamoto || p == c.sato; !owner && (strings.Contains(p.everything(), "田中") || strings.Contains(p.everything(), "伊藤")) {
			t.Errorf("%s heard a name", p.name)
		}
	}
	for _, word := range []string{"tanaka@", "ito@", "田中", "伊藤"} {
		if strings.Contains(h.log.String(), word) {
			t.Errorf("the log holds %q", word)
		}
	}
	if kept := pairProvisions(t, h, event.PairID(mine["id"].(string))); len(kept) != 2 || kept[0].Person == kept[1].Person || kept[0].Consent != "link" {
		t.Errorf("the provision record is %v", kept)
	}

	// Tanaka takes it back by the same page: both are gone, also from the store.
	if a := tanaka.form(his, "op", newOp(), "do", "revoke"); a.status != http.StatusSeeOther {
		t.Fatalf("taking back answered %d", a.status)
	}
	if got := string(ito.get(hersPage).body); strings.Contains(got, "田中") || !strings.Contains(got, "取り消しました") {
		t.Errorf("Ito still sees %s", got)
	}
	for _, p := range []*phone{c.yamamoto, c.sato} {
		p.connect()
		p.find("me", "pair", has("step", "revoked"))
		if strings.Contains(p.dump(), "田中") || strings.Contains(p.dump(), "伊藤") {
			t.Errorf("%s still has the names", p.name)
		}
	}
	if words := readable(t, h, c.event); strings.Contains(words, "田中") || strings.Contains(words, "ito@") {
		t.Error("the store still holds what was taken back")
	}
}

// twoOwners: which of the two is called a, their ids decide, and those are drawn.
var twoOwners = regexp.MustCompile(`"a":"[^"]+","b":"[^"]+","aTrade":"[^"]+","bTrade":"[^"]+"`)

// If Ito declines, or never opens her link, Tanaka's sealed input is gone: at
// once, and at the due date. Until then all that anybody else hears is the same.
func TestAPairComesToNothing(t *testing.T) {
	heard := map[string]map[string]string{}
	for _, ito := range []string{"declines", "is silent"} {
		h := open(t)
		c, pair, toTanaka, toIto := linked(t, h)
		tanaka := h.browser("田中")
		a := tanaka.form(toTanaka, "op", newOp(), "do", "give", "name", "田中 誠", "mail", "tanaka@example.jp")
		his := a.header.Get("Location")
		if words := readable(t, h, c.event); !strings.Contains(words, "tanaka@example.jp") {
			t.Fatal("what waits cannot be read in the store at all: this test tests nothing")
		}
		if ito == "declines" {
			if a := h.browser("伊藤").form(toIto, "op", newOp(), "do", "decline", "block", "on"); a.status != http.StatusSeeOther {
				t.Fatalf("the no answered %d", a.status)
			}
			if words := readable(t, h, c.event); strings.Contains(words, "tanaka@") || strings.Contains(words, "田中 誠") {
				t.Error("after the no the store still holds what Tanaka wrote")
			}
		} else {
			readable(t, h, c.event) // the same restarts in both
		}
		for _, p := range c.phones() {
			p.connect().settle()
			p.mu.Lock()
			p.frames = nil // the evening before was played at its own pace
			p.mu.Unlock()
			p.forgetAndCut()
			p.connect().settle() // with nothing: all that it may see
		}
		var pages []string
		look := func() {
			for _, p := range c.phones() {
				p.settle()
			}
			pages = append(pages, string(tanaka.get(his).body), string(h.browser("x").get(toTanaka).body), string(h.browser("y").get(toIto).body), string(c.sato.get(toIto).body))
		}
		look()
		if !strings.Contains(pages[0], "お預かりしました") {
			t.Errorf("Tanaka sees %s", pages[0])
		}
		h.clock.set(time.Date(2027, 1, 28, 14, 59, 0, 0, time.UTC))
		look()
		for _, p := range []*phone{c.yamamoto, c.sato} {
			p.find("me", "pair", has("step", "asking"))
		}
		h.clock.set(time.Date(2027, 1, 28, 15, 0, 0, 0, time.UTC))
		for _, p := range []*phone{c.yamamoto, c.sato} {
			if end := p.find("me", "pair", has("step", "ended")); end["left"] != nil || end["id"] != pair {
				t.Errorf("%s's pair ended as %v", p.name, end)
			}
		}
		look()
		if !strings.Contains(pages[8], "ご縁がありませんでした") {
			t.Errorf("at the due date Tanaka sees %s", pages[8])
		}
		heard[ito] = map[string]string{"pages": comparable(strings.Join(pages, "\n"))}
		for _, p := range c.phones() {
			p.mu.Lock()
			heard[ito][p.name] = comparable(twoOwners.ReplaceAllString(string(bytes.Join(p.frames, []byte("\n"))), ""))
			p.mu.Unlock()
		}
		if words := readable(t, h, c.event); strings.Contains(words, "tanaka@") || strings.Contains(words, "田中 誠") {
			t.Error("after the due date the store still holds what Tanaka wrote")
		}
	}
	for who, a := range heard["declines"] {
		if b := heard["is silent"][who]; a != b || a == "" {
			t.Errorf("%s can tell: %s", who, firstDifference(a, b))
		}
	}
}

// readable is every word of an event that whoever has the store and its master
// key can read. It stops the server for that and starts it again.
func readable(t testing.TB, h *house, id string) string {
	t.Helper()
	h.close()
	defer h.start()
	s, keys, err := openStore(t.Context(), h.config, h.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var all strings.Builder
	if err := s.Read(t.Context(), "ev."+id, 0, func(rec store.Record) error {
		var r struct {
			Facts []struct{ F, Whose, W string }
		}
		all.Write(rec.Body)
		if err := json.Unmarshal(rec.Body, &r); err != nil {
			return err
		}
		for _, f := range r.Facts {
			if f.W == "" {
				continue
			}
			if plain, err := keys.Open(t.Context(), id+"/"+f.Whose, f.F, f.W); err == nil {
				all.Write(plain)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// pairProvisions reads a pair's provision record as the operator would.
func pairProvisions(t testing.TB, h *house, id event.PairID) []realtime.Provision {
	return provisions(t, h, event.IntroductionID(id)) // they are kept alike
}
