package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"goen/server/web"
)

// Section J and the last row of I: one-time links and codes of hosts, and where
// we send people.

func TestHostileHostLinks(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	secret := func() string {
		link, err := web.HostLink(t.Context(), s.vault.Store, origin, s.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		return link[strings.Index(link, "#")+1:]
	}
	ask := func(b *browser, secret any) func() answer {
		return func() answer { return b.clone().post("/api/host", object{"op": newOp(), "secret": secret}) }
	}
	late := secret()
	var body []byte
	s.unchanged(t, func() {
		for what, secret := range map[string]string{
			"J15 the first host's link, when there is a host": s.house.hostSecret(), "J16 a link that nobody made": newOp(), "J16 an empty one": "", "J16 a long one": strings.Repeat("a", 5000),
			"J16 one with a way up": "../../x", "J16 one with NUL": "a\x00b",
		} {
			for _, role := range siegeRoles {
				a := s.refuse(t, what+" by "+role, 410, ask(s.roles[role], secret))
				if body == nil {
					body = a.body
				}
				if string(a.body) != string(body) { // whether a link ever was says nothing
					t.Errorf("%s answers %s, others %s", what, a.body, body)
				}
			}
		}
		s.refuse(t, "J16 an operator for a link", 400, ask(s.roles["nobody"], object{"$ne": nil}))
		s.clock.set(s.clock.now().Add(time.Hour + time.Second))
		s.refuse(t, "J16 a link after its hour", 410, ask(s.roles["nobody"], late))
	})

	t.Run("J15 a link twice", func(t *testing.T) {
		once := secret()
		first := s.house.browser("先の人")
		op := newOp()
		if a := first.post("/api/host", object{"op": op, "secret": once}); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := first.post("/api/host", object{"op": op, "secret": once}); a.status != 200 { // its answer was lost
			t.Errorf("the same request again: %d %s", a.status, a.body)
		}
		s.unchanged(t, func() {
			s.refuse(t, "J15 by somebody else", 410, ask(s.house.browser("後の人"), once))
			s.refuse(t, "J15 by the same with another op", 410, ask(first, once))
		})
	})
}

func TestHostilePairing(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	screen := s.house.browser("画面")
	var pair struct{ Code string }
	screen.post("/api/screen", object{}).into(t, &pair)
	approve := func(role, event, code string) func() answer {
		return func() answer {
			return s.roles[role].clone().post("/api/events/"+event+"/screens", object{"code": code})
		}
	}
	s.unchanged(t, func() {
		for _, code := range []string{"", "0OI1-0OI1", strings.Repeat("A", 1000)} {
			s.refuse(t, fmt.Sprintf("J14 the code %.20q", code), 404, approve("host", s.event, code))
		}
	})
	if a := approve("host", s.event, strings.ToLower(pair.Code))(); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	s.unchanged(t, func() {
		s.refuse(t, "J13 approved twice", 410, approve("host", s.event, pair.Code))
		s.refuse(t, "J13 approved by the host of another event", 410, approve("other", s.other, pair.Code))
		s.refuse(t, "J13 the screen looks at the other event", 401, func() answer { return s.raw(t, handshake("/ws/"+s.other+"?as=screen", screen.cookieHeader(), nil)) })
	})
	var late struct{ Code string }
	s.house.browser("遅い画面").post("/api/screen", object{}).into(t, &late)
	s.clock.set(s.clock.now().Add(5*time.Minute + time.Second))
	s.unchanged(t, func() {
		s.refuse(t, "J14 after five minutes", 404, approve("host", s.event, late.Code))
		s.refuse(t, "J14 a spent code after five minutes", 404, approve("other", s.other, pair.Code))
	})
}

// Nobody is sent elsewhere, whatever stands in the address.
func TestHostileRedirects(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	s.unchanged(t, func() {
		for _, path := range []string{
			"/?next=//evil.example", "/?next=https://evil.example", "//evil.example", "//evil.example/..", "/%2f%2fevil.example", "/j/" + s.event + "?next=//evil.example", "/host?redirect=//evil.example",
			"/c/" + s.event + "/" + s.link + "?next=//evil.example", "/.//evil.example", "/assets//evil.example/", "/api/me?next=//evil.example", `/%5cevil.example`,
		} {
			a := s.raw(t, rawGet(path))
			if a.status >= 300 && a.status < 400 || a.header.Get("Location") != "" || a.header.Get("Refresh") != "" || a.status >= 500 {
				t.Errorf("I09 %s: %d to %q", path, a.status, a.header.Get("Location"))
			}
		}
	})
	// The one place that we send people to is the page that they are on.
	for _, next := range []string{"?lang=//evil.example", "?next=//evil.example", "?lang=en&lang=//evil.example"} {
		page := s.house.browser("不在の人")
		a := page.form("/c/"+s.event+"/"+s.link+next, "op", newOp(), "do", "decline")
		if to := a.header.Get("Location"); a.status != http.StatusSeeOther && a.status != http.StatusConflict || a.status == http.StatusSeeOther && !strings.HasPrefix(to, "/c/"+s.event+"/"+s.link+"?lang=") {
			t.Errorf("I09 %s: %d to %q", next, a.status, to)
		}
	}
}
