// Package sqlite is the default engine of goen/store: one file, nothing to
// install. It is the only package that knows SQLite.
//
// The file is in WAL mode with synchronous=FULL, so that a commit is on the
// disk when it returns. One connection writes, four read. Several handles and
// processes on one machine may share the file; a network drive may not hold it.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	driver "modernc.org/sqlite"

	"goen/store"
)

const (
	readers  = 4
	patience = 10 * time.Second // how long a call waits for another process's lock

	// The two numbers in the file's header that say whose it is and which
	// layout it has. A later version raises the schema and upgrades older ones.
	appID  = 0x476f656e // "Goen"
	schema = 2
)

// The token and the place of a record make its fate; time is Unix milliseconds.
// A claim for ever has until = 2^63-1. A key without bytes is a tombstone.
// SQLite does not notice a bit that turns on the disk, so a record has a sum.
const layout = `
CREATE TABLE log (
	stream TEXT NOT NULL, seq INTEGER NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL, sum INTEGER NOT NULL,
	PRIMARY KEY (stream, seq)) WITHOUT ROWID;
CREATE TABLE claims (name TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (id TEXT PRIMARY KEY NOT NULL, wrapped BLOB) WITHOUT ROWID;
CREATE TABLE blobs (sum TEXT PRIMARY KEY NOT NULL, bytes BLOB NOT NULL);
`

// Store is one handle on a file. It is made by Open.
type Store struct {
	now  func() time.Time
	disk string // name of SQLite's VFS; empty: the system's own

	pool  *sql.DB       // of the one connection that writes
	conn  *sql.Conn     // that connection
	turn  chan struct{} // holds one value while somebody writes, for all who wait
	read  *sql.DB
	broom *sql.DB // empties the WAL without keeping the writer for long

	gone, head, place, insert *sql.Stmt // of conn
	save, undo, keep          *sql.Stmt // of conn
	page                      *sql.Stmt // of read

	mu     sync.Mutex
	queue  []*change // that wait for a turn
	closed bool
	struck error // why nothing is written any more
	calls  sync.WaitGroup
	end    sync.Once
	endErr error
}

var _ store.Store = (*Store)(nil)

// Option changes how a file is opened.
type Option func(*Store)

// WithClock puts another clock in the place of time.Now: claims expire by it.
func WithClock(now func() time.Time) Option {
	return func(s *Store) { s.now = now }
}

// WithDisk puts another disk under the file, by the name under which it is
// registered with SQLite as a VFS. Tests cut its power.
func WithDisk(vfs string) Option {
	return func(s *Store) { s.disk = vfs }
}

// Open opens the file at path, or makes it, readable for its owner only, in a
// directory that must exist. It finishes every Drop that was cut short.
// store.ErrNewer: a newer Goen wrote the file. store.ErrForeign: it is not a
// file of Goen. Either way it is left as it was.
func Open(ctx context.Context, path string, opts ...Option) (*Store, error) {
	s := &Store{now: time.Now, turn: make(chan struct{}, 1)}
	for _, o := range opts {
		o(s)
	}
	err := s.open(ctx, path)
	if err == nil {
		return s, nil
	}
	return nil, errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), s.Close())
}

func (s *Store) open(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := create(path); err != nil {
		return err
	}
	if err := soundWAL(path + "-wal"); err != nil {
		return err
	}
	if err := s.probe(ctx, path); err != nil {
		return err
	}
	const durable = "_journal_mode=WAL&_synchronous=FULL&_pragma=secure_delete(1)&_pragma=fullfsync(1)&_defensive=1"
	if s.pool, err = s.dial(path, durable, 1, patience); err != nil {
		return err
	}
	if s.conn, err = s.pool.Conn(ctx); err != nil {
		return broken(err)
	}
	if err := s.verify(ctx); err != nil {
		return err
	}
	if err := s.layOut(ctx); err != nil {
		return err
	}
	// A checkpoint waits for readers with the writer's lock in its hand, hence
	// its short wait here and its repetition in sweep.
	if s.broom, err = s.dial(path, durable, 1, patience/100); err != nil {
		return err
	}
	if s.read, err = s.dial(path, "_query_only=1&_defensive=1", readers, patience); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return broken(err)
	}
	return s.finishDrops(ctx)
}

// create makes an empty file where there is none. SQLite would make it readable
// for everybody; it gives the WAL the mode of the file.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return notShort(path)
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func (s *Store) dial(path, query string, conns int, wait time.Duration) (*sql.DB, error) {
	if s.disk != "" {
		query += "&vfs=" + url.QueryEscape(s.disk)
	}
	return pool(path, query, conns, wait)
}

// notShort refuses a file of some bytes, but fewer than any database has: for
// SQLite it is fresh, and it would write over what is left.
func notShort(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() > 0 && info.Size() < 512 {
		err = fmt.Errorf("%w: %d bytes are left of it", store.ErrHole, info.Size())
	}
	return err
}

