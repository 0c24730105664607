package sqlite

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"goen/store"
)

var every = flag.Int("damage.every", 0, "cut files at each n-th byte; 0: at a sample")

// damaged is a file with some records, folded or with all of them in the WAL,
// as a process that died leaves it.
type damaged struct {
	db, wal []byte
	ends    []int // size of the WAL after each record
}

func damagedStore(t *testing.T, records int, folded bool) (d damaged) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "goen.db")
	s, err := Open(t.Context(), path)
	ok(t, err)
	d.ends = []int{0}
	for seq := range int64(records) {
		ok(t, s.Append(t.Context(), rec(seq+1, body(seq+1))))
		wal, err := os.Stat(path + "-wal")
		ok(t, err)
		d.ends = append(d.ends, int(wal.Size()))
	}
	if folded {
		ok(t, s.Close())
	}
	d.db, err = os.ReadFile(path)
	ok(t, err)
	if !folded {
		d.wal, err = os.ReadFile(path + "-wal")
		ok(t, err)
		ok(t, s.Close())
	}
	return d
}

func body(seq int64) string { return fmt.Sprintf(`"record %d of many %0200d"`, seq, seq) }

// look opens a copy and reads it: how many records are right, and what was said.
func (d damaged) look(t *testing.T) (n int64, err error) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	ok(t, err)
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "goen.db")
	ok(t, os.WriteFile(path, d.db, 0o600))
	if d.wal != nil {
		ok(t, os.WriteFile(path+"-wal", d.wal, 0o600))
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	err = s.Read(t.Context(), "ev.1", 0, func(r store.Record) error {
		n++
		if r.Seq != n || string(r.Body) != body(n) {
			t.Errorf("place %d holds %.30s", r.Seq, r.Body)
		}
		return nil
	})
	if err == nil {
		err = s.Scan(context.Background(), func(store.Record) error { return nil })
	}
	return n, err
}

func inWords(err error) bool {
	return errors.Is(err, store.ErrHole) || errors.Is(err, store.ErrForeign) || errors.Is(err, store.ErrNewer)
}

// step is the distance of the cuts: odd, so that they come to every kind of byte.
func step(t *testing.T, usual int) int {
	if *every > 0 {
		return *every
	}
	if testing.Short() {
		usual *= 5
	}
	return usual
}

// The last record was half written: the store opens, and what was written
// before it is there.
func TestTornRecord(t *testing.T) {
	const records = 12
	d := damagedStore(t, records, false)
	whole := d.wal
	for size := d.ends[records-3]; size <= len(whole); size += step(t, 151) {
		d.wal = whole[:size]
		want := int64(0)
		for i, end := range d.ends {
			if end <= size {
				want = int64(i)
			}
		}
		if got, err := d.look(t); err != nil || got != want {
			t.Fatalf("WAL cut at %d of %d: %d records and %v, want %d", size, len(whole), got, err, want)
		}
		torn := slices.Clone(whole) // as a disk does it that had made the file longer already
		clear(torn[size:])
		d.wal = torn
		if got, err := d.look(t); err != nil || got != want {
			t.Fatalf("WAL of zeros from %d of %d: %d records and %v, want %d", size, len(whole), got, err, want)
		}
	}
}

// A bit that turned where later commits follow: the store says so, and does not
// start as if they had never been.
func TestBitInTheWAL(t *testing.T) {
	const records = 12
	d := damagedStore(t, records, false)
	whole := d.wal
	told := 0
	from, to := d.ends[5], d.ends[6] // one record, with records behind it
	at := []int{0, 9, 17, 25}        // and the head, but for the number of the checkpoint, which means nothing
	for i := from; i < to; i += step(t, 43) {
		at = append(at, i)
	}
	for _, i := range at {
		d.wal = slices.Clone(whole)
		d.wal[i] ^= 1 << (i % 8)
		got, err := d.look(t)
		switch {
		case inWords(err):
			told++
		case err != nil || got != records:
			t.Errorf("byte %d: %d records and %v", i, got, err)
		}
	}
	t.Logf("%d bits turned, %d told", len(at), told)
	if told < len(at)*9/10 {
		t.Error("too few were told")
	}
}

// The same in the file itself: cut short, or a bit turned anywhere. Either
// everything is there, or the store says so; nothing is skipped, and nothing
// is other than it was written.
func TestDamagedFile(t *testing.T) {
	const records = 60
	d := damagedStore(t, records, true)
	whole := d.db
	told, sound := 0, 0
	check := func(what string, i int) {
		t.Helper()
		got, err := d.look(t)
		switch {
		case inWords(err):
			told++
		case err != nil || got != records:
			t.Errorf("%s %d of %d: %d records and %v", what, i, len(whole), got, err)
		default:
			sound++
		}
	}
	for size := 1; size < len(whole); size += step(t, 331) {
		d.db = whole[:size]
		check("cut at", size)
	}
	for i := 0; i < len(whole); i += step(t, 151) {
		d.db = slices.Clone(whole)
		d.db[i] ^= 1 << (i % 8)
		check("bit at", i)
	}
	t.Logf("%d told, %d did no harm", told, sound)
	if told == 0 {
		t.Error("nothing was told")
	}
}
