package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// farServer stands in for a server of embeddings. It keeps all that comes.
type farServer struct {
	*httptest.Server
	mu     sync.Mutex
	came   []sentOut
	vector func(text string) []float32
	fails  http.HandlerFunc // instead, if there is one
}

type sentOut struct {
	line   string
	header http.Header
	body   []byte
}

func openFarServer(t *testing.T) *farServer {
	e := &farServer{vector: func(string) []float32 { return []float32{1, 1, 1, 1} }}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.came = append(e.came, sentOut{r.Method + " " + r.URL.String(), r.Header, body})
		fails, vector := e.fails, e.vector
		e.mu.Unlock()
		if fails != nil {
			fails(w, r)
			return
		}
		var ask struct{ Input []string }
		_ = json.Unmarshal(body, &ask)
		var data []object
		for i, text := range ask.Input {
			data = append(data, object{"object": "embedding", "index": i, "embedding": vector(text)})
		}
		_ = json.NewEncoder(w).Encode(object{"object": "list", "data": data, "model": "small"})
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *farServer) set(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f()
}

// where is what people are told.
func (e *farServer) where() string { return strings.TrimPrefix(e.URL, "http://") }

// texts are all that was asked for, each once, and how often it was.
func (e *farServer) texts(t *testing.T) map[string]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := map[string]int{}
	for _, s := range e.came {
		var ask struct {
			Model  string   `json:"model"`
			Input  []string `json:"input"`
			Format string   `json:"encoding_format"`
		}
		d := json.NewDecoder(bytes.NewReader(s.body))
		d.DisallowUnknownFields()
		if err := d.Decode(&ask); err != nil || ask.Model != "small" || ask.Format != "float" || s.line != "POST /v1/embeddings" {
			t.Fatalf("%s %s went out", s.line, s.body)
		}
		for _, text := range ask.Input {
			all[text]++
		}
	}
	return all
}

func (e *farServer) config(h *house) {
	h.config.embed = embedding{e.URL + "/v1", "small", "~embedkey~"}
}

// list puts four acquaintances on a list whom the same need suits, and tells
// what may be sent of them.
func knownTo(p *phone, reach string) (ids, texts []string) {
	for i, offers := range []string{"相続税の申告", "相続税の申告、相続の相談", "相続税申告と税務調査", "相続"} {
		label := fmt.Sprintf("メモ%s%d", p.name, i)
		p.do("entry.add", object{"trade": "zeirishi", "area": "千葉県", "size": "2-9", "offers": offers, "seeks": "事務所の移転先", "label": label, "note": "昼に電話", "reach": reach})
		ids = append(ids, p.find("me", "entry", has("label", label))["id"].(string))
		texts = append(texts, "税理士\n"+offers)
	}
	return ids, texts
}

const heir = "相続税の申告をお願いできる税理士"

// suggested waits for so many suggestions of a need, and names their entries.
func suggested(p *phone, need any, n int) []string {
	var entries []string
	p.until(fmt.Sprintf("%d suggestions", n), func() bool {
		entries = nil
		for _, s := range p.allLocked("me", "suggestion") {
			if s["need"] == need {
				entries = append(entries, s["entry"].(string))
			}
		}
		return len(entries) == n
	})
	slices.Sort(entries)
	return entries
}

func post(p *phone, who string) any {
	p.do("need.post", object{"who": who, "trade": "zeirishi", "area": "千葉県", "why": "父のことで急いでいます"})
	return p.find("me", "mine", func(o object) bool { return o["who"] == who && o["closed"] != true })["id"]
}

// over closes a need, and waits until an owner hears no more of it.
func over(p *phone, need any, owner *phone) {
	p.do("need.close", object{"need": need})
	owner.until("its suggestions to go", func() bool {
		return !slices.ContainsFunc(owner.allLocked("me", "suggestion"), func(s object) bool { return s["need"] == need })
	})
}

