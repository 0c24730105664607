package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Section D: joining and sessions.

func TestHostileDoors(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	me := card("来る人", "web")
	join := func(role string, more object) answer {
		body := object{"op": newOp(), "code": s.code, "card": me, "terms": "2026-11"}
		for k, v := range more {
			body[k] = v
			if v == nil {
				delete(body, k)
			}
		}
		return s.roles[role].clone().post("/api/join", body)
	}
	var wrong []byte // all wrong keys get these bytes
	same := func(what string, a answer) {
		t.Helper()
		if wrong == nil {
			wrong = a.body
		}
		if string(a.body) != string(wrong) {
			t.Errorf("%s answers %s, others %s", what, a.body, wrong)
		}
	}
	old, oldSecret := s.code, s.secret
	// The code of an evening that was begun and never opened.
	if _, err := s.vault.Claim(t.Context(), "code.ZZZZZZZZ", newOp(), s.clock.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.unchanged(t, func() {
		for what, key := range map[string]object{
			"D01 unknown code": {"code": "2222-2222"}, "D03 a code of what is not open": {"code": "ZZZZ-ZZZZ"}, "D08 a code and an event": {"code": "2222-2222", "event": s.event}, "D02 a code of symbols that no code has": {"code": "0OI1-0OI1"}, "D02 too short": {"code": "ABC"}, "D02 too long": {"code": strings.Repeat("A", 100)},
			"D02 a code and lines": {"code": old + "\n"}, "D06 no key": {"code": nil}, "D06 another event's id": {"code": nil, "event": s.other, "secret": s.secret},
			"D06 no secret": {"code": nil, "event": s.event}, "D06 a wrong secret": {"code": nil, "event": s.event, "secret": newOp()},
			"D06 an event that is none": {"code": nil, "event": "../../etc", "secret": s.secret}, "D06 a long event": {"code": nil, "event": strings.Repeat("a", 1000), "secret": s.secret},
			"D06 a long secret": {"code": nil, "event": s.event, "secret": strings.Repeat("a", 1000)},
		} {
			same(what, s.refuse(t, what, 404, func() answer { return join("nobody", key) }))
			delete(key, "x")
			lobby := object{}
			for k, v := range key {
				if v != nil {
					lobby[k] = v
				}
			}
			same(what+" at the lobby", s.refuse(t, what, 404, func() answer { return s.house.browser("x").post("/api/lobby", lobby) }))
		}
		s.refuse(t, "D07 an operator for a code", 400, func() answer { return join("nobody", object{"code": object{"$ne": nil}}) })
		s.refuse(t, "D07 an operator for a code", 400, func() answer { return join("nobody", object{"code": object{"$ne": "x"}}) })
		s.refuse(t, "D11 no consent", 422, func() answer { return join("nobody", object{"terms": nil}) })
		s.refuse(t, "D11 an empty consent", 422, func() answer { return join("nobody", object{"terms": ""}) })
		s.refuse(t, "D11 a long consent", 422, func() answer { return join("nobody", object{"terms": strings.Repeat("x", 41)}) })
		s.refuse(t, "D12 who is in already", 409, func() answer { return join("attendee", nil) })
		s.refuse(t, "D12 who waits already", 409, func() answer { return join("waiting", nil) })
		s.refuse(t, "D15 who was removed", 403, func() answer { return join("removed", nil) })
		for _, op := range []string{"", "x", strings.Repeat("A", 21), strings.Repeat("A", 23), strings.Repeat("A", 10<<10), strings.Repeat("A", 21) + "B", "AAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAA/AAAAAAAAAA"} {
			s.refuse(t, "E25 op "+op[:min(len(op), 23)], 400, func() answer { return join("nobody", object{"op": op}) })
		}
	})

	t.Run("D09 keys from before a rotation", func(t *testing.T) {
		s.roles["host"].post("/api/events/"+s.event+"/code", object{"op": newOp()}).into(t, &object{})
		s.readKeys()
		same("D09 the old code", s.refuse(t, "D09", 404, func() answer { return join("nobody", object{"code": old}) }))
		same("D09 the old QR", s.refuse(t, "D09", 404, func() answer { return join("nobody", object{"code": nil, "event": s.event, "secret": oldSecret}) }))
	})

	t.Run("D13 closed doors", func(t *testing.T) {
		s.host.do("doors.set", object{"doors": "closed"})
		s.unchanged(t, func() { s.refuse(t, "D13", 403, func() answer { return join("nobody", nil) }) })
		s.host.do("doors.set", object{"doors": "open"})
	})

	t.Run("D21 a cookie that somebody else chose", func(t *testing.T) {
		name, _, _ := strings.Cut(s.roles["host"].cookieHeader(), "=")
		fixed := strings.Repeat("f", 44)
		b := s.house.browser("固定された人")
		b.cookies[name] = fixed
		a := b.post("/api/join", object{"op": newOp(), "code": s.code, "card": me, "terms": "2026-11"})
		if a.status != 200 || b.cookies[name] == fixed {
			t.Fatalf("joined with %d under %q", a.status, b.cookies[name])
		}
		wellBaked(t, a)
		thief := s.house.browser("泥棒")
		thief.cookies[name] = fixed
		s.refuse(t, "the fixed cookie", 401, func() answer { return thief.get("/api/events/" + s.event + "/contacts.csv") })
	})

	t.Run("D14 the keys of a closed event", func(t *testing.T) {
		s.host.do("event.close", nil)
		same("a closed event", s.refuse(t, "D14", 404, func() answer { return join("nobody", nil) }))
	})
}

// wellBaked holds the cookies of an answer to trust.md 1.3.
func wellBaked(t *testing.T, a answer) {
	t.Helper()
	lines := a.header.Values("Set-Cookie")
	if len(lines) == 0 {
		t.Error("no cookie came")
	}
	for _, line := range lines {
		parts := strings.Split(line, "; ")
		if !strings.HasPrefix(line, "__Host-goen") || strings.Contains(line, "Domain") {
			t.Errorf("cookie %s", line)
		}
		for _, want := range []string{"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !slices.Contains(parts, want) {
				t.Errorf("the cookie %s lacks %s", line, want)
			}
		}
	}
}

