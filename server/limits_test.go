package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"goen/realtime"
)

// What attackers may cost (trust.md 7, R1-R8 and R12), small: siege_test.go has
// the sizes of the design. These hold counts and bytes, and no times. Attackers
// and server share a process, so the bounds hold both: an attacker here is a
// bare connection. None of them runs beside another test.

// running is how many goroutines have a function on their stack.
func running(function string) int {
	var b strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&b, 1)
	_, groups, _ := strings.Cut(b.String(), "\n") // behind the total
	n := 0
	for group := range strings.SplitSeq(groups, "\n\n") {
		if strings.Contains(group, function) {
			var many int
			_, _ = fmt.Sscanf(strings.TrimSpace(group), "%d @", &many)
			n += many
		}
	}
	return n
}

const (
	phoneServed   = "realtime.(*Conn).read+"
	requestServed = "net/http.(*conn).serve+"
)

// held is what this process holds, in bytes of heap and stacks.
func held() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// comes waits for a number to come down to what it should be.
func comes(t *testing.T, what string, most int, count func() int) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for now := count(); now > most; now = count() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: %d are left, want %d", what, now, most)
		}
		time.Sleep(20 * time.Millisecond) // between two looks; nothing else tells
	}
}

// within holds the growth of memory under a bound.
func within(t *testing.T, what string, before, most int64) {
	t.Helper()
	grown := held() - before
	t.Logf("%s: %+.1f MiB (bound %d MiB)", what, float64(grown)/(1<<20), most>>20)
	if grown > most {
		t.Errorf("%s: memory grew by %d KiB, want %d at most", what, grown>>10, most>>10)
	}
}

// gathering is an open evening with guests who are not connected.
func gathering(t *testing.T, guests int, change ...func(*house)) (h *house, event string, host *phone, all []*browser) {
	// The matcher's lexicon, read meanwhile, would be taken for memory of the attack.
	h = open(t, append(change, func(h *house) { h.hooks.noHints = true })...)
	b := h.browser("主催")
	event = b.host("大きな会", "open", card("主催", "npo"))
	host = b.phone(event).connect()
	code := host.find("desk", "doors", nil)["code"].(string)
	for i := range guests {
		g := h.browser(fmt.Sprint("客", i))
		// A long card, so that the room's first view is more than a socket holds.
		g.join(code, card(g.name, "web", object{"homepage": "https://a.example/" + strings.Repeat("a", 1900), "line": strings.Repeat("長", 80)}))
		all = append(all, g)
	}
	host.cut() // so that it has not been silent for long
	return h, event, host.connect(), all
}

// sayHello upgrades by hand and says hello; it reads twelve bytes and nothing
// more; its caller closes it. Where the person has too many sockets that were not greeted yet, it
// tries again.
func (h *house) sayHello(t *testing.T, b *browser, event string) net.Conn {
	t.Helper()
	for range 10_000 {
		c, err := net.Dial("tcp", h.address)
		if err != nil {
			t.Error(err)
			return c
		}
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		_, _ = io.WriteString(c, handshake("/ws/"+event, b.cookieHeader(), nil))
		head := make([]byte, len("HTTP/1.1 101"))
		switch _, err := io.ReadFull(c, head); {
		case err == nil && string(head) == "HTTP/1.1 101":
			_, _ = c.Write(textFrame(plainHello))
			return c
		case err != nil || string(head) != "HTTP/1.1 429":
			t.Errorf("no socket: %q %v", head, err)
			return c
		}
		_ = c.Close()
	}
	t.Error("no socket in 10,000 tries")
	return nil
}

// honest are phones that behave, one of each of these guests.
func honest(event string, guests []*browser) (all []*phone) {
	for _, g := range guests {
		all = append(all, g.phone(event).connect())
	}
	return all
}

