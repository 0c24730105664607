package match

import (
	"cmp"
	"slices"

	"goen/realtime/trade"
)

// What evidence is worth. Chosen on the labelled set, mostly on its first 59
// needs; see TestLabelledSet for what that is worth.
const (
	tradeWeight   = 1.0
	conceptWeight = 1.2 // both texts name it
	servesWeight  = 0.7 // the need names it, the trade usually does it
	hitLevel      = 0.75
	wordWeight    = 0.06
	placeWeight   = 0.15
	sizeWeight    = 0.15
)

// verdict is what one entry is worth for one need, and why.
type verdict struct {
	score   float64
	hit     bool
	trade   trade.ID // evidence, "" if none
	concept int      // evidence, -1 if none
	place   string   // ByCity, ByPrefecture, ByRegion or ""
	near    place
	size    bool
	word    string
}

func judge(a *asked, k *known) verdict {
	v := verdict{concept: -1}
	if a.By == k.Owner {
		return v
	}
	evidence, clear := v.weigh(a, k)
	shared := 0.0
	for w, quote := range a.words {
		if k.words[w] {
			shared++
			if len(quote) > len(v.word) || len(quote) == len(v.word) && quote < v.word {
				v.word = quote
			}
		}
	}
	v.score = evidence + min(shared*wordWeight, 0.4)
	if v.score == 0 {
		return v
	}
	v.hit = clear && evidence >= hitLevel && !k.elsewhere(a)
	v.gate(a, k)
	return v
}

// evident is the quick question before judge: could this be a hit at all?
func evident(a *asked, k *known) bool {
	if a.By == k.Owner || k.never {
		return false
	}
	var v verdict
	sum, clear := v.weigh(a, k)
	return clear && sum >= hitLevel
}

// weigh sums what speaks for the entry; clear when one ground would do alone.
func (v *verdict) weigh(a *asked, k *known) (sum float64, clear bool) {
	l := lexiconOf()
	byTrade := 0.0
	for want := range a.trades {
		for has, sure := range k.trades {
			if fit := l.fit(want, has) * sure; fit > byTrade || fit == byTrade && fit > 0 && want < v.trade {
				byTrade, v.trade = fit, want
			}
		}
	}
	if a.clients {
		return v.weighClient(a, k, byTrade)
	}
	byConcept, contradicted := 0.0, false
	for c := range a.concepts {
		worth := 0.0
		switch {
		case k.concepts[c] && k.does(l.concepts[c]):
			worth = conceptWeight
		case k.concepts[c]: // the word, in the mouth of another trade
			worth = servesWeight
		case l.concepts[c].family != "" && k.families[l.concepts[c].family]:
			contradicted = true
		default:
			for has, sure := range k.trades {
				worth = max(worth, servesWeight*sure*l.concepts[c].trades[has])
			}
		}
		if worth > byConcept || worth == byConcept && worth > 0 && c < v.concept {
			byConcept, v.concept = worth, c
		}
	}
	clear = byTrade >= written && a.sure[v.trade] || byConcept >= servesWeight
	if len(a.trades) > 0 && byTrade <= 0.5 {
		byConcept *= 0.5 // they asked for somebody else
		clear = false
	}
	sum = tradeWeight*byTrade + byConcept
	if contradicted && byConcept < conceptWeight {
		sum *= 0.4
	}
	return sum, clear
}

// gate applies what speaks against the entry, and the place and the size.
func (v *verdict) gate(a *asked, k *known) {
	switch {
	case k.never, k.refuses(a), anyIn(a.not, k.trades) && k.only(a.not), anyIn(a.notIdea, k.concepts):
		v.score *= 0.1
		v.hit = false
		return
	}
	v.place, v.near = where(a, k)
	switch v.place {
	case ByCity, ByPrefecture:
		v.score += placeWeight
	case ByRegion:
		v.score += placeWeight / 2
	case tooFar:
		v.score *= 0.5
		v.hit = false
	}
	switch a.size.against(k.size) {
	case +1:
		v.size = true
		v.score += sizeWeight
	case -1:
		v.score *= 0.5
		v.hit = v.hit && v.score >= hitLevel
	}
}

