package match

// tapped says whether somebody of whom nothing but the trade was tapped is
// meant all the same: that trade is asked for by name, or what is asked for is
// wholly its work. The weights cannot tell, for they were fitted on entries
// that say what they do; of these the silence is no sign.
func (v *verdict) tapped() bool {
	g := &v.ground
	return !v.gated && g[fWrong] == 0 && (g[fTrade] >= 1 || v.concept >= 0 && g[fServes] >= wholly)
}

// wholly is how much of what is asked for a trade must serve, as sure as it is
// asked for.
const wholly = 0.75
