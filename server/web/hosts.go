package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

const (
	hostLinkLasts = time.Hour
	pairingLasts  = 5 * time.Minute
	screenAfter   = 12 * time.Hour       // after the end of the event
	screenLasts   = 800 * 24 * time.Hour // of the cookie; the claim ends before
)

func hostClaim(secret string) string {
	sum := sha256.Sum256([]byte("goen host\n" + secret))
	return "host." + hex.EncodeToString(sum[:])
}

// HostLink makes a one-time link by which whoever opens it first becomes a
// host of this installation. It is good for an hour.
func HostLink(ctx context.Context, s store.Store, origin string, now time.Time) (string, error) {
	secret := realtime.NewID()
	if _, err := s.Claim(ctx, hostClaim(secret), "open", now.Add(hostLinkLasts)); err != nil {
		return "", err
	}
	return origin + "/host#" + secret, nil
}

// becomeHost takes a one-time link. Person and session are made of the link and
// of the op that this browser drew, so that it may ask again if the answer was
// lost, and nobody else can.
func (s *Site) becomeHost(c echo.Context) error {
	var body struct {
		Op     string `json:"op"`
		Secret string `json:"secret"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	if _, err := checkOp(body.Op); err != nil {
		return err
	}
	token, err := s.derive(c, "host session", body.Secret+"\n"+body.Op)
	if err != nil {
		return err
	}
	ctx, claim := c.Request().Context(), hostClaim(body.Secret)
	holder, err := s.store.Holder(ctx, sessionClaim(token))
	if err == nil { // asked again: the session is there already
		s.setCookie(c, personCookie, token, sessionLasts)
		return s.addHost(c, strings.TrimPrefix(holder, "pp."))
	}
	if !isNotFound(err) {
		return realtime.ErrUnavailable
	}
	if holder, err := s.store.Holder(ctx, claim); isNotFound(err) {
		return realtime.ErrLinkUsed
	} else if err != nil || holder != "open" {
		return realtime.ErrUnavailable
	}
	person, err := s.person(c)
	if err != nil {
		return err
	}
	if person == "" {
		if person, err = s.derive(c, "host person", body.Secret+"\n"+body.Op); err != nil {
			return err
		}
		person = person[:22]
	}
	// The first to claim the use of the link has it, also if two ask at once.
	holder, err = s.store.Claim(ctx, "used."+claim, sessionClaim(token), s.clock().Add(2*hostLinkLasts))
	if err != nil {
		return unavailable(err)
	}
	if holder != sessionClaim(token) {
		return realtime.ErrLinkUsed
	}
	old, err := s.token(c, personCookie)
	if err != nil {
		return err
	}
	if err := s.signIn(c, person, token); err != nil {
		return err
	}
	// More rights, a new session: the old one is worth nothing any more.
	if old != "" && s.hub.Kick(sessionClaim(old)) != nil {
		return realtime.ErrUnavailable
	}
	if err := s.store.Release(ctx, sessionClaim(old), "pp."+person); err != nil {
		return unavailable(err)
	}
	return s.addHost(c, person)
}

func (s *Site) addHost(c echo.Context, person string) error {
	if err := s.hub.Directory.AddHost(person); err != nil {
		return unavailable(err)
	}
	return c.JSON(http.StatusOK, struct{}{})
}

// makeEvent opens an event. Everything random in it is made of the op, so that
// the same request, sent again, comes to the same event.
func (s *Site) makeEvent(c echo.Context) error {
	var body struct {
		Op       string     `json:"op"`
		Title    string     `json:"title"`
		Place    string     `json:"place,omitzero"`
		Note     string     `json:"note,omitzero"`
		StartsAt event.At   `json:"startsAt"`
		EndsAt   event.At   `json:"endsAt"`
		Zone     string     `json:"zone"`
		Days     int        `json:"days"`
		Doors    string     `json:"doors"`
		Card     event.Card `json:"card"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	op, err := checkOp(body.Op)
	if err != nil {
		return err
	}
	person, err := s.person(c)
	if err != nil {
		return err
	}
	if person == "" {
		return realtime.ErrNoSession
	}
	if !s.hub.Directory.MayHost(person) {
		return event.ErrForbidden
	}
	if _, err := time.LoadLocation(body.Zone); err != nil || body.Zone == "" || body.Zone == "Local" {
		return event.Refusal{Code: event.ErrChoice.Code, Kind: event.Invalid, Field: "zone"}
	}
	id, err := s.derive(c, "event", person+"\n"+body.Op)
	if err != nil {
		return err
	}
	id = id[:22]
	who, err := s.hub.Attendee(id, person)
	if err != nil {
		return err
	}
	open := event.EventOpen{
		Setting: event.Setting{
			Title: body.Title, Place: body.Place, Note: body.Note, StartsAt: body.StartsAt, EndsAt: body.EndsAt, Zone: body.Zone, Days: body.Days,
		},
		Doors: event.Doors(body.Doors), Card: body.Card,
	}
	// The words are looked at before anything is kept of an event.
	if err := event.Check(open, event.At(s.clock().UnixMilli())); err != nil {
		return err
	}
	if open.Code, err = s.claimCode(c, id, body.Op, time.UnixMilli(int64(body.EndsAt)).Add(48*time.Hour)); err != nil {
		return err
	}
	if err := s.hub.Directory.AddEvent(id, person); err != nil {
		return unavailable(err)
	}
	if err := s.hub.Enter(person, id); err != nil {
		return unavailable(err)
	}
	if err := s.hub.Do(id, who, op, open); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"event": id})
}

