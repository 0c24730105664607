package event

import "slices"

// Standing is how far somebody is in.
type Standing string

const (
	InLobby    Standing = "lobby"
	Present    Standing = "present"
	WasRemoved Standing = "removed"
	WasErased  Standing = "erased"
)

// Attendee is one person at this event.
type Attendee struct {
	ID       AttendeeID
	Host     bool
	Standing Standing
	JoinedAt At
	Card     Card
	Given    int // own offers that somebody wanted
	Received int
	From     []Credit // whose: Received by person
	Embeds   string   // where own texts may go to be embedded, a host name; empty: nowhere

	Needs         []NeedID
	Entries       []EntryID
	Introductions []IntroductionID // as I or as R

	Told       []SuggestionID // to them, in order
	Cited      []SuggestionID // that rest on their card
	HintsUntil At             // when their hints so far are as old as one a minute would be
	Wrong      []string       // what is not to be suggested of their card, see Suggestion.Rests
}

// Credit says from whom somebody received introductions that they wanted.
type Credit struct {
	By AttendeeID `json:"by"`
	N  int        `json:"n"` // 1 and more
}

// owes is how many introductions they received from somebody.
func (a *Attendee) owes(to AttendeeID) int {
	for _, c := range a.From {
		if c.By == to {
			return c.N
		}
	}
	return 0
}

// Number is the two digits that a waiting person shows at the desk.
func (id AttendeeID) Number() int {
	n := 0
	for _, b := range []byte(id) {
		n = (n*31 + int(b)) % 90
	}
	return n + 10
}

func (s *State) present(id AttendeeID) bool {
	a := s.Attendees[id]
	return a != nil && a.Standing == Present
}

// AttendeeJoin lets a newcomer in, or into the lobby. The web makes it after
// the door's key was checked.
type AttendeeJoin struct {
	Card  Card
	Terms string // version of the text that was agreed to; empty is a refusal

	Embeds string // where texts go, as it was read with the terms; empty: it was not
}

func (AttendeeJoin) name() string { return "attendee.join" }
func (AttendeeJoin) names() []Ref { return nil }
func (c AttendeeJoin) decide(s *State, a Ask) ([]Fact, error) {
	switch {
	case s.Doors == DoorsClosed:
		return nil, ErrDoorsClosed
	case c.Terms == "":
		return nil, ErrTerms
	case s.Tally.Present+s.Tally.Waiting >= a.most().People:
		return nil, ErrManyPeople.max(a.most().People)
	}
	if err := c.Card.check(); err != nil {
		return nil, err
	}
	if c.Card.Photo != "" {
		return nil, ErrPhoto.in("photo")
	}
	f := &AttendeeJoined{ID: AttendeeID(a.By.ID), Standing: Present, Terms: c.Terms, Card: c.Card}
	if c.Embeds == s.Embeds { // else it was switched meanwhile, and theirs stay here
		f.Embeds = c.Embeds
	}
	if s.Doors == DoorsApprove {
		f.Standing = InLobby
	}
	return []Fact{f}, nil
}

// AttendeeJoined is somebody's first fact; its time is that of consent C1.
type AttendeeJoined struct {
	ID       AttendeeID
	Host     bool `json:",omitempty"`
	Standing Standing
	Terms    string `json:",omitempty"`
	Embeds   string `json:",omitempty"` // where texts may go, agreed to with the terms
	Card     Card   `json:"-"`
}

func (*AttendeeJoined) name() string    { return "attendee.joined" }
func (f *AttendeeJoined) whose() string { return string(f.ID) }
func (f *AttendeeJoined) words() any    { return &f.Card }
func (f *AttendeeJoined) fold(s *State, at At) []Ref {
	a := &Attendee{ID: f.ID, Host: f.Host, Standing: f.Standing, JoinedAt: at, Card: f.Card, Embeds: f.Embeds}
	s.Attendees[f.ID] = a
	s.count(a, +1)
	return []Ref{f.ID.Ref()}
}

// AttendeeAdmit is the tap at the desk.
type AttendeeAdmit struct {
	Attendee AttendeeID `json:"attendee"`
}

func (AttendeeAdmit) name() string   { return "attendee.admit" }
func (c AttendeeAdmit) names() []Ref { return []Ref{c.Attendee.Ref()} }
func (c AttendeeAdmit) decide(s *State, _ Ask) ([]Fact, error) {
	switch s.Attendees[c.Attendee].Standing {
	case InLobby:
		return []Fact{&AttendeeAdmitted{c.Attendee}}, nil
	case Present:
		return nil, nil
	}
	return nil, ErrStanding
}

