package realtime_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"goen/realtime"
	"goen/realtime/event"
)

// distant is an embedder that takes its time.
type distant struct {
	takes time.Duration
	mu    sync.Mutex
	asked []string
	gone  int // calls that were given up
}

func (d *distant) Where() string { return "vectors.example.jp" }

func (d *distant) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	d.mu.Lock()
	d.asked = append(d.asked, texts...)
	d.mu.Unlock()
	select {
	case <-time.After(d.takes):
	case <-ctx.Done():
		d.mu.Lock()
		d.gone++
		d.mu.Unlock()
		return nil, ctx.Err()
	}
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = []float32{1, float32(strings.Count(text, "相続"))}
	}
	return out, nil
}

func (d *distant) texts() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := slices.Clone(d.asked)
	slices.Sort(out)
	return out
}

// meant is an evening where ann has four entries that suit heir, everybody has
// agreed, and the list was embedded.
func meant(t *testing.T, d *distant) (*world, *phone) {
	w := newWorld(t, newMemory(), func(c *realtime.Config) { c.Embedder = d })
	w.evening("ann", "bob")
	w.do(person("host"), event.EmbeddingSet{On: true})
	for _, name := range []string{"ann", "bob"} {
		w.do(person(name), event.EmbeddingAgree{Where: d.Where()})
	}
	for _, offers := range []string{"相続税の申告", "相続税の申告、相続の相談", "相続税申告と税務調査", "相続"} {
		w.do(person("ann"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "zeirishi", Area: "千葉県", Offers: offers}, Reach: event.Nameless})
	}
	ann := w.phone("ann")
	time.Sleep(15 * time.Second)
	synctest.Wait()
	return w, ann
}

var heir = event.NeedPost{NeedWords: event.NeedWords{Who: "相続税の申告をお願いできる税理士", Trade: "zeirishi", Area: "千葉県", Why: "父のことで"}}

// The surest suggestion comes at once, the others when the vector is here, or
// when 300 ms have passed; the room answers all the while.
func TestASuggestionDoesNotWait(t *testing.T) {
	for name, c := range map[string]struct{ takes, others time.Duration }{
		"a quick answer": {50 * time.Millisecond, 50 * time.Millisecond},
		"a slow answer":  {time.Hour, 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &distant{takes: c.takes}
				w, ann := meant(t, d)
				w.do(person("bob"), heir)
				time.Sleep(30 * time.Millisecond) // the room's rest
				synctest.Wait()
				if n := len(ann.suggestions()); n != 1 {
					t.Fatalf("%d suggestions come at once", n)
				}
				began := time.Now()
				w.do(person("bob"), post("ほかの方"))
				if time.Since(began) != 0 {
					t.Errorf("the room waits %v", time.Since(began))
				}
				time.Sleep(c.others - 31*time.Millisecond)
				synctest.Wait()
				if n := len(ann.suggestions()); n != 1 {
					t.Errorf("%d suggestions came before the order was known", n)
				}
				time.Sleep(time.Millisecond + 30*time.Millisecond)
				synctest.Wait()
				if n := len(ann.suggestions()); n != 2 {
					t.Errorf("%d suggestions after %v", n, c.others)
				}
				w.close()
			})
		})
	}
}

// Switched off while a post's vector is on its way: what was held comes at once.
func TestSwitchedOffMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &distant{takes: 100 * time.Millisecond}
		w, ann := meant(t, d)
		w.do(person("bob"), heir)
		synctest.Wait()
		w.do(person("host"), event.EmbeddingSet{})
		synctest.Wait()
		time.Sleep(30 * time.Millisecond) // the room's rest
		synctest.Wait()
		if n := len(ann.suggestions()); n != 2 {
			t.Errorf("%d suggestions when it is off", n)
		}
		before := d.texts()
		w.do(person("ann"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "zeirishi", Offers: "別の文"}, Reach: event.Nameless})
		w.do(person("bob"), post("別の方"))
		time.Sleep(time.Hour)
		synctest.Wait()
		if after := d.texts(); !slices.Equal(before, after) {
			t.Errorf("off, and %v goes out", after)
		}
		w.close()
	})
}

// What did not come is asked for again, ever more seldom, and by no post; the
// end of the room ends a call.
func TestAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &distant{takes: time.Hour}
		w, _ := meant(t, d)
		w.do(person("bob"), heir)
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		calls := map[string]int{}
		for _, text := range d.texts() {
			calls[text]++
		}
		for text, n := range calls {
			if n < 8 || n > 20 { // 10 s of waiting and up to a minute of rest each, until the room rests too, after ten
				t.Errorf("%q was asked for %d times in half an hour", text, n)
			}
		}
		if len(calls) != 5 {
			t.Errorf("asked for were %v", calls)
		}
		if n := strings.Count(w.log.String(), "embed"); n != 1 {
			t.Errorf("the log tells %d times that it fails", n)
		}
		if strings.Contains(w.log.String(), "相続") {
			t.Error("the log holds a text")
		}
		time.Sleep(5 * time.Second)
		w.close()
	})
}
