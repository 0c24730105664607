package main

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	nats "github.com/nats-io/nats-server/v2/server"

	"goen/realtime/event"
	"goen/store"
	"goen/store/mongofake"
)

// Three processes of the real program on one store. Phones are spread over them
// and post; one process is killed, and its phones go to the others and go on.

const (
	nodesGuests = 30
	nodesDeeds  = 24 // of each guest
)

func TestNodeIsKilled(t *testing.T) {
	for _, c := range []struct {
		name  string
		bells bool
		store func(t *testing.T) []string // settings
	}{
		{"embedded store, bells", true, func(*testing.T) []string { return nil }},
		{"embedded store, no bells", false, func(*testing.T) []string { return nil }},
		{"MongoDB's protocol, bells", true, fake},
		{"MongoDB's protocol, no bells", false, fake},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings := c.store(t)
			if c.bells {
				settings = append(settings, "--nats", bells(t))
			}
			killOneOfThree(t, settings)
		})
	}
}

// fake is a store of its own process's, which speaks MongoDB's protocol.
func fake(t *testing.T) []string {
	s, err := mongofake.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return []string{"--store", s.URI("goen")}
}

// bells is a NATS server.
func bells(t *testing.T) (url string) {
	s, err := nats.NewServer(&nats.Options{Host: "127.0.0.1", Port: nats.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(patience) {
		t.Fatal("NATS did not start")
	}
	return s.ClientURL()
}

func killOneOfThree(t *testing.T, settings []string) {
	config, _, err := readConfig(append([]string{"--listen", "127.0.0.1:0", "--url", origin, "--data", t.TempDir()}, settings...), nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var nodes []*node
	for range 3 { // the first makes the key
		nodes = append(nodes, startNode(t, config, settings))
	}
	hostess := nodes[0].browser("zzhost")
	id := hostess.host("nodes", "open", card("zzhost", "npo"))
	host := hostess.phone(id).connect()
	code := host.find("desk", "doors", nil)["code"].(string)
	var guests []*guest
	for i := range nodesGuests {
		b := nodes[i%3].browser("zz" + letters(i))
		b.join(code, card(b.name, "npo"))
		g := &guest{phone: b.phone(id), nodes: nodes, at: i % 3}
		if !g.reachAny() {
			t.Fatal(g.fault)
		}
		guests = append(guests, g)
	}

	// Two phones at the nodes that live measure how long nothing comes.
	var silences [2]atomic.Int64
	var watch, all sync.WaitGroup
	stop := make(chan struct{})
	for i, g := range guests[:2] {
		watch.Go(func() { silences[i].Store(int64(g.longestSilence(stop))) })
	}
	var done atomic.Int64
	death := make(chan struct{})
	var ended atomic.Int64
	for _, g := range guests {
		all.Go(func() { defer ended.Add(1); g.live(&done, death) })
	}
	// The third dies when a third is done: seen on the host's phone, so that
	// nothing here waits for a time.
	host.until("a third of it", func() bool { return done.Load() >= nodesGuests*nodesDeeds/3 || ended.Load() == nodesGuests })
	killed := time.Now()
	nodes[2].kill()
	close(death)
	all.Wait()
	close(stop)
	watch.Wait()
	nodes = nodes[:2]

	var before, after, moved []time.Duration
	for i, g := range guests {
		if g.fault != "" {
			t.Fatalf("%s: %s", g.name, g.fault)
		}
		for _, s := range g.said {
			switch {
			case i%3 == 2 && s.sent.Add(s.took).After(killed):
				moved = append(moved, s.took)
			case i%3 == 2:
			case s.sent.Before(killed):
				before = append(before, s.took)
			default:
				after = append(after, s.took)
			}
		}
	}
	t.Logf("acks at the others before: p50 %s, most %s; after: p50 %s, most %s; at the killed one, with the move: most %s; longest silence of the room at the others: %s, %s",
		part(before, 50), part(before, 100), part(after, 50), part(after, 100), part(moved, 100),
		time.Duration(silences[0].Load()).Round(time.Millisecond), time.Duration(silences[1].Load()).Round(time.Millisecond))
	if len(after) == 0 || len(moved) == 0 {
		t.Error("too little happened for the test to mean anything")
	}

	// Everybody holds what every node says, number for number.
	everybody := []*phone{host}
	for _, g := range guests {
		everybody = append(everybody, g.phone)
	}
	for _, p := range everybody {
		for _, g := range guests {
			p.find("room", "need", has("who", g.words(nodesDeeds-2)))
		}
		p.sameAt(nodes)
	}
	for _, g := range guests {
		_ = g.ws.Close()
	}
	_ = host.ws.Close()
	for _, n := range nodes {
		n.end()
	}
	judgeNodes(t, config, id, guests)
}

// longestSilence is the longest time in which the room's number did not move.
func (g *guest) longestSilence(stop chan struct{}) (longest time.Duration) {
	last, number := time.Now(), uint64(0)
	for {
		g.mu.Lock()
		now, changed := g.phone.at["room"], g.changed
		g.mu.Unlock()
		if now != number {
			longest, last, number = max(longest, time.Since(last)), time.Now(), now
		}
		select {
		case <-changed:
		case <-stop:
			return longest
		}
	}
}

func part(list []time.Duration, percent int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)*percent/100, len(list)-1)].Round(10 * time.Microsecond)
}

