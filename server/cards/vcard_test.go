package cards

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-vcard"
	"pgregory.net/rapid"
)

func TestVCardOfTanaka(t *testing.T) {
	var b bytes.Buffer
	if err := VCard(&b, "ja", tanaka()); err != nil {
		t.Fatal(err)
	}
	golden(t, "tanaka.vcf", b.Bytes())
}

func TestVCardNames(t *testing.T) {
	for _, test := range []struct{ name, kana, n, fn, last, first, sort string }{
		{"田中 誠", "タナカ マコト", "田中;誠;;;", "田中 誠", "タナカ", "マコト", "タナカ マコト"},
		{"田中　誠", "タナカ　マコト", "田中;誠;;;", "田中 誠", "タナカ", "マコト", "タナカ マコト"},
		{"田中誠", "タナカマコト", "田中誠;;;;", "田中誠", "タナカマコト", "", "タナカマコト"},
		{"田中誠", "タナカ マコト", "田中誠;;;;", "田中誠", "タナカ マコト", "", "タナカ マコト"},
		{"佐藤 花子 ローズ", "サトウ", "佐藤;花子 ローズ;;;", "佐藤 花子 ローズ", "サトウ", "", "サトウ"},
		{"김 민수", "", "김;민수;;;", "김 민수", "", "", ""},
		{"Emily Carter", "エミリー カーター", "Carter;Emily;;;", "Emily Carter", "カーター", "エミリー", "エミリー カーター"},
		{"Emily Rose Carter", "", "Carter;Emily Rose;;;", "Emily Rose Carter", "", "", ""},
		{"Emily", "エミリー", ";Emily;;;", "Emily", "", "エミリー", "エミリー"},
		{"a;b c,d\\", "", `c\,d\\;a\;b;;;`, `a\;b c\,d\\`, "", "", ""},
		{"田中\r\nEND:VCARD\x00", "", "田中;END:VCARD;;;", "田中 END:VCARD", "", "", ""},
		{"", "", ";;;;", "名前なし", "", "", ""},
	} {
		card := checkVCard(t, "ja", Contact{Name: test.name, Kana: test.kana})[0]
		for field, want := range map[string]string{
			"N": test.n, "FN": test.fn, fieldPhoneticLast: test.last, fieldPhoneticFirst: test.first, fieldSortString: test.sort,
		} {
			if got := card[field]; got != want {
				t.Errorf("%q: %s:%s, want %s", test.name, field, got, want)
			}
		}
	}
	if card := checkVCard(t, "ja", Contact{Firm: "魚正"})[0]; card["FN"] != "魚正" || card["N"] != ";;;;" || card["ORG"] != "魚正" {
		t.Errorf("a firm without a name: %v", card)
	}
}

func TestVCardFields(t *testing.T) {
	card := checkVCard(t, "en", Contact{
		Name: "Emily Carter", Firm: "Carter; Sons, Ltd", Trade: "Design", Mail: "e@example.com", Phone: "+81-3-1234-5678",
		Homepage: "https://example.com/a,b;c", Introducer: "佐藤 花子", Line: "Logos", At: time.Date(2027, 1, 21, 23, 0, 0, 0, time.UTC),
	})[0]
	for field, want := range map[string]string{
		"VERSION": "3.0", "ORG": `Carter\; Sons\, Ltd`, "TITLE": "Design", "EMAIL;TYPE=INTERNET": "e@example.com",
		"TEL;TYPE=WORK;TYPE=VOICE": "+81-3-1234-5678", "URL": "https://example.com/a,b;c", "REV": "2027-01-21T23:00:00Z",
		"NOTE": `Logos\nHow we met: Introduced\nIntroduced by: 佐藤 花子\nNews by email: no`,
	} {
		if card[field] != want {
			t.Errorf("%s:%s, want %s", field, card[field], want)
		}
	}
	empty := checkVCard(t, "ja", Contact{})[0]
	for field := range empty {
		if !strings.Contains(" VERSION FN N NOTE ", " "+field+" ") {
			t.Errorf("an empty contact has %s:%s", field, empty[field])
		}
	}
}

func TestHomepageThatIsNoURLIsOnlyText(t *testing.T) {
	for _, home := range []string{"javascript:alert(1)", "example.com", "https://a b", "https:///x", "file:///etc/passwd", `https://a\b`} {
		card := checkVCard(t, "ja", Contact{Homepage: home})[0]
		if _, ok := card["URL"]; ok || !strings.Contains(card["NOTE"], "ホームページ：") {
			t.Errorf("%q: %v", home, card)
		}
	}
}

func TestNoteStaysOneCard(t *testing.T) { // H07
	for _, br := range []string{"\n", "\r\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029"} {
		note := "a" + br + "END:VCARD" + br + "BEGIN:VCARD" + br + "VERSION:3.0" + br + "FN:x"
		card := checkVCard(t, "ja", Contact{Name: "田中 誠", Card: true, Note: note})[0]
		if want := `出会い：会場で名刺交換\na\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:x`; card["NOTE"] != want {
			t.Errorf("%q: NOTE:%s", br, card["NOTE"])
		}
	}
}

func TestFoldAtEveryOffset(t *testing.T) {
	for n := range 100 {
		for _, letters := range []string{"a", "é", "田", "👍"} {
			checkVCard(t, "ja", Contact{Note: strings.Repeat("x", n) + strings.Repeat(letters, 120) + " " + strings.Repeat(" ;", 60)})
		}
	}
	line := strings.Repeat("a", maxLine) + "\r\n"
	if got := fold(line); got != line {
		t.Errorf("75 octets were folded: %q", got)
	}
	if got := fold("a" + line); got != line[:maxLine]+"\r\n a\r\n" {
		t.Errorf("76 octets: %q", got)
	}
}

