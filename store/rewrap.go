package store

import (
	"context"
	"errors"
	"fmt"
)

// Unwraps returns nil if a wrapped key opens under the ring's master key,
// ErrMaster if not.
func (k *Keyring) Unwraps(id string, wrapped []byte) error {
	_, err := k.unwrap(id, wrapped)
	return err
}

// Fits returns nil if the keys of a key file are under a master key, ErrMaster
// if not.
func (k *KeyFile) Fits(master [32]byte) error {
	return NewKeyring(nil, master).Unwraps(checkID, k.Keys[checkID])
}

// Rewrap puts every key of a store under a new master key and returns how many
// there were to do. It may be repeated after it was cut short, with the same two
// masters: a key may be under either. No Keyring may be in use meanwhile; one
// that starts with the old master is told ErrMaster by Check from the first
// step on.
//
// ErrMaster: a key is under neither; nothing was changed.
func Rewrap(ctx context.Context, s Store, old, new [32]byte) (done int, err error) {
	from, to := NewKeyring(s, old), NewKeyring(s, new)
	type todo struct {
		id           string
		wrapped, raw []byte
	}
	// The key that Check looks at goes first: from then on the old master opens
	// no ring, and half-done work is not taken for a whole store.
	var all []todo
	err = s.Keys(ctx, func(id string, wrapped []byte) error {
		if len(wrapped) == 0 {
			return nil
		}
		if _, err := to.unwrap(id, wrapped); err == nil {
			return nil
		}
		raw, err := from.unwrap(id, wrapped)
		if err != nil {
			return err
		}
		all = append(all, todo{id, wrapped, raw})
		if id == checkID {
			all[0], all[len(all)-1] = all[len(all)-1], all[0]
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, k := range all {
		err := s.SwapKey(ctx, k.id, k.wrapped, to.wrap(k.id, k.raw))
		if errors.Is(err, ErrErased) {
			continue // meanwhile
		}
		if err != nil {
			return done, fmt.Errorf("key %s: %w", k.id, err)
		}
		done++
	}
	return done, nil
}
