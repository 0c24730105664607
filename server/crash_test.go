package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

// "Acknowledged means there." The server runs as a process of its own, on a
// real folder, and kills itself (SIGKILL) at a named point of a commit; clients
// go on after every death, and send whatever they do one to five times. In the
// end the log and the phones are held against what the clients were told. The
// same harness must find each of the planted bugs below.

var (
	crashRounds = flag.Int("crash.rounds", 100, "how many times the server is killed")
	crashSeed   = flag.Uint64("crash.seed", 0, "repeats the choices of a run; 0: new ones")
)

const childVar = "CRASH_CHILD" // in the environment: this process is a server that is to die

func TestMain(m *testing.M) {
	if d := os.Getenv(childVar); d != "" {
		os.Exit(childMain(d))
	}
	goleak.VerifyTestMain(m)
}

// ---- the server that dies

// doom is how a child lives and dies.
type doom struct {
	Data  string
	Point string // append, appended, shown: of a commit; provide, provided: of a provision record. Empty: it lives
	Of    string // only while a record with this fact is written
	Nth   int    // time that this is so
	Most  int    // commits, after which it dies at the next point anyway
	Bug   string // see bugs
}

// bugs are planted between the room and the real store.
var bugs = map[string]func(store.Store) store.Store{
	"":                 func(s store.Store) store.Store { return s },
	"ack before write": func(s store.Store) store.Store { return &early{Store: s} },
	"no dedupe":        func(s store.Store) store.Store { return forgetful{s} },
	"no provision":     func(s store.Store) store.Store { return careless{s} },
}