// elsewhere says whether the entry names what this person does, and that is
// nothing of what the need names: a right trade with another speciality may
// stand in a ranking and must not disturb anybody.
func (k *known) elsewhere(a *asked) bool {
	if a.english && !k.english {
		return true
	}
	if len(a.concepts) == 0 && len(k.families) > 0 && a.rest > 2 && !k.shares(a) {
		return true // they ask for a speciality that is in no lexicon
	}
	return !a.clients && len(a.concepts) > 0 && len(k.concepts) > 0 && !anyIn(a.concepts, k.concepts)
}

// weighClient sums what speaks for an entry when somebody with a need is
// sought: what the entry seeks counts, what it offers does not.
func (v *verdict) weighClient(a *asked, k *known, byTrade float64) (sum float64, clear bool) {
	sum = tradeWeight * byTrade
	clear = byTrade >= written && a.sure[v.trade]
	if len(a.trades) > 0 && byTrade < 0.5 {
		return 0, false // they ask for clients of another trade
	}
	for c := range a.concepts {
		if k.seeks[c] && (v.concept < 0 || c < v.concept) {
			v.concept = c
		}
	}
	for id := range a.needing {
		if k.seeksWho[id] && byTrade == 0 && (v.trade == "" || id < v.trade) {
			v.trade = id
		}
	}
	if v.concept >= 0 || a.needing[v.trade] != "" {
		sum, clear = sum+conceptWeight, true
	}
	return sum, clear
}

// does says whether a concept is the business of what this person is.
func (k *known) does(c oldConcept) bool {
	for id, sure := range k.trades {
		if sure >= written && c.trades[id] > 0 {
			return true
		}
	}
	return len(k.trades) == 0
}

// shares says whether a word of the need that is no trade and no place stands
// in the offers.
func (k *known) shares(a *asked) bool {
	for w := range a.words {
		if k.words[w] && !a.named[w] {
			return true
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

// tooFar is the place of an entry that contradicts the need's.
const tooFar = "far"

// where compares the places, best first. Unknown on either side is no ground
// for and none against.
func where(a *asked, k *known) (string, place) {
	if len(a.areas) == 0 || len(k.areas) == 0 || k.anywhere || a.anywhere {
		return "", place{}
	}
	by, near := tooFar, place{}
	rank := []string{tooFar, ByRegion, ByPrefecture, ByCity}
	for _, p := range a.areas {
		for _, id := range k.areas {
			if got := compare(p.id, id); slices.Index(rank, got) > slices.Index(rank, by) {
				by, near = got, p
			}
		}
	}
	if by == ByRegion && !wide(near.id) && !k.travels(lexiconOf().region) {
		return tooFar, place{}
	}
	if by == tooFar && k.travels(lexiconOf().anywhere) {
		return "", place{}
	}
	return by, near
}

// wide says whether an area is a whole region.
func wide(id string) bool {
	a, _ := trade.FindArea(id)
	return a.Kind == trade.KindRegion
}

func (k *known) travels(set map[trade.ID]bool) bool {
	for id := range k.trades {
		if set[id] {
			return true
		}
	}
	return false
}

// compare places two areas; two cities of one prefecture are near enough.
func compare(a, b string) string {
	switch {
	case a == b && trade.Prefecture(a) != a && !wide(a):
		return ByCity
	case trade.Prefecture(a) != "" && trade.Prefecture(a) == trade.Prefecture(b):
		return ByPrefecture
	case trade.Region(a) != "" && trade.Region(a) == trade.Region(b):
		return ByRegion
	}
	return tooFar
}

// reasons says why, in the need's own words.
func (v verdict) reasons(a *asked) []Reason {
	var out []Reason
	if v.trade != "" {
		out = append(out, Reason{ByTrade, cmp.Or(a.trades[v.trade], a.needing[v.trade])})
	}
	if v.place != "" && v.place != tooFar {
		out = append(out, Reason{v.place, v.near.words})
	}
	if v.size {
		out = append(out, Reason{BySize, a.size.words})
	}
	if v.concept >= 0 {
		out = append(out, Reason{ByWords, a.concepts[v.concept]})
	} else if v.trade == "" && v.word != "" {
		out = append(out, Reason{ByWords, v.word})
	}
	return out
}
