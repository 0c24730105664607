package event_test

import (
	"errors"
	"strings"
	"testing"

	"goen/realtime/event"
	"goen/realtime/trade"
	"pgregory.net/rapid"
)

// desk of one guest, to ask whether words are accepted and how they are kept.
type writer struct{ *scene }

func newWriter() writer {
	sc := newScene()
	put := func(by event.Who, c event.Command) { sc.do(sc.node, sc.ask(by, c)) }
	put(person(0), sc.open(event.DoorsOpen))
	put(person(1), event.AttendeeJoin{Card: sc.card(1), Terms: "1"})
	return writer{sc}
}

func (w writer) decide(c event.Command) ([]event.Fact, error) {
	return event.Decide(w.node.state, w.ask(person(1), c))
}

// need puts a text into the first blank of a need.
func (w writer) need(text string) error {
	_, err := w.decide(event.NeedPost{NeedWords: event.NeedWords{Who: text}})
	return err
}

func (w writer) entry(change func(*event.EntryWords)) error {
	e := event.EntryWords{Trade: string(trade.All()[0].ID)}
	change(&e)
	_, err := w.decide(event.EntryAdd{EntryWords: e})
	return err
}

func (w writer) card(change func(*event.Card)) (event.Card, error) {
	c := event.Card{Name: "佐藤 由美", Trade: string(trade.All()[0].ID)}
	change(&c)
	facts, err := w.decide(event.CardChange{Card: c})
	if err != nil {
		return event.Card{}, err
	}
	return facts[0].(*event.CardChanged).Card, nil
}

// Hostile texts of trust.md section 8 C, for a need.
func TestTextOfANeed(t *testing.T) {
	t.Parallel()
	w := newWriter()
	for _, c := range []struct {
		what, text string
		want       error
	}{
		{"C01 empty", "", event.ErrTextEmpty},
		{"C01 spaces only", " 　\t", event.ErrTextEmpty},
		{"nothing that can be seen", "\u200b\u200d", event.ErrTextEmpty},
		{"280 characters", strings.Repeat("縁", 280), nil},
		{"280 characters, composed", strings.Repeat("か\u3099", 280), nil},
		{"C03 281 characters", strings.Repeat("縁", 281), event.ErrTextTooLong},
		{"C05 NUL", "社長\x00", event.ErrTextInvalid},
		{"not UTF-8", "社長\xff", event.ErrTextInvalid},
		{"escape", "社長\x1b[2J", event.ErrTextInvalid},
		{"C07 CRLF", "社長\r\nBcc: x", event.ErrTextInvalid},
		{"line separator", "社長\u2028x", event.ErrTextInvalid},
		{"C09 isolate without its end", "社長\u2066x", event.ErrTextInvalid},
		{"override without its end", "社長\u202ex", event.ErrTextInvalid},
		{"end without a beginning", "社長\u2069x", event.ErrTextInvalid},
		{"isolate with its end", "社長\u2066abc\u2069", nil},
		{"C11 U+FFFE", "社長\ufffe", event.ErrTextInvalid},
		{"C11 tag characters", "社長\U000E0001\U000E0041", event.ErrTextInvalid},
		{"byte order mark", "社長\ufeffx", event.ErrTextInvalid},
		{"private use", "社長\ue000", event.ErrTextInvalid},
		{"emoji joined", "👨‍👩‍👧の写真館", nil},

		{"phone", "090-1234-5678 まで", event.ErrTextContact},
		{"phone, full width", "０９０－１２３４－５６７８", event.ErrTextContact},
		{"phone, long vowel marks", "０９０ー１２３４ー５６７８", event.ErrTextContact},
		{"phone, spaces", "03 1234 5678", event.ErrTextContact},
		{"phone, dots", "047.433.1234", event.ErrTextContact},
		{"phone, brackets", "047(433)1234", event.ErrTextContact},
		{"phone, no marks", "電話は0474331234です", event.ErrTextContact},
		{"phone, local", "433-1234", event.ErrTextContact},
		{"phone, abroad", "+81 90 1234 5678", event.ErrTextContact},
		{"phone, zero-width between", "090\u200b1234\u200b5678", event.ErrTextContact},
		{"phone, joiners between", "0\u200d9\u200d0\u200d1\u200d2\u200d3\u200d4\u200d5", event.ErrTextContact},
		{"phone, circled digits", "⓪⑨⓪①②③④⑤⑥⑦⑧", event.ErrTextContact},
		{"phone, keycaps", "0️⃣9️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", event.ErrTextContact},
		{"phone, 〇 for zero", "〇9〇-1234-5678", event.ErrTextContact},
		{"mail", "x@example.jp", event.ErrTextContact},
		{"mail, full width", "ｘ＠ｅｘａｍｐｌｅ．ｊｐ", event.ErrTextContact},
		{"mail, zero-width in it", "x@\u200bexample.jp", event.ErrTextContact},
		{"mail in words", "x (at) example.jp", event.ErrTextContact},
		{"URL", "https://example.org/a", event.ErrTextContact},
		{"URL, full width", "ｈｔｔｐｓ：／／ｅｘａｍｐｌｅ．ｏｒｇ", event.ErrTextContact},
		{"URL without scheme", "www.example.org", event.ErrTextContact},
		{"domain", "example.co.jp を見て", event.ErrTextContact},
		{"LINE", "line.me/ti/p/abc", event.ErrTextContact},
		{"LINE, short", "lin.ee/abcdef", event.ErrTextContact},
		{"address", "船橋市本町1丁目", event.ErrTextContact},
		{"address, kanji", "船橋市本町一丁目", event.ErrTextContact},
		{"address, 番号", "船橋市湊町2番10号", event.ErrTextContact},
		{"address, full width", "船橋市湊町２－１０－２５", event.ErrTextContact},
		{"postal code", "〒273-8501", event.ErrTextContact},
	} {
		if err := w.need(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s (%q): %v, want %v", c.what, c.text, err, c.want)
		}
	}
	if _, err := w.decide(event.NeedPost{NeedWords: event.NeedWords{Who: strings.Repeat("あ", 200), Why: strings.Repeat("あ", 81)}}); !errors.Is(err, event.ErrTextTooLong) {
		t.Errorf("281 characters in two blanks: %v", err)
	}
}

