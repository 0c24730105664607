package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"goen/store"
	"goen/store/sqlite/powercut"
)

// Changes that wait for a turn go together: here are the ways in which one of
// them, or all, may come to nothing.

// gate holds the turn, so that what is given to write meanwhile waits in one
// queue, in the order in which it was given.
type gate struct {
	t    *testing.T
	s    *Store
	open func() // lets the queue go
	all  sync.WaitGroup
}

func holdTurn(t *testing.T, s *Store) *gate {
	s.turn <- struct{}{}
	return &gate{t: t, s: s, open: func() { <-s.turn }}
}

// add starts a call that writes, and waits until it is in the queue. answer has
// its error once the gate was opened and all have come home.
func (g *gate) add(f func() error) (answer *error) {
	g.t.Helper()
	n := g.s.waiting() + 1
	answer = new(error)
	g.all.Go(func() { *answer = f() })
	for g.s.waiting() < n {
		runtime.Gosched()
	}
	return answer
}

func (s *Store) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

func (g *gate) finish() {
	g.open()
	g.all.Wait()
}

func of(stream string, seq int64, body string) store.Record {
	r := rec(seq, body)
	r.Stream = stream
	return r
}

// appends is a call for add.
func (g *gate) appends(run ...store.Record) func() error {
	return func() error { return g.s.Append(g.t.Context(), run...) }
}

func bodies(t *testing.T, s *Store, stream string) (all []string) {
	t.Helper()
	ok(t, s.Read(t.Context(), stream, 0, func(r store.Record) error { all = append(all, string(r.Body)); return nil }))
	return all
}

// What waits is synced once, and nobody is answered before that.
func TestOneSyncForAllWhoWait(t *testing.T) {
	const rooms = 40
	syncs, answered := 0, atomic.Int64{}
	watch := false
	d, err := powercut.New(powercut.Config{On: func(a powercut.Act) powercut.Fault {
		if watch && a.Kind == powercut.Synced {
			syncs++
			if n := answered.Load(); n > 0 {
				t.Errorf("%d were answered before the sync", n)
			}
		}
		return powercut.None
	}})
	ok(t, err)
	defer d.Close()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "goen.db"), WithDisk(d.Name))
	ok(t, err)
	ok(t, s.Append(t.Context(), rec(1, `"a"`))) // the head of a new WAL is synced too
	g := holdTurn(t, s)
	for i := range rooms {
		g.add(func() error {
			err := s.Append(t.Context(), of(fmt.Sprintf("ev.%d", i+2), 1, `"a"`))
			ok(t, err)
			answered.Add(1)
			return err
		})
	}
	watch = true
	g.finish()
	watch = false
	if syncs != 1 || answered.Load() != rooms {
		t.Errorf("%d syncs for %d answers", syncs, answered.Load())
	}
	ok(t, s.Close())
}

// A change that is refused, at whatever place of the group, leaves nothing of
// itself and takes nothing from the others.
func TestRefusalIsOnesOwn(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "goen.db"))
	ok(t, s.Append(t.Context(), rec(1, `"a"`)))
	ok(t, s.Drop(t.Context(), "ev.gone"))
	ok(t, s.DropKey(t.Context(), "k/erased"))
	g := holdTurn(t, s)
	// Half a change, as none of ours is, that finds its no late.
	half := func() error {
		return s.write(t.Context(), func(ctx context.Context) error {
			if err := s.exec(ctx, `INSERT INTO keys VALUES ('k/half', 'x')`); err != nil {
				return err
			}
			return store.ErrTaken
		})
	}
	wants := []error{store.ErrTaken, nil, store.ErrGap, nil, store.ErrGone, nil, store.ErrErased, store.ErrNotFound, nil, nil, store.ErrTaken, nil}
	other := of("ev.2", 1, `"other"`)
	other.By = "q"
	var got []*error
	for _, f := range []func() error{
		half,
		g.appends(of("ev.2", 1, `"a"`)),
		g.appends(of("ev.3", 2, `"a"`)),
		g.appends(of("ev.2", 2, `"b"`)), // on what is not committed yet
		g.appends(of("ev.gone", 1, `"a"`)),
		g.appends(of("ev.2", 1, `"a"`), of("ev.2", 2, `"b"`), of("ev.2", 3, `"c"`)), // a repetition, and more
		func() error { return s.PutKey(t.Context(), "k/erased", []byte("k")) },
		func() error { return s.SwapKey(t.Context(), "k/none", []byte("k"), []byte("l")) },
		func() error { return s.PutKey(t.Context(), "k/1", []byte("k")) },
		func() error { return s.SwapKey(t.Context(), "k/1", []byte("k"), []byte("l")) },
		g.appends(other),
		g.appends(rec(2, `"b"`)),
	} {
		got = append(got, g.add(f))
	}
	g.finish()
	for i, want := range wants {
		if !errors.Is(*got[i], want) {
			t.Errorf("change %d: %v, want %v", i, *got[i], want)
		}
	}
	for stream, want := range map[string]string{"ev.1": `"a" "b"`, "ev.2": `"a" "b" "c"`, "ev.3": ""} {
		if is := strings.Join(bodies(t, s, stream), " "); is != want {
			t.Errorf("%s holds %s, want %s", stream, is, want)
		}
	}
	if _, err := s.Key(t.Context(), "k/half"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("half of a refused change: %v", err)
	}
	if k, err := s.Key(t.Context(), "k/1"); err != nil || string(k) != "l" {
		t.Errorf("the key is %s, %v", k, err)
	}
}

