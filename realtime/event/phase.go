package event

// Phase is the part of the evening, set by hand.
type Phase string

const (
	PhaseReception Phase = "reception" // 受付
	PhaseNeeds     Phase = "needs"     // 求む
	PhaseTables    Phase = "tables"    // 卓
	PhaseOffers    Phase = "offers"    // 申し出
	PhasePairs     Phase = "pairs"     // お見合い
	PhaseFree      Phase = "free"      // 歓談
	PhaseClosing   Phase = "closing"   // 締め
)

// PhaseSet may go on, back, and over one.
type PhaseSet struct {
	Phase Phase `json:"phase"`
}

func (PhaseSet) name() string { return "phase.set" }
func (PhaseSet) names() []Ref { return nil }
func (c PhaseSet) decide(s *State, _ Ask) ([]Fact, error) {
	switch c.Phase {
	case PhaseReception, PhaseNeeds, PhaseTables, PhaseOffers, PhasePairs, PhaseFree, PhaseClosing:
	default:
		return nil, ErrChoice.in("phase")
	}
	if c.Phase == s.Phase {
		return nil, nil
	}
	return []Fact{&PhaseWasSet{c.Phase}}, nil
}

// PhaseWasSet is what PhaseSet made true.
type PhaseWasSet struct{ Phase Phase }

func (*PhaseWasSet) name() string { return "phase.set" }
func (f *PhaseWasSet) fold(s *State, _ At) []Ref {
	s.Phase, s.Round = f.Phase, nil
	refs := append(s.dealOut(), eventRef)
	if f.Phase == PhasePairs {
		s.PairRun++
	}
	return refs
}
