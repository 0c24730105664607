package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Section F: the socket, frame by frame.

const plainHello = `{"t":"hello","v":1}`

func TestHostileHandshakes(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	cookie := s.roles["attendee"].cookieHeader()
	path := "/ws/" + s.event
	s.unchanged(t, func() {
		for _, test := range []struct {
			what   string
			path   string
			change map[string]string
			want   []int
		}{
			{"F01 no cookie", path, map[string]string{"Cookie": ""}, []int{401}},
			{"F02 a cookie of nobody", path, map[string]string{"Cookie": "__Host-goen=x"}, []int{401}},
			{"F03 no Origin", path, map[string]string{"Origin": ""}, []int{403}},
			{"F04 a foreign Origin", path, map[string]string{"Origin": "https://evil.example"}, []int{403}},
			{"F04 null", path, map[string]string{"Origin": "null"}, []int{403}},
			{"F04 two Origins", path, map[string]string{"Origin": origin + "\r\nOrigin: https://evil.example"}, []int{403}},
			{"F04 a longer name", path, map[string]string{"Origin": origin + ".evil.example"}, []int{403}},
			{"F05 another scheme of our host", path, map[string]string{"Origin": "http://localhost"}, []int{403}},
			{"F05 another port of our host", path, map[string]string{"Origin": "https://localhost:8080"}, []int{403}},
			{"F06 no Upgrade", path, map[string]string{"Upgrade": ""}, []int{400}},
			{"F06 another Upgrade", path, map[string]string{"Upgrade": "h2c"}, []int{400}},
			{"F06 no Connection", path, map[string]string{"Connection": "close"}, []int{400}},
			{"F07 no key", path, map[string]string{"Sec-WebSocket-Key": ""}, []int{400}},
			{"F07 a short key", path, map[string]string{"Sec-WebSocket-Key": "AAAA"}, []int{400}},
			{"F08 another version", path, map[string]string{"Sec-WebSocket-Version": "8"}, []int{400}},
			{"F08 another host", path, map[string]string{"Host": "evil.example"}, []int{421}},
			{"F08 no event", "/ws/" + newOp(), nil, []int{404}},
			{"F08 another's event", "/ws/" + s.other, nil, []int{404}},
			{"F08 a screen that is none", path + "?as=screen", nil, []int{401}},
			{"F08 a way up", "/ws/..%2f" + s.event, nil, []int{400}},
		} {
			s.refuseAs(t, test.what, test.want, func() answer { return s.raw(t, handshake(test.path, cookie, test.change)) })
		}
	})
	t.Run("F25 no extension is agreed to", func(t *testing.T) {
		w := s.wire(t)
		w.say(handshake(path, cookie, map[string]string{"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}))
		resp, err := http.ReadResponse(w.in, nil)
		if err != nil || resp.StatusCode != 101 || resp.Header.Get("Sec-WebSocket-Extensions") != "" || resp.Header.Get("Sec-WebSocket-Protocol") != "" {
			t.Errorf("answered %v %v", resp, err)
		}
	})
	t.Run("who was removed hears nothing", func(t *testing.T) {
		w := s.upgraded(t, s.roles["removed"], path)
		w.say(string(textFrame(plainHello)))
		if op, body, err := w.next(); err != nil || op != 0x88 || binary.BigEndian.Uint16(body) != 4501 {
			t.Errorf("heard %x %q %v", op, body, err)
		}
	})
}

// framesOf is what a phone sends after its hello, and the close code that it
// gets for it.
type framesOf struct {
	what  string
	bytes []byte
	want  int
}

func frames() []framesOf {
	deep := `{"t":"do","op":"` + newOp() + `","name":"need.post","args":` + strings.Repeat(`{"x":`, 40) + "1" + strings.Repeat("}", 41)
	closing := func(code int, reason string) []byte {
		return frame(0x88, append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...))
	}
	do := func(rest string) []byte { return textFrame(`{"t":"do","op":"` + newOp() + `"` + rest + `}`) }
	return []framesOf{
		{"F09 unmasked", frame(0x81, []byte(`{"t":"ping"}`), true), 1002},
		{"F10 a reserved bit", frame(0xa1, []byte(`{"t":"ping"}`)), 1002},
		{"F11 opcode 3", frame(0x83, nil), 1002},
		{"F11 opcode 11", frame(0x8b, nil), 1002},
		{"F12 a text inside a text", append(frame(0x01, []byte(`{`)), textFrame(`{"t":"ping"}`)...), 1002},
		{"F13 a ping of 126 bytes", frame(0x89, make([]byte, 126)), 1002},
		{"F13 a close of 126 bytes", closing(1000, strings.Repeat("x", 124)), 1002},
		{"F14 a ping in two", frame(0x09, nil), 1002},
		{"F15 continuation first", frame(0x80, []byte("x")), 1002},
		{"F16 binary", frame(0x82, []byte(`{"t":"ping"}`)), 1003},
		{"F17 text that is not UTF-8", frame(0x81, []byte("{\"t\":\"ping\xff\"}")), 1007},
		{"F17 UTF-8 cut in two and wrong", append(frame(0x01, []byte("{\"t\":\"\xe3\x81")), frame(0x80, []byte("\"}"))...), 1007},
		{"F18 a surrogate", textFrame(`{"t":"ping","epoch":"\ud800"}`), 4505},
		{"F19 close code 1005", closing(1005, ""), 1002},
		{"F19 close code 1006", closing(1006, ""), 1002},
		{"F19 close code 999", closing(999, ""), 1002},
		{"F19 close code 2999", closing(2999, ""), 1002},
		{"F20 a reason that is not UTF-8", closing(1000, "\xff"), 1002},
		{"F20 a proper close", closing(1000, "bye"), 1000},
		{"F20 a close without a code", frame(0x88, nil), 1005},
		{"F21 8 KiB", textFrame(`{"t":"ping"` + strings.Repeat(" ", 8<<10) + `}`), 1009},
		{"F21 8 KiB in four", bytes.Join([][]byte{frame(0x01, make([]byte, 2048)), frame(0, make([]byte, 2048)), frame(0, make([]byte, 2048)), frame(0x80, make([]byte, 2048))}, nil), 1009},
		{"F22 a length of 2^62", append([]byte{0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0}, 1, 2, 3, 4), 1009},
		{"F22 a length of 2^63", append([]byte{0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}, 1, 2, 3, 4), 1009},
		{"F23 5,000 empty fragments", append(frame(0x01, nil), bytes.Repeat(frame(0, nil), 5000)...), 1008},
		{"F24 5,000 pings", bytes.Repeat(frame(0x89, nil), 5000), 1008},
		{"F24 5,000 pongs", bytes.Repeat(frame(0x8a, nil), 5000), 1008},
		{"F25 deflated", frame(0xc1, []byte{0xaa, 0x56, 0x2a, 0x51, 0xb2, 0x52}), 1002},
		{"F26 empty", textFrame(""), 4505},
		{"F26 no JSON", textFrame("hello"), 4505},
		{"F26 an array", textFrame(`[{"t":"ping"}]`), 4505},
		{"F26 null", textFrame(`null`), 4505},
		{"F26 two", textFrame(`{"t":"ping"}{"t":"ping"}`), 4505},
		{"F26 a BOM", textFrame("\ufeff" + `{"t":"ping"}`), 4505},
		{"F26 unknown type", textFrame(`{"t":"admin"}`), 4505},
		{"F26 no type", textFrame(`{}`), 4505},
		{"F26 unknown key", textFrame(`{"t":"ping","x":1}`), 4505},
		{"F26 duplicate key", textFrame(`{"t":"ping","t":"ping"}`), 4505},
		{"F26 wrong case", textFrame(`{"T":"ping"}`), 4505},
		{"F26 a number for a text", textFrame(`{"t":1}`), 4505},
		{"F26 a text for a number", textFrame(`{"t":"ping","v":"1"}`), 4505},
		{"F26 deep", textFrame(deep), 4505},
		{"F26 a duplicate key in arguments", do(`,"name":"need.post","args":{"who":"x","who":"y"}`), 4505},
		{"F26 null for arguments", do(`,"name":"need.close","args":null`), 4505},
		{"F26 a second hello", textFrame(plainHello), 4505},
		{"F28 HTTP", []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 1002},
	}
}

// firsts are first messages that are no hello of ours, and their close codes.
var firsts = map[string]struct {
	text string
	want int
}{
	"F27 a cursor of -1": {`{"t":"hello","v":1,"epoch":"1.0","at":{"room":-1}}`, 4003}, "F27 a cursor of text": {`{"t":"hello","v":1,"epoch":"1.0","at":{"room":"x"}}`, 4003},
	"F27 a cursor of 1.5": {`{"t":"hello","v":1,"epoch":"1.0","at":{"room":1.5}}`, 4003}, "F27 a cursor of 2^64": {`{"t":"hello","v":1,"epoch":"1.0","at":{"room":18446744073709551616}}`, 4003},
	"F27 an array": {`{"t":"hello","v":1,"epoch":"1.0","at":[1]}`, 4003}, "F27 a text": {`{"t":"hello","v":1,"epoch":"1.0","at":"x"}`, 4003},
	"F30 version 0": {`{"t":"hello","v":0}`, 4503}, "F30 version -1": {`{"t":"hello","v":-1}`, 4503}, "F30 no version": {`{"t":"hello"}`, 4503},
	"F30 a command first": {`{"t":"do","op":"` + newOp() + `","name":"need.post","args":{"who":"x"}}`, 4505}, "F30 a ping first": {`{"t":"ping"}`, 4505},
	"F30 version 1.5": {`{"t":"hello","v":1.5}`, 4505}, "F30 10,001 arrays": {`{"t":"hello","v":1,"at":` + strings.Repeat("[", 1900) + strings.Repeat("]", 1900) + `}`, 4505},
}

func TestHostileFrames(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	s.unchanged(t, func() {
		for _, test := range frames() {
			before := s.vault.count()
			w := s.upgraded(t, s.roles["attendee"], "/ws/"+s.event)
			w.say(string(textFrame(plainHello)))
			if _, body, err := w.next(); err != nil || !bytes.Contains(body, []byte(`"t":"hello"`)) {
				t.Fatalf("%s: no hello: %s %v", test.what, body, err)
			}
			go w.say(string(test.bytes))
			if code := w.over(); code != test.want {
				t.Errorf("%s: closed with %d, want %d", test.what, code, test.want)
			}
			w.Close()
			if wrote := s.vault.since(before); len(wrote) > 0 {
				t.Errorf("%s: wrote %q", test.what, wrote)
			}
		}
		for what, first := range firsts {
			w := s.upgraded(t, s.roles["attendee"], "/ws/"+s.event)
			w.say(string(textFrame(first.text)))
			if code := w.over(); code != first.want {
				t.Errorf("%s: closed with %d, want %d", what, code, first.want)
			}
			w.Close()
		}
		// A screen only looks.
		post := textFrame(`{"t":"do","op":"` + newOp() + `","name":"need.post","args":{"who":"x"}}`)
		w := s.upgraded(t, s.roles["screen"], "/ws/"+s.event+"?as=screen")
		w.say(string(textFrame(plainHello)), string(post))
		if code := w.over(); code != 4505 {
			t.Errorf("E07 a screen that posts: closed with %d", code)
		}
		// Numbers of streams that it does not hear, or that are not yet, or of
		// another epoch are worth nothing: everything comes anew.
		for _, at := range []string{`{"desk":1,"consent":1,"x":2}`, `{"room":18446744073709551615,"me":999999}`, `{}`} {
			for _, epoch := range []string{"1.0", "9.9", strings.Repeat("x", 3000)} {
				w := s.upgraded(t, s.roles["attendee"], "/ws/"+s.event)
				w.say(string(textFrame(`{"t":"hello","v":1,"epoch":"` + epoch + `","at":` + at + `}`)))
				full := []string{}
				for len(full) < 2 {
					_, body, err := w.next()
					if err != nil {
						t.Fatal(at, epoch, err)
					}
					var m struct {
						In   string
						Full bool
					}
					if _ = json.Unmarshal(body, &m); m.In == "desk" {
						t.Error("a guest hears the desk")
					}
					if m.Full {
						full = append(full, m.In)
					}
				}
				if slices.Sort(full); strings.Join(full, " ") != "me room" {
					t.Errorf("%s %s: whole streams are %v", epoch, at, full)
				}
				w.Close()
			}
		}
	})

	t.Run("commands of the wrong form", func(t *testing.T) {
		for what, args := range map[string]string{
			"unknown key": `{"who":"x","role":"host"}`, "wrong case": `{"Who":"x"}`, "number": `{"who":1}`, "array": `{"who":["x"]}`, "object": `{"who":{"$ne":"x"}}`,
		} {
			before := s.vault.count()
			op := newOp()
			s.a.mu.Lock()
			ws := s.a.ws
			s.a.mu.Unlock()
			_ = ws.WriteMessage(1, []byte(`{"t":"do","op":"`+op+`","name":"need.post","args":`+args+`}`))
			if a := s.a.answer(op, what); a.code != "body.malformed" || s.vault.count() != before {
				t.Errorf("%s: %v", what, a)
			}
		}
		for _, op := range []string{"", "x", strings.Repeat("A", 21), strings.Repeat("A", 23), strings.Repeat("A", 3000), strings.Repeat("A", 21) + "B"} {
			s.a.say(op, "need.post", object{"who": "x"})
			if a := s.a.answer(op, "E25"); a.code != "op.malformed" {
				t.Errorf("E25 op of %d: %v", len(op), a)
			}
		}
		op := newOp()
		s.a.say(op, "need.post", object{"who": "一度目"})
		s.a.answer(op, "the first")
		before := s.vault.count()
		s.a.mu.Lock()
		delete(s.a.answers, op)
		s.a.mu.Unlock()
		s.a.say(op, "need.post", object{"who": "二度目"})
		if a := s.a.answer(op, "the second"); a.code != "op.reused" || s.vault.count() != before {
			t.Errorf("E26 an op for something else: %v", a)
		}
	})
}

func TestHostileSockets(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	t.Run("F29 the fifth socket closes the oldest", func(t *testing.T) {
		phones := []*phone{s.a}
		for range 4 {
			phones = append(phones, s.a.browser.phone(s.event).connect())
		}
		s.a.until("the oldest to go", func() bool { return s.a.over == 4504 })
		phones[1].connectedStill(t)
		phones[4].connectedStill(t)
		for range 20 {
			_ = s.a.browser.phone(s.event).connect()
		}
		for _, p := range phones[:4] {
			p.until("the older to go", func() bool { return p.over == 4504 })
		}
		s.a.connect()
	})

	t.Run("R1 who never reads holds up nobody", func(t *testing.T) {
		var deaf sync.WaitGroup
		for range 4 {
			w := s.upgraded(t, s.b.browser, "/ws/"+s.event)
			_ = w.Conn.(*net.TCPConn).SetReadBuffer(1 << 10)
			w.say(string(textFrame(plainHello)))
			deaf.Go(func() { // and it asks without end
				for range 500 {
					w.say(string(textFrame(`{"t":"ping"}`)))
				}
			})
		}
		s.b.over = 0
		for i := range 30 {
			line := fmt.Sprintf("%d %s", i, strings.Repeat("長い話", 20))
			s.a.do("card.change", object{"card": card("佐藤 由美", "sharoshi", object{"line": line, "mail": "sato@example.jp"})})
			s.host.find("room", "person", has("line", line))
		}
		deaf.Wait()
		s.a.fresh()
	})

	t.Run("nothing is left of many that come and go", func(t *testing.T) {
		for range 50 {
			w := s.wire(t)
			w.say(handshake("/ws/"+s.event, s.roles["attendee"].cookieHeader(), nil))
			w.Close()
		}
		s.a.connectedStill(t)
	})

	t.Run("a ping is answered", func(t *testing.T) {
		w := s.upgraded(t, s.host.browser, "/ws/"+s.event)
		w.say(string(textFrame(plainHello)), string(frame(0x89, []byte("still there?"))))
		for {
			op, body, err := w.next()
			if err != nil {
				t.Fatal(err)
			}
			if op == 0x8a {
				if string(body) != "still there?" {
					t.Errorf("the pong says %q", body)
				}
				break
			}
		}
	})
}

// connectedStill asks for an answer on this very socket.
func (p *phone) connectedStill(t *testing.T) {
	t.Helper()
	if a := p.try("need.close", object{"need": "nothing"}); a.code != "not_found" {
		t.Errorf("%s: %v", p.name, a)
	}
}
