package web

import (
	"strconv"
	"strings"
	"time"

	"goen/realtime/event"
)

// consentText is every text of the consent page in one language. %s is filled
// with the introducer's, the asker's or the event's name.
type consentText struct {
	Title, Preview, Intro, Asks, Firm, Line, Pitch, NoPitch                                   string
	WhatTheyGet, WhatYouGet, TheirName, TheirMail, TheirPhone, YourFields, OnlyAfter, DueLine string
	Name, Kana, KanaHint, FirmField, Mail, Phone, OneContact, Give, Decline, DeclineNote      string
	TellBox, BlockBox, Finished, FinishedNote, Given, GivenNote, Revoke, RevokeNote           string
	Keep, KeepNote, Theirs, Yours, Correct, Revoked, RevokedNote, Over, OverNote              string
	Missing, MissingNote, PreviewBar, Other, Privacy, From, Optional, Saved, About, NoAccount string
	// On behalf: the introducer asked for this person's sake.
	IntroHelp, AsksHelp, YourNeed string
	Pair                          pairText

	day   func(at event.At, zone string) string
	fault func(event.Refusal) string
}

// With puts a name into a text.
func (consentText) With(text, name string) string { return strings.ReplaceAll(text, "%s", name) }

func inZone(at event.At, zone string) time.Time {
	z, err := time.LoadLocation(zone)
	if err != nil {
		z = time.UTC
	}
	return time.UnixMilli(int64(at)).In(z)
}

