package event

// AnnouncementID is random, like the ids of state.go.
type AnnouncementID string

func (id AnnouncementID) Ref() Ref { return Ref{AnAnnouncement, string(id)} }

const maxAnnouncements = 60 // of one event, dropped ones too

// Announcement is a word of the host to the whole room.
type Announcement struct {
	ID AnnouncementID
	At At
	AnnouncementWords
}

// AnnouncementWords are the event's, not a person's.
type AnnouncementWords struct {
	Text string `json:"text"` // 1-140, lines allowed
}

// AnnouncementMake puts it before everybody, on the screen too.
type AnnouncementMake struct{ AnnouncementWords }

func (AnnouncementMake) name() string { return "announcement.make" }
func (AnnouncementMake) names() []Ref { return nil }
func (c AnnouncementMake) decide(s *State, a Ask) ([]Fact, error) {
	if err := (text{field: "text", max: 140, must: true, lines: true}).check(&c.Text); err != nil {
		return nil, err
	}
	if s.Announced >= maxAnnouncements {
		return nil, ErrManyAnnouncements.max(maxAnnouncements)
	}
	return []Fact{&AnnouncementMade{AnnouncementID(a.ID(0)), c.AnnouncementWords}}, nil
}

// AnnouncementMade is what AnnouncementMake made true.
type AnnouncementMade struct {
	ID                AnnouncementID
	AnnouncementWords `json:"-"`
}

func (*AnnouncementMade) name() string  { return "announcement.made" }
func (*AnnouncementMade) whose() string { return TheEventsWords }
func (f *AnnouncementMade) words() any  { return &f.AnnouncementWords }
func (f *AnnouncementMade) fold(s *State, at At) []Ref {
	s.Announcements[f.ID] = &Announcement{f.ID, at, f.AnnouncementWords}
	s.Announced++
	return []Ref{f.ID.Ref()}
}

// AnnouncementDrop takes it off again.
type AnnouncementDrop struct {
	Announcement AnnouncementID `json:"announcement"`
}

func (AnnouncementDrop) name() string   { return "announcement.drop" }
func (c AnnouncementDrop) names() []Ref { return []Ref{c.Announcement.Ref()} }
func (c AnnouncementDrop) decide(*State, Ask) ([]Fact, error) {
	return []Fact{&AnnouncementDropped{c.Announcement}}, nil
}

// AnnouncementDropped is what AnnouncementDrop made true.
type AnnouncementDropped struct{ ID AnnouncementID }

func (*AnnouncementDropped) name() string { return "announcement.dropped" }
func (f *AnnouncementDropped) fold(s *State, _ At) []Ref {
	delete(s.Announcements, f.ID)
	return []Ref{f.ID.Ref()}
}
