package web

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"goen/realtime/event"
)

// Fuzz targets of what the web reads: `go test -fuzz FuzzPlainCode ./server/web`.

func FuzzPlainCode(f *testing.F) {
	for _, s := range []string{"ABCD-2345", "abcd2345", "ＡＢＣＤ－２３４５", "ABCDー2345", " A B C D 2 3 4 5 ", "0OI1-0OI1", "\xff\xfe", "ABCD2345\n", "ABCD2345\x00", strings.Repeat("A", 1000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code := plainCode(s)
		if again := plainCode(code); again != code {
			t.Fatalf("%q becomes %q, then %q", s, code, again)
		}
		if codeForm.MatchString(code) {
			for _, r := range code {
				if !strings.ContainsRune(codeSymbols, r) {
					t.Fatalf("%q is a code with %q", s, r)
				}
			}
			if len(code) != 8 || plainCode(code[:4]+"-"+code[4:]) != code {
				t.Fatalf("%q is no code", code)
			}
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"", "1.2.3.4", "1.2.3.4, 10.0.0.1", "10.0.0.1,10.0.0.2", "::1", "[2001:db8::1]:80", "unknown", "1.2.3.4:80", "\xff", "fe80::1%eth0", strings.Repeat("1.2.3.4,", 500), "999.1.1.1", "::ffff:10.0.0.1"} {
		f.Add(s, s)
	}
	trusted := netip.MustParsePrefix("10.0.0.0/8")
	direct, behind := addressOf(nil), addressOf([]netip.Prefix{trusted})
	f.Fuzz(func(t *testing.T, one, two string) {
		r := &http.Request{Header: http.Header{"X-Forwarded-For": {one, two}, "X-Real-Ip": {two}}, RemoteAddr: "203.0.113.9:1234"}
		for what, extract := range map[string]echo.IPExtractor{"direct": direct, "behind a proxy": behind} {
			if got := extract(r); got != "203.0.113.9" {
				t.Fatalf("%s: %q and %q made a stranger %q", what, one, two, got)
			}
		}
		r.RemoteAddr = "10.0.0.1:1234"
		if got := direct(r); got != "10.0.0.1" {
			t.Fatalf("%q and %q moved us to %q", one, two, got)
		}
		got := behind(r)
		said := got == "10.0.0.1"
		for part := range strings.SplitSeq(one+","+two, ",") {
			said = said || net.ParseIP(strings.Trim(strings.TrimSpace(part), "[]")).Equal(net.ParseIP(got))
		}
		if net.ParseIP(got) == nil || !said {
			t.Fatalf("%q and %q made %q, which nobody said", one, two, got)
		}
		p := prefixOf(got)
		if p.IsValid() && p.Bits() != 32 && p.Bits() != 64 {
			t.Fatalf("%q belongs to %v", got, p)
		}
		prefixOf(one)
	})
}

func FuzzConsentForm(f *testing.F) {
	for _, s := range []string{"", "op=x&do=give&name=%E7%94%B0", "name=a&name=b", "x=y", "name=%ff", "name=%", "a;b", "name=a%00b", "do=decline&tell=on&block=on", "NAME=x", "name", "=", "%6eame=x&name=y"} {
		f.Add("application/x-www-form-urlencoded", []byte(s))
	}
	f.Add("application/json", []byte("{}"))
	f.Add("application/x-www-form-urlencoded; charset=utf-16", []byte("name=x"))
	e := echo.New()
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		r := httptest.NewRequest(http.MethodPost, "/c/a/b", bytes.NewReader(b))
		r.Header["Content-Type"] = []string{kind}
		form, err := readForm(e.NewContext(r, httptest.NewRecorder()))
		var refusal event.Refusal
		if err != nil {
			if !errors.As(err, &refusal) || form != nil {
				t.Fatalf("%q: %v %v", b, form, err)
			}
			return
		}
		values, _ := url.ParseQuery(string(b))
		for name, v := range form {
			if !utf8.ValidString(v) || len(values[name]) != 1 || !slices.Contains([]string{"op", "do", "name", "kana", "firm", "mail", "phone", "tell", "block"}, name) {
				t.Fatalf("%q gives %q as %q", b, name, v)
			}
		}
	})
}

