package realtime

import (
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"goen/realtime/event"
	"goen/store"
)

// This file is the middle of the loop: decide, seal, append, fold.

// commit decides a batch, makes it durable as one run of the log, and only
// then shows it. Answers leave after the views that show them.
func (r *Room) commit(batch []job) {
	batch = r.dismiss(batch)
	for len(batch) > 0 {
		began := time.Now()
		n, err := r.attempt(batch)
		if err == nil {
			return
		}
		if errors.Is(err, store.ErrTaken) { // another node was first
			if err = r.catchUp(); err == nil {
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
		r.endIfGone(err)
		if !r.waited(began) { // else at the next tick, and before the next command
			if err := r.mend(); err != nil {
				r.hub.log.Error("reload", "event", r.id, "err", err)
				r.endIfGone(err)
			}
		}
		r.wake()
		return
	}
}

// tooLong is a wait for a store that is away, and not one for an answer.
const tooLong = time.Second

// waited notes a wait for the store that came to nothing. It tells whether it
// was one for a store that is away, which another call would only prolong.
func (r *Room) waited(since time.Time) bool {
	if time.Since(since) < tooLong {
		return false
	}
	r.vain = time.Now()
	return true
}

// dismiss refuses for now who has waited behind such a wait. Their own would be
// as long again, and they hear of it no later than if the store had been asked
// for them. Nothing of theirs was begun.
func (r *Room) dismiss(batch []job) []job {
	if r.vain.IsZero() {
		return batch
	}
	left := slices.DeleteFunc(slices.Clone(batch), func(j job) bool {
		late := !j.came.IsZero() && j.came.Before(r.vain) && time.Since(j.came) > tooLong
		if late {
			j.done(ErrUnavailable)
		}
		return late
	})
	if len(left) < len(batch) {
		r.wake()
	}
	return left
}

// attempt tries a batch once. Its error is the store's, and n then says for how
// many jobs no answer was given.
//
// An append is fenced: it goes through only if the state was all there is. So
// one command that is a yes needs no read; a no, and nothing to do, stand on a
// read that began after the command came. Where several are decided on each
// other, it is read first, for a lost race costs a reload then.
func (r *Room) attempt(batch []job) (n int, err error) {
	read := len(batch) > 1
	if read {
		err = r.catchUp()
	} else {
		err = r.mend()
	}
	if err == nil {
		err = r.repair()
	}
	if err != nil {
		return len(batch), err
	}
	var (
		run     []store.Record
		turns   []event.Turn
		refs    []event.Ref
		answers []func()
		last    *event.Record // decided, and not yet folded
	)
	fold := func() {
		r.astray = true // until the log has it
		turn, touched := r.fold(*last)
		turns, refs, last = append(turns, turn), append(refs, touched...), nil
	}
	for _, j := range batch {
		if last != nil {
			fold()
		}
		facts, err := r.decide(&j.ask)
		if !read && len(facts) == 0 && (err == nil || isRefusal(err)) {
			if err := r.catchUp(); err != nil {
				return len(batch), err
			}
			read = true
			facts, err = r.decide(&j.ask)
		}
		answers = append(answers, func() { j.done(err) })
		if err != nil && !isRefusal(err) {
			return len(batch), err
		}
		if len(facts) == 0 {
			continue
		}
		rec, err := r.record(j.ask, facts)
		if err != nil {
			return len(batch), err
		}
		// Fold what was written, not what was decided, so that a slip in the
		// encoding shows at once.
		record, err := r.decode(rec)
		if err != nil {
			return len(batch), err
		}
		run, last = append(run, rec), &record
	}
	if len(run) > 0 {
		began := time.Now()
		if err := r.append(run); err != nil {
			return len(batch), err
		}
		r.hub.ring(Note{Event: r.id, Seq: run[len(run)-1].Seq})
		if last != nil {
			fold()
		}
		if err := r.settle(refs); err != nil {
			return len(batch), err
		}
		r.show(turns)
		r.astray = false
		r.certain(began)
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
	a.Now, a.Zone, a.Most = r.hub.now(), r.zone, r.hub.most
	a.Embedder = r.hub.embedsAt()
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

// unknownFor is how long the room stands still for an append whose outcome is
// unknown.
const unknownFor = 2 * time.Second

// append repeats the same run until its outcome is known, or for so long that
// the store must be away. Then nobody is told yes; what is in the log after all
// is read before the next append, whose place it has, and answers its op.
func (r *Room) append(run []store.Record) error {
	r.hub.fail("append")
	began := time.Now()
	for wait := time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := r.hub.store.Append(r.hub.ctx, run...)
		if !errors.Is(err, store.ErrUnknown) || time.Since(began) > unknownFor {
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
