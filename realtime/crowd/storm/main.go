// Command rtload loads a room server and reports what it measured.
//
//	rtload run -adapter raw -addr 127.0.0.1:9000 -pid 123 -shape 1x500
//	rtload compare -shapes 1x500,1x2000 -rounds 3 \
//	    -target 'A=centrifuge=bin/peer-a -addr {addr}' \
//	    -target 'B=raw=bin/peer-b -addr {addr}'
//
// compare starts each server afresh for each run, takes the targets in turn
// within a round, and prints medians over the rounds and ratios to the first
// target.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"goen/realtime/crowd/storm/internal/adapter"
	"goen/realtime/crowd/storm/internal/load"
	"goen/realtime/crowd/storm/internal/proc"
)

// Options are those of one run; compare passes them on.
type Options struct {
	Shape    string
	Posters  int
	Rate     float64
	Steady   time.Duration
	Sat      time.Duration
	Window   int
	InFlight int
	Loops    int
	Zombies  bool
	NoStorm  bool
}

func (o *Options) flags(fs *flag.FlagSet) {
	fs.IntVar(&o.Posters, "posters", 5, "posters per room (at most the members)")
	fs.Float64Var(&o.Rate, "deliveries", 20000, "steady phase: deliveries per second aimed at (posts = this / members of a room)")
	fs.DurationVar(&o.Steady, "steady", 8*time.Second, "length of the steady phase")
	fs.DurationVar(&o.Sat, "sat", 6*time.Second, "length of each saturated phase")
	fs.IntVar(&o.Window, "window", 16, "saturated phase: messages on their way per room")
	fs.IntVar(&o.InFlight, "inflight", 256, "handshakes in flight at most")
	fs.IntVar(&o.Loops, "loops", 1, "epoll loops of the load generator")
	fs.BoolVar(&o.Zombies, "zombies", false, "storm: leave the old sockets open and unread")
	fs.BoolVar(&o.NoStorm, "no-storm", false, "skip the storm")
}