// claimCode finds a free door code for an event.
func (s *Site) claimCode(c echo.Context, id, op string, until time.Time) (string, error) {
	for try := range 100 {
		seed, err := s.derive(c, "code", fmt.Sprintf("%s\n%s\n%d", id, op, try))
		if err != nil {
			return "", err
		}
		code := codeOf(seed[:22])
		holder, err := s.store.Claim(c.Request().Context(), "code."+code, id, until)
		if err != nil {
			return "", unavailable(err)
		}
		if holder == id {
			return code, nil
		}
	}
	return "", realtime.ErrUnavailable
}

// renewCode makes the old code and QR worthless.
func (s *Site) renewCode(c echo.Context) error {
	op, err := readOp(c)
	if err != nil {
		return err
	}
	id, who, err := s.hostHere(c)
	if err != nil {
		return err
	}
	var ends event.At
	old := ""
	if err := s.hub.Look(id, func(st *event.State) { ends, old = st.Setting.EndsAt, st.Code }); err != nil {
		return err
	}
	code, err := s.claimCode(c, id, string(op), latest(time.UnixMilli(int64(ends)), s.clock()).Add(48*time.Hour))
	if err != nil {
		return err
	}
	if err := s.hub.Do(id, who, op, event.DoorsRenew{Code: code}); err != nil {
		return err
	}
	if old != code {
		_ = s.store.Release(c.Request().Context(), "code."+old, id) // it fits no longer anyway
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// hostHere is who, if they are a host of this event.
func (s *Site) hostHere(c echo.Context) (id string, who event.Who, err error) {
	id, who, err = s.who(c)
	if err != nil {
		return "", who, err
	}
	host, inside := false, false
	err = s.hub.Look(id, func(st *event.State) {
		a := st.Attendees[event.AttendeeID(who.ID)]
		inside = a != nil
		host = inside && a.Host && a.Standing == event.Present
	})
	switch {
	case err != nil:
		return "", who, err
	case !inside:
		return "", who, event.ErrNotFound
	case !host:
		return "", who, event.ErrForbidden
	}
	return id, who, nil
}

// beginScreen gives a browser a cookie that is worth nothing yet, and a code
// that a host types to make it the screen of an event.
func (s *Site) beginScreen(c echo.Context) error {
	var body struct{}
	if err := readBody(c, &body); err != nil {
		return err
	}
	token := realtime.NewID() + realtime.NewID()
	until := s.clock().Add(pairingLasts)
	for {
		code := codeOf(realtime.NewID())
		holder, err := s.store.Claim(c.Request().Context(), "pair."+code, sessionClaim(token), until)
		if err != nil {
			return unavailable(err)
		}
		if holder == sessionClaim(token) {
			s.setCookie(c, screenCookie, token, screenLasts)
			return c.JSON(http.StatusOK, map[string]any{"code": code[:4] + "-" + code[4:], "until": until.UnixMilli()})
		}
	}
}

// approveScreen makes the browser that shows the code the event's screen. The
// code is spent by it.
func (s *Site) approveScreen(c echo.Context) error {
	var body struct {
		Code string `json:"code"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	id, _, err := s.hostHere(c)
	if err != nil {
		return err
	}
	if err := s.mayGuess(c); err != nil {
		return err
	}
	ctx, code := c.Request().Context(), plainCode(body.Code)
	if !codeForm.MatchString(code) {
		return s.wrongGuess(c)
	}
	claim, err := s.store.Holder(ctx, "pair."+code)
	if isNotFound(err) {
		return s.wrongGuess(c)
	}
	if err != nil {
		return realtime.ErrUnavailable
	}
	var ends event.At
	if err := s.hub.Look(id, func(st *event.State) { ends = st.Setting.EndsAt }); err != nil {
		return err
	}
	// The code goes by itself in a few minutes; until then it is known as spent.
	if _, err := s.store.Holder(ctx, claim); err == nil {
		return realtime.ErrCodeUsed
	} else if !isNotFound(err) {
		return realtime.ErrUnavailable
	}
	until := latest(time.UnixMilli(int64(ends)), s.clock()).Add(screenAfter)
	if holder, err := s.store.Claim(ctx, claim, "sc."+id, until); err != nil {
		return unavailable(err)
	} else if holder != "sc."+id {
		return realtime.ErrCodeUsed // another host was quicker
	}
	return c.JSON(http.StatusOK, struct{}{})
}
