package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"goen/store"
)

// crash is one folder, one evening, and the people who outlive their servers.
type crash struct {
	t      *testing.T
	house  *house // address and words of whichever child lives
	rng    *rand.Rand
	event  string
	host   *phone
	code   string
	fickle bool // planted in the clients: a repetition is a new op
	way    way
	bug    string
	people []*walker
	all    []*walker
	*process
	kills map[string]int
}

// process is one child.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	died  chan struct{}
	err   error
	point string // at which it died
	doom  doom
	timer *time.Timer // kills it from outside
	errs  lines
}

// result is what the clients were told and what is true.
type result struct {
	kills                                                                   map[string]int
	acked, refused, sent                                                    int
	lost, doubled, reordered, wavered, unasked, unprovided, unerased, stale int
	provisions, erasures, revocations                                       int
	broken                                                                  int      // where a planted bug left nothing to judge
	words                                                                   []string // of the first few faults
}

func (r *result) fault(n *int, format string, args ...any) {
	if *n++; len(r.words) < 20 {
		r.words = append(r.words, fmt.Sprintf(format, args...))
	}
}

func (r *result) faults() int {
	return r.lost + r.doubled + r.reordered + r.wavered + r.unasked + r.unprovided + r.unerased + r.stale + r.broken
}

func (r *result) add(o result) {
	for point, n := range o.kills {
		r.kills[point] += n
	}
	for _, p := range []struct {
		to   *int
		from int
	}{
		{&r.acked, o.acked}, {&r.refused, o.refused}, {&r.sent, o.sent}, {&r.lost, o.lost}, {&r.doubled, o.doubled}, {&r.reordered, o.reordered},
		{&r.wavered, o.wavered}, {&r.unasked, o.unasked}, {&r.unprovided, o.unprovided}, {&r.unerased, o.unerased}, {&r.stale, o.stale},
		{&r.provisions, o.provisions}, {&r.erasures, o.erasures}, {&r.revocations, o.revocations}, {&r.broken, o.broken},
	} {
		*p.to += p.from
	}
	r.words = append(r.words, o.words...)
}

func (r result) String() string {
	return fmt.Sprintf("killed %v; sent %d, acked %d, refused %d; connected %d, revoked %d, erased %d; "+
		"lost %d, doubled %d, reordered %d, wavered %d, unasked %d, unprovided %d, unerased %d, stale %d",
		r.kills, r.sent, r.acked, r.refused, r.provisions, r.revocations, r.erasures,
		r.lost, r.doubled, r.reordered, r.wavered, r.unasked, r.unprovided, r.unerased, r.stale)
}

// ruin is what a planted bug may leave: a server that does not start or answer,
// a log that does not read. Without a bug it fails the test at once.
type ruin string

func (c *crash) ruin(format string, args ...any) {
	c.t.Helper()
	if c.bug == "" {
		c.t.Fatalf(format, args...)
	}
	panic(ruin(fmt.Sprintf(format, args...)))
}

// patience is shorter where a planted bug has to be found.
func (c *crash) patience() time.Duration {
	if c.bug == "" {
		return patience
	}
	return patience / 10
}

// newCrash opens an evening on a fresh folder, with four guests.
func newCrash(t *testing.T, seed uint64, way way, bug string) *crash {
	c := &crash{t: t, way: way, bug: bug, rng: rand.New(rand.NewPCG(seed, 1)), kills: map[string]int{}}
	c.house = &house{t: t, clock: &clock{at: time.Now()}}
	dir := t.TempDir()
	var err error
	if c.house.config, _, err = readConfig([]string{"--listen", "127.0.0.1:0", "--url", origin, "--data", dir}, nil, io.Discard); err != nil {
		t.Fatal(err)
	}
	c.start(doom{Bug: bug})
	b := c.house.browser("host")
	c.event = b.host("crash", "open", card("zzhost", "npo"))
	c.host = b.phone(c.event)
	if err := c.host.reach(); err != nil {
		t.Fatal(err)
	}
	c.code = c.host.find("desk", "doors", nil)["code"].(string)
	for range 4 {
		c.newcomer(false)
	}
	return c
}

func (c *crash) newcomer(passes bool) {
	name := "zz" + letters(len(c.all))
	w := &walker{
		crash: c, name: name, passes: passes, spent: map[any]bool{}, rng: rand.New(rand.NewPCG(c.rng.Uint64(), 2)), b: c.house.browser(name),
	}
	c.people, c.all = append(c.people, w), append(c.all, w)
}

// letters writes a number without digits, so that no rule takes it for a phone's.
func letters(n int) string {
	out := []byte{}
	for n++; n > 0; n /= 16 {
		out = append(out, "bcdfghjklmnpqrst"[n%16])
	}
	return string(out)
}

