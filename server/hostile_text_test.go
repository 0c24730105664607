package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Sections C and I: words, in every text field that there is.

// field is one text field: say puts a text there and gives the answer's code.
type field struct {
	name      string
	max       int
	must      bool // may not be empty
	lines     bool // may hold line breaks
	noContact bool // words about people who are not here
	noName    bool
	oneScript bool
	script    string // what alone it accepts: "kana", "mail", "phone", "url"
	say       func(text string) string
}

func (s *siege) fields() []field {
	command := func(p *phone, name, key string, good object) func(string) string {
		return func(text string) string {
			args := maps.Clone(good)
			args[key] = text
			a := p.try(name, args)
			if a.code != "ack" && a.field != "" && a.field != key {
				return a.code + " in " + a.field
			}
			return a.code
		}
	}
	cardField := func(send func(object) string, key string) func(string) string {
		return func(text string) string {
			c := card("試す人", "web", object{"mail": "x@example.jp"})
			c[key] = text
			if key == "topics" {
				c[key] = []string{text}
			}
			return send(c)
		}
	}
	post := func(b *browser, path string, want int) func(object) string {
		return func(body object) string {
			a := b.clone().post(path, body)
			if a.status == 200 {
				return "ack"
			}
			if is := statusOfCode(a.code()); is != a.status {
				return fmt.Sprintf("%s with status %d", a.code(), a.status)
			}
			return a.code()
		}
	}
	join := post(s.roles["nobody"], "/api/join", 200)
	open := post(s.roles["host"], "/api/events", 200)
	change := func(c object) string { return s.a.try("card.change", object{"card": c}).code }
	start := s.clock.now().UnixMilli()
	evening := func(key string, value any) object {
		o := object{
			"op": newOp(), "title": "会", "place": "", "note": "", "startsAt": start, "endsAt": start + 3600_000, "zone": "Asia/Tokyo", "days": 90,
			"doors": "open", "card": card("主催", "npo"),
		}
		o[key] = value
		return o
	}
	// The page of the absent person says in words what was wrong.
	page := func(key string) func(string) string {
		return func(text string) string {
			values := object{"name": "田中", "mail": "tanaka@example.jp"}
			values[key] = text
			pairs := []string{"op", newOp(), "do", "give"}
			for _, k := range slices.Sorted(maps.Keys(values)) {
				pairs = append(pairs, k, values[k].(string))
			}
			a := s.house.browser("誰か").form("/c/"+s.event+"/"+s.link, pairs...)
			if a.status == 303 {
				return "ack"
			}
			if a.status != 422 || !bytes.Contains(a.body, []byte(`role="alert"`)) {
				return fmt.Sprintf("status %d", a.status)
			}
			return "text.page"
		}
	}

	var all []field
	cards := []field{
		{name: "name", max: 40, must: true, oneScript: true}, {name: "kana", max: 40, oneScript: true, script: "kana"},
		{name: "firm", max: 60, oneScript: true}, {name: "line", max: 80}, {name: "offers", max: 80}, {name: "seeks", max: 80},
		{name: "topics", max: 20, must: true}, {name: "homepage", max: 2048, script: "url"}, {name: "mail", max: 254, script: "mail"},
		{name: "phone", max: 24, script: "phone"},
	}
	for where, send := range map[string]func(object) string{
		"card.change": change,
		"join": func(c object) string {
			return join(object{"op": newOp(), "code": s.code, "card": c, "terms": "2026-11"})
		},
		"event.card": func(c object) string { return open(evening("card", c)) },
	} {
		for _, f := range cards {
			f.say = cardField(send, f.name)
			f.name = where + " " + f.name
			all = append(all, f)
		}
	}
	for _, f := range cards {
		if f.name == "name" || f.name == "kana" || f.name == "firm" || f.script == "mail" || f.script == "phone" {
			f.say = page(f.name)
			f.must = f.must || f.name == "mail" // one way to reach them there must be
			f.name = "consent " + f.name
			all = append(all, f)
		}
	}
	for _, f := range []field{{name: "title", max: 60, must: true}, {name: "place", max: 80}, {name: "note", max: 280, lines: true}} {
		key := f.name
		f.say = func(text string) string { return open(evening(key, text)) }
		f.name = "event " + key
		all = append(all, f)
	}
	for _, name := range []string{"need.post", "need.edit"} {
		good := object{"who": "だれか", "area": "", "why": "", "until": "", "trade": ""}
		if name == "need.edit" {
			good["need"] = s.need
		}
		for _, f := range []field{{name: "who", max: 280, must: true}, {name: "area", max: 40}, {name: "why", max: 280}, {name: "until", max: 20}} {
			f.noContact = true
			f.say = command(s.a, name, f.name, good)
			f.name = name + " " + f.name
			if name == "need.post" { // an edit of a need with an offer is refused anyhow
				all = append(all, f)
			}
		}
	}
	behalf := object{"trade": "web", "area": "", "size": ""}
	for _, f := range []field{{name: "who", max: 280, must: true}, {name: "area", max: 40}, {name: "why", max: 280}, {name: "until", max: 20}} {
		f.noContact, f.noName = true, true
		f.say = command(s.a, "need.post", f.name, object{"who": "だれか", "behalf": behalf})
		f.name = "need.post on behalf " + f.name
		all = append(all, f)
	}
	all = append(all, field{name: "need.post behalf.area", max: 40, noContact: true, noName: true, say: func(text string) string {
		b := maps.Clone(behalf)
		b["area"] = text
		return s.a.try("need.post", object{"who": "だれか", "behalf": b}).code
	}}, field{name: "announcement.make text", max: 140, must: true, lines: true, say: command(s.host, "announcement.make", "text", object{})})
	for _, name := range []string{"entry.add", "entry.change"} {
		good := object{"trade": "web"}
		if name == "entry.change" {
			good = object{"trade": "manufacturing", "entry": s.entry}
		}
		for _, f := range []field{{name: "area", max: 40}, {name: "offers", max: 80, noName: true}, {name: "seeks", max: 80, noName: true}, {name: "label", max: 20}, {name: "note", max: 80}} {
			f.noContact = true
			f.say = command(s.b, name, f.name, good)
			f.name = name + " " + f.name
			all = append(all, f)
		}
	}
	offer := field{name: "offer.make line", max: 100, noContact: true, noName: true}
	asked := s.a.find("room", "need", has("who", "自分の求む"))["id"]
	offer.say = command(s.b, "offer.make", "line", object{"need": asked, "entry": s.entry, "words": false})
	self := field{name: "offer.self line", max: 100, say: command(s.b, "offer.self", "line", object{"need": asked, "give": []string{"mail"}})}
	refer := object{"entry": s.entry, "to": s.a.you}
	seeks := field{name: "offer.refer seeks", max: 80, must: true, noContact: true, noName: true, say: command(s.b, "offer.refer", "seeks", refer)}
	brought := field{name: "offer.refer line", max: 100, noContact: true, noName: true}
	brought.say = command(s.b, "offer.refer", "line", object{"entry": s.entry, "to": s.a.you, "seeks": "ホームページ"})
	return append(all, offer, self, seeks, brought)
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	s.a.do("need.post", object{"who": "自分の求む"})
	s.b.find("room", "need", has("who", "自分の求む"))
	course := s.courseFields(t)
	e := "e" // é from two code points counts as one
	type try struct {
		what string
		text func(f field) (string, bool) // false: does not apply
	}
	always := func(text string) func(field) (string, bool) { return func(field) (string, bool) { return text, true } }
	tries := []try{
		{"C01 empty", func(f field) (string, bool) { return "", f.must }},
		{"C02 nothing but spaces", func(f field) (string, bool) { return " 　\t ", f.must }},
		{"C03 one too many", func(f field) (string, bool) {
			if f.script == "url" {
				return "https://a.example/" + strings.Repeat("a", f.max-17), true
			}
			return strings.Repeat("あ", f.max+1), true
		}},
		{"C04 ten times too many, combined", func(f field) (string, bool) { return strings.Repeat(e+"\u0301", f.max+1), f.max < 300 }},
		{"C05 NUL", always("a\x00b")},
		{"C05 NUL at the end", always("ab\x00")},
		{"C06 escape", always("a\x1b[31mb")},
		{"C06 DEL", always("a\x7fb")},
		{"C06 a C1 control", always("a\u009bb")},
		{"C06 bell", always("a\ab")},
		{"C07 CRLF", always("a\r\nb")},
		{"C07 CR", always("a\rb")},
		{"C07 LF", func(f field) (string, bool) { return "a\nb", !f.lines }},
		{"C08 line separator", always("a\u2028b")},
		{"C08 paragraph separator", always("a\u2029b")},
		{"C08 next line", always("a\u0085b")},
		{"C09 an isolate without its end", always("a\u2066b")},
		{"C10 an override without its end", always("a\u202eb")},
		{"C10 an end without an override", always("a\u202cb")},
		{"C10 an isolate's end alone", always("a\u2069b")},
		{"C11 U+FFFE", always("a\ufffeb")},
		{"C11 a tag", always("a\U000e0001b")},
		{"C11 U+1FFFF", always("a\U0001ffffb")},
		{"C11 U+FDD0", always("a\ufdd0b")},
		{"C12 private use", always("a\ue000b")},
		{"C12 a BOM inside", always("a\ufeffb")},
		{"C12 U+FFFD", always("a\ufffdb")},
		{"C13 a Cyrillic o", func(f field) (string, bool) { return "Hоst", f.oneScript }},
		{"C14 a Greek omicron", func(f field) (string, bool) { return "Hοst", f.oneScript }},
		{"C15 a mail", func(f field) (string, bool) { return "x@y.example", f.noContact }},
		{"C15 a mail in full width", func(f field) (string, bool) { return "ｘ＠ｙ．ｊｐ", f.noContact }},
		{"C16 a phone", func(f field) (string, bool) { return "090-1234-5678", f.noContact }},
		{"C16 a phone in full width", func(f field) (string, bool) { return "０９０１２３４５６７８", f.noContact }},
		{"C16 a phone with zero-width spaces", func(f field) (string, bool) { return "090\u200b1234\u200b5678", f.noContact }},
		{"C17 a URL", func(f field) (string, bool) { return "https://a.example", f.noContact }},
		{"C17 a bare name of a site", func(f field) (string, bool) { return "tanaka.co.jp", f.noContact }},
		{"C18 a name", func(f field) (string, bool) { return "鈴木様の会社", f.noName }},
	}
	s.unchanged(t, func() {
		for _, f := range append(s.fields(), course...) {
			for _, try := range tries {
				text, applies := try.text(f)
				if !applies {
					continue
				}
				before := s.vault.count()
				code := f.say(text)
				if statusOfCode(code) != 422 && code != "text.page" {
					t.Errorf("%s in %s: %q", try.what, f.name, code)
				}
				for _, wrote := range s.vault.since(before) {
					// The absent person's key comes with their first attempt and holds nothing.
					if !strings.HasPrefix(wrote, "key "+s.event+"/x.") {
						t.Errorf("%s in %s: the refusal wrote %q", try.what, f.name, wrote)
					}
				}
			}
		}
	})

	both := func(what string, want int, c object) {
		t.Helper()
		before := s.vault.count()
		if a := s.a.try("card.change", object{"card": c}); statusOfCode(a.code) != want || s.vault.count() != before {
			t.Errorf("%s over the socket: %v", what, a)
		}
		s.refuse(t, what, want, func() answer {
			return s.house.browser("x").post("/api/join", object{"op": newOp(), "code": s.code, "card": c, "terms": "2026-11"})
		})
	}
	before := s.everybody()
	both("C19 topics that are equal in full width", 422, card("人", "web", object{"topics": []string{"ＡＩ", "AI"}}))
	both("C20 three topics", 422, card("人", "web", object{"topics": []string{"一", "二", "三"}}))
	both("C21 a trade that is none", 422, card("人", "no-such-trade"))
	both("C22 somebody else's picture", 422, card("人", "web", object{"photo": strings.Repeat("a", 64)}))
	both("C22 a picture elsewhere", 422, card("人", "web", object{"photo": "../../x"}))
	for what, url := range map[string]string{
		"I01 javascript:": "javascript:alert(1)", "I02 JavaScript with a tab": "java\tscript:alert(1)", "I02 data:": "data:text/html,x", "I02 vbscript:": "VBScript:x",
		"I02 file:": "file:///etc/passwd", "I02 ftp:": "ftp://a.example/", "I02 blob:": "blob:https://a.example/x",
		"I03 this machine": "http://127.0.0.1:27017/", "I03 this machine without a port": "http://127.0.0.1/", "I03 by name": "http://localhost/",
		"I04 as one number": "http://2130706433/", "I04 in hex": "http://0x7f.0.0.1/", "I04 IPv6": "http://[::1]/", "I04 mapped IPv6": "http://[::ffff:127.0.0.1]/",
		"I04 a cloud's own address": "http://169.254.169.254/latest/", "I04 .local": "http://printer.local/", "I04 .internal": "http://a.internal/", "I04 with a dot": "http://localhost./",
		"I05 user and password": "https://user:pw@host.example/", "I05 user": "https://good.example@evil.example/", "I06 backslash": `https://good.example\@evil.example/`,
		"I07 2,049 characters": "https://a.example/" + strings.Repeat("a", 2049-18), "I08 two slashes": "//evil.example", "I08 no host": "https:///x", "I08 spaces": "https://a b.example/",
		"I08 a quotation mark": `https://a.example/"onmouseover="x`, "I08 CRLF": "https://a.example/\r\nX: y", "I08 broken escape in the host": "https://%zz.example/",
	} {
		both(what, 422, card("人", "web", object{"homepage": url}))
	}
	for what, mail := range map[string]string{
		"CRLF": "a@b.example\r\nBcc: x@y.example", "two": "a@b.example,c@d.example", "a name": "A <a@b.example>", "no dot": "a@localhost", "quoted": `"a b"@c.example`, "a comment": "a(b)@c.example",
	} {
		both("J11 mail with "+what, 422, card("人", "web", object{"mail": mail}))
	}
	for what, phone := range map[string]string{"a formula": "=1+1+1+1+1", "letters": "0120-GOEN-GO", "an extension": "047-400-1111;ext=5", "25 digits": strings.Repeat("1", 25)} {
		both("C23 phone: "+what, 422, card("人", "web", object{"phone": phone}))
	}
	if after := s.everybody(); after != before {
		t.Errorf("the state moved from %s to %s", before, after)
	}
}
