package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// Wrong door codes are few, and nobody else pays for them.
func TestHostileGuesses(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	lobby := func(key object) answer { return s.house.browser("x").post("/api/lobby", key) }
	qr, code := object{"event": s.event, "secret": s.secret}, object{"code": s.code}
	s.unchanged(t, func() {
		for range 40 { // an old QR on the wall, read by a whole room, shuts nobody out
			s.refuse(t, "a wrong QR", 404, func() answer { return lobby(object{"event": s.event, "secret": newOp()}) })
		}
		for i := range 30 {
			s.refuse(t, fmt.Sprint("wrong code ", i), 404, func() answer { return lobby(object{"code": fmt.Sprintf("2222-%04d", 2222+i)}) })
			if a := lobby(code); i < 29 && a.status != 200 {
				t.Fatalf("the right code after %d wrong ones: %d", i+1, a.status)
			}
		}
		a := s.refuse(t, "D05 the 31st", 429, func() answer { return lobby(object{"code": "2222-9999"}) })
		if a.header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
		s.refuse(t, "D05 the right code then", 429, func() answer { return lobby(code) })
		s.refuse(t, "D05 with a forged address", 429, func() answer {
			return s.house.browser("x").send("POST", "/api/lobby", "application/json", encode(code), func(r *http.Request) {
				r.Header.Set("X-Forwarded-For", "203.0.113.7")
				r.Header.Set("X-Real-IP", "203.0.113.8")
				r.Header.Set("Forwarded", "for=203.0.113.9")
			})
		})
		if a := lobby(qr); a.status != 200 {
			t.Errorf("a QR then: %d %s", a.status, a.body)
		}
	})
	in := s.house.browser("QRの人")
	if a := in.post("/api/join", object{"op": newOp(), "event": s.event, "secret": s.secret, "card": card("QRの人", "web"), "terms": "2026-11"}); a.status != 200 {
		t.Errorf("joining by QR then: %d %s", a.status, a.body)
	}
	s.clock.set(s.clock.now().Add(10 * time.Minute))
	if a := lobby(code); a.status != 200 {
		t.Errorf("ten minutes later: %d %s", a.status, a.body)
	}

	t.Run("120 a minute from everywhere", func(t *testing.T) {
		h := besiege(t, func(h *house) {
			var err error
			if h.config, _, err = readConfig([]string{"--listen", "127.0.0.1:0", "--url", origin, "--data", h.config.data, "--proxies", "127.0.0.0/8"}, nil, nil); err != nil {
				t.Fatal(err)
			}
		})
		from := func(i int, key object) answer {
			return h.house.browser("x").send("POST", "/api/lobby", "application/json", encode(key), func(r *http.Request) {
				r.Header.Set("X-Forwarded-For", fmt.Sprintf("2001:db8:0:%x::%x", i/5, i))
			})
		}
		for i := range 120 {
			if a := from(i, object{"code": "2222-2222"}); a.status != 404 {
				t.Fatalf("wrong code %d: %d %s", i, a.status, a.body)
			}
		}
		h.refuse(t, "the 121st", 429, func() answer { return from(120, object{"code": h.code}) })
		h.clock.set(h.clock.now().Add(time.Minute))
		for i := range 25 { // a /64 is one address
			from(i%5, object{"code": fmt.Sprintf("3333-%04d", 2222+i)})
		}
		h.refuse(t, "a network of /64", 429, func() answer { return from(4, object{"code": h.code}) })
		if a := from(99, object{"code": h.code}); a.status != 200 {
			t.Errorf("another network: %d %s", a.status, a.body)
		}
	})
}

// One browser has five tries, and then waits longer and longer; others at the
// same address do not, nor does the QR.
func TestHostileGuessesOfOneBrowser(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	b := s.house.browser("間違える人")
	typed := func(b *browser, code string) answer { return b.post("/api/lobby", object{"code": code}) }
	wrong := func() answer { return typed(b, "2222-ZZZZ") }
	s.unchanged(t, func() {
		for i := range 5 {
			s.refuse(t, fmt.Sprint("wrong code ", i), 404, wrong)
		}
		if name := "__Host-goen-tries"; len(b.cookies) != 1 || len(b.cookies[name]) != 22 {
			t.Errorf("the browser got %v", b.cookies)
		}
		for i, wait := range []int{30, 60, 120, 240, 480, 600, 600} {
			a := s.refuse(t, fmt.Sprint("wait ", i), 429, wrong)
			if a.header.Get("Retry-After") != fmt.Sprint(wait) {
				t.Errorf("wait %d is %s s, want %d", i, a.header.Get("Retry-After"), wait)
			}
			s.refuse(t, "the right code while waiting", 429, func() answer { return typed(b, s.code) })
			if a := typed(s.house.browser("隣の人"), s.code); a.status != 200 {
				t.Errorf("somebody else at the same address: %d", a.status)
			}
			if a := b.post("/api/lobby", object{"event": s.event, "secret": s.secret}); a.status != 200 {
				t.Errorf("the QR: %d", a.status)
			}
			s.clock.set(s.clock.now().Add(time.Duration(wait)*time.Second - time.Second))
			s.refuse(t, "a second too early", 429, wrong)
			s.clock.set(s.clock.now().Add(time.Second))
			if a := typed(b, s.code); a.status != 200 {
				t.Errorf("after wait %d: %d", i, a.status)
			}
			s.refuse(t, "a wrong one again", 404, wrong)
		}
		// Its number is only looked at if it has the form of one.
		odd := s.house.browser("x")
		odd.cookies["__Host-goen-tries"] = "x"
		s.refuse(t, "a number that is none", 404, func() answer { return typed(odd, "2222-2222") })
		if len(odd.cookies["__Host-goen-tries"]) != 22 {
			t.Errorf("it keeps %v", odd.cookies)
		}
	})
	s.clock.set(s.clock.now().Add(time.Hour + time.Second))
	typed(s.house.browser("x"), "2222-2222") // old ones are forgotten at the next wrong code
	for i := range 4 {
		wellRefused(t, fmt.Sprint("an hour later, wrong code ", i), wrong(), 404)
	}
	// Who is signed in is known by that, and gets no other number.
	host := s.roles["host"].clone()
	for range 5 {
		typed(host, "2222-2222")
	}
	if a := host.post("/api/events/"+s.event+"/screens", object{"code": "2222-2222"}); a.status != 429 || len(host.cookies) != 1 {
		t.Errorf("a host's sixth wrong code: %d with %v", a.status, host.cookies)
	}
}
