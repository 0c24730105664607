package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"goen/pwa"
	"goen/realtime"
	"goen/realtime/event"
	"goen/realtime/trade"
)

// The consent page: for somebody who is not here, has no account, and came by
// a link from a person they know. Plain HTML and a plain form, no script.

//go:embed consent.html
var consentHTML string

//go:embed consent.css
var consentCSS string

var consentTemplate = template.Must(template.New("consent").Parse(consentHTML))

// consentLink is what the route says: whose page this is.
func consentLink(c echo.Context) (id, secret string, who event.Who) {
	id, secret = c.Param("event"), c.Param("secret")
	return id, secret, event.Who{Kind: event.Absent, ID: string(event.LinkOf(secret))}
}

// privateSecret is the absent person's own link after their yes. It is made of
// what only the page that they answered on knows (its op), so that the same
// answer, sent again, comes to the same page, and so that nobody who merely
// holds the shared link can find it.
func privateSecret(secret, op string) string {
	sum := sha256.Sum256([]byte("goen private\n" + secret + "\n" + op))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// page is what the template shows.
type page struct {
	T     consentText
	Lang  string
	Path  string
	Other string // the same page in the other language
	State string // open, preview, finished, given, keepsake, revoked, over, missing; of a pair duo, duo-preview, kept, trust and withdrawn too
	Op    string
	Page  event.PageView
	Keep  event.KeepsakeView
	Duo   *event.DuoView   // of a pair, instead of Page
	Trust *event.TrustView // of a pair, instead of Keep
	Their portrait         // of a pair: the other side
	Your  portrait         // of a pair: how the other side hears of this person
	Trade string
	Due   string
	Fault string // what was wrong with the form
	Field string
	Form  event.Contact // what was typed
	Tell  bool
	Block bool
	Photo string
	Saved bool // a correction was saved
	Mine  bool // it is the introducer who looks
}

func (s *Site) consentPage(c echo.Context) error {
	p, err := s.readPage(c)
	if err != nil {
		return err
	}
	if k, err := c.Cookie(s.keptCookie(c)); err == nil && p.State == "duo" {
		if op, err := checkOp(k.Value); err == nil { // this browser said yes: its page is its own
			return c.Redirect(http.StatusSeeOther, "/c/"+url.PathEscape(c.Param("event"))+"/"+string(op)+"?lang="+p.Lang)
		}
	}
	return s.showPage(c, http.StatusOK, p)
}

// keptCookie remembers a yes that waits, in the browser that said it.
func (s *Site) keptCookie(c echo.Context) string {
	_, _, who := consentLink(c)
	return "goen-yes-" + who.ID[:8]
}

// readPage looks at what this link may see.
func (s *Site) readPage(c echo.Context) (page, error) {
	id, secret, who := consentLink(c)
	lang := langOf(c)
	p := page{
		T: consentTexts[lang], Lang: lang, Path: "/c/" + url.PathEscape(id) + "/" + url.PathEscape(secret), State: "missing", Op: realtime.NewID(),
	}
	p.Other = p.Path + "?lang=" + map[string]string{"ja": "en", "en": "ja"}[lang]
	var views []any
	var zoneName string
	var introducer event.AttendeeID
	err := s.hub.Look(id, func(st *event.State) {
		views, zoneName, introducer = event.Look(st, who), st.Setting.Zone, event.IntroducerOf(st, event.LinkID(who.ID))
	})
	if err != nil && !errors.Is(err, event.ErrNotFound) {
		return p, err
	}
	for _, v := range views {
		switch v := v.(type) {
		case event.PageView:
			p.Page, p.State = v, v.State
			if v.Photo != "" {
				p.Photo = p.Path + "/photo"
			}
			if t, ok := trade.Find(trade.ID(v.Trade)); ok {
				p.Trade = map[string]string{"ja": t.Ja, "en": t.En}[lang]
			}
			p.Due = p.T.day(v.Due, zoneName)
		case event.KeepsakeView:
			p.Keep, p.State = v, v.State
			if v.State == "given" {
				p.State = "keepsake"
				if v.Contact != nil {
					p.Form = *v.Contact
				}
			}
		default:
			p.pair(v, zoneName)
		}
	}
	p.Saved = c.QueryParam("saved") != ""
	mine, err := s.isIntroducer(c, id, introducer)
	if err != nil {
		return p, err
	}
	p.Mine = mine && p.State != "missing"
	k, err := c.Cookie(s.noCookie(who))
	saidNo := err == nil && k.Value == "1"
	switch {
	case p.Mine && p.State == "open":
		p.State = "preview" // the introducer reads what they send, and cannot answer
	case p.Mine && p.State == "duo":
		p.State = "duo-preview"
	case saidNo && (p.State == "open" || p.State == "duo" || p.State == "over"):
		p.State = "finished" // this browser said no
	}
	return p, nil
}

func (s *Site) isIntroducer(c echo.Context, id string, i event.AttendeeID) (bool, error) {
	person, err := s.person(c)
	if err != nil || person == "" || i == "" {
		return false, err
	}
	who, err := s.hub.Attendee(id, person)
	return who.ID == string(i), err
}

// noCookie remembers a no in the browser that said it, and nowhere else.
func (s *Site) noCookie(who event.Who) string { return "goen-no-" + who.ID[:8] }

func (s *Site) showPage(c echo.Context, status int, p page) error {
	var b bytes.Buffer
	if err := consentTemplate.Execute(&b, p); err != nil {
		return err
	}
	if p.State == "missing" {
		status = http.StatusNotFound
	}
	c.Response().Header().Set("X-Robots-Tag", "noindex, nofollow")
	return c.HTMLBlob(status, b.Bytes())
}

// readForm reads the plain form strictly: each field once, none unknown.
func readForm(c echo.Context) (map[string]string, error) {
	kind, params, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if charset := params["charset"]; err != nil || kind != "application/x-www-form-urlencoded" || charset != "" && !strings.EqualFold(charset, "utf-8") ||
		c.Request().Header.Get("Content-Encoding") != "" {
		return nil, realtime.ErrBodyType
	}
	b, err := readAll(c, bodyLimit)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(b))
	if err != nil || !utf8.Valid(b) {
		return nil, realtime.ErrBody
	}
	form := map[string]string{}
	for name, v := range values {
		switch name {
		case "op", "do", "name", "kana", "firm", "mail", "phone", "tell", "block":
		default:
			return nil, realtime.ErrBody
		}
		if len(v) != 1 || !utf8.ValidString(v[0]) {
			return nil, realtime.ErrBody
		}
		form[name] = v[0]
	}
	return form, nil
}

