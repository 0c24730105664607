package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fuzz targets of words and of records: `go test -fuzz FuzzText ./realtime/event`.

var oddTexts = []string{
	"", " ", "製造業の社長", "e\u0301", "a\x00b", "a\x1b[31mb", "a\r\nb", "a\nb", "a\u2028b", "a\u2066b", "\u202ea\u202c", "\u2069", "a\ufffeb", "a\U000e0001b", "a\ue000b", "\ufeff", "\xff",
	"Hоst", "x@y.example", "ｘ＠ｙ．ｊｐ", "090-1234-5678", "０９０１２３４５６７８", "090\u200b1234\u200b5678", "https://a.example", "鈴木様の会社", "船橋市本町1-2-3", "2027-01-21", strings.Repeat("あ", 281),
	"ﷺﷺ", "ｶﾞｶﾞ", "\u200b\u200b", "が\u3099\u309a",
}

// FuzzText holds the rules of words by other means than the rules themselves.
func FuzzText(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s, true, true, true)
		f.Add(s, false, false, false)
	}
	f.Fuzz(func(t *testing.T, s string, lines, noContact, oneScript bool) {
		rule := text{field: "who", max: 280, must: true, lines: lines, noContact: noContact, oneScript: oneScript}
		v := s
		if err := rule.check(&v); err != nil {
			var refusal Refusal
			if !errors.As(err, &refusal) || refusal.Kind != Invalid || refusal.Field != "who" || v != s {
				t.Fatalf("%q: %v, left as %q", s, err, v)
			}
			return
		}
		if !utf8.ValidString(v) || !norm.NFC.IsNormalString(v) || utf8.RuneCountInString(v) > 280 || strings.TrimSpace(v) != v || v == "" {
			t.Fatalf("%q is kept as %q", s, v)
		}
		for _, r := range v {
			if unicode.IsControl(r) && (r != '\n' || !lines) || strings.ContainsRune("\u2028\u2029\ufeff\ufffd", r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Noncharacter_Code_Point, r) {
				t.Fatalf("%q is kept with %U", s, r)
			}
		}
		again := v
		if err := rule.check(&again); err != nil || again != v {
			t.Fatalf("%q is kept as %q, and then as %q: %v", s, v, again, err)
		}
		if noContact && (strings.Contains(v, "https://") || strings.Contains(v, "@example.jp")) {
			t.Fatalf("%q holds a contact", v)
		}
	})
}

// FuzzFields holds the fields of one form: mail, phone, reading.
func FuzzFields(f *testing.F) {
	for _, s := range append(slices.Clone(oddTexts), "a@b.example", "A <a@b.example>", "a@b.example\r\nBcc: x@y.example", `"a b"@c.example`, "a@[127.0.0.1]", "+81 (0)47-400-1111", "=1+1+1+1+1", "やまだ", "ﾔﾏﾀﾞ", "Jean-Luc") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, check := range map[string]func(string, *string) error{"mail": checkMail, "phone": checkPhone, "kana": checkKana} {
			v := s
			if err := check(name, &v); err != nil {
				var refusal Refusal
				if !errors.As(err, &refusal) || refusal.Kind != Invalid || refusal.Field != name {
					t.Fatalf("%s %q: %v", name, s, err)
				}
				continue
			}
			again := v
			if err := check(name, &again); err != nil || again != v {
				t.Fatalf("%s: %q is kept as %q, and then as %q: %v", name, s, v, again, err)
			}
			if strings.ContainsAny(v, "\r\n\x00<>\"") || len(v) > 1000 || name == "mail" && v != "" && strings.Count(v, "@") != 1 ||
				name == "phone" && strings.Trim(v, "+0123456789-() ") != "" {
				t.Fatalf("%s: %q is kept as %q", name, s, v)
			}
		}
	})
}

