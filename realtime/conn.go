package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"goen/realtime/event"
)

// Conn is one phone: a reader, which puts its commands to the room one after
// another, and a writer, which fetches what the phone lacks whenever it can
// write. Nothing is queued for a phone but its own answers: whatever happens
// while it is busy is one merged view when it is ready, so a slow phone costs
// nobody anything and cannot fill the memory. A request of a phone that polls
// is a Conn too, without a socket: see poll.go.
type Conn struct {
	room    *Room
	who     event.Who
	whose   string        // who may not have many sockets without a hello
	session string        // of the browser, see Kick
	wake    chan struct{} // one place: there is something to fetch
	goesOn  bool          // with what it holds, and without a hello
	brief   bool          // does not wait, and takes nobody's place

	ws *websocket.Conn

	budget *budget
	rude   bool        // what came last was not of the protocol; the reader's own
	hasty  int         // messages in a row that were more than may be sent; likewise
	ending atomic.Bool // the reader is to end
	gone   atomic.Bool // it has ended

	// Under room.mu.
	may   []event.Stream
	holds []holding // at most one of each stream
	epoch string    // that it was told; empty before the hello
	beat  time.Time // when it was last told its numbers unasked
	heard int       // presence that it was told
	stale bool      // a stream that it hears has moved
	said  [][]byte  // answers
	bytes int       // of them
	over  int       // close code, once it is to go
	bye   []byte    // sent last of all
}

const (
	readLimit     = 4 << 10
	helloWithin   = 10 * time.Second
	silenceMost   = 60 * time.Second // without a byte of the phone
	beatEvery     = 25 * time.Second
	writeWithin   = 10 * time.Second // for each 8 KiB
	socketsEach   = 4                // of one attendee
	mutesEach     = 8                // sockets of one person that have not said hello
	hastyMost     = 200              // messages in a row that were refused for their haste
	saidMost      = 64 << 10         // bytes of answers that wait for a phone
	bytesAMessage = 4 * readLimit    // on the wire between two messages, control frames and empty fragments included
)

// Upgrader of the socket. Compression stays off: gorilla's read limit counts
// compressed bytes, and a writer of flate costs 1.2 MB a phone. The origin is
// checked by the web before it comes here.
var upgrader = websocket.Upgrader{
	ReadBufferSize: 1 << 10, WriteBufferSize: 4 << 10, WriteBufferPool: &sync.Pool{},
	HandshakeTimeout: 10 * time.Second, CheckOrigin: func(*http.Request) bool { return true },
	Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Sec-WebSocket-Version", "13")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"code":"` + ErrBody.Code + `"}`))
	},
}

// Serve upgrades a request that was found good, and serves the phone until it
// goes. It returns at once; the phone has goroutines of its own, so that
// net/http's buffers do not stay alive.
func (h *Hub) Serve(w http.ResponseWriter, req *http.Request, id string, who event.Who, session string) error {
	r, err := h.room(id, false)
	if err != nil {
		return err
	}
	whose := id + " " + who.ID
	if who.Kind != event.Person {
		whose = session
	}
	if !h.receive(whose) {
		return ErrTooMany
	}
	budget := &budget{piece: h.limits.Write}
	budget.left.Store(bytesAMessage)
	ws, err := upgrader.Upgrade(hijacked{w, budget}, req, nil)
	if err != nil {
		h.received(whose)
		return nil // answered by the upgrader
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		_ = ws.Close()
		return nil
	}
	h.conns.Add(1)
	c := &Conn{room: r, who: who, whose: whose, session: session, ws: ws, wake: make(chan struct{}, 1), budget: budget}
	go func() {
		defer h.conns.Done()
		c.read()
	}()
	return nil
}