// start starts a child and waits until it answers; false: it died before.
func (c *crash) start(d doom, strike ...func(ready bool)) bool {
	c.t.Helper()
	d.Data, d.Seed, d.Unsure = c.house.config.data, c.rng.Uint64(), true
	d.Volatile = c.way == powerCuts
	raw, err := json.Marshal(d)
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+string(raw), "GOGC=400")
	p := &process{cmd: cmd, doom: d, died: make(chan struct{})}
	c.process = p
	cmd.Stderr = &p.errs
	stdin, err := cmd.StdinPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	p.stdin = stdin
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = cmd.Process.Kill() })
	for _, f := range strike {
		f(false)
	}
	ready := make(chan string, 1)
	go func() {
		for s := bufio.NewScanner(stdout); s.Scan(); {
			if address, ok := strings.CutPrefix(s.Text(), "READY "); ok {
				ready <- address
			} else if point, ok := strings.CutPrefix(s.Text(), "DIES "); ok {
				p.point = point
			}
			fmt.Fprintln(&c.house.out, s.Text())
		}
		p.err = cmd.Wait()
		close(p.died)
	}()
	select {
	case c.house.address = <-ready:
		for _, f := range strike {
			f(true)
		}
		return true
	case <-p.died:
		return false
	case <-time.After(c.patience()):
		c.ruin("the server did not start in time: %s", p.errs.String())
	}
	return false
}

// fell waits for the child's death, which must be by its own hand.
func (c *crash) fell() {
	c.t.Helper()
	select {
	case <-c.died:
	case <-time.After(c.patience()):
		c.ruin("the server lives on: %s", c.errs.String())
	}
	if c.timer != nil {
		c.timer.Stop()
		if c.point == "" {
			c.point = "chance"
		}
	}
	if c.point == "" || c.cmd.ProcessState.Exited() {
		c.ruin("the server ended with %v: %s", c.err, c.errs.String())
	}
	c.sane()
	c.kills[c.point]++
}

func (c *crash) sane() {
	if s := c.errs.String(); strings.Contains(s, "DATA RACE") || c.doom.BadSync == 0 && strings.Contains(s, `"level":"ERROR"`) || strings.Contains(s, "panic") {
		c.ruin("the server said: %s", s)
	}
}

// end closes the child in peace.
func (c *crash) end() {
	c.t.Helper()
	_ = c.stdin.Close()
	select {
	case <-c.died:
	case <-time.After(c.patience()):
		c.ruin("the server did not end")
	}
	if c.err != nil {
		c.ruin("the server ended with %v: %s", c.err, c.errs.String())
	}
	c.sane()
}

// suffer lets so many children die over one folder, and then one live.
func suffer(t *testing.T, seed uint64, way way, rounds int, bug string, change ...func(*crash)) (r result) {
	t.Helper()
	defer func() {
		switch what := recover().(type) {
		case nil:
		case ruin:
			r.words = []string{string(what)}
			if strings.Contains(string(what), store.ErrHole.Error()) { // and it was not just slow
				r.broken = 1
			}
		default:
			panic(what)
		}
	}()
	c := newCrash(t, seed, way, bug)
	for _, f := range change {
		f(c)
	}
	c.settleIn()
	c.end()
	for range rounds {
		if c.start(c.fate(bug), c.strike) {
			c.newcomer(true)
			c.everybody(func(w *walker) { w.walk() })
		}
		if len(c.people) == 0 { // none is let in any more
			_ = c.cmd.Process.Kill()
			<-c.died
			break
		}
		c.fell()
	}
	if !c.start(doom{Bug: bug}) {
		c.ruin("the last server died: %s", c.errs.String())
	}
	c.everybody(func(w *walker) { w.finish() })
	if bug == "" && !c.fickle {
		c.compare()
	}
	for _, w := range c.all {
		w.hangUp()
	}
	_ = c.host.ws.Close()
	c.end()
	return c.judge()
}

// settleIn lets everybody come in before the first death.
func (c *crash) settleIn() {
	c.everybody(func(w *walker) {
		if !w.perform(w.joining()) || !w.dialIn() {
			w.complain("could not come in")
		}
	})
}

// everybody runs f for all who are still here, at once.
func (c *crash) everybody(f func(*walker)) {
	var all sync.WaitGroup
	for _, w := range c.people {
		all.Go(func() { f(w) })
	}
	all.Wait()
	for _, w := range c.people {
		if w.broken != "" {
			c.ruin("%s: %s; the server said %s", w.name, w.broken, c.errs.String())
		}
		if w.gone {
			w.hangUp()
		}
	}
	c.people = slices.DeleteFunc(c.people, func(w *walker) bool { return w.gone })
}

// compare holds every phone against one that comes without a copy.
func (c *crash) compare() {
	if err := c.host.reach(); err != nil {
		c.t.Fatal(err)
	}
	c.host.fresh()
	for _, w := range c.people {
		for i, over := range w.overs() {
			if over == 0 {
				w.lines[i].fresh()
			}
		}
	}
}
