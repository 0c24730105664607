package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"sync"

	"goen/realtime"
	"goen/store"
	"goen/store/sqlite/powercut"
)

// doom is how a child lives and dies.
type doom struct {
	Data  string
	Point string // append, appended, shown: of a commit; provide, provided: of a provision record; or an act of the disk. Empty: it lives
	Of    string // only while a record with this fact is written
	Nth   int    // time that this is so
	Most  int    // commits, after which it dies at the next point anyway
	Bug   string // see bugs, and surface

	Volatile bool // its disk loses, with the process, what was not synced
	Seed     uint64
	BadSync  int  // which sync of that disk fails; 0: none does
	Unsure   bool // of some records the store says that it does not know

	More []string // settings
}

// bugs are planted between the room and the real store.
var bugs = map[string]func(store.Store) store.Store{
	"":                 func(s store.Store) store.Store { return s },
	"ack before write": func(s store.Store) store.Store { return &early{Store: s} },
	"no dedupe":        func(s store.Store) store.Store { return forgetful{s} },
	"no provision":     func(s store.Store) store.Store { return careless{s} },
	"unknown is yes":   func(s store.Store) store.Store { return credulous{s} },
	noSync:             func(s store.Store) store.Store { return s },
	badSyncIsGood:      func(s store.Store) store.Store { return s },
}

// These bugs are planted below the store, in its disk.
const (
	noSync        = "no sync"
	badSyncIsGood = "a sync error is no error"
)

func childMain(d string) int {
	r := &reaper{}
	if err := json.Unmarshal([]byte(d), &r.doom); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	c, _, err := readConfig(append([]string{"--listen", "127.0.0.1:0", "--url", origin, "--data", r.Data}, r.More...), nil, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() { // it ends with its parent, or when that wants it to
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	disk := ""
	if r.Volatile {
		d, err := powercut.New(powercut.Config{Seed: r.Seed, Early: 0.2, On: r.act})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		disk = d.Name
	}
	err = run(ctx, c, hooks{
		out: os.Stdout, fail: r.at, disk: disk, noHints: true, limits: realtime.Limits{Burst: 1 << 30}, // people here are faster than people
		ready: func(address string) { fmt.Fprintf(os.Stdout, "\nREADY %s\n", address) },
		wrap: func(s store.Store) store.Store {
			if r.Unsure {
				s = &unsure{Store: s, rng: rand.New(rand.NewPCG(r.Seed, 4))}
			}
			return watched{bugs[r.Bug](s), r}
		},
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

// act is at for the disk.
func (r *reaper) act(a powercut.Act) powercut.Fault {
	r.at(a.Kind.String())
	switch {
	case a.Kind != powercut.Sync:
	case r.Bug == noSync:
		return powercut.Ignored
	case r.BadSync == 0 || a.N+1 != r.BadSync:
	case r.Bug == badSyncIsGood:
		return powercut.Lost
	default:
		return powercut.Error
	}
	return powercut.None
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
