package match

import "testing"

// The quick way tells exactly what the slow way would, bit for bit, whatever
// the weights: those of the room, and some under which nearly all or next to
// nothing is a hit.
func TestQuickWayIsJudge(t *testing.T) {
	needs, entries := readDev(t)
	needs = append(needs,
		Need{ID: "c1", By: "nobody", Who: "相続で困っている地主さん"}, Need{ID: "c2", By: "nobody", Who: "税理士を変えたい社長", Area: "千葉県"},
		Need{ID: "c3", By: "nobody", Trade: "web"}, Need{ID: "c4", By: "nobody", Who: "an English-speaking lawyer for a visa"},
	)
	for _, w := range []struct{ nudge, bias, scale float64 }{{0, 0, 1}, {0.05, 0, 1}, {0.5, 3, -1}, {0.99, 0, 2}, {0.3, 2, 0.3}} {
		l := *lexiconOf()
		if w.nudge > 0 {
			l.weights.nudge = w.nudge
			l.weights.bias += w.bias
			for n := range l.weights.of {
				l.weights.of[n] *= w.scale
			}
		}
		hits := 0
		known := make([]*known, len(entries))
		for n, e := range entries {
			known[n] = readEntry(&l, e)
		}
		for _, n := range needs {
			a := readNeed(&l, n)
			for _, k := range known {
				slow := judge(&l, a, k)
				quick, hit := suggests(&l, a, k)
				if hit != slow.hit || hit && quick != slow {
					t.Fatalf("%+v: %q for %q: %v, want %v:\n%+v\n%+v", w, k.Offers, n.Who, hit, slow.hit, quick, slow)
				}
				if hit {
					hits++
				}
			}
		}
		t.Logf("%+v: %d hits", w, hits)
		if hits == 0 && w.nudge < 0.9 {
			t.Errorf("%+v: no hit to compare", w)
		}
	}
}
