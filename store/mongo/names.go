package mongo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"goen/store"
)

// A claim is {_id: name, o: owner, x: end}, without x if it is for ever, and d:
// true on the mark of a dropped stream that has nothing left to erase.

// term is a claim as it stands.
type term struct {
	owner string
	end   time.Time // zero: for ever
}

func termOf(doc bson.Raw) term {
	var c term
	c.owner, _ = doc.Lookup("o").StringValueOK()
	if x, ok := doc.Lookup("x").DateTimeOK(); ok {
		c.end = time.UnixMilli(x).UTC()
	}
	return c
}

// holds says whether a claim has not run out. The store's clock decides, never
// whether the server has tidied it up.
func (c term) holds(now time.Time) bool { return c.end.IsZero() || c.end.After(now) }

// fields are the claim's part of its document.
func (c term) fields() bson.D {
	d := bson.D{{Key: "o", Value: c.owner}}
	if !c.end.IsZero() {
		d = append(d, bson.E{Key: "x", Value: bson.DateTime(c.end.UnixMilli())})
	}
	return d
}

// Claim is part of store.Store.
func (s *Store) Claim(ctx context.Context, name, owner string, until time.Time) (holder string, err error) {
	if err := store.CheckClaim(name, owner); err != nil {
		return "", err
	}
	now, want := store.Millis(s.now()), term{owner: owner}
	if !until.IsZero() {
		want.end = store.Millis(until)
	}
	if !want.holds(now) {
		return "", fmt.Errorf("%w: claim until %s, which is over", store.ErrInvalid, until.UTC().Format(time.RFC3339))
	}
	err = s.write(ctx, func(ctx context.Context) (bool, error) {
		holder = owner
		_, failed := s.claims.InsertOne(ctx, append(bson.D{{Key: "_id", Value: name}}, want.fields()...))
		if failed == nil {
			return true, nil
		}
		doc, err := peek(ctx, s.claims.sure(), name)
		if doc == nil {
			return false, errors.Join(failed, err)
		}
		there := termOf(doc)
		switch {
		case there.holds(now) && there.owner != owner:
			holder = there.owner
			return true, nil
		case there.holds(now) && (there.end.IsZero() || !want.end.IsZero() && !want.end.After(there.end)):
			return true, nil // mine, and long enough
		}
		return s.replace(ctx, name, there, want)
	})
	if err != nil {
		return "", err
	}
	return holder, nil
}

// replace puts a claim in the place of one that ran out or is prolonged. In
// place, since the name must not be free in between; and only while the claim
// that was read still stands, so that of two who take it over one does.
func (s *Store) replace(ctx context.Context, name string, there, want term) (done bool, err error) {
	filter := append(bson.D{{Key: "_id", Value: name}}, there.fields()...)
	change := bson.D{{Key: "$set", Value: want.fields()}}
	if want.end.IsZero() {
		change = append(change, bson.E{Key: "$unset", Value: bson.D{{Key: "x", Value: 1}}})
	}
	found, err := s.claims.UpdateOne(ctx, filter, change)
	switch {
	case err != nil:
		return false, err
	case found.MatchedCount == 0:
		return false, errors.New("the claim changed meanwhile")
	}
	return true, nil
}

// Release is part of store.Store.
func (s *Store) Release(ctx context.Context, name, owner string) error {
	if err := store.CheckClaim(name, owner); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context) (bool, error) {
		_, err := s.claims.DeleteOne(ctx, bson.D{{Key: "_id", Value: name}, {Key: "o", Value: owner}})
		return err == nil, err
	})
}

// Holder is part of store.Store. While a new primary is behind, who has released
// a name may be named for a moment longer; who has claimed it never is not.
func (s *Store) Holder(ctx context.Context, name string) (owner string, err error) {
	if err := store.CheckHolder(name); err != nil {
		return "", err
	}
	doc, err := s.one(ctx, func(ctx context.Context) (bson.Raw, error) { return find(ctx, s.claims, name) })
	if err != nil {
		return "", err
	}
	c := termOf(doc)
	if !c.holds(s.now()) {
		return "", store.ErrNotFound
	}
	return c.owner, nil
}

