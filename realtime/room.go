package realtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
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
	state         *event.State
	zone          *time.Location
	suggest       *suggester
	keys          []string                          // to drop once the record that asks for it is durable
	photos        []string                          // likewise
	provided      map[event.IntroductionID]event.At // whose provision record is kept: of which contact
	providedPairs map[event.PairID]event.At
	idle          time.Time   // when somebody last used it; zero: nobody yet
	woke          time.Time   // when everybody was last woken
	pace          *time.Timer // wakes everybody once the room has rested
	here          int         // presence as last told
	told          time.Time   // when
	shredding     bool        // the event's time has come
	astray        bool        // the state is worth nothing: read the log anew
	owing         bool        // the log asks for something that could not be done yet
	reread        bool        // the log was read anew: an older one, perhaps, from a backup
	sure          time.Time   // at that moment the log held no more than the state
	vain          time.Time   // until then the room waited for the store, in vain
	looks         []job       // that wait for the next such moment
	bellAt        time.Time   // when to read for a bell; zero: none rang
	lookAt        time.Time   // when to see whether it is time for either; zero: nobody waits
	looker        *time.Timer // goes off then
	nextHello     time.Time   // not before then for phones that come in
	rung          int         // presence as the other nodes were last told
	rang          time.Time   // when

	bell  chan struct{} // another node is ahead,
	heard atomic.Int64  // as far as this

	carrying carrying // what large messages are on their way

	mu     sync.Mutex
	copies *event.Copies
	conns  []*Conn
	phones map[event.Who][]*Conn // those of a person that stay, the oldest first
	polled map[string]time.Time  // when people without a socket last had an answer
	over   int                   // close code of everybody, once the room is to end
	others map[string]elsewhere  // presence at other nodes, by their names
}

// job is one thing for the loop: a command, or something to do with the state.
type job struct {
	ask   event.Ask
	with  func(*event.State) // instead of a command: runs in the loop, between commits
	look  func(error)        // likewise, once the room is sure that it lacks nothing
	hello bool               // a look that may wait for others like it
	sweep bool               // does not count as use
	came  time.Time          // when it was given to the loop
	done  func(error)        // runs in the loop
}

const (
	jobsWaiting = 256
	mostInBatch = 64
	roomIdle    = 10 * time.Minute
	wakeEach    = 20 * time.Microsecond
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
		zone: time.UTC, pace: time.NewTimer(wakePace), looker: time.NewTimer(time.Hour), bell: make(chan struct{}, 1),
		phones: map[event.Who][]*Conn{}, others: map[string]elsewhere{}, polled: map[string]time.Time{},
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
	copies := event.NewCopies(r.hub.Directory.Life())
	r.keys, r.photos, r.provided, r.providedPairs = nil, nil, map[event.IntroductionID]event.At{}, map[event.PairID]event.At{}
	err := r.hub.store.Read(r.hub.ctx, r.stream(), 0, func(rec store.Record) error {
		record, err := r.decode(rec)
		if err == nil {
			turn, _ := r.fold(record)
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
	r.owing, r.reread = true, true
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

func (r *Room) decode(rec store.Record) (event.Record, error) {
	return event.Decode(rec.Seq, event.At(rec.At.UnixMilli()), rec.Body, r.hub.sealer(r.id))
}

// fold moves the state by one record of the log.
func (r *Room) fold(record event.Record) (event.Turn, []event.Ref) {
	for _, f := range record.Facts {
		keys, photos := event.Forgets(r.state, f)
		r.keys, r.photos = append(r.keys, keys...), append(r.photos, photos...)
	}
	epoch := r.state.Epoch
	refs := event.Fold(r.state, record)
	return event.Prepare(r.state, refs, epoch), refs
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
		case <-r.bell:
			r.answerBell()
		case <-r.looker.C:
			r.lookDue()
		case <-r.stop:
			for { // what was taken is finished
				select {
				case j := <-r.jobs:
					r.run(j)
				default:
					if len(r.looks) > 0 {
						r.look()
					}
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
	var commands []job
	for range takenMost {
		switch {
		case j.with != nil:
			j.with(r.state)
		case j.look != nil:
			r.looks = append(r.looks, j)
		default:
			commands = append(commands, j)
		}
		select {
		case j = <-r.jobs:
			continue
		default:
		}
		break
	}
	for batch := range slices.Chunk(commands, mostInBatch) {
		r.commit(batch)
	}
	r.seeTo()
}

// second is what time alone brings.
func (r *Room) second() {
	defer r.wake()
	r.tellHere()
	r.beat()
	began := time.Now()
	err := r.mend()
	if err == nil {
		err = r.lookSlowly()
	}
	if err == nil {
		err = r.repair()
	}
	if err != nil {
		r.waited(began)
		r.endIfGone(err)
		return // again at the next tick
	}
	if due := event.Deadline(r.state); due != 0 && due <= r.hub.now() {
		r.commit([]job{{ask: event.Ask{By: event.Who{Kind: event.Machine}, Do: event.Tick{}}, done: func(error) {}}})
	}
	r.suggest.tell()
	r.eraseAgain()
	r.shredWhenDue()
}

// restful: nobody is here and nothing happened for long.
func (r *Room) restful() bool {
	r.mu.Lock()
	empty := len(r.conns) == 0
	r.mu.Unlock()
	if !empty || r.astray || time.Since(r.idle) < roomIdle || !r.hub.rest(r, event.NextDue(r.state, r.zone)) {
		return false
	}
	r.suggest.close()
	return true
}

// put gives a job to the loop. It does not end with the request that brought it,
// so that a closed phone does not make outcomes unknown.
func (r *Room) put(j job) error {
	j.came = time.Now()
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
