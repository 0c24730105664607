package realtime

import (
	"crypto/rand"
	"errors"
	"time"

	"goen/realtime/event"
	"goen/store"
)

// This file is the middle of the loop: decide, seal, append, fold.

// commit decides a batch, makes it durable as one run of the log, and only
// then shows it. Answers leave after the views that show them.
func (r *Room) commit(batch []job) {
	for len(batch) > 0 {
		n, err := r.attempt(batch)
		if err == nil {
			return
		}
		if errors.Is(err, store.ErrTaken) {
			// Another node was first. What was folded ahead is worth nothing.
			r.astray = true
			if err = r.mend(); err == nil {
				r.wake()
				continue
			}
		}
		r.hub.log.Error("commit", "event", r.id, "err", err)
		refusal := ErrUnavailable
		if errors.Is(err, store.ErrFull) {
			refusal = ErrDiskFull
		}
		for _, j := range batch[:n] {
			j.done(refusal)
		}
		r.astray = true
		if err := r.mend(); err != nil { // tried again until it can be
			r.hub.log.Error("reload", "event", r.id, "err", err)
			r.endIfGone(err)
		}
		r.wake()
		return
	}
}

// attempt tries a batch once. Its error is the store's, and n then says for how
// many jobs no answer was given.
func (r *Room) attempt(batch []job) (n int, err error) {
	if err := r.catchUp(); err != nil {
		return len(batch), err
	}
	if err := r.repair(); err != nil {
		return len(batch), err
	}
	var (
		run     []store.Record
		turns   []event.Turn
		refs    []event.Ref
		answers []func()
	)
	for _, j := range batch {
		facts, err := r.decide(&j.ask)
		answers = append(answers, func() { j.done(err) })
		if err != nil && !isRefusal(err) {
			return len(batch), err
		}
		if err != nil || len(facts) == 0 {
			continue
		}
		rec, err := r.record(j.ask, facts)
		if err != nil {
			return len(batch), err
		}
		// Fold what was written, not what was decided, so that a slip in the
		// encoding shows at once.
		turn, touched, err := r.fold(rec)
		if err != nil {
			return len(batch), err
		}
		run, turns, refs = append(run, rec), append(turns, turn), append(refs, touched...)
	}
	if len(run) > 0 {
		if err := r.append(run); err != nil {
			return len(batch), err
		}
		if err := r.settle(refs); err != nil {
			return len(batch), err
		}
		r.show(turns)
		r.hub.fail("shown")
	}
	for _, answer := range answers {
		answer()
	}
	r.wake()
	return 0, nil
}

func isRefusal(err error) bool {
	var refusal event.Refusal
	return errors.As(err, &refusal)
}

// decide completes an ask and puts it to the heart.
func (r *Room) decide(a *event.Ask) ([]event.Fact, error) {
	a.Now, a.Zone = r.hub.now(), r.zone
	if _, err := rand.Read(a.Seed[:]); err != nil {
		return nil, err
	}
	if a.Op != "" {
		sum, err := r.hub.keys.Mac(r.hub.ctx, r.id+"/"+event.SumKey(r.state, *a), event.Body(a.Do))
		if err != nil && !errors.Is(err, store.ErrErased) {
			return nil, err
		}
		a.Sum = sum
		if done, err := event.Repeated(r.state, *a); done || err != nil {
			return nil, err
		}
	}
	return event.Decide(r.state, *a)
}

func (r *Room) record(a event.Ask, facts []event.Fact) (store.Record, error) {
	rec := event.Record{Seq: r.state.Seq + 1, At: a.Now, By: a.By, Op: a.Op, Sum: a.Sum, Facts: facts}
	body, err := event.Encode(rec, r.hub.sealer(r.id))
	return store.Record{Stream: r.stream(), Seq: rec.Seq, By: r.hub.token(), At: time.UnixMilli(int64(a.Now)).UTC(), Body: body}, err
}

// append repeats the same run until its outcome is known.
func (r *Room) append(run []store.Record) error {
	r.hub.fail("append")
	for wait := time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := r.hub.store.Append(r.hub.ctx, run...)
		if !errors.Is(err, store.ErrUnknown) {
			r.hub.fail("appended")
			return err
		}
		select {
		case <-time.After(wait):
		case <-r.hub.ctx.Done():
			return err
		}
	}
}

// settle does what a durable record asks for besides, before anybody is told:
// provision records, dropped keys, the matcher.
func (r *Room) settle(refs []event.Ref) error {
	if err := r.provide(refs); err != nil {
		return err
	}
	if err := r.dropKeys(); err != nil {
		return err
	}
	if zone := r.state.Setting.Zone; zone != r.zone.String() {
		if loaded, err := time.LoadLocation(zone); err == nil {
			r.zone = loaded
		}
	}
	if r.suggest != nil {
		r.suggest.look(r.state, refs)
	}
	r.admit(refs)
	return nil
}

// dropKeys makes the words of who was erased, and contacts that were taken
// back, unreadable for ever. It may be repeated.
func (r *Room) dropKeys() error {
	for ; len(r.photos) > 0; r.photos = r.photos[1:] {
		if err := r.hub.store.DropBlob(r.hub.ctx, r.photos[0]); err != nil {
			return err
		}
	}
	for ; len(r.keys) > 0; r.keys = r.keys[1:] {
		if err := r.hub.keys.Drop(r.hub.ctx, r.id+"/"+r.keys[0]); err != nil {
			return err
		}
	}
	return nil
}
