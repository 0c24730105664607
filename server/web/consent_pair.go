package web

import (
	"goen/realtime/event"
	"goen/realtime/trade"
)

// The consent page of a pair: the same route and the same form, with two
// go-betweens and somebody else who is asked too.

// portrait is a nameless description in words.
type portrait struct {
	Trade, Size, Closeness, Area, Offers, Seeks string
}

// pair reads the views of a pair into the page.
func (p *page) pair(v any, zone string) {
	switch v := v.(type) {
	case event.DuoView:
		p.Duo, p.State, p.Due = &v, v.State, p.T.day(v.Due, zone)
		if v.State == "open" {
			p.State, p.Their, p.Your = "duo", p.describe(v.Theirs), p.describe(v.Mine)
		}
	case event.TrustView:
		p.Trust, p.State, p.Due = &v, v.State, p.T.day(v.Due, zone)
		if v.State == "given" {
			p.State = "trust"
			if v.Contact != nil {
				p.Form = *v.Contact
			}
		}
	}
}

func (p *page) describe(of *event.Portrait) portrait {
	if of == nil {
		return portrait{}
	}
	out := portrait{Area: of.Area, Offers: of.Offers, Seeks: of.Seeks, Size: p.T.Pair.Sizes[of.Size], Closeness: p.T.Pair.Close[of.Closeness]}
	if t, ok := trade.Find(trade.ID(of.Trade)); ok {
		out.Trade = map[string]string{"ja": t.Ja, "en": t.En}[p.Lang]
	}
	if a, ok := trade.FindArea(of.Area); ok {
		out.Area = map[string]string{"ja": a.Ja, "en": a.En}[p.Lang]
	}
	return out
}

// pairText is every text of the page that only a pair has. %s is filled with a
// name.
type pairText struct {
	Intro, With, Whom, Trade, Area, Size, Closeness, Offers, Seeks, Yours       string
	BothGet, WhenBoth, Hosts, DeclineNote                                       string
	Kept, KeptNote, KeptBack, Withdrawn, WithdrawnNote, Over, Joined, JoinedFor string

	Sizes, Close map[string]string
}

var pairTexts = map[string]pairText{
	"ja": {
		Intro: "%sさんが、お引き合わせしたい方がいるとのことです。", With: "相手の方の仲人", Whom: "お引き合わせする方",
		Trade: "お仕事", Area: "地域", Size: "従業員", Closeness: "仲人とのご縁", Offers: "お役に立てること", Seeks: "探していること",
		Yours:       "相手の方には、あなたのことも同じように、お名前を出さずに伝わります。",
		BothGet:     "お二人がともに「会ってみたい」を押したときだけ、お互いのお名前と連絡先が届きます。",
		WhenBoth:    "それまでは、あなたのお返事も、書いたお名前も、封をしてお預かりし、だれにも見えません。期限までに整わなければ、すぐに消します。",
		Hosts:       "ご縁が整ったとき、お名前だけは、お二人の仲人にも伝わります。主催者には伝わりません。",
		DeclineNote: "見送ったことは、だれにも伝わりません。お返事がなかったときと同じになります。",
		Kept:        "お預かりしました。", KeptNote: "お相手のお返事を待っています。%sまでに整えば、このページでお知らせします。整わなければ、お預かりしたものはすべて消えます。",
		KeptBack:  "取り消すと、お預かりしたお名前と連絡先をすぐに消します。取り消したことは、だれにも伝わりません。",
		Withdrawn: "取り消しました。", WithdrawnNote: "お預かりしたものは、すべて消しました。このページは閉じて大丈夫です。",
		Over: "今回はご縁がありませんでした。", Joined: "ご縁がつながりました。", JoinedFor: "仲人",
		Sizes: map[string]string{"1": "お一人", "2-9": "2〜9名", "10-29": "10〜29名", "30-99": "30〜99名", "100+": "100名以上"},
		Close: map[string]string{"often": "よく会う方", "deals": "お取引のある方", "acquainted": "面識のある方"},
	},
	"en": {
		Intro: "%s knows of somebody you might like to meet.", With: "Go-between of the other person", Whom: "Whom you would meet",
		Trade: "Work", Area: "Area", Size: "People", Closeness: "Known to the go-between", Offers: "Can help with", Seeks: "Is looking for",
		Yours:       "The other person reads about you in the same way, without your name.",
		BothGet:     "Only when both of you press “I'd like to meet” do you get each other's name and contact.",
		WhenBoth:    "Until then your answer and what you write are kept under seal, and nobody sees them. If it does not come about in time, they are erased at once.",
		Hosts:       "When it comes about, both go-betweens get the two names, and nothing else. The host gets neither.",
		DeclineNote: "Nobody is told that you passed. It looks the same as no answer.",
		Kept:        "We are keeping it safe.", KeptNote: "We are waiting for the other person. If it comes about by %s, this page will say so. If not, everything that you wrote is erased.",
		KeptBack:  "If you take it back, your name and contact are erased at once, and nobody is told.",
		Withdrawn: "Taken back.", WithdrawnNote: "Everything that you wrote has been erased. You can close this page.",
		Over: "It did not come about this time.", Joined: "You are connected.", JoinedFor: "Go-betweens",
		Sizes: map[string]string{"1": "one", "2-9": "2 to 9", "10-29": "10 to 29", "30-99": "30 to 99", "100+": "100 or more"},
		Close: map[string]string{"often": "well", "deals": "through work", "acquainted": "have met"},
	},
}
