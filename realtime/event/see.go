package event

// This file is the visibility matrix. It has three rules:
//
//  1. A kind of view lives in one kind of stream and has one struct. No field
//     is ever blanked for somebody; who may see less sees another kind.
//  2. A noun has at most one view in a stream, under its own id.
//  3. A view names other nouns by id only, so that it changes when its own
//     noun does. Where it must quote another noun, spread says so.

// Stream is a set of viewers who see the same bytes.
type Stream struct {
	Name Name
	ID   string // whose, for Me and Consent
}

// Name is a kind of stream.
type Name uint8

const (
	Room    Name = iota + 1 // everybody inside
	Me                      // one person
	Desk                    // the hosts
	Wall                    // the screen
	Consent                 // one link of the absent person of one introduction
)

var streamNames = [...]string{"", "room", "me", "desk", "wall", "consent"}

func (n Name) String() string { return streamNames[n] }

// Sight is one view of a noun in one stream.
type Sight struct {
	In   Stream
	View any // a struct of views.go
}

// Hears says who listens to which streams.
func Hears(s *State, w Who) []Stream {
	me := Stream{Me, w.ID}
	switch roleOf(s, w) {
	case Waiting:
		return []Stream{me}
	case Guest:
		return []Stream{{Name: Room}, me}
	case Host:
		return []Stream{{Name: Room}, me, {Name: Desk}}
	case ByScreen:
		return []Stream{{Name: Wall}}
	case ByLink:
		if _, ok := s.Links[LinkID(w.ID)]; ok {
			return []Stream{{Consent, w.ID}}
		}
		if _, ok := s.PairLinks[LinkID(w.ID)]; ok {
			return []Stream{{Consent, w.ID}}
		}
	}
	return nil // newcomers, and who is out
}

// Sees: the noun has a view in a stream that the viewer hears.
func Sees(s *State, w Who, r Ref) bool {
	if w.Kind == Machine {
		return true
	}
	hears := Hears(s, w)
	for _, sight := range See(s, r) {
		for _, stream := range hears {
			if sight.In == stream {
				return true
			}
		}
	}
	return false
}

// Look is everything that a viewer may see now, in a fixed order: for pages
// and exports, which so have no rule of their own.
func Look(s *State, w Who) []any {
	hears := Hears(s, w)
	if len(hears) == 0 {
		return nil
	}
	var views []any
	for _, r := range s.Refs() {
		for _, sight := range See(s, r) {
			for _, stream := range hears {
				if sight.In == stream {
					views = append(views, sight.View)
				}
			}
		}
	}
	return views
}

// Lobby is the one look that is no stream: what a key of the door shows, once,
// to somebody who is perhaps nobody yet.
func Lobby(s *State, me AttendeeID) LobbyView { return viewLobby(s, s.Attendees[me]) }

// See is all that anybody may see of one noun.
func See(s *State, r Ref) []Sight {
	room, desk, wall := Stream{Name: Room}, Stream{Name: Desk}, Stream{Name: Wall}
	switch r.Noun {

	case TheEvent:
		if s.Seq == 0 {
			return nil
		}
		return []Sight{
			{room, viewEvent(s)},
			{desk, viewDoors(s)},
			{wall, viewStage(s)},
		}

	case TheTally:
		return []Sight{
			{desk, viewSums(s)},
			{wall, viewTally(s)},
		}

	case TheBalance:
		bars := s.bars()
		return []Sight{
			{desk, BalanceView{Head{"balance", "balance"}, bars}},
			{wall, BarsView{Head{"bars", "balance"}, bars}},
		}

	case AnAttendee:
		a := s.Attendees[AttendeeID(r.ID)]
		if a == nil || a.Standing == WasErased {
			return nil
		}
		sights := []Sight{
			{Stream{Me, r.ID}, viewYou(s, a)},
			{desk, viewGuest(a)},
		}
		if a.Standing == Present {
			sights = append(sights, Sight{room, viewPerson(a)})
			if a.Card.OnScreen {
				sights = append(sights, Sight{wall, viewFace(a)})
			}
		}
		return sights

	case AnEntry:
		e := s.Entries[EntryID(r.ID)]
		if e == nil {
			return nil
		}
		return []Sight{{Stream{Me, string(e.Owner)}, viewEntry(e)}}

	case ANeed:
		n := s.Needs[NeedID(r.ID)]
		if n == nil {
			return nil
		}
		sights := []Sight{
			{Stream{Me, string(n.By)}, viewMine(n)},
			{desk, viewWatch(s, n)},
		}
		if !n.Hidden && !n.Held && s.present(n.By) {
			sights = append(sights, Sight{room, viewNeed(n)})
			if !n.Closed {
				sights = append(sights, Sight{wall, viewLine(n)})
			}
		}
		return sights

	case ASuggestion:
		g := s.Suggestions[SuggestionID(r.ID)]
		if !s.standing(g) {
			return nil
		}
		return []Sight{{Stream{Me, string(g.Owner)}, viewSuggestion(s, g)}}

	case AnIntroduction:
		n := s.Introductions[IntroductionID(r.ID)]
		if n == nil {
			return nil
		}
		sights := []Sight{
			{Stream{Me, string(n.R)}, viewReceived(n)},
			{Stream{Me, string(n.I)}, viewGiven(n)},
			{desk, viewCourse(n)},
		}
		if s.shows(n) {
			sights = append(sights, Sight{wall, viewThanks(n)})
		}
		if n.Link != "" {
			sights = append(sights, Sight{Stream{Consent, string(n.Link)}, viewPage(s, n)})
		}
		if n.Private != "" {
			sights = append(sights, Sight{Stream{Consent, string(n.Private)}, viewKeepsake(s, n)})
		}
		return sights

	case ABoard:
		e := s.Entries[s.Boards[BoardID(r.ID)]]
		if e == nil || !s.present(e.Owner) {
			return nil
		}
		return []Sight{{room, viewBoard(e)}}

	case APlea:
		p := s.Pleas[PleaID(r.ID)]
		if p == nil {
			return nil
		}
		poster := s.Needs[p.Need].By
		sights := []Sight{{Stream{Me, string(poster)}, viewAsked(p)}}
		if p.By != poster {
			sights = append(sights, Sight{Stream{Me, string(p.By)}, viewAsked(p)})
		}
		if s.pending(p) {
			sights = append(sights, Sight{Stream{Me, string(p.Owner)}, viewPlea(p)})
		}
		return sights

	case AnAnnouncement:
		m := s.Announcements[AnnouncementID(r.ID)]
		if m == nil {
			return nil
		}
		return []Sight{{room, viewAnnouncement(m)}, {wall, viewNotice(m)}}

	case APair:
		p := s.Pairs[PairID(r.ID)]
		if p == nil {
			return nil
		}
		return s.seePair(p)
	}
	return nil
}
