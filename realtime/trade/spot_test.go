package trade

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSpot(t *testing.T) {
	for text, want := range map[string][]ID{
		"従業員30名前後の製造業の社長":                          {"manufacturing"},
		"a tax accountant in Chiba":                {"zeirishi"},
		"建設業に強い税理士さん":                              {"construction", "zeirishi"},
		"建設業許可を取りたい工務店":                            {"construction"},
		"不動産鑑定士":                                   {"kanteishi"},
		"土地家屋調査士の先生":                               {"chosashi"},
		"ｼｽﾃﾑ開発の会社":                                {"system"},
		"Ｗｅｂ制作":                                    {"web"},
		"カーペットの張替え":                                nil,
		"ペットの火葬":                                   {"pet"},
		"社労士か税理士":                                  {"sharoshi", "zeirishi"},
		"大学の同級生":                                   nil,
		"The newly opened shop needs a plumber":    {"plumbing"},
		"looking for translators and interpreters": {"translation"},
		"": nil,
	} {
		var got []ID
		for _, tr := range Spot(text) {
			got = append(got, tr.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestSpotAreas(t *testing.T) {
	for text, want := range map[string][]string{
		"船橋":               {"chiba-funabashi"},
		"船橋市周辺":            {"chiba-funabashi"},
		"都内ならどこでも":         {"tokyo"},
		"東京都新宿区":           {"tokyo", "tokyo-shinjuku"},
		"関東":               {"kanto"},
		"全国対応、オンライン可":      {"nationwide", "online"},
		"千葉さんの紹介":          nil,
		"千葉":               {"chiba"},
		"千葉市中央区":           {"chiba-chiba"},
		"中央区":              {"tokyo-chuo"},
		"京都":               {"kyoto"},
		"Minato-ku, Tokyo": {"tokyo-minato", "tokyo"},
		"横浜でも大阪でも":         {"kanagawa-yokohama", "osaka"},
		"中国から輸入":           nil,
	} {
		var got []string
		for _, a := range SpotAreas(text) {
			got = append(got, a.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if Prefecture("chiba-funabashi") != "chiba" || Region("chiba-funabashi") != "kanto" || Prefecture("kanto") != "" || Region("online") != "" || Region("nowhere") != "" {
		t.Error("parents")
	}
}

func FuzzSpot(f *testing.F) {
	for _, s := range []string{"ﾌﾟﾗｽﾁｯｸ成形の会社、㈱", "A\xffb 税理士", "é船橋́市", "カ゛ラス屋"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded := Fold(text)
		if len(folded.start) != len(folded.Runes) || len(folded.end) != len(folded.Runes) {
			t.Fatal("lengths differ")
		}
		for _, m := range Mentions(folded) {
			quote := text[m.Start:m.End]
			if quote == "" || !strings.Contains(text, quote) {
				t.Fatalf("%q: mention %v", text, m)
			}
			if utf8.ValidString(text) && !utf8.ValidString(quote) {
				t.Fatalf("%q: %q is cut inside a rune", text, quote)
			}
		}
		for _, m := range AreaMentions(folded) {
			if m.Start < 0 || m.End > len(text) || m.Start >= m.End {
				t.Fatalf("%q: area %v", text, m)
			}
		}
		NameLike(text)
	})
}
