package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// joining is the way in, by HTTP, without a session: the op alone says that two
// requests are one.
func (w *walker) joining() *deed {
	body := object{"op": "", "code": w.code, "terms": "2026-11", "card": card(w.name, "npo", object{"mail": w.name + "@example.jp"})}
	return &deed{ops: []string{newOp()}, name: "attendee.join", mark: w.name, by: func(op string) (string, error) {
		body["op"] = op
		raw, err := json.Marshal(body)
		if err != nil {
			return "", err
		}
		return w.b.try("/api/join", "application/json", raw)
	}}
}

// try posts something, and survives the server's death.
func (b *browser) try(path, kind string, body []byte) (code string, err error) {
	req, err := http.NewRequest("POST", behind+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if c := b.cookieHeader(); c != "" {
		req.Header.Set("Cookie", c)
	}
	resp, err := b.client().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range resp.Cookies() {
		b.cookies[k.Name] = k.Value
	}
	switch {
	case resp.StatusCode == http.StatusOK, resp.StatusCode == http.StatusSeeOther:
		return "ack", nil
	case strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html"):
		return fmt.Sprint(resp.StatusCode), nil
	}
	return answer{body: got}.code(), nil
}

// absent answers the page of a link, as the person whom it is about.
func (w *walker) absent(link, do string) *deed {
	b := w.house.browser("absent")
	return &deed{ops: []string{newOp()}, name: "consent." + do, by: func(op string) (string, error) {
		form := url.Values{"op": {op}, "do": {do}}
		if do == "give" {
			form.Set("name", "zzabsent")
			form.Set("mail", "zzabsent@example.jp")
		}
		return b.try("/c/"+w.event+"/"+link, "application/x-www-form-urlencoded", []byte(form.Encode()))
	}}
}

// choose finds something to do.
func (w *walker) choose() []*deed {
	if w.passes && len(w.deeds) > 5 {
		return []*deed{w.deed("attendee.erase", object{})}
	}
	if w.rng.IntN(4) == 0 { // two at once, which may be put in either order
		one, two := w.newEntry(), w.newEntry()
		return []*deed{one, two}
	}
	for {
		if d := w.one(w.rng.IntN(12)); d != nil {
			return []*deed{d}
		}
	}
}

func (w *walker) newEntry() *deed {
	mark := w.mark()
	d := w.deed("entry.add", object{"trade": pick(w.rng, []string{"zeirishi", "painting", "web"}), "area": "船橋市", "label": mark})
	d.mark = mark
	return d
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func (w *walker) some(in, kind string, fits func(object) bool) object {
	list := slices.DeleteFunc(w.lines[0].all(in, kind), func(o object) bool { return !fits(o) })
	if len(list) == 0 {
		return nil
	}
	return pick(w.rng, list)
}

func (w *walker) me() string {
	w.lines[0].mu.Lock()
	defer w.lines[0].mu.Unlock()
	return w.lines[0].you
}

func (w *walker) one(dice int) *deed {
	me := w.me()
	entries := w.lines[0].all("me", "entry")
	foreign := func(o object) bool { return o["by"] != me && o["closed"] != true }
	switch dice {
	case 0, 1, 2:
		live := slices.DeleteFunc(w.lines[0].all("me", "mine"), func(o object) bool { return o["closed"] == true || w.spent[o["id"]] })
		if len(live) >= 3 {
			id := pick(w.rng, live)["id"]
			w.spent[id] = true
			return w.deed("need.close", object{"need": id})
		}
		mark := w.mark()
		d := w.deed("need.post", object{"who": pick(w.rng, []string{"税理士", "塗装業の方", "ホームページを作る方"}) + " " + mark})
		d.mark = mark
		return d
	case 3:
		if len(entries) > 30 {
			return w.deed("entry.drop", object{"entry": pick(w.rng, entries)["id"]})
		}
		return w.newEntry()
	case 4:
		d := w.deed("need.post", object{"who": w.mark() + " 090-1234-5678"})
		d.never = true
		return d
	case 5:
		if need := w.some("room", "need", foreign); need != nil {
			mark := w.mark()
			d := w.deed("offer.self", object{"need": need["id"], "line": mark, "give": []string{"mail"}})
			d.mark = mark
			return d
		}
	case 6, 7:
		if need := w.some("room", "need", foreign); need != nil && len(entries) > 0 {
			mark := w.mark()
			d := w.deed("offer.make", object{"need": need["id"], "entry": pick(w.rng, entries)["id"], "words": false, "line": mark})
			d.mark = mark
			return d
		}
	case 8:
		if got := w.some("me", "received", has("step", "offered")); got != nil {
			mark := w.mark()
			d := w.deed("offer.want", object{"introduction": got["id"], "line": mark, "pitch": false, "give": []string{"mail"}})
			d.mark = mark
			return d
		}
	case 9:
		if got := w.some("me", "given", func(o object) bool { return o["step"] == "wanted" && o["own"] != true }); got != nil {
			return w.deed("introduction.ask", object{"introduction": got["id"], "days": 7})
		}
	case 10:
		if got := w.some("me", "given", func(o object) bool { return o["step"] == "asking" && !w.spent[o["link"]] }); got != nil {
			w.spent[got["link"]] = true
			return w.absent(got["link"].(string), pick(w.rng, []string{"give", "give", "give", "decline"}))
		}
	case 11:
		if got := w.some("me", "received", has("step", "connected")); got != nil {
			return w.deed("introduction.revoke", object{"introduction": got["id"]})
		}
	}
	return nil
}