func pool(path, query string, conns int, wait time.Duration) (*sql.DB, error) {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a drive letter
	}
	u := url.URL{Scheme: "file", Path: name}
	db, err := sql.Open("sqlite", fmt.Sprintf("%s?mode=rw&_busy_timeout=%d&%s", u.String(), wait.Milliseconds(), query))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// probe refuses what is not ours before anything has touched the file.
func (s *Store) probe(ctx context.Context, path string) error {
	db, err := s.dial(path, "_query_only=1", 1, patience)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = version(ctx, db)
	return err
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// version returns the layout a file has, 0 for a fresh one.
func version(ctx context.Context, q querier) (int, error) {
	var app, user, tables int
	err := q.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`).Scan(&app, &user, &tables)
	switch {
	case err != nil:
		return 0, broken(err)
	case app == 0 && user == 0 && tables == 0:
		return 0, nil
	case app != appID:
		return 0, store.ErrForeign
	case user > schema:
		return 0, fmt.Errorf("%w: layout %d, this Goen knows %d", store.ErrNewer, user, schema)
	}
	return user, nil
}

// verify makes sure that the settings durability hangs on took hold: SQLite
// answers a PRAGMA it cannot follow with the old value, not with an error.
func (s *Store) verify(ctx context.Context) error {
	for _, p := range []struct{ name, want string }{{"journal_mode", "wal"}, {"synchronous", "2"}, {"secure_delete", "1"}} {
		var got string
		if err := s.conn.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return broken(err)
		}
		if got != p.want {
			return fmt.Errorf("%s is %s, not %s", p.name, got, p.want)
		}
	}
	return nil
}

func (s *Store) prepare(ctx context.Context) (err error) {
	for _, p := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&s.gone, `SELECT count(*) FROM claims WHERE name = ?`},
		{&s.head, `SELECT coalesce(max(seq), 0) FROM log WHERE stream = ?`},
		{&s.place, `SELECT by, body FROM log WHERE stream = ? AND seq = ?`},
		{&s.insert, `INSERT INTO log (stream, seq, by, at, body, sum) SELECT ?1, ?2, ?3, ?4, ?5, ?6
			WHERE ?2 = (SELECT coalesce(max(seq), 0) + 1 FROM log WHERE stream = ?1)`},
		{&s.save, `SAVEPOINT one`},
		{&s.undo, `ROLLBACK TO one`},
		{&s.keep, `RELEASE one`},
	} {
		if *p.stmt, err = s.conn.PrepareContext(ctx, p.text); err != nil {
			return err
		}
	}
	s.page, err = s.read.PrepareContext(ctx,
		`SELECT stream, seq, by, at, body, sum FROM log WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?`)
	return err
}

// Close is part of store.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.calls.Wait()
	s.end.Do(func() {
		var errs []error
		// A statement that is left open keeps its connection alive, and with it
		// the files and their locks, whatever the pool says.
		for _, stmt := range []*sql.Stmt{s.gone, s.head, s.place, s.insert, s.save, s.undo, s.keep, s.page} {
			if stmt != nil {
				errs = append(errs, stmt.Close())
			}
		}
		// The connection that writes goes last: it folds the WAL into the file.
		for _, db := range []*sql.DB{s.read, s.broom} {
			if db != nil {
				errs = append(errs, db.Close())
			}
		}
		if s.conn != nil {
			errs = append(errs, s.conn.Close())
		}
		if s.pool != nil {
			errs = append(errs, s.pool.Close())
		}
		s.endErr = errors.Join(errs...)
	})
	return s.endErr
}

// enter counts a call in, so that Close can wait for it; leave with
// s.calls.Done.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	s.calls.Add(1)
	return nil
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.conn.ExecContext(ctx, query, args...)
	return unsure(err)
}

// unsure names the error of a statement that writes.
func unsure(err error) error {
	if err == nil {
		return nil
	}
	err = broken(err)
	for _, known := range []error{store.ErrHole, store.ErrForeign, store.ErrFull, store.ErrGone, store.ErrStruck} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", store.ErrUnknown, err)
}

// broken names the error of a statement, where it has a name of ours.
func broken(err error) error {
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return err
	}
	switch e.Code() { // extended ones
	case 1034, 1290: // SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC
		return fmt.Errorf("%w: %w", store.ErrStruck, err)
	}
	switch e.Code() & 0xff { // above it is the extended code
	case 11: // SQLITE_CORRUPT
		return fmt.Errorf("%w: %w", store.ErrHole, err)
	case 13: // SQLITE_FULL
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case 26: // SQLITE_NOTADB
		return fmt.Errorf("%w: %w", store.ErrForeign, err)
	}
	return err
}
