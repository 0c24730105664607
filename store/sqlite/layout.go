package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"goen/store"
)

// layOut makes the tables of a fresh file, or brings those of an older Goen up
// to now. It looks again under the lock, since two processes may start at once.
func (s *Store) layOut(ctx context.Context) error {
	return s.write(ctx, func(ctx context.Context) error {
		have, err := version(ctx, s.conn)
		if err != nil || have == schema {
			return err
		}
		switch have {
		case 0:
			err = s.exec(ctx, fmt.Sprintf("%s PRAGMA application_id=%d", layout, appID))
		case 1:
			err = s.addSums(ctx)
		}
		if err != nil {
			return err
		}
		return s.exec(ctx, fmt.Sprintf("PRAGMA user_version=%d", schema))
	})
}

// addSums brings layout 1 to layout 2. It cannot know what turned before.
func (s *Store) addSums(ctx context.Context) error {
	if err := s.exec(ctx, `ALTER TABLE log ADD COLUMN sum INTEGER NOT NULL DEFAULT 0`); err != nil {
		return err
	}
	var last store.Record
	for {
		page, err := s.oldPage(ctx, last)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			err := s.exec(ctx, `UPDATE log SET sum = ? WHERE stream = ? AND seq = ?`, sumOf(r), r.Stream, r.Seq)
			if err != nil {
				return err
			}
		}
		last = page[len(page)-1]
	}
}

func (s *Store) oldPage(ctx context.Context, after store.Record) (page []store.Record, err error) {
	rows, err := s.conn.QueryContext(ctx, `SELECT stream, seq, by, at, body, sum FROM log WHERE (stream, seq) > (?, ?)
		ORDER BY stream, seq LIMIT ?`, after.Stream, after.Seq, pageRecords)
	if err != nil {
		return nil, unsure(err)
	}
	defer rows.Close()
	for rows.Next() {
		r, _, err := scanRecord(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, unsure(rows.Err())
}

// scanRecord reads a row of stream, seq, by, at, body, sum. sound: the sum is
// right.
func scanRecord(rows *sql.Rows) (r store.Record, sound bool, err error) {
	var at, sum int64
	err = rows.Scan(&r.Stream, &r.Seq, &r.By, &at, &r.Body, &sum)
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return r, false, err
	case err != nil: // a turned bit may have made a number of a text, say
		return r, false, fmt.Errorf("%w: %s %d: %w", store.ErrHole, r.Stream, r.Seq, err)
	}
	r.At = time.UnixMilli(at).UTC()
	return r, sumOf(r) == sum, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumOf is CRC-32C over all of a record; each part ends where the next one's
// length says.
func sumOf(r store.Record) int64 {
	head := binary.BigEndian.AppendUint64(nil, uint64(r.Seq))
	head = binary.BigEndian.AppendUint64(head, uint64(r.At.UnixMilli()))
	head = binary.BigEndian.AppendUint32(head, uint32(len(r.Stream)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(r.By)))
	head = append(append(head, r.Stream...), r.By...)
	return int64(crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, r.Body))
}
