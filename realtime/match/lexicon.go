package match

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"goen/realtime/trade"
)

//go:embed data/concepts.tsv
var conceptsTSV string

//go:embed data/near.tsv
var nearTSV string

//go:embed data/remote.tsv
var remoteTSV string

//go:embed data/limits.tsv
var limitsTSV string

// concept is a speciality or a job to be done, finer than a trade.
type oldConcept struct {
	id     string
	trades map[trade.ID]float64 // who serves it: 1, or partly
	family string               // siblings exclude each other
	parent string               // what this one also is, "" if nothing
}

type lexicon struct {
	concepts []oldConcept
	supply   trade.Names // words of either side -> concept
	need     trade.Names // the same and situations -> concept
	near     map[[2]trade.ID]float64
	anywhere map[trade.ID]bool
	region   map[trade.ID]bool
	limits   map[string][]string
	faults   []string // what a check test complains about
}

var lexiconOf = sync.OnceValue(loadLexicon)

func loadLexicon() *lexicon {
	l := &lexicon{
		near: map[[2]trade.ID]float64{}, anywhere: map[trade.ID]bool{}, region: map[trade.ID]bool{},
		limits: map[string][]string{},
	}
	for _, c := range trade.Rows(conceptsTSV, 6) {
		n := len(l.concepts)
		k := oldConcept{id: c[0], trades: map[trade.ID]float64{}, family: c[4], parent: c[5]}
		for name := range strings.SplitSeq(c[1], ",") {
			weight := 1.0
			if rest, ok := strings.CutPrefix(name, "~"); ok {
				name, weight = rest, partly
			}
			l.known(c[0], trade.ID(name))
			k.trades[trade.ID(name)] = weight
		}
		l.concepts = append(l.concepts, k)
		for _, word := range split(c[2]) {
			l.supply.Add(word, n)
			l.need.Add(word, n)
		}
		for _, word := range split(c[3]) {
			l.need.Add(word, n)
		}
	}
	for _, c := range trade.Rows(nearTSV, 3) {
		weight, err := strconv.ParseFloat(c[2], 64)
		if err != nil {
			l.faults = append(l.faults, "near: "+c[2])
		}
		l.known("near", trade.ID(c[0]))
		l.known("near", trade.ID(c[1]))
		l.near[[2]trade.ID{trade.ID(c[0]), trade.ID(c[1])}] = weight
	}
	for _, c := range trade.Rows(remoteTSV, 2) {
		for _, name := range strings.Fields(c[1]) {
			l.known("remote", trade.ID(name))
			if c[0] == "anywhere" {
				l.anywhere[trade.ID(name)] = true
			}
			l.region[trade.ID(name)] = true
		}
	}
	for _, c := range trade.Rows(limitsTSV, 2) {
		for _, word := range split(c[1]) {
			l.limits[c[0]] = append(l.limits[c[0]], trade.Fold(word).Text())
		}
	}
	return l
}

func (l *lexicon) known(where string, id trade.ID) {
	if _, ok := trade.Find(id); !ok {
		l.faults = append(l.faults, where+": no trade "+string(id))
	}
}

// has says whether a folded text holds one of the words of a kind of limit.
func (l *lexicon) has(kind, folded string) bool {
	for _, word := range l.limits[kind] {
		if strings.Contains(folded, word) {
			return true
		}
	}
	return false
}

// withParents adds to a set of concepts what they also are.
func (l *lexicon) withParents(set map[int]bool) {
	for n, c := range l.concepts {
		for child := range set {
			if l.concepts[child].parent == c.id {
				set[n] = true
				break
			}
		}
	}
}

// follows says whether a word of a kind of limit starts right at rune j, or
// after a title (税理士さん以外).
func (l *lexicon) follows(kind string, text []rune, j int) bool {
	rest := string(text[j:min(len(text), j+14)])
	for _, title := range []string{"さん", "の先生", "の方", "会社"} {
		rest = strings.TrimPrefix(rest, title)
	}
	for _, word := range l.limits[kind] {
		if strings.HasPrefix(rest, word) {
			return true
		}
	}
	return false
}

// fit is how well somebody of the trade has serves one who wants a trade.
func (l *lexicon) fit(want, has trade.ID) float64 {
	if want == has {
		return 1
	}
	return l.near[[2]trade.ID{want, has}]
}

// split cuts a cell at its bars. Blanks count here: " for " is not "for".
func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == '|' })
}
