package realtime

import (
	"cmp"
	"slices"
	"sync"

	"goen/realtime/event"
	"goen/realtime/match"
	"goen/realtime/trade"
)

// suggester feeds the matcher with what changed, in a goroutine of its own,
// and puts what it finds to the room as commands. It never reads an answer of
// an absent person, nor another owner's list.
type suggester struct {
	room *Room
	quit chan struct{}
	home sync.WaitGroup

	// The loop's own: what the matcher was told, so that it is told once.
	needs   map[event.NeedID]match.Need
	entries map[event.EntryID]match.Entry

	mu   sync.Mutex
	todo []func(*match.Index)
	more chan struct{}

	// The goroutine's own: what was found, best first, by owner.
	found map[string][]match.Hit
}

const foundEach = 30 // hits kept of one owner, for when a place comes free

func newSuggester(r *Room) *suggester {
	s := &suggester{
		room: r, quit: make(chan struct{}), more: make(chan struct{}, 1),
		needs: map[event.NeedID]match.Need{}, entries: map[event.EntryID]match.Entry{}, found: map[string][]match.Hit{},
	}
	s.home.Go(s.work)
	return s
}

func (s *suggester) close() {
	close(s.quit)
	s.home.Wait()
}

// look is told in the loop what may have changed.
func (s *suggester) look(state *event.State, refs []event.Ref) {
	for _, ref := range refs {
		switch ref.Noun {
		case event.ANeed:
			s.lookNeed(event.NeedID(ref.ID), state)
		case event.AnEntry:
			s.lookEntry(event.EntryID(ref.ID), state)
		case event.ASuggestion:
			if g := state.Suggestions[event.SuggestionID(ref.ID)]; g != nil {
				if e := state.Entries[g.Entry]; e != nil {
					owner := string(e.Owner) // perhaps a place came free
					s.do(func(*match.Index) { s.offer(owner) })
				}
			}
		}
	}
}

func (s *suggester) lookNeed(id event.NeedID, state *event.State) {
	now, live := event.MatchableNeed(state, id)
	was, known := s.needs[id]
	if !live {
		if known {
			delete(s.needs, id)
			s.do(func(x *match.Index) {
				x.DropNeed(string(id))
				s.lose(func(h match.Hit) bool { return h.Need == string(id) })
			})
		}
		return
	}
	n := match.Need{ID: string(id), By: string(now.By), Trade: trade.ID(now.Trade), Who: now.Who, Area: now.Area, Why: now.Why}
	if known && was == n {
		return
	}
	s.needs[id] = n
	s.do(func(x *match.Index) {
		s.lose(func(h match.Hit) bool { return h.Need == n.ID })
		s.keep(x.PutNeed(n))
	})
}

func (s *suggester) lookEntry(id event.EntryID, state *event.State) {
	now, live := event.MatchableEntry(state, id)
	was, known := s.entries[id]
	if !live {
		if known {
			delete(s.entries, id)
			s.do(func(x *match.Index) {
				x.DropEntry(string(id))
				s.lose(func(h match.Hit) bool { return h.Entry == string(id) })
			})
		}
		return
	}
	e := match.Entry{
		ID: string(id), Owner: string(now.Owner), Trade: trade.ID(now.Trade), Area: now.Area, Size: now.Size,
		Offers: now.Offers, Seeks: now.Seeks, Note: now.Note, Label: now.Label,
	}
	if known && was == e {
		return
	}
	s.entries[id] = e
	s.do(func(x *match.Index) {
		s.lose(func(h match.Hit) bool { return h.Entry == e.ID })
		s.keep(x.PutEntry(e))
	})
}

func (s *suggester) do(f func(*match.Index)) {
	s.mu.Lock()
	s.todo = append(s.todo, f)
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
}

func (s *suggester) work() {
	index := match.New()
	for {
		select {
		case <-s.more:
		case <-s.quit:
			return
		}
		s.mu.Lock()
		todo := s.todo
		s.todo = nil
		s.mu.Unlock()
		for _, f := range todo {
			f(index)
		}
	}
}

// lose drops hits whose need or entry has changed or gone.
func (s *suggester) lose(which func(match.Hit) bool) {
	for owner, list := range s.found {
		s.found[owner] = slices.DeleteFunc(list, which)
	}
}

// keep files hits under their owners and offers each owner the best.
func (s *suggester) keep(hits []match.Hit) {
	owners := []string{}
	for _, hit := range hits {
		list := slices.DeleteFunc(s.found[hit.Owner], func(h match.Hit) bool { return h.Need == hit.Need && h.Entry == hit.Entry })
		list = append(list, hit)
		slices.SortStableFunc(list, func(a, b match.Hit) int { return cmp.Compare(b.Score, a.Score) })
		s.found[hit.Owner] = list[:min(len(list), foundEach)]
		if !slices.Contains(owners, hit.Owner) {
			owners = append(owners, hit.Owner)
		}
	}
	for _, owner := range owners {
		s.offer(owner)
	}
}

// offer puts an owner's hits to the room, best first. The heart makes no more
// than three open ones of them, and none twice.
func (s *suggester) offer(owner string) {
	for _, hit := range s.found[owner] {
		why := make([]event.Reason, 0, len(hit.Why))
		for _, r := range hit.Why {
			why = append(why, event.Reason(r))
		}
		j := job{
			ask: event.Ask{By: event.Who{Kind: event.Machine}, Do: event.SuggestionMake{
				Need: event.NeedID(hit.Need), Entry: event.EntryID(hit.Entry), Why: why,
			}},
			done: func(error) {},
		}
		select {
		case s.room.jobs <- j:
		case <-s.quit:
			return
		}
	}
}
