package event

import (
	"unicode/utf8"

	"goen/realtime/trade"
)

const maxNeedRunes = 280 // all blanks together

const minute = At(60 * 1000)

// NeedWords are the blanks of the template 「あなた、またはお知り合いで、…」. The
// opening is not kept: every reader has it in their own language.
type NeedWords struct {
	Who   string `json:"who"`   // 1-280, 「従業員30名前後の製造業の社長」
	Area  string `json:"area"`  // 0-40, 「船橋市周辺」
	Why   string `json:"why"`   // 0-280, 「就業規則の相談に乗れます」
	Until string `json:"until"` // 0-20, 「年内」
	Trade string `json:"trade"` // the trade asked for, if the poster named one

	// Of a need on behalf: the nameless acquaintance for whom it is. Without a
	// trade it is none.
	Behalf *Behalf `json:"behalf,omitempty"`
}

// Need is what somebody needs, for themself or on behalf of an acquaintance.
type Need struct {
	ID      NeedID
	By      AttendeeID
	Hidden  bool // by the host
	Held    bool // until a host approves it
	Pinned  bool // by the host
	Closed  bool // by the poster
	Blocked bool // on behalf: the acquaintance wants no further links from this poster
	At      At
	Offers  int // ever made; never falls
	Calls   []Call
	Untold  bool // the last call waits for the machine
	NeedWords

	Suggestions   []SuggestionID
	Introductions []IntroductionID
	Pleas         []PleaID
}

// live: anybody in the room may answer it.
func (s *State) live(n *Need) bool {
	return n != nil && !n.Hidden && !n.Held && !n.Closed && s.present(n.By)
}

// check puts the words into the form in which they are kept. Words about
// somebody who is not here hold no name.
func (w *NeedWords) check() error {
	if w.Behalf != nil && w.Behalf.Trade != "" {
		b := *w.Behalf // not the caller's
		if err := b.check(); err != nil {
			return err
		}
		w.Behalf = &b
	} else {
		w.Behalf = nil
	}
	absent := w.Behalf != nil
	if err := checkAll(
		text{field: "who", max: maxNeedRunes, must: true, noContact: true, noName: absent}.check(&w.Who),
		text{field: "area", max: 40, noContact: true, noName: absent}.check(&w.Area),
		text{field: "why", max: maxNeedRunes, noContact: true, noName: absent}.check(&w.Why),
		text{field: "until", max: 20, noContact: true, noName: absent}.check(&w.Until),
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
	me := s.Attendees[AttendeeID(a.By.ID)]
	most, open, lately := a.most(), 0, 0
	for _, id := range me.Needs {
		n := s.Needs[id]
		if !n.Closed {
			open++
		}
		if n.At > a.Now-minute {
			lately++
		}
	}
	switch {
	case len(me.Needs) >= most.NeedsEver:
		return nil, ErrNeedsEver.max(most.NeedsEver)
	case lately >= most.NeedsAMinute:
		return nil, ErrNeedsFast.max(most.NeedsAMinute)
	case open >= most.OpenNeeds:
		return nil, ErrManyNeeds.max(most.OpenNeeds)
	}
	return []Fact{&NeedPosted{NeedID(a.ID(0)), me.ID, s.Approval && !me.Host, c.NeedWords}}, nil
}

// NeedPosted is what NeedPost made true.
type NeedPosted struct {
	ID        NeedID
	By        AttendeeID
	Held      bool `json:",omitempty"`
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
		s.Needs[f.ID] = &Need{ID: f.ID, By: f.By, Held: f.Held, At: at, NeedWords: f.NeedWords}
		a.Needs = append(a.Needs, f.ID)
	})
	return []Ref{f.ID.Ref()}
}

// NeedEdit replaces the words until the first offer. A need for oneself does
// not become one on behalf, nor the other way round.
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
	if (c.Behalf != nil) != (n.Behalf != nil) {
		return nil, ErrChoice.in("behalf")
	}
	held := n.Held || s.Approval && !s.Attendees[n.By].Host
	return []Fact{&NeedEdited{c.Need, n.By, held, c.NeedWords}}, nil
}

// NeedEdited ends what was suggested for the old words.
type NeedEdited struct {
	ID        NeedID
	By        AttendeeID
	Held      bool `json:",omitempty"`
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
	s.with(s.Attendees[n.By], func() {
		n.NeedWords = f.NeedWords
		n.hold(f.Held)
	})
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
	s.with(s.Attendees[n.By], func() { n.Closed, n.Pinned = true, false })
	return []Ref{f.ID.Ref()}
}
