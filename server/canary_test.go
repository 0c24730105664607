package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The canary test: a unique word in every field of every noun, and for every
// role all that its socket, pages, exports and photo requests, and the log,
// contained, compared with the written matrix of product.md 6.5, both ways.

// Who looks. "i" owns the entry and introduces, "r" asked for something, "x"
// is the absent person, "o" another guest, who shows mail and phone to the
// room and their name on the screen.
const (
	host, i, r, o, waiting, removed, wall       = "host", "i", "r", "o", "waiting", "removed", "wall"
	page, keep, spent, nobody, logged, stranger = "page (before the yes)", "keepsake (after it)", "page (after the yes)", "nobody", "log", "host of another event"
)

var (
	inside   = []string{host, i, r, o, removed} // removed was inside until then
	everyone = append(slices.Clone(inside), wall, waiting)
)

// The matrix: which word may be heard by whom. Exactly these, no less and no
// more.
var matrix = map[string][]string{
	// the event
	"title": append(slices.Clone(everyone), page, keep), "place": append(slices.Clone(inside), waiting), "note": append(slices.Clone(inside), waiting),
	// cards: everybody inside; the consent page names i and r
	"i.name": append(slices.Clone(inside), page, keep), "i.kana": inside, "i.firm": append(slices.Clone(inside), page), "i.line": inside, "i.topic": inside,
	"i.homepage": inside, "i.photo": inside, "i.offers": inside, "i.seeks": inside,
	"i.mail": {i, host}, "i.phone": {i}, // the desk has mails for the operation of the evening
	"r.name": append(slices.Clone(inside), page, keep), "r.kana": append(slices.Clone(inside), keep), "r.firm": append(slices.Clone(inside), page, keep),
	"r.line": inside, "r.topic": inside, "r.homepage": inside, "r.offers": inside, "r.seeks": inside,
	"r.mail":  {r, host, keep}, // given to x with ぜひ
	"r.phone": {r},             // not given
	"o.name":  append(slices.Clone(inside), wall, page), "o.kana": inside, "o.firm": append(slices.Clone(inside), page), "o.line": inside, "o.mail": inside, "o.phone": inside,
	"waiting.name": {host, waiting}, "waiting.kana": {host, waiting}, "waiting.firm": {host, waiting}, "waiting.line": {waiting},
	"waiting.mail": {host, waiting}, "waiting.phone": {waiting},
	// i's list: i alone, but for the description of what is offered
	"entry.label": {i}, "entry.note": {i}, "entry.seeks": {i}, "entry.offers": {i, r, host}, "entry.area": {i, r, host},
	"quiet.label": {i}, "quiet.note": {i}, "quiet.seeks": {i}, "quiet.offers": {i}, "quiet.area": {i},
	"unticked.offers": {i}, "unticked.area": {i, r, host},
	// on the board: everybody inside, without what was not ticked; taken down while o was away; among others, for nobody to see
	"board.area": inside, "board.offers": inside, "board.label": {i}, "board.note": {i}, "board.seeks": {i},
	"plain.area": inside, "plain.offers": {i}, "down.area": {i, r, host}, "down.offers": {i, r, host},
	"nameless.area": {i}, "nameless.offers": {i}, "nameless.label": {i}, "nameless.note": {i}, "nameless.seeks": {i},
	// needs
	"need.who": append(slices.Clone(inside), wall), "need.area": append(slices.Clone(inside), wall), "need.why": append(slices.Clone(inside), wall),
	"need.until": append(slices.Clone(inside), wall), "hidden.who": {o, host},
	// trades: each that the bars count is seen anyway, and none of a list, of what is hidden and of who waits
	"quiet.trade": {i}, "nameless.trade": {i}, "hidden.trade": {o, host}, "held.trade": {o, host}, "waiting.trade": {host, waiting},
	"behalf.trade": append(slices.Clone(inside), wall), "o.trade": append(slices.Clone(inside), wall),
	// the course of an introduction
	"offer.line": {i, r, host}, "want.line": {r, i, page, keep},
	"link": {i, page, spent},
	// the absent person
	"x.name": {r, i, keep}, "x.kana": {r, keep}, "x.firm": {r, keep}, "x.mail": {r, keep}, "x.phone": {r, keep},
	// one who offers themself
	"self.line": {o, r, host},
	// a need on behalf of o's acquaintance, to whom r writes
	"behalf.who": append(slices.Clone(inside), wall, page), "behalf.area": append(slices.Clone(inside), wall), "behalf.line": {r, o, page}, "behalf.link": {o, page},
	"held.who": {o, host},
	// what i's acquaintance seeks is i's; in i's words it goes to r, who may help
	"sought.area": {i, r, host}, "sought.seeks": {i}, "refer.seeks": {i, r, host, page}, "refer.line": {i, r, host}, "refer.want": {r, i, page}, "refer.link": {i, page},
	// the absent person whose yes i attests
	"y.name": {r, i}, "y.kana": {r}, "y.firm": {r}, "y.mail": {r}, "y.phone": {r}, "y.link": {i},
	// what r says of it in the end: on the screen only what both ticked
	"thanks": {r, i, wall}, "quiet.thanks": {r, i}, "half.thanks": {r, i},
	"news": append(slices.Clone(inside), wall),
	// the door
	"code": {host, wall}, "secret": {host, wall},
}

