package match

import (
	"math"
	"slices"

	"goen/realtime/trade"
)

// verdict is what one entry is worth for one need, and why.
type verdict struct {
	ground  features
	score   float64 // orders; no unit
	sure    float64 // 0..1: how likely a careful host would call it right
	gated   bool    // something forbids a suggestion
	hit     bool
	trade   trade.ID // evidence, "" if none
	concept int      // index into the need's asks, -1 if none
	guess   int      // index into the need's guesses, -1 if none
	place   string   // ByCity, ByPrefecture, ByRegion or ""
	near    string   // the words of the place
	size    bool
	word    string
}

// judge weighs one entry for one need.
func judge(l *lexicon, a *asked, k *known) verdict {
	v := verdict{concept: -1, guess: -1}
	if a.By == k.Owner {
		return v
	}
	if a.clients {
		v.weighClient(l, a, k)
	} else {
		v.weighTrades(l, a, k)
		v.weighConcepts(l, a, k)
		v.weighTogether(l, a, k)
		v.weighGuesses(l, a, k)
		v.weighWords(l, a, k)
	}
	v.placeAndSize(l, a, k)
	v.conclude(l, a, k)
	return v
}

// conclude turns what was weighed into a probability and a decision.
func (v *verdict) conclude(l *lexicon, a *asked, k *known) {
	if v.ground.none() {
		return
	}
	logit := l.weights.sum(&v.ground)
	v.sure = 1 / (1 + math.Exp(-logit))
	v.score = v.sure
	v.gate(l, a, k)
	if k.bare && !(a.clients && k.Seeks != "") && v.tapped() {
		v.sure = max(v.sure, l.weights.nudge)
		v.score = max(v.score, v.sure)
	}
	v.hit = !v.gated && v.sure >= l.weights.nudge && v.evidence()
}

// evidence says whether a ground stands that can be told to somebody: a named
// trade, or a concept that both name or that the trade does.
func (v *verdict) evidence() bool {
	return v.trade != "" || v.concept >= 0 || v.guess >= 0
}

// guessed is how sure a guess must be to be a ground.
const guessed = 0.3

// weighTrades weighs the trades that are asked for against those that are held.
func (v *verdict) weighTrades(l *lexicon, a *asked, k *known) {
	g := &v.ground
	best := 0.0
	for i := range a.wanted {
		want := &a.wanted[i]
		for _, h := range k.held {
			fit := float64(l.fits[want.n][h.n]) * h.sure
			if fit > 0 && k.otherKind(want.kind) {
				fit *= otherKind
			}
			if fit > best || fit == best && fit > 0 && want.id < v.trade {
				best, v.trade = fit, want.id
			}
			if want.sure {
				g[fTrade] = max(g[fTrade], fit)
			} else {
				g[fMention] = max(g[fMention], fit)
			}
		}
	}
	if len(a.sure) > 0 && g[fTrade] < 0.4 {
		g[fWrong] = 1
	}
	if a.plain {
		g[fPlain] = g[fTrade]
	}
}

// weighTogether weighs what trades and concepts say together.
func (v *verdict) weighTogether(l *lexicon, a *asked, k *known) {
	g := &v.ground
	if g[fServes] >= 0.5 || g[fTrade] >= written {
		switch {
		case len(k.doing) == 0:
			g[fUnstated] = 1
		case g[fBoth] > 0:
			g[fRight] = g[fBoth]
		}
	}
	if wrongSide(l, a, k) {
		g[fSide] = 1
	}
}

// mostly is how much of what is asked for an entry may leave out and be told of.
const mostly = 0.6

// muchElse is how much an entry says that says more than its trade.
const muchElse = 40

// otherKind is what a trade counts whose kind is named in other words.
const otherKind = 0.7

// otherKind says whether an entry that says what it does shares no word with
// the kind that is asked for.
func (k *known) otherKind(kind []scrap) bool {
	if len(kind) == 0 || k.rest == 0 {
		return false
	}
	for _, s := range kind {
		if _, ok := slices.BinarySearch(k.scraps, s); ok {
			return false
		}
	}
	return true
}

// littleElse is how much a need may say beside a trade and be plainly for that
// trade: a rare word or two.
const littleElse = 12

