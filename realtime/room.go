package realtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"goen/realtime/event"
	"goen/store"
)

// Room is one live event: the loop that decides, appends, folds, sees and
// sends. The state belongs to its goroutine alone; the copies are shared with
// the writers of the phones under mu.
type Room struct {
	id   string
	hub  *Hub
	jobs chan job
	stop chan struct{} // closed to make the loop end
	done chan struct{} // closed when it has

	// The loop's own.
	state     *event.State
	zone      *time.Location
	suggest   *suggester
	keys      []string                          // to drop once the record that asks for it is durable
	photos    []string                          // likewise
	provided  map[event.IntroductionID]event.At // whose provision record is kept: of which contact
	idle      time.Time                         // when somebody last used it; zero: nobody yet
	woke      time.Time                         // when everybody was last woken
	pace      *time.Timer                       // wakes everybody 20 ms after that
	here      int                               // presence as last told
	told      time.Time                         // when
	shredding bool                              // the event's time has come
	astray    bool                              // the state is worth nothing: read the log anew
	owing     bool                              // the log asks for something that could not be done yet

	mu     sync.Mutex
	copies *event.Copies
	conns  []*Conn
	over   int // close code of everybody, once the room is to end
}

// job is one thing for the loop: a command, or something to do with the state.
type job struct {
	ask   event.Ask
	with  func(*event.State) // instead of a command: runs in the loop, between commits
	sweep bool               // does not count as use
	done  func(error)        // runs in the loop
}

const (
	jobsWaiting = 256
	mostInBatch = 64
	roomIdle    = 10 * time.Minute
	wakePace    = 20 * time.Millisecond
	herePace    = 2 * time.Second
)

// errStopped: the room was closed meanwhile; ask the hub again.
var errStopped = errors.New("realtime: room is closed")

// openRoom reads the log of an event and starts its loop. store.ErrNotFound
// when there is no such event.
func openRoom(h *Hub, id string, mayBeNew bool) (*Room, error) {
	r := &Room{
		id: id, hub: h, jobs: make(chan job, jobsWaiting), stop: make(chan struct{}), done: make(chan struct{}),
		zone: time.UTC, pace: time.NewTimer(wakePace),
	}
	if err := r.reload(); err != nil {
		return nil, err
	}
	if r.state.Seq == 0 && !mayBeNew {
		return nil, store.ErrNotFound
	}
	if err := r.repair(); err != nil { // it can be looked at meanwhile
		h.log.Error("repair", "event", id, "err", err)
	}
	r.suggest = newSuggester(r)
	r.suggest.look(r.state, r.state.Refs())
	go r.loop()
	return r, nil
}

func (r *Room) stream() string { return "ev." + r.id }

// reload folds the log from its beginning.
func (r *Room) reload() error {
	r.state = event.New()
	copies := event.NewCopies()
	r.keys, r.photos, r.provided = nil, nil, map[event.IntroductionID]event.At{}
	err := r.hub.store.Read(r.hub.ctx, r.stream(), 0, func(rec store.Record) error {
		turn, _, err := r.fold(rec)
		if err == nil {
			copies.Apply(turn)
		}
		return err
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.copies = copies
	r.mu.Unlock()
	if zone, err := time.LoadLocation(r.state.Setting.Zone); err == nil {
		r.zone = zone
	}
	r.owing = true
	return nil
}

// mend reads the log anew if what the room believes is worth nothing.
func (r *Room) mend() error {
	if !r.astray {
		return nil
	}
	if err := r.reload(); err != nil {
		return err
	}
	r.astray = false
	r.suggest.look(r.state, r.state.Refs())
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		r.readmit(c)
	}
	return nil
}

func (r *Room) endIfGone(err error) {
	if errors.Is(err, store.ErrGone) {
		r.hub.sweeper.Go(func() { r.hub.end(r) })
	}
}

// repair does what a crash may have left undone.
func (r *Room) repair() error {
	if !r.owing {
		return nil
	}
	if err := r.dropKeys(); err != nil {
		return err
	}
	if err := r.provideAll(); err != nil {
		return err
	}
	r.owing = false
	return nil
}

// fold moves the state by one record of the log.
func (r *Room) fold(rec store.Record) (event.Turn, []event.Ref, error) {
	sealer := r.hub.sealer(r.id)
	record, err := event.Decode(rec.Seq, event.At(rec.At.UnixMilli()), rec.Body, sealer)
	if err != nil {
		return event.Turn{}, nil, err
	}
	for _, f := range record.Facts {
		keys, photos := event.Forgets(r.state, f)
		r.keys, r.photos = append(r.keys, keys...), append(r.photos, photos...)
	}
	epoch := r.state.Epoch
	refs := event.Fold(r.state, record)
	return event.Prepare(r.state, refs, epoch), refs, nil
}

// catchUp takes what other nodes have appended.
func (r *Room) catchUp() error {
	if err := r.mend(); err != nil {
		return err
	}
	var refs []event.Ref
	err := r.hub.store.Read(r.hub.ctx, r.stream(), r.state.Seq, func(rec store.Record) error {
		turn, touched, err := r.fold(rec)
		if err == nil {
			refs = append(refs, touched...)
			r.show([]event.Turn{turn})
		}
		return err
	})
	if err == nil && refs != nil {
		err = r.settle(refs)
	}
	return err
}

// loop is the room's goroutine.
func (r *Room) loop() {
	defer close(r.done)
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case j := <-r.jobs:
			r.run(j)
		case <-second.C:
			r.second()
			if r.restful() {
				return
			}
		case <-r.pace.C:
			r.wake()
		case <-r.stop:
			for { // what was taken is finished
				select {
				case j := <-r.jobs:
					r.run(j)
				default:
					r.suggest.close()
					return
				}
			}
		}
	}
}

