package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"goen/store"
)

const keysSuffix = ".keys"

// backup writes FILE, which may be archived, and its keys, which must not: they
// replace those of earlier backups, so that who was erased meanwhile is erased in
// those too.
func backup(ctx context.Context, c config, in call) (err error) {
	path, keysPath := in.args[0], in.options["keys"]
	if keysPath == "" {
		keysPath = path + keysSuffix
	}
	if err := thereIs(c.address()); err != nil {
		return err
	}
	for _, old := range []struct {
		path string
		read func(*os.File) error
	}{
		{path, func(f *os.File) error { _, err := store.ReadBackup(f); return err }},
		{keysPath, func(f *os.File) error { _, err := store.ReadKeyFile(f); return err }},
	} {
		if err := replaceable(old.path, old.read); err != nil {
			return err
		}
	}
	s, err := openEngine(ctx, c.address(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var tally store.Tally
	var keys *store.KeyFile
	err = store.ReplaceFile(path, func(f *os.File) error {
		if tally, err = store.WriteBackup(ctx, s, f, time.Now()); err != nil {
			return err
		}
		if _, err := store.ReadBackup(f); err != nil {
			return fmt.Errorf("what was just written: %w", err)
		}
		if keys, err = store.KeysOf(ctx, s, time.Now()); err != nil {
			return err
		}
		return store.ReplaceFile(keysPath, func(f *os.File) error { return keys.Write(f) })
	})
	if err != nil {
		return told{"no backup was made", "バックアップを作れませんでした", err}
	}
	removed, err := removeOlderKeys(keysPath, keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(in.out, "backup  %s: %d records in %d streams, %d claims, %d photos\n", path, tally.Records, tally.Streams, tally.Claims, tally.Blobs)
	fmt.Fprintf(in.out, "keys    %s: %d keys, %d erased\n", keysPath, len(keys.Keys)-erased(keys), erased(keys))
	for _, old := range removed {
		fmt.Fprintf(in.out, "removed %s, an older one\n", old)
	}
	fmt.Fprintf(in.out, `
Keep one key file only, the newest, and never in an archive: it is what makes an erasure hold for older backups.
The master key is in neither. Keep a copy of %s apart from both: without it nothing can be read.
鍵のファイルは最新の1つだけを残し、アーカイブには入れないでください(消去は、これによって古いバックアップにも及びます)。
マスター鍵はどちらにも入っていません。%[1]s の控えを別の場所に保管してください。なければ何も読めません。
`, c.keyFile)
	return nil
}

// replaceable refuses to write over a file that is not of this kind. A damaged
// one may go.
func replaceable(path string, read func(*os.File) error) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f); errors.Is(err, store.ErrForeign) || errors.Is(err, store.ErrNewer) {
		return told{fmt.Sprintf("%s is another file, or of a newer Goen: it was left as it is", path),
			fmt.Sprintf("%s は別のファイルか、新しい版のGoenのものです(そのまま残しました)", path), err}
	}
	return nil
}

// removeOlderKeys removes what the new key file replaces in its folder.
func removeOlderKeys(path string, now *store.KeyFile) (removed []string, err error) {
	all, err := keyFiles(filepath.Dir(path), now.Installation)
	for _, old := range all {
		if filepath.Clean(old.path) != filepath.Clean(path) && !old.Made.After(now.Made) {
			err = errors.Join(err, os.Remove(old.path))
			removed = append(removed, old.path)
		}
	}
	return removed, err
}

type keyFile struct {
	path string
	*store.KeyFile
}

// keyFiles are those of an installation in a folder. What cannot be read is
// passed over.
func keyFiles(folder, installation string) (found []keyFile, err error) {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		if filepath.Ext(e.Name()) != keysSuffix {
			continue
		}
		path := filepath.Join(folder, e.Name())
		if k, err := readKeyFile(path); err == nil && k.Installation == installation {
			found = append(found, keyFile{path, k})
		}
	}
	return found, err
}

func readKeyFile(path string) (*store.KeyFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return store.ReadKeyFile(io.Reader(f))
}

func erased(k *store.KeyFile) (n int) {
	for _, wrapped := range k.Keys {
		if len(wrapped) == 0 {
			n++
		}
	}
	return n
}
