package main

import (
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
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

var saidLength = regexp.MustCompile(`(?i)(\r\nContent-Length: )\d+`)

// change changes a request: all of it, or its body alone, which then has the
// length that the head says.
func change(r *rand.Rand, text string, others []string) string {
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	switch r.IntN(4) {
	case 0:
		body = mutate(r, body, others)
	case 1, 2:
		body = twist(r, body, others)
	default:
		return mutate(r, text, others)
	}
	return saidLength.ReplaceAllString(head, "${1}"+strconv.Itoa(len(body))) + "\r\n\r\n" + body
}

// rows are the requests of the tables, as they go over the wire.
func (s *siege) rows() []string {
	var rows []string
	for _, row := range s.framings() {
		if len(row.text) < 4<<10 {
			rows = append(rows, row.text)
		}
	}
	for _, route := range s.jsonRoutes() {
		if route.path == "/api/signout" {
			continue // it would sign out who asks the others
		}
		cookie := s.roles[route.role].cookieHeader()
		good := string(encode(route.body))
		for range 100 { // what is nearly good goes deepest
			rows = append(rows, rawPost(route.path, cookie, good))
		}
		for _, bad := range badly(route.body) {
			if text := rawPost(route.path, cookie, string(bad.body)); len(text) < 4<<10 {
				rows = append(rows, strings.Replace(text, "application/json", bad.kind, 1))
			}
		}
		for _, header := range elsewhere {
			rows = append(rows, rawPost(route.path, cookie, good, append(header, "Content-Length: "+strconv.Itoa(len(good)))...))
		}
	}
	get := func(path, role string, header ...string) {
		rows = append(rows, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\nCookie: "+s.roles[role].cookieHeader()+"\r\n"+strings.Join(header, "")+"\r\n")
	}
	ev := "/api/events/" + s.event
	for _, path := range []string{"/", "/sw.js", "/healthz", "/readyz", "/api/me", ev + "/contacts.csv?lang=en", ev + "/contacts.vcf", ev + "/contacts/" + s.b.you + ".vcf", ev + "/photos/" + strings.Repeat("a", 64), "/c/" + s.event + "/" + s.link, "/consent.css"} {
		for range 20 { // few beside so many bodies
			get(path, "attendee")
			get(path, "host", "Accept-Encoding: br, gzip\r\n", "If-None-Match: \"x\"\r\n", "Range: bytes=0-9\r\n")
		}
	}
	for _, change := range []map[string]string{nil, {"Origin": "null"}, {"Sec-WebSocket-Version": "8"}, {"Sec-WebSocket-Key": "AAAA"}, {"Upgrade": "h2c"}, {"Sec-WebSocket-Extensions": "permessage-deflate"}} {
		for range 10 {
			rows = append(rows, handshake("/ws/"+s.event, s.roles["attendee"].cookieHeader(), change), handshake("/ws/"+s.event+"?as=screen", s.roles["screen"].cookieHeader(), change))
		}
	}
	for _, form := range []string{"op=" + newOp() + "&do=give&name=x&mail=broken", "op=&do=decline", "do=revoke&op=" + newOp(), "op=" + newOp() + "&do=correct&name=%ff", "name=a&name=b"} {
		for range 10 {
			rows = append(rows, "POST /c/"+s.event+"/"+s.link+" HTTP/1.1\r\nHost: localhost\r\nOrigin: "+origin+"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "+strconv.Itoa(len(form))+"\r\n\r\n"+form)
		}
	}
	for kind, body := range map[string]string{"image/jpeg": string(picture(8, 8)), "image/png": string(pngHead(10, 10)), "image/webp": string(movie(2))} {
		for range 10 {
			rows = append(rows, "POST "+ev+"/photo HTTP/1.1\r\nHost: localhost\r\nOrigin: "+origin+"\r\nCookie: "+s.roles["attendee"].cookieHeader()+"\r\nContent-Type: "+kind+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
		}
	}
	return rows
}

func TestHostileMutations(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	seed, count := fromEnv(t, "GOEN_HOSTILE_SEED", 1), fromEnv(t, "GOEN_HOSTILE_COUNT", 3000)
	t.Run("requests", func(t *testing.T) { s.mutateRequests(t, rand.New(rand.NewPCG(uint64(seed), 2)), count*4/5) })
	t.Run("frames", func(t *testing.T) { s.mutateFrames(t, rand.New(rand.NewPCG(uint64(seed), 3)), count/5) })
	if log := s.house.log.String(); strings.Contains(log, "\"panic\"") {
		t.Errorf("something panicked: %.2000s", log[strings.Index(log, "\"panic\""):])
	}
	// What everybody sees is what the log says: no refusal left anything in
	// the memory alone.
	before := s.everybody()
	s.restart()
	if after := s.everybody(); after != before {
		t.Errorf("the state was %s, and is %s after a restart", before, after)
	}
}

func (s *siege) mutateRequests(t *testing.T, r *rand.Rand, count int) {
	seeds := s.rows()
	// Whatever is still open is ended by this: a head, a body up to the limits,
	// and at last something that is no request.
	end := "\r\n\r\n" + strings.Repeat(strings.Repeat("A", 1021)+"\r\n", 80) + "\r\n\r\n"
	statuses := map[int]int{}
	for i := range count {
		text := change(r, seeds[r.IntN(len(seeds))], seeds)
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
			if k := resp.Header.Values("Set-Cookie"); resp.StatusCode >= 400 && !mayBake(answer{resp.StatusCode, resp.Header, body}) {
				t.Errorf("request %d: a refusal sets %v:\n%q", i, k, text)
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
			s.clock.set(s.clock.now().Add(11 * time.Minute))
		}
		if i%5000 == 4999 && t.Failed() {
			break
		}
	}
	t.Logf("%d requests: %v", count, statuses)
	if len(statuses) < 8 {
		t.Errorf("the mutations reach too little: %v", statuses)
	}
}
