package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"goen/realtime"
	"goen/realtime/event"
	"goen/store"
)

// A person takes their events to another browser by a one-time link or by a
// code that is typed there (trust.md 1.4). Three claims of ten minutes stand for
// it, and none of them tells the secret or the code:
//
//	move.of.<person>   "<link>/<session>"  the person's one link, and who made it
//	move.<link>        "pp.<person>"       <link> is a hash of the secret
//	move.code.<hash>   "<link>"
//
// The first decides: a link that it does not name is dead, so a new one kills
// the old. A fourth, "used.move.<link>", belongs to the session that took it.
const (
	moveLasts = 10 * time.Minute
	usedLasts = time.Hour
)

func linkOf(secret string) string {
	sum := sha256.Sum256([]byte("goen move\n" + secret))
	return hex.EncodeToString(sum[:])
}

// moveCode is the name of a code's claim. A code has 40 bits, which a plain
// hash would not hide.
func (s *Site) moveCode(c echo.Context, code string) (string, error) {
	hash, err := s.derive(c, "move code", code)
	return "move.code." + hash, err
}

// move makes a link and a code by which this person can go on elsewhere. They
// are good once, for ten minutes, and until the next ones are made.
func (s *Site) move(c echo.Context) error {
	var body struct{}
	if err := readBody(c, &body); err != nil {
		return err
	}
	person, err := s.person(c)
	if err != nil {
		return err
	}
	if person == "" {
		return realtime.ErrNoSession
	}
	token, err := s.token(c, personCookie)
	if err != nil {
		return err
	}
	ctx, secret, until := c.Request().Context(), realtime.NewID(), s.clock().Add(moveLasts)
	link := linkOf(secret)
	for slot := link + "/" + sessionClaim(token); ; {
		holder, err := s.store.Claim(ctx, "move.of."+person, slot, until)
		if err != nil {
			return realtime.ErrUnavailable
		}
		if holder == slot {
			break
		}
		if err := s.store.Release(ctx, "move.of."+person, holder); err != nil {
			return realtime.ErrUnavailable
		}
	}
	if _, err := s.store.Claim(ctx, "move."+link, "pp."+person, until); err != nil {
		return realtime.ErrUnavailable
	}
	for {
		code := codeOf(realtime.NewID())
		if _, err := s.store.Holder(ctx, "code."+code); err == nil {
			continue // it opens a door
		} else if !isNotFound(err) {
			return realtime.ErrUnavailable
		}
		claim, err := s.moveCode(c, code)
		if err != nil {
			return err
		}
		holder, err := s.store.Claim(ctx, claim, link, until)
		if err != nil {
			return realtime.ErrUnavailable
		}
		if holder == link {
			return c.JSON(http.StatusOK, map[string]any{"secret": secret, "code": code[:4] + "-" + code[4:], "until": until.UnixMilli()})
		}
	}
}

// moving is a key of a move: the secret of the link, or the typed code.
type moving struct {
	Secret string `json:"secret,omitzero"`
	Code   string `json:"code,omitzero"`
}

// moved is what a key leads to.
type moved struct{ link, person, session string }

// resolve gives what a key leads to; store.ErrNotFound if that is nothing. Who
// signed out meanwhile takes their link with them.
func (s *Site) resolve(c echo.Context, k moving) (m moved, err error) {
	ctx := c.Request().Context()
	if m.link = linkOf(k.Secret); k.Code != "" {
		claim, err := s.moveCode(c, plainCode(k.Code))
		if err != nil {
			return m, err
		}
		if m.link, err = s.store.Holder(ctx, claim); err != nil {
			return m, err
		}
	}
	owner, err := s.store.Holder(ctx, "move."+m.link)
	if err != nil {
		return m, err
	}
	m.person = strings.TrimPrefix(owner, "pp.")
	slot, err := s.store.Holder(ctx, "move.of."+m.person)
	if err != nil {
		return m, err
	}
	link, session, _ := strings.Cut(slot, "/")
	if link != m.link {
		return m, store.ErrNotFound
	}
	m.session = session
	if holder, err := s.store.Holder(ctx, session); err != nil {
		return m, err
	} else if holder != owner {
		return m, store.ErrNotFound
	}
	return m, nil
}

