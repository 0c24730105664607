package main

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

// What is said in the course of an introduction, what belongs to somebody else,
// and keys that move a session: rows that need a longer story than a table has.

// courseFields are the texts of an introduction; three of them wait for words.
func (s *siege) courseFields(t *testing.T) (all []field) {
	s.host.do("attest.set", object{"attest": "on"})
	course := func(by *phone, who, name string, more object) any {
		s.host.do("need.post", object{"who": who})
		need := by.find("room", "need", has("who", who))["id"]
		by.do(name, with(object{"need": need, "line": ""}, more))
		return s.host.find("me", "received", has("need", need))["id"]
	}
	self := object{"give": []string{"mail"}}
	offered := course(s.a, "印刷の方に会いたい", "offer.self", self)
	connected := course(s.a, "塗装の方に会いたい", "offer.self", self)
	s.b.do("entry.add", object{"trade": "printing", "label": "看板の方"})
	entry := s.b.find("me", "entry", has("label", "看板の方"))["id"]
	asking := course(s.b, "看板の方に会いたい", "offer.make", object{"entry": entry, "words": false})
	for _, id := range []any{connected, asking} {
		s.host.do("offer.want", object{"introduction": id, "line": "ぜひ", "pitch": false, "give": []string{"mail"}})
	}
	s.b.do("introduction.ask", object{"introduction": asking, "days": 7, "direct": true})
	say := func(p *phone, name, key string, good object) func(string) string {
		return func(text string) string {
			args := with(maps.Clone(good), object{key: text})
			a := p.try(name, args)
			if a.code != "ack" && a.field != "" && a.field != key {
				return a.code + " in " + a.field
			}
			return a.code
		}
	}
	want := object{"introduction": offered, "pitch": false, "give": []string{"mail"}}
	thanks := object{"introduction": connected, "outcome": "engaged", "public": true}
	attest := object{"introduction": asking, "name": "田中", "mail": "tanaka@example.jp", "how": "phone", "on": s.clock.now().UnixMilli()}
	all = []field{
		{name: "offer.want line", max: 100, must: true, say: say(s.host, "offer.want", "line", want)},
		{name: "introduction.close thanks", max: 200, noContact: true, say: say(s.host, "introduction.close", "thanks", thanks)},
	}
	for _, f := range []field{
		{name: "name", max: 40, must: true, oneScript: true}, {name: "kana", max: 40, oneScript: true, script: "kana"}, {name: "firm", max: 60, oneScript: true},
		{name: "mail", max: 254, must: true, script: "mail"}, {name: "phone", max: 24, script: "phone"},
	} {
		f.say = say(s.b, "introduction.attest", f.name, attest)
		f.name = "introduction.attest " + f.name
		all = append(all, f)
	}
	return all
}

// What one person holds is nothing that another can name, though they know its
// number.
func TestHostileStrangers(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	stranger := s.roles["other"].phone(s.other).connect()
	s.b.do("need.post", object{"who": "ホームページの方"})
	need := s.b.find("room", "need", has("who", "ホームページの方"))["id"]
	s.b.do("board.ask", object{"board": s.board, "need": need})
	plea := s.a.find("me", "plea", nil)["id"]
	s.host.do("announcement.make", object{"text": "まもなく乾杯です"})
	announcement := s.a.find("room", "announcement", nil)["id"]
	s.host.do("need.post", object{"who": "製造業の経営者"})
	hint := s.b.find("me", "suggestion", nil)["id"]
	no := func(what string, p *phone, want, name string, args object) {
		t.Helper()
		before := s.vault.count()
		if a := p.try(name, args); a.code != want {
			t.Errorf("%s: %q, want %q", what, a.code, want)
		}
		if wrote := s.vault.since(before); len(wrote) > 0 {
			t.Errorf("%s: wrote %q", what, wrote)
		}
	}
	s.unchanged(t, func() {
		no("E31 a plea passed by who asked", s.b, "forbidden", "plea.pass", object{"plea": plea})
		for who, p := range map[string]*phone{"another": s.host, "a host of another event": stranger} {
			no("E31 a plea passed by "+who, p, "not_found", "plea.pass", object{"plea": plea})
		}
		for who, p := range map[string]*phone{"another": s.a, "the need's poster": s.host, "a host of another event": stranger} {
			no("E31 a hint dismissed by "+who, p, "not_found", "suggestion.dismiss", object{"suggestion": hint})
		}
		for name, more := range map[string]object{
			"need.close": {}, "need.edit": {"who": "x"}, "need.hide": {"hidden": true}, "need.pin": {"pinned": true}, "need.approve": {}, "call.make": {},
			"offer.self": {"line": "", "give": []string{"mail"}},
		} {
			no("E32 "+name+" by a host of another event", stranger, "not_found", name, with(object{"need": s.need}, more))
		}
		no("E32 asking for what is on another event's board", stranger, "not_found", "board.ask", object{"board": s.board, "need": s.need})
		no("E32 taking another event's word back", stranger, "not_found", "announcement.drop", object{"announcement": announcement})
		no("E04 taking the host's word back", s.a, "forbidden", "announcement.drop", object{"announcement": announcement})
		no("E08 taking the host's word back", s.waiting, "forbidden", "announcement.drop", object{"announcement": announcement})

		// The same without a socket.
		ask := func(name string, args object) object {
			return object{"v": 1, "op": newOp(), "name": name, "args": args}
		}
		do := "/api/events/" + s.event + "/do"
		for what, body := range map[string]object{
			"E31 a plea": ask("plea.pass", object{"plea": plea}), "E04 a round": ask("round.start", object{"group": "licensed"}), "E12 time": ask("tick", object{}),
		} {
			before := s.vault.count()
			a := s.b.clone().post(do, body)
			if a.status != 200 || !strings.Contains(string(a.body), `"t":"no"`) || strings.Contains(string(a.body), `"t":"ack"`) || s.vault.count() != before {
				t.Errorf("%s by request: %d %.300s", what, a.status, a.body)
			}
		}
		s.refuse(t, "E07 a screen that acts by request", 403, func() answer {
			return s.roles["screen"].clone().post(do+"?as=screen", ask("need.post", object{"who": "x"}))
		})
		poll := "/api/events/" + s.event + "/poll"
		for what, at := range map[string]any{"below nothing": object{"room": -1}, "a text": object{"room": "7"}, "a part": object{"room": 1.5}, "a list": []int{1}} {
			s.refuse(t, "F27 a cursor of a poll: "+what, 400, func() answer { return s.a.clone().post(poll, object{"v": 1, "at": at}) })
		}
		for path, body := range map[string]object{poll: {"v": 1}, do: ask("need.post", object{"who": "x"})} {
			other := strings.Replace(path, s.event, s.other, 1)
			s.refuse(t, "F08 another event's "+other, 404, func() answer { return s.a.clone().post(other, body) })
		}
	})
}

