package main

import (
	"context"
	"os"
	"time"

	"goen/realtime/embed"
	"goen/realtime/match"
)

// meaning gives indexes their vectors, asking for each text once. A nil one
// gives none.
type meaning struct {
	ask   func(context.Context, []string) ([][]float32, error)
	known map[string][]float32
	err   error // the first one; then nothing is asked any more
}

// askWithin is for one batch; nobody waits but the measurement.
const askWithin = 2 * time.Minute

// openMeaning is nil without a url. The key comes from GOEN_EMBED_KEY.
func openMeaning(url, model string) (*meaning, error) {
	if url == "" {
		return nil, nil
	}
	client, err := embed.New(url, model, os.Getenv("GOEN_EMBED_KEY"), true)
	if err != nil {
		return nil, err
	}
	return &meaning{ask: client.Embed, known: map[string][]float32{}}, nil
}

// learn gives an index what it wants.
func (m *meaning) learn(x *match.Index) {
	for _, posts := range []bool{true, false} {
		for texts := x.Wanted(posts, embed.Most); len(texts) > 0 && m.err == nil; texts = x.Wanted(posts, embed.Most) {
			var missing []string
			for _, text := range texts {
				if m.known[text] == nil {
					missing = append(missing, text)
				}
			}
			ctx, done := context.WithTimeout(context.Background(), askWithin)
			vectors, err := m.ask(ctx, missing)
			done()
			if err != nil {
				m.err = err
				return
			}
			for i, text := range missing {
				m.known[text] = vectors[i]
			}
			all := make([][]float32, len(texts))
			for i, text := range texts {
				all[i] = m.known[text]
			}
			x.Learn(texts, all)
		}
	}
}

// failed is what went wrong, if anything did.
func (m *meaning) failed() error {
	if m == nil {
		return nil
	}
	return m.err
}

// entries gives an index the vectors of all entries of a set.
func (m *meaning) entries(x *match.Index, s *set) {
	if m == nil {
		return
	}
	for _, e := range s.entries {
		x.MeanEntry(e.ID)
	}
	m.learn(x)
}

// need gives an index that of a need, and returns what is suggested then.
func (m *meaning) need(x *match.Index, id string, words []match.Hit) []match.Hit {
	if m == nil {
		return words
	}
	x.MeanNeed(id)
	m.learn(x)
	return x.Ranked(id)
}