var consentTexts = map[string]consentText{
	"ja": {
		Pair:  pairTexts["ja"],
		Title: "ご紹介の確認", Preview: "%sさんからのご紹介の確認", Other: "English",
		PreviewBar: "これは、あなたがご本人に送るページの見本です。ご本人の端末で開くと答えられます。",
		Intro:      "%sさんが、あなたをご紹介したいとのことです。", From: "ご紹介者", Asks: "お会いしたい方", Firm: "会社・屋号", Line: "お会いしたい理由",
		Pitch: "ご提案(営業)を含みます", NoPitch: "ご提案(営業)は含みません", About: "相手の方には「%sの方」として、お名前を出さずに伝わっています。",
		WhatTheyGet: "あなたから相手の方へ渡るもの", YourFields: "下に書いたお名前と連絡先だけ", WhatYouGet: "相手の方からあなたへ渡るもの",
		TheirName: "お名前・会社", TheirMail: "メール", TheirPhone: "電話", OnlyAfter: "どちらも、あなたが「会ってみたい」を押したときだけ渡ります。主催者や他の参加者には渡りません。",
		DueLine: "お返事は%sまで", Name: "お名前", Kana: "フリガナ", KanaHint: "カタカナかひらがな", FirmField: "会社名・屋号", Mail: "メール", Phone: "電話",
		OneContact: "メールか電話の、どちらか一つで大丈夫です。", Optional: "任意", Give: "会ってみたい", Decline: "今回は見送る",
		DeclineNote: "見送ったことは、紹介者にも相手の方にも伝わりません。", TellBox: "見送ったことを、すぐに伝えてよい", BlockBox: "%sさんからの紹介を、今後受け取らない",
		Finished: "ありがとうございました。", FinishedNote: "このページは終わりました。閉じて大丈夫です。",
		IntroHelp: "%sさんが、ご相談先をご紹介したいとのことです。", AsksHelp: "お役に立てるという方", YourNeed: "%sさんが、お名前を出さずに探してくださったこと",
		Given: "お名前と連絡先は、相手の方に届いています。", GivenNote: "取り消しは、いつでもここからできます。お心当たりのないときも、こちらで取り消せます。", Revoke: "取り消す",
		RevokeNote: "取り消すと、相手の方の画面からあなたのお名前と連絡先が消えます。",
		Keep:       "おつなぎしました。", KeepNote: "このページはあなただけのものです。ブックマークしておくと、いつでも直したり取り消したりできます。",
		Theirs: "相手の方", Yours: "あなたが渡したもの", Correct: "直して保存", Saved: "保存しました。",
		Revoked: "取り消しました。", RevokedNote: "お名前と連絡先は、相手の方の画面から消えました。",
		Over: "このご紹介は終わりました。", OverNote: "あなたが入力したものは、何も残っていません。",
		Missing: "このリンクは使えません。", MissingNote: "紹介者の方に、もう一度お確かめください。",
		Privacy: "会のあと一定の期間で消えます。お名前が渡ったときは、だれに何が渡ったかの記録(連絡先は含みません)だけが、法律に従って残ります。", NoAccount: "アプリも登録もいりません。",
		day: func(at event.At, zone string) string {
			t := inZone(at, zone)
			return t.Format("1月2日") + "(" + []string{"日", "月", "火", "水", "木", "金", "土"}[t.Weekday()] + ")"
		},
		fault: func(r event.Refusal) string {
			switch r.Code {
			case event.ErrTextEmpty.Code:
				return "お名前を入れてください。"
			case event.ErrContact.Code:
				return "メールか電話の、どちらかを入れてください。"
			case event.ErrMail.Code:
				return "メールアドレスの形を確かめてください。"
			case event.ErrPhone.Code:
				return "電話番号の形を確かめてください。"
			case event.ErrKana.Code:
				return "フリガナは、カタカナかひらがなでお願いします。"
			case event.ErrTextTooLong.Code:
				return strconv.Itoa(r.Max) + "文字までにしてください。"
			}
			return "使えない文字が入っています。"
		},
	},
	"en": {
		Pair:  pairTexts["en"],
		Title: "About an introduction", Preview: "An introduction from %s", Other: "日本語",
		PreviewBar: "This is what you are sending. It can be answered when the person opens it on their own device.",
		Intro:      "%s would like to introduce you.", From: "Introducer", Asks: "Who would like to meet you", Firm: "Company", Line: "Why they would like to meet",
		Pitch: "This includes a sales proposal", NoPitch: "No sales proposal", About: "You were described as working in %s, without your name.",
		WhatTheyGet: "What they would get from you", YourFields: "Only the name and contact you write below", WhatYouGet: "What you would get from them",
		TheirName: "Name and company", TheirMail: "E-mail", TheirPhone: "Phone", OnlyAfter: "Both only if you press “I'd like to meet”. Nothing goes to the host or to other guests.",
		DueLine: "Please answer by %s", Name: "Your name", Kana: "Reading", KanaHint: "if your name is Japanese", FirmField: "Company", Mail: "E-mail", Phone: "Phone",
		OneContact: "One of e-mail or phone is enough.", Optional: "optional", Give: "I'd like to meet", Decline: "Not this time",
		DeclineNote: "Neither the introducer nor the other person is told that you passed.", TellBox: "You may tell them right away that I passed", BlockBox: "No more introductions from %s, please",
		Finished: "Thank you.", FinishedNote: "This page is finished. You can close it.",
		IntroHelp: "%s would like to introduce somebody who can help you.", AsksHelp: "Who can help", YourNeed: "What %s was looking for on your behalf, without your name",
		Given: "Your name and contact have been passed on.", GivenNote: "You can take them back here at any time, also if you never agreed to it.", Revoke: "Take it back",
		RevokeNote: "Your name and contact disappear from the other person's screen.",
		Keep:       "You are connected.", KeepNote: "This page is yours alone. Bookmark it: you can correct or take back your details at any time.",
		Theirs: "The other person", Yours: "What you gave", Correct: "Save the correction", Saved: "Saved.",
		Revoked: "Taken back.", RevokedNote: "Your name and contact have disappeared from the other person's screen.",
		Over: "This introduction is over.", OverNote: "Nothing of what you typed was kept.",
		Missing: "This link cannot be used.", MissingNote: "Please ask the person who sent it to you.",
		Privacy: "Everything is deleted some time after the event. If your name was passed on, a record of what went to whom (without the contact itself) is kept as the law asks.", NoAccount: "No app and no account needed.",
		day: func(at event.At, zone string) string { return inZone(at, zone).Format("Mon, 2 January") },
		fault: func(r event.Refusal) string {
			switch r.Code {
			case event.ErrTextEmpty.Code:
				return "Please enter your name."
			case event.ErrContact.Code:
				return "Please enter an e-mail address or a phone number."
			case event.ErrMail.Code:
				return "Please check the e-mail address."
			case event.ErrPhone.Code:
				return "Please check the phone number."
			case event.ErrKana.Code:
				return "The reading may hold only kana or Latin letters."
			case event.ErrTextTooLong.Code:
				return "At most " + strconv.Itoa(r.Max) + " characters, please."
			}
			return "There are characters in it that cannot be used."
		},
	},
}
