package match

import "math"

// suggests is judge for who is told of hits alone: it stops as soon as what is
// left to weigh cannot make one. Where it answers true, its verdict is judge's.
func suggests(l *lexicon, a *asked, k *known) (verdict, bool) {
	v := verdict{concept: -1, guess: -1}
	if k.never || a.By == k.Owner || a.english && !k.english {
		return v, false
	}
	if a.clients || k.bare {
		v = judge(l, a, k)
		return v, v.hit
	}
	g := &v.ground
	v.weighTrades(l, a, k)
	v.weighConcepts(l, a, k)
	if g[fApart] >= 1 || g[fElsewhere] >= mostly && len(k.doing) > 0 {
		return v, false
	}
	v.weighTogether(l, a, k)
	if !l.weights.mayReach(g, fGuess, fGuessTop, fGuessBoth, fAlike, fCover, fWords, fRare, fNear, fFar, fSize) {
		return v, false
	}
	v.weighGuesses(l, a, k)
	if !v.evidence() || !l.weights.mayReach(g, fCover, fWords, fRare, fNear, fFar, fSize) {
		return v, false
	}
	v.weighWords(l, a, k)
	v.placeAndSize(l, a, k)
	v.conclude(l, a, k)
	return v, v.hit
}

// mayReach says whether the level of a suggestion can still be reached when some
// features are not weighed yet; each adds at most the size of its weight.
func (w *weights) mayReach(f *features, left ...int) bool {
	most := w.sum(f)
	for _, n := range left {
		most += math.Abs(w.of[n])
	}
	return 1/(1+math.Exp(-most-rounding)) >= w.nudge
}

// rounding is more than sums in another order may differ by.
const rounding = 1e-9
