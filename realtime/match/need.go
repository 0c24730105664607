package match

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"goen/realtime/trade"
)

// asked is what somebody wants, as the matcher reads it: a need, or one clause
// of what a list entry seeks.
type asked struct {
	Need
	trades  map[trade.ID]string  // wanted -> the words that say so ("" when tapped)
	sure    map[trade.ID]bool    // those that are plainly what is asked for
	kinds   map[trade.ID][]scrap // the words for a narrower kind of a wanted trade
	asks    []ask                // concepts, surest first
	not     map[trade.ID]bool    // 「…ではなく」
	notIdea map[int]bool
	wanted  []want           // the trades, as they are weighed
	plain   bool             // a trade is asked for and nothing else
	guess   []about          // what it may be about, beyond its terms
	guessed float64          // how sure of it, squared
	said    map[scrap]string // the scraps of the text, as written
	bag     []weighed
	total   float64 // weight of the whole bag
	rest    float64 // weight of what names neither a trade nor a place
	sides   []sideAt
	strange []scrap // a calling that nothing here knows

	clients  bool                // somebody is sought who has the need that Who tells
	needing  map[trade.ID]string // and who looks for these trades
	areas    []spot
	anywhere bool
	size     span
	words    map[string]string // content word -> as written, for notes
	private  bool
	latin    bool // written without Japanese
	english  bool // somebody who can work in English is wanted
	local    bool // somebody near is wanted
	reach    map[trade.ID]bool
	ideas    map[int]bool
}

// want is a trade that a need asks for.
type want struct {
	n    int // among all trades
	id   trade.ID
	sure bool
	kind []scrap
}

// ask is a concept that a need names.
type ask struct {
	concept   int
	id        string  // of the concept
	sure      float64 // 0..1
	words     string
	situation bool
	trade     bool // it stands in the name of a trade
	i, j      int  // where its words stand
}

// overlaps says whether two asks are read out of the same words.
func (x *ask) overlaps(y *ask) bool { return x.i < y.j && y.i < x.j }

// weighed is a scrap of a need and what it tells.
type weighed struct {
	scrap  scrap
	weight float64
	words  string
}

func readNeed(l *lexicon, n Need) *asked {
	a := &asked{
		Need: n, trades: map[trade.ID]string{}, sure: map[trade.ID]bool{}, not: map[trade.ID]bool{}, notIdea: map[int]bool{},
		needing: map[trade.ID]string{}, words: map[string]string{},
	}
	who, why := read(n.Who), read(n.Why)
	text := who.folded.Text() + " " + why.folded.Text()
	a.latin = isLatin(who.folded.Runes)
	a.private = l.has("private", text)
	a.english = l.has("speaks", who.folded.Text())
	a.local = l.has("local", who.folded.Text())
	a.size = spotSize(n.Who)
	a.clients = seeksClients(l, who.folded)
	a.readTrades(l, who.folded)
	a.readConcepts(l, who)
	about := who
	if len(a.trades) == 0 && len(a.asks) == 0 && !offering(why.folded.Text()) {
		a.readTrades(l, why.folded)
		a.readConcepts(l, why)
		if len(who.runes) < 4 {
			about = why
		}
	}
	if _, ok := trade.Find(n.Trade); ok {
		words := a.trades[n.Trade]
		a.trades = map[trade.ID]string{n.Trade: words}
		a.sure[n.Trade] = true
	}
	a.readKinds()
	a.readAreas(n.Area)
	a.readAreas(n.Who)
	a.readBag(l, about)
	contentWords(who.folded, a.words)
	contentWords(why.folded, a.words)
	a.readReach(l)
	for id := range a.trades {
		a.wanted = append(a.wanted, want{l.tradeNo[id], id, a.sure[id], a.kinds[id]})
	}
	slices.SortFunc(a.wanted, func(x, y want) int { return cmp.Compare(x.n, y.n) })
	a.plain = a.rest <= littleElse && !slices.ContainsFunc(a.asks, func(x ask) bool { return !x.trade })
	a.guessed = squared(a.guess)
	return a
}

