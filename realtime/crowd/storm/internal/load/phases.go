package load

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"goen/realtime/crowd/storm/internal/stats"
)

// Flow is the result of a posting phase.
type Flow struct {
	Posts      int64         `json:"posts"`
	Seconds    float64       `json:"seconds"` // to the last delivery
	Deliveries int64         `json:"deliveries"`
	PerSecond  float64       `json:"deliveries_per_second"`
	Latency    stats.Latency `json:"latency"`  // post to each member
	Complete   stats.Latency `json:"complete"` // post to the last member
	Ack        stats.Latency `json:"ack"`      // post to its confirmation
	Missing    int           `json:"missing"`
	Errors     int64         `json:"errors"`
}

// flow waits for what is on its way and sums up the phase that began at t0.
func (g *Gen) flow(t0 time.Time, posts, d0, e0 int64) Flow {
	f := Flow{Posts: posts, Missing: g.settle(10 * time.Second), Errors: g.errs.Load() - e0}
	f.Deliveries = g.deliveries() - d0
	var last int64
	var lat, ack stats.Hist
	for _, l := range g.loops {
		l.mu.Lock()
		lat.Merge(&l.lat)
		ack.Merge(&l.ack)
		last = max(last, l.last)
		l.mu.Unlock()
	}
	f.Seconds = float64(last-int64(t0.Sub(g.start))) / 1e9
	f.PerSecond = float64(f.Deliveries) / f.Seconds
	g.doneMu.Lock()
	f.Complete = g.done.Summary()
	g.doneMu.Unlock()
	f.Latency, f.Ack = lat.Summary(), ack.Summary()
	return f
}

// Steady posts at an even rate over all rooms, in turn, whatever comes back.
func (g *Gen) Steady(rate float64, d time.Duration) (Flow, error) {
	g.begin()
	t0, d0, e0 := time.Now(), g.deliveries(), g.errs.Load()
	posts, err := g.pace(rate, func() bool { return time.Since(t0) < d })
	if err != nil {
		return Flow{}, err
	}
	return g.flow(t0, posts, d0, e0), nil
}

// pace posts at rate while more() says so.
func (g *Gen) pace(rate float64, more func() bool) (posts int64, err error) {
	t0 := time.Now()
	var buf []byte
	for i := 0; more(); i++ {
		if wait := time.Until(t0.Add(time.Duration(float64(i) / rate * 1e9))); wait > 0 {
			time.Sleep(wait)
		}
		if buf, err = g.post(g.rooms[i%len(g.rooms)], buf); err != nil {
			return posts, err
		}
		posts++
	}
	return posts, nil
}

// Saturate keeps window messages per room on their way: the next is posted
// when one has reached all members.
func (g *Gen) Saturate(window int, d time.Duration) (Flow, error) {
	g.begin()
	g.window = make(chan *roomState, window*len(g.rooms))
	for range window {
		for _, r := range g.rooms {
			g.window <- r
		}
	}
	t0, d0, e0 := time.Now(), g.deliveries(), g.errs.Load()
	end := time.NewTimer(d)
	defer end.Stop()
	var posts int64
	var buf []byte
	var err error
loop:
	for {
		select {
		case r := <-g.window:
			if buf, err = g.post(r, buf); err != nil {
				return Flow{}, err
			}
			posts++
		case <-end.C:
			break loop
		}
	}
	return g.flow(t0, posts, d0, e0), nil
}

// Storm is the result of a reconnect storm.
type Storm struct {
	Joined   Joined  `json:"joined"`
	CaughtUp float64 `json:"caught_up_seconds"` // drop to: all members have all
	Posts    int64   `json:"posts"`
	Missing  int     `json:"missing"` // after it all went quiet
	Dups     int     `json:"duplicates"`
	Resets   int     `json:"resets"` // members whose position the server refused
	Zombies  bool    `json:"zombies"`
	Errors   int64   `json:"errors"`
}

// Storm drops all members but the posters at once, lets them come back as fast
// as the in-flight limit allows, resuming from where they were, while the
// posters go on at rate. With zombies the old sockets are not closed but left
// unread, as when a radio link goes: the server cannot see that they are dead.
func (g *Gen) Storm(rate float64, zombies bool, limit time.Duration) (Storm, error) {
	s := Storm{Zombies: zombies}
	g.settle(5 * time.Second)
	g.begin()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var perr error
	wg.Add(1)
	go func() {
		defer wg.Done()
		s.Posts, perr = g.pace(rate, func() bool {
			select {
			case <-stop:
				return false
			default:
				return true
			}
		})
	}()
	time.Sleep(200 * time.Millisecond)

	var drop []*conn
	var old []int
	for _, l := range g.loops {
		l.mu.Lock()
	}
	t0 := time.Now()
	dups := 0
	for _, c := range g.conns {
		dups += c.dup
		if c.post || c.state.Swap(closed) == closed {
			continue
		}
		if zombies {
			unix.EpollCtl(c.loop.ep, unix.EPOLL_CTL_DEL, c.fd, nil)
			old = append(old, c.fd)
		} else {
			unix.Close(c.fd)
		}
		drop = append(drop, c)
	}
	for _, l := range g.loops {
		l.mu.Unlock()
	}
	e0 := g.errs.Load()
	j, err := g.connect(drop, limit)
	s.Joined = j
	if err == nil && g.a.Resumes() {
		upto := make([]uint32, len(g.rooms))
		for i, r := range g.rooms {
			upto[i] = r.next.Load()
		}
		for !g.haveUpTo(upto) && time.Since(t0) < limit {
			time.Sleep(2 * time.Millisecond)
		}
	}
	s.CaughtUp = time.Since(t0).Seconds()
	time.Sleep(300 * time.Millisecond)
	close(stop)
	wg.Wait()
	if err == nil {
		err = perr
	}
	wait := 5 * time.Second
	if !g.a.Resumes() {
		wait = time.Second
	}
	s.Missing = g.settle(wait)
	for _, c := range g.conns {
		s.Dups += c.dup
		s.Resets += c.resets
	}
	s.Dups -= dups
	s.Errors = g.errs.Load() - e0
	for _, fd := range old {
		unix.Close(fd)
	}
	return s, err
}

func (g *Gen) haveUpTo(upto []uint32) bool {
	for _, l := range g.loops {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	for i, r := range g.rooms {
		for _, c := range r.members {
			if c.state.Load() == joined && c.missing(0, upto[i]) > 0 {
				return false
			}
		}
	}
	return true
}
