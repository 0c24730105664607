package event_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"goen/realtime/event"
)

// node is one server's room of one event, without sockets: decide, append,
// fold, see, send. It does what realtime.Room does, in one goroutine.
type node struct {
	state  *event.State
	copies *event.Copies

	name     string
	log      *log
	attempts int
	phones   []*phone

	// A batch is folded first and shown once it is durable: turns wait here
	// while hold is set.
	hold  bool
	turns []event.Turn
	refs  []event.Ref
}

// openNode reads the log and folds it.
func openNode(l *log, name string) *node {
	n := &node{state: event.New(), copies: event.NewCopies(""), name: name, log: l}
	n.catchUp()
	return n
}

// catchUp takes what others have appended.
func (n *node) catchUp() {
	if err := n.log.read(n.state.Seq, n.take); err != nil {
		panic(err)
	}
}

// do runs one command to its end. nil means durable.
func (n *node) do(a event.Ask) error {
	fresh := false
	for {
		facts, err := n.decide(a)
		if err != nil || len(facts) == 0 {
			// Only an append is fenced. Before this node says no, or that
			// there is nothing to do, it looks whether it is behind.
			if !fresh && n.state.Seq != n.log.last() {
				n.catchUp()
				fresh = true
				continue
			}
			return err
		}
		r := event.Record{Seq: n.state.Seq + 1, At: a.Now, By: a.By, Op: a.Op, Sum: n.sum(a), Facts: facts}
		body, err := event.Encode(r, n.log)
		if err != nil {
			return err
		}
		n.attempts++
		w := written{by: fmt.Sprintf("%s-%d", n.name, n.attempts), at: a.Now, body: body}
		for err = errUnknown; errors.Is(err, errUnknown); { // the same attempt until its outcome is known
			err = n.log.append(r.Seq, w)
		}
		switch {
		case err == nil:
			return n.take(r.Seq, w)
		case !errors.Is(err, errTaken):
			return err
		}
		n.catchUp()
	}
}

func (n *node) sum(a event.Ask) string {
	if a.Op == "" {
		return ""
	}
	return n.log.mac(event.SumKey(n.state, a), event.Body(a.Do))
}

func (n *node) decide(a event.Ask) ([]event.Fact, error) {
	a.Sum = n.sum(a)
	if done, err := event.Repeated(n.state, a); done || err != nil {
		return nil, err
	}
	return event.Decide(n.state, a)
}

// take folds what was written (not what was decided: so that a slip in the
// encoding shows at once), and shows it unless a batch is being held.
func (n *node) take(seq int64, w written) error {
	r, err := event.Decode(seq, w.at, w.body, n.log)
	if err != nil {
		return err
	}
	if seq != n.state.Seq+1 {
		return fmt.Errorf("node: record %d after %d", seq, n.state.Seq)
	}
	var keys []string
	for _, f := range r.Facts {
		k, _ := event.Forgets(n.state, f)
		keys = append(keys, k...)
	}
	epoch := n.state.Epoch
	refs := event.Fold(n.state, r)
	n.turns = append(n.turns, event.Prepare(n.state, refs, epoch))
	n.refs = append(n.refs, refs...)
	for _, k := range keys {
		n.log.drop(k)
	}
	if !n.hold {
		n.show()
	}
	return nil
}

// release ends a batch.
func (n *node) release() {
	n.hold = false
	n.show()
}

// show turns the copies and lets the phones that are awake fetch.
func (n *node) show() {
	for _, p := range n.phones {
		if p.who.Kind == event.Person && slices.Contains(n.refs, event.AttendeeID(p.who.ID).Ref()) {
			p.may = event.Hears(n.state, p.who)
			p.stale = true
		}
	}
	for _, turn := range n.turns {
		moved := n.copies.Apply(turn)
		for _, p := range n.phones {
			if moved == nil || slices.ContainsFunc(moved, func(in event.Stream) bool { return slices.Contains(p.may, in) }) {
				p.stale = true
			}
		}
	}
	n.turns, n.refs = nil, nil
	for _, p := range n.phones {
		if p.stale && !p.slow {
			n.fetch(p)
		}
	}
}

// join connects a phone, which may hold a copy from before. The node reads on
// first: the phone may have joined the event a moment ago at another one.
func (n *node) join(p *phone) {
	n.catchUp()
	n.phones = append(n.phones, p)
	p.may = event.Hears(n.state, p.who)
	p.from, p.sent, p.told, p.slow = map[event.Stream]uint64{}, map[event.Stream]uint64{}, "", false
	for _, in := range p.may {
		if p.epoch == n.copies.Epoch() {
			p.from[in] = p.at[in.Name.String()]
		}
	}
	n.fetch(p)
}

// leave cuts a phone off.
func (n *node) leave(p *phone) {
	n.phones = slices.DeleteFunc(n.phones, func(x *phone) bool { return x == p })
}

// fetch gives a phone all that it lacks, as realtime.Conn does.
func (n *node) fetch(p *phone) {
	p.stale = false
	if epoch := n.copies.Epoch(); epoch != p.told {
		if p.told != "" {
			p.sent, p.from = map[event.Stream]uint64{}, map[event.Stream]uint64{}
		}
		p.told = epoch
		var names []string
		for _, in := range p.may {
			names = append(names, in.Name.String())
		}
		p.take(message{T: "hello", Epoch: epoch, Streams: names}.json())
	}
	var lost []event.Stream
	for in := range p.sent {
		if !slices.Contains(p.may, in) {
			lost = append(lost, in)
			delete(p.sent, in)
			delete(p.from, in)
		}
	}
	slices.SortFunc(lost, func(a, b event.Stream) int { return strings.Compare(a.Name.String(), b.Name.String()) })
	for _, in := range lost {
		p.take(message{T: "gone", In: in.Name.String()}.json())
	}
	for _, in := range p.may {
		at, known := p.sent[in]
		if !known {
			at = p.from[in]
		}
		if seq := n.copies.Seq(in); !known || at != seq {
			p.take(n.copies.Since(in, at))
			p.sent[in] = seq
		}
	}
}
