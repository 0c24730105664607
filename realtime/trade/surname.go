package trade

import "strings"

// honorifics follow a name; 社長 and 先生 also follow a trade.
func honorifics() []string {
	return []string{"さま", "様", "さん", "氏", "社長", "先生", "くん", "君", "ちゃん", "会長", "専務", "部長", "課長", "店長", "院長"}
}

// NameLike says whether a text names somebody: a common surname of
// data/surnames.tsv directly before 様, さん, 社長 or the like, which is not the
// end of a longer word (大工さん, 林業の社長さん).
func NameLike(text string) bool {
	f := Fold(text)
	for i := range f.Runes {
		rest := string(f.Runes[i:min(len(f.Runes), i+3)])
		for _, h := range honorifics() {
			if strings.HasPrefix(rest, h) && namedBefore(f.Runes, i) {
				return true
			}
		}
	}
	return false
}

// notGiven are runes that close a place or a calling and no given name:
// 川口市さん, 上野 税理士さん, 千葉 塗装屋さん.
const notGiven = "都道府県市区町村駅店士師屋業者員家工職会社場院園所様方"

// namedBefore says whether a surname stands as a whole word right before i,
// possibly with one space, or with a given name of one to three runes after a
// space (鈴木 花子様).
func namedBefore(text []rune, i int) bool {
	end := i
	if end > 0 && text[end-1] == ' ' {
		end--
	}
	if wholeSurname(text, end) {
		return true
	}
	if end > 0 && strings.ContainsRune(notGiven, text[end-1]) {
		return false
	}
	for n := 1; n <= 4 && end-n > 1; n++ {
		if text[end-n-1] == ' ' {
			return wholeSurname(text, end-n-1)
		}
		if !kanji(text[end-n]) && !kana(text[end-n]) {
			return false
		}
	}
	// 鈴木花子様: surname of two, given name of one or two, all kanji
	for n := 1; n <= 2 && end-n >= 2; n++ {
		if !kanji(text[end-n]) {
			return false
		}
		if isSurname(text, end-n-2, end-n) && boundary(text, end-n-2) && !excepted(text, end) {
			return true
		}
	}
	return false
}

// wholeSurname says whether a surname ends at end and starts where a word may
// start: not right after another kanji.
func wholeSurname(text []rune, end int) bool {
	if excepted(text, end) {
		return false
	}
	for n := 3; n >= 1; n-- {
		if isSurname(text, end-n, end) && boundary(text, end-n) {
			return true
		}
	}
	return false
}

func isSurname(text []rune, i, j int) bool {
	return i >= 0 && loaded().surnames[string(text[i:j])]
}

func boundary(text []rune, i int) bool { return i <= 0 || !kanji(text[i-1]) || text[i-1] == '様' }

// excepted are words that end like a surname and are nobody's name.
func excepted(text []rune, end int) bool {
	before := string(text[max(0, end-6):end])
	for _, word := range loaded().notPeople {
		if strings.HasSuffix(before, word) {
			return true
		}
	}
	return false
}

func kanji(r rune) bool { return r >= 0x4e00 && r <= 0x9fff || r == '々' || r == 'ヶ' }

func kana(r rune) bool { return r >= 'ぁ' && r <= 'ゖ' || katakana(r) }