// FuzzHomepage: what is kept is a link to a public name, for every reader.
func FuzzHomepage(f *testing.F) {
	for _, s := range []string{
		"", "https://a.example/", "a.example", "javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "http://127.0.0.1:27017/", "http://2130706433/", "http://0x7f.0.0.1/", "http://[::1]/",
		"http://a.local/", "http://localhost./", "https://user:pw@host.example/", `https://good.example\@evil.example/`, "//evil.example", "https:///x", "https://a b.example/", "https://%zz.example/",
		"https://a.example/\"onmouseover=\"x", "https://例え.jp/", "HTTPS://A.EXAMPLE", "https://a.example:443/", "https://a.example/?q=<x>", "https://a..example/", "https://.example/", "https://127.0.0.1./", "https://１２７.0.0.1/",
		"https://a.example/" + strings.Repeat("a", 2049),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := s
		if err := checkHomepage("homepage", &v); err != nil {
			var refusal Refusal
			if !errors.As(err, &refusal) || refusal.Kind != Invalid || refusal.Field != "homepage" {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if v == "" {
			return
		}
		u, err := url.Parse(v)
		if err != nil || u.User != nil || u.Opaque != "" || u.Port() != "" || !slices.Contains([]string{"http", "https"}, u.Scheme) {
			t.Fatalf("%q is kept as %q: %+v %v", s, v, u, err)
		}
		// As browsers read hosts: full width is narrowed, dots at the end fall off.
		host := strings.ToLower(strings.TrimRight(norm.NFKC.String(u.Hostname()), "."))
		labels := strings.Split(host, ".")
		if len(labels) < 2 || slices.Contains(labels, "") || strings.ContainsAny(host, " \\<>\"'%:@/?#") || strings.ContainsFunc(host, unicode.IsControl) {
			t.Fatalf("%q is kept with the host %q", s, host)
		}
		last := labels[len(labels)-1]
		if slices.Contains([]string{"local", "localhost", "internal"}, last) || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
			t.Fatalf("%q is kept, and is no public name", v)
		}
		again := v
		if err := checkHomepage("homepage", &again); err != nil || again != v {
			t.Fatalf("%q is kept as %q, and then as %q: %v", s, v, again, err)
		}
	})
}

// plainSealer keeps words as they are.
type plainSealer struct{}

func (plainSealer) Seal(_, _ string, plain []byte) (string, error) { return string(plain), nil }
func (plainSealer) Open(_, _, envelope string) ([]byte, error) {
	if envelope == "erased" {
		return nil, nil
	}
	return []byte(envelope), nil
}

// FuzzRecord reads any bytes as a record of a log: what is taken folds without
// a word about what it is not, shows itself, and is written and read again as
// the same.
func FuzzRecord(f *testing.F) {
	for _, s := range []string{
		"", "{}", "null", `{"v":1,"by":{"k":1,"id":"a"},"op":"x","facts":[]}`, `{"v":2}`, `{"v":1,"facts":[{"f":"nothing","d":{}}]}`, `{"v":1,"facts":[{"f":"need.posted","d":null}]}`,
		`{"v":1,"by":{"k":1,"id":"a"},"facts":[{"f":"attendee.erased","d":{"attendee":"a"}}]}`, `{"v":1,"facts":[{"f":"phase.set","d":{"phase":"needs"}}]}`,
	} {
		f.Add([]byte(s))
	}
	for name, blank := range factOf {
		d, _ := json.Marshal(blank())
		for _, words := range []string{"", "erased", "{}", `{"who":"x"}`, "null"} {
			w, _ := json.Marshal(words)
			f.Add([]byte(`{"v":1,"by":{"k":1,"id":"a"},"op":"o","facts":[{"f":"` + name + `","d":` + string(d) + `,"whose":"a","w":` + string(w) + `}]}`))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := Decode(1, 1e12, body, plainSealer{})
		if err != nil {
			return
		}
		s := New()
		for seq := range int64(3) { // a fact about something unknown changes nothing, one that comes again neither fails
			r.Seq = seq + 1
			for _, ref := range Fold(s, r) {
				for _, sight := range See(s, ref) {
					if _, err := json.Marshal(sight.View); err != nil {
						t.Fatalf("%q: %v", body, err)
					}
				}
			}
		}
		one, err := Encode(r, plainSealer{})
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		back, err := Decode(r.Seq, r.At, one, plainSealer{})
		if err != nil {
			t.Fatalf("%q is written as %q: %v", body, one, err)
		}
		if two, err := Encode(back, plainSealer{}); err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%q is written as %q, then as %q: %v", body, one, two, err)
		}
	})
}
