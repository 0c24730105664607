package match

import "testing"

// The quick way tells exactly what the slow way would, bit for bit, whatever
// the weights: those of the room, and some that stand on one feature alone.
func TestQuickWayIsJudge(t *testing.T) {
	needs, entries := readDev(t)
	needs = append(needs,
		Need{ID: "c1", By: "nobody", Who: "相続で困っている地主さん"}, Need{ID: "c2", By: "nobody", Who: "税理士を変えたい社長", Area: "千葉県"},
		Need{ID: "c3", By: "nobody", Trade: "web"}, Need{ID: "c4", By: "nobody", Who: "an English-speaking lawyer for a visa"},
	)
	var asking []*asked
	for _, n := range needs {
		asking = append(asking, readNeed(lexiconOf(), n))
	}
	var having []*known
	for _, e := range entries {
		having = append(having, readEntry(lexiconOf(), e))
	}
	for heavy := -1; heavy < int(fCount); heavy++ {
		l := *lexiconOf()
		if heavy >= 0 {
			for n := range l.weights.of {
				l.weights.of[n] *= 0.3
			}
			l.weights.of[heavy] += 9
			l.weights.nudge = 0.5
		}
		hits := 0
		for _, a := range asking {
			for _, k := range having {
				slow := judge(&l, a, k)
				quick, hit := suggests(&l, a, k)
				if hit != slow.hit || hit && quick != slow {
					t.Fatalf("weight on %d: %q for %q: %v, want %v:\n%+v\n%+v", heavy, k.Offers, a.Who, hit, slow.hit, quick, slow)
				}
				if hit {
					hits++
				}
			}
		}
		if heavy < 0 && hits < 40 {
			t.Errorf("%d hits to compare", hits)
		}
	}
}
