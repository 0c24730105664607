package event

// The views: what goes over the wire, a struct a kind; one file for each kind of
// stream. TypeScript and docs/forms.md are made from these. Times are Unix ms.

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
	Attest   Attest `json:"attest"`             // whether introducers may attest
	Approval bool   `json:"approval,omitempty"` // what guests post waits for a host
	Round    *Round `json:"round,omitempty"`    // that goes on
	Embeds   string `json:"embeds,omitempty"`   // where texts of who agreed go to be embedded, a host name
}

func viewEvent(s *State) EventView {
	t := s.Setting
	return EventView{Head{"event", "event"}, t.Title, t.Place, t.Note, t.StartsAt, t.EndsAt, t.Zone, t.Days, s.Phase, s.Status, s.Attest, s.Approval, s.Round, s.Embeds}
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
	Pinned bool       `json:"pinned,omitempty"` // by a host
	At     At         `json:"at"`
	Offers int        `json:"offers"` // ever made; never falls
	NeedWords
}

func viewNeed(n *Need) NeedView {
	return NeedView{Head{"need", string(n.ID)}, n.By, n.Closed, n.Pinned, n.At, n.Offers, n.NeedWords}
}

// AnnouncementView is a word of the host to everybody.
type AnnouncementView struct {
	Head
	At   At     `json:"at"`
	Text string `json:"text"`
}

func viewAnnouncement(m *Announcement) AnnouncementView {
	return AnnouncementView{Head{"announcement", string(m.ID)}, m.At, m.Text}
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
	Standing Standing `json:"standing"`         // one's own
	Embeds   string   `json:"embeds,omitempty"` // as in EventView
}

func viewLobby(s *State, me *Attendee) LobbyView {
	t := s.Setting
	v := LobbyView{
		Title: t.Title, Place: t.Place, Note: t.Note, StartsAt: t.StartsAt, EndsAt: t.EndsAt, Zone: t.Zone, Days: t.Days,
		Host: hostName(s), Word: doorWord(s.Secret), Doors: s.Doors, Embeds: s.Embeds,
	}
	if me != nil {
		v.Standing = me.Standing
	}
	return v
}

// Views has an empty view of every kind, by the stream it lives in: for the
// generator of TypeScript and for the protocol's documentation.
func Views() map[Name][]any {
	return map[Name][]any{
		Room: {
			EventView{Head: Head{K: "event"}}, PersonView{Head: Head{K: "person"}}, NeedView{Head: Head{K: "need"}},
			AnnouncementView{Head: Head{K: "announcement"}}, BoardView{Head: Head{K: "board"}},
		},
		Me: {
			YouView{Head: Head{K: "you"}}, EntryView{Head: Head{K: "entry"}}, MineView{Head: Head{K: "mine"}},
			SuggestionView{Head: Head{K: "suggestion"}}, ReceivedView{Head: Head{K: "received"}}, GivenView{Head: Head{K: "given"}},
			PleaView{Head: Head{K: "plea"}}, AskedView{Head: Head{K: "asked"}}, PairView{Head: Head{K: "pair"}},
		},
		Desk: {
			DoorsView{Head: Head{K: "doors"}}, SumsView{Head: Head{K: "sums"}}, GuestView{Head: Head{K: "guest"}},
			WatchView{Head: Head{K: "watch"}}, CourseView{Head: Head{K: "course"}}, BalanceView{Head: Head{K: "balance"}},
			CoupleView{Head: Head{K: "couple"}},
		},
		Wall: {
			StageView{Head: Head{K: "stage"}}, TallyView{Head: Head{K: "tally"}}, FaceView{Head: Head{K: "face"}}, LineView{Head: Head{K: "line"}},
			BarsView{Head: Head{K: "bars"}}, NoticeView{Head: Head{K: "notice"}}, ThanksView{Head: Head{K: "thanks"}},
		},
		Consent: {
			PageView{Head: Head{K: "page"}}, KeepsakeView{Head: Head{K: "keepsake"}}, DuoView{Head: Head{K: "duo"}}, TrustView{Head: Head{K: "trust"}},
		},
	}
}