func TestHostileSessions(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	name, token, _ := strings.Cut(s.roles["attendee"].cookieHeader(), "=")
	screen, _, _ := strings.Cut(s.roles["screen"].cookieHeader(), "=")
	if name != "__Host-goen" || screen != "__Host-goen-screen" || len(token) < 43 {
		t.Errorf("cookies %s (%d characters) and %s", name, len(token), screen)
	}
	wellBaked(t, s.house.browser("x").post("/api/screen", object{}))
	paths := []string{"/api/events/" + s.event + "/contacts.csv", "/api/events/" + s.event + "/contacts.vcf", "/ws/" + s.event}
	with := func(path, cookie string) answer {
		return s.house.browser("x").send("GET", path, "", nil, func(r *http.Request) {
			r.Header.Set("Origin", origin)
			r.Header.Set("Cookie", cookie)
		})
	}
	s.unchanged(t, func() {
		for what, cookie := range map[string]string{
			"D18 none": "", "D19 one byte": name + "=x", "D19 4 KiB": name + "=" + strings.Repeat("A", 4<<10), "D19 no base64url": name + "=!!!" + token[3:], "D19 quoted": name + `="` + token + `x"`,
			"D19 one short": name + "=" + token[1:], "D19 one longer": name + "=" + token + "A", "D19 in the other case": name + "=" + strings.ToLower(token), "D19 under another name": "goen=" + token,
			"D20 a screen's for a person's": name + "=" + strings.TrimPrefix(s.roles["screen"].cookieHeader(), screen+"="),
			"D20 a person's for a screen's": screen + "=" + token, "D20 the hash that is stored": name + "=s." + strings.Repeat("0", 64),
		} {
			for _, path := range paths {
				s.refuse(t, what+" at "+path, 401, func() answer { return with(path, cookie) })
			}
			s.refuse(t, what+" as a screen", 401, func() answer { return with("/ws/"+s.event+"?as=screen", cookie) })
		}
		s.refuse(t, "D20 a screen of another event", 401, func() answer { return with("/ws/"+s.other+"?as=screen", s.roles["screen"].cookieHeader()) })
		for _, path := range append(paths, "/api/me") {
			s.refuse(t, "A09 two sessions at "+path, 400, func() answer { return with(path, name+"="+token+"; "+name+"=x") })
		}
	})

	t.Run("signed out is out, sockets too", func(t *testing.T) {
		b := s.b.browser.clone()
		if a := s.b.browser.clone().post("/api/signout", object{}); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		s.b.until("the end of the socket", func() bool { return s.b.over == 4500 })
		s.refuse(t, "the old cookie", 401, func() answer { return b.get(paths[0]) })
	})

	t.Run("D17 an expired cookie", func(t *testing.T) {
		s.clock.set(s.clock.now().Add(201 * 24 * time.Hour))
		before := s.vault.count()
		a := s.roles["attendee"].clone().get(paths[0])
		if wellRefused(t, "D17", a, 401); s.vault.count() != before {
			t.Logf("the clock moved: %q", s.vault.since(before))
		}
	})
}

// A whole room stands behind one address: all of it gets in.
func TestHostileCrowdIsWelcome(t *testing.T) {
	t.Parallel()
	h := open(t)
	host := h.browser("主催")
	// An event holds 300 people: 299 guests and their host. One more opens the next.
	full := host.host("満員の会", "open", card("主催", "npo"))
	p := host.phone(full).connect()
	doors := p.find("desk", "doors", nil)
	guests := make([]*browser, 299)
	for i := range guests {
		guests[i] = h.browser(fmt.Sprint("客", i))
		if standing := guests[i].join(doors["code"].(string), card(fmt.Sprint("客", i), "web")); standing != "present" {
			t.Fatalf("guest %d is %q", i, standing)
		}
	}
	a := h.browser("301").post("/api/join", object{"op": newOp(), "code": doors["code"], "card": card("301人目", "web"), "terms": "2026-11"})
	wellRefused(t, "the 301st person", a, 429)
	if a.code() != "limit.attendees" {
		t.Errorf("the 301st person: %s", a.body)
	}
	for i, b := range guests {
		q := b.phone(full)
		ws, resp, err := q.dial()
		if err != nil {
			t.Fatalf("socket %d: %v %v", i, err, resp)
		}
		defer ws.Close()
		if err := ws.WriteJSON(object{"t": "hello", "v": 1}); err != nil {
			t.Fatal(err)
		}
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		if _, b, err := ws.ReadMessage(); err != nil || !strings.Contains(string(b), `"t":"hello"`) {
			t.Fatalf("socket %d: %s %v", i, b, err)
		}
	}
}
