package storetest

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"goen/store"
)

// hold claims a name and says who must hold it then.
func hold(t *testing.T, s store.Store, name, owner string, until time.Time, want string) {
	t.Helper()
	holder, err := s.Claim(t.Context(), name, owner, until)
	ok(t, err)
	if holder != want {
		t.Fatalf("%s claimed %s: held by %q, want %q", owner, name, holder, want)
	}
}

// held says who must hold a name, "" for nobody.
func held(t *testing.T, s store.Store, name, want string) {
	t.Helper()
	owner, err := s.Holder(t.Context(), name)
	if want == "" {
		refused(t, err, store.ErrNotFound)
	} else if ok(t, err); owner != want {
		t.Fatalf("%s is held by %q, want %q", name, owner, want)
	}
}

func claimFirst(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	held(t, s, "code", "")
	hold(t, s, "code", "ann", time.Time{}, "ann")
	hold(t, other, "code", "bob", time.Time{}, "ann")
	hold(t, other, "code2", "bob", time.Time{}, "bob")
	hold(t, s, "code", "ann", time.Time{}, "ann")
	held(t, other, "code", "ann")
	l.pass(200 * 365 * 24 * time.Hour)
	held(t, s, "code", "ann")
	hold(t, s, "code", "bob", time.Time{}, "ann")
}

func claimExpiry(t *testing.T, l *lab) {
	s := l.open()
	hour := l.now().Add(time.Hour)
	hold(t, s, "a", "ann", hour, "ann")
	hold(t, s, "b", "ann", hour, "ann")
	hold(t, s, "b", "ann", hour.Add(time.Minute), "ann")
	hold(t, s, "c", "ann", hour.Add(time.Minute), "ann")
	hold(t, s, "c", "ann", l.now().Add(time.Second), "ann") // does not shorten
	hold(t, s, "d", "ann", hour, "ann")
	hold(t, s, "d", "ann", time.Time{}, "ann")
	hold(t, s, "e", "ann", hour, "ann")
	hold(t, s, "e", "bob", hour.Add(time.Hour), "ann") // must not prolong

	l.pass(time.Hour - time.Millisecond)
	held(t, s, "a", "ann")
	hold(t, s, "a", "bob", hour.Add(time.Hour), "ann")
	l.pass(time.Millisecond)
	held(t, s, "a", "")
	held(t, s, "b", "ann")
	held(t, s, "c", "ann")
	held(t, s, "e", "")
	hold(t, s, "a", "bob", hour.Add(30*time.Second), "bob")
	hold(t, s, "a", "ann", hour.Add(time.Hour), "bob")
	l.pass(time.Minute)
	held(t, s, "a", "")
	held(t, s, "b", "")
	held(t, s, "c", "")
	held(t, s, "d", "ann")
}

func release(t *testing.T, l *lab) {
	s := l.open()
	hold(t, s, "code", "ann", time.Time{}, "ann")
	ok(t, s.Release(t.Context(), "code", "bob"))
	held(t, s, "code", "ann")
	for range 2 {
		ok(t, s.Release(t.Context(), "code", "ann"))
		held(t, s, "code", "")
	}
	hold(t, s, "code", "bob", time.Time{}, "bob")
	ok(t, s.Release(t.Context(), "code", "ann")) // late
	held(t, s, "code", "bob")
}