// readKinds notes where a trade is not called by its own name: カフェ is a
// narrower kind of 飲食店. Licensed trades have only synonyms.
func (a *asked) readKinds() {
	a.kinds = map[trade.ID][]scrap{}
	for id, words := range a.trades {
		t, _ := trade.Find(id)
		in := read(words)
		if t.Licensed || words == "" || strings.Contains(read(t.Ja).String(), in.String()) || strings.Contains(in.String(), read(t.Ja).String()) {
			continue
		}
		scraps(in, 0, len(in.runes), func(s scrap, _, _ int) { a.kinds[id] = append(a.kinds[id], s) })
	}
}

// readConcepts finds the concepts that a text names.
func (a *asked) readConcepts(l *lexicon, t *text) {
	best := map[int]ask{}
	weights := sentenceWeights(l, t)
	all := l.demand.scan(t)
	for _, f := range all {
		if l.follows("negated", t.runes, f.j) || negatedInEnglish(t.runes, f.i) {
			a.notIdea[f.concept] = true
			continue
		}
		a.take(l, best, f, all, t, weights[t.sentence[f.i]]*l.faith(f))
	}
	for c := range best {
		if !a.notIdea[c] && !narrowed(l, best, c) {
			a.asks = append(a.asks, best[c])
		}
	}
	slices.SortFunc(a.asks, func(x, y ask) int {
		return cmp.Or(cmp.Compare(y.sure, x.sure), cmp.Compare(x.concept, y.concept))
	})
	for _, s := range l.sides.scan(t) {
		a.sides = append(a.sides, l.sideOf[s.concept])
	}
}

// faith is what the trust in a term counts: less where it is a name, which
// other sentences hold because they tell of the thing in passing.
func (l *lexicon) faith(f found) float64 {
	if f.situation {
		return math.Sqrt(l.trust[f.term])
	}
	return math.Sqrt(math.Sqrt(l.trust[f.term]))
}

// narrowed says whether a part of a concept is asked for about as surely as the
// whole: then the part is meant.
func narrowed(l *lexicon, best map[int]ask, c int) bool {
	for part, x := range best {
		if part != c && l.within(part, c) && x.sure >= 0.7*best[c].sure {
			return true
		}
	}
	return false
}

// take adds a find: its place, its length and its sentence say how sure it is.
func (a *asked) take(l *lexicon, best map[int]ask, f found, all []found, t *text, sentence float64) {
	full := 4.0
	if isLatinLetter(t.runes[f.i]) {
		full = 8
	}
	sure := min(1, 0.6+0.4*float64(f.weight)/full) * sentence
	switch {
	case f.j >= len(t.runes) || t.runes[f.j] != 'の':
	case slices.ContainsFunc(all, func(g found) bool { return g.i == f.j+1 && g.concept != f.concept }):
		sure *= 0.7 // 契約書の英訳: the head comes last
	case !f.situation && telling(l, t, f.j+1):
		sure *= 0.8 // サイトの利用規約: and here nothing knows it
	}
	if t.aside[f.i] {
		sure *= bracketed
	}
	old, ok := best[f.concept]
	if !ok || sure > old.sure {
		words := t.quote(f.i, f.j)
		if f.weight < f.j-f.i && f.j-f.i > 2*f.weight+8 {
			words = t.quote(f.i, f.i+min(f.weight, f.j-f.i))
		}
		best[f.concept] = ask{f.concept, l.concepts[f.concept].id, sure, words, f.situation, inTrade(t, f), f.i, f.j}
	}
}

// telling says whether a noun stands at i that is none of those that everybody
// writes (相談, 対応).
func telling(l *lexicon, t *text, i int) bool {
	j := i
	for j < len(t.runes) && runeKind(t.runes[j]) == runeKind(t.runes[i]) {
		j++
	}
	switch {
	case i >= len(t.runes) || j-i < 2:
		return false
	case runeKind(t.runes[i]) == kanji:
		return !l.plain[hash(t.runes[i:i+2])]
	}
	return runeKind(t.runes[i]) == katakana && !l.plain[hash(t.runes[i:j])]
}

