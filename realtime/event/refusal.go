package event

// Kind groups refusals by what the one who asked can do about them. The web
// maps a kind to a status of HTTP, and nobody else does.
type Kind uint8

const (
	Malformed       Kind = iota + 1 // not of the form that the protocol asks for
	Invalid                         // of the right form, but the words may not be so
	Unauthenticated                 // nobody is signed in
	Forbidden                       // somebody is, and may not
	NotFound                        // is not there, or is none of theirs
	Conflict                        // not in this state
	Gone                            // was there once
	TooMany                         // later, or after something else is done
	TooLarge                        // more bytes than are read
	Unsupported                     // another type of body
	Misdirected                     // meant for another server
	Unavailable                     // the same again may go through
	Full                            // the disk is
)

// Refusal is a no with a stable code. What it depends on, its reader learns:
// a rule may look only at what the author of the command can see.
type Refusal struct {
	Code  string // "need.own"; the key of its text in both languages is error.<Code>
	Kind  Kind
	Field string // which field of the command, for texts
	Max   int    // how much would be allowed, for lengths and limits
}

func (r Refusal) Error() string { return r.Code }

// Is makes errors.Is compare codes, whatever the field.
func (r Refusal) Is(target error) bool {
	other, ok := target.(Refusal)
	return ok && other.Code == r.Code
}

func (r Refusal) in(field string) Refusal { r.Field = field; return r }
func (r Refusal) max(n int) Refusal       { r.Max = n; return r }

// The refusals of the heart. Refusals lists them; the text of each in Japanese
// and English stands in pwa/src/i18n, which does not compile without it.
var (
	ErrNotFound  = Refusal{Code: "not_found", Kind: NotFound}
	ErrForbidden = Refusal{Code: "forbidden", Kind: Forbidden}
	ErrOpReused  = Refusal{Code: "op.reused", Kind: Conflict}

	ErrTextEmpty   = Refusal{Code: "text.empty", Kind: Invalid}
	ErrTextTooLong = Refusal{Code: "text.too_long", Kind: Invalid}
	ErrTextInvalid = Refusal{Code: "text.invalid", Kind: Invalid}
	ErrTextMixed   = Refusal{Code: "text.mixed", Kind: Invalid}
	ErrTextContact = Refusal{Code: "text.contact", Kind: Invalid}
	ErrTextName    = Refusal{Code: "text.name", Kind: Invalid}
	ErrChoice      = Refusal{Code: "choice.unknown", Kind: Invalid}
	ErrTrade       = Refusal{Code: "trade.unknown", Kind: Invalid}
	ErrKana        = Refusal{Code: "kana.invalid", Kind: Invalid}
	ErrHomepage    = Refusal{Code: "homepage.invalid", Kind: Invalid}
	ErrMail        = Refusal{Code: "mail.invalid", Kind: Invalid}
	ErrPhone       = Refusal{Code: "phone.invalid", Kind: Invalid}
	ErrContact     = Refusal{Code: "contact.invalid", Kind: Invalid}
	ErrTopicsSame  = Refusal{Code: "topics.same", Kind: Invalid}
	ErrPhoto       = Refusal{Code: "photo.unknown", Kind: Invalid}
	ErrTerms       = Refusal{Code: "terms.unticked", Kind: Invalid}
	ErrTimes       = Refusal{Code: "event.times", Kind: Invalid}
	ErrDay         = Refusal{Code: "day.outside", Kind: Invalid}

	ErrNotOpened    = Refusal{Code: "event.not_opened", Kind: NotFound}
	ErrOpened       = Refusal{Code: "event.opened", Kind: Conflict}
	ErrEventClosed  = Refusal{Code: "event.closed", Kind: Conflict}
	ErrDoorsClosed  = Refusal{Code: "doors.closed", Kind: Forbidden}
	ErrRemoved      = Refusal{Code: "attendee.removed", Kind: Forbidden}
	ErrErased       = Refusal{Code: "attendee.erased", Kind: Gone}
	ErrInside       = Refusal{Code: "attendee.inside", Kind: Conflict}
	ErrStanding     = Refusal{Code: "attendee.standing", Kind: Conflict}
	ErrHostStays    = Refusal{Code: "attendee.host", Kind: Conflict}
	ErrManyPeople   = Refusal{Code: "limit.attendees", Kind: TooMany}
	ErrManyEntries  = Refusal{Code: "limit.entries", Kind: TooMany}
	ErrManyNeeds    = Refusal{Code: "limit.needs", Kind: TooMany}
	ErrManyAskings  = Refusal{Code: "limit.askings", Kind: TooMany}
	ErrManyOffers   = Refusal{Code: "limit.offers", Kind: TooMany}
	ErrNeedOver     = Refusal{Code: "need.over", Kind: Conflict}
	ErrNeedOwn      = Refusal{Code: "need.own", Kind: Invalid}
	ErrNeedAnswered = Refusal{Code: "need.answered", Kind: Conflict}
	ErrNeedOnBehalf = Refusal{Code: "need.on_behalf", Kind: Conflict}
	ErrNeedsFast    = Refusal{Code: "need.too_fast", Kind: TooMany}
	ErrNeedsEver    = Refusal{Code: "need.too_many_ever", Kind: TooMany}
	ErrCallAnswered = Refusal{Code: "call.answered", Kind: Conflict}
	ErrCallBehalf   = Refusal{Code: "call.on_behalf", Kind: Conflict}
	ErrCallEarly    = Refusal{Code: "call.early", Kind: TooMany}
	ErrCallAgain    = Refusal{Code: "call.again", Kind: TooMany}
	ErrManyCalls    = Refusal{Code: "limit.calls", Kind: TooMany}
	ErrManyPins     = Refusal{Code: "need.too_many_pinned", Kind: TooMany}
	ErrOffered      = Refusal{Code: "offer.exists", Kind: Conflict}
	ErrStep         = Refusal{Code: "introduction.step", Kind: Conflict}
	ErrTooLate      = Refusal{Code: "introduction.late", Kind: Conflict}
	ErrEntryBlocked = Refusal{Code: "entry.blocked", Kind: Gone}
	ErrEntryAsking  = Refusal{Code: "entry.asking", Kind: Conflict}
	ErrManyOpen     = Refusal{Code: "limit.open", Kind: TooMany}
	ErrManyPleas    = Refusal{Code: "limit.pleas", Kind: TooMany}
	ErrBoardOwn     = Refusal{Code: "board.own", Kind: Invalid}
	ErrPleaded      = Refusal{Code: "board.asked", Kind: Conflict}
	ErrAttestOff    = Refusal{Code: "attest.off", Kind: Forbidden}
	ErrLinkOver     = Refusal{Code: "link.over", Kind: Gone}

	ErrManyAnnouncements = Refusal{Code: "announcement.too_many", Kind: TooMany}

	ErrEmbedding = Refusal{Code: "embedding.elsewhere", Kind: Conflict}
)

