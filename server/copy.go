package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"goen/store"
)

// copyPlace moves an installation from one engine to another. The source is not
// changed but for its name, if it had none.
func copyPlace(ctx context.Context, c config, in call) (err error) {
	from, to := in.options["from"], in.options["to"]
	switch {
	case from == "" || to == "":
		return told{"goen copy takes --from and --to", "goen copy には --from と --to が要ります", nil}
	case samePlace(from, to):
		return told{"--from and --to are the same", "--from と --to が同じです", nil}
	}
	if err := thereIs(from); err != nil {
		return err
	}
	source, err := openEngine(ctx, from, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", redacted(from), err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := openEngine(ctx, to, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", redacted(to), err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if owner, err := store.HalfFilled(ctx, source); err != nil || owner != "" {
		return errors.Join(err, told{"the source is only half filled itself", "コピー元への書き込みが途中で止まっています", nil})
	}
	name, err := store.Installation(ctx, source)
	if err != nil {
		return err
	}
	tally, err := store.Pour(ctx, source, target, "copy-"+name, time.Now)
	if errors.Is(err, store.ErrMoved) {
		return told{"the source changed meanwhile: stop the server there and repeat",
			"コピー中に元のデータが変わりました。サーバーを止めて、もう一度実行してください", err}
	}
	if err != nil {
		return notEmpty(err)
	}
	fmt.Fprintf(in.out, "copied and compared: %d records in %d streams, %d claims, %d photos, %d keys (%d erased), %d dropped streams\n",
		tally.Records, tally.Streams, tally.Claims, tally.Blobs, tally.Keys, tally.Erased, tally.Gone)
	fmt.Fprintf(in.out, `
The master key was not copied: the server there needs the same file (--key-file, now %s). The source is as it was.
マスター鍵はコピーしていません。移った先のサーバーにも同じファイルが要ります(--key-file、いまは %[1]s)。元のデータはそのままです。
`, c.keyFile)
	return nil
}

func samePlace(a, b string) bool {
	if remote(a) || remote(b) {
		return a == b
	}
	absA, errA := filepath.Abs(a)
	absB, errB := filepath.Abs(b)
	return errA == nil && errB == nil && absA == absB
}
