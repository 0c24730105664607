package match

import "testing"

// What forbids a suggestion, and what does not: each line would be suggested
// if it were not for the one thing that its name says.
func TestGates(t *testing.T) {
	inheritance := Need{Who: "父が残した土地の相続税が心配です。相続税に強い税理士さんを紹介してください"}
	fits := Entry{Trade: "zeirishi", Offers: "相続税申告、生前贈与"}
	with := func(change func(*Entry)) Entry {
		e := fits
		change(&e)
		return e
	}
	for _, c := range []struct {
		name string
		need Need
		have Entry
		want bool
	}{
		{"nothing against it", inheritance, fits, true},
		{"demand in the offers", inheritance, with(func(e *Entry) { e.Offers = "税理士を探しています。相続税の相談がしたい" }), false},
		{"demand in the offers, other words", inheritance, with(func(e *Entry) { e.Trade, e.Offers = "", "相続税に強い税理士を募集" }), false},
		{"only seeks", inheritance, Entry{Trade: "dental", Seeks: "相続税に強い税理士"}, false},
		{"no licence", inheritance, with(func(e *Entry) { e.Offers = "税理士事務所勤務（無資格）。相続税申告の補助" }), false},
		{"studies for it", inheritance, with(func(e *Entry) { e.Note = "税理士の受験生" }), false},
		{"retired", inheritance, with(func(e *Entry) { e.Note = "去年の春に引退" }), false},
		{"closed", inheritance, with(func(e *Entry) { e.Note = "事務所は廃業" }), false},
		{"no introductions", inheritance, with(func(e *Entry) { e.Note = "紹介はできない" }), false},
		{"salespeople not wanted", inheritance, with(func(e *Entry) { e.Note = "営業お断り" }), false},
		{"pushy", inheritance, with(func(e *Entry) { e.Note = "契約を急がせる強引なところがある" }), false},
		{"the note excludes it", inheritance, with(func(e *Entry) { e.Note = "相続税は扱わない" }), false},
		{"the note excludes something else", inheritance, with(func(e *Entry) { e.Note = "医療法人は扱わない" }), true},
		{"the note wants firms only", inheritance, with(func(e *Entry) { e.Note = "法人のみ" }), false},
		{"the label says so", inheritance, with(func(e *Entry) { e.Label = "引退した先生" }), false},
		{"another speciality", inheritance, with(func(e *Entry) { e.Offers = "医療法人の税務" }), false},
		{"another trade", inheritance, Entry{Trade: "gyoseishoshi", Offers: "遺言書作成"}, false},
		{"not that trade", Need{Who: "税理士ではなく、遺言の相談ができる行政書士さん"}, Entry{Trade: "zeirishi", Offers: "相続税"}, false},
		{"not that trade, English", Need{Who: "We need an administrative scrivener for a work visa, not a lawyer"}, Entry{Trade: "bengoshi", Offers: "Corporate law"}, false},
		{"English finds Japanese", Need{Who: "Looking for someone who can do inheritance tax returns"}, fits, true},
		{"Japanese finds English", inheritance, Entry{Trade: "zeirishi", Offers: "Inheritance tax, estate planning"}, true},
		{"unlicensed, English", inheritance, with(func(e *Entry) { e.Note = "not licensed yet" }), false},
		{"a calling nobody knows", Need{Who: "樹氷観測師さんに、雨漏り修理の話をしてほしい"}, Entry{Trade: "roofing", Offers: "雨漏り修理"}, false},
		{"a calling nobody knows, borne", Need{Who: "樹氷観測師さんに、雨漏り修理の話をしてほしい"}, Entry{Trade: "roofing", Offers: "樹氷観測師の資格あり。雨漏り修理"}, true},
	} {
		if got := len(suggest(c.need, c.have)) == 1; got != c.want {
			l := lexiconOf()
			a, k := readNeed(l, c.need), readEntry(l, c.have)
			k.Owner = "owner"
			t.Errorf("%s: %v, want %v (%+v)", c.name, got, c.want, judge(l, a, k))
		}
	}
}

func TestRegions(t *testing.T) {
	for _, c := range []struct {
		need, have string
		want       bool
	}{
		{"船橋市周辺", "千葉県市川市", true},
		{"船橋周辺", "千葉県", true},
		{"都内", "八王子市", true},
		{"都内ならどこでも", "大阪市", false},
		{"関東", "群馬県前橋市", true},
		{"関西", "兵庫県西宮市", true},
		{"関西", "名古屋市", false},
		{"大阪府吹田市", "大阪府箕面市", true},
		{"大阪府吹田市", "大阪府箕面市、全国対応", true},
		{"札幌", "北海道小樽市", true},
		{"福岡県糸島市", "博多", true},
		{"福岡県糸島市", "広島県府中市", false},
		{"東京都府中市", "広島県府中市", false},
		{"", "鹿児島県奄美市", true},
		{"青森県弘前市", "", true},
		{"青森県弘前市", "オンライン可", true},
		{"Osaka", "大阪府堺市", true},
		{"Fukuoka", "北海道札幌市", false},
	} {
		hits := suggest(Need{Who: "雨漏りで困っています。屋根の修理ができる人", Area: c.need}, Entry{Trade: "roofing", Offers: "雨漏り修理", Area: c.have})
		if got := len(hits) == 1; got != c.want {
			t.Errorf("%s and %s: %v, want %v", c.need, c.have, got, c.want)
		}
	}
}

