package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"goen/store"
	"goen/store/sqlite/powercut"
)

// The disk gets full, and its syncs fail, at every place where they can.

// errand is a bit of everything that writes. It stops at the first error and
// says how far it came; begun anew at that step it repeats the same call.
type errand struct {
	s    *Store
	step int
}

var errands = []func(context.Context, *Store) error{
	func(ctx context.Context, s *Store) error { return s.Append(ctx, rec(1, `"a"`)) },
	func(ctx context.Context, s *Store) error { return s.Append(ctx, rec(2, wide), rec(3, `"c"`)) },
	func(ctx context.Context, s *Store) error { return s.PutKey(ctx, "e/1", []byte("key")) },
	func(ctx context.Context, s *Store) error { return s.DropKey(ctx, "e/1") },
	func(ctx context.Context, s *Store) error { _, err := s.PutBlob(ctx, []byte(wide)); return err },
	func(ctx context.Context, s *Store) error { return s.Append(ctx, rec(4, wide)) },
}

// places is how many records there are after so many steps.
var places = []int{0, 1, 3, 3, 3, 3, 4}

var wide = `"` + strings.Repeat("w", 30_000) + `"`

func (e *errand) run(t *testing.T) error {
	for ; e.step < len(errands); e.step++ {
		if err := errands[e.step](t.Context(), e.s); err != nil {
			return err
		}
	}
	return nil
}

// count reads the stream and fails if it is not 1, 2, 3, …
func count(t *testing.T, s *Store) (n int) {
	t.Helper()
	ok(t, s.Read(t.Context(), "ev.1", 0, func(r store.Record) error {
		if n++; r.Seq != int64(n) || !bytes.HasPrefix(r.Body, []byte{'"', "-awcw"[n]}) {
			return fmt.Errorf("place %d holds %.10s", r.Seq, r.Body)
		}
		return nil
	}))
	return n
}

// Whatever the write that finds no room: it is refused and was not done, what
// was there can be read, and the same call goes through when there is room.
func TestFullDiskAtEveryWrite(t *testing.T) {
	for _, fault := range []powercut.Fault{powercut.Full, powercut.Short} {
		refusals := 0
		for n, over := 0, false; !over; n++ {
			writes, full := 0, true
			d, err := powercut.New(powercut.Config{Seed: uint64(n), Early: 0.1, On: func(a powercut.Act) powercut.Fault {
				if a.Kind != powercut.Write && a.Kind != powercut.Extend {
					return powercut.None
				}
				if writes++; full && writes > n {
					return fault
				}
				return powercut.None
			}})
			ok(t, err)
			path := filepath.Join(t.TempDir(), "goen.db")
			s, err := Open(t.Context(), path, WithDisk(d.Name))
			if err != nil {
				refusals++
				full = false
				s, err = Open(t.Context(), path, WithDisk(d.Name))
			}
			ok(t, err)
			e := errand{s: s}
			err = e.run(t)
			if over = err == nil && writes <= n; !over && err != nil {
				refusals++
				refused(t, err, store.ErrFull)
				if got := count(t, s); got != places[e.step] {
					t.Fatalf("write %d: refused at step %d, and there are %d records", n, e.step, got)
				}
				refused(t, e.run(t), store.ErrFull) // still
			}
			full = false
			ok(t, e.run(t))
			d.Cut()
			_ = s.Close() // without power
			d.Close()
			s = open(t, path)
			if got := count(t, s); got != 4 {
				t.Fatalf("write %d: %d records after the power cut", n, got)
			}
			ok(t, s.Close())
		}
		t.Logf("fault %d: %d refusals", fault, refusals)
		if refusals < 20 {
			t.Error("too little happened for the test to mean anything")
		}
	}
}

// A failed sync ends all writing: nothing is acknowledged that may not be on
// the disk. A new start goes on, whether or not the system kept in memory what
// the disk did not take.
func TestFailedSync(t *testing.T) {
	for _, restart := range []bool{false, true} {
		stopped := 0
		for n, over := 0, false; !over; n++ {
			failed := false
			d, err := powercut.New(powercut.Config{Seed: uint64(n), Early: 0.1, On: func(a powercut.Act) powercut.Fault {
				if a.Kind == powercut.Sync && a.N == n {
					failed = true
					return powercut.Error
				}
				return powercut.None
			}})
			ok(t, err)
			path := filepath.Join(t.TempDir(), "goen.db")
			s, err := Open(t.Context(), path, WithDisk(d.Name))
			e := errand{s: s}
			if err == nil {
				err = e.run(t)
			}
			over = !failed
			if err != nil && s != nil {
				stopped++
				refused(t, err, store.ErrStruck)
				for range 2 { // the disk is well again, and that proves nothing
					refused(t, e.run(t), store.ErrStruck)
				}
				refused(t, s.PutKey(t.Context(), "e/2", []byte("key")), store.ErrStruck)
				if got := count(t, s); got != places[e.step] {
					t.Fatalf("sync %d: at step %d there are %d records", n, e.step, got)
				}
			}
			if restart {
				if s != nil {
					_ = s.Close()
				}
				s, err = Open(t.Context(), path, WithDisk(d.Name))
				ok(t, err)
				e.s = s
				ok(t, e.run(t))
			}
			acked := places[e.step]
			d.Cut()
			if s != nil {
				_ = s.Close() // without power
			}
			d.Close()
			s = open(t, path)
			if got := count(t, s); got < acked {
				t.Fatalf("sync %d: %d of %d records after the power cut", n, got, acked)
			}
			e.s = s
			ok(t, e.run(t))
			ok(t, s.Close())
		}
		t.Logf("restart %v: stopped %d times", restart, stopped)
		if stopped < 5 {
			t.Error("too little happened for the test to mean anything")
		}
	}
}
