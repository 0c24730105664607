package crowd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"goen/realtime"
	"goen/realtime/event"
)

// Demo is an evening that is going on: twenty-four invented people who join,
// post, offer, agree, decline and get lost in the basement, until its context
// ends. Whoever comes is the twenty-fifth, or takes the host's place.
type Demo struct {
	cast  evening
	base  *url.URL
	log   *slog.Logger
	pace  float64
	event string
	host  *Phone
	home  sync.WaitGroup
}

// DemoConfig is what a demo needs.
type DemoConfig struct {
	Base       *url.URL // of the server
	HostSecret string   // of the one-time link that makes a host
	Log        *slog.Logger
	// Pace is how long everything takes, 1 for people; tests hurry them.
	Pace float64
	Seed uint64
}

// StartDemo opens the event and lets its people come. Wait for them with Wait.
func StartDemo(ctx context.Context, c DemoConfig) (*Demo, error) {
	cast, err := readEvening()
	if err != nil {
		return nil, err
	}
	host, err := NewPhone(c.Base)
	if err != nil {
		return nil, err
	}
	d := &Demo{cast: cast, base: c.Base, log: c.Log, pace: c.Pace, host: host}
	if err := host.Post(ctx, "/api/host", map[string]any{"op": realtime.NewID(), "secret": c.HostSecret}, nil); err != nil {
		return nil, err
	}
	start := time.Now().Truncate(time.Minute)
	var made struct{ Event string }
	if err := host.Post(ctx, "/api/events", map[string]any{
		"op": realtime.NewID(), "title": cast.Title, "place": cast.Place, "note": cast.Note, "startsAt": start.UnixMilli(),
		"endsAt": start.Add(12 * time.Hour).UnixMilli(), "zone": "Asia/Tokyo", "days": 1, "doors": "open", "card": cast.People[0].Card,
	}, &made); err != nil {
		return nil, err
	}
	d.event = made.Event
	d.home.Go(func() { host.Live(ctx, d.event) })
	d.home.Go(func() { d.broker(ctx, rand.New(rand.NewPCG(c.Seed, 1<<32))) })
	secret := d.doorSecret(ctx)
	for i, p := range cast.People {
		a := &actor{demo: d, person: p, rng: rand.New(rand.NewPCG(c.Seed, uint64(i))), seen: map[string]bool{}}
		if i == 0 {
			a.phone = host
			rng := a.dice()
			d.home.Go(func() { d.conduct(ctx, rng) })
		}
		d.home.Go(func() { a.come(ctx, i, secret) })
	}
	return d, ctx.Err()
}

// Wait returns when everybody has gone home.
func (d *Demo) Wait() { d.home.Wait() }

// Join is the path of the page by which a newcomer comes in.
func (d *Demo) Join(ctx context.Context) (string, error) {
	return "/j/" + d.event + "#" + d.doorSecret(ctx), ctx.Err()
}

// Host is the path of a page by which somebody takes the host's place, once;
// the invented host goes on beside them. A new one makes the last worthless.
func (d *Demo) Host(ctx context.Context) (string, error) {
	var made struct{ Secret string }
	err := d.host.Post(ctx, "/api/move", map[string]any{}, &made)
	return "/move#" + made.Secret, err
}

func (d *Demo) doorSecret(ctx context.Context) string {
	for ctx.Err() == nil {
		if doors := Views[event.DoorsView](d.host, "desk", "doors"); len(doors) == 1 {
			return doors[0].Secret
		}
		d.host.Next(ctx, time.Second)
	}
	return ""
}

// rest is a pause as people make it: about so many seconds.
func (d *Demo) rest(ctx context.Context, rng *rand.Rand, least, most float64) bool {
	select {
	case <-time.After(time.Duration((least + rng.Float64()*(most-least)) * d.pace * float64(time.Second))):
		return true
	case <-ctx.Done():
		return false
	}
}

// conduct is the host's part: the phases, until a human host sets one.
func (d *Demo) conduct(ctx context.Context, rng *rand.Rand) {
	set := event.PhaseReception
	for _, next := range []struct {
		phase   event.Phase
		seconds float64
	}{{event.PhaseNeeds, 4}, {event.PhaseTables, 110}, {event.PhaseOffers, 240}, {event.PhasePairs, 150}, {event.PhaseFree, 240}} {
		if !d.rest(ctx, rng, next.seconds, next.seconds) {
			return
		}
		if now := Views[event.EventView](d.host, "room", "event"); len(now) == 1 && now[0].Phase != set {
			return // somebody else conducts
		}
		if d.host.Do(ctx, "phase.set", map[string]any{"phase": next.phase}) != nil {
			return
		}
		set = next.phase
		if next.phase == event.PhaseNeeds && d.rest(ctx, rng, 40, 40) {
			d.round(ctx)
		}
		if next.phase == event.PhaseTables || next.phase == event.PhaseFree {
			_ = d.host.Do(ctx, "announcement.make", map[string]any{"text": pick(rng, d.cast.Announcements)})
		}
	}
}

