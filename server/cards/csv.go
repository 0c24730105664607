package cards

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// byteOrderMark tells Excel that the file is UTF-8; without it Excel in Japan
// reads Shift_JIS.
const byteOrderMark = "\uFEFF"

// CSV writes a header and one line per row to w, as RFC 4180 with a UTF-8 byte
// order mark: comma, CRLF after each line, LF inside a quoted cell (which is
// what Excel itself writes). lang "en" gives English headers, anything else
// Japanese ones. The error is that of w.
//
// No cell begins with a formula sign; see guard. Dates are 2027-01-21.
func CSV(w io.Writer, lang string, rows []Contact) error {
	t := wordsIn(lang)
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	if err := writeRow(w, t.columns); err != nil {
		return err
	}
	for _, c := range rows {
		cells := []string{
			colName:       c.Name,
			colKana:       c.Kana,
			colFirm:       c.Firm,
			colTrade:      c.Trade,
			colLine:       c.Line,
			colHomepage:   c.Homepage,
			colMail:       c.Mail,
			colPhone:      c.Phone,
			colNews:       t.news(c.NewsOK),
			colMet:        t.met(c),
			colIntroducer: c.Introducer,
			colAt:         "",
		}
		if !c.At.IsZero() {
			cells[colAt] = c.At.Format("2006-01-02")
		}
		for i, cell := range cells {
			cells[i] = guard(plain(cell))
		}
		cells[colPhone] = guardDigits(cells[colPhone])
		if err := writeRow(w, cells); err != nil {
			return err
		}
	}
	return nil
}

// writeRow ends the line with CRLF and leaves LF inside cells alone, which
// csv.Writer.UseCRLF would not.
func writeRow(w io.Writer, cells []string) error {
	var line bytes.Buffer
	enc := csv.NewWriter(&line)
	if err := enc.Write(cells); err != nil {
		return err
	}
	enc.Flush()
	line.Truncate(line.Len() - 1)
	line.WriteString("\r\n")
	_, err := w.Write(line.Bytes())
	return err
}

// guard puts an apostrophe before a cell that a spreadsheet could take for a
// formula: one whose first visible character is = + - @ in any width, or that
// begins with a tab or a line break. A number like +81-3-1234-5678 is such a
// cell too (Excel would compute it), and "-2" as well; nothing else is lost, so
// a program that reads the file back strips one leading apostrophe.
//
// Where Excel separates lists by semicolons (Germany, France) it cuts our cells
// at each semicolon and line break, whatever the quotes say, and a formula
// could wait behind one. There the apostrophe stands before = and @, but
// before + and - only if a call, a sheet or a DDE link follows, so that ";-)"
// and "- item" stay as they were written.
func guard(s string) string {
	var b strings.Builder
	blanks := s[:len(s)-len(strings.TrimLeftFunc(s, invisible))]
	if firstSign(s) != 0 || strings.ContainsAny(blanks, "\t\n") {
		b.WriteByte('\'')
	}
	for {
		cut := strings.IndexAny(s, listBreaks) + 1
		if cut == 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:cut])
		s = s[cut:]
		piece := s
		if end := strings.IndexAny(s, listBreaks); end >= 0 {
			piece = s[:end]
		}
		sign := firstSign(piece)
		if sign == '=' || sign == '@' || sign != 0 && strings.ContainsAny(piece, "(|!（｜！") {
			b.WriteByte('\'')
		}
	}
}

// listBreaks are the characters behind which a reader that takes our commas
// for text could begin a new cell.
const listBreaks = ";\n\t"

// firstSign is '=', '+', '-' or '@' if that, in any width, is the first visible
// character of s, otherwise 0. It looks past quotation marks, which a reader
// may drop as the start of a quoted cell.
func firstSign(s string) rune {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return r == '"' || invisible(r) })
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '＝', '﹦':
		return '='
	case '+', '＋', '﹢':
		return '+'
	case '-', '－', '﹣', '−': // the last is U+2212, which Shift_JIS readers take for －
		return '-'
	case '@', '＠', '﹫':
		return '@'
	}
	return 0
}

// invisible reports whether a program or a person may overlook r: white space,
// format characters (zero-width ones, marks of direction, U+FEFF), fillers.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || r == '\u2800' ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// guardDigits keeps the first zero of a telephone number that is digits only:
// Excel would read 0312345678 as a number and drop it.
func guardDigits(phone string) string {
	if strings.HasPrefix(phone, "0") && strings.Trim(phone, "0123456789") == "" {
		return "'" + phone
	}
	return phone
}