// Result is what one run found.
type Result struct {
	Target string `json:"target"`
	Shape  string `json:"shape"`
	Round  int    `json:"round"`

	Join        load.Joined `json:"join"`
	RSSIdle     int64       `json:"rss_start"`
	RSSJoined   int64       `json:"rss_joined"`
	RSSLoaded   int64       `json:"rss_loaded"`
	RSSPeak     int64       `json:"rss_peak"`
	RSSPerConn  float64     `json:"rss_per_connection"`
	LoadPerConn float64     `json:"rss_per_connection_loaded"`

	Steady       load.Flow `json:"steady"`
	SteadyCPU    float64   `json:"steady_cpu_per_million"`
	SteadyKernel float64   `json:"steady_kernel_share"` // of the server's CPU time
	SteadyWrites float64   `json:"steady_writes_per_delivery"`
	One          load.Flow `json:"one_at_a_time"`
	OneCPU       float64   `json:"one_cpu_per_million"`
	Sat          load.Flow `json:"saturated"`
	SatCPU       float64   `json:"saturated_cpu_per_million"`
	SatWrites    float64   `json:"saturated_writes_per_delivery"`
	SatCores     float64   `json:"saturated_server_cores"`
	SatClient    float64   `json:"saturated_client_cpu_per_million"`
	SatOthers    float64   `json:"saturated_other_cores"` // used by other processes
	JoinCPU      float64   `json:"join_cpu_ms"`           // per member

	Storm    load.Storm `json:"storm"`
	StormCPU float64    `json:"storm_cpu_seconds"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: rtload run|compare [flags]")
	}
	switch os.Args[1] {
	case "run":
		runMain(os.Args[2:])
	case "compare":
		compareMain(os.Args[2:])
	default:
		log.Fatalf("rtload: no command %q", os.Args[1])
	}
}

func runMain(args []string) {
	fs := flag.NewFlagSet("run", flag.ExitOnError)
	var o Options
	o.flags(fs)
	name := fs.String("adapter", "raw", "protocol of the server")
	addr := fs.String("addr", "", "its loopback address")
	pid := fs.Int("pid", 0, "its process id")
	fs.StringVar(&o.Shape, "shape", "1x500", "rooms x members of each")
	fs.Parse(args)
	r, err := run(*name, *addr, *pid, o)
	if err != nil {
		log.Fatal(err)
	}
	json.NewEncoder(os.Stdout).Encode(r)
}

func run(name, addr string, pid int, o Options) (*Result, error) {
	a, err := adapter.Get(name)
	if err != nil {
		return nil, err
	}
	var rooms, members int
	if _, err := fmt.Sscanf(o.Shape, "%dx%d", &rooms, &members); err != nil {
		return nil, fmt.Errorf("rtload: shape %q is not ROOMSxMEMBERS", o.Shape)
	}
	total := rooms * members
	g, err := load.New(a, addr, rooms, members, min(o.Posters, members), o.InFlight, o.Loops)
	if err != nil {
		return nil, err
	}
	defer g.Close()

	r := &Result{Shape: o.Shape}
	// sample reads the server's counters.
	sample := func() proc.Sample {
		s, perr := proc.Read(pid)
		if perr != nil && err == nil {
			err = perr
		}
		return s
	}
	s0 := sample()
	r.RSSIdle = s0.RSS
	if r.Join, err = g.Join(90 * time.Second); err != nil {
		return nil, err
	}
	time.Sleep(1500 * time.Millisecond)
	s1 := sample()
	r.RSSJoined = s1.RSS
	r.RSSPerConn = float64(s1.RSS-s0.RSS) / float64(total)
	r.JoinCPU = s1.Sub(s0).CPU() / float64(total) * 1000

	// A second of warm-up, then the phases.
	rate := o.Rate / float64(members)
	if _, err = g.Steady(rate, time.Second); err != nil {
		return nil, err
	}
	s2 := sample()
	if r.Steady, err = g.Steady(rate, o.Steady); err != nil {
		return nil, err
	}
	s3 := sample()
	d := s3.Sub(s2)
	r.SteadyCPU = d.CPU() / float64(r.Steady.Deliveries) * 1e6
	r.SteadyKernel = d.SysS / d.CPU()
	r.SteadyWrites = float64(d.WriteCalls) / float64(r.Steady.Deliveries)

	if r.One, err = g.Saturate(1, o.Sat/2); err != nil {
		return nil, err
	}
	s4 := sample()
	c4, m4 := selfCPU(), proc.Machine()
	r.OneCPU = s4.Sub(s3).CPU() / float64(r.One.Deliveries) * 1e6
	if r.Sat, err = g.Saturate(o.Window, o.Sat); err != nil {
		return nil, err
	}
	s5 := sample()
	d = s5.Sub(s4)
	r.SatCPU = d.CPU() / float64(r.Sat.Deliveries) * 1e6
	r.SatWrites = float64(d.WriteCalls) / float64(r.Sat.Deliveries)
	r.SatCores = d.CPU() / r.Sat.Seconds
	client := selfCPU() - c4
	r.SatClient = client / float64(r.Sat.Deliveries) * 1e6
	r.SatOthers = (proc.Machine() - m4 - d.CPU() - client) / r.Sat.Seconds
	r.RSSLoaded = s5.RSS
	r.LoadPerConn = float64(s5.RSS-s0.RSS) / float64(total)

	if !o.NoStorm {
		time.Sleep(500 * time.Millisecond)
		s6 := sample()
		if r.Storm, err = g.Storm(rate, o.Zombies, 60*time.Second); err != nil {
			return nil, err
		}
		r.StormCPU = sample().Sub(s6).CPU()
	}
	r.RSSPeak = sample().Peak
	return r, err
}

// selfCPU is what the load generator itself used.
func selfCPU() float64 {
	s, err := proc.Read(os.Getpid())
	if err != nil {
		return 0
	}
	return s.CPU()
}
