package match

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"goen/realtime/trade"
)

// This file is what vectors of texts (embeddings), made elsewhere, may do here:
// among entries that are suggested anyway, they say a word in the order. They
// find nothing, they give no reason, and no gate knows of them.

// Text is what may be sent away of a need to be embedded: its trade, and whom
// it asks for. Never why, nor where, nor whose it is.
func (n Need) Text() string { return textOf(n.Trade, n.Who) }

// Text is what may be sent away of an entry to be embedded: its trade, and what
// it offers. Never label, note or what it seeks, nor area, size or owner.
func (e Entry) Text() string { return textOf(e.Trade, e.Offers) }

func textOf(of trade.ID, words string) string {
	t, _ := trade.Find(of)
	return strings.TrimSpace(t.Ja + "\n" + strings.TrimSpace(words))
}

// meaning is the vector of a text, for as long as a need or an entry has it.
type meaning struct {
	vector []float32 // of length 1; nil: not yet known
	users  int
	now    bool // a post waits for it
	out    bool // somebody asks for it
}

// meanings are the vectors of a room.
type meanings struct {
	of      map[string]*meaning // by text
	needs   map[string]string   // need -> its text, where it may be embedded
	entries map[string]string   // entry -> its text, likewise
	posts   []string            // texts that are wanted now,
	rest    []string            // and some time; some perhaps no more
	dims    int                 // of all vectors; 0: none yet
	known   int                 // vectors
}

// mostMeaning is how many numbers the vectors of a room hold at most, 4 bytes
// each. What comes beyond stays without.
const mostMeaning = 16 << 20

func newMeanings() meanings {
	return meanings{of: map[string]*meaning{}, needs: map[string]string{}, entries: map[string]string{}}
}

// want notes that something has a text; it returns the text if its vector is
// not here yet. now: a post waits for it.
func (m *meanings) want(list map[string]string, id, text string, now bool) string {
	if text == "" {
		m.drop(list, id)
		return ""
	}
	if list[id] != text {
		m.drop(list, id)
		if m.of[text] == nil {
			m.of[text] = &meaning{}
		}
		m.of[text].users++
		list[id] = text
	}
	x := m.of[text]
	switch {
	case x.vector != nil:
		return ""
	case now && !x.now && !x.out:
		x.now = true
		m.posts = append(m.posts, text)
	case x.users == 1 && !now:
		m.rest = append(m.rest, text)
	}
	return text
}

// drop is the end of a want. With the last one the vector goes.
func (m *meanings) drop(list map[string]string, id string) {
	text, has := list[id]
	if !has {
		return
	}
	delete(list, id)
	x := m.of[text]
	if x.users--; x.users > 0 {
		return
	}
	delete(m.of, text)
	if x.vector != nil {
		m.known--
	}
}

func (m *meanings) need(id string) []float32  { return m.vector(m.needs, id) }
func (m *meanings) entry(id string) []float32 { return m.vector(m.entries, id) }

func (m *meanings) vector(list map[string]string, id string) []float32 {
	if text, has := list[id]; has {
		return m.of[text].vector
	}
	return nil
}

// learn takes a vector; false where nobody waits for it, or it is no good.
func (m *meanings) learn(text string, v []float32) bool {
	x := m.of[text]
	if x != nil {
		x.now = false
	}
	if x == nil || x.vector != nil || len(v) == 0 || m.dims != 0 && len(v) != m.dims || (m.known+1)*len(v) > mostMeaning {
		return false
	}
	sum := 0.0
	for _, n := range v {
		sum += float64(n) * float64(n)
	}
	length := math.Sqrt(sum)
	if !(length > 0) || math.IsInf(length, 0) {
		return false
	}
	x.vector = make([]float32, len(v))
	for i, n := range v {
		x.vector[i] = float32(float64(n) / length)
	}
	m.dims = len(v)
	m.known++
	return true
}

