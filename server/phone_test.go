package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"goen/realtime"
)

// This file is the reference client: browsers and phones for the tests, over
// real connections.

const patience = 30 * time.Second

// clock is a time that tests set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// lines is what a program wrote, safe to read while it runs.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// house is a running server.
type house struct {
	t       testing.TB
	config  config
	hooks   hooks
	clock   *clock
	out     lines
	log     lines
	polls   bool // its phones are behind a proxy that lets no socket through, see poll_test.go
	address string
	stop    context.CancelFunc
	ended   chan error
}

// The server believes that a proxy speaks TLS for it, as in real life, and so
// gives out its cookies as there; the tests stand in the proxy's place.
const (
	origin = "https://localhost"
	behind = "http://localhost" // where the proxy reaches it
)

// open starts a server on a folder of its own; close, or the test's end, stops it.
func open(t testing.TB, change ...func(*house)) *house {
	h := &house{t: t, clock: &clock{at: time.Date(2027, 1, 21, 10, 0, 0, 0, time.UTC)}}
	dir := t.TempDir()
	c, _, err := readConfig([]string{"--listen", "127.0.0.1:0", "--url", origin, "--data", dir, "--log", "debug"}, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	h.config = c
	h.hooks = hooks{clock: h.clock.now}
	for _, f := range change {
		f(h)
	}
	h.start()
	t.Cleanup(func() {
		if h.stop != nil {
			h.close()
		}
	})
	return h
}

func (h *house) start() {
	ctx, stop := context.WithCancel(context.Background())
	h.stop, h.ended = stop, make(chan error, 1)
	ready := make(chan string, 1)
	hooks := h.hooks
	hooks.out, hooks.log, hooks.ready = &h.out, &h.log, func(address string) { ready <- address }
	go func() { h.ended <- run(ctx, h.config, hooks) }()
	select {
	case h.address = <-ready:
		if h.polls {
			h.address = refuseUpgrades(h.t, h.address)
		}
	case err := <-h.ended:
		h.t.Fatalf("the server did not start: %v", err)
	case <-time.After(patience):
		h.t.Fatal("the server did not start in time")
	}
}

func (h *house) close() {
	h.stop()
	h.stop = nil
	select {
	case err := <-h.ended:
		if err != nil {
			h.t.Errorf("the server ended with %v", err)
		}
	case <-time.After(patience):
		h.t.Error("the server did not end")
	}
}

// restart ends the server and starts it anew on the same data.
func (h *house) restart() {
	h.close()
	h.start()
}

var hostLink = regexp.MustCompile(`/host#([A-Za-z0-9_-]{22})`)

func (h *house) hostSecret() string {
	m := hostLink.FindStringSubmatch(h.out.String())
	if m == nil {
		h.t.Fatal("no link for the first host was printed")
	}
	return m[1]
}

// ---- a browser: cookies and requests

type browser struct {
	t       testing.TB
	house   *house
	name    string
	mu      sync.Mutex
	cookies map[string]string
	heard   bytes.Buffer // every byte that came
}

func (h *house) browser(name string) *browser {
	return &browser{t: h.t, house: h, name: name, cookies: map[string]string{}}
}

func (b *browser) client() *http.Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", b.house.address)
	}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}
}

func (b *browser) cookieHeader() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		parts = append(parts, name+"="+b.cookies[name])
	}
	return strings.Join(parts, "; ")
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) code() string {
	var r struct{ Code string }
	_ = json.Unmarshal(a.body, &r)
	return r.Code
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatal(err)
	}
}

