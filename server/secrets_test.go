package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// What nobody may notice (product.md 4.2): the same evening is played over real
// connections again and again, each time with something more that is one
// person's alone - what stands on their list, what they call it, what they put
// away. Every byte that came to anybody else must be the same: frames, the
// numbers of streams, pages, exports, refusals, what a poll answers, the log.
//
// What is played stands in secrets_evening_test.go, and a new noun adds to it a
// scene and a secret.

// scene is a step of the evening, which everybody may know of.
type scene struct {
	name string
	play func(*night)
}

// secret is what one person has and does beside it: in the middle of the
// evening, before the scenes of those names.
type secret struct {
	name   string
	whose  func(*cast) *phone
	before map[string]func(n *night, own *phone)
	felt   []string // what its owner hears of it then, and nobody else, ever
}

// night is one playing of the evening.
type night struct {
	*cast
	t      *testing.T
	scenes []scene
	secret *secret // nil: the plain evening
	shown  chan struct{}
	ids    map[string]any // what the scenes made, by a name of theirs
	hidden []string       // ids that only the owner of the secret knows
	absent []*browser     // of people who are not there
	copies map[string]*strings.Builder
	until  map[*phone]int // frames up to which their order is not drawn by lot
}

// spend plays an evening and tells what was heard, by who and by which way.
func spend(t *testing.T, scenes []scene, s *secret, change ...func(*house)) map[string]string {
	t.Helper()
	n := &night{t: t, scenes: scenes, secret: s, shown: make(chan struct{}, 1000), ids: map[string]any{}, copies: map[string]*strings.Builder{}, until: map[*phone]int{}}
	h := open(t, append(change, func(h *house) {
		h.hooks.limits.Burst = 1 << 30 // what is tried is much, and a poll a command
		h.hooks.fail = func(point string) {
			if point == "shown" {
				select {
				case n.shown <- struct{}{}:
				default:
				}
			}
		}
	})...)
	n.cast = reception(t, h)
	for _, p := range n.phones() {
		n.copies[p.name] = &strings.Builder{}
	}
	n.rest("reception")
	for _, p := range n.phones() { // guests come in at their own pace
		p.mu.Lock()
		p.frames = nil
		p.mu.Unlock()
		p.browser.mu.Lock()
		p.heard.Reset()
		p.browser.mu.Unlock()
	}
	for _, scene := range scenes {
		n.minutes(1)
		if s != nil && s.before[scene.name] != nil {
			s.before[scene.name](n, s.whose(n.cast))
		}
		n.settle()
		scene.play(n)
		n.rest(scene.name)
	}
	here := n.connected()    // the screen is gone by then
	for _, p := range here { // presence comes in its own time
		p.until("everybody to be here", func() bool { return p.heres == len(here) })
	}
	n.check()
	heard := n.heard()
	h.close()
	return heard
}

func (n *night) connected() []*phone {
	return slices.DeleteFunc(n.phones(), func(p *phone) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.over != 0
	})
}

// settle waits until everybody has everything.
func (n *night) settle() {
	for _, p := range n.connected() {
		p.settle()
	}
}

// rest does too, and writes down what they have.
func (n *night) rest(after string) {
	n.settle()
	for _, p := range n.connected() {
		fmt.Fprintf(n.copies[p.name], "after %s:\n%s", after, p.holds(p.streams...))
	}
}

// holds is a phone's copy of some streams, in an order of its own: in that of
// the words, for ids are drawn by lot.
func (p *phone) holds(streams ...string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out strings.Builder
	for _, in := range streams {
		var all []string
		for _, o := range p.have[in] {
			all = append(all, byLot(string(o)))
		}
		slices.Sort(all)
		fmt.Fprintf(&out, "%s at %d\n%s\n", in, p.at[in], strings.Join(all, "\n"))
	}
	return out.String()
}

// byLot blanks out what is drawn by lot: ids, the door's code and word, and the
// two digits of who waits.
func byLot(text string) string {
	return random.ReplaceAllString(doors(text), "<>")
}

func doors(text string) string {
	text = doorWord.ReplaceAllString(text, `"word":""`)
	return number.ReplaceAllString(doorCode.ReplaceAllString(text, `"code":""`), `"number":0`)
}

