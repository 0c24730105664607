package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"sort"
	"strings"
	"time"

	"goen/realtime/crowd/storm/internal/load"
)

type target struct{ name, adapter, command string }

type targets []target

func (t *targets) String() string { return "" }
func (t *targets) Set(s string) error {
	p := strings.SplitN(s, "=", 3)
	if len(p) != 3 {
		return fmt.Errorf("want NAME=ADAPTER=COMMAND, with {addr} in the command")
	}
	*t = append(*t, target{p[0], p[1], p[2]})
	return nil
}

func compareMain(args []string) {
	fs := flag.NewFlagSet("compare", flag.ExitOnError)
	var o Options
	o.flags(fs)
	var ts targets
	fs.Var(&ts, "target", "NAME=ADAPTER=COMMAND (repeat; the first is the base of the ratios)")
	shapes := fs.String("shapes", "1x500,1x2000,1x5000,100x50", "rooms x members, separated by commas")
	rounds := fs.Int("rounds", 3, "rounds")
	out := fs.String("out", "", "file for the single results, one JSON object per line")
	fs.Parse(args)

	var pass []string
	fs.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "target", "shapes", "rounds", "out":
		default:
			pass = append(pass, "-"+f.Name+"="+f.Value.String())
		}
	})
	var file *os.File
	if *out != "" {
		var err error
		if file, err = os.OpenFile(*out, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
			log.Fatal(err)
		}
		defer file.Close()
	}
	for _, shape := range strings.Split(*shapes, ",") {
		got := map[string][]*Result{}
		for round := 1; round <= *rounds; round++ {
			for i := range ts {
				t := ts[(i+round-1)%len(ts)] // no target is always the first
				r, err := once(t, shape, pass)
				if err != nil {
					log.Printf("%s %s round %d: %v", t.name, shape, round, err)
					continue
				}
				r.Target, r.Round = t.name, round
				got[t.name] = append(got[t.name], r)
				if file != nil {
					json.NewEncoder(file).Encode(r)
				}
			}
		}
		table(os.Stdout, shape, ts, got)
	}
}

// once starts the server, runs the load in a process of its own, stops both.
func once(t target, shape string, pass []string) (*Result, error) {
	addr, err := load.FreeAddr()
	if err != nil {
		return nil, err
	}
	f := strings.Fields(strings.ReplaceAll(t.command, "{addr}", addr))
	srv := exec.Command(f[0], f[1:]...)
	srv.Stderr = os.Stderr
	if err := srv.Start(); err != nil {
		return nil, err
	}
	defer func() {
		srv.Process.Kill()
		srv.Wait()
	}()
	for i := 0; ; i++ {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			break
		}
		if i == 200 {
			return nil, err
		}
		time.Sleep(25 * time.Millisecond)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := append([]string{"run", "-adapter=" + t.adapter, "-addr=" + addr,
		fmt.Sprintf("-pid=%d", srv.Process.Pid), "-shape=" + shape}, pass...)
	cmd := exec.Command(self, args...)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	r := new(Result)
	return r, json.Unmarshal(b, r)
}

