package realtime

import (
	"cmp"
	"slices"

	"goen/realtime/event"
	"goen/realtime/match"
)

// This file feeds the matcher for the pairs: list x list, nameless entries only,
// and only while the host's phase お見合い goes on.

// pairing is what the loop knows of it.
type pairing struct {
	run      int                           // the phase that goes on; 0: another one
	nameless map[event.EntryID]match.Entry // that may take part, as the matcher knows them
	changed  bool                          // since the machine last spoke
}

const (
	foundPairs = 400 // most that one word of the machine holds
	foundSeeks = 30  // answers looked at for what one entry seeks
)

// lookPhase notices that the phase begins and ends.
func (s *suggester) lookPhase(state *event.State) {
	run := 0
	if state.Phase == event.PhasePairs && state.Status != event.Closed {
		run = state.PairRun
	}
	if run != s.pairs.run {
		s.pairs.run, s.pairs.changed = run, run != 0
	}
}

// lookNameless notices which entries may take part.
func (s *suggester) lookNameless(id event.EntryID, state *event.State) {
	was, known := s.pairs.nameless[id]
	if !event.PairableEntry(state, id) {
		delete(s.pairs.nameless, id)
	} else if now := s.entries[id]; !known || was != now {
		s.pairs.nameless[id] = now
		s.pairs.changed = s.pairs.changed || s.pairs.run != 0
	}
}

// tellPairs is run in the loop each second: one word of the machine for all
// pairs, so that all cards come in one moment, and nobody can tell by it how
// many there are or whose list brought them.
func (s *suggester) tellPairs() {
	if s.pairs.run == 0 || !s.pairs.changed {
		return
	}
	s.pairs.changed = false
	ids := make([]string, 0, len(s.pairs.nameless))
	for id := range s.pairs.nameless {
		ids = append(ids, string(id))
	}
	slices.Sort(ids)
	run := s.pairs.run
	s.do(func(x *match.Index) {
		s.put(event.PairsMake{Found: rankPairs(x, ids)}, func(err error) {
			if err != nil && s.pairs.run == run {
				s.pairs.changed = true // again at the next second
			}
		})
	})
}

// rankPairs is every two entries of which one serves surely what the other
// seeks, best first; two that serve each other come before one that is as good
// one way only.
func rankPairs(x *match.Index, ids []string) [][2]event.EntryID {
	type found struct {
		two [2]string
		fit float64
	}
	may := map[string]bool{}
	for _, id := range ids {
		may[id] = true
	}
	var all []found
	seen := map[[2]string]bool{}
	for _, id := range ids {
		for _, h := range x.RankSeeks(id, foundSeeks) {
			two := [2]string{min(id, h.Entry), max(id, h.Entry)}
			if !h.Nudge || !may[h.Entry] || seen[two] {
				continue
			}
			seen[two] = true
			back, _ := x.Pair(h.Entry, id)
			fit := h.Score
			if back.Nudge {
				fit = max(h.Score, back.Score) + 2*h.Score*back.Score/(h.Score+back.Score)
			}
			all = append(all, found{two, fit})
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.fit, a.fit), cmp.Compare(a.two[0], b.two[0]), cmp.Compare(a.two[1], b.two[1]))
	})
	out := make([][2]event.EntryID, 0, min(len(all), foundPairs))
	for _, f := range all[:min(len(all), foundPairs)] {
		out = append(out, [2]event.EntryID{event.EntryID(f.two[0]), event.EntryID(f.two[1])})
	}
	return out
}
