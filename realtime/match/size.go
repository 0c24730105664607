package match

import (
	"math"
	"regexp"
	"strconv"
	"sync"

	"goen/realtime/trade"
)

// span is a number of people employed, from lo to hi; zero when unknown.
type span struct {
	lo, hi int
	words  string
}

// many stands for no upper bound.
const many = math.MaxInt32

// band reads an entry's size.
func band(size string) span {
	switch size {
	case "1":
		return span{lo: 1, hi: 1}
	case "2-9":
		return span{lo: 2, hi: 9}
	case "10-29":
		return span{lo: 10, hi: 29}
	case "30-99":
		return span{lo: 30, hi: 99}
	case "100+":
		return span{lo: 100, hi: many}
	}
	return span{}
}

var sizePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:従業員|社員|スタッフ|職員)(?:数)?(?:が|は|:)? ?([0-9]{1,5})(?:[~〜\-～]([0-9]{1,5}))?(?:名|人)? ?(前後|くらい|ぐらい|程度|ほど|規模|以上|以下|未満|クラス|位)?` +
		`|\b([0-9]{1,5})(?:[~〜\-～]([0-9]{1,5}))?(?:名|人) ?(前後|程度|規模|以上|以下|未満|クラス)` +
		`|(?:about |around |some )?([0-9]{1,5})(?:-([0-9]{1,5}))? (employees|staff|people|-person)`)
})

// spotSize reads how many people somebody wants a firm to employ:
// 従業員30名前後, 50人以上, "about 30 employees".
func spotSize(text string) span {
	f := trade.Fold(text)
	folded := f.Text()
	m := sizePattern().FindStringSubmatchIndex(folded)
	if m == nil {
		return span{}
	}
	group := func(n int) string {
		if m[2*n] < 0 {
			return ""
		}
		return folded[m[2*n]:m[2*n+1]]
	}
	from, to := len([]rune(folded[:m[0]])), len([]rune(folded[:m[1]]))
	for first := 1; first <= 7; first += 3 {
		n, err := strconv.Atoi(group(first))
		if err != nil || n == 0 {
			continue
		}
		s := span{lo: n, hi: n, words: f.Quote(from, to)}
		if up, err := strconv.Atoi(group(first + 1)); err == nil && up >= n {
			s.hi = up
		}
		switch group(first + 2) {
		case "以上":
			s.hi = many
		case "以下", "未満":
			s.lo = 1
		}
		return s
	}
	return span{}
}

// against compares what is asked for with what somebody has: +1 they meet,
// 0 one is unknown or they are neighbours, -1 they contradict.
func (s span) against(has span) int {
	switch {
	case s.lo == 0 || has.lo == 0:
		return 0
	case s.lo <= has.hi && has.lo <= s.hi:
		return +1
	case s.lo*2/3 <= has.hi && (s.hi == many || has.lo <= s.hi*3/2):
		return 0
	}
	return -1
}