// A failure that nobody foresaw, of one change: it alone comes to nothing.
func TestFailureIsOnesOwn(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "goen.db"))
	g := holdTurn(t, s)
	before := g.add(g.appends(rec(1, `"a"`)))
	broken := g.add(func() error {
		return s.write(t.Context(), func(ctx context.Context) error { return s.exec(ctx, `INSERT INTO nowhere VALUES (1)`) })
	})
	// SQLite rolls all of it back by itself, and it looks like a no or a yes.
	undone := func(answer error) *error {
		return g.add(func() error {
			return s.write(t.Context(), func(ctx context.Context) error {
				if err := s.exec(ctx, `ROLLBACK`); err != nil {
					return err
				}
				return answer
			})
		})
	}
	no, yes := undone(store.ErrTaken), undone(nil)
	after := g.add(g.appends(of("ev.2", 1, `"a"`)))
	g.finish()
	ok(t, *before)
	ok(t, *after)
	refused(t, *broken, store.ErrUnknown)
	refused(t, *no, store.ErrTaken)
	refused(t, *yes, store.ErrUnknown)
	if len(bodies(t, s, "ev.1")) != 1 || len(bodies(t, s, "ev.2")) != 1 {
		t.Error("a neighbour's record is not there")
	}
}

// Room for some, and not for all: whoever is told yes is there, whoever is
// refused is not, whatever write of the group found no room.
func TestGroupOnFullDisk(t *testing.T) {
	for _, fault := range []powercut.Fault{powercut.Full, powercut.Short, powercut.Error} {
		refusals, some := 0, 0
		for n, over := 0, false; !over; n++ {
			writes, watch, fails := 0, false, 1+n%9 // the group's, and then those of some alone
			d, err := powercut.New(powercut.Config{Seed: uint64(n), Early: 0.1, On: func(a powercut.Act) powercut.Fault {
				if !watch || a.Kind != powercut.Write && a.Kind != powercut.Extend {
					return powercut.None
				}
				if writes++; n < writes && writes <= n+fails {
					return fault
				}
				return powercut.None
			}})
			ok(t, err)
			path := filepath.Join(t.TempDir(), "goen.db")
			s, err := Open(t.Context(), path, WithDisk(d.Name))
			ok(t, err)
			ok(t, s.Append(t.Context(), rec(1, `"first"`)))
			g := holdTurn(t, s)
			var got []*error
			for i := range 6 {
				body := []string{`"small"`, wide}[i%2]
				got = append(got, g.add(g.appends(of(fmt.Sprintf("ev.%d", i+2), 1, body), of(fmt.Sprintf("ev.%d", i+2), 2, body))))
			}
			got = append(got, g.add(g.appends(rec(1, `"other"`)))) // a no, whatever else
			watch = true
			g.finish()
			over = writes <= n
			watch = false
			yes := 0
			for i, err := range got[:6] {
				stream := fmt.Sprintf("ev.%d", i+2)
				if there := len(bodies(t, s, stream)); there != map[bool]int{true: 2}[*err == nil] {
					t.Fatalf("write %d: %s has %d records after %v", n, stream, there, *err)
				}
				if *err == nil {
					yes++
					continue
				}
				refusals++
				want := store.ErrFull
				if fault == powercut.Error {
					want = store.ErrUnknown
				}
				refused(t, *err, want)
			}
			if 0 < yes && yes < 6 {
				some++
			}
			if *got[6] == nil {
				t.Fatalf("write %d: a taken place was given", n)
			}
			d.Cut()
			_ = s.Close() // without power
			d.Close()
			s = open(t, path)
			for i, err := range got[:6] {
				if there := len(bodies(t, s, fmt.Sprintf("ev.%d", i+2))); *err == nil && there != 2 {
					t.Fatalf("write %d: %d records after the power cut", n, there)
				}
			}
			ok(t, s.Close())
		}
		t.Logf("fault %d: %d refusals, %d times some of the group", fault, refusals, some)
		if refusals < 20 || some < 5 {
			t.Error("too little happened for the test to mean anything")
		}
	}
}

// A sync that fails is everybody's: none is told yes, and none a no that hangs
// on what may not be there.
func TestGroupOnFailedSync(t *testing.T) {
	for _, early := range []bool{false, true} { // at the commit, or in the middle of the group
		groupOnFailedSync(t, early)
	}
}

func groupOnFailedSync(t *testing.T, early bool) {
	failing := false
	d, err := powercut.New(powercut.Config{On: func(a powercut.Act) powercut.Fault {
		if failing && a.Kind == powercut.Sync {
			failing = false // the disk is well again, and that proves nothing
			return powercut.Error
		}
		return powercut.None
	}})
	ok(t, err)
	defer d.Close()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "goen.db"), WithDisk(d.Name))
	ok(t, err)
	ok(t, s.Append(t.Context(), rec(1, `"a"`)))
	g := holdTurn(t, s)
	rival := of("ev.2", 1, `"b"`)
	rival.By = "q"
	var got []*error
	for _, f := range []func() error{g.appends(of("ev.2", 1, `"a"`)), g.appends(rival), g.appends(of("ev.3", 1, `"a"`))} {
		got = append(got, g.add(f))
	}
	if early { // SQLite also syncs when a change outgrows its memory
		got = append(got, g.add(func() error {
			return s.write(t.Context(), func(context.Context) error { return store.ErrStruck })
		}))
	}
	for i := range groupMost { // and those of the next turn
		got = append(got, g.add(g.appends(of(fmt.Sprintf("ev.x%d", i), 1, `"a"`))))
	}
	failing = !early
	g.finish()
	for i, err := range got {
		if !errors.Is(*err, store.ErrStruck) {
			t.Fatalf("change %d: %v", i, *err)
		}
	}
	d.Cut()
	_ = s.Close()
}
