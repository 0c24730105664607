package event

// This file says whose key seals what, and which keys are forgotten when.

// Forgets names the keys and photos whose words end with a fact. Ask before
// folding it.
func Forgets(s *State, f Fact) (keys, photos []string) {
	photo := func(id AttendeeID, now string) {
		if a := s.Attendees[id]; a != nil && a.Card.Photo != "" && a.Card.Photo != now {
			photos = append(photos, a.Card.Photo)
		}
	}
	switch f := f.(type) {
	case *CardChanged:
		photo(f.ID, f.Card.Photo)
	case *AttendeeErased:
		photo(f.ID, "")
		keys = append(keys, string(f.ID))
	case *Revoked:
		keys = append(keys, AbsentWords(f.ID))
	case *PairDeclined:
		keys = append(keys, pairKeys(f.ID)...)
	case *PairLeft:
		keys = append(keys, pairKeys(f.ID)...)
	case *PairWasEnded:
		keys = append(keys, pairKeys(f.ID)...)
	case *PairWasRevoked:
		keys = append(keys, pairKeys(f.ID)...)
	}
	return keys, photos
}

// SumKey names the key under which the fingerprint of a command is made, so
// that it is forgotten with its author's words.
func SumKey(s *State, a Ask) string {
	switch a.By.Kind {
	case Person:
		// What I writes down of the absent person is the absent person's.
		if n := s.Introductions[attests(a.Do)]; n != nil && string(n.I) == a.By.ID {
			return AbsentWords(n.ID)
		}
		return a.By.ID
	case Absent:
		switch a.Do.(type) {
		case ConsentGive, ConsentCorrect:
			if n := s.byLink(a); n != nil {
				return AbsentWords(n.ID)
			}
			if p, i := s.byPairLink(a); p != nil {
				return PairWords(p.ID, i)
			}
		}
	}
	return TheEventsWords
}

// attests is which introduction a command would connect by attestation.
func attests(c Command) IntroductionID {
	switch c := c.(type) {
	case IntroductionAttest:
		return c.Introduction
	case *IntroductionAttest:
		return c.Introduction
	}
	return ""
}

// EverybodysWords names every key and photo of an event, for its shredding.
func EverybodysWords(s *State) (keys, photos []string) {
	keys = []string{TheEventsWords}
	for id, a := range s.Attendees {
		keys = append(keys, string(id))
		if a.Card.Photo != "" {
			photos = append(photos, a.Card.Photo)
		}
	}
	for id := range s.Introductions {
		keys = append(keys, AbsentWords(id))
	}
	for id := range s.Pairs {
		keys = append(keys, pairKeys(id)...)
	}
	return keys, photos
}
