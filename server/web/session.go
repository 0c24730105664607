package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
)

// A session is a random text in a cookie. The store holds only its SHA-256, as
// a claim whose owner says who it is: "pp.<person>" or "sc.<event>" for a
// screen. So it is opaque, and ends at once when the claim is released.
const (
	sessionLasts = 200 * 24 * time.Hour // longer than the longest retention after an evening
	personCookie = "goen"
	screenCookie = "goen-screen"
)

func (s *Site) cookieName(name string) string {
	if s.tls() {
		return "__Host-" + name
	}
	return name // without TLS some browsers do not keep the other, on localhost too
}

func sessionClaim(token string) string {
	sum := sha256.Sum256([]byte("goen session\n" + token))
	return "s." + hex.EncodeToString(sum[:])
}

// token reads a cookie. Two of one name that differ are somebody's attempt.
func (s *Site) token(c echo.Context, name string) (string, error) {
	found := ""
	for i, k := range c.Request().CookiesNamed(s.cookieName(name)) {
		if i > 0 && k.Value != found {
			return "", realtime.ErrSessions
		}
		found = k.Value
	}
	if len(found) > 100 {
		return "", nil
	}
	return found, nil
}

func (s *Site) owner(c echo.Context, name, kind string) (string, error) {
	token, err := s.token(c, name)
	if err != nil || token == "" {
		return "", err
	}
	owner, err := s.store.Holder(c.Request().Context(), sessionClaim(token))
	if isNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", realtime.ErrUnavailable
	}
	id, ok := strings.CutPrefix(owner, kind)
	if !ok {
		return "", nil
	}
	return id, nil
}

// person is who is signed in; empty if nobody is.
func (s *Site) person(c echo.Context) (string, error) { return s.owner(c, personCookie, "pp.") }

// screen is the event whose screen this browser is; empty if it is none.
func (s *Site) screen(c echo.Context) (string, error) { return s.owner(c, screenCookie, "sc.") }

// who is the attendee that the signed-in person is at the event of the route.
func (s *Site) who(c echo.Context) (id string, who event.Who, err error) {
	id = c.Param("event")
	person, err := s.person(c)
	if err != nil {
		return "", who, err
	}
	if person == "" {
		return "", who, realtime.ErrNoSession
	}
	who, err = s.hub.Attendee(id, person)
	return id, who, err
}

// inside runs f with the state if who is inside. An event that is none of
// theirs is not there for them.
func (s *Site) inside(id string, who event.Who, f func(*event.State)) error {
	var refused error = event.ErrNotFound
	err := s.hub.Look(id, func(st *event.State) {
		switch a := st.Attendees[event.AttendeeID(who.ID)]; {
		case a == nil:
		case a.Standing != event.Present:
			refused = event.ErrForbidden
		default:
			refused = nil
			f(st)
		}
	})
	if err != nil {
		return err
	}
	return refused
}

func (s *Site) signIn(c echo.Context, person, token string) error {
	holder, err := s.store.Claim(c.Request().Context(), sessionClaim(token), "pp."+person, s.clock().Add(sessionLasts))
	if err != nil || holder != "pp."+person {
		return unavailable(err)
	}
	s.setCookie(c, personCookie, token, sessionLasts)
	return nil
}

func (s *Site) setCookie(c echo.Context, name, value string, lasts time.Duration) {
	c.SetCookie(&http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(lasts.Seconds()), HttpOnly: true,
		Secure: strings.HasPrefix(s.cookieName(name), "__Host-"), SameSite: http.SameSiteLaxMode,
	})
}

// signOut ends this browser's session, and its sockets.
func (s *Site) signOut(c echo.Context) error {
	var body struct{}
	if err := readBody(c, &body); err != nil {
		return err
	}
	person, err := s.person(c)
	if err != nil {
		return err
	}
	if person != "" {
		token, err := s.token(c, personCookie)
		if err != nil {
			return err
		}
		if err := s.hub.Kick(sessionClaim(token)); err != nil {
			return realtime.ErrUnavailable
		}
		if err := s.store.Release(c.Request().Context(), sessionClaim(token), "pp."+person); err != nil {
			return unavailable(err)
		}
	}
	s.setCookie(c, personCookie, "", -time.Second)
	return c.JSON(http.StatusOK, struct{}{})
}

// derive makes 256 bits of an op that only its phone knows, so that the same
// request, sent again, comes to the same person and the same session.
func (s *Site) derive(c echo.Context, use, of string) (string, error) {
	a, err := s.keys.Mac(c.Request().Context(), "installation/derived", []byte(use+"\n1\n"+of))
	if err != nil {
		return "", realtime.ErrUnavailable
	}
	b, err := s.keys.Mac(c.Request().Context(), "installation/derived", []byte(use+"\n2\n"+of))
	if err != nil {
		return "", realtime.ErrUnavailable
	}
	return a + b, nil
}
