package match

import (
	"slices"
	"strings"
	"testing"

	"goen/realtime/trade"
)

// Of most acquaintances nothing but the trade is tapped (トントン入力). They are
// suggested for what is wholly their work, or asked for by name.
func TestTappedTrades(t *testing.T) {
	t.Parallel()
	for who, want := range map[string]string{
		"就業規則を見てくれる方":           "sharoshi",
		"就業規則に詳しい社労士さん":         "sharoshi",
		"助成金に詳しい方":              "sharoshi",
		"補助金の申請を手伝ってくれる方":       "gyoseishoshi shindanshi",
		"雨漏りを直してくれる方":           "roofing",
		"会社の登記をお願いできる方":         "shihoshoshi",
		"外壁塗装をしてくれるところ":         "painting",
		"確定申告をお願いしたい":           "zeirishi",
		"従業員の採用で困っている":          "recruit",
		"看板を作れる方":               "signage",
		"引っ越しを手伝ってくれる方":         "moving",
		"特許を取りたい":               "benrishi",
		"飲食店の事業承継":              "mna shindanshi",
		"建設業許可を取りたい工務店":         "construction",
		"税理士以外で相談できる方":          "",
		"何か面白いことをしている方":         "",
		"Somebody for a patent": "benrishi",
	} {
		x := New()
		for _, tr := range trade.All() {
			x.PutEntry(Entry{ID: string(tr.ID), Owner: string(tr.ID), Trade: tr.ID, Area: "船橋市"})
		}
		var got []string
		for _, h := range x.PutNeed(Need{ID: "n", By: "a", Who: who}) {
			got = append(got, h.Entry)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", who, got, want)
		}
	}
	// What they say of themselves, their area or a warning goes before.
	x := New()
	x.PutEntry(Entry{ID: "far", Owner: "a", Trade: "roofing", Area: "大阪市"})
	x.PutEntry(Entry{ID: "never", Owner: "b", Trade: "roofing", Area: "船橋市", Note: "今は引退している"})
	x.PutEntry(Entry{ID: "near", Owner: "c", Trade: "roofing", Area: "市川市"})
	hits := x.PutNeed(Need{ID: "n", By: "z", Who: "雨漏りを直してくれる方", Area: "船橋市"})
	if len(hits) != 1 || hits[0].Entry != "near" {
		t.Errorf("a roof in Funabashi: %+v", hits)
	}
}
