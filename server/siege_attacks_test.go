package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The attacks of the full siege. Each ends when its connections are gone; those
// that need no more than requests are in siege_requests_test.go.

var attacks = []attack{
	{name: "R1 1,000 sockets that never read", more: 90 << 20, run: (*venue).neverRead},
	{name: "R1-crawl 1,000 sockets that read 4 KiB/s, each its own view of a room that moves", more: 90 << 20, run: (*venue).crawl},
	{name: "R1-poll 5,000 answers to polls that nobody reads", run: (*venue).neverReadPolls},
	{name: "R1-file 10,000 answers of the app that nobody reads", run: (*venue).neverReadFiles},
	{name: "R2 10,000 connections without a request, twice", more: 40 << 20, run: (*venue).standSilent},
	{name: "R2-idle 10,000 connections that asked once", more: 40 << 20, run: (*venue).standIdle},
	{name: "R3 5,000 heads at a byte a second, half of them behind a good request", run: (*venue).dripHeads},
	{name: "R4 5,000 bodies at a byte a second", run: (*venue).dripBodies},
	{name: "R5 1,000 frames of 1 MiB", run: (*venue).largeFrames},
	{name: "R6 10,000 upgrades without a cookie", run: (*venue).noCookie},
	{name: "R7 200 sockets of one person", run: (*venue).manySockets},
	{name: "R7-crawl 200 sockets of one person that read 4 KiB/s", run: (*venue).manyCrawl},
	{name: "R8 10 people with 50 commands a second each", run: (*venue).manyCommands},
	{name: "R12 500 connects and closes a second", run: (*venue).comeAndGo},
}

// many runs so many at once, a hundred in a millisecond: ten thousand dials at
// one moment are more than a backlog holds.
func (v *venue) many(n int, f func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
		if i%100 == 99 {
			time.Sleep(time.Millisecond)
		}
	}
	all.Wait()
}

// neverRead: R1. The server alone can tell when it has given up on a socket:
// what it says of that never arrives.
func (v *venue) neverRead() string {
	base := v.files()
	var all sync.WaitGroup
	for _, b := range v.bad {
		all.Go(func() {
			for range 4 {
				c := v.sayHello(v.t, b, v.event)
				v.t.Cleanup(func() { _ = c.Close() })
			}
		})
	}
	all.Wait()
	last := time.Now()
	stood := v.files() - base
	comes(v.t, "R1: sockets that do not read", base+spare, v.files)
	took := time.Since(last)
	if took > 30*time.Second {
		v.t.Errorf("R1: the last was dropped after %v", took)
	}
	return fmt.Sprintf("%d stood at once; all dropped %.1f s after the last came", stood, took.Seconds())
}

// largeFrames: R5. They are sent whole, whatever the server says meanwhile.
func (v *venue) largeFrames() string {
	mega := frame(0x81, bytes.Repeat([]byte(" "), 1<<20))
	var mu sync.Mutex
	codes := map[int]int{}
	v.many(len(v.bad), func(i int) {
		for range 4 {
			c, err := net.Dial("tcp", v.address)
			if err != nil {
				v.t.Error(err)
				return
			}
			w := &wire{v.t, c, bufio.NewReaderSize(c, 512)}
			_ = c.SetDeadline(time.Now().Add(patience))
			w.say(handshake("/ws/"+v.event, v.bad[i].cookieHeader(), nil))
			if resp, err := http.ReadResponse(w.in, nil); err != nil || resp.StatusCode != 101 {
				v.t.Errorf("R5: no socket: %v %v", resp, err)
			}
			go w.say(string(mega))
			code := w.over()
			_ = c.Close()
			mu.Lock()
			codes[code]++
			mu.Unlock()
		}
	})
	if codes[1009] != 4*len(v.bad) {
		v.t.Errorf("R5: closed with %v", codes)
	}
	return fmt.Sprintf("%d closed with 1009", codes[1009])
}

// trickle reads 4 KiB a second.
func (v *venue) trickle(c net.Conn, over <-chan struct{}) {
	defer c.Close()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for b := make([]byte, 4<<10); ; {
		select {
		case <-over:
			return
		case <-second.C:
		}
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := io.ReadFull(c, b); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
	}
}

// crawl: R1 for those who are never slow enough to be dropped. Some of them keep
// the room moving, so that each gets bytes of its own.
func (v *venue) crawl() string {
	base, over := v.files(), make(chan struct{})
	var movers, all sync.WaitGroup
	for _, b := range v.bad[:8] {
		e := b.phone(v.event).ear()
		movers.Go(func() {
			pace := time.NewTicker(250 * time.Millisecond)
			defer pace.Stop()
			for n := 0; ; n++ {
				select {
				case <-over:
					_ = e.ws.Close()
					return
				case <-pace.C:
					e.say(object{"t": "do", "op": newOp(), "name": "card.change", "args": object{"card": card(b.name, "web", object{"line": mark(1_000_000 + n)})}})
				}
			}
		})
	}
	most, pace := 0, time.NewTicker(40*time.Millisecond)
	defer pace.Stop()
	for i := range 4 * (len(v.bad) - 8) {
		<-pace.C
		c := v.sayHello(v.t, v.bad[8+i/4], v.event)
		all.Go(func() { v.trickle(c, over) })
		most = max(most, v.files()-base)
	}
	<-after(20 * time.Second)
	stay := v.files() - base
	close(over)
	movers.Wait()
	all.Wait()
	return fmt.Sprintf("%d stood at once at most, %d after 20 s more", most, stay)
}

