// Command peer-b is the limit to compare with: a plain hub on
// gorilla/websocket that passes on what a member sends to all members of the
// room and keeps nothing; a reader and a writer goroutine per connection, one
// PreparedMessage per post, one write per delivery.
package main

import (
	"flag"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	writeWait = 5 * time.Second
	queueLen  = 256
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "listen address")
	flag.Parse()

	var mu sync.Mutex
	rooms := map[string]*room{}
	up := websocket.Upgrader{
		ReadBufferSize:  1024,
		WriteBufferPool: &sync.Pool{},
		CheckOrigin:     func(*http.Request) bool { return true },
	}
	http.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		name := r.URL.Query().Get("room")
		mu.Lock()
		rm := rooms[name]
		if rm == nil {
			rm = &room{members: map[*member]struct{}{}}
			rooms[name] = rm
		}
		mu.Unlock()
		go serve(c, rm) // a new goroutine: the handler's and its buffers go
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

func serve(c *websocket.Conn, rm *room) {
	leave := rm.join(c)
	defer leave()
	c.SetReadLimit(64 << 10)
	for {
		_, b, err := c.ReadMessage()
		if err != nil {
			return
		}
		rm.post(b)
	}
}

type member struct {
	c    *websocket.Conn
	q    chan *websocket.PreparedMessage
	stop chan struct{}
	once sync.Once
}

func (m *member) close() {
	m.once.Do(func() {
		close(m.stop)
		m.c.Close()
	})
}

func (m *member) pump() {
	defer m.close()
	for {
		select {
		case p := <-m.q:
			m.c.SetWriteDeadline(time.Now().Add(writeWait))
			if m.c.WritePreparedMessage(p) != nil {
				return
			}
		case <-m.stop:
			return
		}
	}
}

type room struct {
	mu      sync.Mutex // also orders the posts
	members map[*member]struct{}
}

func (r *room) join(c *websocket.Conn) func() {
	m := &member{c: c, q: make(chan *websocket.PreparedMessage, queueLen), stop: make(chan struct{})}
	c.WriteMessage(websocket.TextMessage, []byte("hello"))
	r.mu.Lock()
	r.members[m] = struct{}{}
	r.mu.Unlock()
	go m.pump()
	return func() {
		r.mu.Lock()
		delete(r.members, m)
		r.mu.Unlock()
		m.close()
	}
}

func (r *room) post(b []byte) {
	p, err := websocket.NewPreparedMessage(websocket.TextMessage, b)
	if err != nil {
		return
	}
	r.mu.Lock()
	for m := range r.members {
		select {
		case m.q <- p:
		default:
			m.close() // too slow: cut it off, its reader removes it
		}
	}
	r.mu.Unlock()
}
