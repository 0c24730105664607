package trade

import (
	"cmp"
	"slices"
	"strings"
)

// Search returns the trades a query may mean, best first, at most max: kanji,
// kana of either kind, romaji and English, by their beginning or in the middle.
// An empty query finds nothing.
func Search(query string, max int) []Trade {
	q := key(query)
	if q == "" || max <= 0 {
		return nil
	}
	long := shortVowels(q)
	type ranked struct{ n, rank int }
	var found []ranked
	for n, keys := range loaded().keys {
		rank := 9
		for i, k := range keys {
			rank = min(rank, fit(k, q, i), fit(k, long, i))
		}
		if rank < 9 {
			found = append(found, ranked{n, rank})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var out []Trade
	for _, f := range found[:min(len(found), max)] {
		out = append(out, loaded().trades[f.n])
	}
	return out
}

// fit ranks one name against the query; the first three names of a trade are
// its own (kanji, kana, romaji), the rest synonyms.
func fit(name, query string, place int) int {
	synonym := 0
	if place > 2 {
		synonym = 1
	}
	switch {
	case name == query:
		return 0 + synonym
	case strings.HasPrefix(name, query):
		return 2 + synonym
	case strings.Contains(name, query) && len(query) > 1:
		return 4 + synonym
	}
	return 9
}

func searchKeys(t Trade) []string {
	keys := []string{key(t.Ja), key(t.Kana), shortVowels(Romaji(t.Kana)), key(t.En)}
	for _, term := range t.Terms {
		keys = append(keys, shortVowels(key(term)))
	}
	return keys
}

// shortVowels lets gyoseishoshi and gyouseishoshi meet.
func shortVowels(romaji string) string {
	for _, v := range []string{"ou", "oo", "uu"} {
		romaji = strings.ReplaceAll(romaji, v, v[:1])
	}
	return romaji
}

// Romaji spells kana in Hepburn without long marks: ぎょうせい is gyousei.
// What is not kana stays as it is.
func Romaji(kana string) string {
	text := []rune(key(kana))
	var out strings.Builder
	double := false
	for i := 0; i < len(text); i++ {
		syllable, ok := "", false
		if i+1 < len(text) {
			if syllable, ok = syllables()[string(text[i:i+2])]; ok {
				i++
			}
		}
		if !ok {
			if text[i] == 'っ' {
				double = true
				continue
			}
			if text[i] == 'ー' {
				continue
			}
			if syllable, ok = syllables()[string(text[i])]; !ok {
				syllable = string(text[i])
			}
		}
		if double && syllable != "" {
			first := syllable[:1]
			if first == "c" {
				first = "t"
			}
			out.WriteString(first)
			double = false
		}
		out.WriteString(syllable)
	}
	return out.String()
}