func (b *browser) send(method, path, kind string, body []byte, change ...func(*http.Request)) answer {
	b.t.Helper()
	req, err := http.NewRequest(method, behind+path, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if method != http.MethodGet {
		req.Header.Set("Origin", origin)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if c := b.cookieHeader(); c != "" {
		req.Header.Set("Cookie", c)
	}
	for _, f := range change {
		f(req)
	}
	resp, err := b.client().Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	for _, k := range resp.Cookies() {
		if k.MaxAge < 0 {
			delete(b.cookies, k.Name)
		} else {
			b.cookies[k.Name] = k.Value
		}
	}
	fmt.Fprintf(&b.heard, "%s %v\n%s\n", path, resp.Header, got)
	b.mu.Unlock()
	return answer{resp.StatusCode, resp.Header, got}
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.send("GET", path, "", nil) }

func (b *browser) post(path string, body any) answer {
	b.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send("POST", path, "application/json", raw)
}

func (b *browser) form(path string, fields ...string) answer {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return b.send("POST", path, "application/x-www-form-urlencoded", []byte(values.Encode()))
}

func (b *browser) bytes() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.heard.String()
}

type object = map[string]any

// newOp is 128 random bits.
func newOp() string { return realtime.NewID() }

// card is the least that a card holds.
func card(name, trade string, more ...object) object {
	c := object{
		"name": name, "kana": "", "firm": "", "trade": trade, "line": "", "topics": []string{}, "homepage": "", "mail": "", "phone": "",
		"offers": "", "seeks": "", "photo": "", "toRoom": false, "onScreen": false, "newsOK": false,
	}
	for _, m := range more {
		maps.Copy(c, m)
	}
	return c
}

// host makes this browser the first host and opens an evening.
func (b *browser) host(title, doors string, c object) (event string) {
	b.t.Helper()
	b.post("/api/host", object{"op": newOp(), "secret": b.house.hostSecret()}).into(b.t, &object{})
	return b.evening(title, doors, c)
}

func (b *browser) evening(title, doors string, c object) string {
	b.t.Helper()
	start := b.house.clock.now()
	var made struct{ Event string }
	b.post("/api/events", object{
		"op": newOp(), "title": title, "place": "船橋市民会館", "note": "", "startsAt": start.UnixMilli(), "endsAt": start.Add(2 * time.Hour).UnixMilli(),
		"zone": "Asia/Tokyo", "days": 90, "doors": doors, "card": c,
	}).into(b.t, &made)
	return made.Event
}

// join comes in by the code that the host's phone shows.
func (b *browser) join(code string, c object) string {
	b.t.Helper()
	var in struct{ Event, Standing string }
	b.post("/api/join", object{"op": newOp(), "code": code, "card": c, "terms": "2026-11"}).into(b.t, &in)
	return in.Standing
}

// ---- a phone: a browser with a socket and a copy

type phone struct {
	*browser
	event string
	query string

	mu      sync.Mutex
	changed chan struct{} // closed and made anew at every change
	ws      *websocket.Conn
	line    *pollLine // instead, if it polls
	over    int       // close code
	epoch   string
	you     string
	streams []string
	at      map[string]uint64
	have    map[string]map[string]json.RawMessage
	answers map[string]answered
	frames  [][]byte // every frame that came
	heres   int
	pongs   int
	pong    map[string]uint64 // numbers that the last pong said
	fault   string
}

type answered struct {
	code, field string
}

func (b *browser) phone(event string) *phone {
	p := &phone{browser: b, event: event, changed: make(chan struct{}), answers: map[string]answered{}}
	p.forget()
	return p
}

func (p *phone) forget() {
	p.at, p.have, p.epoch = map[string]uint64{}, map[string]map[string]json.RawMessage{}, ""
}

func (p *phone) dial(change ...func(http.Header)) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{HandshakeTimeout: patience, NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", p.house.address)
	}}
	header := http.Header{"Origin": {origin}}
	if c := p.cookieHeader(); c != "" {
		header.Set("Cookie", c)
	}
	for _, f := range change {
		f(header)
	}
	return dialer.Dial("ws://localhost/ws/"+p.event+p.query, header)
}

