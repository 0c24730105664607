package store

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// KeyFile is what a backup leaves out, so that it can be replaced where backups
// are kept: the wrapped keys, which keys were erased, and which streams were
// dropped. Whoever restores an old backup with the newest key file brings no
// erased word back.
type KeyFile struct {
	Made         time.Time
	Installation string
	Keys         map[string][]byte // wrapped; nil for one that was erased
	Gone         map[string]bool   // streams
}

// KeysOf takes the keys of a store, at the time made.
func KeysOf(ctx context.Context, s Store, made time.Time) (*KeyFile, error) {
	name, err := Installation(ctx, s)
	if err != nil {
		return nil, err
	}
	k := &KeyFile{Millis(made), name, map[string][]byte{}, map[string]bool{}}
	err = s.Keys(ctx, func(id string, wrapped []byte) error { k.Keys[id] = wrapped; return nil })
	if err != nil {
		return nil, err
	}
	return k, s.Claims(ctx, func(c Claim) error {
		if stream, gone := GoneStream(c.Name); gone {
			k.Gone[stream] = true
		}
		return nil
	})
}

// Forget takes over the erasures that another key file of the same installation
// knows of.
func (k *KeyFile) Forget(other *KeyFile) {
	for id, wrapped := range other.Keys {
		if len(wrapped) == 0 {
			k.Keys[id] = nil
		}
	}
	maps.Copy(k.Gone, other.Gone)
}

// Write writes the file; ReadKeyFile reads it.
func (k *KeyFile) Write(w io.Writer) error {
	out, err := newLineWriter(w, fileHead{"keys", fileVersion, k.Made.UnixMilli(), k.Installation})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(k.Keys)) {
		if err := out.put(fileLine{Key: &fileKey{id, k.Keys[id]}}); err != nil {
			return err
		}
	}
	for _, stream := range slices.Sorted(maps.Keys(k.Gone)) {
		if err := out.put(fileLine{Gone: stream}); err != nil {
			return err
		}
	}
	return out.end(k.tally())
}

func (k *KeyFile) tally() (t Tally) {
	for _, wrapped := range k.Keys {
		if len(wrapped) == 0 {
			t.Erased++
		} else {
			t.Keys++
		}
	}
	t.Gone = len(k.Gone)
	return t
}

// ReadKeyFile reads a key file and verifies it. Its errors are those of
// ReadBackup.
func ReadKeyFile(r io.Reader) (*KeyFile, error) {
	k := &KeyFile{Keys: map[string][]byte{}, Gone: map[string]bool{}}
	head, end, err := readLines(r, "keys", func(_ int64, line fileLine) error {
		switch {
		case line.Key != nil && len(line.Key.Wrapped) == 0:
			k.Keys[line.Key.ID] = nil
			return CheckKeyID(line.Key.ID)
		case line.Key != nil:
			k.Keys[line.Key.ID] = line.Key.Wrapped
			return CheckKey(line.Key.ID, line.Key.Wrapped)
		case line.Gone != "":
			k.Gone[line.Gone] = true
			return CheckStream(line.Gone)
		}
		return fmt.Errorf("%w: a line of no kind", ErrDamaged)
	})
	if err != nil {
		return nil, err
	}
	if t := k.tally(); t != end {
		return nil, fmt.Errorf("%w: it holds %+v and says %+v", ErrDamaged, t, end)
	}
	k.Made, k.Installation = time.UnixMilli(head.Made).UTC(), head.Installation
	return k, nil
}
