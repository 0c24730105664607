package realtime

import (
	"context"
	"crypto/rand"
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
	keys      []string                      // to drop once the record that asks for it is durable
	photos    []string                      // likewise
	provided  map[event.IntroductionID]bool // whose provision record is kept
	idle      time.Time                     // when something last happened
	woke      time.Time                     // when everybody was last woken
	pace      *time.Timer                   // wakes everybody 20 ms after that
	here      int                           // presence as last told
	told      time.Time                     // when
	shredding bool                          // the event's time has come
	astray    bool                          // the state is worth nothing: read the log anew
	owing     bool                          // the log asks for something that could not be done yet

	mu     sync.Mutex
	copies *event.Copies
	conns  []*Conn
	over   int // close code of everybody, once the room is to end
}

// job is one thing for the loop: a command, or something to do with the state.
type job struct {
	ask  event.Ask
	with func(*event.State) // instead of a command: runs in the loop, between commits
	done func(error)        // runs in the loop
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
		zone: time.UTC, idle: time.Now(), pace: time.NewTimer(wakePace),
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
	r.keys, r.photos, r.provided = nil, nil, map[event.IntroductionID]bool{}
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
	r.idle = time.Now()
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

// show turns the copies and says who is to be woken.
func (r *Room) show(turns []event.Turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, turn := range turns {
		moved := r.copies.Apply(turn)
		for _, c := range r.conns {
			if moved == nil || c.hears(moved) {
				c.stale = true
			}
		}
	}
}

// admit gives everybody whose own attendee changed the streams that they may
// hear now.
func (r *Room) admit(refs []event.Ref) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		if c.who.Kind == event.Person && slices.Contains(refs, event.AttendeeID(c.who.ID).Ref()) {
			r.readmit(c)
		}
	}
}

// readmit is under mu.
func (r *Room) readmit(c *Conn) {
	c.may = event.Hears(r.state, c.who)
	c.stale = true
	if c.may == nil {
		c.over = CloseRemoved
	}
}

// wake wakes at once who waits for an answer, and everybody if the room was
// quiet; else what happens within 20 ms goes out as one.
func (r *Room) wake() {
	quiet := time.Since(r.woke) >= wakePace
	if !quiet {
		r.pace.Reset(wakePace)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		if len(c.said) > 0 || c.stale && (quiet || c.over != 0) {
			c.poke()
			if c.stale {
				r.woke = time.Now()
			}
		}
	}
}

// tellHere says how many people are connected. It is no fact, and nobody's
// stream moves by it.
func (r *Room) tellHere() {
	r.mu.Lock()
	defer r.mu.Unlock()
	people := map[string]bool{}
	for _, c := range r.conns {
		if c.who.Kind == event.Person {
			people[c.who.ID] = true
		}
	}
	if len(people) == r.here || time.Since(r.told) < herePace {
		return
	}
	r.here, r.told = len(people), time.Now()
	for _, c := range r.conns {
		c.saying(encode(Here{"here", r.here}))
	}
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

// Do runs one command to its end. nil means durable.
func (r *Room) Do(by event.Who, op event.OpID, c event.Command) error {
	answer := make(chan error, 1)
	if err := r.put(job{ask: event.Ask{By: by, Op: op, Do: c}, done: func(err error) { answer <- err }}); err != nil {
		return err
	}
	select {
	case err := <-answer:
		return err
	case <-r.done:
		select {
		case err := <-answer:
			return err
		default:
			return errStopped
		}
	}
}

// With runs f in the loop with the state, after everything before it. f must
// not keep or change the state.
func (r *Room) With(f func(*event.State)) error {
	ran := make(chan struct{})
	if err := r.put(job{with: func(s *event.State) { f(s); close(ran) }}); err != nil {
		return err
	}
	select {
	case <-ran:
		return nil
	case <-r.done:
		select {
		case <-ran:
			return nil
		default:
			return errStopped
		}
	}
}

// Fresh is With after reading on: for looks that must not be behind another
// node.
func (r *Room) Fresh(f func(*event.State)) error {
	var failed error
	err := r.With(func(*event.State) {
		if failed = r.catchUp(); failed == nil {
			f(r.state)
		}
	})
	return errors.Join(err, failed)
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
