package match

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"goen/realtime/trade"
)

// learned is what the lexicon teaches beyond its own terms: which scraps of
// words speak for which concept or trade, and how rare each scrap is. It is
// fixed with the lexicon; nothing of a room goes into it.
type learned struct {
	rarity  map[scrap]float64 // of those that the lexicon has
	unknown float64           // rarity of all others
	speaks  map[scrap][]vote  // scrap -> classes
	classes []class
}

// scrap is a piece of a text, hashed: two kanji, a katakana word or three
// kana of it, the stem of a latin word, a kanji with the kana after it.
type scrap uint64

// class is a concept or a trade that a text may be about.
type class struct {
	concept int // -1 if it is a trade
	trade   trade.ID
	trades  map[trade.ID]float64 // who serves it
}

type vote struct {
	class  int
	weight float64
}

// about is a class that a text may be about, 0..1, and the scrap that says so
// most.
type about struct {
	class int
	sure  float64
	by    scrap
}

// scraps cuts runes [i,j) of a text; at is where a scrap stands.
func scraps(t *text, i, j int, each func(s scrap, i, j int)) {
	for i < j {
		kind := runeKind(t.runes[i])
		end := i + 1
		for end < j && runeKind(t.runes[end]) == kind {
			end++
		}
		switch kind {
		case kanji:
			for n := i; n < end; n++ {
				each(hash(t.runes[n:n+1]), n, n+1)
			}
			for n := i; n+2 <= end; n++ {
				each(hash(t.runes[n:n+2]), n, n+2)
			}
			if end < j && runeKind(t.runes[end]) == kana {
				each(hash(t.runes[end-1:end+1]), end-1, end+1)
			}
		case katakana:
			if end-i >= 2 {
				each(hash(t.runes[i:end]), i, end)
			}
			for n := i; end-i > 3 && n+3 <= end; n++ {
				each(hash(t.runes[n:n+3]), n, n+3)
			}
		case latin:
			if word := stem(string(t.runes[i:end])); len(word) > 1 && !strings.Contains(stopEnglish, " "+word+" ") {
				each(hash([]rune(word)), i, end)
			}
		case kana:
			for n := i; n+3 <= end; n++ {
				each(hash(t.runes[n:n+3]), n, n+3)
			}
		}
		i = end
	}
}

const (
	other = iota
	kanji
	katakana
	kana
	latin
)

func runeKind(r rune) int {
	switch {
	case isKatakana(r):
		return katakana
	case isHiragana(r):
		return kana
	case isLatinLetter(r) || r == '&':
		return latin
	case unicode.Is(unicode.Han, r) || r == '々':
		return kanji
	}
	return other
}

const stopEnglish = " the and for who can with that someone anyone does know need look friend our your are is was company help in an to of from about there any my me we you they it has have had looking please would like want could could should do a i am be been or on at by as if so "

// stem takes the commonest English endings off.
func stem(word string) string {
	for _, end := range []string{"ations", "ation", "ings", "ing", "ers", "ies", "ed", "er", "es", "s"} {
		if rest, ok := strings.CutSuffix(word, end); ok && len(rest) >= 4 {
			return rest
		}
	}
	return word
}

func hash(runes []rune) scrap {
	h := uint64(14695981039346656037)
	for _, r := range runes {
		h = (h ^ uint64(r)) * 1099511628211
	}
	return scrap(h)
}

