package cards

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

func tanaka() Contact {
	return Contact{
		Name: "田中 誠", Kana: "タナカ マコト", Firm: "田中税理士事務所", Trade: "税理士",
		Line:     "飲食店の開業と、はじめての決算をお手伝いします；相談は無料",
		Homepage: "https://tanaka-zeimu.example/a,b;c?d=1", Mail: "makoto@tanaka-zeimu.example",
		Phone: "047-431-1234", Card: true, NewsOK: true,
		Met:  "第12回 船橋ご縁交流会 2027-01-21",
		Note: "次は、3月に; C:\\見積\n決算書を持参",
		At:   time.Date(2027, 1, 21, 20, 15, 0, 0, time.FixedZone("JST", 9*3600)),
		UID:  "urn:uuid:6f1c0d8e-3f0a-4d0a-9a51-0d5f5a0f7a11",
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

// hostile are the strings of trust.md 8 H and their relatives.
var hostile = []string{
	`=HYPERLINK("http://evil","x")`, "+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠a",
	" =1", "　＝1", "\u200b=1", "\ufeff=1", "\u202e=1", "\t=1", "\t1", "\r=1", "\n=1", "\x00=1", "\u3164=1",
	"a;=1", "a\n=1", "a;\"=1", ";-)", "- item\n- item", "a;-1+cmd|'x'!A0", "x\r\nEND:VCARD\r\nBEGIN:VCARD\r\n",
	"a\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:x", "a\u2028END:VCARD", "a\u0085END:VCARD", "\\", "\\n", "\\;", "\\\\,;",
	"\x1f", "\x1e", "\xff\xfe", "", " ", "👩‍👩‍👧‍👦", "'=1", `"`, "a,b", "</script><img src=x onerror=alert(1)>",
	"https://例え.jp/あ,い;う", "javascript:alert(1)", "https://a.example/\\\"",
}

func drawContact(t *rapid.T) Contact {
	s := rapid.OneOf(
		rapid.SampledFrom(hostile),
		rapid.String(),
		rapid.StringOfN(rapid.RuneFrom([]rune("=+-@＝\t\r\n ;,\\:\"'　\u200b田中タナ a()|!\x1f\x1e")), 0, 200, -1),
		rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }),
	)
	return Contact{
		Name: s.Draw(t, "name"), Kana: s.Draw(t, "kana"), Firm: s.Draw(t, "firm"), Trade: s.Draw(t, "trade"),
		Line: s.Draw(t, "line"), Homepage: s.Draw(t, "homepage"), Mail: s.Draw(t, "mail"), Phone: s.Draw(t, "phone"),
		Card: rapid.Bool().Draw(t, "card"), NewsOK: rapid.Bool().Draw(t, "news"), Met: s.Draw(t, "met"),
		Introducer: s.Draw(t, "introducer"), Note: s.Draw(t, "note"), UID: s.Draw(t, "uid"),
		At: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "at"), 0).UTC(),
	}
}

// fuzzContact spreads what the fuzzer found over all the fields.
func fuzzContact(a, b, c string) Contact {
	return Contact{
		Name: a, Kana: b, Firm: c, Trade: a, Line: b, Homepage: c, Mail: a, Phone: b, Met: c,
		Introducer: a, Note: b, UID: c, At: time.Unix(1_800_000_000, 0).UTC(),
	}
}

type brokenWriter struct{ left int }

var errBroken = errors.New("broken")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestErrorOfTheWriterIsReturned(t *testing.T) {
	for left := range 3 {
		if err := CSV(&brokenWriter{left}, "ja", []Contact{tanaka()}); !errors.Is(err, errBroken) {
			t.Errorf("CSV after %d writes: %v", left, err)
		}
	}
	if err := VCard(&brokenWriter{1}, "ja", tanaka(), tanaka()); !errors.Is(err, errBroken) {
		t.Errorf("VCard: %v", err)
	}
}
