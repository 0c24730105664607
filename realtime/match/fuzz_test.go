package match

import (
	"math"
	"strings"
	"testing"
)

// Any two texts: no panic, the same answer twice, quotes verbatim.
func FuzzJudge(f *testing.F) {
	f.Add("従業員３０名前後の製造業の社長", "船橋市周辺", "相続税申告。税理士を募集", "紹介不可")
	f.Add("ﾎｰﾑﾍﾟｰｼﾞ\xff制作、Web会社ではなく", "オンライン", "Web制作", "個人は受けない")
	f.Add("社員10～20名が", "a", "e\u0301quipe 司会", "法人のみ")
	f.Fuzz(func(t *testing.T, who, area, offers, note string) {
		n := Need{ID: "n", By: "a", Who: who, Area: area, Why: note}
		e := Entry{ID: "e", Owner: "b", Trade: "manufacturing", Area: area, Size: "30-99", Offers: offers, Note: note}
		l := lexiconOf()
		a, k := readNeed(l, n), readEntry(l, e)
		one, two := judge(l, a, k), judge(l, readNeed(l, n), readEntry(l, e))
		if one.score != two.score || one.hit != two.hit || math.IsNaN(one.score) {
			t.Fatalf("%v and %v", one, two)
		}
		for _, r := range one.reasons(a) {
			if !strings.Contains(who, r.Words) && !strings.Contains(area, r.Words) && !strings.Contains(note, r.Words) {
				t.Fatalf("%q is not in the need", r.Words)
			}
		}
	})
}