// talk changes one's card and waits until the last of some phones has it, so
// many times; it tells how long that took.
func talk(t *testing.T, what string, from *phone, to []*phone, times int) {
	t.Helper()
	var took []time.Duration
	for range times {
		line := newOp()
		began := time.Now()
		from.do("card.change", object{"card": card(from.name, "web", object{"line": line})})
		for _, p := range to {
			p.find("room", "person", has("line", line))
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("%s: until the last of %d honest phones has a change: p50 %v, p95 %v", what, len(to), took[len(took)/2], took[len(took)*95/100])
}

// R1: phones that never read are dropped, and cost the others nothing.
func TestSiegeNeverReading(t *testing.T) {
	const good, bad, sockets = 2, 90, 2
	h, event, host, guests := gathering(t, good+bad, func(h *house) { h.hooks.limits = realtime.Limits{Write: 300 * time.Millisecond, Burst: 1000} })
	phones := honest(event, guests[:good])
	before, base := held(), running(phoneServed)
	for _, g := range guests[good:] {
		for range sockets {
			defer h.sayHello(t, g, event).Close()
		}
	}
	n := bad * sockets
	within(t, fmt.Sprintf("R1 with %d sockets that do not read, %d still there", n, running(phoneServed)-base), before, 90<<20)
	talk(t, "R1", phones[0], append(phones, host), 10)
	comes(t, "R1: sockets that do not read", base, func() int { return running(phoneServed) })
	talk(t, "R1, then", phones[0], append(phones, host), 5)
	phones[0].fresh()
}

// R2: connections on which nothing is asked keep nobody out.
func TestSiegeSilentConnections(t *testing.T) {
	h := open(t, func(h *house) { h.hooks.tune = func(s *http.Server) { s.ReadHeaderTimeout = time.Hour } })
	const n, most = 1500, 1024
	before, base := held(), running(requestServed)
	for i := range n {
		c, err := net.Dial("tcp", h.address)
		if err != nil {
			t.Fatal(i, err)
		}
		defer c.Close()
		if i%2 == 0 { // half a head is not asking either
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n")
		}
		if i%500 == 499 {
			if a := h.browser("x").get("/healthz"); a.status != 200 {
				t.Fatalf("after %d silent connections: %d %s", i, a.status, a.body)
			}
		}
	}
	comes(t, "R2: connections that ask nothing", base+most, func() int { return running(requestServed) })
	if now := running(requestServed) - base; now < most*9/10 {
		t.Errorf("R2: only %d of %d may stand there", now, most)
	}
	within(t, fmt.Sprintf("R2 with %d silent connections", n), before, 40<<20)
	h.restart() // and none of them holds up the end

	// Who has asked once and then stands there is no better.
	base = running(requestServed)
	for i := range n {
		w := h.wire(t)
		w.say(rawGet("/healthz"))
		if a := w.hear("GET"); a.status != 200 {
			t.Fatalf("number %d who asks was answered %d", i, a.status)
		}
	}
	comes(t, "R2: connections that asked once", base+most, func() int { return running(requestServed) })
	if now := running(requestServed) - base; now < most*9/10 {
		t.Errorf("R2: only %d of %d may rest there", now, most)
	}
}

// R3 and R4: heads and bodies that drip are cut off.
func TestSiegeSlowRequests(t *testing.T) {
	h := open(t, func(h *house) {
		h.hooks.tune = func(s *http.Server) {
			if s.ReadHeaderTimeout != 5*time.Second || s.ReadTimeout != 10*time.Second {
				t.Errorf("a head may take %v, a body %v", s.ReadHeaderTimeout, s.ReadTimeout)
			}
			s.ReadHeaderTimeout, s.ReadTimeout = 300*time.Millisecond, 600*time.Millisecond
		}
	})
	var all sync.WaitGroup
	for i := range 40 {
		start, rest := "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", strings.Repeat("a", 10<<10)+"\r\n\r\n"
		if i%2 == 1 {
			start, rest = rawPost("/api/lobby", "", "", "Content-Length: 10240"), strings.Repeat(" ", 10<<10)
		}
		w := h.wire(t)
		ended := make(chan struct{})
		all.Go(func() {
			w.say(start)
			drip := time.NewTicker(20 * time.Millisecond)
			defer drip.Stop()
			for j := range rest {
				select {
				case <-ended:
					return
				case <-drip.C:
					w.say(rest[j : j+1])
				}
			}
			t.Errorf("connection %d dripped to its end", i)
		})
		all.Go(func() {
			defer close(ended)
			if a := w.hear("GET"); a.status != 0 && a.status < 400 {
				t.Errorf("connection %d got %d %s", i, a.status, a.body)
			}
			_, _ = io.Copy(io.Discard, w.in) // until it is cut
		})
	}
	all.Wait()
	if a := h.browser("x").get("/healthz"); a.status != 200 {
		t.Errorf("then: %d", a.status)
	}
}

// R5: a message that is too large is refused for what its head says. Nothing of
// its body is sent here, so nothing of it was read.
func TestSiegeLargeFrames(t *testing.T) {
	h, event, _, guests := gathering(t, 1)
	mega := []byte{0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4}
	piece := func(first byte, n int) []byte { return frame(first, []byte(strings.Repeat(" ", n))) }
	fifth := append(append(append(append(piece(0x01, 1024), piece(0, 1024)...), piece(0, 1024)...), piece(0, 1024)...), 0x00, 0x81, 1, 2, 3, 4)
	for what, bytes := range map[string][]byte{"one of 1 MiB": mega, "one byte after 4 KiB": fifth} {
		w := h.wire(t)
		w.say(handshake("/ws/"+event, guests[0].cookieHeader(), nil))
		if resp, err := http.ReadResponse(w.in, nil); err != nil || resp.StatusCode != 101 {
			t.Fatal(resp, err)
		}
		w.say(string(textFrame(plainHello)), string(bytes))
		if code := w.over(); code != 1009 {
			t.Errorf("%s: closed with %d", what, code)
		}
		w.Close()
	}
}

// R6: who has no cookie gets no socket and leaves nothing behind.
func TestSiegeUpgradesWithoutCookie(t *testing.T) {
	h, event, _, _ := gathering(t, 0)
	before, base, n := held(), runtime.NumGoroutine(), 500
	var tries atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for tries.Add(1) <= int64(n) {
				if a := h.raw(t, handshake("/ws/"+event, "", nil)); a.status != 401 {
					t.Errorf("answered %d %s", a.status, a.body)
				}
			}
		})
	}
	all.Wait()
	comes(t, "R6: goroutines", base+3, runtime.NumGoroutine)
	within(t, fmt.Sprintf("R6 after %d tries", n), before, 16<<20) // the log of the test is in there
}

