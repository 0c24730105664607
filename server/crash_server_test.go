package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"goen/store"
)

// doom is how a child lives and dies.
type doom struct {
	Data  string
	Point string // append, appended, shown: of a commit; provide, provided: of a provision record. Empty: it lives
	Of    string // only while a record with this fact is written
	Nth   int    // time that this is so
	Most  int    // commits, after which it dies at the next point anyway
	Bug   string // see bugs
}

// bugs are planted between the room and the real store.
var bugs = map[string]func(store.Store) store.Store{
	"":                 func(s store.Store) store.Store { return s },
	"ack before write": func(s store.Store) store.Store { return &early{Store: s} },
	"no dedupe":        func(s store.Store) store.Store { return forgetful{s} },
	"no provision":     func(s store.Store) store.Store { return careless{s} },
}

func childMain(d string) int {
	r := &reaper{}
	if err := json.Unmarshal([]byte(d), &r.doom); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	c, _, err := readConfig([]string{"--listen", "127.0.0.1:0", "--url", origin, "--data", r.Data}, nil, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() { // it ends with its parent, or when that wants it to
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	err = run(ctx, c, hooks{
		out: os.Stdout, fail: r.at,
		ready: func(address string) { fmt.Fprintf(os.Stdout, "\nREADY %s\n", address) },
		wrap:  func(s store.Store) store.Store { return watched{bugs[r.Bug](s), r} },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// reaper kills its own process at the chosen moment.
type reaper struct {
	doom
	mu      sync.Mutex
	facts   string // of the run that is being written
	seen    int
	commits int
}

func (r *reaper) at(point string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if point == "append" {
		r.commits++
		r.facts = ""
	}
	if r.Point == "" {
		return
	}
	if point == r.Point && strings.Contains(r.facts, r.Of) {
		r.seen++
	}
	if r.seen >= r.Nth || r.commits > r.Most {
		fmt.Fprintf(os.Stdout, "\nDIES %s\n", point)
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err != nil {
			panic(err)
		}
		select {} // until the signal is there
	}
}

// watched tells the reaper what is written.
type watched struct {
	store.Store
	reaper *reaper
}

var factName = regexp.MustCompile(`"f":"([a-z.]+)"`)

func (w watched) Append(ctx context.Context, run ...store.Record) error {
	if !strings.HasPrefix(run[0].Stream, "ev.") {
		if strings.HasPrefix(run[0].Stream, "pr.") {
			w.reaper.at("provide")
			defer w.reaper.at("provided")
		}
		return w.Store.Append(ctx, run...)
	}
	var facts []string
	for _, rec := range run {
		for _, m := range factName.FindAllSubmatch(rec.Body, -1) {
			facts = append(facts, string(m[1]))
		}
	}
	w.reaper.mu.Lock()
	w.reaper.facts = strings.Join(facts, " ")
	w.reaper.mu.Unlock()
	return w.Store.Append(ctx, run...)
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
	if err := e.Store.Append(context.Background(), e.late...); err != nil {
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
