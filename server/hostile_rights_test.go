package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"goen/server/web"
)

// Section E: rights and states; and the table of every route and every role.

// routesOf reads the routes from the router itself, so that a new one without
// a line in the table fails.
func routesOf(t *testing.T) []string {
	handler, err := web.New(web.Config{URL: &url.URL{Scheme: "http", Host: "localhost"}, Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	list := reflect.ValueOf(handler).MethodByName("Routes").Call(nil)[0]
	var out []string
	for i := range list.Len() {
		r := list.Index(i).Elem()
		out = append(out, r.FieldByName("Method").String()+" "+r.FieldByName("Path").String())
	}
	slices.Sort(out)
	return out
}

func picture(w, h int) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil)
	return b.Bytes()
}

func TestHostileRoutes(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	var up struct{ Photo string }
	s.roles["attendee"].send("POST", "/api/events/"+s.event+"/photo", "image/jpeg", picture(40, 30)).into(t, &up)
	// Who may read it is the same for a body that says nothing: so no row of
	// this table changes anything but for the last ones.
	type row struct {
		path string
		body any
		kind string
		// nobody, waiting, attendee, removed, host, host of another event, screen
		want [7]int
	}
	all := func(status int) [7]int {
		return [7]int{status, status, status, status, status, status, status}
	}
	ev := "/api/events/" + s.event
	join := object{"op": newOp(), "event": s.event, "secret": s.secret, "card": card("人", "web"), "terms": ""}
	bad := object{"op": newOp(), "title": "会", "startsAt": 1, "endsAt": 2, "zone": "Asia/Tokyo", "days": 0, "doors": "open", "card": card("人", "web")}
	person := s.b.you
	mine := [7]int{401, 403, 200, 403, 200, 404, 401} // what is for who is inside
	table := map[string]row{
		"GET /healthz":                          {"/healthz", nil, "", all(200)},
		"GET /readyz":                           {"/readyz", nil, "", all(200)},
		"GET /api/me":                           {"/api/me", nil, "", all(200)},
		"POST /api/demo":                        {"/api/demo", object{"as": "host"}, "", all(404)}, // there is none here
		"POST /api/host":                        {"/api/host", object{"op": newOp(), "secret": newOp()}, "", all(410)},
		"POST /api/lobby":                       {"/api/lobby", object{"event": s.event, "secret": s.secret}, "", all(200)},
		"POST /api/join":                        {"/api/join", join, "", [7]int{422, 409, 409, 403, 409, 422, 422}},
		"POST /api/move":                        {"/api/move", object{}, "", [7]int{401, 200, 200, 200, 200, 200, 401}},
		"POST /api/move/look":                   {"/api/move/look", object{"secret": newOp()}, "", all(410)},
		"POST /api/move/use":                    {"/api/move/use", object{"op": newOp(), "secret": newOp(), "keep": true}, "", all(410)},
		"POST /api/screen":                      {"/api/screen", object{}, "", all(200)},
		"POST /api/events":                      {"/api/events", bad, "", [7]int{401, 403, 403, 403, 422, 422, 401}},
		"POST /api/events/:event/screens":       {ev + "/screens", object{"code": "2222-2222"}, "", [7]int{401, 403, 403, 403, 404, 404, 401}},
		"POST /api/events/:event/photo":         {ev + "/photo", []byte{}, "image/jpeg", [7]int{401, 403, 422, 403, 422, 404, 401}},
		"GET /api/events/:event/photos/:photo":  {ev + "/photos/" + up.Photo, nil, "", [7]int{401, 404, 200, 404, 200, 404, 401}},
		"GET /api/events/:event/contacts.csv":   {ev + "/contacts.csv", nil, "", mine},
		"GET /api/events/:event/contacts.vcf":   {ev + "/contacts.vcf", nil, "", mine},
		"GET /api/events/:event/contacts/:file": {ev + "/contacts/" + person + ".vcf", nil, "", mine},
		"GET /ws/:event":                        {"/ws/" + s.event, nil, "", [7]int{401, 400, 400, 400, 400, 404, 401}},        // 400: good, but no handshake
		"POST /api/events/:event/poll":          {ev + "/poll", object{"v": 1}, "", [7]int{401, 200, 200, 200, 200, 404, 401}}, // 200: who was removed reads so
		"POST /api/events/:event/do":            {ev + "/do", object{"v": 1, "op": newOp(), "name": "tick"}, "", [7]int{401, 200, 200, 200, 200, 404, 401}},
		"GET /c/:event/:secret":                 {"/c/" + s.event + "/" + s.link, nil, "", all(200)},
		"POST /c/:event/:secret":                {"/c/" + s.event + "/" + s.link, []byte("do=give"), "application/x-www-form-urlencoded", all(400)},
		"GET /c/:event/:secret/photo":           {"/c/" + s.event + "/" + s.link + "/photo", nil, "", all(404)},
		"GET /consent.css":                      {"/consent.css", nil, "", all(200)},
		"GET /*":                                {"/", nil, "", all(200)},
		"HEAD /*":                               {"/", nil, "", all(200)},
		"POST /api/events/:event/code":          {ev + "/code", object{"op": newOp()}, "", [7]int{401, 403, 403, 403, 200, 404, 401}},
		"POST /api/events/:event/erase":         {ev + "/erase", object{"op": newOp()}, "", [7]int{401, 200, 200, 200, 403, 404, 401}},
		"POST /api/signout":                     {"/api/signout", object{}, "", all(200)},
	}
	for _, method := range []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PROPFIND", "PUT", "REPORT"} {
		table[method+" /api/*"] = row{"/api/nothing/here", nil, "", all(404)}
	}
	for _, method := range []string{"CONNECT", "TRACE"} {
		table[method+" /api/*"] = row{"/api/nothing/here", nil, "", all(405)}
	}
	routes := routesOf(t)
	last := []string{"POST /api/events/:event/code", "POST /api/events/:event/erase", "POST /api/signout"} // these change something
	slices.SortStableFunc(routes, func(a, b string) int { return slices.Index(last, a) - slices.Index(last, b) })
	unasked := maps.Clone(table)
	for _, route := range routes {
		row, ok := table[route]
		delete(unasked, route)
		if strings.HasPrefix(route, "echo_route_not_found") {
			continue
		}
		if !ok {
			t.Errorf("the route %s has no line in the table", route)
			continue
		}
		method, _, _ := strings.Cut(route, " ")
		for i, role := range siegeRoles {
			b := s.roles[role].clone()
			body, raw := row.body.([]byte)
			kind := row.kind
			if !raw && row.body != nil {
				body, kind = encode(row.body), "application/json"
			}
			ask := func() answer {
				return b.send(method, row.path, kind, body, func(r *http.Request) { r.Header.Set("Origin", origin) })
			}
			what := role + " at " + route
			if row.want[i] < 400 {
				a := ask()
				if a.status != row.want[i] {
					t.Errorf("%s: answered %d %.200s, want %d", what, a.status, a.body, row.want[i])
				}
				wellHeaded(t, what, a)
				if cc := a.header.Get("Cache-Control"); strings.HasPrefix(row.path, "/api") && cc != "no-store" || strings.HasPrefix(row.path, "/c/") && cc != "no-store" {
					t.Errorf("%s: Cache-Control is %q", what, cc)
				}
			} else if method == "HEAD" {
				if a := ask(); a.status != row.want[i] || len(a.body) > 0 {
					t.Errorf("%s: answered %d %s", what, a.status, a.body)
				}
			} else {
				s.refuse(t, what, row.want[i], ask)
			}
		}
	}
	for route := range unasked {
		t.Errorf("the table has %s, which is no route", route)
	}
	for _, path := range []string{"/nothing.js", "/assets/nothing.js", "/consent.html", "/.git/config.txt", "/api", "/api/", "/ws", "/ws/", "/c/", "/c/x"} {
		a := s.roles["nobody"].clone().get(path)
		wellHeaded(t, path, a)
		if strings.Contains(path, ".") && a.status != 404 || a.status >= 500 {
			t.Errorf("%s: answered %d", path, a.status)
		}
	}
}

