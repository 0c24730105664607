package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"goen/realtime"
	"goen/store"
)

// restore verifies a backup and its keys before it touches anything. Then it
// fills an empty place, or builds beside what is there and swaps.
func restore(ctx context.Context, c config, in call) error {
	f, err := os.Open(in.args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	back, err := readWhole(f, in.args[0])
	if err != nil {
		return err
	}
	keys, err := keysFor(back, in.args[0], in.options["keys"])
	if err != nil {
		return err
	}
	master, err := store.ReadMaster(c.keyFile)
	if err == nil {
		err = keys.Fits(master)
	}
	if err != nil {
		return told{fmt.Sprintf("the master key of this backup must lie at %s (--key-file)", c.keyFile),
			fmt.Sprintf("このバックアップのマスター鍵を %s に置いてください(--key-file)", c.keyFile), err}
	}
	source := store.Restored{Backup: back, File: keys}
	_, replace := in.options["replace"]
	var tally store.Tally
	if remote(c.store) {
		if replace {
			return told{"--replace works on a data folder. Restore into an empty database, and let --store name that one",
				"--replace はデータフォルダー専用です。空のデータベースに復元し、--store でそれを指定してください", nil}
		}
		tally, err = fill(ctx, source, c.store)
	} else {
		tally, err = restoreFolder(ctx, source, c.data, replace, in)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(in.out, "restored %d records in %d streams, %d claims, %d photos, %d keys (%d erased) as of %s\n",
		tally.Records, tally.Streams, tally.Claims, tally.Blobs, tally.Keys, tally.Erased, back.Made.Local().Format(time.DateTime))
	fmt.Fprint(in.out, `
What came after that is not there, such as sign-outs: who was signed out since is signed in again. Phones take everything anew.
それより後のことは残っていません(サインアウトもなかったことになります)。スマートフォンは全体を読み直します。
`)
	return nil
}

func readWhole(f *os.File, path string) (*store.Backup, error) {
	back, err := store.ReadBackup(f)
	switch {
	case errors.Is(err, store.ErrNewer):
		return nil, told{fmt.Sprintf("%s was made by a newer Goen", path), fmt.Sprintf("%s は新しい版のGoenで作られています", path), err}
	case err != nil:
		return nil, told{fmt.Sprintf("%s is not a whole backup: nothing was changed", path),
			fmt.Sprintf("%s は完全なバックアップではありません。何も変更していません", path), err}
	}
	return back, nil
}

// keysFor finds the key file: the one that was named, or the newest one beside
// the backup.
func keysFor(back *store.Backup, path, named string) (*store.KeyFile, error) {
	var newest keyFile
	if named != "" {
		k, err := readKeyFile(named)
		if err != nil {
			return nil, told{fmt.Sprintf("%s is not a whole key file: nothing was changed", named),
				fmt.Sprintf("%s は完全な鍵ファイルではありません。何も変更していません", named), err}
		}
		newest = keyFile{named, k}
	} else {
		all, err := keyFiles(filepath.Dir(path), back.Installation)
		if err != nil {
			return nil, err
		}
		for _, k := range all {
			if newest.KeyFile == nil || k.Made.After(newest.Made) {
				newest = k
			}
		}
	}
	switch {
	case newest.KeyFile == nil:
		return nil, told{"there is no key file beside the backup; name it with --keys",
			"バックアップの横に鍵ファイルがありません。--keys で指定してください", nil}
	case newest.Installation != back.Installation:
		return nil, told{fmt.Sprintf("%s belongs to another installation", newest.path), fmt.Sprintf("%s は別の設置のものです", newest.path), nil}
	case newest.Made.Before(back.Made):
		return nil, told{fmt.Sprintf("%s is older than the backup: words written in between could not be read", newest.path),
			fmt.Sprintf("%s はバックアップより古く、その間に書かれたものが読めません", newest.path), nil}
	}
	return newest.KeyFile, nil
}

// restoreFolder builds the store in a folder of its own, whole and verified,
// before it takes its place.
func restoreFolder(ctx context.Context, source store.Restored, folder string, replace bool, in call) (store.Tally, error) {
	place := filepath.Join(folder, databaseFile)
	_, err := os.Stat(place)
	there := err == nil
	switch {
	case there && !replace:
		return store.Tally{}, told{fmt.Sprintf("there is a store in %s already: take another --data, or say --replace", folder),
			fmt.Sprintf("%s にはすでに保存データがあります。別の --data を指定するか、--replace を付けてください", folder), nil}
	case there:
		if err := leave(ctx, folder, source, in); err != nil {
			return store.Tally{}, err
		}
	case !errors.Is(err, os.ErrNotExist):
		return store.Tally{}, err
	}
	beside := filepath.Join(folder, "restoring")
	if err := os.RemoveAll(beside); err != nil { // of a restore that was cut short
		return store.Tally{}, err
	}
	tally, err := fill(ctx, source, beside)
	if err == nil {
		err = unused(beside)
	}
	if err == nil && there {
		err = keepAside(folder, in)
	}
	if err == nil {
		err = os.Rename(filepath.Join(beside, databaseFile), place)
	}
	if err != nil {
		return tally, told{"nothing was changed", "何も変更していません", errors.Join(err, os.RemoveAll(beside))}
	}
	return tally, errors.Join(store.SyncDir(folder), os.RemoveAll(beside))
}

// leave takes leave of the store that is to be replaced: nobody may use it, and
// what it knows of erasures stays known. One that cannot be read may go.
func leave(ctx context.Context, folder string, source store.Restored, in call) error {
	s, err := openEngine(ctx, folder, nil)
	if err != nil {
		fmt.Fprintf(in.out, "The store that is replaced cannot be opened: %v\n置き換えられる保存データは開けません。\n", err)
		return nil
	}
	known, err := store.KeysOf(ctx, s, time.Now())
	if err := errors.Join(s.Close(), unused(folder)); err != nil {
		return err
	}
	switch {
	case err != nil:
		fmt.Fprintf(in.out, "What was erased in the store that is replaced cannot be read: %v\n置き換えられる保存データの消去の記録は読めません。\n", err)
	case known.Installation != source.Installation:
		return told{fmt.Sprintf("another installation is in %s: move it away yourself", folder),
			fmt.Sprintf("%s には別の設置のデータがあります。ご自分で移してください", folder), nil}
	default:
		source.File.Forget(known)
	}
	return nil
}

// keepAside gives the old store another name. While it can, it leaves the file
// at its place until the new one takes it in one step.
func keepAside(folder string, in call) error {
	aside := filepath.Join(folder, databaseFile+".before-"+time.Now().UTC().Format("20060102T150405Z"))
	place := filepath.Join(folder, databaseFile)
	for _, end := range []string{"-wal", "-shm"} { // of one that could not be opened
		if err := os.Rename(place+end, aside+end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.Link(place, aside); err != nil {
		if err := os.Rename(place, aside); err != nil {
			return err
		}
	}
	fmt.Fprintf(in.out, "kept aside: %s. It holds the old keys: delete it when all is well.\n元のデータ: %[1]s(古い鍵も入っています。確認できたら削除してください)\n", aside)
	return store.SyncDir(folder)
}

// fill pours a backup into an empty place, and marks it as restored.
func fill(ctx context.Context, source store.Restored, address string) (tally store.Tally, err error) {
	s, err := openEngine(ctx, address, nil)
	if err != nil {
		return tally, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	// A fresh life, but the same one when a fill that was cut short goes on.
	life, err := store.HalfFilled(ctx, s)
	if err != nil {
		return tally, err
	}
	if life == "" {
		life = realtime.NewID()
	}
	tally, err = store.Pour(ctx, reborn{source, life}, s, life, time.Now)
	return tally, notEmpty(err)
}

func notEmpty(err error) error {
	if errors.Is(err, store.ErrNotEmpty) {
		return told{"the target is not empty: nothing was changed", "書き込み先が空ではありません。何も変更していません", err}
	}
	return err
}

// reborn is a backup, and the record that says that it was restored.
type reborn struct {
	store.Restored
	life string
}

// Scan is part of store.Source.
func (b reborn) Scan(ctx context.Context, f func(store.Record) error) error {
	const directory = "dir"
	last, said := int64(0), false
	say := func() error {
		said = true
		return f(realtime.Restored(b.life, last+1, b.Made))
	}
	err := b.Restored.Scan(ctx, func(r store.Record) error {
		if r.Stream == directory {
			last = r.Seq
		} else if r.Stream > directory && !said {
			if err := say(); err != nil {
				return err
			}
		}
		return f(r)
	})
	if err == nil && !said {
		err = say()
	}
	return err
}
