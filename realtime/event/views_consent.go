package event

// The views of the absent person. See views.go.

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

	Behalf bool       `json:"behalf,omitempty"` // the introducer looked for help for the absent person
	Need   *NeedWords `json:"need,omitempty"`   // in these words
}

func viewPage(s *State, n *Introduction) PageView {
	v := PageView{Head: Head{"page", string(n.ID)}, State: "over"}
	switch n.Step {
	case StepAsking:
		i := s.Attendees[n.I].Card
		v.State, v.Event, v.From, v.Firm, v.Photo = "open", s.Setting.Title, i.Name, i.Firm, i.Photo
		v.Asker, v.Trade, v.Due = n.Purpose.asker(), n.About.Trade, n.Due
		switch need := s.Needs[n.Need]; {
		case n.Behalf && need != nil:
			v.Behalf, v.Need = true, &need.NeedWords
		case n.Refers():
			v.Behalf, v.Need = true, &NeedWords{Who: n.About.Seeks}
		}
	case StepConnected, StepMet, StepClosed:
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
	if n.Connected() {
		v.State, v.Event, v.From = "given", s.Setting.Title, s.Attendees[n.I].Card.Name
		v.Theirs, v.Line, v.Contact, v.GivenAt = n.Purpose.contact(), n.Purpose.Line, &n.Contact, n.GivenAt
	}
	return v
}
