// Package load is the load generator: many members in rooms, some of them
// posting, all deliveries counted one by one. It reads sockets with a few epoll
// loops instead of a goroutine each, to leave the machine to the server.
package load

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"goen/realtime/crowd/storm/internal/adapter"
	"goen/realtime/crowd/storm/internal/stats"
)

// Gen holds the members. Use New, Join, then the phases, then Close.
type Gen struct {
	a     adapter.Adapter
	host  string
	to    unix.SockaddrInet4
	start time.Time
	conns []*conn
	rooms []*roomState
	loops []*loop
	stop  atomic.Bool

	slots  chan struct{} // handshakes in flight
	joins  atomic.Int64
	errs   atomic.Int64
	errMu  sync.Mutex
	sample []string // of the errors

	doneMu sync.Mutex
	done   stats.Hist // post to the last member
	since  atomic.Int64
	window chan *roomState // closed loop: a token per message that may be posted
}

// roomState is what the load generator knows of a room.
type roomState struct {
	name    string
	members []*conn
	posters []*conn
	next    atomic.Uint32
	turn    atomic.Uint32
	// got counts, per message, the members that have it.
	got []atomic.Int32
}

const maxMessages = 1 << 17 // per room

func (r *roomState) delivered(g *Gen, n uint32, at, now int64) {
	if int(n) >= len(r.got) || r.got[n].Add(1) != int32(len(r.members)) {
		return
	}
	if at >= g.since.Load() {
		g.doneMu.Lock()
		g.done.Add(now - at)
		g.doneMu.Unlock()
	}
	select {
	case g.window <- r:
	default:
	}
}

// New prepares rooms with members each, of whom posters post.
func New(a adapter.Adapter, addr string, rooms, members, posters, inflight, loops int) (*Gen, error) {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil || !ap.Addr().IsLoopback() || !ap.Addr().Is4() {
		return nil, fmt.Errorf("load: %q is not an IPv4 loopback address", addr)
	}
	g := &Gen{a: a, host: addr, start: time.Now(), slots: make(chan struct{}, inflight)}
	g.to = unix.SockaddrInet4{Port: int(ap.Port()), Addr: ap.Addr().As4()}
	for range loops {
		l, err := newLoop(g)
		if err != nil {
			return nil, err
		}
		g.loops = append(g.loops, l)
	}
	for i := range rooms {
		r := &roomState{name: fmt.Sprintf("room%d", i), got: make([]atomic.Int32, maxMessages/rooms)}
		g.rooms = append(g.rooms, r)
		for j := range members {
			c := &conn{id: len(g.conns), room: r, post: j < posters, loop: g.loops[len(g.conns)%loops]}
			g.conns = append(g.conns, c)
			r.members = append(r.members, c)
			if c.post {
				r.posters = append(r.posters, c)
			}
		}
	}
	if p, ok := a.(adapter.Preparer); ok {
		var names []string
		for _, r := range g.rooms {
			names = append(names, r.name)
		}
		if err := p.Prepare(addr, names, members); err != nil {
			return nil, err
		}
	}
	for _, l := range g.loops {
		go l.run()
	}
	return g, nil
}

func (g *Gen) now() int64 { return int64(time.Since(g.start)) }

// Close drops all members.
func (g *Gen) Close() {
	g.stop.Store(true)
	for _, c := range g.conns {
		if c.state.Swap(closed) != closed {
			unix.Close(c.fd)
		}
	}
}

// lost is called in the loop of c.
func (g *Gen) lost(c *conn, err error) {
	if c.state.Swap(closed) == closed {
		return
	}
	unix.Close(c.fd)
	g.errs.Add(1)
	g.errMu.Lock()
	if len(g.sample) < 5 {
		g.sample = append(g.sample, fmt.Sprintf("member %d: %v", c.id, err))
	}
	g.errMu.Unlock()
	select {
	case <-g.slots:
	default:
	}
}

func (g *Gen) joinedOne() {
	g.joins.Add(1)
	select {
	case <-g.slots:
	default:
	}
}

