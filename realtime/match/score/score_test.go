package score

import (
	"math"
	"strings"
	"testing"
)

const tiny = `{"type":"person","id":"P01"}
{"type":"person","id":"P02"}
{"type":"entry","id":"E001","owner":"P01"}
{"type":"entry","id":"E002","owner":"P02"}
{"type":"entry","id":"E003","owner":"P02"}
{"type":"need","id":"N001","by":"P01","text":"x","tags":["t"],"rel":{"E002":2,"P02":1},"hard":["E003"]}
{"type":"need","id":"N002","by":"P01","text":"y","tags":[],"rel":{},"hard":[]}
{"type":"pair","id":"L001","seeker":"E001","provider":"E002","rel":2}
{"type":"pair","id":"L002","seeker":"E001","provider":"E003","rel":0}
`

func check(t *testing.T, run string, want map[string]float64) {
	t.Helper()
	d, err := Read(strings.NewReader(tiny))
	if err != nil {
		t.Fatal(err)
	}
	r0, err := ReadRun(strings.NewReader(run))
	if err != nil {
		t.Fatal(err)
	}
	r := Evaluate(d, r0, nil)
	got := map[string]float64{"ndcg": r.NDCG10, "p1": r.P1, "false": r.FalseNudgeRate, "prec": r.NudgePrecision,
		"cov": r.NudgeCoverage, "auc": r.PairAUC, "hard": float64(r.HardNudged), "leaks": float64(r.OwnListLeaks),
		"pp1": r.PersonP1, "prec10": r.PairRecall10}
	for k, v := range want {
		if math.Abs(got[k]-v) > 1e-9 {
			t.Errorf("%s = %v, want %v", k, got[k], v)
		}
	}
}

func TestPerfect(t *testing.T) {
	check(t, "N001\tE002\t5\t1\nN001\tP02\t4\t0\nN001\tE003\t1\t0\nL001\tE002\t3\t1\nL002\tE003\t1\t0\nE001\tE002\t3\t0\n",
		map[string]float64{"ndcg": 1, "p1": 1, "pp1": 1, "prec": 1, "cov": 1, "false": 0, "auc": 1, "hard": 0, "leaks": 0, "prec10": 1})
}

func TestBad(t *testing.T) {
	// own entry listed (a leak), hard negative first and nudged, nudge where there is no answer
	check(t, "N001\tE001\t9\t0\nN001\tE003\t5\t1\nN001\tE002\t4\t0\nN002\tE003\t2\t1\nL001\tE002\t1\t0\nL002\tE003\t3\t1\n",
		map[string]float64{"ndcg": 1 / math.Log2(3), "p1": 0, "prec": 0, "cov": 0, "false": 1, "auc": 0, "hard": 1, "leaks": 1, "prec10": 0})
}

func TestEmptyRun(t *testing.T) {
	check(t, "# nothing\n", map[string]float64{"ndcg": 0, "false": 0, "prec": 0, "auc": 0.5})
}
