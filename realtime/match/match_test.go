package match

import (
	"strings"
	"testing"
)

// suggest puts one entry and then one need into a fresh index.
func suggest(n Need, e Entry) []Hit {
	x := New()
	n.ID, n.By, e.ID, e.Owner = "n1", "poster", "e1", "owner"
	x.PutEntry(e)
	return x.PutNeed(n)
}

// Scene 4 of the acceptance: 業種一致・同じ市・規模一致.
func TestOwnerIsToldWhy(t *testing.T) {
	n := Need{Who: "従業員30名前後の製造業の社長", Area: "船橋市周辺", Why: "就業規則の相談に乗れます"}
	e := Entry{Trade: "manufacturing", Area: "chiba-funabashi", Size: "30-99", Label: "ゴルフのTさん"}
	hits := suggest(n, e)
	if len(hits) != 1 {
		t.Fatalf("%d hits", len(hits))
	}
	want := []Reason{{ByTrade, "製造業"}, {ByCity, "船橋市"}, {BySize, "従業員30名前後"}}
	for i, r := range hits[0].Why {
		if i >= len(want) || r != want[i] {
			t.Fatalf("why %v, want %v", hits[0].Why, want)
		}
	}
	if len(hits[0].Why) != len(want) {
		t.Fatalf("why %v, want %v", hits[0].Why, want)
	}
	if got := suggest(n, Entry{Trade: "sharoshi", Area: "chiba-funabashi", Offers: "就業規則"}); got != nil {
		t.Errorf("the poster's own trade was suggested: %v", got)
	}
}

