package event

// Tally is kept up by Fold, so that no fact costs a walk through the room.
// Whoever changes what is counted takes it out first and puts it back after.
type Tally struct {
	Present int
	Waiting int
	Needs   int
	Offers  int                 // ever made; never falls
	Steps   [len(stepNames)]int // introductions by Step
	Met     int                 // that say on which day, and were not taken back
	Pairs   int                 // that two owners agreed on; never falls

	PairsConnected int
}

func (t *Tally) connected() int {
	return t.Steps[StepConnected] + t.Steps[StepMet] + t.Steps[StepClosed]
}

// with runs a change of one attendee with everything of theirs taken out of
// the tally and the balance meanwhile.
func (s *State) with(a *Attendee, change func()) {
	s.count(a, -1)
	change()
	s.count(a, +1)
}

func (s *State) count(a *Attendee, d int) {
	switch a.Standing {
	case InLobby:
		s.Tally.Waiting += d
	case Present:
		s.Tally.Present += d
		s.weigh(a.Card.Trade, d, 0)
		for _, id := range a.Needs {
			if n := s.Needs[id]; s.live(n) {
				s.Tally.Needs += d
				s.weigh(n.Trade, 0, d)
			}
		}
	}
}
