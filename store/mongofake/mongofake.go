// Package mongofake is a MongoDB replica set of one address, in memory, for
// tests: the real driver talks to it over the wire, and it fails when and how a
// test wants. It knows only what goen/store/mongo asks for; anything else is an
// error. It has no authentication and no TLS.
//
// What it models is the difference between a write that the primary has and
// one that a majority has. Only the latter is shown to a majority read, and
// only the former can be lost, in a fail-over. A write that asks for less than
// a majority is answered at once and stays with the primary until a later write
// takes it along.
package mongofake

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Server is one such replica set. It is made by Listen.
type Server struct {
	listener net.Listener
	process  bson.ObjectID
	opt      options
	done     chan struct{}
	work     sync.WaitGroup

	mu      sync.Mutex
	conns   map[net.Conn]bool
	cursors map[int64]cursor
	serial  int64
	plan    *rand.Rand
	scripts map[string][]Fault
	always  Fault
	befell  map[Fault]int
	data    *data

	// A primary that has lost its office and does not know it yet: for left more
	// commands its writes reach no majority; then another is elected, and what
	// they wrote is kept or rolled back.
	left int
	lose bool

	lag int // majority reads that still see an older state
}

type options struct {
	seed    uint64
	percent float64
	alone   bool
	deaf    bool
	watch   func(db string, command bson.Raw)
}

// Option changes a Server.
type Option func(*options)

// WithPlan lets a fault befall so many in a hundred commands on data, drawn from
// a seed.
func WithPlan(seed uint64, percent float64) Option {
	return func(o *options) { o.seed, o.percent = seed, percent }
}

// Alone makes it a server that is no member of a replica set.
func Alone() Option { return func(o *options) { o.alone = true } }

// Deaf makes it a look-alike that takes every read and write concern and heeds
// none.
func Deaf() Option { return func(o *options) { o.deaf = true } }

// WithWatch calls f before each command on data, with the documents that came
// beside the command left out. f may block, and may be called from many
// goroutines.
func WithWatch(f func(db string, command bson.Raw)) Option {
	return func(o *options) { o.watch = f }
}

// Listen starts a Server at an address, "127.0.0.1:0" for any free port. What is
// written lives until Close.
func Listen(addr string, opts ...Option) (*Server, error) {
	s := &Server{
		process: bson.NewObjectID(), done: make(chan struct{}), conns: map[net.Conn]bool{}, cursors: map[int64]cursor{},
		scripts: map[string][]Fault{}, befell: map[Fault]int{}, data: newData(),
	}
	for _, o := range opts {
		o(&s.opt)
	}
	s.plan = rand.New(rand.NewPCG(s.opt.seed, 0))
	var err error
	if s.listener, err = net.Listen("tcp", addr); err != nil {
		return nil, fmt.Errorf("mongofake: %w", err)
	}
	s.work.Go(s.accept)
	return s, nil
}

// Addr is where it listens, host and port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// URI is the connection string of a database. It is a direct connection, so a
// proxy may stand before the server: put its address in the place of Addr.
func (s *Server) URI(db string) string {
	return "mongodb://" + s.Addr() + "/" + db + "?directConnection=true"
}

// Close ends every connection and forgets everything. It may be repeated.
func (s *Server) Close() error {
	s.mu.Lock()
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	s.mu.Unlock()
	err := s.listener.Close()
	s.Cut()
	s.work.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Cut ends every connection.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = true
		closing := s.closing()
		s.mu.Unlock()
		if closing {
			c.Close()
		}
		s.work.Go(func() { s.serve(c) })
	}
}

func (s *Server) closing() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// serve answers one connection, command by command, until it ends.
func (s *Server) serve(c net.Conn) {
	defer func() {
		c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	}()
	for in := bufio.NewReader(c); ; {
		req, err := readRequest(in)
		if err != nil {
			return
		}
		reply := s.answer(req)
		if reply == nil {
			return // a cut: before or after, the client cannot tell
		}
		if err := writeReply(c, req, reply); err != nil {
			return
		}
	}
}

// answer carries a command out; nil cuts the connection.
func (s *Server) answer(req request) bson.D {
	switch req.name() {
	case "hello", "isMaster", "ismaster":
		return s.hello(req)
	case "ping", "endSessions", "killCursors":
		return bson.D{{Key: "ok", Value: 1.0}}
	}
	if s.opt.watch != nil {
		s.opt.watch(req.text("$db"), req.body)
	}
	fault := s.draw(req)
	if fault == Slow {
		s.pause(time.Millisecond)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.suffer(req, fault)
}

func (s *Server) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.done:
	}
}

func (s *Server) hello(req request) bson.D {
	// A hello that names the topology it knows wants to hear of a change. The
	// address does not change, so there is none.
	if wait := req.number("maxAwaitTimeMS"); wait > 0 {
		s.pause(time.Duration(wait) * time.Millisecond)
	}
	d := bson.D{
		{Key: "helloOk", Value: true}, {Key: "isWritablePrimary", Value: true}, {Key: "ismaster", Value: true},
		{Key: "maxBsonObjectSize", Value: 16 << 20}, {Key: "maxMessageSizeBytes", Value: maxBytes}, {Key: "maxWriteBatchSize", Value: 100_000},
		{Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: 21}, {Key: "readOnly", Value: false},
	}
	if !s.opt.alone {
		d = append(d,
			bson.E{Key: "setName", Value: "goen"}, bson.E{Key: "setVersion", Value: 1}, bson.E{Key: "secondary", Value: false},
			bson.E{Key: "hosts", Value: bson.A{s.Addr()}}, bson.E{Key: "primary", Value: s.Addr()}, bson.E{Key: "me", Value: s.Addr()},
			bson.E{Key: "logicalSessionTimeoutMinutes", Value: 30}, s.topology())
	}
	return append(d, bson.E{Key: "ok", Value: 1.0})
}

// topology never changes: whoever was told that this is no primary hears from
// it that this is over already, and need not wait for the next heartbeat.
func (s *Server) topology() bson.E {
	return bson.E{Key: "topologyVersion", Value: bson.D{{Key: "processId", Value: s.process}, {Key: "counter", Value: int64(1)}}}
}