func (s *Site) consentAnswer(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	p, err := s.readPage(c)
	if err != nil {
		return err
	}
	if p.State == "missing" {
		return s.showPage(c, http.StatusNotFound, p)
	}
	op, err := checkOp(form["op"])
	if err != nil {
		return err
	}
	id, secret, who := consentLink(c)
	if p.Mine {
		return s.showPage(c, http.StatusForbidden, p)
	}
	p.Form = event.Contact{Name: form["name"], Kana: form["kana"], Firm: form["firm"], Mail: form["mail"], Phone: form["phone"]}
	p.Tell, p.Block = form["tell"] == "on", form["block"] == "on"
	p.Op = form["op"]
	var command event.Command
	next := p.Path + "?lang=" + p.Lang
	switch form["do"] {
	case "give":
		private := privateSecret(secret, form["op"])
		command = event.ConsentGive{Contact: p.Form, Private: event.LinkOf(private), Lang: p.Lang}
		next = "/c/" + url.PathEscape(id) + "/" + private + "?lang=" + p.Lang
	case "correct":
		command = event.ConsentCorrect{Contact: p.Form}
		next += "&saved=1"
	case "decline":
		command = event.ConsentDecline{Tell: p.Tell, Block: p.Block}
	case "revoke":
		command = event.ConsentRevoke{}
	default:
		return realtime.ErrBody
	}
	err = s.hub.Do(id, who, op, command)
	var refused event.Refusal
	switch {
	case errors.As(err, &refused) && refused.Kind == event.Invalid:
		p.Fault, p.Field = p.T.fault(refused), refused.Field
		return s.showPage(c, http.StatusUnprocessableEntity, p)
	case errors.Is(err, event.ErrLinkOver), errors.Is(err, event.ErrOpReused):
		if p, err = s.readPage(c); err != nil { // it ended meanwhile: nothing was kept
			return err
		}
		if p.State == "open" || p.State == "duo" {
			p.State = "over"
		}
		return s.showPage(c, http.StatusConflict, p)
	case err != nil:
		return err
	}
	if form["do"] == "give" && p.Duo != nil {
		c.SetCookie(&http.Cookie{
			Name: s.keptCookie(c), Value: privateSecret(secret, form["op"]), Path: "/c/", MaxAge: int((15 * 24 * time.Hour).Seconds()), HttpOnly: true,
			Secure: s.tls(), SameSite: http.SameSiteLaxMode,
		})
	}
	if form["do"] == "decline" {
		c.SetCookie(&http.Cookie{
			Name: s.noCookie(who), Value: "1", Path: "/c/", MaxAge: int((15 * 24 * time.Hour).Seconds()), HttpOnly: true,
			Secure: s.tls(), SameSite: http.SameSiteLaxMode,
		})
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// consentPhoto is the introducer's face, while the page is open; of a pair also
// the other go-between's.
func (s *Site) consentPhoto(c echo.Context) error {
	p, err := s.readPage(c)
	if err != nil {
		return err
	}
	photo := p.Page.Photo
	switch {
	case p.Duo == nil:
	case c.QueryParam("of") == "with":
		photo = p.Duo.WithPhoto
	default:
		photo = p.Duo.Photo
	}
	if photo == "" {
		return event.ErrNotFound
	}
	return s.sendPhoto(c, c.Param("event"), photo, func(*event.State, event.AttendeeID) bool { return true })
}

func (s *Site) consentStyle(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", []byte(pwa.Tokens+consentCSS))
}
