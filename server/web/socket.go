package web

import (
	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
)

// viewer is who looks at the event of the route, and the session of their
// browser: an attendee, or with ?as=screen its screen. An event that is none
// of theirs is not there for them.
func (s *Site) viewer(c echo.Context) (id string, who event.Who, session string, err error) {
	id, who = c.Param("event"), event.Who{Kind: event.Screen}
	cookie := screenCookie
	if c.QueryParam("as") == "screen" {
		screen, err := s.screen(c)
		if err != nil {
			return "", who, "", err
		}
		if screen == "" || screen != id {
			return "", who, "", realtime.ErrNoSession
		}
	} else {
		cookie = personCookie
		if id, who, err = s.who(c); err != nil {
			return "", who, "", err
		}
		attends, err := s.hub.Attends(id, who)
		if err != nil {
			return "", who, "", err
		}
		if !attends {
			return "", who, "", event.ErrNotFound
		}
	}
	token, err := s.token(c, cookie)
	return id, who, sessionClaim(token), err
}

// socket hands a good request to the hub. Cookie and origin are checked before
// the upgrade: our own origin only, and not a missing one either, for a
// browser always sends it.
func (s *Site) socket(c echo.Context) error {
	r := c.Request()
	origins := r.Header.Values("Origin")
	if len(origins) != 1 || origins[0] != s.origin() {
		return realtime.ErrOrigin
	}
	id, who, session, err := s.viewer(c)
	if err != nil {
		return err
	}
	return s.hub.Serve(c.Response(), r, id, who, session)
}
