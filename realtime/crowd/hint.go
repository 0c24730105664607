package crowd

import "goen/realtime/event"

// answerTo is what somebody does about a hint: they offer the acquaintance,
// bring them to who may help them, or offer themself. No name is nothing.
func (a *actor) answerTo(g event.SuggestionView, words bool) (name string, args map[string]any) {
	line := pick(a.rng, a.demo.cast.Lines)
	switch {
	case g.Card == "":
		return "offer.make", map[string]any{"need": g.Need, "entry": g.Entry, "words": words, "line": line}
	case g.Entry == "" && a.once("need "+string(g.Need)): // else they have seen it for themselves
		return "offer.self", oneself(string(g.Need))
	}
	for _, e := range Views[event.EntryView](a.phone, "me", "entry") {
		if e.ID == string(g.Entry) {
			return "offer.refer", map[string]any{"entry": g.Entry, "to": g.Card, "seeks": e.Seeks, "line": line}
		}
	}
	return "", nil
}

// oneself is 「私がお役に立てます」.
func oneself(need string) map[string]any {
	return map[string]any{
		"need": need, "line": "お役に立てると思います。よろしければお話を聞かせてください", "give": []string{"mail"}, "pitch": false, "lang": "ja",
	}
}
