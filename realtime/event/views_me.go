package event

// The views of one person. See views.go.

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
