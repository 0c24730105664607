package match

import (
	"unicode"

	"goen/realtime/trade"
)

// text is what somebody wrote, made comparable: trade.Fold, and besides no
// blanks beside Japanese, no middle dots, one kind of small ケ and of the wave.
// It remembers where each rune came from, so that a find is quoted verbatim.
type text struct {
	folded   trade.Folded
	runes    []rune
	at       []int  // index into folded.Runes
	sentence []int  // which sentence a rune stands in
	clause   []int  // which part of a sentence: between commas
	aside    []bool // in brackets
}

// read makes a text comparable.
func read(source string) *text {
	f := trade.Fold(source)
	t := &text{folded: f}
	sentence, clause, depth := 0, 0, 0
	for i, r := range f.Runes {
		switch {
		case r == ' ' && (i == 0 || i+1 == len(f.Runes) || japanese(f.Runes[i-1]) || japanese(f.Runes[i+1])):
			continue
		case r == '・' && i > 0 && i+1 < len(f.Runes) && isKatakana(f.Runes[i-1]) && isKatakana(f.Runes[i+1]):
			continue
		case r == 'ヶ':
			r = 'ケ'
		case r == '〜':
			r = '~'
		}
		t.runes = append(t.runes, r)
		t.at = append(t.at, i)
		t.sentence = append(t.sentence, sentence)
		t.clause = append(t.clause, clause)
		if r == '(' {
			depth++
		}
		t.aside = append(t.aside, depth > 0)
		if r == ')' {
			depth = max(0, depth-1)
		}
		switch r {
		case '。', '!', '?', '\n', '．', '｡':
			sentence++
			clause++
		case '.', ';':
			if i+1 == len(f.Runes) || f.Runes[i+1] == ' ' {
				sentence++
			}
			clause++
		case '、', ',', '，', '/':
			clause++
		}
	}
	return t
}

// String is the comparable text.
func (t *text) String() string { return string(t.runes) }

// quote is the source behind runes [i,j), verbatim.
func (t *text) quote(i, j int) string {
	if i < 0 || j > len(t.at) || i >= j {
		return ""
	}
	return t.folded.Quote(t.at[i], t.at[j-1]+1)
}

// from is the first rune of the text that came from rune i of the folded text
// or later.
func (t *text) from(i int) int {
	lo, hi := 0, len(t.at)
	for lo < hi {
		mid := (lo + hi) / 2
		if t.at[mid] < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func japanese(r rune) bool {
	return unicode.Is(unicode.Han, r) || isKatakana(r) || isHiragana(r) || r >= 0x3000 && r <= 0x303f
}

func isKatakana(r rune) bool { return r >= 'ァ' && r <= 'ヺ' || r == 'ー' }

func isHiragana(r rune) bool { return r >= 'ぁ' && r <= 'ゖ' }

func isLatinLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
