package event

// The views: what goes over the wire, a struct a kind. TypeScript and the
// tables of docs/protocol.md are made from these. Times are Unix ms.

// Head opens every view: its kind, and the id of its noun.
type Head struct {
	K  string `json:"k"`
	ID string `json:"id"`
}

// ---- room: everybody inside

// EventView is the evening.
type EventView struct {
	Head
	Title    string `json:"title"`
	Place    string `json:"place"`
	Note     string `json:"note,omitempty"`
	StartsAt At     `json:"startsAt"`
	EndsAt   At     `json:"endsAt"`
	Zone     string `json:"zone"`
	Days     int    `json:"days"` // kept so many days after the end
	Phase    Phase  `json:"phase"`
	Status   Status `json:"status"`
}

func viewEvent(s *State) EventView {
	t := s.Setting
	return EventView{Head{"event", "event"}, t.Title, t.Place, t.Note, t.StartsAt, t.EndsAt, t.Zone, t.Days, s.Phase, s.Status}
}

// PersonView is a face card. Mail and phone are there only when their owner
// ticked that the whole room may see them.
type PersonView struct {
	Head
	Name     string   `json:"name"`
	Kana     string   `json:"kana,omitempty"`
	Firm     string   `json:"firm,omitempty"`
	Trade    string   `json:"trade,omitempty"`
	Line     string   `json:"line,omitempty"`
	Topics   []string `json:"topics,omitempty"`
	Homepage string   `json:"homepage,omitempty"`
	Photo    string   `json:"photo,omitempty"`
	Offers   string   `json:"offers,omitempty"`
	Seeks    string   `json:"seeks,omitempty"`
	Mail     string   `json:"mail,omitempty"`
	Phone    string   `json:"phone,omitempty"`
	NewsOK   bool     `json:"newsOK,omitempty"`
	Host     bool     `json:"host,omitempty"`
}

func viewPerson(a *Attendee) PersonView {
	c := a.Card
	v := PersonView{
		Head: Head{"person", string(a.ID)}, Name: c.Name, Kana: c.Kana, Firm: c.Firm, Trade: c.Trade, Line: c.Line, Topics: c.Topics,
		Homepage: c.Homepage, Photo: c.Photo, Offers: c.Offers, Seeks: c.Seeks, NewsOK: c.NewsOK, Host: a.Host,
	}
	if c.ToRoom {
		v.Mail, v.Phone = c.Mail, c.Phone
	}
	return v
}

// NeedView is a need as the room sees it.
type NeedView struct {
	Head
	By     AttendeeID `json:"by"`
	Closed bool       `json:"closed,omitempty"`
	At     At         `json:"at"`
	Offers int        `json:"offers"` // ever made; never falls
	NeedWords
}

func viewNeed(n *Need) NeedView {
	return NeedView{Head{"need", string(n.ID)}, n.By, n.Closed, n.At, n.Offers, n.NeedWords}
}

// ---- the door: who holds a key of it

// LobbyView is what everybody with a key of the door may know of the evening.
type LobbyView struct {
	Event    string   `json:"event"`
	Title    string   `json:"title"`
	Place    string   `json:"place"`
	Note     string   `json:"note"`
	StartsAt At       `json:"startsAt"`
	EndsAt   At       `json:"endsAt"`
	Zone     string   `json:"zone"`
	Days     int      `json:"days"`
	Host     string   `json:"host"` // name of who opened the event
	Word     string   `json:"word"` // on the screen too
	Doors    Doors    `json:"doors"`
	Standing Standing `json:"standing"` // one's own
}

func viewLobby(s *State, me *Attendee) LobbyView {
	t := s.Setting
	v := LobbyView{
		Title: t.Title, Place: t.Place, Note: t.Note, StartsAt: t.StartsAt, EndsAt: t.EndsAt, Zone: t.Zone, Days: t.Days,
		Host: hostName(s), Word: doorWord(s.Secret), Doors: s.Doors,
	}
	if me != nil {
		v.Standing = me.Standing
	}
	return v
}

// ---- me: one person

// YouView is oneself, with all of one's own card.
type YouView struct {
	Head
	Standing Standing `json:"standing"`
	Host     bool     `json:"host,omitempty"`
	Number   int      `json:"number"` // shown at the desk while waiting
	Card     Card     `json:"card"`
	Given    int      `json:"given"`    // own offers that somebody wanted
	Received int      `json:"received"` // offers of others that I wanted
	Title    string   `json:"title"`    // of the event, for who is still in the lobby
}

