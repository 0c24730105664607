package realtime_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"goen/realtime"
	"goen/realtime/bell"
	"goen/realtime/event"
	"goen/store"
)

// exchange is a NATS server in this process, which can be killed and comes back at
// the same port.
type exchange struct {
	t    *testing.T
	port int
	*server.Server
}

func newExchange(t *testing.T) *exchange {
	x := &exchange{t: t, port: server.RANDOM_PORT}
	x.start()
	t.Cleanup(x.kill)
	return x
}

func (x *exchange) start() {
	x.t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: x.port, NoLog: true, NoSigs: true})
	if err != nil {
		x.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		x.t.Fatal("NATS did not start")
	}
	x.Server = s
	if x.port == server.RANDOM_PORT {
		if _, err := fmt.Sscanf(s.ClientURL(), "nats://127.0.0.1:%d", &x.port); err != nil {
			x.t.Fatal(err)
		}
	}
}

func (x *exchange) kill() {
	x.Shutdown()
	x.WaitForShutdown()
}

// prankster drops, doubles and delays what is rung, as a plan says.
type prankster struct {
	realtime.Doorbell
	mu   sync.Mutex
	rng  *rand.Rand
	late sync.WaitGroup
	rang [3]int // dropped, doubled, delayed
}

func (p *prankster) Ring(n realtime.Note) {
	p.mu.Lock()
	dice := p.rng.IntN(4)
	after := time.Duration(p.rng.IntN(200)) * time.Millisecond
	if dice < len(p.rang) {
		p.rang[dice]++
	}
	p.mu.Unlock()
	switch dice {
	case 0:
	case 1:
		p.Doorbell.Ring(n)
		p.Doorbell.Ring(n)
	case 2:
		p.late.Go(func() { time.Sleep(after); p.Doorbell.Ring(n) })
	default:
		p.Doorbell.Ring(n)
	}
}

func (p *prankster) Close() {
	p.late.Wait()
	p.Doorbell.Close()
}

// Three nodes on one store, with bells over NATS that are lost, doubled and
// late; NATS itself is killed and comes back. Everybody gets everything, once
// and in one order: all nodes end with the same copies, number for number.
func TestThreeNodes(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	x := newExchange(t)
	m := newMemory()
	var nodes []*world
	var pranksters []*prankster
	for i := range 3 {
		nodes = append(nodes, newWorld(t, m, func(c *realtime.Config) {
			b, err := bell.Dial(t.Context(), x.ClientURL(), c.Keys, c.Log)
			if err != nil {
				t.Fatal(err)
			}
			p := &prankster{Doorbell: b, rng: rand.New(rand.NewPCG(seed, uint64(i)))}
			pranksters = append(pranksters, p)
			c.Bell, c.Most = p, event.Bounds{People: 300, OpenNeeds: 1000, NeedsAMinute: 1000, NeedsEver: 1000}
		}))
	}
	var names []string
	for i := range 12 {
		names = append(names, "p"+letters(i))
	}
	nodes[0].evening(names...)
	var phones []*phone
	for i, name := range names {
		phones = append(phones, nodes[i%3].phone(name))
	}

	const turns = 8
	storm := func(part string) {
		words := func(name string, turn int) string { return fmt.Sprintf("%s %s %s", part, name, letters(turn)) }
		var all sync.WaitGroup
		for i, name := range names {
			all.Go(func() {
				for turn := range turns {
					id := op()
					for again := range 1 + turn%3 { // the same at the next node
						if err := nodes[(i+turn+again)%3].hub.Do(theEvent, person(name), id, post(words(name, turn))); err != nil {
							t.Errorf("%s: %v", words(name, turn), err)
						}
					}
				}
			})
		}
		all.Wait()
		for _, p := range phones {
			for _, name := range names {
				for turn := range turns {
					p.sees(words(name, turn))
				}
			}
		}
	}
	storm("together")
	x.kill()
	for _, w := range nodes {
		w.log.until(t, "the doorbell is away")
	}
	storm("apart")
	x.start()
	for _, w := range nodes {
		w.log.until(t, "the doorbell is back")
	}
	storm("again")

	for words, n := range nodes[0].needs() {
		if n != 1 {
			t.Errorf("%q is there %d times", words, n)
		}
	}
	for i, p := range phones {
		for k := range nodes {
			fresh := nodes[k].phone(names[i])
			p.until("being where the log is", func() bool {
				fresh.mu.Lock()
				defer fresh.mu.Unlock()
				return p.at["room"] >= fresh.at["room"] && p.at["me"] >= fresh.at["me"]
			})
			p.like(fresh)
			_ = fresh.ws.Close()
		}
	}
	for i, w := range nodes {
		said := w.log.String()
		if strings.Count(said, "is away") != 1 || strings.Count(said, "is back") != 1 || strings.Contains(said, "ERROR") {
			t.Errorf("node %d said %s", i, said)
		}
		t.Logf("node %d: bells dropped, doubled, delayed: %v", i, pranksters[i].rang)
	}
}

// Without NATS at the start a node runs, says so once, and hears the bells as
// soon as they are there. A URL that is none is refused.
func TestBellComesLate(t *testing.T) {
	x := newExchange(t)
	url := x.ClientURL()
	x.kill()
	m := newMemory()
	ring := func(c *realtime.Config) {
		b, err := bell.Dial(t.Context(), url, c.Keys, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		c.Bell = b
	}
	a, b := newWorld(t, m, ring), newWorld(t, m, ring)
	a.evening("ann", "bob")
	bob := b.phone("bob")
	a.do(person("ann"), post("before"))
	bob.sees("before")
	x.start()
	for _, w := range []*world{a, b} {
		w.log.until(t, "the doorbell is back")
		if said := w.log.String(); strings.Count(said, "the doorbell") != 2 {
			t.Errorf("it said %s", said)
		}
	}
	a.do(person("ann"), post("after"))
	bob.sees("after")
	bob.like(b.phone("bob"))

	if wrong, err := bell.Dial(t.Context(), "nats://%zz", store.NewKeyring(m, master), a.logger()); err == nil {
		wrong.Close()
		t.Error("a URL that is none was taken")
	}
}

// Two installations may share a NATS server and do not hear each other; nobody
// else's words make a node stumble.
func TestInstallationsDoNotHearEachOther(t *testing.T) {
	x := newExchange(t)
	heard := make(chan realtime.Note, 10)
	var bells []*bell.NATS
	for _, s := range []*memory{newMemory(), newMemory()} {
		w := newWorld(t, s)
		b, err := bell.Dial(t.Context(), x.ClientURL(), w.keys, w.logger())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Close)
		bells = append(bells, b)
		same, err := bell.Dial(t.Context(), x.ClientURL(), w.keys, w.logger())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(same.Close)
		same.Answer(func(n realtime.Note) { heard <- n })
	}
	bells[0].Ring(realtime.Note{Node: "first"})
	bells[1].Ring(realtime.Note{Node: "second"})
	got := map[string]int{}
	for range 2 {
		select {
		case n := <-heard:
			got[n.Node]++
		case <-time.After(patience):
			t.Fatalf("heard only %v", got)
		}
	}
	bells[0].Close()
	bells[1].Close()
	if len(got) != 2 || len(heard) > 0 {
		t.Errorf("heard %v and %d more", got, len(heard))
	}
}
