package match

import (
	"strings"
	"unicode/utf8"

	"goen/realtime/trade"
)

// asked is a need as the matcher reads it.
type asked struct {
	Need
	trades   map[trade.ID]string // wanted -> the words that say so ("" when tapped)
	sure     map[trade.ID]bool   // those that are plainly what is asked for
	concepts map[int]string
	not      map[trade.ID]bool // 「…ではなく」
	notIdea  map[int]bool
	clients  bool                // somebody is sought who has the need that Who tells
	needing  map[trade.ID]string // and who looks for these trades
	areas    []place
	anywhere bool
	size     span
	words    map[string]string // content word -> as written
	named    map[string]bool   // words that are part of a trade or a place
	rest     int               // how many words of Who are neither
	private  bool
	english  bool // somebody who can work in English is wanted
	folded   string
}

// place is an area and the words that name it.
type place struct{ id, words string }

func readNeed(n Need) *asked {
	a := &asked{
		Need: n, trades: map[trade.ID]string{}, sure: map[trade.ID]bool{}, concepts: map[int]string{},
		not: map[trade.ID]bool{}, notIdea: map[int]bool{}, needing: map[trade.ID]string{}, words: map[string]string{}, named: map[string]bool{},
	}
	l := lexiconOf()
	who, why := trade.Fold(n.Who), trade.Fold(n.Why)
	a.folded = who.Text() + " " + why.Text()
	a.private = l.has("private", a.folded)
	a.english = strings.Contains(who.Text(), "英語") || strings.Contains(who.Text(), "english")
	a.size = spotSize(n.Who)
	a.clients = seeksClients(who)
	a.readTrades(who)
	a.readConcepts(who)
	if len(a.trades) == 0 && len(a.concepts) == 0 && !offering(why.Text()) {
		a.readTrades(why)
		a.readConcepts(why)
	}
	if _, ok := trade.Find(n.Trade); ok {
		words := a.trades[n.Trade]
		a.trades = map[trade.ID]string{n.Trade: words}
		a.sure[n.Trade] = true
	}
	a.readAreas(n.Area)
	a.readAreas(n.Who)
	contentWords(who, a.words)
	a.rest = len(a.words)
	for _, m := range trade.Mentions(who) {
		a.name(who, m.I, m.J)
	}
	for _, m := range trade.AreaMentions(who) {
		a.name(who, m.I, m.J)
	}
	a.name(trade.Fold(a.size.words), 0, len([]rune(a.size.words)))
	contentWords(why, a.words)
	return a
}

// seeksClients says whether Who describes somebody with a need (相続で困っている
// 地主さん) and not somebody who serves it, nor a client in whose name the
// poster asks (困っているお客様がいます).
func seeksClients(f trade.Folded) bool {
	l, text := lexiconOf(), f.Text()
	for _, wish := range l.limits["client"] {
		_, after, found := strings.Cut(text, wish)
		if !found {
			continue
		}
		for _, behalf := range []string{"がいて", "がいます", "がおり", "がいらっしゃ", "のため", "に", "が、", "から"} {
			if cut := strings.Index(after, behalf); cut >= 0 && cut < 24 {
				return false
			}
		}
		for _, noun := range l.limits["person"] {
			if at := strings.Index(after, noun); at >= 0 && at <= 12 {
				return true
			}
		}
		for _, m := range trade.Mentions(trade.Fold(after)) {
			return m.I <= 4
		}
	}
	return false
}

// name notes the words in runes [i,j) as understood.
func (a *asked) name(f trade.Folded, i, j int) {
	found := map[string]string{}
	contentWords(trade.Fold(f.Quote(i, j)), found)
	for w := range found {
		if _, ok := a.words[w]; ok && !a.named[w] {
			a.named[w] = true
			a.rest--
		}
	}
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
func (a *asked) readTrades(f trade.Folded) {
	l := lexiconOf()
	var kept []trade.Mention
	for _, m := range trade.Mentions(f) {
		switch {
		case l.follows("negated", f.Runes, m.J) || negatedInEnglish(f.Runes, m.I):
			a.not[m.Trade] = true
		case a.clients && strings.HasPrefix(string(f.Runes[m.J:min(len(f.Runes), m.J+1)]), "を"):
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
		if i < len(kept)-1 && a.sure[kept[i+1].Trade] || isHead(f.Runes, m.J) {
			a.sure[m.Trade] = true
		}
	}
	for id := range a.not {
		delete(a.trades, id)
	}
}

// isHead says whether the trade that ends at j is what is asked for: it closes
// its clause, or a word of asking follows.
func isHead(text []rune, j int) bool {
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
	for _, word := range lexiconOf().limits["head"] {
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

func (a *asked) readConcepts(f trade.Folded) {
	l := lexiconOf()
	found := l.need.Scan(f)
	for i, s := range found {
		if i+1 < len(found) && found[i+1].I == s.J+1 && f.Runes[s.J] == 'の' {
			continue // 契約書の英訳: the head comes last
		}
		negated := l.follows("negated", f.Runes, s.J) || negatedInEnglish(f.Runes, s.I)
		for _, c := range s.Values {
			if negated {
				a.notIdea[c] = true
			} else if a.concepts[c] == "" {
				a.concepts[c] = f.Quote(s.I, s.J)
			}
		}
	}
	for c := range a.notIdea {
		delete(a.concepts, c)
	}
}

func (a *asked) readAreas(text string) {
	if area, ok := trade.FindArea(text); ok && area.ID == text {
		a.addArea(place{area.ID, ""})
		return
	}
	f := trade.Fold(text)
	for _, m := range trade.AreaMentions(f) {
		a.addArea(place{m.Area, f.Quote(m.I, m.J)})
	}
}

func (a *asked) addArea(p place) {
	if area, _ := trade.FindArea(p.id); area.Kind == trade.KindFlag {
		a.anywhere = true
		return
	}
	a.areas = append(a.areas, p)
}
