package web

import (
	"context"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

const (
	bodyLimit = 32 << 10
	uriLimit  = 2 << 10
)

var errURI = echo.NewHTTPError(http.StatusRequestURITooLong)

// guard comes before everything: it refuses what is not meant for us or not
// well formed, sets the headers of every answer, and writes the log.
func (s *Site) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		start := time.Now()
		r := c.Request()
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("panic", "route", c.Path(), "panic", p)
				err = realtime.ErrServer
			}
			if err != nil {
				c.Error(err)
				err = nil
			}
			// The route and not the path: ids, secrets and codes stay out.
			s.log.Debug("request", "method", r.Method, "route", c.Path(), "status", c.Response().Status, "ms", time.Since(start).Milliseconds())
		}()
		s.setHeaders(c.Response().Header())
		bad, last := framing(r)
		if last {
			c.Response().Header().Set("Connection", "close")
		}
		switch {
		case bad:
			return realtime.ErrBody
		case r.Method == http.MethodConnect || r.Method == http.MethodTrace:
			return echo.ErrMethodNotAllowed
		case len(r.RequestURI) > uriLimit:
			return errURI
		case !strings.EqualFold(r.Host, s.url.Host):
			return realtime.ErrHostName
		case strings.Contains(r.URL.Path, "\x00"), strings.Contains(r.URL.Path, ".."), strings.Contains(r.URL.Path, "\\"):
			return realtime.ErrBody
		case s.cross.Check(r) != nil || !safe(r.Method) && r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "":
			return realtime.ErrOrigin // also who says nothing of where they come from: no browser does
		}
		return next(c)
	}
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

const contentSecurityPolicy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html goen-sw"

func (s *Site) setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store") // static files say otherwise
	if s.tls() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// readBody reads a JSON object strictly into v.
func readBody(c echo.Context, v any) error {
	r := c.Request()
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || kind != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") || r.Header.Get("Content-Encoding") != "" {
		return realtime.ErrBodyType
	}
	b, err := readAll(c, bodyLimit)
	if err != nil {
		return err
	}
	return realtime.Decode(b, v)
}

func checkOp(op string) (event.OpID, error) {
	if !realtime.ValidOp(op) {
		return "", realtime.ErrOpForm
	}
	return event.OpID(op), nil
}

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

// addressOf finds the address of a client: of the connection, unless it comes
// from a proxy that the operator named.
func addressOf(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		_, network, err := net.ParseCIDR(p.String())
		if err == nil {
			options = append(options, echo.TrustIPRange(network))
		}
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// guesses bounds how many wrong door codes are tried (trust.md 1): 30 in ten
// minutes from one address (an IPv6 network of /64), 120 a minute in all.
type guesses struct {
	mu     sync.Mutex
	from   map[netip.Prefix]*window
	server window
}

type window struct {
	began time.Time
	wrong int
}

func (w *window) full(now time.Time, span time.Duration, most int) bool {
	if now.Sub(w.began) >= span {
		*w = window{began: now}
	}
	return w.wrong >= most
}

func prefixOf(address string) netip.Prefix {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if a = a.Unmap(); a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// may tells whether this address may try a code now, and notes a wrong one.
func (g *guesses) may(address string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.from[prefixOf(address)]
	return !g.server.full(now, time.Minute, 120) && (w == nil || !w.full(now, 10*time.Minute, 30))
}

func (g *guesses) wrong(address string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.from == nil {
		g.from = map[netip.Prefix]*window{}
	}
	for p, w := range g.from { // old ones make room
		if len(g.from) > 10_000 || now.Sub(w.began) > 10*time.Minute {
			delete(g.from, p)
		}
	}
	p := prefixOf(address)
	if g.from[p] == nil {
		g.from[p] = &window{began: now}
	}
	g.from[p].wrong++
	g.server.wrong++
}

// ---- framing

// A request that says its length twice, by Content-Length and by
// Transfer-Encoding, may be an attempt to smuggle another one past a proxy
// (RFC 9112 6.1). net/http drops one of the two silently, so Listen looks at
// every head as it arrives, also at one that waits behind another request.

type framingKey struct{}

// framedConn hands out at most one head or the rest of one body at a time, so
// that it always knows where the next head begins.
type framedConn struct {
	net.Conn
	mu     sync.Mutex
	head   []byte // what came of a head that has no end yet
	ahead  []byte // came, and is not handed out yet
	body   int64  // left of a body
	behind bool   // no more heads: the end of this body is not ours to find
	bad    bool
}

const headMost = 64 << 10

// Listen wraps a listener so that guard can refuse doubly framed requests.
// Give the server Context as its ConnContext.
func Listen(l net.Listener) net.Listener { return framedListener{l} }

type framedListener struct{ net.Listener }

func (l framedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &framedConn{Conn: c}, nil
}

// Context puts the connection where guard finds it.
func Context(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, framingKey{}, c)
}

// CloseWrite lets net/http end a connection whose last answer is not lost.
func (f *framedConn) CloseWrite() error {
	if c, ok := f.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

func (f *framedConn) Read(p []byte) (n int, err error) {
	f.mu.Lock()
	n = copy(p, f.ahead)
	f.mu.Unlock()
	if n == 0 {
		n, err = f.Conn.Read(p)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	mine := f.take(p[:n])
	if len(f.ahead) > 0 {
		f.ahead = f.ahead[mine:]
	} else if mine < n {
		f.ahead = append([]byte(nil), p[mine:n]...)
	}
	return mine, err
}

// take says how many of these bytes belong to what is being read; under mu.
func (f *framedConn) take(p []byte) int {
	switch {
	case f.behind:
		return len(p)
	case f.body > 0:
		n := min(f.body, int64(len(p)))
		f.body -= n
		return int(n)
	}
	from := max(0, len(f.head)-3)
	was := len(f.head)
	f.head = append(f.head, p...)
	end := headEnd(f.head, from)
	if end < 0 {
		f.behind = len(f.head) > headMost
		return len(p)
	}
	f.judge(strings.ToLower(string(f.head[:end])))
	f.head = f.head[:0]
	return end - was
}

// headEnd is the place behind the first empty line; net/http takes a line feed
// alone for the end of a line.
func headEnd(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		if b[i] == '\n' && i+1 < len(b) {
			if b[i+1] == '\n' {
				return i + 2
			}
			if b[i+1] == '\r' && i+2 < len(b) && b[i+2] == '\n' {
				return i + 3
			}
		}
	}
	return -1
}

func (f *framedConn) judge(head string) {
	coded := strings.Contains(head, "\ntransfer-encoding:")
	_, length, sized := strings.Cut(head, "\ncontent-length:")
	f.bad = coded && sized
	f.behind = coded || strings.Contains(head, "\nupgrade:")
	f.body = 0
	if sized && !f.behind {
		length, _, _ = strings.Cut(length, "\n")
		n, err := strconv.ParseInt(strings.TrimSpace(length), 10, 64)
		f.body, f.behind = n, err != nil || n < 0
	}
}

// framing tells whether a request is doubly framed, and whether it has to be
// the last of its connection.
func framing(r *http.Request) (bad, last bool) {
	f, ok := r.Context().Value(framingKey{}).(*framedConn)
	if !ok {
		return false, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bad, f.behind
}
