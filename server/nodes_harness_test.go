package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// This file is the nodes and the guests of TestNodeIsKilled.

// node is one process; house has its address, and what is the same for all.
type node struct {
	*house
	*process
}

func startNode(t *testing.T, c config, more []string) *node {
	t.Helper()
	n := &node{&house{t: t, clock: &clock{at: time.Now()}, config: c}, &process{died: make(chan struct{})}}
	raw, err := json.Marshal(doom{Data: c.data, More: more})
	if err != nil {
		t.Fatal(err)
	}
	n.cmd = exec.Command(os.Args[0])
	n.cmd.Env = append(os.Environ(), childVar+"="+string(raw))
	n.cmd.Stderr = &n.errs
	if n.stdin, err = n.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = n.cmd.Process.Kill()
		<-n.died
	})
	ready := make(chan string, 1)
	go func() {
		for s := bufio.NewScanner(stdout); s.Scan(); {
			if address, ok := strings.CutPrefix(s.Text(), "READY "); ok {
				ready <- address
			}
			fmt.Fprintln(&n.out, s.Text())
		}
		n.err = n.cmd.Wait()
		close(n.died)
	}()
	select {
	case n.address = <-ready:
	case <-n.died:
		t.Fatalf("a node did not start: %s", n.errs.String())
	case <-time.After(patience):
		t.Fatal("a node did not start in time")
	}
	return n
}

// kill is kill -9.
func (n *node) kill() {
	_ = n.cmd.Process.Kill()
	<-n.died
}

func (n *node) end() {
	n.t.Helper()
	_ = n.stdin.Close()
	select {
	case <-n.died:
	case <-time.After(patience):
		n.t.Fatal("a node did not end")
	}
	if said := n.errs.String(); n.err != nil || strings.Contains(said, "DATA RACE") || strings.Contains(said, `"level":"ERROR"`) || strings.Contains(said, "panic") {
		n.t.Errorf("a node ended with %v and said %s", n.err, said)
	}
}

// guest posts, one thing after another, wherever there is a node.
type guest struct {
	*phone
	nodes []*node
	at    int // node
	said  []said
	moves int
	fault string
}

type said struct {
	op, mark string
	sent     time.Time
	took     time.Duration // until its ack, wherever that came from
}

// reachAny connects to a node that lives, this one first.
func (g *guest) reachAny() bool {
	for range 3 * len(g.nodes) {
		g.house = g.nodes[g.at].house
		if g.reach() == nil {
			return true
		}
		g.at = (g.at + 1) % len(g.nodes)
		g.moves++
	}
	g.fault = "no node takes them in"
	return false
}

// do says the same op until it is acknowledged.
func (g *guest) do(name string, args object, mark string) bool {
	s := said{op: newOp(), mark: mark, sent: time.Now()}
	for deadline := time.After(patience); ; {
		g.say(s.op, name, args)
		for answered := false; !answered; {
			g.mu.Lock()
			a, ok := g.answers[s.op]
			over, changed := g.over, g.changed
			delete(g.answers, s.op)
			g.mu.Unlock()
			switch {
			case ok && a.code == "ack":
				s.took = time.Since(s.sent)
				g.said = append(g.said, s)
				return true
			case ok && !again(a.code):
				g.fault = name + " was refused: " + a.code
				return false
			case ok:
				answered = true
				continue
			case over != 0:
				if !g.reachAny() {
					return false
				}
				answered = true // no; but say it again
				continue
			}
			select {
			case <-changed:
			case <-deadline:
				g.fault = "no answer to " + name
				return false
			}
		}
	}
}

// words of the i-th deed; every other one is about the need.
func (g *guest) words(i int) string { return fmt.Sprintf("%sv%sw", g.name, letters(i)) }

// live is the evening of one guest: a need whose words change, and entries. Half
// of it is left for after the death, whenever that comes.
func (g *guest) live(done *atomic.Int64, death <-chan struct{}) {
	var need any
	for i := range nodesDeeds {
		if i == nodesDeeds/2 {
			<-death
		}
		mark := g.words(i)
		ok := false
		switch {
		case i == 0:
			ok = g.do("need.post", object{"who": mark}, mark)
			g.until("the need", func() bool {
				for _, o := range g.allLocked("me", "mine") {
					need = o["id"]
				}
				return need != nil
			})
		case i%2 == 0:
			ok = g.do("need.edit", object{"need": need, "who": mark}, mark)
		default:
			ok = g.do("entry.add", object{"trade": "web", "label": mark}, mark)
		}
		if !ok {
			return
		}
		done.Add(1)
	}
}