func viewYou(s *State, a *Attendee) YouView {
	c := a.Card
	if c.Topics == nil {
		c.Topics = []string{}
	}
	return YouView{Head{"you", string(a.ID)}, a.Standing, a.Host, a.ID.Number(), c, a.Given, a.Received, s.Setting.Title}
}

// EntryView is an entry on one's own list. That its acquaintance wants no more
// links is not in it: the owner learns it on the next attempt.
type EntryView struct {
	Head
	Reach Reach `json:"reach"`
	EntryWords
}

func viewEntry(e *Entry) EntryView {
	return EntryView{Head{"entry", string(e.ID)}, e.Reach, e.EntryWords}
}

// MineView is one's own need. It stands beside the room's, and has the words
// too, because a hidden need is in no other stream of its poster.
type MineView struct {
	Head
	Hidden bool `json:"hidden,omitempty"`
	Closed bool `json:"closed,omitempty"`
	At     At   `json:"at"`
	Offers int  `json:"offers"`
	NeedWords
}

func viewMine(n *Need) MineView {
	return MineView{Head{"mine", string(n.ID)}, n.Hidden, n.Closed, n.At, n.Offers, n.NeedWords}
}

// SuggestionView is the private hint to the owner of an entry.
type SuggestionView struct {
	Head
	Need  NeedID   `json:"need"`
	Entry EntryID  `json:"entry"`
	Why   []Reason `json:"why"`
}

func viewSuggestion(s *State, g *Suggestion) SuggestionView {
	v := SuggestionView{Head{"suggestion", string(g.ID)}, g.Need, g.Entry, make([]Reason, len(g.Why))}
	for i, ground := range g.Why {
		v.Why[i] = ground.reason(&s.Needs[g.Need].NeedWords)
	}
	return v
}

// ReceivedView is an introduction as R sees it.
type ReceivedView struct {
	Head
	Step    string     `json:"step"` // offered, wanted, asking, connected, ended or revoked
	At      At         `json:"at"`   // when it came to this step
	Need    NeedID     `json:"need"`
	From    AttendeeID `json:"from"`
	Own     bool       `json:"own,omitempty"` // From offers themself
	About   *About     `json:"about,omitempty"`
	Line    string     `json:"line,omitempty"` // what I wrote to the absent person
	Due     At         `json:"due,omitempty"`
	Contact *Contact   `json:"contact,omitempty"` // of the absent person, once connected
	GivenAt At         `json:"givenAt,omitempty"` // of the contact
	Left    bool       `json:"left,omitempty"`    // I ended it myself
}

func viewReceived(n *Introduction) ReceivedView {
	v := ReceivedView{Head: Head{"received", string(n.ID)}, Step: n.Step.String(), At: n.At, Need: n.Need, From: n.I, Own: n.Own}
	switch n.Step {
	case StepOffered:
		v.About = &n.About
	case StepWanted:
		v.About, v.Line = &n.About, n.Purpose.Line
	case StepAsking:
		v.About, v.Line, v.Due = &n.About, n.Purpose.Line, n.Due
	case StepConnected:
		v.About, v.Line, v.Contact, v.GivenAt = &n.About, n.Purpose.Line, &n.Contact, n.GivenAt
	case StepEnded:
		v.Left = n.LeftBy == n.R
	}
	return v
}

// Asker is R before the absent person's yes: which contacts R would give, not
// the contacts themselves.
type Asker struct {
	Name  string   `json:"name,omitempty"`
	Firm  string   `json:"firm,omitempty"`
	Line  string   `json:"line,omitempty"`
	Pitch bool     `json:"pitch,omitempty"`
	Gives []string `json:"gives"` // of "mail", "phone"
}

func (p Purpose) asker() *Asker {
	a := &Asker{Name: p.Name, Firm: p.Firm, Line: p.Line, Pitch: p.Pitch, Gives: []string{}}
	if p.Mail != "" {
		a.Gives = append(a.Gives, "mail")
	}
	if p.Phone != "" {
		a.Gives = append(a.Gives, "phone")
	}
	return a
}

