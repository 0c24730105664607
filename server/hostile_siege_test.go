package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"goen/realtime"
	"goen/realtime/event"
	"goen/server/web"
	"goen/store"
)

// The hostile tests (trust.md 8): an evening under siege. Everything goes over
// real connections, and every refusal is held to four demands: the status, a
// code that clients know, no word about our insides, and nothing written.

// vault counts what is written, so that a refusal that wrote something shows.
type vault struct {
	store.Store
	mu     sync.Mutex
	writes []string
}

func (v *vault) wrote(err error, what ...any) {
	if err == nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.writes = append(v.writes, fmt.Sprint(what...))
	}
}

func (v *vault) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.writes)
}

func (v *vault) since(n int) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.writes[n:])
}

func (v *vault) Append(ctx context.Context, run ...store.Record) error {
	err := v.Store.Append(ctx, run...)
	for _, r := range run {
		v.wrote(err, "append ", r.Stream, " ", askedBy(r))
	}
	return err
}

// askedBy is the op of a record, which says whose request wrote it; what time
// and the matcher write has none.
func askedBy(r store.Record) string {
	var body struct{ Op string }
	_ = json.Unmarshal(r.Body, &body)
	return body.Op
}

func (v *vault) Drop(ctx context.Context, stream string) error {
	err := v.Store.Drop(ctx, stream)
	v.wrote(err, "drop ", stream)
	return err
}

func (v *vault) Claim(ctx context.Context, name, owner string, until time.Time) (string, error) {
	was, _ := v.Store.Holder(ctx, name)
	holder, err := v.Store.Claim(ctx, name, owner, until)
	if holder == owner && was != owner { // one's own again is nothing new
		v.wrote(err, "claim ", name)
	}
	return holder, err
}

func (v *vault) Release(ctx context.Context, name, owner string) error {
	err := v.Store.Release(ctx, name, owner)
	v.wrote(err, "release ", name)
	return err
}

func (v *vault) PutKey(ctx context.Context, id string, wrapped []byte) error {
	err := v.Store.PutKey(ctx, id, wrapped)
	v.wrote(err, "key ", id)
	return err
}

func (v *vault) DropKey(ctx context.Context, id string) error {
	err := v.Store.DropKey(ctx, id)
	v.wrote(err, "drop key ", id)
	return err
}

func (v *vault) PutBlob(ctx context.Context, b []byte) (string, error) {
	sum, err := v.Store.PutBlob(ctx, b)
	v.wrote(err, "blob ", sum)
	return sum, err
}

func (v *vault) DropBlob(ctx context.Context, sum string) error {
	err := v.Store.DropBlob(ctx, sum)
	v.wrote(err, "drop blob ", sum)
	return err
}

// siege is an evening with somebody in every role, and one course that waits
// for its absent person.
type siege struct {
	*house
	t            testing.TB
	vault        *vault
	event, other string // two events with different hosts
	code, secret string
	roles        map[string]*browser
	a, b, host   *phone
	waiting      *phone
	screen       *phone
	need, entry  string // a's need, b's entry
	board        string // where an entry of a's stands
	course, link string // b -> a, asking; the link to the absent person
}

var siegeRoles = []string{"nobody", "waiting", "attendee", "removed", "host", "other", "screen"}