func FuzzCookie(f *testing.F) {
	for _, s := range []string{"", "goen=x", "goen=x; goen=y", "goen=; goen=x", `goen="x"`, "goen=x;goen=x", "goen =x", "GOEN=x", "goen=" + strings.Repeat("a", 101), ";;;", "goen=\xff"} {
		f.Add(s, "")
		f.Add("goen=x", s)
	}
	e := echo.New()
	s := &Site{url: &url.URL{Scheme: "http", Host: "goen.example"}}
	f.Fuzz(func(t *testing.T, one, two string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Cookie"] = []string{one, two}
		token, err := s.token(e.NewContext(r, httptest.NewRecorder()), personCookie)
		differ := false
		for i, k := range r.CookiesNamed(personCookie) {
			differ = differ || i > 0 && k.Value != r.CookiesNamed(personCookie)[0].Value
		}
		if (err != nil) != differ || len(token) > 100 || err != nil && token != "" {
			t.Fatalf("%q and %q: %q %v", one, two, token, err)
		}
		if !strings.HasPrefix(sessionClaim(token), "s.") || len(sessionClaim(token)) != 66 {
			t.Fatal("a claim of another form")
		}
	})
}

// FuzzFraming cuts a stream of bytes at any places: what comes out is what went
// in, and a head that says its length twice is seen wherever it stands.
func FuzzFraming(f *testing.F) {
	bad := "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, s := range []string{"", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\nContent-Length: 3\n\nabc", "\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n", "GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n", bad} {
		f.Add([]byte(s), []byte{1, 2, 3, 200})
	}
	f.Fuzz(func(t *testing.T, b, cuts []byte) {
		run := func(all []byte) *framedConn {
			c := &framedConn{Conn: &pieces{rest: bytes.Clone(all), cuts: cuts}, hall: &hall{}}
			var out []byte
			p := make([]byte, 4096)
			for i := 0; ; i++ {
				n, err := c.Read(p[:1+i%len(p)])
				out = append(out, p[:n]...)
				if err != nil {
					break
				}
			}
			if !bytes.Equal(out, all) {
				t.Fatalf("%q came out as %q", all, out)
			}
			return c
		}
		run(b)
		if !run([]byte(bad)).bad || !run([]byte("GET /a HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 4\r\n\r\n\r\n\r\n"+bad)).bad {
			t.Fatalf("cut at %v, it is not seen", cuts)
		}
	})
}

// pieces is a connection that brings as many bytes at a time as it is told.
type pieces struct {
	net.Conn
	rest, cuts []byte
	turn       int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	most := len(b)
	if len(p.cuts) > 0 {
		most = 1 + int(p.cuts[p.turn%len(p.cuts)])
		p.turn++
	}
	n := copy(b[:min(most, len(b))], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// FuzzPhoto gives any bytes for a picture: what is taken comes out as a square
// JPEG of ours, and everything else is refused before it costs much.
func FuzzPhoto(f *testing.F) {
	small := image.NewRGBA(image.Rect(0, 0, 9, 7))
	var asJPEG, asPNG bytes.Buffer
	_ = jpeg.Encode(&asJPEG, small, nil)
	_ = png.Encode(&asPNG, small)
	webp := "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
	for _, b := range [][]byte{
		asJPEG.Bytes(), asPNG.Bytes(), []byte(webp), nil, []byte("<svg/>"), []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), asJPEG.Bytes()[:20], asPNG.Bytes()[:33],
		append(bytes.Clone(asJPEG.Bytes()), "<script>alert(1)</script>"...), []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x75\x30\x00\x00\x75\x30\x08\x06\x00\x00\x00\xde\xad\xbe\xef"),
	} {
		for kind := range uint8(3) {
			f.Add(kind, b)
		}
	}
	e := echo.New()
	s := &Site{decode: make(chan struct{}, 2)}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width*c.Height > 1<<18 && c.Width*c.Height <= photoPixels {
			t.Skip() // allowed, and slow
		}
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("Content-Type", []string{"image/jpeg", "image/png", "image/webp"}[kind%3])
		out, err := s.square(e.NewContext(r, httptest.NewRecorder()), b)
		if len(s.decode) != 0 {
			t.Fatal("a place for decoding was not given back")
		}
		var refusal event.Refusal
		if err != nil {
			if !errors.As(err, &refusal) || out != nil {
				t.Fatalf("%q: %v", b, err)
			}
			return
		}
		img, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil || img.Bounds().Dx() != photoSide || img.Bounds().Dy() != photoSide || bytes.Contains(out, []byte("<script")) {
			t.Fatalf("%q: %v", b, err)
		}
	})
}