func (p Purpose) contact() *Contact {
	return &Contact{Name: p.Name, Kana: p.Kana, Firm: p.Firm, Mail: p.Mail, Phone: p.Phone}
}

// GivenView is an introduction as I sees it.
type GivenView struct {
	Head
	Step     string     `json:"step"` // offered, wanted, asking, connected, ended or revoked
	At       At         `json:"at"`   // when it came to this step
	Need     NeedID     `json:"need"`
	Entry    EntryID    `json:"entry,omitempty"`
	To       AttendeeID `json:"to"`
	Own      bool       `json:"own,omitempty"` // I offered myself
	About    *About     `json:"about,omitempty"`
	Asker    *Asker     `json:"asker,omitempty"`
	Link     string     `json:"link,omitempty"` // secret of the link to send on
	Due      At         `json:"due,omitempty"`
	Name     string     `json:"name,omitempty"`    // of the absent person, once connected
	Contact  *Contact   `json:"contact,omitempty"` // R's, when I offered myself
	GivenAt  At         `json:"givenAt,omitempty"`
	Declined bool       `json:"declined,omitempty"` // only if the absent person allows it
	Passed   bool       `json:"passed,omitempty"`   // R left
	Left     bool       `json:"left,omitempty"`     // I left
}

func viewGiven(n *Introduction) GivenView {
	v := GivenView{
		Head: Head{"given", string(n.ID)}, Step: n.Step.String(), At: n.At, Need: n.Need, Entry: n.Entry, To: n.R, Own: n.Own,
		Declined: n.Answer.Declined && n.Answer.Tell,
	}
	switch n.Step {
	case StepOffered:
		v.About = &n.About
	case StepWanted:
		v.About, v.Asker = &n.About, n.Purpose.asker()
	case StepAsking:
		v.About, v.Asker, v.Link, v.Due = &n.About, n.Purpose.asker(), n.Secret, n.Due
	case StepConnected:
		v.About, v.GivenAt = &n.About, n.GivenAt
		if n.Own {
			v.Contact = n.Purpose.contact()
		} else {
			v.Name = n.Contact.Name
		}
	case StepEnded:
		v.Passed, v.Left = n.LeftBy == n.R, n.LeftBy == n.I
	}
	return v
}

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
	Connected int `json:"connected"`
}

