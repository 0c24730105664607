package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"goen/realtime/match"
	"goen/realtime/match/score"
)

// record is a line of the file without its labels.
type record struct {
	Type, ID, Owner, By, Text, Region, Work, Offer, Seek, Who, Note string
	Seeker, Provider                                                string
}

type pair struct{ id, seeker, provider string }

// set is what a room would know, and what is asked of it.
type set struct {
	entries []match.Entry
	cards   []match.Card
	needs   []match.Need
	pairs   []pair
	meaning *meaning // vectors, if there are to be any
}

func readSet(raw []byte) (*set, error) {
	s := &set{}
	n := 0
	for line := range bytes.Lines(raw) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		switch r.Type {
		case "person":
			s.cards = append(s.cards, match.Card{ID: r.ID, Trade: match.TradeOf(r.Work), Area: r.Region, Offers: offers(r), Seeks: r.Seek})
		case "entry":
			s.entries = append(s.entries, match.Entry{
				ID: r.ID, Owner: r.Owner, Trade: match.TradeOf(r.Work), Area: r.Region,
				Offers: offers(r), Seeks: r.Seek, Note: r.Note, Label: r.Who,
			})
		case "need":
			s.needs = append(s.needs, match.Need{ID: r.ID, By: r.By, Who: r.Text, Area: r.Region})
		case "pair":
			s.pairs = append(s.pairs, pair{r.ID, r.Seeker, r.Provider})
		}
	}
	return s, nil
}

// offers is what an owner writes: the occupation, then what is offered.
func offers(r record) string {
	if r.Work == "" || r.Offer == "" {
		return r.Work + r.Offer
	}
	return r.Work + "。" + r.Offer
}

// fill puts the people of a set into an index.
func (s *set) fill(x *match.Index) {
	for _, e := range s.entries {
		x.PutEntry(e)
	}
	for _, c := range s.cards {
		x.PutCard(c)
	}
	s.meaning.entries(x, s)
}

// most hits of a query that are written.
const most = 40

// ranking asks an index for everything.
func (s *set) ranking(x *match.Index, needs []match.Need) score.Run {
	run := score.Run{}
	for _, n := range needs {
		suggested := map[string]bool{}
		for _, h := range s.meaning.need(x, n.ID, x.PutNeed(n)) {
			suggested[h.Entry] = true
		}
		for _, h := range x.RankNeed(n.ID, most) {
			nudge := h.Nudge && (h.Card != "" || suggested[h.Entry])
			run[n.ID] = append(run[n.ID], score.Hit{ID: h.Entry + h.Card, Score: h.Score, Nudge: nudge})
		}
		x.DropNeed(n.ID)
	}
	seekers := map[string]bool{}
	for _, p := range s.pairs {
		h, _ := x.Pair(p.seeker, p.provider)
		run[p.id] = append(run[p.id], score.Hit{ID: p.provider, Score: h.Score, Nudge: h.Nudge})
		if seekers[p.seeker] {
			continue
		}
		seekers[p.seeker] = true
		for _, h := range x.RankSeeks(p.seeker, most) {
			run[p.seeker] = append(run[p.seeker], score.Hit{ID: h.Entry + h.Card, Score: h.Score, Nudge: h.Nudge})
		}
	}
	return run
}

func write(w io.Writer, s *set) {
	x := match.New()
	s.fill(x)
	run := s.ranking(x, s.needs)
	line := func(query string) {
		for _, h := range run[query] {
			nudge := 0
			if h.Nudge {
				nudge = 1
			}
			fmt.Fprintf(w, "%s\t%s\t%.6f\t%d\n", query, h.ID, h.Score, nudge)
		}
		delete(run, query)
	}
	for _, n := range s.needs {
		line(n.ID)
	}
	for _, p := range s.pairs {
		line(p.id)
		line(p.seeker)
	}
}
