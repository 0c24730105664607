package event

import (
	"slices"
	"strings"
)

// Reason says why an entry may fit a need. Words are quoted from the need.
type Reason struct {
	By    string `json:"by"` // "trade", "city", "prefecture", "region", "size", "words"
	Words string `json:"words,omitempty"`
}

// Ground is a reason as it is kept: where in the words of the one who seeks it
// stands. The words themselves are theirs, and are forgotten with them.
type Ground struct {
	By       string `json:"by"`
	In       string `json:"in,omitempty"` // "who", "area", "why" of a need; "seeks" of an entry
	From, To int    // bytes
}

// passage is a text that reasons may quote.
type passage struct{ in, text string }

// sought are the words of who seeks: of the need, or of the entry whose
// acquaintance needs something.
func sought(n *Need, e *Entry) []passage {
	if n != nil {
		return []passage{{"who", n.Who}, {"area", n.Area}, {"why", n.Why}}
	}
	return []passage{{"seeks", e.Seeks}}
}

// ground finds where a reason's words stand.
func (r Reason) ground(in []passage) Ground {
	for _, p := range in {
		if at := strings.Index(p.text, r.Words); r.Words != "" && at >= 0 {
			return Ground{r.By, p.in, at, at + len(r.Words)}
		}
	}
	return Ground{By: r.By}
}

// reason quotes them again.
func (g Ground) reason(in []passage) Reason {
	for _, p := range in {
		if p.in == g.In && 0 <= g.From && g.From <= g.To && g.To <= len(p.text) {
			return Reason{g.By, p.text[g.From:g.To]}
		}
	}
	return Reason{By: g.By}
}

// Suggestion is a hint to one person, and to nobody else. It has two of Need,
// Entry and Card: an entry that may fit a need (K1), an attendee here who may
// help the acquaintance of an entry (K2), or a need that the hinted person may
// fit themself.
type Suggestion struct {
	ID    SuggestionID
	Owner AttendeeID // of the entry, or of the card where there is none
	Need  NeedID
	Entry EntryID
	Card  AttendeeID // whose card says that they may help
	Why   []Ground
	Rests string // what it stands on, as the matcher names it

	Done   bool // dismissed, or an offer came of it; kept so that it is not made again
	Called bool // a request of the host, see call.go
}

const (
	suggestionsPerOwner = 3      // requests of the host come beside them
	suggestionsPerNeed  = 2      // of one owner's list
	suggestionEvery     = minute // for one owner, after the first three at once
	enoughOffers        = 3      // a need with so many gets no more suggestions
)

// standing: the owner may still act on it.
func (s *State) standing(g *Suggestion) bool {
	return g != nil && !g.Done &&
		(g.Need == "" || s.live(s.Needs[g.Need])) && (g.Entry == "" || s.Entries[g.Entry] != nil) && (g.Card == "" || s.present(g.Card))
}

// TakesPlace tells whose a suggestion is, if it takes one of the places that
// its owner has. Requests of a host take none.
func TakesPlace(s *State, id SuggestionID) (AttendeeID, bool) {
	g := s.Suggestions[id]
	if !s.standing(g) || g.Called {
		return "", false
	}
	return g.Owner, true
}

// HintAt is from when on the machine may tell somebody something new: three
// hints at once after a quiet time, then one a minute.
func HintAt(s *State, id AttendeeID) At {
	a := s.Attendees[id]
	if a == nil {
		return 0
	}
	return a.HintsUntil - (suggestionsPerOwner-1)*suggestionEvery
}

// SuggestionMake comes from the matcher, which may be late: what no longer
// fits is nothing to do, not an error. See Suggestion for what it may hold.
type SuggestionMake struct {
	Need  NeedID
	Entry EntryID
	Card  AttendeeID
	Why   []Reason
	Rests string
}

