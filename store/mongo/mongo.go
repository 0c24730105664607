// Package mongo is the engine of goen/store for production and for several
// nodes: MongoDB, a replica set of at least one member. It is the only package
// that knows MongoDB's driver.
//
// Everything hangs on one thing that every version of the server does rightly:
// of two inserts of one _id one fails. A record's _id is "<stream>:<place in 16
// hex digits>", so the order of ids is the order of places. A write counts when
// a majority of the set has it in its journals, and a read sees only such
// writes. After any error the engine looks what stands there; it trusts no
// bookkeeping of repeated writes (SERVER-55305).
//
// What was erased lives on for a while in the server's own oplog and journals,
// until they wrap; an operator who must be quicker makes them smaller.
package mongo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"goen/store"
)

// How long what takes. The driver's own limits (30 s to connect, 30 s to find a
// server, 10 s between two looks at it) would let one connection that is silent
// hold everything up for half a minute after the server is well again.
const (
	usual = 15 * time.Second // how long a call tries before its outcome is unknown: longer than an election
	step  = 5 * time.Second  // the longest that one try may take

	connecting = 2500 * time.Millisecond // to a server and its first words, and to each answer to a heartbeat
	heartbeat  = 2 * time.Second         // how often the driver looks at the server

	shortest = 5 * time.Millisecond // pauses between tries double from here
	longest  = 500 * time.Millisecond
)

// Store is one handle on a database. It is made by Open.
type Store struct {
	now    func() time.Time
	own    bool          // the clock is the computer's
	limit  time.Duration // of a call
	whole  time.Duration // of Open, and of each page where everything is read
	name   string        // of the database; "" is the connection string's
	client *driver.Client
	db     *driver.Database
	heads  heads

	about, log, claims, keys, blobs shelf

	mu     sync.Mutex
	closed bool
	calls  sync.WaitGroup
	end    sync.Once
	endErr error
}

var _ store.Store = (*Store)(nil)

// shelf is a collection, as the majority has it. A read through sure waits until
// the server has proved that it is still the primary and is up to date: one
// that has just been elected may for a moment show a majority's older state.
// What never changes may be read without; what can be erased or given back is
// judged by it.
type shelf struct{ *driver.Collection }

func (c shelf) sure() *driver.Collection {
	return c.Clone(options.Collection().SetReadConcern(readconcern.Linearizable()))
}

// Option changes how a database is opened.
type Option func(*Store)

// WithClock puts another clock in the place of time.Now: claims expire by it,
// and the server then tidies up none of them.
func WithClock(now func() time.Time) Option {
	return func(s *Store) { s.now, s.own = now, false }
}

// WithPatience has a call give up after so long, instead of 15 s: while the
// server is away or silent a write ends with store.ErrUnknown then, and a read
// with an error. It is for a program in front of which somebody waits. A server
// whose answers take longer is taken for one that is away. Open itself, and what
// reads everything (Scan, Claims, Keys, Blobs), keep the 15 s, for each page.
func WithPatience(d time.Duration) Option {
	return func(s *Store) { s.limit = d }
}

// Open opens the database that a connection string names
// ("mongodb://host/name?replicaSet=rs0"; without a name it is "goen"), lays it
// out if it is empty, and finishes every Drop that was cut short.
//
// ErrWeak: the server, or the connection string, gives less than a majority's
// word. store.ErrNewer: a newer Goen wrote the database. store.ErrForeign: it
// holds other things and nothing of Goen. In all three it is left as it was.
func Open(ctx context.Context, uri string, opts ...Option) (*Store, error) {
	s := &Store{now: time.Now, own: true, limit: usual, whole: usual, heads: heads{at: map[string]int64{}}}
	for _, o := range opts {
		o(s)
	}
	calls := s.limit
	s.limit = s.whole // a program that starts does not give up in an election
	err := s.open(ctx, uri)
	s.limit = calls
	if err == nil {
		return s, nil
	}
	return nil, errors.Join(fmt.Errorf("mongo: open: %w", err), s.Close())
}

func (s *Store) open(ctx context.Context, uri string) error {
	where, err := connstring.ParseAndValidate(uri)
	if err != nil {
		return secretless(uri, err)
	}
	if err := strong(where); err != nil {
		return err
	}
	journal := true
	set := options.Client().ApplyURI(uri).SetAppName("goen").SetRetryWrites(true).SetRetryReads(true).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary()).
		SetLoggerOptions(options.Logger().SetSink(silence{})).
		// The driver would else keep a question open at the server, and Disconnect
		// may wait ten seconds for its answer. A fail-over is noticed by what fails.
		SetServerMonitoringMode(options.ServerMonitoringModePoll)
	if !where.ServerSelectionTimeoutSet {
		set.SetServerSelectionTimeout(step)
	}
	if !where.ConnectTimeoutSet {
		set.SetConnectTimeout(connecting)
	}
	if !where.HeartbeatIntervalSet {
		set.SetHeartbeatInterval(heartbeat)
	}
	if s.client, err = driver.Connect(set); err != nil {
		return secretless(uri, err)
	}
	s.db = s.client.Database(cmp.Or(s.name, where.Database, "goen"))
	for shelf, name := range map[*shelf]string{&s.about: "goen", &s.log: "log", &s.claims: "claims", &s.keys: "keys", &s.blobs: "blobs"} {
		shelf.Collection = s.db.Collection(name)
	}
	return s.settleIn(ctx)
}

// silence is where the driver's log goes. Its environment variables
// (MONGODB_LOG_ALL and others) would have it write down whole documents.
type silence struct{}

