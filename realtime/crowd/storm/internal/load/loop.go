package load

import (
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"goen/realtime/crowd/storm/internal/adapter"
	"goen/realtime/crowd/storm/internal/stats"
)

// A loop reads the sockets of its share of the members.
type loop struct {
	g  *Gen
	ep int
	ev adapter.Events

	deliveries atomic.Int64

	mu       sync.Mutex // the histograms of the phase
	since    int64      // messages posted before are not counted
	last     int64      // time of the last delivery
	lat, ack stats.Hist
	joinLat  stats.Hist
}

func newLoop(g *Gen) (*loop, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	return &loop{g: g, ep: ep}, err
}

func (l *loop) run() {
	evs := make([]unix.EpollEvent, 256)
	buf := make([]byte, 256<<10)
	for !l.g.stop.Load() {
		n, err := unix.EpollWait(l.ep, evs, 100)
		if err != nil {
			continue
		}
		l.mu.Lock()
		for _, e := range evs[:n] {
			c := l.g.conns[e.Fd]
			if c.gen.Load() != e.Pad || c.state.Load() == closed {
				continue
			}
			if err := l.ready(c, e, buf); err != nil {
				l.g.lost(c, err)
			}
		}
		l.mu.Unlock()
	}
	unix.Close(l.ep)
}

func (l *loop) ready(c *conn, e unix.EpollEvent, buf []byte) error {
	if c.state.Load() == connecting {
		if e.Events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) == 0 {
			return nil
		}
		if no, _ := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_ERROR); no != 0 {
			return fmt.Errorf("connect: %w", unix.Errno(no))
		}
		c.state.Store(upgrading)
		if err := c.writeAll(c.request(l.g.host, l.g.a)); err != nil {
			return err
		}
		ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: e.Fd, Pad: e.Pad}
		return unix.EpollCtl(l.ep, unix.EPOLL_CTL_MOD, c.fd, &ev)
	}
	n, err := unix.Read(c.fd, buf)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return fmt.Errorf("read: end of file")
	}
	return c.feed(l.g, l.g.now(), buf[:n])
}

// The following run inside run, with mu held.

func (l *loop) delivered(now, at int64) {
	l.deliveries.Add(1)
	l.last = now
	if at >= l.since {
		l.lat.Add(now - at)
	}
}

func (l *loop) acked(now, at int64) {
	if at >= l.since {
		l.ack.Add(now - at)
	}
}

func (l *loop) join(c *conn, now int64) {
	l.joinLat.Add(now - c.began)
	l.g.joinedOne()
}
