package load

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"goen/realtime/crowd/storm/internal/adapter"
)

func TestMarksSurviveJSONEncoding(t *testing.T) {
	for n := range uint32(8) {
		b := body(nil, n, 1234567890123)
		if len(b) < 290 || len(b) > 330 {
			t.Errorf("body %d has %d bytes", n, len(b))
		}
		quoted := strings.ReplaceAll(string(b), `"`, `\"`)
		seen := 0
		marks([]byte("{\"x\":\""+quoted+"\"}"+string(b)), func(m uint32, at int64) {
			seen++
			if m != n || at != 1234567890123 {
				t.Errorf("got %d %d", m, at)
			}
		})
		if seen != 2 {
			t.Errorf("%d markers", seen)
		}
	}
}

func TestMissingCounts(t *testing.T) {
	c := &conn{}
	for n := range uint32(200) {
		if n != 5 && n != 64 && n != 199 {
			c.note(n)
		}
	}
	c.note(7)
	for _, tc := range []struct {
		from, to uint32
		want     int
	}{{0, 200, 3}, {0, 199, 2}, {6, 64, 0}, {6, 65, 1}, {64, 64, 0}, {0, 5000, 4803}} {
		if got := c.missing(tc.from, tc.to); got != tc.want {
			t.Errorf("missing(%d,%d) = %d, want %d", tc.from, tc.to, got, tc.want)
		}
	}
	if c.dup != 1 {
		t.Errorf("dup = %d", c.dup)
	}
}

// A faulty hub: it withholds each tenth message from the first member and
// sends each seventh twice to all. The load generator must see exactly that.
func TestFaultsAreSeen(t *testing.T) {
	var mu sync.Mutex
	var all []*websocket.Conn
	posted, withheld, doubled := 0, 0, 0
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		mu.Lock()
		all = append(all, c)
		c.WriteMessage(websocket.TextMessage, []byte("hello"))
		mu.Unlock()
		for {
			_, b, err := c.ReadMessage()
			if err != nil {
				return
			}
			mu.Lock()
			posted++
			for i, o := range all {
				if i == 0 && posted%10 == 0 {
					withheld++
					continue
				}
				o.WriteMessage(websocket.TextMessage, b)
				if posted%7 == 0 {
					doubled++
					o.WriteMessage(websocket.TextMessage, b)
				}
			}
			mu.Unlock()
		}
	}))
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv.Listener = l
	srv.Start()
	defer srv.Close()

	g, err := New(adapter.Raw{}, l.Addr().String(), 1, 20, 2, 8, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if j, err := g.Join(5 * time.Second); err != nil || j.Members != 20 {
		t.Fatal(j, err)
	}
	g.begin()
	if _, err := g.pace(200, func() bool { return g.rooms[0].next.Load() < 100 }); err != nil {
		t.Fatal(err)
	}
	miss := g.settle(500 * time.Millisecond)
	time.Sleep(100 * time.Millisecond)
	mu.Lock()
	defer mu.Unlock()
	dups := 0
	for _, l := range g.loops {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	for _, c := range g.conns {
		dups += c.dup
	}
	if miss != withheld || miss != 10 {
		t.Errorf("missing %d, withheld %d", miss, withheld)
	}
	if dups != doubled || doubled == 0 {
		t.Errorf("duplicates %d, doubled %d", dups, doubled)
	}
}