// canaries are the words, by their name in the matrix.
type canaries map[string]string

// trade is one that nothing else names.
func (c canaries) trade(name, id string) string { c[name] = id; return id }

// word makes the word of a name; it survives every rule of text.
func (c canaries) word(name string) string {
	w := "zq" + strings.Repeat("k", len(c)%5+1) + base26(len(c)) + "x"
	c[name] = w
	return w
}

func base26(n int) string {
	return string([]byte{byte('a' + n/26%26), byte('a' + n%26)})
}

// kana, mail, phone and homepage have forms of their own.
func (c canaries) kana(name string) string {
	const row = "アイウエオカキクケコサシスセソタチツテト"
	rs := []rune(row)
	n := len(c)
	w := "ヌヌ" + string([]rune{rs[n/20%20], rs[n%20], rs[n%7]}) + "ネネ"
	c[name] = w
	return w
}

func (c canaries) mail(name string) string { c[name] = c.word(name) + "@example.jp"; return c[name] }
func (c canaries) site(name string) string {
	c[name] = "https://" + c.word(name) + ".example.jp/"
	return c[name]
}

func (c canaries) phone(name string) string {
	n := len(c)
	c[name] = "090-77" + string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) + "-3141"
	return c[name]
}

// card is a card with a word in every field.
func (c canaries) card(who, trade string, more object) object {
	out := card(c.word(who+".name"), trade, object{
		"kana": c.kana(who + ".kana"), "firm": c.word(who + ".firm"), "line": c.word(who + ".line"), "mail": c.mail(who + ".mail"), "phone": c.phone(who + ".phone"),
	})
	if who == i || who == r {
		maps.Copy(out, object{
			"topics": []string{c.word(who + ".topic")}, "homepage": c.site(who + ".homepage"), "offers": c.word(who + ".offers"), "seeks": c.word(who + ".seeks"),
		})
	}
	maps.Copy(out, more)
	return out
}

// entry is an entry with a word in every field.
func (c canaries) entry(name, trade string) object {
	return object{
		"trade": trade, "size": "30-99", "closeness": "often", "area": c.word(name + ".area"), "offers": c.word(name + ".offers"),
		"seeks": c.word(name + ".seeks"), "label": c.word(name + ".label"), "note": c.word(name + ".note"),
	}
}

