package match

import (
	"cmp"
	"slices"
	"strings"
)

// terms finds many terms in one pass. A term may have several parts
// (口コミ & 悪口): then all of them must stand in one sentence, in any order.
type terms struct {
	next  map[edge]int // a trie; node 0 is the root
	ends  map[int][]int
	nodes int
	parts [][]int             // term -> its parts
	names [][]int             // part -> terms
	size  []int               // part -> runes
	spelt []string            // part -> as the lexicon writes it
	whose []int               // term -> concept
	soft  []bool              // term -> is a situation
	text  []string            // term -> as the lexicon writes it
	alike map[string][]string // part of several -> what people say instead
	loose map[string]int      // such a part -> its number
}

type edge struct {
	node int
	r    rune
}

// found is one term in a text: runes [i,j) hold it, weight grows with its length.
type found struct {
	concept, i, j int
	term          int
	weight        int // runes of all parts
	situation     bool
	parted        bool // it has several parts
}

func newTerms(alike map[string][]string) *terms {
	return &terms{next: make(map[edge]int, 1<<16), ends: make(map[int][]int, 1<<14), alike: alike, loose: map[string]int{}}
}

// partsOf cuts a term as written at its ampersands.
func partsOf(term string) []string {
	var out []string
	for part := range strings.SplitSeq(term, " & ") {
		if p := read(strings.TrimSpace(part)).String(); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func (t *terms) add(term string, parts []string, concept int, situation bool) {
	id := len(t.whose)
	t.whose = append(t.whose, concept)
	t.soft = append(t.soft, situation)
	t.text = append(t.text, term)
	var ids []int
	for _, part := range parts {
		if also := t.alike[part]; len(also) > 0 && len(parts) > 1 {
			ids = append(ids, t.addLoose(part, also))
		} else {
			ids = append(ids, t.addPart(part))
		}
	}
	t.parts = append(t.parts, ids)
	if len(ids) == 0 {
		return
	}
	rarest := 0 // a long part stands in few texts: it calls for the others
	for n, p := range ids {
		if t.size[p] > t.size[ids[rarest]] {
			rarest = n
		}
	}
	ids[0], ids[rarest] = ids[rarest], ids[0]
	t.names[ids[0]] = append(t.names[ids[0]], id)
}

// addPart adds a part that stands for itself.
func (t *terms) addPart(part string) int {
	node := t.node(part)
	for _, id := range t.ends[node] {
		if _, loose := t.loose[t.spelt[id]]; !loose || t.loose[t.spelt[id]] != id {
			return id
		}
	}
	return t.newPart(part, node)
}

// addLoose adds a part for which others may stand.
func (t *terms) addLoose(part string, also []string) int {
	if id, ok := t.loose[part]; ok {
		return id
	}
	id := t.newPart(part, t.node(part))
	t.loose[part] = id
	for _, other := range also {
		if node := t.node(other); !slices.Contains(t.ends[node], id) {
			t.ends[node] = append(t.ends[node], id)
		}
	}
	return id
}

func (t *terms) newPart(part string, node int) int {
	id := len(t.names)
	t.ends[node] = append(t.ends[node], id)
	t.names, t.size, t.spelt = append(t.names, nil), append(t.size, len([]rune(part))), append(t.spelt, part)
	return id
}

// node is where a part ends in the trie.
func (t *terms) node(part string) int {
	node := 0
	for _, r := range part {
		to, ok := t.next[edge{node, r}]
		if !ok {
			t.nodes++
			to = t.nodes
			t.next[edge{node, r}] = to
		}
		node = to
	}
	return node
}

type seenPart struct{ part, i, j int }

// scan returns the terms in a text. A term inside a longer one of another
// concept does not count: 相続登記 is not 登記.
func (t *terms) scan(in *text) []found {
	var seen []seenPart
	for i := range in.runes {
		node, skipped := 0, false
		for j := i; j < len(in.runes); j++ {
			to, ok := t.next[edge{node, in.runes[j]}]
			if !ok {
				if !skipped && joins(in.runes, i, j) {
					skipped = true
					continue
				}
				break
			}
			node = to
			if p := t.ends[node]; len(p) > 0 && alone(in.runes, i, j+1) {
				for _, part := range p {
					seen = append(seen, seenPart{part, i, j + 1})
				}
			}
		}
	}
	var out []found
	where := map[int][]seenPart{}
	for _, s := range seen {
		where[s.part] = append(where[s.part], s)
	}
	for _, s := range seen {
		for _, term := range t.names[s.part] {
			if f, ok := t.complete(in, term, s, where); ok {
				out = append(out, f)
			}
		}
	}
	return outermost(out)
}

// joins says whether rune j is the の of エアコンの取付: a term that has none is
// found all the same.
func joins(text []rune, i, j int) bool {
	return text[j] == 'の' && j > i && j+1 < len(text) && !isHiragana(text[j-1]) && !isHiragana(text[j+1])
}

// complete says whether all parts of a term stand in the sentence of s, the one
// that calls for the others.
func (t *terms) complete(in *text, term int, s seenPart, where map[int][]seenPart) (found, bool) {
	f := found{concept: t.whose[term], term: term, i: s.i, j: s.j, weight: t.weigh(s), situation: t.soft[term], parted: len(t.parts[term]) > 1}
	for _, part := range t.parts[term][1:] {
		best, ok := seenPart{}, false
		for _, other := range where[part] {
			if in.sentence[other.i] != in.sentence[s.i] || other.i < s.j && s.i < other.j {
				continue
			}
			if !ok || distance(other, s) < distance(best, s) {
				best, ok = other, true
			}
		}
		if !ok || distance(best, s) > apart {
			return f, false
		}
		f.i, f.j = min(f.i, best.i), max(f.j, best.j)
		f.weight += t.weigh(best)
	}
	return f, true
}

// weigh is what a part counts: no more than as the lexicon writes it.
func (t *terms) weigh(s seenPart) int { return min(s.j-s.i, t.size[s.part]) }

// apart is how many runes may stand between two parts of a term.
const apart = 24

func distance(a, b seenPart) int { return max(a.i-b.j, b.i-a.j) }

// outermost drops what stands inside a longer find, unless that is a looser
// one (of several parts), and orders the rest by place.
func outermost(all []found) []found {
	var out []found
	for _, a := range all {
		inside := false
		for _, b := range all {
			if b.i <= a.i && a.j <= b.j && b.weight > a.weight && !b.parted && b.concept != a.concept {
				inside = true
				break
			}
		}
		if !inside {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.i, b.i), cmp.Compare(b.j, a.j), cmp.Compare(a.concept, b.concept))
	})
	return slices.Compact(out)
}

// alone says whether [i,j) is a word and not the middle of one: latin words end
// at non-letters (a plural s may follow), short katakana words must not be cut
// out of a longer one (ペット is not in カーペット), nor short kanji words at an
// own boundary that makes another word of them.
func alone(in []rune, i, j int) bool {
	if isLatinLetter(in[i]) && i > 0 && isLatinLetter(in[i-1]) {
		return false
	}
	if j < len(in) && isLatinLetter(in[j-1]) && isLatinLetter(in[j]) {
		plural := in[j] == 's' && (j+1 == len(in) || !isLatinLetter(in[j+1]))
		if !plural {
			return false
		}
	}
	if j-i >= 4 {
		return true
	}
	if isKatakana(in[i]) && i > 0 && isKatakana(in[i-1]) {
		return false
	}
	return j == len(in) || !isKatakana(in[j-1]) || !isKatakana(in[j])
}
