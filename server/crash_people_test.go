package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/gorilla/websocket"
	"goen/realtime"
)

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

// retryAfter is how long they wait after "not now".
const retryAfter = 5 * time.Millisecond

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
	return w.name + "said" + letters(w.marks) + "w"
}

// walk acts until the server dies, beginning with what was left unanswered.
func (w *walker) walk() {
	if len(w.deeds) == 0 && !w.perform(w.joining()) || w.deeds[0].code != "ack" && !w.perform() {
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
	if w.deeds[0].code != "ack" && !w.perform() || !w.dialIn() {
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
		if !first {
			if w.over() {
				return w.dead()
			}
			select { // as a phone does
			case <-w.died:
			case <-time.After(retryAfter):
			}
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
	return slices.Contains([]string{realtime.ErrUnavailable.Code, realtime.ErrDiskFull.Code, realtime.ErrServer.Code, realtime.ErrTooMany.Code}, code)
}

// dead is false once the server's death is certain. Who asked to be erased may
// find the door shut instead.
func (w *walker) dead() bool {
	for _, d := range w.deeds {
		if d.name == "attendee.erase" && slices.Contains(w.overs(), realtime.CloseRemoved) {
			d.code, w.open, w.gone = "ack", nil, true
		}
	}
	if w.gone {
		return true
	}
	select {
	case <-w.died:
	case <-time.After(w.patience()):
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

// drained waits until a socket that was closed says no more.
func (p *phone) drained() {
	for {
		p.mu.Lock()
		over, changed := p.over != 0, p.changed
		p.mu.Unlock()
		if over {
			return
		}
		<-changed
	}
}

// reach is connect that survives the server's death.
func (p *phone) reach() error {
	p.mu.Lock()
	old := p.ws
	p.mu.Unlock()
	if old != nil {
		_ = old.Close()
		p.drained() // it may still hold frames
	}
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
	p.drained()
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