var demanded = map[string]int{
	"E03": 403, "E07": 403, "E11": 400, "E13": 409, "E15": 409, "E17": 409, "E19": 422, "E21": 409, "E25": 400, "E27": 429,
}

// Who may not give a command, and commands out of their time.
func TestHostileRights(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	stranger := s.roles["other"].phone(s.other).connect()
	no := func(what string, p *phone, want string, name string, args object) {
		t.Helper()
		before := s.vault.count()
		if a := p.try(name, args); a.code != want {
			t.Errorf("%s: %q, want %q", what, a.code, want)
		}
		// What the number demands, where trust.md says a number.
		number, _, _ := strings.Cut(what, " ")
		if is := statusOfCode(want); demanded[number] != 0 && is != demanded[number] && is != 404 {
			t.Errorf("%s: %q stands for %d, want %d", what, want, is, demanded[number])
		}
		if wrote := s.vault.since(before); len(wrote) > 0 {
			t.Errorf("%s: wrote %q", what, wrote)
		}
	}
	s.a.do("entry.add", object{"trade": "web", "label": "Aのメモ"})
	aEntry := s.a.find("me", "entry", has("label", "Aのメモ"))["id"]
	words := object{"trade": "web"}
	with := func(more object) object { o := maps.Clone(words); maps.Copy(o, more); return o }
	s.unchanged(t, func() {
		// What is somebody else's is not there; what does not exist answers alike.
		for what, p := range map[string]*phone{"E01 another attendee": s.b, "E01 the host": s.host, "E09 a host of another event": stranger} {
			no(what+" changes an entry", p, "not_found", "entry.change", with(object{"entry": aEntry}))
			no(what+" drops an entry", p, "not_found", "entry.drop", object{"entry": aEntry})
			no(what+" drops nothing", p, "not_found", "entry.drop", object{"entry": newOp()})
			no(what+" puts an entry on the board", p, "not_found", "entry.reach", object{"entry": aEntry, "reach": "open", "words": true})
			no(what+" asks for an entry by its own id", p, "not_found", "board.ask", object{"board": aEntry, "need": s.need})
			no(what+" passes for the owner", p, "not_found", "plea.pass", object{"plea": newOp()})
			no(what+" answers a card that is none", p, "not_found", "pair.answer", object{"pair": newOp(), "yes": true, "words": true})
			no(what+" asks for a pair that is none", p, "not_found", "pair.ask", object{"pair": newOp(), "days": 7})
			no(what+" leaves a pair that is none", p, "not_found", "pair.leave", object{"pair": newOp()})
		}
		no("E01 offering with another's entry", s.b, "not_found", "offer.make", object{"need": s.need, "entry": aEntry, "words": true, "line": ""})
		refer := func(entry, to any) object {
			return object{"entry": entry, "to": to, "seeks": "ホームページ", "line": ""}
		}
		no("E33 bringing another's acquaintance", s.b, "not_found", "offer.refer", refer(aEntry, s.host.you))
		no("E33 the host brings somebody's acquaintance", s.host, "not_found", "offer.refer", refer(aEntry, s.b.you))
		no("E33 from another event", stranger, "not_found", "offer.refer", refer(aEntry, s.b.you))
		no("E33 to nobody", s.a, "not_found", "offer.refer", refer(aEntry, newOp()))
		no("E33 to who waits in the lobby", s.a, "not_found", "offer.refer", refer(aEntry, s.waiting.you))
		no("E33 to who is of another event", s.a, "not_found", "offer.refer", refer(aEntry, stranger.you))
		no("E33 one's acquaintance to oneself", s.a, "choice.unknown", "offer.refer", refer(aEntry, s.a.you))
		no("E11 to several", s.a, "body.malformed", "offer.refer", refer(aEntry, []any{s.b.you, s.host.you}))
		no("E11 with a need as well", s.a, "body.malformed", "offer.refer", object{"entry": aEntry, "to": s.b.you, "seeks": "x", "need": s.need})
		no("E11 a hint that says whose it is", s.a, "body.malformed", "suggestion.dismiss", object{"suggestion": newOp(), "owner": s.b.you})
		no("E11 wrong that is no yes or no", s.a, "body.malformed", "suggestion.dismiss", object{"suggestion": newOp(), "wrong": "true"})
		no("E01 a hint that is nobody's", s.a, "not_found", "suggestion.dismiss", object{"suggestion": newOp(), "wrong": true})
		no("E05 a guest speaks for the machine", s.a, "command.unknown", "suggestion.make", object{"entry": aEntry, "card": s.b.you})
		attest := object{"name": "田中", "mail": "tanaka@example.jp", "how": "phone", "on": s.clock.now().UnixMilli()}
		for name, more := range map[string]object{
			"introduction.ask": {"days": 7}, "introduction.leave": {}, "introduction.revoke": {}, "introduction.attest": attest,
			"introduction.met": {"on": s.clock.now().UnixMilli()}, "introduction.close": {"outcome": "engaged", "thanks": "x", "public": true},
			"introduction.thank": {"public": true}, "offer.want": {"line": "x", "pitch": false, "give": []string{"mail"}},
		} {
			args := object{"introduction": s.course}
			maps.Copy(args, more)
			no("E09 "+name+" from another event", stranger, "not_found", name, args)
			no("E10 "+name+" by the host", s.host, "forbidden", name, args)
			args = maps.Clone(args)
			args["introduction"] = newOp()
			no("E13 "+name+" of nothing", s.a, "not_found", name, args)
		}
		// The guest list is the hosts'.
		for _, name := range []string{"attendee.admit", "attendee.remove"} {
			no("E03 "+name, s.a, "forbidden", name, object{"attendee": s.b.you})
			no("E03 "+name+" from the lobby", s.waiting, "forbidden", name, object{"attendee": s.waiting.you})
			no("E03 "+name+" from another event", stranger, "not_found", name, object{"attendee": s.b.you})
		}
		no("E29 the host removes the host", s.host, "attendee.host", "attendee.remove", object{"attendee": s.host.you})
		no("E30 the host erases themself", s.host, "forbidden", "attendee.erase", nil)
		for name, args := range map[string]object{
			"phase.set": {"phase": "free"}, "doors.set": {"doors": "open"}, "event.close": {}, "need.hide": {"need": s.need, "hidden": true},
			"need.pin": {"need": s.need, "pinned": true}, "need.approve": {"need": s.need}, "call.make": {"need": s.need}, "approval.set": {"on": true}, "attest.set": {"attest": "on"},
			"announcement.make": {"text": "x"}, "announcement.drop": {"announcement": newOp()},
			"round.start": {"group": "licensed"}, "round.end": {}, "embedding.set": {"on": true},
		} {
			no("E04 "+name, s.a, "forbidden", name, args)
			no("E04 "+name+" from the lobby", s.waiting, "forbidden", name, args)
		}
		for name, args := range map[string]object{
			"need.post": {"who": "x"}, "entry.add": words, "entry.reach": {"entry": s.entry, "reach": "open", "words": false}, "board.ask": {"board": s.board, "need": s.need}, "need.close": {"need": s.need}, "suggestion.dismiss": {"suggestion": newOp()}, "pair.answer": {"pair": newOp(), "yes": true, "words": false}, "pair.ask": {"pair": newOp(), "days": 7}, "pair.leave": {"pair": newOp()},
			"offer.self": {"need": s.need, "line": "", "give": []string{"mail"}}, "offer.make": {"need": s.need, "entry": s.entry, "words": false, "line": ""},
			"offer.refer": {"entry": s.entry, "to": s.b.you, "seeks": "x", "line": ""},
		} {
			no("E08 from the lobby: "+name, s.waiting, "forbidden", name, args)
		}
		for _, reach := range []any{"all", "", "OPEN", "open "} {
			no("E24 a reach that is none", s.a, "choice.unknown", "entry.reach", object{"entry": aEntry, "reach": reach, "words": false})
		}
		for _, reach := range []any{1, true, []string{"open"}, object{"$ne": "self"}} {
			no("E24 a reach that is no text", s.a, "body.malformed", "entry.reach", object{"entry": aEntry, "reach": reach, "words": false})
		}
		for _, group := range []any{"", "all", "zeirishi", "LICENSED", "licensed ", "licensed\u0000"} {
			no("E24 a round for no group", s.host, "choice.unknown", "round.start", object{"group": group})
		}
		no("E24 a round for no trade", s.host, "trade.unknown", "round.start", object{"trade": "licensed"})
		no("E24 a round for a trade of another group", s.host, "trade.unknown", "round.start", object{"group": "it", "trade": "zeirishi"})
		for _, more := range []object{{"group": 1}, {"group": []string{"it"}}, {"group": "it", "until": 1}, {"group": "it", "minutes": 999}, {"group": "it", "for": s.b.you}} {
			no("E11 a round of another form", s.host, "body.malformed", "round.start", more)
		}
		for _, more := range []object{{"yes": "true"}, {"yes": 1}, {"days": 7}, {"entry": aEntry}, {"table": 1}} {
			args := object{"pair": newOp(), "words": false}
			maps.Copy(args, more)
			no("E11 an answer of another form", s.a, "body.malformed", "pair.answer", args)
		}
		for _, more := range []object{{"days": "7"}, {"direct": true}, {"link": newOp()}} {
			args := object{"pair": newOp()}
			maps.Copy(args, more)
			no("E11 an asking of another form", s.a, "body.malformed", "pair.ask", args)
		}
		no("E11 an end with a word", s.host, "body.malformed", "round.end", object{"why": "x"})
		no("E24 words that nobody would read", s.a, "choice.unknown", "entry.reach", object{"entry": aEntry, "reach": "self", "words": true})
		no("E11 a change that goes further", s.a, "body.malformed", "entry.change", object{"entry": aEntry, "trade": "web", "reach": "open"})
		no("E11 a plea with a word to the owner", s.b, "body.malformed", "board.ask", object{"board": s.board, "need": s.need, "line": "x"})
		no("E02 asking for another's need", s.b, "forbidden", "board.ask", object{"board": s.board, "need": s.need})
		no("E19 asking oneself", s.a, "board.own", "board.ask", object{"board": s.board, "need": s.need})
		no("E19 the host asks the owner for the owner", s.host, "board.own", "board.ask", object{"board": s.board, "need": s.need})
		no("E13 for nothing", s.host, "not_found", "board.ask", object{"board": s.board, "need": newOp()})
		no("E02 another's need", s.b, "forbidden", "need.close", object{"need": s.need})
		no("E02 another's need", s.b, "forbidden", "need.edit", object{"need": s.need, "who": "x"})
		// States.
		asked := object{"introduction": s.course, "on": s.clock.now().UnixMilli()}
		maps.Copy(attest, asked)
		no("E04 attesting where the host has it off", s.b, "attest.off", "introduction.attest", attest)
		no("E13 meeting before the yes", s.a, "introduction.step", "introduction.met", asked)
		no("E13 closing before the yes", s.a, "introduction.step", "introduction.close", object{"introduction": s.course, "outcome": "engaged"})
		no("E13 thanks that nobody said", s.b, "introduction.step", "introduction.thank", object{"introduction": s.course, "public": true})
		no("E14 attesting by who asks", s.a, "forbidden", "introduction.attest", attest)
		no("E17 a need that becomes one on behalf", s.a, "need.answered", "need.edit", object{"need": s.need, "who": "x", "behalf": object{"trade": "web"}})
		no("E11 more of the acquaintance than may be said", s.a, "body.malformed", "need.post", object{"who": "x", "behalf": object{"trade": "web", "name": "田中"}})
		no("C15 a name on behalf", s.a, "text.name", "need.post", object{"who": "鈴木様のために", "behalf": object{"trade": "web"}})
		no("E01 dropping no announcement", s.host, "not_found", "announcement.drop", object{"announcement": newOp()})
		no("E13 asking twice", s.b, "introduction.step", "introduction.ask", object{"introduction": s.course, "days": 7})
		no("E13 taking back what was not given", s.a, "introduction.step", "introduction.revoke", object{"introduction": s.course})
		no("E14 wanting by the introducer", s.b, "forbidden", "offer.want", object{"introduction": s.course, "line": "x", "pitch": false, "give": []string{"mail"}})
		no("E14 asking by who asks", s.a, "forbidden", "introduction.ask", object{"introduction": s.course, "days": 7})
		no("E17 editing what was answered", s.a, "need.answered", "need.edit", object{"need": s.need, "who": "別の人"})
		no("E18 the same entry twice", s.b, "offer.exists", "offer.make", object{"need": s.need, "entry": s.entry, "words": false, "line": ""})
		no("E19 introducing to oneself", s.a, "need.own", "offer.self", object{"need": s.need, "line": "", "give": []string{"mail"}})
		no("E19 one's acquaintance to oneself", s.a, "need.own", "offer.make", object{"need": s.need, "entry": aEntry, "words": false, "line": ""})
		for _, days := range []any{0, 1, 8, -7, 1 << 40} {
			no(fmt.Sprint("E24 days ", days), s.b, "choice.unknown", "introduction.ask", object{"introduction": s.course, "days": days})
		}
		for _, c := range []object{
			with(object{"role": "host"}), with(object{"host": true}), with(object{"owner": s.a.you}), with(object{"board": newOp()}), with(object{"blocked": false}),
		} {
			no("E11 more than may be said", s.b, "body.malformed", "entry.add", c)
		}
		for _, more := range []object{{"role": "host"}, {"host": true}, {"standing": "present"}, {"id": s.b.you}, {"Name": "x"}} {
			no("E11 more than may be said", s.a, "body.malformed", "card.change", object{"card": card("佐藤 由美", "sharoshi", more)})
		}
		for _, name := range []string{"", "event.open", "doors.renew", "attendee.join", "suggestion.make", "consent.give", "consent.revoke", "tick", "Need.Post", "need.post ", "__proto__", "toString"} {
			no("E12 a command that is none: "+name, s.a, "command.unknown", name, nil)
		}
		for role, want := range map[string]int{"attendee": 404, "host": 404} {
			s.refuse(t, "E05 somebody's contacts", want, func() answer {
				return s.roles[role].clone().get("/api/events/" + s.event + "/contacts/" + s.course + ".vcf")
			})
			s.refuse(t, "E05 another event", want, func() answer { return s.roles[role].clone().get("/api/events/" + s.other + "/contacts.csv") })
		}
	})

	s.b.do("introduction.leave", object{"introduction": s.course})
	s.unchanged(t, func() {
		no("E15 wanting what was left", s.a, "introduction.step", "offer.want", object{"introduction": s.course, "line": "x", "pitch": false, "give": []string{"mail"}})
		no("E15 asking for what was left", s.b, "introduction.step", "introduction.ask", object{"introduction": s.course, "days": 7})
		no("E15 leaving twice", s.b, "introduction.step", "introduction.leave", object{"introduction": s.course})
	})

	t.Run("E21 and E23: somebody goes, something is taken back", func(t *testing.T) {
		s.b.do("offer.self", object{"need": s.need, "line": "", "give": []string{"mail"}})
		own := s.a.find("me", "received", has("own", true))["id"].(string)
		s.a.do("offer.want", object{"introduction": own, "line": "ぜひ", "pitch": false, "give": []string{"mail"}})
		file := "/api/events/" + s.event + "/contacts/" + own + ".vcf"
		if a := s.a.get(file); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		s.b.do("introduction.revoke", object{"introduction": own})
		s.refuseAs(t, "E23 a contact that was taken back", []int{410}, func() answer { return s.a.clone().get(file) })
		no("E23 taking back twice", s.b, "introduction.step", "introduction.revoke", object{"introduction": own})

		s.b.do("need.post", object{"who": "印刷の方"})
		need := s.a.find("room", "need", has("who", "印刷の方"))["id"]
		s.a.do("offer.make", object{"need": need, "entry": aEntry, "words": false, "line": ""})
		given := s.a.find("me", "given", has("need", need))["id"]
		s.host.do("attendee.remove", object{"attendee": s.b.you})
		no("E21 going on with who was removed", s.a, "introduction.step", "introduction.leave", object{"introduction": given})
		no("E21 offering to who was removed", s.a, "not_found", "offer.make", object{"need": need, "entry": aEntry, "words": false, "line": ""})
	})

	t.Run("E27 the sixth open request", func(t *testing.T) {
		for i := range 2 {
			s.host.do("need.post", object{"who": fmt.Sprint("六人目まで", i)})
		}
		for i := range 6 {
			s.a.do("entry.add", object{"trade": "web", "label": fmt.Sprint("六", i)})
			entry := s.a.find("me", "entry", has("label", fmt.Sprint("六", i)))["id"]
			need := s.a.find("room", "need", has("who", fmt.Sprint("六人目まで", i/3)))["id"]
			s.a.do("offer.make", object{"need": need, "entry": entry, "words": false, "line": ""})
			course := s.a.find("me", "given", has("entry", entry))["id"]
			s.host.find("me", "received", has("id", course))
			s.host.do("offer.want", object{"introduction": course, "line": "ぜひ", "pitch": false, "give": []string{"mail"}})
			s.a.find("me", "given", func(o object) bool { return o["id"] == course && o["step"] == "wanted" })
			if i < 5 {
				s.a.do("introduction.ask", object{"introduction": course, "days": 7})
			} else {
				no("E27", s.a, "limit.askings", "introduction.ask", object{"introduction": course, "days": 7})
			}
		}
	})
}