// sameAt holds the phone against one that comes without a copy, at each node.
func (p *phone) sameAt(nodes []*node) {
	p.t.Helper()
	for _, n := range nodes {
		b := n.browser(p.name)
		b.cookies = p.cookies
		q := b.phone(p.event).connect()
		p.until("being where the node is", func() bool { q.mu.Lock(); defer q.mu.Unlock(); return maps.Equal(p.at, q.at) })
		p.mu.Lock()
		q.mu.Lock()
		for in, want := range q.have {
			same := maps.EqualFunc(p.have[in], want, func(a, b json.RawMessage) bool { return string(a) == string(b) })
			if !same || p.epoch != q.epoch {
				p.t.Errorf("%s: %s differs from what a node says", p.name, in)
			}
		}
		q.mu.Unlock()
		p.mu.Unlock()
		_ = q.ws.Close()
	}
}

// judgeNodes reads the log: what was acknowledged is there once, in the order in
// which each guest said it, and nothing that nobody said.
func judgeNodes(t *testing.T, config config, id string, guests []*guest) {
	t.Helper()
	ctx := t.Context()
	s, keys, err := openStore(ctx, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	places := map[string][]int64{}
	words := map[string]int{}
	err = s.Read(ctx, "ev."+id, 0, func(rec store.Record) error {
		record, err := event.Decode(rec.Seq, event.At(rec.At.UnixMilli()), rec.Body, opener{ctx, keys, id})
		if err != nil {
			return err
		}
		places[string(record.Op)] = append(places[string(record.Op)], rec.Seq)
		for _, f := range record.Facts {
			switch f := f.(type) {
			case *event.NeedPosted:
				words[f.Who]++
			case *event.NeedEdited:
				words[f.Who]++
			case *event.EntryAdded:
				words[f.Label]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	acked, moves := 0, 0
	for _, g := range guests {
		at := int64(0)
		moves += min(g.moves, 1)
		for _, s := range g.said {
			acked++
			switch p := places[s.op]; {
			case len(p) == 0:
				t.Errorf("%s: %s was acknowledged and is not there", g.name, s.mark)
			case len(p) > 1 || words[s.mark] != 1:
				t.Errorf("%s: %s is there at %v, %d times", g.name, s.mark, p, words[s.mark])
			case p[0] < at:
				t.Errorf("%s: %s is at %d, before what was acknowledged earlier", g.name, s.mark, p[0])
			default:
				at = p[0]
			}
		}
	}
	for mark, n := range words {
		if n != 1 {
			t.Errorf("%s is there %d times", mark, n)
		}
	}
	t.Logf("%d acknowledged, all there, once and in order; %d guests changed node", acked, moves)
}
