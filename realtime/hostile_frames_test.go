package realtime

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzFrames puts any bytes behind a good handshake. Whatever they are, reading
// ends with a code of ours or of RFC 6455, nothing but pongs is answered, and
// what comes through as a message is one.
func FuzzFrames(f *testing.F) {
	hello := maskedFrame(0x81, []byte(`{"t":"hello","v":1}`))
	for _, b := range [][]byte{
		nil, hello, append(slices.Clone(hello), hello...), {0x81, 0x02, '{', '}'}, maskedFrame(0x89, []byte("ping")), bytes.Repeat(maskedFrame(0x89, nil), 3000),
		maskedFrame(0x88, []byte{3, 0xe8, 'b', 'y', 'e'}), maskedFrame(0x88, nil), maskedFrame(0x82, []byte("x")), maskedFrame(0x81, []byte("{\xff}")), maskedFrame(0xc1, []byte("{}")),
		append(maskedFrame(0x01, []byte(`{"t":`)), maskedFrame(0x80, []byte(`"ping"}`))...), {0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4},
		append(maskedFrame(0x01, nil), bytes.Repeat(maskedFrame(0x00, nil), 3000)...), maskedFrame(0x81, []byte(strings.Repeat(" ", 5000))), maskedFrame(0x83, nil), []byte("GET / HTTP/1.1\r\n\r\n"),
	} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		raw := &script{in: bytes.NewReader(b)}
		c := &Conn{budget: &budget{Conn: raw, piece: time.Second}}
		c.budget.left.Store(bytesAMessage)
		request, _ := http.NewRequest("GET", "http://x/", nil)
		request.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
		ws, err := upgrader.Upgrade(raw.over(c.budget), request, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.ws = ws
		raw.out.Reset() // the handshake's answer
		c.bound()
		for range len(b) + 1 {
			var m Incoming
			code := c.next(&m)
			if code == 0 {
				if whole, err := json.Marshal(m); err != nil || !utf8.Valid(whole) {
					t.Fatalf("%q came through as %+v", b, m)
				}
				continue
			}
			ours := slices.Contains([]int{-1, 1002, 1003, 1007, 1008, 1009, CloseMisused}, code)
			said := bytes.Contains(unmasked(b), binary.BigEndian.AppendUint16(nil, uint16(code))) || code == 1005 // a close is answered by the same
			if !ours && !said {
				t.Fatalf("%q ends with %d", b, code)
			}
			for out := raw.out.Bytes(); len(out) > 0; {
				if out[0] != 0x8a && out[0] != 0x88 || len(out) < 2 || out[1] > 125 || len(out) < 2+int(out[1]) {
					t.Fatalf("%q was answered by %q", b, raw.out.Bytes())
				}
				out = out[2+int(out[1]):]
			}
			if raw.out.Len() > len(b)+127 {
				t.Fatalf("%d bytes were answered by %d", len(b), raw.out.Len())
			}
			return
		}
		t.Fatalf("%q has no end", b)
	})
}

func maskedFrame(first byte, body []byte) []byte {
	b := []byte{first}
	if n := len(body); n < 126 {
		b = append(b, 0x80|byte(n))
	} else {
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	}
	return append(append(b, 0, 0, 0, 0), body...) // a mask of zeros is one
}

// unmasked are the bytes of some frames under every mask that they hold, one
// behind another, which is where a code may stand.
func unmasked(b []byte) []byte {
	out := slices.Clone(b)
	for i := 0; i+6 <= len(b); i++ {
		out = append(out, b[i+4]^b[i], b[i+5]^b[i+1])
	}
	return out
}

// script is a connection that says what it was given, and then ends.
type script struct {
	net.Conn
	in  *bytes.Reader
	out bytes.Buffer
}

func (s *script) Read(p []byte) (int, error)       { return s.in.Read(p) }
func (s *script) Write(p []byte) (int, error)      { return s.out.Write(p) }
func (s *script) Close() error                     { return nil }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// over is an answer that hands the connection out under a budget.
func (s *script) over(b *budget) http.ResponseWriter { return scripted{b} }

type scripted struct{ budget *budget }

func (s scripted) Header() http.Header         { return http.Header{} }
func (s scripted) Write(p []byte) (int, error) { return len(p), nil }
func (s scripted) WriteHeader(int)             {}
func (s scripted) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return s.budget, bufio.NewReadWriter(bufio.NewReader(strings.NewReader("")), bufio.NewWriter(io.Discard)), nil
}
