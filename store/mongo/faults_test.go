package mongo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"goen/store"
	"goen/store/mongofake"
)

// Whatever befalls every write of a call, the call says yes, and what it said
// stands after a fail-over, once.
func TestAYesIsAYes(t *testing.T) {
	hour := time.Now().Add(time.Hour)
	blob, err := store.Sum([]byte("picture"))
	ok(t, err)
	for name, c := range map[string]struct{ before, do, after func(*testing.T, *Store) }{
		"append": {
			func(t *testing.T, s *Store) { ok(t, s.Append(t.Context(), recs(1, 2, "a")...)) },
			func(t *testing.T, s *Store) { ok(t, s.Append(t.Context(), recs(3, 5, "b")...)) },
			func(t *testing.T, s *Store) { want(t, tokens(t, s, "ev.1", 0), "a-1 a-2 b-3 b-4 b-5") },
		},
		"claim": {
			nil,
			func(t *testing.T, s *Store) { claimed(t, s, "code", "ann", hour, "ann") },
			func(t *testing.T, s *Store) { claimed(t, s, "code", "bob", hour, "ann") },
		},
		"prolong": {
			func(t *testing.T, s *Store) { claimed(t, s, "code", "ann", hour, "ann") },
			func(t *testing.T, s *Store) { claimed(t, s, "code", "ann", time.Time{}, "ann") },
			func(t *testing.T, s *Store) {
				ok(t, s.Claims(t.Context(), func(c store.Claim) error {
					if !c.Until.IsZero() {
						t.Errorf("until %v", c.Until)
					}
					return nil
				}))
			},
		},
		"take over": {
			func(t *testing.T, s *Store) {
				s.now = func() time.Time { return hour.Add(-2 * time.Hour) }
				claimed(t, s, "code", "ann", hour.Add(-time.Hour), "ann")
				s.now = time.Now
			},
			func(t *testing.T, s *Store) { claimed(t, s, "code", "bob", hour, "bob") },
			func(t *testing.T, s *Store) { claimed(t, s, "code", "ann", hour, "bob") },
		},
		"release": {
			func(t *testing.T, s *Store) { claimed(t, s, "code", "ann", hour, "ann") },
			func(t *testing.T, s *Store) { ok(t, s.Release(t.Context(), "code", "ann")) },
			func(t *testing.T, s *Store) { claimed(t, s, "code", "bob", hour, "bob") },
		},
		"put key": {
			nil,
			func(t *testing.T, s *Store) { ok(t, s.PutKey(t.Context(), "e/1", []byte("k"))) },
			func(t *testing.T, s *Store) { keyIs(t, s, "k") },
		},
		"swap key": {
			func(t *testing.T, s *Store) { ok(t, s.PutKey(t.Context(), "e/1", []byte("k"))) },
			func(t *testing.T, s *Store) { ok(t, s.SwapKey(t.Context(), "e/1", []byte("k"), []byte("l"))) },
			func(t *testing.T, s *Store) { keyIs(t, s, "l") },
		},
		"drop key": {
			func(t *testing.T, s *Store) { ok(t, s.PutKey(t.Context(), "e/1", []byte("k"))) },
			func(t *testing.T, s *Store) { ok(t, s.DropKey(t.Context(), "e/1")) },
			func(t *testing.T, s *Store) { refused(t, s.PutKey(t.Context(), "e/1", []byte("k")), store.ErrErased) },
		},
		"put blob": {
			nil,
			func(t *testing.T, s *Store) { _, err := s.PutBlob(t.Context(), []byte("picture")); ok(t, err) },
			func(t *testing.T, s *Store) { _, err := s.Blob(t.Context(), blob); ok(t, err) },
		},
		"drop blob": {
			func(t *testing.T, s *Store) { _, err := s.PutBlob(t.Context(), []byte("picture")); ok(t, err) },
			func(t *testing.T, s *Store) { ok(t, s.DropBlob(t.Context(), blob)) },
			func(t *testing.T, s *Store) { _, err := s.Blob(t.Context(), blob); refused(t, err, store.ErrNotFound) },
		},
		"drop": {
			func(t *testing.T, s *Store) { ok(t, s.Append(t.Context(), recs(1, 5, "a")...)) },
			func(t *testing.T, s *Store) { ok(t, s.Drop(t.Context(), "ev.1")) },
			func(t *testing.T, s *Store) {
				refused(t, s.Append(t.Context(), rec(6, "b")), store.ErrGone)
				empty(t, s, "ev.1")
			},
		},
	} {
		for fault := mongofake.CutBefore; fault <= mongofake.Slow; fault++ {
			if fault == mongofake.Full {
				continue
			}
			t.Run(name+"/"+fault.String(), func(t *testing.T) {
				t.Parallel()
				f := fake(t)
				s, other := open(t, f.URI("goen")), open(t, f.URI("goen"))
				if c.before != nil {
					c.before(t, s)
				}
				for _, command := range []string{"insert", "update", "delete"} {
					f.Script(command, fault)
				}
				c.do(t, s)
				if f.Befell()[fault] == 0 {
					t.Fatal("nothing befell it")
				}
				f.FailOver()
				if fault == mongofake.Lag {
					other = s // what others see in that moment is not promised
				}
				c.after(t, other)
			})
		}
	}
}