// Keys that move a session are guessed and stolen like those of the door.
func TestHostileMoves(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	var key moveKey
	s.a.clone().post("/api/move", object{}).into(t, &key)
	use := func(b *browser, k object) answer {
		return b.post("/api/move/use", with(object{"op": newOp(), "keep": true}, k))
	}
	wrong := use(s.house.browser("x"), object{"code": "2222-2222"})
	s.unchanged(t, func() {
		// A link preview reads, and burns nothing.
		for _, path := range []string{"/api/move/use", "/api/move/look", "/api/move"} {
			s.refuse(t, "D26 reading "+path, 404, func() answer { return s.house.browser("x").get(path) })
		}
		for what, k := range map[string]object{
			"both keys": {"secret": key.Secret, "code": key.Code}, "no key": {}, "an empty secret": {"secret": ""}, "an empty code": {"code": ""},
			"the code as a secret": {"secret": key.Code}, "the secret as a code": {"code": key.Secret}, "half a secret": {"secret": key.Secret[:11]},
			"a secret in other letters": {"secret": strings.ToUpper(key.Secret)},
		} {
			s.refuseAs(t, "D26 "+what, []int{400, 404, 410}, func() answer { return use(s.house.browser("x"), k) })
			delete(k, "op")
			s.refuseAs(t, "D26 a look with "+what, []int{400, 404, 410}, func() answer { return s.house.browser("x").post("/api/move/look", k) })
		}
		for _, role := range []string{"nobody", "screen"} {
			s.refuse(t, "D26 a key for "+role, 401, func() answer { return s.roles[role].clone().post("/api/move", object{}) })
		}
		// One budget for every door: what is spent here is spent there.
		b := s.house.browser("guesser")
		for i := range 5 {
			path := []string{"/api/move/look", "/api/move/use", "/api/lobby"}[i%3]
			body := object{"code": fmt.Sprintf("2222-%04d", 3000+i)}
			if path == "/api/move/use" {
				body = with(body, object{"op": newOp(), "keep": true})
			}
			s.refuse(t, "D27 guess at "+path, 404, func() answer { return b.post(path, body) })
		}
		for _, path := range []string{"/api/move/look", "/api/lobby"} {
			a := s.refuse(t, "D27 the sixth, at "+path, 429, func() answer { return b.post(path, object{"code": key.Code}) })
			if a.header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
		}
		s.refuse(t, "D27 the sixth, with the right code", 429, func() answer { return use(b, object{"code": key.Code}) })
	})
	use(s.house.browser("佐藤の別の端末"), object{"secret": key.Secret}).into(t, &object{})
	s.refuse(t, "D28 a link twice", 410, func() answer { return use(s.house.browser("thief"), object{"secret": key.Secret}) })
	if a := use(s.house.browser("thief"), object{"code": key.Code}); a.status != 404 || string(a.body) != string(wrong.body) {
		t.Errorf("D28 the code of a used link: %d %s, want the bytes of a wrong one, %s", a.status, a.body, wrong.body)
	}
	s.a.clone().post("/api/move", object{}).into(t, &key)
	s.clock.set(s.clock.now().Add(10*time.Minute + time.Second))
	s.refuse(t, "D23 a link after ten minutes", 410, func() answer { return use(s.house.browser("thief"), object{"secret": key.Secret}) })
}