// learn reads all names, situations and sentences of the lexicon and all names
// of trades, but for what is unsaid.
func (l *lexicon) learn(unsaid map[string]bool) *learned {
	out := &learned{rarity: map[scrap]float64{}, speaks: map[scrap][]vote{}}
	var docs [][]string
	for n, c := range l.concepts {
		out.classes = append(out.classes, class{n, "", c.trades})
		list := slices.DeleteFunc(slices.Concat(c.ja, c.en, c.need), func(term string) bool { return unsaid[term] })
		for _, e := range c.plus {
			list = append(list, e.text)
		}
		docs = append(docs, list)
	}
	for _, t := range trade.All() {
		out.classes = append(out.classes, class{-1, t.ID, map[trade.ID]float64{t.ID: 1}})
		list := append([]string{t.Ja, t.En, t.Kana, hiraganaToKatakana(t.Kana)}, t.Terms...)
		for n, c := range l.concepts {
			if c.trades[t.ID] == 1 {
				list = append(list, docs[n]...)
			}
		}
		docs = append(docs, list)
	}
	count, total, single := map[scrap]int{}, 0, map[scrap]bool{}
	cut := make([][]map[scrap]bool, len(docs))
	known := map[string]map[scrap]bool{}
	for n, list := range docs {
		for _, doc := range list {
			set, again := known[doc]
			if !again {
				set = map[scrap]bool{}
				t := read(strings.ReplaceAll(doc, " & ", "。"))
				scraps(t, 0, len(t.runes), func(s scrap, i, j int) {
					set[s] = true
					if j-i == 1 {
						single[s] = true
					}
				})
				for s := range set {
					count[s]++
				}
				total++
				known[doc] = set
			}
			cut[n] = append(cut[n], set)
		}
	}
	out.unknown = math.Log(float64(total + 1))
	for s, n := range count {
		out.rarity[s] = math.Log(float64(total+1) / float64(n))
		if single[s] {
			out.rarity[s] *= 0.7 // one kanji tells less than its rarity says
		}
	}
	for n, list := range cut {
		sum := map[scrap]float64{}
		for _, set := range list {
			for s := range set {
				sum[s]++
			}
		}
		norm := 0.0
		for s, k := range sum {
			sum[s] = (1 + math.Log(k)) * out.rarity[s]
			norm += sum[s] * sum[s]
		}
		norm = math.Sqrt(norm)
		for s, w := range sum {
			out.speaks[s] = append(out.speaks[s], vote{n, w / norm})
		}
	}
	for s := range out.speaks {
		slices.SortFunc(out.speaks[s], func(a, b vote) int { return cmp.Compare(a.class, b.class) })
	}
	return out
}

// rare is how much a scrap tells, from 0 up.
func (l *learned) rare(s scrap) float64 {
	if r, ok := l.rarity[s]; ok {
		return r
	}
	return l.unknown
}

// guesses is how many classes a text is guessed to be about at most.
const guesses = 8

// guess says what a bag of scraps may be about, surest first.
func (l *learned) guess(bag map[scrap]float64) []about {
	list := make([]scrap, 0, len(bag))
	for s := range bag {
		list = append(list, s)
	}
	slices.Sort(list) // sums of floats depend on their order
	sum := make([]float64, len(l.classes))
	most := make([]about, len(l.classes))
	norm := 0.0
	for _, s := range list {
		w := l.rare(s) * bag[s]
		if _, known := l.rarity[s]; !known {
			w *= 0.5
		}
		norm += w * w
		for _, v := range l.speaks[s] {
			sum[v.class] += v.weight * w
			if v.weight*w > most[v.class].sure {
				most[v.class] = about{v.class, v.weight * w, s}
			}
		}
	}
	if norm == 0 {
		return nil
	}
	norm = math.Sqrt(norm)
	var out []about
	for n, w := range sum {
		if w > 0.04*norm {
			out = append(out, about{n, w / norm, most[n].by})
		}
	}
	slices.SortFunc(out, func(a, b about) int {
		return cmp.Or(cmp.Compare(b.sure, a.sure), cmp.Compare(a.class, b.class))
	})
	return out[:min(len(out), guesses)]
}

// squared is the sum of the squares of how sure some guesses are.
func squared(list []about) (sum float64) {
	for _, x := range list {
		sum += x.sure * x.sure
	}
	return sum
}

func hiraganaToKatakana(s string) string {
	return strings.Map(func(r rune) rune {
		if isHiragana(r) {
			return r - 'ぁ' + 'ァ'
		}
		return r
	}, s)
}
