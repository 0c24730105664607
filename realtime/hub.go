package realtime

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"goen/realtime/event"
	"goen/store"
)

// Hub keeps the rooms of one server: opened on first use, closed when idle,
// drained at shutdown.
type Hub struct {
	Directory *Directory

	store   store.Store
	keys    *store.Keyring
	log     *slog.Logger
	clock   func() time.Time
	fail    func(point string)
	build   string
	most    event.Bounds
	demo    bool
	noHints bool
	bell    Doorbell
	ctx     context.Context // of everything that rooms do; ends when the hub is closed
	cancel  context.CancelFunc

	embedder Embedder // nil: none

	leaving context.Context // ends when phones are to go
	leave   context.CancelFunc

	process string
	tokens  atomic.Int64

	limits Limits
	paces  paces

	mu      sync.Mutex
	rooms   map[string]*Room
	mute    map[string]int // sockets without a hello yet, by whose they are
	opening map[string]chan struct{}
	due     map[string]event.At // of rooms that were closed when idle: what they wait for
	closed  bool
	conns   sync.WaitGroup
	sweeper sync.WaitGroup
}

// Config is what a hub needs. Clock, Fail, Build and Bell may be left out.
type Config struct {
	Store  store.Store
	Keys   *store.Keyring
	Log    *slog.Logger
	Build  string           // of the app that is served; phones compare it with theirs
	Clock  func() time.Time // of the rooms; time.Now
	Limits Limits           // of what one attendee or phone may cost; zero: the usual
	Most   event.Bounds     // of one event; zero: the usual
	Demo   bool             // everybody here is invented, and phones say so
	// NoHints leaves the matcher out: for crash tests, whose servers do not live
	// as long as its lexicon takes to read.
	NoHints bool
	Bell    Doorbell // to the other nodes; none: this one is alone. The hub closes it
	// Embedder may help to put suggestions in order; nil: words alone do.
	Embedder Embedder
	// Fail is called at the named points of a commit: "append" before the log
	// is asked, "appended" after it answered, "shown" after the copies turned.
	// A crash test dies there.
	Fail func(point string)
}

const (
	sweepEvery = time.Minute
	never      = event.At(1<<63 - 1)
)

// NewHub starts a hub. Close ends it.
func NewHub(ctx context.Context, c Config) (*Hub, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Fail == nil {
		c.Fail = func(string) {}
	}
	if c.Bell == nil {
		c.Bell = alone{}
	}
	h := &Hub{
		bell: c.Bell, store: c.Store, keys: c.Keys, log: c.Log, clock: c.Clock, fail: c.Fail, build: c.Build, most: c.Most, demo: c.Demo, noHints: c.NoHints,
		embedder: c.Embedder,
		limits:   c.Limits.orDefault(), mute: map[string]int{},
		process: NewID(), rooms: map[string]*Room{}, opening: map[string]chan struct{}{}, due: map[string]event.At{},
	}
	h.ctx, h.cancel = context.WithCancel(context.WithoutCancel(ctx))
	h.leaving, h.leave = context.WithCancel(h.ctx)
	h.Directory = &Directory{hub: h, bell: make(chan struct{}, 1), hosts: map[string]bool{}, ended: map[string]bool{}}
	if err := h.Directory.catchUp(); err != nil {
		h.cancel()
		h.bell.Close()
		return nil, err
	}
	h.bell.Answer(h.answer)
	h.sweeper.Go(h.sweep)
	h.sweeper.Go(h.follow)
	return h, nil
}

// NewID makes an id or secret of 128 random bits, 22 characters of base64url.
func NewID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

// token names one attempt at a place of a log.
func (h *Hub) token() string { return fmt.Sprintf("%s-%d", h.process, h.tokens.Add(1)) }

// embedsAt is where texts would go to be embedded; empty: nowhere.
func (h *Hub) embedsAt() string {
	if h.embedder == nil {
		return ""
	}
	return h.embedder.Where()
}

func (h *Hub) now() event.At { return event.At(h.clock().UnixMilli()) }

// sealer seals the words of one event.
func (h *Hub) sealer(event string) event.Sealer { return sealer{h, event} }

type sealer struct {
	hub   *Hub
	event string
}

func (s sealer) Seal(whose, label string, plain []byte) (string, error) {
	env, err := s.hub.keys.Seal(s.hub.ctx, s.event+"/"+whose, label, plain)
	if errors.Is(err, store.ErrErased) {
		return "", nil
	}
	return env, err
}

func (s sealer) Open(whose, label, envelope string) ([]byte, error) {
	plain, err := s.hub.keys.Open(s.hub.ctx, s.event+"/"+whose, label, envelope)
	if errors.Is(err, store.ErrErased) {
		return nil, nil
	}
	return plain, err
}

// room gives the room of an event, opening it on first use. The log is read
// outside the hub's lock, so one big event does not hold up the others.
func (h *Hub) room(id string, mayBeNew bool) (*Room, error) {
	for {
		h.mu.Lock()
		if h.closed {
			h.mu.Unlock()
			return nil, ErrUnavailable
		}
		if r := h.rooms[id]; r != nil {
			h.mu.Unlock()
			return r, nil
		}
		if wait := h.opening[id]; wait != nil {
			h.mu.Unlock()
			<-wait
			continue
		}
		ready := make(chan struct{})
		h.opening[id] = ready
		h.mu.Unlock()

		r, err := openRoom(h, id, mayBeNew)
		h.mu.Lock()
		delete(h.opening, id)
		late := err == nil && h.closed
		if err == nil && !late {
			h.rooms[id] = r
		}
		h.mu.Unlock()
		close(ready)
		if late {
			_ = r.close(h.ctx)
			return nil, ErrUnavailable
		}
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrGone) || errors.Is(err, store.ErrInvalid) {
			return nil, event.ErrNotFound
		}
		if err != nil {
			h.log.Error("open room", "event", id, "err", err)
			return nil, ErrUnavailable
		}
		return r, nil
	}
}