func besiege(t testing.TB, change ...func(*house)) *siege {
	v := &vault{}
	wrap := func(h *house) {
		h.hooks.wrap = func(s store.Store) store.Store { v.Store = s; return v }
		h.hooks.limits.Burst = 1 << 30 // tables are long; limits_test.go has the pace
	}
	s := &siege{house: open(t, append(change, wrap)...), t: t, vault: v, roles: map[string]*browser{}}
	h := s.house
	for _, role := range siegeRoles {
		s.roles[role] = h.browser(role)
	}
	host := s.roles["host"]
	s.event = host.host("標的の会", "approve", card("小林 恵", "npo", object{"mail": "kobayashi@example.jp"}))
	s.host = host.phone(s.event).connect()
	s.readKeys()

	link, err := web.HostLink(t.Context(), v, origin, h.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	s.roles["other"].post("/api/host", object{"op": newOp(), "secret": link[strings.Index(link, "#")+1:]}).into(t, &object{})
	s.other = s.roles["other"].evening("別の会", "open", card("別の主催者", "npo"))

	come := func(b *browser, c object, admit bool) *phone {
		b.join(s.code, c)
		p := b.phone(s.event).connect()
		if admit {
			s.host.do("attendee.admit", object{"attendee": p.you})
			p.find("room", "event", nil)
		}
		return p
	}
	s.a = come(s.roles["attendee"], card("佐藤 由美", "sharoshi", object{"mail": "sato@example.jp", "phone": "047-400-1111", "onScreen": true}), true)
	s.b = come(h.browser("山本"), card("山本 健一", "gyoseishoshi", object{"mail": "yamamoto@example.jp"}), true)
	s.waiting = come(s.roles["waiting"], card("待つ人", "web"), false)
	removed := come(s.roles["removed"], card("外された人", "insurance"), true)
	s.host.do("attendee.remove", object{"attendee": removed.you})
	removed.until("the door", func() bool { return removed.over == realtime.CloseRemoved })

	var pair struct{ Code string }
	s.roles["screen"].post("/api/screen", object{}).into(t, &pair)
	host.post("/api/events/"+s.event+"/screens", object{"code": pair.Code}).into(t, &object{})
	s.screen = s.roles["screen"].phone(s.event)
	s.screen.query = "?as=screen"
	s.screen.connect()

	s.a.do("need.post", object{"who": "製造業の社長"})
	s.need = s.b.find("room", "need", has("who", "製造業の社長"))["id"].(string)
	s.b.do("entry.add", object{"trade": "manufacturing", "label": "ひみつのTさん"})
	s.entry = s.b.find("me", "entry", nil)["id"].(string)
	s.a.do("entry.add", object{"trade": "web", "area": "船橋市", "reach": "open"})
	s.board = s.b.find("room", "board", nil)["id"].(string)
	s.b.find("me", "suggestion", has("need", s.need)) // the matcher has come to rest
	s.b.do("offer.make", object{"need": s.need, "entry": s.entry, "words": false, "line": "よい方です"})
	s.course = s.a.find("me", "received", has("step", "offered"))["id"].(string)
	s.a.do("offer.want", object{"introduction": s.course, "line": "お会いしたいです", "pitch": false, "give": []string{"mail"}})
	s.b.do("introduction.ask", object{"introduction": s.course, "days": 7})
	s.link = s.b.find("me", "given", has("step", "asking"))["link"].(string)
	return s
}

// readKeys takes the keys of the door from the desk.
func (s *siege) readKeys() {
	doors := s.host.find("desk", "doors", func(o object) bool { return o["code"] != s.code })
	s.code, s.secret = doors["code"].(string), doors["secret"].(string)
}

// clone is the same browser in another window: what it gets does not stick.
func (b *browser) clone() *browser {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &browser{t: b.t, house: b.house, name: b.name, cookies: maps.Clone(b.cookies)}
}

// everybody is a hash of what fresh phones of all roles get, of the pages and
// files beside them, and of every record in the store.
func (s *siege) everybody() string {
	s.t.Helper()
	sum := sha256.New()
	for _, p := range []*phone{s.host, s.a, s.b, s.waiting, s.screen} {
		q := p.clone().phone(p.event)
		q.query = p.query
		if ws, resp, err := q.dial(); err != nil { // their time is over
			fmt.Fprintf(sum, "%s %s\n", p.name, resp.Status)
			continue
		} else {
			_ = ws.Close()
		}
		q.connect()
		fmt.Fprintf(sum, "%s %s\n", p.name, q.dump())
		_ = q.ws.Close()
	}
	op := regexp.MustCompile(`name="op" value="[^"]+"`)
	for _, role := range siegeRoles {
		b := s.roles[role].clone()
		for _, path := range []string{"/api/me", "/api/events/" + s.event + "/contacts.csv", "/c/" + s.event + "/" + s.link} {
			a := b.get(path)
			fmt.Fprintf(sum, "%s %s %d %s\n", role, path, a.status, op.ReplaceAll(a.body, nil))
		}
	}
	records := 0
	err := s.vault.Scan(s.t.Context(), func(r store.Record) error {
		records++
		fmt.Fprintf(sum, "%s %d %s %s\n", r.Stream, r.Seq, r.By, r.Body)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprintf("%d records %s", records, hex.EncodeToString(sum.Sum(nil)))
}

// unchanged runs f and holds the whole state to be what it was.
func (s *siege) unchanged(t *testing.T, f func()) {
	t.Helper()
	before := s.everybody()
	f()
	if after := s.everybody(); after != before {
		t.Errorf("the state moved from %s to %s", before, after)
	}
}

// ---- what a refusal must be

var insides = regexp.MustCompile(`goen/|event\.[A-Z]|\.go\b|realtime|json:|jsontext|cannot unmarshal|echo|reflect|runtime|sqlite|/tmp/|panic`)

var triesCookie = regexp.MustCompile(`^__Host-goen-tries=[A-Za-z0-9_-]{22}; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax$`)

// mayBake: of all refusals only a wrong code may set a cookie, the number by
// which further ones are counted.
func mayBake(a answer) bool {
	k := a.header.Values("Set-Cookie")
	return len(k) == 0 || len(k) == 1 && a.code() == realtime.ErrCode.Code && triesCookie.MatchString(k[0])
}

// kindOf is the status that a code stands for on the wire.
var kindOf = map[event.Kind]int{
	event.Malformed: 400, event.Unauthenticated: 401, event.Forbidden: 403, event.NotFound: 404, event.Conflict: 409, event.Gone: 410,
	event.TooLarge: 413, event.Unsupported: 415, event.Misdirected: 421, event.Invalid: 422, event.TooMany: 429, event.Unavailable: 503, event.Full: 507,
}

func statusOfCode(code string) int {
	for _, r := range realtime.Refusals() {
		if r.Code == code {
			return kindOf[r.Kind]
		}
	}
	return 0
}

// wellRefused holds an answer to the form of docs/protocol.md.
func wellRefused(t testing.TB, what string, a answer, want ...int) {
	t.Helper()
	if !slices.Contains(want, a.status) {
		t.Errorf("%s: answered %d %.200s, want %v", what, a.status, a.body, want)
		return
	}
	if m := insides.Find(a.body); m != nil {
		t.Errorf("%s: the answer tells of our insides: %q in %.200s", what, m, a.body)
	}
	if !mayBake(a) {
		t.Errorf("%s: a refusal sets %v", what, a.header.Values("Set-Cookie"))
	}
	kind := a.header.Get("Content-Type")
	if strings.HasPrefix(kind, "text/html") { // the absent person's page
		wellHeaded(t, what, a)
		return
	}
	var body map[string]any
	if err := json.Unmarshal(a.body, &body); err != nil || kind != "application/json" {
		t.Errorf("%s: %d is no refusal of ours: %s %.200q", what, a.status, kind, a.body)
		return
	}
	code, _ := body["code"].(string)
	if statusOfCode(code) == 0 {
		t.Errorf("%s: unknown code %q", what, code)
	}
	if is := statusOfCode(code); is != a.status && !slices.Contains([]int{405, 414}, a.status) {
		t.Errorf("%s: code %q with status %d, which stands for %d", what, code, a.status, is)
	}
	for key := range body {
		if key != "code" && key != "field" && key != "max" {
			t.Errorf("%s: a refusal says %q", what, key)
		}
	}
	wellHeaded(t, what, a)
}

// refuse runs one request that must be refused and must write nothing.
func (s *siege) refuse(t testing.TB, what string, want int, ask func() answer) answer {
	t.Helper()
	return s.refuseAs(t, what, []int{want}, ask)
}

func (s *siege) refuseAs(t testing.TB, what string, want []int, ask func() answer) answer {
	t.Helper()
	before := s.vault.count()
	a := ask()
	wellRefused(t, what, a, want...)
	if wrote := s.vault.since(before); len(wrote) > 0 {
		t.Errorf("%s: the refusal wrote %q", what, wrote)
	}
	return a
}

// look.md 2.1 and trust.md 1.10, for every answer of ours.
var siegeHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; " +
		"worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types svelte-trusted-html goen-sw",
	"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}

func wellHeaded(t testing.TB, what string, a answer) {
	t.Helper()
	for name, want := range siegeHeaders {
		if got := a.header.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %s is %q", what, name, got)
		}
	}
	if r := a.header.Get("Referrer-Policy"); r != "same-origin" && r != "no-referrer" {
		t.Errorf("%s: Referrer-Policy is %q", what, r)
	}
	if a.status >= 400 && a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: a refusal with Cache-Control %q", what, a.header.Get("Cache-Control"))
	}
	if a.header.Get("Server") != "" || a.header.Get("X-Powered-By") != "" {
		t.Errorf("%s: says what it is made of", what)
	}
}