func TestEveryWordInItsPlace(t *testing.T) {
	h := open(t)
	words, marks := canaries{}, canaries{}

	// The host of another event on the same server.
	other := h.browser(stranger)
	other.post("/api/host", object{"op": newOp(), "secret": h.hostSecret()}).into(t, &object{})
	elsewhere := other.evening("another evening", "open", card("Another Host", "npo"))
	strange := other.phone(elsewhere).connect()

	// The host of ours got a link from the operator.
	boss := h.browser(host)
	boss.cookies = addedHost(t, h, boss)
	start := h.clock.now()
	var made struct{ Event string }
	boss.post("/api/events", object{
		"op": newOp(), "title": words.word("title"), "place": words.word("place"), "note": words.word("note"), "startsAt": start.UnixMilli(),
		"endsAt": start.UnixMilli() + 7_200_000, "zone": "Asia/Tokyo", "days": 90, "doors": "open", "card": card("The Host", "npo"),
	}).into(t, &made)
	desk := boss.phone(made.Event).connect()
	doors := desk.find("desk", "doors", nil)
	words["code"], words["secret"] = doors["code"].(string), doors["secret"].(string)

	screen := h.browser(wall)
	var pair struct{ Code string }
	screen.post("/api/screen", object{}).into(t, &pair)
	boss.post("/api/events/"+made.Event+"/screens", object{"code": pair.Code}).into(t, &object{})
	projector := screen.phone(made.Event)
	projector.query = "?as=screen"
	projector.connect()

	come := func(name, trade string, more object) *phone {
		b := h.browser(name)
		// Whoever comes by the QR has the secret; in the matrix that is the door's
		// own business, so they come by the code and it is not in what they hear.
		b.join(words["code"], words.card(name, trade, more))
		return b.phone(made.Event).connect()
	}
	pi := come(i, "gyoseishoshi", nil)
	pr := come(r, "sharoshi", nil)
	po := come(o, words.trade("o.trade", "painting"), object{"toRoom": true, "onScreen": true})
	out := h.browser(removed)
	out.join(words["code"], card("Removed", "insurance"))
	pout := out.phone(made.Event).connect()

	var face struct{ Photo string }
	pi.send("POST", "/api/events/"+made.Event+"/photo", "image/png", square(t)).into(t, &face)
	words["i.photo"] = face.Photo

	// i's list.
	for _, e := range [][2]string{{"entry", "manufacturing"}, {"quiet", words.trade("quiet.trade", "fishery")}, {"unticked", "manufacturing"}} {
		pi.do("entry.add", words.entry(e[0], e[1]))
	}
	private := func(of string) { // the same rule as quiet's; the last words said, so that none is said twice
		for _, field := range []string{".label", ".note", ".seeks"} {
			delete(words, of+field)
		}
	}
	private("unticked")
	pi.do("entry.add", with(words.entry("nameless", words.trade("nameless.trade", "nursery")), object{"reach": "nameless"}))
	pi.do("entry.add", with(words.entry("board", "web"), object{"reach": "open", "words": true}))
	pi.do("entry.add", with(words.entry("plain", "web"), object{"reach": "open"}))
	private("plain")
	entry := func(name string) any { return pi.find("me", "entry", has("area", words[name+".area"]))["id"] }
	board := pr.find("room", "board", has("area", words["board.area"]))["id"]
	pr.find("room", "board", has("area", words["plain.area"]))

	before, after := h.browser(page), h.browser(keep)

	// A need, answered in three ways.
	pr.do("need.post", object{
		"who": "製造業の社長 " + words.word("need.who"), "area": words.word("need.area"), "why": words.word("need.why"), "until": words.word("need.until"),
	})
	need := pi.find("room", "need", nil)["id"]
	pi.find("me", "suggestion", nil)
	pi.do("offer.make", object{"need": need, "entry": entry("entry"), "words": true, "line": words.word("offer.line")})
	pi.do("offer.make", object{"need": need, "entry": entry("unticked"), "words": false, "line": ""})
	po.do("offer.self", object{"need": need, "line": words.word("self.line"), "give": []string{"mail"}})

	pr.do("board.ask", object{"board": board, "need": need})
	marks["row"], marks["plea"] = board.(string), pi.find("me", "plea", nil)["id"].(string)
	pi.do("plea.pass", object{"plea": marks["plea"]})
	takenDown(words, pi, pr, desk, []*phone{po, pout, projector})
	theCourse(words, desk, pi, pr, po, before, made.Event, need, entry("unticked"))

	// Another need is hidden while all phones but the poster's and the desk's are
	// away: it never was for them.
	for _, p := range []*phone{pi, pr, pout, projector} {
		p.cut()
	}
	po.do("need.post", object{"who": words.word("hidden.who"), "trade": words.trade("hidden.trade", "kaijidairishi")})
	desk.do("need.hide", object{"need": po.find("me", "mine", has("who", words["hidden.who"]))["id"], "hidden": true})
	for _, p := range []*phone{pi, pr, pout, projector} {
		p.connect().settle()
	}

	// Somebody waits before the door.
	desk.do("doors.set", object{"doors": "approve"})
	pw := func() *phone {
		b := h.browser(waiting)
		b.post("/api/lobby", object{"code": words["code"]})
		b.join(words["code"], words.card(waiting, words.trade("waiting.trade", "kanteishi"), nil))
		return b.phone(made.Event).connect()
	}()

	// The introduction, as far as it goes.
	about := pr.find("me", "received", func(v object) bool { return strings.Contains(mustJSON(v), words["entry.offers"]) })
	pr.do("offer.want", object{"introduction": about["id"], "line": words.word("want.line"), "pitch": true, "give": []string{"mail"}})
	pi.find("me", "given", func(v object) bool { return v["id"] == about["id"] && v["step"] == "wanted" })
	pi.do("introduction.ask", object{"introduction": about["id"], "days": 3})
	words["link"] = pi.find("me", "given", func(v object) bool { return v["id"] == about["id"] && v["step"] == "asking" })["link"].(string)
	path := "/c/" + made.Event + "/" + words["link"]
	op := regexp.MustCompile(`name="op" value="([^"]+)"`).FindStringSubmatch(string(before.get(path + "?lang=ja").body))[1]
	before.get(path + "?lang=en")
	yes := h.browser("x").form(path, "op", op, "do", "give", "name", words.word("x.name"), "kana", words.kana("x.kana"), "firm", words.word("x.firm"),
		"mail", words.mail("x.mail"), "phone", words.phone("x.phone"))
	if yes.status != http.StatusSeeOther {
		t.Fatalf("the yes answered %d %s", yes.status, yes.body)
	}
	after.get(yes.header.Get("Location"))
	got := pr.find("me", "received", has("step", "connected"))
	used := h.browser(spent) // the shared link, which the introducer holds too
	used.get(path)

	giveAndCall(marks, desk, pi, pr)

	// Everybody asks for everything.
	ids := []string{got["id"].(string), need.(string), pi.you, pr.you, po.you, entry("entry").(string), "event"}
	asking := map[string]*browser{
		host: boss, i: pi.browser, r: pr.browser, o: po.browser, waiting: pw.browser, removed: out, wall: screen, stranger: other, nobody: h.browser(nobody),
	}
	desk.do("attendee.remove", object{"attendee": pout.you})
	for _, b := range asking {
		crawl(b, made.Event, ids)
	}
	phones := []*phone{desk, pi, pr, po, pw, projector}
	for _, p := range phones {
		p.settle()
		p.fresh()
	}

	heard := map[string]string{logged: h.log.String() + h.out.String(), page: before.bytes(), keep: after.bytes(), spent: used.bytes(), stranger: strange.everything() + other.bytes()}
	for _, p := range append(phones, pout) {
		heard[p.name] = p.everything()
	}
	heard[nobody] = asking[nobody].bytes()
	compareWords(t, matrix, words, heard)
	compareWords(t, marked, marks, heard)
	everyField(t, map[string]*phone{host: desk, i: pi, r: pr, o: po, waiting: pw, removed: pout, wall: projector})

	// And in the store's files no word lies open.
	h.close()
	files, err := filepath.Glob(filepath.Join(h.config.data, "goen.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of the store: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, word := range words {
			// The typed code is a claim of the store, so that it can be unique; a
			// photo's name is the hash of what lies sealed under it.
			if name != "code" && name != "i.photo" && bytes.Contains(b, []byte(word)) {
				t.Errorf("%s lies open in %s", name, filepath.Base(file))
			}
		}
	}
	h.start()
}

