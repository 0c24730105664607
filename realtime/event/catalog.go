package event

// Views has an empty view of every kind, by the stream it lives in: for the
// generator of TypeScript and for the protocol's documentation.
func Views() map[Name][]any {
	return map[Name][]any{
		Room:    {EventView{Head: Head{K: "event"}}, PersonView{Head: Head{K: "person"}}, NeedView{Head: Head{K: "need"}}},
		Me:      {YouView{Head: Head{K: "you"}}, EntryView{Head: Head{K: "entry"}}, MineView{Head: Head{K: "mine"}}, SuggestionView{Head: Head{K: "suggestion"}}, ReceivedView{Head: Head{K: "received"}}, GivenView{Head: Head{K: "given"}}},
		Desk:    {DoorsView{Head: Head{K: "doors"}}, SumsView{Head: Head{K: "sums"}}, GuestView{Head: Head{K: "guest"}}, WatchView{Head: Head{K: "watch"}}, CourseView{Head: Head{K: "course"}}},
		Wall:    {StageView{Head: Head{K: "stage"}}, TallyView{Head: Head{K: "tally"}}, FaceView{Head: Head{K: "face"}}, LineView{Head: Head{K: "line"}}},
		Consent: {PageView{Head: Head{K: "page"}}, KeepsakeView{Head: Head{K: "keepsake"}}},
	}
}

// Forgets names the keys and photos whose words end with a fact. Ask before
// folding it.
func Forgets(s *State, f Fact) (keys, photos []string) {
	photo := func(id AttendeeID, now string) {
		if a := s.Attendees[id]; a != nil && a.Card.Photo != "" && a.Card.Photo != now {
			photos = append(photos, a.Card.Photo)
		}
	}
	switch f := f.(type) {
	case *CardChanged:
		photo(f.ID, f.Card.Photo)
	case *AttendeeErased:
		photo(f.ID, "")
		keys = append(keys, string(f.ID))
	case *Revoked:
		keys = append(keys, AbsentWords(f.ID))
	}
	return keys, photos
}

// SumKey names the key under which the fingerprint of a command is made, so
// that it is forgotten with its author's words.
func SumKey(s *State, a Ask) string {
	switch a.By.Kind {
	case Person:
		return a.By.ID
	case Absent:
		switch a.Do.(type) {
		case ConsentGive, ConsentCorrect:
			if n := s.byLink(a); n != nil {
				return AbsentWords(n.ID)
			}
		}
	}
	return TheEventsWords
}

// PhotoOf is whose picture this is; empty if it is nobody's any more.
func PhotoOf(s *State, photo string) AttendeeID {
	for id, a := range s.Attendees {
		if a.Card.Photo == photo && photo != "" {
			return id
		}
	}
	return ""
}

// MatchableNeed is a need that the matcher may look at now.
func MatchableNeed(s *State, id NeedID) (Need, bool) {
	n := s.Needs[id]
	if !s.live(n) || s.Status == Closed {
		return Need{}, false
	}
	return *n, true
}

// MatchableEntry is an entry that the matcher may look at now.
func MatchableEntry(s *State, id EntryID) (Entry, bool) {
	e := s.Entries[id]
	if e == nil || e.Blocked || !s.present(e.Owner) {
		return Entry{}, false
	}
	return *e, true
}

// HostName is who opened the event, as the join page names them.
func HostName(s *State) string {
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

// Check looks at the words of a new event without making it.
func Check(c EventOpen, now At) error {
	_, err := c.decide(New(), Ask{Now: now})
	return err
}

// EverybodysWords names every key and photo of an event, for its shredding.
func EverybodysWords(s *State) (keys, photos []string) {
	keys = []string{TheEventsWords}
	for id, a := range s.Attendees {
		keys = append(keys, string(id))
		if a.Card.Photo != "" {
			photos = append(photos, a.Card.Photo)
		}
	}
	for id := range s.Introductions {
		keys = append(keys, AbsentWords(id))
	}
	return keys, photos
}
