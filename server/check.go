package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"goen/realtime"
	"goen/store"
)

// mostDamages is how many are told one by one.
const mostDamages = 50

// check prints the settings in force, and reads everything in the store.
func check(ctx context.Context, c config, out io.Writer) (err error) {
	fmt.Fprintf(out, "listen    %s\nurl       %s\nstore     %s\nkey-file  %s\nproxies   %v\nnats      %s\nembed     %s\n\n",
		c.listen, c.url, redacted(c.address()), c.keyFile, c.proxies, redacted(c.nats), c.embed)
	if err := thereIs(c.address()); err != nil {
		return err
	}
	master, err := store.ReadMaster(c.keyFile)
	if err != nil {
		return told{"there is no usable key file", "使える鍵ファイルがありません", err}
	}
	s, err := openEngine(ctx, c.address(), nil)
	if err != nil {
		return told{"the store cannot be opened", "保存データを開けません", err}
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if owner, err := store.HalfFilled(ctx, s); err != nil || owner != "" {
		return errors.Join(err, told{"the store is only half filled: repeat `goen copy` or `goen restore`",
			"保存先への書き込みが途中で止まっています。`goen copy` または `goen restore` をもう一度実行してください", nil})
	}
	damages := 0
	tally, err := realtime.Audit(ctx, s, master, func(d realtime.Damage) {
		if damages++; damages > mostDamages {
			return
		}
		switch {
		case d.Seq > 0:
			fmt.Fprintf(out, "DAMAGED   stream %s, place %d: %v\n", d.Stream, d.Seq, d.Err)
		case d.Stream != "":
			fmt.Fprintf(out, "DAMAGED   stream %s: %v\n", d.Stream, d.Err)
		default:
			fmt.Fprintf(out, "DAMAGED   %v\n", d.Err)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d records in %d streams, %d dropped streams, %d claims, %d photos, %d keys, %d erased\n",
		tally.Records, tally.Streams, tally.Gone, tally.Claims, tally.Blobs, tally.Keys, tally.Erased)
	if damages > 0 {
		return told{fmt.Sprintf("the store is damaged in %d places: restore the last backup (docs/operate.md)", damages),
			fmt.Sprintf("保存データに %d か所の破損があります。最後のバックアップから復元してください(docs/operate.md)", damages), nil}
	}
	fmt.Fprintln(out, "All of it can be read, and nothing is missing. すべて読め、欠けはありません。")
	return nil
}
