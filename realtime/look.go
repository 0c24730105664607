package realtime

import (
	"time"

	"goen/realtime/event"
	"goen/store"
)

// This file is how a room knows that it lacks nothing. Other nodes append to the
// same log, so whoever looks needs a read that began after they came, or an
// append of ours that did: it went through because nobody else had been there.
// All who wait share the next one.

const (
	takenMost  = 1024                   // jobs at a time
	helloEach  = 10 * time.Millisecond  // rest after a read, for each phone that it let in
	helloMost  = 400 * time.Millisecond // of it
	helloCrowd = 128                    // phones that are worth a read, rested or not
	helloQuiet = 10 * time.Millisecond  // without another phone: those who wait are all
)

// catchUp takes what other nodes have appended, and lets those look who wait.
func (r *Room) catchUp() error {
	if err := r.mend(); err != nil {
		return err
	}
	began := time.Now()
	var refs []event.Ref
	from := r.state.Seq
	err := r.hub.store.Read(r.hub.ctx, r.stream(), r.state.Seq, func(rec store.Record) error {
		record, err := r.decode(rec)
		if err != nil {
			return err
		}
		turn, touched := r.fold(record)
		refs = append(refs, touched...)
		r.show([]event.Turn{turn})
		return nil
	})
	moved := r.state.Seq > from
	if err == nil && moved {
		err = r.settle(refs)
	}
	if err != nil {
		r.astray = moved // shown, and not settled
		return err
	}
	hellos := 0
	for _, j := range r.looks {
		if j.hello {
			hellos++
		}
	}
	if hellos > 0 {
		r.nextHello = began.Add(min(time.Duration(hellos)*helloEach, helloMost))
	}
	r.certain(began)
	return nil
}

// certain: the log held no more than the state at that moment, and all who wait
// had come before it.
func (r *Room) certain(at time.Time) {
	r.sure = at
	r.lookAt, r.bellAt = time.Time{}, time.Time{}
	r.answerLooks(nil)
}

func (r *Room) answerLooks(err error) {
	looks := r.looks
	r.looks = nil
	for _, j := range looks {
		j.look(err)
	}
}

// look reads on, for those who wait.
func (r *Room) look() {
	r.lookAt, r.bellAt = time.Time{}, time.Time{}
	began := time.Now()
	if err := r.catchUp(); err != nil {
		r.waited(began)
		r.answerLooks(err)
		r.endIfGone(err)
	}
	r.wake()
}

// seeTo has the looks that wait answered: at once, but phones that come in a
// crowd wait for each other, so that 500 of them cost a handful of reads. The
// first wait for nobody, and the last no longer than it takes to see that they
// are the last.
func (r *Room) seeTo() {
	if len(r.looks) == 0 {
		return
	}
	at := r.nextHello
	if quiet := r.looks[len(r.looks)-1].came.Add(helloQuiet); quiet.Before(at) {
		at = quiet
	}
	crowd := len(r.looks) < helloCrowd
	for _, j := range r.looks {
		crowd = crowd && j.hello
	}
	if !crowd || time.Until(at) <= 0 {
		r.look()
	} else {
		r.lookBy(at)
	}
}

// lookBy sees to it that lookDue is called at that moment or before.
func (r *Room) lookBy(at time.Time) {
	if r.lookAt.IsZero() || at.Before(r.lookAt) {
		r.lookAt = at
		r.looker.Reset(time.Until(at))
	}
}

// lookDue reads on if it is time; more phones may have come meanwhile.
func (r *Room) lookDue() {
	if r.lookAt.IsZero() {
		return
	}
	r.lookAt = time.Time{}
	if !r.bellAt.IsZero() {
		if time.Until(r.bellAt) <= 0 {
			r.look()
			return
		}
		r.lookBy(r.bellAt)
	}
	r.seeTo()
}

// answerBell reads on if another node is ahead.
func (r *Room) answerBell() {
	if r.heard.Swap(0) > r.state.Seq && r.bellAt.IsZero() {
		r.bellAt = r.sure.Add(bellPace)
		r.lookBy(r.bellAt)
	}
}

// lookSlowly is for bells that were lost: while anybody is connected the log is
// looked at now and then.
func (r *Room) lookSlowly() error {
	r.mu.Lock()
	empty := len(r.conns) == 0
	r.mu.Unlock()
	if empty || time.Since(r.sure) < slowLook {
		return nil
	}
	return r.catchUp()
}

// Fresh runs f in the loop with the state, after reading on, so that no look is
// behind another node. f must not keep or change the state.
func (r *Room) Fresh(f func(*event.State)) error { return r.fresh(f, false) }

// fresh for a hello may wait up to helloMost for others of its kind.
func (r *Room) fresh(f func(*event.State), hello bool) error {
	var failed error
	ran := make(chan struct{})
	look := func(err error) {
		if failed = err; err == nil {
			f(r.state)
		}
		close(ran)
	}
	if err := r.put(job{look: look, hello: hello}); err != nil {
		return err
	}
	if err := r.wait(ran); err != nil {
		return err
	}
	return failed
}

// known runs f in the loop with the state as this node knows it, which another
// node may have moved; not at all if it is worth nothing at the moment. f must
// not keep or change the state.
func (r *Room) known(f func(*event.State)) error {
	ran := make(chan struct{})
	with := func(s *event.State) {
		if !r.astray {
			f(s)
		}
		close(ran)
	}
	if err := r.put(job{with: with}); err != nil {
		return err
	}
	return r.wait(ran)
}
