package web

import (
	"context"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/netip"
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
		switch {
		case badlyFramed(r):
			c.Response().Header().Set("Connection", "close")
			return realtime.ErrBody
		case r.Method == http.MethodConnect || r.Method == http.MethodTrace:
			return echo.ErrMethodNotAllowed
		case len(r.RequestURI) > uriLimit:
			return errURI
		case !strings.EqualFold(r.Host, s.url.Host):
			return realtime.ErrHostName
		case strings.Contains(r.URL.Path, "\x00"), strings.Contains(r.URL.Path, ".."), strings.Contains(r.URL.Path, "\\"):
			return realtime.ErrBody
		case s.cross.Check(r) != nil:
			return realtime.ErrOrigin
		}
		return next(c)
	}
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
// the header as it arrives.

type framingKey struct{}

type framedConn struct {
	net.Conn
	mu   sync.Mutex
	head []byte // of the request that is being read, until its end
	seen bool   // the head is complete
	bad  bool
}

// Listen wraps a listener so that guard can refuse doubly framed requests.
// Give the server Context as its ConnContext and State as its ConnState.
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

// State begins a new head when a connection waits for the next request.
func State(c net.Conn, state http.ConnState) {
	if f, ok := c.(*framedConn); ok && state == http.StateIdle {
		f.mu.Lock()
		f.head, f.seen, f.bad = nil, false, false
		f.mu.Unlock()
	}
}

func (f *framedConn) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.seen && n > 0 {
		f.head = append(f.head, p[:n]...)
		text := string(f.head)
		end := strings.Index(text, "\r\n\r\n")
		if f.seen = end >= 0 || len(f.head) > 64<<10; f.seen {
			if end >= 0 {
				text = text[:end]
			}
			text = strings.ToLower(text)
			f.bad = strings.Contains(text, "\ntransfer-encoding:") && strings.Contains(text, "\ncontent-length:")
			f.head = nil
		}
	}
	return n, err
}

func badlyFramed(r *http.Request) bool {
	f, ok := r.Context().Value(framingKey{}).(*framedConn)
	if !ok {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bad
}
