package main

import (
	"strings"
	"testing"
	"time"
)

// 「ご紹介できます」: from the list to the board, by the ask of who needs
// somebody and of the host, to the introduction, and off the board again.
func TestTheBoard(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.yamamoto.do("entry.add", object{"trade": "zeirishi", "area": "千葉県", "closeness": "often", "label": "ゴルフのYさん", "note": "個人は受けない", "offers": "相続に強い", "seeks": "事務所の移転先"})
	entry := c.yamamoto.find("me", "entry", has("reach", "self"))["id"]
	c.emily.cut() // in the basement
	c.yamamoto.do("entry.reach", object{"entry": entry, "reach": "open", "words": true})
	row := c.sato.find("room", "board", nil)
	if row["owner"] != c.yamamoto.you || row["offers"] != "相続に強い" || row["id"] == entry || len(row) != 8 {
		t.Errorf("the board shows %v", row)
	}

	// Takahashi asks for it, for a need of his; Yamamoto passes, and nobody hears of it.
	c.taka.do("need.post", object{"who": "相続の相談にのれる税理士", "trade": "zeirishi"})
	need := c.taka.find("me", "mine", nil)["id"]
	c.taka.do("board.ask", object{"board": row["id"], "need": need})
	c.taka.refused("board.asked", "board.ask", object{"board": row["id"], "need": need})
	plea := c.yamamoto.find("me", "plea", has("by", c.taka.you))
	if plea["need"] != need || plea["entry"] != entry {
		t.Errorf("the owner is asked %v", plea)
	}
	for _, p := range []*phone{c.sato, c.kobayashi, c.screen} {
		p.settle()
		if strings.Contains(p.everything(), plea["id"].(string)) {
			t.Errorf("%s hears who asks whom", p.name)
		}
	}
	before := c.taka.find("me", "asked", nil)
	c.yamamoto.do("plea.pass", object{"plea": plea["id"]})
	c.yamamoto.until("the plea to go", func() bool { return len(c.yamamoto.allLocked("me", "plea")) == 0 })
	c.taka.settle()
	if after := c.taka.find("me", "asked", nil); mustJSON(after) != mustJSON(before) {
		t.Errorf("before %v, and after the silent no %v", before, after)
	}

	// The host asks for the same need: Yamamoto sees the host, and so does Takahashi.
	c.kobayashi.do("board.ask", object{"board": row["id"], "need": need})
	c.yamamoto.find("me", "plea", has("by", c.kobayashi.you))
	c.taka.find("me", "asked", has("by", c.kobayashi.you))
	c.yamamoto.do("offer.make", object{"need": need, "entry": entry, "words": false, "line": ""})
	offer := c.taka.find("me", "received", has("from", c.yamamoto.you))
	for _, p := range []*phone{c.taka, c.kobayashi} {
		p.until("what was asked to be answered", func() bool { return len(p.allLocked("me", "asked")) == 0 })
	}

	// Being asked, the acquaintance leaves the board, and stays away from it.
	c.taka.do("card.change", object{"card": card("高橋 大輔", "painting", object{"mail": "taka@example.jp"})})
	c.taka.do("offer.want", object{"introduction": offer["id"], "line": "相続のことで", "pitch": false, "give": []string{"mail"}})
	c.yamamoto.do("introduction.ask", object{"introduction": offer["id"], "days": 7})
	for _, p := range []*phone{c.sato, c.taka, c.kobayashi} {
		p.until("the board to be empty", func() bool { return len(p.allLocked("room", "board")) == 0 })
	}
	c.yamamoto.refused("entry.asking", "entry.reach", object{"entry": entry, "reach": "open", "words": false})
	// Emily was away all the time, and hears nothing of what stood there.
	c.emily.connect().settle()
	for _, word := range []string{"相続に強い", row["id"].(string)} {
		if strings.Contains(c.emily.everything(), word) {
			t.Errorf("%s comes back to a phone that was away", word)
		}
	}
	for _, p := range []*phone{c.sato, c.taka, c.kobayashi, c.emily, c.screen} {
		for _, word := range []string{"ゴルフのYさん", "個人は受けない", "事務所の移転先", entry.(string)} {
			if strings.Contains(p.everything(), word) {
				t.Errorf("%s hears %s", p.name, word)
			}
		}
	}
}

// Nobody answered: on the third day it says so, and the place is free.
func TestAPleaEnds(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.yamamoto.do("entry.add", object{"trade": "zeirishi", "area": "千葉県", "reach": "open"})
	row := c.sato.find("room", "board", nil)
	c.sato.do("need.post", object{"who": "税理士さん"})
	c.sato.do("board.ask", object{"board": row["id"], "need": c.sato.find("me", "mine", nil)["id"]})
	due := int64(c.sato.find("me", "asked", nil)["due"].(float64))
	h.clock.set(time.UnixMilli(due))
	c.sato.find("me", "asked", has("over", true))
	c.yamamoto.until("the plea to go", func() bool { return len(c.yamamoto.allLocked("me", "plea")) == 0 })
}
