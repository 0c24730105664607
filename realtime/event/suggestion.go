package event

import "strings"

// Reason says why an entry may fit a need. Words are quoted from the need.
type Reason struct {
	By    string `json:"by"` // "trade", "city", "prefecture", "region", "size", "words"
	Words string `json:"words,omitempty"`
}

// Ground is a reason as it is kept: where in the need's words it stands. The
// words themselves are the poster's, and are forgotten with them.
type Ground struct {
	By       string `json:"by"`
	In       string `json:"in,omitempty"` // "who", "area", "why"
	From, To int    // bytes
}

func (w *NeedWords) field(name string) string {
	switch name {
	case "who":
		return w.Who
	case "area":
		return w.Area
	case "why":
		return w.Why
	}
	return ""
}

// ground finds where a reason's words stand.
func (r Reason) ground(w *NeedWords) Ground {
	for _, in := range []string{"who", "area", "why"} {
		if at := strings.Index(w.field(in), r.Words); r.Words != "" && at >= 0 {
			return Ground{r.By, in, at, at + len(r.Words)}
		}
	}
	return Ground{By: r.By}
}

// reason quotes the need again.
func (g Ground) reason(w *NeedWords) Reason {
	text := w.field(g.In)
	if g.From < 0 || g.To < g.From || g.To > len(text) {
		return Reason{By: g.By}
	}
	return Reason{g.By, text[g.From:g.To]}
}

// Suggestion tells the owner of an entry, and nobody else, that it may fit.
type Suggestion struct {
	ID    SuggestionID
	Need  NeedID
	Entry EntryID
	Why   []Ground

	Done   bool // dismissed, or an offer came of it; kept so that it is not made again
	Called bool // a request of the host, see call.go
}

const (
	suggestionsPerOwner = 3 // requests of the host come beside them
	enoughOffers        = 3 // a need with so many gets no more suggestions
)

// standing: the owner may still act on it.
func (s *State) standing(g *Suggestion) bool {
	return g != nil && !g.Done && s.live(s.Needs[g.Need]) && s.Entries[g.Entry] != nil
}

// TakesPlace tells whose a suggestion is, if it takes one of the places that
// its owner has. Requests of a host take none.
func TakesPlace(s *State, id SuggestionID) (AttendeeID, bool) {
	g := s.Suggestions[id]
	if !s.standing(g) || g.Called {
		return "", false
	}
	return s.Entries[g.Entry].Owner, true
}

// SuggestionMake comes from the matcher, which may be late: what no longer
// fits is nothing to do, not an error.
type SuggestionMake struct {
	Need  NeedID
	Entry EntryID
	Why   []Reason
}

func (SuggestionMake) name() string   { return "suggestion.make" }
func (c SuggestionMake) names() []Ref { return nil }
func (c SuggestionMake) decide(s *State, a Ask) ([]Fact, error) {
	n, e := s.Needs[c.Need], s.Entries[c.Entry]
	if !s.suggestible(n, e) || s.suggested(n, e) != nil {
		return nil, nil
	}
	open := 0
	for _, mine := range s.Attendees[e.Owner].Entries {
		for _, id := range s.Entries[mine].Suggestions {
			if _, takes := TakesPlace(s, id); takes {
				open++
			}
		}
	}
	if open >= suggestionsPerOwner {
		return nil, nil
	}
	return []Fact{&SuggestionMade{SuggestionID(a.ID(0)), c.Need, c.Entry, e.Owner, false, n.grounds(c.Why)}}, nil
}

// suggestible: the machine may tell the owner of the entry about the need.
func (s *State) suggestible(n *Need, e *Entry) bool {
	if !s.live(n) || n.Behalf != nil || n.Offers >= enoughOffers || e == nil || e.Blocked || e.Owner == n.By || !s.present(e.Owner) {
		return false
	}
	for _, id := range n.Introductions {
		if s.Introductions[id].Entry == e.ID {
			return false // the owner found it without us
		}
	}
	return true
}

// suggested is what the machine has told of that pair, done or not.
func (s *State) suggested(n *Need, e *Entry) *Suggestion {
	for _, id := range e.Suggestions {
		if g := s.Suggestions[id]; g.Need == n.ID {
			return g
		}
	}
	return nil
}

// grounds are reasons as they are kept.
func (n *Need) grounds(why []Reason) SuggestionWords {
	out := make([]Ground, len(why))
	for i, r := range why {
		out[i] = r.ground(&n.NeedWords)
	}
	return SuggestionWords{out}
}

// SuggestionWords are the grounds: they tell of the entry, so they are its
// owner's.
type SuggestionWords struct {
	Why []Ground `json:"why,omitempty"`
}

// SuggestionMade is what SuggestionMake made true.
type SuggestionMade struct {
	ID              SuggestionID
	Need            NeedID
	Entry           EntryID
	Owner           AttendeeID
	Called          bool `json:",omitempty"` // by the host
	SuggestionWords `json:"-"`
}

func (*SuggestionMade) name() string    { return "suggestion.made" }
func (f *SuggestionMade) whose() string { return string(f.Owner) }
func (f *SuggestionMade) words() any    { return &f.SuggestionWords }
func (f *SuggestionMade) fold(s *State, _ At) []Ref {
	n, e := s.Needs[f.Need], s.Entries[f.Entry]
	if n == nil || e == nil {
		return nil
	}
	s.Suggestions[f.ID] = &Suggestion{ID: f.ID, Need: f.Need, Entry: f.Entry, Why: f.Why, Called: f.Called}
	n.Suggestions = append(n.Suggestions, f.ID)
	e.Suggestions = append(e.Suggestions, f.ID)
	return []Ref{f.ID.Ref()}
}

// SuggestionDismiss hides that pair for good.
type SuggestionDismiss struct {
	Suggestion SuggestionID `json:"suggestion"`
}

func (SuggestionDismiss) name() string   { return "suggestion.dismiss" }
func (c SuggestionDismiss) names() []Ref { return []Ref{c.Suggestion.Ref()} }
func (c SuggestionDismiss) decide(*State, Ask) ([]Fact, error) {
	return []Fact{&SuggestionDismissed{c.Suggestion}}, nil
}

// SuggestionDismissed is what SuggestionDismiss made true.
type SuggestionDismissed struct{ ID SuggestionID }

func (*SuggestionDismissed) name() string { return "suggestion.dismissed" }
func (f *SuggestionDismissed) fold(s *State, _ At) []Ref {
	g := s.Suggestions[f.ID]
	if g == nil {
		return nil
	}
	g.Done = true
	return []Ref{f.ID.Ref()}
}

// MatchableNeed is a need that the matcher may look at now. A need on behalf is
// none: an entry for it would bring two absent people together (product.md 6.4).
func MatchableNeed(s *State, id NeedID) (Need, bool) {
	n := s.Needs[id]
	if !s.live(n) || n.Behalf != nil || s.Status == Closed {
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
