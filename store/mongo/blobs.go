package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"goen/store"
)

// A blob is {_id: sum, b: bytes}.

// PutBlob is part of store.Store.
func (s *Store) PutBlob(ctx context.Context, b []byte) (sum string, err error) {
	if sum, err = store.Sum(b); err != nil {
		return "", err
	}
	err = s.write(ctx, func(ctx context.Context) (bool, error) {
		_, failed := s.blobs.InsertOne(ctx, bson.D{{Key: "_id", Value: sum}, {Key: "b", Value: bson.Binary{Data: b}}})
		if failed == nil {
			return true, nil
		}
		there, err := peek(ctx, s.blobs.sure(), sum)
		return there != nil, errors.Join(when(there == nil, failed), err)
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
	doc, err := s.one(ctx, func(ctx context.Context) (bson.Raw, error) { return peek(ctx, s.blobs.sure(), sum) })
	if err != nil {
		return nil, err
	}
	_, b, _ := doc.Lookup("b").BinaryOK()
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
	return s.write(ctx, func(ctx context.Context) (bool, error) {
		_, err := s.blobs.DeleteOne(ctx, bson.D{{Key: "_id", Value: sum}})
		return err == nil, err
	})
}

// Blobs is part of store.Store.
func (s *Store) Blobs(ctx context.Context, f func(sum string) error) error {
	return s.walk(ctx, s.blobs, "", bson.D{{Key: "_id", Value: 1}}, func(doc bson.Raw) error { return f(idOf(doc)) })
}