// AttendeeAdmitted: from the lobby into the room.
type AttendeeAdmitted struct{ ID AttendeeID }

func (*AttendeeAdmitted) name() string { return "attendee.admitted" }
func (f *AttendeeAdmitted) fold(s *State, _ At) []Ref {
	a := s.Attendees[f.ID]
	if a == nil {
		return nil
	}
	s.with(a, func() { a.Standing = Present })
	return []Ref{f.ID.Ref()}
}

// endsOf ends every open introduction of an attendee.
func (s *State) endsOf(a *Attendee) []Fact {
	var facts []Fact
	for _, id := range a.Introductions {
		if s.Introductions[id].open() {
			facts = append(facts, &Ended{ID: id})
		}
	}
	for _, p := range s.pairsOf(a.ID) {
		if p.open() {
			facts = append(facts, &PairWasEnded{ID: p.ID})
		}
	}
	return facts
}

// AttendeeErase is the person's own act: their key is deleted with it.
type AttendeeErase struct{}

func (AttendeeErase) name() string { return "attendee.erase" }
func (AttendeeErase) names() []Ref { return nil }
func (AttendeeErase) decide(s *State, a Ask) ([]Fact, error) {
	who := s.Attendees[AttendeeID(a.By.ID)]
	if who.Host {
		return nil, ErrHostStays
	}
	return append(s.endsOf(who), &AttendeeErased{who.ID}), nil
}

// AttendeeErased leaves the skeleton of what others take part in, and no word
// of the person. It begins an epoch: who reads the log without the key counts
// fewer changes before this place than who saw them happen.
type AttendeeErased struct{ ID AttendeeID }

func (*AttendeeErased) name() string { return "attendee.erased" }
func (f *AttendeeErased) fold(s *State, _ At) []Ref {
	a := s.Attendees[f.ID]
	if a == nil {
		return nil
	}
	s.Epoch++
	refs := s.spread([]Ref{f.ID.Ref()})
	s.count(a, -1)
	a.Standing, a.Card, a.Embeds = WasErased, Card{}, ""
	s.forgetPleas(f.ID)
	for _, ids := range [][]SuggestionID{a.Told, a.Cited} {
		for _, id := range ids {
			s.forget(id)
		}
	}
	a.Wrong = nil
	s.forgetPairs(f.ID)
	for _, id := range a.Needs {
		for _, g := range s.Needs[id].Suggestions {
			s.forget(g)
		}
		delete(s.Needs, id)
	}
	for _, id := range a.Entries {
		for _, g := range s.Entries[id].Suggestions {
			s.forget(g)
		}
		s.place(s.Entries[id], Self, false, "")
		delete(s.Entries, id)
	}
	a.Needs, a.Entries = nil, nil
	for _, id := range a.Introductions {
		n := s.Introductions[id]
		if n.I == f.ID {
			n.About, n.Secret = About{}, ""
			if n.Own {
				n.Contact = Contact{}
			}
		}
		if n.R == f.ID {
			n.Purpose, n.Thanks = Purpose{}, ""
		}
	}
	return refs
}

// forgetOpen takes out the suggestions that nobody has acted on: what was
// dismissed stays dismissed.
func (s *State) forgetOpen(ids []SuggestionID) {
	for _, id := range ids {
		if g := s.Suggestions[id]; g != nil && !g.Done {
			s.forget(id)
		}
	}
}

// forget takes a suggestion out of the state and out of its indexes.
func (s *State) forget(id SuggestionID) {
	g := s.Suggestions[id]
	if g == nil {
		return
	}
	delete(s.Suggestions, id)
	drop := func(ids []SuggestionID) []SuggestionID {
		return slices.DeleteFunc(slices.Clone(ids), func(x SuggestionID) bool { return x == id })
	}
	if n := s.Needs[g.Need]; n != nil {
		n.Suggestions = drop(n.Suggestions)
	}
	if e := s.Entries[g.Entry]; e != nil {
		e.Suggestions = drop(e.Suggestions)
	}
	if a := s.Attendees[g.Owner]; a != nil {
		a.Told = drop(a.Told)
	}
	if a := s.Attendees[g.Card]; a != nil {
		a.Cited = drop(a.Cited)
	}
}

// hostName is who opened the event, as the join page names them.
func hostName(s *State) string {
	var host *Attendee
	for _, a := range s.Attendees {
		if a.Host && (host == nil || a.JoinedAt < host.JoinedAt) {
			host = a
		}
	}
	if host == nil {
		return ""
	}
	return host.Card.Name
}
