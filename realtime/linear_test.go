package realtime_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"goen/realtime/event"
	"goen/store"
)

var transitions = flag.Int("nodes.transitions", 10_000, "concurrent commands on introductions over two nodes")

// What everybody is told fits one order of events, whichever node they asked:
// the histories of commands and looks at two nodes on one store are linearizable
// (Herlihy and Wing 1990) to the machine of one introduction.
func TestTwoNodesAreAsOne(t *testing.T) {
	const each = 500
	var moved, refused, again, lost int
	for round := range max(1, *transitions/each) {
		r := newRace(t, round)
		r.run(each)
		for id, history := range r.histories {
			if !porcupine.CheckOperations(machine, history) {
				t.Errorf("round %d: introduction %s: the answers fit no order: %s", round, id, tell(history))
			}
		}
		moved, refused, again, lost = moved+r.moved, refused+r.refused, again+r.again, lost+int(r.taken.Load())
		r.end()
	}
	t.Logf("%d moved something, %d refused or nothing to do, %d of them sent again; %d appends came second", moved, refused, again, lost)
	if moved < *transitions/20 || refused < *transitions/20 || lost < *transitions/500 {
		t.Error("too little happened for the test to mean anything")
	}
}

// race is one evening with introductions that many want to move at once.
type race struct {
	t         *testing.T
	w         [2]*world
	ids       []event.IntroductionID
	who       map[event.IntroductionID][2]string // I and R
	links     map[event.IntroductionID]*atomic.Pointer[event.LinkID]
	taken     atomic.Int64
	begun     time.Time
	mu        sync.Mutex
	histories map[event.IntroductionID][]porcupine.Operation

	moved, refused, again int
}

const (
	racers  = 24
	eachHas = 2 // needs, and entries
	hands   = 8
)

func newRace(t *testing.T, round int) *race {
	r := &race{
		t: t, who: map[event.IntroductionID][2]string{}, links: map[event.IntroductionID]*atomic.Pointer[event.LinkID]{},
		histories: map[event.IntroductionID][]porcupine.Operation{},
	}
	var s *street
	if round%2 == 1 {
		s = &street{}
	}
	_, r.w[0], r.w[1] = pair(t, s)
	var names []string
	for i := range racers {
		names = append(names, "p"+letters(i))
	}
	r.w[0].evening(names...)
	for k := range racers * eachHas { // one introduction each, and nothing shared between two
		of, by := names[k%racers], names[(k+1+k/racers)%racers]
		r.w[0].do(person(of), post("need "+letters(k)))
		r.w[0].do(person(by), event.EntryAdd{EntryWords: event.EntryWords{Trade: "npo", Label: letters(k)}})
		var need event.NeedID
		var entry event.EntryID
		r.look(0, func(st *event.State) {
			need = last(st.Attendees[event.AttendeeID(of)].Needs)
			entry = last(st.Attendees[event.AttendeeID(by)].Entries)
		})
		r.w[0].do(person(by), event.OfferMake{Need: need, Entry: entry})
		r.look(0, func(st *event.State) {
			id := last(st.Attendees[event.AttendeeID(of)].Introductions)
			r.ids = append(r.ids, id)
			r.who[id] = [2]string{by, of}
			r.links[id] = new(atomic.Pointer[event.LinkID])
		})
	}
	for i := range r.w { // races become likely when an append takes its time
		r.w[i].store.set(func(f *faulty) {
			f.append = func(_ []store.Record, write func() error) error {
				for range rand.IntN(100) {
					runtime.Gosched()
				}
				err := write()
				if errors.Is(err, store.ErrTaken) {
					r.taken.Add(1)
				}
				return err
			}
		})
	}
	return r
}

func last[T any](list []T) T { return list[len(list)-1] }

func (r *race) look(node int, f func(*event.State)) {
	if err := r.w[node].hub.Look(theEvent, f); err != nil {
		r.t.Error(err)
	}
}

func (r *race) run(n int) {
	r.begun = time.Now()
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	for hand := range hands {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				id := r.ids[rand.IntN(len(r.ids))]
				m, c, by := r.choose(id)
				if m.kind == looks || rand.IntN(6) > 0 {
					r.act(hand, rand.IntN(2), id, m, c, by)
					continue
				}
				var twice sync.WaitGroup // the same gesture to both nodes
				for node := range r.w {
					twice.Go(func() { r.act(hand+node*hands, node, id, m, c, by) })
				}
				twice.Wait()
				r.mu.Lock()
				r.again++
				r.mu.Unlock()
			}
		})
	}
	all.Wait()
}

