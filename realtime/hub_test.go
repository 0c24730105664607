package realtime_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// This file is what the tests of the room stand on: a store in memory that
// does as it is told, a server on pipes (so that a test may hold the clock),
// and phones.

// ---- a store

// memory keeps the promises of store.Store, as far as a hub needs them.
type memory struct {
	mu     sync.Mutex
	logs   map[string][]store.Record
	claims map[string]string
	keys   map[string][]byte
	gone   map[string]bool
	reads  map[string]int
}

func newMemory() *memory {
	return &memory{logs: map[string][]store.Record{}, claims: map[string]string{}, keys: map[string][]byte{}, gone: map[string]bool{}, reads: map[string]int{}}
}

func (m *memory) Append(_ context.Context, run ...store.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := store.CheckRun(run); err != nil {
		return err
	}
	if m.gone[run[0].Stream] {
		return store.ErrGone
	}
	log := m.logs[run[0].Stream]
	for _, r := range run {
		r.At = store.Millis(r.At)
		switch {
		case r.Seq <= int64(len(log)):
			if was := log[r.Seq-1]; was.By != r.By || string(was.Body) != string(r.Body) {
				return store.ErrTaken
			}
		case r.Seq == int64(len(log))+1:
			log = append(log, r)
		default:
			return store.ErrGap
		}
	}
	m.logs[run[0].Stream] = log
	return nil
}

func (m *memory) Read(_ context.Context, stream string, after int64, f func(store.Record) error) error {
	m.mu.Lock()
	log, gone := m.logs[stream], m.gone[stream]
	m.reads[stream]++
	m.mu.Unlock()
	if gone {
		return store.ErrGone
	}
	if after > int64(len(log)) {
		return store.ErrHole
	}
	for _, r := range log[after:] {
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

// What only moving and backups need is not here.
func (m *memory) Scan(context.Context, func(store.Record) error) error  { return errors.ErrUnsupported }
func (m *memory) Claims(context.Context, func(store.Claim) error) error { return errors.ErrUnsupported }
func (m *memory) Keys(context.Context, func(string, []byte) error) error {
	return errors.ErrUnsupported
}
func (m *memory) Blobs(context.Context, func(string) error) error       { return errors.ErrUnsupported }
func (m *memory) SwapKey(context.Context, string, []byte, []byte) error { return errors.ErrUnsupported }

func (m *memory) Drop(_ context.Context, stream string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.logs, stream)
	m.gone[stream] = true
	return nil
}

func (m *memory) Claim(_ context.Context, name, owner string, _ time.Time) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims[name] = cmp.Or(m.claims[name], owner)
	return m.claims[name], nil
}

func (m *memory) Release(_ context.Context, name, owner string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.claims[name] == owner {
		delete(m.claims, name)
	}
	return nil
}

func (m *memory) Holder(_ context.Context, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if owner, ok := m.claims[name]; ok {
		return owner, nil
	}
	return "", store.ErrNotFound
}

func (m *memory) PutKey(_ context.Context, id string, wrapped []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch was, ok := m.keys[id]; {
	case !ok:
		m.keys[id] = wrapped
		return nil
	case was == nil:
		return store.ErrErased
	case string(was) != string(wrapped):
		return store.ErrTaken
	}
	return nil
}

func (m *memory) Key(_ context.Context, id string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch was, ok := m.keys[id]; {
	case !ok:
		return nil, store.ErrNotFound
	case was == nil:
		return nil, store.ErrErased
	default:
		return was, nil
	}
}

func (m *memory) DropKey(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys[id] = nil
	return nil
}

func (m *memory) PutBlob(context.Context, []byte) (string, error) { return "", errors.ErrUnsupported }
func (m *memory) Blob(context.Context, string) ([]byte, error)    { return nil, store.ErrNotFound }
func (m *memory) DropBlob(context.Context, string) error          { return nil }
func (m *memory) Close() error                                    { return nil }

// readsOf counts how often a stream was read.
func (m *memory) readsOf(stream string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reads[stream]
}

func (m *memory) log(stream string) []store.Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.logs[stream])
}

// faulty puts faults before a store.
type faulty struct {
	store.Store
	mu     sync.Mutex
	append func(run []store.Record, write func() error) error
	drop   func(id string, write func() error) error
	read   func(stream string) error
}

func (f *faulty) set(change func(*faulty)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *faulty) Append(ctx context.Context, run ...store.Record) error {
	f.mu.Lock()
	with := f.append
	f.mu.Unlock()
	write := func() error { return f.Store.Append(ctx, run...) }
	if with == nil {
		return write()
	}
	return with(run, write)
}

func (f *faulty) DropKey(ctx context.Context, id string) error {
	f.mu.Lock()
	with := f.drop
	f.mu.Unlock()
	write := func() error { return f.Store.DropKey(ctx, id) }
	if with == nil {
		return write()
	}
	return with(id, write)
}

func (f *faulty) Read(ctx context.Context, stream string, after int64, g func(store.Record) error) error {
	f.mu.Lock()
	with := f.read
	f.mu.Unlock()
	if with != nil {
		if err := with(stream); err != nil {
			return err
		}
	}
	return f.Store.Read(ctx, stream, after, g)
}

