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
// real folder, and kills itself (SIGKILL) at a named point of a commit; clients
// go on after every death, and send whatever they do one to five times. In the
// end the log and the phones are held against what the clients were told. The
// same harness must find each of the planted bugs below.

var (
	crashRounds = flag.Int("crash.rounds", 100, "how many times the server is killed")
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
				got := suffer(t, s+uint64(i), rounds/folders, "")
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
	if rounds >= 50 && (total.provisions == 0 || total.revocations == 0 || total.erasures == 0 || len(total.kills) < 5) {
		t.Error("too little happened for the test to mean anything")
	}
}

// Each bug must be found by the same harness.
func TestCrashTestHasTeeth(t *testing.T) {
	for _, bug := range []struct {
		name  string
		found func(result) int
		plant func(*crash)
	}{
		{"ack before write", func(r result) int { return r.lost }, func(*crash) {}},
		{"no dedupe", func(r result) int { return r.doubled }, func(*crash) {}},
		{"no provision", func(r result) int { return r.unprovided }, func(*crash) {}},
		{"a new op for every repetition", func(r result) int { return r.doubled }, func(c *crash) { c.fickle = true }},
	} {
		t.Run(bug.name, func(t *testing.T) {
			t.Parallel()
			in := bug.name
			if bugs[in] == nil {
				in = ""
			}
			for range 5 { // chance may spare it once
				got := suffer(t, seed(t), 8, in, bug.plant)
				t.Log(got)
				if bug.found(got) > 0 {
					return
				}
			}
			t.Error("the planted bug was not found")
		})
	}
}
