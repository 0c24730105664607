package mongo

import (
	"context"
	"errors"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"goen/store"
)

const dropChunk = 500 // records erased by one command

// Drop is part of store.Store. It marks the stream, ends it with a stub at the
// next free place, and then empties every place before. From the stub on the
// stream is gone.
//
// The places stay, as stubs without token, time and body: an insert that comes
// late, of a node that has not heard or that died meanwhile, finds its place
// taken. So the fence that orders records keeps them away from a stream that is
// no more, and Append need not ask.
func (s *Store) Drop(ctx context.Context, stream string) error {
	if err := store.CheckStream(stream); err != nil {
		return err
	}
	mark := bson.D{{Key: "_id", Value: store.GoneClaim(stream)}, {Key: "o", Value: "store"}}
	err := s.write(ctx, func(ctx context.Context) (bool, error) {
		_, failed := s.claims.InsertOne(ctx, mark)
		if failed == nil {
			return true, nil
		}
		there, err := peek(ctx, s.claims.Collection, store.GoneClaim(stream))
		return there != nil, errors.Join(when(there == nil, failed), err)
	})
	if err != nil {
		return err
	}
	return s.finishDrop(ctx, stream)
}

func (s *Store) finishDrop(ctx context.Context, stream string) error {
	var end int64
	err := s.write(ctx, func(ctx context.Context) (done bool, err error) {
		end, done, err = s.endStream(ctx, stream)
		return done, err
	})
	if err != nil {
		return err
	}
	for from := int64(1); from < end; from += dropChunk {
		// In place, as erasing is the task. It may be done any number of times.
		err := s.write(ctx, func(ctx context.Context) (bool, error) {
			_, err := s.log.UpdateMany(ctx,
				bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: place(stream, from)}, {Key: "$lt", Value: place(stream, min(from+dropChunk, end))}}}},
				bson.D{{Key: "$set", Value: bson.D{{Key: "g", Value: true}}}, {Key: "$unset", Value: bson.D{{Key: "w", Value: 1}, {Key: "at", Value: 1}, {Key: "b", Value: 1}}}})
			return err == nil, err
		})
		if err != nil {
			return err
		}
	}
	// So that the next start need not look.
	return s.write(ctx, func(ctx context.Context) (bool, error) {
		_, err := s.claims.UpdateOne(ctx, bson.D{{Key: "_id", Value: store.GoneClaim(stream)}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "d", Value: true}}}})
		return err == nil, err
	})
}

// endStream puts a stub behind the last record, and returns its place.
func (s *Store) endStream(ctx context.Context, stream string) (end int64, done bool, err error) {
	last, err := s.log.FindOne(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: place(stream, 0)}, {Key: "$lt", Value: past(stream)}}}},
		options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}})).Raw()
	if err != nil && !errors.Is(err, driver.ErrNoDocuments) {
		return 0, false, err
	}
	if last != nil {
		e, err := entryOf(last)
		if e.Seq == 0 {
			return 0, true, err // an id that is none of ours
		}
		if end = e.Seq; e.stub {
			return end, true, nil
		}
	}
	_, err = s.log.InsertOne(ctx, bson.D{{Key: "_id", Value: place(stream, end+1)}, {Key: "s", Value: stream}, {Key: "q", Value: end + 1}, {Key: "g", Value: true}})
	if err != nil {
		return 0, false, err // or somebody was quicker: look again
	}
	return end + 1, true, nil
}

// finishDrops ends what a crash cut short.
func (s *Store) finishDrops(ctx context.Context) error {
	var streams []string
	err := s.walk(ctx, s.claims, store.GoneClaim(""), bson.D{{Key: "d", Value: 1}}, func(doc bson.Raw) error {
		if done, _ := doc.Lookup("d").BooleanOK(); done {
			return nil
		}
		if stream, ok := store.GoneStream(idOf(doc)); ok {
			streams = append(streams, stream)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, stream := range streams {
		if err := s.finishDrop(ctx, stream); err != nil {
			return err
		}
	}
	return nil
}

// firstFrom returns the first document whose id is not before from.
func firstFrom(ctx context.Context, c *driver.Collection, from string) ([]bson.Raw, error) {
	doc, err := c.FindOne(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: from}}}},
		options.FindOne().SetSort(bson.D{{Key: "_id", Value: 1}}).SetProjection(bson.D{{Key: "g", Value: 1}})).Raw()
	switch {
	case errors.Is(err, driver.ErrNoDocuments):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return []bson.Raw{doc}, nil
}

// heads is how far streams are known to go, by what a majority acknowledged or
// showed. It never says too much; what it forgets is asked for again.
type heads struct {
	mu sync.Mutex
	at map[string]int64
}

const mostHeads = 20_000 // about 150 bytes each

func (h *heads) reach(stream string, seq int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	have, known := h.at[stream]
	if seq <= have {
		return
	}
	if !known && len(h.at) >= mostHeads {
		for other := range h.at {
			delete(h.at, other)
			break
		}
	}
	h.at[stream] = seq
}

// reached says whether a stream is known to have come to a place. Every stream
// has come to 0.
func (h *heads) reached(stream string, seq int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return seq <= h.at[stream]
}

// endsBy says whether nothing is known of a stream beyond a place.
func (h *heads) endsBy(stream string, seq int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at[stream] <= seq
}
