package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"goen/store"
)

var errEnough = errors.New("enough")

func claimsOf(t *testing.T, s store.Store) (got []string) {
	t.Helper()
	ok(t, s.Claims(t.Context(), func(c store.Claim) error {
		until := "ever"
		if !c.Until.IsZero() {
			if c.Until.Location() != time.UTC {
				t.Errorf("%s ends in %s, want UTC", c.Name, c.Until.Location())
			}
			until = c.Until.Format(time.RFC3339Nano)
		}
		got = append(got, c.Name+" "+c.Owner+" "+until)
		return nil
	}))
	return got
}

func keysOf(t *testing.T, s store.Store) (got []string) {
	t.Helper()
	ok(t, s.Keys(t.Context(), func(id string, wrapped []byte) error {
		if len(wrapped) == 0 {
			got = append(got, id+" erased")
		} else {
			got = append(got, id+" "+string(wrapped))
		}
		return nil
	}))
	return got
}

func blobsOf(t *testing.T, s store.Store) (got []string) {
	t.Helper()
	ok(t, s.Blobs(t.Context(), func(sum string) error {
		got = append(got, sum)
		return nil
	}))
	return got
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func walkClaims(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	equal(t, claimsOf(t, s))
	until := l.now().Add(time.Hour + 7*time.Millisecond)
	hold(t, s, "mail.b", "ann", time.Time{}, "ann")
	hold(t, s, "mail.a", "bob", until, "bob")
	hold(t, s, "Mail", "cy", l.now().Add(time.Second), "cy")
	hold(t, s, "mail", "dan", until, "dan")
	ok(t, s.Drop(t.Context(), "ev.1"))
	gone := store.GoneClaim("ev.1")
	owner, err := s.Holder(t.Context(), gone)
	ok(t, err)
	end := until.Format(time.RFC3339Nano)
	mark := gone + " " + owner + " ever"
	equal(t, claimsOf(t, other), "Mail cy "+l.now().Add(time.Second).Format(time.RFC3339Nano), mark, "mail dan "+end, "mail.a bob "+end, "mail.b ann ever")

	l.pass(time.Second) // the end itself is free
	ok(t, s.Release(t.Context(), "mail", "dan"))
	equal(t, claimsOf(t, other), mark, "mail.a bob "+end, "mail.b ann ever")
	hold(t, s, "mail.a", "bob", time.Time{}, "bob")
	equal(t, claimsOf(t, other), mark, "mail.a bob ever", "mail.b ann ever")
}

func walkKeys(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	equal(t, keysOf(t, s))
	for _, id := range []string{"ev/2", "ev/10", "ev/1", "Ev/9"} {
		ok(t, s.PutKey(t.Context(), id, []byte("k"+id)))
	}
	ok(t, s.DropKey(t.Context(), "ev/10"))
	ok(t, s.DropKey(t.Context(), "ev/never"))
	equal(t, keysOf(t, other), "Ev/9 kEv/9", "ev/1 kev/1", "ev/10 erased", "ev/2 kev/2", "ev/never erased")

	var kept [][]byte // f may keep the bytes
	ok(t, s.Keys(t.Context(), func(_ string, wrapped []byte) error {
		kept = append(kept, wrapped)
		return nil
	}))
	if string(kept[0]) != "kEv/9" || string(kept[1]) != "kev/1" || string(kept[3]) != "kev/2" {
		t.Fatalf("kept %q", kept)
	}
}

func walkBlobs(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	equal(t, blobsOf(t, s))
	var want []string
	for i := range 20 {
		sum, err := s.PutBlob(t.Context(), fmt.Appendf(nil, "picture %d", i))
		ok(t, err)
		want = append(want, sum)
	}
	ok(t, s.DropBlob(t.Context(), want[3]))
	want = slices.Delete(want, 3, 4)
	slices.Sort(want)
	equal(t, blobsOf(t, other), want...)
}

// Each walk of many steps ends at f's own error, and leaves a store that writes
// and closes.
func walkStops(t *testing.T, l *lab) {
	s := l.open()
	for i := range 30 {
		hold(t, s, fmt.Sprint("c", i), "ann", time.Time{}, "ann")
		ok(t, s.PutKey(t.Context(), fmt.Sprint("k", i), []byte("k")))
		_, err := s.PutBlob(t.Context(), fmt.Append(nil, "b", i))
		ok(t, err)
	}
	for name, walk := range map[string]func(f func() error) error{
		"claims": func(f func() error) error {
			return s.Claims(t.Context(), func(store.Claim) error { return f() })
		},
		"keys": func(f func() error) error {
			return s.Keys(t.Context(), func(string, []byte) error { return f() })
		},
		"blobs": func(f func() error) error {
			return s.Blobs(t.Context(), func(string) error { return f() })
		},
	} {
		seen := 0
		err := walk(func() error {
			if seen++; seen == 7 {
				return errEnough
			}
			return nil
		})
		if err != errEnough || seen != 7 { // as it is, not wrapped
			t.Errorf("%s: %v after %d", name, err, seen)
		}
		hold(t, s, "after."+name, "ann", time.Time{}, "ann")
	}
	ok(t, s.Close())
	refused(t, s.Claims(t.Context(), func(store.Claim) error { return nil }), store.ErrClosed)
	refused(t, s.Keys(t.Context(), func(string, []byte) error { return nil }), store.ErrClosed)
	refused(t, s.Blobs(t.Context(), func(string) error { return nil }), store.ErrClosed)
	refused(t, s.SwapKey(t.Context(), "k1", []byte("k"), []byte("new")), store.ErrClosed)
}

func swapKey(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	old, fresh, third := []byte("\x00old"), []byte("\xffnew"), []byte("third")
	refused(t, s.SwapKey(t.Context(), "ev/1", old, fresh), store.ErrNotFound)
	ok(t, s.PutKey(t.Context(), "ev/1", old))
	ok(t, s.PutKey(t.Context(), "ev/2", old))
	refused(t, s.SwapKey(t.Context(), "ev/1", third, fresh), store.ErrTaken)
	for range 2 {
		ok(t, s.SwapKey(t.Context(), "ev/1", old, fresh))
		equal(t, keysOf(t, other), "ev/1 \xffnew", "ev/2 \x00old")
	}
	refused(t, s.SwapKey(t.Context(), "ev/1", old, third), store.ErrTaken)
	refused(t, s.PutKey(t.Context(), "ev/1", old), store.ErrTaken)
	ok(t, s.PutKey(t.Context(), "ev/1", fresh))

	ok(t, s.DropKey(t.Context(), "ev/1"))
	ok(t, s.DropKey(t.Context(), "ev/never"))
	for _, id := range []string{"ev/1", "ev/never"} {
		refused(t, other.SwapKey(t.Context(), id, fresh, old), store.ErrErased)
	}
	equal(t, keysOf(t, other), "ev/1 erased", "ev/2 \x00old", "ev/never erased")

	for _, id := range []string{"", "a:b", "é", long(161)} {
		refused(t, s.SwapKey(t.Context(), id, old, fresh), store.ErrInvalid)
	}
	for _, n := range []int{0, store.MaxKey + 1} {
		refused(t, s.SwapKey(t.Context(), "ev/2", old, make([]byte, n)), store.ErrTooBig)
		refused(t, s.SwapKey(t.Context(), "ev/2", make([]byte, n), fresh), store.ErrTooBig)
	}
	ok(t, s.Close())
	s = l.open()
	equal(t, keysOf(t, s), "ev/1 erased", "ev/2 \x00old", "ev/never erased")
}

// Eight swap one key, each for another: one may; and who drops it meanwhile
// wins for ever.
func swapRace(t *testing.T, l *lab) {
	handles := []store.Store{l.open(), l.open()}
	old := []byte("old")
	ok(t, handles[0].PutKey(t.Context(), "ev/1", old))
	ok(t, handles[0].PutKey(t.Context(), "ev/2", old))
	errs := make([]error, 8)
	together(len(errs), func(i int) {
		errs[i] = handles[i%2].SwapKey(t.Context(), "ev/1", old, fmt.Append(nil, "new", i))
	})
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			t.Fatalf("%d and %d both swapped", winner, i)
		case err == nil:
			winner = i
		default:
			refused(t, err, store.ErrTaken)
		}
	}
	together(len(errs), func(i int) {
		if i == 3 {
			errs[i] = handles[1].DropKey(t.Context(), "ev/2")
			return
		}
		errs[i] = handles[i%2].SwapKey(t.Context(), "ev/2", old, []byte("new"))
	})
	ok(t, errs[3])
	for _, err := range errs {
		if err != nil {
			refused(t, err, store.ErrErased)
		}
	}
	equal(t, keysOf(t, handles[0]), fmt.Sprint("ev/1 new", winner), "ev/2 erased")
}