// Ordinary texts of ordinary business, none of which may be refused: in a need
// and in the stricter fields of an entry.
var ordinary = []string{
	"従業員30名前後の製造業の社長", "2027年1月21日までに", "売上1,000万円", "年商1,234,567,890円", "24時間365日", "第12回", "第12回 船橋ご縁交流会",
	"2027/1/21まで", "2027-01-21", "2027.01.21", "2026/10/01〜2027/03/31", "1/21(木) 19:00-21:00", "10:00〜18:30", "9時-17時",
	"創業1987年、従業員120名、拠点3か所", "資本金1000万円", "100-200万円の予算", "1〜3月", "30代・40代の女性", "Web制作とSNS運用", "Node.jsに強い開発会社",
	"ISO 9001取得済み", "JIS Q 15001", "5Gと6G", "A4 1,000枚", "50%オフ", "BtoB/BtoCどちらも", "町工場の社長さん", "税理士さん", "飲食店のオーナー",
	"船橋市周辺", "千葉県内", "年内", "就業規則の相談に乗れます", "建設業許可を取りたい工務店", "お客様の声を集めたい方", "CO2削減", "3Dプリンター",
	"TEL対応が得意な方", "2代目・3代目", "第2種電気工事士", "1級建築士", "No.1を目指す会社", "補助金(上限450万円)", "LINE公式アカウントの運用", "24/365の監視",
}

