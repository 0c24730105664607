package match

import (
	"cmp"
	"slices"
	"strings"
)

// Index holds the open needs, the entries and the cards of one room. It is not
// safe for use by several goroutines: its room feeds it.
type Index struct {
	lex     *lexicon
	needs   map[string]*asked
	entries map[string]*known
	cards   map[string]*known
	owners  map[string]map[string]*known // owner -> entry id -> entry
	supply  postings
	wished  map[string][]*asked // what entries seek, read when first asked for

	meanings meanings
}

// New returns an empty index.
func New() *Index { return newIndex(lexiconOf()) }

func newIndex(l *lexicon) *Index {
	return &Index{
		lex: l, needs: map[string]*asked{}, entries: map[string]*known{}, cards: map[string]*known{},
		owners: map[string]map[string]*known{}, supply: newPostings(), wished: map[string][]*asked{}, meanings: newMeanings(),
	}
}

// PutNeed adds a need, or replaces its earlier version, and returns what it
// suggests now, best first: entries of other owners, at most PerOwner an owner,
// and attendees who could serve it themselves.
func (x *Index) PutNeed(n Need) []Hit {
	if x.meanings.needs[n.ID] != n.Text() {
		x.UnmeanNeed(n.ID)
	}
	a := readNeed(x.lex, n)
	x.needs[n.ID] = a
	if x.meanings.need(n.ID) != nil {
		return x.lifted(a)
	}
	var out []Hit
	byOwner := map[string]*podium{}
	for _, k := range x.supply.reached(x.lex, a, false) {
		if v, hit := suggests(x.lex, a, k); hit && k.card {
			out = append(out, v.tell(a, k))
		} else if hit {
			p := byOwner[k.Owner]
			if p == nil {
				p = &podium{}
				byOwner[k.Owner] = p
			}
			p.take(k, v.score)
		}
	}
	for _, p := range byOwner {
		out = append(out, p.hits(x.lex, a)...)
	}
	order(out)
	return out
}

// podium keeps the best entries of one owner: their hits are worded only when
// all have been seen.
type podium struct {
	of     [PerOwner]*known
	scores [PerOwner]float64
}

func (p *podium) take(k *known, score float64) {
	for i := range p.of {
		if p.of[i] == nil || score > p.scores[i] || score == p.scores[i] && k.ID < p.of[i].ID {
			k, p.of[i] = p.of[i], k
			score, p.scores[i] = p.scores[i], score
			if k == nil {
				return
			}
		}
	}
}

func (p *podium) hits(l *lexicon, a *asked) []Hit {
	var out []Hit
	for _, k := range p.of {
		if k != nil {
			v := judge(l, a, k)
			out = append(out, v.tell(a, k))
		}
	}
	return out
}

// DropNeed forgets a need; an unknown id is nothing to do.
func (x *Index) DropNeed(id string) {
	x.UnmeanNeed(id)
	delete(x.needs, id)
}

// PutEntry adds an entry, or replaces its earlier version, and returns the
// open needs of others that it is among the owner's best answers to.
func (x *Index) PutEntry(e Entry) []Hit {
	if x.meanings.entries[e.ID] != e.Text() {
		x.UnmeanEntry(e.ID)
	}
	x.drop(e.ID)
	k := readEntry(x.lex, e)
	x.entries[e.ID] = k
	if x.owners[e.Owner] == nil {
		x.owners[e.Owner] = map[string]*known{}
	}
	x.owners[e.Owner][e.ID] = k
	x.supply.put(x.lex, k)
	var out []Hit
	for _, a := range x.needs {
		if !a.reaches(k) {
			continue
		}
		if _, hit := suggests(x.lex, a, k); !hit {
			continue
		}
		for _, h := range x.best(a, x.owners[e.Owner]) {
			if h.Entry == e.ID {
				out = append(out, h)
			}
		}
	}
	order(out)
	return out
}

// DropEntry forgets an entry; an unknown id is nothing to do.
func (x *Index) DropEntry(id string) {
	x.UnmeanEntry(id)
	x.drop(id)
}

func (x *Index) drop(id string) {
	k := x.entries[id]
	if k == nil {
		return
	}
	delete(x.entries, id)
	delete(x.wished, id)
	delete(x.owners[k.Owner], id)
	if len(x.owners[k.Owner]) == 0 {
		delete(x.owners, k.Owner)
	}
	x.supply.drop(x.lex, k)
}

// PutCard adds an attendee's card, or replaces its earlier version, and returns
// the open needs of others that this attendee could serve.
func (x *Index) PutCard(c Card) []Hit {
	x.DropCard(c.ID)
	k := readEntry(x.lex, Entry{ID: c.ID, Owner: c.ID, Trade: c.Trade, Area: c.Area, Offers: c.Offers, Seeks: c.Seeks})
	k.card = true
	x.cards[c.ID] = k
	x.supply.put(x.lex, k)
	var out []Hit
	for _, a := range x.needs {
		if !a.reaches(k) {
			continue
		}
		if v, hit := suggests(x.lex, a, k); hit {
			out = append(out, v.tell(a, k))
		}
	}
	order(out)
	return out
}

