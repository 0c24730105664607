package trade

// Mention is one place in a text where a trade is named: bytes [Start,End) of
// the text, and runes [I,J) of its Fold.
type Mention struct {
	Trade      ID
	Start, End int
	I, J       int
}

// AreaMention is one place in a text where an area is named.
type AreaMention struct {
	Area       string
	Start, End int
	I, J       int
}

// Spot returns the trades that a free text names, in the order of their first
// mention, each once. The longest name wins: 不動産鑑定士 is not 不動産.
func Spot(text string) []Trade {
	var out []Trade
	seen := map[ID]bool{}
	for _, m := range Mentions(Fold(text)) {
		if !seen[m.Trade] {
			seen[m.Trade] = true
			t, _ := Find(m.Trade)
			out = append(out, t)
		}
	}
	return out
}

// Mentions returns every mention of a trade in order; a name that several
// trades share gives one mention for each.
func Mentions(f Folded) []Mention {
	var out []Mention
	for _, s := range loaded().tradeNames.Scan(f) {
		from, to := f.Bytes(s.I, s.J)
		for _, n := range s.Values {
			out = append(out, Mention{loaded().trades[n].ID, from, to, s.I, s.J})
		}
	}
	return out
}

// SpotAreas returns the areas that a free text names, each once: 船橋 is
// 船橋市, 都内 is 東京都, 全国 and オンライン are flags. A place name that is
// somebody's name (千葉さん) is none.
func SpotAreas(text string) []Area {
	var out []Area
	seen := map[string]bool{}
	for _, m := range AreaMentions(Fold(text)) {
		if !seen[m.Area] {
			seen[m.Area] = true
			a, _ := FindArea(m.Area)
			out = append(out, a)
		}
	}
	return out
}

// AreaMentions returns every mention of an area in order.
func AreaMentions(f Folded) []AreaMention {
	var out []AreaMention
	for _, s := range loaded().areaNames.Scan(f) {
		a := loaded().areas[s.Values[0]]
		if somebody(f.Runes, s.J) || wardOfCity(f.Runes, s.I, a) {
			continue
		}
		from, to := f.Bytes(s.I, s.J)
		out = append(out, AreaMention{a.ID, from, to, s.I, s.J})
	}
	return out
}

// somebody says whether a title follows: 千葉さん is a person.
func somebody(text []rune, j int) bool {
	rest := string(text[j:min(len(text), j+3)])
	for _, h := range honorifics() {
		if len(rest) >= len(h) && rest[:len(h)] == h {
			return true
		}
	}
	return false
}

// wardOfCity keeps 千葉市中央区 from being read as 中央区 in Tokyo.
func wardOfCity(text []rune, i int, a Area) bool {
	runes := []rune(a.Ja)
	return a.Kind == KindCity && runes[len(runes)-1] == '区' && i > 0 && text[i-1] == '市'
}
