package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"goen/store"
)

func appendRead(t *testing.T, l *lab) {
	s := l.open()
	want := recs("ev.1", 1, 600, "a") // more than an engine's page, one hopes
	for _, r := range want[:20] {
		ok(t, s.Append(t.Context(), r))
	}
	ok(t, s.Append(t.Context(), want[20:]...))
	ok(t, s.Append(t.Context()))
	same(t, read(t, s, "ev.1", 0), want)
	same(t, read(t, s, "ev.1", 17), want[17:])
	same(t, read(t, s, "ev.1", 600), nil)
	same(t, read(t, s, "ev.none", 0), nil)
}

func appendRun(t *testing.T, l *lab) {
	s := l.open()
	run := recs("ev.1", 1, 5, "a")
	ok(t, s.Append(t.Context(), run...))
	same(t, read(t, s, "ev.1", 0), run)
	refused(t, s.Append(t.Context(), run[0], rec("ev.2", 2, "a")), store.ErrInvalid)
	refused(t, s.Append(t.Context(), rec("ev.1", 6, "a"), rec("ev.1", 8, "a")), store.ErrInvalid)
	refused(t, s.Append(t.Context(), rec("ev.1", 7, "a"), rec("ev.1", 6, "a")), store.ErrInvalid)
	same(t, read(t, s, "ev.1", 0), run)
}

func taken(t *testing.T, l *lab) {
	s := l.open()
	mine := recs("ev.1", 1, 3, "a")
	ok(t, s.Append(t.Context(), mine...))
	for seq := int64(1); seq <= 3; seq++ {
		refused(t, s.Append(t.Context(), rec("ev.1", seq, "b")), store.ErrTaken)
	}
	refused(t, s.Append(t.Context(), recs("ev.1", 3, 5, "b")...), store.ErrTaken)
	refused(t, s.Append(t.Context(), recs("ev.1", 2, 4, "b")...), store.ErrTaken)
	same(t, read(t, s, "ev.1", 0), mine)
}

func repeated(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	run := recs("ev.1", 1, 4, "a")
	for range 3 {
		ok(t, s.Append(t.Context(), run[0]))
		ok(t, other.Append(t.Context(), run[0]))
	}
	ok(t, s.Append(t.Context(), run[:2]...))
	ok(t, other.Append(t.Context(), run...)) // the first part is there already
	ok(t, s.Append(t.Context(), run[1:3]...))
	same(t, read(t, s, "ev.1", 0), run)

	// The token says whose it is, not the body: two may say the same thing. A
	// token of an earlier place says nothing about this one, nor does it cover
	// another body.
	alike := run[3]
	alike.By = "b-4"
	refused(t, s.Append(t.Context(), alike), store.ErrTaken)
	again := rec("ev.1", 4, "b")
	again.By = run[0].By
	refused(t, s.Append(t.Context(), again), store.ErrTaken)
	forged := run[3]
	forged.Body = []byte(`{"n":5}`)
	refused(t, s.Append(t.Context(), forged), store.ErrTaken)
	same(t, read(t, s, "ev.1", 0), run)
}

func gap(t *testing.T, l *lab) {
	s := l.open()
	refused(t, s.Append(t.Context(), rec("ev.1", 2, "a")), store.ErrGap)
	same(t, read(t, s, "ev.1", 0), nil)
	ok(t, s.Append(t.Context(), rec("ev.1", 1, "a")))
	refused(t, s.Append(t.Context(), rec("ev.1", 3, "a")), store.ErrGap)
	refused(t, s.Append(t.Context(), recs("ev.1", 3, 6, "a")...), store.ErrGap)
	refused(t, s.Append(t.Context(), rec("ev.1", 1<<60, "a")), store.ErrGap)
	same(t, read(t, s, "ev.1", 0), recs("ev.1", 1, 1, "a"))
}

func prefixes(t *testing.T, l *lab) {
	s := l.open()
	names := []string{"ev.1", "ev.10", "ev.100", "ev.1.", "ev.1-", "ev", "EV.1", "ev.1_"}
	for i, name := range names {
		ok(t, s.Append(t.Context(), recs(name, 1, int64(i+2), name)...))
	}
	for i, name := range names {
		want := recs(name, 1, int64(i+2), name)
		same(t, read(t, s, name, 0), want)
		same(t, read(t, s, name, 1), want[1:])
	}
	ok(t, s.Drop(t.Context(), "ev.1"))
	for i, name := range names[1:] {
		same(t, read(t, s, name, 0), recs(name, 1, int64(i+3), name))
	}
}

