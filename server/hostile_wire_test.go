package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Requests and frames by hand, right or wrong, on a TCP connection.

// wire is a TCP connection on which anything may be written.
type wire struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

func (h *house) wire(t testing.TB) *wire {
	t.Helper()
	c, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return &wire{t, c, bufio.NewReader(c)}
}

func (w *wire) say(parts ...string) {
	for _, p := range parts {
		if _, err := io.WriteString(w.Conn, p); err != nil {
			return // the other side had enough; what it answered is still to be read
		}
	}
}

// hear reads one answer; status 0 when the connection ends without one.
func (w *wire) hear(method string) answer {
	resp, err := http.ReadResponse(w.in, &http.Request{Method: method})
	if err != nil {
		if t, ok := err.(net.Error); ok && t.Timeout() {
			w.t.Error("no answer came")
		}
		return answer{header: http.Header{}}
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, b}
}

// raw sends one request as it is.
func (h *house) raw(t testing.TB, text string) answer {
	t.Helper()
	w := h.wire(t)
	defer w.Close()
	go w.say(text)
	method, _, _ := strings.Cut(text, " ")
	return w.hear(method)
}

// rawPost is a well-formed head of a POST, for a body to follow.
func rawPost(path, cookie, body string, header ...string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n", path, origin)
	if cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", cookie)
	}
	for _, h := range header {
		b.WriteString(h + "\r\n")
	}
	if header == nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.String()
}

// ---- the socket

// frame writes a frame of a client, masked unless told otherwise.
func frame(first byte, body []byte, unmasked ...bool) []byte {
	mask := byte(0x80)
	if len(unmasked) > 0 {
		mask = 0
	}
	b := []byte{first}
	switch n := len(body); {
	case n < 126:
		b = append(b, mask|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, mask|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, mask|127), uint64(n))
	}
	if mask == 0 {
		return append(b, body...)
	}
	key := [4]byte{1, 2, 3, 4}
	b = append(b, key[:]...)
	for i, c := range body {
		b = append(b, c^key[i%4])
	}
	return b
}

func textFrame(s string) []byte { return frame(0x81, []byte(s)) }

func handshake(path, cookie string, change map[string]string) string {
	header := map[string]string{
		"Host": "localhost", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		"Origin": origin, "Cookie": cookie,
	}
	for k, v := range change {
		header[k] = v
	}
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\n", path)
	for k, v := range header {
		if v != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", k, v)
		}
	}
	return b.String() + "\r\n"
}

// upgraded opens a socket by hand.
func (s *siege) upgraded(t *testing.T, b *browser, path string) *wire {
	t.Helper()
	w := s.wire(t)
	w.say(handshake(path, b.cookieHeader(), nil))
	if resp, err := http.ReadResponse(w.in, nil); err != nil || resp.StatusCode != 101 {
		t.Fatalf("no socket for %s: %v %v", b.name, resp, err)
	}
	return w
}

// next reads one frame of the server.
func (w *wire) next() (op byte, body []byte, err error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(w.in, head); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1] & 0x7f)
	wide := make([]byte, 8)
	switch n {
	case 126:
		_, err = io.ReadFull(w.in, wide[6:])
		n = binary.BigEndian.Uint64(wide)
	case 127:
		_, err = io.ReadFull(w.in, wide)
		n = binary.BigEndian.Uint64(wide)
	}
	if err == nil && head[1]&0x80 != 0 {
		return 0, nil, fmt.Errorf("the server masks its frames")
	}
	if err != nil {
		return 0, nil, err
	}
	body = make([]byte, n)
	_, err = io.ReadFull(w.in, body)
	return head[0], body, err
}

// over reads to the end and gives the close code: 1005 for a close without
// one, 1006 for none at all.
func (w *wire) over() int {
	for {
		op, body, err := w.next()
		if err != nil {
			if t, ok := err.(net.Error); ok && t.Timeout() {
				w.t.Error("the socket did not end")
			}
			return 1006
		}
		if m := insides.Find(body); m != nil {
			w.t.Errorf("a frame tells of our insides: %q in %.200q", m, body)
		}
		if op&0x0f == 8 {
			if len(body) < 2 {
				return 1005
			}
			return int(binary.BigEndian.Uint16(body))
		}
	}
}
