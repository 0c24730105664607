package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"goen/store"
	"goen/store/sqlite"
)

func openAt(t *testing.T, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "goen.db"))
	ok(t, err)
	t.Cleanup(func() { ok(t, s.Close()) })
	return s
}

func recordOf(stream string, seq int64, body string) store.Record {
	return store.Record{
		Stream: stream, Seq: seq, By: fmt.Sprintf("p-%s-%d", stream, seq), At: time.UnixMilli(1_800_000_000_000 + seq), Body: []byte(body),
	}
}

// furnish puts something of every kind into a store.
func furnish(t *testing.T, s store.Store) {
	t.Helper()
	_, err := store.Installation(t.Context(), s)
	ok(t, err)
	ring := store.NewKeyring(s, master)
	ok(t, ring.Check(t.Context()))
	for _, stream := range []string{"dir", "ev.1", "ev.10", "ev.2", "ev.gone", "pp.b"} {
		for seq := range int64(3) {
			ok(t, s.Append(t.Context(), recordOf(stream, seq+1, fmt.Sprintf("{\"of\":%q,\"n\":%d,\"t\":\"ご縁 <&>\u2028\"}", stream, seq))))
		}
	}
	ok(t, s.Drop(t.Context(), "ev.gone"))
	ok(t, s.Drop(t.Context(), "ev.never"))
	for i, until := range []time.Time{{}, time.Now().Add(time.Hour), time.Now().Add(24 * time.Hour)} {
		name := fmt.Sprint("code.", i)
		holder, err := s.Claim(t.Context(), name, "ev.1", until)
		ok(t, err)
		if holder != "ev.1" {
			t.Fatalf("%s is held by %s", name, holder)
		}
	}
	seal(t, ring, "1/ann", "need", "words")
	seal(t, ring, "1/bob", "need", "words")
	ok(t, ring.Drop(t.Context(), "1/bob"))
	ok(t, ring.Drop(t.Context(), "1/never"))
	for _, picture := range []string{"one", "two"} {
		_, err := s.PutBlob(t.Context(), []byte(picture))
		ok(t, err)
	}
}

// change is what a source goes through while its copy was cut short.
func change(t *testing.T, s store.Store) {
	t.Helper()
	ok(t, s.Append(t.Context(), recordOf("ev.1", 4, `"more"`), recordOf("ev.1", 5, `"more"`)))
	ok(t, s.Append(t.Context(), recordOf("ev.3", 1, `"new"`)))
	ok(t, s.Drop(t.Context(), "ev.2"))
	ok(t, s.Release(t.Context(), "code.0", "ev.1"))
	_, err := s.Claim(t.Context(), "code.0", "ev.10", time.Time{})
	ok(t, err)
	ok(t, s.Release(t.Context(), "code.1", "ev.1"))
	ok(t, s.DropKey(t.Context(), "1/ann"))
	sum, err := store.Sum([]byte("one"))
	ok(t, err)
	ok(t, s.DropBlob(t.Context(), sum))
	_, err = s.PutBlob(t.Context(), []byte("three"))
	ok(t, err)
}

func dump(t *testing.T, s store.Source) (all []byte) {
	t.Helper()
	ok(t, s.Scan(t.Context(), func(r store.Record) error {
		all = fmt.Appendf(all, "%s %d %s %s %s\n", r.Stream, r.Seq, r.By, r.At, r.Body)
		return nil
	}))
	ok(t, s.Claims(t.Context(), func(c store.Claim) error {
		all = fmt.Appendf(all, "%s %s %s\n", c.Name, c.Owner, c.Until)
		return nil
	}))
	ok(t, s.Keys(t.Context(), func(id string, wrapped []byte) error {
		all = fmt.Appendf(all, "%s %x\n", id, wrapped)
		return nil
	}))
	var sums []string
	ok(t, s.Blobs(t.Context(), func(sum string) error { sums = append(sums, sum); return nil }))
	for _, sum := range sums {
		b, err := s.Blob(t.Context(), sum)
		ok(t, err)
		all = fmt.Appendf(all, "%s %s\n", sum, b)
	}
	return all
}

func sameDump(t *testing.T, got, want store.Source) {
	t.Helper()
	if a, b := dump(t, got), dump(t, want); !bytes.Equal(a, b) {
		t.Fatalf("got\n%s\nwant\n%s", a, b)
	}
}