func (v *verdict) weighConcepts(l *lexicon, a *asked, k *known) {
	g := &v.ground
	top, second, met, all := 0.0, 0.0, 0.0, 0.0
	var unmet uint64
	for n, x := range a.asks {
		worth := 0.0
		if k.wide.has(x.concept) {
			for _, d := range k.doing {
				if slices.Contains(l.up[d], x.concept) {
					worth = max(worth, k.does[d])
				}
			}
		}
		if worth == 0 && len(k.doing) > 0 && slices.ContainsFunc(l.up[x.concept][1:], k.named.has) {
			worth = 0.5
		}
		all += x.sure
		if worth > 0 {
			met += x.sure
		} else if n < 64 {
			unmet |= 1 << n
		}
		worth *= x.sure
		serves := 0.0
		for _, h := range k.likely {
			serves = max(serves, float64(l.serves[x.concept][h.n])*h.sure*x.sure)
		}
		if worth+serves > top {
			v.concept = n
		}
		top, second = max(top, worth+serves), second+worth
		g[fBoth] = max(g[fBoth], worth)
		g[fServes] = max(g[fServes], serves)
		if x.situation {
			g[fSituation] = max(g[fSituation], serves)
		}
		if worth == 0 && x.sure >= 0.5 && slices.ContainsFunc(l.siblings[x.concept], k.named.has) {
			g[fApart] = 1
		}
	}
	for n := range a.asks { // another reading of words that are met asks for less
		if unmet&(1<<n) != 0 && a.metBeside(n, unmet) {
			all -= (1 - reread) * a.asks[n].sure
		}
	}
	g[fMore] = min(1, max(0, second-g[fBoth]))
	if g[fBoth] > 0 {
		g[fApart] *= 0.3
	}
	switch {
	case all == 0:
	case len(k.doing) > 0:
		g[fElsewhere] = 1 - met/all
	case k.rest > muchElse: // it tells of something that is in no lexicon
		g[fElsewhere] = 0.7
	}
	if len(a.asks) == 0 {
		g[fUnnamed] = min(1, g[fTrade]+g[fMention])
		if len(k.doing) == 0 {
			g[fUnnamed] *= 0.5
		}
	}
}

// reread is what an unmet ask counts whose words are met as another one's.
const reread = 0.4

// metBeside says whether the words of an ask are read as one, too, that is not
// among the unmet ones.
func (a *asked) metBeside(n int, unmet uint64) bool {
	for m := range min(len(a.asks), 64) {
		if unmet&(1<<m) == 0 && a.asks[n].overlaps(&a.asks[m]) {
			return true
		}
	}
	return false
}

func (v *verdict) weighGuesses(l *lexicon, a *asked, k *known) {
	g := &v.ground
	dot := 0.0
	for n, x := range a.guess {
		c := l.learned.classes[x.class]
		if c.concept >= 0 && k.wide.has(c.concept) {
			g[fGuessBoth] = max(g[fGuessBoth], x.sure)
			if v.guess < 0 && x.sure >= guessed {
				v.guess = n
			}
		}
		for _, h := range k.likely {
			does := 0.0
			switch {
			case c.concept >= 0:
				does = float64(l.serves[c.concept][h.n]) * h.sure
			case c.trade == h.id:
				does = h.sure
			}
			g[fGuess] = max(g[fGuess], x.sure*does)
			if n == 0 {
				g[fGuessTop] = max(g[fGuessTop], does)
			}
		}
		for _, y := range k.guess {
			if x.class == y.class {
				dot += x.sure * y.sure
			}
		}
	}
	if dot > 0 {
		g[fAlike] = dot / math.Sqrt(a.guessed*k.guessed)
	}
}

