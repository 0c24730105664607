package event

// The views of the hosts and of the screen. See views.go.

// ---- desk: the hosts

// DoorsView holds what opens the lobby.
type DoorsView struct {
	Head
	Doors  Doors  `json:"doors"`
	Code   string `json:"code"`
	Secret string `json:"secret"` // of the QR: /j/<event>#<secret>
	Word   string `json:"word"`   // on the join page too
}

func viewDoors(s *State) DoorsView {
	return DoorsView{Head{"doors", "event"}, s.Doors, s.Code, s.Secret, doorWord(s.Secret)}
}

// SumsView counts the room.
type SumsView struct {
	Head
	Present   int `json:"present"`
	Waiting   int `json:"waiting"`
	Needs     int `json:"needs"`
	Offers    int `json:"offers"`
	Wanted    int `json:"wanted"`
	Asking    int `json:"asking"`
	Connected int `json:"connected"` // met and closed ones too
	Met       int `json:"met"`       // that say on which day
	Pairs     int `json:"pairs"`     // two owners who agreed, ever
	Couples   int `json:"couples"`   // pairs of which both absent people consented
}

func viewSums(s *State) SumsView {
	t := s.Tally
	return SumsView{
		Head{"sums", "tally"}, t.Present, t.Waiting, t.Needs, t.Offers, t.Steps[StepWanted], t.Steps[StepAsking], t.connected(), t.Met, t.Pairs, t.PairsConnected,
	}
}

// GuestView is an attendee as the desk sees them: the mail is for the operation
// of the evening.
type GuestView struct {
	Head
	Standing Standing `json:"standing"`
	Number   int      `json:"number"`
	JoinedAt At       `json:"joinedAt"`
	Name     string   `json:"name"`
	Kana     string   `json:"kana,omitempty"`
	Firm     string   `json:"firm,omitempty"`
	Trade    string   `json:"trade,omitempty"`
	Mail     string   `json:"mail,omitempty"`
	Host     bool     `json:"host,omitempty"`
}

func viewGuest(a *Attendee) GuestView {
	c := a.Card
	return GuestView{Head{"guest", string(a.ID)}, a.Standing, a.ID.Number(), a.JoinedAt, c.Name, c.Kana, c.Firm, c.Trade, c.Mail, a.Host}
}

// WatchView is a need as the desk sees it, hidden ones too.
type WatchView struct {
	Head
	By       AttendeeID `json:"by"`
	Hidden   bool       `json:"hidden,omitempty"`
	Held     bool       `json:"held,omitempty"` // waits for a host
	Pinned   bool       `json:"pinned,omitempty"`
	Closed   bool       `json:"closed,omitempty"`
	Out      bool       `json:"out,omitempty"` // its poster was removed
	At       At         `json:"at"`
	Offers   int        `json:"offers"`
	CalledAt At         `json:"calledAt,omitempty"` // when a host last called for it
	NeedWords
}

func viewWatch(s *State, n *Need) WatchView {
	return WatchView{Head{"watch", string(n.ID)}, n.By, n.Hidden, n.Held, n.Pinned, n.Closed, !s.present(n.By), n.At, n.Offers, n.calledAt(), n.NeedWords}
}

// CourseView is an introduction as the host sees it: never a name or contact
// of the absent person.
type CourseView struct {
	Head
	Step   string     `json:"step"` // offered, wanted, asking, connected, met, closed, ended or revoked
	At     At         `json:"at"`   // when it came to this step
	From   AttendeeID `json:"from"`
	To     AttendeeID `json:"to"`
	Own    bool       `json:"own,omitempty"`
	Behalf bool       `json:"behalf,omitempty"` // From posted the need, To offered themself
	Refers bool       `json:"refers,omitempty"` // From brings To somebody who needs them
	Trade  string     `json:"trade,omitempty"`
	About  *About     `json:"about,omitempty"`
}

func viewCourse(n *Introduction) CourseView {
	v := CourseView{
		Head: Head{"course", string(n.ID)}, Step: n.Step.String(), At: n.At, From: n.I, To: n.R, Own: n.Own, Behalf: n.Behalf, Refers: n.Refers(), Trade: n.About.Trade,
	}
	if n.Step == StepOffered || n.Step == StepWanted {
		v.About = &n.About
	}
	return v
}

// Bar is the balance of one group of trades, or of one trade: how many are
// here, and how many needs ask for them. It does not say whose.
type Bar struct {
	Group  string `json:"group"`
	Trade  string `json:"trade,omitempty"` // none: the whole group
	Supply int    `json:"supply"`          // people inside, by their cards
	Demand int    `json:"demand"`          // needs that stand in the room, for oneself and on behalf alike
}

// BalanceView is the balance of the room, each group before its trades.
type BalanceView struct {
	Head
	Bars []Bar `json:"bars"`
}

// ---- wall: the screen

// StageView is the evening on the screen, with the way in.
type StageView struct {
	Head
	Title    string `json:"title"`
	StartsAt At     `json:"startsAt"`
	EndsAt   At     `json:"endsAt"`
	Zone     string `json:"zone"`
	Phase    Phase  `json:"phase"`
	Status   Status `json:"status"`
	Doors    Doors  `json:"doors"`
	Code     string `json:"code"`
	Secret   string `json:"secret"`
	Word     string `json:"word"`            // on the join page too
	Round    *Round `json:"round,omitempty"` // that goes on
}

func viewStage(s *State) StageView {
	t := s.Setting
	return StageView{Head{"stage", "event"}, t.Title, t.StartsAt, t.EndsAt, t.Zone, s.Phase, s.Status, s.Doors, s.Code, s.Secret, doorWord(s.Secret), s.Round}
}

// BarsView is the balance on the screen.
type BarsView struct {
	Head
	Bars []Bar `json:"bars"`
}

// TallyView is the counters on the screen.
type TallyView struct {
	Head
	Present   int `json:"present"`
	Needs     int `json:"needs"`
	Offers    int `json:"offers"`
	Asking    int `json:"asking"`
	Connected int `json:"connected"` // met and closed ones too
	Met       int `json:"met"`       // that say on which day
	Pairs     int `json:"pairs"`     // two owners who agreed, ever
}

func viewTally(s *State) TallyView {
	t := s.Tally
	return TallyView{Head{"tally", "tally"}, t.Present, t.Needs, t.Offers, t.Steps[StepAsking], t.connected(), t.Met, t.Pairs}
}

// FaceView is a name on the screen, of who ticked it.
type FaceView struct {
	Head
	Name string `json:"name"`
}

func viewFace(a *Attendee) FaceView { return FaceView{Head{"face", string(a.ID)}, a.Card.Name} }

// LineView is a need on the screen, without its poster.
type LineView struct {
	Head
	Pinned bool `json:"pinned,omitempty"`
	At     At   `json:"at"`
	Offers int  `json:"offers"`
	NeedWords
}

func viewLine(n *Need) LineView {
	return LineView{Head{"line", string(n.ID)}, n.Pinned, n.At, n.Offers, n.NeedWords}
}

// NoticeView is a word of the host on the screen.
type NoticeView struct {
	Head
	At   At     `json:"at"`
	Text string `json:"text"`
}

func viewNotice(m *Announcement) NoticeView {
	return NoticeView{Head{"notice", string(m.ID)}, m.At, m.Text}
}

// ThanksView is thanks on the screen, without names: whose they are and for
// whom is not in it. Both have ticked it.
type ThanksView struct {
	Head
	Line string `json:"line"`
}

func viewThanks(n *Introduction) ThanksView {
	return ThanksView{Head{"thanks", string(n.ID)}, n.Thanks}
}
