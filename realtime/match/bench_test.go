package match

import (
	"fmt"
	"testing"
)

// room is n entries of n/10 owners, made of the labelled set over and over.
func room(b *testing.B, n int) (*Index, []labelled, []Entry) {
	needs, entries := readDev(b)
	x := New()
	for i := range n {
		e := entries[i%len(entries)]
		e.ID, e.Owner = fmt.Sprint("e", i), fmt.Sprint("o", i/10)
		x.PutEntry(e)
	}
	return x, needs, entries
}

func BenchmarkPutNeed3000(b *testing.B) {
	x, needs, _ := room(b, 3000)
	for i := 0; b.Loop(); i++ {
		x.PutNeed(needs[i%len(needs)].Need)
	}
}

func BenchmarkPutEntry3000(b *testing.B) {
	x, needs, entries := room(b, 3000)
	for _, n := range needs {
		x.PutNeed(n.Need)
	}
	for i := 0; b.Loop(); i++ {
		e := entries[i%len(entries)]
		e.ID, e.Owner = fmt.Sprint("e", i%3000), fmt.Sprint("o", i%3000/10)
		x.PutEntry(e)
	}
}