func TestSuggest(t *testing.T) {
	who := func(s string) Need { return Need{Who: s} }
	for _, c := range []struct {
		name string
		need Need
		have Entry
		want bool
	}{
		{"tapped trade", Need{Trade: "zeirishi"}, Entry{Trade: "zeirishi"}, true},
		{"written trade", who("税理士さんを探しています"), Entry{Trade: "zeirishi"}, true},
		{"abbreviation", who("社労士の先生"), Entry{Trade: "sharoshi"}, true},
		{"english", Need{Who: "a tax accountant in Chiba"}, Entry{Trade: "zeirishi", Area: "chiba-funabashi"}, true},
		{"other trade", who("税理士さんを探しています"), Entry{Trade: "sharoshi"}, false},
		{"head is last", who("建設業に強い税理士"), Entry{Trade: "construction"}, false},
		{"head is last, found", who("建設業に強い税理士"), Entry{Trade: "zeirishi"}, true},
		{"either of two", who("税理士か社労士の先生"), Entry{Trade: "sharoshi"}, true},
		{"a smaller kind", who("製造業の社長"), Entry{Trade: "metalwork"}, true},
		{"not the larger kind", who("町工場の社長"), Entry{Trade: "manufacturing"}, false},
		{"permit of a trade", who("建設業許可を取りたい工務店"), Entry{Trade: "construction"}, true},
		{"who asks is not wanted", who("飲食店が税理士を探しています"), Entry{Trade: "restaurant"}, false},
		{"situation and speciality", who("トイレの水が漏れて困っています"), Entry{Trade: "plumbing", Offers: "水漏れ修理"}, true},
		{"right trade, other speciality", who("離婚の相談ができる弁護士"), Entry{Trade: "bengoshi", Offers: "企業法務、契約書"}, false},
		{"right trade, same speciality", who("離婚の相談ができる弁護士"), Entry{Trade: "bengoshi", Offers: "離婚、相続"}, true},
		{"助成金 is not 補助金", who("雇用の助成金に詳しい方"), Entry{Trade: "shindanshi", Offers: "補助金申請"}, false},
		{"negation", who("税理士ではなく社労士の先生"), Entry{Trade: "zeirishi"}, false},
		{"negation, the other", who("税理士ではなく社労士の先生"), Entry{Trade: "sharoshi"}, true},
		{"demand side", who("税理士を探しています"), Entry{Trade: "dental", Offers: "税理士を変えたい"}, false},
		{"seeks is no offer", who("税理士を探しています"), Entry{Trade: "dental", Seeks: "税理士"}, false},
		{"note: not to be introduced", who("税理士の先生"), Entry{Trade: "zeirishi", Note: "紹介不可"}, false},
		{"note: retired", who("税理士の先生"), Entry{Trade: "zeirishi", Note: "去年引退した"}, false},
		{"note: excluded work", who("離婚に詳しい弁護士"), Entry{Trade: "bengoshi", Note: "離婚はやっていない"}, false},
		{"note: private people", who("父の相続税を見てくれる税理士"), Entry{Trade: "zeirishi", Note: "個人の相談は受けない"}, false},
		{"other prefecture", Need{Trade: "painting", Area: "千葉県"}, Entry{Trade: "painting", Area: "osaka"}, false},
		{"same prefecture", Need{Trade: "painting", Area: "船橋市"}, Entry{Trade: "painting", Area: "chiba-ichikawa"}, true},
		{"far but remote", Need{Trade: "web", Area: "千葉県"}, Entry{Trade: "web", Area: "osaka"}, true},
		{"region holds it", Need{Trade: "painting", Area: "関東"}, Entry{Trade: "painting", Area: "chiba"}, true},
		{"size contradicts", Need{Who: "従業員30名前後の製造業の社長"}, Entry{Trade: "manufacturing", Size: "2-9"}, false},
		{"size is near", Need{Who: "従業員30名前後の製造業の社長"}, Entry{Trade: "manufacturing", Size: "10-29"}, true},
		{"size at least", Need{Who: "社員50人以上の物流会社"}, Entry{Trade: "trucking", Size: "100+"}, true},
		{"clients: who needs it", who("相続で困っている地主さん"), Entry{Trade: "landlord", Seeks: "相続の相談先"}, true},
		{"clients: not who serves it", who("外国人採用に困っている会社"), Entry{Trade: "foreignworkers", Offers: "外国人採用"}, false},
		{"clients: by their seeking", who("外国人採用に困っている会社"), Entry{Trade: "hotel", Seeks: "外国人採用"}, true},
		{"clients: who looks for my trade", who("税理士を変えたい社長"), Entry{Trade: "dental", Seeks: "税理士を変えたい"}, true},
		{"clients: not my trade", who("税理士を変えたい社長"), Entry{Trade: "zeirishi"}, false},
		{"clients: said short", who("人手が足りなくて困ってる飲食店さん"), Entry{Trade: "restaurant", Seeks: "人手が足りない"}, true},
		{"clients: said politely", who("税理士さんを探していらっしゃる院長先生"), Entry{Trade: "zeirishi"}, false},
		{"clients: said politely, found", who("税理士さんを探していらっしゃる院長先生"), Entry{Trade: "dental", Seeks: "税理士を替えたい"}, true},
		{"clients: they seek something else", who("人手が足りなくて困ってる飲食店さん"), Entry{Trade: "restaurant", Seeks: "仕入れ先"}, false},
		{"no trade tapped, its work named", who("家族写真をきれいに撮ってほしい"), Entry{Offers: "家族写真、七五三"}, true},
		{"on behalf of a client", who("雨漏りで困っているお客様がいます"), Entry{Trade: "roofing", Offers: "雨漏り修理"}, true},
		{"wide concept", who("相続の相談ができる先生"), Entry{Trade: "zeirishi", Offers: "相続相談、相続税申告"}, true},
		{"nothing known", who("どなたかいい人"), Entry{Trade: "zeirishi"}, false},
		{"empty", Need{}, Entry{}, false},
	} {
		hits := suggest(c.need, c.have)
		if got := len(hits) == 1; got != c.want {
			l := lexiconOf()
			a, k := readNeed(l, c.need), readEntry(l, c.have)
			k.Owner = "owner"
			t.Errorf("%s: %v, want %v (wants %v %v, has %v %v, %+v)", c.name, got, c.want, a.trades, a.asks, k.trades, k.doing, judge(l, a, k))
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]string{
		"従業員30名前後の製造業": "30-99", "社員５０人以上": "100+", "about 30 employees": "30-99", "従業員10～20名": "10-29", "社員5名以下の会社": "2-9",
	} {
		if s := spotSize(text); s.against(band(want)) != 1 || !strings.Contains(text, s.words) {
			t.Errorf("%q: %+v does not meet %s", text, s, want)
		}
	}
	for _, text := range []string{"", "30万円", "6人で食事", "99999999999名規模"} {
		if s := spotSize(text); s.lo != 0 {
			t.Errorf("%q: %+v", text, s)
		}
	}
}

func TestPhrasesAreSound(t *testing.T) {
	l := lexiconOf()
	for _, kind := range []string{"never", "demand", "refuse", "only", "private", "negated", "context", "language", "asks", "head", "client", "person"} {
		if len(l.limits[kind]) == 0 {
			t.Errorf("no limits of kind %s", kind)
		}
	}
	if l.fit("zeirishi", "zeirishi") != 1 || l.fit("zeirishi", "sharoshi") != 0 {
		t.Error("fit")
	}
}