func TestPourMovesEverything(t *testing.T) {
	a, b := openAt(t, t.TempDir()), openAt(t, t.TempDir())
	furnish(t, a)
	want := store.Tally{Streams: 5, Records: 15, Claims: 4, Keys: 2, Erased: 2, Gone: 2, Blobs: 2}
	for range 2 { // what was copied already is no stranger
		got, err := store.Pour(t.Context(), a, b, "copy", time.Now)
		ok(t, err)
		if got != want {
			t.Fatalf("it counts %+v, want %+v", got, want)
		}
		sameDump(t, b, a)
	}
	refused(t, b.Append(t.Context(), recordOf("ev.gone", 1, `"x"`)), store.ErrGone)
	change(t, a)
	refused(t, justError(store.Compare(t.Context(), a, b, time.Now)), store.ErrMoved)
}

func justError(_ store.Tally, err error) error { return err }

func TestPourRefusesWhatIsNotItsOwn(t *testing.T) {
	for name, alter := range map[string]func(*testing.T, *sqlite.Store){
		"another installation": func(t *testing.T, s *sqlite.Store) { furnish(t, s) },
		"a store in use":       func(t *testing.T, s *sqlite.Store) { ok(t, store.NewKeyring(s, master).Check(t.Context())) },
		"a claim alone": func(t *testing.T, s *sqlite.Store) {
			_, err := s.Claim(t.Context(), "code.x", "ev.1", time.Time{})
			ok(t, err)
		},
		"a blob alone":   func(t *testing.T, s *sqlite.Store) { _, err := s.PutBlob(t.Context(), []byte("x")); ok(t, err) },
		"a dropped name": func(t *testing.T, s *sqlite.Store) { ok(t, s.Drop(t.Context(), "ev.1")) },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := openAt(t, t.TempDir()), openAt(t, t.TempDir())
			furnish(t, a)
			alter(t, b)
			before := dump(t, b)
			refused(t, justError(store.Pour(t.Context(), a, b, "copy", time.Now)), store.ErrNotEmpty)
			if !bytes.Equal(dump(t, b), before) {
				t.Error("the target was changed")
			}
		})
	}
	// The target was a copy, and went its own way then.
	for name, alter := range map[string]func(*testing.T, *sqlite.Store){
		"a record more": func(t *testing.T, s *sqlite.Store) { ok(t, s.Append(t.Context(), recordOf("ev.1", 4, `"x"`))) },
		"a stream more": func(t *testing.T, s *sqlite.Store) { ok(t, s.Append(t.Context(), recordOf("ev.7", 1, `"x"`))) },
		"a key more":    func(t *testing.T, s *sqlite.Store) { ok(t, s.PutKey(t.Context(), "1/cy", []byte("k"))) },
		"an erasure":    func(t *testing.T, s *sqlite.Store) { ok(t, s.DropKey(t.Context(), "1/ann")) },
		"a drop":        func(t *testing.T, s *sqlite.Store) { ok(t, s.Drop(t.Context(), "ev.2")) },
		"a claim more": func(t *testing.T, s *sqlite.Store) {
			_, err := s.Claim(t.Context(), "code.x", "ev.1", time.Time{})
			ok(t, err)
		},
		"a blob more": func(t *testing.T, s *sqlite.Store) { _, err := s.PutBlob(t.Context(), []byte("x")); ok(t, err) },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := openAt(t, t.TempDir()), openAt(t, t.TempDir())
			furnish(t, a)
			ok(t, justError(store.Pour(t.Context(), a, b, "copy", time.Now)))
			alter(t, b)
			ok(t, a.Append(t.Context(), recordOf("ev.1", 4, `"y"`)))
			before := dump(t, b)
			refused(t, justError(store.Pour(t.Context(), a, b, "copy", time.Now)), store.ErrNotEmpty)
			if !bytes.Equal(dump(t, b), before) {
				t.Error("the target was changed")
			}
		})
	}
}

// failing fails at its n-th write, and may have written before it says so.
type failing struct {
	store.Store
	left    *int
	written bool
}

var errCut = errors.New("cut short")

func (f failing) write(do func() error) error {
	if *f.left--; *f.left > 0 {
		return do()
	}
	if *f.left == 0 && f.written {
		_ = do()
	}
	return errCut
}

func (f failing) Append(ctx context.Context, run ...store.Record) error {
	return f.write(func() error { return f.Store.Append(ctx, run...) })
}

func (f failing) Drop(ctx context.Context, stream string) error {
	return f.write(func() error { return f.Store.Drop(ctx, stream) })
}

func (f failing) Claim(ctx context.Context, name, owner string, until time.Time) (holder string, err error) {
	err = f.write(func() error { holder, err = f.Store.Claim(ctx, name, owner, until); return err })
	return holder, err
}