// inTrade says whether a find overlaps the name of a trade: accountant in tax
// accountant.
func inTrade(t *text, f found) bool {
	for _, m := range trade.Mentions(t.folded) {
		if t.from(m.I) < f.j && f.i < t.from(m.J) {
			return true
		}
	}
	return false
}

// bracketed is what words in brackets count.
const bracketed = 0.6

// sentenceWeights tells the sentences that ask from those that tell how it came
// to be. A text of one sentence asks.
func sentenceWeights(l *lexicon, t *text) []float64 {
	if len(t.runes) == 0 {
		return nil
	}
	n := t.sentence[len(t.runes)-1] + 1
	out := make([]float64, n)
	from, asking := 0, false
	for s := range n {
		to := from
		for to < len(t.runes) && t.sentence[to] == s {
			to++
		}
		if l.has("asks", string(t.runes[from:to])) {
			out[s], asking = 1, true
		}
		from = to
	}
	for s := range out {
		if out[s] == 0 {
			out[s] = 1
			if asking {
				out[s] = 0.75
			}
		}
	}
	return out
}

// readBag cuts what is left of the text, without places and numbers of people.
func (a *asked) readBag(l *lexicon, t *text) {
	skip := make([]bool, len(t.runes))
	for _, m := range trade.AreaMentions(t.folded) {
		for i := t.from(m.I); i < t.from(m.J); i++ {
			skip[i] = true
		}
	}
	trades := make([]bool, len(t.runes))
	for _, m := range trade.Mentions(t.folded) {
		for i := t.from(m.I); i < t.from(m.J); i++ {
			trades[i] = true
		}
	}
	if a.size.words != "" {
		if i := strings.Index(t.String(), read(a.size.words).String()); i >= 0 {
			from := len([]rune(t.String()[:i]))
			for n := range []rune(read(a.size.words).String()) {
				skip[from+n] = true
			}
		}
	}
	known := slices.Clone(trades)
	for _, f := range l.demand.scan(t) {
		for i := f.i; i < f.j; i++ {
			known[i] = true
		}
	}
	if i, j, ok := stranger(t, known); ok {
		scraps(t, i, j, func(s scrap, _, j2 int) {
			if j2 <= j {
				a.strange = append(a.strange, s)
			}
		})
	}
	weights := sentenceWeights(l, t)
	bag := map[scrap]float64{}
	a.said = map[scrap]string{}
	seen := map[scrap]int{}
	scraps(t, 0, len(t.runes), func(s scrap, i, j int) {
		if skip[i] {
			return
		}
		w := weights[t.sentence[i]]
		if t.aside[i] {
			w *= bracketed
		}
		if w > bag[s] {
			bag[s], a.said[s] = w, t.quote(i, j)
		}
		if l.plain[s] || runeKind(t.runes[i]) == kana || runeKind(t.runes[j-1]) == kana {
			return // speaks for a class, but shared kana are no ground
		}
		if _, twice := seen[s]; twice {
			return
		}
		seen[s] = len(a.bag)
		x := weighed{s, l.learned.rare(s) * w, t.quote(i, j)}
		a.bag = append(a.bag, x)
		a.total += x.weight
		if !trades[i] && !trades[j-1] && j-i > 1 {
			a.rest += x.weight
		}
	})
	a.guess = l.learned.guess(bag)
	slices.SortFunc(a.bag, func(x, y weighed) int { return cmp.Compare(x.scrap, y.scrap) })
}

func (a *asked) readAreas(text string) {
	if area, ok := trade.FindArea(text); ok && area.ID == text {
		a.addArea(area, "")
		return
	}
	f := trade.Fold(text)
	for _, m := range trade.AreaMentions(f) {
		area, _ := trade.FindArea(m.Area)
		a.addArea(area, f.Quote(m.I, m.J))
	}
}

func (a *asked) addArea(area trade.Area, words string) {
	if area.Kind == trade.KindFlag {
		a.anywhere = true
		return
	}
	a.areas = append(a.areas, spotOf(area, words))
}
