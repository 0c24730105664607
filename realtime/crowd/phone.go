// Package crowd is people who do not exist: simulated phones that speak the
// documented protocol and nothing else (docs/protocol.md), and an evening full
// of them for whoever wants to see a living room before they have one.
package crowd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"goen/realtime"
)

// Phone is one person's browser: a session, a socket, a copy of what it may
// see, and an outbox that sends everything again until it is answered.
type Phone struct {
	base  *url.URL
	http  *http.Client
	event string

	mu      sync.Mutex
	ws      *websocket.Conn
	dark    bool // in the basement
	epoch   string
	at      map[string]uint64
	have    map[string]map[string]json.RawMessage
	outbox  []*deed
	changed chan struct{}
	ended   int // close code after which it does not come back
}

type deed struct {
	Op   string `json:"op"`
	Name string `json:"name"`
	Args any    `json:"args"`

	done chan error
}

// Refused is a command that the server said no to.
type Refused struct{ Code string }

func (r Refused) Error() string { return "refused: " + r.Code }

// ErrOut is returned once the phone is out of the event for good.
var ErrOut = errors.New("crowd: out of the event")

const (
	requestWithin = 20 * time.Second
	silence       = 60 * time.Second // the server beats every 25 s
	neverBack     = 4500
)

// NewPhone is a browser with empty storage.
func NewPhone(base *url.URL) (*Phone, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &Phone{
		base: base, http: &http.Client{Jar: jar, Timeout: requestWithin},
		at: map[string]uint64{}, have: map[string]map[string]json.RawMessage{}, changed: make(chan struct{}),
	}, nil
}

// Post sends a JSON body and reads the answer into out, if that is not nil.
func (p *Phone) Post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return p.request(ctx, path, "application/json", body, out)
}

// form sends a page's form, as a browser without script does.
func (p *Phone) form(ctx context.Context, path string, fields url.Values) error {
	return p.request(ctx, path, "application/x-www-form-urlencoded", []byte(fields.Encode()), nil)
}

func (p *Phone) request(ctx context.Context, path, kind string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", p.base.String())
	resp, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		var no struct{ Code string }
		_ = json.Unmarshal(got, &no)
		return Refused{fmt.Sprintf("%s %d %s", strings.SplitN(path, "/", 4)[1], resp.StatusCode, no.Code)}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(got, out)
}

