package event

import "goen/realtime/trade"

// This file is the balance of the room (product.md 6.3a): who is here, by
// trade, and what is asked for, by trade. It counts what everybody inside sees
// anyway, cards and needs; entries never.

// Weight is one trade in the balance. Fold keeps it up beside the tally.
type Weight struct {
	Supply int // people inside whose card names it
	Demand int // needs that ask for it, for oneself and on behalf alike
}

// weigh moves one trade; none is no trade.
func (s *State) weigh(of string, supply, demand int) {
	if of == "" {
		return
	}
	w := s.Balance[of]
	w.Supply += supply
	w.Demand += demand
	if w == (Weight{}) {
		delete(s.Balance, of)
		return
	}
	s.Balance[of] = w
}

// bars is the balance in the order of the tap grid: each group that has any,
// and after it those of its trades that have.
func (s *State) bars() []Bar {
	bars := []Bar{}
	group := -1
	for _, t := range trade.All() {
		w, some := s.Balance[string(t.ID)]
		if !some {
			continue
		}
		if group < 0 || bars[group].Group != t.Group {
			group = len(bars)
			bars = append(bars, Bar{Group: t.Group})
		}
		bars[group].Supply += w.Supply
		bars[group].Demand += w.Demand
		bars = append(bars, Bar{t.Group, string(t.ID), w.Supply, w.Demand})
	}
	return bars
}

// ---- 需要の求む: a round in which everybody asks for people they know

// roundFor is how long a round goes on by itself.
const roundFor = 10 * minute

// Round asks the room for needs of one group of trades, or of one trade.
type Round struct {
	Group string `json:"group"`           // an id of realtime/trade
	Trade string `json:"trade,omitempty"` // one of the group; none: all of it
	Until At     `json:"until"`           // it ends by itself then
}

// RoundStart begins a round, in the place of one that goes on. One of the two
// is named.
type RoundStart struct {
	Group string `json:"group"`
	Trade string `json:"trade"`
}

func (RoundStart) name() string { return "round.start" }
func (RoundStart) names() []Ref { return nil }
func (c RoundStart) decide(s *State, a Ask) ([]Fact, error) {
	group := c.Group
	switch {
	case c.Trade != "":
		t, ok := trade.Find(trade.ID(c.Trade))
		if !ok || group != "" && group != t.Group {
			return nil, ErrTrade.in("trade")
		}
		group = t.Group
	case !trade.IsGroup(group):
		return nil, ErrChoice.in("group")
	}
	if r := s.Round; r != nil && r.Group == group && r.Trade == c.Trade {
		return nil, nil
	}
	return []Fact{&RoundStarted{Round{group, c.Trade, a.Now + roundFor}}}, nil
}

// RoundStarted is what RoundStart made true.
type RoundStarted struct{ Round Round }

func (*RoundStarted) name() string { return "round.started" }
func (f *RoundStarted) fold(s *State, _ At) []Ref {
	r := f.Round
	s.Round = &r
	return []Ref{eventRef}
}

// RoundEnd ends it before its time. Setting a phase and closing the event do,
// too.
type RoundEnd struct{}

func (RoundEnd) name() string { return "round.end" }
func (RoundEnd) names() []Ref { return nil }
func (RoundEnd) decide(s *State, _ Ask) ([]Fact, error) {
	if s.Round == nil {
		return nil, nil
	}
	return []Fact{&RoundEnded{}}, nil
}

// RoundEnded is what RoundEnd made true, or its time.
type RoundEnded struct{}

func (*RoundEnded) name() string { return "round.ended" }
func (*RoundEnded) fold(s *State, _ At) []Ref {
	s.Round = nil
	return []Ref{eventRef}
}

// dueRound ends the round when its time is over.
func (s *State) dueRound(now At) []Fact {
	if s.Round == nil || now < s.Round.Until {
		return nil
	}
	return []Fact{&RoundEnded{}}
}