// named does the same, but gives each id the place at which it first came.
func named(text string) string {
	seen := map[string]string{}
	return random.ReplaceAllStringFunc(doors(text), func(id string) string {
		seen[id] = cmp.Or(seen[id], fmt.Sprintf("<%d>", len(seen)))
		return seen[id]
	})
}

var (
	dated  = regexp.MustCompile(`Date:\[[^\]]*\] ?`)
	word   = regexp.MustCompile(`(?m)(^/api/lobby .*)Content-Length:\[\d+\]`) // the door's word is long or short
	timed  = regexp.MustCompile(`"(time|ms|address)":("[^"]*"|\d+),?`)
	common = []string{"room", "desk", "wall"} // streams that are of more than one
)

// heard is what came to everybody. Its normalisation is written here: ids are
// numbered as they come, or blanked where their order is drawn by lot; dates
// of HTTP and of the log are left out. Of presence only numbers beyond the
// people who came would tell; beats, whose time is real, repeat what a pong
// says, and TestACallTellsNothingByTime holds the clock for them; a bye has a
// wait that is drawn by lot. A phone that polls gets what changed in one answer
// or in two, so of its frames only the answers are taken; its copies are
// written down after every scene.
func (n *night) heard() map[string]string {
	heard := map[string]string{}
	for _, p := range n.phones() {
		var said, numbers, shared strings.Builder
		p.mu.Lock()
		frames := p.frames
		p.mu.Unlock()
		for i, b := range frames {
			var m struct {
				T, In string
				N     int
			}
			if err := json.Unmarshal(b, &m); err != nil {
				n.t.Fatal(err)
			}
			switch {
			case m.T == "here":
				if m.N > len(n.people()) {
					n.t.Errorf("%s is told of %d people", p.name, m.N)
				}
			case m.T == "bye" || m.T == "beat":
			case m.T == "pong":
				fmt.Fprintf(&numbers, "%s\n", b)
			case m.T == "view" && (n.polls || n.until[p] > 0 && i >= n.until[p]):
			case n.polls && m.T == "hello":
			default:
				fmt.Fprintf(&said, "%s\n", b)
				if m.T == "view" && slices.Contains(common, m.In) {
					fmt.Fprintf(&shared, "%s\n", b)
				}
			}
		}
		heard[p.name+": frames"], heard[p.name+": numbers"] = named(said.String()), numbers.String()
		heard[p.name+": shared"] = named(shared.String())
		heard[p.name+": requests"] = named(word.ReplaceAllString(dated.ReplaceAllString(p.bytes(), ""), "$1"))
		heard[p.name+": copies"] = n.copies[p.name].String()
	}
	for i, b := range n.absent {
		heard[fmt.Sprint("the absent ", i)] = named(dated.ReplaceAllString(b.bytes(), ""))
	}
	if !n.polls { // whose requests are as many as it takes
		lines := strings.Split(timed.ReplaceAllString(n.log.String(), ""), "\n")
		slices.Sort(lines)
		heard["the log"] = byLot(strings.Join(lines, "\n"))
	}
	return heard
}

// check looks whether the secret was one: its owner felt it, and nobody else.
func (n *night) check() {
	n.t.Helper()
	if n.secret == nil {
		return
	}
	own := n.secret.whose(n.cast)
	for _, p := range n.phones() {
		p.mu.Lock()
		frames := string(bytes.Join(p.frames, []byte("\n")))
		p.mu.Unlock()
		for _, word := range append(slices.Clone(n.hidden), n.secret.felt...) {
			if has := strings.Contains(frames, word); has != (p == own) {
				n.t.Errorf("%s: %s has heard %q: %v", n.secret.name, p.name, word, has)
			}
		}
	}
	if strings.Contains(n.log.String(), "わたしの") {
		n.t.Errorf("%s: the log knows", n.secret.name)
	}
}

// compareNights says who can tell one evening from the other. The owner of the
// secret is not asked for more than the streams that others hear too.
func compareNights(t *testing.T, s secret, own string, with, plain map[string]string) {
	t.Helper()
	if len(with) != len(plain) {
		t.Errorf("%s: %d ways with it and %d without", s.name, len(with), len(plain))
	}
	for _, way := range slices.Sorted(maps.Keys(plain)) {
		if strings.HasPrefix(way, own+": ") && way != own+": shared" && way != own+": requests" {
			continue
		}
		if with[way] != plain[way] {
			t.Errorf("%s: %s can tell, by %s", s.name, way, firstDifference(with[way], plain[way]))
		}
	}
}