// R7: of many sockets of one person the four youngest stay, and of those that
// say no hello only a few are let in.
func TestSiegeManySockets(t *testing.T) {
	h, event, host, guests := gathering(t, 2)
	base := running(phoneServed)
	before := held()
	for range 200 {
		defer h.sayHello(t, guests[0], event).Close()
	}
	comes(t, "R7: sockets of one person", base+4, func() int { return running(phoneServed) })
	if stay := running(phoneServed) - base; stay != 4 {
		t.Errorf("R7: %d stay, want 4", stay)
	}
	refused := 0
	for range 200 {
		w := h.wire(t)
		w.say(handshake("/ws/"+event, guests[0].cookieHeader(), nil))
		switch resp, err := http.ReadResponse(w.in, nil); {
		case err != nil:
			t.Fatal(err)
		case resp.StatusCode == 429:
			refused++
		case resp.StatusCode != 101:
			t.Errorf("R7: answered %d", resp.StatusCode)
		}
	}
	if refused < 190 {
		t.Errorf("R7: only %d of 200 that say no hello are refused", refused)
	}
	within(t, "R7 with 400 sockets tried", before, 8<<20)
	talk(t, "R7", guests[1].phone(event).connect(), []*phone{host}, 1)
}

// R8: commands beyond the pace are refused so that they may come again later,
// over all sockets and HTTP together, and nobody else notices.
func TestSiegeManyCommands(t *testing.T) {
	const burst = 60
	h, event, host, guests := gathering(t, 11, func(h *house) { h.hooks.limits = realtime.Limits{Burst: burst, PerSecond: 1e-6} })
	other := guests[10].phone(event).connect()
	// A guest has joined: that was one command of theirs.
	for _, g := range guests[:10] {
		one, two := h.sayHello(t, g, event), h.sayHello(t, g, event)
		defer one.Close()
		defer two.Close()
		passed, refused := 0, 0
		lines := map[net.Conn]*wire{}
		for _, c := range []net.Conn{one, two} {
			w := &wire{t, c, bufio.NewReader(io.MultiReader(strings.NewReader("HTTP/1.1 101"), c))}
			_ = c.SetDeadline(time.Now().Add(patience))
			if resp, err := http.ReadResponse(w.in, nil); err != nil || resp.StatusCode != 101 {
				t.Fatal(resp, err)
			}
			lines[c] = w
		}
		ask := func(c net.Conn) string {
			_, _ = c.Write(textFrame(`{"t":"do","op":"` + newOp() + `","name":"need.close","args":{"need":"x"}}`))
			for {
				op, body, err := lines[c].next()
				if err != nil || op == 0x88 {
					return ""
				}
				if strings.HasPrefix(string(body), `{"t":"no"`) {
					return string(body)
				}
			}
		}
		for i := range burst + 40 {
			switch no := ask([]net.Conn{one, two}[i%2]); {
			case strings.Contains(no, `"not_found"`):
				passed++
			case strings.Contains(no, `"too_many"`) && strings.HasSuffix(no, `"again":true}`):
				refused++
			default:
				t.Fatalf("answered %s", no)
			}
		}
		if passed != burst-1 || refused != 41 {
			t.Errorf("R8: %d passed and %d were refused, want %d and 41", passed, refused, burst-1)
		}
		if a := g.post("/api/events/"+event+"/erase", object{"op": newOp()}); a.status != 429 || a.code() != "too_many" {
			t.Errorf("R8: over HTTP: %d %s", a.status, a.body)
		}
		closed := false
		for range 300 { // who goes on and on is put out
			if closed = ask(one) == ""; closed {
				break
			}
		}
		if !closed {
			t.Error("R8: who sends without end stays")
		}
	}
	talk(t, "R8", other, []*phone{host}, 3)
}

