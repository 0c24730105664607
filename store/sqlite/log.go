package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"goen/store"
)

// A page of Read ends at whichever comes first, so that a slow reader neither
// holds a connection nor much memory.
const (
	pageRecords = 256
	pageBytes   = 1 << 20
	dropChunk   = 500 // records erased in one transaction
)

// Append is part of store.Store. A run is one transaction: all or nothing.
func (s *Store) Append(ctx context.Context, run ...store.Record) error {
	if err := store.CheckRun(run); err != nil || len(run) == 0 {
		return err
	}
	stream := run[0].Stream
	return s.write(ctx, func(ctx context.Context) error {
		if err := standing(s.gone.QueryRowContext(ctx, store.GoneClaim(stream)), stream); err != nil {
			return unsure(err)
		}
		var head int64
		if err := s.head.QueryRowContext(ctx, stream).Scan(&head); err != nil {
			return unsure(err)
		}
		for _, r := range run {
			var err error
			if r.Seq <= head {
				err = s.mine(ctx, r)
			} else {
				err = s.put(ctx, r)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// mine says whether the record at a place is r itself, from an earlier attempt.
func (s *Store) mine(ctx context.Context, r store.Record) error {
	var by string
	var body []byte
	err := s.place.QueryRowContext(ctx, r.Stream, r.Seq).Scan(&by, &body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: %s has no place %d", store.ErrHole, r.Stream, r.Seq)
	case err != nil:
		return unsure(err)
	case by != r.By || !bytes.Equal(body, r.Body):
		return fmt.Errorf("%w: %s %d", store.ErrTaken, r.Stream, r.Seq)
	}
	return nil
}

func (s *Store) put(ctx context.Context, r store.Record) error {
	res, err := s.insert.ExecContext(ctx, r.Stream, r.Seq, r.By, r.At.UnixMilli(), string(r.Body), sumOf(r))
	if err != nil {
		return unsure(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return unsure(err)
	}
	if n != 1 {
		return fmt.Errorf("%w: %s %d", store.ErrGap, r.Stream, r.Seq)
	}
	return nil
}

// Read is part of store.Store.
func (s *Store) Read(ctx context.Context, stream string, after int64, f func(store.Record) error) error {
	if err := store.CheckStream(stream); err != nil {
		return err
	}
	if after < 0 {
		return fmt.Errorf("%w: place %d", store.ErrInvalid, after)
	}
	for at, first := after, true; ; first = false {
		page, err := s.readPage(ctx, stream, at, first)
		for _, r := range page {
			if err := f(r); err != nil {
				return err
			}
			at = r.Seq
		}
		if err != nil || len(page) == 0 {
			return err
		}
	}
}

// readPage returns the records after a place up to the end of a page, none at
// the end of the stream. With an error it returns those that are right.
func (s *Store) readPage(ctx context.Context, stream string, after int64, first bool) ([]store.Record, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.calls.Done()
	page, err := s.fetch(ctx, stream, after)
	if err == nil && len(page) == 0 && first && after > 0 {
		err = s.exists(ctx, stream, after)
	}
	if len(page) > 0 && err == nil {
		return page, nil
	}
	// Dropping marks first and deletes then. So this look, after the other,
	// tells the end and the damage from a stream that goes away under us.
	row := s.read.QueryRowContext(ctx, `SELECT count(*) FROM claims WHERE name = ?`, store.GoneClaim(stream))
	if err := standing(row, stream); err != nil {
		return nil, err
	}
	return page, err
}

func (s *Store) fetch(ctx context.Context, stream string, after int64) (page []store.Record, err error) {
	rows, err := s.page.QueryContext(ctx, stream, after, pageRecords)
	if err != nil {
		return nil, broken(err)
	}
	defer rows.Close()
	size := 0
	for want := after + 1; size < pageBytes && rows.Next(); want++ {
		r, sound, err := scanRecord(rows)
		if err != nil {
			return page, err
		}
		if err := follows(r, stream, want, sound); err != nil {
			return page, err
		}
		page = append(page, r)
		size += len(r.Body)
	}
	return page, broken(rows.Err())
}

// follows refuses a record that is not the whole one of the place that is next.
func follows(r store.Record, stream string, want int64, sound bool) error {
	switch {
	case r.Seq != want || r.Stream != stream:
		return fmt.Errorf("%w: %s has no place %d", store.ErrHole, stream, want)
	case !sound:
		return fmt.Errorf("%w: %s place %d is not as it was written", store.ErrHole, stream, want)
	}
	return nil
}

func (s *Store) exists(ctx context.Context, stream string, seq int64) error {
	var n int
	err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM log WHERE stream = ? AND seq = ?`, stream, seq).Scan(&n)
	if err != nil {
		return broken(err)
	}
	if n == 0 {
		return fmt.Errorf("%w: %s ends before place %d", store.ErrHole, stream, seq)
	}
	return nil
}

// Scan is part of store.Store. It is one statement, hence one moment.
func (s *Store) Scan(ctx context.Context, f func(store.Record) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.Done()
	rows, err := s.read.QueryContext(ctx, `SELECT stream, seq, by, at, body, sum FROM log
		WHERE NOT EXISTS (SELECT 1 FROM claims WHERE name = 'gone.' || stream) ORDER BY stream, seq`)
	if err != nil {
		return broken(err)
	}
	defer rows.Close()
	var last store.Record
	for rows.Next() {
		r, sound, err := scanRecord(rows)
		if err != nil {
			return err
		}
		want := int64(1)
		if r.Stream == last.Stream {
			want = last.Seq + 1
		}
		if err := follows(r, r.Stream, want, sound); err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
		last = r
	}
	return broken(rows.Err())
}

// Drop is part of store.Store.
func (s *Store) Drop(ctx context.Context, stream string) error {
	if err := store.CheckStream(stream); err != nil {
		return err
	}
	err := s.write(ctx, func(ctx context.Context) error {
		return s.exec(ctx, `INSERT INTO claims (name, owner, until) VALUES (?, 'store', ?) ON CONFLICT DO NOTHING`,
			store.GoneClaim(stream), forever)
	})
	if err != nil {
		return err
	}
	return s.finishDrop(ctx, stream)
}

// finishDrop deletes what a dropped stream still has, in steps, so that others
// can write in between.
func (s *Store) finishDrop(ctx context.Context, stream string) error {
	for left := true; left; {
		err := s.write(ctx, func(ctx context.Context) error {
			res, err := s.conn.ExecContext(ctx, `DELETE FROM log WHERE stream = ?1 AND seq < ?2 +
				(SELECT min(seq) FROM log WHERE stream = ?1)`, stream, dropChunk)
			if err != nil {
				return unsure(err)
			}
			n, err := res.RowsAffected()
			left = n > 0
			return unsure(err)
		})
		if err != nil {
			return err
		}
	}
	return s.sweep(ctx)
}

// finishDrops ends what a crash cut short: drops half done, and a WAL that
// still holds what was erased. A reader in another process may keep the WAL;
// that process sweeps at its own next erasure or at its end.
func (s *Store) finishDrops(ctx context.Context) error {
	streams, err := s.halfDropped(ctx)
	if err != nil {
		return err
	}
	for _, stream := range streams {
		if err := s.finishDrop(ctx, stream); err != nil {
			return err
		}
	}
	_, err = s.checkpoint(ctx)
	return err
}

func (s *Store) halfDropped(ctx context.Context) (streams []string, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT substr(name, 6) AS stream FROM claims
		WHERE name >= 'gone.' AND name < 'gone/' AND EXISTS (SELECT 1 FROM log WHERE log.stream = substr(name, 6))`)
	if err != nil {
		return nil, broken(err)
	}
	defer rows.Close()
	for rows.Next() {
		var stream string
		if err := rows.Scan(&stream); err != nil {
			return nil, broken(err)
		}
		streams = append(streams, stream)
	}
	return streams, broken(rows.Err())
}

// sweep moves the WAL into the file and empties it: what was deleted is
// overwritten in the file (secure_delete), but its old pages stay in the WAL
// until then. It waits for readers that still need them.
func (s *Store) sweep(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnknown, err)
	}
	defer s.calls.Done()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if busy, err := s.checkpoint(ctx); err != nil || !busy {
			return unsure(err)
		}
		pause := time.NewTimer(patience / 1000)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return fmt.Errorf("%w: erased, but a reader still holds the old pages: %w", store.ErrUnknown, ctx.Err())
		}
	}
}

// checkpoint tries once what sweep is after. A lock that is held is busy, not
// an error.
func (s *Store) checkpoint(ctx context.Context) (busy bool, err error) {
	var pages, moved int
	err = broken(s.broom.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved))
	_ = s.strike(err)
	return busy, err
}

// standing reads how often a stream is marked as dropped; store.ErrGone if it
// is.
func standing(row *sql.Row, stream string) error {
	var n int
	if err := row.Scan(&n); err != nil {
		return broken(err)
	}
	if n > 0 {
		return fmt.Errorf("%w: %s", store.ErrGone, stream)
	}
	return nil
}
