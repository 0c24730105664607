package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"goen/store"
	"goen/store/mongo"
	"goen/store/sqlite"
)

const (
	databaseFile = "goen.db"

	// storeWithin is how long whoever sent something waits for a MongoDB that is
	// away before they are told to send it again. Commands that read or fill a
	// whole store (backup, copy, check) wait longer, as nobody would repeat them.
	storeWithin = 2500 * time.Millisecond
)

// openEngine opens the store at an address: a data folder, which holds the
// embedded one, or a MongoDB. A folder that is not there is made. clock may be
// nil; embedded is for the embedded one alone.
func openEngine(ctx context.Context, address string, clock func() time.Time, embedded ...sqlite.Option) (store.Store, error) {
	if remote(address) {
		return openMongo(ctx, address, clock)
	}
	if err := os.MkdirAll(address, 0o700); err != nil {
		return nil, err
	}
	if clock != nil {
		embedded = append(embedded, sqlite.WithClock(clock))
	}
	return sqlite.Open(ctx, filepath.Join(address, databaseFile), embedded...)
}

func openMongo(ctx context.Context, address string, clock func() time.Time, options ...mongo.Option) (store.Store, error) {
	if clock != nil {
		options = append(options, mongo.WithClock(clock))
	}
	return mongo.Open(ctx, address, options...)
}

func remote(address string) bool {
	return strings.HasPrefix(address, "mongodb://") || strings.HasPrefix(address, "mongodb+srv://")
}

// redacted is an address as it may be shown: without password, and without
// options, which may hold secrets too.
func redacted(address string) string {
	scheme, rest, is := strings.Cut(address, "://")
	if !is {
		return address
	}
	rest, options, _ := strings.Cut(rest, "?")
	at := strings.LastIndex(rest, "@")
	if user, _, secret := strings.Cut(rest[:max(at, 0)], ":"); secret {
		rest = user + ":xxxxx" + rest[at:]
	}
	if options != "" {
		rest += "?…"
	}
	return scheme + "://" + rest
}

// openStore opens the store of an installation and its keys.
func openStore(ctx context.Context, c config, clock func() time.Time, embedded ...sqlite.Option) (store.Store, *store.Keyring, error) {
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, nil, err
	}
	master, err := store.LoadMaster(c.keyFile)
	if err != nil {
		return nil, nil, err
	}
	var s store.Store
	if remote(c.address()) {
		s, err = openMongo(ctx, c.address(), clock, mongo.WithPatience(storeWithin))
	} else {
		s, err = openEngine(ctx, c.address(), clock, embedded...)
	}
	if err != nil {
		return nil, nil, err
	}
	keys := store.NewKeyring(s, master)
	owner, err := store.HalfFilled(ctx, s)
	switch {
	case err != nil:
	case owner != "":
		err = told{"the store is only half filled: repeat `goen copy` or `goen restore`",
			"保存先への書き込みが途中で止まっています。`goen copy` または `goen restore` をもう一度実行してください", nil}
	default:
		err = keys.Check(ctx)
		if errors.Is(err, store.ErrMaster) {
			err = told{"the key file does not fit the store. If `goen keys rotate` was cut short, repeat it",
				"鍵ファイルが保存データと合いません。`goen keys rotate` が途中で止まった場合は、もう一度実行してください", err}
		}
	}
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, keys, nil
}

// sound reads the embedded store once from end to end before it is served, about
// a second for a million records: what a disk has lost is to be noticed before
// anything is built upon it. A MongoDB does so by itself.
func sound(ctx context.Context, c config, s store.Store) error {
	if remote(c.address()) {
		return nil
	}
	err := s.Scan(ctx, func(store.Record) error { return nil })
	if errors.Is(err, store.ErrHole) {
		return told{"the store is damaged: it is not served. See `goen check`, and restore the last backup",
			"保存データが破損しているため、起動しません。`goen check` で確かめ、最後のバックアップから復元してください", err}
	}
	return err
}

// address is where the store is.
func (c config) address() string {
	if c.store != "" {
		return c.store
	}
	return c.data
}

// thereIs refuses a folder without a store: commands that only look must not
// make one, nor a key, where the path was mistyped.
func thereIs(address string) error {
	if remote(address) {
		return nil
	}
	_, err := os.Stat(filepath.Join(address, databaseFile))
	if err != nil {
		return told{fmt.Sprintf("no store in %s", address), fmt.Sprintf("%s に保存データがありません", address), err}
	}
	return nil
}

// unused refuses a folder whose store another process has open: when the last
// one closes it, SQLite takes its WAL away. The caller has closed it.
func unused(folder string) error {
	_, err := os.Stat(filepath.Join(folder, databaseFile+"-wal"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return errors.Join(err, told{"the server is running: stop it first", "サーバーが動いています。先に止めてください", nil})
}
