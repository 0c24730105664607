package main

import (
	"cmp"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// What attackers may cost (trust.md 7), in the sizes of the design: the server
// is a process of its own, so that its memory and its processor time can be
// read, and the descriptors of the attackers are not its own. It takes minutes
// and holds times, so `make siege` runs it and the ordinary tests do not;
// limits_test.go has the same attacks, smaller, in bytes and counts alone.

var (
	inFull   = flag.Bool("siege", false, "run the attacks in full size, against the clock")
	besieged = flag.String("siege.program", "", "the program to attack; empty: it is built")
)

const (
	residentMost = 512 << 20   // of the server, whatever comes
	honestWithin = time.Second // 95 of 100 posts are on an honest phone
	honestPeople = 50          // the host is one of them; with two phones each
	badPeople    = 250         // with four sockets each; 300 people are a full room
	spare        = 8           // descriptors that the store opens and closes by itself
	slack        = time.Second // of a busy machine, where a limit of time is the server's own
)

// venue is a full room: people who behave, and others who are let in all the same.
type venue struct {
	*program
	t      *testing.T
	event  string
	honest []*ear
	bad    []*browser
	posts  int
	joined time.Duration // how long it took until everybody was in
}

// attack is one line of the table.
type attack struct {
	name string
	more int64                 // bytes by which the server may grow; 0: it has all that it may have at all
	run  func(v *venue) string // until it is over; says what held
}

func TestSiegeInFull(t *testing.T) {
	if !*inFull {
		t.Skip("takes minutes and holds times: make siege")
	}
	bin := cmp.Or(*besieged, build(t))
	var table strings.Builder
	for _, a := range attacks {
		t.Run(strings.Fields(a.name)[0], func(t *testing.T) { fmt.Fprintln(&table, full(t, bin, a)) })
	}
	t.Logf("%d cores\n| attack | what held | on a phone, p50 and p95: before, under attack | resident: before, most |\n| --- | --- | --- | --- |\n%s", runtime.NumCPU(), table.String())
}

// full runs one attack against a fresh server and a full room, and gives its
// line of the table.
func full(t *testing.T, bin string, a attack) string {
	v := crowded(t, bin)
	quiet := v.talk(after(8 * time.Second))
	if p := quiet.at(95); p > honestWithin {
		t.Errorf("%s: before it p95 is %v: this machine is too busy for the measurement", a.name, p)
	}
	files := v.files()
	before, _ := v.memory()
	v.crest()
	over := make(chan struct{})
	var held string
	go func() {
		defer close(over)
		held = a.run(v)
	}()
	under := v.talk(over)
	if p := under.at(95); p > honestWithin {
		t.Errorf("%s: p95 of the honest phones is %v, want %v at most", a.name, p, honestWithin)
	}
	now, most := v.memory()
	if a.more != 0 && most-before > a.more {
		t.Errorf("%s: grew by %d KiB, want %d at most", a.name, (most-before)>>10, a.more>>10)
	}
	if most > residentMost {
		t.Errorf("%s: %d MiB resident, want %d at most", a.name, most>>20, residentMost>>20)
	}
	line := fmt.Sprintf("| %s | %s | %v, %v; %v, %v | %d MiB, +%.1f (%s) |", a.name, held, quiet.at(50), quiet.at(95), under.at(50), under.at(95),
		before>>20, float64(most-before)/(1<<20), bound(a.more))
	t.Logf("%s afterwards %+.1f MiB", line, float64(now-before)/(1<<20))
	comes(t, a.name+": descriptors", files+spare, v.files)
	return line
}

func bound(more int64) string {
	if more == 0 {
		return fmt.Sprintf("all: %d", residentMost>>20)
	}
	return fmt.Sprintf("bound %d", more>>20)
}

func after(d time.Duration) <-chan struct{} {
	over := make(chan struct{})
	time.AfterFunc(d, func() { close(over) })
	return over
}

// crowded fills a room from one address, which nobody may be refused for.
func crowded(t *testing.T, bin string) *venue {
	t.Helper()
	v := &venue{program: startProgram(t, bin), t: t}
	b := v.browser("主催")
	v.event = b.host("大きな会", "open", card("主催", "npo"))
	host := b.phone(v.event).connect()
	code := host.find("desk", "doors", nil)["code"].(string)
	host.cut()
	began := time.Now()
	guests := make([]*browser, honestPeople-1+badPeople)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := worker; i < len(guests); i += 4 {
				g := v.browser("客" + letters(i))
				// A long card, so that the room's first view is more than a socket holds.
				g.join(code, card(g.name, "web", object{"homepage": "https://a.example/" + strings.Repeat("a", 1900), "line": strings.Repeat("長", 80)}))
				guests[i] = g
			}
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	v.bad = guests[honestPeople-1:]
	for _, g := range append(guests[:honestPeople-1:honestPeople-1], b) {
		p := g.phone(v.event).connect()
		p.do("entry.add", object{"trade": "printing"})
		p.do("need.post", object{"who": "建設業の方"})
		need := p.find("me", "mine", nil)["id"].(string)
		p.cut()
		v.honest = append(v.honest, p.ear(), p.ear())
		v.honest[len(v.honest)-1].need = need
	}
	if v.joined = time.Since(began); v.joined > time.Minute {
		t.Errorf("%d people took %v to come in", len(guests), v.joined)
	}
	return v
}

// talk lets one honest person after another change a need, five times a second,
// until over and a little longer; it tells how long each post took to each phone.
func (v *venue) talk(over <-chan struct{}) (all delays) {
	v.t.Helper()
	type post struct {
		mark string
		at   time.Time
	}
	var posts []post
	beat := time.NewTicker(200 * time.Millisecond)
	defer beat.Stop()
	for on := true; on; {
		select {
		case <-over:
			on = false
		case <-beat.C:
		}
		v.posts++
		e := v.honest[v.posts*2%len(v.honest)+1]
		posts = append(posts, post{mark(v.posts), time.Now()})
		e.say(object{"t": "do", "op": newOp(), "name": "need.edit", "args": object{"need": e.need, "who": mark(v.posts)}})
		v.honest[v.posts%len(v.honest)].say(object{"t": "ping"}) // or it would be silent for too long
	}
	deadline := time.Now().Add(patience)
	for _, p := range posts {
		for i, e := range v.honest {
			at, gone := e.when(p.mark)
			for at.IsZero() && gone == nil && time.Now().Before(deadline) {
				time.Sleep(5 * time.Millisecond) // between two looks; nothing else tells
				at, gone = e.when(p.mark)
			}
			if at.IsZero() {
				v.t.Fatalf("honest phone %d never had %s: %v", i, p.mark, gone)
			}
			all = append(all, at.Sub(p.at))
		}
	}
	return all
}
