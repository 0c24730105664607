// Package score measures a ranking against a labelled set: retrieval, nudges
// and pairs. It is for tests and for the command eval; the program itself does
// not use it. The README of the set explains fields, grades and figures.
package score

import (
	"fmt"
	"io"
	"math"
	"math/rand"
	"sort"
	"strings"
)

func gain(rel int) float64 { return math.Exp2(float64(rel)) - 1 } // 2 -> 3, 1 -> 1

// ranked keeps the hits whose id is an entry (or a person), and drops what the
// poster already owns; leaks counts the dropped ones.
func ranked(d *Set, n *Need, hits []Hit, persons bool) (out []Hit, leaks int) {
	for _, h := range hits {
		if d.person[h.ID] != persons {
			continue
		}
		if h.ID == n.By || d.owner[h.ID] == n.By {
			leaks++
			continue
		}
		out = append(out, h)
	}
	return
}

type judged struct {
	ndcg, p1, p1strict, rec10, mrr float64
	strictDefined                  bool
	top                            []Hit
}

func evalNeed(n *Need, hits []Hit, isTarget func(string) bool) (judged, bool) {
	var ideal []int
	has2 := false
	for id, r := range n.Rel {
		if r > 0 && isTarget(id) {
			ideal = append(ideal, r)
			has2 = has2 || r == 2
		}
	}
	if len(ideal) == 0 {
		return judged{}, false
	}
	sort.Sort(sort.Reverse(sort.IntSlice(ideal)))
	var idcg float64
	for i, r := range ideal {
		if i == 10 {
			break
		}
		idcg += gain(r) / math.Log2(float64(i)+2)
	}
	q := judged{strictDefined: has2}
	var dcg float64
	found := 0
	for i, h := range hits {
		if i == 10 {
			break
		}
		r := n.Rel[h.ID]
		dcg += gain(r) / math.Log2(float64(i)+2)
		if r > 0 {
			found++
			if q.mrr == 0 {
				q.mrr = 1 / float64(i+1)
			}
		}
		if i == 0 {
			if r > 0 {
				q.p1 = 1
			}
			if r == 2 {
				q.p1strict = 1
			}
		}
	}
	q.ndcg = dcg / idcg
	q.rec10 = float64(found) / math.Min(10, float64(len(ideal)))
	if len(hits) > 3 {
		hits = hits[:3]
	}
	q.top = hits
	return q, true
}

func mean(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s / float64(len(x))
}