// Refusals lists every refusal of the heart, for the generator of TypeScript
// and for the protocol's documentation.
func Refusals() []Refusal {
	return []Refusal{
		ErrNotFound, ErrForbidden, ErrOpReused,
		ErrTextEmpty, ErrTextTooLong, ErrTextInvalid, ErrTextMixed, ErrTextContact, ErrTextName, ErrChoice, ErrTrade,
		ErrKana, ErrHomepage, ErrMail, ErrPhone, ErrContact, ErrTopicsSame, ErrPhoto, ErrTerms, ErrTimes, ErrDay,
		ErrNotOpened, ErrOpened, ErrEventClosed, ErrDoorsClosed, ErrRemoved, ErrErased, ErrInside, ErrStanding, ErrHostStays,
		ErrManyPeople, ErrManyEntries, ErrManyNeeds, ErrManyAskings, ErrManyOffers,
		ErrNeedOver, ErrNeedOwn, ErrNeedAnswered, ErrNeedOnBehalf, ErrNeedsFast, ErrNeedsEver, ErrManyPins,
		ErrCallAnswered, ErrCallBehalf, ErrCallEarly, ErrCallAgain, ErrManyCalls,
		ErrOffered, ErrStep, ErrTooLate, ErrEntryBlocked, ErrEntryAsking, ErrAttestOff, ErrLinkOver, ErrManyAnnouncements,
		ErrManyOpen, ErrManyPleas, ErrBoardOwn, ErrPleaded, ErrEmbedding,
	}
}
