package load

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"goen/realtime/crowd/storm/internal/adapter"
)

// A conn is one member. All fields but those noted belong to its loop.
type conn struct {
	id    int
	room  *roomState
	post  bool // posts, and stays when the others drop
	loop  *loop
	state atomic.Int32
	gen   atomic.Int32 // counts its sockets, to tell late events apart

	fd    int
	buf   []byte // bytes of an incomplete frame or handshake
	msg   []byte // fragments of a message
	pos   adapter.Position
	began int64 // when this socket was asked for

	seen     []uint64 // bit n: message n of the room arrived
	got, dup int
	resets   int

	wmu  sync.Mutex // writes to fd
	acks sync.Map   // poster: id -> time of the post
}

const (
	closed int32 = iota
	connecting
	upgrading
	joining
	joined
)

// note records message n; it reports whether it is new to this member.
func (c *conn) note(n uint32) bool {
	w := int(n / 64)
	if w >= len(c.seen) {
		c.seen = append(c.seen, make([]uint64, w+16-len(c.seen))...)
	}
	bit := uint64(1) << (n % 64)
	if c.seen[w]&bit != 0 {
		c.dup++
		return false
	}
	c.seen[w] |= bit
	c.got++
	return true
}

// missing counts the messages from..to (to not included) that did not arrive.
func (c *conn) missing(from, to uint32) int {
	miss := int(to - from)
	for n := from; n < to; {
		w := int(n / 64)
		if w >= len(c.seen) {
			break
		}
		end := min(to, uint32(w+1)*64)
		m := ^uint64(0) << (n % 64)
		if r := end - uint32(w)*64; r < 64 {
			m &= 1<<r - 1
		}
		miss -= bits.OnesCount64(c.seen[w] & m)
		n = end
	}
	return miss
}

// dial starts a non-blocking connect from a source address of its own block,
// so that a run never runs out of ports.
func (c *conn) dial(to unix.SockaddrInet4) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	src := unix.SockaddrInet4{Addr: [4]byte{127, 1, byte(c.id >> 8), byte(c.id)}}
	if err := unix.Bind(fd, &src); err != nil {
		unix.Close(fd)
		return err
	}
	c.fd, c.buf, c.msg = fd, c.buf[:0], nil
	c.state.Store(connecting)
	if err := unix.Connect(fd, &to); err != nil && err != unix.EINPROGRESS {
		unix.Close(fd)
		return err
	}
	ev := unix.EpollEvent{Events: unix.EPOLLOUT | unix.EPOLLIN, Fd: int32(c.id), Pad: c.gen.Add(1)}
	return unix.EpollCtl(c.loop.ep, unix.EPOLL_CTL_ADD, fd, &ev)
}

// writeAll sends b; the messages are small, so a full socket is waited for.
func (c *conn) writeAll(b []byte) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	for len(b) > 0 {
		n, err := unix.Write(c.fd, b)
		if n > 0 {
			b = b[n:]
		}
		switch err {
		case nil, unix.EINTR:
		case unix.EAGAIN:
			pf := []unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLOUT}}
			if k, _ := unix.Poll(pf, 5000); k == 0 {
				return errors.New("send: the server does not read")
			}
		default:
			return err
		}
	}
	return nil
}

// clientFrame appends a frame with a mask of zero: valid, and the payload
// stays as it is.
func clientFrame(dst []byte, op byte, b []byte) []byte {
	dst = append(dst, 0x80|op)
	switch {
	case len(b) < 126:
		dst = append(dst, 0x80|byte(len(b)))
	case len(b) < 1<<16:
		dst = append(dst, 0x80|126, 0, 0)
		binary.BigEndian.PutUint16(dst[len(dst)-2:], uint16(len(b)))
	default:
		dst = append(dst, 0x80|127, 0, 0, 0, 0, 0, 0, 0, 0)
		binary.BigEndian.PutUint64(dst[len(dst)-8:], uint64(len(b)))
	}
	dst = append(dst, 0, 0, 0, 0)
	return append(dst, b...)
}

func (c *conn) request(host string, a adapter.Adapter) []byte {
	b := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", a.Target(c.room.name, c.id), host)
	b = append(b, a.Header(c.room.name, c.id)...)
	return append(b, "\r\n"...)
}

var (
	crlf2  = []byte("\r\n\r\n")
	status = []byte("HTTP/1.1 101")
)

// feed takes bytes from the server.
func (c *conn) feed(g *Gen, now int64, b []byte) error {
	if len(c.buf) > 0 {
		c.buf = append(c.buf, b...)
		b = c.buf
	}
	if c.state.Load() == upgrading {
		i := bytes.Index(b, crlf2)
		if i < 0 {
			c.keep(b)
			return nil
		}
		if !bytes.HasPrefix(b, status) {
			return fmt.Errorf("upgrade refused: %.60q", b)
		}
		b = b[i+4:]
		c.state.Store(joining)
		if m := g.a.Join(nil, c.room.name, c.pos); len(m) > 0 {
			if err := c.writeAll(clientFrame(nil, 1, m)); err != nil {
				return err
			}
		}
	}
	for len(b) >= 2 {
		n, h := int(b[1]&0x7f), 2
		switch n {
		case 126:
			if len(b) < 4 {
				c.keep(b)
				return nil
			}
			n, h = int(binary.BigEndian.Uint16(b[2:])), 4
		case 127:
			if len(b) < 10 {
				c.keep(b)
				return nil
			}
			n, h = int(binary.BigEndian.Uint64(b[2:])), 10
		}
		if len(b) < h+n {
			break
		}
		if err := c.frame(g, now, b[0], b[h:h+n]); err != nil {
			return err
		}
		b = b[h+n:]
	}
	c.keep(b)
	return nil
}

func (c *conn) keep(b []byte) {
	c.buf = append(c.buf[:0], b...)
	if cap(c.buf) > 8192 && len(c.buf) == 0 {
		c.buf = nil
	}
}

func (c *conn) frame(g *Gen, now int64, head byte, b []byte) error {
	switch op := head & 15; op {
	case 0, 1, 2:
		if op == 0 || head&0x80 == 0 {
			c.msg = append(c.msg, b...)
			if head&0x80 == 0 {
				return nil
			}
			b, c.msg = c.msg, nil
		}
		return c.message(g, now, b)
	case 8:
		return fmt.Errorf("closed by the server: %.80q", b)
	case 9:
		return c.writeAll(clientFrame(nil, 10, b))
	}
	return nil
}

func (c *conn) message(g *Gen, now int64, b []byte) error {
	ev := &c.loop.ev
	*ev = adapter.Events{Pos: c.pos, Acks: ev.Acks[:0], Reply: ev.Reply[:0]}
	g.a.Scan(b, ev)
	c.pos = ev.Pos
	if ev.Err != "" {
		return errors.New(ev.Err)
	}
	if len(ev.Reply) > 0 {
		if err := c.writeAll(clientFrame(nil, 1, ev.Reply)); err != nil {
			return err
		}
	}
	for _, id := range ev.Acks {
		if t, ok := c.acks.LoadAndDelete(id); ok {
			c.loop.acked(now, t.(int64))
		}
	}
	if ev.Reset {
		c.resets++
	}
	if ev.Joined && c.state.CompareAndSwap(joining, joined) {
		c.loop.join(c, now)
	}
	if ev.Quiet {
		return nil
	}
	marks(b, func(n uint32, at int64) {
		if c.note(n) {
			c.room.delivered(g, n, at, now)
			c.loop.delivered(now, at)
		}
	})
	return nil
}
