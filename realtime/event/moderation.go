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
	s.with(s.Attendees[n.By], func() { n.Hidden = f.Hidden })
	return []Ref{f.ID.Ref()}
}