func TestOrdinaryTextsPass(t *testing.T) {
	t.Parallel()
	w := newWriter()
	for _, text := range ordinary {
		if err := w.need(text); err != nil {
			t.Errorf("a need refuses %q: %v", text, err)
		}
		if err := w.entry(func(e *event.EntryWords) { e.Offers, e.Note = text, text }); err != nil {
			t.Errorf("an entry refuses %q: %v", text, err)
		}
	}
}

// Words about people who are not here: no way to reach them in any field, and
// no name in what others may come to read. A label is its owner's own.
func TestTextOfAnEntry(t *testing.T) {
	t.Parallel()
	w := newWriter()
	fields := map[string]func(*event.EntryWords, string){
		"area": func(e *event.EntryWords, s string) { e.Area = s }, "offers": func(e *event.EntryWords, s string) { e.Offers = s },
		"seeks": func(e *event.EntryWords, s string) { e.Seeks = s }, "label": func(e *event.EntryWords, s string) { e.Label = s },
		"note": func(e *event.EntryWords, s string) { e.Note = s },
	}
	for field, set := range fields {
		for what, text := range map[string]string{"C15 mail": "x@example.jp", "C16 phone": "０９０-1234-5678", "C17 URL": "example.com/a"} {
			err := w.entry(func(e *event.EntryWords) { set(e, text) })
			if !errors.Is(err, event.ErrTextContact) || err.(event.Refusal).Field != field {
				t.Errorf("%s in %s: %v", what, field, err)
			}
		}
		err := w.entry(func(e *event.EntryWords) { set(e, "鈴木様の会社") })
		if names := field == "offers" || field == "seeks" || field == "area"; errors.Is(err, event.ErrTextName) != names {
			t.Errorf("a name in %s: %v", field, err)
		}
	}
	for field, change := range map[string]func(*event.EntryWords){
		"label too long": func(e *event.EntryWords) { e.Label = strings.Repeat("あ", 21) },
		"note too long":  func(e *event.EntryWords) { e.Note = strings.Repeat("あ", 81) },
		"area too long":  func(e *event.EntryWords) { e.Area = strings.Repeat("あ", 41) },
		"size":           func(e *event.EntryWords) { e.Size = "31" },
		"closeness":      func(e *event.EntryWords) { e.Closeness = "090-1234-5678" },
		"no trade":       func(e *event.EntryWords) { e.Trade = "" },
		"another trade":  func(e *event.EntryWords) { e.Trade = "鈴木" },
	} {
		if err := w.entry(change); err == nil {
			t.Errorf("%s is accepted", field)
		}
	}
}

