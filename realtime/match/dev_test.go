package match

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"goen/realtime/trade"
)

//go:embed testdata/dev.jsonl
var devSet []byte

// record is a line of the labelled set; testdata/dev.jsonl explains itself in
// the README of the set it was copied from.
type record struct {
	Type, ID, Owner, By, Text, Region, Work, Offer, Seek, Who, Note string
	Rel                                                             json.RawMessage
}

type labelled struct {
	Need
	rel map[string]int
}

func readDev(t testing.TB) (needs []labelled, entries []Entry) {
	t.Helper()
	for line := range bytes.Lines(devSet) {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		switch r.Type {
		case "entry":
			e := Entry{ID: r.ID, Owner: r.Owner, Area: r.Region, Offers: r.Work + "。" + r.Offer, Seeks: r.Seek, Note: r.Note, Label: r.Who}
			entries = append(entries, tapped(e, r.Work))
		case "need":
			n := labelled{Need{ID: r.ID, By: r.By, Who: r.Text, Area: r.Region}, map[string]int{}}
			if err := json.Unmarshal(r.Rel, &n.rel); err != nil {
				t.Fatal(err)
			}
			needs = append(needs, n)
		}
	}
	return needs, entries
}

// tapped stands for the owner's tap on a trade: the first one of the work that
// the entry is read as anyway.
func tapped(e Entry, work string) Entry {
	k := readEntry(Entry{Offers: work})
	for _, t := range trade.Spot(work) {
		if k.trades[t.ID] > 0 {
			e.Trade = t.ID
			break
		}
	}
	return e
}

// figures of the labelled set; see the README of the set for what they mean.
type figures struct {
	ndcg, p1, recall, precision, coverage float64
	nudges, falseNudged                   int
}

func measure(t testing.TB, needs []labelled, entries []Entry, say bool) figures {
	var f figures
	answerable, good := 0, 0
	x := New()
	for _, e := range entries {
		x.PutEntry(e)
	}
	for _, n := range needs {
		a := readNeed(n.Need)
		type scored struct {
			id    string
			score float64
		}
		var list []scored
		for _, e := range x.entries {
			if v := judge(a, e); v.score > 0 {
				list = append(list, scored{e.ID, v.score})
			}
		}
		slices.SortFunc(list, func(a, b scored) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
		})
		list = list[:min(10, len(list))]
		rel := map[string]int{}
		for id, r := range n.rel {
			if id[0] == 'E' {
				rel[id] = r
			}
		}
		hits := x.PutNeed(n.Need)
		hits = hits[:min(3, len(hits))]
		right, missed := 0, ""
		for _, h := range hits {
			if rel[h.Entry] > 0 || n.rel[h.Entry] > 0 {
				right++
			} else {
				missed += " " + h.Entry
			}
		}
		if say && (missed != "" || right == 0 && len(rel) > 0) {
			t.Logf("%s %s\n   trades %v concepts %v wrong%s right %d", n.ID, n.Who, a.trades, a.concepts, missed, right)
		}
		f.nudges += len(hits)
		f.precision += float64(right)
		if len(rel) == 0 {
			if len(hits) > 0 {
				f.falseNudged++
			}
			continue
		}
		answerable++
		if right > 0 {
			good++
		}
		gain, found := 0.0, 0
		for i, s := range list {
			gain += float64(int(1)<<rel[s.id]-1) / math.Log2(float64(i+2))
			if rel[s.id] > 0 {
				found++
			}
		}
		if len(list) > 0 && rel[list[0].id] > 0 {
			f.p1++
		}
		f.recall += float64(found) / float64(min(10, len(rel)))
		f.ndcg += gain / ideal(rel)
	}
	f.ndcg /= float64(answerable)
	f.p1 /= float64(answerable)
	f.recall /= float64(answerable)
	f.precision /= math.Max(1, float64(f.nudges))
	f.coverage = float64(good) / float64(answerable)
	return f
}

func ideal(rel map[string]int) float64 {
	var grades []int
	for _, r := range rel {
		grades = append(grades, r)
	}
	slices.SortFunc(grades, func(a, b int) int { return b - a })
	sum := 0.0
	for i, r := range grades[:min(10, len(grades))] {
		sum += float64(int(1)<<r-1) / math.Log2(float64(i+2))
	}
	return sum
}

// asideFrom is the place of the first need whose mistakes were not looked at
// one by one. These needs had been read before the lexicon was written, and
// their sums were looked at, so they are no clean test: expect less elsewhere.
const asideFrom = 59

func TestLabelledSet(t *testing.T) {
	needs, entries := readDev(t)
	all := measure(t, needs, entries, false)
	seen := measure(t, needs[:asideFrom], entries, testing.Verbose())
	aside := measure(t, needs[asideFrom:], entries, false)
	t.Logf("all   %+v", all)
	t.Logf("seen  %+v", seen)
	t.Logf("aside %+v", aside)
	if all.ndcg < 0.74 || all.p1 < 0.80 || all.precision < 0.85 || all.coverage < 0.60 || all.falseNudged > 1 {
		t.Errorf("the ranking got worse: %+v", all)
	}
}
