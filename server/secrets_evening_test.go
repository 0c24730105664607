package main

import (
	"maps"
	"regexp"
	"strings"
	"time"
)

// The evening of secrets_test.go: what everybody may know of it, and what may
// be nobody's business but one person's.

var opField = regexp.MustCompile(`name="op" value="([^"]+)"`)

// theEvening has something of everything. A scene waits for what the machine
// suggests in the plain evening, so that nothing overtakes anything.
var theEvening = []scene{
	{"lists", func(n *night) {
		n.yamamoto.do("entry.add", object{"trade": "manufacturing", "area": "船橋市", "size": "30-99"})
		n.keep("entry", n.yamamoto.find("me", "entry", has("trade", "manufacturing")))
		n.emily.do("entry.add", object{"trade": "zeirishi", "area": "千葉県", "offers": "相続に強い"})
		n.keep("tax", n.emily.find("me", "entry", has("offers", "相続に強い")))
	}},
	{"board", func(n *night) {
		n.emily.do("entry.reach", object{"entry": n.ids["tax"], "reach": "open", "words": true})
		n.keep("row", n.taka.find("room", "board", nil))
	}},
	{"needs", func(n *night) { n.kobayashi.do("phase.set", object{"phase": "needs"}) }},
	{"a round", func(n *night) { n.kobayashi.do("round.start", object{"group": "licensed"}) }},
	{"a need", func(n *night) {
		n.sato.do("need.post", object{"who": "従業員30名前後の製造業の社長", "area": "船橋市周辺"})
		need := n.keep("need", n.sato.find("me", "mine", nil))["id"]
		n.yamamoto.find("me", "suggestion", has("need", need))
	}},
	{"a need of many", func(n *night) {
		n.taka.do("need.post", object{"who": "相続の相談にのれる税理士", "trade": "zeirishi", "area": "千葉県"})
		need := n.keep("wish", n.taka.find("me", "mine", nil))["id"]
		n.emily.find("me", "suggestion", has("need", need))
	}},
	{"the round is over", func(n *night) { n.kobayashi.do("round.end", nil) }},
	{"a plea", func(n *night) {
		n.taka.do("board.ask", object{"board": n.ids["row"], "need": n.ids["wish"]})
		n.keep("plea", n.emily.find("me", "plea", nil))
	}},
	{"passed", func(n *night) { n.emily.do("plea.pass", object{"plea": n.ids["plea"]}) }},
	{"offered", func(n *night) {
		n.yamamoto.do("offer.make", object{"need": n.ids["need"], "entry": n.ids["entry"], "words": false, "line": ""})
		n.keep("course", n.sato.find("me", "received", nil))
	}},
	{"wanted", func(n *night) {
		n.sato.do("offer.want", object{"introduction": n.ids["course"], "line": "就業規則の整備で", "pitch": false, "give": []string{"mail"}})
	}},
	{"asked", func(n *night) { n.yamamoto.do("introduction.ask", object{"introduction": n.ids["course"], "days": 7}) }},
	{"the page", func(n *night) {
		page := "/c/" + n.event + "/" + n.yamamoto.find("me", "given", has("step", "asking"))["link"].(string)
		x := n.someone()
		op := opField.FindStringSubmatch(string(n.ok(x.get(page)).body))[1]
		n.ok(x.get(n.ok(x.form(page, "op", op, "do", "give", "name", "田中 誠", "mail", "tanaka@example.jp")).header.Get("Location")))
		n.sato.find("me", "received", has("step", "connected"))
	}},
	{"nobody answers", func(n *night) {
		n.taka.do("need.post", object{"who": "飲食店の方", "area": "船橋市"})
		n.keep("lonely", n.taka.find("me", "mine", has("who", "飲食店の方")))
	}},
	{"who gave first needs somebody", func(n *night) {
		n.yamamoto.do("need.post", object{"who": "建設業許可を取りたい工務店", "area": "千葉県"})
		n.keep("his", n.yamamoto.find("me", "mine", nil))
	}},
	{"oneself", func(n *night) {
		n.sato.do("offer.self", object{"need": n.ids["his"], "line": "労務のご相談なら", "give": []string{"mail"}})
	}},
	{"called", func(n *night) { n.minutes(11); n.call(n.ids["lonely"]) }},
	{"tried", func(n *night) {
		for _, p := range []*phone{n.kobayashi, n.taka, n.sato, n.emily, n.yamamoto} {
			if n.secret != nil && p == n.secret.whose(n.cast) {
				n.probe(p, newOp()) // what others asked it too, and of nothing
				continue
			}
			id := newOp()
			if len(n.hidden) > 0 {
				id = n.hidden[len(p.name)%len(n.hidden)]
			}
			n.probe(p, id)
		}
	}},
	{"a dead spot", func(n *night) {
		n.sato.cut()
		n.taka.do("need.edit", object{"need": n.ids["lonely"], "who": "飲食店の方々", "area": "船橋市"})
		n.sato.connect()
	}},
	{"a storage that was cleared", func(n *night) {
		for _, p := range []*phone{n.kobayashi, n.emily} {
			p.forgetAndCut()
			p.connect()
		}
	}},
	{"looked at", func(n *night) {
		for _, p := range n.phones() {
			n.look(p)
		}
	}},
	{"a restart", func(n *night) {
		n.restart()
		for _, p := range n.phones() {
			p.connect()
		}
	}},
	{"called again", func(n *night) { n.minutes(11); n.call(n.ids["lonely"]) }},
	{"too much", func(n *night) {
		n.taka.do("need.post", object{"who": "足場を貸してくださる方"})
		n.taka.refused("limit.needs", "need.post", object{"who": "看板を作れる方"})
		n.kobayashi.refused("call.again", "call.make", object{"need": n.ids["lonely"]})
	}},
	{"offered from the board", func(n *night) {
		n.emily.do("offer.make", object{"need": n.ids["wish"], "entry": n.ids["tax"], "words": true, "line": "古い友人です"})
		n.keep("second", n.taka.find("me", "received", nil))
	}},
	{"a card", func(n *night) {
		n.taka.do("card.change", object{"card": card("高橋 大輔", "painting", object{"mail": "taka@example.jp"})})
	}},
	{"wanted too", func(n *night) {
		n.taka.do("offer.want", object{"introduction": n.ids["second"], "line": "相続のことで", "pitch": false, "give": []string{"mail"}})
	}},
	{"asked too", func(n *night) { n.emily.do("introduction.ask", object{"introduction": n.ids["second"], "days": 3}) }},
	{"withdrawn", func(n *night) { n.taka.do("need.close", object{"need": n.ids["lonely"]}) }},
	{"hidden", func(n *night) { n.kobayashi.do("need.hide", object{"need": n.ids["his"], "hidden": true}) }},
	{"told", func(n *night) { n.kobayashi.do("announcement.make", object{"text": "あと10分です"}) }},
	{"thanked", func(n *night) {
		n.sato.do("introduction.close", object{"introduction": n.ids["course"], "outcome": "engaged", "thanks": "助かりました", "public": true})
	}},
	{"on the screen", func(n *night) {
		n.yamamoto.do("introduction.thank", object{"introduction": n.ids["course"], "public": true})
	}},
	{"closed", func(n *night) { n.kobayashi.do("event.close", nil) }},
	{"due", func(n *night) {
		n.screen.cut() // its cookie ends with the evening
		n.wait(5*24*time.Hour, n.taka, "the end of what nobody answered", func() bool {
			return len(n.taka.allLocked("me", "received")) > 0 && n.taka.allLocked("me", "received")[0]["step"] == "ended"
		})
	}},
	{"looked at again", func(n *night) {
		for _, p := range n.people() {
			n.look(p)
		}
	}},
	{"everybody anew", func(n *night) {
		for _, p := range n.people() {
			p.forgetAndCut()
			p.connect()
		}
	}},
	{"erased", func(n *night) {
		n.lot()
		n.ok(n.emily.post("/api/events/"+n.event+"/erase", object{"op": newOp()}))
		n.emily.until("the door", func() bool { return n.emily.over != 0 })
		for _, p := range n.connected() {
			p.until("the person to go", func() bool { return p.have["room"] != nil && p.have["room"][n.emily.you] == nil })
		}
	}},
	{"after it", func(n *night) {
		n.restart()
		for _, p := range []*phone{n.kobayashi, n.yamamoto, n.sato, n.taka} {
			p.connect()
		}
	}},
}

