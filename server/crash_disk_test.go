package main

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"goen/store/sqlite/powercut"
)

// faulty is a house on a disk that tests make full, or let a sync fail.
func faulty(t *testing.T) (h *house, full, bad *atomic.Bool) {
	full, bad = new(atomic.Bool), new(atomic.Bool)
	d, err := powercut.New(powercut.Config{On: func(a powercut.Act) powercut.Fault {
		switch {
		case a.Kind == powercut.Write && full.Load():
			return powercut.Full
		case a.Kind == powercut.Sync && bad.CompareAndSwap(true, false): // one
			return powercut.Error
		}
		return powercut.None
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return open(t, func(h *house) { h.hooks.disk = d.Name }), full, bad
}

// readiness waits until the server says so of itself, which it finds out once a
// second.
func (b *browser) readiness(want int) {
	b.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); b.get("/readyz").status != want; {
		select {
		case <-tick.C:
		case <-deadline:
			b.t.Fatalf("/readyz does not come to %d", want)
		}
	}
}

// A full disk refuses what would be written, with words for it, and nothing
// else; when there is room again the same things go through, once.
func TestFullDisk(t *testing.T) {
	h, full, _ := faulty(t)
	b := h.browser("host")
	event := b.host("crash", "open", card("佐藤 由美", "sharoshi"))
	host := b.phone(event).connect()
	host.do("need.post", object{"who": "税理士"})
	code := host.find("desk", "doors", nil)["code"]
	guest := h.browser("guest")
	join := object{"op": newOp(), "code": code, "card": card("高橋 大輔", "painting"), "terms": "2026-11"}

	full.Store(true)
	op := newOp()
	host.say(op, "need.post", object{"who": "塗装業の方"})
	if a := host.answer(op, "a need"); a.code != "disk.full" {
		t.Errorf("on a full disk a need is answered %v", a)
	}
	if a := guest.post("/api/join", join); a.status != http.StatusInsufficientStorage || a.code() != "disk.full" {
		t.Errorf("on a full disk somebody joins: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/healthz", "/api/me"} {
		if a := b.get(path); a.status != http.StatusOK {
			t.Errorf("on a full disk %s answers %d", path, a.status)
		}
	}
	b.readiness(http.StatusServiceUnavailable)
	host.fresh() // a new phone comes in and sees everything
	if n := len(host.all("room", "need")); n != 1 {
		t.Errorf("%d needs are shown, one was posted", n)
	}

	full.Store(false)
	delete(host.answers, op)
	host.say(op, "need.post", object{"who": "塗装業の方"})
	if a := host.answer(op, "the need again"); a.code != "ack" {
		t.Errorf("with room again the need is answered %v", a)
	}
	if a := guest.post("/api/join", join); a.status != http.StatusOK {
		t.Errorf("with room again somebody joins: %d %s", a.status, a.body)
	}
	b.readiness(http.StatusOK)
	h.restart()
	host.connect()
	host.find("room", "need", has("who", "塗装業の方"))
	host.fresh()
	if n := len(host.all("room", "need")); n != 2 {
		t.Errorf("%d needs are there after a restart, want 2", n)
	}
}

// After a failed sync nobody knows what is on the disk: nothing is acknowledged
// any more, everything can be read, and a new start goes on.
func TestFailedSync(t *testing.T) {
	h, _, bad := faulty(t)
	b := h.browser("host")
	event := b.host("crash", "open", card("佐藤 由美", "sharoshi"))
	host := b.phone(event).connect()
	host.do("need.post", object{"who": "税理士"})
	code := host.find("desk", "doors", nil)["code"]

	bad.Store(true)
	op := newOp()
	for range 2 { // the second time the disk is well
		delete(host.answers, op)
		host.say(op, "need.post", object{"who": "塗装業の方"})
		if a := host.answer(op, "a need"); a.code != "unavailable" {
			t.Errorf("after a failed sync a need is answered %v", a)
		}
	}
	join := object{"op": newOp(), "code": code, "card": card("高橋 大輔", "painting"), "terms": "2026-11"}
	if a := h.browser("guest").post("/api/join", join); a.status != http.StatusServiceUnavailable {
		t.Errorf("after a failed sync somebody joins: %d %s", a.status, a.body)
	}
	b.readiness(http.StatusServiceUnavailable)
	host.fresh()
	if n := len(host.all("room", "need")); n != 1 {
		t.Errorf("%d needs are shown, one was acknowledged", n)
	}

	h.restart()
	host.connect()
	delete(host.answers, op)
	host.say(op, "need.post", object{"who": "塗装業の方"})
	if a := host.answer(op, "the need again"); a.code != "ack" {
		t.Errorf("after a new start the need is answered %v", a)
	}
	host.fresh()
	if n := len(host.all("room", "need")); n != 2 {
		t.Errorf("%d needs are there after a new start, want 2", n)
	}
}
