package sqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"goen/store"
)

// Whatever bit turns in a record that lies on the disk, nobody is told it as
// the truth.
func TestATurnedBitIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "goen.db")
	s := open(t, path)
	body := `"` + strings.Repeat("a need. ", 12) + `"`
	for seq := range int64(5) {
		r := rec(seq+1, body)
		r.By = strings.Replace(r.By, "p-", "process-", 1)
		ok(t, s.Append(t.Context(), r))
	}
	ok(t, s.Close())
	whole, err := os.ReadFile(path)
	ok(t, err)
	from := bytes.Index(whole, []byte("process-3")) - len("ev.1") - 1 // the name and the place stand before
	to := from + len("ev.1x") + len("process-3") + 4 + len(body) + 4  // the time within, the sum behind
	if from < 0 || bytes.Count(whole, []byte("process-3")) != 1 {
		t.Fatal("the test looks in the wrong place")
	}
	for at := from; at < to; at++ {
		turned := bytes.Clone(whole)
		turned[at] ^= 1 << (at % 8)
		path := filepath.Join(t.TempDir(), "turned.db")
		ok(t, os.WriteFile(path, turned, 0o600))
		s := open(t, path)
		places := ""
		err := s.Read(t.Context(), "ev.1", 0, func(r store.Record) error {
			places += string(rune('0' + r.Seq))
			return nil
		})
		if !strings.HasPrefix("12", places) {
			t.Errorf("byte %d of the record: read %q", at-from, places)
		}
		// A turned name sorts elsewhere, so the stream may seem to end before it;
		// a walk over everything, as at the start of a server, sees that too.
		if at >= from+len("ev.1") {
			refused(t, err, store.ErrHole)
		}
		refused(t, s.Scan(t.Context(), func(store.Record) error { return nil }), store.ErrHole)
		ok(t, s.Close())
	}
}

// A file of layout 1, which had no sums.
func TestOldLayoutIsBroughtUpToNow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "goen.db")
	db, err := sql.Open("sqlite", path)
	ok(t, err)
	_, err = db.ExecContext(t.Context(), `
		CREATE TABLE log (
			stream TEXT NOT NULL, seq INTEGER NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
			PRIMARY KEY (stream, seq)) WITHOUT ROWID;
		CREATE TABLE claims (name TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE keys (id TEXT PRIMARY KEY NOT NULL, wrapped BLOB) WITHOUT ROWID;
		CREATE TABLE blobs (sum TEXT PRIMARY KEY NOT NULL, bytes BLOB NOT NULL);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700)
		INSERT INTO log SELECT s, i, 'p-' || i, i * 1000, '"a"' FROM n, (SELECT 'ev.1' AS s UNION SELECT 'ev.2');
		INSERT INTO keys VALUES ('e/1', x'01');
		PRAGMA application_id = 1198482798; PRAGMA user_version = 1`)
	ok(t, errors.Join(err, db.Close()))
	for range 2 {
		s := open(t, path)
		n := 0
		ok(t, s.Scan(t.Context(), func(r store.Record) error {
			if n++; string(r.Body) != `"a"` || r.At.Unix() != r.Seq {
				t.Errorf("%s %d is %s of %s", r.Stream, r.Seq, r.Body, r.At)
			}
			return nil
		}))
		if n != 1400 {
			t.Fatalf("%d records", n)
		}
		if have, err := version(t.Context(), s.conn); err != nil || have != schema {
			t.Fatalf("layout %d: %v", have, err)
		}
		ok(t, s.Close())
	}
	s := open(t, path)
	ok(t, s.Append(t.Context(), rec(701, `"b"`)))
}
