package web

import (
	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
)

// socket hands a good request to the hub. Cookie and origin are checked before
// the upgrade: our own origin only, and not a missing one either, for a
// browser always sends it.
func (s *Site) socket(c echo.Context) error {
	r := c.Request()
	origins := r.Header.Values("Origin")
	if len(origins) != 1 || origins[0] != s.origin() {
		return realtime.ErrOrigin
	}
	id := c.Param("event")
	who := event.Who{Kind: event.Screen}
	cookie := screenCookie
	if c.QueryParam("as") == "screen" {
		screen, err := s.screen(c)
		if err != nil {
			return err
		}
		if screen == "" || screen != id {
			return realtime.ErrNoSession
		}
	} else {
		cookie = personCookie
		var err error
		if id, who, err = s.who(c); err != nil {
			return err
		}
		inside := false
		if err := s.hub.Look(id, func(st *event.State) { inside = st.Attendees[event.AttendeeID(who.ID)] != nil }); err != nil {
			return err
		}
		if !inside {
			return event.ErrNotFound
		}
	}
	token, err := s.token(c, cookie)
	if err != nil {
		return err
	}
	return s.hub.Serve(c.Response(), r, id, who, sessionClaim(token))
}
