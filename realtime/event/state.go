package event

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
)

// Ids are 128 random bits as text (base64url). They say nothing about order
// or number.
type (
	AttendeeID     string
	EntryID        string
	NeedID         string
	SuggestionID   string
	IntroductionID string
	LinkID         string // SHA-256 of a secret: whoever holds the secret is the absent person
	OpID           string
)

// LinkOf is the id of a link, made of its secret. Only the id is in the log in
// the open.
func LinkOf(secret string) LinkID {
	sum := sha256.Sum256([]byte("goen link\n" + secret))
	return LinkID(base64.RawURLEncoding.EncodeToString(sum[:16]))
}

// At is a moment in Unix milliseconds. It is not time.Time because a state
// that was folded live and one that was read from a log must be equal.
type At int64

// Day is 24 hours; a due date is found with the calendar instead (endOfDay).
const Day = At(24 * 60 * 60 * 1000)

// Noun is a kind of thing in the state.
type Noun uint8

const (
	TheEvent Noun = iota + 1
	TheTally
	AnAttendee
	AnEntry
	ANeed
	ASuggestion
	AnIntroduction
	AnAnnouncement
	ABoard // a placement on it
	APlea
	TheBalance
	APair
)

// Ref names one thing in the state.
type Ref struct {
	Noun Noun
	ID   string
}

func (id AttendeeID) Ref() Ref     { return Ref{AnAttendee, string(id)} }
func (id EntryID) Ref() Ref        { return Ref{AnEntry, string(id)} }
func (id NeedID) Ref() Ref         { return Ref{ANeed, string(id)} }
func (id SuggestionID) Ref() Ref   { return Ref{ASuggestion, string(id)} }
func (id IntroductionID) Ref() Ref { return Ref{AnIntroduction, string(id)} }

var (
	eventRef = Ref{TheEvent, "event"}
	tallyRef = Ref{TheTally, "tally"}

	balanceRef = Ref{TheBalance, "balance"}
)

// State is one event. Only Fold writes it.
type State struct {
	Seq      int64  // place of the last record folded
	Epoch    uint64 // persons erased so far; a cursor from another epoch is worth nothing
	Setting  Setting
	Phase    Phase
	Status   Status
	Doors    Doors
	Code     string // typed at the door, XXXX-XXXX
	Secret   string // in the QR
	Attest   Attest
	Approval bool // what guests post waits for a host (承認制)
	Tally    Tally
	Balance  map[string]Weight // by trade; only those that have any
	Round    *Round            // the one that goes on
	Embeds   string            // where texts go to be embedded, a host name; empty: nowhere

	Attendees     map[AttendeeID]*Attendee
	Entries       map[EntryID]*Entry
	Needs         map[NeedID]*Need
	Suggestions   map[SuggestionID]*Suggestion
	Introductions map[IntroductionID]*Introduction
	Announcements map[AnnouncementID]*Announcement
	Boards        map[BoardID]EntryID
	Pleas         map[PleaID]*Plea
	Announced     int // ever
	Pairs         map[PairID]*Pair
	PairLinks     map[LinkID]pairLink
	PairRun       int // how often the phase お見合い has begun
	Links         map[LinkID]IntroductionID
	Askings       map[IntroductionID]bool // those that wait for their due date
	Ops           map[OpKey]string        // fingerprint of each command that was done
}

// OpKey is unique per author, so nobody can guess or block another's op.
type OpKey struct {
	By Who
	Op OpID
}

// New is the state before the first record.
func New() *State {
	return &State{
		Balance:       map[string]Weight{},
		Attendees:     map[AttendeeID]*Attendee{},
		Entries:       map[EntryID]*Entry{},
		Needs:         map[NeedID]*Need{},
		Suggestions:   map[SuggestionID]*Suggestion{},
		Introductions: map[IntroductionID]*Introduction{},
		Announcements: map[AnnouncementID]*Announcement{},
		Boards:        map[BoardID]EntryID{},
		Pleas:         map[PleaID]*Plea{},
		Pairs:         map[PairID]*Pair{},
		PairLinks:     map[LinkID]pairLink{},
		Links:         map[LinkID]IntroductionID{},
		Askings:       map[IntroductionID]bool{},
		Ops:           map[OpKey]string{},
	}
}