// takenDown: an entry stood on the board while some were away, who so never
// hear of it.
func takenDown(words canaries, pi, pr, desk *phone, away []*phone) {
	for _, p := range away {
		p.cut()
	}
	pi.do("entry.add", object{"trade": "web", "area": words.word("down.area"), "offers": words.word("down.offers"), "reach": "open", "words": true})
	for _, p := range []*phone{pr, desk} {
		p.find("room", "board", has("area", words["down.area"]))
	}
	entry := pi.find("me", "entry", has("area", words["down.area"]))["id"]
	pi.do("entry.reach", object{"entry": entry, "reach": "self", "words": false})
	for _, p := range away {
		p.connect().settle()
	}
}

// with adds to an object.
func with(o, more object) object {
	maps.Copy(o, more)
	return o
}

// theCourse is the rest of it: a need on behalf, one that is held, an
// attestation, thanks, and an announcement.
func theCourse(words canaries, desk, pi, pr, po *phone, before *browser, event string, need, unticked any) {
	desk.do("announcement.make", object{"text": words.word("news")})
	desk.do("attest.set", object{"attest": "on"})
	desk.do("approval.set", object{"on": true})
	po.do("need.post", object{"who": words.word("held.who"), "trade": words.trade("held.trade", "tsukanshi")})
	desk.find("desk", "watch", has("held", true))
	desk.do("approval.set", object{"on": false})

	po.do("need.post", object{"who": words.word("behalf.who"), "trade": words.trade("behalf.trade", "benrishi"), "behalf": object{"trade": "printing", "area": words.word("behalf.area"), "size": "2-9"}})
	behalf := pr.find("room", "need", has("who", words["behalf.who"]))["id"]
	pr.do("offer.self", object{"need": behalf, "line": words.word("behalf.line"), "give": []string{"mail"}, "pitch": true})
	offer := po.find("me", "given", has("need", behalf))["id"]
	po.do("introduction.ask", object{"introduction": offer, "days": 7})
	asking := po.find("me", "given", func(v object) bool { return v["id"] == offer && v["step"] == "asking" })
	words["behalf.link"] = asking["link"].(string)
	before.get("/c/" + event + "/" + words["behalf.link"])

	isBrought(words, pi, pr, before, event)

	// r wants whom i offered without the tick; i asks directly.
	course := pi.find("me", "given", has("entry", unticked))["id"]
	pr.find("me", "received", has("id", course))
	pr.do("offer.want", object{"introduction": course, "line": "ぜひ", "give": []string{"mail"}})
	pi.find("me", "given", func(v object) bool { return v["id"] == course && v["step"] == "wanted" })
	pi.do("introduction.ask", object{"introduction": course, "days": 7, "direct": true})
	pi.do("introduction.attest", object{
		"introduction": course, "name": words.word("y.name"), "kana": words.kana("y.kana"), "firm": words.word("y.firm"), "mail": words.mail("y.mail"),
		"phone": words.phone("y.phone"), "how": "face", "on": pi.house.clock.now().UnixMilli(),
	})
	words["y.link"] = pi.find("me", "given", has("direct", true))["link"].(string)
	pr.find("me", "received", func(v object) bool { return v["id"] == course && v["step"] == "connected" })
	thanks := func(course any, by *phone, text string, public bool, shown bool) {
		pr.do("introduction.close", object{"introduction": course, "outcome": "engaged", "thanks": text, "public": public})
		by.find("me", "given", has("thanks", text))
		by.do("introduction.thank", object{"introduction": course, "public": shown})
	}
	thanks(course, pi, words.word("quiet.thanks"), false, true)
	thanks(course, pi, words.word("half.thanks"), true, false)
	thanks(course, pi, words.word("thanks"), true, true)
}

