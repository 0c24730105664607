package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"goen/store"
)

// The queue before the turn: its order, and who leaves it.

// Who goes away before the turn has written nothing, and keeps nobody up. Who
// goes away later hears what became of it.
func TestWhoGoesAway(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "goen.db"))
	g := holdTurn(t, s)
	away, leave := context.WithCancel(t.Context())
	answers := make(chan error)
	first := g.add(g.appends(rec(1, `"a"`)))
	go func() { answers <- s.Append(away, rec(2, `"b"`)) }()
	for s.waiting() < 2 {
		runtime.Gosched()
	}
	last := g.add(g.appends(rec(2, `"c"`)))
	leave()
	refused(t, <-answers, context.Canceled) // with the turn still held
	if n := s.waiting(); n != 2 {
		t.Fatalf("%d wait", n)
	}
	g.finish()
	ok(t, *first)
	ok(t, *last)

	g = holdTurn(t, s)
	away, leave = context.WithCancel(t.Context())
	begun, mayEnd := make(chan struct{}), make(chan struct{})
	slow := g.add(func() error {
		return s.write(t.Context(), func(context.Context) error { close(begun); <-mayEnd; return nil })
	})
	late := g.add(func() error { return s.Append(away, rec(3, `"d"`)) })
	g.open()
	<-begun // both are in the group, whoever leads it
	leave()
	close(mayEnd)
	g.all.Wait()
	ok(t, *slow)
	ok(t, *late)
	if got := bodies(t, s, "ev.1"); !slices.Equal(got, []string{`"a"`, `"c"`, `"d"`}) {
		t.Fatalf("there is %s", got)
	}
}

// First come, first served, however many wait; and a stream keeps its order.
func TestTheQueueKeepsItsOrder(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "goen.db"))
	g := holdTurn(t, s)
	const many = 3*groupMost + 7
	var order []int
	var got []*error
	for i := range many {
		got = append(got, g.add(func() error {
			return s.write(t.Context(), func(ctx context.Context) error {
				order = append(order, i)
				return s.put(ctx, rec(int64(i+1), `"a"`))
			})
		}))
	}
	g.finish()
	for i, err := range got {
		ok(t, *err)
		if order[i] != i {
			t.Fatalf("%d was served as number %d", order[i], i)
		}
	}
	if n := len(bodies(t, s, "ev.1")); n != many {
		t.Fatalf("%d records", n)
	}
}

// Close waits for all who wait, and turns nobody away who was taken.
func TestCloseWaitsForTheQueue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "goen.db")
	s := open(t, path)
	g := holdTurn(t, s)
	var got []*error
	for i := range 10 {
		got = append(got, g.add(g.appends(of(fmt.Sprintf("ev.%d", i), 1, `"a"`))))
	}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	for !s.isClosed() {
		runtime.Gosched()
	}
	refused(t, s.Append(t.Context(), rec(1, `"late"`)), store.ErrClosed)
	g.finish()
	ok(t, <-closed)
	s = open(t, path)
	for i, err := range got {
		ok(t, *err)
		if n := len(bodies(t, s, fmt.Sprintf("ev.%d", i))); n != 1 {
			t.Fatalf("ev.%d has %d records", i, n)
		}
	}
}

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}
