package event

// Role is what the log says about a viewer.
type Role uint16

const (
	Newcomer Role = 1 << iota
	Waiting
	Guest
	Host
	Removed // by the host
	Erased  // by themself
	ByLink
	ByScreen
	ByMachine

	inside = Guest | Host
)

func roleOf(s *State, w Who) Role {
	switch w.Kind {
	case Machine:
		return ByMachine
	case Screen:
		return ByScreen
	case Absent:
		return ByLink
	}
	a := s.Attendees[AttendeeID(w.ID)]
	switch {
	case a == nil:
		return Newcomer
	case a.Standing == InLobby:
		return Waiting
	case a.Standing == WasRemoved:
		return Removed
	case a.Standing == WasErased:
		return Erased
	case a.Host:
		return Host
	}
	return Guest
}

// may is the whole permission table: who may give which command, and whether
// still after the event has been closed.
var may = map[string]struct {
	who    Role
	closed bool
}{
	"event.open":          {Newcomer, false},
	"event.close":         {Host, false},
	"phase.set":           {Host, false},
	"round.start":         {Host, false},
	"round.end":           {Host, false},
	"doors.set":           {Host, false},
	"doors.renew":         {Host, false},
	"attendee.join":       {Newcomer, false},
	"attendee.admit":      {Host, true}, // nobody is left standing in the lobby
	"attendee.remove":     {Host, true},
	"attendee.erase":      {Waiting | Guest | Removed, true},
	"card.change":         {Waiting | inside, true},
	"entry.add":           {inside, true},
	"entry.change":        {inside, true},
	"entry.drop":          {inside, true},
	"entry.reach":         {inside, true},
	"board.ask":           {inside, false},
	"plea.pass":           {inside, true},
	"need.post":           {inside, false},
	"need.edit":           {inside, false},
	"need.close":          {inside, true},
	"need.hide":           {Host, true},
	"need.pin":            {Host, true},
	"need.approve":        {Host, true},
	"approval.set":        {Host, false},
	"attest.set":          {Host, true},
	"call.make":           {Host, false},
	"call.tell":           {ByMachine, true},
	"announcement.make":   {Host, true},
	"announcement.drop":   {Host, true},
	"suggestion.make":     {ByMachine, false},
	"suggestion.dismiss":  {inside, true},
	"offer.make":          {inside, true},
	"offer.self":          {inside, true},
	"offer.refer":         {inside, true},
	"offer.want":          {inside, true},
	"introduction.ask":    {inside, true},
	"introduction.attest": {inside, true},
	"introduction.met":    {inside, true},
	"introduction.close":  {inside, true},
	"introduction.thank":  {inside, true},
	"introduction.leave":  {inside, true},
	"introduction.revoke": {inside, true},
	"consent.give":        {ByLink, true},
	"consent.correct":     {ByLink, true},
	"consent.decline":     {ByLink, true},
	"consent.revoke":      {ByLink, true},
	"pairs.make":          {ByMachine, false},
	"pair.answer":         {inside, false},
	"pair.ask":            {inside, true},
	"pair.leave":          {inside, true},
	"tick":                {ByMachine, true},
	"embedding.set":       {Host, true},
	"embedding.agree":     {Waiting | inside, true},
}

func permits(s *State, w Who, command string) error {
	rule, role := may[command], roleOf(s, w)
	switch {
	case s.Seq == 0 && command != "event.open":
		return ErrNotOpened
	case s.Seq != 0 && command == "event.open": // by whomever: nobody opens it twice
		return ErrOpened
	case rule.who&role == 0 && role == Removed:
		return ErrRemoved
	case rule.who&role == 0 && role == Erased && command == "attendee.join":
		return ErrErased
	case rule.who&role == 0 && command == "attendee.join":
		return ErrInside
	case rule.who&role == 0:
		return ErrForbidden
	case s.Status == Closed && !rule.closed:
		return ErrEventClosed
	}
	return nil
}
