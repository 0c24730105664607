package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime/event"
	"goen/realtime/trade"
	"goen/server/cards"
)

// contact is a row with the id of the view that it was made of.
type contact struct {
	id string
	cards.Contact
}

// contacts are what somebody may take home: introductions by their time, then
// the room by reading. They are made of the views that
// this person sees and of nothing else, so there is no rule here.
func contacts(views []any, me, lang string) []contact {
	people := map[event.AttendeeID]event.PersonView{}
	var evening event.EventView
	for _, v := range views {
		switch v := v.(type) {
		case event.PersonView:
			people[event.AttendeeID(v.ID)] = v
		case event.EventView:
			evening = v
		}
	}
	zone, err := time.LoadLocation(evening.Zone)
	if err != nil {
		zone = time.UTC
	}
	day := func(at event.At) time.Time { return time.UnixMilli(int64(at)).In(zone) }
	met := strings.TrimSpace(evening.Title + " " + day(evening.StartsAt).Format(time.DateOnly))
	tradeName := func(id string) string {
		t, ok := trade.Find(trade.ID(id))
		if !ok {
			return ""
		}
		if lang == "en" {
			return t.En
		}
		return t.Ja
	}
	given := func(id string, c event.Contact, at event.At, by, tradeID string) contact {
		return contact{id, cards.Contact{
			Name: c.Name, Kana: c.Kana, Firm: c.Firm, Mail: c.Mail, Phone: c.Phone, Trade: tradeName(tradeID), Met: met,
			Introducer: by, At: day(at), UID: "goen-" + id,
		}}
	}
	var introduced, faces []contact
	for _, v := range views {
		switch v := v.(type) {
		case event.ReceivedView:
			if v.Contact == nil {
				continue
			}
			kind := ""
			if v.About != nil {
				kind = v.About.Trade
			}
			row := given(v.ID, *v.Contact, v.GivenAt, people[v.From].Name, kind)
			if v.Own {
				row.Introducer = "" // they introduced themselves
				row.with(people[v.From])
			}
			introduced = append(introduced, row)
		case event.GivenView:
			if v.Contact == nil {
				continue
			}
			row := given(v.ID, *v.Contact, v.GivenAt, "", people[v.To].Trade)
			row.with(people[v.To])
			introduced = append(introduced, row)
		case event.PersonView:
			if v.ID == me {
				continue
			}
			row := contact{v.ID, cards.Contact{
				Name: v.Name, Kana: v.Kana, Firm: v.Firm, Trade: tradeName(v.Trade), Mail: v.Mail, Phone: v.Phone, Card: true,
				Met: met, At: day(evening.StartsAt), UID: "goen-" + v.ID,
			}}
			row.with(v)
			faces = append(faces, row)
		}
	}
	slices.SortFunc(introduced, func(a, b contact) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.id, b.id)) })
	slices.SortFunc(faces, func(a, b contact) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.Kana, a.Name), cmp.Or(b.Kana, b.Name)), cmp.Compare(a.id, b.id))
	})
	return append(introduced, faces...)
}

// with adds what stands on a face card.
func (c *contact) with(p event.PersonView) {
	c.Line, c.Homepage, c.NewsOK = p.Line, p.Homepage, p.NewsOK
}

func langOf(c echo.Context) string {
	switch c.QueryParam("lang") {
	case "en":
		return "en"
	case "ja":
		return "ja"
	}
	if strings.HasPrefix(strings.ToLower(c.Request().Header.Get("Accept-Language")), "en") {
		return "en"
	}
	return "ja"
}

func (s *Site) myContacts(c echo.Context) (rows []contact, title string, err error) {
	id, who, err := s.who(c)
	if err != nil {
		return nil, "", err
	}
	var views []any
	err = s.inside(id, who, func(st *event.State) { views, title = event.Look(st, who), st.Setting.Title })
	return contacts(views, who.ID, langOf(c)), title, err
}

func (s *Site) send(c echo.Context, kind, name, ext string, write func(*bytes.Buffer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("web: export: %w", err)
	}
	c.Response().Header().Set("Content-Disposition", cards.Disposition(name, ext))
	return c.Blob(http.StatusOK, kind, b.Bytes())
}

func plainRows(rows []contact) []cards.Contact {
	out := make([]cards.Contact, len(rows))
	for i, r := range rows {
		out[i] = r.Contact
	}
	return out
}

func (s *Site) contactsCSV(c echo.Context) error {
	rows, title, err := s.myContacts(c)
	if err != nil {
		return err
	}
	return s.send(c, "text/csv; charset=utf-8", title, "csv", func(b *bytes.Buffer) error { return cards.CSV(b, langOf(c), plainRows(rows)) })
}

func (s *Site) contactsVCard(c echo.Context) error {
	rows, title, err := s.myContacts(c)
	if err != nil {
		return err
	}
	return s.send(c, "text/vcard; charset=utf-8", title, "vcf", func(b *bytes.Buffer) error { return cards.VCard(b, langOf(c), plainRows(rows)...) })
}

// contactVCard gives one contact, which phones open as a contact sheet.
func (s *Site) contactVCard(c echo.Context) error {
	id, ok := strings.CutSuffix(c.Param("file"), ".vcf")
	if !ok {
		return event.ErrNotFound
	}
	rows, _, err := s.myContacts(c)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.id == id {
			return s.send(c, "text/vcard; charset=utf-8", row.Name, "vcf", func(b *bytes.Buffer) error { return cards.VCard(b, langOf(c), row.Contact) })
		}
	}
	return s.whyNot(c, id)
}

// whyNot tells what was taken back from what never was; both only to who sees
// that there was something.
func (s *Site) whyNot(c echo.Context, id string) error {
	evening, who, err := s.who(c)
	if err != nil {
		return err
	}
	var refused error = event.ErrNotFound
	err = s.inside(evening, who, func(st *event.State) {
		for _, v := range event.Look(st, who) {
			if r, ok := v.(event.ReceivedView); ok && r.ID == id && r.Step == event.StepRevoked.String() {
				refused = event.ErrLinkOver
			}
		}
	})
	if err != nil {
		return err
	}
	return refused
}
