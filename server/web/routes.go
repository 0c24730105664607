// Package web is the only place that knows Echo: it turns requests into calls
// of package realtime, strictly, and answers into JSON, pages and files.
package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/store"
)

// Config is what the site needs.
type Config struct {
	Hub     *realtime.Hub
	Store   store.Store
	Keys    *store.Keyring
	Log     *slog.Logger
	URL     *url.URL       // where people reach us: scheme and host
	Proxies []netip.Prefix // whose X-Forwarded-For is believed
	Clock   func() time.Time
	Demo    Demo // nil but in a demo
}

// Site is the HTTP side of the program.
type Site struct {
	hub     *realtime.Hub
	store   store.Store
	keys    *store.Keyring
	log     *slog.Logger
	url     *url.URL
	clock   func() time.Time
	app     *app
	demo    Demo
	guesses guesses
	decode  chan struct{} // pictures that are decoded at once
	probe   probe
	cross   *http.CrossOriginProtection
}

// New makes the handler of everything. Its routes are all of the URLs there
// are; who may use each is said beside it and enforced by who().
func New(c Config) (http.Handler, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	app, err := newApp()
	if err != nil {
		return nil, err
	}
	s := &Site{
		hub: c.Hub, store: c.Store, keys: c.Keys, log: c.Log, url: c.URL, clock: c.Clock, app: app, demo: c.Demo,
		decode: make(chan struct{}, 2), cross: http.NewCrossOriginProtection(),
	}
	if err := s.cross.AddTrustedOrigin(s.origin()); err != nil {
		return nil, err
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.answerError
	e.IPExtractor = addressOf(c.Proxies)
	e.Pre(s.guard)

	e.GET("/healthz", s.health)                                    // anybody
	e.GET("/readyz", s.ready)                                      // anybody
	e.POST("/api/demo", s.demoPath)                                // anybody, and only in a demo
	e.GET("/api/me", s.me)                                         // anybody
	e.POST("/api/host", s.becomeHost)                              // who has the one-time link
	e.POST("/api/lobby", s.lobby)                                  // who has a key of the door
	e.POST("/api/join", s.join)                                    // the same
	e.POST("/api/signout", s.signOut)                              // anybody
	e.POST("/api/move", s.move)                                    // who is signed in
	e.POST("/api/move/look", s.lookMove)                           // who has its link or code
	e.POST("/api/move/use", s.useMove)                             // the same
	e.POST("/api/screen", s.beginScreen)                           // anybody; worth nothing before a host's OK
	e.POST("/api/events", s.makeEvent)                             // hosts of the installation
	e.POST("/api/events/:event/code", s.renewCode)                 // hosts of the event (the heart decides)
	e.POST("/api/events/:event/screens", s.approveScreen)          // hosts of the event
	e.POST("/api/events/:event/photo", s.putPhoto)                 // who is inside
	e.GET("/api/events/:event/photos/:photo", s.photo)             // who sees that card
	e.GET("/api/events/:event/contacts.csv", s.contactsCSV)        // who is inside
	e.GET("/api/events/:event/contacts.vcf", s.contactsVCard)      // who is inside
	e.GET("/api/events/:event/contacts/:file", s.contactVCard)     // who is inside
	e.POST("/api/events/:event/erase", s.erase)                    // whose data it is, also after a removal
	e.GET("/ws/:event", s.socket)                                  // who is inside or in the lobby, and screens
	e.POST("/api/events/:event/poll", s.poll)                      // the same
	e.POST("/api/events/:event/do", s.act)                         // who is inside or in the lobby (the heart decides)
	e.GET("/c/:event/:secret", s.consentPage)                      // the absent person
	e.POST("/c/:event/:secret", s.consentAnswer)                   // the absent person
	e.GET("/c/:event/:secret/photo", s.consentPhoto)               // the absent person
	e.GET("/consent.css", s.consentStyle)                          // anybody
	e.Any("/api/*", func(echo.Context) error { return errNoPage }) // never the app
	e.GET("/*", s.serveApp)                                        // anybody
	e.HEAD("/*", s.serveApp)
	return e, nil
}

func (s *Site) origin() string { return s.url.Scheme + "://" + s.url.Host }
func (s *Site) tls() bool      { return s.url.Scheme == "https" }

var errNoPage = echo.NewHTTPError(http.StatusNotFound)

func (s *Site) health(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }
