package event

import (
	"encoding/json"
	"fmt"
)

// Fact is something that happened. Folding is total: a fact about something
// unknown changes nothing, a fact never fails, and no clock is asked.
type Fact interface {
	name() string               // "need.posted"
	fold(s *State, at At) []Ref // what may look different now
}

// worded is a fact with a person's words in it. In the log the words lie
// sealed under the key of whose they are; the skeleton (ids, steps, times)
// lies open. Without the key the fact still folds, with empty words.
type worded interface {
	Fact
	whose() string
	words() any // pointer to the part that is sealed
}

// Record is what one command made true: one place in the log.
type Record struct {
	Seq   int64
	At    At
	By    Who
	Op    OpID
	Sum   string // fingerprint of the command, see Ask
	Facts []Fact
}

// Fold moves the state by one record and says what may look different now.
func Fold(s *State, r Record) []Ref {
	s.Seq = r.Seq
	if r.Op != "" {
		s.Ops[OpKey{r.By, r.Op}] = r.Sum
	}
	var refs []Ref
	for _, f := range r.Facts {
		refs = append(refs, f.fold(s, r.At)...)
	}
	return s.spread(refs)
}

var factOf = map[string]func() Fact{
	"event.opened":           func() Fact { return new(EventOpened) },
	"event.closed":           func() Fact { return new(EventClosed) },
	"phase.set":              func() Fact { return new(PhaseWasSet) },
	"round.started":          func() Fact { return new(RoundStarted) },
	"round.ended":            func() Fact { return new(RoundEnded) },
	"doors.set":              func() Fact { return new(DoorsWereSet) },
	"doors.keyed":            func() Fact { return new(DoorsKeyed) },
	"attendee.joined":        func() Fact { return new(AttendeeJoined) },
	"attendee.admitted":      func() Fact { return new(AttendeeAdmitted) },
	"attendee.removed":       func() Fact { return new(AttendeeRemoved) },
	"attendee.erased":        func() Fact { return new(AttendeeErased) },
	"card.changed":           func() Fact { return new(CardChanged) },
	"entry.added":            func() Fact { return new(EntryAdded) },
	"entry.changed":          func() Fact { return new(EntryChanged) },
	"entry.dropped":          func() Fact { return new(EntryDropped) },
	"entry.reached":          func() Fact { return new(EntryReached) },
	"board.asked":            func() Fact { return new(BoardAsked) },
	"plea.passed":            func() Fact { return new(PleaPassed) },
	"plea.ended":             func() Fact { return new(PleaEnded) },
	"need.posted":            func() Fact { return new(NeedPosted) },
	"need.edited":            func() Fact { return new(NeedEdited) },
	"need.closed":            func() Fact { return new(NeedClosed) },
	"need.hidden":            func() Fact { return new(NeedHidden) },
	"need.pinned":            func() Fact { return new(NeedPinned) },
	"need.approved":          func() Fact { return new(NeedApproved) },
	"approval.set":           func() Fact { return new(ApprovalWasSet) },
	"attest.set":             func() Fact { return new(AttestWasSet) },
	"call.made":              func() Fact { return new(CallMade) },
	"call.told":              func() Fact { return new(CallTold) },
	"announcement.made":      func() Fact { return new(AnnouncementMade) },
	"announcement.dropped":   func() Fact { return new(AnnouncementDropped) },
	"suggestion.made":        func() Fact { return new(SuggestionMade) },
	"suggestion.called":      func() Fact { return new(SuggestionCalled) },
	"suggestion.dismissed":   func() Fact { return new(SuggestionDismissed) },
	"introduction.offered":   func() Fact { return new(Offered) },
	"introduction.wanted":    func() Fact { return new(Wanted) },
	"introduction.asking":    func() Fact { return new(Asked) },
	"introduction.agreed":    func() Fact { return new(Agreed) },
	"introduction.attested":  func() Fact { return new(Attested) },
	"introduction.met":       func() Fact { return new(Met) },
	"introduction.closed":    func() Fact { return new(Concluded) },
	"introduction.thanked":   func() Fact { return new(Thanked) },
	"introduction.declined":  func() Fact { return new(Declined) },
	"introduction.connected": func() Fact { return new(Connected) },
	"introduction.corrected": func() Fact { return new(Corrected) },
	"introduction.ended":     func() Fact { return new(Ended) },
	"introduction.revoked":   func() Fact { return new(Revoked) },
	"embedding.set":          func() Fact { return new(EmbeddingWasSet) },
	"embedding.agreed":       func() Fact { return new(EmbeddingAgreed) },
	"pair.suggested":         func() Fact { return new(PairWasSuggested) },
	"pair.answered":          func() Fact { return new(PairAnswered) },
	"pair.agreed":            func() Fact { return new(PairWasAgreed) },
	"pair.asked":             func() Fact { return new(PairAsked) },
	"pair.kept":              func() Fact { return new(PairKept) },
	"pair.connected":         func() Fact { return new(PairWasConnected) },
	"pair.corrected":         func() Fact { return new(PairCorrected) },
	"pair.declined":          func() Fact { return new(PairDeclined) },
	"pair.idled":             func() Fact { return new(PairIdled) },
	"pair.left":              func() Fact { return new(PairLeft) },
	"pair.ended":             func() Fact { return new(PairWasEnded) },
	"pair.revoked":           func() Fact { return new(PairWasRevoked) },
}

// Sealer hides words at the edge of the log. whose is a person of this event,
// "event" for the words of the event itself, "x.<introduction>" for an
// absent person, or "x.<pair>.<side>" for one of two.
type Sealer interface {
	// Seal gives the envelope that is kept. Words of somebody who was erased
	// meanwhile are not kept: the envelope is then empty.
	Seal(whose, label string, plain []byte) (string, error)
	// Open gives the words back; nil and no error when their key is gone.
	Open(whose, label, envelope string) ([]byte, error)
}

// TheEventsWords is whose the title and the door's secrets are.
const TheEventsWords = "event"

// recordFormat is the version of the form below. Old ones are read for ever.
const recordFormat = 1

type recordJSON struct {
	V     int        `json:"v"`
	By    Who        `json:"by"`
	Op    OpID       `json:"op,omitempty"`
	Sum   string     `json:"sum,omitempty"`
	Facts []factJSON `json:"facts"`
}

type factJSON struct {
	Name     string          `json:"f"`
	Skeleton json.RawMessage `json:"d"`
	Whose    string          `json:"whose,omitempty"`
	Words    string          `json:"w,omitempty"`
}

// Encode writes the body of a record as JSON text with its words sealed. Place
// and time stand beside it in the store.
func Encode(r Record, seal Sealer) ([]byte, error) {
	j := recordJSON{V: recordFormat, By: r.By, Op: r.Op, Sum: r.Sum}
	for _, f := range r.Facts {
		skeleton, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		fj := factJSON{Name: f.name(), Skeleton: skeleton}
		if w, ok := f.(worded); ok {
			plain, err := json.Marshal(w.words())
			if err != nil {
				return nil, err
			}
			fj.Whose = w.whose()
			if fj.Words, err = seal.Seal(fj.Whose, fj.Name, plain); err != nil {
				return nil, err
			}
		}
		j.Facts = append(j.Facts, fj)
	}
	return json.Marshal(j)
}

// Decode reads what Encode wrote. Words whose key is gone come back empty; an
// unknown fact or format is an error, because to skip it would be to diverge.
func Decode(seq int64, at At, body []byte, seal Sealer) (Record, error) {
	var j recordJSON
	if err := json.Unmarshal(body, &j); err != nil {
		return Record{}, fmt.Errorf("event: record %d: %w", seq, err)
	}
	if j.V != recordFormat {
		return Record{}, fmt.Errorf("event: record %d has format %d, this program knows %d", seq, j.V, recordFormat)
	}
	r := Record{Seq: seq, At: at, By: j.By, Op: j.Op, Sum: j.Sum}
	for _, fj := range j.Facts {
		blank := factOf[fj.Name]
		if blank == nil {
			return Record{}, fmt.Errorf("event: record %d holds an unknown fact %q", seq, fj.Name)
		}
		f := blank()
		if err := json.Unmarshal(fj.Skeleton, f); err != nil {
			return Record{}, fmt.Errorf("event: record %d: %w", seq, err)
		}
		if w, ok := f.(worded); ok && fj.Words != "" {
			plain, err := seal.Open(fj.Whose, fj.Name, fj.Words)
			if err != nil {
				return Record{}, fmt.Errorf("event: record %d: %w", seq, err)
			}
			if plain != nil {
				if err := json.Unmarshal(plain, w.words()); err != nil {
					return Record{}, fmt.Errorf("event: record %d: words do not read", seq)
				}
			}
		}
		r.Facts = append(r.Facts, f)
	}
	return r, nil
}
