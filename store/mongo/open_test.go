package mongo

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"goen/store"
	"goen/store/mongofake"
)

func TestOpenRefusesTheWeak(t *testing.T) {
	replica := fake(t)
	for name, c := range map[string]struct{ uri, word string }{
		"alone":            {fake(t, mongofake.Alone()).URI("goen"), "--replSet"},
		"deaf":             {fake(t, mongofake.Deaf()).URI("goen"), "heeds none"},
		"w=1":              {replica.URI("goen") + "&w=1", "w=1"},
		"w=0":              {replica.URI("goen") + "&w=0", "w=0"},
		"w by tag":         {replica.URI("goen") + "&w=near", "w=near"},
		"no journal":       {replica.URI("goen") + "&journal=false", "journal=false"},
		"local reads":      {replica.URI("goen") + "&readConcernLevel=local", "readConcernLevel=local"},
		"secondary reads":  {replica.URI("goen") + "&readPreference=secondary", "readPreference=secondary"},
		"no second chance": {replica.URI("goen") + "&retryWrites=false", "retryWrites=false"},
	} {
		s, err := Open(t.Context(), c.uri)
		refused(t, err, ErrWeak)
		if s != nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v", name, err)
		}
	}
	open(t, replica.URI("goen")+"&w=majority&journal=true&readConcernLevel=majority&readPreference=primary&retryWrites=true")
}

// with hands f a database as another program has it.
func with(t *testing.T, uri string, f func(*driver.Database)) {
	t.Helper()
	c, err := driver.Connect(options.Client().ApplyURI(uri).SetWriteConcern(writeconcern.Majority()).SetServerMonitoringMode(options.ServerMonitoringModePoll))
	ok(t, err)
	defer c.Disconnect(context.Background())
	f(c.Database("goen"))
}

func TestOpenRefusesWhatIsNotOurs(t *testing.T) {
	other := func(c string, doc bson.D) func(*driver.Database) {
		return func(db *driver.Database) {
			_, err := db.Collection(c).InsertOne(t.Context(), doc)
			ok(t, err)
		}
	}
	for name, c := range map[string]struct {
		lay  func(*driver.Database)
		want error
	}{
		"songs":            {other("songs", bson.D{{Key: "_id", Value: "a"}}), store.ErrForeign},
		"another's log":    {other("log", bson.D{{Key: "_id", Value: "a"}}), store.ErrForeign},
		"another's layout": {other("goen", bson.D{{Key: "_id", Value: "goen"}, {Key: "n", Value: "x"}}), store.ErrForeign},
		"newer":            {other("goen", bson.D{{Key: "_id", Value: "goen"}, {Key: "n", Value: layout + 1}}), store.ErrNewer},
	} {
		var mu sync.Mutex
		var writes []string
		f := fake(t, mongofake.WithWatch(func(_ string, command bson.Raw) {
			if first := command.Index(0).Key(); first != "find" && first != "listCollections" {
				mu.Lock()
				defer mu.Unlock()
				writes = append(writes, first)
			}
		}))
		with(t, f.URI("goen"), c.lay)
		writes = nil
		_, err := Open(t.Context(), f.URI("goen"))
		refused(t, err, c.want)
		if len(writes) > 0 {
			t.Errorf("%s: %v", name, writes)
		}
	}
}

// Many nodes may lay out one database at once.
func TestManyStartAtOnce(t *testing.T) {
	f := fake(t, mongofake.WithPlan(5, 3))
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			s, err := Open(t.Context(), f.URI("goen"))
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestOpenTellsNoPassword(t *testing.T) {
	for _, uri := range []string{
		"mongodb://ann:s3cret/x@host/goen", "mongodb://ann:s3cret%zz@host/goen", "mongodb://ann:s3cret:y@host/goen",
		"mongodb://ann:s3cret@ho st/goen", "mongodb://ann:s3cret@host/goen?w=s3cret&directConnection=perhaps", "ann:s3cret@host",
		"mongodb://ann:s3cret@127.0.0.1:1/goen?serverSelectionTimeoutMS=20",
	} {
		_, err := Open(t.Context(), uri, hurried(50*time.Millisecond))
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v", err)
		}
	}
}

// Every write asks for a majority and its journals, every read for what a
// majority has; the two odd ones of Open ask for what does not exist.
func TestEveryCommandAsksForAMajority(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	f := fake(t, mongofake.WithWatch(func(_ string, c bson.Raw) {
		name, what := c.Index(0).Key(), ""
		switch concern, _ := c.Lookup("writeConcern").DocumentOK(); name {
		case "insert", "update", "delete":
			w, _ := concern.Lookup("w").StringValueOK()
			journal, _ := concern.Lookup("j").BooleanOK()
			what = w
			if journal {
				what += " journal"
			}
		case "find":
			what, _ = c.Lookup("readConcern", "level").StringValueOK()
		default:
			return
		}
		mu.Lock()
		defer mu.Unlock()
		asked[name+" "+what]++
	}))
	s := open(t, f.URI("goen"))
	ok(t, s.Append(t.Context(), recs(1, 3, "a")...))
	refused(t, s.Append(t.Context(), rec(3, "b")), store.ErrTaken)
	want(t, tokens(t, s, "ev.1", 0), "a-1 a-2 a-3")
	ok(t, s.Scan(t.Context(), func(store.Record) error { return nil }))
	ok(t, s.Drop(t.Context(), "ev.1"))
	claimed(t, s, "code", "ann", time.Time{}, "ann")
	ok(t, s.Release(t.Context(), "code", "ann"))
	ok(t, s.PutKey(t.Context(), "e/1", []byte("k")))
	ok(t, s.SwapKey(t.Context(), "e/1", []byte("k"), []byte("l")))
	keyIs(t, s, "l")
	ok(t, s.DropKey(t.Context(), "e/1"))
	for _, name := range []string{"insert majority journal", "update majority journal", "delete majority journal", "find majority", "find linearizable"} {
		if asked[name] == 0 {
			t.Errorf("no %s", name)
		}
		delete(asked, name)
	}
	delete(asked, "find goen-no-such-level")
	delete(asked, "delete goen-no-such-mode")
	if len(asked) > 0 {
		t.Errorf("also asked: %v", asked)
	}
}