// MeanNeed says that an open need may be embedded. It returns the text whose
// vector is wanted for it, or "" where it is here already, or the need unknown.
func (x *Index) MeanNeed(id string) string {
	a := x.needs[id]
	if a == nil {
		return ""
	}
	return x.meanings.want(x.meanings.needs, id, a.Need.Text(), true)
}

// MeanEntry is MeanNeed for an entry. One that is suggested to nobody wants
// none.
func (x *Index) MeanEntry(id string) string {
	k := x.entries[id]
	if k == nil || k.never {
		x.UnmeanEntry(id)
		return ""
	}
	return x.meanings.want(x.meanings.entries, id, k.Entry.Text(), false)
}

// UnmeanNeed says that a need may be embedded no more; its vector goes, unless
// another one has the same text.
func (x *Index) UnmeanNeed(id string) { x.meanings.drop(x.meanings.needs, id) }

// UnmeanEntry is UnmeanNeed for an entry.
func (x *Index) UnmeanEntry(id string) { x.meanings.drop(x.meanings.entries, id) }

// ForgetMeanings drops all vectors, and everything may be embedded no more.
func (x *Index) ForgetMeanings() { x.meanings = newMeanings() }

// Wanted takes over texts whose vectors are wanted and that nobody asks for
// yet, at most so many: those that a post waits for, or else the others. What
// comes of them goes to Learn or to Missed.
func (x *Index) Wanted(posts bool, most int) []string {
	m := &x.meanings
	queue := &m.rest
	if posts {
		queue = &m.posts
	}
	var out []string
	for len(*queue) > 0 && len(out) < most {
		text := (*queue)[0]
		*queue = (*queue)[1:]
		if w := m.of[text]; w != nil && w.vector == nil && !w.out && w.now == posts {
			w.out = true
			out = append(out, text)
		}
	}
	return out
}

// Missed gives back texts that Wanted gave and whose vectors did not come: they
// are wanted still, but by no post.
func (x *Index) Missed(texts []string) {
	for _, text := range texts {
		if w := x.meanings.of[text]; w != nil && w.out {
			w.out, w.now = false, false
			x.meanings.rest = append(x.meanings.rest, text)
		}
	}
}

// Awaits says whether the vector of a need's text was not yet asked for, or is
// on its way as a post's.
func (x *Index) Awaits(need string) bool {
	text, has := x.meanings.needs[need]
	return has && x.meanings.of[text].vector == nil && x.meanings.of[text].now
}

// Meanings is how many vectors are here.
func (x *Index) Meanings() int { return x.meanings.known }

// Learn takes vectors of texts that were wanted, and returns what has come into
// another order perhaps: hits as PutNeed returns them. Vectors that nobody
// waits for any more are not kept, nor those of another length than the first.
func (x *Index) Learn(texts []string, vectors [][]float32) []Hit {
	fresh := map[string]bool{}
	for i, text := range texts {
		if x.meanings.learn(text, vectors[i]) {
			fresh[text] = true
		}
	}
	owners := map[string]bool{}
	for id, text := range x.meanings.entries {
		if fresh[text] {
			owners[x.entries[id].Owner] = true
		}
	}
	var out []Hit
	for id, text := range x.meanings.needs {
		a := x.needs[id]
		switch {
		case x.meanings.of[text].vector == nil:
		case fresh[text]:
			out = append(out, x.lifted(a)...)
		default:
			for owner := range owners {
				if owner != a.By {
					out = append(out, x.best(a, x.owners[owner])...)
				}
			}
		}
	}
	order(out)
	return out
}

// Ranked is what a need suggests now, as PutNeed returned it, but in the order
// of now. Nothing for an unknown id.
func (x *Index) Ranked(need string) []Hit {
	a := x.needs[need]
	if a == nil {
		return nil
	}
	return x.lifted(a)
}

