package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"goen/store"
)

// rotateKeys puts every key under a new master key, and then the new master key
// in the place of the old one. Until then both files are there, so that it can
// be repeated at any point.
func rotateKeys(ctx context.Context, c config, in call) (err error) {
	path := in.options["new-key-file"]
	if path == "" {
		return told{"goen keys rotate takes --new-key-file", "goen keys rotate には --new-key-file が要ります", nil}
	}
	if err := thereIs(c.address()); err != nil {
		return err
	}
	old, err := store.ReadMaster(c.keyFile)
	if err != nil {
		return told{"there is no usable key file", "使える鍵ファイルがありません", err}
	}
	s, err := openEngine(ctx, c.address(), nil)
	if err != nil {
		return err
	}
	if !remote(c.address()) { // a look, for a running server would go on with the old master key
		if err := errors.Join(s.Close(), unused(c.data)); err != nil {
			return err
		}
		if s, err = openEngine(ctx, c.address(), nil); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	fresh, err := store.LoadMaster(path)
	if err != nil {
		return err
	}
	done, err := store.Rewrap(ctx, s, old, fresh)
	if errors.Is(err, store.ErrMaster) {
		return told{"a key is under neither master key: nothing was changed", "どちらのマスター鍵でも開かない鍵があります。何も変更していません", err}
	}
	if err != nil {
		return told{"it was cut short: repeat the same command", "途中で止まりました。同じコマンドをもう一度実行してください", err}
	}
	if old == fresh {
		fmt.Fprintf(in.out, "%s is in use already.\n%[1]s はすでに使われています。\n", path)
		return nil
	}
	aside := filepath.Join(filepath.Dir(c.keyFile), filepath.Base(c.keyFile)+".before-"+time.Now().UTC().Format("20060102T150405Z"))
	if err := os.Link(c.keyFile, aside); err != nil {
		if err := store.ReplaceMaster(aside, old); err != nil {
			return err
		}
	}
	if err := store.ReplaceMaster(c.keyFile, fresh); err != nil {
		return err
	}
	fmt.Fprintf(in.out, `%d keys are under the new master key, which is now %s.

Make a backup now: the key file of the last one is under the old master key. Then delete %s, and %s if it is another file.
いますぐバックアップを作ってください(前回の鍵ファイルは古いマスター鍵のものです)。その後、%[3]s を(別のファイルなら %[4]s も)削除してください。
`, done, c.keyFile, aside, path)
	return nil
}
