package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime"
)

const (
	probeWithin = 2 * time.Second // it waits no longer for the store
	probeEvery  = time.Second
	probeClaim  = time.Minute
)

// probe is whether the store takes writes. Only a write can tell: a disk that
// is full, or whose sync failed, can still be read. Anybody may ask, so it is
// made once a second at most.
type probe struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// ready tells whether the store takes writes.
func (s *Site) ready(c echo.Context) error {
	s.probe.mu.Lock()
	defer s.probe.mu.Unlock()
	if time.Since(s.probe.at) >= probeEvery {
		ctx, done := context.WithTimeout(context.WithoutCancel(c.Request().Context()), probeWithin)
		defer done()
		_, s.probe.err = s.store.Claim(ctx, "ready", "probe", s.clock().Add(probeClaim))
		s.probe.at = time.Now()
	}
	if s.probe.err != nil {
		return realtime.ErrUnavailable
	}
	return c.String(http.StatusOK, "ok\n")
}
