package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"goen/realtime"
)

// This file is the server as it is shipped, in a process of its own, and the
// phones that measure how it does: nothing is hooked, tuned or shortened.

// program is a running server; house has its address and what it printed.
type program struct {
	*house
	pid int
}

// build makes the program once for all rows.
func build(t *testing.T) string {
	bin := filepath.Join(t.TempDir(), "goen")
	if said, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return bin
}

func startProgram(t *testing.T, bin string) *program {
	t.Helper()
	p := &program{house: &house{t: t, clock: &clock{at: time.Now()}}}
	cmd := exec.Command(bin, "--listen", "127.0.0.1:0", "--url", origin, "--data", t.TempDir())
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GOEN_") })
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p.pid = cmd.Process.Pid
	ready, linked, died := make(chan string, 1), make(chan struct{}), make(chan error, 1)
	var printed sync.WaitGroup
	printed.Go(func() {
		first := sync.OnceFunc(func() { close(linked) })
		defer first()
		for s := bufio.NewScanner(stdout); s.Scan(); {
			fmt.Fprintln(&p.out, s.Text())
			if hostLink.MatchString(s.Text()) {
				first()
			}
		}
	})
	go func() {
		for s := bufio.NewScanner(stderr); s.Scan(); {
			var line struct{ Msg, Address string }
			if json.Unmarshal(s.Bytes(), &line) == nil && line.Msg == "serving" {
				ready <- line.Address
			}
			fmt.Fprintln(&p.log, s.Text())
		}
		printed.Wait()
		died <- cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-died:
			if err != nil {
				t.Errorf("the server ended with %v: %s", err, p.log.String())
			}
		case <-time.After(patience):
			_ = cmd.Process.Kill()
			t.Error("the server did not end")
		}
		if said := p.log.String(); strings.Contains(said, `"level":"ERROR"`) || strings.Contains(said, "panic") {
			t.Errorf("the server said %s", said)
		}
	})
	select {
	case p.address = <-ready:
		<-linked
	case err := <-died:
		t.Fatalf("the server did not start: %v %s", err, p.log.String())
	case <-time.After(patience):
		t.Fatal("the server did not start in time")
	}
	return p
}

func (p *program) proc(file string) string { return fmt.Sprintf("/proc/%d/%s", p.pid, file) }

// memory is what the process has resident, now and at most since crest was
// called, in bytes: VmRSS and VmHWM.
func (p *program) memory() (now, most int64) {
	b, err := os.ReadFile(p.proc("status"))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		switch f := strings.Fields(line); {
		case len(f) < 2:
		case f[0] == "VmRSS:":
			now, _ = strconv.ParseInt(f[1], 10, 64)
		case f[0] == "VmHWM:":
			most, _ = strconv.ParseInt(f[1], 10, 64)
		}
	}
	return now << 10, most << 10
}

// crest makes what is resident now the most so far (proc(5), clear_refs).
func (p *program) crest() {
	if err := os.WriteFile(p.proc("clear_refs"), []byte("5"), 0); err != nil {
		p.t.Fatal(err)
	}
}

// worked is the processor time that the server has had.
func (p *program) worked() time.Duration {
	b, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		p.t.Fatal(err)
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * time.Second / 100 // USER_HZ
}

// files is how many descriptors the server has open; all but a few are sockets.
func (p *program) files() int {
	all, err := os.ReadDir(p.proc("fd"))
	if err != nil {
		p.t.Fatal(err)
	}
	return len(all)
}

// ear is an honest phone that costs the test little: it notes when marks come,
// and keeps no copy.
type ear struct {
	ws     *websocket.Conn
	need   string // whose words it changes; one phone of each person has it
	saying sync.Mutex

	mu   sync.Mutex
	came map[string]time.Time
	over error
}

// mark is a word that a post is known by; no rule takes it for anything.
func mark(n int) string { return "zzv" + letters(n) + "w" }

func (p *phone) ear() *ear {
	p.t.Helper()
	ws, _, err := p.dial()
	if err != nil {
		p.t.Fatal(err)
	}
	e := &ear{ws: ws, came: map[string]time.Time{}}
	greeted := make(chan struct{})
	go func() {
		first := sync.OnceFunc(func() { close(greeted) })
		defer first()
		for {
			_, b, err := ws.ReadMessage()
			at := time.Now()
			e.mu.Lock()
			if err != nil {
				e.over = err
				e.mu.Unlock()
				return
			}
			for rest := b; ; {
				_, after, found := bytes.Cut(rest, []byte("zzv"))
				word, behind, whole := bytes.Cut(after, []byte("w"))
				if !found || !whole {
					break
				}
				if name := "zzv" + string(word) + "w"; e.came[name].IsZero() {
					e.came[name] = at
				}
				rest = behind
			}
			e.mu.Unlock()
			first()
		}
	}()
	e.say(object{"t": "hello", "v": realtime.Version})
	<-greeted
	p.t.Cleanup(func() { _ = ws.Close() })
	return e
}

func (e *ear) say(m object) {
	e.saying.Lock()
	defer e.saying.Unlock()
	_ = e.ws.WriteJSON(m)
}

// when is the time at which a mark came; zero: it has not.
func (e *ear) when(mark string) (at time.Time, over error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.came[mark], e.over
}

// delays are from a post until it was on an honest phone, for each post and
// each phone.
type delays []time.Duration

func (d delays) at(percent int) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(len(d)-1, len(d)*percent/100)].Round(100 * time.Microsecond)
}