func (silence) Info(int, string, ...any)    {}
func (silence) Error(error, string, ...any) {}

// secretless is an error about a connection string without the password in it.
func secretless(uri string, err error) error {
	_, rest, _ := strings.Cut(uri, "//")
	if user, _, ok := strings.Cut(rest, "@"); ok {
		_, password, _ := strings.Cut(user, ":")
		if strings.Contains(err.Error(), user) || password != "" && strings.Contains(err.Error(), password) {
			return errors.New("the connection string is not right (what is wrong with it is not repeated here: it holds a password)")
		}
	}
	return err
}

// Close is part of store.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.calls.Wait()
	s.end.Do(func() {
		if s.client != nil {
			ctx, cancel := context.WithTimeout(context.Background(), step)
			defer cancel()
			s.endErr = s.client.Disconnect(ctx)
		}
	})
	return s.endErr
}

// enter counts a call in, so that Close can wait for it; leave with
// s.calls.Done.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	s.calls.Add(1)
	return nil
}

// attempt is one try at something. It is done when it knows the outcome, which
// err then is; else err is why it does not know.
type attempt func(ctx context.Context) (done bool, err error)

// write tries until the outcome is known, or for as long as the handle's patience
// lasts. A command is not cut short when ctx ends: it would have an unknown
// outcome for nothing.
func (s *Store) write(ctx context.Context, try attempt) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.Done()
	done, err := s.try(ctx, context.WithoutCancel(ctx), s.limit, try)
	switch {
	case done:
		return err
	case full(err):
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnknown, err)
}

// look tries until it has read something.
func (s *Store) look(ctx context.Context, try attempt) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.Done()
	return s.looking(ctx, s.limit, try)
}

func (s *Store) looking(ctx context.Context, limit time.Duration, try attempt) error {
	_, err := s.try(ctx, ctx, limit, try)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// turn is look for a page of everything, in a call that is counted in already.
func (s *Store) turn(ctx context.Context, try attempt) error { return s.looking(ctx, s.whole, try) }

// try repeats an attempt under inner, with growing pauses, until it is done,
// ctx ends or the limit is reached. No command outlives the limit.
func (s *Store) try(ctx, inner context.Context, limit time.Duration, try attempt) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	inner, end := context.WithTimeout(inner, limit)
	defer end()
	for pause := shortest; ; pause = min(2*pause, longest) {
		once, stop := context.WithTimeout(inner, step)
		done, err = try(once)
		stop()
		if done || full(err) {
			return done, err
		}
		wait := time.NewTimer(pause)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return false, fmt.Errorf("gave up: %w", err)
		}
	}
}

// full says whether the server had no room for a write.
func full(err error) bool {
	const outOfDiskSpace = 14031
	e, ok := errors.AsType[driver.ServerError](err)
	return ok && e.HasErrorCode(outOfDiskSpace)
}

// peek returns a document as a majority has it; nil if there seems to be none.
func peek(ctx context.Context, c *driver.Collection, id string) (bson.Raw, error) {
	doc, err := c.FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Raw()
	if errors.Is(err, driver.ErrNoDocuments) {
		return nil, nil
	}
	return doc, err
}

// find returns a document; nil only if there certainly is none. Much is built
// upon a no (a place is empty, a name is free, a stream is damaged), so a no is
// asked for twice, the second time of a server that proves what it is.
func find(ctx context.Context, c shelf, id string) (bson.Raw, error) {
	doc, err := peek(ctx, c.Collection, id)
	if doc != nil || err != nil {
		return doc, err
	}
	return peek(ctx, c.sure(), id)
}

// walk calls f with each document whose id begins with a prefix, page by page,
// and returns the first error of f as it is.
func (s *Store) walk(ctx context.Context, c shelf, prefix string, fields bson.D, f func(bson.Raw) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.Done()
	if err := s.current(ctx); err != nil {
		return err
	}
	for last := prefix; ; {
		var page []bson.Raw
		err := s.turn(ctx, func(ctx context.Context) (bool, error) {
			var err error
			rest := bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: last}, {Key: "$lt", Value: prefix + "\U0010ffff"}}}} // ids are ASCII
			page, _, err = pageOf(ctx, c.Collection, rest, fields)
			return err == nil, err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, doc := range page {
			if err := f(doc); err != nil {
				return err
			}
		}
		last = idOf(page[len(page)-1])
	}
}

// current makes sure that what a majority has is what the next read sees.
func (s *Store) current(ctx context.Context) error {
	return s.turn(ctx, func(ctx context.Context) (bool, error) {
		_, err := peek(ctx, s.about.sure(), layoutID)
		return err == nil, err
	})
}

// A page ends at whichever comes first, so that it does not take much memory.
const (
	pageDocs  = 1000
	pageBytes = 8 << 20
)

// pageOf returns the first documents of a filter in the order of their ids, and
// whether there may be more.
func pageOf(ctx context.Context, c *driver.Collection, filter, fields bson.D) (page []bson.Raw, more bool, err error) {
	set := options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(pageDocs).SetBatchSize(pageDocs)
	if fields != nil {
		set.SetProjection(fields)
	}
	found, err := c.Find(ctx, filter, set)
	if err != nil {
		return nil, false, err
	}
	defer found.Close(ctx)
	for size := 0; found.Next(ctx); {
		page = append(page, append(bson.Raw(nil), found.Current...))
		if size += len(found.Current); size >= pageBytes || len(page) == pageDocs {
			return page, true, nil
		}
	}
	return page, false, found.Err()
}

func idOf(doc bson.Raw) string {
	id, _ := doc.Lookup("_id").StringValueOK()
	return id
}