// R12: phones that come and go leave nothing behind.
func TestSiegeComingAndGoing(t *testing.T) {
	h, event, host, guests := gathering(t, 41, func(h *house) { h.hooks.limits.Burst = 1000 })
	phones := honest(event, guests[40:])
	storm := func(n int) {
		var all sync.WaitGroup
		var tries atomic.Int64
		for i := range 8 {
			all.Go(func() {
				for j := i; tries.Add(1) <= int64(n); j += 8 {
					_ = h.sayHello(t, guests[j%40], event).Close()
				}
			})
		}
		all.Wait()
	}
	base := running(phoneServed)
	gone := func() int { return running(phoneServed) }
	storm(200)
	comes(t, "R12: after some", base, gone)
	before := held()
	began, n, over := time.Now(), 600, make(chan struct{})
	go func() {
		defer close(over)
		storm(n)
		t.Logf("R12: %.0f connects and closes a second", float64(n)/time.Since(began).Seconds())
	}()
	talk(t, "R12", phones[0], append(phones, host), 5)
	<-over
	comes(t, "R12: phones that went", base, gone)
	for _, p := range append(phones, host) { // the test's own
		p.mu.Lock()
		p.frames = nil
		p.mu.Unlock()
	}
	within(t, fmt.Sprintf("R12 after %d", n), before, 6<<20)
	talk(t, "R12, then", phones[0], append(phones, host), 3)
}
