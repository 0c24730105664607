package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"goen/realtime"
)

// Phones that cannot have a socket: a proxy stands before them that lets no
// upgrade through, as in some hotels and offices.

// polling is for open: all phones of this house poll.
func polling(h *house) { h.polls = true }

// refuseUpgrades puts the proxy before an address, and gives its own.
func refuseUpgrades(t testing.TB, address string) string {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
	proxy.ErrorLog = nil
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	transport := &http.Transport{}
	proxy.Transport = transport
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			http.Error(w, "<html>403</html>", http.StatusForbidden)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { s.Close(); transport.CloseIdleConnections() })
	return s.Listener.Addr().String()
}

// pollLine is the way of a phone that polls: one request waits, and commands
// go one after another beside it.
type pollLine struct {
	p    *phone
	ctx  context.Context
	stop context.CancelFunc
	acts chan object
	home sync.WaitGroup
}

// poll is connect for a phone that cannot.
func (p *phone) poll() *phone {
	p.t.Helper()
	p.mu.Lock()
	before := p.line
	p.mu.Unlock()
	if before != nil {
		before.end()
	}
	l := &pollLine{p: p, acts: make(chan object, 1000)}
	l.ctx, l.stop = context.WithCancel(context.Background())
	p.mu.Lock()
	p.line, p.over = l, 0
	p.mu.Unlock()
	l.ask(false)
	l.home.Go(func() {
		for l.ask(true) {
		}
	})
	l.home.Go(func() {
		for {
			select {
			case a := <-l.acts:
				l.send("do", a)
			case <-l.ctx.Done():
				return
			}
		}
	})
	p.t.Cleanup(l.end)
	return p
}

func (l *pollLine) end() {
	l.over(websocket.CloseAbnormalClosure)
	l.home.Wait()
}

func (l *pollLine) over(code int) {
	l.stop()
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	if l.p.line == l && l.p.over == 0 {
		l.p.over = code
		l.p.tell()
	}
}

// ask polls once.
func (l *pollLine) ask(wait bool) bool { return l.send("poll", object{"wait": wait}) }

