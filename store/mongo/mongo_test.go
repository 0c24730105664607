package mongo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.uber.org/goleak"

	"goen/store"
	"goen/store/mongofake"
	"goen/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// called puts another name in the place of the connection string's database.
func called(name string) Option { return func(s *Store) { s.name = name } }

// hurried has a handle give up after a while.
func hurried(d time.Duration) Option { return func(s *Store) { s.limit, s.whole = d, d } }

func fake(t testing.TB, opts ...mongofake.Option) *mongofake.Server {
	t.Helper()
	f, err := mongofake.Listen("127.0.0.1:0", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func open(t testing.TB, uri string, opts ...Option) *Store {
	t.Helper()
	s, err := Open(t.Context(), uri, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// places keeps the databases of a suite, one for each place.
type places struct {
	uri string
	mu  sync.Mutex
	all map[string]bool
}

func (p *places) name(place string) string {
	name := fmt.Sprintf("goen_test_%x", sha256.Sum256([]byte(place)))[:40]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[name] = true
	return name
}

// by hands f a client that is not the engine's.
func (p *places) by(ctx context.Context, f func(*driver.Client) error) error {
	c, err := driver.Connect(options.Client().ApplyURI(p.uri).SetWriteConcern(writeconcern.Majority()).SetServerMonitoringMode(options.ServerMonitoringModePoll))
	if err != nil {
		return err
	}
	defer c.Disconnect(context.WithoutCancel(ctx))
	for range 20 {
		if err = f(c); err == nil {
			return nil
		}
	}
	return err
}

func suite(t *testing.T, uri string) {
	p := &places{uri: uri, all: map[string]bool{}}
	t.Cleanup(func() {
		ctx := context.Background()
		for name := range p.all {
			if err := p.by(ctx, func(c *driver.Client) error { return c.Database(name).Drop(ctx) }); err != nil {
				t.Error(err)
			}
		}
	})
	storetest.Run(t, storetest.Engine{
		Open: func(ctx context.Context, place string, now func() time.Time) (store.Store, error) {
			return Open(ctx, p.uri, called(p.name(place)), WithClock(now))
		},
		Lose: func(ctx context.Context, at, stream string, seq int64) error {
			return p.by(ctx, func(c *driver.Client) error {
				_, err := c.Database(p.name(at)).Collection("log").DeleteOne(ctx, bson.D{{Key: "_id", Value: place(stream, seq)}})
				return err
			})
		},
	})
}

func TestPromises(t *testing.T) { suite(t, fake(t).URI("goen")) }

// The same, while a fault befalls one command in thirty.
func TestPromisesUnderFaults(t *testing.T) {
	f := fake(t, mongofake.WithPlan(1, 3.3))
	t.Run("suite", func(t *testing.T) { suite(t, f.URI("goen")) })
	befell := f.Befell()
	t.Log(befell)
	for fault := mongofake.CutBefore; fault <= mongofake.Slow; fault++ {
		if befell[fault] == 0 && fault != mongofake.Lag && fault != mongofake.Full {
			t.Errorf("%v never befell", fault)
		}
	}
}

func TestPromisesOnARealServer(t *testing.T) {
	uri := os.Getenv("MONGO_URI")
	if uri == "" {
		t.Skip("MONGO_URI names no MongoDB replica set, so nothing here has run against a real server")
	}
	suite(t, uri)
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("error: %v", err)
	}
}

func refused(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

func rec(seq int64, by string) store.Record {
	return store.Record{Stream: "ev.1", Seq: seq, By: fmt.Sprintf("%s-%d", by, seq), At: time.Unix(seq, 0), Body: fmt.Appendf(nil, `"%s %d"`, by, seq)}
}

func recs(from, to int64, by string) (run []store.Record) {
	for seq := from; seq <= to; seq++ {
		run = append(run, rec(seq, by))
	}
	return run
}

// tokens are those of a stream's records, in order.
func tokens(t testing.TB, s store.Store, stream string, after int64) string {
	t.Helper()
	var all []string
	ok(t, s.Read(t.Context(), stream, after, func(r store.Record) error {
		all = append(all, r.By)
		return nil
	}))
	return strings.Join(all, " ")
}

func want(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func claimed(t testing.TB, s *Store, name, owner string, until time.Time, holder string) {
	t.Helper()
	got, err := s.Claim(t.Context(), name, owner, until)
	ok(t, err)
	want(t, got, holder)
}

func keyIs(t testing.TB, s *Store, key string) {
	t.Helper()
	b, err := s.Key(t.Context(), "e/1")
	ok(t, err)
	want(t, string(b), key)
}