func (r *race) choose(id event.IntroductionID) (move, event.Command, event.Who) {
	i, of := person(r.who[id][0]), person(r.who[id][1])
	m := move{op: string(op()), kind: kind(rand.IntN(int(kinds)))}
	absent := event.Who{Kind: event.Absent}
	if link := r.links[id].Load(); link != nil {
		absent.ID = string(*link)
	} else if m.kind >= gives {
		m.kind = kind(rand.IntN(int(gives)))
	}
	contact := event.Contact{Name: "x", Mail: "x@example.jp"}
	switch m.kind {
	case wants:
		return m, event.OfferWant{Introduction: id, Line: "yes", Give: []string{"mail"}}, of
	case asks:
		return m, event.IntroductionAsk{Introduction: id, Days: 7}, i
	case leaves:
		if rand.IntN(3) > 0 { // or nothing would ever come of anything
			m.kind = looks
			return m, nil, i
		}
		return m, event.IntroductionLeave{Introduction: id}, []event.Who{i, of}[rand.IntN(2)]
	case revokes:
		return m, event.IntroductionRevoke{Introduction: id}, of
	case gives:
		return m, event.ConsentGive{Contact: contact, Private: event.LinkID("private " + string(id))}, absent
	case declines:
		return m, event.ConsentDecline{}, absent
	case takesBack:
		return m, event.ConsentRevoke{}, absent
	}
	return m, nil, i
}

// act does or looks, and writes down when it was asked and when answered.
func (r *race) act(client, node int, id event.IntroductionID, m move, c event.Command, by event.Who) {
	var got outcome
	called := time.Since(r.begun)
	if m.kind == looks {
		r.look(node, func(s *event.State) {
			n := s.Introductions[id]
			got = outcome{true, n.Step, n.Answer.Declined}
		})
	} else {
		err := r.w[node].hub.Do(theEvent, by, event.OpID(m.op), c)
		var refusal event.Refusal
		if err != nil && (!errors.As(err, &refusal) || refusal.Kind == event.Unavailable) {
			r.t.Errorf("%T: %v", c, err)
		}
		got.yes = err == nil
	}
	returned := time.Since(r.begun)
	if m.kind == asks && got.yes {
		r.look(node, func(s *event.State) {
			if link := s.Introductions[id].Link; link != "" {
				r.links[id].Store(&link)
			}
		})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case m.kind == looks:
	case got.yes:
		r.moved++
	default:
		r.refused++
	}
	r.histories[id] = append(r.histories[id], porcupine.Operation{
		ClientId: client, Input: m, Output: got, Call: int64(called), Return: int64(returned),
	})
}

func (r *race) end() {
	for _, who := range []string{r.who[r.ids[0]][0], "host"} {
		r.w[0].phone(who).like(r.w[1].phone(who))
	}
	r.w[1].close()
	r.w[0].close()
}

// ---- the machine, told once more and by hand (product.md 6.3)

type kind int

const (
	wants kind = iota
	asks
	leaves
	revokes
	looks
	gives // from here on by the link
	declines
	takesBack
	kinds
)

type move struct {
	kind kind
	op   string
}

type outcome struct {
	yes      bool
	step     event.Step // of a look
	declined bool
}

// standing is comparable, so that porcupine remembers where it has been.
type standing struct {
	step     event.Step
	declined bool
	done     [6]string // ops that moved it
}

func (s standing) move(m move) (yes bool, after standing) {
	for _, op := range s.done {
		if op == m.op {
			return true, s
		}
	}
	to, declined := event.Step(0), s.declined
	switch {
	case m.kind == wants && s.step == event.StepOffered:
		to = event.StepWanted
	case m.kind == asks && s.step == event.StepWanted:
		to = event.StepAsking
	case m.kind == leaves && s.step <= event.StepAsking:
		to = event.StepEnded
	case (m.kind == revokes || m.kind == takesBack) && s.step == event.StepConnected:
		to = event.StepRevoked
	case m.kind == takesBack && s.step == event.StepRevoked:
		return true, s
	case (m.kind == gives || m.kind == declines) && s.step == event.StepAsking && s.declined:
		return true, s
	case m.kind == gives && s.step == event.StepAsking:
		to = event.StepConnected
	case m.kind == declines && s.step == event.StepAsking:
		to, declined = event.StepAsking, true
	default:
		return false, s
	}
	after = standing{to, declined, s.done}
	for i, op := range after.done {
		if op == "" {
			after.done[i] = m.op
			return true, after
		}
	}
	panic("an introduction moves at most five times")
}

var machine = porcupine.Model{
	Init: func() any { return standing{step: event.StepOffered} },
	Step: func(state, input, output any) (bool, any) {
		s, m, got := state.(standing), input.(move), output.(outcome)
		if m.kind == looks {
			return got.step == s.step && got.declined == s.declined, s
		}
		yes, after := s.move(m)
		return yes == got.yes, after
	},
}

func tell(history []porcupine.Operation) (out string) {
	for _, o := range history {
		out += fmt.Sprintf("\n[%d %d] %d %+v -> %+v", o.Call, o.Return, o.ClientId, o.Input, o.Output)
	}
	return out
}
