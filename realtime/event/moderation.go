package event

// AttendeeRemove is the host's act. What the person still had open ends, and
// open doors get somebody beside them.
type AttendeeRemove struct {
	Attendee AttendeeID `json:"attendee"`
}

func (AttendeeRemove) name() string   { return "attendee.remove" }
func (c AttendeeRemove) names() []Ref { return []Ref{c.Attendee.Ref()} }
func (c AttendeeRemove) decide(s *State, _ Ask) ([]Fact, error) {
	who := s.Attendees[c.Attendee]
	switch {
	case who.Host:
		return nil, ErrHostStays
	case who.Standing == WasErased:
		return nil, ErrStanding
	case who.Standing == WasRemoved:
		return nil, nil
	}
	return append([]Fact{&AttendeeRemoved{c.Attendee}}, s.endsOf(who)...), nil
}

// AttendeeRemoved: out, and not back by the same door.
type AttendeeRemoved struct{ ID AttendeeID }

func (*AttendeeRemoved) name() string { return "attendee.removed" }
func (f *AttendeeRemoved) fold(s *State, _ At) []Ref {
	a := s.Attendees[f.ID]
	if a == nil {
		return nil
	}
	s.with(a, func() { a.Standing = WasRemoved })
	for _, id := range a.Needs {
		s.Needs[id].Pinned = false
	}
	if s.Doors == DoorsOpen {
		s.Doors = DoorsApprove
	}
	return []Ref{f.ID.Ref(), eventRef}
}

// NeedHide takes a need off all phones and the screen, or puts it back.
type NeedHide struct {
	Need   NeedID `json:"need"`
	Hidden bool   `json:"hidden"`
}

func (NeedHide) name() string   { return "need.hide" }
func (c NeedHide) names() []Ref { return []Ref{c.Need.Ref()} }
func (c NeedHide) decide(s *State, _ Ask) ([]Fact, error) {
	if s.Needs[c.Need].Hidden == c.Hidden {
		return nil, nil
	}
	return []Fact{&NeedHidden{c.Need, c.Hidden}}, nil
}

// NeedHidden is what NeedHide made true.
type NeedHidden struct {
	ID     NeedID
	Hidden bool
}

func (*NeedHidden) name() string { return "need.hidden" }
func (f *NeedHidden) fold(s *State, _ At) []Ref {
	n := s.Needs[f.ID]
	if n == nil {
		return nil
	}
	s.with(s.Attendees[n.By], func() {
		n.Hidden = f.Hidden
		n.Pinned = n.Pinned && !n.Hidden
	})
	return []Ref{f.ID.Ref()}
}

// ---- 承認制: what guests post waits for a host

// ApprovalSet switches it on and off. What waits then goes on waiting.
type ApprovalSet struct {
	On bool `json:"on"`
}

func (ApprovalSet) name() string { return "approval.set" }
func (ApprovalSet) names() []Ref { return nil }
func (c ApprovalSet) decide(s *State, _ Ask) ([]Fact, error) {
	if c.On == s.Approval {
		return nil, nil
	}
	return []Fact{&ApprovalWasSet{c.On}}, nil
}

// ApprovalWasSet is what ApprovalSet made true.
type ApprovalWasSet struct{ On bool }

func (*ApprovalWasSet) name() string { return "approval.set" }
func (f *ApprovalWasSet) fold(s *State, _ At) []Ref {
	s.Approval = f.On
	return []Ref{eventRef}
}

// hold keeps a need back, or lets it go.
func (n *Need) hold(held bool) {
	n.Held = held
	n.Pinned = n.Pinned && !held
}

// NeedApprove lets a need into the room that was held. To refuse it is to hide
// it.
type NeedApprove struct {
	Need NeedID `json:"need"`
}

func (NeedApprove) name() string   { return "need.approve" }
func (c NeedApprove) names() []Ref { return []Ref{c.Need.Ref()} }
func (c NeedApprove) decide(s *State, _ Ask) ([]Fact, error) {
	if !s.Needs[c.Need].Held {
		return nil, nil
	}
	return []Fact{&NeedApproved{c.Need}}, nil
}

// NeedApproved is what NeedApprove made true.
type NeedApproved struct{ ID NeedID }

func (*NeedApproved) name() string { return "need.approved" }
func (f *NeedApproved) fold(s *State, _ At) []Ref {
	n := s.Needs[f.ID]
	if n == nil {
		return nil
	}
	s.with(s.Attendees[n.By], func() { n.hold(false) })
	return []Ref{f.ID.Ref()}
}

// ---- pins

const maxPins = 3 // at once

// NeedPin puts a need before the others, or back among them. What leaves the
// room loses its pin.
type NeedPin struct {
	Need   NeedID `json:"need"`
	Pinned bool   `json:"pinned"`
}

func (NeedPin) name() string   { return "need.pin" }
func (c NeedPin) names() []Ref { return []Ref{c.Need.Ref()} }
func (c NeedPin) decide(s *State, _ Ask) ([]Fact, error) {
	n := s.Needs[c.Need]
	if n.Pinned == c.Pinned {
		return nil, nil
	}
	if c.Pinned {
		if !s.live(n) {
			return nil, ErrNeedOver
		}
		pins := 0
		for _, other := range s.Needs {
			if other.Pinned {
				pins++
			}
		}
		if pins >= maxPins {
			return nil, ErrManyPins.max(maxPins)
		}
	}
	return []Fact{&NeedPinned{c.Need, c.Pinned}}, nil
}

// NeedPinned is what NeedPin made true.
type NeedPinned struct {
	ID     NeedID
	Pinned bool
}

func (*NeedPinned) name() string { return "need.pinned" }
func (f *NeedPinned) fold(s *State, _ At) []Ref {
	n := s.Needs[f.ID]
	if n == nil {
		return nil
	}
	n.Pinned = f.Pinned && s.live(n)
	return []Ref{f.ID.Ref()}
}