// free is resolve for who wants to use a link: nobody has yet, or this session
// has. All links that lead nowhere are gone, all codes that lead nowhere are
// wrong, and wrong ones count as guesses.
func (s *Site) free(c echo.Context, k moving, session string) (moved, error) {
	if k.Code != "" {
		if err := s.mayGuess(c); err != nil {
			return moved{}, err
		}
	}
	m, err := s.resolve(c, k)
	if err == nil {
		var holder string
		holder, err = s.store.Holder(c.Request().Context(), "used.move."+m.link)
		switch {
		case isNotFound(err):
			return m, nil
		case err == nil && holder == session:
			return m, nil
		case err == nil:
			err = store.ErrNotFound
		}
	}
	switch {
	case !isNotFound(err):
		return m, unavailable(err)
	case k.Code != "":
		return m, s.wrongGuess(c)
	}
	return m, realtime.ErrLinkUsed
}

// lookMove tells what a key would open: the person's own events, and nobody's
// name. It changes nothing.
func (s *Site) lookMove(c echo.Context) error {
	var k moving
	if err := readBody(c, &k); err != nil {
		return err
	}
	if (k.Secret == "") == (k.Code == "") {
		return realtime.ErrBody
	}
	m, err := s.free(c, k, "")
	if err != nil {
		return err
	}
	type title struct {
		Title    string   `json:"title"`
		StartsAt event.At `json:"startsAt"`
		Zone     string   `json:"zone"`
	}
	all, err := s.eventsOf(m.person)
	if err != nil {
		return err
	}
	answer := struct {
		Events []title `json:"events"`
	}{[]title{}}
	for _, e := range all {
		if e.Standing != event.WasRemoved {
			answer.Events = append(answer.Events, title{e.Title, e.StartsAt, e.Zone})
		}
	}
	return c.JSON(http.StatusOK, answer)
}

// useMove signs this browser in as the person who made the link. The session is
// made of the key and of the op that this browser drew, so that it may ask again
// if the answer was lost, and nobody else can.
func (s *Site) useMove(c echo.Context) error {
	var body struct {
		moving
		Op   string `json:"op"`
		Keep bool   `json:"keep"` // the browser that made the link stays signed in
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	if _, err := checkOp(body.Op); err != nil {
		return err
	}
	if (body.Secret == "") == (body.Code == "") {
		return realtime.ErrBody
	}
	token, err := s.derive(c, "move session", body.Secret+"\n"+plainCode(body.Code)+"\n"+body.Op)
	if err != nil {
		return err
	}
	ctx, session := c.Request().Context(), sessionClaim(token)
	if _, err := s.store.Holder(ctx, session); err == nil { // asked again: the session is there already
		if m, err := s.resolve(c, body.moving); err == nil && !body.Keep {
			if err := s.endSession(c, m.session, m.person); err != nil {
				return err
			}
		}
		s.setCookie(c, personCookie, token, sessionLasts)
		return c.JSON(http.StatusOK, struct{}{})
	} else if !isNotFound(err) {
		return realtime.ErrUnavailable
	}
	m, err := s.free(c, body.moving, session)
	if err != nil {
		return err
	}
	// The first to claim the use of the link has it, also if two ask at once.
	holder, err := s.store.Claim(ctx, "used.move."+m.link, session, s.clock().Add(usedLasts))
	if err != nil {
		return realtime.ErrUnavailable
	}
	if holder != session {
		if body.Code != "" {
			return s.wrongGuess(c)
		}
		return realtime.ErrLinkUsed
	}
	was, err := s.person(c)
	if err != nil {
		return err
	}
	old, err := s.token(c, personCookie)
	if err != nil {
		return err
	}
	if err := s.signIn(c, m.person, token); err != nil {
		return err
	}
	if was != "" { // nobody can come back to what this browser was before
		if err := s.endSession(c, sessionClaim(old), was); err != nil {
			return err
		}
	}
	if !body.Keep {
		if err := s.endSession(c, m.session, m.person); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, struct{}{})
}

// endSession makes a session worth nothing and closes its sockets.
func (s *Site) endSession(c echo.Context, session, person string) error {
	if err := s.hub.Kick(session); err != nil {
		return unavailable(err)
	}
	if err := s.store.Release(c.Request().Context(), session, "pp."+person); err != nil {
		return unavailable(err)
	}
	return nil
}