// send posts a request with the phone's cursor, takes the answer, and says
// whether to go on.
func (l *pollLine) send(what string, body object) bool {
	p := l.p
	p.mu.Lock()
	epoch := p.epoch
	body["v"], body["here"] = realtime.Version, p.heres
	if epoch != "" {
		at := map[string]uint64{}
		for in, n := range p.at {
			at[in] = n
		}
		body["epoch"], body["at"] = epoch, at
	}
	p.mu.Unlock()
	req, err := http.NewRequestWithContext(l.ctx, "POST", behind+"/api/events/"+p.event+"/"+what+p.query, bytes.NewReader(encode(body)))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", origin)
	req.Header.Set("Cookie", p.cookieHeader())
	resp, err := p.client().Do(req)
	if err != nil {
		l.over(websocket.CloseAbnormalClosure)
		return false
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	var said struct {
		Messages []json.RawMessage
		Close    int
	}
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(b, &said) != nil {
		code := websocket.CloseAbnormalClosure
		if resp.StatusCode == http.StatusUnauthorized {
			code = realtime.CloseSignedOut
		}
		l.over(code)
		return false
	}
	p.mu.Lock()
	if p.line != l { // it has come back another way meanwhile
		p.mu.Unlock()
		return false
	}
	for i, m := range said.Messages {
		var head struct{ T string }
		_ = json.Unmarshal(m, &head)
		// Two answers may overtake each other: what belongs to an epoch that is over is not taken.
		if i == 0 && head.T != "hello" && epoch != p.epoch {
			said.Messages = slices.DeleteFunc(said.Messages, func(m json.RawMessage) bool { return bytes.Contains(m[:12], []byte("view")) })
			break
		}
	}
	for _, m := range said.Messages {
		p.frames = append(p.frames, m)
		p.take(m)
	}
	p.tell()
	p.mu.Unlock()
	if said.Close != 0 {
		l.over(said.Close)
	}
	return said.Close == 0
}

// The whole evening once more, and nobody has a socket.
func TestEveningByPolls(t *testing.T) {
	h := open(t, polling)
	if _, resp, err := h.browser("x").phone("e").dial(); err == nil || resp.StatusCode != http.StatusForbidden {
		t.Fatalf("a socket came through the proxy: this test tests nothing (%v)", err)
	}
	evening(t, h)
}

// An evening of two ways: some phones have sockets, some poll, and all are told
// the same.
func TestPollsAndSockets(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	for _, p := range []*phone{c.sato, c.yamamoto, c.screen} {
		p.changeWay()
	}
	c.yamamoto.do("entry.add", object{"trade": "manufacturing", "area": "船橋市", "size": "30-99", "label": "ゴルフのTさん"})
	c.sato.do("need.post", object{"who": "従業員30名前後の製造業の社長", "area": "船橋市周辺", "why": "就業規則の相談に乗れます"})
	need := c.taka.find("room", "need", has("who", "従業員30名前後の製造業の社長"))
	c.screen.find("wall", "line", has("id", need["id"]))
	hint := c.yamamoto.find("me", "suggestion", has("need", need["id"]))
	for _, p := range []*phone{c.sato, c.taka, c.screen, c.kobayashi} {
		p.settle()
		if heard := p.everything(); bytes.Contains([]byte(heard), []byte(hint["id"].(string))) || bytes.Contains([]byte(heard), []byte("ゴルフの")) {
			t.Errorf("%s heard of the suggestion", p.name)
		}
	}

	// The same op is the same op, whichever way it comes.
	op, words := newOp(), object{"who": "英語の契約書を見てくれる方"}
	c.sato.say(op, "need.post", words)
	c.sato.answer(op, "the need")
	c.sato.changeWay()
	c.sato.forgetAnswers()
	c.sato.say(op, "need.post", words)
	if a := c.sato.answer(op, "the need again"); a.code != "ack" {
		t.Errorf("the same op by the other way: %v", a)
	}
	c.sato.forgetAnswers()
	c.sato.say(op, "need.post", object{"who": "別の方"})
	if a := c.sato.answer(op, "another need under the op"); a.code != "op.reused" {
		t.Errorf("another command under the same op: %v", a)
	}
	c.taka.settle()
	if n := len(slices.DeleteFunc(c.taka.all("room", "need"), func(o object) bool { return o["who"] != words["who"] })); n != 1 {
		t.Errorf("%d needs of one op", n)
	}

	// Somebody erases themself: everything begins anew, for both ways.
	epoch := c.yamamoto.epoch
	c.emily.do("attendee.erase", nil)
	for _, p := range []*phone{c.sato, c.yamamoto, c.screen, c.taka} {
		p.until("the new epoch", func() bool { return p.epoch != epoch })
		p.fresh()
	}
	if heard := c.yamamoto.dump(); bytes.Contains([]byte(heard), []byte("Emily")) {
		t.Error("who erased themself is still on a phone that polls")
	}

	// To and fro, with a restart in between; each goes on with its numbers.
	for range 2 {
		h.restart()
		for _, p := range c.phones()[:4] {
			p.changeWay()
		}
		c.taka.do("need.post", object{"who": "足場を貸してくださる方" + newOp()[:4]})
		for _, p := range c.phones()[:4] {
			p.fresh()
		}
	}
	if got := c.yamamoto.all("me", "suggestion"); len(got) == 0 {
		t.Error("the suggestion is gone")
	}

	// A poll that goes on says nothing that is known, and brings what is missing.
	c.yamamoto.takePolls(t)
}

// changeWay comes back the other way, with the copy that the phone holds.
func (p *phone) changeWay() {
	p.mu.Lock()
	line, ws := p.line, p.ws
	p.mu.Unlock()
	if line != nil {
		line.end()
		p.mu.Lock()
		p.line = nil
		p.mu.Unlock()
		p.connect()
		return
	}
	_ = ws.NetConn().Close()
	p.until("the cut", func() bool { return p.over != 0 })
	p.poll()
}

func (p *phone) forgetAnswers() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers = map[string]answered{}
}

