package crowd

import (
	"context"
	"maps"

	"goen/realtime/event"
	"goen/realtime/trade"
)

// round is the host's part: once in the evening, while needs are posted, a
// round for the trades of which most are here and which fewest ask for.
func (d *Demo) round(ctx context.Context) {
	if now := Views[event.EventView](d.host, "room", "event"); len(now) != 1 || now[0].Phase != event.PhaseNeeds {
		return // somebody else conducts
	}
	var most event.Bar
	for _, v := range Views[event.BalanceView](d.host, "desk", "balance") {
		for _, b := range v.Bars {
			if b.Trade == "" && b.Supply-b.Demand > most.Supply-most.Demand {
				most = b
			}
		}
	}
	if most.Group != "" {
		if err := d.host.Do(ctx, "round.start", map[string]any{"group": most.Group, "trade": ""}); err != nil {
			d.failed("round.start", err)
		}
	}
}

// join answers a round: some have somebody in mind.
func (a *actor) join(ctx context.Context) {
	for _, e := range Views[event.EventView](a.phone, "room", "event") {
		if a.Round == nil || e.Round == nil || !asksFor(e.Round, a.Round["trade"]) || !a.once("round") {
			continue
		}
		words := map[string]any{"until": ""}
		maps.Copy(words, a.Round)
		a.later(ctx, 5, 60, func() { a.do(ctx, "need.post", words) })
	}
}

// asksFor: the round is for that trade, or for its group.
func asksFor(r *event.Round, id any) bool {
	of, _ := id.(string)
	t, ok := trade.Find(trade.ID(of))
	return ok && t.Group == r.Group && (r.Trade == "" || r.Trade == of)
}
