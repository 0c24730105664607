package web

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
)

// The door code is 8 of 32 symbols, 40 bits, without those that look alike.
const codeSymbols = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

var codeForm = regexp.MustCompile(`^[2-9A-HJ-NP-Z]{8}$`)

// plainCode takes what people type: any case, any width, with or without dash.
func plainCode(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E { // full width
			r -= 0xFEE0
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if strings.ContainsRune(" -ー－–—　", r) {
			return -1
		}
		return r
	}, s)
}

func codeOf(secret string) string {
	b, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil || len(b) < 8 {
		return ""
	}
	code := make([]byte, 8)
	for i := range code {
		code[i] = codeSymbols[b[i]%32]
	}
	return string(code)
}

// key is a key of the door: the QR's event and secret, or the typed code.
type key struct {
	Event  string `json:"event,omitzero"`
	Secret string `json:"secret,omitzero"`
	Code   string `json:"code,omitzero"`
}

// open finds the event whose lobby a key opens. All wrong keys, whatever is
// wrong with them, get the same answer.
func (s *Site) open(c echo.Context, k key) (string, error) {
	code := plainCode(k.Code)
	if k.Code != "" {
		if err := s.mayGuess(c); err != nil {
			return "", err
		}
		k.Event = ""
		if codeForm.MatchString(code) {
			holder, err := s.store.Holder(c.Request().Context(), "code."+code)
			if err != nil && !isNotFound(err) {
				return "", realtime.ErrUnavailable
			}
			k.Event = holder
		}
		if k.Event == "" {
			if _, err := s.free(c, moving{Code: k.Code}, ""); err != nil {
				return "", err
			}
			return "", realtime.ErrMoveCode
		}
	}
	fits := false
	err := s.hub.Look(k.Event, func(st *event.State) {
		if k.Code != "" {
			fits = st.Code == code
		} else {
			fits = st.Secret != "" && subtle.ConstantTimeCompare([]byte(st.Secret), []byte(k.Secret)) == 1
		}
		fits = fits && st.Status == event.Open
	})
	if errors.Is(err, event.ErrNotFound) {
		fits, err = false, nil
	}
	if err != nil {
		return "", err
	}
	if !fits {
		if k.Code != "" { // a QR has 128 bits: nobody guesses them, and an old one shuts no door to typing
			return "", s.wrongGuess(c)
		}
		return "", realtime.ErrCode
	}
	return k.Event, nil
}

// lobby is what everybody with a key of the door may know.
func (s *Site) lobby(c echo.Context) error {
	var k key
	if err := readBody(c, &k); err != nil {
		return err
	}
	id, err := s.open(c, k)
	if err != nil {
		return err
	}
	var me event.AttendeeID
	if person, err := s.person(c); err != nil {
		return err
	} else if person != "" {
		who, err := s.hub.Attendee(id, person)
		if err != nil {
			return err
		}
		me = event.AttendeeID(who.ID)
	}
	var seen event.LobbyView
	if err := s.hub.Look(id, func(st *event.State) { seen = event.Lobby(st, me) }); err != nil {
		return err
	}
	seen.Event = id
	return c.JSON(http.StatusOK, seen)
}

