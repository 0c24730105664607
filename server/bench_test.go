package main

import (
	"fmt"
	"sync"
	"testing"
)

// assemble makes an open evening with so many phones connected.
func assemble(b *testing.B, n int) (poster *phone, phones []*phone) {
	h := open(b, func(h *house) { h.hooks.limits.Burst = 1 << 30 })
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

// BenchmarkPost is the time from new words of a need to their ack (durable), and
// until every phone in the room has them, over loopback. It edits one need: a
// person posts six in a minute, and forty in an evening.
func BenchmarkPost(b *testing.B) {
	for _, n := range []int{1, 80, 299} {
		poster, phones := assemble(b, n)
		poster.do("need.post", object{"who": "製造業の社長"})
		need, said := poster.find("me", "mine", nil)["id"], 0
		say := func() {
			said++
			poster.do("need.edit", object{"need": need, "who": fmt.Sprint("製造業の社長 ", said)})
		}
		b.Run(fmt.Sprintf("ack/phones=%d", n), func(b *testing.B) {
			for b.Loop() {
				say()
			}
		})
		b.Run(fmt.Sprintf("everybody/phones=%d", n), func(b *testing.B) {
			for b.Loop() {
				say()
				number := poster.number("room")
				var all sync.WaitGroup
				for _, p := range phones {
					all.Go(func() { p.until("the need", func() bool { return p.at["room"] >= number }) })
				}
				all.Wait()
			}
		})
	}
}

// number is where this phone stands in a stream.
func (p *phone) number(in string) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at[in]
}

// BenchmarkRestart is the time from the word to stop until the server is back
// and every phone of a full room stands where it stood, and has what was posted
// since.
func BenchmarkRestart(b *testing.B) {
	poster, phones := assemble(b, 299)
	poster.do("need.post", object{"who": "製造業の社長"})
	b.ResetTimer()
	for i := range b.N {
		poster.house.restart()
		var all sync.WaitGroup
		for _, p := range phones {
			all.Go(func() { p.connect() })
		}
		all.Wait()
		edited := fmt.Sprint("社長 ", letters(i))
		poster.do("need.edit", object{"need": poster.all("me", "mine")[0]["id"], "who": edited})
		for _, p := range phones {
			p.find("room", "need", has("who", edited))
		}
	}
}
