package match

import (
	"slices"
	"strings"
	"unicode/utf8"

	"goen/realtime/trade"
)

// seeksClients says whether Who describes somebody with a need (相続で困っている
// 地主さん) and not somebody who serves it, nor a client in whose name the
// poster asks (困っているお客様がいます).
func seeksClients(l *lexicon, f trade.Folded) bool {
	text := inFull(f.Text())
	for _, wish := range l.limits["client"] {
		_, after, found := strings.Cut(text, wish)
		if !found {
			continue
		}
		for _, noun := range l.limits["person"] {
			if at := strings.Index(after, noun); at >= 0 && at <= 12 {
				return sought(l, after[at+len(noun):])
			}
		}
		for _, m := range trade.Mentions(trade.Fold(after)) {
			return m.I <= 4 && sought(l, string([]rune(after)[m.J:]))
		}
	}
	return false
}

// inFull writes out what is said short or politely: 困ってる, 探していらっしゃる.
func inFull(text string) string {
	return strings.NewReplacer("ていらっしゃる", "ている", "ておられる", "ている", "てはる", "ている", "てる", "ている", "でる", "でいる").Replace(text)
}

// sought says whether what follows a person says that this person is looked for,
// and not that somebody asks in their name (…がいます).
func sought(l *lexicon, rest string) bool {
	for again := true; again; {
		again = false
		for _, title := range l.limits["title"] {
			if cut, ok := strings.CutPrefix(rest, title); ok {
				rest, again = cut, true
			}
		}
	}
	if rest == "" {
		return true
	}
	for _, wish := range l.limits["sought"] {
		if strings.HasPrefix(rest, wish) {
			return true
		}
	}
	return false
}

// offering says whether a why tells what the poster gives, as it mostly does.
func offering(folded string) bool {
	for _, word := range []string{"乗れ", "のれます", "できます", "出来ます", "お手伝い", "ご提案", "提供", "お役に", "紹介します", "教えられ", "サポートします", "i can", "we can", "happy to", "i offer"} {
		if strings.Contains(folded, word) {
			return true
		}
	}
	return false
}

// readTrades finds the wanted trades. Japanese puts the head last: of several
// trades the last one that is not the context of another (建設業に強い税理士)
// is wanted, and those that are listed with it (税理士か社労士).
func (a *asked) readTrades(l *lexicon, f trade.Folded) {
	var kept []trade.Mention
	for _, m := range trade.Mentions(f) {
		switch {
		case l.follows("negated", f.Runes, m.J) || negatedInEnglish(f.Runes, m.I):
			a.not[m.Trade] = true
		case a.clients && isObject(f.Runes, m.J):
			a.needing[m.Trade] = f.Quote(m.I, m.J)
		case l.follows("context", f.Runes, m.J) || theirs(f.Runes, m.J):
		default:
			kept = append(kept, m)
		}
	}
	for i := len(kept) - 1; i >= 0; i-- {
		m := kept[i]
		if i < len(kept)-1 && m.I != kept[i+1].I && !listed(f.Runes, m.J, kept[i+1].I) {
			break
		}
		a.trades[m.Trade] = f.Quote(m.I, m.J)
		if i < len(kept)-1 && a.sure[kept[i+1].Trade] || isHead(l, f.Runes, m.J) {
			a.sure[m.Trade] = true
		}
	}
	for id := range a.not {
		delete(a.trades, id)
	}
}

// isObject says whether the trade that ends at j is looked for: 税理士さんを.
func isObject(text []rune, j int) bool {
	rest := string(text[j:min(len(text), j+6)])
	for _, title := range []string{"さん", "の先生", "先生", "の方"} {
		rest = strings.TrimPrefix(rest, title)
	}
	return strings.HasPrefix(rest, "を")
}