func (v *verdict) weighWords(l *lexicon, a *asked, k *known) {
	g := &v.ground
	if a.total == 0 {
		return
	}
	shared, n := 0.0, 0
	for i, j := 0, 0; i < len(a.bag) && j < len(k.scraps); {
		switch {
		case a.bag[i].scrap < k.scraps[j]:
			i++
		case a.bag[i].scrap > k.scraps[j]:
			j++
		default:
			x := a.bag[i]
			shared += x.weight
			n++
			if x.weight > g[fRare] || x.weight == g[fRare] && x.words < v.word {
				g[fRare], v.word = x.weight, x.words
			}
			i, j = i+1, j+1
		}
	}
	if a.latin != k.latin && n == 0 { // no word can be shared: a named concept stands for it
		g[fRare], g[fCover], g[fWords] = 0.5*g[fBoth], 0.3*g[fBoth], 0.5*g[fBoth]
		return
	}
	g[fRare] /= l.learned.unknown
	g[fCover] = shared / a.total
	g[fWords] = min(1, shared/(3*l.learned.unknown))
}

func wrongSide(l *lexicon, a *asked, k *known) bool {
	for _, x := range a.sides {
		against, with := false, false
		for _, y := range k.sides {
			if !anyIn(l.concepts[x.concept].trades, l.concepts[y.concept].trades) {
				continue
			}
			with = with || x.name == y.name
			against = against || opposite(x.name) == y.name
		}
		if against && !with {
			return true
		}
	}
	return false
}

func opposite(side string) string {
	pairs := []string{"worker", "employer", "seller", "buyer", "landlord", "tenant", "lender", "borrower", "victim", "accused", "company", "private", "start", "stop"}
	if n := slices.Index(pairs, side); n >= 0 {
		return pairs[n^1]
	}
	return ""
}

func (v *verdict) placeAndSize(l *lexicon, a *asked, k *known) {
	g := &v.ground
	v.place, v.near = where(l, a, k)
	switch v.place {
	case ByCity, ByPrefecture:
		g[fNear] = 1
	case ByRegion:
		g[fNear] = 0.5
	case tooFar:
		g[fFar] = 1
	}
	switch a.size.against(k.size) {
	case +1:
		v.size, g[fSize] = true, 1
	case -1:
		g[fSize] = -1
	}
}

// gate applies what forbids a suggestion.
func (v *verdict) gate(l *lexicon, a *asked, k *known) {
	g := &v.ground
	switch {
	case k.never, k.refuses(l, a), anyIn(a.not, k.trades) && k.only(a.not), k.doesOnly(l, a.notIdea), g[fSide] > 0:
		v.score *= 0.1
		v.gated = true
	case v.place == tooFar, a.english && !k.english, g[fApart] >= 1, g[fElsewhere] >= mostly && len(k.doing) > 0, g[fSize] < 0, !k.bears(a.strange):
		v.gated = true
	}
}

// bears says whether an entry has all these scraps.
func (k *known) bears(list []scrap) bool {
	for _, s := range list {
		if _, ok := slices.BinarySearch(k.scraps, s); !ok {
			return false
		}
	}
	return true
}

func (k *known) doesOnly(l *lexicon, not map[int]bool) bool {
	return slices.ContainsFunc(k.doing, func(d int) bool {
		return slices.ContainsFunc(l.up[d], func(c int) bool { return not[c] })
	})
}

// weighClient weighs when somebody with a need is sought: what the entry seeks
// counts, what it offers does not.
func (v *verdict) weighClient(l *lexicon, a *asked, k *known) {
	g := &v.ground
	best := 0.0
	for want := range a.trades {
		for _, h := range k.held {
			if fit := l.fit(want, h.id) * h.sure; fit > best || fit == best && fit > 0 && want < v.trade {
				best, v.trade = fit, want
			}
		}
	}
	if len(a.trades) > 0 && best < 0.5 {
		v.trade = ""
		return // they ask for clients of another trade
	}
	switch {
	case best >= written && a.sure[v.trade] && (k.Seeks == "" || len(a.asks)+len(a.needing) == 0):
		g[fTrade], g[fPlain] = best, best
	case best >= written && a.sure[v.trade]:
		g[fTrade] = best // what they seek is known, and it may be something else
	default:
		g[fMention] = best
	}
	for n, x := range a.asks {
		if k.seeks[x.concept] && v.concept < 0 {
			v.concept = n
		}
	}
	for id := range a.needing {
		if k.seeksWho[id] && best == 0 && (v.trade == "" || id < v.trade) {
			v.trade = id
		}
	}
	if v.concept >= 0 || a.needing[v.trade] != "" {
		g[fSeeks] = 1
	}
}
