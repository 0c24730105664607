package main

import (
	"encoding/csv"
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Section H: stored words that bite later, through the real exports and pages.

var biting = map[string]string{
	"H01": `=HYPERLINK("http://evil","x")`, "H02": `@SUM(1+1)*cmd|' /C calc'!A0`, "H03": `-2+3+cmd|' /C calc'!A0`, "H04": `+1+1`, "H05": `＝1+1`, "H06": "\u200b=1+1",
	"H07": `END:VCARD\nBEGIN:VCARD\nFN:x`, "H08": `a,b;c\,"d"`, "H09": `</script><img src=x onerror=alert(1)>`, "H10": `"><svg/onload=alert(1)>`, "H11": `{{.Page}} ${1} #{1}`,
	"H12": `x";=1+1`, "H13": `%0d%0aSet-Cookie: x=y`, "H14": `'=1+1`,
}

func TestHostileExports(t *testing.T) {
	t.Parallel()
	h := open(t)
	host := h.browser("主催")
	evening := host.host(biting["H09"], "open", card("主催", "npo"))
	p := host.phone(evening).connect()
	code := p.find("desk", "doors", nil)["code"].(string)
	for number, bite := range biting {
		b := h.browser(number)
		c := card(bite, "web", object{"firm": bite, "line": bite, "offers": bite, "seeks": bite, "mail": strings.ToLower(number) + "@example.jp", "toRoom": true})
		c["topics"] = []string{bite[:min(len(bite), 10)]}
		if number == "H06" || number == "H05" {
			c["topics"] = []string{"=1"}
		}
		b.join(code, c)
	}
	for _, file := range []string{"contacts.csv", "contacts.csv?lang=en"} {
		a := host.get("/api/events/" + evening + "/" + file)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(a.body), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != len(biting)+1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, row := range rows {
			for _, cell := range row {
				seen := strings.TrimLeft(cell, "\u200b \"　")
				if seen != "" && strings.ContainsAny(string([]rune(seen)[:1]), "=+-@＝＋－＠") {
					t.Errorf("a cell begins a formula: %q", cell)
				}
			}
		}
		// Nothing is lost but what one apostrophe brings.
		for number, bite := range biting {
			if !slices.ContainsFunc(rows, func(row []string) bool {
				return row[0] == bite || row[0] == "'"+bite || strings.ReplaceAll(row[0], "'", "") == strings.ReplaceAll(bite, "'", "")
			}) {
				t.Errorf("%s came out as another name", number)
			}
		}
		_, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
		if err != nil || strings.ContainsAny(params["filename"], `/\<>":`) || len(a.header.Values("Set-Cookie")) > 0 {
			t.Errorf("Content-Disposition is %q: %v", a.header.Get("Content-Disposition"), err)
		}
		wellHeaded(t, file, a)
	}
	people := map[string]string{}
	p.until("everybody", func() bool { return len(p.allLocked("room", "person")) == len(biting)+1 })
	for _, o := range p.all("room", "person") {
		people[o["name"].(string)] = o["id"].(string)
	}
	all := string(host.get("/api/events/" + evening + "/contacts.vcf").body)
	holdCards(t, "all", all, len(biting))
	for number, bite := range biting {
		id := people[bite]
		if id == "" {
			t.Errorf("%s is not in the room under its name", number)
			continue
		}
		a := host.get("/api/events/" + evening + "/contacts/" + url.PathEscape(id) + ".vcf")
		holdCards(t, number, string(a.body), 1)
	}

	t.Run("H15 line breaks do not even come in", func(t *testing.T) {
		for _, bite := range []string{"x\r\nEND:VCARD\r\nBEGIN:VCARD", "x\nTEL:+1", "x\rEND:VCARD"} {
			a := h.browser("x").post("/api/join", object{"op": newOp(), "code": code, "card": card("人", "web", object{"line": bite}), "terms": "2026-11"})
			wellRefused(t, "H15", a, 422)
		}
	})

	t.Run("H09 on the pages", func(t *testing.T) {
		bite := biting["H09"]
		asker, introducer := h.browser("頼む人"), h.browser("紹介する人")
		asker.join(code, card(bite, "web", object{"firm": bite, "mail": "ask@example.jp"}))
		introducer.join(code, card(biting["H10"], "web", object{"firm": bite}))
		a, i := asker.phone(evening).connect(), introducer.phone(evening).connect()
		a.do("need.post", object{"who": bite, "why": biting["H10"]})
		need := i.find("room", "need", has("who", bite))["id"]
		i.do("entry.add", object{"trade": "web", "offers": bite, "label": "x"})
		i.do("offer.make", object{"need": need, "entry": i.find("me", "entry", nil)["id"], "words": true, "line": bite})
		course := a.find("me", "received", nil)["id"]
		a.do("offer.want", object{"introduction": course, "line": bite, "pitch": true, "give": []string{"mail"}})
		i.find("me", "given", has("step", "wanted"))
		i.do("introduction.ask", object{"introduction": course, "days": 7})
		page := "/c/" + evening + "/" + i.find("me", "given", has("step", "asking"))["link"].(string)
		absent := h.browser("不在の人")
		inert := func(what string, a answer) {
			t.Helper()
			for _, live := range []string{"<script", "<img src=x", "<svg", "onerror=alert(1)>"} {
				if strings.Contains(string(a.body), live) {
					t.Errorf("%s holds %q", what, live)
				}
			}
			if !strings.Contains(string(a.body), "&lt;img src=x") {
				t.Errorf("%s lost the words: %s", what, a.body)
			}
			wellHeaded(t, what, a)
		}
		inert("the page", absent.get(page))
		inert("the page in English", absent.get(page+"?lang=en"))
		inert("the page after a fault", absent.form(page, "op", newOp(), "do", "give", "name", bite, "firm", bite, "mail", `"><script>@x`))
		yes := absent.form(page, "op", newOp(), "do", "give", "name", bite, "firm", bite, "mail", "absent@example.jp")
		if yes.status != 303 {
			t.Fatalf("%d %s", yes.status, yes.body)
		}
		inert("their own page", absent.get(yes.header.Get("Location")))
		a.find("me", "received", has("step", "connected"))
		holdCards(t, "the absent person's card", string(asker.get("/api/events/"+evening+"/contacts/"+fmt.Sprint(course)+".vcf").body), 1)
		for _, frame := range a.frames {
			if strings.Contains(string(frame), "</script>") {
				t.Error("a frame closes a script")
			}
		}
	})
}

// holdCards parses vCards strictly by RFC 2426: so many, and every line is a
// property that we know.
func holdCards(t *testing.T, what, text string, n int) {
	t.Helper()
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		t.Errorf("%s: a line break that is none of vCard", what)
	}
	begun, ended := 0, 0
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSuffix(text, "\r\n"), "\r\n ", ""), "\r\n") {
		name, _, ok := strings.Cut(line, ":")
		name, _, _ = strings.Cut(name, ";")
		switch {
		case line == "BEGIN:VCARD":
			begun++
		case line == "END:VCARD":
			ended++
		case !ok || !slices.Contains([]string{"VERSION", "FN", "N", "ORG", "TITLE", "EMAIL", "TEL", "UID", "REV", "NOTE", "URL", "SORT-STRING", "X-PHONETIC-LAST-NAME", "X-PHONETIC-FIRST-NAME"}, name):
			t.Errorf("%s: the line %q", what, line)
		}
		if begun-ended != 1 && line != "END:VCARD" {
			t.Errorf("%s: %q outside of a card", what, line)
		}
	}
	if begun != n || ended != n {
		t.Errorf("%s: %d cards begin and %d end, want %d", what, begun, ended, n)
	}
}
