package match

import (
	"strings"

	"goen/realtime/trade"
)

// known is an entry as the matcher reads it.
type known struct {
	Entry
	trades   map[trade.ID]float64 // what this person is: 1 when tapped, less when only written
	concepts map[int]bool         // what this person does
	families map[string]bool
	seeks    map[int]bool      // concepts that this person needs
	seeksWho map[trade.ID]bool // trades that this person looks for
	areas    []string
	anywhere bool
	size     span
	english  bool // writes that they work in English, or writes in English
	never    bool // a limit says: to nobody
	limits   []limit
	words    map[string]bool
}

// limit is a clause of a note that refuses something.
type limit struct {
	concepts map[int]bool
	trades   map[trade.ID]bool
	words    map[string]string
	private  bool // refuses 個人
	only     bool // refuses all else
}

// What a trade counts that stands only in the offers: less where the owner
// tapped another one (保育園の設計 is no 保育園).
const (
	written = 0.8
	aside   = 0.5
)

func readEntry(e Entry) *known {
	k := &known{Entry: e, trades: map[trade.ID]float64{}, concepts: map[int]bool{}, families: map[string]bool{}, seeks: map[int]bool{}, seeksWho: map[trade.ID]bool{}, words: map[string]bool{}}
	l := lexiconOf()
	note, offers, label := trade.Fold(e.Note), trade.Fold(e.Offers), trade.Fold(e.Label)
	k.never = l.has("never", note.Text()) || l.has("never", offers.Text()) || l.has("never", label.Text())
	if _, ok := trade.Find(e.Trade); ok {
		k.trades[e.Trade] = 1
	}
	k.english = l.has("language", offers.Text()) || l.has("language", label.Text()) || isLatin(offers.Runes)
	for _, clause := range clauses(e.Offers) {
		k.readOffer(trade.Fold(clause))
	}
	if len(k.trades) == 0 {
		k.readTrades(label)
	}
	l.withParents(k.concepts)
	k.readSeeks(trade.Fold(e.Seeks))
	k.size = band(e.Size)
	for _, c := range clauses(e.Note) {
		k.readLimit(trade.Fold(c))
	}
	k.readAreas()
	return k
}

// clauses cuts a text where its thought changes.
func clauses(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。．.！!？?\n;；", r) })
}

func (k *known) readOffer(f trade.Folded) {
	l := lexiconOf()
	if l.has("demand", f.Text()) {
		return
	}
	k.readTrades(f)
	for _, s := range l.supply.Scan(f) {
		if l.follows("negated", f.Runes, s.J) {
			continue
		}
		for _, c := range s.Values {
			k.concepts[c] = true
			if family := l.concepts[c].family; family != "" {
				k.families[family] = true
			}
		}
	}
	words := map[string]string{}
	contentWords(f, words)
	for w := range words {
		k.words[w] = true
	}
}

// readSeeks reads what this person needs; only a need that asks for people with
// a need of their own looks at it.
func (k *known) readSeeks(f trade.Folded) {
	l := lexiconOf()
	for _, s := range l.need.Scan(f) {
		for _, c := range s.Values {
			k.seeks[c] = true
		}
	}
	l.withParents(k.seeks)
	for _, m := range trade.Mentions(f) {
		k.seeksWho[m.Trade] = true
	}
}

func (k *known) readTrades(f trade.Folded) {
	l := lexiconOf()
	sure := written
	if _, ok := trade.Find(k.Trade); ok {
		sure = aside
	}
	for _, m := range trade.Mentions(f) {
		if l.follows("context", f.Runes, m.J) || l.follows("negated", f.Runes, m.J) {
			continue
		}
		if m.I > 0 && (f.Runes[m.I-1] == '元' || f.Runes[m.I-1] == '非') {
			continue
		}
		k.trades[m.Trade] = max(k.trades[m.Trade], sure)
	}
}

func (k *known) readLimit(f trade.Folded) {
	l := lexiconOf()
	text := f.Text()
	only := l.has("only", text)
	if !only && !l.has("refuse", text) {
		return
	}
	limit := limit{concepts: map[int]bool{}, trades: map[trade.ID]bool{}, words: map[string]string{}, only: only}
	for _, s := range l.supply.Scan(f) {
		for _, c := range s.Values {
			limit.concepts[c] = true
		}
	}
	for _, m := range trade.Mentions(f) {
		limit.trades[m.Trade] = true
	}
	contentWords(f, limit.words)
	limit.private = !only && strings.Contains(text, "個人") || only && (strings.Contains(text, "法人") || strings.Contains(text, "会社"))
	k.limits = append(k.limits, limit)
}

func (k *known) readAreas() {
	if a, ok := trade.FindArea(k.Area); ok {
		k.addArea(a)
		return
	}
	for _, a := range trade.SpotAreas(k.Area) {
		k.addArea(a)
	}
}

func (k *known) addArea(a trade.Area) {
	if a.Kind == trade.KindFlag {
		k.anywhere = true
		return
	}
	k.areas = append(k.areas, a.ID)
}

// refuses says whether the note keeps this entry from this need.
func (k *known) refuses(a *asked) bool {
	for _, limit := range k.limits {
		if limit.private && a.private {
			return true
		}
		if limit.only {
			if len(limit.concepts) > 0 && len(a.concepts) > 0 && !anyIn(a.concepts, limit.concepts) {
				return true
			}
			continue
		}
		if anyIn(a.concepts, limit.concepts) || anyIn(a.trades, limit.trades) {
			return true
		}
		for w := range limit.words {
			if _, ok := a.words[w]; ok {
				return true
			}
		}
	}
	return false
}

func anyIn[K comparable, V, W any](a map[K]V, b map[K]W) bool {
	for x := range a {
		if _, ok := b[x]; ok {
			return true
		}
	}
	return false
}

// isLatin says whether a text is written without Japanese.
func isLatin(text []rune) bool {
	for _, r := range text {
		if class(r) == 'k' || class(r) == 't' || r >= 'ぁ' && r <= 'ゖ' {
			return false
		}
	}
	return len(text) > 1
}
