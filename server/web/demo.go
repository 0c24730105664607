package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
	"goen/realtime"
)

// Demo shows newcomers the way into an evening of invented people.
type Demo interface {
	// Path is where to go as a "guest", or in the place of the "host".
	// realtime.ErrUnavailable: the people are still coming.
	Path(ctx context.Context, as string) (string, error)
}

func (s *Site) demoPath(c echo.Context) error {
	if s.demo == nil {
		return errNoPage
	}
	var body struct {
		As string `json:"as"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	if body.As != "guest" && body.As != "host" {
		return realtime.ErrBody
	}
	path, err := s.demo.Path(c.Request().Context(), body.As)
	if err != nil {
		return realtime.ErrUnavailable
	}
	return c.JSON(http.StatusOK, map[string]string{"path": path})
}