func (SuggestionMake) name() string   { return "suggestion.make" }
func (c SuggestionMake) names() []Ref { return nil }
func (c SuggestionMake) decide(s *State, a Ask) ([]Fact, error) {
	n, e := s.Needs[c.Need], s.Entries[c.Entry]
	owner := s.Attendees[c.Card]
	if e != nil {
		owner = s.Attendees[e.Owner]
	}
	if owner == nil || !s.suggestible(c.Need, c.Entry, c.Card) || s.suggested(owner, c.Need, c.Entry, c.Card) != nil || a.Now < HintAt(s, owner.ID) {
		return nil, nil
	}
	if wrong := s.wrong(owner, e, c.Need); c.Rests != "" && slices.Contains(*wrong, c.Rests) {
		return nil, nil
	}
	open, same := 0, 0
	for _, id := range owner.Told {
		if _, takes := TakesPlace(s, id); takes {
			open++
			if c.Need != "" && s.Suggestions[id].Need == c.Need {
				same++
			}
		}
	}
	if open >= suggestionsPerOwner || same >= suggestionsPerNeed {
		return nil, nil
	}
	return []Fact{&SuggestionMade{
		ID: SuggestionID(a.ID(0)), Need: c.Need, Entry: c.Entry, Card: c.Card, Owner: owner.ID, SuggestionWords: grounds(c.Why, sought(n, e), c.Rests),
	}}, nil
}

// suggestible: the machine may tell of these two.
func (s *State) suggestible(need NeedID, entry EntryID, card AttendeeID) bool {
	n, e := s.Needs[need], s.Entries[entry]
	switch {
	case need != "" && (!s.live(n) || n.Offers >= enoughOffers),
		entry != "" && (e == nil || e.Blocked || !s.present(e.Owner)),
		card != "" && !s.present(card):
		return false
	}
	var known []IntroductionID // what they have found without us
	switch {
	case need != "" && entry != "" && card == "":
		if n.Behalf != nil || e.Owner == n.By {
			return false
		}
		known = n.Introductions
	case need != "" && entry == "" && card != "":
		if n.By == card {
			return false
		}
		known = n.Introductions
	case need == "" && entry != "" && card != "":
		if e.Owner == card || e.Seeks == "" {
			return false
		}
		known = e.Introductions
	default:
		return false
	}
	for _, id := range known {
		switch x := s.Introductions[id]; {
		case card == "" && x.Entry == entry,
			entry == "" && x.offers() == card,
			need == "" && x.Refers() && x.R == card:
			return false
		}
	}
	return true
}

// suggested is what the machine has told somebody of these two, done or not.
func (s *State) suggested(owner *Attendee, need NeedID, entry EntryID, card AttendeeID) *Suggestion {
	for _, id := range owner.Told {
		if g := s.Suggestions[id]; g.Need == need && g.Entry == entry && g.Card == card {
			return g
		}
	}
	return nil
}

// wrong is what somebody has called wrong of an entry, or of their own card:
// nothing more is suggested that rests on it. What an entry seeks and what it
// can do are apart.
func (s *State) wrong(owner *Attendee, e *Entry, need NeedID) *[]string {
	switch {
	case e == nil:
		return &owner.Wrong
	case need == "":
		return &e.WrongSeeks
	}
	return &e.Wrong
}

// grounds are reasons as they are kept.
func grounds(why []Reason, in []passage, rests string) SuggestionWords {
	out := make([]Ground, len(why))
	for i, r := range why {
		out[i] = r.ground(in)
	}
	return SuggestionWords{out, rests}
}

// SuggestionWords are the grounds: they tell of the entry, so they are its
// owner's.
type SuggestionWords struct {
	Why   []Ground `json:"why,omitempty"`
	Rests string   `json:"rests,omitempty"`
}

// SuggestionMade is what SuggestionMake made true.
type SuggestionMade struct {
	ID              SuggestionID
	Need            NeedID     `json:",omitempty"`
	Entry           EntryID    `json:",omitempty"`
	Card            AttendeeID `json:",omitempty"`
	Owner           AttendeeID
	Called          bool `json:",omitempty"` // by the host
	SuggestionWords `json:"-"`
}

