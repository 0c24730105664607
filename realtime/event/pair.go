package event

import (
	"cmp"
	"slices"

	"goen/realtime/trade"
)

// This file is the pair (お見合い): two entries of two owners, found by the
// machine and shown to each owner apart (product.md 6.4). What becomes of one
// that both want is in pair_ask.go.

// PairID names one pair.
type PairID string

// Ref names the pair in the state.
func (id PairID) Ref() Ref { return Ref{APair, string(id)} }

// PairStep is where a pair stands, as both owners may know it. What one of them
// answered, and what an absent person did, is no step.
type PairStep uint8

const (
	PairSuggested PairStep = iota + 1 // each owner has a card
	PairAgreed                        // both said 仲人する
	PairAsking                        // at least one link is out
	PairConnected                     // both absent people consented
	PairEnded
	PairRevoked
	PairOver // the phase ended, and nothing came of the cards
)

var pairSteps = [...]string{"", "suggested", "agreed", "asking", "connected", "ended", "revoked", "over"}

func (s PairStep) String() string { return pairSteps[s] }

const (
	cardsPerOwner = 3 // of one phase, whatever became of them: a place that came free would tell
	seatsAtATable = 6
)

// Portrait is the nameless description (釣書) of an acquaintance, as it was when
// its owner said yes. Offers and Seeks only if the owner ticked them.
type Portrait struct {
	Trade     string `json:"trade,omitempty"`
	Area      string `json:"area,omitempty"`
	Size      string `json:"size,omitempty"`
	Closeness string `json:"closeness,omitempty"`
	Offers    string `json:"offers,omitempty"`
	Seeks     string `json:"seeks,omitempty"`
}

// Hint is all that an owner may know of the other side before both have said
// yes: ids of realtime/trade, as coarse as four other owners make them.
type Hint struct {
	Group string `json:"group,omitempty"`
	Area  string `json:"area,omitempty"` // a prefecture or a region; none: anywhere
}

// Side is one owner of a pair with their acquaintance.
type Side struct {
	Owner AttendeeID
	Entry EntryID
	Hint  Hint // of the other side, on this owner's card
	Out   bool // the entry is no longer what the card was made of
	Said  bool // the owner has answered
	Yes   bool

	Portrait Portrait
	Link     LinkID // that the owner sends on
	Secret   string // of Link; only the owner sees it
	Left     bool   // the owner went, silently

	Given   bool   // the acquaintance consented; see PairKept
	No      bool   // or declined, or took it back: silently
	Block   bool   // no further links for this entry, from the due date on
	Private LinkID // the acquaintance's own link
	Contact Contact
	Idle    []Idle // of who came after an answer that stood
}

// Idle is the link of somebody who answered a page that had its answer, which
// the page does not say: it opens what the first one's opens, and is worth
// nothing.
type Idle struct {
	Link LinkID
	Back bool // taken back
}

// Pair is the whole course of it.
type Pair struct {
	ID       PairID
	Run      int // in which phase お見合い of the evening it was made
	Step     PairStep
	At       At // when it came to this step
	AgreedAt At // 0 before
	Table    int
	Due      At   // of both askings; 0 before the first
	Done     bool // it ended, and the due date came
	Sides    [2]Side
	GivenAt  At // of the contacts; tells two apart when their words are gone
}

// side is whose of the two somebody is; -1 for nobody.
func (p *Pair) side(who AttendeeID) int {
	return slices.IndexFunc(p.Sides[:], func(x Side) bool { return x.Owner == who })
}

// open: it may still come to something, and both owners know of it.
func (p *Pair) open() bool { return p.Step == PairAgreed || p.Step == PairAsking }