// connect opens the socket, with the copy that the phone holds.
func (p *phone) connect() *phone {
	p.t.Helper()
	if p.house.polls {
		return p.poll()
	}
	ws, _, err := p.dial()
	if err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	p.mu.Lock()
	p.ws, p.over = ws, 0
	hello := object{"t": "hello", "v": realtime.Version}
	if p.epoch != "" {
		hello["epoch"], hello["at"] = p.epoch, maps.Clone(p.at)
	}
	p.mu.Unlock()
	if err := ws.WriteJSON(hello); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	ready := make(chan struct{})
	go p.listen(ws, ready)
	select {
	case <-ready:
	case <-time.After(patience):
		p.t.Fatalf("%s: no hello", p.name)
	}
	p.t.Cleanup(func() { _ = ws.Close() })
	return p
}

// cut loses the net.
func (p *phone) cut() {
	p.mu.Lock()
	ws, line := p.ws, p.line
	p.mu.Unlock()
	if line != nil {
		line.end()
	} else {
		_ = ws.NetConn().Close()
	}
	p.until("the cut", func() bool { return p.over != 0 })
}

// forgetAndCut is a phone whose storage was cleared.
func (p *phone) forgetAndCut() {
	p.cut()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget()
}

func (p *phone) listen(ws *websocket.Conn, ready chan struct{}) {
	var once sync.Once
	defer once.Do(func() { close(ready) })
	for {
		_, b, err := ws.ReadMessage()
		p.mu.Lock()
		if err != nil {
			p.over = websocket.CloseAbnormalClosure
			if e, ok := err.(*websocket.CloseError); ok {
				p.over = e.Code
			}
			p.tell()
			p.mu.Unlock()
			return
		}
		p.frames = append(p.frames, b)
		p.take(b)
		if len(p.streams) > 0 && len(p.at) == len(p.streams) {
			once.Do(func() { close(ready) })
		}
		p.tell()
		p.mu.Unlock()
	}
}

func (p *phone) tell() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// take applies one message: all that a client has to know.
func (p *phone) take(b []byte) {
	var m struct {
		T, Epoch, You, In, Op, Field string
		Code                         any // a text in no, a number in bye
		Streams                      []string
		Full                         bool
		After, Seq                   uint64
		Put                          []json.RawMessage
		Drop                         []string
		N                            int
		At                           map[string]uint64
	}
	if err := json.Unmarshal(b, &m); err != nil {
		p.fault = "not JSON: " + string(b)
		return
	}
	switch m.T {
	case "hello":
		for in := range p.have {
			if m.Epoch != p.epoch || !slices.Contains(m.Streams, in) {
				delete(p.have, in)
				delete(p.at, in)
			}
		}
		p.epoch, p.you, p.streams = m.Epoch, m.You, m.Streams
	case "gone":
		delete(p.have, m.In)
		delete(p.at, m.In)
	case "view":
		if m.Full || p.have[m.In] == nil {
			p.have[m.In] = map[string]json.RawMessage{}
		} else if m.After > p.at[m.In] {
			p.fault = fmt.Sprintf("gap in %s: at %d, frame after %d", m.In, p.at[m.In], m.After)
		} else if m.Seq <= p.at[m.In] {
			return // no news
		}
		for _, o := range m.Put {
			var head struct{ ID string }
			_ = json.Unmarshal(o, &head)
			p.have[m.In][head.ID] = o
		}
		for _, id := range m.Drop {
			delete(p.have[m.In], id)
		}
		p.at[m.In] = m.Seq
	case "ack":
		p.answers[m.Op] = answered{code: "ack"}
	case "no":
		p.answers[m.Op] = answered{fmt.Sprint(m.Code), m.Field}
	case "here":
		p.heres = m.N
	case "pong":
		p.pongs, p.pong = p.pongs+1, m.At
	}
}