// join lets somebody in, or into the lobby, and signs their browser in.
func (s *Site) join(c echo.Context) error {
	var body struct {
		key
		Op    string     `json:"op"`
		Card  event.Card `json:"card"`
		Terms string     `json:"terms"`

		Embeds string `json:"embeds,omitzero"` // as it was read, see LobbyView
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	op, err := checkOp(body.Op)
	if err != nil {
		return err
	}
	id, err := s.open(c, body.key)
	if err != nil {
		return err
	}
	person, err := s.person(c)
	if err != nil {
		return err
	}
	token := ""
	if person == "" {
		if person, err = s.derive(c, "person", body.Op); err != nil {
			return err
		}
		person = person[:22]
		if token, err = s.derive(c, "session", body.Op); err != nil {
			return err
		}
	}
	who, err := s.hub.Attendee(id, person)
	if err != nil {
		return err
	}
	if len(body.Terms) > 40 || len(body.Embeds) > 300 {
		return event.ErrTerms
	}
	join := event.AttendeeJoin{Card: body.Card, Terms: body.Terms, Embeds: body.Embeds}
	// Whoever would be refused leaves nothing behind, not even a note.
	var refused error
	err = s.hub.Look(id, func(st *event.State) {
		if st.Attendees[event.AttendeeID(who.ID)] == nil {
			_, refused = event.Decide(st, event.Ask{By: who, Op: op, Do: join, Now: event.At(s.clock().UnixMilli())})
		}
	})
	if err := errors.Join(err, refused); err != nil {
		return err
	}
	if err := s.hub.Enter(person, id); err != nil {
		return unavailable(err)
	}
	if err := s.hub.Do(id, who, op, join); err != nil {
		return err
	}
	if token != "" {
		if err := s.signIn(c, person, token); err != nil {
			return err
		}
	}
	standing := event.Standing("")
	err = s.hub.Look(id, func(st *event.State) {
		if a := st.Attendees[event.AttendeeID(who.ID)]; a != nil {
			standing = a.Standing
		}
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"event": id, "standing": standing})
}

type myEvent struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Place    string         `json:"place"`
	StartsAt event.At       `json:"startsAt"`
	EndsAt   event.At       `json:"endsAt"`
	Zone     string         `json:"zone"`
	Status   event.Status   `json:"status"`
	Standing event.Standing `json:"standing"`
	Host     bool           `json:"host"`
}

// me tells a browser who it is and which evenings are its own.
func (s *Site) me(c echo.Context) error {
	answer := struct {
		Host   bool      `json:"host"`
		Events []myEvent `json:"events"`
		Screen string    `json:"screen,omitempty"`
		Build  string    `json:"build"`
		Demo   bool      `json:"demo,omitempty"`
	}{Events: []myEvent{}, Build: s.app.build, Demo: s.demo != nil}
	person, err := s.person(c)
	if err != nil {
		return err
	}
	if answer.Screen, err = s.screen(c); err != nil {
		return err
	}
	if person != "" {
		answer.Host = s.hub.Directory.MayHost(person)
		if answer.Events, err = s.eventsOf(person); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, answer)
}

// eventsOf lists the events of a person, but for those whose data they erased.
func (s *Site) eventsOf(person string) ([]myEvent, error) {
	events := []myEvent{}
	entered, err := s.hub.Entered(person)
	if err != nil {
		return nil, realtime.ErrUnavailable
	}
	for _, id := range entered {
		who, err := s.hub.Attendee(id, person)
		if err != nil {
			return nil, err
		}
		err = s.hub.Look(id, func(st *event.State) {
			if a := st.Attendees[event.AttendeeID(who.ID)]; a != nil && a.Standing != event.WasErased {
				t := st.Setting
				events = append(events, myEvent{id, t.Title, t.Place, t.StartsAt, t.EndsAt, t.Zone, st.Status, a.Standing, a.Host})
			}
		})
		if err != nil && !errors.Is(err, event.ErrNotFound) {
			// One event that cannot be read must not hide the others.
			s.log.Error("my events", "event", id, "err", err)
		}
	}
	return events, nil
}

// erase is 自分のデータを消す for those whom no socket serves any more: who was
// removed has data here too.
func (s *Site) erase(c echo.Context) error {
	op, err := readOp(c)
	if err != nil {
		return err
	}
	id, who, err := s.who(c)
	if err != nil {
		return err
	}
	known := false
	if err := s.hub.Look(id, func(st *event.State) { known = st.Attendees[event.AttendeeID(who.ID)] != nil }); err != nil {
		return err
	}
	if !known {
		return event.ErrNotFound
	}
	if err := s.hub.Do(id, who, op, event.AttendeeErase{}); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}
