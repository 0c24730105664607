package event

// This file is the host's switch for embeddings, and everybody's own word on
// it. A vector of a text helps to put suggestions in order; it is made by a
// server elsewhere, so the text leaves the house. Nothing leaves unless the
// operator has named a server, the host has switched it on, and the author of
// the text has agreed to that very server.

// EmbeddingSet is the host's: off at first.
type EmbeddingSet struct {
	On bool `json:"on"`
}

func (EmbeddingSet) name() string { return "embedding.set" }
func (EmbeddingSet) names() []Ref { return nil }
func (c EmbeddingSet) decide(s *State, a Ask) ([]Fact, error) {
	where := ""
	if c.On {
		switch where = a.Embedder; {
		case s.Status == Closed:
			return nil, ErrEventClosed
		case where == "":
			return nil, ErrEmbedding
		}
	}
	if where == s.Embeds {
		return nil, nil
	}
	facts := []Fact{&EmbeddingWasSet{where}}
	if where != "" && s.Attendees[AttendeeID(a.By.ID)].Embeds != where { // who switches it on has read it
		facts = append(facts, &EmbeddingAgreed{AttendeeID(a.By.ID), where})
	}
	return facts, nil
}

// EmbeddingWasSet is what EmbeddingSet made true: where texts go, a host name;
// empty: nowhere.
type EmbeddingWasSet struct{ Where string }

func (*EmbeddingWasSet) name() string { return "embedding.set" }
func (f *EmbeddingWasSet) fold(s *State, _ At) []Ref {
	s.Embeds = f.Where
	return []Ref{eventRef}
}

// EmbeddingAgree is everybody's own: my texts may go there, or, with an empty
// Where, nowhere.
type EmbeddingAgree struct {
	Where string `json:"where"` // as it was read
}

func (EmbeddingAgree) name() string { return "embedding.agree" }
func (EmbeddingAgree) names() []Ref { return nil }
func (c EmbeddingAgree) decide(s *State, a Ask) ([]Fact, error) {
	if c.Where != "" && c.Where != s.Embeds {
		return nil, ErrEmbedding
	}
	me := s.Attendees[AttendeeID(a.By.ID)]
	if c.Where == me.Embeds {
		return nil, nil
	}
	return []Fact{&EmbeddingAgreed{me.ID, c.Where}}, nil
}

// EmbeddingAgreed is what EmbeddingAgree made true.
type EmbeddingAgreed struct {
	ID    AttendeeID
	Where string
}

func (*EmbeddingAgreed) name() string { return "embedding.agreed" }
func (f *EmbeddingAgreed) fold(s *State, _ At) []Ref {
	a := s.Attendees[f.ID]
	if a == nil || a.Standing == WasErased {
		return nil
	}
	a.Embeds = f.Where
	return []Ref{f.ID.Ref()}
}

// embeds: texts of this person may go to that server.
func (s *State) embeds(id AttendeeID, where string) bool {
	return where != "" && s.Status == Open && s.Embeds == where && s.present(id) && s.Attendees[id].Embeds == where
}

// EmbeddableNeed: the matcher may look at this need, and may send what it asks
// for to that server.
func EmbeddableNeed(s *State, id NeedID, where string) bool {
	n, live := MatchableNeed(s, id)
	return live && s.embeds(n.By, where)
}

// EmbeddableEntry is EmbeddableNeed for an entry. One that is for its owner
// alone goes nowhere.
func EmbeddableEntry(s *State, id EntryID, where string) bool {
	e, live := MatchableEntry(s, id)
	return live && e.Reach != Self && s.embeds(e.Owner, where)
}