// until waits for something to be so on this phone.
func (p *phone) until(what string, so func() bool) {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		if fault := p.fault; fault != "" {
			p.mu.Unlock()
			p.t.Fatalf("%s: %s", p.name, fault)
		}
		if so() {
			p.mu.Unlock()
			return
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-deadline:
			p.mu.Lock()
			over := p.over
			p.mu.Unlock()
			p.t.Fatalf("%s: waited in vain for %s; closed with %d; has %s", p.name, what, over, p.dump())
		}
	}
}

func (p *phone) dump() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, _ := json.Marshal(p.have)
	return string(b)
}

// all gives the views of a kind in a stream, by id.
func (p *phone) all(in, kind string) []object {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.allLocked(in, kind)
}

func (p *phone) allLocked(in, kind string) []object {
	var out []object
	for _, id := range slices.Sorted(maps.Keys(p.have[in])) {
		var o object
		_ = json.Unmarshal(p.have[in][id], &o)
		if o["k"] == kind {
			out = append(out, o)
		}
	}
	return out
}

// find waits for a view that fits.
func (p *phone) find(in, kind string, fits func(object) bool) object {
	p.t.Helper()
	var found object
	p.until("a "+kind+" in "+in, func() bool {
		for _, o := range p.allLocked(in, kind) {
			if fits == nil || fits(o) {
				found = o
				return true
			}
		}
		return false
	})
	return found
}

func has(field string, value any) func(object) bool {
	return func(o object) bool { return fmt.Sprint(o[field]) == fmt.Sprint(value) }
}

// say sends a command under an op; try waits for its answer; do wants an ack.
func (p *phone) say(op, name string, args object) {
	p.mu.Lock()
	ws, line := p.ws, p.line
	p.mu.Unlock()
	if args == nil {
		args = object{}
	}
	if line != nil {
		line.acts <- object{"op": op, "name": name, "args": args}
		return
	}
	_ = ws.WriteJSON(object{"t": "do", "op": op, "name": name, "args": args})
}

func (p *phone) try(name string, args object) answered {
	p.t.Helper()
	op := newOp()
	p.say(op, name, args)
	return p.answer(op, name)
}

func (p *phone) answer(op, what string) answered {
	p.t.Helper()
	var a answered
	p.until("the answer to "+what, func() bool {
		var ok bool
		a, ok = p.answers[op]
		return ok
	})
	return a
}

func (p *phone) do(name string, args object) {
	p.t.Helper()
	if a := p.try(name, args); a.code != "ack" {
		p.t.Fatalf("%s: %s was refused: %s %s", p.name, name, a.code, a.field)
	}
}

func (p *phone) refused(want, name string, args object) {
	p.t.Helper()
	if a := p.try(name, args); a.code != want {
		p.t.Fatalf("%s: %s answered %q, want %q", p.name, name, a.code, want)
	}
}

// everything is every byte that this phone ever got.
func (p *phone) everything() string {
	p.mu.Lock()
	frames := bytes.Join(p.frames, []byte("\n"))
	p.mu.Unlock()
	return string(frames) + "\n" + p.bytes()
}

// fresh checks that the copy is what a fresh client gets.
func (p *phone) fresh() {
	p.t.Helper()
	q := p.browser.phone(p.event)
	q.query = p.query
	q.connect()
	if q.line != nil {
		defer q.line.end()
	}
	p.until("being where a fresh phone is", func() bool {
		q.mu.Lock()
		defer q.mu.Unlock()
		return maps.Equal(p.at, q.at)
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	for in, want := range q.have {
		for id := range want {
			if string(p.have[in][id]) != string(want[id]) {
				p.t.Errorf("%s: %s %s differs from a fresh view:\nhas   %s\nfresh %s", p.name, in, id, p.have[in][id], want[id])
			}
		}
		if len(p.have[in]) != len(want) {
			p.t.Errorf("%s: %s holds %d objects, a fresh view %d", p.name, in, len(p.have[in]), len(want))
		}
	}
	if q.ws != nil {
		_ = q.ws.Close()
	}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
