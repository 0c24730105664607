package cards

import (
	"bytes"
	"io"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-vcard"
)

// Fields of vCard 3.0 that go-vcard, written for 4.0, has no name for. iPhone
// and Android read the reading of a Japanese name from the first two; SORT-STRING
// (RFC 2426, 3.6.5) is for address books that know neither.
const (
	fieldPhoneticLast  = "X-PHONETIC-LAST-NAME"
	fieldPhoneticFirst = "X-PHONETIC-FIRST-NAME"
	fieldSortString    = "SORT-STRING"
)

// Stand-ins for characters that must not go through the escaping of go-vcard,
// which writes no "\;" (RFC 2426 wants it in every text) and writes "\," in a
// URL (which is no text). plain leaves no control characters, so these two
// cannot come from outside.
const (
	textSemicolon = "\x1f"
	uriComma      = "\x1e"
)

// maxLine is the longest line in octets without its CRLF (RFC 2426, 2.6).
const maxLine = 75

// VCard writes one vCard 3.0 per row to w, UTF-8 with CRLF, lines folded at 75
// octets between characters; no rows write nothing. lang "en" gives English
// labels in the NOTE, anything else Japanese ones. The error is that of w.
//
// A phone shows only the first card of a file opened from a link, so pass one
// row there. A Homepage that is no http or https URL is text in the NOTE.
func VCard(w io.Writer, lang string, rows ...Contact) error {
	t := wordsIn(lang)
	for _, c := range rows {
		var b bytes.Buffer
		if err := vcard.NewEncoder(&b).Encode(t.card(c)); err != nil {
			return err
		}
		s := strings.NewReplacer(textSemicolon, `\;`, uriComma, ",").Replace(b.String())
		if _, err := io.WriteString(w, fold(s)); err != nil {
			return err
		}
	}
	return nil
}

// card maps a contact to fields. go-vcard puts VERSION first and the others in
// alphabetical order.
func (t *words) card(c Contact) vcard.Card {
	card := make(vcard.Card)
	card.SetValue(vcard.FieldVersion, "3.0")

	name, kana := oneLine(c.Name), oneLine(c.Kana)
	// FN and N must be there (RFC 2426, 3.1), whatever is missing.
	shown := t.nobody
	for _, s := range []string{c.Mail, c.Firm, c.Name} {
		if s = oneLine(s); s != "" {
			shown = s
		}
	}
	card.SetValue(vcard.FieldFormattedName, text(shown))
	parts := splitter(name)
	family, given := parts(name)
	card.SetValue(vcard.FieldName, text(family)+";"+text(given)+";;;")
	if kana != "" {
		last, first := parts(kana)
		set(card, fieldPhoneticLast, last, nil)
		set(card, fieldPhoneticFirst, first, nil)
		// The whole reading: Android takes it for the reading where it finds no
		// other. Without kana there is nothing to add to N.
		set(card, fieldSortString, kana, nil)
	}

	set(card, vcard.FieldOrganization, oneLine(c.Firm), nil)
	set(card, vcard.FieldTitle, oneLine(c.Trade), nil)
	set(card, vcard.FieldEmail, oneLine(c.Mail), vcard.Params{vcard.ParamType: {"INTERNET"}})
	set(card, vcard.FieldTelephone, oneLine(c.Phone), vcard.Params{vcard.ParamType: {"WORK", "VOICE"}})
	set(card, vcard.FieldUID, oneLine(c.UID), nil)
	if !c.At.IsZero() {
		card.SetValue(vcard.FieldRevision, c.At.UTC().Format("2006-01-02T15:04:05Z"))
	}

	var note []string
	add := func(label, s string) {
		if s != "" {
			note = append(note, label+s)
		}
	}
	label := func(col int) string { return t.columns[col] + t.colon }
	add("", oneLine(c.Line))
	home := oneLine(c.Homepage)
	if linkable(home) {
		card.SetValue(vcard.FieldURL, strings.ReplaceAll(home, ",", uriComma))
	} else {
		add(label(colHomepage), home)
	}
	add(label(colMet), oneLine(t.met(c)))
	add(label(colIntroducer), oneLine(c.Introducer))
	if oneLine(c.Mail) != "" {
		add(t.newsLabel+t.colon, t.news(c.NewsOK))
	}
	add("", strings.ReplaceAll(strings.TrimSpace(plain(c.Note)), "\t", " "))
	set(card, vcard.FieldNote, strings.Join(note, "\n"), nil)
	return card
}

// set gives the card a field of text, or none if s is empty.
func set(card vcard.Card, key, s string, params vcard.Params) {
	if s != "" {
		card.Set(key, &vcard.Field{Value: text(s), Params: params})
	}
}

// text prepares a value of type text for go-vcard, which escapes the rest.
func text(s string) string {
	return strings.ReplaceAll(s, ";", textSemicolon)
}

// splitter returns the cut into family and given name that fits name, and that
// fits its reading too, since both are written in the same order. East Asian
// names begin with the family name and stay whole without a space; in others
// the last word is the family name, and a single word is a given name.
func splitter(name string) func(string) (family, given string) {
	switch eastern := strings.ContainsFunc(name, isEastern); {
	case !eastern && strings.Contains(name, " "):
		return func(s string) (string, string) {
			i := strings.LastIndexByte(s, ' ')
			if i < 0 {
				return "", s
			}
			return s[i+1:], s[:i]
		}
	case !eastern && name != "":
		return func(s string) (string, string) { return "", s }
	case strings.Contains(name, " "):
		return func(s string) (string, string) {
			family, given, _ := strings.Cut(s, " ")
			return family, given
		}
	default:
		return func(s string) (string, string) { return s, "" }
	}
}

func isEastern(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo)
}

// linkable reports whether s can stand as a URL value as it is.
func linkable(s string) bool {
	if strings.ContainsAny(s, " \\\"<>") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// fold breaks lines longer than maxLine as RFC 2426 asks: CRLF and one space,
// which counts, and never inside a character, because readers join octets only
// after they decoded them.
func fold(s string) string {
	var b strings.Builder
	for line := range strings.SplitAfterSeq(s, "\r\n") {
		for room := maxLine; len(strings.TrimSuffix(line, "\r\n")) > room; room = maxLine - 1 {
			cut := room
			// Nor after a backslash, while there is another place: not every
			// reader joins lines before it reads escapes.
			for !utf8.RuneStart(line[cut]) || line[cut-1] == '\\' && cut > room/2 {
				cut--
			}
			b.WriteString(line[:cut] + "\r\n ")
			line = line[cut:]
		}
		b.WriteString(line)
	}
	return b.String()
}