// square is a small picture.
func square(t testing.TB) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// crawl asks for everything there is, with every id that there is.
func crawl(b *browser, event string, ids []string) {
	base := "/api/events/" + event
	for _, lang := range []string{"?lang=ja", "?lang=en"} {
		b.get(base + "/contacts.csv" + lang)
		b.get(base + "/contacts.vcf" + lang)
		for _, id := range ids {
			b.get(base + "/contacts/" + id + ".vcf" + lang)
		}
	}
	for _, id := range ids {
		b.get("/c/" + event + "/" + id)
		b.get(base + "/photos/" + id)
		b.post("/api/lobby", object{"event": event, "secret": id})
	}
	for _, path := range []string{"/", "/api/me", "/healthz", "/readyz", "/metrics", "/debug/pprof/", "/e/" + event, "/e/" + event + "/desk", "/e/" + event + "/screen", base} {
		b.get(path)
	}
}

// addedHost makes a browser a host as `goen host add` does.
func addedHost(t testing.TB, h *house, b *browser) map[string]string {
	t.Helper()
	var out lines
	if err := addHost(t.Context(), h.config, &out, h.clock.now()); err != nil {
		t.Fatal(err)
	}
	secret := hostLink.FindStringSubmatch(out.String())[1]
	b.post("/api/host", object{"op": newOp(), "secret": secret}).into(t, &object{})
	return b.cookies
}
