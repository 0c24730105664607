package event

import (
	"hash/fnv"
	"time"
)

// Doors say how a newcomer gets in.
type Doors string

const (
	DoorsOpen    Doors = "open"    // at once
	DoorsApprove Doors = "approve" // a host taps each name
	DoorsClosed  Doors = "closed"  // nobody new
)

// Status is where the event stands as a whole. What is shredded has no log.
type Status string

const (
	Open   Status = "open"
	Closed Status = "closed"
)

// Setting is what the host decided about the event when it was opened.
type Setting struct {
	Title    string `json:"title"`          // 1-60 characters
	Place    string `json:"place"`          // 0-80
	StartsAt At     `json:"startsAt"`       // Unix ms
	EndsAt   At     `json:"endsAt"`         // Unix ms
	Zone     string `json:"zone"`           // IANA name
	Days     int    `json:"days"`           // kept so many days after the end, 1-180
	Note     string `json:"note,omitempty"` // 0-280, under the title of the join page
}

// ShredAt is when everything of the event is deleted.
func (t Setting) ShredAt(zone *time.Location) At { return endOfDay(t.EndsAt, t.Days, zone) }

// endOfDay is the last moment of the local day so many days after a moment.
func endOfDay(at At, days int, zone *time.Location) At {
	t := time.UnixMilli(int64(at)).In(zone)
	next := time.Date(t.Year(), t.Month(), t.Day()+days+1, 0, 0, 0, 0, zone)
	if next.Hour() == 23 { // where summer time begins at midnight there is none, and Go goes back
		next = next.Add(time.Hour)
	}
	return At(next.UnixMilli()) - 1
}

// EventOpen makes the event. The server makes it; it does not come by socket.
type EventOpen struct {
	Setting Setting
	Doors   Doors
	Card    Card   // of the first host
	Code    string // claimed in the store beforehand
}

func (EventOpen) name() string { return "event.open" }
func (EventOpen) names() []Ref { return nil }
func (c EventOpen) decide(_ *State, a Ask) ([]Fact, error) {
	t := c.Setting
	if err := checkAll(
		text{field: "title", max: 60, must: true}.check(&t.Title),
		text{field: "place", max: 80}.check(&t.Place),
		text{field: "note", max: 280, lines: true}.check(&t.Note),
		c.Card.check(),
		oneOf("doors", string(c.Doors), string(DoorsOpen), string(DoorsApprove), string(DoorsClosed)),
	); err != nil {
		return nil, err
	}
	if t.StartsAt <= 0 || t.EndsAt <= t.StartsAt || t.EndsAt-t.StartsAt > 7*Day || t.EndsAt < a.Now-Day || t.StartsAt > a.Now+800*Day {
		return nil, ErrTimes
	}
	if t.Days < 1 || t.Days > 180 {
		return nil, ErrChoice.in("days")
	}
	return []Fact{
		&EventOpened{Doors: c.Doors, Setting: t},
		&DoorsKeyed{Keys: DoorKeys{c.Code, a.ID(1)}},
		&AttendeeJoined{ID: AttendeeID(a.By.ID), Host: true, Standing: Present, Card: c.Card},
	}, nil
}

// EventOpened is the first fact of every log.
type EventOpened struct {
	Doors   Doors
	Setting Setting `json:"-"`
}

func (*EventOpened) name() string    { return "event.opened" }
func (f *EventOpened) whose() string { return TheEventsWords }
func (f *EventOpened) words() any    { return &f.Setting }
func (f *EventOpened) fold(s *State, _ At) []Ref {
	s.Setting, s.Doors, s.Status, s.Phase, s.Attest = f.Setting, f.Doors, Open, PhaseReception, AttestOff
	return []Ref{eventRef, tallyRef}
}

// DoorKeys open the lobby, and nothing more.
type DoorKeys struct{ Code, Secret string }

// DoorsRenew makes the old code and QR worthless; who is inside stays.
type DoorsRenew struct{ Code string }

func (DoorsRenew) name() string { return "doors.renew" }
func (DoorsRenew) names() []Ref { return nil }
func (c DoorsRenew) decide(_ *State, a Ask) ([]Fact, error) {
	return []Fact{&DoorsKeyed{Keys: DoorKeys{c.Code, a.ID(1)}}}, nil
}

// DoorsKeyed holds the keys of the doors from now on.
type DoorsKeyed struct {
	Keys DoorKeys `json:"-"`
}

func (*DoorsKeyed) name() string    { return "doors.keyed" }
func (f *DoorsKeyed) whose() string { return TheEventsWords }
func (f *DoorsKeyed) words() any    { return &f.Keys }
func (f *DoorsKeyed) fold(s *State, _ At) []Ref {
	s.Code, s.Secret = f.Keys.Code, f.Keys.Secret
	return []Ref{eventRef}
}

// DoorsSet opens and closes the doors, or puts somebody beside them.
type DoorsSet struct {
	Doors Doors `json:"doors"`
}

func (DoorsSet) name() string { return "doors.set" }
func (DoorsSet) names() []Ref { return nil }
func (c DoorsSet) decide(s *State, _ Ask) ([]Fact, error) {
	if err := oneOf("doors", string(c.Doors), string(DoorsOpen), string(DoorsApprove), string(DoorsClosed)); err != nil {
		return nil, err
	}
	if c.Doors == s.Doors {
		return nil, nil
	}
	return []Fact{&DoorsWereSet{c.Doors}}, nil
}

// DoorsWereSet is what DoorsSet made true.
type DoorsWereSet struct{ Doors Doors }

func (*DoorsWereSet) name() string { return "doors.set" }
func (f *DoorsWereSet) fold(s *State, _ At) []Ref {
	s.Doors = f.Doors
	return []Ref{eventRef}
}

// EventClose ends the evening. Introductions outlive it.
type EventClose struct{}

func (EventClose) name() string { return "event.close" }
func (EventClose) names() []Ref { return nil }
func (EventClose) decide(*State, Ask) ([]Fact, error) {
	return []Fact{&EventClosed{}}, nil
}

// EventClosed: no new people, no new needs.
type EventClosed struct{}

func (*EventClosed) name() string { return "event.closed" }
func (*EventClosed) fold(s *State, _ At) []Ref {
	s.Status, s.Round = Closed, nil
	s.dealOut()
	return append(s.Refs(), eventRef)
}

// doorWord is shown on the screen and on the join page alike, against a QR
// pasted over ours.
func doorWord(secret string) string {
	words := []string{
		"さくら", "もみじ", "つばめ", "ほたる", "すずめ", "かもめ", "ひばり", "うぐいす", "あさひ", "みなと", "やまびこ", "せせらぎ", "こだま", "いなほ", "わかば", "しらゆき",
		"たんぽぽ", "ひまわり", "あじさい", "すみれ", "つくし", "どんぐり", "まつかぜ", "はまべ", "きさらぎ", "みかづき", "ゆうづき", "そよかぜ", "はるか", "のぞみ", "ひかり", "みずうみ",
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(secret))
	return words[h.Sum32()%uint32(len(words))]
}

// Check looks at the words of a new event without making it.
func Check(c EventOpen, now At) error {
	_, err := c.decide(New(), Ask{Now: now})
	return err
}
