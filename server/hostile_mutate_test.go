package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Requests that nobody wrote down: the known ones, changed by chance. The
// sequence is fixed by its seed; GOEN_HOSTILE_COUNT and GOEN_HOSTILE_SEED in
// the environment make a longer or another run.

func fromEnv(t *testing.T, name string, fallback int) int {
	v := os.Getenv(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		t.Fatal(name, err)
	}
	return n
}

// spices are pieces that matter somewhere.
var spices = []string{
	"\r\n", "\n", "\x00", "\xff", "%00", "%2e%2e%2f", "..", "//", "\\", "\ud7ff", "null", "{}", "[]", "-1", "1e9", "\"", "'", ",", ":", ";", "=", "\u202e", "\ufeff", "あ",
	"Host: evil.example\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 3\r\n", "Connection: Upgrade\r\n", "Expect: 100-continue\r\n", "Cookie: __Host-goen=x\r\n",
	"Origin: https://evil.example\r\n", "Range: bytes=0-0,1-1,2-2\r\n", "If-None-Match: *\r\n", "Accept-Encoding: br;q=0,gzip\r\n", "?lang=xx", "?as=screen", "{\"$ne\":null}", "<svg/onload=alert(1)>",
}

func mutate(r *rand.Rand, text string, others []string) string {
	b := text
	for range 1 + r.IntN(4) {
		if b == "" {
			break
		}
		i := r.IntN(len(b))
		j := min(len(b), i+1+r.IntN(20))
		switch r.IntN(8) {
		case 0: // another byte
			b = b[:i] + string([]byte{byte(r.IntN(256))}) + b[i+1:]
		case 1: // a bit
			b = b[:i] + string([]byte{b[i] ^ 1<<r.IntN(8)}) + b[i+1:]
		case 2: // less
			b = b[:i] + b[j:]
		case 3: // twice
			b = b[:j] + b[i:]
		case 4: // cut off
			b = b[:i]
		case 5: // half of another
			o := others[r.IntN(len(others))]
			b = b[:i] + o[r.IntN(len(o)):]
		default:
			b = b[:i] + spices[r.IntN(len(spices))] + b[i:]
		}
	}
	return b
}

func TestHostileMutations(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	seed, count := fromEnv(t, "GOEN_HOSTILE_SEED", 1), fromEnv(t, "GOEN_HOSTILE_COUNT", 2000)
	r := rand.New(rand.NewPCG(uint64(seed), 2))
	var seeds []string
	for _, route := range s.jsonRoutes() {
		if route.path == "/api/signout" {
			continue // it would sign out who asks the others
		}
		seeds = append(seeds, rawPost(route.path, s.roles[route.role].cookieHeader(), string(encode(route.body))))
	}
	get := func(path, role string, header ...string) {
		seeds = append(seeds, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\nCookie: "+s.roles[role].cookieHeader()+"\r\n"+strings.Join(header, "")+"\r\n")
	}
	ev := "/api/events/" + s.event
	for _, path := range []string{"/", "/sw.js", "/healthz", "/readyz", "/api/me", ev + "/contacts.csv?lang=en", ev + "/contacts.vcf", ev + "/contacts/" + s.b.you + ".vcf", ev + "/photos/" + strings.Repeat("a", 64), "/c/" + s.event + "/" + s.link, "/consent.css"} {
		get(path, "attendee")
		get(path, "host", "Accept-Encoding: br, gzip\r\n", "If-None-Match: \"x\"\r\n", "Range: bytes=0-9\r\n")
	}
	seeds = append(seeds, handshake("/ws/"+s.event, s.roles["attendee"].cookieHeader(), nil), handshake("/ws/"+s.event+"?as=screen", s.roles["screen"].cookieHeader(), nil))
	form := "op=" + newOp() + "&do=give&name=x&mail=broken"
	seeds = append(seeds, "POST /c/"+s.event+"/"+s.link+" HTTP/1.1\r\nHost: localhost\r\nOrigin: "+origin+"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "+strconv.Itoa(len(form))+"\r\n\r\n"+form)
	seeds = append(seeds, "POST "+ev+"/photo HTTP/1.1\r\nHost: localhost\r\nOrigin: "+origin+"\r\nCookie: "+s.roles["waiting"].cookieHeader()+"\r\nContent-Type: image/jpeg\r\nContent-Length: 4\r\n\r\n\xff\xd8\xff\xe0")

	// Whatever is still open is ended by this: a head, a body up to the limits,
	// and at last something that is no request.
	end := "\r\n\r\n" + strings.Repeat(strings.Repeat("A", 1021)+"\r\n", 80) + "\r\n\r\n"
	statuses := map[int]int{}
	for i := range count {
		text := mutate(r, seeds[r.IntN(len(seeds))], seeds)
		before := s.vault.count()
		w := s.wire(t)
		go w.say(text, end)
		accepted := false
		for {
			resp, err := http.ReadResponse(w.in, nil)
			if err != nil {
				break
			}
			statuses[resp.StatusCode]++
			if resp.StatusCode == 101 {
				accepted = true
				break
			}
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			accepted = accepted || resp.StatusCode < 400
			if resp.StatusCode >= 500 && resp.StatusCode != 501 && resp.StatusCode != 505 {
				t.Errorf("request %d answered %d %.200s:\n%q", i, resp.StatusCode, body, text)
			}
			if m := insides.Find(body); m != nil && resp.StatusCode >= 400 {
				t.Errorf("request %d tells of our insides: %q in %.200q:\n%q", i, m, body, text)
			}
			if len(resp.Header.Values("Set-Cookie")) > 0 && resp.StatusCode >= 400 {
				t.Errorf("request %d: a refusal sets a cookie:\n%q", i, text)
			}
			if resp.Close || resp.StatusCode == 400 && resp.Header.Get("Content-Security-Policy") == "" { // net/http's own no ends the connection
				break
			}
		}
		_ = w.Close()
		if wrote := s.vault.since(before); len(wrote) > 0 && !accepted {
			t.Errorf("request %d was refused and wrote %q:\n%q", i, wrote, text)
		}
		if i%100 == 0 { // the wrong codes of one address are few
			s.clock.set(s.clock.now().Add(1e9 * 60 * 11))
		}
	}
	t.Log(fmt.Sprint(statuses))
	if log := s.house.log.String(); strings.Contains(log, "\"panic\"") {
		t.Errorf("something panicked: %s", log[strings.Index(log, "\"panic\""):])
	}
	if statuses[0]+statuses[400] == 0 || len(statuses) < 8 {
		t.Errorf("the mutations reach too little: %v", statuses)
	}
}
