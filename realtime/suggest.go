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
	cards   map[event.AttendeeID]match.Card
	places  map[event.SuggestionID]string // whose each is that takes a place
	embed   *embedding                    // nil where there is none
	paced   map[event.AttendeeID]bool     // who was told something lately, and may be told more after a while
	untold  map[event.NeedID]bool         // calls that wait for a word; true: it is on its way
	from    map[event.AttendeeID]int      // how long each one's list was of whom they received from
	pairs   pairing

	mu   sync.Mutex
	todo []func(*match.Index)
	more chan struct{}

	// The goroutine's own: what was found, best first, by owner.
	found  map[string][]match.Hit
	owed   map[string]map[string]bool // whom each owner could give something back
	by     map[string]string          // whose each need is
	behalf map[string]bool            // needs of acquaintances: only who is here may answer them
	holder map[string]string          // whose each entry is
}

const foundEach = 30 // hits kept of one owner, for when a place comes free

func newSuggester(r *Room) *suggester {
	s := &suggester{
		room: r, quit: make(chan struct{}), more: make(chan struct{}, 1),
		needs: map[event.NeedID]match.Need{}, entries: map[event.EntryID]match.Entry{}, cards: map[event.AttendeeID]match.Card{},
		places: map[event.SuggestionID]string{}, paced: map[event.AttendeeID]bool{}, untold: map[event.NeedID]bool{}, from: map[event.AttendeeID]int{},
		found: map[string][]match.Hit{}, owed: map[string]map[string]bool{}, by: map[string]string{}, behalf: map[string]bool{}, holder: map[string]string{},
		pairs: pairing{nameless: map[event.EntryID]match.Entry{}},
	}
	if r.hub.noHints {
		return s
	}
	s.home.Go(s.work)
	if r.hub.embedder != nil {
		s.embed = newEmbedding(s)
		s.embed.begin()
	}
	return s
}

func (s *suggester) close() {
	close(s.quit)
	if s.embed != nil {
		s.embed.stop()
	}
	s.home.Wait()
}

// look is told in the loop what may have changed.
func (s *suggester) look(state *event.State, refs []event.Ref) {
	if s.room.hub.noHints {
		return
	}
	for _, ref := range refs {
		switch ref.Noun {
		case event.ANeed:
			s.lookNeed(event.NeedID(ref.ID), state)
			s.lookCall(event.NeedID(ref.ID), state)
		case event.AnAttendee:
			s.lookLedger(event.AttendeeID(ref.ID), state)
			s.lookCard(event.AttendeeID(ref.ID), state)
		case event.AnEntry:
			s.lookEntry(event.EntryID(ref.ID), state)
			s.lookNameless(event.EntryID(ref.ID), state)
		case event.ASuggestion:
			s.lookPlace(event.SuggestionID(ref.ID), state)
		case event.TheEvent:
			s.lookPhase(state)
		}
	}
	s.embed.look(state, refs)
}

