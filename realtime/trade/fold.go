package trade

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Folded is a text made comparable: NFKC (full width to half, half-width kana
// to full), lower case, every kind of space one space. It remembers where each
// rune came from, so that a find can be quoted verbatim.
type Folded struct {
	Runes      []rune
	source     string
	start, end []int
}

// Fold makes a text comparable. Katakana stay katakana: in running text ペット
// and べっと differ; Search folds further.
func Fold(text string) Folded {
	f := Folded{source: text}
	var it norm.Iter
	it.InitString(norm.NFKC, text)
	for !it.Done() {
		from := it.Pos()
		segment := it.Next()
		to := it.Pos()
		for _, r := range string(segment) {
			f.Runes = append(f.Runes, foldRune(r))
			f.start = append(f.start, from)
			f.end = append(f.end, to)
		}
	}
	return f
}

func foldRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == '‐' || r == '‑' || r == '–' || r == '—' || r == '−':
		return '-'
	case r == '’':
		return '\''
	}
	return unicode.ToLower(r)
}

// Text is the folded text as a string.
func (f Folded) Text() string { return string(f.Runes) }

// Bytes turns runes [i,j) of the folded text into bytes [from,to) of the
// source. An empty or impossible range gives 0, 0.
func (f Folded) Bytes(i, j int) (from, to int) {
	if i < 0 || j > len(f.Runes) || i >= j {
		return 0, 0
	}
	return f.start[i], f.end[j-1]
}

// Quote returns the source text behind runes [i,j), verbatim.
func (f Folded) Quote(i, j int) string {
	from, to := f.Bytes(i, j)
	return f.source[from:to]
}

// key folds for searching: kana all hiragana, no spaces, dots or hyphens.
func key(text string) string {
	var out []rune
	for _, r := range Fold(text).Runes {
		switch {
		case r == ' ' || r == '・' || r == '-' || r == '/' || r == '\'':
		case r >= 'ァ' && r <= 'ヶ':
			out = append(out, r-'ァ'+'ぁ')
		default:
			out = append(out, r)
		}
	}
	return string(out)
}
