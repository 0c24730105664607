package main

import (
	"fmt"
	"strings"
	"testing"
)

// Section A: framing and routing, over raw TCP.

// framed is a request as it goes over the wire, and what it must get.
type framed struct {
	what, text string
	want       []int
	ours       bool // who answers: we in our form, or net/http before us
}

func rawGet(path string, header ...string) string {
	return "GET " + path + " HTTP/1.1\r\n" + strings.Join(append([]string{"Host: localhost"}, header...), "\r\n") + "\r\n\r\n"
}

// twoFramings is a good body, framed once as chunks.
func twoFramings() (body, chunked string) {
	body = fmt.Sprintf(`{"op":%q}`, newOp())
	return body, fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
}

func (s *siege) framings() []framed {
	cookie, get := s.roles["host"].cookieHeader(), rawGet
	name, token, _ := strings.Cut(cookie, "=")
	code := "/api/events/" + s.event + "/code"
	body, chunked := twoFramings()
	bare := func(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
	ours, nets := true, false
	return []framed{
		{"A01 Transfer-Encoding and Content-Length", rawPost(code, cookie, chunked, "Transfer-Encoding: chunked", "Content-Length: 5"), []int{400}, ours},
		{"A01 in the other order", rawPost(code, cookie, chunked, "Content-Length: 5", "Transfer-Encoding: chunked"), []int{400}, ours},
		{"A01 in small letters", rawPost(code, cookie, chunked, "content-length: 5", "transfer-encoding: chunked"), []int{400}, ours},
		{"A01 with bare line feeds", bare(rawPost(code, cookie, "", "Transfer-Encoding: chunked", "Content-Length: 5")) + chunked, []int{400}, ours},
		{"A02 two lengths that differ", rawPost(code, cookie, body, "Content-Length: 5", "Content-Length: 6"), []int{400}, nets},
		{"A02 a length with a sign", rawPost(code, cookie, body, "Content-Length: +33"), []int{400}, nets},
		{"A02 a length below nothing", rawPost(code, cookie, body, "Content-Length: -1"), []int{400}, nets},
		{"A03 unknown transfer coding", rawPost(code, cookie, body, "Transfer-Encoding: xchunked"), []int{501}, nets},
		{"A04 two transfer codings", rawPost(code, cookie, body, "Transfer-Encoding: gzip, chunked"), []int{400, 501}, nets},
		{"A04 chunked twice", rawPost(code, cookie, chunked, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), []int{400, 501}, nets},
		{"A05 two hosts", "GET /api/me HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", []int{400}, nets},
		{"A06 no host", "GET /api/me HTTP/1.1\r\n\r\n", []int{400}, nets},
		{"A07 absolute URI of a foreign host", get("http://evil.example/api/me"), []int{421}, ours},
		{"A08 foreign host", "GET /api/me HTTP/1.1\r\nHost: evil.example\r\n\r\n", []int{421}, ours},
		{"A08 our host with another port", "GET /api/me HTTP/1.1\r\nHost: localhost:81\r\n\r\n", []int{421}, ours},
		{"A08 our host with a dot", "GET /api/me HTTP/1.1\r\nHost: localhost.\r\n\r\n", []int{421}, ours},
		{"A08 our host behind a user", "GET /api/me HTTP/1.1\r\nHost: x@localhost\r\n\r\n", []int{400, 421}, nets},
		{"A09 two sessions", get("/api/me", "Cookie: "+cookie+"; "+name+"=other"), []int{400}, ours},
		{"A09 two sessions in two headers", get("/api/me", "Cookie: "+cookie, "Cookie: "+name+"=other"), []int{400}, ours},
		{"A09 an empty session first", get("/api/me", "Cookie: "+name+"=; "+name+"="+token), []int{400}, ours},
		{"A09 an empty session last", get("/api/me", "Cookie: "+name+"="+token+"; "+name+"="), []int{400}, ours},
		{"A09 two sessions at a command", rawPost(code, cookie+"; "+name+"=other", body), []int{400}, ours},
		{"A11 space before the colon", "GET /api/me HTTP/1.1\r\nHost : localhost\r\n\r\n", []int{400}, nets},
		{"A11 space in a name", get("/api/me", "X Y: 1"), []int{400}, nets},
		{"A11 NUL in a value", get("/api/me", "X: a\x00b"), []int{400}, nets},
		{"A12 no colon", get("/api/me", "GET"), []int{400}, nets},
		{"A13 CONNECT", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", []int{404, 405}, ours},
		{"A13 CONNECT elsewhere", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", []int{404, 405, 421}, ours},
		{"A14 TRACE", "TRACE /api/me HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie + "\r\n\r\n", []int{405}, ours},
		{"A15 HTTP/1.0 without a host", "GET /api/me HTTP/1.0\r\n\r\n", []int{421}, ours},
		{"A16 HTTP/2 spoken at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{400, 404, 405, 421, 505}, nets},
		{"A16 HTTP/3", "GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", []int{400, 505}, nets},
		{"A16 HTTP/0.9", "GET /\r\n\r\n", []int{400}, nets},
		{"A17 NUL in a parameter", get("/api/events/" + s.event + "%00/contacts.csv"), []int{400}, ours},
		{"A17 NUL at the end", get("/c/" + s.event + "/" + s.link + "%00"), []int{400}, ours},
		{"A18 a way up", get("/api/events/..%2f" + s.event + "/contacts.csv"), []int{400}, ours},
		{"A18 a way up in the app", get("/assets/..%2f..%2fgo.mod"), []int{400}, ours},
		{"A18 a way up with backslashes", get("/assets/..%5c..%5cgo.mod"), []int{400}, ours},
		{"A18 not UTF-8", get("/api/events/%ff%fe/contacts.csv", "Cookie: "+cookie), []int{400, 404}, ours},
		{"A18 a broken escape", get("/api/events/%zz/contacts.csv"), []int{400}, nets},
		{"A19 a path of 10,000", get("/" + strings.Repeat("a", 10_000)), []int{414}, ours},
		{"A19 a query of 10,000", get("/api/me?" + strings.Repeat("a", 10_000)), []int{414}, ours},
		{"A20 headers of 40 KiB", get("/api/me", "X: "+strings.Repeat("a", 40<<10)), []int{431}, nets},
		{"A21 unknown method", "HACK /api/me HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\n\r\n", []int{404, 405}, ours},
		{"A21 a method in disguise", rawPost("/api/me", cookie, "{}", "X-HTTP-Method-Override: GET", "Content-Length: 2"), []int{404, 405}, ours},
		{"A22 star", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", []int{200, 404, 405}, nets},
	}
}

func TestHostileFraming(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	cookie, get := s.roles["host"].cookieHeader(), rawGet
	code := "/api/events/" + s.event + "/code"
	_, chunked := twoFramings()
	s.unchanged(t, func() {
		for _, test := range s.framings() {
			before := s.vault.count()
			a := s.raw(t, test.text)
			if test.ours {
				wellRefused(t, test.what, a, test.want...)
			} else {
				found := false
				for _, want := range test.want {
					found = found || a.status == want
				}
				if !found {
					t.Errorf("%s: answered %d %.100s, want %v", test.what, a.status, a.body, test.want)
				}
				if m := insides.Find(a.body); m != nil {
					t.Errorf("%s: tells of our insides: %q", test.what, m)
				}
			}
			if wrote := s.vault.since(before); len(wrote) > 0 {
				t.Errorf("%s: wrote %q", test.what, wrote)
			}
		}
	})

	t.Run("A10 the same session twice is one", func(t *testing.T) {
		if a := s.raw(t, get("/api/me", "Cookie: "+cookie+"; "+cookie)); a.status != 200 || !strings.Contains(string(a.body), "標的の会") {
			t.Errorf("answered %d %s", a.status, a.body)
		}
	})

	// Behind a first good request on the same connection, in one packet or in
	// two, everything holds as for the first.
	t.Run("A23 pipelines", func(t *testing.T) {
		bad := rawPost(code, cookie, chunked, "Transfer-Encoding: chunked", "Content-Length: 5")
		noBody, oneBody := get("/api/me"), rawPost("/api/lobby", "", `{"code":"22222222"}`)
		expects := strings.Replace(oneBody, "Content-Length", "Expect: 100-continue\r\nContent-Length", 1)
		for what, first := range map[string]string{"GET": noBody, "POST": oneBody, "POST with empty lines behind": oneBody + "\r\n\r\n", "expecting": expects} {
			for cut := range 2 {
				before := s.vault.count()
				w := s.wire(t)
				go w.say(first, bad[:cut*20], bad[cut*20:])
				one := w.hear("POST")
				for one.status == 100 {
					one = w.hear("POST")
				}
				two := w.hear("POST")
				if one.status != 200 && one.status != 404 {
					t.Errorf("%s: the first answered %d %s", what, one.status, one.body)
				}
				wellRefused(t, "a doubly framed request behind a "+what, two, 400)
				if wrote := s.vault.since(before); len(wrote) > 0 {
					t.Errorf("%s: wrote %q", what, wrote)
				}
				w.Close()
			}
		}
		w := s.wire(t)
		go w.say(noBody, noBody, oneBody, noBody)
		for i, want := range []int{200, 200, 404, 200} {
			if a := w.hear("GET"); a.status != want {
				t.Errorf("request %d of a pipeline answered %d", i, a.status)
			}
		}
		// A chunked body alone is fine, and the connection ends behind it.
		w = s.wire(t)
		lobby := `{"code":"22222222"}`
		go w.say(rawPost("/api/lobby", "", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(lobby), lobby), "Transfer-Encoding: chunked"))
		wellRefused(t, "a chunked body", w.hear("POST"), 404)
	})
}

// elsewhere are headers of other pages, and of pages that pretend.
var elsewhere = map[string][]string{
	"D25 cross-site":                         {"Sec-Fetch-Site: cross-site"},
	"cross-site that says our origin":        {"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"},
	"same-site":                              {"Sec-Fetch-Site: same-site", "Origin: http://sub.localhost"},
	"a foreign origin":                       {"Origin: https://evil.example"},
	"no origin at all":                       {"Origin: null"},
	"our name with a foreign port":           {"Origin: http://localhost:8081"},
	"a longer name":                          {"Origin: http://localhost.evil.example"},
	"neither Origin nor Sec-Fetch-Site said": {"X: y"},
}

func TestHostileOrigins(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	host := s.roles["host"].cookieHeader()
	body := fmt.Sprintf(`{"op":%q}`, newOp())
	post := func(path, kind, body string, header ...string) string {
		return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nCookie: " + host + "\r\nContent-Type: " + kind +
			fmt.Sprintf("\r\nContent-Length: %d\r\n", len(body)) + strings.Join(header, "\r\n") + "\r\n\r\n" + body
	}
	paths := map[string]string{
		"/api/events/" + s.event + "/code": body, "/api/events/" + s.event + "/erase": body, "/api/join": `{}`, "/api/lobby": `{}`, "/api/signout": `{}`, "/api/host": `{}`, "/api/screen": `{}`,
		"/api/events": `{}`, "/api/events/" + s.event + "/screens": `{}`, "/api/events/" + s.event + "/photo": `x`, "/c/" + s.event + "/" + s.link: "do=give",
		"/api/move": `{}`, "/api/move/look": `{}`, "/api/move/use": `{}`, "/api/demo": `{}`, "/api/events/" + s.event + "/poll": `{"v":1}`, "/api/events/" + s.event + "/do": `{}`,
	}
	posts := 0
	for _, route := range routesOf(t) {
		if strings.HasPrefix(route, "POST ") && route != "POST /api/*" {
			posts++
		}
	}
	if posts != len(paths) {
		t.Errorf("%d routes take a POST, and %d are tried", posts, len(paths))
	}
	s.unchanged(t, func() {
		for path, body := range paths {
			for what, header := range elsewhere {
				kind := "application/json"
				if strings.HasPrefix(path, "/c/") {
					kind = "application/x-www-form-urlencoded"
				}
				s.refuse(t, what+" at "+path, 403, func() answer { return s.raw(t, post(path, kind, body, header...)) })
			}
		}
		for _, method := range []string{"PUT", "DELETE", "PATCH"} {
			s.refuse(t, method, 403, func() answer {
				return s.raw(t, method+" /api/me HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n")
			})
		}
	})
}