func claimers(t *testing.T, l *lab) {
	handles := []store.Store{l.open(), l.open()}
	for _, name := range []string{"fresh", "expired"} {
		if name == "expired" {
			hold(t, handles[0], name, "old", l.now().Add(time.Second), "old")
			l.pass(time.Minute)
		}
		told := make([]string, 16)
		var wg sync.WaitGroup
		for i := range told {
			wg.Go(func() {
				var err error
				told[i], err = handles[i%2].Claim(t.Context(), name, fmt.Sprintf("o%d", i), l.now().Add(time.Hour))
				if err != nil {
					t.Errorf("claimer %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		winners := 0
		for i, holder := range told {
			if holder != told[0] {
				t.Errorf("%s: one was told %q, another %q", name, told[0], holder)
			}
			if holder == fmt.Sprintf("o%d", i) {
				winners++
			}
		}
		if winners != 1 {
			t.Errorf("%s: %d winners", name, winners)
		}
		held(t, handles[1], name, told[0])
	}
}

func claimBounds(t *testing.T, l *lab) {
	s := l.open()
	for _, name := range []string{"", "a:b", "a/b", "a b", "é", long(161), "gone.ev.1", "gone."} {
		_, err := s.Claim(t.Context(), name, "ann", time.Time{})
		refused(t, err, store.ErrInvalid)
		refused(t, s.Release(t.Context(), name, "ann"), store.ErrInvalid)
	}
	for _, owner := range []string{"", "a b", "é", long(161)} {
		_, err := s.Claim(t.Context(), "code", owner, time.Time{})
		refused(t, err, store.ErrInvalid)
	}
	for _, until := range []time.Time{l.now(), l.now().Add(-time.Hour), l.now().Add(time.Microsecond)} {
		_, err := s.Claim(t.Context(), "code", "ann", until)
		refused(t, err, store.ErrInvalid)
	}
	held(t, s, "code", "")
	hold(t, s, long(160), long(160), l.now().Add(time.Millisecond), long(160))
}

func keys(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	_, err := s.Key(t.Context(), "ev/1")
	refused(t, err, store.ErrNotFound)
	raw := []byte("\x00\xff key")
	for range 2 {
		ok(t, s.PutKey(t.Context(), "ev/1", raw))
	}
	refused(t, other.PutKey(t.Context(), "ev/1", []byte("other")), store.ErrTaken)
	got, err := other.Key(t.Context(), "ev/1")
	ok(t, err)
	if !bytes.Equal(got, raw) {
		t.Fatalf("key is %q", got)
	}
	_, err = s.Key(t.Context(), "ev/10")
	refused(t, err, store.ErrNotFound)
	for _, id := range []string{"", "a:b", "a b", "é", long(161)} {
		refused(t, s.PutKey(t.Context(), id, raw), store.ErrInvalid)
		refused(t, s.DropKey(t.Context(), id), store.ErrInvalid)
		_, err := s.Key(t.Context(), id)
		refused(t, err, store.ErrInvalid)
	}
	for _, n := range []int{0, store.MaxKey + 1} {
		refused(t, s.PutKey(t.Context(), "ev/2", make([]byte, n)), store.ErrTooBig)
	}
	ok(t, s.PutKey(t.Context(), "ev/2", make([]byte, store.MaxKey)))
}

func tombstones(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	ok(t, s.PutKey(t.Context(), "ev/1", []byte("k")))
	ok(t, s.PutKey(t.Context(), "ev/10", []byte("k")))
	for _, id := range []string{"ev/1", "ev/never"} {
		for range 2 {
			ok(t, s.DropKey(t.Context(), id))
		}
		for _, h := range []store.Store{s, other} {
			_, err := h.Key(t.Context(), id)
			refused(t, err, store.ErrErased)
			refused(t, h.PutKey(t.Context(), id, []byte("k")), store.ErrErased)
			_, err = h.Key(t.Context(), id)
			refused(t, err, store.ErrErased)
		}
	}
	_, err := s.Key(t.Context(), "ev/10")
	ok(t, err)
}

func keyMakers(t *testing.T, l *lab) {
	handles := []store.Store{l.open(), l.open()}
	won := make([]bool, 8)
	var wg sync.WaitGroup
	for i := range won {
		wg.Go(func() {
			won[i] = handles[i%2].PutKey(t.Context(), "ev/1", []byte{byte(i)}) == nil
		})
	}
	wg.Wait()
	got, err := handles[0].Key(t.Context(), "ev/1")
	ok(t, err)
	for i, is := range won {
		if is != (got[0] == byte(i)) {
			t.Errorf("maker %d: won is %v, the key is of %d", i, is, got[0])
		}
	}
}

func blobs(t *testing.T, l *lab) {
	s, other := l.open(), l.open()
	const name = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" // of "hello"
	_, err := s.Blob(t.Context(), name)
	refused(t, err, store.ErrNotFound)
	for range 2 {
		sum, err := s.PutBlob(t.Context(), []byte("hello"))
		ok(t, err)
		if sum != name {
			t.Fatalf("sum is %s", sum)
		}
	}
	b, err := other.Blob(t.Context(), name)
	ok(t, err)
	if string(b) != "hello" {
		t.Fatalf("blob is %q", b)
	}
	for range 2 {
		ok(t, other.DropBlob(t.Context(), name))
		_, err = s.Blob(t.Context(), name)
		refused(t, err, store.ErrNotFound)
	}
	_, err = s.PutBlob(t.Context(), []byte("hello"))
	ok(t, err)

	most := bytes.Repeat([]byte{0, 255, 'x', 7}, store.MaxBlob/4)
	sum, err := s.PutBlob(t.Context(), most)
	ok(t, err)
	b, err = s.Blob(t.Context(), sum)
	ok(t, err)
	if !bytes.Equal(b, most) {
		t.Fatal("a blob of 1 MiB changed")
	}
	for _, n := range []int{0, store.MaxBlob + 1} {
		_, err := s.PutBlob(t.Context(), make([]byte, n))
		refused(t, err, store.ErrTooBig)
	}
	for _, sum := range []string{"", "hello", name[1:], "2CF2" + name[4:], name + "0"} {
		_, err := s.Blob(t.Context(), sum)
		refused(t, err, store.ErrInvalid)
		refused(t, s.DropBlob(t.Context(), sum), store.ErrInvalid)
	}
}