// From the switch to another order, and every byte that went out meanwhile.
func TestMeaningFromElsewhere(t *testing.T) {
	e := openFarServer(t)
	h := open(t, e.config)
	c := reception(t, h)

	// Nothing goes out before a host wants it. Words alone suggest.
	ids, texts := knownTo(c.yamamoto, "nameless")
	knownTo(c.emily, "nameless")
	first := post(c.sato, heir)
	byWords := suggested(c.yamamoto, first, 2)
	var last string
	for i, id := range ids {
		if !slices.Contains(byWords, id) {
			last = ids[i]
		}
	}
	over(c.sato, first, c.yamamoto)
	if got := e.texts(t); len(got) != 0 {
		t.Fatalf("went out before the host wanted it: %v", got)
	}

	// The switch is the host's; everybody is told; nobody else's words go.
	c.yamamoto.refused("forbidden", "embedding.set", object{"on": true})
	c.yamamoto.refused("embedding.elsewhere", "embedding.agree", object{"where": e.where()})
	c.kobayashi.do("embedding.set", object{"on": true})
	for _, p := range []*phone{c.yamamoto, c.sato, c.emily} {
		p.find("room", "event", has("embeds", e.where()))
	}
	c.kobayashi.find("me", "you", has("embeds", e.where()))
	c.yamamoto.refused("embedding.elsewhere", "embedding.agree", object{"where": "other.example.jp"})
	c.emily.do("need.post", object{"who": "英語のできる税理士"}) // has not agreed

	// Somebody comes and reads it at the door.
	var lobby object
	nao := h.browser("直")
	nao.post("/api/lobby", object{"code": c.code}).into(t, &lobby)
	if lobby["embeds"] != e.where() {
		t.Errorf("the door says %v", lobby)
	}
	nao.post("/api/join", object{"op": newOp(), "code": c.code, "card": card("中村 直", "retail", object{}), "terms": "1", "embeds": lobby["embeds"]}).into(t, &object{})
	guest := nao.phone(c.event).connect()
	c.kobayashi.do("attendee.admit", object{"attendee": c.kobayashi.find("desk", "guest", has("name", "中村 直"))["id"]})
	guest.find("me", "you", has("embeds", e.where()))
	late := h.browser("遅")
	late.post("/api/join", object{"op": newOp(), "code": c.code, "card": card("遅 刻男", "retail", object{}), "terms": "1", "embeds": "old.example.jp"}).into(t, &object{})
	if you := late.phone(c.event).connect().find("me", "you", nil); you["embeds"] != nil {
		t.Errorf("who read another host name agreed: %v", you)
	}

	// Yamamoto agrees, and his list goes; but not what is for himself alone.
	var out float32 = .9
	near := map[string]float32{}
	for i, text := range texts {
		if near[text] = .5 - float32(i)/10; ids[i] == last {
			near[text] = out
		}
	}
	e.set(func() {
		e.vector = func(text string) []float32 {
			v := make([]float32, 4)
			for i := range texts {
				switch text {
				case texts[i]:
					v[i] = 1
				default:
					if strings.HasSuffix(text, heir) {
						v[i] = near[texts[i]]
					}
				}
			}
			if v[0]+v[1]+v[2]+v[3] == 0 {
				v[0] = 1
			}
			return v
		}
	})
	c.yamamoto.do("entry.add", object{"trade": "zeirishi", "offers": "ひみつの得意分野", "label": "自分だけ"})
	c.yamamoto.do("embedding.agree", object{"where": e.where()})
	c.yamamoto.until("the list to go out", func() bool {
		got := e.texts(t)
		return !slices.ContainsFunc(texts, func(text string) bool { return got[text] == 0 })
	})

	// The last by words is the nearest by meaning, and takes a place.
	h.minutes(3) // the pace of hints
	second := post(guest, heir)
	byBoth := suggested(c.yamamoto, second, 2)
	if !slices.Contains(byBoth, last) || slices.Equal(byBoth, byWords) {
		t.Errorf("suggested are %v, by words alone %v; the nearest is %s", byBoth, byWords, last)
	}
	over(guest, second, c.yamamoto)

	// All that ever went out: texts of who agreed, and nothing else in any byte.
	may := map[string]bool{"税理士\n" + heir: true}
	for _, text := range texts {
		may[text] = true
	}
	for text, n := range e.texts(t) {
		if !may[text] || n != 1 {
			t.Errorf("%q went out, %d times", text, n)
		}
	}
	e.set(func() {
		for _, s := range e.came {
			for name, value := range s.header {
				if !slices.Contains([]string{"Accept", "Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "User-Agent"}, name) {
					t.Errorf("the header %s: %s went out", name, value)
				}
			}
			all := s.line + fmt.Sprint(s.header) + string(s.body)
			for _, word := range []string{"山本", "中村", "小林", "メモ", "事務所", "電話", "千葉", "2-9", "父", "ひみつ", "自分だけ", "英語", "船橋", c.event, c.yamamoto.you, ids[0]} {
				if strings.Contains(all, word) {
					t.Errorf("%s went out in %s", word, all)
				}
			}
		}
	})

	// Off: the vectors are dropped at once, and nothing goes out any more.
	c.kobayashi.do("embedding.set", object{"on": false})
	c.yamamoto.find("room", "event", func(o object) bool { return o["embeds"] == nil })
	before := e.texts(t)
	h.minutes(3)
	third := post(guest, heir+"さん")
	if got := suggested(c.yamamoto, third, 2); slices.Contains(got, last) {
		t.Errorf("off, and meaning still has a word: %v", got)
	}
	over(guest, third, c.yamamoto)
	if got := e.texts(t); !maps.Equal(got, before) {
		t.Errorf("off, and %v went out", got)
	}
	// On again: what was dropped has to be asked for again.
	c.kobayashi.do("embedding.set", object{"on": true})
	c.yamamoto.until("the list to go out again", func() bool {
		got := e.texts(t)
		return !slices.ContainsFunc(texts, func(text string) bool { return got[text] != 2 })
	})

	// Yamamoto takes his word back; what he writes then stays here.
	c.yamamoto.do("embedding.agree", object{"where": ""})
	c.yamamoto.do("entry.add", object{"trade": "zeirishi", "area": "千葉県", "offers": "相続税のあとから書いた人", "reach": "nameless"})
	h.minutes(3)
	suggested(c.yamamoto, post(guest, heir+"を急ぎで"), 2)
	for text := range e.texts(t) {
		if strings.Contains(text, "あとから") {
			t.Errorf("%q went out against his word", text)
		}
	}
	for _, word := range []string{"~embedkey~", "相続", "税理士", e.where()} {
		if strings.Contains(h.log.String(), word) {
			t.Errorf("the log says %s", word)
		}
	}
}

// Whatever the server elsewhere does: words suggest, and the program ends in
// order.
func TestElsewhereFails(t *testing.T) {
	say := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
		}
	}
	for what, fails := range map[string]http.HandlerFunc{
		"slow":        func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"500":         say(500, `{"error":{"message":"~answer~"}}`),
		"wrong count": say(200, `{"data":[]}`),
		"NaN":         say(200, `{"data":[{"index":0,"embedding":[NaN]}]}`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/v2/embeddings", http.StatusTemporaryRedirect)
		},
		"hangs up":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"closed":       nil,
		"another dims": nil,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			e := openFarServer(t)
			h := open(t, e.config)
			c := reception(t, h)
			c.kobayashi.do("embedding.set", object{"on": true})
			where := e.where()
			switch what {
			case "closed":
				e.Close()
			case "another dims":
				n := 0
				e.set(func() {
					e.vector = func(string) []float32 { n++; return make([]float32, n) }
				})
			default:
				e.set(func() { e.fails = fails })
			}
			for _, p := range []*phone{c.yamamoto, c.sato} {
				p.do("embedding.agree", object{"where": where})
			}
			knownTo(c.yamamoto, "nameless")
			suggested(c.yamamoto, post(c.sato, heir), 2)
			if what != "closed" {
				c.sato.until("it to be asked", func() bool { return len(e.texts(t)) > 0 })
			}
			for text := range e.texts(t) {
				if !strings.HasPrefix(text, "税理士\n相続") {
					t.Errorf("%q went out", text)
				}
			}
			if e.set(func() {}); strings.Contains(h.log.String(), "~answer~") || strings.Contains(h.log.String(), where) {
				t.Error("the log tells what came back, or from where")
			}
		})
	}
}

// Without a server of embeddings there is nothing to switch on.
func TestNowhereToEmbed(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.kobayashi.refused("embedding.elsewhere", "embedding.set", object{"on": true})
	if all := c.kobayashi.everything(); strings.Contains(all, `"embedder"`) || strings.Contains(all, `"embeds"`) {
		t.Error("a phone hears of embeddings")
	}
}
