package realtime

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"goen/realtime/event"
)

// counted is a connection that counts the calls that write.
type counted struct {
	*script
	writes int
}

func (c *counted) Write(p []byte) (int, error) {
	c.writes++
	return c.script.Write(p)
}

// What a phone is told at once goes in one write, in its order, unless it is
// large; a pong in the middle loses nothing and is not lost.
func TestSmallMessagesGoTogether(t *testing.T) {
	wire := &counted{script: &script{in: bytes.NewReader(nil)}}
	c := &Conn{budget: &budget{Conn: wire, piece: time.Second}, room: &Room{hub: &Hub{limits: Limits{}.orDefault()}}}
	request, _ := http.NewRequest("GET", "http://x/", nil)
	request.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
	ws, err := upgrader.Upgrade(wire.over(c.budget), request, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.ws = ws
	frame := func(s string) string {
		if len(s) < 126 {
			return string([]byte{0x81, byte(len(s))}) + s
		}
		return string([]byte{0x81, 126, byte(len(s) >> 8), byte(len(s))}) + s
	}
	told := func(out ...string) (wrote int, bytes string) {
		t.Helper()
		wire.out.Reset()
		wire.writes = 0
		var all [][]byte
		for _, s := range out {
			all = append(all, []byte(s))
		}
		if err := c.sendAll(all); err != nil {
			t.Fatal(err)
		}
		return wire.writes, wire.out.String()
	}
	for _, parts := range [][]string{{"one"}, {"one", "two", "three"}, {"", strings.Repeat("x", 700), "y"}} {
		want := ""
		for _, p := range parts {
			want += frame(p)
		}
		if n, got := told(parts...); n != 1 || got != want {
			t.Errorf("%.20q went in %d writes as %.60q", parts, n, got)
		}
	}
	large := strings.Repeat("z", pieceMost)
	if n, got := told("a", large, "b"); n < 3 || got != frame("a")+frame(large)+frame("b") {
		t.Errorf("a large one among others: %d writes", n)
	}
	if _, got := told(); got != "" {
		t.Errorf("nothing was sent as %q", got)
	}

	wire.out.Reset()
	wire.writes = 0
	c.budget.hold.Store(true)
	for i := range 2 {
		if err := c.send([]byte(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.ws.WriteControl(websocket.PongMessage, []byte("p"), time.Now().Add(time.Second)); err != nil || wire.writes != 0 {
		t.Fatal(err, wire.writes)
	}
	c.budget.hold.Store(false)
	if err := c.send([]byte("2")); err != nil || wire.out.String() != frame("0")+frame("1")+"\x8a\x01p"+frame("2") {
		t.Errorf("with a pong among them: %v, %q", err, wire.out.String())
	}
}

// Who has left is not kept anywhere.
func TestWhoLeftIsForgotten(t *testing.T) {
	r := &Room{hub: &Hub{limits: Limits{}.orDefault()}, phones: map[event.Who][]*Conn{}, polled: map[string]time.Time{}}
	var all []*Conn
	for i := range 6 {
		who := event.Who{Kind: event.Person, ID: fmt.Sprint(i % 2)}
		if i > 3 {
			who = event.Who{Kind: event.Screen}
		}
		c := &Conn{room: r, who: who, wake: make(chan struct{}, 1)}
		r.enter(c)
		all = append(all, c)
	}
	if len(r.conns) != 6 || len(r.phones) != 2 {
		t.Fatalf("%d came, of %d people", len(r.conns), len(r.phones))
	}
	for _, i := range []int{2, 1, 4, 0, 5, 3} {
		all[i].leave()
		all[i].leave()
	}
	if len(r.conns) != 0 || len(r.phones) != 0 {
		t.Errorf("%d are kept, of %d people", len(r.conns), len(r.phones))
	}
}
