package trade

import "testing"

func TestNameLike(t *testing.T) {
	for text, want := range map[string]bool{
		"お客様の鈴木様 090-1234-5678 が税理士を探しています": true,
		"鈴木社長":       true,
		"高橋さん":       true,
		"森さんに聞いた":    true,
		"林先生の紹介":     true,
		"田中 誠様":      true,
		"田中誠さん":      true,
		"佐々木さん":      true,
		"お客様の佐藤さん":   true,
		"友人の山本くん":    true,
		"渡辺ちゃん":      true,
		"取引先の小林部長":   true,
		"長谷川氏":       true,
		"伊藤 さん":      true,
		"うちの斎藤先生":    true,
		"ｱﾊﾟｰﾄの中村さん": true,
		"（加藤様）":      true,
		"井上院長":       true,
		"関さんの工場":     true,
		"町の清水さん":     true,
		"":           false,
		"町工場の社長さん":   false,
		"お医者さん":      false,
		"大工さん":       false,
		"林業の社長さん":    false,
		"農林社長":       false,
		"税理士さん":      false,
		"金融機関さん":     false,
		"お客様":        false,
		"社労士の先生":     false,
		"建設会社の社長":    false,
		"花屋さん":       false,
		"蔵元さん":       false,
		"ご主人様":       false,
		"皆さん":        false,
		"従業員30名前後の製造業の社長": false,
		"千葉の社長さん":         false,
		"旅館の女将さん":         false,
		"行政機関さん":          false,
		"大家さん":            false,
		"学校の先生":           false,
		"弟さん":             false,
		"森林組合の会長":         false,
		"鈴木という車":          false,
		"関東様式":            false,
		"神田の社長":           false,
		"上野 税理士さん":        false,
		"千葉県社長会":          false,
		"役所の課長":           false,
	} {
		if got := NameLike(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if n := len(loaded().surnames); n < 240 {
		t.Errorf("only %d surnames", n)
	}
}
