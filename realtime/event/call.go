package event

import "slices"

// This file is the blind call (打診): the host asks the owners of fitting
// entries without learning who they are, or whether there is anybody. So
// nothing that a call leaves with others may depend on it: a call is one
// record, which is all that the host and the poster ever see of it, and a
// while later comes one record of the machine, whether it tells anybody or not.

const (
	callAfter    = 5 * minute  // a need is left to the room for so long
	callAgain    = 10 * minute // between two calls for one need
	callsPerNeed = 6
)

// Call is one act of a host on a need, as its poster sees it.
type Call struct {
	By AttendeeID `json:"by"`
	At At         `json:"at"`
}

// CallMake asks whose entries fit, for a need that nobody has answered.
type CallMake struct {
	Need NeedID `json:"need"`
}

func (CallMake) name() string   { return "call.make" }
func (c CallMake) names() []Ref { return []Ref{c.Need.Ref()} }

// decide looks only at what the desk shows of a need (see WatchView), never at
// entries or suggestions.
func (c CallMake) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Needs[c.Need]
	switch {
	case !s.live(n):
		return nil, ErrNeedOver
	case n.Behalf != nil: // no entry is for it, see MatchableNeed
		return nil, ErrCallBehalf
	case n.Offers > 0:
		return nil, ErrCallAnswered
	case a.Now < n.At+callAfter:
		return nil, ErrCallEarly.max(int(callAfter / minute))
	case len(n.Calls) >= callsPerNeed:
		return nil, ErrManyCalls.max(callsPerNeed)
	case len(n.Calls) > 0 && a.Now < n.calledAt()+callAgain:
		return nil, ErrCallAgain.max(int(callAgain / minute))
	}
	return []Fact{&CallMade{c.Need, AttendeeID(a.By.ID)}}, nil
}

// calledAt is when a host last called for it; 0 means never.
func (n *Need) calledAt() At {
	if len(n.Calls) == 0 {
		return 0
	}
	return n.Calls[len(n.Calls)-1].At
}

// CallMade is what CallMake made true. The machine owes the owners a word then.
type CallMade struct {
	Need NeedID
	By   AttendeeID
}

func (*CallMade) name() string { return "call.made" }
func (f *CallMade) fold(s *State, at At) []Ref {
	n := s.Needs[f.Need]
	if n == nil {
		return nil
	}
	n.Calls = append(n.Calls, Call{f.By, at})
	n.Untold = true
	return []Ref{f.Need.Ref()}
}

// Untold tells whether a call for the need waits for the machine.
func Untold(s *State, id NeedID) bool {
	n := s.Needs[id]
	return n != nil && n.Untold
}

// CallTell comes from the matcher, once after every call: what it would suggest
// for the need, best first, which may be nothing.
type CallTell struct {
	Need NeedID
	Hits []CallHit
}

// CallHit is one entry that fits.
type CallHit struct {
	Entry EntryID
	Why   []Reason
	Rests string // see SuggestionMake
}

func (CallTell) name() string   { return "call.tell" }
func (c CallTell) names() []Ref { return nil }

// decide asks each owner once for each need, however many entries fit and
// however often the host calls. What an owner has put away stays away.
func (c CallTell) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Needs[c.Need]
	if n == nil || !n.Untold {
		return nil, nil
	}
	facts := []Fact{&CallTold{c.Need}}
	asked := map[AttendeeID]bool{}
	for _, id := range n.Suggestions {
		if g := s.Suggestions[id]; g.Called {
			asked[g.Owner] = true
		}
	}
	for i, hit := range c.Hits {
		e := s.Entries[hit.Entry]
		if !s.suggestible(n.ID, hit.Entry, "") || asked[e.Owner] || hit.Rests != "" && slices.Contains(e.Wrong, hit.Rests) {
			continue
		}
		switch g := s.suggested(s.Attendees[e.Owner], n.ID, e.ID, ""); {
		case g == nil:
			facts = append(facts, &SuggestionMade{
				ID: SuggestionID(a.ID(i)), Need: n.ID, Entry: e.ID, Owner: e.Owner, Called: true, SuggestionWords: grounds(hit.Why, sought(n, e), hit.Rests),
			})
		case g.Done:
			continue
		default:
			facts = append(facts, &SuggestionCalled{g.ID})
		}
		asked[e.Owner] = true
	}
	return facts, nil
}

// CallTold ends the waiting. It shows nowhere.
type CallTold struct{ Need NeedID }

func (*CallTold) name() string { return "call.told" }
func (f *CallTold) fold(s *State, _ At) []Ref {
	if n := s.Needs[f.Need]; n != nil {
		n.Untold = false
	}
	return nil
}

// SuggestionCalled makes a request of the host of what was a suggestion.
type SuggestionCalled struct{ ID SuggestionID }

func (*SuggestionCalled) name() string { return "suggestion.called" }
func (f *SuggestionCalled) fold(s *State, _ At) []Ref {
	g := s.Suggestions[f.ID]
	if g == nil {
		return nil
	}
	g.Called = true
	return []Ref{f.ID.Ref()}
}