// figures are the lines of the table.
var figures = []struct {
	name, format string
	of           func(*Result) float64
}{
	{"join: members/s", "%.0f", func(r *Result) float64 { return r.Join.Rate }},
	{"join: server CPU ms/member", "%.3f", func(r *Result) float64 { return r.JoinCPU }},
	{"RSS KiB/connection, idle", "%.1f", func(r *Result) float64 { return r.RSSPerConn / 1024 }},
	{"RSS KiB/connection, after load", "%.1f", func(r *Result) float64 { return r.LoadPerConn / 1024 }},
	{"steady: latency p50 ms", "%.2f", func(r *Result) float64 { return r.Steady.Latency.P50 }},
	{"steady: latency p95 ms", "%.2f", func(r *Result) float64 { return r.Steady.Latency.P95 }},
	{"steady: latency p99 ms", "%.2f", func(r *Result) float64 { return r.Steady.Latency.P99 }},
	{"steady: latency max ms", "%.2f", func(r *Result) float64 { return r.Steady.Latency.Max }},
	{"steady: to the last member p50 ms", "%.2f", func(r *Result) float64 { return r.Steady.Complete.P50 }},
	{"steady: ack p50 ms", "%.2f", func(r *Result) float64 { return r.Steady.Ack.P50 }},
	{"steady: server CPU s/1M deliveries", "%.2f", func(r *Result) float64 { return r.SteadyCPU }},
	{"steady: share of it in the kernel", "%.2f", func(r *Result) float64 { return r.SteadyKernel }},
	{"steady: writes/delivery", "%.3f", func(r *Result) float64 { return r.SteadyWrites }},
	{"steady: missing", "%.0f", func(r *Result) float64 { return float64(r.Steady.Missing) }},
	{"one at a time: to the last member p50 ms", "%.2f", func(r *Result) float64 { return r.One.Complete.P50 }},
	{"one at a time: deliveries/s", "%.0f", func(r *Result) float64 { return r.One.PerSecond }},
	{"one at a time: server CPU s/1M", "%.2f", func(r *Result) float64 { return r.OneCPU }},
	{"saturated: deliveries/s", "%.0f", func(r *Result) float64 { return r.Sat.PerSecond }},
	{"saturated: server CPU s/1M", "%.2f", func(r *Result) float64 { return r.SatCPU }},
	{"saturated: server cores", "%.2f", func(r *Result) float64 { return r.SatCores }},
	{"saturated: load generator CPU s/1M", "%.2f", func(r *Result) float64 { return r.SatClient }},
	{"saturated: cores taken by other processes", "%.2f", func(r *Result) float64 { return r.SatOthers }},
	{"saturated: writes/delivery", "%.3f", func(r *Result) float64 { return r.SatWrites }},
	{"saturated: latency p99 ms", "%.1f", func(r *Result) float64 { return r.Sat.Latency.P99 }},
	{"saturated: missing", "%.0f", func(r *Result) float64 { return float64(r.Sat.Missing) }},
	{"storm: all rejoined s", "%.2f", func(r *Result) float64 { return r.Storm.Joined.Seconds }},
	{"storm: all caught up s", "%.2f", func(r *Result) float64 { return r.Storm.CaughtUp }},
	{"storm: rejoin p99 ms", "%.0f", func(r *Result) float64 { return r.Storm.Joined.Latency.P99 }},
	{"storm: server CPU s", "%.2f", func(r *Result) float64 { return r.StormCPU }},
	{"storm: lost", "%.0f", func(r *Result) float64 { return float64(r.Storm.Missing) }},
	{"storm: duplicates", "%.0f", func(r *Result) float64 { return float64(r.Storm.Dups) }},
	{"storm: errors", "%.0f", func(r *Result) float64 { return float64(r.Storm.Errors) }},
	{"peak RSS MiB", "%.0f", func(r *Result) float64 { return float64(r.RSSPeak) / (1 << 20) }},
}

// table prints medians, with the smallest and largest value, and ratios.
func table(w *os.File, shape string, ts targets, got map[string][]*Result) {
	fmt.Fprintf(w, "\n%s\n\n| figure |", shape)
	for _, t := range ts {
		fmt.Fprintf(w, " %s (%d runs) |", t.name, len(got[t.name]))
	}
	for _, t := range ts[1:] {
		fmt.Fprintf(w, " %s/%s |", t.name, ts[0].name)
	}
	fmt.Fprintf(w, "\n|%s\n", strings.Repeat(" --- |", 2*len(ts)))
	for _, f := range figures {
		fmt.Fprintf(w, "| %s |", f.name)
		var med []float64
		for _, t := range ts {
			var v []float64
			for _, r := range got[t.name] {
				v = append(v, f.of(r))
			}
			if len(v) == 0 {
				med = append(med, 0)
				fmt.Fprint(w, " - |")
				continue
			}
			sort.Float64s(v)
			m := (v[(len(v)-1)/2] + v[len(v)/2]) / 2
			med = append(med, m)
			fmt.Fprintf(w, " "+f.format+" ("+f.format+"–"+f.format+") |", m, v[0], v[len(v)-1])
		}
		for _, m := range med[1:] {
			if med[0] < .01 {
				fmt.Fprint(w, " - |")
			} else {
				fmt.Fprintf(w, " %.2f |", m/med[0])
			}
		}
		fmt.Fprintln(w)
	}
}