func boot(x []float64) (lo, hi float64) {
	if len(x) == 0 {
		return
	}
	r := rand.New(rand.NewSource(1))
	m := make([]float64, 2000)
	for i := range m {
		s := 0.0
		for range x {
			s += x[r.Intn(len(x))]
		}
		m[i] = s / float64(len(x))
	}
	sort.Float64s(m)
	return m[50], m[1949]
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Report holds the figures, named as the README of the set names them.
type Report struct {
	Needs, Answerable, NoAnswer int
	NDCG10, NDCGlo, NDCGhi      float64
	P1, P1Strict, Recall10, MRR float64
	PersonNeeds                 int
	PersonNDCG10, PersonP1      float64
	Nudges                      int
	NudgePrecision              float64
	NudgeStrictPrecision        float64
	NudgeCoverage               float64
	FalseNudgeRate              float64
	BadNudgeRate                float64
	HardNudged                  int
	OwnListLeaks                int
	MaxNudgesPerNeed            int
	Pairs                       int
	PairAUC, PairAP             float64
	PairRecall10                float64
	PairNudgePrecision          float64
	PairNudgeRecall             float64
	byNeed                      map[string]float64
}

// Evaluate measures a run; w, if there is one, gets a line a need.
func Evaluate(d *Set, run Run, w io.Writer) Report {
	var r Report
	run.sort()
	r.byNeed = map[string]float64{}
	r.Needs = len(d.Needs)
	var nd, p1, p1s, rc, mr, pn, pp []float64
	nudgeRel, nudgeStrict, covered, badNeeds, falseNeeds := 0, 0, 0, 0, 0
	for i := range d.Needs {
		n := &d.Needs[i]
		ent, l1 := ranked(d, n, run[n.ID], false)
		per, l2 := ranked(d, n, run[n.ID], true)
		r.OwnListLeaks += l1 + l2
		answerable := false
		for _, v := range n.Rel {
			answerable = answerable || v > 0
		}
		q, ok := evalNeed(n, ent, func(id string) bool { return !d.person[id] })
		if ok {
			nd, rc, mr, p1 = append(nd, q.ndcg), append(rc, q.rec10), append(mr, q.mrr), append(p1, q.p1)
			r.byNeed[n.ID] = q.ndcg
			if q.strictDefined {
				p1s = append(p1s, q.p1strict)
			}
		}
		if qp, okp := evalNeed(n, per, func(id string) bool { return d.person[id] }); okp {
			pn, pp = append(pn, qp.ndcg), append(pp, qp.p1)
		}
		if answerable {
			r.Answerable++
		} else {
			r.NoAnswer++
		}
		nudged, good, bad := 0, 0, 0
		for _, h := range run[n.ID] {
			if !h.Nudge {
				continue
			}
			nudged++
			rel := n.Rel[h.ID]
			if h.ID == n.By || d.owner[h.ID] == n.By {
				rel = 0
			}
			if rel > 0 {
				good++
				nudgeRel++
			} else {
				bad++
			}
			if rel == 2 {
				nudgeStrict++
			}
			if n.Hard[h.ID] {
				r.HardNudged++
			}
		}
		r.Nudges += nudged
		r.MaxNudgesPerNeed = max(r.MaxNudgesPerNeed, nudged)
		if bad > 0 {
			badNeeds++
		}
		if good > 0 {
			covered++
		}
		if !answerable && nudged > 0 {
			falseNeeds++
		}
		if w != nil {
			var top []string
			for i, h := range ent {
				if i == 5 {
					break
				}
				mark := ""
				if h.Nudge {
					mark = "!"
				}
				if n.Hard[h.ID] {
					mark += "H"
				}
				top = append(top, fmt.Sprintf("%s(%d)%s", h.ID, n.Rel[h.ID], mark))
			}
			fmt.Fprintf(w, "%s\t%.3f\t%s\t%s\n", n.ID, q.ndcg, n.Text, strings.Join(top, " "))
		}
	}
	r.NDCG10, r.P1, r.P1Strict, r.Recall10, r.MRR = mean(nd), mean(p1), mean(p1s), mean(rc), mean(mr)
	r.NDCGlo, r.NDCGhi = boot(nd)
	r.PersonNeeds, r.PersonNDCG10, r.PersonP1 = len(pn), mean(pn), mean(pp)
	r.NudgePrecision, r.NudgeStrictPrecision = ratio(nudgeRel, r.Nudges), ratio(nudgeStrict, r.Nudges)
	r.NudgeCoverage = ratio(covered, r.Answerable)
	r.FalseNudgeRate = ratio(falseNeeds, r.NoAnswer)
	r.BadNudgeRate = ratio(badNeeds, r.Needs)

	// pairs: one global ranking of all labelled pairs
	type ps struct {
		rel   int
		score float64
		nudge bool
	}
	var all []ps
	for _, p := range d.Pairs {
		x := ps{rel: p.Rel, score: math.Inf(-1)}
		for _, h := range run[p.ID] {
			if h.ID == p.Provider {
				x.score, x.nudge = h.Score, h.Nudge
			}
		}
		all = append(all, x)
	}
	r.Pairs = len(all)
	// list x list as retrieval: the run may rank providers under the seeker's entry id
	inTop, positives := 0, 0
	for _, p := range d.Pairs {
		if p.Rel == 0 {
			continue
		}
		positives++
		rank := 0
		for _, h := range run[p.Seeker] {
			if d.person[h.ID] || d.owner[h.ID] == d.owner[p.Seeker] {
				continue
			}
			if rank++; rank > 10 {
				break
			}
			if h.ID == p.Provider {
				inTop++
			}
		}
	}
	r.PairRecall10 = ratio(inTop, positives)
	var conc, tot float64
	pos, npos, nn := 0, 0, 0
	for _, a := range all {
		if a.nudge {
			nn++
			if a.rel > 0 {
				npos++
			}
		}
		if a.rel == 0 {
			continue
		}
		pos++
		for _, b := range all {
			if b.rel > 0 {
				continue
			}
			tot++
			if a.score > b.score {
				conc++
			} else if a.score == b.score {
				conc += .5
			}
		}
	}
	if tot > 0 {
		r.PairAUC = conc / tot
	}
	// ties are ordered worst first, so that an unscored pair never helps
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].score != all[j].score {
			return all[i].score > all[j].score
		}
		return all[i].rel < all[j].rel
	})
	k := 0
	for i, a := range all {
		if a.rel > 0 {
			k++
			r.PairAP += float64(k) / float64(i+1)
		}
	}
	if pos > 0 {
		r.PairAP /= float64(pos)
	}
	r.PairNudgePrecision, r.PairNudgeRecall = ratio(npos, nn), ratio(npos, pos)
	return r
}