func (f failing) Release(ctx context.Context, name, owner string) error {
	return f.write(func() error { return f.Store.Release(ctx, name, owner) })
}

func (f failing) PutKey(ctx context.Context, id string, wrapped []byte) error {
	return f.write(func() error { return f.Store.PutKey(ctx, id, wrapped) })
}

func (f failing) SwapKey(ctx context.Context, id string, old, new []byte) error {
	return f.write(func() error { return f.Store.SwapKey(ctx, id, old, new) })
}

func (f failing) DropKey(ctx context.Context, id string) error {
	return f.write(func() error { return f.Store.DropKey(ctx, id) })
}

func (f failing) PutBlob(ctx context.Context, b []byte) (sum string, err error) {
	err = f.write(func() error { sum, err = f.Store.PutBlob(ctx, b); return err })
	return sum, err
}

func (f failing) DropBlob(ctx context.Context, sum string) error {
	return f.write(func() error { return f.Store.DropBlob(ctx, sum) })
}

// A copy that was cut short at any of its writes goes on where it was, also when
// the source has changed meanwhile.
func TestPourGoesOn(t *testing.T) {
	for _, changed := range []bool{false, true} {
		for n, done := 1, false; !done; n++ {
			t.Run(fmt.Sprint("changed ", changed, ", write ", n), func(t *testing.T) {
				a, b := openAt(t, t.TempDir()), openAt(t, t.TempDir())
				furnish(t, a)
				left := n
				_, err := store.Pour(t.Context(), a, failing{b, &left, n%2 == 0}, "copy", time.Now)
				if left > 0 {
					ok(t, err)
					done = true
				} else {
					refused(t, err, errCut)
				}
				owner, err := store.HalfFilled(t.Context(), b)
				ok(t, err)
				// The mark comes after the name; it goes with the last write.
				ended := bytes.Equal(dump(t, a), dump(t, b))
				if marked := owner == "copy"; marked != (n >= 2 && !ended) {
					t.Fatalf("half filled by %q", owner)
				}
				if changed {
					change(t, a)
				}
				if changed && ended { // a whole copy may have been served since
					refused(t, justError(store.Pour(t.Context(), a, b, "copy", time.Now)), store.ErrNotEmpty)
					return
				}
				ok(t, justError(store.Pour(t.Context(), a, b, "copy", time.Now)))
				sameDump(t, b, a)
			})
		}
	}
}

func TestRewrapGoesOn(t *testing.T) {
	fresh := [32]byte{7}
	for n, done := 1, false; !done; n++ {
		s := openAt(t, t.TempDir())
		furnish(t, s)
		ring := store.NewKeyring(s, master)
		sealed := seal(t, ring, "1/cy", "need", "words")
		left := n
		all, err := store.Rewrap(t.Context(), failing{s, &left, n%2 == 0}, master, fresh)
		if done = err == nil; done && all != 3 {
			t.Fatalf("%d keys", all)
		}
		if n > 1 { // from the first step on the old master opens no ring
			refused(t, store.NewKeyring(s, master).Check(t.Context()), store.ErrMaster)
		}
		for range 2 {
			_, err = store.Rewrap(t.Context(), s, master, fresh)
			ok(t, err)
		}
		ring = store.NewKeyring(s, fresh)
		ok(t, ring.Check(t.Context()))
		plain, err := ring.Open(t.Context(), "1/cy", "need", sealed)
		ok(t, err)
		if string(plain) != "words" {
			t.Fatalf("it opens as %q", plain)
		}
		_, err = s.Key(t.Context(), "1/bob")
		refused(t, err, store.ErrErased)
	}
}

func TestRewrapRefusesAStrangersKey(t *testing.T) {
	s := openAt(t, t.TempDir())
	furnish(t, s)
	seal(t, store.NewKeyring(s, [32]byte{9}), "1/zed", "need", "words")
	before := dump(t, s)
	_, err := store.Rewrap(t.Context(), s, master, [32]byte{7})
	refused(t, err, store.ErrMaster)
	if !bytes.Equal(dump(t, s), before) {
		t.Error("keys were changed")
	}
}

func streamsOf(t *testing.T, s store.Source) (streams []string) {
	t.Helper()
	ok(t, s.Scan(t.Context(), func(r store.Record) error {
		if !slices.Contains(streams, r.Stream) {
			streams = append(streams, r.Stream)
		}
		return nil
	}))
	return streams
}
