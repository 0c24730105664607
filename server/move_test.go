package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"goen/realtime"
	"goen/store"
)

// A person goes on in another browser: 別の端末で開く.

type moveKey struct {
	Secret, Code string
	Until        int64
}

func (b *browser) moveOut() (k moveKey) {
	b.t.Helper()
	b.post("/api/move", object{}).into(b.t, &k)
	return k
}

func (b *browser) moveIn(k object) answer {
	b.t.Helper()
	body := object{"op": newOp(), "keep": true}
	for name, v := range k {
		body[name] = v
	}
	return b.post("/api/move/use", body)
}

func (b *browser) titles() string {
	b.t.Helper()
	var me struct {
		Host   bool
		Events []struct{ Title, Standing string }
	}
	b.get("/api/me").into(b.t, &me)
	return fmt.Sprint(me)
}

func TestMove(t *testing.T) {
	var claims *vault
	h := open(t, func(h *house) {
		h.hooks.wrap = func(s store.Store) store.Store { claims = &vault{Store: s}; return claims }
	})
	c := reception(t, h)
	c.sato.do("entry.add", object{"trade": "zeirishi", "label": "先生"})
	mine := c.sato.titles()

	// By link, and both stay.
	k := c.sato.moveOut()
	if k.Until != h.clock.now().Add(10*time.Minute).UnixMilli() || len(k.Code) != 9 || len(k.Secret) != 22 {
		t.Errorf("the key is %+v", k)
	}
	safari := h.browser("佐藤の Safari")
	looked := safari.post("/api/move/look", object{"secret": k.Secret})
	if !strings.Contains(string(looked.body), "第12回 船橋ご縁交流会") || strings.Contains(string(looked.body), "佐藤") || strings.Contains(string(looked.body), "小林") {
		t.Errorf("the look says %s", looked.body)
	}
	for _, path := range []string{"/move", "/move?x=" + k.Secret} { // what a link preview does
		safari.get(path)
		safari.send("HEAD", path, "", nil)
	}
	ask := object{"op": newOp(), "secret": k.Secret}
	safari.moveIn(ask).into(t, &object{})
	session := safari.cookies["__Host-goen"]
	if safari.titles() != mine || session == c.sato.cookies["__Host-goen"] {
		t.Errorf("the other browser has %s under its session, want %s", safari.titles(), mine)
	}
	there := safari.phone(c.event).connect()
	there.find("me", "entry", has("label", "先生"))
	if there.you != c.sato.you {
		t.Error("the other browser is somebody else")
	}
	if c.sato.over != 0 {
		t.Errorf("the old one was closed with %d", c.sato.over)
	}

	// The answer was lost: the same again gives the same session, once more.
	safari.cookies = map[string]string{}
	safari.moveIn(ask).into(t, &object{})
	if safari.cookies["__Host-goen"] != session {
		t.Error("asked again, another session")
	}
	// Used is used.
	for what, body := range map[string]object{"the link": {"secret": k.Secret}, "the link, and op of another": {"secret": k.Secret, "op": newOp()}} {
		if a := h.browser("thief").moveIn(body); a.status != http.StatusGone || a.code() != "link.used" {
			t.Errorf("%s again: %d %s", what, a.status, a.body)
		}
	}
	wrong := h.browser("thief").moveIn(object{"code": "2222-2222"})
	if wrong.status != http.StatusNotFound || wrong.code() != "code.unknown" {
		t.Errorf("a wrong code: %d %s", wrong.status, wrong.body)
	}
	same := func(what string, code string) {
		t.Helper()
		for _, path := range []string{"/api/move/use", "/api/move/look", "/api/lobby"} {
			body := object{"code": code}
			if path == "/api/move/use" {
				body["op"], body["keep"] = newOp(), true
			}
			if a := h.browser("thief").post(path, body); a.status != wrong.status || string(a.body) != string(wrong.body) {
				t.Errorf("%s at %s: %d %s", what, path, a.status, a.body)
			}
		}
	}
	same("the code of a used link", k.Code)

	// By code, typed as people type, and the old one is signed out.
	k = c.sato.moveOut()
	chrome := h.browser("佐藤の Chrome")
	if a := chrome.post("/api/lobby", object{"code": k.Code}); a.status != http.StatusConflict || a.code() != "code.moves" {
		t.Errorf("the code at the door: %d %s", a.status, a.body)
	}
	typed := strings.ToLower(strings.ReplaceAll(k.Code, "-", " "))
	ask = object{"op": newOp(), "code": typed, "keep": false}
	before := c.sato.cookies["__Host-goen"]
	began := time.Now()
	chrome.moveIn(ask).into(t, &object{})
	c.sato.until("being signed out", func() bool { return c.sato.over == realtime.CloseSignedOut })
	if took := time.Since(began); took > time.Second {
		t.Errorf("the old sockets stood for %v", took)
	}
	if a := c.sato.get("/api/events/" + c.event + "/contacts.csv"); a.status != http.StatusUnauthorized {
		t.Errorf("the old session still reads: %d", a.status)
	}
	if there.over != 0 {
		t.Error("the third browser was signed out too")
	}
	chrome.cookies = map[string]string{}
	chrome.moveIn(ask).into(t, &object{})
	if chrome.titles() != mine {
		t.Errorf("asked again: %s", chrome.titles())
	}
	chrome.phone(c.event).connect().find("me", "entry", has("label", "先生"))

	// A new link kills the older one; after ten minutes it is gone by itself.
	older := safari.moveOut()
	newer := safari.moveOut()
	if a := h.browser("x").moveIn(object{"secret": older.Secret}); a.status != http.StatusGone {
		t.Errorf("the older link: %d", a.status)
	}
	same("the older code", older.Code)
	h.clock.set(h.clock.now().Add(10*time.Minute - time.Millisecond))
	h.browser("x").post("/api/move/look", object{"secret": newer.Secret}).into(t, &object{})
	h.clock.set(h.clock.now().Add(time.Millisecond))
	if a := h.browser("x").moveIn(object{"secret": newer.Secret}); a.status != http.StatusGone { // D23
		t.Errorf("the link after ten minutes: %d", a.status)
	}
	same("the code after ten minutes", newer.Code)
	// Whoever signs out takes their link with them.
	last := safari.moveOut()
	safari.post("/api/signout", object{}).into(t, &object{})
	if a := h.browser("x").moveIn(object{"secret": last.Secret}); a.status != http.StatusGone {
		t.Errorf("the link of who signed out: %d", a.status)
	}

	// The store never saw a secret, a code or a session.
	for _, word := range append([]string{before, session, k.Code, strings.ReplaceAll(k.Code, "-", ""), typed}, k.Secret, older.Secret, newer.Secret, last.Secret) {
		for _, wrote := range append(claims.since(0), h.log.String()) {
			if strings.Contains(wrote, word) {
				t.Errorf("%q was written: %.80s", word, wrote)
			}
		}
	}
}