// ---- a server

// world is a hub behind a server on pipes.
type world struct {
	t      *testing.T
	hub    *realtime.Hub
	store  *faulty
	keys   *store.Keyring
	server *http.Server
	pipes  *pipes
	closed bool
	log    words
}

type words struct {
	mu   sync.Mutex
	b    []byte
	more chan struct{} // closed at the next word
}

func (w *words) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.b = append(w.b, b...)
	if w.more != nil {
		close(w.more)
		w.more = nil
	}
	return len(b), nil
}

// until waits for something to be said.
func (w *words) until(t *testing.T, what string) {
	t.Helper()
	for deadline := time.After(patience); ; {
		w.mu.Lock()
		said := bytes.Contains(w.b, []byte(what))
		if w.more == nil {
			w.more = make(chan struct{})
		}
		more := w.more
		w.mu.Unlock()
		if said {
			return
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("it did not say %q", what)
		}
	}
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.b)
}

// pipes is a listener without a network.
type pipes struct {
	next chan net.Conn
	done chan struct{}
	once sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.next:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }
func (p *pipes) dial() (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.next <- there:
		return here, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

var master = [32]byte{1}

func newWorld(t *testing.T, s store.Store, change ...func(*realtime.Config)) *world {
	t.Helper()
	w := &world{t: t, store: &faulty{Store: s}, pipes: &pipes{next: make(chan net.Conn), done: make(chan struct{})}}
	w.keys = store.NewKeyring(w.store, master)
	c := realtime.Config{Store: w.store, Keys: w.keys, Log: w.logger()}
	for _, f := range change {
		f(&c)
	}
	var err error
	if w.hub, err = realtime.NewHub(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	w.server = &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		who := event.Who{Kind: event.Person, ID: q.Get("who")}
		if who.ID == "" {
			who = event.Who{Kind: event.Screen}
		}
		if err := w.hub.Serve(rw, r, q.Get("event"), who, q.Get("session")); err != nil {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
	})}
	go func() { _ = w.server.Serve(w.pipes) }()
	t.Cleanup(w.close)
	return w
}

func (w *world) logger() *slog.Logger { return slog.New(slog.NewTextHandler(&w.log, nil)) }

func (w *world) close() {
	if w.closed {
		return
	}
	w.closed = true
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	if err := errors.Join(w.hub.Close(ctx), w.server.Shutdown(ctx)); err != nil {
		w.t.Errorf("close: %v", err)
	}
}

const patience = 30 * time.Second

const theEvent = "ev1"

func person(name string) event.Who { return event.Who{Kind: event.Person, ID: name} }

func op() event.OpID { return event.OpID(realtime.NewID()) }

func (w *world) do(by event.Who, c event.Command) {
	w.t.Helper()
	if err := w.hub.Do(theEvent, by, op(), c); err != nil {
		w.t.Fatalf("%T: %v", c, err)
	}
}

func card(name string) event.Card {
	return event.Card{Name: name, Trade: "npo", Mail: "a@example.jp"}
}

// evening opens the event with a host and some guests.
func (w *world) evening(guests ...string) {
	w.t.Helper()
	now := event.At(time.Now().UnixMilli())
	w.do(person("host"), event.EventOpen{
		Setting: event.Setting{Title: "evening", StartsAt: now, EndsAt: now + event.Day/8, Zone: "Asia/Tokyo", Days: 90},
		Doors:   event.DoorsOpen, Card: card("host"), Code: "ABCDEFGH",
	})
	for _, g := range guests {
		w.do(person(g), event.AttendeeJoin{Card: card(g), Terms: "1"})
	}
}

// needs is what the log says, by the words.
func (w *world) needs() map[string]int {
	w.t.Helper()
	found := map[string]int{}
	if err := w.hub.Look(theEvent, func(s *event.State) {
		for _, n := range s.Needs {
			found[n.Who]++
		}
	}); err != nil {
		w.t.Fatal(err)
	}
	return found
}

func post(words string) event.NeedPost { return event.NeedPost{NeedWords: event.NeedWords{Who: words}} }

// ---- a phone

type phone struct {
	t       *testing.T
	who     string
	session string
	mu      sync.Mutex
	changed chan struct{}
	ws      *websocket.Conn
	over    int
	epoch   string
	streams []string
	at      map[string]uint64
	have    map[string]map[string]string
	answers map[string]message
	got     []message
	heres   []int
	fault   string
}

type message struct {
	T, Epoch, In, Op string
	Code             any
	Again, Full      bool
	Streams          []string
	After, Seq       uint64
	Put              []json.RawMessage
	Drop             []string
	N                int
	At               map[string]uint64

	when time.Time
}

func (w *world) phone(who string) *phone {
	p := &phone{t: w.t, who: who, changed: make(chan struct{}), at: map[string]uint64{}, have: map[string]map[string]string{}, answers: map[string]message{}}
	return p.connect(w)
}