// run takes a job and what waits behind it, so that one slow write does not
// make a slow room.
func (r *Room) run(j job) {
	if !j.sweep {
		r.idle = time.Now()
	}
	batch := []job{j}
	for len(batch) < mostInBatch {
		select {
		case next := <-r.jobs:
			batch = append(batch, next)
			continue
		default:
		}
		break
	}
	for len(batch) > 0 {
		if batch[0].with != nil {
			batch[0].with(r.state)
			batch = batch[1:]
			continue
		}
		n := slices.IndexFunc(batch, func(j job) bool { return j.with != nil })
		if n < 0 {
			n = len(batch)
		}
		r.commit(batch[:n])
		batch = batch[n:]
	}
}

// second is what time alone brings.
func (r *Room) second() {
	defer r.wake()
	r.tellHere()
	err := r.mend()
	if err == nil {
		err = r.repair()
	}
	if err != nil {
		r.endIfGone(err)
		return // again at the next tick
	}
	if due := event.Deadline(r.state); due != 0 && due <= r.hub.now() {
		r.commit([]job{{ask: event.Ask{By: event.Who{Kind: event.Machine}, Do: event.Tick{}}, done: func(error) {}}})
	}
	r.shredWhenDue()
}

// restful: nobody is here and nothing happened for long.
func (r *Room) restful() bool {
	r.mu.Lock()
	empty := len(r.conns) == 0
	r.mu.Unlock()
	if !empty || time.Since(r.idle) < roomIdle || !r.hub.rest(r, event.NextDue(r.state, r.zone)) {
		return false
	}
	r.suggest.close()
	return true
}

// put gives a job to the loop. It does not end with the request that brought it,
// so that a closed phone does not make outcomes unknown.
func (r *Room) put(j job) error {
	select {
	case <-r.done:
		return errStopped
	case <-r.stop:
		return errStopped
	case r.jobs <- j:
		return nil
	}
}

// wait waits for something that a job closes, or for the end of the loop.
func (r *Room) wait(ran <-chan struct{}) error {
	select {
	case <-ran:
		return nil
	case <-r.done:
	}
	select {
	case <-ran:
		return nil
	default:
		return errStopped
	}
}

// Do runs one command to its end. nil means durable.
func (r *Room) Do(by event.Who, op event.OpID, c event.Command) error {
	var answer error
	ran := make(chan struct{})
	done := func(err error) { answer = err; close(ran) }
	if err := r.put(job{ask: event.Ask{By: by, Op: op, Do: c}, done: done}); err != nil {
		return err
	}
	if err := r.wait(ran); err != nil {
		return err
	}
	return answer
}

// Fresh runs f in the loop with the state, after everything before it and after
// reading on, so that no look is behind another node. f must not keep or change
// the state.
func (r *Room) Fresh(f func(*event.State)) error {
	var failed error
	ran := make(chan struct{})
	look := func(*event.State) {
		if failed = r.catchUp(); failed == nil {
			f(r.state)
		}
		close(ran)
	}
	if err := r.put(job{with: look}); err != nil {
		return err
	}
	if err := r.wait(ran); err != nil {
		return err
	}
	return failed
}

// glance is the sweep's: the room does what is due. It does not count as use, so
// a room that was opened for it rests again at once.
func (r *Room) glance() error {
	ran := make(chan struct{})
	if err := r.put(job{sweep: true, with: func(*event.State) { r.second(); close(ran) }}); err != nil {
		return err
	}
	return r.wait(ran)
}

// close ends the loop after what was taken, and waits for it.
func (r *Room) close(ctx context.Context) error {
	close(r.stop)
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("realtime: room %s did not end: %w", r.id, ctx.Err())
	}
}
