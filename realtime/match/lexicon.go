package match

import (
	"cmp"
	"embed"
	"slices"
	"strings"
	"sync"

	"goen/realtime/trade"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// lexicon is everything of lexicon/ and data/, compiled.
type lexicon struct {
	concepts []*concept
	byID     map[string]int
	up       [][]int     // concept -> itself and all it is a part of
	siblings [][]int     // concept -> those that exclude it
	serves   [][]float32 // concept, trade: how well it serves
	supply   *terms      // what it is called
	demand   *terms      // the same and situations
	sides    *terms      // side words -> index into sideOf
	trust    []float64   // term of demand: how often it means its concept, 0..1
	sideOf   []sideAt
	learned  *learned
	phrases
	weights weights
	faults  []string
}

type sideAt struct {
	concept int
	name    string
}

var lexiconOf = sync.OnceValue(func() *lexicon { return loadLexicon(nil, nil) })

// loadLexicon compiles the files of the lexicon without some concepts, and
// without some terms in the mouth of somebody in need: a measurement takes away
// what it must not know.
func loadLexicon(without, unsaid map[string]bool) *lexicon {
	l := &lexicon{}
	files, err := lexiconFiles.ReadDir("lexicon")
	if err != nil {
		l.faults = append(l.faults, err.Error())
	}
	var all []*concept
	for _, f := range files {
		content, err := lexiconFiles.ReadFile("lexicon/" + f.Name())
		if err != nil {
			l.faults = append(l.faults, err.Error())
		}
		list, faults := parseLexicon(f.Name(), string(content))
		l.faults = append(l.faults, faults...)
		all = append(all, list...)
	}
	if len(without) > 0 {
		all = withoutConcepts(all, without)
	}
	for _, c := range all {
		c.forget(unsaid)
	}
	l.loadPhrases()
	l.compile(all, unsaid)
	l.weights = loadWeights()
	return l
}

// withoutConcepts takes concepts away and hangs their parts higher.
func withoutConcepts(all []*concept, without map[string]bool) []*concept {
	parent := map[string]string{}
	for _, c := range all {
		parent[c.id] = c.parent
	}
	var out []*concept
	for _, c := range all {
		if without[c.id] {
			continue
		}
		for without[c.parent] {
			c.parent = parent[c.parent]
		}
		c.not = slices.DeleteFunc(c.not, func(id string) bool { return without[id] })
		out = append(out, c)
	}
	return out
}

// forget takes situations away, and the sentences that hold an unsaid term.
func (c *concept) forget(unsaid map[string]bool) {
	c.need = slices.DeleteFunc(c.need, func(term string) bool { return unsaid[term] })
	c.plus = slices.DeleteFunc(c.plus, func(e example) bool {
		sentence := read(e.text).String()
		for term := range unsaid {
			if !slices.ContainsFunc(partsOf(term), func(part string) bool { return !strings.Contains(sentence, part) }) {
				return true
			}
		}
		return false
	})
}

func (l *lexicon) compile(all []*concept, unsaid map[string]bool) {
	l.concepts, l.byID, l.siblings = all, map[string]int{}, make([][]int, len(all))
	l.supply, l.demand, l.sides = newTerms(l.alike), newTerms(l.alike), newTerms(nil)
	for n, c := range all {
		if first, twice := l.byID[c.id]; twice {
			l.faults = append(l.faults, c.line.fault("%s is defined already at %s:%d", c.id, all[first].line.file, all[first].line.n))
			continue
		}
		l.byID[c.id] = n
		for _, word := range slices.Concat(c.ja, c.en) {
			parts := partsOf(word)
			l.supply.add(word, parts, n, false)
			if !unsaid[word] {
				l.demand.add(word, parts, n, false)
			}
		}
		for _, word := range c.need {
			l.demand.add(word, partsOf(word), n, true)
		}
		for _, s := range c.sides {
			for _, word := range s.words {
				l.sides.add(word, partsOf(word), len(l.sideOf), false)
				l.sideOf = append(l.sideOf, sideAt{n, s.name})
			}
		}
	}
	for n, c := range all {
		l.faults = append(l.faults, l.links(c)...)
		for _, id := range c.not {
			if m, ok := l.byID[id]; ok {
				l.siblings[n], l.siblings[m] = append(l.siblings[n], m), append(l.siblings[m], n)
			}
		}
	}
	l.serves = make([][]float32, len(all))
	for n, c := range all {
		l.serves[n] = make([]float32, len(l.tradeNo))
		for id, weight := range c.trades {
			if no, ok := l.tradeNo[id]; ok {
				l.serves[n][no] = float32(weight)
			}
		}
	}
	l.up = make([][]int, len(all))
	for n := range all {
		for at, steps := n, 0; steps < 20; steps++ {
			l.up[n] = append(l.up[n], at)
			next, ok := l.byID[all[at].parent]
			if !ok {
				break
			}
			at = next
		}
	}
	l.trust = l.trusted()
	l.learned = l.learn(unsaid)
}

// links checks what a concept says of others.
func (l *lexicon) links(c *concept) (faults []string) {
	if c.parent != "" && !l.known(c.parent) {
		faults = append(faults, c.line.fault("%s: the parent %q is neither a concept nor a trade", c.id, c.parent))
	}
	for up, steps := c.parent, 0; up != ""; steps++ {
		n, ok := l.byID[up]
		if !ok {
			break
		}
		if up == c.id || steps > len(l.concepts) {
			faults = append(faults, c.line.fault("%s is above itself", c.id))
			break
		}
		up = l.concepts[n].parent
	}
	for _, id := range c.not {
		if _, ok := l.byID[id]; !ok {
			faults = append(faults, c.lines["not"].fault("%q is no concept", id))
		}
	}
	return faults
}

func (l *lexicon) known(id string) bool {
	if _, ok := l.byID[id]; ok {
		return true
	}
	_, ok := trade.Find(trade.ID(id))
	return ok
}

// within says whether concept a is b or a part of it.
func (l *lexicon) within(a, b int) bool { return slices.Contains(l.up[a], b) }

// ranked are the concepts that a sentence of need names, surest first: the more
// of the sentence its terms fill, the surer.
func (l *lexicon) ranked(sentence string) []int {
	in := read(sentence)
	weight := map[int]float64{}
	for _, f := range l.demand.scan(in) {
		weight[f.concept] += float64(f.weight)
	}
	out := make([]int, 0, len(weight))
	for c := range weight {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), strings.Compare(l.concepts[a].id, l.concepts[b].id))
	})
	return out
}

// trusted counts for each term in how many sentences of the lexicon it stands
// that belong to other concepts: 父 & 亡くな is said by who needs a funeral, and
// by who needs a tax return.
func (l *lexicon) trusted() []float64 {
	own, others := make([]float64, len(l.demand.whose)), make([]float64, len(l.demand.whose))
	for n, c := range l.concepts {
		for _, e := range c.plus {
			counted := map[int]bool{}
			for _, f := range l.demand.scan(read(e.text)) {
				switch {
				case counted[f.term]:
				case l.within(f.concept, n) || l.within(n, f.concept):
					own[f.term]++
				default:
					others[f.term]++
				}
				counted[f.term] = true
			}
		}
	}
	out := make([]float64, len(own))
	for term := range out {
		out[term] = (own[term] + 1) / (own[term] + others[term] + 1)
	}
	return out
}
