package realtime

import (
	"container/list"
	"sync"
)

// carrying is what large messages are on their way from one room. A phone may
// take minutes for its first view, and holds it in memory as long, though the
// room has moved on: many phones that came at different moments and read at a
// crawl would fill it. So there is room for so many bytes; beyond that, who
// carries the oldest message is let go. The same bytes count once.
type carrying struct {
	mu    sync.Mutex
	bytes int
	loads list.List               // of *load, the oldest first
	of    map[*byte]*list.Element // by a message's first byte
}

type load struct {
	b     []byte
	phone map[*int]func() // what lets each phone go that carries it
}

const (
	largeLeast = 64 << 10 // messages below are not counted
	largeMost  = 16 << 20 // bytes of a room's large messages that are not its newest
)

// carry counts a message until done is called. letGo is called at most once, and
// not after done; it must not wait.
func (r *Room) carry(b []byte, letGo func()) (done func()) {
	if len(b) < largeLeast {
		return func() {}
	}
	return r.carrying.take(b, letGo)
}

func (c *carrying) take(b []byte, letGo func()) (done func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.of[&b[0]]
	if at == nil {
		if c.of == nil {
			c.of = map[*byte]*list.Element{}
		}
		at = c.loads.PushBack(&load{b, map[*int]func(){}})
		c.of[&b[0]] = at
		c.bytes += len(b)
	}
	me := new(int)
	at.Value.(*load).phone[me] = letGo
	for c.bytes > largeMost && c.loads.Front() != c.loads.Back() {
		old := c.loads.Front()
		for _, letGo := range old.Value.(*load).phone {
			letGo()
		}
		c.drop(old)
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		l := at.Value.(*load)
		if delete(l.phone, me); len(l.phone) == 0 && c.of[&b[0]] == at {
			c.drop(at)
		}
	}
}

// drop is under mu.
func (c *carrying) drop(at *list.Element) {
	l := c.loads.Remove(at).(*load)
	clear(l.phone)
	delete(c.of, &l.b[0])
	c.bytes -= len(l.b)
}