// broker is the host's part too: now and then a blind call for a need that has
// waited. The server says no before five minutes, however hurried the demo is.
func (d *Demo) broker(ctx context.Context, rng *rand.Rand) {
	for d.rest(ctx, rng, 60, 120) {
		now := event.At(time.Now().UnixMilli())
		for _, n := range Views[event.WatchView](d.host, "desk", "watch") {
			if n.Offers > 0 || n.Closed || n.Hidden || n.Held || n.Out || n.Behalf != nil || now < n.At+patient || now < n.CalledAt+2*patient {
				continue
			}
			if err := d.host.Do(ctx, "call.make", map[string]any{"need": n.ID}); err != nil {
				d.failed("call.make", err)
			}
			break // one at a time
		}
	}
}

const patient = event.At(5 * 60 * 1000) // for so long a need is left to the room

// actor is one of the people, with their phone.
type actor struct {
	demo *Demo
	person
	phone *Phone
	rng   *rand.Rand
	seen  map[string]bool // what they have made up their mind about
	acts  sync.WaitGroup
}

func pick[V any](rng *rand.Rand, all []V) V { return all[rng.IntN(len(all))] }

// come joins, and does what people do.
func (a *actor) come(ctx context.Context, i int, secret string) {
	defer a.acts.Wait()
	d := a.demo
	if a.phone == nil {
		phone, err := NewPhone(d.base)
		if err != nil || !d.rest(ctx, a.rng, 0.2*float64(i), 0.2*float64(i)+1) {
			return
		}
		if err := phone.Post(ctx, "/api/join", map[string]any{
			"op": realtime.NewID(), "event": d.event, "secret": secret, "card": a.Card, "terms": event.ConsentVersion,
		}, nil); err != nil {
			d.failed("join", err)
			return
		}
		a.phone = phone
		a.acts.Go(func() { phone.Live(ctx, d.event) })
	}
	for _, act := range []func(context.Context, *rand.Rand, int){a.wander, a.remember, a.post} {
		rng := a.dice()
		a.acts.Go(func() { act(ctx, rng, i) })
	}
	for ctx.Err() == nil && !a.phone.out() {
		a.consider(ctx)
		a.phone.Next(ctx, 5*time.Second)
	}
}

// dice are for somebody who acts beside the others: a source is nobody else's.
func (a *actor) dice() *rand.Rand { return rand.New(rand.NewPCG(a.rng.Uint64(), 2)) }

// remember fills the list.
func (a *actor) remember(ctx context.Context, rng *rand.Rand, _ int) {
	for _, e := range a.List {
		a.do(ctx, "entry.add", e.args())
		if !a.demo.rest(ctx, rng, 0.5, 3) {
			return
		}
	}
}

// post tells what they need, the first few early on, and later again.
func (a *actor) post(ctx context.Context, rng *rand.Rand, i int) {
	wait := 1 + 0.8*float64(i)
	if i%3 != 0 {
		wait += 10
	}
	for n := 0; a.demo.rest(ctx, rng, wait, wait+4); n++ {
		if mine := open(Views[event.MineView](a.phone, "me", "mine")); len(mine) > 1 || len(mine) == 1 && n >= len(a.Needs) {
			a.do(ctx, "need.close", map[string]any{"need": mine[0].ID})
		}
		words := map[string]any{"who": "", "area": "", "why": "", "until": "", "trade": ""}
		for name, value := range a.Needs[n%len(a.Needs)] {
			words[name] = value
		}
		a.do(ctx, "need.post", words)
		wait = 60 + 240*rng.Float64()
	}
}

func open(all []event.MineView) []event.MineView {
	var out []event.MineView
	for _, m := range all {
		if !m.Closed {
			out = append(out, m)
		}
	}
	return out
}

// wander looks for a drink where there is no net.
func (a *actor) wander(ctx context.Context, rng *rand.Rand, _ int) {
	for a.demo.rest(ctx, rng, 40, 400) {
		a.phone.Basement(true)
		ok := a.demo.rest(ctx, rng, 5, 30)
		a.phone.Basement(false)
		if !ok {
			return
		}
	}
}

// do gives a command; a no is as it should be.
func (a *actor) do(ctx context.Context, name string, args map[string]any) {
	if err := a.phone.Do(ctx, name, args); err != nil {
		a.demo.failed(name, err)
	}
}

func (d *Demo) failed(what string, err error) {
	if !errors.Is(err, context.Canceled) && !errors.Is(err, ErrOut) {
		d.log.Debug("demo", "what", what, "err", err)
	}
}

// once says that something is to be thought over, the first time only.
func (a *actor) once(what string) bool {
	was := a.seen[what]
	a.seen[what] = true
	return !was
}