// forget takes a room out, unless the hub is closing and does it itself.
func (h *Hub) forget(r *Room) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.rooms[r.id] != r {
		return false
	}
	delete(h.rooms, r.id)
	return true
}

// rest is forget for a room that nobody uses; the sweep comes back at due.
func (h *Hub) rest(r *Room, due event.At) bool {
	if !h.forget(r) {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.due[r.id] = due
	return true
}

// end closes a room whose event was shredded elsewhere. It is not for the
// room's own loop, for which it waits.
func (h *Hub) end(r *Room) {
	if h.forget(r) {
		r.sayGoodbye(CloseShredded)
		_ = r.close(h.ctx)
	}
}

// in runs f on the room of an event, again if the room closed meanwhile.
func (h *Hub) in(id string, mayBeNew bool, f func(*Room) error) error {
	for {
		r, err := h.room(id, mayBeNew)
		if err != nil {
			return err
		}
		err = f(r)
		switch {
		case errors.Is(err, errStopped):
			h.forget(r)
			continue
		case errors.Is(err, store.ErrGone): // shredded meanwhile
			h.end(r)
			return event.ErrNotFound
		}
		return err
	}
}

// Do runs one command on an event to its end. nil means durable; else an
// event.Refusal. A new event begins with event.EventOpen.
func (h *Hub) Do(id string, by event.Who, op event.OpID, c event.Command) error {
	if h.hasty(id, by) {
		return ErrTooMany
	}
	_, opens := c.(event.EventOpen)
	return h.in(id, opens, func(r *Room) error { return r.Do(by, op, c) })
}

// Look runs f with the state of an event as it is now. f must not keep or
// change it.
func (h *Hub) Look(id string, f func(*event.State)) error {
	return h.in(id, false, func(r *Room) error { return r.Fresh(f) })
}

// Attends tells whether a person attends an event, in whatever standing. Who
// ever came stays in the log, so a yes needs no read.
func (h *Hub) Attends(id string, who event.Who) (bool, error) {
	found := false
	find := func(s *event.State) { found = s.Attendees[event.AttendeeID(who.ID)] != nil }
	err := h.in(id, false, func(r *Room) error { return r.known(find) })
	if err == nil && !found {
		err = h.Look(id, find)
	}
	return found, err
}

// restsNow: the event is open and looks after itself, or closed and has nothing
// due yet.
func (h *Hub) restsNow(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	due, known := h.due[id]
	return h.rooms[id] != nil || known && due > h.now()
}

// sweep opens the events that have something due, so that nothing waits for
// somebody to come by.
func (h *Hub) sweep() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		for _, e := range h.Directory.Events() {
			if h.ctx.Err() != nil {
				return
			}
			if h.restsNow(e.ID) {
				continue
			}
			err := h.in(e.ID, false, func(r *Room) error { return r.glance() })
			switch {
			case errors.Is(err, event.ErrNotFound): // shredded, or never begun: nothing will be due
				h.mu.Lock()
				h.due[e.ID] = never
				h.mu.Unlock()
			case err != nil && h.ctx.Err() == nil:
				h.log.Error("sweep", "event", e.ID, "err", err)
			}
		}
		select {
		case <-tick.C:
		case <-h.ctx.Done():
			return
		}
	}
}

// Close says goodbye to every phone, lets the rooms finish what they took, and
// waits, as long as ctx allows.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	rooms := h.rooms
	h.rooms = map[string]*Room{}
	h.mu.Unlock()
	h.leave()
	var errs []error
	for _, r := range rooms {
		r.sayGoodbye(CloseRestarting)
		errs = append(errs, r.close(ctx))
	}
	left := make(chan struct{})
	go func() { h.conns.Wait(); close(left) }()
	select {
	case <-left:
	case <-ctx.Done():
		errs = append(errs, fmt.Errorf("realtime: phones did not leave: %w", ctx.Err()))
	}
	h.cancel()
	h.sweeper.Wait()
	h.bell.Close()
	return errors.Join(errs...)
}

// Kick ends the sockets of a session, here and, by way of the directory, at every
// other node. It comes before the session itself is given back: what may be left
// undone is then a session without sockets, and never the reverse.
func (h *Hub) Kick(session string) error {
	if h.Directory.hasEnded(session) {
		return nil
	}
	return h.Directory.add(directoryFact{F: "session.ended", Session: session})
}

// letGo closes the sockets of a session that has ended.
func (h *Hub) letGo(session string) {
	h.mu.Lock()
	rooms := slices.Collect(maps.Values(h.rooms))
	h.mu.Unlock()
	for _, r := range rooms {
		r.mu.Lock()
		for _, c := range r.conns {
			if c.session == session {
				c.letGo(CloseSignedOut)
				c.poke()
			}
		}
		r.mu.Unlock()
	}
}
