package mongofake

import (
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Fault is what befalls one command. Those of writes do nothing to a read.
type Fault int

// The faults.
const (
	None       Fault = iota
	CutBefore        // the connection ends; the command is not carried out
	CutAfter         // it is carried out, durably; the connection ends before the answer
	Forgotten        // like CutAfter, and the server forgets that it did it: the driver's own repetition is carried out too (SERVER-55305)
	Twice            // a write is carried out twice; the answer is the second one's
	NotPrimary       // refused, and another primary is elected: what no majority has is rolled back
	Lost             // a write reaches the primary alone, the connection ends, and after some commands it is rolled back
	Kept             // like Lost, but in the end a majority has it
	Concern          // a write reaches the primary alone and is answered so (writeConcernError); after some commands a majority has it
	Undone           // like Concern, but in the end it is rolled back
	Lag              // a write is durable; majority reads do not show it yet, as on a new primary. No part of a plan
	Full             // refused: there is no room on the disk. No part of a plan
	Slow             // the answer takes a while
)

// String is the fault's name.
func (f Fault) String() string {
	return [...]string{"none", "cut before", "cut after", "forgotten", "twice", "not primary", "lost", "kept", "concern", "undone", "lag", "full", "slow"}[f]
}

// ofReads and ofWrites are the faults that a plan draws from. Cuts are few: the
// driver takes its time after one.
var (
	ofReads  = []Fault{CutBefore, NotPrimary, NotPrimary, NotPrimary, NotPrimary, NotPrimary, Slow, Slow}
	ofWrites = []Fault{
		CutBefore, CutAfter, Forgotten, Lost, Kept, Twice, Twice, Twice, NotPrimary, NotPrimary, NotPrimary, NotPrimary,
		Concern, Concern, Concern, Undone, Undone, Undone, Undone, Slow,
	}
)

// lagging is how many majority reads a Lag lasts.
const lagging = 2

// Script says what befalls the next commands of a name ("insert", "find",
// "update", "delete", "getMore", ...), one fault each. It goes before the plan.
func (s *Server) Script(command string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[command] = append(s.scripts[command], faults...)
}

// Always says what befalls every command from now on.
func (s *Server) Always(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always = fault
}

// Befell is how often each fault has befallen a command.
func (s *Server) Befell() map[Fault]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.befell)
}

// FailOver elects another primary: what no majority has is rolled back.
func (s *Server) FailOver() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = 0
	s.data.rollBack()
}

func (s *Server) draw(req request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	fault := s.always
	if script := s.scripts[req.name()]; len(script) > 0 {
		fault, s.scripts[req.name()] = script[0], script[1:]
	} else if s.plan.Float64()*100 < s.opt.percent {
		list := ofReads
		if writes(req) {
			list = ofWrites
		}
		fault = list[s.plan.IntN(len(list))]
	}
	if !writes(req) && slices.Contains([]Fault{Forgotten, Twice, Lost, Kept, Concern, Undone, Lag, Full}, fault) {
		fault = None
	}
	if fault != None {
		s.befell[fault]++
	}
	return fault
}

func writes(req request) bool {
	return slices.Contains([]string{"insert", "update", "delete"}, req.name())
}

// suffer carries a command out, or does not, as a fault has it. s.mu is held.
func (s *Server) suffer(req request, fault Fault) bson.D {
	if s.left > 0 {
		if s.left--; s.left == 0 {
			s.elect()
		}
	}
	switch fault {
	case CutBefore:
		return nil
	case NotPrimary:
		s.left = 0
		s.data.rollBack()
		return s.refusal(req)
	case CutAfter, Forgotten:
		s.run(req)
		if fault == Forgotten {
			delete(s.data.answers, attempt(req))
		}
		return nil
	case Twice:
		s.run(req)
		delete(s.data.answers, attempt(req))
		return s.run(req)
	case Lost, Kept, Concern, Undone:
		s.left, s.lose = 1+s.plan.IntN(4), fault == Lost || fault == Undone
		reply := s.run(req)
		if fault == Lost || fault == Kept {
			return nil
		}
		return reply
	case Lag:
		s.lag = lagging
		return s.run(req)
	case Full:
		return failure(14031, "OutOfDiskSpace", "mongofake: no room")
	}
	return s.run(req)
}

// elect ends the time of a primary that has lost its office.
func (s *Server) elect() {
	s.left = 0
	if s.lose {
		s.data.rollBack()
		return
	}
	s.data.commit()
	s.data.show()
}

// refusal is the answer of a server that is no primary, in one of the words that
// servers have for it.
func (s *Server) refusal(req request) bson.D {
	words := []struct {
		code int
		name string
	}{{10107, "NotWritablePrimary"}, {189, "PrimarySteppedDown"}, {11602, "InterruptedDueToReplStateChange"}}
	w := words[s.plan.IntN(len(words))]
	d := failure(w.code, w.name, "mongofake: a fail-over")
	if attempt(req) != "" {
		d = append(d, bson.E{Key: "errorLabels", Value: bson.A{"RetryableWriteError"}})
	}
	return append(d, s.topology())
}
