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

// thesaurus is the whole lexicon, compiled.
type thesaurus struct {
	concepts []*concept
	byID     map[string]int
	supply   *terms // what it is called
	demand   *terms // the same and situations
	faults   []string
}

var thesaurusOf = sync.OnceValue(func() *thesaurus { return loadThesaurus(nil) })

// loadThesaurus compiles the files of the lexicon, without the concepts of a
// set of ids.
func loadThesaurus(without map[string]bool) *thesaurus {
	var all []*concept
	t := &thesaurus{}
	files, err := lexiconFiles.ReadDir("lexicon")
	if err != nil {
		t.faults = append(t.faults, err.Error())
	}
	for _, f := range files {
		content, err := lexiconFiles.ReadFile("lexicon/" + f.Name())
		if err != nil {
			t.faults = append(t.faults, err.Error())
		}
		list, faults := parseLexicon(f.Name(), string(content))
		t.faults = append(t.faults, faults...)
		all = append(all, slices.DeleteFunc(list, func(c *concept) bool { return without[c.id] })...)
	}
	t.compile(all)
	return t
}

func (t *thesaurus) compile(all []*concept) {
	t.concepts, t.byID = all, map[string]int{}
	t.supply, t.demand = newTerms(), newTerms()
	for n, c := range all {
		if first, twice := t.byID[c.id]; twice {
			t.faults = append(t.faults, c.line.fault("%s is defined already at %s:%d", c.id, all[first].line.file, all[first].line.n))
			continue
		}
		t.byID[c.id] = n
		for _, word := range slices.Concat(c.ja, c.en) {
			t.supply.add(word, n, false)
			t.demand.add(word, n, false)
		}
		for _, word := range c.need {
			t.demand.add(word, n, true)
		}
	}
	for _, c := range all {
		t.faults = append(t.faults, t.links(c)...)
	}
}

// links checks what a concept says of others, and that its trades are known.
func (t *thesaurus) links(c *concept) (faults []string) {
	if c.parent != "" && !t.known(c.parent) {
		faults = append(faults, c.line.fault("%s: the parent %q is neither a concept nor a trade", c.id, c.parent))
	}
	for up, steps := c.parent, 0; up != ""; steps++ {
		n, ok := t.byID[up]
		if !ok {
			break
		}
		if up == c.id || steps > len(t.concepts) {
			faults = append(faults, c.line.fault("%s is above itself", c.id))
			break
		}
		up = t.concepts[n].parent
	}
	for _, id := range c.not {
		if _, ok := t.byID[id]; !ok {
			faults = append(faults, c.lines["not"].fault("%q is no concept", id))
		}
	}
	return faults
}

func (t *thesaurus) known(id string) bool {
	if _, ok := t.byID[id]; ok {
		return true
	}
	_, ok := trade.Find(trade.ID(id))
	return ok
}

// excludes says whether one of two concepts names the other as exclusive.
func (t *thesaurus) excludes(a, b int) bool {
	return slices.Contains(t.concepts[a].not, t.concepts[b].id) || slices.Contains(t.concepts[b].not, t.concepts[a].id)
}

// within says whether concept a is b or a part of it.
func (t *thesaurus) within(a, b int) bool {
	for range len(t.concepts) {
		if a == b {
			return true
		}
		up, ok := t.byID[t.concepts[a].parent]
		if !ok {
			return false
		}
		a = up
	}
	return false
}

// ranked are the concepts that a sentence of need names, surest first: the more
// of the sentence its terms fill, the surer.
func (t *thesaurus) ranked(sentence string) []int {
	in := read(sentence)
	weight := map[int]float64{}
	for _, f := range t.demand.scan(in) {
		weight[f.concept] += float64(f.weight)
	}
	out := make([]int, 0, len(weight))
	for c := range weight {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), strings.Compare(t.concepts[a].id, t.concepts[b].id))
	})
	return out
}
