package match

import (
	"strings"
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
	end      []int  // and where what it stands for ends
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
		case i > 0 && isHiragana(r) && inner(f.Runes, i):
			t.end[len(t.end)-1] = i + 1
			continue
		}
		t.runes = append(t.runes, r)
		t.at, t.end = append(t.at, i), append(t.end, i+1)
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

// inner says whether rune i stands inside a word that is written with it and
// without it: 取り付け, 取付け.
func inner(text []rune, i int) bool {
	if i+1 >= len(text) || runeKind(text[i-1]) != kanji || runeKind(text[i+1]) != kanji {
		return false
	}
	return strings.Contains(innerKana, " "+string(text[i-1:i+2])+" ")
}

const innerKana = ` 取り付 取り替 取り換 取り壊 取り扱 取り組 取り引 取り消 取り寄 取り外 取り立 取り次 取り締 引っ越 引き取 引き継 引き落 引き出 引き上 引き下 引き渡 引き受 ` +
	`打ち合 打ち切 打ち込 買い取 買い替 買い換 買い物 買い付 買い手 買い掛 売り上 売り手 売り出 売り込 売り切 売り掛 申し込 申し立 申し出 貸し切 貸し出 貸し付 ` +
	`借り換 借り入 借り手 借り上 受け付 受け入 受け取 受け渡 受け継 受け持 振り込 振り替 振り袖 立ち上 立ち会 立ち退 立ち入 切り替 切り取 切り離 張り替 貼り替 貼り付 ` +
	`塗り替 塗り直 建て替 建て直 建て売 建て増 組み立 組み合 組み込 乗り換 乗り入 入れ替 書き換 書き起 積み立 積み込 積み下 葺き替 繰り越 繰り上 差し押 差し止 割り引 割り当 ` +
	`持ち込 持ち帰 持ち家 持ち株 呼び込 呼び出 送り迎 問い合 聞き取 読み取 炊き出 焼き付 染み抜 汲み取 吹き付 吹き抜 巻き取 払い戻 払い込 折り込 折り畳 盛り付 作り置 作り直 ` +
	`締め切 住み込 落ち着 空き家 空き地 空き室 空き巣 請け負 植え替 植え込 生け花 詰め替 詰め込 埋め立 据え付 備え付 掛け金 飲み会 付き添 付き合 成り済 切り盛 買い叩 `

// String is the comparable text.
func (t *text) String() string { return string(t.runes) }

// quote is the source behind runes [i,j), verbatim.
func (t *text) quote(i, j int) string {
	if i < 0 || j > len(t.at) || i >= j {
		return ""
	}
	return t.folded.Quote(t.at[i], t.end[j-1])
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