// takePolls looks at the answers themselves.
func (p *phone) takePolls(t *testing.T) {
	t.Helper()
	p.cut()
	path := "/api/events/" + p.event + "/poll"
	kinds := func(a answer) (out []string, code int) {
		t.Helper()
		var said struct {
			Messages []struct{ T string }
			Close    int
		}
		a.into(t, &said)
		for _, m := range said.Messages {
			out = append(out, m.T)
		}
		return out, said.Close
	}
	with := func(more object) object {
		p.mu.Lock()
		defer p.mu.Unlock()
		at := map[string]uint64{}
		for in, n := range p.at {
			at[in] = n
		}
		body := object{"v": 1, "epoch": p.epoch, "at": at, "wait": true}
		for k, v := range more {
			body[k] = v
		}
		return body
	}
	for what, test := range map[string]struct {
		body object
		want string
		code int
	}{
		"nothing held":         {object{"v": 1, "wait": true}, "hello view view", 0},
		"a hello":              {with(object{"wait": false}), "hello view view", 0},
		"another epoch":        {with(object{"epoch": "9.9"}), "hello view view", 0},
		"a stream is missing":  {with(object{"at": object{"room": p.at["room"]}}), "view", 0},
		"a number of tomorrow": {with(object{"at": object{"room": p.at["room"] + 7, "me": p.at["me"]}}), "view", 0},
		"what is no stream":    {with(object{"at": object{"desk": 3, "room": p.at["room"], "me": p.at["me"]}}), "hello view view", 0},
		"too old":              {with(object{"v": 0}), "", realtime.CloseTooOld},
	} {
		got, code := kinds(p.post(path, test.body))
		got = slices.DeleteFunc(got, func(t string) bool { return t == "here" })
		if fmt.Sprint(got) != "["+test.want+"]" || code != test.code {
			t.Errorf("%s: answered %v and %d, want [%s] and %d", what, got, code, test.want, test.code)
		}
	}
	if a := p.post(path, object{"v": 1, "at": object{"room": -1}}); a.status != http.StatusBadRequest {
		t.Errorf("a number below nothing: %d", a.status)
	}
}

// Who is shown out is told by the poll that waits, and by every one after.
func TestPollsEnd(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	for _, p := range c.phones() {
		p.changeWay()
	}

	// The fifth poll of a person takes the place of the first.
	var tabs []*phone
	for range 4 {
		tab := c.taka.browser.phone(c.event)
		tabs = append(tabs, tab.poll())
		tab.until("being in", func() bool { return len(tab.at) == 2 })
	}
	c.taka.until("having to give way", func() bool { return c.taka.over == realtime.CloseElsewhere })
	tabs[3].until("staying", func() bool { return tabs[3].over == 0 })

	// Presence counts who polls, and each person once.
	c.kobayashi.until("five people", func() bool { return c.kobayashi.heres == 5 })

	// Signed out.
	other := h.browser("other")
	other.cookies = c.emily.clone().cookies
	other.post("/api/signout", object{}).into(t, &object{})
	c.emily.until("the end of the session", func() bool { return c.emily.over == realtime.CloseSignedOut })
	if a := c.emily.post("/api/events/"+c.event+"/poll", object{"v": 1}); a.status != http.StatusUnauthorized || a.code() != "session.missing" {
		t.Errorf("a poll without a session: %d %s", a.status, a.body)
	}

	// Removed.
	c.kobayashi.do("attendee.remove", object{"attendee": c.yamamoto.you})
	c.yamamoto.until("the door", func() bool { return c.yamamoto.over == realtime.CloseRemoved })
	for _, what := range []string{"poll", "do"} {
		body := object{"v": 1}
		if what == "do" {
			body = object{"v": 1, "op": newOp(), "name": "need.post", "args": object{"who": "x"}}
		}
		if a := c.yamamoto.post("/api/events/"+c.event+"/"+what, body); string(a.body) != `{"messages":[],"close":4501}` {
			t.Errorf("%s after a removal: %d %s", what, a.status, a.body)
		}
	}

	// A screen looks and does not act.
	if a := c.screen.post("/api/events/"+c.event+"/do?as=screen", object{"v": 1, "op": newOp(), "name": "need.post", "args": object{"who": "x"}}); a.status != http.StatusForbidden {
		t.Errorf("a screen posts: %d %s", a.status, a.body)
	}

	// A server that goes does not wait for polls.
	h.close()
	for _, p := range []*phone{c.sato, c.screen, c.kobayashi} {
		p.until("the end", func() bool { return p.over != 0 })
	}
	h.start()
	c.sato.poll()
	c.sato.fresh()
}