// isHead says whether the trade that ends at j is what is asked for: it closes
// its clause, or a word of asking follows.
func isHead(l *lexicon, text []rune, j int) bool {
	if run := string(text[j:min(len(text), j+24)]); strings.HasPrefix(run, "を") {
		for _, does := range []string{"やっている", "やってる", "経営", "営む", "営んで", "されている", "している"} {
			at := strings.Index(run, does)
			if at >= 0 && !strings.ContainsAny(run[:at], "。") && slices.ContainsFunc(l.limits["person"], func(who string) bool { return strings.Contains(run[at:], who) }) {
				return true // 飲食店を何店舗かやっている社長さん
			}
		}
	}
	rest := strings.TrimPrefix(string(text[j:min(len(text), j+14)]), "s")
	for _, title := range []string{"会社", "業者", "事務所", "さん", "様"} {
		rest = strings.TrimPrefix(rest, title)
	}
	if rest == "" || strings.ContainsAny(rest[:1], ".,!?;") {
		return true
	}
	first, _ := utf8.DecodeRuneInString(rest)
	if strings.ContainsRune("。、！？」）", first) {
		return true
	}
	for _, word := range l.limits["head"] {
		if strings.HasPrefix(rest, word) {
			return true
		}
	}
	return false
}

// theirs says whether what stands at j makes the trade the one in need and not
// the one that is wanted: 飲食店が, 顧問先の工場から.
func theirs(text []rune, j int) bool {
	rest := string(text[j:min(len(text), j+6)])
	for _, word := range []string{"さん", "の社長", "の方", "のオーナー", "の友人", "のお客さん"} {
		rest = strings.TrimPrefix(rest, word)
	}
	for _, word := range []string{"が", "は", "から", "なので", "なんです", "をやって", "をして", "に", "で"} {
		if strings.HasPrefix(rest, word) && !strings.HasPrefix(rest, "がいい") && !strings.HasPrefix(rest, "はい") && !strings.HasPrefix(rest, "に会") && !strings.HasPrefix(rest, "につな") && !strings.HasPrefix(rest, "に相談") && !strings.HasPrefix(rest, "に頼") && !strings.HasPrefix(rest, "にお願い") && !strings.HasPrefix(rest, "で、") {
			return true
		}
	}
	return false
}

// listed says whether two trades stand side by side: 税理士、社労士 or A or B.
func listed(text []rune, i, j int) bool {
	if j-i > 8 {
		return false
	}
	between := strings.TrimSpace(string(text[i:j]))
	switch strings.TrimPrefix(strings.TrimPrefix(between, "さん"), "の方") {
	case "", "、", "・", "や", "か", "または", "と", "/", ",", "or", "and", "もしくは", "あるいは":
		return true
	}
	return false
}

func negatedInEnglish(text []rune, i int) bool {
	before := string(text[max(0, i-8):i])
	return strings.HasSuffix(before, "not a ") || strings.HasSuffix(before, "not an ") || strings.HasSuffix(before, " not ") || strings.HasSuffix(before, " no ")
}

// stranger is a calling that a need plainly asks for and that nothing here
// knows: 気象予報士さん. Who is suggested for it must bear the very word.
func stranger(t *text, known []bool) (i, j int, ok bool) {
	for i := 0; i < len(t.runes); {
		if runeKind(t.runes[i]) != kanji {
			i++
			continue
		}
		j := i + 1
		for j < len(t.runes) && runeKind(t.runes[j]) == kanji {
			j++
		}
		if j-i >= 3 && strings.ContainsRune("士師工医官", t.runes[j-1]) && !slices.Contains(known[i:j], true) && !t.aside[i] && called(t.runes, j) {
			return i, j, true
		}
		i = j
	}
	return 0, 0, false
}

// called says whether what follows is said of a person who is asked for.
func called(text []rune, j int) bool {
	rest := string(text[j:min(len(text), j+4)])
	for _, word := range []string{"さん", "の方", "の先生", "に", "を", "、", "。", "がい", "はい", "?", "で"} {
		if strings.HasPrefix(rest, word) {
			return true
		}
	}
	return rest == ""
}