// Joined is the result of connecting many members.
type Joined struct {
	Members int           `json:"members"`
	Seconds float64       `json:"seconds"`
	Rate    float64       `json:"per_second"`
	Latency stats.Latency `json:"latency"` // from the connect to the joined room
	Errors  int64         `json:"errors"`
}

// connect dials cs and waits until all are in their rooms.
func (g *Gen) connect(cs []*conn, limit time.Duration) (Joined, error) {
	for _, l := range g.loops {
		l.mu.Lock()
		l.joinLat = stats.Hist{}
		l.mu.Unlock()
	}
	t0, base, errs := time.Now(), g.joins.Load(), g.errs.Load()
	go func() {
		for _, c := range cs {
			g.slots <- struct{}{}
			if g.stop.Load() {
				return
			}
			c.began = g.now()
			if err := c.dial(g.to); err != nil {
				c.state.Store(connecting)
				g.lost(c, err)
			}
		}
	}()
	want := int64(len(cs))
	for g.joins.Load()-base+g.errs.Load()-errs < want {
		if time.Since(t0) > limit {
			return Joined{}, fmt.Errorf("load: %d of %d joined within %v: %v", g.joins.Load()-base, want, limit, g.errorSample())
		}
		time.Sleep(time.Millisecond)
	}
	d := time.Since(t0).Seconds()
	j := Joined{Members: int(g.joins.Load() - base), Seconds: d, Errors: g.errs.Load() - errs}
	j.Rate = float64(j.Members) / d
	var h stats.Hist
	for _, l := range g.loops {
		l.mu.Lock()
		h.Merge(&l.joinLat)
		l.mu.Unlock()
	}
	j.Latency = h.Summary()
	return j, nil
}

func (g *Gen) errorSample() []string {
	g.errMu.Lock()
	defer g.errMu.Unlock()
	return append([]string(nil), g.sample...)
}

// Join connects all members.
func (g *Gen) Join(limit time.Duration) (Joined, error) { return g.connect(g.conns, limit) }

// post sends one message to r.
func (g *Gen) post(r *roomState, buf []byte) ([]byte, error) {
	n := r.next.Add(1) - 1
	if int(n) >= len(r.got) {
		return buf, fmt.Errorf("load: more than %d messages in a room", len(r.got))
	}
	c := r.posters[int(r.turn.Add(1))%len(r.posters)]
	now := g.now()
	var b [bodySize + 64]byte
	msg := g.a.Post(buf[:0], r.name, n, fmt.Sprintf("%s-%d", r.name, n), body(b[:0], n, now))
	if g.a.Acks() {
		c.acks.Store(n, now)
	}
	if err := c.writeAll(clientFrame(make([]byte, 0, len(msg)+16), 1, msg)); err != nil {
		return msg, fmt.Errorf("load: a post: %w; lost before: %q", err, g.errorSample())
	}
	return msg, nil
}

func (g *Gen) deliveries() (n int64) {
	for _, l := range g.loops {
		n += l.deliveries.Load()
	}
	return n
}

// begin starts a phase: earlier messages no longer count in the histograms.
func (g *Gen) begin() {
	now := g.now()
	for _, l := range g.loops {
		l.mu.Lock()
		l.since, l.lat, l.ack = now, stats.Hist{}, stats.Hist{}
		l.mu.Unlock()
	}
	g.doneMu.Lock()
	g.done = stats.Hist{}
	g.doneMu.Unlock()
	g.since.Store(now)
}

// settle waits until every live member has all messages posted so far, or
// until nothing arrived for a while. It returns how many are missing.
func (g *Gen) settle(limit time.Duration) int {
	end := time.Now().Add(limit)
	for {
		miss := 0
		for _, l := range g.loops {
			l.mu.Lock()
		}
		for _, c := range g.conns {
			if c.state.Load() == joined {
				miss += c.missing(0, c.room.next.Load())
			}
		}
		for _, l := range g.loops {
			l.mu.Unlock()
		}
		if miss == 0 || time.Now().After(end) {
			return miss
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// FreeAddr returns a loopback address whose port is free now.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
