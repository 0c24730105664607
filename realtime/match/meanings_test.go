package match

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// vectorOf is some vector of a text, always the same one.
func vectorOf(text string, seed uint64, dims int) []float32 {
	h := fnv.New64a()
	h.Write([]byte(text))
	r := rand.New(rand.NewPCG(h.Sum64(), seed))
	v := make([]float32, dims)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// learnAll gives everything that is wanted a vector.
func learnAll(x *Index, seed uint64) (hits []Hit) {
	for _, posts := range []bool{true, false} {
		for texts := x.Wanted(posts, 64); len(texts) > 0; texts = x.Wanted(posts, 64) {
			var vectors [][]float32
			for _, text := range texts {
				vectors = append(vectors, vectorOf(text, seed, 32))
			}
			hits = append(hits, x.Learn(texts, vectors)...)
		}
	}
	return hits
}

// crowded is the labelled set with few owners, so that each has a choice.
func crowded(t testing.TB) (*Index, []Need, []Entry) {
	needs, entries := readDev(t)
	x := New()
	for i := range entries {
		entries[i].Owner = fmt.Sprint("o", i%3)
		x.PutEntry(entries[i])
	}
	return x, needs, entries
}

// Whatever the vectors say, they only order: what is a nudge, how sure, and why,
// stays; and what a gate holds back stays where words put it.
func TestMeaningOnlyOrders(t *testing.T) {
	t.Parallel()
	x, needs, entries := crowded(t)
	type pair struct{ need, entry string }
	nudge, moved, gated := map[pair]Hit{}, 0, 0
	before := map[string][]Hit{}
	for _, n := range needs {
		x.PutNeed(n)
		before[n.ID] = x.RankNeed(n.ID, 1<<20)
		for _, h := range before[n.ID] {
			if h.Nudge {
				nudge[pair{n.ID, h.Entry}] = h
			}
		}
	}
	for seed := range uint64(3) {
		x.ForgetMeanings()
		for _, n := range needs {
			x.MeanNeed(n.ID)
		}
		for _, e := range entries {
			x.MeanEntry(e.ID)
		}
		learned := learnAll(x, seed)
		for _, n := range needs {
			after := x.RankNeed(n.ID, 1<<20)
			was := map[string]Hit{}
			var scores, now []float64
			for _, h := range before[n.ID] {
				was[h.Entry], scores = h, append(scores, h.Score)
			}
			for _, h := range after {
				old, known := was[h.Entry]
				now = append(now, h.Score)
				if h.Score != old.Score {
					moved++
				}
				if h.gated {
					gated++
					if h.Score != old.Score {
						t.Fatalf("%s: %s is held back, and meaning moves it", n.ID, h.Entry)
					}
				}
				h.Score, old.Score = 0, 0
				if !known || !reflect.DeepEqual(h, old) {
					t.Fatalf("%s: meaning makes %+v of %+v", n.ID, h, old)
				}
			}
			if !slices.Equal(scores, now) {
				t.Fatalf("%s: the scores changed", n.ID)
			}
			learned = append(learned, x.PutNeed(n)...)
		}
		for _, h := range learned {
			old, is := nudge[pair{h.Need, h.Entry}]
			if !is || !h.Nudge || h.Probability != old.Probability || !reflect.DeepEqual(h.Why, old.Why) {
				t.Fatalf("%+v is suggested, and was %+v by words", h, old)
			}
		}
	}
	if moved == 0 || gated == 0 {
		t.Fatalf("%d moved, %d held back: nothing was tried", moved, gated)
	}
}

// What an owner is told does not depend on the vectors of others' entries.
func TestMeaningOfAnotherList(t *testing.T) {
	t.Parallel()
	tell := func(others bool) string {
		x, needs, entries := crowded(t)
		for _, n := range needs {
			x.PutNeed(n)
			x.MeanNeed(n.ID)
		}
		for _, e := range entries {
			if e.Owner == "o0" || others {
				x.MeanEntry(e.ID)
			}
		}
		learnAll(x, 1)
		var out []string
		for _, n := range needs {
			for _, h := range x.Ranked(n.ID) {
				if h.Owner == "o0" {
					out = append(out, fmt.Sprint(h))
				}
			}
		}
		return strings.Join(out, "\n")
	}
	with, without := tell(true), tell(false)
	if with != without || with == "" {
		t.Fatalf("what one owner is told changes with the lists of others")
	}
}

func taxRoom() *Index {
	x := New()
	for _, e := range []Entry{
		{ID: "a", Owner: "o", Trade: "zeirishi", Offers: "相続税の申告"},
		{ID: "b", Owner: "o", Trade: "zeirishi", Offers: "相続税の申告、相続の相談"},
		{ID: "c", Owner: "o", Trade: "zeirishi", Offers: "相続税申告と税務調査"},
		{ID: "d", Owner: "o", Trade: "zeirishi", Offers: "相続"},
	} {
		x.PutEntry(e)
	}
	return x
}

// Meaning lifts what is nearest, words win a draw, and who has no vector keeps
// the place that words gave.
func TestFusion(t *testing.T) {
	t.Parallel()
	need := Need{ID: "n", By: "p", Trade: "zeirishi", Who: "相続税の申告をお願いできる税理士"}
	ids := func(hits []Hit) (out []string) {
		for _, h := range hits {
			out = append(out, h.Entry)
		}
		return out
	}
	x := taxRoom()
	words := ids(x.PutNeed(need))
	if len(words) != PerOwner {
		t.Fatalf("words suggest %v", words)
	}
	var all []string
	for _, h := range x.RankNeed("n", 10) {
		all = append(all, h.Entry)
	}
	at := func(near map[string]float32) []string {
		x := taxRoom()
		x.PutNeed(need)
		x.MeanNeed("n")
		texts, vectors := x.Wanted(true, 9), [][]float32{{1, 0}}
		for id, c := range near {
			texts = append(texts, x.MeanEntry(id))
			vectors = append(vectors, []float32{c, float32(math.Sqrt(float64(1 - c*c)))})
		}
		x.Wanted(false, 9)
		learned := ids(x.Learn(texts, vectors))
		if now := ids(x.PutNeed(need)); !slices.Equal(now, learned) {
			t.Errorf("Learn says %v, PutNeed then %v", learned, now)
		}
		return learned
	}
	one, two, three, four := all[0], all[1], all[2], all[3]
	for _, c := range []struct {
		what string
		near map[string]float32
		want []string
	}{
		{"the same order", map[string]float32{one: .9, two: .8, three: .7, four: .6}, []string{one, two, three}},
		{"a draw of two", map[string]float32{one: .1, two: .9}, []string{one, two, three}},
		{"the last is nearest, the first farthest", map[string]float32{one: .1, two: .8, three: .7, four: .9}, []string{two, one, four}}, // a draw of the outermost
		{"the second is nearest, the first last of three", map[string]float32{one: .1, two: .9, three: .5}, []string{two, one, three}},
		{"the first and the third change, the second has no vector", map[string]float32{one: .1, three: .9, four: .5}, []string{three, two, one}},
		{"no entry has a vector", nil, words},
	} {
		if got := at(c.near); !slices.Equal(got, c.want) && len(c.near) > 0 {
			t.Errorf("%s: %v, want %v of %v", c.what, got, c.want, all)
		}
	}
}

// Only what Text says is ever wanted.
func TestTextsThatMayLeave(t *testing.T) {
	t.Parallel()
	x := New()
	x.PutEntry(Entry{ID: "e", Owner: "~owner~", Trade: "zeirishi", Area: "~area~", Size: "2-9", Offers: "相続税の申告", Seeks: "~seeks~", Note: "~note~", Label: "~label~"})
	x.PutEntry(Entry{ID: "never", Owner: "~owner~", Trade: "zeirishi", Offers: "相続税", Note: "紹介不可"})
	x.PutNeed(Need{ID: "n", By: "~by~", Trade: "web", Who: "会社の案内を作れる方", Area: "~area~", Why: "~why~"})
	if got := x.MeanEntry("never"); got != "" {
		t.Errorf("an entry for nobody wants a vector of %q", got)
	}
	if e, n := x.MeanEntry("e"), x.MeanNeed("n"); e != "税理士\n相続税の申告" || n != "Webデザイン\n会社の案内を作れる方" && !strings.HasSuffix(n, "\n会社の案内を作れる方") {
		t.Errorf("wanted are %q and %q", e, n)
	}
	if x.MeanNeed("nothing") != "" || x.MeanEntry("nothing") != "" {
		t.Error("the unknown wants something")
	}
}

// A vector stays as long as a text that may be embedded is there, and no longer;
// it is asked for once.
func TestMeaningsGo(t *testing.T) {
	t.Parallel()
	x := New()
	entry := func(id, offers string) Entry { return Entry{ID: id, Owner: "o", Trade: "zeirishi", Offers: offers} }
	for _, id := range []string{"a", "b"} {
		x.PutEntry(entry(id, "相続"))
		x.MeanEntry(id)
	}
	texts := x.Wanted(false, 9)
	if len(texts) != 1 || len(x.Wanted(false, 9)) != 0 {
		t.Fatalf("two entries with one text want %q", texts)
	}
	x.Missed(texts)
	if again := x.Wanted(false, 9); !slices.Equal(again, texts) {
		t.Fatalf("after a failure %q is wanted", again)
	}
	x.Learn(texts, [][]float32{{1, 2}})
	if x.Meanings() != 1 {
		t.Fatal("nothing was learned")
	}
	x.PutEntry(entry("c", "相続"))
	if x.MeanEntry("c") != "" {
		t.Error("a text whose vector is here is asked for again")
	}
	changed := entry("a", "相続")
	changed.Note = "お急ぎの方だけ"
	x.PutEntry(changed) // with the same text it keeps it
	x.DropEntry("b")
	x.UnmeanEntry("c")
	if x.Meanings() != 1 {
		t.Error("a vector goes that a text still has")
	}
	x.PutEntry(entry("a", "登記"))
	if x.Meanings() != 0 || len(x.meanings.of) != 0 {
		t.Error("a vector stays whose text is gone")
	}
	x.Learn(texts, [][]float32{{1, 2}}) // it comes too late
	if x.Meanings() != 0 {
		t.Error("a vector is kept that nobody waits for")
	}

	need := Need{ID: "n", By: "p", Who: "税理士"}
	x.PutNeed(need)
	x.MeanNeed("n")
	if !x.Awaits("n") {
		t.Error("a post does not wait")
	}
	x.Missed(x.Wanted(true, 9))
	if x.Awaits("n") || len(x.Wanted(true, 9)) != 0 || !slices.Contains(x.Wanted(false, 9), need.Text()) {
		t.Error("a post that missed goes on waiting, or is asked for no more")
	}
	x.Learn([]string{need.Text()}, [][]float32{{3, 4}})
	need.Why = "急ぎ"
	x.PutNeed(need)
	if x.Meanings() != 1 {
		t.Error("a need loses its vector with another why")
	}
	x.DropNeed("n")
	x.MeanEntry("a")
	x.Learn(x.Wanted(false, 9), [][]float32{{3, 4}})
	x.ForgetMeanings()
	if x.Meanings() != 0 || len(x.meanings.of) != 0 {
		t.Error("something stays when all is forgotten")
	}
}

// What is no vector is not learned, and not asked for again.
func TestWhatIsNoVector(t *testing.T) {
	t.Parallel()
	big := float32(math.MaxFloat32)
	for _, bad := range [][]float32{nil, {}, {0, 0}, {1}, {1, 2, 3}, {float32(math.NaN()), 1}, {float32(math.Inf(1)), 1}} {
		x := taxRoom()
		x.MeanEntry("a")
		x.MeanEntry("b")
		texts := x.Wanted(false, 9)
		x.Learn(texts[:1], [][]float32{{1, 2}})
		x.Learn(texts[1:], [][]float32{bad})
		if x.Meanings() != 1 || len(x.Wanted(false, 9)) != 0 {
			t.Errorf("%v is a vector", bad)
		}
	}
	x := taxRoom()
	x.MeanEntry("a")
	x.Learn(x.Wanted(false, 9), [][]float32{{big, big}})
	if v := x.meanings.entry("a"); math.Abs(nearness(v, v)-1) > 1e-6 {
		t.Errorf("a long vector becomes %v", v)
	}
	x = taxRoom() // with vectors so long that only one fits
	x.MeanEntry("a")
	x.MeanEntry("b")
	texts := x.Wanted(false, 9)
	long := make([]float32, mostMeaning*2/3)
	long[0] = 1
	x.Learn(texts, [][]float32{long, long})
	if x.Meanings() != 1 {
		t.Errorf("%d vectors fit", x.Meanings())
	}
}

// meantRoom is room with vectors of 256 numbers for every entry and need.
func meantRoom(b *testing.B) (*Index, []Need) {
	needs, entries := readDev(b)
	x := New()
	for i := range 25000 {
		e := entries[i%len(entries)]
		e.ID, e.Owner = fmt.Sprint("e", i), fmt.Sprint("o", i/100)
		e.Offers = fmt.Sprint(e.Offers, "。", i) // a text of its own
		x.PutEntry(e)
		x.MeanEntry(e.ID)
	}
	for texts := x.Wanted(false, 64); len(texts) > 0; texts = x.Wanted(false, 64) {
		var vectors [][]float32
		for _, text := range texts {
			vectors = append(vectors, vectorOf(text, 1, 256))
		}
		x.Learn(texts, vectors)
	}
	return x, needs
}

// What it costs that the vector of a post arrives, with 25,000 entries of 250
// owners. The 99th percentile is taken as in BenchmarkPutNeed25000.
func BenchmarkRerank25000(b *testing.B) {
	x, needs := meantRoom(b)
	vectors := make([][]float32, len(needs))
	for i, n := range needs {
		vectors[i] = vectorOf(n.Text(), 1, 256)
	}
	quickest := make([]time.Duration, len(needs))
	for i := 0; b.Loop(); i++ {
		n := i % len(needs)
		x.PutNeed(needs[n])
		x.MeanNeed(needs[n].ID)
		texts := x.Wanted(true, 64)
		start := time.Now()
		x.Learn(texts, vectors[n:n+1])
		if took := time.Since(start); quickest[n] == 0 || took < quickest[n] {
			quickest[n] = took
		}
		x.DropNeed(needs[n].ID)
	}
	slices.Sort(quickest)
	b.ReportMetric(float64(quickest[len(quickest)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(quickest[len(quickest)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(x.Meanings()), "vectors")
}