func TestTextOfACard(t *testing.T) {
	t.Parallel()
	w := newWriter()
	for _, c := range []struct {
		what   string
		change func(*event.Card)
		want   error
	}{
		{"C13 Cyrillic in a Latin name", func(c *event.Card) { c.Name = "H\u043est" }, event.ErrTextMixed},
		{"Greek in a Latin firm", func(c *event.Card) { c.Firm = "G\u03bfen" }, event.ErrTextMixed},
		{"Latin beside kanji", func(c *event.Card) { c.Name = "Emily カーター" }, nil},
		{"all Cyrillic", func(c *event.Card) { c.Name = "\u0418\u0432\u0430\u043d" }, nil},
		{"C07 CRLF in a name", func(c *event.Card) { c.Name = "佐藤\r\n由美" }, event.ErrTextInvalid},
		{"no name", func(c *event.Card) { c.Name = " " }, event.ErrTextEmpty},
		{"name too long", func(c *event.Card) { c.Name = strings.Repeat("あ", 41) }, event.ErrTextTooLong},
		{"C19 topics equal after NFKC", func(c *event.Card) { c.Topics = []string{"AI", "ＡＩ"} }, event.ErrTopicsSame},
		{"three topics", func(c *event.Card) { c.Topics = []string{"a", "b", "c"} }, event.ErrTextTooLong},
		{"empty topic", func(c *event.Card) { c.Topics = []string{""} }, event.ErrTextEmpty},
		{"another trade", func(c *event.Card) { c.Trade = "host" }, event.ErrTrade},
		{"somebody's photo", func(c *event.Card) { c.Photo = strings.Repeat("a", 64) }, event.ErrPhoto},
		{"no photo name", func(c *event.Card) { c.Photo = "../x" }, event.ErrPhoto},
		{"kana of digits", func(c *event.Card) { c.Kana = "123" }, event.ErrKana},
		{"kana of kanji", func(c *event.Card) { c.Kana = "佐藤" }, event.ErrKana},
		{"mail without a dot", func(c *event.Card) { c.Mail = "x@example" }, event.ErrMail},
		{"mail with a header", func(c *event.Card) { c.Mail = "x@example.jp\r\nBcc: y@example.jp" }, event.ErrTextInvalid},
		{"two mails", func(c *event.Card) { c.Mail = "x@example.jp,y@example.jp" }, event.ErrMail},
		{"mail with a name", func(c *event.Card) { c.Mail = "x <x@example.jp>" }, event.ErrMail},
		{"phone of letters", func(c *event.Card) { c.Phone = "call me" }, event.ErrPhone},
		{"short phone", func(c *event.Card) { c.Phone = "110" }, event.ErrPhone},
		{"I01 script", func(c *event.Card) { c.Homepage = "javascript:alert(1)" }, event.ErrHomepage},
		{"I03 local address", func(c *event.Card) { c.Homepage = "http://127.0.0.1:27017/" }, event.ErrHomepage},
		{"I03 without port", func(c *event.Card) { c.Homepage = "http://127.0.0.1/" }, event.ErrHomepage},
		{"IPv6", func(c *event.Card) { c.Homepage = "http://[::1]/" }, event.ErrHomepage},
		{"localhost", func(c *event.Card) { c.Homepage = "http://localhost/" }, event.ErrHomepage},
		{"I05 password", func(c *event.Card) { c.Homepage = "https://user:pw@example.jp/" }, event.ErrHomepage},
		{"I07 long", func(c *event.Card) { c.Homepage = "https://example.jp/" + strings.Repeat("a", 2030) }, event.ErrTextTooLong},
	} {
		if _, err := w.card(c.change); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	// How words are kept; the command itself stays as it came, for its op is
	// told by its words.
	topics := []string{" ＡＩ "}
	kept, err := w.card(func(c *event.Card) {
		c.Topics = topics
		c.Name, c.Kana, c.Firm, c.Phone = " か\u3099く ", "さとう ﾕﾐ", "ＡＢＣ株式会社", "０９０－１２３４－５６７８"
		c.Homepage = "example.jp"
	})
	if err != nil {
		t.Fatal(err)
	}
	if topics[0] != " ＡＩ " || kept.Topics[0] != "ＡＩ" {
		t.Errorf("topics: %q in the command, %q kept", topics, kept.Topics)
	}
	for got, want := range map[string]string{
		kept.Name: "がく", kept.Kana: "サトウ ユミ", kept.Firm: "ＡＢＣ株式会社", kept.Phone: "090-1234-5678", kept.Homepage: "https://example.jp",
	} {
		if got != want {
			t.Errorf("%q is kept, want %q", got, want)
		}
	}
}

// Whatever is typed: no panic, and what was accepted once is accepted again
// and kept as it is.
func TestTextIsStable(t *testing.T) {
	t.Parallel()
	w := newWriter()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		_ = w.need(text)
		_ = w.entry(func(e *event.EntryWords) { e.Offers, e.Label = text, text })
		set := func(c *event.Card) { c.Name, c.Line, c.Kana, c.Phone, c.Mail, c.Homepage = text, text, "", "", "", "" }
		once, err := w.card(set)
		if err != nil {
			return
		}
		twice, err := w.card(func(c *event.Card) { *c = once })
		if err != nil || twice.Name != once.Name || twice.Line != once.Line {
			t.Fatalf("%q is kept as %q, and then as %q: %v", text, once.Name, twice.Name, err)
		}
	})
}
