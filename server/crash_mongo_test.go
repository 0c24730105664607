package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"goen/realtime"
	"goen/store/mongofake"
)

// The same over a network: a proxy stands between the program and a MongoDB (a
// stand-in for one), goes down, resets connections, swallows everything, is
// slow, and slices packets.
func TestMongoAway(t *testing.T) {
	fake, err := mongofake.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fake.Close() })
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "store", "127.0.0.1:0", fake.Addr())
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	uri := strings.Replace(fake.URI("goen"), fake.Addr(), proxy.Listen, 1)

	h := open(t, func(h *house) { h.config.store = uri })
	b := h.browser("host")
	event := b.host("crash", "open", card("佐藤 由美", "sharoshi"))
	host := b.phone(event).connect()
	asked := 0

	toxic := func(json string) func() {
		return func() {
			if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(json)); err != nil {
				t.Fatal(err)
			}
		}
	}
	const silent = `{"name":"silent","type":"timeout","attributes":{"timeout":0}}`
	well := func() { proxy.Toxics.ResetToxics(t.Context()) }
	start := func() {
		if err := proxy.Start(); err != nil {
			t.Fatal(err)
		}
	}
	for _, fault := range []struct {
		name       string
		begin, end func()
		away       bool
	}{
		{"down", proxy.Stop, start, true},
		{"connections are reset", toxic(`{"name":"reset","type":"reset_peer","attributes":{"timeout":0}}`), well, true},
		{"nothing is answered", toxic(silent), well, true},
		{"2 s of latency", toxic(`{"name":"slow","type":"latency","attributes":{"latency":2000}}`), well, false},
		{"packets are sliced", toxic(`{"name":"slicer","type":"slicer","attributes":{"average_size":3,"size_variation":2,"delay":10}}`), well, false},
	} {
		t.Run(fault.name, func(t *testing.T) {
			fault.begin()
			asked++
			op := newOp()
			say := func(times int) {
				host.mu.Lock()
				delete(host.answers, op)
				host.mu.Unlock()
				for range times {
					host.say(op, "entry.add", object{"trade": "web", "area": "船橋市", "label": fmt.Sprint(asked)})
				}
			}
			began := time.Now()
			say(1 + asked%5)
			first := host.answer(op, "an entry").code
			answered := time.Since(began)
			if want := map[bool]string{true: "unavailable", false: "ack"}[fault.away]; first != want {
				t.Errorf("an entry is answered %q, want %q", first, want)
			}
			if fault.away {
				b.readiness(http.StatusServiceUnavailable)
			}
			if a := b.get("/healthz"); a.status != http.StatusOK {
				t.Errorf("/healthz answers %d", a.status)
			}
			host.mu.Lock()
			if host.over != 0 {
				t.Errorf("the phone was closed with %d", host.over)
			}
			host.mu.Unlock()
			fault.end()
			back := time.Now()
			for code := first; code != "ack"; {
				if !again(code) {
					t.Fatalf("an entry is refused with %q", code)
				}
				<-time.After(retryAfter) // as a phone does,
				say(1)                   // and once for each answer: who says more soon has too much under way
				code = host.answer(op, "the entry again").code
			}
			t.Logf("answered %q after %v; accepted %v after it was well", first, answered.Round(time.Millisecond), time.Since(back).Round(time.Millisecond))
			host.never(op)
			b.readiness(http.StatusOK)
			host.until("the entry", func() bool { return len(host.allLocked("me", "entry")) >= asked })
			host.fresh()
			if n := len(host.all("me", "entry")); n != asked {
				t.Errorf("%d entries are there, want %d", n, asked)
			}
		})
	}
	// The program ends, though the store says nothing and a command is under way.
	toxic(silent)()
	host.say(newOp(), "entry.add", object{"trade": "web", "area": "船橋市", "label": "the last"})
	began := time.Now()
	h.close()
	t.Logf("ended after %v", time.Since(began).Round(time.Millisecond))
}

// never fails if an op was ever refused for good.
func (p *phone) never(op string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, frame := range p.frames {
		var no realtime.No
		if json.Unmarshal(frame, &no) == nil && no.T == "no" && no.Op == op && !no.Again {
			p.t.Errorf("refused for good: %s", frame)
		}
	}
}