// A record that only the deposed primary has is shown to nobody, and its place
// is another's afterwards: two are told, one of them yes.
func TestALostWriteIsNobodys(t *testing.T) {
	f := fake(t)
	a, b := open(t, f.URI("goen")), open(t, f.URI("goen"))
	ok(t, a.Append(t.Context(), rec(1, "a")))
	ctx, cancel := context.WithCancel(t.Context())
	f.Script("insert", mongofake.Undone, mongofake.Undone, mongofake.Undone)
	var told error
	var wg sync.WaitGroup
	wg.Go(func() { told = a.Append(ctx, rec(2, "a")) })
	for f.Befell()[mongofake.Undone] == 0 {
		want(t, tokens(t, b, "ev.1", 0), "a-1")
	}
	cancel() // a gives up somewhere in between
	wg.Wait()
	err := b.Append(t.Context(), rec(2, "b"))
	f.FailOver()
	switch got := tokens(t, b, "ev.1", 0); {
	case err == nil && got == "a-1 b-2" && told != nil:
	case errors.Is(err, store.ErrTaken) && got == "a-1 a-2":
	default:
		t.Fatalf("a was told %v, b %v, there is %s", told, err, got)
	}
}

// Eight writers on two handles, readers beside them, and a fail-over every now
// and then. What a reader has seen once stays so, and every place is one
// writer's, who was told.
func TestWritersAndReadersThroughFailOvers(t *testing.T) {
	var count atomic.Int64
	var f *mongofake.Server
	f = fake(t, mongofake.WithPlan(7, 12), mongofake.WithWatch(func(string, bson.Raw) {
		if count.Add(1)%40 == 0 {
			f.FailOver()
		}
	}))
	handles := []*Store{open(t, f.URI("goen")), open(t, f.URI("goen"))}
	const each = 12
	told := make([]map[int64]string, 8)
	var writers, readers sync.WaitGroup
	for w := range told {
		told[w] = map[int64]string{}
		s := handles[w%2]
		writers.Go(func() {
			for head := int64(0); len(told[w]) < each; {
				r := rec(head+1, fmt.Sprintf("w%d", w))
				err := s.Append(t.Context(), r)
				for errors.Is(err, store.ErrUnknown) {
					err = s.Append(t.Context(), r)
				}
				switch {
				case err == nil:
					told[w][r.Seq] = r.By
					head++
				case errors.Is(err, store.ErrTaken):
					if err := s.Read(t.Context(), "ev.1", head, func(r store.Record) error { head = r.Seq; return nil }); err != nil {
						t.Errorf("writer %d: %v", w, err)
						return
					}
				default:
					t.Errorf("writer %d: %v", w, err)
					return
				}
			}
		})
	}
	done := make(chan struct{})
	seen := make([]map[int64]string, 3)
	for i := range seen {
		seen[i] = map[int64]string{}
		s := handles[i%2]
		readers.Go(func() {
			for last := false; !last; {
				select {
				case <-done:
					last = true
				default:
				}
				next := int64(1)
				err := s.Read(t.Context(), "ev.1", 0, func(r store.Record) error {
					if r.Seq != next {
						return fmt.Errorf("place %d, want %d", r.Seq, next)
					}
					if by, was := seen[i][r.Seq]; was && by != r.By {
						return fmt.Errorf("place %d was %s and is %s", r.Seq, by, r.By)
					}
					seen[i][r.Seq] = r.By
					next++
					return nil
				})
				if err == nil && int(next) <= len(seen[i]) {
					err = fmt.Errorf("saw %d places, then %d", len(seen[i]), next-1)
				}
				if err != nil {
					t.Errorf("reader %d: %v", i, err)
					return
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	if t.Failed() {
		return
	}
	f.FailOver()
	got := strings.Fields(tokens(t, handles[0], "ev.1", 0))
	if len(got) != len(told)*each {
		t.Fatalf("%d records, want %d", len(got), len(told)*each)
	}
	for i, by := range got {
		winners := 0
		for _, mine := range told {
			if mine[int64(i+1)] == by {
				winners++
			}
		}
		if winners != 1 {
			t.Errorf("place %d is of %s, and %d were told so", i+1, by, winners)
		}
	}
	for i := range seen {
		if len(seen[i]) != len(got) {
			t.Errorf("reader %d saw %d places in the end", i, len(seen[i]))
		}
	}
}

// A primary that has just been elected may show an older state. What was
// acknowledged is there all the same, and nothing is called damaged.
func TestANewPrimaryIsBehind(t *testing.T) {
	f := fake(t)
	s, other := open(t, f.URI("goen")), open(t, f.URI("goen"))
	ok(t, s.Append(t.Context(), recs(1, 3, "a")...))
	for seq := int64(4); seq < 40; {
		for _, look := range []func(){
			func() { want(t, tokens(t, s, "ev.1", seq-1), rec(seq, "a").By) },
			func() { want(t, tokens(t, s, "ev.1", seq), "") },
			func() { want(t, tokens(t, other, "ev.1", seq), "") },
			func() { ok(t, other.Append(t.Context(), rec(seq+1, "a"))); seq++ },
			func() {
				n := int64(0)
				ok(t, other.Scan(t.Context(), func(store.Record) error { n++; return nil }))
				if n != seq {
					t.Fatalf("scan gave %d of %d", n, seq)
				}
			},
		} {
			f.Script("insert", mongofake.Lag)
			ok(t, s.Append(t.Context(), rec(seq, "a")))
			look()
			seq++
		}
	}
	f.Script("insert", mongofake.Lag)
	ok(t, s.PutKey(t.Context(), "e/1", []byte("k")))
	keyIs(t, other, "k")
	f.Script("insert", mongofake.Lag)
	claimed(t, s, "code", "ann", time.Time{}, "ann")
	holder, err := other.Holder(t.Context(), "code")
	ok(t, err)
	want(t, holder, "ann")
}

func TestUnknownOutcome(t *testing.T) {
	f := fake(t)
	s := open(t, f.URI("goen")+"&serverSelectionTimeoutMS=50", hurried(200*time.Millisecond))
	ok(t, s.Append(t.Context(), rec(1, "a")))
	f.Always(mongofake.NotPrimary)
	refused(t, s.Append(t.Context(), rec(2, "a")), store.ErrUnknown)
	_, err := s.PutBlob(t.Context(), []byte("b"))
	refused(t, err, store.ErrUnknown)
	err = s.Read(t.Context(), "ev.1", 0, func(store.Record) error { return nil })
	if err == nil || errors.Is(err, store.ErrHole) || errors.Is(err, store.ErrGone) {
		t.Fatalf("read: %v", err)
	}
	f.Always(mongofake.None)
	ok(t, s.Append(t.Context(), rec(2, "a")))
	want(t, tokens(t, s, "ev.1", 0), "a-1 a-2")
}

// A server that takes commands and answers none holds nobody up for longer than
// the handle's patience, nor Close; what it was asked for may still come.
func TestSilence(t *testing.T) {
	var mu sync.Mutex
	speak := make(chan struct{})
	close(speak)
	set := func(c chan struct{}) { mu.Lock(); speak = c; mu.Unlock() }
	f := fake(t, mongofake.WithWatch(func(string, bson.Raw) {
		mu.Lock()
		c := speak
		mu.Unlock()
		<-c
	}))
	s, other := open(t, f.URI("goen"), WithPatience(200*time.Millisecond)), open(t, f.URI("goen"), WithPatience(200*time.Millisecond))
	ok(t, s.Append(t.Context(), rec(1, "a")))
	held := make(chan struct{})
	set(held)
	refused(t, s.Append(t.Context(), rec(2, "a")), store.ErrUnknown)
	_, err := s.Claim(t.Context(), "code", "ann", time.Time{})
	refused(t, err, store.ErrUnknown)
	if err := s.Read(t.Context(), "ev.1", 0, func(store.Record) error { return nil }); err == nil || errors.Is(err, store.ErrHole) || errors.Is(err, store.ErrGone) {
		t.Errorf("read: %v", err)
	}
	ok(t, other.Close())
	free := make(chan struct{})
	close(free)
	set(free)
	close(held)
	s.limit = usual
	ok(t, s.Append(t.Context(), rec(2, "a")))
	want(t, tokens(t, s, "ev.1", 0), "a-1 a-2")
}

func TestFullDisk(t *testing.T) {
	f := fake(t)
	s := open(t, f.URI("goen"))
	ok(t, s.Append(t.Context(), rec(1, "a")))
	f.Script("insert", mongofake.Full, mongofake.Full)
	refused(t, s.Append(t.Context(), rec(2, "a")), store.ErrFull)
	_, err := s.PutBlob(t.Context(), []byte("b"))
	refused(t, err, store.ErrFull)
	ok(t, s.Append(t.Context(), rec(2, "a")))
	want(t, tokens(t, s, "ev.1", 0), "a-1 a-2")
}

// What an Append asks of the server in the normal case is one insert, however
// long the run.
func TestAnAppendIsOneCommand(t *testing.T) {
	var asked atomic.Int64
	f := fake(t, mongofake.WithWatch(func(string, bson.Raw) { asked.Add(1) }))
	s := open(t, f.URI("goen"))
	ok(t, s.Append(t.Context(), rec(1, "a")))
	for _, run := range [][]store.Record{{rec(2, "a")}, recs(3, 500, "a"), {rec(501, "a")}} {
		before := asked.Load()
		ok(t, s.Append(t.Context(), run...))
		if n := asked.Load() - before; n != 1 {
			t.Errorf("%d commands for a run of %d", n, len(run))
		}
	}
}
