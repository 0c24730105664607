package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"goen/store"
)

// away is a store that a network leads to: it goes away, gets slow, and loses
// answers.
type away struct {
	store.Store
	mu    sync.Mutex
	back  chan struct{} // open while it is away
	slow  time.Duration
	lossy bool // says that it does not know, having done it
}

var errAway = errors.New("no route to the store")

func (a *away) set(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

func (a *away) leave() { a.set(func() { a.back = make(chan struct{}) }) }
func (a *away) come()  { a.set(func() { close(a.back); a.back = nil }) }

// reach waits as slow as the way is; an error if there is none.
func (a *away) reach(ctx context.Context) error {
	a.mu.Lock()
	gone, slow := a.back != nil, a.slow
	a.mu.Unlock()
	if gone {
		return errAway
	}
	select {
	case <-time.After(slow):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *away) Append(ctx context.Context, run ...store.Record) error {
	if err := a.reach(ctx); err != nil {
		return errors.Join(store.ErrUnknown, err)
	}
	err := a.Store.Append(ctx, run...)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lossy && err == nil {
		a.lossy = false
		return store.ErrUnknown
	}
	return err
}

func (a *away) Read(ctx context.Context, stream string, after int64, f func(store.Record) error) error {
	if err := a.reach(ctx); err != nil {
		return err
	}
	return a.Store.Read(ctx, stream, after, f)
}

func (a *away) Claim(ctx context.Context, name, owner string, until time.Time) (string, error) {
	if err := a.reach(ctx); err != nil {
		return "", errors.Join(store.ErrUnknown, err)
	}
	return a.Store.Claim(ctx, name, owner, until)
}

func (a *away) Holder(ctx context.Context, name string) (string, error) {
	if err := a.reach(ctx); err != nil {
		return "", err
	}
	return a.Store.Holder(ctx, name)
}

func (a *away) Key(ctx context.Context, id string) ([]byte, error) {
	if err := a.reach(ctx); err != nil {
		return nil, err
	}
	return a.Store.Key(ctx, id)
}

// While the store is away the program is up: phones keep what they have, what
// they send is refused for now and not for good, and goes through soon after
// the store is back, once.
func TestStoreAway(t *testing.T) {
	var a *away
	h := open(t, func(h *house) {
		h.hooks.wrap = func(s store.Store) store.Store { a = &away{Store: s}; return a }
	})
	b := h.browser("host")
	event := b.host("crash", "open", card("佐藤 由美", "sharoshi"))
	host := b.phone(event).connect()
	host.do("need.post", object{"who": "税理士"})
	code := host.find("desk", "doors", nil)["code"].(string)
	guest := h.browser("guest")
	guest.join(code, card("高橋 大輔", "painting"))
	phone := guest.phone(event).connect()
	phone.find("room", "need", nil)

	for _, fault := range []string{"away", "slow", "loses the answer"} {
		t.Run(fault, func(t *testing.T) {
			ops := []string{newOp(), newOp()}
			say := func() {
				for _, op := range ops {
					for range 3 {
						phone.say(op, "entry.add", object{"trade": "web", "area": "船橋市", "label": fault})
					}
				}
			}
			before := len(phone.all("me", "entry"))
			switch fault {
			case "away":
				a.leave()
				say()
				for _, op := range ops {
					if got := phone.answer(op, "an entry"); got.code != "unavailable" {
						t.Errorf("without a store an entry is answered %v", got)
					}
				}
				b.readiness(http.StatusServiceUnavailable)
				if got := b.get("/healthz"); got.status != http.StatusOK {
					t.Errorf("without a store /healthz answers %d", got.status)
				}
				if n := len(phone.all("room", "need")); n != 1 || phone.over != 0 {
					t.Errorf("without a store the phone shows %d needs; socket %d", n, phone.over)
				}
				a.come()
				came := time.Now()
				phone.mu.Lock()
				clear(phone.answers)
				phone.mu.Unlock()
				say()
				for _, op := range ops {
					if got := phone.answer(op, "the entry again"); got.code != "ack" {
						t.Errorf("with the store back an entry is answered %v", got)
					}
				}
				t.Logf("accepting again after %v", time.Since(came))
				b.readiness(http.StatusOK)
			case "slow":
				a.set(func() { a.slow = 200 * time.Millisecond })
				say()
				for _, op := range ops {
					if got := phone.answer(op, "an entry"); got.code != "ack" {
						t.Errorf("with a slow store an entry is answered %v", got)
					}
				}
				a.set(func() { a.slow = 0 })
			case "loses the answer":
				a.set(func() { a.lossy = true })
				say()
				for _, op := range ops {
					if got := phone.answer(op, "an entry"); got.code != "ack" {
						t.Errorf("after a lost answer an entry is answered %v", got)
					}
				}
			}
			phone.until("all entries", func() bool { return len(phone.allLocked("me", "entry")) >= before+len(ops) })
			host.fresh()
			phone.fresh()
			if n := len(phone.all("me", "entry")); n != before+len(ops) {
				t.Errorf("%d entries are there, want %d", n, before+len(ops))
			}
		})
	}
}
