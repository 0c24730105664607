package match

import "goen/realtime/trade"

// tooFar is the place of an entry that contradicts the need's.
const tooFar = "far"

// where compares the places, best first. Unknown on either side is no ground
// for and none against.
func where(l *lexicon, a *asked, k *known) (by, words string) {
	if len(a.areas) == 0 || len(k.areas) == 0 || k.anywhere && !a.local || a.anywhere {
		return "", ""
	}
	best, near := 0, &a.areas[0]
	for n := range a.areas {
		for m := range k.areas {
			if got := compare(&a.areas[n], &k.areas[m]); got > best {
				best, near = got, &a.areas[n]
			}
		}
	}
	by = [...]string{tooFar, ByRegion, ByPrefecture, ByCity}[best]
	if by == ByRegion && !near.wide && (a.local || !k.travels(l.region) && !travelling(l, a, "region")) {
		return tooFar, ""
	}
	if by == tooFar && !a.local && (k.travels(l.anywhere) || travelling(l, a, "anywhere")) {
		return "", ""
	}
	return by, near.words
}

// travelling says whether what is asked for is done from far away too.
func travelling(l *lexicon, a *asked, far string) bool {
	for _, x := range a.asks {
		if r := l.concepts[x.concept].remote; r == far || r == "anywhere" {
			return true
		}
	}
	return false
}

func (k *known) travels(set map[trade.ID]bool) bool {
	for id := range k.trades {
		if set[id] {
			return true
		}
	}
	return false
}

// spot is an area and what it lies in.
type spot struct {
	id, prefecture, region string
	wide                   bool // a whole region
	words                  string
}

func spotOf(a trade.Area, words string) spot {
	return spot{a.ID, trade.Prefecture(a.ID), trade.Region(a.ID), a.Kind == trade.KindRegion, words}
}

// compare places two areas; two cities of one prefecture are near enough.
func compare(a, b *spot) int {
	switch {
	case a.id == b.id && a.prefecture != a.id && !a.wide:
		return 3
	case a.prefecture != "" && a.prefecture == b.prefecture:
		return 2
	case a.region != "" && a.region == b.region:
		return 1
	}
	return 0
}
