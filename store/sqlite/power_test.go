package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"goen/store"
	"goen/store/sqlite/powercut"
)

// "A write that returned nil survives a crash of the machine." Here the machine
// loses its power at any act of the disk, in one process and hundreds of times;
// server/crash_test.go does it to the whole program.

// outage is one file and what was acknowledged of it, over many lives.
type outage struct {
	t       *testing.T
	path    string
	rng     *rand.Rand
	plant   string // run on the connection that writes
	writers int    // at once, each with streams of its own
	life    int

	mu     sync.Mutex
	bodies map[string][]string // acknowledged, by stream
	tried  map[string]string   // the one after, whose outcome nobody knows
	acked  int
	lost   []string
	cuts   map[powercut.Kind]int
}

func newOutage(t *testing.T, seed uint64, plant string, writers int) *outage {
	return &outage{
		t: t, path: filepath.Join(t.TempDir(), "goen.db"), rng: rand.New(rand.NewPCG(seed, 3)), plant: plant, writers: writers,
		bodies: map[string][]string{}, tried: map[string]string{}, cuts: map[powercut.Kind]int{},
	}
}

// live opens the store, looks whether everything is there, and writes until the
// power goes.
func (o *outage) live() {
	kind := powercut.Kind(o.rng.IntN(int(powercut.Synced) + 1))
	cutAt := o.rng.IntN([]int{300, 4, 60, 60, 60}[kind])
	cut := false
	o.life++
	d, err := powercut.New(powercut.Config{
		Seed: o.rng.Uint64(), Early: o.rng.Float64() / 2,
		On: func(a powercut.Act) powercut.Fault {
			if a.Kind != kind || a.N != cutAt {
				return powercut.None
			}
			cut = true
			o.cuts[kind]++
			return powercut.Cut
		},
	})
	ok(o.t, err)
	defer d.Close()
	s, err := Open(context.Background(), o.path, WithDisk(d.Name))
	if err != nil {
		if !cut {
			o.lost = append(o.lost, "does not open: "+err.Error())
		}
		return
	}
	defer func() { _ = s.Close() }() // without power
	defer d.Cut()
	if o.plant != "" {
		ok(o.t, s.exec(context.Background(), o.plant))
	}
	for stream := range o.bodies {
		if !o.holds(s, stream) {
			return
		}
	}
	var all sync.WaitGroup
	for w := range o.writers {
		rng := rand.New(rand.NewPCG(o.rng.Uint64(), 3))
		all.Go(func() { o.writeOn(s, w, rng) })
	}
	all.Wait()
}

// writeOn writes until the power goes.
func (o *outage) writeOn(s *Store, w int, rng *rand.Rand) {
	for n := 0; ; n++ {
		stream := fmt.Sprintf("ev.%d.%d", w, rng.IntN(4))
		if !o.write(s, stream, fmt.Sprintf(`"%d %d %s"`, o.life, n, strings.Repeat("x", rng.IntN(9000)))) {
			return
		}
		if n%40 == 39 { // erasure sweeps the WAL: syncs of both files, and a truncation
			if s.DropKey(context.Background(), fmt.Sprintf("k/%d-%d-%d", o.life, w, n)) != nil {
				return
			}
		}
	}
}

func (o *outage) write(s *Store, stream, body string) bool {
	o.mu.Lock()
	o.tried[stream] = body
	rec := store.Record{Stream: stream, Seq: int64(len(o.bodies[stream]) + 1), By: fmt.Sprint(o.life), Body: []byte(body)}
	o.mu.Unlock()
	if s.Append(context.Background(), rec) != nil {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.acked++
	o.bodies[stream] = append(o.bodies[stream], body)
	delete(o.tried, stream)
	return true
}

// holds reads a stream. The record whose outcome was open may be there; then
// it stays.
func (o *outage) holds(s *Store, stream string) bool {
	want, n := o.bodies[stream], 0
	err := s.Read(context.Background(), stream, 0, func(r store.Record) error {
		switch {
		case n < len(want) && string(r.Body) != want[n]:
			o.lost = append(o.lost, fmt.Sprintf("%s %d is another record", stream, r.Seq))
		case n == len(want) && string(r.Body) == o.tried[stream]:
			o.bodies[stream] = append(want, string(r.Body))
			delete(o.tried, stream)
		case n >= len(want):
			o.lost = append(o.lost, fmt.Sprintf("%s %d was never written", stream, r.Seq))
		}
		n++
		return nil
	})
	switch {
	case err != nil && strings.Contains(err.Error(), "I/O"): // the power went while it was read
		return false
	case err != nil || n < len(want):
		o.lost = append(o.lost, fmt.Sprintf("%s: %d of %d, %v", stream, n, len(want), err))
	}
	return true
}

func (o *outage) String() string {
	return fmt.Sprintf("%d lives, %d acked, %d lost; cut at write %d, truncate %d, sync %d, in a sync %d, after it %d", o.life, o.acked, len(o.lost),
		o.cuts[powercut.Write], o.cuts[powercut.Truncate], o.cuts[powercut.Sync], o.cuts[powercut.Syncing], o.cuts[powercut.Synced])
}

func TestPowerCut(t *testing.T) {
	for _, writers := range []int{1, 12} {
		t.Run(fmt.Sprintf("%d writers", writers), func(t *testing.T) {
			lives := 150
			if writers > 1 || testing.Short() {
				lives = 60
			}
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			o := newOutage(t, seed, "", writers)
			for range lives {
				o.live()
			}
			t.Log(o)
			if len(o.lost) > 0 {
				t.Fatal(strings.Join(o.lost, "\n"))
			}
			if o.acked < 10*lives || o.cuts[powercut.Syncing] == 0 || o.cuts[powercut.Synced] == 0 || o.cuts[powercut.Write] == 0 {
				t.Error("too little happened for the test to mean anything")
			}
		})
	}
}

// A disk that could not lose anything would prove nothing: without syncs at the
// commit the same lives lose what was acknowledged.
func TestPowerCutHasTeeth(t *testing.T) {
	for _, plant := range []string{"PRAGMA synchronous=OFF", "PRAGMA synchronous=NORMAL"} {
		for _, writers := range []int{1, 12} {
			t.Run(fmt.Sprintf("%s %d writers", plant, writers), func(t *testing.T) {
				o := newOutage(t, 1, plant, writers)
				for range 20 {
					o.live()
					if len(o.lost) > 0 {
						break
					}
				}
				t.Log(o)
				if len(o.lost) == 0 {
					t.Error("nothing was lost")
				}
			})
		}
	}
}
