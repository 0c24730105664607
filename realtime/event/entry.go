package event

import (
	"cmp"
	"slices"

	"goen/realtime/trade"
)

// Reach is how far an entry goes. It is the owner's act alone.
type Reach string

const (
	Self     Reach = "self"     // of every new entry: used only to suggest something to its owner
	Nameless Reach = "nameless" // counts, among others, in what nobody can trace to an owner
	OnBoard  Reach = "open"     // stands on the board 「ご紹介できます」, nameless, with its owner
)

const maxEntries = 200

// EntryWords has no field for a name, a phone number, a mail or an address,
// and none of its fields accepts what looks like one. Label and Note are for
// the owner's eyes only.
type EntryWords struct {
	Trade     string `json:"trade"`     // an id of realtime/trade
	Area      string `json:"area"`      // 0-40, 市区町村 or wider
	Size      string `json:"size"`      // people employed: "", "1", "2-9", "10-29", "30-99", "100+"
	Offers    string `json:"offers"`    // 0-80, what this person can do for somebody
	Seeks     string `json:"seeks"`     // 0-80, what this person needs
	Closeness string `json:"closeness"` // "", "often" よく会う, "deals" 取引あり, "acquainted" 面識あり
	Label     string `json:"label"`     // 0-20, a nickname for the owner
	Note      string `json:"note"`      // 0-80, limits and warnings
}

// Entry is one acquaintance on somebody's private list.
type Entry struct {
	ID      EntryID
	Owner   AttendeeID
	Reach   Reach
	Words   bool    // on the board: with what this person can do
	Board   BoardID // of its place on the board
	Blocked bool    // the acquaintance wants no further links from this owner
	EntryWords

	Suggestions   []SuggestionID
	Introductions []IntroductionID

	Wrong, WrongSeeks []string // what is not to be suggested of it, and for it; see Suggestion.Rests
}

func (w *EntryWords) check() error {
	if err := checkAll(
		text{field: "area", max: 40, noContact: true, noName: true}.check(&w.Area),
		oneOf("size", w.Size, "", "1", "2-9", "10-29", "30-99", "100+"),
		oneOf("closeness", w.Closeness, "", "often", "deals", "acquainted"),
		text{field: "offers", max: 80, noContact: true, noName: true}.check(&w.Offers),
		text{field: "seeks", max: 80, noContact: true, noName: true}.check(&w.Seeks),
		text{field: "label", max: 20, noContact: true}.check(&w.Label),
		text{field: "note", max: 80, noContact: true}.check(&w.Note),
	); err != nil {
		return err
	}
	if _, ok := trade.Find(trade.ID(w.Trade)); !ok {
		return ErrTrade.in("trade")
	}
	return nil
}

// EntryAdd puts an acquaintance on the author's list. Without a reach it is
// for its owner alone.
type EntryAdd struct {
	EntryWords
	Reach Reach `json:"reach,omitempty"`
	Words bool  `json:"words,omitempty"` // see EntryReach
}

func (EntryAdd) name() string { return "entry.add" }
func (EntryAdd) names() []Ref { return nil }
func (c EntryAdd) decide(s *State, a Ask) ([]Fact, error) {
	if err := c.EntryWords.check(); err != nil {
		return nil, err
	}
	if len(s.Attendees[AttendeeID(a.By.ID)].Entries) >= maxEntries {
		return nil, ErrManyEntries.max(maxEntries)
	}
	f := &EntryAdded{ID: EntryID(a.ID(0)), Owner: AttendeeID(a.By.ID), Reach: cmp.Or(c.Reach, Self), Words: c.Words, EntryWords: c.EntryWords}
	if err := checkReach(f.Reach, f.Words); err != nil {
		return nil, err
	}
	if f.Reach == OnBoard {
		if err := s.roomOnBoard(f.Owner); err != nil {
			return nil, err
		}
		f.Board = BoardID(a.ID(1))
	}
	return []Fact{f}, nil
}

