package crowd

import (
	"context"

	"goen/realtime/event"
)

// pair is their part as a go-between: most would bring the two together, some
// would not, some never look at the card; then they ask their acquaintance.
func (a *actor) pair(ctx context.Context) {
	for _, p := range Views[event.PairView](a.phone, "me", "pair") {
		switch p.Step {
		case "suggested":
			if !a.once("pair " + p.ID) {
				continue
			}
			roll := a.rng.Float64()
			if roll > 0.95 {
				continue
			}
			a.later(ctx, 4, 30, func() {
				a.do(ctx, "pair.answer", map[string]any{"pair": p.ID, "yes": roll < 0.8, "words": roll < 0.6})
			})
		case "agreed", "asking":
			switch {
			case p.Link == "" && a.once("pair agreed "+p.ID):
				a.later(ctx, 15, 60, func() { a.do(ctx, "pair.ask", map[string]any{"pair": p.ID, "days": 7}) })
			case p.Link != "" && a.once("pair asked "+p.ID):
				who, roll := pick(a.rng, a.demo.cast.Absent), a.rng.Float64()
				a.later(ctx, 10, 60, func() { a.demo.answer(ctx, p.Link, who, roll) })
			}
		}
	}
}
