package match

import (
	_ "embed"
	"strconv"

	"goen/realtime/trade"
)

//go:embed data/weights.tsv
var weightsTSV string

// What a pair is weighed by. Each lies between -1 and 1.
const (
	fTrade     = iota // the trade that is plainly asked for
	fMention          // a trade that the need mentions
	fWrong            // another trade is plainly asked for
	fBoth             // both name a concept
	fMore             // and further ones
	fServes           // the need names a concept that this trade does
	fSituation        // and does so by telling a situation
	fRight            // the right trade names the concept
	fUnstated         // the right trade says nothing of what it does
	fApart            // it names only a sibling that excludes what is asked for
	fElsewhere        // it names other things only
	fUnnamed          // the need names the trade and no concept
	fGuess            // the trade that the need's scraps of words speak for
	fGuessTop         // and it is the first guess
	fGuessBoth        // the entry names what the need is guessed to be about
	fAlike            // both are guessed to be about the same
	fCover            // how much of the need's words the entry has
	fWords            // how many rare words they share
	fRare             // how rare the rarest is
	fNear             // the place meets
	fFar              // the place contradicts
	fSize             // the size meets, or contradicts
	fSide             // the other side
	fPlain            // the trade that is asked for, and nothing else is
	fSeeks            // the entry seeks what is named (a need for clients)
	fCount
)

type features [fCount]float64

// none says whether nothing speaks for a pair.
func (f *features) none() bool {
	for n, x := range f {
		if x > 0 && n != fWrong && n != fApart && n != fElsewhere && n != fNear && n != fFar && n != fSize && n != fSide && n != fUnstated {
			return false
		}
	}
	return true
}

// FeatureNames are the names of data/weights.tsv in the order of the features.
func FeatureNames() []string {
	return []string{"trade", "mention", "wrong", "both", "more", "serves", "situation", "right", "unstated", "apart", "elsewhere",
		"unnamed", "guess", "guess-top", "guess-both", "alike", "cover", "words", "rare", "near", "far", "size", "side", "plain", "seeks"}
}

// weights turn features into a probability: a logistic model, fitted by
// `go run ./realtime/match/eval -fit`.
type weights struct {
	bias  float64
	of    features
	nudge float64 // from this probability on somebody is told
}

func (w *weights) sum(f *features) float64 {
	s := w.bias
	for n, x := range f {
		s += w.of[n] * x
	}
	return s
}

func loadWeights() (w weights) {
	at := map[string]*float64{"bias": &w.bias, "nudge": &w.nudge}
	for n, name := range FeatureNames() {
		at[name] = &w.of[n]
	}
	for _, c := range trade.Rows(weightsTSV, 2) {
		if x, err := strconv.ParseFloat(c[1], 64); err == nil && at[c[0]] != nil {
			*at[c[0]] = x
		}
	}
	return w
}
