package event_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"goen/realtime/event"
	"pgregory.net/rapid"
)

// agree checks that nodes which read the same log are the same, number for
// number and byte for byte.
func agree(t fataler, nodes ...*node) {
	for _, n := range nodes {
		n.catchUp()
	}
	first := nodes[0]
	for _, n := range nodes[1:] {
		if a, b := dump(first.state), dump(n.state); a != b {
			t.Fatalf("states differ:\n%s\n%s", a, b)
		}
		if first.copies.Epoch() != n.copies.Epoch() {
			t.Fatalf("epochs differ")
		}
		for in := range allStreams(first.state) {
			if a, b := first.copies.Full(in), n.copies.Full(in); string(a) != string(b) {
				t.Fatalf("%v differs:\n%s\n%s", in, a, b)
			}
		}
	}
}

// Three nodes over one fenced log that loses answers. Commands go to any of
// them, some are sent again up to four times, at once or much later, to any
// node; phones wander.
func TestNodesConverge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sc := newScene()
		nodes := []*node{sc.node, openNode(sc.log, "b"), openNode(sc.log, "c")}
		sc.furnish(event.DoorsOpen, func(x event.Ask) { sc.do(nodes[0], x) })
		faults := rapid.SliceOfN(rapid.IntRange(0, 5), 40, 40).Draw(t, "faults")
		k := 0
		sc.log.fault = func() int { k++; return faults[k%len(faults)] }
		for i, w := range sc.viewers() {
			p := newPhone(w)
			sc.phones = append(sc.phones, p)
			nodes[i%3].join(p)
		}
		again := func(n *node, x event.Ask, answer string) {
			before := sc.log.last()
			if got := sc.answer(n, x); got != answer {
				t.Fatalf("%T: %s first, %s then", x.Do, answer, got)
			}
			if sc.log.last() != before {
				t.Fatalf("%T was done twice", x.Do)
			}
		}
		for _, m := range moves(length).Draw(t, "moves") {
			n := nodes[m.B%3]
			if m.what() == "away" { // a phone moves to another node
				p, _ := pick(sc.phones, m.A)
				for _, from := range nodes {
					from.leave(p)
				}
				n.join(p)
				continue
			}
			sc.node = n
			x, ok := sc.resolve(m)
			if !ok {
				continue
			}
			answer := sc.do(n, x)
			if x.Op != "" {
				for i := range m.C % 5 { // the answer was lost: the same again, anywhere
					again(nodes[(m.B+i)%3], x, answer)
				}
			}
			if old, ok := pick(sc.appended, m.A*m.C); ok && old.Op != "" {
				again(nodes[m.C%3], old, fmt.Sprintf(`{"t":"ack","op":%q}`, old.Op)) // what was done stays done
			}
			if m.A%4 == 0 {
				phonesHoldTrue(t, n)
			}
		}
		agree(t, append(nodes, openNode(sc.log, "d"))...)
		for _, n := range nodes {
			phonesHoldTrue(t, n)
		}
	})
}

// The same with real concurrency, for the race detector: every op is in the
// log once, and all agree.
func TestNodesConcurrently(t *testing.T) {
	t.Parallel()
	for round := range 5 {
		sc := newScene()
		var asks []event.Ask
		sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
		for i := range 150 {
			m := move{What: (i*7 + round) % len(whats), A: i * 31, B: i * 17, C: i * 13}
			if a, ok := sc.resolve(m); ok {
				asks = append(asks, a)
			}
		}
		var wait sync.WaitGroup
		nodes := make([]*node, 3)
		for k := range nodes {
			nodes[k] = openNode(sc.log, fmt.Sprint("n", k))
			wait.Go(func() {
				for i, a := range asks {
					if i%3 == k || i%5 == 0 { // some go to all
						_ = nodes[k].do(a)
					}
				}
			})
		}
		wait.Wait()
		agree(t, nodes...)
		var ops []event.OpKey
		for _, r := range sc.log.decoded() {
			if r.Op != "" && slices.Contains(ops, event.OpKey{By: r.By, Op: r.Op}) {
				t.Fatalf("%v is in the log twice", r.Op)
			}
			ops = append(ops, event.OpKey{By: r.By, Op: r.Op})
		}
	}
}

// An op is one gesture: the same again is acknowledged again, another body
// under the same op is refused, another person's op of that name is another.
func TestOps(t *testing.T) {
	t.Parallel()
	sc := newScene()
	sc.furnish(event.DoorsOpen, func(a event.Ask) { sc.do(sc.node, a) })
	a := sc.ask(person(1), event.NeedPost{NeedWords: sc.needWords()})
	for range 5 {
		if err := sc.node.do(a); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(sc.node.state.Attendees[event.AttendeeID(person(1).ID)].Needs); n != 2 {
		t.Fatalf("%d needs, want the one from the opening and one more", n)
	}
	a.Do = event.NeedPost{NeedWords: sc.needWords()}
	if err := sc.node.do(a); !errors.Is(err, event.ErrOpReused) {
		t.Fatalf("another body under the same op: %v", err)
	}
	a.Do = event.EntryDrop{Entry: sc.entries[0]}
	if err := sc.node.do(a); !errors.Is(err, event.ErrOpReused) {
		t.Fatalf("another command under the same op: %v", err)
	}
	a.By, a.Do = person(2), event.NeedPost{NeedWords: sc.needWords()}
	if err := sc.node.do(a); err != nil {
		t.Fatal(err)
	}
}