// pairs are some of all, in a fixed order.
func (s *State) pairs(which func(*Pair) bool) (out []*Pair) {
	for _, p := range s.Pairs {
		if which(p) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *Pair) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (s *State) pairsOf(who AttendeeID) []*Pair {
	return s.pairs(func(p *Pair) bool { return p.side(who) >= 0 })
}

// ---- the machine finds them

// PairsMake comes from the matcher: what fits, best first. The heart takes of
// it as many as are fair: everybody's first card before anybody's second.
type PairsMake struct {
	Found [][2]EntryID
}

func (PairsMake) name() string { return "pairs.make" }
func (PairsMake) names() []Ref { return nil }
func (c PairsMake) decide(s *State, a Ask) ([]Fact, error) {
	if s.Phase != PhasePairs {
		return nil, nil
	}
	cards, taken := map[AttendeeID]int{}, map[EntryID]bool{}
	for _, p := range s.Pairs {
		for _, x := range p.Sides {
			if p.Run == s.PairRun {
				cards[x.Owner]++
			}
			taken[x.Entry] = taken[x.Entry] || p.Run == s.PairRun || p.open() || p.Step == PairConnected
		}
	}
	crowd := s.crowd()
	var facts []Fact
	for round := range cardsPerOwner {
		for _, two := range c.Found {
			x, y := s.Entries[two[0]], s.Entries[two[1]]
			if !s.pairable(x, a.Now) || !s.pairable(y, a.Now) || x.Owner == y.Owner || taken[x.ID] || taken[y.ID] ||
				cards[x.Owner] > round || cards[y.Owner] > round || s.paired(x.ID, y.ID) {
				continue
			}
			ofY, ok := crowd.blur(x.Owner, trade.ID(y.Trade), y.Area)
			if !ok {
				continue
			}
			ofX, ok := crowd.blur(y.Owner, trade.ID(x.Trade), x.Area)
			if !ok {
				continue
			}
			id := PairID(a.ID(len(facts)))
			facts = append(facts, &PairWasSuggested{id, 0, x.Owner, x.ID, Hint(ofY)}, &PairWasSuggested{id, 1, y.Owner, y.ID, Hint(ofX)})
			taken[x.ID], taken[y.ID] = true, true
			cards[x.Owner]++
			cards[y.Owner]++
		}
	}
	return facts, nil
}

// pairable: the machine may speak of the entry. One that is being asked waits
// until that is over.
func (s *State) pairable(e *Entry, now At) bool {
	return e != nil && e.Reach == Nameless && !e.Blocked && s.present(e.Owner) && s.openable(e, now) == nil
}

// PairableEntry tells the matcher whether an entry may take part.
func PairableEntry(s *State, id EntryID) bool {
	e := s.Entries[id]
	return e != nil && e.Reach == Nameless && !e.Blocked && s.present(e.Owner)
}

// paired: the two have met on cards before, whatever was answered.
func (s *State) paired(x, y EntryID) bool {
	for _, p := range s.Pairs {
		if a, b := p.Sides[0].Entry, p.Sides[1].Entry; a == x && b == y || a == y && b == x {
			return true
		}
	}
	return false
}

// PairWasSuggested is one side of a pair; both stand in one record. What the
// card says of the other side is its reader's, and goes with their words: were
// it the other owner's, it would go with theirs, and tell who they were.
type PairWasSuggested struct {
	ID    PairID
	Side  int // 0 or 1
	Owner AttendeeID
	Entry EntryID
	Hint  `json:"-"`
}

func (*PairWasSuggested) name() string    { return "pair.suggested" }
func (f *PairWasSuggested) whose() string { return string(f.Owner) }
func (f *PairWasSuggested) words() any    { return &f.Hint }
func (f *PairWasSuggested) fold(s *State, at At) []Ref {
	if f.Side != 0 && f.Side != 1 {
		return nil
	}
	p := s.Pairs[f.ID]
	if p == nil {
		p = &Pair{ID: f.ID, Run: s.PairRun, Step: PairSuggested, At: at}
		s.Pairs[f.ID] = p
	}
	p.Sides[f.Side] = Side{Owner: f.Owner, Entry: f.Entry, Hint: f.Hint, Out: s.Entries[f.Entry] == nil}
	return []Ref{f.ID.Ref()}
}

// ---- 仲人する / しない

// PairAnswer is an owner's answer to the card. A yes is seen by nobody, until
// the other has said it too; a no by nobody, ever. A yes may become a no.
type PairAnswer struct {
	Pair  PairID `json:"pair"`
	Yes   bool   `json:"yes"`   // 仲人する
	Words bool   `json:"words"` // what the acquaintance offers and seeks goes along, once both said yes
}

func (PairAnswer) name() string   { return "pair.answer" }
func (c PairAnswer) names() []Ref { return []Ref{c.Pair.Ref()} }
func (c PairAnswer) decide(s *State, a Ask) ([]Fact, error) {
	p := s.Pairs[c.Pair]
	i := p.side(AttendeeID(a.By.ID))
	switch {
	case i < 0:
		return nil, ErrForbidden
	case p.Step != PairSuggested:
		return nil, ErrStep
	case c.Words && !c.Yes:
		return nil, ErrChoice.in("words") // nobody would read them
	}
	me := p.Sides[i]
	f := &PairAnswered{ID: p.ID, Owner: me.Owner, Yes: c.Yes}
	if e := s.Entries[me.Entry]; c.Yes && e != nil {
		f.Portrait = Portrait{Trade: e.Trade, Area: e.Area, Size: e.Size, Closeness: e.Closeness}
		if c.Words {
			f.Offers, f.Seeks = e.Offers, e.Seeks
		}
		if me.Yes && f.Portrait == me.Portrait {
			return nil, nil
		}
	}
	if other := p.Sides[1-i]; c.Yes && other.Yes && s.ready(me, a.Now) && s.ready(other, a.Now) {
		return []Fact{f, &PairWasAgreed{p.ID, s.leastTable()}}, nil
	}
	return []Fact{f}, nil
}

// ready: the owner's yes still stands. If it does not, the other's yes looks
// as if it were the only one.
func (s *State) ready(x Side, now At) bool { return !x.Out && s.pairable(s.Entries[x.Entry], now) }

// leastTable is the table at which the fewest pairs were sent to talk: 1 and
// up, of six seats each for everybody present.
func (s *State) leastTable() int {
	used := make([]int, max(1, (s.Tally.Present+seatsAtATable-1)/seatsAtATable))
	for _, p := range s.Pairs {
		if p.Table >= 1 && p.Table <= len(used) {
			used[p.Table-1]++
		}
	}
	return 1 + slices.Index(used, slices.Min(used))
}

// PairAnswered is what PairAnswer made true.
type PairAnswered struct {
	ID       PairID
	Owner    AttendeeID
	Yes      bool `json:",omitempty"`
	Portrait `json:"-"`
}

func (*PairAnswered) name() string    { return "pair.answered" }
func (f *PairAnswered) whose() string { return string(f.Owner) }
func (f *PairAnswered) words() any    { return &f.Portrait }
func (f *PairAnswered) fold(s *State, _ At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || p.Step != PairSuggested || p.side(f.Owner) < 0 {
		return nil
	}
	x := &p.Sides[p.side(f.Owner)]
	x.Said, x.Yes, x.Portrait = true, f.Yes, f.Portrait
	return []Ref{f.ID.Ref()}
}

// PairWasAgreed stands in the record of the second yes.
type PairWasAgreed struct {
	ID    PairID
	Table int
}

func (*PairWasAgreed) name() string { return "pair.agreed" }
func (f *PairWasAgreed) fold(s *State, at At) []Ref {
	p := s.Pairs[f.ID]
	if p == nil || p.Step != PairSuggested {
		return nil
	}
	p.Step, p.At, p.AgreedAt, p.Table = PairAgreed, at, at, f.Table
	s.Tally.Pairs++
	return []Ref{f.ID.Ref()}
}

// ---- what becomes of the cards

// withdraw takes an owner's own card away. The other side's stays: nothing on
// it tells what happens here.
func (s *State) withdraw(e EntryID) (refs []Ref) {
	for _, p := range s.pairs(func(p *Pair) bool { return p.Step == PairSuggested }) {
		for i := range p.Sides {
			if x := &p.Sides[i]; x.Entry == e && !x.Out {
				x.Out = true
				refs = append(refs, p.ID.Ref())
			}
		}
	}
	return refs
}

// dealOut ends all cards at once, answered or not.
func (s *State) dealOut() (refs []Ref) {
	for _, p := range s.pairs(func(p *Pair) bool { return p.Step == PairSuggested }) {
		p.Step = PairOver
		for i := range p.Sides {
			p.Sides[i].Portrait = Portrait{}
		}
		refs = append(refs, p.ID.Ref())
	}
	return refs
}

// forgetPairs empties what an erased person said in their pairs. What their
// acquaintance gave by their own hand is not theirs.
func (s *State) forgetPairs(who AttendeeID) {
	for _, p := range s.pairsOf(who) {
		x := &p.Sides[p.side(who)]
		x.Out, x.Hint, x.Portrait, x.Secret = true, Hint{}, Portrait{}, ""
	}
}
