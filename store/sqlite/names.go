package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"goen/store"
)

// forever is the end of a claim that has none.
const forever = math.MaxInt64

// Claim is part of store.Store.
func (s *Store) Claim(ctx context.Context, name, owner string, until time.Time) (holder string, err error) {
	if err := store.CheckClaim(name, owner); err != nil {
		return "", err
	}
	now, end := s.now().UnixMilli(), int64(forever)
	if !until.IsZero() {
		end = until.UnixMilli()
	}
	if end <= now {
		return "", fmt.Errorf("%w: claim until %s, which is over", store.ErrInvalid, until.UTC().Format(time.RFC3339))
	}
	err = s.write(ctx, func(ctx context.Context) error {
		// Taken over when it ran out, prolonged when it is the owner's, else
		// left as it is; then whoever stands there is the holder.
		err := s.exec(ctx, `INSERT INTO claims (name, owner, until) VALUES (?1, ?2, ?3)
			ON CONFLICT DO UPDATE SET owner = ?2, until = CASE WHEN until <= ?4 THEN ?3 ELSE max(until, ?3) END
			WHERE until <= ?4 OR owner = ?2`, name, owner, end, now)
		if err != nil {
			return err
		}
		return unsure(s.conn.QueryRowContext(ctx, `SELECT owner FROM claims WHERE name = ?`, name).Scan(&holder))
	})
	if err != nil {
		return "", err
	}
	return holder, nil
}

// Release is part of store.Store.
func (s *Store) Release(ctx context.Context, name, owner string) error {
	if err := store.CheckClaim(name, owner); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context) error {
		return s.exec(ctx, `DELETE FROM claims WHERE name = ? AND owner = ?`, name, owner)
	})
}

// Holder is part of store.Store.
func (s *Store) Holder(ctx context.Context, name string) (owner string, err error) {
	if err := store.CheckHolder(name); err != nil {
		return "", err
	}
	err = s.look(ctx, `SELECT owner FROM claims WHERE name = ? AND until > ?`, []any{name, s.now().UnixMilli()}, &owner)
	return owner, err
}

