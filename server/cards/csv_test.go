package cards

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCSVOfTanaka(t *testing.T) {
	for _, lang := range []string{"ja", "en"} {
		var b bytes.Buffer
		if err := CSV(&b, lang, []Contact{tanaka(), {Name: "Emily Carter", Phone: "+81-3-1234-5678"}}); err != nil {
			t.Fatal(err)
		}
		golden(t, "contacts."+lang+".csv", b.Bytes())
	}
}

func TestCSVHeader(t *testing.T) {
	for _, test := range []struct{ lang, want string }{
		{"ja", "氏名,フリガナ,会社名・屋号,業種,ひとこと,ホームページ,メール,電話,案内メール(可/不可),出会い,紹介者,日付"},
		{"", "氏名,フリガナ,会社名・屋号,業種,ひとこと,ホームページ,メール,電話,案内メール(可/不可),出会い,紹介者,日付"},
		{"en", "Name,Furigana,Company,Trade,In one line,Homepage,Email,Phone,News by email (yes/no),How we met,Introduced by,Date"},
		{"en-GB", "Name,Furigana,Company,Trade,In one line,Homepage,Email,Phone,News by email (yes/no),How we met,Introduced by,Date"},
	} {
		var b strings.Builder
		if err := CSV(&b, test.lang, nil); err != nil {
			t.Fatal(err)
		}
		if b.String() != "\xef\xbb\xbf"+test.want+"\r\n" {
			t.Errorf("%q: %q", test.lang, b.String())
		}
	}
}

func TestEmptyContactHasEmptyCells(t *testing.T) {
	row := checkCSV(t, "ja", []Contact{{}})[0]
	for i, cell := range row {
		want := map[int]string{colNews: "不可", colMet: "紹介"}[i]
		if cell != want {
			t.Errorf("%s = %q, want %q", japanese.columns[i], cell, want)
		}
	}
}

func TestGuard(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{`=HYPERLINK("http://evil","x")`, `'=HYPERLINK("http://evil","x")`}, // H01
		{"-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"},               // H03
		{"＝1+1", "'＝1+1"}, {"＋1", "'＋1"}, {"－1", "'－1"}, {"＠A1", "'＠A1"}, // H05
		{"+81-3-1234-5678", "'+81-3-1234-5678"}, {"@sum(A1)", "'@sum(A1)"}, {"−1", "'−1"},
		{"  =1", "'  =1"}, {"　=1", "'　=1"}, {"\u200b\ufeff=1", "'\u200b\ufeff=1"}, {"\u202e=1", "'\u202e=1"},
		{"\t1", "'\t1"}, {" \t1", "' \t1"}, {"\r1", "'\n1"}, {"\n=1", "'\n'=1"}, {"\x01=1", "'=1"},
		{`"=1"`, `'"=1"`}, {"", ""}, {" ", " "}, {"'=1", "'=1"}, {"a=1", "a=1"}, {"a+b@example.com", "a+b@example.com"},
		{"ーー", "ーー"}, {"090-1", "090-1"}, {"(=1)", "(=1)"},
		{"a;=1", "a;'=1"}, {"a; =1", "a;' =1"}, {"a;\"=1\"", "a;'\"=1\""}, {"a\n＝1", "a\n'＝1"}, {"a;-cmd|x!A", "a;'-cmd|x!A"},
		{"see you ;-)", "see you ;-)"}, {"a\n- one\n- two", "a\n- one\n- two"}, {"; - ;+", "; - ;+"},
	} {
		if got := guard(plain(test.in)); got != test.want {
			t.Errorf("guard(%q) = %q, want %q", test.in, got, test.want)
		}
		if once := guard(plain(test.in)); guard(once) != once {
			t.Errorf("guard twice on %q: %q", test.in, guard(once))
		}
	}
}

func TestPhoneKeepsItsZero(t *testing.T) {
	for in, want := range map[string]string{
		"0312345678": "'0312345678", "03-1234-5678": "03-1234-5678", "+81312345678": "'+81312345678", "": "", "110": "110",
	} {
		if got := checkCSV(t, "ja", []Contact{{Phone: in}})[0][colPhone]; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestLineBreaksInACellAreLF(t *testing.T) {
	var b strings.Builder
	if err := CSV(&b, "en", []Contact{{Line: "one\r\ntwo\rthree\nfour"}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\"one\ntwo\nthree\nfour\"") || strings.Count(b.String(), "\r\n") != 2 {
		t.Errorf("%q", b.String())
	}
}

func TestAnyContactsSurviveCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(drawContact), 0, 4).Draw(t, "rows")
		checkCSV(t, rapid.SampledFrom([]string{"ja", "en", "xx"}).Draw(t, "lang"), rows)
	})
}

func FuzzCSV(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, hostile[(i+1)%len(hostile)], hostile[(i+7)%len(hostile)])
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		checkCSV(t, "ja", []Contact{fuzzContact(a, b, c), fuzzContact(b, c, a)})
	})
}

// checkCSV writes rows, reads them back, and holds every promise of CSV. It
// returns the rows without the header.
func checkCSV(t rapid.TB, lang string, rows []Contact) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := CSV(&b, lang, rows); err != nil {
		t.Fatalf("write: %v", err)
	}
	body, ok := strings.CutPrefix(b.String(), "\ufeff")
	if !ok || !strings.HasSuffix(body, "\r\n") {
		t.Fatalf("no byte order mark or no CRLF: %q", b.String())
	}
	if n := strings.Count(body, "\r"); n != strings.Count(body, "\r\n") || n != len(rows)+1 {
		t.Fatalf("%d CR for %d rows", n, len(rows))
	}
	table, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	if len(table) != len(rows)+1 {
		t.Fatalf("%d lines for %d rows", len(table), len(rows))
	}
	for i, c := range rows {
		got := table[i+1]
		for col, want := range map[int]string{
			colName: c.Name, colKana: c.Kana, colFirm: c.Firm, colTrade: c.Trade, colLine: c.Line, colHomepage: c.Homepage,
			colMail: c.Mail, colPhone: c.Phone, colIntroducer: c.Introducer,
		} {
			// Apostrophes come in, nothing else changes.
			without := func(s string) string { return strings.ReplaceAll(s, "'", "") }
			if without(got[col]) != without(plain(want)) {
				t.Fatalf("%s: %q became %q", japanese.columns[col], want, got[col])
			}
			if !strings.ContainsAny(want, "=+-@＝＋－＠﹦﹢﹣﹫−\t\r\n\v\f\u0085\u2028\u2029") && col != colPhone && got[col] != plain(want) {
				t.Fatalf("%s: harmless %q became %q", japanese.columns[col], want, got[col])
			}
		}
	}
	for _, line := range table {
		for _, cell := range line {
			if err := harmless(cell); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Nor does a reader that splits at semicolons and line breaks, heedless of
	// quotes, find a cell it would run.
	for _, cell := range strings.FieldsFunc(body, func(r rune) bool { return strings.ContainsRune(";\n\t", r) }) {
		seen := strings.TrimLeft(strings.TrimLeftFunc(cell, invisible), `"`)
		if seen != "" && strings.ContainsRune("=@＝＠", []rune(seen)[0]) {
			t.Fatalf("a semicolon hides the formula %q", cell)
		}
	}
	return table[1:]
}

// harmless is written apart from guard, as a list of what must not come first.
func harmless(cell string) error {
	rest := strings.TrimLeft(cell, " \u00a0　\u200b\u200c\u200d\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u00ad")
	for _, sign := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(rest, sign) {
			return fmt.Errorf("cell %q begins with %q", cell, sign)
		}
	}
	return nil
}