// DropCard forgets a card; an unknown id is nothing to do.
func (x *Index) DropCard(id string) {
	if k := x.cards[id]; k != nil {
		delete(x.cards, id)
		x.supply.drop(x.lex, k)
	}
}

// RankNeed returns what answers an open need best, entries and cards of others
// together, at most so many: those that are no nudge too. Nothing for an
// unknown id.
func (x *Index) RankNeed(id string, most int) []Hit {
	a := x.needs[id]
	if a == nil {
		return nil
	}
	out := x.rank(a)
	return out[:min(len(out), most)]
}

// RankSeeks returns who of other owners serves best what an entry seeks,
// entries and cards together, at most so many; those that are no nudge too.
func (x *Index) RankSeeks(entry string, most int) []Hit {
	k := x.entries[entry]
	if k == nil {
		return nil
	}
	best := map[*known]Hit{}
	for _, a := range wishes(x.lex, k) {
		for _, have := range x.supply.reached(x.lex, a, true) {
			v := judge(x.lex, a, have)
			if old, ok := best[have]; v.score > 0 && (!ok || v.score > old.Score) {
				h := v.tell(a, have)
				h.Need, h.Seeker = "", entry
				best[have] = h
			}
		}
	}
	out := make([]Hit, 0, len(best))
	for _, h := range best {
		out = append(out, h)
	}
	order(out)
	return out[:min(len(out), most)]
}

// Helpers returns the attendees who surely serve what an entry seeks, best
// first. Nothing for an unknown id.
func (x *Index) Helpers(entry string) []Hit {
	var out []Hit
	if k := x.entries[entry]; k != nil {
		for _, card := range x.cards {
			if h := x.serves(k, card); h.Nudge {
				out = append(out, h)
			}
		}
	}
	order(out)
	return out
}

// Helped returns the entries whose acquaintance an attendee surely serves, best
// first. Nothing for an unknown id.
func (x *Index) Helped(card string) []Hit {
	var out []Hit
	if c := x.cards[card]; c != nil {
		for _, k := range x.entries {
			if h := x.serves(k, c); h.Nudge {
				out = append(out, h)
			}
		}
	}
	order(out)
	return out
}

// serves weighs somebody for the best served clause of what an entry seeks.
func (x *Index) serves(k, have *known) Hit {
	best := Hit{Seeker: k.ID, Entry: have.ID, Owner: have.Owner}
	if k.Seeks == "" || k.Owner == have.Owner {
		return best
	}
	wished, read := x.wished[k.ID]
	if !read {
		wished = wishes(x.lex, k)
		x.wished[k.ID] = wished
	}
	for _, a := range wished {
		if v := judge(x.lex, a, have); v.score > best.Score {
			best = v.tell(a, have)
			best.Need, best.Seeker = "", k.ID
		}
	}
	return best
}

// Pair weighs one entry for what another seeks; false where they are unknown
// or of one owner. The score is that of RankSeeks.
func (x *Index) Pair(seeker, provider string) (Hit, bool) {
	k, have := x.entries[seeker], x.entries[provider]
	if k == nil || have == nil || k.Owner == have.Owner {
		return Hit{}, false
	}
	return x.serves(k, have), true
}

// wishes are the clauses of what an entry seeks, each read as a need.
func wishes(l *lexicon, k *known) []*asked {
	var out []*asked
	for _, clause := range strings.FieldsFunc(k.Seeks, func(r rune) bool { return strings.ContainsRune("、。，,\n;；", r) }) {
		out = append(out, readNeed(l, Need{By: k.Owner, Who: clause}))
	}
	return out
}

func (x *Index) rank(a *asked) []Hit {
	var out []Hit
	for _, k := range x.supply.reached(x.lex, a, true) {
		if v := judge(x.lex, a, k); v.score > 0 {
			out = append(out, v.tell(a, k))
		}
	}
	x.lift(a, out)
	order(out)
	return out
}

// best are one owner's answers to a need; they depend on nothing else.
func (x *Index) best(a *asked, list map[string]*known) []Hit {
	if x.meanings.need(a.ID) != nil {
		return x.bestByBoth(a, list)
	}
	var p podium
	for _, k := range list {
		if !a.reaches(k) {
			continue
		}
		if v, hit := suggests(x.lex, a, k); hit {
			p.take(k, v.score)
		}
	}
	return p.hits(x.lex, a)
}

// tell makes a hit of a verdict.
func (v *verdict) tell(a *asked, k *known) Hit {
	h := Hit{
		Need: a.ID, Entry: k.ID, Owner: k.Owner, Score: v.score, Probability: v.sure, Nudge: v.hit,
		Why: v.reasons(a), Rests: v.rests(a), gated: v.gated,
	}
	if k.card {
		h.Entry, h.Card = "", k.ID
	}
	return h
}

func order(hits []Hit) {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(
			cmp.Compare(b.Score, a.Score), cmp.Compare(a.Need, b.Need), cmp.Compare(a.Seeker, b.Seeker),
			cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Card, b.Card),
		)
	})
}