// PutKey is part of store.Store.
func (s *Store) PutKey(ctx context.Context, id string, wrapped []byte) error {
	if err := store.CheckKey(id, wrapped); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context) error {
		err := s.exec(ctx, `INSERT INTO keys (id, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, wrapped)
		if err != nil {
			return err
		}
		var there []byte
		if err := s.conn.QueryRowContext(ctx, `SELECT wrapped FROM keys WHERE id = ?`, id).Scan(&there); err != nil {
			return unsure(err)
		}
		switch {
		case there == nil:
			return fmt.Errorf("%w: %s", store.ErrErased, id)
		case !bytes.Equal(there, wrapped):
			return fmt.Errorf("%w: key %s", store.ErrTaken, id)
		}
		return nil
	})
}

// Key is part of store.Store.
func (s *Store) Key(ctx context.Context, id string) ([]byte, error) {
	if err := store.CheckKeyID(id); err != nil {
		return nil, err
	}
	var wrapped []byte
	if err := s.look(ctx, `SELECT wrapped FROM keys WHERE id = ?`, []any{id}, &wrapped); err != nil {
		return nil, err
	}
	if wrapped == nil {
		return nil, fmt.Errorf("%w: %s", store.ErrErased, id)
	}
	return wrapped, nil
}

// SwapKey is part of store.Store.
func (s *Store) SwapKey(ctx context.Context, id string, old, new []byte) error {
	if err := store.CheckSwap(id, old, new); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context) error {
		var there []byte
		err := s.conn.QueryRowContext(ctx, `SELECT wrapped FROM keys WHERE id = ?`, id).Scan(&there)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return store.ErrNotFound
		case err != nil:
			return unsure(err)
		case there == nil:
			return fmt.Errorf("%w: %s", store.ErrErased, id)
		case bytes.Equal(there, new):
			return nil
		case !bytes.Equal(there, old):
			return fmt.Errorf("%w: key %s", store.ErrTaken, id)
		}
		return s.exec(ctx, `UPDATE keys SET wrapped = ? WHERE id = ?`, new, id)
	})
}

// DropKey is part of store.Store.
func (s *Store) DropKey(ctx context.Context, id string) error {
	if err := store.CheckKeyID(id); err != nil {
		return err
	}
	err := s.write(ctx, func(ctx context.Context) error {
		return s.exec(ctx, `INSERT INTO keys (id, wrapped) VALUES (?, NULL) ON CONFLICT DO UPDATE SET wrapped = NULL`, id)
	})
	if err != nil {
		return err
	}
	return s.sweep(ctx)
}

// PutBlob is part of store.Store.
func (s *Store) PutBlob(ctx context.Context, b []byte) (sum string, err error) {
	if sum, err = store.Sum(b); err != nil {
		return "", err
	}
	err = s.write(ctx, func(ctx context.Context) error {
		return s.exec(ctx, `INSERT INTO blobs (sum, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING`, sum, b)
	})
	if err != nil {
		return "", err
	}
	return sum, nil
}

// Blob is part of store.Store.
func (s *Store) Blob(ctx context.Context, sum string) ([]byte, error) {
	if err := store.CheckSum(sum); err != nil {
		return nil, err
	}
	var b []byte
	if err := s.look(ctx, `SELECT bytes FROM blobs WHERE sum = ?`, []any{sum}, &b); err != nil {
		return nil, err
	}
	if is, err := store.Sum(b); err != nil || is != sum {
		return nil, fmt.Errorf("%w: blob %s has other bytes", store.ErrHole, sum)
	}
	return b, nil
}

// DropBlob is part of store.Store.
func (s *Store) DropBlob(ctx context.Context, sum string) error {
	if err := store.CheckSum(sum); err != nil {
		return err
	}
	err := s.write(ctx, func(ctx context.Context) error {
		return s.exec(ctx, `DELETE FROM blobs WHERE sum = ?`, sum)
	})
	if err != nil {
		return err
	}
	return s.sweep(ctx)
}

// Claims is part of store.Store.
func (s *Store) Claims(ctx context.Context, f func(store.Claim) error) error {
	var c store.Claim
	var until int64
	return s.walk(ctx, `SELECT name, owner, until FROM claims WHERE until > ? ORDER BY name`, []any{s.now().UnixMilli()},
		[]any{&c.Name, &c.Owner, &until}, func() error {
			c.Until = time.Time{}
			if until != forever {
				c.Until = time.UnixMilli(until).UTC()
			}
			return f(c)
		})
}

// Keys is part of store.Store.
func (s *Store) Keys(ctx context.Context, f func(id string, wrapped []byte) error) error {
	var id string
	var wrapped []byte
	return s.walk(ctx, `SELECT id, wrapped FROM keys ORDER BY id`, nil, []any{&id, &wrapped}, func() error { return f(id, wrapped) })
}

// Blobs is part of store.Store.
func (s *Store) Blobs(ctx context.Context, f func(sum string) error) error {
	var sum string
	return s.walk(ctx, `SELECT sum FROM blobs ORDER BY sum`, nil, []any{&sum}, func() error { return f(sum) })
}

// walk calls f after each row that it has put into row.
func (s *Store) walk(ctx context.Context, query string, args, row []any, f func() error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.Done()
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return broken(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(row...); err != nil {
			return broken(err)
		}
		if err := f(); err != nil {
			return err
		}
	}
	return broken(rows.Err())
}

// look reads one value; store.ErrNotFound if there is no row.
func (s *Store) look(ctx context.Context, query string, args []any, value any) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.Done()
	err := s.read.QueryRowContext(ctx, query, args...).Scan(value)
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return broken(err)
}