func recordBounds(t *testing.T, l *lab) {
	s := l.open()
	big := rec("ev.1", 1, "a")
	big.Body = fmt.Appendf(nil, "%q", long(store.MaxBody-2))
	ok(t, s.Append(t.Context(), big))
	odd := rec("ev.1", 2, long(158))
	odd.Body = []byte("\"\\u0000 Ωあ🍶\x7f\"\n ")
	odd.At = time.Date(2026, 5, 2, 3, 4, 5, 678_999_999, time.FixedZone("JST", 9*3600))
	ok(t, s.Append(t.Context(), odd))
	odd.At = time.Date(2026, 5, 1, 18, 4, 5, 678_000_000, time.UTC)
	early := rec("ev.1", 3, "a")
	early.At = time.Time{}
	ok(t, s.Append(t.Context(), early))
	same(t, read(t, s, "ev.1", 0), []store.Record{big, odd, early})

	for name, spoil := range map[string]func(*store.Record){
		"place 0":  func(r *store.Record) { r.Seq = 0 },
		"place -1": func(r *store.Record) { r.Seq = -1 },
		"no token": func(r *store.Record) { r.By = "" },
		"token":    func(r *store.Record) { r.By = long(161) },
		"space":    func(r *store.Record) { r.By = "a b" },
		"utf-8":    func(r *store.Record) { r.Body = []byte("\"\xff\"") },
	} {
		r := rec("ev.1", 4, "a")
		spoil(&r)
		if err := s.Append(t.Context(), r); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	for _, n := range []int{0, store.MaxBody + 1} {
		r := rec("ev.1", 4, "a")
		r.Body = []byte(long(n))
		refused(t, s.Append(t.Context(), r), store.ErrTooBig)
	}
	for _, name := range []string{"", "ev:1", "ev/1", "ev 1", "ev.1\x00", "ev.Ω", "%", long(97)} {
		refused(t, s.Append(t.Context(), rec(name, 1, "a")), store.ErrInvalid)
		_, err := tryRead(t.Context(), s, name, 0)
		refused(t, err, store.ErrInvalid)
		refused(t, s.Drop(t.Context(), name), store.ErrInvalid)
	}
	ok(t, s.Append(t.Context(), rec(long(96), 1, "a")))
	ok(t, s.Drop(t.Context(), long(96)))
	_, err := tryRead(t.Context(), s, "ev.1", -1)
	refused(t, err, store.ErrInvalid)
}

func hole(t *testing.T, l *lab) {
	s := l.open()
	want := recs("ev.1", 1, 9, "a")
	ok(t, s.Append(t.Context(), want...))
	ok(t, s.Append(t.Context(), recs("ev.2", 1, 9, "a")...))
	_, err := tryRead(t.Context(), s, "ev.1", 10) // as if the end had been lost
	refused(t, err, store.ErrHole)

	ok(t, l.engine.Lose(t.Context(), l.place, "ev.1", 5))
	got, err := tryRead(t.Context(), s, "ev.1", 0)
	refused(t, err, store.ErrHole)
	same(t, got, want[:4])
	_, err = tryRead(t.Context(), s, "ev.1", 4)
	refused(t, err, store.ErrHole)
	same(t, read(t, s, "ev.1", 5), want[5:])
	refused(t, s.Scan(t.Context(), func(store.Record) error { return nil }), store.ErrHole)
	same(t, read(t, s, "ev.2", 0), recs("ev.2", 1, 9, "a"))

	ok(t, l.engine.Lose(t.Context(), l.place, "ev.2", 1))
	_, err = tryRead(t.Context(), s, "ev.2", 0)
	refused(t, err, store.ErrHole)
}

func stop(t *testing.T, l *lab) {
	s := l.open()
	ok(t, s.Append(t.Context(), recs("ev.1", 1, 9, "a")...))
	enough := errors.New("enough")
	for _, walk := range []func(func(store.Record) error) error{
		func(f func(store.Record) error) error { return s.Read(t.Context(), "ev.1", 2, f) },
		func(f func(store.Record) error) error { return s.Scan(t.Context(), f) },
	} {
		n := 0
		err := walk(func(store.Record) error {
			if n++; n == 3 {
				return enough
			}
			return nil
		})
		if err != enough || n != 3 {
			t.Fatalf("%d records and error %v", n, err)
		}
	}
}

func readAndWrite(t *testing.T, l *lab) {
	s := l.open()
	ok(t, s.Append(t.Context(), recs("ev.1", 1, 9, "a")...))
	ok(t, s.Read(t.Context(), "ev.1", 0, func(r store.Record) error {
		r.Stream = "ev.2"
		return s.Append(t.Context(), r)
	}))
	same(t, read(t, s, "ev.2", 0), recs("ev.2", 1, 9, "a"))
}

func scan(t *testing.T, l *lab) {
	s := l.open()
	names := []string{"pp.b", "dir", "ev.2", "ev.10", "ev.1", "Z", "ev.gone"}
	for _, name := range names {
		ok(t, s.Append(t.Context(), recs(name, 1, 12, name)...))
	}
	ok(t, s.Drop(t.Context(), "ev.gone"))
	names = names[:len(names)-1]
	slices.Sort(names)
	var want, got []store.Record
	for _, name := range names {
		want = append(want, recs(name, 1, 12, name)...)
	}
	ok(t, s.Scan(t.Context(), func(r store.Record) error {
		got = append(got, r)
		return nil
	}))
	same(t, got, want)
}

func drop(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	ok(t, s.Append(t.Context(), recs("ev.1", 1, 1200, "a")...))
	for _, stream := range []string{"ev.1", "ev.never"} {
		for range 2 {
			ok(t, s.Drop(t.Context(), stream))
		}
		for _, h := range []store.Store{s, other} {
			for _, after := range []int64{0, 7, 1200} {
				got, err := tryRead(t.Context(), h, stream, after)
				refused(t, err, store.ErrGone)
				same(t, got, nil)
			}
			refused(t, h.Append(t.Context(), rec(stream, 1, "a")), store.ErrGone)
			refused(t, h.Append(t.Context(), rec(stream, 1201, "a")), store.ErrGone)
			_, err := h.Holder(t.Context(), store.GoneClaim(stream))
			ok(t, err)
		}
	}
	ok(t, s.Close())
	s = l.open()
	refused(t, s.Append(t.Context(), rec("ev.1", 1, "b")), store.ErrGone)
}

func writers(t *testing.T, l *lab) {
	const each = 25
	handles := []store.Store{l.open(), l.open()}
	told := make([]map[int64]string, 8)
	var wg sync.WaitGroup
	for w := range told {
		told[w] = map[int64]string{}
		s := handles[w%2]
		wg.Go(func() {
			head := int64(0)
			for len(told[w]) < each {
				r := rec("ev.1", head+1, fmt.Sprintf("w%d", w))
				err := s.Append(t.Context(), r)
				for errors.Is(err, store.ErrUnknown) {
					err = s.Append(t.Context(), r)
				}
				switch {
				case err == nil:
					told[w][r.Seq] = r.By
					head++
				case errors.Is(err, store.ErrTaken):
					got, err := tryRead(t.Context(), s, "ev.1", head)
					if err != nil || len(got) == 0 {
						t.Errorf("writer %d was told %d is taken, then read %d records and %v", w, r.Seq, len(got), err)
						return
					}
					head += int64(len(got))
				default:
					t.Errorf("writer %d: %v", w, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for _, s := range handles {
		got := read(t, s, "ev.1", 0)
		if len(got) != len(told)*each {
			t.Fatalf("%d records, want %d", len(got), len(told)*each)
		}
		for _, r := range got {
			winners := 0
			for _, mine := range told {
				if by, ok := mine[r.Seq]; ok {
					winners++
					if by != r.By {
						t.Fatalf("place %d: told %s, stored %s", r.Seq, by, r.By)
					}
				}
			}
			if winners != 1 {
				t.Fatalf("place %d was given %d times", r.Seq, winners)
			}
		}
	}
}

func ended(t *testing.T, l *lab) {
	s := l.open()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	refused(t, s.Append(ctx, rec("ev.1", 1, "a")), context.Canceled)
	_, err := s.Claim(ctx, "code", "ann", time.Time{})
	refused(t, err, context.Canceled)
	_, err = tryRead(ctx, s, "ev.1", 0)
	refused(t, err, context.Canceled)
	same(t, read(t, s, "ev.1", 0), nil)
	_, err = s.Holder(t.Context(), "code")
	refused(t, err, store.ErrNotFound)
}

func reopen(t *testing.T, l *lab) {
	s := l.open()
	want := recs("ev.1", 1, 30, "a")
	ok(t, s.Append(t.Context(), want...))
	hold(t, s, "code", "ann", time.Time{}, "ann")
	ok(t, s.PutKey(t.Context(), "ev/1", []byte("k")))
	ok(t, s.DropKey(t.Context(), "ev/2"))
	sum, err := s.PutBlob(t.Context(), []byte("picture"))
	ok(t, err)
	ok(t, s.Close())

	s = l.open()
	same(t, read(t, s, "ev.1", 0), want)
	ok(t, s.Append(t.Context(), want[29])) // the answer came after the crash
	ok(t, s.Append(t.Context(), rec("ev.1", 31, "b")))
	hold(t, s, "code", "bob", time.Time{}, "ann")
	k, err := s.Key(t.Context(), "ev/1")
	ok(t, err)
	if string(k) != "k" {
		t.Fatalf("key is %q", k)
	}
	refused(t, s.PutKey(t.Context(), "ev/2", []byte("k")), store.ErrErased)
	b, err := s.Blob(t.Context(), sum)
	ok(t, err)
	if string(b) != "picture" {
		t.Fatalf("blob is %q", b)
	}
}

func closed(t *testing.T, l *lab) {
	s := l.open()
	ok(t, s.Append(t.Context(), rec("ev.1", 1, "a")))
	ok(t, s.Close())
	ok(t, s.Close())
	refused(t, s.Append(t.Context(), rec("ev.1", 2, "a")), store.ErrClosed)
	_, err := tryRead(t.Context(), s, "ev.1", 0)
	refused(t, err, store.ErrClosed)
	refused(t, s.Scan(t.Context(), func(store.Record) error { return nil }), store.ErrClosed)
	_, err = s.Key(t.Context(), "k")
	refused(t, err, store.ErrClosed)
}