// manyCrawl: R7 for those who take their first view at a crawl.
func (v *venue) manyCrawl() string {
	base, over := v.files(), make(chan struct{})
	var all sync.WaitGroup
	for range 200 {
		c := v.sayHello(v.t, v.bad[0], v.event)
		all.Go(func() { v.trickle(c, over) })
	}
	stood := v.files() - base
	comes(v.t, "R7-crawl: sockets of one person", base+4+spare, v.files)
	stay := v.files() - base
	close(over)
	all.Wait()
	return fmt.Sprintf("%d stood at first, %d after 10 s", stood, stay)
}

// manySockets: R7. These read, so that nothing but their number is against them.
func (v *venue) manySockets() string {
	var mu sync.Mutex
	codes := map[int]int{}
	var open []net.Conn
	var all sync.WaitGroup
	for range 200 {
		c := v.sayHello(v.t, v.bad[0], v.event)
		_ = c.(*net.TCPConn).SetReadBuffer(1 << 20) // this one reads
		open = append(open, c)
		w := &wire{v.t, c, bufio.NewReader(io.MultiReader(strings.NewReader("HTTP/1.1 101"), c))}
		all.Go(func() {
			_, _ = http.ReadResponse(w.in, nil)
			code := w.over()
			mu.Lock()
			codes[code]++
			mu.Unlock()
		})
	}
	left := func() int { // who is in the middle of a first view may be cut off without a code
		mu.Lock()
		defer mu.Unlock()
		return 200 - codes[4504] - codes[1006]
	}
	comes(v.t, "R7: sockets of one person", 4, left)
	time.Sleep(3 * time.Second) // they really stay
	stay := left()
	if stay != 4 {
		v.t.Errorf("R7: %d stay, want 4", stay)
	}
	mu.Lock()
	told := codes[4504]
	mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
	all.Wait()
	return fmt.Sprintf("%d stay, %d are closed with 4504, the others cut off in their first view", stay, told)
}

// manyCommands: R8. Each is good, and as large as a command of the room can be.
func (v *venue) manyCommands() string {
	const people, each, spell = 10, 50, 20 * time.Second
	var acked, refused, other atomic.Int64
	began, worked := time.Now(), v.worked()
	v.many(people, func(i int) {
		b := v.bad[i]
		c := v.sayHello(v.t, b, v.event)
		_ = c.(*net.TCPConn).SetReadBuffer(1 << 20) // this one reads
		w := &wire{v.t, c, bufio.NewReader(io.MultiReader(strings.NewReader("HTTP/1.1 101"), c))}
		var home sync.WaitGroup
		home.Go(func() {
			_, _ = http.ReadResponse(w.in, nil)
			for {
				op, body, err := w.next()
				text := string(body)
				switch {
				case err != nil:
					return
				case op == 0x88:
					other.Add(1)
				case strings.HasPrefix(text, `{"t":"ack"`):
					acked.Add(1)
				case strings.HasPrefix(text, `{"t":"no"`) && strings.Contains(text, `"too_many"`):
					refused.Add(1)
				case strings.HasPrefix(text, `{"t":"no"`):
					other.Add(1)
				}
			}
		})
		pace := time.NewTicker(time.Second / each)
		defer pace.Stop()
		for n := range int(spell.Seconds()) * each {
			<-pace.C
			args := object{"card": card(b.name, "web", object{"homepage": "https://a.example/" + strings.Repeat("a", 1900), "line": mark(1_000_000 + n)})}
			_, _ = c.Write(textFrame(string(encode(object{"t": "do", "op": newOp(), "name": "card.change", "args": args}))))
		}
		comes(v.t, "R8: answers that are missing", 0, func() int {
			return int(min(1, max(0, int64(people*each)*int64(spell.Seconds())-acked.Load()-refused.Load()-other.Load())))
		})
		_ = c.Close()
		home.Wait()
	})
	share := 100 * (v.worked() - worked).Seconds() / time.Since(began).Seconds() / float64(runtime.NumCPU())
	if share > 20 {
		v.t.Errorf("R8: the server takes %.0f %% of the processors, want 20 at most", share)
	}
	if most := int64(people * (60 + 5*(int(time.Since(began).Seconds())+2))); acked.Load() > most || refused.Load() == 0 || other.Load() > 0 {
		v.t.Errorf("R8: %d passed, want %d at most, %d refused, %d otherwise", acked.Load(), most, refused.Load(), other.Load())
	}
	return fmt.Sprintf("%d passed, %d got `no` with `again`; the server took %.0f %% of the processors with the honest phones (bound 20)", acked.Load(), refused.Load(), share)
}

// comeAndGo: R12.
func (v *venue) comeAndGo() string {
	const pace, spell = 500, 30
	var all sync.WaitGroup
	var rss []int64
	began, tick := time.Now(), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for n := range spell * pace {
		if n%(pace/100) == 0 {
			<-tick.C
		}
		if n%pace == 0 {
			now, _ := v.memory()
			rss = append(rss, now)
		}
		all.Go(func() { _ = v.sayHello(v.t, v.bad[n%len(v.bad)], v.event).Close() })
	}
	all.Wait()
	rate := spell * pace / time.Since(began).Seconds()
	if rate < pace*9/10 {
		v.t.Errorf("R12: only %.0f a second", rate)
	}
	// Flat: the last third is where the second third was.
	second, last := slices.Max(rss[spell/3:2*spell/3]), slices.Max(rss[2*spell/3:])
	if last > second+8<<20 {
		v.t.Errorf("R12: from %d KiB to %d KiB between the second and the last ten seconds", second>>10, last>>10)
	}
	return fmt.Sprintf("%.0f a second for %d s; the most resident in each ten seconds: %d, %d, %d MiB", rate, spell, slices.Max(rss[:spell/3])>>20, second>>20, last>>20)
}
