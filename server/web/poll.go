package web

import (
	"io"
	"net/http"
	"os"
	"sync/atomic"
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
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	w := patient{Writer: c.Response(), line: http.NewResponseController(c.Response())}
	_ = said.Write(&w, w.letGo) // whoever did not get it asks again
	return nil
}

// patient gives a phone ten seconds for each 8 KiB, until it is let go.
type patient struct {
	io.Writer
	line *http.ResponseController // a server for tests may have no deadlines
	over atomic.Bool
}

const (
	pieceMost   = 8 << 10
	pieceWithin = 10 * time.Second
)

func (p *patient) Write(b []byte) (n int, err error) {
	for len(b) > n && err == nil {
		_ = p.line.SetWriteDeadline(time.Now().Add(pieceWithin))
		if p.over.Load() {
			return n, os.ErrDeadlineExceeded
		}
		var m int
		m, err = p.Writer.Write(b[n:min(len(b), n+pieceMost)])
		n += m
	}
	return n, err
}

func (p *patient) letGo() {
	p.over.Store(true)
	_ = p.line.SetWriteDeadline(time.Now())
}
