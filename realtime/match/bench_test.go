package match

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// readDev reads the needs and entries of the labelled set.
func readDev(t testing.TB) (needs []Need, entries []Entry) {
	t.Helper()
	raw, err := os.ReadFile("testdata/dev.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(raw) {
		var r struct{ Type, ID, Owner, By, Text, Region, Work, Offer, Seek, Who, Note string }
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		switch r.Type {
		case "entry":
			entries = append(entries, Entry{ID: r.ID, Owner: r.Owner, Trade: TradeOf(r.Work), Area: r.Region, Offers: r.Work + "。" + r.Offer, Seeks: r.Seek, Note: r.Note, Label: r.Who})
		case "need":
			needs = append(needs, Need{ID: r.ID, By: r.By, Who: r.Text, Area: r.Region})
		}
	}
	return needs, entries
}

// room is n entries of n/100 owners, made of the labelled set over and over.
func room(b *testing.B, n int) (*Index, []Need, []Entry) {
	needs, entries := readDev(b)
	x := New()
	for i := range n {
		e := entries[i%len(entries)]
		e.ID, e.Owner = fmt.Sprint("e", i), fmt.Sprint("o", i/100)
		x.PutEntry(e)
	}
	return x, needs, entries
}

// The 99th percentile is over needs; each counts with its quickest of many
// turns, so that a busy machine is not measured.
func BenchmarkPutNeed25000(b *testing.B) {
	x, needs, _ := room(b, 25000)
	quickest := make([]time.Duration, len(needs))
	for i := 0; b.Loop(); i++ {
		n := i % len(needs)
		start := time.Now()
		x.PutNeed(needs[n])
		if took := time.Since(start); quickest[n] == 0 || took < quickest[n] {
			quickest[n] = took
		}
	}
	slices.Sort(quickest)
	b.ReportMetric(float64(quickest[len(quickest)*99/100].Microseconds()), "p99-µs")
}

func BenchmarkPutEntry25000(b *testing.B) {
	x, needs, entries := room(b, 25000)
	for _, n := range needs {
		x.PutNeed(n)
	}
	for i := 0; b.Loop(); i++ {
		e := entries[i%len(entries)]
		e.ID, e.Owner = fmt.Sprint("e", i%25000), fmt.Sprint("o", i%25000/100)
		x.PutEntry(e)
	}
}

func BenchmarkLexicon(b *testing.B) {
	for b.Loop() {
		loadLexicon(nil, nil)
	}
}
