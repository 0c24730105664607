package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"goen/realtime/event"
)

// Canaries that are no words: what is a number, a tick or an id. Each field of
// each view must have been heard by exactly those of the written matrix, so a
// field that somebody adds has to be written down here.

// giveAndCall: i, who introduced somebody to r, needs somebody, and a host calls
// for a need of r's, and starts a round. What it is known by goes into marks.
func giveAndCall(marks canaries, desk, pi, pr *phone) {
	h := pi.house
	pr.do("entry.add", object{"trade": "restaurant", "area": "市川市"})
	pi.do("need.post", object{"who": "飲食店の方", "area": "市川市"})
	marks["back"] = pr.find("me", "suggestion", has("back", true))["id"].(string)

	pr.do("need.post", object{"who": "製造業の方", "area": "千葉県"})
	need := pr.find("me", "mine", has("who", "製造業の方"))["id"]
	marks["suggestion"] = pi.find("me", "suggestion", has("need", need))["id"].(string)
	h.clock.set(h.clock.now().Add(6*time.Minute + 7*time.Millisecond)) // nothing else happens then
	marks["call"] = string(encode(h.clock.now().UnixMilli()))
	desk.do("call.make", object{"need": need})
	pi.find("me", "suggestion", has("called", true))

	h.clock.set(h.clock.now().Add(time.Minute + 7*time.Millisecond))
	desk.do("round.start", object{"group": "licensed", "trade": "zeirishi"})
	round := pr.find("room", "event", func(v object) bool { return v["round"] != nil })["round"]
	marks["round"] = mustJSON(round.(object)["until"])
	h.clock.set(h.clock.now().Add(time.Minute))
}

// marked is who may hear of what giveAndCall, a plea and the board leave.
var marked = map[string][]string{
	"back": {r}, "suggestion": {i}, "call": {r, host}, "round": append(slices.Clone(inside), wall), "plea": {i, r}, "row": inside,
}

// spoken collects the fields of views that somebody heard, as "kind.field".
func (p *phone) spoken(t *testing.T) map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string]bool{}
	for _, b := range p.frames {
		var m struct{ Put []map[string]json.RawMessage }
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		for _, view := range m.Put {
			for field := range view {
				all[strings.Trim(string(view["k"]), `"`)+"."+field] = true
			}
		}
	}
	return all
}

// fields are those of a view, by their names on the wire.
func fields(of reflect.Type) []string {
	var all []string
	for i := range of.NumField() {
		f := of.Field(i)
		switch name, _, _ := strings.Cut(f.Tag.Get("json"), ","); {
		case f.Anonymous && name == "":
			all = append(all, fields(f.Type)...)
		case name != "-":
			all = append(all, name)
		}
	}
	return all
}

// streamsOf are who hears the streams that several hear, and nobody the page by
// a socket.
var streamsOf = map[event.Name][]string{event.Room: inside, event.Desk: {host}, event.Wall: {wall}, event.Consent: {}}

// commonFields stand in streams that several hear, so all of them may.
var commonFields = map[string]string{
	"event":        "title place note startsAt endsAt zone days phase status attest approval round",
	"person":       "name kana firm trade line topics homepage photo offers seeks mail phone newsOK host",
	"need":         "by closed pinned at offers who area why until trade behalf",
	"announcement": "at text",
	"board":        "owner trade area size closeness offers",
	"doors":        "doors code secret word",
	"sums":         "present waiting needs offers wanted asking connected met pairs couples",
	"guest":        "standing number joinedAt name kana firm trade mail host",
	"watch":        "by hidden held pinned closed out at offers calledAt who area why until trade behalf",
	"course":       "step at from to own behalf refers trade about",
	"balance":      "bars",
	"stage":        "title startsAt endsAt zone phase status doors code secret word round",
	"tally":        "present needs offers asking connected met pairs",
	"face":         "name",
	"line":         "pinned at offers who area why until trade behalf",
	"bars":         "bars",
	"notice":       "at text",
	"thanks":       "line",
}

// ownFields is who hears of a field in a stream of their own. What stands in no
// line nobody may hear; what nobody says stands in unsaid.
var ownFields = map[string]map[string][]string{
	"you": {
		"k id standing number card given received title": append(slices.Clone(inside), waiting),
		"host": {host}, "from": {r},
	},
	"entry":      {"k id reach trade area size offers seeks closeness label note": {i, r}, "words": {i}},
	"mine":       {"k id at offers who area why until trade": {i, r, o}, "held hidden behalf": {o}, "calls": {r}},
	"suggestion": {"k id need entry why": {i, r}, "called": {i}, "back": {r}},
	"plea":       {"k id need entry by at due": {i}},
	"asked":      {"k id board need owner by at due": {r}},
	"received": {
		"k id step at need from own behalf about line due contact givenAt attested outcome thanks public shown": {r},
	},
	"given": {
		"k id step at need to about asker link due":                      {i, o},
		"entry direct name givenAt attested outcome thanks public shown": {i}, "own behalf": {o},
	},
}

// unsaid are fields that nobody has reason to say on this evening.
var unsaid = map[string]string{
	"need": "closed pinned", "line": "pinned", "watch": "closed pinned out", "mine": "closed pinned", "person": "newsOK", "asked": "over",
	"couple":   "k id at a b aTrade bTrade table", // pairs have a scene of their own
	"received": "left metOn", "given": "contact declined passed left metOn",
}

// everyField holds what each phone heard against the matrix of fields.
func everyField(t *testing.T, phones map[string]*phone) {
	t.Helper()
	said := map[string][]string{}
	for who, p := range phones {
		for field := range p.spoken(t) {
			said[field] = append(said[field], who)
		}
	}
	for in, views := range event.Views() {
		for _, v := range views {
			kind := reflect.ValueOf(v).FieldByName("K").String()
			for _, f := range fields(reflect.TypeOf(v)) {
				var want []string
				if slices.Contains(strings.Fields("k id "+commonFields[kind]), f) {
					want = slices.Clone(streamsOf[in])
				}
				for names, who := range ownFields[kind] {
					if slices.Contains(strings.Fields(names), f) {
						want = slices.Clone(who)
					}
				}
				if slices.Contains(strings.Fields(unsaid[kind]), f) {
					want = nil
				}
				got := said[kind+"."+f]
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%v: %s.%s is heard by %q, want %q", in, kind, f, got, want)
				}
				delete(said, kind+"."+f)
			}
		}
	}
	for field, who := range said {
		t.Errorf("%s, which is in no view, is heard by %q", field, who)
	}
}

// compareWords holds what was heard against a matrix, both ways.
func compareWords(t *testing.T, matrix map[string][]string, words canaries, heard map[string]string) {
	t.Helper()
	for name, word := range words {
		want, ok := matrix[name]
		if !ok {
			t.Errorf("%s has no line in the matrix", name)
		}
		for who, bytes := range heard {
			// vCards are folded (RFC 2425 5.8.1).
			has := strings.Contains(strings.ReplaceAll(bytes, "\r\n ", ""), word)
			switch may := slices.Contains(want, who); {
			case has && !may:
				t.Errorf("%s has heard %s (%s)", who, name, word)
			case !has && may:
				t.Errorf("%s has not heard %s (%s)", who, name, word)
			}
		}
	}
	for name := range matrix {
		if words[name] == "" {
			t.Errorf("nobody said %s: the line tests nothing", name)
		}
	}
}
