package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"

	"goen/realtime/match"
)

// row is one need and one target, weighed.
type row struct {
	need   string
	x      []float64
	rel    int
	weight float64
}

// against are features that may only speak against, either those of any sign;
// all others may only speak for: a weight of the wrong sign is an accident of
// a small set.
func signs() (against, either []string) {
	return []string{"wrong", "apart", "elsewhere", "far", "side"}, []string{"unstated", "unnamed", "situation", "more"}
}

// aims are what the model is taught for each grade.
func aims(rel int) float64 { return []float64{0, 0.75, 1}[rel] }

// expected is what a weight is before anything was measured: what is rare in
// the set (a wrong side, a place) keeps it.
func expected() map[string]float64 {
	return map[string]float64{
		"trade": 2.5, "mention": 1.5, "wrong": -1.5, "both": 2, "more": 0.3, "serves": 1.5, "situation": 0.3, "right": 1, "unstated": 0,
		"apart": -2, "elsewhere": -1, "unnamed": 0, "guess": 2, "guess-top": 0.5, "guess-both": 2, "alike": 1.5, "cover": 2, "words": 1, "rare": 0.5,
		"near": 0.5, "far": -1.5, "size": 1, "side": -3, "plain": 7, "seeks": 8,
	}
}

// fit finds the weights of a logistic model by gradient descent, with a pull
// towards what is expected and the signs above.
func fit(rows []row) map[string]float64 {
	names := match.FeatureNames()
	against, either := signs()
	w, b, prior := make([]float64, len(names)), -4.0, expected()
	for n, name := range names {
		w[n] = prior[name]
	}
	mw, vw := make([]float64, len(names)+1), make([]float64, len(names)+1)
	total := 0.0
	for _, r := range rows {
		total += r.weight
	}
	const rate, steps = 0.05, 800
	for step := 1; step <= steps; step++ {
		grad := make([]float64, len(names)+1)
		for _, r := range rows {
			s := b
			for n, x := range r.x {
				s += w[n] * x
			}
			d := (1/(1+math.Exp(-s)) - aims(r.rel)) * r.weight / total
			for n, x := range r.x {
				grad[n] += d * x
			}
			grad[len(names)] += d
		}
		for n := range grad {
			if n < len(w) {
				grad[n] += pull * (w[n] - prior[names[n]])
				if names[n] == "plain" {
					grad[n] = 0 // hardly in the set: most needs there tell more than a trade
				}
			}
			mw[n] = 0.9*mw[n] + 0.1*grad[n]
			vw[n] = 0.999*vw[n] + 0.001*grad[n]*grad[n]
			move := rate * (mw[n] / (1 - math.Pow(0.9, float64(step)))) / (math.Sqrt(vw[n]/(1-math.Pow(0.999, float64(step)))) + 1e-8)
			if n == len(w) {
				b -= move
				continue
			}
			w[n] -= move
			switch {
			case slices.Contains(either, names[n]):
			case slices.Contains(against, names[n]):
				w[n] = min(0, w[n])
			default:
				w[n] = max(0, w[n])
			}
		}
	}
	out := map[string]float64{"bias": b}
	for n, name := range names {
		out[name] = math.Round(w[n]*1000) / 1000
	}
	return out
}

// level is the lowest probability from which on the nudges of out-of-fold
// predictions are right often enough.
func level(found []guessed, want float64) float64 {
	slices.SortFunc(found, func(a, b guessed) int {
		switch {
		case a.sure > b.sure:
			return -1
		case a.sure < b.sure:
			return 1
		}
		return 0
	})
	right, all, best := 0.0, 0.0, 0.99
	for _, g := range found {
		all += g.weight
		if g.rel > 0 {
			right += g.weight
		}
		if all >= 10 && right/all >= want {
			best = g.sure
		}
	}
	return min(max(best, 0.5), 0.97)
}

// pull is how strongly a weight is held to what is expected of it.
const pull = 0.02

// guessed is a prediction of a pair that passes all gates.
type guessed struct {
	sure   float64
	rel    int
	weight float64
}

func (m *measure) fitAll(w io.Writer) []byte {
	rows := m.rows(func(id string) bool { return !m.held[id] })
	by := fit(rows)
	by["nudge"] = m.nudge
	var out bytes.Buffer
	fmt.Fprintln(&out, "# weights of the features of weights.go: a logistic model, written by eval -fit; nudge is the probability from which on somebody is told")
	fmt.Fprintf(&out, "bias\t%.3f\nnudge\t%.3f\n", by["bias"], by["nudge"])
	for _, name := range match.FeatureNames() {
		fmt.Fprintf(&out, "%s\t%.3f\n", name, by[name])
	}
	fmt.Fprintf(w, "%s%d rows\n", out.String(), len(rows))
	return out.Bytes()
}
