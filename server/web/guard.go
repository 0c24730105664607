package web

import (
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"
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
		case !strings.EqualFold(r.Host, s.url.Host) && r.URL.Path != "/healthz" && r.URL.Path != "/readyz": // probes come by address
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

// readOp reads a body that holds nothing but an op.
func readOp(c echo.Context) (event.OpID, error) {
	var body struct {
		Op string `json:"op"`
	}
	if err := readBody(c, &body); err != nil {
		return "", err
	}
	return checkOp(body.Op)
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

// readAll reads a body of at most so many bytes.
func readAll(c echo.Context, most int64) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, c.Request().Body, most))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, realtime.ErrBodyLarge
	}
	if err != nil {
		return nil, realtime.ErrBody
	}
	return b, nil
}
