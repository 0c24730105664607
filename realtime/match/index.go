package match

import (
	"cmp"
	"slices"
)

// Index holds the open needs and the entries of one room. It is not safe for
// use by several goroutines: its room feeds it.
type Index struct {
	needs   map[string]*asked
	entries map[string]*known
	owners  map[string]map[string]*known // owner -> entry id -> entry
}

// New returns an empty index.
func New() *Index {
	return &Index{
		needs:   map[string]*asked{},
		entries: map[string]*known{},
		owners:  map[string]map[string]*known{},
	}
}

// PutNeed adds a need, or replaces its earlier version, and returns what it
// suggests now: entries of other owners, best first, at most PerOwner an owner.
func (x *Index) PutNeed(n Need) []Hit {
	a := readNeed(n)
	x.needs[n.ID] = a
	var out []Hit
	for owner, list := range x.owners {
		out = append(out, best(a, owner, list)...)
	}
	order(out)
	return out
}

// DropNeed forgets a need; an unknown id is nothing to do.
func (x *Index) DropNeed(id string) { delete(x.needs, id) }

// PutEntry adds an entry, or replaces its earlier version, and returns the
// open needs of others that it is among the owner's best answers to.
func (x *Index) PutEntry(e Entry) []Hit {
	x.DropEntry(e.ID)
	k := readEntry(e)
	x.entries[e.ID] = k
	if x.owners[e.Owner] == nil {
		x.owners[e.Owner] = map[string]*known{}
	}
	x.owners[e.Owner][e.ID] = k
	var out []Hit
	for _, a := range x.needs {
		if !evident(a, k) || !judge(a, k).hit {
			continue
		}
		for _, h := range best(a, e.Owner, x.owners[e.Owner]) {
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
	k := x.entries[id]
	if k == nil {
		return
	}
	delete(x.entries, id)
	delete(x.owners[k.Owner], id)
	if len(x.owners[k.Owner]) == 0 {
		delete(x.owners, k.Owner)
	}
}

// best are one owner's answers to a need; they depend on nothing else.
func best(a *asked, owner string, list map[string]*known) []Hit {
	if owner == a.By {
		return nil
	}
	var out []Hit
	for _, k := range list {
		if !evident(a, k) {
			continue
		}
		if v := judge(a, k); v.hit {
			out = append(out, Hit{a.ID, k.ID, k.Owner, v.score, v.reasons(a)})
		}
	}
	order(out)
	return out[:min(len(out), PerOwner)]
}

func order(hits []Hit) {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Need, b.Need), cmp.Compare(a.Entry, b.Entry))
	})
}