// list are entries for each need of the evening, with words for nobody's eyes.
var list = []object{
	{"trade": "manufacturing", "area": "船橋市", "size": "30-99", "offers": "部品の加工", "seeks": "紅葉のきれいな場所"},
	{"trade": "restaurant", "area": "船橋市", "seeks": "海の見える部屋"},
	{"trade": "construction", "area": "千葉県", "offers": "建設業許可を取りたい"},
	{"trade": "zeirishi", "area": "千葉県", "offers": "相続に強い"},
}

// hide adds to a list what nobody else may notice.
func (n *night) hide(p *phone, more object) {
	for i, e := range list {
		words := maps.Clone(e)
		words["label"], words["note"] = "わたしの札"+string(rune('A'+i)), "わたしの覚え"
		maps.Copy(words, more)
		p.do("entry.add", words)
		n.hidden = append(n.hidden, p.find("me", "entry", has("label", words["label"]))["id"].(string))
	}
}

// putAway dismisses whatever is suggested to somebody for what they hide.
func (n *night) putAway(p *phone) {
	for _, g := range p.all("me", "suggestion") {
		if mine, _ := g["entry"].(string); mine != "" && strings.Contains(strings.Join(n.hidden, " "), mine) {
			p.do("suggestion.dismiss", object{"suggestion": g["id"]})
		}
	}
}