// Claims is part of store.Store.
func (s *Store) Claims(ctx context.Context, f func(store.Claim) error) error {
	now := s.now()
	return s.walk(ctx, s.claims, "", nil, func(doc bson.Raw) error {
		c := termOf(doc)
		if !c.holds(now) {
			return nil
		}
		return f(store.Claim{Name: idOf(doc), Owner: c.owner, Until: c.end})
	})
}

// A key is {_id: id, k: wrapped}; without k it is the tombstone of an erased one.

// standingKey judges a key that is there: nil if it is wrapped.
func standingKey(doc bson.Raw, id string, wrapped []byte) error {
	switch _, there, ok := doc.Lookup("k").BinaryOK(); {
	case !ok:
		return fmt.Errorf("%w: %s", store.ErrErased, id)
	case !bytes.Equal(there, wrapped):
		return fmt.Errorf("%w: key %s", store.ErrTaken, id)
	}
	return nil
}

// PutKey is part of store.Store.
func (s *Store) PutKey(ctx context.Context, id string, wrapped []byte) error {
	if err := store.CheckKey(id, wrapped); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context) (bool, error) {
		_, failed := s.keys.InsertOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "k", Value: bson.Binary{Data: wrapped}}})
		if failed == nil {
			return true, nil
		}
		doc, err := peek(ctx, s.keys.sure(), id)
		if doc == nil {
			return false, errors.Join(failed, err)
		}
		return true, standingKey(doc, id, wrapped)
	})
}

// SwapKey is part of store.Store. In place, since there must be a key at every
// moment; and only where old stands, so that of two one swaps.
func (s *Store) SwapKey(ctx context.Context, id string, old, new []byte) error {
	if err := store.CheckSwap(id, old, new); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context) (bool, error) {
		found, failed := s.keys.UpdateOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "k", Value: bson.Binary{Data: old}}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "k", Value: bson.Binary{Data: new}}}}})
		if failed == nil && found.MatchedCount == 1 {
			return true, nil
		}
		doc, err := peek(ctx, s.keys.sure(), id)
		if err != nil {
			return false, errors.Join(failed, err)
		}
		if doc == nil {
			return true, store.ErrNotFound
		}
		err = standingKey(doc, id, new)
		if errors.Is(err, store.ErrTaken) && standingKey(doc, id, old) == nil {
			return false, errors.Join(failed, errors.New("the key was not swapped"))
		}
		return true, err
	})
}

// Key is part of store.Store.
func (s *Store) Key(ctx context.Context, id string) ([]byte, error) {
	if err := store.CheckKeyID(id); err != nil {
		return nil, err
	}
	// A key that was erased must not come back, be it for a moment; nor need it,
	// as a key is asked for once and then kept at hand.
	doc, err := s.one(ctx, func(ctx context.Context) (bson.Raw, error) { return peek(ctx, s.keys.sure(), id) })
	if err != nil {
		return nil, err
	}
	_, wrapped, ok := doc.Lookup("k").BinaryOK()
	if !ok {
		return nil, fmt.Errorf("%w: %s", store.ErrErased, id)
	}
	return wrapped, nil
}

// DropKey is part of store.Store. In place, as erasing is the task; it may be
// done any number of times.
func (s *Store) DropKey(ctx context.Context, id string) error {
	if err := store.CheckKeyID(id); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context) (bool, error) {
		_, err := s.keys.UpdateOne(ctx, bson.D{{Key: "_id", Value: id}}, bson.D{{Key: "$unset", Value: bson.D{{Key: "k", Value: 1}}}}, options.UpdateOne().SetUpsert(true))
		return err == nil, err
	})
}

// Keys is part of store.Store.
func (s *Store) Keys(ctx context.Context, f func(id string, wrapped []byte) error) error {
	return s.walk(ctx, s.keys, "", nil, func(doc bson.Raw) error {
		_, wrapped, _ := doc.Lookup("k").BinaryOK()
		return f(idOf(doc), wrapped)
	})
}

// one returns a document; store.ErrNotFound if there is none.
func (s *Store) one(ctx context.Context, get func(context.Context) (bson.Raw, error)) (doc bson.Raw, err error) {
	err = s.look(ctx, func(ctx context.Context) (bool, error) {
		doc, err = get(ctx)
		return err == nil, err
	})
	if err == nil && doc == nil {
		err = store.ErrNotFound
	}
	return doc, err
}
