package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"goen/store"
)

// unsure is no bug but bad luck: of every tenth run it says that it does not
// know, and has written it or not.
type unsure struct {
	store.Store
	mu  sync.Mutex
	rng *rand.Rand
}

func (s *unsure) Append(ctx context.Context, run ...store.Record) error {
	s.mu.Lock()
	dice := s.rng.IntN(20)
	s.mu.Unlock()
	if !strings.HasPrefix(run[0].Stream, "ev.") || dice > 1 {
		return s.Store.Append(ctx, run...)
	}
	if dice == 0 {
		if err := s.Store.Append(ctx, run...); err != nil {
			return err
		}
	}
	return store.ErrUnknown
}

// credulous takes that for a yes.
type credulous struct{ store.Store }

func (s credulous) Append(ctx context.Context, run ...store.Record) error {
	err := s.Store.Append(ctx, run...)
	if errors.Is(err, store.ErrUnknown) {
		return nil
	}
	return err
}

// early says yes before it has written, which it does a little later.
type early struct {
	store.Store
	mu   sync.Mutex
	late []store.Record
}

func (e *early) Append(ctx context.Context, run ...store.Record) error {
	if !strings.HasPrefix(run[0].Stream, "ev.") {
		return e.Store.Append(ctx, run...)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.late) == 0 {
		time.AfterFunc(20*time.Millisecond, e.write)
	}
	e.late = append(e.late, run...)
	return nil
}

func (e *early) Close() error {
	e.write()
	return e.Store.Close()
}

func (e *early) write() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.late) == 0 {
		return
	}
	err := store.ErrUnknown
	for errors.Is(err, store.ErrUnknown) {
		err = e.Store.Append(context.Background(), e.late...)
	}
	if err != nil {
		panic(err)
	}
	e.late = nil
}

func (e *early) Read(ctx context.Context, stream string, after int64, f func(store.Record) error) error {
	e.mu.Lock()
	late := slices.Clone(e.late)
	e.mu.Unlock()
	if len(late) == 0 || late[0].Stream != stream || after < late[0].Seq-1 {
		return e.Store.Read(ctx, stream, after, f)
	}
	for _, rec := range late {
		if rec.Seq > after {
			if err := f(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetful reads records without the op that made them.
type forgetful struct{ store.Store }

var opInRecord = regexp.MustCompile(`"op":"[A-Za-z0-9_-]{22}",`)

func (s forgetful) Read(ctx context.Context, stream string, after int64, f func(store.Record) error) error {
	return s.Store.Read(ctx, stream, after, func(rec store.Record) error {
		rec.Body = opInRecord.ReplaceAll(rec.Body, nil)
		return f(rec)
	})
}

// careless keeps no record of who got whose contact.
type careless struct{ store.Store }

func (s careless) Append(ctx context.Context, run ...store.Record) error {
	if strings.HasPrefix(run[0].Stream, "pr.") {
		return nil
	}
	return s.Store.Append(ctx, run...)
}