func (*SuggestionMade) name() string    { return "suggestion.made" }
func (f *SuggestionMade) whose() string { return string(f.Owner) }
func (f *SuggestionMade) words() any    { return &f.SuggestionWords }
func (f *SuggestionMade) fold(s *State, at At) []Ref {
	owner, n, e, card := s.Attendees[f.Owner], s.Needs[f.Need], s.Entries[f.Entry], s.Attendees[f.Card]
	if owner == nil || f.Need != "" && n == nil || f.Entry != "" && e == nil || f.Card != "" && card == nil {
		return nil
	}
	s.Suggestions[f.ID] = &Suggestion{
		ID: f.ID, Owner: f.Owner, Need: f.Need, Entry: f.Entry, Card: f.Card, Why: f.Why, Rests: f.Rests, Called: f.Called,
	}
	owner.Told = append(owner.Told, f.ID)
	if !f.Called {
		owner.HintsUntil = max(owner.HintsUntil, at) + suggestionEvery
	}
	if n != nil {
		n.Suggestions = append(n.Suggestions, f.ID)
	}
	if e != nil {
		e.Suggestions = append(e.Suggestions, f.ID)
	}
	if card != nil {
		card.Cited = append(card.Cited, f.ID)
	}
	return []Ref{f.ID.Ref()}
}

// SuggestionDismiss hides that pair for good. 「今は無理」 says no more than
// that; 「違う」 also says that what it rests on is wrong.
type SuggestionDismiss struct {
	Suggestion SuggestionID `json:"suggestion"`
	Wrong      bool         `json:"wrong,omitempty"`
}

func (SuggestionDismiss) name() string   { return "suggestion.dismiss" }
func (c SuggestionDismiss) names() []Ref { return []Ref{c.Suggestion.Ref()} }
func (c SuggestionDismiss) decide(*State, Ask) ([]Fact, error) {
	return []Fact{&SuggestionDismissed{c.Suggestion, c.Wrong}}, nil
}

// SuggestionDismissed is what SuggestionDismiss made true.
type SuggestionDismissed struct {
	ID    SuggestionID
	Wrong bool `json:",omitempty"`
}

func (*SuggestionDismissed) name() string { return "suggestion.dismissed" }
func (f *SuggestionDismissed) fold(s *State, _ At) []Ref {
	g := s.Suggestions[f.ID]
	if g == nil {
		return nil
	}
	g.Done = true
	refs := []Ref{f.ID.Ref()}
	if !f.Wrong || g.Rests == "" {
		return refs
	}
	owner, e := s.Attendees[g.Owner], s.Entries[g.Entry]
	wrong := s.wrong(owner, e, g.Need)
	*wrong = append(slices.Clone(*wrong), g.Rests)
	for _, id := range owner.Told { // the others that rest on the same
		if x := s.Suggestions[id]; x.Entry == g.Entry && (x.Need == "") == (g.Need == "") && x.Rests == g.Rests && !x.Done {
			x.Done = true
			refs = append(refs, id.Ref())
		}
	}
	return refs
}

// MatchableNeed is a need that the matcher may look at now. For a need on
// behalf it suggests no entry: that would bring two absent people together
// (product.md 6.4).
func MatchableNeed(s *State, id NeedID) (Need, bool) {
	n := s.Needs[id]
	if !s.live(n) || s.Status == Closed {
		return Need{}, false
	}
	return *n, true
}

// MatchableCard is a card that the matcher may look at now.
func MatchableCard(s *State, id AttendeeID) (Card, bool) {
	if !s.present(id) || s.Status == Closed {
		return Card{}, false
	}
	return s.Attendees[id].Card, true
}

// MatchableEntry is an entry that the matcher may look at now.
func MatchableEntry(s *State, id EntryID) (Entry, bool) {
	e := s.Entries[id]
	if e == nil || e.Blocked || !s.present(e.Owner) {
		return Entry{}, false
	}
	return *e, true
}
