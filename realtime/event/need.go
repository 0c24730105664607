package event

import (
	"unicode/utf8"

	"goen/realtime/trade"
)

const (
	maxNeeds     = 3   // open at once, each person
	maxNeedRunes = 280 // all blanks together
)

// NeedWords are the blanks of the template 「あなた、またはお知り合いで、…」. The
// opening is not kept: every reader has it in their own language.
type NeedWords struct {
	Who   string `json:"who"`   // 1-280, 「従業員30名前後の製造業の社長」
	Area  string `json:"area"`  // 0-40, 「船橋市周辺」
	Why   string `json:"why"`   // 0-280, 「就業規則の相談に乗れます」
	Until string `json:"until"` // 0-20, 「年内」
	Trade string `json:"trade"` // the trade asked for, if the poster named one
}

// Need is what somebody needs. In this version always for themself.
type Need struct {
	ID     NeedID
	By     AttendeeID
	Hidden bool // by the host
	Closed bool // by the poster
	At     At
	Offers int // ever made; never falls
	NeedWords

	Suggestions   []SuggestionID
	Introductions []IntroductionID
}

// live: anybody in the room may answer it.
func (s *State) live(n *Need) bool {
	return n != nil && !n.Hidden && !n.Closed && s.present(n.By)
}

func (w *NeedWords) check() error {
	if err := checkAll(
		text{field: "who", max: maxNeedRunes, must: true, noContact: true}.check(&w.Who),
		text{field: "area", max: 40, noContact: true}.check(&w.Area),
		text{field: "why", max: maxNeedRunes, noContact: true}.check(&w.Why),
		text{field: "until", max: 20, noContact: true}.check(&w.Until),
	); err != nil {
		return err
	}
	if utf8.RuneCountInString(w.Who+w.Area+w.Why+w.Until) > maxNeedRunes {
		return ErrTextTooLong.in("who").max(maxNeedRunes)
	}
	if _, ok := trade.Find(trade.ID(w.Trade)); w.Trade != "" && !ok {
		return ErrTrade.in("trade")
	}
	return nil
}

// NeedPost puts a need before the whole room.
type NeedPost struct{ NeedWords }

func (NeedPost) name() string { return "need.post" }
func (NeedPost) names() []Ref { return nil }
func (c NeedPost) decide(s *State, a Ask) ([]Fact, error) {
	if err := c.NeedWords.check(); err != nil {
		return nil, err
	}
	open := 0
	for _, id := range s.Attendees[AttendeeID(a.By.ID)].Needs {
		if !s.Needs[id].Closed {
			open++
		}
	}
	if open >= maxNeeds {
		return nil, ErrManyNeeds.max(maxNeeds)
	}
	return []Fact{&NeedPosted{NeedID(a.ID(0)), AttendeeID(a.By.ID), c.NeedWords}}, nil
}

// NeedPosted is what NeedPost made true.
type NeedPosted struct {
	ID        NeedID
	By        AttendeeID
	NeedWords `json:"-"`
}

func (*NeedPosted) name() string    { return "need.posted" }
func (f *NeedPosted) whose() string { return string(f.By) }
func (f *NeedPosted) words() any    { return &f.NeedWords }
func (f *NeedPosted) fold(s *State, at At) []Ref {
	a := s.Attendees[f.By]
	if a == nil || a.Standing == WasErased {
		return nil
	}
	s.with(a, func() {
		s.Needs[f.ID] = &Need{ID: f.ID, By: f.By, At: at, NeedWords: f.NeedWords}
		a.Needs = append(a.Needs, f.ID)
	})
	return []Ref{f.ID.Ref()}
}

// NeedEdit replaces the words until the first offer.
type NeedEdit struct {
	Need NeedID `json:"need"`
	NeedWords
}

func (NeedEdit) name() string   { return "need.edit" }
func (c NeedEdit) names() []Ref { return []Ref{c.Need.Ref()} }
func (c NeedEdit) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Needs[c.Need]
	switch {
	case string(n.By) != a.By.ID:
		return nil, ErrForbidden
	case n.Closed:
		return nil, ErrNeedOver
	case n.Offers > 0:
		return nil, ErrNeedAnswered
	}
	if err := c.NeedWords.check(); err != nil {
		return nil, err
	}
	return []Fact{&NeedEdited{c.Need, n.By, c.NeedWords}}, nil
}

// NeedEdited ends what was suggested for the old words.
type NeedEdited struct {
	ID        NeedID
	By        AttendeeID
	NeedWords `json:"-"`
}

func (*NeedEdited) name() string    { return "need.edited" }
func (f *NeedEdited) whose() string { return string(f.By) }
func (f *NeedEdited) words() any    { return &f.NeedWords }
func (f *NeedEdited) fold(s *State, _ At) []Ref {
	n := s.Needs[f.ID]
	if n == nil {
		return nil
	}
	refs := s.spread([]Ref{f.ID.Ref()})
	n.NeedWords = f.NeedWords
	s.forgetOpen(n.Suggestions)
	return refs
}

// NeedClose withdraws a need: suggestions and fresh offers end with it, what
// was already wanted goes on.
type NeedClose struct {
	Need NeedID `json:"need"`
}

func (NeedClose) name() string   { return "need.close" }
func (c NeedClose) names() []Ref { return []Ref{c.Need.Ref()} }
func (c NeedClose) decide(s *State, a Ask) ([]Fact, error) {
	n := s.Needs[c.Need]
	if string(n.By) != a.By.ID {
		return nil, ErrForbidden
	}
	if n.Closed {
		return nil, nil
	}
	facts := []Fact{&NeedClosed{c.Need}}
	for _, id := range n.Introductions {
		if s.Introductions[id].Step == StepOffered {
			facts = append(facts, &Ended{ID: id})
		}
	}
	return facts, nil
}

// NeedClosed is what NeedClose made true.
type NeedClosed struct{ ID NeedID }

func (*NeedClosed) name() string { return "need.closed" }
func (f *NeedClosed) fold(s *State, _ At) []Ref {
	n := s.Needs[f.ID]
	if n == nil {
		return nil
	}
	s.with(s.Attendees[n.By], func() { n.Closed = true })
	return []Ref{f.ID.Ref()}
}