// EntryAdded is what EntryAdd made true.
type EntryAdded struct {
	ID         EntryID
	Owner      AttendeeID
	Reach      Reach
	Words      bool    `json:",omitempty"`
	Board      BoardID `json:",omitempty"`
	EntryWords `json:"-"`
}

func (*EntryAdded) name() string    { return "entry.added" }
func (f *EntryAdded) whose() string { return string(f.Owner) }
func (f *EntryAdded) words() any    { return &f.EntryWords }
func (f *EntryAdded) fold(s *State, _ At) []Ref {
	a := s.Attendees[f.Owner]
	if a == nil || a.Standing == WasErased {
		return nil
	}
	e := &Entry{ID: f.ID, Owner: f.Owner, EntryWords: f.EntryWords}
	s.Entries[f.ID] = e
	s.place(e, f.Reach, f.Words, f.Board)
	a.Entries = append(a.Entries, f.ID)
	return []Ref{f.ID.Ref()}
}

// EntryChange replaces the words of an entry. Its reach stays.
type EntryChange struct {
	Entry EntryID `json:"entry"`
	EntryWords
}

func (EntryChange) name() string   { return "entry.change" }
func (c EntryChange) names() []Ref { return []Ref{c.Entry.Ref()} }
func (c EntryChange) decide(s *State, a Ask) ([]Fact, error) {
	e := s.Entries[c.Entry]
	if string(e.Owner) != a.By.ID {
		return nil, ErrNotFound
	}
	if err := c.EntryWords.check(); err != nil {
		return nil, err
	}
	return []Fact{&EntryChanged{c.Entry, e.Owner, e.Reach, c.EntryWords}}, nil
}

// EntryChanged holds the whole entry as it is now, and ends what was suggested
// for its old words.
type EntryChanged struct {
	ID         EntryID
	Owner      AttendeeID
	Reach      Reach
	EntryWords `json:"-"`
}

func (*EntryChanged) name() string    { return "entry.changed" }
func (f *EntryChanged) whose() string { return string(f.Owner) }
func (f *EntryChanged) words() any    { return &f.EntryWords }
func (f *EntryChanged) fold(s *State, _ At) []Ref {
	e := s.Entries[f.ID]
	if e == nil {
		return nil
	}
	refs := s.spread([]Ref{f.ID.Ref()})
	e.EntryWords, e.Wrong, e.WrongSeeks = f.EntryWords, nil, nil
	s.forgetOpen(e.Suggestions)
	return append(refs, s.withdraw(e.ID)...)
}

// EntryDrop takes an acquaintance off the list. Introductions that came of it
// go on.
type EntryDrop struct {
	Entry EntryID `json:"entry"`
}

func (EntryDrop) name() string   { return "entry.drop" }
func (c EntryDrop) names() []Ref { return []Ref{c.Entry.Ref()} }
func (c EntryDrop) decide(s *State, a Ask) ([]Fact, error) {
	if string(s.Entries[c.Entry].Owner) != a.By.ID {
		return nil, ErrNotFound
	}
	return []Fact{&EntryDropped{c.Entry}}, nil
}

// EntryDropped is what EntryDrop made true.
type EntryDropped struct{ ID EntryID }

func (*EntryDropped) name() string { return "entry.dropped" }
func (f *EntryDropped) fold(s *State, _ At) []Ref {
	e := s.Entries[f.ID]
	if e == nil {
		return nil
	}
	refs := s.spread([]Ref{f.ID.Ref()})
	a := s.Attendees[e.Owner]
	for _, g := range slices.Clone(e.Suggestions) {
		s.forget(g)
	}
	refs = append(refs, s.withdraw(e.ID)...)
	s.place(e, Self, false, "")
	delete(s.Entries, f.ID)
	a.Entries = slices.DeleteFunc(slices.Clone(a.Entries), func(id EntryID) bool { return id == f.ID })
	return refs
}
