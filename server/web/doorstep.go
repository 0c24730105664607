package web

import (
	"container/list"
	"sync"
)

// doorstep is where connections stand that have not asked for anything yet:
// no whole head of a request came on them. It has room for so many; whoever
// comes then takes the place of who stood longest, since a browser asks at once
// and an attacker does not.
type doorstep struct {
	mu    sync.Mutex
	stand list.List // of *framedConn, who came first in front
}

const doorstepMost = 1024

func (d *doorstep) enter(c *framedConn) {
	d.mu.Lock()
	c.place = d.stand.PushBack(c)
	var first *framedConn
	if d.stand.Len() > doorstepMost {
		first = d.stand.Remove(d.stand.Front()).(*framedConn)
		first.place = nil
	}
	d.mu.Unlock()
	if first != nil {
		_ = first.Conn.Close()
	}
}

// clear sends everybody away: net/http would wait five seconds for a request of
// theirs, and browsers open connections on suspicion.
func (d *doorstep) clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for at := d.stand.Front(); at != nil; at = at.Next() {
		_ = at.Value.(*framedConn).Conn.Close()
	}
}

// leave is for who has asked, or has gone; more than once is fine.
func (d *doorstep) leave(c *framedConn) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if c.place != nil {
		d.stand.Remove(c.place)
		c.place = nil
	}
}
