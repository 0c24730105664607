package event

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"goen/realtime/trade"
	"golang.org/x/text/unicode/norm"
)

// text is one field of somebody's words. Lengths are in Unicode code points of
// the text in normal form C, which is what is kept.
type text struct {
	field string
	max   int
	must  bool // may not be empty
	lines bool // may hold line breaks
	// The stricter rules, for words about people who are not here.
	noContact bool // no phone number, mail address or URL in any width
	noName    bool // no surname before 様, さん, 社長 ...
	oneScript bool // no Latin word with Cyrillic or Greek letters in it (a false "Host")
}

// check gives the text as it is kept, or why it may not be so.
func (t text) check(s *string) error {
	if !utf8.ValidString(*s) {
		return ErrTextInvalid.in(t.field)
	}
	v := strings.TrimSpace(norm.NFC.String(*s))
	if t.must && !strings.ContainsFunc(v, unicode.IsGraphic) { // zero-width characters are no name
		return ErrTextEmpty.in(t.field)
	}
	if utf8.RuneCountInString(v) > t.max {
		return ErrTextTooLong.in(t.field).max(t.max)
	}
	if !plain(v, t.lines) {
		return ErrTextInvalid.in(t.field)
	}
	if t.oneScript && mixed(v) {
		return ErrTextMixed.in(t.field)
	}
	if t.noContact && contactLike(v) {
		return ErrTextContact.in(t.field)
	}
	if t.noName && trade.NameLike(norm.NFKC.String(v)) {
		return ErrTextName.in(t.field)
	}
	*s = v
	return nil
}

func checkAll(checks ...error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}

// plain: no control or unassigned characters, nothing that turns the reading
// direction without turning it back, no invisible tags (Unicode TR 36, 39).
func plain(s string, lines bool) bool {
	isolates, embeds := 0, 0
	for _, r := range s {
		switch {
		case r == '\n' && lines:
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\uFEFF', r == utf8.RuneError:
			return false
		case r >= 0xE0000 && r <= 0xE0FFF, r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF, unicode.Is(unicode.Co, r):
			return false
		case r >= 0x2066 && r <= 0x2068:
			isolates++
		case r == 0x2069:
			isolates--
		case r == 0x202A, r == 0x202B, r == 0x202D, r == 0x202E:
			embeds++
		case r == 0x202C:
			embeds--
		}
		if isolates < 0 || embeds < 0 {
			return false
		}
	}
	return isolates == 0 && embeds == 0
}

// mixed finds a word in which Latin letters stand beside Cyrillic or Greek
// ones, as in a false name of the host (Unicode TR 39, 5.1).
func mixed(s string) bool {
	latin, other := false, false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.Is(unicode.Cyrillic, r), unicode.Is(unicode.Greek, r), unicode.Is(unicode.Armenian, r):
			other = true
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			latin, other = false, false
		}
		if latin && other {
			return true
		}
	}
	return false
}

var (
	mailLike = regexp.MustCompile(`[^\s@]+@[^\s@]+\.[^\s@]+`)
	urlLike  = regexp.MustCompile(`(?i)(https?:|www\.|line\.me|lin\.ee|\b[a-z0-9-]+\.(com|net|org|jp|info|biz|io|me|co|shop|site|xyz)\b)`)
	// Seven digits or more, however they are held together. A year, a price
	// in yen with commas or a number of employees is shorter.
	phoneLike   = regexp.MustCompile(`\+?\d[\d\-ー－–—‐‑−ｰ()（）\s./・]{5,}\d`)
	addressLike = regexp.MustCompile(`[\d一二三四五六七八九十]丁目|\d+番地|\d+番\d+号|\d+-\d+-\d+|〒\s*\d{3}`)
	dateLike    = regexp.MustCompile(`\b(19|20)\d\d[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12]\d|3[01])\b`) // by when
	digit       = regexp.MustCompile(`\d`)
	dashes      = strings.NewReplacer("ー", "-", "－", "-", "–", "-", "—", "-", "‐", "-", "‑", "-", "−", "-", "ｰ", "-", "〇", "0", "○", "0")
)

// contactLike finds what looks like a phone number, mail, URL or street
// address, in any width.
func contactLike(s string) bool {
	v := norm.NFKC.String(s)
	v = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.M) { // zero-width characters and keycaps hide a number
			return -1
		}
		return r
	}, v)
	if mailLike.MatchString(v) || urlLike.MatchString(v) {
		return true
	}
	v = dateLike.ReplaceAllString(dashes.Replace(v), "年月日")
	if addressLike.MatchString(v) {
		return true
	}
	for _, m := range phoneLike.FindAllString(v, -1) {
		if len(digit.FindAllString(m, -1)) >= 7 {
			return true
		}
	}
	return false
}

// checkMail accepts one address as the web form does: RFC 5322 addr-spec
// without comments or quoted parts.
func checkMail(field string, s *string) error {
	if err := (text{field: field, max: 254}).check(s); err != nil {
		return err
	}
	if *s == "" {
		return nil
	}
	a, err := mail.ParseAddress(*s)
	if err != nil || a.Name != "" || a.Address != *s || strings.ContainsAny(*s, "\"() ,;<>[]\\") || !strings.Contains((*s)[strings.LastIndex(*s, "@"):], ".") {
		return ErrMail.in(field)
	}
	return nil
}

var phoneForm = regexp.MustCompile(`^\+?[0-9][0-9\-() ]{5,22}[0-9]$`)

// checkPhone accepts digits with the usual marks between them, and keeps them
// in half width.
func checkPhone(field string, s *string) error {
	v := dashes.Replace(norm.NFKC.String(strings.TrimSpace(*s)))
	if v == "" {
		*s = ""
		return nil
	}
	if !phoneForm.MatchString(v) {
		return ErrPhone.in(field)
	}
	*s = v
	return nil
}

// checkKana keeps a reading in full-width katakana; hiragana and half width
// are turned into it. Latin readings stay as they are.
func checkKana(field string, s *string) error {
	if err := (text{field: field, max: 40, oneScript: true}).check(s); err != nil {
		return err
	}
	v := strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' {
			return r - 'ぁ' + 'ァ'
		}
		return r
	}, norm.NFKC.String(*s))
	for _, r := range v {
		if !unicode.Is(unicode.Katakana, r) && !unicode.Is(unicode.Latin, r) && !strings.ContainsRune("ー・ -'.=", r) {
			return ErrKana.in(field)
		}
	}
	*s = v
	return nil
}

// checkHomepage accepts an absolute http(s) URL of a public name.
func checkHomepage(field string, s *string) error {
	if err := (text{field: field, max: 2048}).check(s); err != nil {
		return err
	}
	if *s == "" {
		return nil
	}
	v := *s
	if !strings.Contains(v, "://") && !strings.Contains(v, ":") {
		v = "https://" + v
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Port() != "" || strings.ContainsAny(v, " \t\"<>\\") {
		return ErrHomepage.in(field)
	}
	// As browsers read it: full width is narrowed, a dot at the end says nothing.
	host := strings.ToLower(strings.TrimSuffix(norm.NFKC.String(u.Hostname()), "."))
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || slices.Contains(labels, "") || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") ||
		strings.ContainsAny(host, ":%/?#@<>^|`{}'") || strings.ContainsFunc(host, unicode.IsSpace) || slices.Contains([]string{"local", "localhost", "internal"}, last) {
		return ErrHomepage.in(field)
	}
	*s = v
	return nil
}

func oneOf(field, v string, allowed ...string) error {
	for _, a := range allowed {
		if v == a {
			return nil
		}
	}
	return ErrChoice.in(field)
}
