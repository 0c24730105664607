// Package cards writes the people a reader may contact as files for other
// programs: one CSV table for a spreadsheet, vCard 3.0 for an address book.
//
// It knows nothing of sight and consent. Whoever calls it has already decided
// that the reader may have each row and each field of it; an empty field is a
// field that the reader does not get, and is left out without an error.
//
// Everything in a Contact was typed by somebody, and the file is opened by
// programs that run what they read. So a cell never begins with a sign that
// starts a formula, a card never contains a line that starts or ends another
// card, and a file name never leaves its folder.
package cards

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Contact is one row: somebody the reader is entitled to contact. Strings are
// UTF-8 of any length; bytes that are not become U+FFFD, and control
// characters other than line breaks and tabs are dropped on the way out.
type Contact struct {
	Name     string // as the person writes it; family name first if it has Chinese, Japanese or Korean letters
	Kana     string // reading of Name (フリガナ), its parts in the order of Name
	Firm     string // company or 屋号; empty if none
	Trade    string // 業種; the TITLE of a vCard
	Line     string // ひとこと, one line about what the person does
	Homepage string // absolute http or https URL
	Mail     string
	Phone    string
	Card     bool   // stood in the same room (a face card) rather than introduced
	NewsOK   bool   // 案内メール可: may be sent announcements
	Met      string // how we met, in the reader's language ("第12回 船橋ご縁交流会 2027-01-21")
	// Introducer is the name of who introduced the two, empty after a face card.
	Introducer string
	Note       string    // the reader's own words; in the vCard only
	At         time.Time // since when; its day is taken in its own location, zero is left out
	UID        string    // stable id of the vCard, so that a second import can update; empty is left out
}

// words are the texts of one language.
type words struct {
	columns            []string
	newsLabel          string // the heading of colNews without its explanation
	yes, no            string
	inRoom, introduced string
	colon              string
	nobody             string
}

// Indexes into words.columns, the order of the CSV columns.
const (
	colName = iota
	colKana
	colFirm
	colTrade
	colLine
	colHomepage
	colMail
	colPhone
	colNews
	colMet
	colIntroducer
	colAt
)

var japanese = words{
	columns: []string{"氏名", "フリガナ", "会社名・屋号", "業種", "ひとこと", "ホームページ",
		"メール", "電話", "案内メール(可/不可)", "出会い", "紹介者", "日付"},
	newsLabel: "案内メール",
	yes:       "可", no: "不可",
	inRoom: "会場で名刺交換", introduced: "紹介",
	colon:  "：",
	nobody: "名前なし",
}

var english = words{
	columns: []string{"Name", "Furigana", "Company", "Trade", "In one line", "Homepage",
		"Email", "Phone", "News by email (yes/no)", "How we met", "Introduced by", "Date"},
	newsLabel: "News by email",
	yes:       "yes", no: "no",
	inRoom: "Met in the room", introduced: "Introduced",
	colon:  ": ",
	nobody: "No name",
}

// wordsIn chooses the texts for a language tag: English for "en" and its
// regions, Japanese for everything else.
func wordsIn(lang string) *words {
	if primary, _, _ := strings.Cut(strings.ToLower(lang), "-"); primary == "en" {
		return &english
	}
	return &japanese
}

func (w *words) news(ok bool) string {
	if ok {
		return w.yes
	}
	return w.no
}

// met tells how the two met; without words from the caller only the kind.
func (w *words) met(c Contact) string {
	switch {
	case strings.TrimSpace(c.Met) != "":
		return c.Met
	case c.Card:
		return w.inRoom
	default:
		return w.introduced
	}
}

// plain makes s valid UTF-8 whose only control characters are \n and \t: every
// kind of line break becomes \n, the other controls disappear.
func plain(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\t':
			return r
		case '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
			return '\n'
		}
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// oneLine is plain on a single line: each run of white space, the full-width
// space included, becomes one space, and none is left at the ends.
func oneLine(s string) string {
	return strings.Join(strings.Fields(plain(s)), " ")
}