// bound holds gorilla to what a phone may send and what is answered unasked.
func (c *Conn) bound() {
	c.ws.SetReadLimit(readLimit)
	// Pings are answered (RFC 6455 5.5.2; some clients leave without), but
	// nobody waits long to do so. The other defaults would write by themselves.
	c.ws.SetPingHandler(func(data string) error {
		_ = c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		return nil
	})
	c.ws.SetPongHandler(func(string) error { return nil })
	c.ws.SetCloseHandler(func(int, string) error { return nil })
}

// read is the phone's goroutine: it starts the writer and waits for it.
func (c *Conn) read() {
	c.bound()
	_ = c.ws.SetReadDeadline(time.Now().Add(helloWithin))

	hurried := make(chan struct{})
	stay := context.AfterFunc(c.room.hub.leaving, func() { c.endReader(); close(hurried) })
	code := c.greet()
	c.room.hub.received(c.whose)
	if !stay() {
		<-hurried
		if code != 0 {
			code = CloseRestarting
		} else { // it came in at the last moment, and is told like all others
			c.ending.Store(false)
			_ = c.ws.SetReadDeadline(time.Now().Add(silenceMost))
		}
	}
	var writer sync.WaitGroup
	if code == 0 {
		writer.Go(c.write)
		code = c.listen()
	}
	c.gone.Store(true)
	c.poke()
	c.leave()
	writer.Wait()
	if code != 0 {
		c.goodbye(code)
	}
	if c.rude {
		c.linger()
	}
	_ = c.ws.Close()
}

// linger takes in what was still on its way. Closing on unread bytes would
// reset the connection, and the phone might never read why (RFC 9112 9.6).
func (c *Conn) linger() {
	raw := c.budget.Conn
	if half, ok := raw.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = raw.SetReadDeadline(time.Now().Add(time.Second))
	_, _ = io.CopyN(io.Discard, raw, 64<<10)
}

// next reads one message strictly. A code other than 0 ends the connection;
// -1 means that it has ended.
func (c *Conn) next(m *Incoming) (code int) {
	kind, b, err := c.ws.ReadMessage()
	var closed *websocket.CloseError
	var broken net.Error
	if errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure {
		return closed.Code // RFC 6455 5.5.1: a close is answered
	}
	c.rude = !errors.As(err, &closed) && !errors.As(err, &broken)
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return websocket.CloseMessageTooBig
	case errors.Is(err, errTalkative):
		return websocket.ClosePolicyViolation
	case err != nil:
		return -1
	case kind != websocket.TextMessage:
		return websocket.CloseUnsupportedData
	case !utf8.Valid(b):
		return websocket.CloseInvalidFramePayloadData
	case Decode(b, m) != nil:
		return CloseMisused
	}
	c.rude = false
	c.budget.left.Store(bytesAMessage)
	_ = c.ws.SetReadDeadline(time.Now().Add(silenceMost))
	if c.ending.Load() {
		c.endReader()
	}
	return 0
}

func (c *Conn) endReader() {
	c.ending.Store(true)
	_ = c.ws.SetReadDeadline(time.Now())
}

// greet takes the phone's hello.
func (c *Conn) greet() int {
	var m Incoming
	if code := c.next(&m); code != 0 {
		return code
	}
	if m.T != "hello" {
		return CloseMisused
	}
	held := Cursor{V: uint8(min(max(m.V, 0), 255)), Epoch: m.Epoch, Build: m.Build}
	if m.At != nil && json.Unmarshal(m.At, &held.At) != nil {
		return CloseResync
	}
	return c.come(held)
}