// later does something after a while, beside everything else.
func (a *actor) later(ctx context.Context, least, most float64, act func()) {
	rng := a.dice()
	a.acts.Go(func() {
		if a.demo.rest(ctx, rng, least, most) {
			act()
		}
	})
}

// consider looks at what is on the phone, and makes up their mind.
func (a *actor) consider(ctx context.Context) {
	dice := a.rng.Float64
	for _, g := range Views[event.SuggestionView](a.phone, "me", "suggestion") {
		if !a.once("suggestion " + g.ID) {
			continue
		}
		switch roll := dice(); {
		case roll < 0.75:
			if name, args := a.answerTo(g, roll < 0.4); name != "" {
				a.later(ctx, 4, 20, func() { a.do(ctx, name, args) })
			}
		case roll < 0.9:
			wrong := roll > 0.85
			a.later(ctx, 5, 20, func() { a.do(ctx, "suggestion.dismiss", map[string]any{"suggestion": g.ID, "wrong": wrong}) })
		}
	}
	a.join(ctx)
	a.pair(ctx)
	me := Views[event.YouView](a.phone, "me", "you")
	for _, n := range Views[event.NeedView](a.phone, "room", "need") {
		if len(me) == 0 || n.Closed || string(n.By) == me[0].ID || n.Trade == "" || n.Trade != me[0].Card.Trade || !a.once("need "+n.ID) {
			continue
		}
		a.later(ctx, 5, 25, func() { a.do(ctx, "offer.self", oneself(n.ID)) })
	}
	for _, r := range Views[event.ReceivedView](a.phone, "me", "received") {
		a.receive(ctx, r)
	}
	for _, g := range Views[event.GivenView](a.phone, "me", "given") {
		a.give(ctx, g)
	}
}

// receive is their part as the one who is introduced.
func (a *actor) receive(ctx context.Context, r event.ReceivedView) {
	if !a.once("received " + r.ID + " " + r.Step) {
		return
	}
	this := map[string]any{"introduction": r.ID}
	switch {
	case r.Step == "offered" && !r.Behalf && a.rng.Float64() < 0.15:
		a.later(ctx, 8, 25, func() { a.do(ctx, "introduction.leave", this) })
	case r.Step == "offered" && !r.Behalf:
		line := pick(a.rng, a.demo.cast.Wants)
		a.later(ctx, 5, 20, func() {
			a.do(ctx, "offer.want", map[string]any{"introduction": r.ID, "line": line, "pitch": false, "give": []string{"mail"}, "lang": "ja"})
		})
	case r.Step == "connected" && a.rng.Float64() < 0.6:
		thanks := pick(a.rng, a.demo.cast.Thanks)
		a.later(ctx, 25, 90, func() {
			a.do(ctx, "introduction.met", map[string]any{"introduction": r.ID, "on": time.Now().UnixMilli()})
			a.do(ctx, "introduction.close", map[string]any{"introduction": r.ID, "outcome": "ongoing", "thanks": thanks, "public": true})
		})
	}
}

// give is their part as the introducer.
func (a *actor) give(ctx context.Context, g event.GivenView) {
	if !a.once("given " + g.ID + " " + g.Step) {
		return
	}
	switch {
	case g.Step == "wanted" && !g.Own, g.Step == "offered" && g.Behalf:
		a.later(ctx, 4, 15, func() {
			a.do(ctx, "introduction.ask", map[string]any{"introduction": g.ID, "days": 7, "direct": false})
		})
	case g.Step == "asking" && g.Link != "":
		who, roll := pick(a.rng, a.demo.cast.Absent), a.rng.Float64()
		a.later(ctx, 6, 40, func() { a.demo.answer(ctx, g.Link, who, roll) })
	case g.Step == "closed" && g.Thanks != "":
		a.later(ctx, 3, 15, func() { a.do(ctx, "introduction.thank", map[string]any{"introduction": g.ID, "public": true}) })
	}
}

// answer is the absent person on the consent page: most agree, some pass, some
// never look at it.
func (d *Demo) answer(ctx context.Context, link string, who contact, roll float64) {
	form := url.Values{"op": {realtime.NewID()}}
	switch {
	case roll < 0.7:
		form.Set("do", "give")
		for name, value := range map[string]string{"name": who.Name, "kana": who.Kana, "firm": who.Firm, "mail": who.Mail, "phone": ""} {
			form.Set(name, value)
		}
	case roll < 0.85:
		form.Set("do", "decline")
	default:
		return
	}
	stranger := &Phone{base: d.base, http: &http.Client{Timeout: requestWithin}}
	if err := stranger.form(ctx, fmt.Sprintf("/c/%s/%s?lang=ja", d.event, link), form); err != nil {
		d.failed("consent", err)
	}
}
