package event

import "goen/realtime/trade"

// This file is the reach of an entry and the board 「ご紹介できます」
// (product.md 4.2, 6.2).

// BoardID names one placement on the board. It is never the entry's own id,
// which so stays with its owner, and an entry that is put up again has another
// one.
type BoardID string

// Ref names the placement in the state.
func (id BoardID) Ref() Ref { return Ref{ABoard, string(id)} }

const maxOpen = 20 // entries of one owner on the board

// EntryReach is the owner's act alone: how far an entry goes from now on.
type EntryReach struct {
	Entry EntryID `json:"entry"`
	Reach Reach   `json:"reach"`
	Words bool    `json:"words"` // open: what this person can do stands there too
}

func (EntryReach) name() string   { return "entry.reach" }
func (c EntryReach) names() []Ref { return []Ref{c.Entry.Ref()} }
func (c EntryReach) decide(s *State, a Ask) ([]Fact, error) {
	e := s.Entries[c.Entry]
	if string(e.Owner) != a.By.ID {
		return nil, ErrNotFound
	}
	if err := checkReach(c.Reach, c.Words); err != nil {
		return nil, err
	}
	if c.Reach == e.Reach && c.Words == e.Words {
		return nil, nil
	}
	f := &EntryReached{ID: e.ID, Reach: c.Reach, Words: c.Words, Board: e.Board}
	if c.Reach != OnBoard {
		f.Board = ""
		return []Fact{f}, nil
	}
	if err := s.openable(e, a.Now); err != nil {
		return nil, err
	}
	if e.Reach != OnBoard {
		if err := s.roomOnBoard(e.Owner); err != nil {
			return nil, err
		}
		f.Board = BoardID(a.ID(1))
	}
	return []Fact{f}, nil
}

func checkReach(r Reach, words bool) error {
	if err := oneOf("reach", string(r), string(Self), string(Nameless), string(OnBoard)); err != nil {
		return err
	}
	if words && r != OnBoard {
		return ErrChoice.in("words") // nobody would read them
	}
	return nil
}

// openable: the entry may stand on the board. One that is being asked may not
// until the due date, whatever came of it meanwhile, so that its place tells
// nobody of a no; and then an acquaintance who wants no more links is not put
// up again.
func (s *State) openable(e *Entry, now At) error {
	words := e.EntryWords
	if err := words.check(); err != nil { // an earlier version may have let it in
		return err
	}
	for _, id := range e.Introductions {
		n := s.Introductions[id]
		switch {
		case n.Step == StepAsking, n.Step == StepEnded && now < n.Due && !n.Answer.Tell:
			return ErrEntryAsking
		case n.Step == StepEnded && n.Answer.Block: // also before the timer has come round
			return ErrEntryBlocked
		}
	}
	return s.pairOpens(e.ID, now)
}

func (s *State) roomOnBoard(owner AttendeeID) error {
	open := 0
	for _, id := range s.Attendees[owner].Entries {
		if s.Entries[id].Reach == OnBoard {
			open++
		}
	}
	if open >= maxOpen {
		return ErrManyOpen.max(maxOpen)
	}
	return nil
}

// EntryReached is what EntryReach made true, or the asking of an acquaintance
// who stood on the board.
type EntryReached struct {
	ID    EntryID
	Reach Reach
	Words bool    `json:",omitempty"`
	Board BoardID `json:",omitempty"` // only while it is open
}

func (*EntryReached) name() string { return "entry.reached" }
func (f *EntryReached) fold(s *State, _ At) []Ref {
	e := s.Entries[f.ID]
	if e == nil {
		return nil
	}
	refs := []Ref{f.ID.Ref()}
	if e.Board != "" {
		refs = append(refs, e.Board.Ref())
	}
	s.place(e, f.Reach, f.Words, f.Board)
	if f.Reach != Nameless {
		refs = append(refs, s.withdraw(e.ID)...)
	}
	return refs
}

// place is the only way on and off the board.
func (s *State) place(e *Entry, r Reach, words bool, board BoardID) {
	delete(s.Boards, e.Board)
	e.Reach, e.Words, e.Board = r, words, board
	if board != "" {
		s.Boards[board] = e.ID
	}
}

// BoardView is an acquaintance whom somebody in the room could introduce:
// nameless, with who could. Label and note never stand here. Neither does what
// the acquaintance seeks: a need is told to a friend in confidence, and its way
// into the room is the need on behalf, which its poster words for the room.
type BoardView struct {
	Head
	Owner     AttendeeID `json:"owner"`
	Trade     string     `json:"trade"`
	Area      string     `json:"area"`
	Size      string     `json:"size"`
	Closeness string     `json:"closeness"`
	Offers    string     `json:"offers,omitempty"` // only if the owner ticked it
}

func viewBoard(e *Entry) BoardView {
	v := BoardView{Head{"board", string(e.Board)}, e.Owner, e.Trade, e.Area, e.Size, e.Closeness, ""}
	if e.Words {
		v.Offers = e.Offers
	}
	return v
}

// ---- four owners

// fewOwners is how many owners must hide each other (product.md 6.3a).
const fewOwners = 4

// Blur is how finely a nameless entry may be spoken of: a group of trades and
// the area around it, an id of realtime/trade for a prefecture or a region;
// empty is anywhere.
type Blur struct{ Group, Area string }

// BlurOf is the finest way in which an entry of a trade in an area may be
// spoken of before a viewer: one that fits nameless entries of at least four
// owners other than the viewer. If there is none, nothing may be said. Entries
// on the board do not count, for whoever stands in sight hides nobody; nor does
// it matter whether an acquaintance wants no more links, which would tell of it.
func BlurOf(s *State, viewer AttendeeID, of trade.ID, area string) (Blur, bool) {
	return s.crowd().blur(viewer, of, area)
}

// crowd is who hides in each blur: the owners of nameless entries.
type crowd map[Blur]map[AttendeeID]bool

func (s *State) crowd() crowd {
	c := crowd{}
	for _, e := range s.Entries {
		if e.Reach != Nameless || !s.present(e.Owner) {
			continue
		}
		t, _ := trade.Find(trade.ID(e.Trade))
		at := areaID(e.Area)
		for _, wide := range []string{trade.Prefecture(at), trade.Region(at), ""} {
			b := Blur{t.Group, wide}
			if c[b] == nil {
				c[b] = map[AttendeeID]bool{}
			}
			c[b][e.Owner] = true
		}
	}
	return c
}

func (c crowd) blur(viewer AttendeeID, of trade.ID, area string) (Blur, bool) {
	t, known := trade.Find(of)
	if !known {
		return Blur{}, false
	}
	at := areaID(area)
	for _, wide := range []string{trade.Prefecture(at), trade.Region(at)} {
		if b := (Blur{t.Group, wide}); wide != "" && c.others(viewer, b) >= fewOwners {
			return b, true
		}
	}
	if b := (Blur{Group: t.Group}); c.others(viewer, b) >= fewOwners {
		return b, true
	}
	return Blur{}, false
}

// others counts who, other than the viewer, hides in a blur.
func (c crowd) others(viewer AttendeeID, b Blur) int {
	n := len(c[b])
	if c[b][viewer] {
		n--
	}
	return n
}

// areaID reads an area as its owner wrote it; empty when it says none.
func areaID(text string) string {
	if a, ok := trade.FindArea(text); ok {
		return a.ID
	}
	if all := trade.SpotAreas(text); len(all) > 0 {
		return all[0].ID
	}
	return ""
}