// Refs lists everything there is, in a fixed order.
func (s *State) Refs() []Ref {
	refs := []Ref{eventRef, tallyRef, balanceRef}
	for id := range s.Attendees {
		refs = append(refs, id.Ref())
	}
	for id := range s.Entries {
		refs = append(refs, id.Ref())
	}
	for id := range s.Needs {
		refs = append(refs, id.Ref())
	}
	for id := range s.Suggestions {
		refs = append(refs, id.Ref())
	}
	for id := range s.Introductions {
		refs = append(refs, id.Ref())
	}
	for id := range s.Announcements {
		refs = append(refs, id.Ref())
	}
	for id := range s.Boards {
		refs = append(refs, id.Ref())
	}
	for id := range s.Pleas {
		refs = append(refs, id.Ref())
	}
	for id := range s.Pairs {
		refs = append(refs, id.Ref())
	}
	slices.SortFunc(refs, func(a, b Ref) int { return cmp.Or(cmp.Compare(a.Noun, b.Noun), cmp.Compare(a.ID, b.ID)) })
	return refs
}

// spread adds to the refs everything whose sight shows something of theirs.
// It may name too much (what did not change makes no frame), never too little.
// It goes one step and does not chase: an attendee lists by itself what hangs
// on its needs and entries, else one card would reach the whole graph.
func (s *State) spread(refs []Ref) []Ref {
	seen := make(map[Ref]bool, 2*len(refs))
	out := make([]Ref, 0, 2*len(refs))
	add := func(r Ref) {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	suggestions := func(ids []SuggestionID) {
		for _, id := range ids {
			add(id.Ref())
		}
	}
	introductions := func(ids []IntroductionID) {
		for _, id := range ids {
			add(id.Ref())
		}
	}
	pleas := func(ids []PleaID) {
		for _, id := range ids {
			add(id.Ref())
		}
	}
	board := func(e *Entry) {
		if e.Board != "" {
			add(e.Board.Ref())
		}
	}
	for _, r := range refs {
		add(r)
	}
	for _, r := range refs {
		switch r.Noun {
		case TheEvent:
			for id := range s.Introductions { // a page tells of the event
				if s.Introductions[id].Link != "" {
					add(id.Ref())
				}
			}
			for _, p := range s.pairs((*Pair).told) {
				add(p.ID.Ref())
			}
		case AnAttendee:
			a := s.Attendees[AttendeeID(r.ID)]
			if a == nil {
				continue
			}
			add(tallyRef)
			add(balanceRef)
			suggestions(a.Told)
			suggestions(a.Cited)
			for _, id := range a.Needs {
				add(id.Ref())
				if n := s.Needs[id]; n != nil {
					suggestions(n.Suggestions)
					pleas(n.Pleas)
				}
			}
			for _, id := range a.Entries {
				add(id.Ref())
				if e := s.Entries[id]; e != nil {
					suggestions(e.Suggestions)
					board(e)
				}
			}
			introductions(a.Introductions)
			for _, p := range s.pairsOf(a.ID) {
				add(p.ID.Ref())
			}
		case AnEntry:
			if e := s.Entries[EntryID(r.ID)]; e != nil {
				suggestions(e.Suggestions)
				board(e)
				for id, p := range s.Pleas {
					if p.Entry == e.ID {
						add(id.Ref())
					}
				}
			}
		case ANeed:
			add(tallyRef)
			add(balanceRef)
			if n := s.Needs[NeedID(r.ID)]; n != nil {
				suggestions(n.Suggestions)
				pleas(n.Pleas)
				introductions(n.Introductions)
			}
		case AnIntroduction:
			add(tallyRef)
			if n := s.Introductions[IntroductionID(r.ID)]; n != nil {
				add(n.Need.Ref())
				add(n.R.Ref())
				add(n.I.Ref())
				add(n.Entry.Ref())
			}
		case APair:
			add(tallyRef)
		}
	}
	return out
}
