package storetest

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"goen/store"
)

// model does random calls on two handles and on a few maps, and holds every
// answer of the engine against theirs. Now and then a handle is closed and
// opened again.
func model(t *testing.T, l *lab) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		place := filepath.Join(l.place, fmt.Sprint(round))
		m := &machine{
			logs: map[string][]store.Record{}, gone: map[string]bool{}, claims: map[string]claim{}, keys: map[string]string{},
		}
		open := func() store.Store {
			s, err := l.engine.Open(t.Context(), place, l.now)
			if err != nil {
				rt.Fatalf("open: %v", err)
			}
			return s
		}
		handles := []store.Store{open(), open()}
		defer func() {
			for _, s := range handles {
				if err := s.Close(); err != nil {
					rt.Fatalf("close: %v", err)
				}
			}
		}()
		rt.Repeat(map[string]func(*rapid.T){
			"append":  func(rt *rapid.T) { m.append(t, rt, pick(rt, handles)) },
			"read":    func(rt *rapid.T) { m.read(t, rt, pick(rt, handles)) },
			"claim":   func(rt *rapid.T) { m.claim(t, rt, pick(rt, handles), l.now()) },
			"release": func(rt *rapid.T) { m.release(t, rt, pick(rt, handles)) },
			"key":     func(rt *rapid.T) { m.key(t, rt, pick(rt, handles)) },
			"pass":    func(rt *rapid.T) { l.pass(time.Duration(rapid.IntRange(1, 90).Draw(rt, "s")) * time.Second) },
			"drop": func(rt *rapid.T) {
				if rapid.IntRange(0, 9).Draw(rt, "dice") != 0 {
					rt.Skip("rarely")
				}
				stream := drawStream(rt)
				must(rt, pick(rt, handles).Drop(t.Context(), stream), nil)
				m.gone[stream] = true
			},
			"reopen": func(rt *rapid.T) {
				if rapid.IntRange(0, 5).Draw(rt, "dice") != 0 {
					rt.Skip("seldom")
				}
				i := rapid.IntRange(0, 1).Draw(rt, "handle")
				must(rt, handles[i].Close(), nil)
				handles[i] = open()
			},
			"": func(rt *rapid.T) { m.holders(t, rt, pick(rt, handles), l.now()) },
		})
	})
}

type machine struct {
	logs   map[string][]store.Record
	gone   map[string]bool
	claims map[string]claim
	keys   map[string]string // "" is a tombstone
	tokens int
}

type claim struct {
	owner string
	until time.Time // zero: for ever
}

func (c claim) stands(now time.Time) bool {
	return c.owner != "" && (c.until.IsZero() || c.until.After(now))
}

func pick(rt *rapid.T, handles []store.Store) store.Store {
	return handles[rapid.IntRange(0, len(handles)-1).Draw(rt, "handle")]
}

func drawStream(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"ev.1", "ev.10", "pp.1"}).Draw(rt, "stream")
}

func must(rt *rapid.T, err, want error) {
	rt.Helper()
	if !errors.Is(err, want) || (want == nil && err != nil) {
		rt.Fatalf("error is %v, want %v", err, want)
	}
}

func (m *machine) append(t *testing.T, rt *rapid.T, s store.Store) {
	stream := drawStream(rt)
	log := m.logs[stream]
	head := int64(len(log))
	first := max(1, head+int64(rapid.IntRange(-3, 2).Draw(rt, "first")))
	var run []store.Record
	var want error
	for seq := first; seq < first+int64(rapid.IntRange(1, 4).Draw(rt, "run")); seq++ {
		m.tokens++
		r := rec(stream, seq, fmt.Sprintf("t%d", m.tokens))
		switch old := seq <= head; {
		case old && rapid.Bool().Draw(rt, "repeat"):
			r = log[seq-1]
		case old:
			want = store.ErrTaken
		}
		run = append(run, r)
	}
	switch {
	case m.gone[stream]:
		want = store.ErrGone
	case first > head+1:
		want = store.ErrGap
	}
	must(rt, s.Append(t.Context(), run...), want)
	if want == nil {
		for _, r := range run {
			if r.Seq > head {
				m.logs[stream] = append(m.logs[stream], r)
			}
		}
	}
	// Else nothing of the run is new in the log: what was taken lies before it.
}