// suggested waits for a suggestion for what is hidden.
func (n *night) suggested(p *phone, need string, more func(object) bool) {
	g := p.find("me", "suggestion", func(g object) bool {
		mine, _ := g["entry"].(string)
		return g["need"] == n.ids[need] && mine != "" && strings.Contains(strings.Join(n.hidden, " "), mine) && (more == nil || more(g))
	})
	n.hidden = append(n.hidden, g["id"].(string))
}

// theSecrets are what one person each has and does beside it.
var theSecrets = []secret{
	{"a list, and what is suggested to it is put away", func(c *cast) *phone { return c.yamamoto }, map[string]func(*night, *phone){
		"lists":                         func(n *night, own *phone) { n.hide(own, nil) },
		"a plea":                        func(n *night, own *phone) { n.suggested(own, "need", nil); n.suggested(own, "wish", nil) },
		"offered":                       func(n *night, own *phone) { n.putAway(own) },
		"who gave first needs somebody": func(n *night, own *phone) { n.suggested(own, "lonely", nil); n.putAway(own) },
		"called again":                  func(n *night, own *phone) { n.putAway(own) },
		"told":                          func(n *night, own *phone) { n.putAway(own) },
	}, []string{"わたしの札A", "わたしの覚え"}},
	{"a list that is left alone", func(c *cast) *phone { return c.yamamoto }, map[string]func(*night, *phone){
		"lists": func(n *night, own *phone) { n.hide(own, nil) },
		"tried": func(n *night, own *phone) { n.suggested(own, "lonely", has("called", true)) },
	}, []string{"わたしの札B", `"called":true`}},
	{"of who received, with a hint to give back", func(c *cast) *phone { return c.sato }, map[string]func(*night, *phone){
		"nobody answers": func(n *night, own *phone) { n.hide(own, nil) },
		"oneself":        func(n *night, own *phone) { n.suggested(own, "his", has("back", true)) },
		"tried":          func(n *night, own *phone) { n.suggested(own, "lonely", has("called", true)) },
		"called again":   func(n *night, own *phone) { n.putAway(own) },
	}, []string{"わたしの札C", `"back":true`, `"called":true`}},
	{"of the host", func(c *cast) *phone { return c.kobayashi }, map[string]func(*night, *phone){
		"a round":   func(n *night, own *phone) { n.hide(own, nil) },
		"tried":     func(n *night, own *phone) { n.suggested(own, "lonely", has("called", true)); n.putAway(own) },
		"asked too": func(n *night, own *phone) { n.hide(own, object{"reach": "nameless", "offers": ""}) },
		"on the screen": func(n *night, own *phone) {
			for _, e := range own.all("me", "entry") {
				own.do("entry.drop", object{"entry": e["id"]})
			}
		},
	}, []string{"わたしの札A", `"called":true`}},
	{"of who is erased in the end", func(c *cast) *phone { return c.emily }, map[string]func(*night, *phone){
		"lists":        func(n *night, own *phone) { n.hide(own, nil) },
		"a restart":    func(n *night, own *phone) { n.putAway(own) },
		"called again": func(n *night, own *phone) { n.hide(own, object{"area": "千葉市"}) },
	}, []string{"わたしの札D"}},
	{"labels and notes of what is shown, and other words that come and go", func(c *cast) *phone { return c.emily }, map[string]func(*night, *phone){
		"board": func(n *night, own *phone) {
			own.do("entry.change", object{"entry": n.ids["tax"], "trade": "zeirishi", "area": "千葉県", "offers": "相続に強い", "label": "わたしの先生", "note": "わたしの覚え"})
		},
		"a plea": func(n *night, own *phone) {
			own.do("entry.change", object{
				"entry": n.ids["tax"], "trade": "zeirishi", "area": "千葉県", "offers": "相続に強い", "seeks": "事務所の移転先", "label": "わたしの友", "note": "わたしの別の覚え", "closeness": "",
			})
		},
		"offered from the board": func(n *night, own *phone) {
			own.do("entry.add", object{"trade": "web", "area": "千葉県", "label": "わたしの札"})
			entry := own.find("me", "entry", has("label", "わたしの札"))["id"]
			own.do("entry.reach", object{"entry": entry, "reach": "nameless"})
			own.do("entry.reach", object{"entry": entry, "reach": "self"})
			own.do("entry.drop", object{"entry": entry})
		},
	}, []string{"わたしの友", "わたしの別の覚え"}},
}
