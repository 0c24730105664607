package main

import "testing"

// Scene 13 with the worst restart: Sato's phone is in a dead spot and collects
// two offers and a need; meanwhile a need is withdrawn, and the server is
// killed in the middle of a commit and started anew. Each thing arrives once,
// the late one is told that it is late, and her view is a fresh one.
func TestDeadSpotAndDeath(t *testing.T) {
	for _, way := range []way{failpoints, powerCuts} {
		t.Run(string(way), func(t *testing.T) {
			c := newCrash(t, seed(t), way, "")
			c.settleIn()
			for _, w := range c.people {
				w.hangUp()
			}
			come := func(name, trade string) *phone {
				b := c.house.browser(name)
				if in := b.join(c.code, card(name, trade, object{"mail": name + "@example.jp"})); in != "present" {
					t.Fatalf("%s is %s", name, in)
				}
				p := b.phone(c.event)
				p.connect()
				return p
			}
			sato, taka, yamamoto := come("佐藤", "sharoshi"), come("高橋", "painting"), come("山本", "npo")
			for _, label := range []string{"知り合い1", "知り合い2"} {
				sato.do("entry.add", object{"trade": "zeirishi", "area": "船橋市", "label": label})
			}
			taka.do("need.post", object{"who": "建設業許可に詳しい方"})
			yamamoto.do("need.post", object{"who": "英語の契約書を見てくれる方"})
			one := sato.find("room", "need", has("who", "建設業許可に詳しい方"))["id"]
			two := sato.find("room", "need", has("who", "英語の契約書を見てくれる方"))["id"]
			sato.until("her entries", func() bool { return len(sato.allLocked("me", "entry")) == 2 })
			entries := sato.all("me", "entry")
			sato.cut()
			yamamoto.do("need.close", object{"need": two})
			c.end()

			// What waited on her phone goes out, each thing twice: first to a server
			// that dies with it.
			ops := []string{newOp(), newOp(), newOp()}
			send := func() {
				for range 2 {
					sato.say(ops[0], "offer.make", object{"need": one, "entry": entries[0]["id"], "words": false, "line": ""})
					sato.say(ops[1], "offer.make", object{"need": two, "entry": entries[1]["id"], "words": false, "line": ""})
					sato.say(ops[2], "need.post", object{"who": "助成金に詳しい方"})
				}
			}
			for _, point := range []string{"append", "appended"} {
				if !c.start(doom{Point: point, Nth: 1}) {
					t.Fatal("the server died too early")
				}
				if err := sato.reach(); err != nil {
					t.Fatal(err)
				}
				send()
				c.fell()
			}

			if !c.start(doom{}) {
				t.Fatal("the last server died")
			}
			for _, p := range []*phone{sato, taka, yamamoto, c.host} {
				if err := p.reach(); err != nil {
					t.Fatal(err)
				}
			}
			send()
			for i, want := range []string{"ack", "need.over", "ack"} {
				if a := sato.answer(ops[i], "what waited"); a.code != want {
					t.Errorf("%d is answered %v, want %s", i, a, want)
				}
			}
			taka.find("room", "need", has("who", "助成金に詳しい方"))
			taka.find("me", "received", nil)
			for _, p := range []*phone{sato, taka, yamamoto, c.host} {
				p.fresh()
			}
			n := 0
			for _, need := range taka.all("room", "need") {
				if need["who"] == "助成金に詳しい方" {
					n++
				}
			}
			if got := len(taka.all("me", "received")); n != 1 || got != 1 {
				t.Errorf("%d needs and %d offers arrived, want one of each", n, got)
			}
			if got := len(yamamoto.all("me", "received")); got != 0 {
				t.Errorf("%d offers arrived on a need that was withdrawn", got)
			}
			for _, p := range []*phone{sato, taka, yamamoto, c.host} {
				_ = p.ws.Close()
			}
			c.end()
		})
	}
}
