package match

import (
	"fmt"
	"testing"
)

func TestZZ(t *testing.T) {
	needs, entries := readDev(t)
	x := New()
	for _, e := range entries {
		x.PutEntry(e)
	}
	for part, ns := range [][]labelled{needs[:59], needs[59:]} {
		st := map[string][2]int{}
		for _, n := range ns {
			hits := x.PutNeed(n.Need)
			a := readNeed(n.Need)
			for i, h := range hits[:min(3, len(hits))] {
				v := judge(a, x.entries[h.Entry])
				k := x.entries[h.Entry]
				key := ""
				if v.trade != "" {
					key += "T"
				}
				if v.concept >= 0 {
					key += "C"
					if k.concepts[v.concept] {
						key += "x"
					}
				}
				if len(a.concepts) == 0 {
					key += "-noC"
				}
				if len(k.trades) == 0 {
					key += "-ET"
				}
				_ = i
				c := st[key]
				c[0]++
				if n.rel[h.Entry] > 0 {
					c[1]++
				}
				st[key] = c
				key = fmt.Sprintf("rest%d", min(5, a.rest/2))
				c = st[key]
				c[0]++
				if n.rel[h.Entry] > 0 {
					c[1]++
				}
				st[key] = c
				key = fmt.Sprintf("rank%d", i)
				c = st[key]
				c[0]++
				if n.rel[h.Entry] > 0 {
					c[1]++
				}
				st[key] = c
				key = fmt.Sprintf("sc%.1f", h.Score)
				c = st[key]
				c[0]++
				if n.rel[h.Entry] > 0 {
					c[1]++
				}
				st[key] = c
			}
		}
		fmt.Println(part, st)
	}
}
