package event

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"
)

// WhoKind says what sort of client acts or looks. What a person is allowed to
// do is not in here: roles are in the log.
type WhoKind uint8

const (
	Person  WhoKind = iota + 1 // ID is an AttendeeID
	Absent                     // ID is a LinkID
	Screen                     // no ID
	Machine                    // the timer and the matcher
)

// Who is one who acts or looks.
type Who struct {
	Kind WhoKind `json:"k"`
	ID   string  `json:"id,omitempty"`
}

// Ask is a command as it arrives, with all that would make Decide impure.
type Ask struct {
	By   Who
	Op   OpID // 128 bits, made by the client once per gesture; empty for the machine
	Do   Command
	Now  At
	Zone *time.Location // of the event, for due dates; loaded outside, since loading reads files
	Seed [16]byte       // new ids come from it, so that deciding again gives the same ids
	Sum  string         // fingerprint of the command under a key of its author
	Most Bounds         // zero: the usual

	Embedder string // where texts would go to be embedded, a host name; empty: the operator has named no server
}

// Bounds are how much one event takes (product.md 6.3a).
type Bounds struct {
	People       int // inside and in the lobby
	OpenNeeds    int // of each person at once
	NeedsAMinute int // of each person
	NeedsEver    int // of each person
}

// UsualBounds are those of an evening.
func UsualBounds() Bounds {
	return Bounds{People: 300, OpenNeeds: 3, NeedsAMinute: 6, NeedsEver: 40}
}

func (a Ask) most() Bounds {
	if a.Most == (Bounds{}) {
		return UsualBounds()
	}
	return a.Most
}

// ID is the i-th new id or secret of this ask, 128 bits.
func (a Ask) ID(i int) string {
	from := append(a.Seed[:], byte(i))
	if i > 255 {
		from = append(from, byte(i>>8))
	}
	sum := sha256.Sum256(from)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Body is what tells a repeated op from a reused one: the command's name and
// words as canonical JSON.
func Body(c Command) []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // commands are plain structs
	}
	return append([]byte(c.name()+"\n"), b...)
}

// Command is what somebody wants.
type Command interface {
	name() string                           // "need.post"
	names() []Ref                           // what it names; its author must see all of it
	decide(s *State, a Ask) ([]Fact, error) // no facts and no error: nothing to do
}

// Decide says what becomes true, or why not. It does not change the state.
func Decide(s *State, a Ask) ([]Fact, error) {
	if err := permits(s, a.By, a.Do.name()); err != nil {
		return nil, err
	}
	for _, r := range a.Do.names() {
		if !Sees(s, a.By, r) {
			return nil, ErrNotFound
		}
	}
	return a.Do.decide(s, a)
}

// Repeated tells whether this op was done already; ErrOpReused when it was
// another command. An ask without a fingerprint is one whose key is gone: who
// erased themselves, and did not hear the answer, asks again.
func Repeated(s *State, a Ask) (bool, error) {
	if a.Op == "" {
		return false, nil
	}
	sum, ok := s.Ops[OpKey{a.By, a.Op}]
	if ok && a.Sum != "" && sum != a.Sum {
		return false, ErrOpReused
	}
	return ok, nil
}

// Commands makes an empty command for every name that may come over the
// socket. The others are made by the server itself.
var Commands = map[string]func() Command{
	"phase.set":           func() Command { return new(PhaseSet) },
	"round.start":         func() Command { return new(RoundStart) },
	"round.end":           func() Command { return new(RoundEnd) },
	"doors.set":           func() Command { return new(DoorsSet) },
	"event.close":         func() Command { return new(EventClose) },
	"attendee.admit":      func() Command { return new(AttendeeAdmit) },
	"attendee.remove":     func() Command { return new(AttendeeRemove) },
	"attendee.erase":      func() Command { return new(AttendeeErase) },
	"card.change":         func() Command { return new(CardChange) },
	"entry.add":           func() Command { return new(EntryAdd) },
	"entry.change":        func() Command { return new(EntryChange) },
	"entry.drop":          func() Command { return new(EntryDrop) },
	"entry.reach":         func() Command { return new(EntryReach) },
	"board.ask":           func() Command { return new(BoardAsk) },
	"plea.pass":           func() Command { return new(PleaPass) },
	"need.post":           func() Command { return new(NeedPost) },
	"need.edit":           func() Command { return new(NeedEdit) },
	"need.close":          func() Command { return new(NeedClose) },
	"need.hide":           func() Command { return new(NeedHide) },
	"need.pin":            func() Command { return new(NeedPin) },
	"need.approve":        func() Command { return new(NeedApprove) },
	"approval.set":        func() Command { return new(ApprovalSet) },
	"attest.set":          func() Command { return new(AttestSet) },
	"call.make":           func() Command { return new(CallMake) },
	"announcement.make":   func() Command { return new(AnnouncementMake) },
	"announcement.drop":   func() Command { return new(AnnouncementDrop) },
	"suggestion.dismiss":  func() Command { return new(SuggestionDismiss) },
	"offer.make":          func() Command { return new(OfferMake) },
	"offer.self":          func() Command { return new(OfferSelf) },
	"offer.refer":         func() Command { return new(OfferRefer) },
	"offer.want":          func() Command { return new(OfferWant) },
	"introduction.ask":    func() Command { return new(IntroductionAsk) },
	"introduction.attest": func() Command { return new(IntroductionAttest) },
	"introduction.met":    func() Command { return new(IntroductionMet) },
	"introduction.close":  func() Command { return new(IntroductionClose) },
	"introduction.thank":  func() Command { return new(IntroductionThank) },
	"introduction.leave":  func() Command { return new(IntroductionLeave) },
	"introduction.revoke": func() Command { return new(IntroductionRevoke) },
	"embedding.set":       func() Command { return new(EmbeddingSet) },
	"embedding.agree":     func() Command { return new(EmbeddingAgree) },
	"pair.answer":         func() Command { return new(PairAnswer) },
	"pair.ask":            func() Command { return new(PairAsk) },
	"pair.leave":          func() Command { return new(PairLeave) },
}