func (m *machine) read(t *testing.T, rt *rapid.T, s store.Store) {
	stream := drawStream(rt)
	log := m.logs[stream]
	after := rapid.IntRange(0, len(log)+1).Draw(rt, "after")
	got, err := tryRead(t.Context(), s, stream, int64(after))
	switch {
	case m.gone[stream]:
		must(rt, err, store.ErrGone)
	case after > len(log):
		must(rt, err, store.ErrHole)
	default:
		must(rt, err, nil)
		want := log[after:]
		if len(got) != len(want) {
			rt.Fatalf("%d records, want %d", len(got), len(want))
		}
		for i := range want {
			if line(got[i]) != line(want[i]) {
				rt.Fatalf("got %s, want %s", line(got[i]), line(want[i]))
			}
		}
	}
}

func drawName(rt *rapid.T) (name, owner string) {
	return rapid.SampledFrom([]string{"a", "a.b"}).Draw(rt, "name"), rapid.SampledFrom([]string{"x", "y", "z"}).Draw(rt, "owner")
}

func (m *machine) claim(t *testing.T, rt *rapid.T, s store.Store, now time.Time) {
	name, owner := drawName(rt)
	c := m.claims[name]
	var until time.Time
	if ahead := rapid.IntRange(1, 120).Draw(rt, "s"); ahead < 115 {
		until = now.Add(time.Duration(ahead) * time.Second)
	}
	switch {
	case !c.stands(now):
		c = claim{owner, until}
	case c.owner == owner && !c.until.IsZero() && (until.IsZero() || until.After(c.until)):
		c.until = until
	}
	m.claims[name] = c
	holder, err := s.Claim(t.Context(), name, owner, until)
	must(rt, err, nil)
	if holder != c.owner {
		rt.Fatalf("%s is held by %q, want %q", name, holder, c.owner)
	}
}

func (m *machine) release(t *testing.T, rt *rapid.T, s store.Store) {
	name, owner := drawName(rt)
	must(rt, s.Release(t.Context(), name, owner), nil)
	if m.claims[name].owner == owner {
		delete(m.claims, name)
	}
}

func (m *machine) key(t *testing.T, rt *rapid.T, s store.Store) {
	id := rapid.SampledFrom([]string{"e/1", "e/10", "f"}).Draw(rt, "id")
	k := rapid.SampledFrom([]string{"k1", "k2"}).Draw(rt, "key")
	have, there := m.keys[id]
	switch rapid.SampledFrom([]string{"put", "put", "swap", "swap", "drop"}).Draw(rt, "what") {
	case "drop":
		must(rt, s.DropKey(t.Context(), id), nil)
		m.keys[id] = ""
	case "swap":
		new := rapid.SampledFrom([]string{"k1", "k2", "k3"}).Draw(rt, "new")
		err := s.SwapKey(t.Context(), id, []byte(k), []byte(new))
		switch {
		case !there:
			must(rt, err, store.ErrNotFound)
		case have == "":
			must(rt, err, store.ErrErased)
		case have != k && have != new:
			must(rt, err, store.ErrTaken)
		default:
			must(rt, err, nil)
			m.keys[id] = new
		}
	case "put":
		err := s.PutKey(t.Context(), id, []byte(k))
		switch {
		case !there:
			must(rt, err, nil)
			m.keys[id] = k
		case have == "":
			must(rt, err, store.ErrErased)
		case have != k:
			must(rt, err, store.ErrTaken)
		default:
			must(rt, err, nil)
		}
	}
	got, err := s.Key(t.Context(), id)
	if _, there = m.keys[id]; !there {
		must(rt, err, store.ErrNotFound)
	} else if m.keys[id] == "" {
		must(rt, err, store.ErrErased)
	} else if must(rt, err, nil); string(got) != m.keys[id] {
		rt.Fatalf("key %s is %q, want %q", id, got, m.keys[id])
	}
}

func (m *machine) holders(t *testing.T, rt *rapid.T, s store.Store, now time.Time) {
	for _, name := range []string{"a", "a.b"} {
		owner, err := s.Holder(t.Context(), name)
		if c := m.claims[name]; !c.stands(now) {
			must(rt, err, store.ErrNotFound)
		} else if must(rt, err, nil); owner != c.owner {
			rt.Fatalf("%s is held by %q, want %q", name, owner, c.owner)
		}
	}
}
