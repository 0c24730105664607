package event

import (
	"regexp"

	"goen/realtime/trade"
	"golang.org/x/text/unicode/norm"
)

// Card is what an attendee shows of themselves: name and trade, and whatever
// else they like. Mail and phone are shown to nobody but the desk (mail, for
// the operation of the evening) unless ToRoom is ticked or they are given in
// an introduction.
type Card struct {
	Name     string   `json:"name"`     // 1-40 characters; an alias is allowed
	Kana     string   `json:"kana"`     // 0-40, katakana
	Firm     string   `json:"firm"`     // 0-60
	Trade    string   `json:"trade"`    // an id of realtime/trade
	Line     string   `json:"line"`     // 0-80, 「〜といえば私」
	Topics   []string `json:"topics"`   // at most 2 of 1-20
	Homepage string   `json:"homepage"` // an http(s) URL
	Mail     string   `json:"mail"`
	Phone    string   `json:"phone"`
	Offers   string   `json:"offers"` // 0-80, what I can do for somebody
	Seeks    string   `json:"seeks"`  // 0-80, what I am looking for
	Photo    string   `json:"photo"`  // name of a picture that this person uploaded, or empty
	// Consents, each asked on its own, empty by default.
	ToRoom   bool `json:"toRoom"`   // everybody inside may see mail and phone
	OnScreen bool `json:"onScreen"` // the name may stand on the screen
	NewsOK   bool `json:"newsOK"`   // 案内メール may come
}

var photoName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// check puts the card into the form in which it is kept.
func (c *Card) check() error {
	if err := checkAll(
		text{field: "name", max: 40, must: true, oneScript: true}.check(&c.Name),
		checkKana("kana", &c.Kana),
		text{field: "firm", max: 60, oneScript: true}.check(&c.Firm),
		text{field: "line", max: 80}.check(&c.Line),
		checkHomepage("homepage", &c.Homepage),
		checkMail("mail", &c.Mail),
		checkPhone("phone", &c.Phone),
		text{field: "offers", max: 80}.check(&c.Offers),
		text{field: "seeks", max: 80}.check(&c.Seeks),
	); err != nil {
		return err
	}
	if _, ok := trade.Find(trade.ID(c.Trade)); !ok {
		return ErrTrade.in("trade")
	}
	if len(c.Topics) > 2 {
		return ErrTextTooLong.in("topics").max(2)
	}
	topics := make([]string, len(c.Topics)) // not the caller's
	for i, topic := range c.Topics {
		if err := (text{field: "topics", max: 20, must: true}).check(&topic); err != nil {
			return err
		}
		topics[i] = topic
	}
	c.Topics = topics
	if len(topics) == 2 && norm.NFKC.String(topics[0]) == norm.NFKC.String(topics[1]) {
		return ErrTopicsSame.in("topics")
	}
	if c.Photo != "" && !photoName.MatchString(c.Photo) {
		return ErrPhoto.in("photo")
	}
	return nil
}

// CardChange replaces the author's card as a whole.
type CardChange struct {
	Card Card `json:"card"`
}

func (CardChange) name() string { return "card.change" }
func (CardChange) names() []Ref { return nil }
func (c CardChange) decide(s *State, a Ask) ([]Fact, error) {
	if err := c.Card.check(); err != nil {
		return nil, err
	}
	id := AttendeeID(a.By.ID)
	if c.Card.Photo != "" && c.Card.Photo != s.Attendees[id].Card.Photo {
		return nil, ErrPhoto.in("photo") // a new picture comes by upload only (PhotoSet)
	}
	return []Fact{&CardChanged{ID: id, Card: c.Card}}, nil
}

// PhotoSet puts an uploaded picture on the author's card. The server makes it
// once the picture is stored.
type PhotoSet struct{ Photo string }

func (PhotoSet) name() string { return "card.change" }
func (PhotoSet) names() []Ref { return nil }
func (c PhotoSet) decide(s *State, a Ask) ([]Fact, error) {
	card := s.Attendees[AttendeeID(a.By.ID)].Card
	card.Photo = c.Photo
	return []Fact{&CardChanged{ID: AttendeeID(a.By.ID), Card: card}}, nil
}

// CardChanged holds the whole new card.
type CardChanged struct {
	ID   AttendeeID
	Card Card `json:"-"`
}

func (*CardChanged) name() string    { return "card.changed" }
func (f *CardChanged) whose() string { return string(f.ID) }
func (f *CardChanged) words() any    { return &f.Card }
func (f *CardChanged) fold(s *State, _ At) []Ref {
	a := s.Attendees[f.ID]
	if a == nil {
		return nil
	}
	refs := s.spread([]Ref{f.ID.Ref()})
	if f.Card.Trade != a.Card.Trade || f.Card.Offers != a.Card.Offers { // what was suggested for it is over
		s.forgetOpen(a.Cited)
		a.Wrong = nil
	}
	s.with(a, func() { a.Card = f.Card })
	return refs
}

// PhotoOf is whose picture this is; empty if it is nobody's any more.
func PhotoOf(s *State, photo string) AttendeeID {
	for id, a := range s.Attendees {
		if a.Card.Photo == photo && photo != "" {
			return id
		}
	}
	return ""
}