func childMain(d string) int {
	r := &reaper{}
	if err := json.Unmarshal([]byte(d), &r.doom); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	c, _, err := readConfig([]string{"--listen", "127.0.0.1:0", "--url", origin, "--data", r.Data}, nil, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() { // it ends with its parent, or when that wants it to
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	err = run(ctx, c, hooks{
		out: os.Stdout, fail: r.at,
		ready: func(address string) { fmt.Fprintf(os.Stdout, "\nREADY %s\n", address) },
		wrap:  func(s store.Store) store.Store { return watched{bugs[r.Bug](s), r} },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// reaper kills its own process at the chosen moment.
type reaper struct {
	doom
	mu      sync.Mutex
	facts   string // of the run that is being written
	seen    int
	commits int
}

func (r *reaper) at(point string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if point == "append" {
		r.commits++
		r.facts = ""
	}
	if r.Point == "" {
		return
	}
	if point == r.Point && strings.Contains(r.facts, r.Of) {
		r.seen++
	}
	if r.seen >= r.Nth || r.commits > r.Most {
		fmt.Fprintf(os.Stdout, "\nDIES %s\n", point)
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err != nil {
			panic(err)
		}
		select {} // until the signal is there
	}
}

// watched tells the reaper what is written.
type watched struct {
	store.Store
	reaper *reaper
}

var factName = regexp.MustCompile(`"f":"([a-z.]+)"`)

func (w watched) Append(ctx context.Context, run ...store.Record) error {
	if !strings.HasPrefix(run[0].Stream, "ev.") {
		if strings.HasPrefix(run[0].Stream, "pr.") {
			w.reaper.at("provide")
			defer w.reaper.at("provided")
		}
		return w.Store.Append(ctx, run...)
	}
	var facts []string
	for _, rec := range run {
		for _, m := range factName.FindAllSubmatch(rec.Body, -1) {
			facts = append(facts, string(m[1]))
		}
	}
	w.reaper.mu.Lock()
	w.reaper.facts = strings.Join(facts, " ")
	w.reaper.mu.Unlock()
	return w.Store.Append(ctx, run...)
}

// early says yes before it has written, which it does a little later.
type early struct {
	store.Store
	mu   sync.Mutex
	late []store.Record
}

func (e *early) Append(ctx context.Context, run ...store.Record) error {
	if !strings.HasPrefix(run[0].Stream, "ev.") {
		return e.Store.Append(ctx, run...)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.late) == 0 {
		time.AfterFunc(20*time.Millisecond, e.write)
	}
	e.late = append(e.late, run...)
	return nil
}

func (e *early) Close() error {
	e.write()
	return e.Store.Close()
}

func (e *early) write() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.late) == 0 {
		return
	}
	if err := e.Store.Append(context.Background(), e.late...); err != nil {
		panic(err)
	}
	e.late = nil
}

func (e *early) Read(ctx context.Context, stream string, after int64, f func(store.Record) error) error {
	e.mu.Lock()
	late := slices.Clone(e.late)
	e.mu.Unlock()
	if len(late) == 0 || late[0].Stream != stream || after < late[0].Seq-1 {
		return e.Store.Read(ctx, stream, after, f)
	}
	for _, rec := range late {
		if rec.Seq > after {
			if err := f(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetful reads records without the op that made them.
type forgetful struct{ store.Store }

var opInRecord = regexp.MustCompile(`"op":"[A-Za-z0-9_-]{22}",`)

func (s forgetful) Read(ctx context.Context, stream string, after int64, f func(store.Record) error) error {
	return s.Store.Read(ctx, stream, after, func(rec store.Record) error {
		rec.Body = opInRecord.ReplaceAll(rec.Body, nil)
		return f(rec)
	})
}

// careless keeps no record of who got whose contact.
type careless struct{ store.Store }

func (s careless) Append(ctx context.Context, run ...store.Record) error {
	if strings.HasPrefix(run[0].Stream, "pr.") {
		return nil
	}
	return s.Store.Append(ctx, run...)
}

// ---- the harness

// crash is one folder, one evening, and the people who outlive their servers.
type crash struct {
	t      *testing.T
	house  *house // address and words of whichever child lives
	rng    *rand.Rand
	event  string
	host   *phone
	code   string
	fickle bool // planted in the clients: a repetition is a new op
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
	errs  lines
}

// result is what the clients were told and what is true.
type result struct {
	kills                                                                   map[string]int
	acked, refused, sent                                                    int
	lost, doubled, reordered, wavered, unasked, unprovided, unerased, stale int
	provisions, erasures, revocations                                       int
	words                                                                   []string // of the first few faults
}

func (r *result) fault(n *int, format string, args ...any) {
	if *n++; len(r.words) < 20 {
		r.words = append(r.words, fmt.Sprintf(format, args...))
	}
}

func (r *result) faults() int {
	return r.lost + r.doubled + r.reordered + r.wavered + r.unasked + r.unprovided + r.unerased + r.stale
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
		{&r.provisions, o.provisions}, {&r.erasures, o.erasures}, {&r.revocations, o.revocations},
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

// newCrash opens an evening on a fresh folder, with four guests.
func newCrash(t *testing.T, seed uint64, bug string) *crash {
	c := &crash{t: t, rng: rand.New(rand.NewPCG(seed, 1)), kills: map[string]int{}}
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
func (c *crash) start(d doom) bool {
	c.t.Helper()
	d.Data = c.house.config.data
	raw, err := json.Marshal(d)
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+string(raw), "GOGC=400")
	p := &process{cmd: cmd, died: make(chan struct{})}
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
		return true
	case <-p.died:
		return false
	case <-time.After(patience):
		c.t.Fatalf("the server did not start in time: %s", p.errs.String())
	}
	return false
}

// fell waits for the child's death, which must be by its own hand.
func (c *crash) fell() {
	c.t.Helper()
	select {
	case <-c.died:
	case <-time.After(patience):
		c.t.Fatalf("the server lives on: %s", c.errs.String())
	}
	if c.point == "" || c.cmd.ProcessState.Exited() {
		c.t.Fatalf("the server ended with %v: %s", c.err, c.errs.String())
	}
	c.sane()
	c.kills[c.point]++
}

func (c *crash) sane() {
	if s := c.errs.String(); strings.Contains(s, "DATA RACE") || strings.Contains(s, `"level":"ERROR"`) || strings.Contains(s, "panic") {
		c.t.Errorf("the server said: %s", s)
	}
}

// end closes the child in peace.
func (c *crash) end() {
	c.t.Helper()
	_ = c.stdin.Close()
	select {
	case <-c.died:
	case <-time.After(patience):
		c.t.Fatal("the server did not end")
	}
	if c.err != nil {
		c.t.Errorf("the server ended with %v: %s", c.err, c.errs.String())
	}
	c.sane()
}

// dooms is how the children die, by turns; the rest is chance.
var dooms = []doom{
	{Point: "append"}, {Point: "appended"}, {Point: "shown"},
	{Point: "appended", Of: "introduction.connected"}, {Point: "provide"}, {Point: "provided"},
	{Point: "appended", Of: "introduction.revoked"}, {Point: "appended", Of: "attendee.erased"}, {Point: "appended", Of: "attendee.joined"},
	{Point: "shown", Of: "introduction.offered"},
}

// suffer lets so many children die over one folder, and then one live.
func suffer(t *testing.T, seed uint64, rounds int, bug string, change ...func(*crash)) result {
	t.Helper()
	c := newCrash(t, seed, bug)
	for _, f := range change {
		f(c)
	}
	c.settleIn()
	c.end()
	for range rounds {
		d := dooms[c.rng.IntN(len(dooms))]
		d.Nth, d.Most, d.Bug = 1+c.rng.IntN(6), 30, bug
		if d.Of != "" || strings.HasPrefix(d.Point, "provide") {
			d.Nth = 1
		}
		if c.start(d) {
			c.newcomer(true)
			c.everybody(func(w *walker) { w.walk() })
		}
		c.fell()
	}
	if !c.start(doom{Bug: bug}) {
		t.Fatalf("the last server died: %s", c.errs.String())
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
			c.t.Fatalf("%s: %s; the server said %s", w.name, w.broken, c.errs.String())
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

// ---- the people

// walker is one person: a browser and two phones.
type walker struct {
	*crash
	b      *browser
	name   string
	rng    *rand.Rand
	lines  [2]*phone
	deeds  []*deed // all that were ever sent, in order
	open   []*deed // those that are not answered yet
	group  int
	marks  int
	spent  map[any]bool // needs closed and links answered: once more would be nothing to do
	passes bool         // comes late, and goes for good
	gone   bool
	shut   string // why the server, though it lives, does not let them in
	broken string
}

// deed is one gesture. Deeds of one group are under way together; the next
// group begins when all of them are answered.
type deed struct {
	ops   []string // one, unless the client is fickle
	name  string
	args  object
	mark  string // words that stand in what it makes
	group int
	code  string // ack, or the last refusal
	never bool   // must be refused
	by    func(op string) (code string, err error)
	sent  int
}

func (w *walker) complain(format string, args ...any) {
	if w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}

func (w *walker) deed(name string, args object) *deed {
	return &deed{ops: []string{newOp()}, name: name, args: args}
}

// mark makes words that are nobody else's.
func (w *walker) mark() string {
	w.marks++
	return w.name + "v" + letters(w.marks) + "w"
}

// walk acts until the server dies, beginning with what was left unanswered.
func (w *walker) walk() {
	if len(w.deeds) == 0 && !w.perform(w.joining()) || w.deeds[0].code == "" && !w.perform() {
		return
	}
	if !w.dialIn() || w.gone || !w.perform() {
		return
	}
	for range 2000 {
		if w.gone {
			return
		}
		if w.rng.IntN(12) == 0 && !w.cutOne() {
			return
		}
		if !w.perform(w.choose()...) {
			return
		}
	}
	w.complain("did 2000 things, and the server lives")
}

// finish has everything answered, and does one thing more.
func (w *walker) finish() {
	if len(w.deeds) == 0 {
		w.gone = true
		return
	}
	if w.deeds[0].code == "" && !w.perform() || !w.dialIn() {
		w.complain("could not come back")
		return
	}
	if w.gone {
		return
	}
	if ok := w.perform(); !ok || !w.gone && !w.perform(w.choose()...) {
		w.complain("the last server did not answer")
	}
}

// perform sends deeds, one to five times each, until all are answered. false:
// the server has died before.
func (w *walker) perform(deeds ...*deed) bool {
	if len(deeds) > 0 {
		w.group++
		for _, d := range deeds {
			d.group = w.group
		}
		w.deeds = append(w.deeds, deeds...)
		w.open = append(w.open, deeds...)
	}
	for first := true; len(w.open) > 0; first = false {
		if !first && w.over() {
			return w.dead()
		}
		for _, d := range w.open {
			if !w.sendOut(d) {
				return w.dead()
			}
		}
		if !w.await() {
			return w.dead()
		}
		w.open = slices.DeleteFunc(w.open, func(d *deed) bool { return d.code != "" && !again(d.code) })
	}
	return true
}

func again(code string) bool {
	return code == realtime.ErrUnavailable.Code || code == realtime.ErrDiskFull.Code || code == realtime.ErrServer.Code
}

// dead is false once the server's death is certain.
func (w *walker) dead() bool {
	if w.gone {
		return true
	}
	select {
	case <-w.died:
	case <-time.After(patience):
		w.complain("no connection and no answer, but the server lives: %v", w.overs())
	}
	return false
}

func (w *walker) overs() (codes []int) {
	for _, p := range w.lines {
		if p != nil {
			p.mu.Lock()
			codes = append(codes, p.over)
			p.mu.Unlock()
		}
	}
	return codes
}

func (w *walker) over() bool { return !slices.Contains(w.overs(), 0) }

func (w *walker) sendOut(d *deed) bool {
	times := 1 + min(w.rng.IntN(5), w.rng.IntN(5), w.rng.IntN(5))
	d.sent += times
	if d.by != nil {
		for range times {
			code, err := d.by(d.ops[0])
			if err != nil {
				return false
			}
			d.settle(code)
		}
		return true
	}
	for range times {
		if w.fickle {
			d.ops = append(d.ops, newOp())
		}
		w.lines[w.rng.IntN(2)].say(d.ops[len(d.ops)-1], d.name, d.args)
	}
	return true
}

// settle notes an answer; an ack stands.
func (d *deed) settle(code string) {
	if d.code != "ack" {
		d.code = code
	}
}

// await waits until everything that is open has an answer on either phone.
func (w *walker) await() bool {
	deadline := time.After(patience)
	for {
		waiting := false
		var changed [2]chan struct{}
		for i, p := range w.lines {
			if p == nil {
				continue
			}
			p.mu.Lock()
			changed[i] = p.changed
			for _, d := range w.open {
				for _, op := range d.ops {
					if a, ok := p.answers[op]; ok {
						d.settle(a.code)
					}
				}
			}
			if d := w.open[0]; d.name == "attendee.erase" && p.over == realtime.CloseRemoved {
				d.settle("ack") // gone is gone
			}
			p.mu.Unlock()
		}
		for _, d := range w.open {
			waiting = waiting || d.code == ""
		}
		if !waiting {
			if w.open[0].name == "attendee.erase" && w.open[0].code == "ack" {
				w.gone = true
			}
			return true
		}
		if w.over() {
			return false
		}
		select {
		case <-changed[0]:
		case <-changed[1]:
		case <-deadline:
			w.complain("no answer to %s", w.open[0].name)
			return false
		}
	}
}

// reach is connect that survives the server's death.
func (p *phone) reach() error {
	p.mu.Lock()
	if p.ws != nil {
		_ = p.ws.Close()
	}
	p.mu.Unlock()
	ws, resp, err := p.dial()
	if resp != nil && err != nil {
		err = fmt.Errorf("%w: %s", err, resp.Status)
	}
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.ws, p.over = ws, 0
	hello := object{"t": "hello", "v": realtime.Version}
	if p.epoch != "" {
		hello["epoch"], hello["at"] = p.epoch, maps.Clone(p.at)
	}
	p.mu.Unlock()
	_ = ws.WriteJSON(hello) // if not, reading fails too
	ready := make(chan struct{})
	go p.listen(ws, ready)
	select {
	case <-ready:
	case <-time.After(patience):
		return errors.New("no hello")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over != 0 {
		return fmt.Errorf("closed with %d", p.over)
	}
	return nil
}

// dialIn brings both phones in. Who was erased while nobody could say so, is
// gone.
func (w *walker) dialIn() bool {
	for i := range w.lines {
		if w.lines[i] == nil {
			w.lines[i] = w.b.phone(w.event)
		}
		if err := w.lines[i].reach(); err != nil {
			refused := errors.Is(err, websocket.ErrBadHandshake)
			if (refused || w.overs()[i] == realtime.CloseRemoved) && len(w.open) == 1 && w.open[0].name == "attendee.erase" {
				w.open[0].code, w.open, w.gone = "ack", nil, true
				return true
			}
			if refused {
				w.shut, w.gone = err.Error(), true
				return true
			}
			return w.dead()
		}
	}
	return true
}

// cutOne loses the net of one phone for a moment.
func (w *walker) cutOne() bool {
	p := w.lines[w.rng.IntN(2)]
	_ = p.ws.NetConn().Close()
	for {
		p.mu.Lock()
		over, changed := p.over != 0, p.changed
		p.mu.Unlock()
		if over {
			break
		}
		<-changed
	}
	if err := p.reach(); err != nil {
		return w.dead()
	}
	return true
}

func (w *walker) hangUp() {
	for _, p := range w.lines {
		if p != nil && p.ws != nil {
			_ = p.ws.Close()
		}
	}
}

// joining is the way in, by HTTP, without a session: the op alone says that two
// requests are one.
func (w *walker) joining() *deed {
	body := object{"op": "", "code": w.code, "terms": "2026-11", "card": card(w.name, "npo", object{"mail": w.name + "@example.jp"})}
	return &deed{ops: []string{newOp()}, name: "attendee.join", mark: w.name, by: func(op string) (string, error) {
		body["op"] = op
		raw, err := json.Marshal(body)
		if err != nil {
			return "", err
		}
		return w.b.try("/api/join", "application/json", raw)
	}}
}

// try posts something, and survives the server's death.
func (b *browser) try(path, kind string, body []byte) (code string, err error) {
	req, err := http.NewRequest("POST", origin+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if c := b.cookieHeader(); c != "" {
		req.Header.Set("Cookie", c)
	}
	resp, err := b.client().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range resp.Cookies() {
		b.cookies[k.Name] = k.Value
	}
	switch {
	case resp.StatusCode == http.StatusOK, resp.StatusCode == http.StatusSeeOther:
		return "ack", nil
	case strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html"):
		return fmt.Sprint(resp.StatusCode), nil
	}
	return answer{body: got}.code(), nil
}

// absent answers the page of a link, as the person whom it is about.
func (w *walker) absent(link, do string) *deed {
	b := w.house.browser("absent")
	return &deed{ops: []string{newOp()}, name: "consent." + do, by: func(op string) (string, error) {
		form := url.Values{"op": {op}, "do": {do}}
		if do == "give" {
			form.Set("name", "zzabsent")
			form.Set("mail", "zzabsent@example.jp")
		}
		return b.try("/c/"+w.event+"/"+link, "application/x-www-form-urlencoded", []byte(form.Encode()))
	}}
}

// choose finds something to do.
func (w *walker) choose() []*deed {
	if w.passes && len(w.deeds) > 5 {
		return []*deed{w.deed("attendee.erase", object{})}
	}
	if w.rng.IntN(4) == 0 { // two at once, which may be put in either order
		one, two := w.newEntry(), w.newEntry()
		return []*deed{one, two}
	}
	for {
		if d := w.one(w.rng.IntN(12)); d != nil {
			return []*deed{d}
		}
	}
}

func (w *walker) newEntry() *deed {
	mark := w.mark()
	d := w.deed("entry.add", object{"trade": pick(w.rng, []string{"zeirishi", "painting", "web"}), "area": "船橋市", "label": mark})
	d.mark = mark
	return d
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func (w *walker) some(in, kind string, fits func(object) bool) object {
	list := slices.DeleteFunc(w.lines[0].all(in, kind), func(o object) bool { return !fits(o) })
	if len(list) == 0 {
		return nil
	}
	return pick(w.rng, list)
}

func (w *walker) me() string {
	w.lines[0].mu.Lock()
	defer w.lines[0].mu.Unlock()
	return w.lines[0].you
}

func (w *walker) one(dice int) *deed {
	me := w.me()
	entries := w.lines[0].all("me", "entry")
	foreign := func(o object) bool { return o["by"] != me && o["closed"] != true }
	switch dice {
	case 0, 1, 2:
		live := slices.DeleteFunc(w.lines[0].all("me", "mine"), func(o object) bool { return o["closed"] == true || w.spent[o["id"]] })
		if len(live) >= 3 {
			id := pick(w.rng, live)["id"]
			w.spent[id] = true
			return w.deed("need.close", object{"need": id})
		}
		mark := w.mark()
		d := w.deed("need.post", object{"who": pick(w.rng, []string{"税理士", "塗装業の方", "ホームページを作る方"}) + " " + mark})
		d.mark = mark
		return d
	case 3:
		if len(entries) > 30 {
			return w.deed("entry.drop", object{"entry": pick(w.rng, entries)["id"]})
		}
		return w.newEntry()
	case 4:
		d := w.deed("need.post", object{"who": w.mark() + " 090-1234-5678"})
		d.never = true
		return d
	case 5:
		if need := w.some("room", "need", foreign); need != nil {
			mark := w.mark()
			d := w.deed("offer.self", object{"need": need["id"], "line": mark, "give": []string{"mail"}})
			d.mark = mark
			return d
		}
	case 6, 7:
		if need := w.some("room", "need", foreign); need != nil && len(entries) > 0 {
			mark := w.mark()
			d := w.deed("offer.make", object{"need": need["id"], "entry": pick(w.rng, entries)["id"], "words": false, "line": mark})
			d.mark = mark
			return d
		}
	case 8:
		if got := w.some("me", "received", has("step", "offered")); got != nil {
			mark := w.mark()
			d := w.deed("offer.want", object{"introduction": got["id"], "line": mark, "pitch": false, "give": []string{"mail"}})
			d.mark = mark
			return d
		}
	case 9:
		if got := w.some("me", "given", func(o object) bool { return o["step"] == "wanted" && o["own"] != true }); got != nil {
			return w.deed("introduction.ask", object{"introduction": got["id"], "days": 7})
		}
	case 10:
		if got := w.some("me", "given", func(o object) bool { return o["step"] == "asking" && !w.spent[o["link"]] }); got != nil {
			w.spent[got["link"]] = true
			return w.absent(got["link"].(string), pick(w.rng, []string{"give", "give", "give", "decline"}))
		}
	case 11:
		if got := w.some("me", "received", has("step", "connected")); got != nil {
			return w.deed("introduction.revoke", object{"introduction": got["id"]})
		}
	}
	return nil
}

// ---- the judgement

type opener struct {
	ctx   context.Context
	keys  *store.Keyring
	event string
}

func (o opener) Seal(string, string, []byte) (string, error) {
	return "", errors.New("nothing is sealed here")
}

func (o opener) Open(whose, label, envelope string) ([]byte, error) {
	plain, err := o.keys.Open(o.ctx, o.event+"/"+whose, label, envelope)
	if errors.Is(err, store.ErrErased) {
		return nil, nil
	}
	return plain, err
}

// judge reads the log as it lies in the folder, and holds it against what
// everybody was told.
func (c *crash) judge() result {
	c.t.Helper()
	ctx := c.t.Context()
	r := result{kills: c.kills}
	if err := check(ctx, c.house.config, io.Discard); err != nil {
		c.t.Errorf("check: %v", err)
	}
	s, keys, err := openStore(ctx, c.house.config, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	defer s.Close()

	placesOf, marks := map[string][]int64{}, map[string]int{}
	state := event.New()
	var connected []event.IntroductionID
	var forgotten []string
	asked := map[string]bool{}
	for _, w := range c.all {
		for _, d := range w.deeds {
			for _, op := range d.ops {
				asked[op] = true
			}
		}
	}
	err = s.Read(ctx, "ev."+c.event, 0, func(rec store.Record) error {
		record, err := event.Decode(rec.Seq, event.At(rec.At.UnixMilli()), rec.Body, opener{ctx, keys, c.event})
		if err != nil {
			return err
		}
		if record.Op != "" {
			placesOf[string(record.Op)] = append(placesOf[string(record.Op)], rec.Seq)
			if !asked[string(record.Op)] && rec.Seq > 1 {
				r.fault(&r.unasked, "place %d was never asked for", rec.Seq)
			}
		}
		for _, f := range record.Facts {
			switch f := f.(type) {
			case *event.AttendeeJoined:
				marks[f.Card.Name]++
			case *event.NeedPosted:
				_, mark, _ := strings.Cut(f.Who, " ")
				marks[mark]++
			case *event.EntryAdded:
				marks[f.Label]++
			case *event.Offered:
				marks[f.About.Line]++
			case *event.Wanted:
				marks[f.Purpose.Line]++
			case *event.Connected:
				connected = append(connected, f.ID)
			case *event.Revoked:
				r.revocations++
				forgotten = append(forgotten, event.AbsentWords(f.ID))
			case *event.AttendeeErased:
				r.erasures++
				forgotten = append(forgotten, string(f.ID))
			}
		}
		event.Fold(state, record)
		return nil
	})
	if err != nil {
		c.t.Errorf("the log does not read: %v", err)
	}

	for _, w := range c.all {
		if w.shut != "" {
			r.fault(&r.lost, "%s was in and could not come back: %s", w.name, w.shut)
		}
		before, group := int64(0), 0 // last place of the groups before
		most := int64(0)
		for _, d := range w.deeds {
			r.sent += d.sent
			if d.group != group {
				group, before = d.group, max(before, most)
			}
			var places []int64
			for _, op := range d.ops {
				places = append(places, placesOf[op]...)
			}
			switch {
			case d.code == "ack":
				r.acked++
			case d.code == "":
				r.fault(&r.lost, "%s: %s was never answered", w.name, d.name)
			default:
				r.refused++
			}
			if d.code == "ack" && len(places) == 0 {
				r.fault(&r.lost, "%s: %s %s was acknowledged and is not there", w.name, d.name, d.mark)
			}
			if len(places) > 1 || marks[d.mark] > 1 && d.mark != "" {
				r.fault(&r.doubled, "%s: %s %s is there at %v", w.name, d.name, d.mark, places)
			}
			if d.never && (len(places) > 0 || d.code != event.ErrTextContact.Code) {
				r.fault(&r.unasked, "%s: %s was answered %q and is at %v", w.name, d.name, d.code, places)
			}
			if d.code != "ack" || len(places) == 0 {
				continue // of several copies a later one may have gone through
			}
			if slices.Min(places) <= before {
				r.fault(&r.reordered, "%s: %s at %v came after what stands at %d", w.name, d.name, places, before)
			}
			most = max(most, slices.Max(places))
		}
		for _, p := range w.lines {
			if p != nil {
				r.watch(p)
			}
		}
	}

	hub, err := realtime.NewHub(ctx, realtime.Config{Store: s, Keys: keys, Log: discard()})
	if err != nil {
		c.t.Fatal(err)
	}
	// Before the hub looks, what is kept must be kept already.
	for _, id := range connected {
		r.provisions++
		if pair, err := hub.Provisions(id); err != nil || len(pair) != 2 || pair[0].At == 0 {
			r.fault(&r.unprovided, "%s was connected without a record: %v %v", id, pair, err)
		}
	}
	if err := hub.Close(ctx); err != nil {
		c.t.Errorf("close: %v", err)
	}
	for _, id := range forgotten {
		if _, err := s.Key(ctx, c.event+"/"+id); !errors.Is(err, store.ErrErased) {
			r.fault(&r.unerased, "the key of %s: %v", id, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(c.house.config.data, "goen.db*"))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			c.t.Fatal(err)
		}
		if i := bytes.Index(b, []byte("zz")); i >= 0 && regexp.MustCompile(`zz[b-t]+v[b-t]+w|zzabsent`).Match(b) {
			r.fault(&r.unerased, "words lie in the open in %s", filepath.Base(file))
		}
	}
	return r
}

// watch looks for answers that were taken back, and for gaps in what came.
func (r *result) watch(p *phone) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != "" {
		r.fault(&r.stale, "%s: %s", p.name, p.fault)
	}
	acked := map[string]bool{}
	for _, b := range p.frames {
		var m struct{ T, Op, Code string }
		if !bytes.HasPrefix(b, []byte(`{"t":"ack"`)) && !bytes.HasPrefix(b, []byte(`{"t":"no"`)) || json.Unmarshal(b, &m) != nil {
			continue
		}
		if m.T == "no" && acked[m.Op] && !again(m.Code) {
			r.fault(&r.wavered, "%s: %s was acknowledged, and then refused: %s", p.name, m.Op, m.Code)
		}
		acked[m.Op] = acked[m.Op] || m.T == "ack"
	}
}

// ---- the tests

func seed(t *testing.T) uint64 {
	s := *crashSeed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("-crash.seed=%d", s)
	return s
}

func TestAcknowledgedIsThere(t *testing.T) {
	rounds := *crashRounds
	if testing.Short() {
		rounds /= 5
	}
	folders := max(1, rounds/50)
	s := seed(t)
	var mu sync.Mutex
	total := result{kills: map[string]int{}}
	t.Run("folders", func(t *testing.T) {
		for i := range folders {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				got := suffer(t, s+uint64(i), rounds/folders, "")
				t.Log(got)
				mu.Lock()
				defer mu.Unlock()
				total.add(got)
			})
		}
	})
	t.Log("all:", total)
	if n := total.faults(); n > 0 {
		t.Errorf("%d faults: %s", n, strings.Join(total.words, "\n"))
	}
	if rounds >= 50 && (total.provisions == 0 || total.revocations == 0 || total.erasures == 0 || len(total.kills) < 5) {
		t.Error("too little happened for the test to mean anything")
	}
}

// Each bug must be found by the same harness.
func TestCrashTestHasTeeth(t *testing.T) {
	for _, bug := range []struct {
		name  string
		found func(result) int
		plant func(*crash)
	}{
		{"ack before write", func(r result) int { return r.lost }, func(*crash) {}},
		{"no dedupe", func(r result) int { return r.doubled }, func(*crash) {}},
		{"no provision", func(r result) int { return r.unprovided }, func(*crash) {}},
		{"a new op for every repetition", func(r result) int { return r.doubled }, func(c *crash) { c.fickle = true }},
	} {
		t.Run(bug.name, func(t *testing.T) {
			t.Parallel()
			in := bug.name
			if bugs[in] == nil {
				in = ""
			}
			for range 5 { // chance may spare it once
				got := suffer(t, seed(t), 8, in, bug.plant)
				t.Log(got)
				if bug.found(got) > 0 {
					return
				}
			}
			t.Error("the planted bug was not found")
		})
	}
}
