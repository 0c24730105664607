package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// "Acknowledged means there." The server runs as a process of its own, on a
// real folder, and dies: by SIGKILL at a named point of a commit, by SIGKILL at
// any time, and by power cuts, for which its disk keeps in memory what was not
// synced (store/sqlite/powercut). Clients go on after every death, and send
// whatever they do one to five times. In the end the log and the phones are
// held against what the clients were told. The same harness must find each of
// the planted bugs below. docs/crash.md has the figures of a long run.

var (
	crashRounds = flag.Int("crash.rounds", 40, "how many times the server dies in each way")
	crashSeed   = flag.Uint64("crash.seed", 0, "repeats the choices of a run; 0: new ones")
)

const childVar = "CRASH_CHILD" // in the environment: this process is a server that is to die

func TestMain(m *testing.M) {
	if d := os.Getenv(childVar); d != "" {
		os.Exit(childMain(d))
	}
	goleak.VerifyTestMain(m)
}

func seed(t *testing.T) uint64 {
	s := *crashSeed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("-crash.seed=%d", s)
	return s
}

func TestAcknowledgedIsThere(t *testing.T) {
	for _, way := range ways {
		t.Run(string(way), func(t *testing.T) {
			rounds := *crashRounds
			if testing.Short() {
				rounds /= 5
			}
			folders := max(1, rounds/50)
			s := seed(t)
			var mu sync.Mutex
			total := result{kills: map[string]int{}}
			t.Run("folders", func(t *testing.T) {
				for i := range folders {
					t.Run(fmt.Sprint(i), func(t *testing.T) {
						t.Parallel()
						got := suffer(t, s+uint64(i), way, rounds/folders, "")
						t.Log(got)
						mu.Lock()
						defer mu.Unlock()
						total.add(got)
					})
				}
			})
			t.Log("all:", total)
			if n := total.faults(); n > 0 {
				t.Errorf("%d faults: %s", n, strings.Join(total.words, "\n"))
			}
			few := total.provisions == 0 || total.revocations == 0 || len(total.kills) < 5
			if total.acked < rounds || rounds >= 50 && (total.erasures == 0 || few && way != randomKills) {
				t.Error("too little happened for the test to mean anything")
			}
		})
	}
}

// Each bug must be found by the same harness, in the way that can find it.
func TestCrashTestHasTeeth(t *testing.T) {
	lost := func(r result) int { return r.lost }
	ruined := func(r result) int { return r.lost + r.broken }
	doubled := func(r result) int { return r.doubled }
	for _, bug := range []struct {
		name  string
		way   way
		found func(result) int
		plant func(*crash)
	}{
		{name: "ack before write", way: failpoints, found: lost},
		{name: "ack before write", way: randomKills, found: lost},
		{name: "no dedupe", way: failpoints, found: doubled},
		{name: "no provision", way: failpoints, found: func(r result) int { return r.unprovided }},
		{name: "a new op for every repetition", way: failpoints, found: doubled, plant: func(c *crash) { c.fickle = true }},
		{name: "unknown is yes", way: failpoints, found: ruined},
		{name: noSync, way: powerCuts, found: ruined},
		{name: badSyncIsGood, way: powerCuts, found: ruined},
	} {
		t.Run(bug.name+" "+string(bug.way), func(t *testing.T) {
			t.Parallel()
			in := bug.name
			if bugs[in] == nil {
				in = ""
			}
			if bug.plant == nil {
				bug.plant = func(*crash) {}
			}
			for range 8 { // chance may spare it
				got := suffer(t, seed(t), bug.way, 8, in, bug.plant)
				t.Log(got, got.words)
				if bug.found(got) > 0 {
					return
				}
			}
			t.Error("the planted bug was not found")
		})
	}
}