// Live keeps the phone connected to an event until ctx ends or the server says
// never again.
func (p *Phone) Live(ctx context.Context, event string) {
	p.mu.Lock()
	p.event = event
	p.mu.Unlock()
	for wait := 100 * time.Millisecond; ctx.Err() == nil && !p.out(); wait = min(2*wait, 5*time.Second) {
		if p.isDark() {
			wait = 100 * time.Millisecond
		} else if p.session(ctx) {
			wait = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.outbox {
		d.done <- ErrOut
	}
	p.outbox = nil
}

// session is one connection, from the hello to its end. It tells whether there
// was one.
func (p *Phone) session(ctx context.Context) bool {
	address := *p.base
	address.Scheme = strings.Replace(address.Scheme, "http", "ws", 1)
	header := http.Header{"Origin": {p.base.String()}}
	for _, c := range p.http.Jar.Cookies(p.base) {
		header.Add("Cookie", c.Name+"="+c.Value)
	}
	ws, _, err := websocket.DefaultDialer.DialContext(ctx, address.String()+"/ws/"+p.event, header)
	if err != nil {
		return false
	}
	defer ws.Close()
	defer context.AfterFunc(ctx, func() { _ = ws.Close() })()
	p.mu.Lock()
	hello := map[string]any{"t": "hello", "v": realtime.Version}
	if p.epoch != "" {
		hello["epoch"], hello["at"] = p.epoch, maps.Clone(p.at)
	}
	err = ws.WriteJSON(hello)
	p.ws = ws
	for _, d := range p.outbox {
		if err == nil {
			err = p.write(d)
		}
	}
	p.mu.Unlock()
	for err == nil {
		var b []byte
		_ = ws.SetReadDeadline(time.Now().Add(silence))
		if _, b, err = ws.ReadMessage(); err == nil {
			p.take(b)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ws = nil
	var closed *websocket.CloseError
	if errors.As(err, &closed) && closed.Code >= neverBack {
		p.ended = closed.Code
	}
	p.tell()
	return true
}

// write is under mu.
func (p *Phone) write(d *deed) error {
	return p.ws.WriteJSON(struct {
		T string `json:"t"`
		*deed
	}{"do", d})
}

func (p *Phone) tell() {
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Phone) out() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended != 0
}

func (p *Phone) isDark() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dark
}

// Basement takes the net away, or gives it back.
func (p *Phone) Basement(dark bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dark = dark
	if dark && p.ws != nil {
		_ = p.ws.Close()
	}
}

// take applies one message of the server.
func (p *Phone) take(b []byte) {
	var m struct {
		T, Epoch, In, Op string
		Code             any // a text in no, a number in bye
		Again            bool
		Streams          []string
		Full             bool
		Seq              uint64
		Put              []json.RawMessage
		Drop             []string
	}
	if json.Unmarshal(b, &m) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.T {
	case "hello":
		for in := range p.have {
			if m.Epoch != p.epoch || !slices.Contains(m.Streams, in) {
				delete(p.have, in)
				delete(p.at, in)
			}
		}
		p.epoch = m.Epoch
	case "gone":
		delete(p.have, m.In)
		delete(p.at, m.In)
	case "view":
		if m.Full || p.have[m.In] == nil {
			p.have[m.In] = map[string]json.RawMessage{}
		}
		for _, o := range m.Put {
			var head struct{ ID string }
			if json.Unmarshal(o, &head) == nil {
				p.have[m.In][head.ID] = o
			}
		}
		for _, id := range m.Drop {
			delete(p.have[m.In], id)
		}
		p.at[m.In] = m.Seq
	case "ack":
		p.answer(m.Op, nil)
	case "no":
		if !m.Again { // else the outbox sends it once more when it reconnects
			p.answer(m.Op, Refused{fmt.Sprint(m.Code)})
		}
	}
	p.tell()
}

func (p *Phone) answer(op string, err error) {
	for i, d := range p.outbox {
		if d.Op == op {
			p.outbox = slices.Delete(p.outbox, i, i+1)
			d.done <- err
			return
		}
	}
}

// Do gives a command and waits for its answer, past dead spots and restarts.
// nil means durable.
func (p *Phone) Do(ctx context.Context, name string, args any) error {
	d := &deed{realtime.NewID(), name, args, make(chan error, 1)}
	p.mu.Lock()
	if p.ended != 0 {
		p.mu.Unlock()
		return ErrOut
	}
	p.outbox = append(p.outbox, d)
	if p.ws != nil {
		_ = p.write(d) // else, or if that fails, with the next hello
	}
	p.mu.Unlock()
	select {
	case err := <-d.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Views gives what this phone holds of a kind in a stream, oldest id first.
func Views[V any](p *Phone, in, kind string) []V {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []V
	for _, id := range slices.Sorted(maps.Keys(p.have[in])) {
		var head struct{ K string }
		raw := p.have[in][id]
		if json.Unmarshal(raw, &head) != nil || head.K != kind {
			continue
		}
		var v V
		if json.Unmarshal(raw, &v) == nil {
			all = append(all, v)
		}
	}
	return all
}

// Next waits until something has changed on this phone, or for a while.
func (p *Phone) Next(ctx context.Context, most time.Duration) {
	p.mu.Lock()
	changed := p.changed
	p.mu.Unlock()
	select {
	case <-changed:
	case <-ctx.Done():
	case <-time.After(most):
	}
}
