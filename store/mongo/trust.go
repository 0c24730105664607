package mongo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"goen/store"
)

// ErrWeak says that a server gives less than the word of a majority, or that a
// connection string asks for less. What is kept there can be lost.
var ErrWeak = errors.New("mongo: less than the word of a majority")

const (
	// The document that says whose a database is, and which layout it has. A
	// later version raises the layout and upgrades older ones.
	layoutID = "goen"
	layout   = 1

	// A claim that ran out is tidied up by the server a week later: its clock may
	// be ahead of ours, and until then the claim may still hold by ours.
	tidyAfter = 7 * 24 * time.Hour
)

// strong refuses a connection string that asks for less than Goen needs. Its
// wishes would be overruled silently; who wrote them expects them to hold.
func strong(c *connstring.ConnString) error {
	for _, wish := range []struct {
		text string
		weak bool
	}{
		{fmt.Sprintf("w=%d", c.WNumber), c.WNumberSet},
		{"w=" + c.WString, c.WString != "" && c.WString != "majority"},
		{"journal=false", c.JSet && !c.J},
		{"readConcernLevel=" + c.ReadConcernLevel, c.ReadConcernLevel != "" && c.ReadConcernLevel != "majority"},
		{"readPreference=" + c.ReadPreference, c.ReadPreference != "" && c.ReadPreference != "primary"},
		{"retryWrites=false", c.RetryWritesSet && !c.RetryWrites},
	} {
		if wish.weak {
			return fmt.Errorf("%w: the connection string says %s; Goen writes with w=majority and journal=true, "+
				"reads with readConcernLevel=majority from the primary and repeats writes. Take it out", ErrWeak, wish.text)
		}
	}
	return nil
}

// settleIn makes sure of the server and of the database, and lays the database
// out if it is empty. Nothing is written before everything has been looked at.
func (s *Store) settleIn(ctx context.Context) error {
	for _, look := range []attempt{s.member, s.heedsReads, s.ours, s.heedsWrites} {
		if err := s.look(ctx, look); err != nil {
			return err
		}
	}
	err := s.write(ctx, func(ctx context.Context) (bool, error) {
		_, err := s.about.InsertOne(ctx, bson.D{{Key: "_id", Value: layoutID}, {Key: "n", Value: layout}})
		if err == nil {
			return true, nil
		}
		doc, lookErr := peek(ctx, s.about.Collection, layoutID)
		return doc != nil, errors.Join(when(doc == nil, err), lookErr)
	})
	if err != nil {
		return err
	}
	if err := s.tidy(ctx); err != nil {
		return err
	}
	return s.finishDrops(ctx)
}

func when(is bool, err error) error {
	if is {
		return err
	}
	return nil
}

// member refuses a server that stands alone: it takes a majority of one for
// granted, can roll nothing back and repeats no writes; it has no majority reads.
func (s *Store) member(ctx context.Context) (bool, error) {
	hello, err := s.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Raw()
	if err != nil {
		return false, err
	}
	_, member := hello.Lookup("setName").StringValueOK()
	router, _ := hello.Lookup("msg").StringValueOK()
	if !member && router != "isdbgrid" {
		return true, fmt.Errorf("%w: the server is no member of a replica set. One member is enough: "+
			"start mongod with --replSet rs0 and call rs.initiate() once", ErrWeak)
	}
	return true, nil
}

// heedsReads asks for a read concern that does not exist. A server that grants
// it heeds none.
func (s *Store) heedsReads(ctx context.Context) (bool, error) {
	odd := s.about.Clone(options.Collection().SetReadConcern(&readconcern.ReadConcern{Level: "goen-no-such-level"}))
	_, err := peek(ctx, odd, layoutID)
	if err == nil {
		return true, fmt.Errorf("%w: the server answers to a read concern that does not exist, so it heeds none", ErrWeak)
	}
	if _, refused := errors.AsType[driver.CommandError](err); !refused || passing(err) {
		return false, err
	}
	return true, nil
}

// heedsWrites does the same with a write that changes nothing.
func (s *Store) heedsWrites(ctx context.Context) (bool, error) {
	odd := s.about.Clone(options.Collection().SetWriteConcern(writeconcern.Custom("goen-no-such-mode")))
	_, err := odd.DeleteOne(ctx, bson.D{{Key: "_id", Value: "nothing"}})
	if err == nil {
		return true, fmt.Errorf("%w: the server grants a write concern that does not exist, so it heeds none", ErrWeak)
	}
	if _, answered := errors.AsType[driver.ServerError](err); !answered || passing(err) {
		return false, err
	}
	return true, nil
}

// passing says whether an error is of the moment: the connection, a fail-over, a
// majority that did not answer in time, or a lack of rights.
func passing(err error) bool {
	e, ok := errors.AsType[driver.ServerError](err)
	if !ok || driver.IsNetworkError(err) || driver.IsTimeout(err) {
		return true
	}
	for _, code := range []int{13, 18, 50, 64, 91, 189, 10107, 11600, 11602, 13435, 13436} {
		if e.HasErrorCode(code) {
			return true
		}
	}
	return e.HasErrorLabel("RetryableWriteError")
}

// ours refuses a database that holds something and nothing of Goen, or
// something of a newer Goen.
func (s *Store) ours(ctx context.Context) (bool, error) {
	doc, err := find(ctx, s.about, layoutID)
	if err != nil {
		return false, err
	}
	if doc == nil {
		names, err := s.db.ListCollectionNames(ctx, bson.D{})
		if err != nil {
			return false, err
		}
		other := ""
		for _, name := range names {
			if name != s.about.Name() && !strings.HasPrefix(name, "system.") {
				other = name
			}
		}
		if other == "" {
			return true, nil
		}
		// Another node may have laid it out between the two looks.
		if doc, err = peek(ctx, s.about.sure(), layoutID); err != nil {
			return false, err
		}
		if doc == nil {
			return true, fmt.Errorf("%w: database %s holds the collection %s", store.ErrForeign, s.db.Name(), other)
		}
	}
	n, ok := doc.Lookup("n").AsInt64OK()
	switch {
	case !ok:
		return true, fmt.Errorf("%w: database %s", store.ErrForeign, s.db.Name())
	case n > layout:
		return true, fmt.Errorf("%w: layout %d, this Goen knows %d", store.ErrNewer, n, layout)
	}
	return true, nil
}

// tidy has the server remove claims that ran out long ago. Nothing waits for it.
func (s *Store) tidy(ctx context.Context) error {
	if !s.own {
		return nil // the server goes by its own clock
	}
	return s.write(ctx, func(ctx context.Context) (bool, error) {
		_, err := s.claims.Indexes().CreateOne(ctx, driver.IndexModel{
			Keys: bson.D{{Key: "x", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(int32(tidyAfter / time.Second)),
		})
		return err == nil, err
	})
}
