// Package storetest holds the promises of goen/store as tests. Every engine
// runs all of them.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"goen/store"
)

// Engine is what a suite needs to know of an engine.
type Engine struct {
	// Open returns a handle on the data at place, a path that no other test
	// uses and that is a directory; empty at first, the same data when the
	// place is opened again, be it beside the first handle or after its Close.
	// Claims expire by the clock now.
	Open func(ctx context.Context, place string, now func() time.Time) (store.Store, error)

	// Lose deletes one record behind the engine's back, as damage would. Handles
	// may be open.
	Lose func(ctx context.Context, place, stream string, seq int64) error
}

// Run holds an engine to the promises of store.Store.
func Run(t *testing.T, e Engine) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *lab)
	}{
		{"append and read in order", appendRead},
		{"a run is appended whole", appendRun},
		{"a taken place is refused", taken},
		{"a repeated append is harmless", repeated},
		{"a gap is refused", gap},
		{"names that begin alike do not mix", prefixes},
		{"bounds of a record", recordBounds},
		{"a lost record is noticed", hole},
		{"reading stops where f says", stop},
		{"a reader may write", readAndWrite},
		{"scan gives all in order", scan},
		{"a dropped stream stays away", drop},
		{"eight writers on two handles", writers},
		{"many streams at once", manyStreams},
		{"an ended context writes nothing", ended},
		{"what was written survives", reopen},
		{"after close", closed},
		{"the first claim holds", claimFirst},
		{"claims expire and are prolonged", claimExpiry},
		{"only the owner releases", release},
		{"sixteen claimers", claimers},
		{"bounds of a claim", claimBounds},
		{"keys stay as they are", keys},
		{"an erased key never comes back", tombstones},
		{"eight makers of one key", keyMakers},
		{"blobs", blobs},
		{"claims, one after another", walkClaims},
		{"keys, one after another", walkKeys},
		{"blobs, one after another", walkBlobs},
		{"a walk ends where f says", walkStops},
		{"a key is swapped for its like", swapKey},
		{"eight swap one key", swapRace},
		{"against a model", model},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, newLab(t, e))
		})
	}
}

// lab is one test's data and clock.
type lab struct {
	t      *testing.T
	engine Engine
	place  string

	mu   sync.Mutex
	time time.Time
}

func newLab(t *testing.T, e Engine) *lab {
	return &lab{t: t, engine: e, place: t.TempDir(), time: time.Date(2026, 5, 1, 18, 0, 0, 0, time.UTC)}
}

func (l *lab) now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.time
}

func (l *lab) pass(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.time = l.time.Add(d)
}

// open returns a handle that the end of the test closes, if nothing did before.
func (l *lab) open() store.Store {
	l.t.Helper()
	s, err := l.engine.Open(l.t.Context(), l.place, l.now)
	if err != nil {
		l.t.Fatalf("open: %v", err)
	}
	l.t.Cleanup(func() { ok(l.t, s.Close()) })
	return s
}

// rec is a record whose body and token are made of its place and of salt.
func rec(stream string, seq int64, salt string) store.Record {
	return store.Record{
		Stream: stream,
		Seq:    seq,
		By:     fmt.Sprintf("%s-%d", salt, seq),
		At:     time.Date(2026, 5, 1, 18, 30, 0, int(seq)*1_000_000, time.UTC),
		Body:   fmt.Appendf(nil, `{"n":%d,"who":%q}`, seq, salt),
	}
}

func recs(stream string, from, to int64, salt string) (run []store.Record) {
	for seq := from; seq <= to; seq++ {
		run = append(run, rec(stream, seq, salt))
	}
	return run
}

func read(t *testing.T, s store.Store, stream string, after int64) []store.Record {
	t.Helper()
	got, err := tryRead(t.Context(), s, stream, after)
	ok(t, err)
	return got
}

func tryRead(ctx context.Context, s store.Store, stream string, after int64) (got []store.Record, err error) {
	err = s.Read(ctx, stream, after, func(r store.Record) error {
		got = append(got, r)
		return nil
	})
	return got, err
}

func same(t *testing.T, got, want []store.Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i := range want {
		if line(got[i]) != line(want[i]) {
			t.Fatalf("record %d is %s, want %s", i, line(got[i]), line(want[i]))
		}
		if got[i].At.Location() != time.UTC {
			t.Fatalf("record %d is in %s, want UTC", i, got[i].At.Location())
		}
	}
}

func line(r store.Record) string {
	return fmt.Sprintf("%s %d %s %s %s", r.Stream, r.Seq, r.By, r.At.Format(time.RFC3339Nano), r.Body)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("error: %v", err)
	}
}

func refused(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

// together calls f with 0 to n-1, each in a goroutine, and waits for all.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func long(n int) string { return strings.Repeat("x", n) }
