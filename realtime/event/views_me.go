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
	Given    int      `json:"given"`            // own offers that somebody wanted
	Received int      `json:"received"`         // offers of others that I wanted
	From     []Credit `json:"from,omitempty"`   // whose those were
	Title    string   `json:"title"`            // of the event, for who is still in the lobby
	Embeds   string   `json:"embeds,omitempty"` // where my texts may go to be embedded
}

func viewYou(s *State, a *Attendee) YouView {
	c := a.Card
	if c.Topics == nil {
		c.Topics = []string{}
	}
	return YouView{Head{"you", string(a.ID)}, a.Standing, a.Host, a.ID.Number(), c, a.Given, a.Received, a.From, s.Setting.Title, a.Embeds}
}

// EntryView is an entry on one's own list. That its acquaintance wants no more
// links is not in it: the owner learns it on the next attempt.
type EntryView struct {
	Head
	Reach Reach `json:"reach"`
	Words bool  `json:"words,omitempty"` // on the board: with what this person can do
	EntryWords
}

func viewEntry(e *Entry) EntryView {
	return EntryView{Head{"entry", string(e.ID)}, e.Reach, e.Words, e.EntryWords}
}

// MineView is one's own need. It stands beside the room's, and has the words
// too, because a hidden need is in no other stream of its poster.
type MineView struct {
	Head
	Hidden bool   `json:"hidden,omitempty"`
	Held   bool   `json:"held,omitempty"` // waits for a host
	Pinned bool   `json:"pinned,omitempty"`
	Closed bool   `json:"closed,omitempty"`
	At     At     `json:"at"`
	Offers int    `json:"offers"`
	Calls  []Call `json:"calls,omitempty"` // a host asked whose entries fit, whatever came of it
	NeedWords
}

func viewMine(n *Need) MineView {
	return MineView{Head{"mine", string(n.ID)}, n.Hidden, n.Held, n.Pinned, n.Closed, n.At, n.Offers, n.Calls, n.NeedWords}
}

// SuggestionView is a private hint, see Suggestion.
type SuggestionView struct {
	Head
	Need   NeedID     `json:"need,omitempty"`
	Entry  EntryID    `json:"entry,omitempty"`
	Card   AttendeeID `json:"card,omitempty"`   // who may help; oneself where there is no entry
	Why    []Reason   `json:"why"`              // quoted from the need, or from what the entry seeks
	Called bool       `json:"called,omitempty"` // a request of the host
	Back   bool       `json:"back,omitempty"`   // whoever it would serve has introduced somebody to me before
}

func viewSuggestion(s *State, g *Suggestion) SuggestionView {
	n, e := s.Needs[g.Need], s.Entries[g.Entry]
	served := g.Card
	if n != nil {
		served = n.By
	}
	v := SuggestionView{Head{"suggestion", string(g.ID)}, g.Need, g.Entry, g.Card, make([]Reason, len(g.Why)), g.Called, s.Attendees[g.Owner].owes(served) > 0}
	for i, ground := range g.Why {
		v.Why[i] = ground.reason(sought(n, e))
	}
	return v
}

// ReceivedView is an introduction as R sees it.
type ReceivedView struct {
	Head
	Step    string     `json:"step"` // offered, wanted, asking, connected, met, closed, ended or revoked
	At      At         `json:"at"`   // when it came to this step
	Need    NeedID     `json:"need"`
	From    AttendeeID `json:"from"`
	Own     bool       `json:"own,omitempty"`    // From offers themself
	Behalf  bool       `json:"behalf,omitempty"` // I offered myself to an acquaintance of From
	About   *About     `json:"about,omitempty"`
	Line    string     `json:"line,omitempty"` // what I wrote to the absent person
	Due     At         `json:"due,omitempty"`
	Contact *Contact   `json:"contact,omitempty"` // of the absent person, once connected
	GivenAt At         `json:"givenAt,omitempty"` // of the contact
	Left    bool       `json:"left,omitempty"`    // I ended it myself

	Attested *Attestation `json:"attested,omitempty"` // the contact comes from From's hand
	ReportView
}