func TestNoRowsNoCards(t *testing.T) {
	if n := len(checkVCard(t, "ja")); n != 0 {
		t.Error(n)
	}
}

func TestAnyContactsSurviveVCard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(drawContact), 0, 4).Draw(t, "rows")
		checkVCard(t, rapid.SampledFrom([]string{"ja", "en", "xx"}).Draw(t, "lang"), rows...)
	})
}

func FuzzVCard(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, hostile[(i+1)%len(hostile)], hostile[(i+7)%len(hostile)])
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		checkVCard(t, "ja", fuzzContact(a, b, c), fuzzContact(b, c, a))
	})
}

// checkVCard writes rows, reads them back with go-vcard and by the letter of
// RFC 2426, and holds every promise of VCard. It returns for each card its
// values as they stand in the file, unfolded, by name and parameters.
func checkVCard(t rapid.TB, lang string, rows ...Contact) []map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := VCard(&b, lang, rows...); err != nil {
		t.Fatalf("write: %v", err)
	}
	file := b.String()
	if !utf8.ValidString(file) {
		t.Fatal("not UTF-8")
	}
	for _, r := range file {
		if unicode.IsControl(r) && r != '\r' && r != '\n' {
			t.Fatalf("control character %U", r)
		}
	}
	if strings.Count(file, "\r") != strings.Count(file, "\n") || strings.Count(file, "\r\n") != strings.Count(file, "\n") {
		t.Fatal("line ends other than CRLF")
	}
	for line := range strings.SplitSeq(file, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Fatalf("line of %d octets, or a cut character: %q", len(line), line)
		}
	}

	dec := vcard.NewDecoder(strings.NewReader(file))
	n := 0
	for ; ; n++ {
		card, err := dec.Decode()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("go-vcard: %v", err)
		}
		if n >= len(rows) {
			t.Fatalf("more than %d cards", len(rows))
		}
		if card.Value(vcard.FieldVersion) != "3.0" || len(card[vcard.FieldName]) != 1 || len(card[vcard.FieldFormattedName]) != 1 {
			t.Fatalf("not a vCard 3.0: %v", card)
		}
	}
	if n != len(rows) {
		t.Fatalf("%d cards for %d rows", n, len(rows))
	}

	var cards []map[string]string
	unfolded := strings.ReplaceAll(file, "\r\n ", "")
	for line := range strings.SplitSeq(strings.TrimSuffix(unfolded, "\r\n"), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case file == "":
		case !ok || name == "":
			t.Fatalf("no property: %q", line)
		case line == "BEGIN:VCARD":
			cards = append(cards, map[string]string{})
		case line == "END:VCARD":
		default:
			if _, twice := cards[len(cards)-1][name]; twice {
				t.Fatalf("%s stands twice", name)
			}
			cards[len(cards)-1][name] = value
		}
	}
	for i, c := range rows {
		got := cards[i]
		for name, want := range map[string]string{
			"ORG": c.Firm, "TITLE": c.Trade, "EMAIL;TYPE=INTERNET": c.Mail, "TEL;TYPE=WORK;TYPE=VOICE": c.Phone,
			"UID": c.UID, fieldSortString: c.Kana,
		} {
			if s := unescape(t, got[name]); s != oneLine(want) {
				t.Fatalf("%s: %q became %q", name, want, s)
			}
		}
		if fn := unescape(t, got["FN"]); oneLine(c.Name) != "" && fn != oneLine(c.Name) || fn == "" {
			t.Fatalf("FN: %q became %q", c.Name, fn)
		}
		if u, ok := got["URL"]; ok && u != oneLine(c.Homepage) {
			t.Fatalf("URL: %q became %q", c.Homepage, u)
		}
		if note := strings.ReplaceAll(strings.TrimSpace(plain(c.Note)), "\t", " "); !strings.HasSuffix(unescape(t, got["NOTE"]), note) {
			t.Fatalf("NOTE: %q became %q", c.Note, got["NOTE"])
		}
		// Five parts, and the two we fill are the name again.
		parts := strings.Split(strings.ReplaceAll(strings.ReplaceAll(got["N"], `\\`, "\x00"), `\;`, "\x01"), ";")
		if len(parts) != 5 {
			t.Fatalf("N:%s has %d parts", got["N"], len(parts))
		}
		whole := func(s string) string {
			return unescape(t, strings.ReplaceAll(strings.ReplaceAll(s, "\x01", `\;`), "\x00", `\\`))
		}
		family, given := whole(parts[0]), whole(parts[1])
		if name := oneLine(c.Name); name != oneLine(family+" "+given) && name != oneLine(given+" "+family) {
			t.Fatalf("N: %q became %q, %q", c.Name, family, given)
		}
	}
	return cards
}

// unescape reads a text value of RFC 2426, section 4, and fails on a bare
// separator.
func unescape(t rapid.TB, s string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ',', ';':
			t.Fatalf("bare %q in %q", s[i], s)
		case '\\':
			i++
			if i == len(s) || strings.IndexByte(`\;,n`, s[i]) < 0 {
				t.Fatalf("bad escape in %q", s)
			}
			if s[i] == 'n' {
				b.WriteByte('\n')
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
