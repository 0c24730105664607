package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
)

// poll is the socket's other half for phones that cannot have one.
func (s *Site) poll(c echo.Context) error {
	var body realtime.Poll
	if err := readBody(c, &body); err != nil {
		return err
	}
	id, who, session, err := s.viewer(c)
	if err != nil {
		return err
	}
	said, err := s.hub.Poll(c.Request().Context(), id, who, session, body)
	if err != nil {
		return err
	}
	return say(c, said)
}

// act is one command of such a phone. Screens have none.
func (s *Site) act(c echo.Context) error {
	var body realtime.Act
	if err := readBody(c, &body); err != nil {
		return err
	}
	id, who, session, err := s.viewer(c)
	if err != nil {
		return err
	}
	if who.Kind != event.Person {
		return event.ErrForbidden
	}
	said, err := s.hub.Act(id, who, session, body)
	if err != nil {
		return err
	}
	return say(c, said)
}

// say gives a slow phone the time that a socket would.
func say(c echo.Context, said realtime.Said) error {
	within := 10*time.Second + time.Duration(said.Len()>>12)*time.Second
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(within)) // a server for tests may have none
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	_, _ = said.WriteTo(c.Response()) // whoever did not get it asks again
	return nil
}