func viewReceived(n *Introduction) ReceivedView {
	v := ReceivedView{Head: Head{"received", string(n.ID)}, Step: n.Step.String(), At: n.At, Need: n.Need, From: n.I, Own: n.Own, Behalf: n.Behalf}
	switch n.Step {
	case StepOffered, StepWanted:
		v.About, v.Line = &n.About, n.Purpose.Line
	case StepAsking:
		v.About, v.Line, v.Due = &n.About, n.Purpose.Line, n.Due
	case StepConnected, StepMet, StepClosed:
		v.About, v.Line, v.Contact, v.GivenAt = &n.About, n.Purpose.Line, &n.Contact, n.GivenAt
		v.Attested, v.ReportView = n.Attest, n.Report.view()
	case StepEnded:
		v.Left = n.LeftBy == n.R
	}
	return v
}

// ReportView is what R reports of an introduction that was connected. R and I
// see it alike.
type ReportView struct {
	MetOn   At      `json:"metOn,omitempty"`
	Outcome Outcome `json:"outcome,omitempty"` // ongoing, engaged or passed
	Thanks  string  `json:"thanks,omitempty"`  // R's, to I
	Public  bool    `json:"public,omitempty"`  // R: the thanks may stand on the screen
	Shown   bool    `json:"shown,omitempty"`   // I: they may
}

func (r Report) view() ReportView { return ReportView(r) }

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
	Step     string     `json:"step"` // offered, wanted, asking, connected, met, closed, ended or revoked
	At       At         `json:"at"`   // when it came to this step
	Need     NeedID     `json:"need"`
	Entry    EntryID    `json:"entry,omitempty"`
	To       AttendeeID `json:"to"`
	Own      bool       `json:"own,omitempty"`    // I offered myself
	Behalf   bool       `json:"behalf,omitempty"` // To offered themself to my acquaintance
	About    *About     `json:"about,omitempty"`
	Asker    *Asker     `json:"asker,omitempty"`
	Direct   bool       `json:"direct,omitempty"` // I ask by myself
	Link     string     `json:"link,omitempty"`   // secret of the link to send on
	Due      At         `json:"due,omitempty"`
	Name     string     `json:"name,omitempty"`    // of the absent person, once connected
	Contact  *Contact   `json:"contact,omitempty"` // R's, when I offered myself
	GivenAt  At         `json:"givenAt,omitempty"`
	Declined bool       `json:"declined,omitempty"` // only if the absent person allows it
	Passed   bool       `json:"passed,omitempty"`   // R left
	Left     bool       `json:"left,omitempty"`     // I left

	Attested *Attestation `json:"attested,omitempty"` // the contact comes from my hand
	ReportView
}

func viewGiven(n *Introduction) GivenView {
	v := GivenView{
		Head: Head{"given", string(n.ID)}, Step: n.Step.String(), At: n.At, Need: n.Need, Entry: n.Entry, To: n.R, Own: n.Own, Behalf: n.Behalf,
		Declined: n.Answer.Declined && n.Answer.Tell,
	}
	switch n.Step {
	case StepOffered:
		v.About = &n.About
		if n.Behalf {
			v.Asker = n.Purpose.asker()
		}
	case StepWanted:
		v.About, v.Asker = &n.About, n.Purpose.asker()
	case StepAsking:
		v.About, v.Asker, v.Direct, v.Link, v.Due = &n.About, n.Purpose.asker(), n.Direct, n.Secret, n.Due
	case StepConnected, StepMet, StepClosed:
		v.About, v.GivenAt, v.ReportView = &n.About, n.GivenAt, n.Report.view()
		if n.Attest != nil {
			v.Direct, v.Link, v.Attested = true, n.Secret, n.Attest
		}
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
