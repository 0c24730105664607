package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"

	"goen/realtime/match"
	"goen/realtime/match/score"
)

// The views of a need.
const (
	whole = iota
	unsaid
	without
)

// folds of the needs that are not kept aside.
const folds = 5

// precise is how often a nudge must be right where the level is chosen.
const precise = 0.97

// measure holds a labelled set and the indexes it is measured with.
type measure struct {
	*set
	labels  *score.Set
	rel     map[string]map[string]int
	held    map[string]bool
	whole   *match.Index
	without [folds + 1]*match.Index // lacks the concepts of a fold; the last one is for those kept aside
	unsaid  [folds + 1]*match.Index // lacks only the terms that the needs of a fold use
	nudge   float64
}

func newMeasure(s *set, raw []byte, held map[string]bool) (*measure, error) {
	labels, err := score.Read(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	m := &measure{set: s, labels: labels, held: held, rel: map[string]map[string]int{}, whole: match.New()}
	for _, n := range labels.Needs {
		m.rel[n.ID] = n.Rel
	}
	s.fill(m.whole)
	return m, nil
}

// cross makes what cross-validation needs: the lexicons of the folds, and the
// level of nudges.
func (m *measure) cross() {
	for f := range m.without {
		var concepts, terms []string
		for _, n := range m.needs {
			if m.fold(n.ID) == f {
				ids, words := match.Named(n.Who)
				concepts, terms = append(concepts, ids...), append(terms, words...)
			}
		}
		m.without[f], m.unsaid[f] = match.Without(concepts, nil), match.Without(nil, terms)
		m.fill(m.without[f])
		m.fill(m.unsaid[f])
	}
	m.chooseLevel()
}

// fold is where a need belongs; the last one is for those kept aside.
func (m *measure) fold(id string) int {
	if m.held[id] {
		return folds
	}
	h := fnv.New32a()
	h.Write([]byte("fold" + id))
	return int(h.Sum32() % folds)
}

// views are the three states of the lexicon that a need is read with: whole,
// without the terms and without the concepts of its fold, so that what is
// learned holds beyond the lexicon.
func (m *measure) views(id string) []*match.Index {
	f := m.fold(id)
	return []*match.Index{m.whole, m.unsaid[f], m.without[f]}
}

// rows are the pairs of some needs, in all views.
func (m *measure) rows(which func(id string) bool) []row {
	var out []row
	for _, n := range m.needs {
		if !which(n.ID) {
			continue
		}
		for _, x := range m.views(n.ID) {
			x.PutNeed(n)
			for _, h := range x.RankNeed(n.ID, 1<<20) {
				ground, _ := x.Grounds(n.ID, h.Entry+h.Card)
				out = append(out, row{n.ID, ground, m.rel[n.ID][h.Entry+h.Card], 1})
			}
			x.DropNeed(n.ID)
		}
	}
	return out
}

// counts is what a view counts where the level is chosen: a lexicon that people
// keep filling mostly knows what is meant, sometimes not the words, seldom
// nothing at all.
func counts() [3]float64 { return [3]float64{whole: 1, unsaid: 1. / 3, without: 1. / 6} }

// chooseLevel picks the level of nudges on predictions for needs that neither
// the weights nor the concepts were made with.
func (m *measure) chooseLevel() {
	var found []guessed
	for f := range folds {
		by := m.weightsFor(f)
		by["nudge"] = 0
		for view, x := range []*match.Index{m.whole, m.unsaid[f], m.without[f]} {
			x.Weigh(by)
			for _, n := range m.needs {
				if m.fold(n.ID) != f {
					continue
				}
				x.PutNeed(n)
				for _, h := range x.RankNeed(n.ID, 1<<20) {
					if h.Nudge {
						found = append(found, guessed{h.Probability, m.rel[n.ID][h.Entry+h.Card], counts()[view]})
					}
				}
				x.DropNeed(n.ID)
			}
		}
	}
	m.nudge = level(found, precise)
}

// weightsFor are fitted on all folds but one and those kept aside.
func (m *measure) weightsFor(f int) map[string]float64 {
	return fit(m.rows(func(id string) bool { return m.fold(id) != f && !m.held[id] }))
}

// figures measures some needs; cross-validated, with weights of the other
// folds, or with those of the room.
func (m *measure) figures(which func(id string) bool, view int, crossed bool, w io.Writer) score.Report {
	run := score.Run{}
	var own map[string]float64
	for f := range folds + 1 {
		var some []match.Need
		for _, n := range m.needs {
			if m.fold(n.ID) == f && which(n.ID) {
				some = append(some, n)
			}
		}
		if len(some) == 0 {
			continue
		}
		x := m.views(some[0].ID)[view]
		if crossed && f < folds {
			by := m.weightsFor(f)
			by["nudge"] = m.nudge
			x.Weigh(by)
		} else {
			if own == nil {
				own = match.Weights()
			}
			x.Weigh(own)
		}
		maps.Copy(run, m.ranking(x, some))
	}
	part := *m.labels
	part.Needs = slices.DeleteFunc(slices.Clone(part.Needs), func(n score.Need) bool { return !which(n.ID) })
	return score.Evaluate(&part, run, w)
}

func (m *measure) print(w io.Writer) {
	aside := func(id string) bool { return m.held[id] }
	rest := func(id string) bool { return !m.held[id] }
	for _, p := range []struct {
		name    string
		which   func(string) bool
		view    int
		crossed bool
	}{
		{"not kept aside, as the room is", rest, whole, false},
		{"not kept aside, weights cross-validated", rest, whole, true},
		{"not kept aside, weights cross-validated, their terms left out", rest, unsaid, true},
		{"not kept aside, weights cross-validated, their concepts left out", rest, without, true},
		{"kept aside, as the room is", aside, whole, false},
		{"kept aside, their terms left out", aside, unsaid, false},
		{"kept aside, their concepts left out", aside, without, false},
	} {
		fmt.Fprintf(w, "%s\n", p.name)
		say(w, m.figures(p.which, p.view, p.crossed, nil))
	}
}

func say(w io.Writer, r score.Report) {
	fmt.Fprintf(w, "  entries  nDCG@10 %.3f  P@1 %.3f (grade 2: %.3f)  recall@10 %.3f  cards nDCG@10 %.3f\n", r.NDCG10, r.P1, r.P1Strict, r.Recall10, r.PersonNDCG10)
	fmt.Fprintf(w, "  nudges   %d, precision %.3f  coverage %.3f  of %d needs without an answer %.0f nudged  hard negatives %d  own list %d\n",
		r.Nudges, r.NudgePrecision, r.NudgeCoverage, r.NoAnswer, r.FalseNudgeRate*float64(r.NoAnswer), r.HardNudged, r.OwnListLeaks)
	fmt.Fprintf(w, "  pairs    AUC %.3f  recall@10 %.3f  nudge precision %.3f  recall %.3f\n", r.PairAUC, r.PairRecall10, r.PairNudgePrecision, r.PairNudgeRecall)
}
