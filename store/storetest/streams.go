package storetest

import (
	"errors"
	"fmt"
	"testing"

	"goen/store"
)

// What others are refused, and how their streams end, is nobody else's matter.
func manyStreams(t *testing.T, l *lab) {
	const streams, each = 24, 12
	handles := []store.Store{l.open(), l.open()}
	again := func(f func() error) error {
		err := f()
		for errors.Is(err, store.ErrUnknown) {
			err = f()
		}
		return err
	}
	want := func(what string, err, want error) {
		if !errors.Is(err, want) {
			t.Errorf("%s: error is %v, want %v", what, err, want)
		}
	}
	together(streams, func(i int) {
		s, stream := handles[i%2], fmt.Sprintf("ev.%d", i)
		for seq := int64(1); seq <= each; seq++ {
			r := rec(stream, seq, stream)
			want(stream, again(func() error { return s.Append(t.Context(), r) }), nil)
			switch i % 4 {
			case 0:
				want("a taken place", again(func() error { return s.Append(t.Context(), rec(stream, seq, "other")) }), store.ErrTaken)
			case 1:
				want("a place too far", again(func() error { return s.Append(t.Context(), rec(stream, seq+2, "far")) }), store.ErrGap)
			case 2:
				id := fmt.Sprintf("%s/%d", stream, seq)
				want("a key", again(func() error { return s.PutKey(t.Context(), id, []byte(id)) }), nil)
				want("another key", again(func() error { return s.PutKey(t.Context(), id, []byte("other")) }), store.ErrTaken)
			}
		}
		if i%8 == 3 {
			want("drop", again(func() error { return s.Drop(t.Context(), stream) }), nil)
			want("after a drop", again(func() error { return s.Append(t.Context(), rec(stream, each+1, "late")) }), store.ErrGone)
		}
	})
	for i := range streams {
		stream := fmt.Sprintf("ev.%d", i)
		if i%8 == 3 {
			_, err := tryRead(t.Context(), handles[0], stream, 0)
			refused(t, err, store.ErrGone)
			continue
		}
		same(t, read(t, handles[(i+1)%2], stream, 0), recs(stream, 1, each, stream))
	}
}
