package match

import (
	"slices"

	"goen/realtime/trade"
)

// Without returns an empty index whose lexicon lacks some concepts, and some
// terms wherever they stand: so a measurement sees how the matcher does where
// the lexicon ends.
func Without(concepts, terms []string) *Index {
	return newIndex(loadLexicon(setOf(concepts), setOf(terms)))
}

func setOf(list []string) map[string]bool {
	out := map[string]bool{}
	for _, x := range list {
		out[x] = true
	}
	return out
}

// Named are the ids of the concepts of the lexicon that a text of need names,
// and the terms that name them, as the lexicon writes them.
func Named(text string) (concepts, terms []string) {
	l := lexiconOf()
	for _, f := range l.demand.scan(read(text)) {
		concepts = append(concepts, l.concepts[f.concept].id)
		terms = append(terms, l.demand.text[f.term])
	}
	slices.Sort(concepts)
	slices.Sort(terms)
	return slices.Compact(concepts), slices.Compact(terms)
}

// TradeOf is the trade that an owner would tap for an occupation as written:
// the first one that is not merely what it is for; empty if none is known.
func TradeOf(work string) trade.ID {
	k := readEntry(lexiconOf(), Entry{Offers: work})
	for _, t := range trade.Spot(work) {
		if k.trades[t.ID] > 0 {
			return t.ID
		}
	}
	return ""
}

// Grounds are the features that an open need and an entry, or a card, are
// weighed by, in the order of FeatureNames; false where one is unknown, or of
// the poster, or where nothing speaks for it.
func (x *Index) Grounds(need, target string) ([]float64, bool) {
	a := x.needs[need]
	k := x.entries[target]
	if k == nil {
		k = x.cards[target]
	}
	if a == nil || k == nil {
		return nil, false
	}
	v := judge(x.lex, a, k)
	return v.ground[:], v.score > 0
}

// Weigh replaces the weights of this index: bias, nudge and those of FeatureNames.
func (x *Index) Weigh(by map[string]float64) {
	l := *x.lex
	l.weights = weights{bias: by["bias"], nudge: by["nudge"]}
	for n, name := range FeatureNames() {
		l.weights.of[n] = by[name]
	}
	x.lex = &l
}

// Weights are the weights of the room, as Weigh takes them.
func Weights() map[string]float64 {
	w := lexiconOf().weights
	out := map[string]float64{"bias": w.bias, "nudge": w.nudge}
	for n, name := range FeatureNames() {
		out[name] = w.of[n]
	}
	return out
}
