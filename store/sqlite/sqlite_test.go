package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"goen/store"
	"goen/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPromises(t *testing.T) {
	file := func(place string) string { return filepath.Join(place, "goen.db") }
	storetest.Run(t, storetest.Engine{
		Open: func(ctx context.Context, place string, now func() time.Time) (store.Store, error) {
			if err := os.MkdirAll(place, 0o700); err != nil {
				return nil, err
			}
			return Open(ctx, file(place), WithClock(now))
		},
		Lose: func(ctx context.Context, place, stream string, seq int64) error {
			db, err := pool(file(place), "", 1, patience)
			if err != nil {
				return err
			}
			_, err = db.ExecContext(ctx, `DELETE FROM log WHERE stream = ? AND seq = ?`, stream, seq)
			return errors.Join(err, db.Close())
		},
	})
}

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	ok(t, err)
	t.Cleanup(func() { ok(t, s.Close()) })
	return s
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

func rec(seq int64, body string) store.Record {
	return store.Record{Stream: "ev.1", Seq: seq, By: fmt.Sprintf("p-%d", seq), At: time.Unix(seq, 0), Body: []byte(body)}
}

// holds says whether any file of the store has the text in it.
func holds(t *testing.T, dir, text string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	ok(t, err)
	for _, name := range names {
		b, err := os.ReadFile(name)
		ok(t, err)
		if bytes.Contains(b, []byte(text)) {
			return true
		}
	}
	return false
}

func TestErasedWordsLeaveTheFiles(t *testing.T) {
	const word = "a word that nobody else says"
	long := `"` + strings.Repeat(word, 3000) + `"` // spills over many pages
	for name, c := range map[string]struct{ put, drop func(*testing.T, *Store) }{
		"key": {
			func(t *testing.T, s *Store) { ok(t, s.PutKey(t.Context(), "e/1", []byte(word))) },
			func(t *testing.T, s *Store) { ok(t, s.DropKey(t.Context(), "e/1")) },
		},
		"stream": {
			func(t *testing.T, s *Store) { ok(t, s.Append(t.Context(), rec(1, long), rec(2, `"`+word+`"`))) },
			func(t *testing.T, s *Store) { ok(t, s.Drop(t.Context(), "ev.1")) },
		},
		"blob": {
			func(t *testing.T, s *Store) { _, err := s.PutBlob(t.Context(), []byte(long)); ok(t, err) },
			func(t *testing.T, s *Store) {
				sum, err := store.Sum([]byte(long))
				ok(t, err)
				ok(t, s.DropBlob(t.Context(), sum))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, filepath.Join(dir, "goen.db"))
			c.put(t, s)
			ok(t, s.sweep(t.Context())) // into the file, to be erased there
			if !holds(t, dir, word) {
				t.Fatal("the test looks in the wrong place")
			}
			c.drop(t, s)
			if holds(t, dir, word) {
				t.Fatal("the word is still there")
			}
		})
	}
}

