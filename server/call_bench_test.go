package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"goen/realtime"
)

// How long things take after a blind call, by how many owners there are to be
// called: nobody, one, or thirty. TestACallTellsNothingByTime holds the clock;
// this is what a clock on the wire would say, over loopback with a real store.

// fits are the classes of needs: how many owners each has, and its words.
var fits = []struct {
	owners    int
	trade, as string
}{{0, "", "足場屋の方"}, {1, "printing", "印刷会社の方"}, {30, "restaurant", "飲食店の方"}}

// callRoom is a room with a host, a bystander, and needs of every class.
type callRoom struct {
	*house
	b               testing.TB
	event, code     string
	desk, bystander *phone
	posters         []*phone   // of the needs
	waiting         [][]*phone // who comes after them
	needs           []any
	spent           int // calls for each of these needs
	lots            *rand.Rand
}

func newCallRoom(b testing.TB) *callRoom {
	h := open(b, func(h *house) { h.hooks.limits.Burst = 1 << 30 })
	host := h.browser("host")
	r := &callRoom{house: h, b: b, lots: rand.New(rand.NewPCG(1, 2)), event: host.host("bench", "open", card("Host", "npo"))}
	r.desk = host.phone(r.event).connect()
	r.code = r.desk.find("desk", "doors", nil)["code"].(string)
	r.bystander = r.come("bystander")
	for _, f := range fits {
		for n := range f.owners {
			p := r.come(fmt.Sprint(f.trade, n))
			p.do("entry.add", object{"trade": f.trade, "area": "船橋市"})
			p.cut()
			p.deaf()
		}
	}
	for n := range 12 { // at once: the door closes after the evening, and the clock goes on
		var three []*phone
		for _, f := range fits {
			p := r.come(fmt.Sprint("poster ", n, f.owners))
			p.cut() // whoever is silent for a minute is dropped
			three = append(three, p)
		}
		r.waiting = append(r.waiting, three)
	}
	return r
}

func (r *callRoom) come(name string) *phone {
	g := r.browser(name)
	g.join(r.code, card(name, "npo"))
	return g.phone(r.event).connect()
}

// deaf connects a phone that takes what comes and does not look at it: the
// server is to be measured, not this process.
func (p *phone) deaf() {
	ws, _, err := p.dial()
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = ws.Close() })
	_ = ws.WriteJSON(object{"t": "hello", "v": realtime.Version})
	go func() {
		for {
			_, m, err := ws.NextReader()
			if err == nil {
				_, err = io.Copy(io.Discard, m)
			}
			if err != nil {
				return
			}
		}
	}()
}

// anew posts fresh needs once the old ones have had their six calls, by others
// once somebody has posted thirty.
func (r *callRoom) anew() {
	if r.spent++; r.spent%6 != 1 {
		return
	}
	open := func(v object) bool { return v["closed"] == nil }
	for i, p := range r.posters {
		p.do("need.close", object{"need": r.needs[i]})
	}
	if r.needs = nil; r.spent%180 == 1 {
		r.relieve()
	}
	for i, f := range fits {
		p := r.posters[i]
		p.settle()
		p.do("need.post", object{"who": f.as, "area": "船橋市"})
		r.needs = append(r.needs, p.find("me", "mine", open)["id"])
	}
}

// relieve lets others post from now on.
func (r *callRoom) relieve() {
	if len(r.waiting) == 0 {
		r.b.Fatal("nobody is left to post")
	}
	r.posters, r.waiting = r.waiting[0], r.waiting[1:]
	for _, p := range r.posters {
		p.connect()
	}
}

// calls counts those that a poster sees.
func calls(p *phone) int {
	n := 0
	for _, v := range p.allLocked("me", "mine") {
		if all, ok := v["calls"].([]any); ok {
			n += len(all)
		}
	}
	return n
}

// phase is what a phone shows of it.
func phase(p *phone) any { return p.allLocked("room", "event")[0]["phase"] }

// times are durations in seconds, by what was waited for and the class.
type times map[string]*[3][]float64

func (t times) add(what string, class int, d time.Duration) {
	if t[what] == nil {
		t[what] = &[3][]float64{}
	}
	t[what][class] = append(t[what][class], d.Seconds())
}

// judge fails if somebody can be told from nobody: z is of the rank sum test
// (Mann and Whitney, 1947), which sees a shift, and D of Kolmogorov and Smirnov,
// which sees another shape too. Chance passes either bound once in 100,000 times.
func (t times) judge(b *testing.B) {
	if z, d := t.tell(b); z > 4.5 || d > 1 {
		b.Error("it can be told whether somebody or nobody was called")
	}
}

// tell says how far apart the classes are, and the most of each test.
func (t times) tell(b *testing.B) (worstZ, worstD float64) {
	for _, what := range slices.Sorted(maps.Keys(t)) {
		classes := t[what]
		for i := 1; i < len(fits); i++ {
			z, d := rankSum(classes[0], classes[i]), apart(classes[0], classes[i])
			worstZ, worstD = max(worstZ, math.Abs(z)), max(worstD, d)
			b.Logf("%-28s %2d owners: median %.3f ms, nobody %.3f ms; n %d, z %+.1f, D at %.2f of its bound", what, fits[i].owners,
				1000*median(classes[i]), 1000*median(classes[0]), len(classes[i]), z, d)
		}
	}
	b.ReportMetric(worstZ, "z")
	b.ReportMetric(worstD, "D/bound")
	return worstZ, worstD
}

