package match

import "cmp"

// reasons says why, in the need's own words.
func (v verdict) reasons(a *asked) []Reason {
	var out []Reason
	if v.trade != "" {
		out = append(out, Reason{ByTrade, cmp.Or(a.trades[v.trade], a.needing[v.trade])})
	}
	if v.place != "" && v.place != tooFar {
		out = append(out, Reason{v.place, v.near})
	}
	if v.size {
		out = append(out, Reason{BySize, a.size.words})
	}
	if v.concept >= 0 {
		out = append(out, Reason{ByWords, a.asks[v.concept].words})
	} else if v.guess >= 0 {
		out = append(out, Reason{ByWords, a.said[a.guess[v.guess].by]})
	} else if v.trade == "" && v.word != "" {
		out = append(out, Reason{ByWords, v.word})
	}
	return out
}

// rests names what a hit stands on: two hits that rest on the same are wrong
// together.
func (v verdict) rests(a *asked) string {
	switch {
	case v.concept >= 0:
		return a.asks[v.concept].id
	case v.trade != "":
		return string(v.trade)
	}
	return ""
}
