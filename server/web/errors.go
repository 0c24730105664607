package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

// statusOf is the only place where a kind of refusal becomes a status of HTTP.
var statusOf = map[event.Kind]int{
	event.Malformed:       http.StatusBadRequest,
	event.Invalid:         http.StatusUnprocessableEntity,
	event.Unauthenticated: http.StatusUnauthorized,
	event.Forbidden:       http.StatusForbidden,
	event.NotFound:        http.StatusNotFound,
	event.Conflict:        http.StatusConflict,
	event.Gone:            http.StatusGone,
	event.TooMany:         http.StatusTooManyRequests,
	event.TooLarge:        http.StatusRequestEntityTooLarge,
	event.Unsupported:     http.StatusUnsupportedMediaType,
	event.Misdirected:     http.StatusMisdirectedRequest,
	event.Unavailable:     http.StatusServiceUnavailable,
	event.Full:            http.StatusInsufficientStorage,
}

// refusal is the body of every no.
type refusal struct {
	Code  string `json:"code"`
	Field string `json:"field,omitempty"`
	Max   int    `json:"max,omitempty"`
}

// refusalOf finds the refusal in an error. What is none of ours says nothing
// of what it was.
func refusalOf(err error) (event.Refusal, int) {
	var r event.Refusal
	if errors.As(err, &r) {
		return r, statusOf[r.Kind]
	}
	var h *echo.HTTPError
	if errors.As(err, &h) && h.Code < http.StatusInternalServerError {
		return event.ErrNotFound, h.Code // the router's: no such page, another method
	}
	return realtime.ErrServer, http.StatusServiceUnavailable
}

// unavailable is the refusal of what the store did not write.
func unavailable(err error) error {
	if errors.Is(err, store.ErrFull) {
		return realtime.ErrDiskFull
	}
	return realtime.ErrUnavailable
}

// answerError writes a refusal as JSON.
func (s *Site) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	r, status := refusalOf(err)
	if r.Code == realtime.ErrServer.Code {
		s.log.Error("request failed", "route", c.Path(), "err", err)
	}
	if (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) && c.Response().Header().Get("Retry-After") == "" {
		c.Response().Header().Set("Retry-After", "30")
	}
	if c.Request().Method == http.MethodHead {
		_ = c.NoContent(status)
		return
	}
	_ = c.JSON(status, refusal{r.Code, r.Field, r.Max})
}