// The driver would log whole documents where its environment says so.
func TestTheDriverLogsNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	t.Setenv("MONGODB_LOG_ALL", "debug")
	t.Setenv("MONGODB_LOG_PATH", file)
	f := fake(t)
	s := open(t, f.URI("goen"))
	r := rec(1, "a")
	r.Body = []byte(`"a word that nobody else says"`)
	ok(t, s.Append(t.Context(), r))
	want(t, tokens(t, s, "ev.1", 0), "a-1")
	if b, err := os.ReadFile(file); err == nil && bytes.Contains(b, []byte("nobody else")) {
		t.Fatal("the word is in the log")
	}
	// And this is where it would be.
	t.Run("as it is", func(t *testing.T) {
		with(t, f.URI("goen"), func(db *driver.Database) {
			_, err := db.Collection("log").InsertOne(t.Context(), bson.D{{Key: "_id", Value: "x"}, {Key: "b", Value: string(r.Body)}})
			ok(t, err)
		})
		b, err := os.ReadFile(file)
		ok(t, err)
		if !bytes.Contains(b, []byte("nobody else")) {
			t.Fatal("the test looks in the wrong place")
		}
	})
}

// The server tidies claims up by its own clock and in its own time. Only what
// ran out a week ago by that is left to it, and nothing under another clock.
func TestTidying(t *testing.T) {
	var mu sync.Mutex
	var indexes []string
	f := fake(t, mongofake.WithWatch(func(_ string, c bson.Raw) {
		if c.Index(0).Key() == "createIndexes" {
			mu.Lock()
			defer mu.Unlock()
			indexes = append(indexes, c.Lookup("indexes").String())
		}
	}))
	open(t, f.URI("goen"), WithClock(time.Now))
	if len(indexes) > 0 {
		t.Fatalf("indexes: %v", indexes)
	}
	open(t, f.URI("goen"))
	if len(indexes) != 1 || !strings.Contains(indexes[0], "604800") || !strings.Contains(indexes[0], `"x"`) {
		t.Fatalf("indexes: %v", indexes)
	}
}

func TestDamagedBlob(t *testing.T) {
	s := open(t, fake(t).URI("goen"))
	sum, err := s.PutBlob(t.Context(), []byte("picture"))
	ok(t, err)
	_, err = s.blobs.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: sum}}, bson.D{{Key: "$set", Value: bson.D{{Key: "b", Value: bson.Binary{Data: []byte("x")}}}}})
	ok(t, err)
	_, err = s.Blob(t.Context(), sum)
	refused(t, err, store.ErrHole)
}

// A record of which a field is lost is damage, not an empty record.
func TestDamagedRecord(t *testing.T) {
	s := open(t, fake(t).URI("goen"))
	ok(t, s.Append(t.Context(), recs(1, 3, "a")...))
	_, err := s.log.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: place("ev.1", 2)}}, bson.D{{Key: "$unset", Value: bson.D{{Key: "b", Value: 1}}}})
	ok(t, err)
	refused(t, s.Read(t.Context(), "ev.1", 0, func(store.Record) error { return nil }), store.ErrHole)
	refused(t, s.Append(t.Context(), rec(2, "a")), store.ErrHole)
}

func BenchmarkAppend(b *testing.B) {
	s := open(b, fake(b).URI("goen"))
	body := []byte(`"` + strings.Repeat("x", 500) + `"`)
	for seq := int64(1); b.Loop(); seq++ {
		r := rec(seq, "a")
		r.Body = body
		if err := s.Append(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead5000(b *testing.B) {
	uri := os.Getenv("MONGO_URI")
	if uri == "" {
		uri = fake(b).URI("goen")
	}
	s := open(b, uri, called("goen_bench"))
	run := recs(1, 5000, "a")
	for i := range run {
		run[i].Stream, run[i].Body = "ev."+bson.NewObjectID().Hex()[:8], []byte(`"`+strings.Repeat("x", 500)+`"`)
		run[i].Stream = run[0].Stream
	}
	ok(b, s.Append(b.Context(), run...))
	for b.Loop() {
		n := 0
		ok(b, s.Read(b.Context(), run[0].Stream, 0, func(store.Record) error { n++; return nil }))
		if n != len(run) {
			b.Fatalf("%d records", n)
		}
	}
	b.ReportMetric(float64(len(run)*b.N)/float64(b.Elapsed().Milliseconds()), "records/ms")
	ok(b, s.db.Drop(b.Context()))
}
