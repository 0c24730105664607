package realtime

import (
	"context"
	"time"

	"goen/realtime/event"
	"goen/realtime/match"
)

// Embedder turns texts into vectors, elsewhere: see package embed.
type Embedder interface {
	// Embed answers one vector a text, in order, all of one length.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
	// Where is the host name that the texts go to; people are told it.
	Where() string
}

// embedding asks an Embedder for what the matcher wants, beside the suggester:
// neither the room nor the matcher waits for it. What goes out is what
// match.Need.Text and match.Entry.Text say, of authors who agreed to Where.
type embedding struct {
	s  *suggester
	to Embedder

	ctx  context.Context
	stop context.CancelFunc

	// The loop's own: what may be sent, as the matcher was told.
	needs   map[event.NeedID]match.Need
	entries map[event.EntryID]match.Entry

	posts chan struct{} // a need wants a vector now
	rest  chan struct{} // something wants one some time

	// The suggester's goroutine's own: needs of which all but the surest
	// suggestions wait a moment for the order.
	held map[string]bool
}

const (
	postWithin  = 300 * time.Millisecond // a post's suggestions come then at the latest, in the order of words
	batchWithin = 10 * time.Second
	batchMost   = 64
	againFirst  = time.Second
	againMost   = time.Minute
)

func newEmbedding(s *suggester) *embedding {
	e := &embedding{
		s: s, to: s.room.hub.embedder, needs: map[event.NeedID]match.Need{}, entries: map[event.EntryID]match.Entry{},
		posts: make(chan struct{}, 1), rest: make(chan struct{}, 1), held: map[string]bool{},
	}
	e.ctx, e.stop = context.WithCancel(s.room.hub.ctx)
	return e
}

// begin starts its goroutines, which end with the suggester.
func (e *embedding) begin() {
	e.s.home.Go(func() { e.ask(e.posts, true, postWithin) })
	e.s.home.Go(func() { e.ask(e.rest, false, batchWithin) })
}

// look is told in the loop what may have changed, after the suggester was.
func (e *embedding) look(state *event.State, refs []event.Ref) {
	if e == nil {
		return
	}
	for _, ref := range refs {
		switch ref.Noun {
		case event.TheEvent: // the switch
			for id := range e.s.needs {
				e.lookNeed(id, state)
			}
			for id := range e.s.entries {
				e.lookEntry(id, state)
			}
		case event.ANeed:
			e.lookNeed(event.NeedID(ref.ID), state)
		case event.AnEntry:
			e.lookEntry(event.EntryID(ref.ID), state)
		}
	}
}

// may says whether a need may be sent.
func (e *embedding) may(id event.NeedID, state *event.State) bool {
	return e != nil && event.EmbeddableNeed(state, id, e.to.Where())
}

func (e *embedding) lookNeed(id event.NeedID, state *event.State) {
	now := e.s.needs[id]
	was, told := e.needs[id]
	switch may := e.may(id, state); {
	case may && (!told || was != now):
		e.needs[id] = now
		e.s.do(func(x *match.Index) {
			x.MeanNeed(string(id))
			if !x.Awaits(string(id)) { // it is here, or comes with the rest
				e.release(x, string(id))
				return
			}
			poke(e.posts)
		})
	case !may && told:
		delete(e.needs, id)
		e.s.do(func(x *match.Index) {
			x.UnmeanNeed(string(id))
			e.release(x, string(id))
		})
	}
}

func (e *embedding) lookEntry(id event.EntryID, state *event.State) {
	now := e.s.entries[id]
	was, told := e.entries[id]
	switch may := event.EmbeddableEntry(state, id, e.to.Where()); {
	case may && (!told || was != now):
		e.entries[id] = now
		e.s.do(func(x *match.Index) {
			if x.MeanEntry(string(id)) != "" {
				poke(e.rest)
			}
		})
	case !may && told:
		delete(e.entries, id)
		e.s.do(func(x *match.Index) {
			x.UnmeanEntry(string(id))
		})
	}
}

// hold takes what a need suggests by words, whose vector is on its way, and
// gives the surest of each owner: that is shown at once. The others take their
// places a moment later, since what is shown is not moved under a thumb.
func (e *embedding) hold(need string, hits []match.Hit) []match.Hit {
	e.held[need] = true
	var out []match.Hit
	seen := map[string]bool{}
	for _, h := range hits { // best first
		if !seen[h.Owner] {
			seen[h.Owner] = true
			out = append(out, h)
		}
	}
	return out
}

// release suggests what was held, in the order of now.
func (e *embedding) release(x *match.Index, need string) {
	if !e.held[need] {
		return
	}
	delete(e.held, need)
	e.s.keep(x.Ranked(need))
}

// ask is a goroutine: it asks for what is wanted, posts or the rest, until
// nothing is. Where that fails, posts stay without, until the rest has time for
// them; the rest is asked for again, ever more seldom.
func (e *embedding) ask(poked <-chan struct{}, posts bool, within time.Duration) {
	again := time.NewTimer(time.Hour)
	defer again.Stop()
	pause, more := againFirst, poked
	for {
		select {
		case <-more:
		case <-again.C:
			more = poked
		case <-e.s.quit:
			return
		}
		for {
			texts := e.wanted(posts)
			if len(texts) == 0 {
				break
			}
			ctx, done := context.WithTimeout(e.ctx, within)
			vectors, err := e.to.Embed(ctx, texts)
			done()
			if err == nil && len(vectors) != len(texts) {
				err = ErrUnavailable
			}
			e.s.do(func(x *match.Index) { e.answered(x, texts, vectors, err) })
			if err == nil {
				pause = againFirst
				continue
			}
			if !posts {
				if pause == againFirst && e.ctx.Err() == nil {
					e.s.room.hub.log.Warn("embed", "event", e.s.room.id, "err", err)
				}
				again.Reset(pause)
				more = nil // whatever else is wanted waits too
				pause = min(2*pause, againMost)
				break
			}
		}
	}
}

// wanted takes texts over from the matcher.
func (e *embedding) wanted(posts bool) []string {
	got := make(chan []string, 1)
	e.s.do(func(x *match.Index) { got <- x.Wanted(posts, batchMost) })
	select {
	case texts := <-got:
		return texts
	case <-e.s.quit:
		return nil
	}
}

// answered runs in the suggester's goroutine.
func (e *embedding) answered(x *match.Index, texts []string, vectors [][]float32, err error) {
	if err != nil {
		x.Missed(texts)
		poke(e.rest)
	} else {
		e.s.reorder(x.Learn(texts, vectors))
	}
	for need := range e.held {
		if !x.Awaits(need) {
			e.release(x, need)
		}
	}
}

// reorder is keep for hits whose need and owner have them already, in another
// order.
func (s *suggester) reorder(hits []match.Hit) {
	type list struct{ need, owner string }
	fresh := map[list]bool{}
	for _, h := range hits {
		fresh[list{h.Need, h.Owner}] = true
	}
	s.lose(func(h match.Hit) bool { return fresh[list{h.Need, h.Owner}] })
	s.keep(hits)
}