// What could be done from afar is not, where somebody near is asked for.
func TestLocal(t *testing.T) {
	have := Entry{Trade: "web", Offers: "ホームページ制作", Area: "大阪市"}
	if len(suggest(Need{Who: "ホームページ制作をお願いできる方", Area: "千葉市"}, have)) != 1 {
		t.Error("a website is made from afar")
	}
	if len(suggest(Need{Who: "ホームページ制作をお願いできる方。うちまで来てくれる人", Area: "千葉市"}, have)) != 0 {
		t.Error("nobody comes from Osaka to Chiba")
	}
}

// Who helps workers does not help their employers, and the other way round.
func TestSides(t *testing.T) {
	list, faults := parseLexicon("x.txt", `labour-dispute
  trades bengoshi
  ja 労働問題 / 不当解雇 / 残業代請求
  need クビにされ / 会社 & 訴え
  side worker = 労働者側 / クビにされ / 働く人の側
  side employer = 使用者側 / 会社側 / 経営者側 / 従業員に訴え
`)
	l := &lexicon{faults: faults}
	l.loadPhrases()
	l.compile(list, nil)
	l.weights = loadWeights()
	if len(l.faults) > 0 {
		t.Fatal(l.faults)
	}
	for _, c := range []struct {
		need, have string
		want       bool
	}{
		{"友人が急にクビにされた。不当解雇に強い弁護士", "労働問題（労働者側）", true},
		{"友人が急にクビにされた。不当解雇に強い弁護士", "労働問題、使用者側専門", false},
		{"友人が急にクビにされた。不当解雇に強い弁護士", "労働問題", true},
		{"顧問先が従業員に訴えられた。会社側で不当解雇を扱う弁護士", "労働問題（労働者側）", false},
		{"顧問先が従業員に訴えられた。会社側で不当解雇を扱う弁護士", "労働問題、会社側", true},
		{"不当解雇に強い弁護士", "労働問題、会社側と労働者側", true},
	} {
		x := newIndex(l)
		x.PutEntry(Entry{ID: "e", Owner: "o", Trade: "bengoshi", Offers: c.have})
		if got := len(x.PutNeed(Need{ID: "n", By: "p", Who: c.need})) == 1; got != c.want {
			t.Errorf("%s and %s: %v, want %v", c.need, c.have, got, c.want)
		}
	}
}

// Cards answer needs, cards and entries answer what an entry seeks, and nobody
// is told of their own.
func TestThreeKindsOfMatch(t *testing.T) {
	x := New()
	x.PutCard(Card{ID: "anna", Trade: "zeirishi", Offers: "相続税申告"})
	x.PutCard(Card{ID: "ben", Trade: "florist", Offers: "開店祝いの花"})
	x.PutEntry(Entry{ID: "e1", Owner: "anna", Trade: "landlord", Seeks: "雨漏り修理の業者、相続税の相談"})
	x.PutEntry(Entry{ID: "e2", Owner: "ben", Trade: "roofing", Offers: "雨漏り修理"})
	x.PutEntry(Entry{ID: "e3", Owner: "ben", Trade: "landlord", Seeks: "相続税に強い税理士"})
	x.PutNeed(Need{ID: "n1", By: "ben", Who: "相続税に強い税理士さん"})

	hits := x.RankNeed("n1", 10)
	if len(hits) == 0 || hits[0].Card != "anna" || !hits[0].Nudge || hits[0].Need != "n1" {
		t.Errorf("a card for a need: %+v", hits)
	}
	if hits := x.RankSeeks("e1", 10); len(hits) == 0 || hits[0].Entry != "e2" || !hits[0].Nudge || hits[0].Seeker != "e1" {
		t.Errorf("an entry for an entry: %+v", hits)
	}
	for _, h := range x.RankSeeks("e1", 10) {
		if h.Owner == "anna" {
			t.Errorf("her own: %+v", h)
		}
	}
	if hits := x.RankSeeks("e3", 10); len(hits) == 0 || hits[0].Card != "anna" || !hits[0].Nudge {
		t.Errorf("a card for an entry: %+v", hits)
	}
	pair, ok := x.Pair("e1", "e2")
	if all := x.RankSeeks("e1", 10); !ok || pair.Score != all[0].Score {
		t.Errorf("%+v, %+v", pair, all)
	}
	if _, ok := x.Pair("e2", "e3"); ok {
		t.Error("a pair of one owner")
	}
	if hits := x.PutCard(Card{ID: "carl", Trade: "zeirishi", Offers: "相続税"}); len(hits) != 1 || hits[0].Card != "carl" {
		t.Errorf("news of a card: %+v", hits)
	}
	x.DropCard("anna")
	for _, h := range x.RankNeed("n1", 10) {
		if h.Card == "anna" {
			t.Error("a dropped card answers")
		}
	}
	if x.RankNeed("nobody", 5) != nil || x.RankSeeks("nobody", 5) != nil {
		t.Error("unknown ids")
	}
}