// A browser that was somebody else before is nobody else after.
func TestMoveOverAnother(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	was := c.taka.clone()
	c.taka.moveIn(object{"secret": c.sato.moveOut().Secret}).into(t, &object{})
	c.taka.until("the end of who it was", func() bool { return c.taka.over == realtime.CloseSignedOut })
	if a := was.get("/api/events/" + c.event + "/contacts.csv"); a.status != http.StatusUnauthorized {
		t.Errorf("the session of before: %d", a.status)
	}
	if got := c.taka.phone(c.event).connect(); got.you != c.sato.you {
		t.Error("the browser is not who moved in")
	}
	// To oneself is no harm either.
	c.emily.moveIn(object{"secret": c.emily.moveOut().Secret, "keep": false}).into(t, &object{})
	if got := c.emily.phone(c.event).connect(); got.you != c.emily.you {
		t.Error("moving to the same browser lost the person")
	}
}

// Two who use one link at once: one has it.
func TestMoveTwice(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	for range 5 {
		k := c.sato.moveOut()
		answers := make(chan int, 4)
		for i := range 4 {
			b := h.browser(fmt.Sprint("racer", i))
			body := object{"op": newOp(), "keep": true, "secret": k.Secret}
			go func() { answers <- b.post("/api/move/use", body).status }()
		}
		won := 0
		for range 4 {
			switch status := <-answers; status {
			case http.StatusOK:
				won++
			case http.StatusGone:
			default:
				t.Errorf("answered %d", status)
			}
		}
		if won != 1 {
			t.Errorf("%d browsers have one link", won)
		}
	}
}

// Wrong codes of a move and of the door come out of one budget.
func TestMoveGuesses(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	k := c.sato.moveOut()
	for i := range 30 {
		path, body := "/api/move/use", object{"op": newOp(), "keep": true, "code": "2222-2222"}
		switch i % 3 {
		case 1:
			path, body = "/api/move/look", object{"code": "2222-2222"}
		case 2:
			path, body = "/api/lobby", object{"code": "2222-2222"}
		}
		if a := h.browser("guesser").post(path, body); a.status != http.StatusNotFound {
			t.Fatalf("guess %d at %s: %d %s", i, path, a.status, a.body)
		}
	}
	for _, a := range []answer{h.browser("x").moveIn(object{"code": k.Code}), h.browser("x").post("/api/lobby", object{"code": c.code}), h.browser("x").post("/api/move/look", object{"code": k.Code})} {
		if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
			t.Errorf("after 30 wrong codes: %d %s", a.status, a.body)
		}
	}
	// A link has 128 bits: nobody guesses it.
	h.browser("x").moveIn(object{"secret": k.Secret}).into(t, &object{})
}
