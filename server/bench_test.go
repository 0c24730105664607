package main

import (
	"fmt"
	"sync"
	"testing"
)

// crowd is an open evening with so many phones connected.
func crowd(b *testing.B, n int) (poster *phone, phones []*phone) {
	h := open(b)
	host := h.browser("host")
	event := host.host("bench", "open", card("Host", "npo"))
	desk := host.phone(event).connect()
	code := desk.find("desk", "doors", nil)["code"].(string)
	for i := range n {
		g := h.browser(fmt.Sprint("guest ", i))
		g.join(code, card(fmt.Sprint("Guest ", i), "painting"))
		phones = append(phones, g.phone(event).connect())
	}
	for _, p := range phones {
		p.settle()
	}
	return phones[0], phones
}

// BenchmarkPost is the time from a post to its ack (durable), and from a post
// until every phone in the room has it, over loopback.
func BenchmarkPost(b *testing.B) {
	for _, n := range []int{1, 80, 299} {
		poster, phones := crowd(b, n)
		b.Run(fmt.Sprintf("ack/phones=%d", n), func(b *testing.B) {
			for b.Loop() {
				poster.do("need.post", object{"who": "製造業の社長"})
				b.StopTimer()
				closeAll(poster)
				b.StartTimer()
			}
		})
		b.Run(fmt.Sprintf("everybody/phones=%d", n), func(b *testing.B) {
			for b.Loop() {
				poster.do("need.post", object{"who": "製造業の社長"})
				number := poster.number("room")
				var all sync.WaitGroup
				for _, p := range phones {
					all.Go(func() { p.until("the need", func() bool { return p.at["room"] >= number }) })
				}
				all.Wait()
				b.StopTimer()
				closeAll(poster)
				b.StartTimer()
			}
		})
	}
}

// closeAll withdraws what this phone has posted: three needs are the most.
func closeAll(p *phone) {
	for _, mine := range p.all("me", "mine") {
		if mine["closed"] != true {
			p.do("need.close", object{"need": mine["id"]})
		}
	}
}

// number is where this phone stands in a stream.
func (p *phone) number(in string) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at[in]
}