func viewSums(s *State) SumsView {
	t := s.Tally
	return SumsView{
		Head{"sums", "tally"}, t.Present, t.Waiting, t.Needs, t.Offers, t.Steps[StepWanted], t.Steps[StepAsking], t.Steps[StepConnected],
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
	By     AttendeeID `json:"by"`
	Hidden bool       `json:"hidden,omitempty"`
	Closed bool       `json:"closed,omitempty"`
	Out    bool       `json:"out,omitempty"` // its poster was removed
	At     At         `json:"at"`
	Offers int        `json:"offers"`
	NeedWords
}

func viewWatch(s *State, n *Need) WatchView {
	return WatchView{Head{"watch", string(n.ID)}, n.By, n.Hidden, n.Closed, !s.present(n.By), n.At, n.Offers, n.NeedWords}
}

// CourseView is an introduction as the host sees it: never a name or contact
// of the absent person.
type CourseView struct {
	Head
	Step  string     `json:"step"` // offered, wanted, asking, connected, ended or revoked
	At    At         `json:"at"`   // when it came to this step
	From  AttendeeID `json:"from"`
	To    AttendeeID `json:"to"`
	Own   bool       `json:"own,omitempty"`
	Trade string     `json:"trade,omitempty"`
	About *About     `json:"about,omitempty"`
}

func viewCourse(n *Introduction) CourseView {
	v := CourseView{Head: Head{"course", string(n.ID)}, Step: n.Step.String(), At: n.At, From: n.I, To: n.R, Own: n.Own, Trade: n.About.Trade}
	if n.Step == StepOffered || n.Step == StepWanted {
		v.About = &n.About
	}
	return v
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
	Word     string `json:"word"` // on the join page too
}

func viewStage(s *State) StageView {
	t := s.Setting
	return StageView{Head{"stage", "event"}, t.Title, t.StartsAt, t.EndsAt, t.Zone, s.Phase, s.Status, s.Doors, s.Code, s.Secret, doorWord(s.Secret)}
}

// TallyView is the counters on the screen.
type TallyView struct {
	Head
	Present   int `json:"present"`
	Needs     int `json:"needs"`
	Offers    int `json:"offers"`
	Asking    int `json:"asking"`
	Connected int `json:"connected"`
}

func viewTally(s *State) TallyView {
	t := s.Tally
	return TallyView{Head{"tally", "tally"}, t.Present, t.Needs, t.Offers, t.Steps[StepAsking], t.Steps[StepConnected]}
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
	At     At  `json:"at"`
	Offers int `json:"offers"`
	NeedWords
}

func viewLine(n *Need) LineView {
	return LineView{Head{"line", string(n.ID)}, n.At, n.Offers, n.NeedWords}
}

// ---- consent: the absent person

// PageView is what the introducer's link opens: who asks, and exactly what
// would go to whom. It does not show a silent no (see Answer), and after a yes
// it shows nothing, for the link is in the introducer's hands too.
type PageView struct {
	Head
	State string `json:"state"` // open, given, revoked, over
	Event string `json:"event,omitempty"`
	From  string `json:"from,omitempty"`  // name of the introducer
	Firm  string `json:"firm,omitempty"`  // of the introducer
	Photo string `json:"photo,omitempty"` // of the introducer
	Asker *Asker `json:"asker,omitempty"`
	Trade string `json:"trade,omitempty"` // what the introducer said of the absent person
	Due   At     `json:"due,omitempty"`
}

func viewPage(s *State, n *Introduction) PageView {
	v := PageView{Head: Head{"page", string(n.ID)}, State: "over"}
	switch n.Step {
	case StepAsking:
		i := s.Attendees[n.I].Card
		v.State, v.Event, v.From, v.Firm, v.Photo = "open", s.Setting.Title, i.Name, i.Firm, i.Photo
		v.Asker, v.Trade, v.Due = n.Purpose.asker(), n.About.Trade, n.Due
	case StepConnected:
		v.State = "given"
	case StepRevoked:
		v.State = "revoked"
	}
	return v
}

// KeepsakeView is the absent person's own page after their yes.
type KeepsakeView struct {
	Head
	State   string   `json:"state"` // given, revoked
	Event   string   `json:"event,omitempty"`
	From    string   `json:"from,omitempty"`    // name of the introducer
	Theirs  *Contact `json:"theirs,omitempty"`  // R's allowed fields
	Line    string   `json:"line,omitempty"`    // R's purpose
	Contact *Contact `json:"contact,omitempty"` // the absent person's own
	GivenAt At       `json:"givenAt,omitempty"`
}

func viewKeepsake(s *State, n *Introduction) KeepsakeView {
	v := KeepsakeView{Head: Head{"keepsake", string(n.ID)}, State: "revoked"}
	if n.connected() {
		v.State, v.Event, v.From = "given", s.Setting.Title, s.Attendees[n.I].Card.Name
		v.Theirs, v.Line, v.Contact, v.GivenAt = n.Purpose.contact(), n.Purpose.Line, &n.Contact, n.GivenAt
	}
	return v
}

// Views has an empty view of every kind, by the stream it lives in: for the
// generator of TypeScript and for the protocol's documentation.
func Views() map[Name][]any {
	return map[Name][]any{
		Room:    {EventView{Head: Head{K: "event"}}, PersonView{Head: Head{K: "person"}}, NeedView{Head: Head{K: "need"}}},
		Me:      {YouView{Head: Head{K: "you"}}, EntryView{Head: Head{K: "entry"}}, MineView{Head: Head{K: "mine"}}, SuggestionView{Head: Head{K: "suggestion"}}, ReceivedView{Head: Head{K: "received"}}, GivenView{Head: Head{K: "given"}}},
		Desk:    {DoorsView{Head: Head{K: "doors"}}, SumsView{Head: Head{K: "sums"}}, GuestView{Head: Head{K: "guest"}}, WatchView{Head: Head{K: "watch"}}, CourseView{Head: Head{K: "course"}}},
		Wall:    {StageView{Head: Head{K: "stage"}}, TallyView{Head: Head{K: "tally"}}, FaceView{Head: Head{K: "face"}}, LineView{Head: Head{K: "line"}}},
		Consent: {PageView{Head: Head{K: "page"}}, KeepsakeView{Head: Head{K: "keepsake"}}},
	}
}
