package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"goen/store"
	"goen/store/sqlite"
)

// Fuzz targets of files that an operator gives us: `go test -fuzz FuzzBackup
// ./store`. Whoever writes such a file may write its sum as well, so the right
// sum is put behind what the fuzzer makes.

func summed(b []byte) []byte {
	return fmt.Appendf(bytes.Clone(b), "sha256 %x\n", sha256.Sum256(b))
}

func fileSeeds(f *testing.F) (backup, keys []byte) {
	s, err := sqlite.Open(f.Context(), filepath.Join(f.TempDir(), "goen.db"))
	ok(f, err)
	defer func() { ok(f, s.Close()) }()
	_, err = store.Installation(f.Context(), s)
	ok(f, err)
	ring := store.NewKeyring(s, master)
	ok(f, s.Append(f.Context(), store.Record{Stream: "ev.1", Seq: 1, By: "x", At: time.Unix(1e9, 0), Body: []byte(`{"a":"ご縁"}`)}))
	_, err = s.Claim(f.Context(), "code.A", "ev.1", time.Unix(2e9, 0))
	ok(f, err)
	_, err = s.PutBlob(f.Context(), []byte("one"))
	ok(f, err)
	seal(f, ring, "1/ann", "need", "words")
	ok(f, s.Drop(f.Context(), "ev.2"))
	var b, k bytes.Buffer
	_, err = store.WriteBackup(f.Context(), s, &b, time.Unix(1e9, 0))
	ok(f, err)
	kept, err := store.KeysOf(f.Context(), s, time.Unix(1e9, 0))
	ok(f, err)
	ok(f, kept.Write(&k))
	return b.Bytes(), k.Bytes()
}

// expected are the errors that a file may be refused with.
func expected(err error) bool {
	for _, is := range []error{store.ErrDamaged, store.ErrHole, store.ErrForeign, store.ErrNewer, store.ErrInvalid, store.ErrTooBig} {
		if errors.Is(err, is) {
			return true
		}
	}
	return false
}

func unsummed(b []byte) []byte {
	return b[:bytes.LastIndex(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))+1]
}

func FuzzBackup(f *testing.F) {
	good, keys := fileSeeds(f)
	lines := unsummed(good)
	for _, seed := range [][]byte{
		lines, unsummed(keys), nil, []byte("{}\n"), lines[:len(lines)/2], bytes.ReplaceAll(lines, []byte(`"q":1`), []byte(`"q":2`)), bytes.ReplaceAll(lines, []byte(`"version":1`), []byte(`"version":2`)),
		bytes.ReplaceAll(lines, []byte("ev.1"), []byte("../x")), append(bytes.Clone(lines), lines...), bytes.ReplaceAll(lines, []byte("\n"), []byte("\n\n")),
	} {
		f.Add(seed)
	}
	none, err := store.ReadKeyFile(bytes.NewReader(keys))
	ok(f, err)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := store.ReadBackup(bytes.NewReader(raw)); err == nil && !bytes.Equal(raw, good) && !bytes.HasPrefix(raw[bytes.LastIndexByte(bytes.TrimSuffix(raw, []byte("\n")), '\n')+1:], []byte("sha256 ")) {
			t.Fatalf("taken without a sum: %q", raw)
		}
		b, err := store.ReadBackup(bytes.NewReader(summed(raw)))
		if err != nil {
			if !expected(err) || len(err.Error()) > 2000 {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		// What is taken can be walked, in order and within the bounds.
		var streams []string
		blobs, records := 0, 0
		from := store.Restored{Backup: b, File: none}
		ok(t, from.Scan(t.Context(), func(r store.Record) error {
			records++
			if len(streams) == 0 || streams[len(streams)-1] != r.Stream {
				streams = append(streams, r.Stream)
			}
			return store.CheckRun([]store.Record{r})
		}))
		ok(t, from.Claims(t.Context(), func(c store.Claim) error { return nil }))
		ok(t, from.Blobs(t.Context(), func(sum string) error {
			blobs++
			picture, err := from.Blob(context.Background(), sum)
			if err == nil {
				var is string
				if is, err = store.Sum(picture); err == nil && is != sum {
					t.Fatalf("%q: a blob of another name", raw)
				}
			}
			return err
		}))
		if !slices.IsSorted(streams) || records != b.Tally.Records || len(streams) != b.Tally.Streams || blobs > b.Tally.Blobs {
			t.Fatalf("%q is taken as %+v, and holds %v, %d and %d", raw, b.Tally, streams, records, blobs)
		}
	})
}

func FuzzKeyFile(f *testing.F) {
	good, keys := fileSeeds(f)
	lines := unsummed(keys)
	for _, seed := range [][]byte{lines, unsummed(good), nil, lines[:len(lines)/2], bytes.ReplaceAll(lines, []byte("1/ann"), []byte("1/"+strings.Repeat("a", 300))), bytes.ReplaceAll(lines, []byte("ev.2"), []byte("\x00"))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := store.ReadKeyFile(bytes.NewReader(summed(raw)))
		if err != nil {
			if !expected(err) {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		var again bytes.Buffer
		ok(t, k.Write(&again))
		same, err := store.ReadKeyFile(&again)
		ok(t, err)
		if len(same.Keys) != len(k.Keys) || len(same.Gone) != len(k.Gone) || same.Installation != k.Installation {
			t.Fatalf("%q: %+v became %+v", raw, k, same)
		}
	})
}
