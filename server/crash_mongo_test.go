package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"goen/store/mongofake"
)

// The same over a network: a proxy stands between the program and a MongoDB (a
// stand-in for one), goes down, is slow, and slices packets.
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
		{"2 s of latency", toxic(`{"name":"slow","type":"latency","attributes":{"latency":2000}}`), well, false},
		{"packets are sliced", toxic(`{"name":"slicer","type":"slicer","attributes":{"average_size":3,"size_variation":2,"delay":10}}`), well, false},
	} {
		t.Run(fault.name, func(t *testing.T) {
			fault.begin()
			asked++
			op, times := newOp(), 1+asked%5
			say := func() {
				host.mu.Lock()
				delete(host.answers, op)
				host.mu.Unlock()
				for range times {
					host.say(op, "entry.add", object{"trade": "web", "area": "船橋市", "label": fault.name})
				}
			}
			say()
			first := host.answer(op, "an entry").code
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
				say()
				code = host.answer(op, "the entry again").code
			}
			t.Logf("answered %q; accepted %v after it was well", first, time.Since(back).Round(time.Millisecond))
			b.readiness(http.StatusOK)
			host.until("the entry", func() bool { return len(host.allLocked("me", "entry")) >= asked })
			host.fresh()
			if n := len(host.all("me", "entry")); n != asked {
				t.Errorf("%d entries are there, want %d", n, asked)
			}
		})
	}
}
