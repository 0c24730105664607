package match

import (
	_ "embed"
	"strconv"
	"strings"

	"goen/realtime/trade"
)

//go:embed data/near.tsv
var nearTSV string

//go:embed data/remote.tsv
var remoteTSV string

//go:embed data/limits.tsv
var limitsTSV string

//go:embed data/alike.tsv
var alikeTSV string

// phrases is what data/ tells of trades and of turns of speech.
type phrases struct {
	near     map[[2]trade.ID]float64
	tradeNo  map[trade.ID]int
	fits     [][]float32 // wanted trade, held trade: how well it serves
	anywhere map[trade.ID]bool
	region   map[trade.ID]bool
	limits   map[string][]string
	plain    map[scrap]bool      // words that everybody writes
	alike    map[string][]string // part of a term -> what people say instead
}

func (l *lexicon) loadPhrases() {
	l.phrases = phrases{
		near: map[[2]trade.ID]float64{}, anywhere: map[trade.ID]bool{}, region: map[trade.ID]bool{},
		limits: map[string][]string{}, plain: map[scrap]bool{}, alike: map[string][]string{},
	}
	for _, word := range strings.Fields(stop) {
		l.plain[hash([]rune(word))] = true
	}
	for _, c := range trade.Rows(nearTSV, 3) {
		weight, err := strconv.ParseFloat(c[2], 64)
		if err != nil {
			l.faults = append(l.faults, "near.tsv: "+c[2])
		}
		l.mustTrade("near.tsv", trade.ID(c[0]))
		l.mustTrade("near.tsv", trade.ID(c[1]))
		l.near[[2]trade.ID{trade.ID(c[0]), trade.ID(c[1])}] = weight
	}
	l.tradeNo = map[trade.ID]int{}
	for n, t := range trade.All() {
		l.tradeNo[t.ID] = n
	}
	for _, want := range trade.All() {
		row := make([]float32, len(trade.All()))
		for n, has := range trade.All() {
			row[n] = float32(l.fit(want.ID, has.ID))
		}
		l.fits = append(l.fits, row)
	}
	for _, c := range trade.Rows(remoteTSV, 2) {
		for _, name := range strings.Fields(c[1]) {
			l.mustTrade("remote.tsv", trade.ID(name))
			if c[0] == "anywhere" {
				l.anywhere[trade.ID(name)] = true
			}
			l.region[trade.ID(name)] = true
		}
	}
	for _, c := range trade.Rows(alikeTSV, 2) {
		for _, part := range split(c[0]) {
			for _, other := range split(c[1]) {
				l.alike[read(part).String()] = append(l.alike[read(part).String()], read(other).String())
			}
		}
	}
	for _, c := range trade.Rows(limitsTSV, 2) {
		for _, word := range split(c[1]) {
			l.limits[c[0]] = append(l.limits[c[0]], trade.Fold(word).Text())
		}
	}
}

func (l *lexicon) mustTrade(where string, id trade.ID) {
	if _, ok := trade.Find(id); !ok {
		l.faults = append(l.faults, where+": no trade "+string(id))
	}
}

// has says whether a folded text holds one of the words of a kind of limit.
func (p *phrases) has(kind, folded string) bool {
	for _, word := range p.limits[kind] {
		if strings.Contains(folded, word) {
			return true
		}
	}
	return false
}

// follows says whether a word of a kind of limit starts right at rune j, or
// after a title (税理士さん以外).
func (p *phrases) follows(kind string, text []rune, j int) bool {
	rest := string(text[j:min(len(text), j+14)])
	for _, title := range []string{"さん", "の先生", "の方", "会社"} {
		rest = strings.TrimPrefix(rest, title)
	}
	for _, word := range p.limits[kind] {
		if strings.HasPrefix(rest, word) {
			return true
		}
	}
	return false
}

// fit is how well somebody of the trade has serves one who wants a trade.
func (p *phrases) fit(want, has trade.ID) float64 {
	if want == has {
		return 1
	}
	return p.near[[2]trade.ID{want, has}]
}

// split cuts a cell at its bars. Blanks count here: " for " is not "for".
func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == '|' })
}