// BenchmarkCall: from a call to everything that the host, the poster and a
// bystander hear and are answered at once.
func BenchmarkCall(b *testing.B) {
	r, t := newCallRoom(b), times{}
	for n := 0; b.Loop(); n++ {
		r.anew()
		r.minutes(11)
		for i, class := range r.lots.Perm(len(fits)) { // what was before is felt
			r.one(t, class, []string{"needs", "free"}[(n+i)%2])
		}
	}
	t.judge(b)
}

// one makes one call of a class, and asks for more right after it.
func (r *callRoom) one(t times, class int, next string) {
	poster := r.posters[class]
	poster.mu.Lock()
	before := calls(poster)
	poster.mu.Unlock()
	together := func(name string, args object, after map[string]func()) {
		var all sync.WaitGroup
		began := time.Now()
		for what, wait := range after {
			all.Go(func() { wait(); t.locked(what, class, time.Since(began)) })
		}
		r.desk.do(name, args)
		t.locked("the host's answer to "+name, class, time.Since(began))
		all.Wait()
	}
	together("call.make", object{"need": r.needs[class]}, map[string]func(){
		"the poster's word of it": func() { poster.until("the call", func() bool { return calls(poster) > before }) },
		"the desk's": func() {
			r.desk.until("the call", func() bool {
				return slices.ContainsFunc(r.desk.allLocked("desk", "watch"), func(v object) bool {
					return v["id"] == r.needs[class] && v["calledAt"] == float64(r.clock.now().UnixMilli())
				})
			})
		},
	})
	seen := func(p *phone) func() {
		return func() { p.until("the phase", func() bool { return phase(p) == next }) }
	}
	together("phase.set", object{"phase": next}, map[string]func(){
		"the poster's next view": seen(poster), "the bystander's next view": seen(r.bystander),
	})
	began := time.Now()
	r.bystander.refused("forbidden", "phase.set", object{"phase": "needs"})
	t.locked("the bystander's next answer", class, time.Since(began))
}

var timesMu sync.Mutex

func (t times) locked(what string, class int, d time.Duration) {
	timesMu.Lock()
	defer timesMu.Unlock()
	t.add(what, class, d)
}

// BenchmarkCallAfter: the second after a call, in which the machine has its
// word, as a host and a bystander feel it who never stop asking.
func BenchmarkCallAfter(b *testing.B) {
	const rounds = 24
	r, t := newCallRoom(b), times{}
	for _, p := range []*phone{r.desk, r.bystander} {
		p.do("entry.add", object{"trade": "npo"})
	}
	for b.Loop() {
		for n := range rounds {
			r.anew()
			r.minutes(11)
			for _, class := range r.lots.Perm(len(fits)) {
				r.desk.do("call.make", object{"need": r.needs[class]})
				var all sync.WaitGroup
				for who, p := range map[string]*phone{"host": r.desk, "bystander": r.bystander} {
					all.Go(func() {
						entry := p.find("me", "entry", nil)["id"]
						var took []time.Duration
						for end := time.Now().Add(1100 * time.Millisecond); time.Now().Before(end); {
							began := time.Now()
							p.do("entry.change", object{"entry": entry, "trade": "npo", "label": fmt.Sprint(n, " ", len(took))})
							took = append(took, time.Since(began))
						}
						t.locked("the "+who+"'s slowest answer", class, slices.Max(took))
						slices.Sort(took)
						t.locked("the "+who+"'s median answer", class, took[len(took)/2])
					})
				}
				all.Wait()
			}
		}
	}
	t.judge(b)
}

// BenchmarkAfterPost is the answer to what a poster does right after a need, by how
// many owners it is suggested to. It only tells: who posts can feel whether
// anybody fits, see docs/bench.md.
func BenchmarkAfterPost(b *testing.B) {
	r, t := newCallRoom(b), times{}
	for n := 0; b.Loop(); n++ {
		if n%36 == 0 {
			r.relieve()
			for _, p := range r.posters {
				p.do("entry.add", object{"trade": "npo"})
			}
		}
		r.minutes(11)
		for _, class := range r.lots.Perm(len(fits)) {
			p := r.posters[class]
			entry := p.find("me", "entry", nil)["id"]
			p.do("need.post", object{"who": fits[class].as, "area": "船橋市"})
			began := time.Now()
			p.do("entry.change", object{"entry": entry, "trade": "npo", "label": fmt.Sprint(n)})
			t.locked("the poster's next answer", class, time.Since(began))
			p.settle()
			p.do("need.close", object{"need": p.find("me", "mine", func(v object) bool { return v["closed"] == nil })["id"]})
		}
	}
	t.tell(b)
}

// rankSum is z of the rank sum test; 0 of too few.
func rankSum(a, b []float64) float64 {
	u, m, n := 0.0, float64(len(a)), float64(len(b))
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				u++
			case x == y:
				u += 0.5
			}
		}
	}
	if m*n == 0 {
		return 0
	}
	return (u - m*n/2) / math.Sqrt(m*n*(m+n+1)/12)
}

// apart is the greatest distance of two distributions, as a part of what chance
// passes once in a million times: sqrt(-ln(1e-6/2)/2) = 2.69 (Smirnov, 1948).
func apart(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	slices.Sort(a)
	slices.Sort(b)
	most, i, j := 0.0, 0, 0
	for i < len(a) && j < len(b) {
		switch x := cmp.Compare(a[i], b[j]); {
		case x < 0:
			i++
		case x > 0:
			j++
		default:
			i, j = i+1, j+1
		}
		most = max(most, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return most / (2.69 * math.Sqrt(float64(len(a)+len(b))/float64(len(a)*len(b))))
}

func median(a []float64) float64 {
	if len(a) == 0 {
		return 0
	}
	slices.Sort(a)
	return a[len(a)/2]
}