// lifted is what a need suggests, owner by owner, and cards.
func (x *Index) lifted(a *asked) []Hit {
	var out []Hit
	byOwner := map[string][]placed{}
	for _, k := range x.supply.reached(x.lex, a, false) {
		if v, hit := suggests(x.lex, a, k); hit && k.card {
			out = append(out, v.tell(a, k))
		} else if hit {
			byOwner[k.Owner] = append(byOwner[k.Owner], placed{k: k, score: v.score, free: true})
		}
	}
	for _, list := range byOwner {
		out = append(out, x.top(a, list)...)
	}
	order(out)
	return out
}

// top are the best of one owner's suggestions, in the order of words and
// meaning.
func (x *Index) top(a *asked, list []placed) []Hit {
	x.fuse(a, list)
	var out []Hit
	for _, p := range list[:min(len(list), PerOwner)] {
		v := judge(x.lex, a, p.k)
		h := v.tell(a, p.k)
		h.Score = p.score
		out = append(out, h)
	}
	return out
}

// bestByBoth is best for a need whose meaning is known.
func (x *Index) bestByBoth(a *asked, list map[string]*known) []Hit {
	var hits []placed
	for _, k := range list {
		if !a.reaches(k) {
			continue
		}
		if v := judge(x.lex, a, k); v.hit {
			hits = append(hits, placed{k: k, score: v.score, free: true})
		}
	}
	return x.top(a, hits)
}

// lift orders everything that answers a need, those that are no nudge too.
func (x *Index) lift(a *asked, hits []Hit) {
	if x.meanings.need(a.ID) == nil {
		return
	}
	list := make([]placed, len(hits))
	at := map[*known]int{}
	for i, h := range hits {
		k := x.entries[h.Entry]
		if h.Card != "" {
			k = x.cards[h.Card]
		}
		list[i] = placed{k: k, score: h.Score, free: !h.gated}
		at[k] = i
	}
	x.fuse(a, list)
	for _, p := range list {
		hits[at[p.k]].Score = p.score
	}
}

// placed is an answer to a need with its place in the order.
type placed struct {
	k     *known
	score float64
	free  bool // may change its place: nothing forbids it
	near  float64
	words int // place by words
	both  float64
}

// How the two orders become one: reciprocal rank fusion (Cormack, Clarke and
// Büttcher, SIGIR 2009) with its usual constant. Meaning counts as much as
// words; where they draw, words win.
const (
	fusion    = 60.0
	byMeaning = 1.0
)

// fuse puts a list in order: first by words; then those whose meaning is known
// change places among themselves. Who has no vector (it may not be sent, or has
// not come) keeps its place, and who is forbidden, too. The scores stay with
// the places, so that a list is as good as before beside those of other needs.
func (x *Index) fuse(a *asked, list []placed) {
	byWords := func(p, q placed) int {
		return cmp.Or(cmp.Compare(q.score, p.score), cmp.Compare(p.k.ID, q.k.ID))
	}
	slices.SortFunc(list, byWords)
	want := x.meanings.need(a.ID)
	if want == nil {
		return
	}
	var at []int
	var some []placed
	for i, p := range list {
		if !p.free || p.k.card {
			continue
		}
		if have := x.meanings.entry(p.k.ID); have != nil {
			p.near, p.words = nearness(want, have), len(some)
			at, some = append(at, i), append(some, p)
		}
	}
	slices.SortStableFunc(some, func(p, q placed) int { return cmp.Compare(q.near, p.near) })
	for i := range some {
		some[i].both = 1/(fusion+float64(some[i].words)+1) + byMeaning/(fusion+float64(i)+1)
	}
	slices.SortStableFunc(some, func(p, q placed) int {
		return cmp.Or(cmp.Compare(q.both, p.both), cmp.Compare(p.words, q.words))
	})
	for n, i := range at {
		score := list[i].score
		list[i] = some[n]
		list[i].score = score
	}
}

// nearness is the cosine of two vectors of length 1.
func nearness(a, b []float32) float64 {
	var s, t float32
	i := 0
	for ; i+1 < len(a); i += 2 {
		s += a[i] * b[i]
		t += a[i+1] * b[i+1]
	}
	if i < len(a) {
		s += a[i] * b[i]
	}
	return float64(s + t)
}