// TestTheSameEveningTwice plays it once without a secret and once with each.
func TestTheSameEveningTwice(t *testing.T) {
	plain := spend(t, theEvening, nil)
	for _, way := range []string{"高橋 大輔: frames", "小林: frames", "スクリーン: shared", "佐藤 由美: copies", "Emily Carter: requests", "山本 健一: numbers", "the absent 0", "the log"} {
		if len(plain[way]) < 200 {
			t.Errorf("%s has %d bytes: this test tests nothing", way, len(plain[way]))
		}
	}
	for _, s := range theSecrets {
		t.Run(s.name, func(t *testing.T) {
			var own string
			watch := s
			watch.whose = func(c *cast) *phone { p := s.whose(c); own = p.name; return p }
			compareNights(t, s, own, spend(t, theEvening, &watch), plain)
		})
	}
}

// TestTheSameEveningTwiceByPolls is it where nobody has a socket.
func TestTheSameEveningTwiceByPolls(t *testing.T) {
	s := theSecrets[0]
	var own string
	s.whose = func(c *cast) *phone { p := theSecrets[0].whose(c); own = p.name; return p }
	with := spend(t, theEvening, &s, polling)
	compareNights(t, s, own, with, spend(t, theEvening, nil, polling))
}

// call makes a call, and waits for the word of the machine that nobody hears.
func (n *night) call(need any) {
	n.t.Helper()
	n.cast.call(n.t, need, n.shown)
}

// keep is an id under a name for later scenes.
func (n *night) keep(name string, view object) object {
	n.ids[name] = view["id"]
	return view
}

// probe tries, as somebody, whatever may be tried with an id that is perhaps
// somebody else's: it must be answered as one that does not exist.
func (n *night) probe(p *phone, id string) {
	for _, try := range []struct {
		name string
		args object
	}{
		{"offer.make", object{"need": n.ids["lonely"], "entry": id, "words": false, "line": ""}}, {"entry.drop", object{"entry": id}},
		{"entry.reach", object{"entry": id, "reach": "open", "words": true}}, {"suggestion.dismiss", object{"suggestion": id}},
		{"board.ask", object{"board": id, "need": n.ids["lonely"]}}, {"plea.pass", object{"plea": id}}, {"need.close", object{"need": id}},
	} {
		if a := p.try(try.name, try.args); a.code == "ack" {
			n.t.Errorf("%s: %s went through", p.name, try.name)
		}
	}
	base := "/api/events/" + n.event
	p.get(base + "/contacts/" + id + ".vcf")
	p.get(base + "/photos/" + id)
	p.get("/c/" + n.event + "/" + id)
}

// look asks for all pages and exports.
func (n *night) look(p *phone) {
	base := "/api/events/" + n.event
	for _, path := range []string{base + "/contacts.csv", base + "/contacts.vcf", base + "/contacts.csv?lang=en", "/api/me", "/e/" + n.event, "/e/" + n.event + "/desk", "/readyz"} {
		p.get(path)
	}
	p.post("/api/lobby", object{"code": n.code})
}

// wait is long enough for whatever has a time, and then for it to be so.
func (n *night) wait(d time.Duration, p *phone, what string, so func() bool) {
	n.t.Helper()
	n.clock.set(n.clock.now().Add(d))
	p.until(what, so)
}

// someone is who is not there, with a browser.
func (n *night) someone() *browser {
	b := n.house.browser(fmt.Sprint("absent ", len(n.absent)))
	n.absent = append(n.absent, b)
	return b
}

// lot says that from now on the order of frames is drawn by lot.
func (n *night) lot() {
	for _, p := range n.phones() {
		p.mu.Lock()
		n.until[p] = len(p.frames)
		p.mu.Unlock()
	}
}

func (n *night) ok(a answer) answer {
	n.t.Helper()
	if a.status >= http.StatusBadRequest {
		n.t.Fatalf("answered %d %s", a.status, a.body)
	}
	return a
}
