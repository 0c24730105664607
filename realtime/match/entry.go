package match

import (
	"cmp"
	"slices"
	"strings"

	"goen/realtime/trade"
)

// known is an entry, or an attendee's card, as the matcher reads it.
type known struct {
	Entry
	card     bool
	bare     bool                 // nothing but its trade was tapped
	held     []held               // trades in order, for the many times that they are weighed
	likely   []held               // the same, or where none is known those that do what it names
	trades   map[trade.ID]float64 // what this person is: 1 when tapped, less when only written
	does     map[int]float64      // concepts that this person names
	doing    []int                // the same, in order
	named    bits                 // the same
	wide     bits                 // and what these are a part of
	guess    []about
	guessed  float64           // how sure of it, squared
	scraps   []scrap           // sorted
	rest     float64           // how much it says at all
	seeks    map[int]bool      // concepts that this person needs
	seeksWho map[trade.ID]bool // trades that this person looks for
	sides    []sideAt
	areas    []spot
	anywhere bool
	size     span
	english  bool // writes that they work in English, or writes in English
	latin    bool // written without Japanese
	never    bool // a limit says: to nobody
	wants    bool // a part of the offers tells what is wanted
	limits   []limit
}

// held is a trade that somebody has: its number among all, and how sure it is.
type held struct {
	n    int
	id   trade.ID
	sure float64
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

func readEntry(l *lexicon, e Entry) *known {
	k := &known{
		Entry: e, trades: map[trade.ID]float64{}, does: map[int]float64{},
		named: make(bits, len(l.concepts)/64+1), wide: make(bits, len(l.concepts)/64+1),
		seeks: map[int]bool{}, seeksWho: map[trade.ID]bool{},
	}
	note, offers, label := trade.Fold(e.Note), trade.Fold(e.Offers), trade.Fold(e.Label)
	k.never = l.has("never", note.Text()) || l.has("never", offers.Text()) || l.has("never", label.Text())
	if _, ok := trade.Find(e.Trade); ok {
		k.trades[e.Trade] = 1
		k.bare = strings.TrimSpace(e.Offers) == ""
	}
	k.english = l.has("language", offers.Text()) || l.has("language", label.Text()) || isLatin(offers.Runes)
	k.latin = isLatin(offers.Runes)
	bag := map[scrap]float64{}
	for _, clause := range clauses(asShop(e.Offers)) {
		k.readOffer(l, read(clause), bag, 1)
	}
	if len(k.trades) == 0 {
		k.readTrades(l, trade.Fold(asShop(e.Label)))
		k.readOffer(l, read(asShop(e.Label)), bag, 0.5)
	}
	for id, sure := range k.trades {
		k.held = append(k.held, held{l.tradeNo[id], id, sure})
	}
	slices.SortFunc(k.held, func(a, b held) int { return cmp.Compare(a.n, b.n) })
	k.guess = l.learned.guess(bag)
	k.guessed = squared(k.guess)
	for s := range bag {
		k.scraps = append(k.scraps, s)
		k.rest += l.learned.rare(s)
	}
	slices.Sort(k.scraps)
	for c := range k.does {
		k.doing = append(k.doing, c)
		k.named.add(c)
		for _, up := range l.up[c] {
			k.wide.add(up)
		}
	}
	slices.Sort(k.doing)
	k.likely = k.held
	if len(k.held) == 0 {
		k.likely = l.likely(k.doing)
	}
	k.readSeeks(l, read(e.Seeks))
	k.size = band(e.Size)
	for _, c := range clauses(e.Note) {
		k.readLimit(l, read(c))
	}
	k.readAreas()
	return k
}

// implied is what a trade counts that nobody names.
const implied = 0.6

// likely are the trades that do alone, and fully, what an entry names that
// names no trade: who offers signboards makes signs.
func (l *lexicon) likely(doing []int) []held {
	sure := map[trade.ID]bool{}
	for _, c := range doing {
		var full []trade.ID
		for id, weight := range l.concepts[c].trades {
			if weight == 1 {
				full = append(full, id)
			}
		}
		if len(full) == 1 {
			sure[full[0]] = true
		}
	}
	var out []held
	for id := range sure {
		out = append(out, held{l.tradeNo[id], id, implied})
	}
	slices.SortFunc(out, func(a, b held) int { return cmp.Compare(a.n, b.n) })
	return out
}

// asShop spells やさん as people's dictionaries do: 内装やさん is an 内装屋さん.
func asShop(text string) string { return strings.ReplaceAll(text, "やさん", "屋さん") }

// clauses cuts a text where its thought changes.
func clauses(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。．.！!？?\n;；", r) })
}

func (k *known) readOffer(l *lexicon, t *text, bag map[scrap]float64, weight float64) {
	if l.has("demand", t.folded.Text()) {
		k.wants = true
		return
	}
	k.readTrades(l, t.folded)
	for _, f := range l.supply.scan(t) {
		if l.follows("negated", t.runes, f.j) {
			continue
		}
		k.does[f.concept] = max(k.does[f.concept], weight)
	}
	for _, s := range l.sides.scan(t) {
		k.sides = append(k.sides, l.sideOf[s.concept])
	}
	scraps(t, 0, len(t.runes), func(s scrap, _, _ int) {
		bag[s] = max(bag[s], weight)
	})
}

// readSeeks reads what this person needs; only a need that asks for people with
// a need of their own looks at it.
func (k *known) readSeeks(l *lexicon, t *text) {
	for _, f := range l.demand.scan(t) {
		for _, up := range l.up[f.concept] {
			k.seeks[up] = true
		}
	}
	if l.has("job", t.folded.Text()) {
		return
	}
	for _, m := range trade.Mentions(t.folded) {
		k.seeksWho[m.Trade] = true
	}
}

func (k *known) readTrades(l *lexicon, f trade.Folded) {
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

func (k *known) readLimit(l *lexicon, t *text) {
	text := t.folded.Text()
	only := l.has("only", text)
	if !only && !l.has("refuse", text) {
		return
	}
	limit := limit{concepts: map[int]bool{}, trades: map[trade.ID]bool{}, words: map[string]string{}, only: only}
	for _, f := range l.supply.scan(t) {
		limit.concepts[f.concept] = true
	}
	for _, m := range trade.Mentions(t.folded) {
		limit.trades[m.Trade] = true
	}
	contentWords(t.folded, limit.words)
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
	k.areas = append(k.areas, spotOf(a, ""))
}

// refuses says whether the note keeps this entry from this need.
func (k *known) refuses(l *lexicon, a *asked) bool {
	for _, limit := range k.limits {
		if limit.private && a.private {
			return true
		}
		asks := func(set map[int]bool) bool {
			return slices.ContainsFunc(a.asks, func(x ask) bool {
				return slices.ContainsFunc(l.up[x.concept], func(c int) bool { return set[c] })
			})
		}
		if limit.only {
			if len(limit.concepts) > 0 && len(a.asks) > 0 && !asks(limit.concepts) {
				return true
			}
			continue
		}
		if asks(limit.concepts) || anyIn(a.trades, limit.trades) {
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

// only says whether all that this person is, is not wanted.
func (k *known) only(not map[trade.ID]bool) bool {
	for id := range k.trades {
		if !not[id] {
			return false
		}
	}
	return true
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
		if wordClass(r) == 'k' || wordClass(r) == 't' || r >= 'ぁ' && r <= 'ゖ' {
			return false
		}
	}
	return len(text) > 1
}
