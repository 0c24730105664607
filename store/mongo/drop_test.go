package mongo

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"goen/store"
	"goen/store/mongofake"
)

// empty says that the log holds nothing that was written into a stream.
func empty(t testing.TB, s *Store, stream string) {
	t.Helper()
	n := 0
	ok(t, s.walk(t.Context(), s.log, "", nil, func(doc bson.Raw) error {
		if n++; !strings.HasPrefix(idOf(doc), stream+":") || !doc.Lookup("b").IsZero() || !doc.Lookup("w").IsZero() {
			t.Errorf("left: %v", doc)
		}
		return nil
	}))
	if n == 0 {
		t.Error("the places are free again")
	}
}

// A handle that has not heard of the drop, and knows the stream as shorter than
// it was, asks for a place that was another's.
func TestALateAppendToADroppedStream(t *testing.T) {
	f := fake(t)
	a, b := open(t, f.URI("goen")), open(t, f.URI("goen"))
	ok(t, a.Append(t.Context(), recs(1, 3, "a")...))
	ok(t, b.Append(t.Context(), recs(4, 6, "b")...))
	ok(t, b.Drop(t.Context(), "ev.1"))
	refused(t, a.Append(t.Context(), rec(4, "a")), store.ErrGone)
	refused(t, a.Append(t.Context(), recs(4, 9, "a")...), store.ErrGone)
	refused(t, a.Append(t.Context(), rec(3, "a")), store.ErrGone) // its own of old
	empty(t, b, "ev.1")
}

// Drop against writers: whoever is told yes is told so before the end.
func TestDropAmongWriters(t *testing.T) {
	f := fake(t, mongofake.WithPlan(3, 5))
	handles := []*Store{open(t, f.URI("goen")), open(t, f.URI("goen"))}
	ok(t, handles[0].Append(t.Context(), recs(1, 700, "a")...))
	var wg sync.WaitGroup
	started := make(chan struct{}, 4)
	var dropped atomic.Bool
	for w := range 4 {
		s := handles[w%2]
		wg.Go(func() {
			for head := int64(700); ; {
				late := dropped.Load()
				err := s.Append(t.Context(), rec(head+1, fmt.Sprint("w", w)))
				if errors.Is(err, store.ErrTaken) {
					err = s.Read(t.Context(), "ev.1", head, func(r store.Record) error { head = r.Seq; return nil })
				} else if err == nil {
					head++
				}
				if head == 705 {
					select {
					case started <- struct{}{}:
					default:
					}
				}
				if errors.Is(err, store.ErrGone) {
					return
				}
				if late || err != nil && !errors.Is(err, store.ErrUnknown) {
					t.Errorf("writer %d, after the drop %v: %v", w, late, err)
					return
				}
			}
		})
	}
	<-started
	ok(t, handles[1].Drop(t.Context(), "ev.1"))
	dropped.Store(true)
	wg.Wait()
	empty(t, handles[0], "ev.1")
	ok(t, handles[0].Scan(t.Context(), func(r store.Record) error { return fmt.Errorf("scan gave %s %d", r.Stream, r.Seq) }))
}

// A crash after the first steps of Drop: the mark stands, the records too.
func TestHalfDropIsFinishedAtTheNextStart(t *testing.T) {
	f := fake(t)
	s := open(t, f.URI("goen"))
	ok(t, s.Append(t.Context(), recs(1, 1200, "a")...))
	_, err := s.claims.InsertOne(t.Context(), bson.D{{Key: "_id", Value: store.GoneClaim("ev.1")}, {Key: "o", Value: "store"}})
	ok(t, err)
	again := open(t, f.URI("goen"))
	empty(t, again, "ev.1")
	refused(t, s.Append(t.Context(), rec(1201, "a")), store.ErrGone)
	refused(t, s.Read(t.Context(), "ev.1", 1200, func(store.Record) error { return nil }), store.ErrGone)
}