// come brings the phone into the room with what it holds. A code other than 0
// tells why not.
func (c *Conn) come(held Cursor) int {
	if held.V < Version-1 || held.V < 1 {
		return CloseTooOld
	}
	c.heard, c.beat = int(held.Here), time.Now()
	r := c.room
	inside := false
	for {
		err := r.fresh(func(s *event.State) {
			r.mu.Lock()
			defer r.mu.Unlock()
			c.may = event.Hears(s, c.who)
			if inside = c.may != nil; !inside {
				return
			}
			if held.Epoch == r.copies.Epoch() {
				c.resume(held)
			}
			r.enter(c)
		}, !(c.goesOn && c.brief))
		if errors.Is(err, errStopped) {
			if r, err = r.hub.room(r.id, false); err == nil {
				c.room = r
				continue
			}
		}
		switch {
		case err != nil:
			return CloseRestarting
		case !inside: // c.may is the room's by now
			return CloseRemoved
		case r.hub.Directory.hasEnded(c.session): // meanwhile; later the kick finds it in the room
			return CloseSignedOut
		}
		return 0
	}
}

// resume takes the phone's numbers, which are of this epoch; under mu. One that
// goes on without a hello must hold nothing that it no longer hears: the hello
// would tell it to forget that.
func (c *Conn) resume(held Cursor) {
	for _, in := range c.may {
		if n, named := held.At[in.Name.String()]; named {
			c.holds = append(c.holds, holding{in: in, at: n})
		}
	}
	if !c.goesOn || len(c.holds) < len(held.At) {
		return
	}
	c.epoch = held.Epoch
	for i := range c.holds {
		c.holds[i].told = c.holds[i].at > 0
	}
	for _, in := range c.may {
		if c.room.copies.Seq(in) == 0 {
			c.holding(in).told = true
		}
	}
}

var opForm = regexp.MustCompile(`^[A-Za-z0-9_-]{21}[AQgw]$`)

// ValidOp tells whether a text is 128 bits as 22 characters of base64url.
func ValidOp(op string) bool { return opForm.MatchString(op) }

// listen takes commands, one after another.
func (c *Conn) listen() int {
	for {
		var m Incoming
		if code := c.next(&m); code != 0 {
			return code
		}
		if c.room.hub.hasty(c.room.id, c.who) {
			c.hasty++
		} else {
			c.hasty = 0
		}
		switch {
		case c.hasty > hastyMost:
			return websocket.ClosePolicyViolation
		case m.T == "ping":
			c.tell(func() []byte { return encode(Pong{"pong", c.numbers()}) })
		case m.T == "do" && c.who.Kind != event.Person:
			return CloseMisused
		case m.T == "do" && c.hasty > 0:
			c.tell(func() []byte { return encode(no(m.Op, ErrTooMany)) })
		case m.T == "do":
			c.do(m)
		default:
			return CloseMisused
		}
		if c.choked() {
			return CloseSlow
		}
	}
}

// choked: the phone asks and does not read the answers.
func (c *Conn) choked() bool {
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	return c.bytes > saidMost
}

// do runs one command and answers it.
func (c *Conn) do(m Incoming) {
	refused := func(err error) { c.tell(func() []byte { return encode(no(m.Op, err)) }) }
	blank := event.Commands[m.Name]
	switch {
	case !ValidOp(m.Op):
		refused(ErrOpForm)
		return
	case blank == nil:
		refused(ErrNoCommand)
		return
	}
	command := blank()
	if m.Args != nil {
		if err := Decode(m.Args, command); err != nil {
			refused(err)
			return
		}
	}
	answered := make(chan struct{})
	j := job{ask: event.Ask{By: c.who, Op: event.OpID(m.Op), Do: command}, done: func(err error) {
		if err != nil {
			c.say(encode(no(m.Op, err)))
		} else {
			c.say(encode(Ack{"ack", m.Op}))
		}
		close(answered)
	}}
	if c.room.put(j) != nil {
		return // the room is going; the phone asks again
	}
	select {
	case <-answered:
	case <-c.room.done:
	}
}

func no(op string, err error) No {
	var refusal event.Refusal
	if !errors.As(err, &refusal) {
		refusal = ErrServer
	}
	again := refusal.Kind == event.Unavailable || refusal.Kind == event.Full || refusal.Is(ErrTooMany)
	return No{"no", op, refusal.Code, refusal.Field, refusal.Max, again}
}
