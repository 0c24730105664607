package match

import "goen/realtime/trade"

// postings find what a need may be answered by without looking at everything:
// documents by trade, by concept and by rare scrap of words.
type postings struct {
	docs    []*known
	at      map[*known]int32
	trades  map[trade.ID][]int32
	ideas   map[int][]int32
	scraps  map[scrap][]int32
	dropped int
	seen    []int32 // per document: the last call that reached it
	call    int32
}

func newPostings() postings {
	return postings{at: map[*known]int32{}, trades: map[trade.ID][]int32{}, ideas: map[int][]int32{}, scraps: map[scrap][]int32{}}
}

func (p *postings) put(l *lexicon, k *known) {
	n := int32(len(p.docs))
	p.docs, p.seen = append(p.docs, k), append(p.seen, 0)
	p.at[k] = n
	for t := range k.trades {
		p.trades[t] = append(p.trades[t], n)
	}
	for c := range k.wide.all() {
		p.ideas[c] = append(p.ideas[c], n)
	}
	if len(k.Seeks) > 0 {
		for c := range k.seeks {
			if !k.wide.has(c) {
				p.ideas[c] = append(p.ideas[c], n)
			}
		}
		for t := range k.seeksWho {
			if _, ok := k.trades[t]; !ok {
				p.trades[t] = append(p.trades[t], n)
			}
		}
	}
	for _, s := range k.scraps {
		if l.learned.rare(s) >= worthPosting {
			p.scraps[s] = append(p.scraps[s], n)
		}
	}
}

// worthPosting is how rare a scrap must be to lead from a need to an entry.
const worthPosting = 3.0

// drop forgets a document; when half of them are gone the lists are written anew.
func (p *postings) drop(l *lexicon, k *known) {
	n, ok := p.at[k]
	if !ok {
		return
	}
	delete(p.at, k)
	p.docs[n] = nil
	if p.dropped++; p.dropped < 64 || p.dropped*2 < len(p.docs) {
		return
	}
	live := p.docs
	*p = newPostings()
	for _, k := range live {
		if k != nil {
			p.put(l, k)
		}
	}
}

// reached returns what a need may be answered by; loosely: by a few words too.
func (p *postings) reached(l *lexicon, a *asked, loosely bool) []*known {
	p.call++
	var out []*known
	take := func(list []int32) {
		for _, n := range list {
			if k := p.docs[n]; k != nil && p.seen[n] != p.call {
				p.seen[n] = p.call
				out = append(out, k)
			}
		}
	}
	for t := range a.reach {
		take(p.trades[t])
	}
	for c := range a.ideas {
		take(p.ideas[c])
	}
	if !loosely {
		return out
	}
	for _, g := range a.guess {
		for t := range l.learned.classes[g.class].trades {
			take(p.trades[t])
		}
	}
	for _, x := range a.bag {
		take(p.scraps[x.scrap])
	}
	return out
}

// reaches says whether there may be evidence for an entry at all.
func (a *asked) reaches(k *known) bool {
	for _, h := range k.held {
		if a.reach[h.id] {
			return true
		}
	}
	if a.clients && (anyIn(a.reach, k.seeksWho) || anyIn(a.ideas, k.seeks)) {
		return true
	}
	for c := range a.ideas {
		if k.wide.has(c) {
			return true
		}
	}
	return false
}

// readReach notes which trades and concepts may answer.
func (a *asked) readReach(l *lexicon) {
	a.reach, a.ideas = map[trade.ID]bool{}, map[int]bool{}
	for want := range a.trades {
		a.reach[want] = true
		for pair := range l.near {
			if pair[0] == want {
				a.reach[pair[1]] = true
			}
		}
	}
	for want := range a.needing {
		a.reach[want] = true
	}
	for _, x := range a.guess {
		if c := l.learned.classes[x.class]; c.concept >= 0 && x.sure >= guessed {
			a.ideas[c.concept] = true
		}
	}
	for n, x := range a.asks {
		if n > 0 && x.sure < 0.5 {
			break // too faint to be told of
		}
		for _, c := range l.up[x.concept] {
			a.ideas[c] = true
		}
		for t := range l.concepts[x.concept].trades {
			a.reach[t] = true
		}
	}
}
