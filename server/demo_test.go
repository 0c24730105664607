package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"goen/realtime/crowd"
	"goen/realtime/event"
	"goen/realtime/trade"
)

// demoHouse is a hurried demo on a folder.
func demoHouse(t *testing.T, dir string) *house {
	c, _, err := readConfig([]string{"--listen", freeAddress(t), "--data", dir}, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, config: c, ended: make(chan error, 1)}
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	ready := make(chan string, 1)
	go func() {
		h.ended <- playDemo(ctx, c, hooks{out: &h.out, log: &h.log, ready: func(a string) { ready <- a }}, 0.02)
	}()
	select {
	case h.address = <-ready:
	case err := <-h.ended:
		t.Fatalf("the demo did not start: %v", err)
	case <-time.After(patience):
		t.Fatal("the demo did not start in time")
	}
	t.Cleanup(func() {
		if h.stop != nil {
			h.close()
		}
	})
	return h
}

// freeAddress: the demo's people come by the address that everybody is told,
// so it must be known beforehand.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// newcomer follows the way that the demo shows.
func newcomer(t *testing.T, h *house, as string) (p *crowd.Phone, path string) {
	p, err := crowd.NewPhone(h.config.url)
	if err != nil {
		t.Fatal(err)
	}
	var way struct{ Path string }
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) { // its people are still coming
		if err = p.Post(t.Context(), "/api/demo", object{"as": as}, &way); err == nil {
			return p, way.Path
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func waitFor(t *testing.T, p *crowd.Phone, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); p.Next(t.Context(), time.Second) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// A newcomer starts the demo, sees a living room, is the twenty-fifth in it, and
// takes the host's place.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	h := demoHouse(t, dir)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()

	guest, path := newcomer(t, h, "guest")
	id, secret, _ := strings.Cut(strings.TrimPrefix(path, "/j/"), "#")
	if err := guest.Post(ctx, "/api/join", object{
		"op": newOp(), "event": id, "secret": secret, "card": card("二十五 番", "npo"), "terms": event.ConsentVersion,
	}, nil); err != nil {
		t.Fatal(err)
	}
	go guest.Live(ctx, id)
	waitFor(t, guest, "twenty-five people", func() bool { return len(crowd.Views[event.PersonView](guest, "room", "person")) == 25 })
	waitFor(t, guest, "needs, some on behalf", func() bool {
		needs, behalf := crowd.Views[event.NeedView](guest, "room", "need"), 0
		for _, n := range needs {
			if n.Behalf != nil {
				behalf++
			}
		}
		return len(needs) >= 24 && behalf > 0
	})

	// The host sees it all happen: offers, askings, people who found each other,
	// and somebody who thanked.
	host, path := newcomer(t, h, "host")
	secret, ok := strings.CutPrefix(path, "/move#")
	if !ok {
		t.Fatalf("the way to the host's place is %q", path)
	}
	if err := host.Post(ctx, "/api/move/use", object{"op": newOp(), "secret": secret, "keep": true}, nil); err != nil {
		t.Fatal(err)
	}
	go host.Live(ctx, id)
	waitFor(t, host, "a round that somebody answered", func() bool {
		balance := crowd.Views[event.BalanceView](host, "desk", "balance")
		for _, n := range crowd.Views[event.NeedView](host, "room", "need") {
			if tr, ok := trade.Find(trade.ID(n.Trade)); ok && tr.Licensed && n.Behalf != nil {
				return len(balance) == 1 && len(balance[0].Bars) > 0
			}
		}
		return false
	})
	waitFor(t, host, "introductions that came about", func() bool {
		sums := crowd.Views[event.SumsView](host, "desk", "sums")
		return len(sums) == 1 && sums[0].Offers > 10 && sums[0].Connected > 2 && sums[0].Met > 0
	})
	waitFor(t, host, "two go-betweens who found each other", func() bool {
		couples := crowd.Views[event.CoupleView](host, "desk", "couple")
		return len(couples) > 0 && couples[0].Table > 0 && couples[0].A != couples[0].B
	})
	waitFor(t, host, "an acquaintance who was brought to somebody that wanted to help", func() bool {
		for _, c := range crowd.Views[event.CourseView](host, "desk", "course") {
			if c.Refers && c.Step != "offered" && c.Step != "ended" {
				return true
			}
		}
		return false
	})
	waitFor(t, host, "one that came to nothing", func() bool {
		for _, c := range crowd.Views[event.CourseView](host, "desk", "course") {
			if c.Step == "ended" {
				return true
			}
		}
		return false
	})
	leave()
	h.close()

	// It begins anew every time, and touches nothing that is not its own.
	again := demoHouse(t, dir)
	_, path = newcomer(t, again, "guest")
	if strings.Contains(path, id) {
		t.Error("the evening of the last demo is still there")
	}
	again.close()
	if err := os.Remove(filepath.Join(dir, "demo", demoFile)); err != nil {
		t.Fatal(err)
	}
	if err := playDemo(t.Context(), h.config, hooks{out: io.Discard, log: io.Discard}, 1); err == nil || !strings.Contains(err.Error(), "left alone") {
		t.Errorf("a folder that is not a demo's: %v", err)
	}
	h.config.store = "mongodb://localhost"
	if err := playDemo(t.Context(), h.config, hooks{out: io.Discard, log: io.Discard}, 1); err == nil {
		t.Error("a demo on a real store was not refused")
	}
}