// A crash after the first step of Drop: the mark stands, the records too.
func TestHalfDropIsFinishedAtTheNextStart(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "goen.db")
	s := open(t, path)
	ok(t, s.Append(t.Context(), rec(1, `"words"`), rec(2, `"words"`)))
	ok(t, s.write(t.Context(), func(ctx context.Context) error {
		return s.exec(ctx, `INSERT INTO claims VALUES (?, 'store', ?)`, store.GoneClaim("ev.1"), forever)
	}))
	refused(t, s.Append(t.Context(), rec(3, `"more"`)), store.ErrGone)
	refused(t, s.Read(t.Context(), "ev.1", 0, func(store.Record) error { return nil }), store.ErrGone)
	ok(t, s.Scan(t.Context(), func(r store.Record) error { return fmt.Errorf("scan gave %s %d", r.Stream, r.Seq) }))
	ok(t, s.Close())

	s = open(t, path)
	var left int
	ok(t, s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM log`).Scan(&left))
	if left != 0 || holds(t, dir, "words") {
		t.Fatalf("%d records left", left)
	}
}

func TestFullDisk(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "goen.db"))
	ok(t, s.Append(t.Context(), rec(1, `"a"`)))
	_, err := s.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 1") // SQLite takes the present size instead
	ok(t, err)
	big := rec(2, `"`+strings.Repeat("x", 200_000)+`"`)
	refused(t, s.Append(t.Context(), big), store.ErrFull)
	refused(t, s.Append(t.Context(), big), store.ErrFull)
	_, err = s.PutBlob(t.Context(), big.Body)
	refused(t, err, store.ErrFull)

	_, err = s.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 1000000")
	ok(t, err)
	ok(t, s.Append(t.Context(), big))
	n := 0
	ok(t, s.Read(t.Context(), "ev.1", 0, func(store.Record) error { n++; return nil }))
	if n != 2 {
		t.Fatalf("%d records", n)
	}
}

// A statement that fails in a way nobody foresaw leaves the outcome open, and
// the connection good for the repetition.
func TestUnknownOutcome(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "goen.db"))
	lock := open(t, s.path(t))
	_, err := s.conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 1")
	ok(t, err)
	ok(t, lock.write(t.Context(), func(context.Context) error {
		refused(t, s.Append(t.Context(), rec(1, `"a"`)), store.ErrUnknown)
		return nil
	}))
	ok(t, s.Append(t.Context(), rec(1, `"a"`)))
}

func (s *Store) path(t *testing.T) (path string) {
	ok(t, s.read.QueryRowContext(t.Context(), `SELECT file FROM pragma_database_list`).Scan(&path))
	return path
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	newer := filepath.Join(dir, "newer.db")
	s := open(t, newer)
	ok(t, s.exec(t.Context(), fmt.Sprintf("PRAGMA user_version = %d", schema+1)))
	ok(t, s.Close())
	_, err := Open(t.Context(), newer)
	refused(t, err, store.ErrNewer)

	other := filepath.Join(dir, "other.db")
	db, err := sql.Open("sqlite", other)
	ok(t, err)
	_, err = db.ExecContext(t.Context(), `CREATE TABLE songs (title TEXT)`)
	ok(t, errors.Join(err, db.Close()))
	text := filepath.Join(dir, "text.db")
	ok(t, os.WriteFile(text, []byte(strings.Repeat("dear diary\n", 500)), 0o600))
	for _, path := range []string{other, text} {
		before, err := os.ReadFile(path)
		ok(t, err)
		_, err = Open(t.Context(), path)
		refused(t, err, store.ErrForeign)
		after, err := os.ReadFile(path)
		ok(t, err)
		if !bytes.Equal(before, after) {
			t.Fatalf("%s was changed", path)
		}
	}
	_, err = Open(t.Context(), filepath.Join(dir, "no", "such.db"))
	refused(t, err, os.ErrNotExist)
}

func TestFilesAreTheOwners(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes")
	}
	dir := filepath.Join(t.TempDir(), "a b?c#d%25&é")
	ok(t, os.Mkdir(dir, 0o755))
	s := open(t, filepath.Join(dir, "goen.db"))
	ok(t, s.Append(t.Context(), rec(1, `"a"`)))
	files, err := os.ReadDir(dir)
	ok(t, err)
	if len(files) != 3 {
		t.Fatalf("files: %v", files)
	}
	for _, f := range files {
		info, err := f.Info()
		ok(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
}

// SQLite removes the WAL when the last connection is closed; one that was
// forgotten keeps it, and its locks.
func TestCloseGivesEverythingBack(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, filepath.Join(dir, "goen.db")), open(t, filepath.Join(dir, "goen.db"))
	for _, s := range []*Store{a, b} {
		ok(t, s.Append(t.Context(), rec(1, `"a"`)))
		refused(t, s.Read(t.Context(), "ev.1", 2, func(store.Record) error { return nil }), store.ErrHole)
		refused(t, s.Scan(t.Context(), func(store.Record) error { return os.ErrExist }), os.ErrExist)
		ok(t, s.DropKey(t.Context(), "e/1"))
		ok(t, s.Drop(t.Context(), "ev.2"))
		ok(t, s.Close())
	}
	files, err := os.ReadDir(dir)
	ok(t, err)
	if len(files) != 1 {
		t.Fatalf("left: %v", files)
	}
}

func TestDamagedBlob(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "goen.db"))
	sum, err := s.PutBlob(t.Context(), []byte("picture"))
	ok(t, err)
	ok(t, s.exec(t.Context(), `UPDATE blobs SET bytes = x'00'`))
	_, err = s.Blob(t.Context(), sum)
	refused(t, err, store.ErrHole)
}

func BenchmarkRead5000(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "goen.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var run []store.Record
	for seq := range int64(5000) {
		run = append(run, rec(seq+1, `"`+strings.Repeat("x", 500)+`"`))
	}
	if err := s.Append(b.Context(), run...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Read(b.Context(), "ev.1", 0, func(store.Record) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