func (s *suggester) lookNeed(id event.NeedID, state *event.State) {
	now, live := event.MatchableNeed(state, id)
	was, known := s.needs[id]
	if !live {
		if known {
			delete(s.needs, id)
			s.do(func(x *match.Index) {
				x.DropNeed(string(id))
				delete(s.by, string(id))
				delete(s.behalf, string(id))
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
	waits := s.embed.may(id, state)
	behalf := now.Behalf != nil
	s.do(func(x *match.Index) {
		s.by[n.ID], s.behalf[n.ID] = n.By, behalf
		s.lose(func(h match.Hit) bool { return h.Need == n.ID })
		hits := x.PutNeed(n)
		if waits {
			hits = s.embed.hold(n.ID, hits)
		}
		s.keep(hits)
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
				delete(s.holder, string(id))
				s.lose(func(h match.Hit) bool { return h.Entry == string(id) || h.Seeker == string(id) })
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
		s.holder[e.ID] = e.Owner
		s.lose(func(h match.Hit) bool { return h.Entry == e.ID || h.Seeker == e.ID })
		s.keep(append(x.PutEntry(e), s.ofHolders(x.Helpers(e.ID))...))
	})
}

// lookCard notices who is here, and what they say they can do.
func (s *suggester) lookCard(id event.AttendeeID, state *event.State) {
	now, live := event.MatchableCard(state, id)
	was, known := s.cards[id]
	if !live {
		if known {
			delete(s.cards, id)
			s.do(func(x *match.Index) {
				x.DropCard(string(id))
				s.lose(func(h match.Hit) bool { return h.Card == string(id) })
			})
		}
		return
	}
	c := match.Card{ID: string(id), Trade: trade.ID(now.Trade), Offers: now.Offers, Seeks: now.Seeks}
	if known && was == c {
		return
	}
	s.cards[id] = c
	s.do(func(x *match.Index) {
		s.lose(func(h match.Hit) bool { return h.Card == c.ID })
		s.keep(append(x.PutCard(c), s.ofHolders(x.Helped(c.ID))...))
	})
}

// ofHolders makes hits of what entries seek those of who holds the entries: they
// alone may hear of it.
func (s *suggester) ofHolders(hits []match.Hit) []match.Hit {
	for i, h := range hits {
		hits[i].Owner = s.holder[h.Seeker]
	}
	return hits
}

// lookPlace notices that a suggestion goes and its place comes free, and only
// that. A host's act on a need touches what is suggested for it too, and if it
// gave the room something to do then, the host could feel whether there is any:
// so the place of what becomes a request is filled at the next occasion.
func (s *suggester) lookPlace(id event.SuggestionID, state *event.State) {
	owner, takes := event.TakesPlace(state, id)
	was, taken := s.places[id]
	switch {
	case takes && !taken:
		s.places[id] = string(owner)
		s.paced[owner] = true
	case takes:
	case taken:
		delete(s.places, id)
		if g := state.Suggestions[id]; g != nil && g.Called && !g.Done {
			return
		}
		s.paced[event.AttendeeID(was)] = true // at once, or when the next may come
		s.do(func(*match.Index) { s.offer(was) })
	}
}

// lookCall remembers that a host has called for a need.
func (s *suggester) lookCall(id event.NeedID, state *event.State) {
	if _, known := s.untold[id]; !known && event.Untold(state, id) {
		s.untold[id] = false
	}
}

// tell is run in the loop each second. Who may be told more by now hears it. To
// every call comes one word of the machine, a moment after the host was
// answered, whether there is anybody to tell or not: neither the answer nor what
// follows it takes longer when there is. A word that was not kept is said again.
func (s *suggester) tell() {
	for owner := range s.paced {
		if event.HintAt(s.room.state, owner) <= s.room.hub.now() {
			delete(s.paced, owner)
			s.do(func(*match.Index) { s.offer(string(owner)) })
		}
	}
	s.tellPairs()
	for id, onItsWay := range s.untold {
		if onItsWay {
			continue
		}
		s.untold[id] = true
		n, live := s.needs[id]
		s.do(func(x *match.Index) {
			c := event.CallTell{Need: id}
			if live {
				for _, hit := range x.PutNeed(n) { // what would be suggested, of every owner
					c.Hits = append(c.Hits, event.CallHit{Entry: event.EntryID(hit.Entry), Why: reasons(hit), Rests: hit.Rests})
				}
			}
			s.put(c, func(err error) {
				if err == nil { // told, or another node was first
					delete(s.untold, id)
				} else {
					s.untold[id] = false
				}
			})
		})
	}
}

// lookLedger notices from whom somebody received what they wanted.
func (s *suggester) lookLedger(id event.AttendeeID, state *event.State) {
	a := state.Attendees[id]
	if a == nil || len(a.From) == s.from[id] {
		return
	}
	s.from[id] = len(a.From)
	owed := map[string]bool{}
	for _, c := range a.From {
		owed[string(c.By)] = true
	}
	s.do(func(*match.Index) { s.owed[string(id)] = owed })
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
		if hit.Entry != "" && s.behalf[hit.Need] {
			continue
		}
		list := slices.DeleteFunc(s.found[hit.Owner], func(h match.Hit) bool {
			return h.Need == hit.Need && h.Seeker == hit.Seeker && h.Entry == hit.Entry && h.Card == hit.Card
		})
		list = append(list, hit)
		s.order(hit.Owner, list)
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
	s.order(owner, s.found[owner])
	for _, hit := range s.found[owner] {
		c := event.SuggestionMake{
			Need: event.NeedID(hit.Need), Entry: event.EntryID(cmp.Or(hit.Entry, hit.Seeker)), Card: event.AttendeeID(hit.Card),
			Why: reasons(hit), Rests: hit.Rests,
		}
		if !s.put(c, func(error) {}) {
			return
		}
	}
}

// order puts the best first; of two that are as good, what gives something back.
func (s *suggester) order(owner string, list []match.Hit) {
	back := s.owed[owner]
	slices.SortStableFunc(list, func(a, b match.Hit) int {
		switch first, second := back[s.served(a)], back[s.served(b)]; {
		case a.Score != b.Score || first == second:
			return cmp.Compare(b.Score, a.Score)
		case first:
			return -1
		}
		return 1
	})
}

// served is whom an offer would serve: who posted the need, or who would be
// brought somebody that needs them.
func (s *suggester) served(h match.Hit) string {
	if h.Need == "" {
		return h.Card
	}
	return s.by[h.Need]
}

func reasons(h match.Hit) []event.Reason {
	why := make([]event.Reason, 0, len(h.Why))
	for _, r := range h.Why {
		why = append(why, event.Reason(r))
	}
	return why
}

// put gives the room a command of the machine. It tells whether the room still
// takes any; done runs in the loop.
func (s *suggester) put(c event.Command, done func(error)) bool {
	select {
	case s.room.jobs <- job{ask: event.Ask{By: event.Who{Kind: event.Machine}, Do: c}, done: done}:
		return true
	case <-s.quit:
		return false
	}
}