// dial opens a socket, and says nothing yet.
func (p *phone) dial(w *world) {
	p.t.Helper()
	dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return w.pipes.dial() }}
	ws, _, err := dialer.Dial("ws://pipe/?event="+theEvent+"&who="+p.who+"&session="+p.session, nil)
	if err != nil {
		p.t.Fatalf("%s: %v", p.who, err)
	}
	p.mu.Lock()
	p.ws, p.over = ws, 0
	p.mu.Unlock()
	p.t.Cleanup(func() { _ = ws.Close() })
}

func (p *phone) greet() {
	p.mu.Lock()
	defer p.mu.Unlock()
	hello := map[string]any{"t": "hello", "v": realtime.Version}
	if p.epoch != "" {
		hello["epoch"], hello["at"] = p.epoch, maps.Clone(p.at)
	}
	if err := p.ws.WriteJSON(hello); err != nil {
		p.t.Fatal(err)
	}
}

// connect comes with the copy that the phone holds, and waits until it is where
// the room is.
func (p *phone) connect(w *world) *phone {
	p.t.Helper()
	p.dial(w)
	p.greet()
	p.mu.Lock()
	before := len(p.got)
	p.mu.Unlock()
	go p.listen(p.ws)
	p.until("the first views", func() bool {
		n := 0
		for _, m := range p.got[before:] {
			if m.T == "view" {
				n++
			}
		}
		return n > 0 && n >= len(p.streams)
	})
	return p
}

func (p *phone) listen(ws *websocket.Conn) {
	for {
		_, b, err := ws.ReadMessage()
		p.mu.Lock()
		if err != nil {
			p.over = websocket.CloseAbnormalClosure
			var e *websocket.CloseError
			if errors.As(err, &e) {
				p.over = e.Code
			}
		} else {
			p.take(b)
		}
		close(p.changed)
		p.changed = make(chan struct{})
		p.mu.Unlock()
		if err != nil {
			_ = ws.Close()
			return
		}
	}
}

func (p *phone) take(b []byte) {
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		p.fault = err.Error()
		return
	}
	m.when = time.Now()
	p.got = append(p.got, m)
	switch m.T {
	case "hello":
		if m.Epoch != p.epoch {
			clear(p.have)
			clear(p.at)
		}
		p.epoch, p.streams = m.Epoch, m.Streams
	case "gone":
		delete(p.have, m.In)
		delete(p.at, m.In)
	case "view":
		if m.Full || p.have[m.In] == nil {
			p.have[m.In] = map[string]string{}
		} else if m.After > p.at[m.In] {
			p.fault = fmt.Sprintf("gap in %s: at %d, frame after %d", m.In, p.at[m.In], m.After)
		}
		for _, o := range m.Put {
			var head struct{ ID string }
			_ = json.Unmarshal(o, &head)
			p.have[m.In][head.ID] = string(o)
		}
		for _, id := range m.Drop {
			delete(p.have[m.In], id)
		}
		p.at[m.In] = m.Seq
	case "ack", "no":
		p.answers[m.Op] = m
	case "here":
		p.heres = append(p.heres, m.N)
	}
}

func (p *phone) until(what string, so func() bool) {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		if p.fault != "" {
			p.t.Fatalf("%s: %s", p.who, p.fault)
		}
		ok, changed := so(), p.changed
		p.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			p.t.Fatalf("%s waited in vain for %s; closed %d", p.who, what, p.over)
		}
	}
}

func (p *phone) say(id event.OpID, name string, args map[string]any) {
	if err := p.ws.WriteJSON(map[string]any{"t": "do", "op": id, "name": name, "args": args}); err != nil {
		p.t.Errorf("%s: %v", p.who, err)
	}
}

func (p *phone) answer(id event.OpID) message {
	p.t.Helper()
	var m message
	p.until("an answer", func() bool { var ok bool; m, ok = p.answers[string(id)]; return ok })
	return m
}

func (p *phone) do(name string, args map[string]any) message {
	p.t.Helper()
	id := op()
	p.say(id, name, args)
	return p.answer(id)
}

func (p *phone) cut() {
	_ = p.ws.NetConn().Close()
	p.until("the cut", func() bool { return p.over != 0 })
}

// shows: some view of a stream has these words; under mu.
func (p *phone) shows(in, words string) bool {
	for _, o := range p.have[in] {
		var v struct{ Who string }
		if json.Unmarshal([]byte(o), &v) == nil && v.Who == words {
			return true
		}
	}
	return false
}

func (p *phone) sees(words string) {
	p.t.Helper()
	p.until("the need "+words, func() bool { return p.shows("room", words) })
}

// like checks that two phones of one person hold the same, number for number.
func (p *phone) like(q *phone) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	if !maps.Equal(p.at, q.at) || p.epoch != q.epoch {
		p.t.Errorf("%s: at %v in %s, and fresh at %v in %s", p.who, p.at, p.epoch, q.at, q.epoch)
	}
	for in := range q.have {
		if !maps.Equal(p.have[in], q.have[in]) {
			p.t.Errorf("%s: %s differs:\n%v\nfresh:\n%v", p.who, in, p.have[in], q.have[in])
		}
	}
}

func (p *phone) count(kind string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, m := range p.got {
		if m.T == kind {
			n++
		}
	}
	return n
}
