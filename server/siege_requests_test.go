package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

// The attacks of the full siege that are made of connections and requests alone.

// lives is how long connections were borne.
type lives struct {
	mu   sync.Mutex
	all  delays
	code map[int]int // what they were answered; 0: nothing
}

// bear opens a connection, says something at once and then a byte each second,
// and notes how long the server bears it. first is a whole request before that.
// It goes by itself when stay is over.
func (v *venue) bear(l *lives, first, start string, drip byte, stay ...<-chan struct{}) {
	c, err := net.Dial("tcp", v.address)
	if err != nil {
		v.t.Error(err)
		return
	}
	defer c.Close()
	for _, over := range stay {
		go func() {
			<-over
			_ = c.Close()
		}()
	}
	in := bufio.NewReaderSize(c, 512)
	if first != "" {
		_, _ = io.WriteString(c, first)
		if resp, err := http.ReadResponse(in, nil); err != nil || resp.StatusCode != 200 {
			return // the server's right, when so many stand there
		} else {
			_, _ = io.Copy(io.Discard, resp.Body)
		}
	}
	began := time.Now()
	_, _ = io.WriteString(c, start)
	ended := make(chan struct{})
	if drip != 0 {
		go func() {
			second := time.NewTicker(time.Second)
			defer second.Stop()
			for {
				select {
				case <-ended:
					return
				case <-second.C:
					_, _ = c.Write([]byte{drip})
				}
			}
		}()
	}
	status := 0
	if resp, err := http.ReadResponse(in, nil); err == nil {
		status = resp.StatusCode
	}
	_, _ = io.Copy(io.Discard, in)
	close(ended)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all, l.code[status] = append(l.all, time.Since(began)), l.code[status]+1
}

// cut holds the longest life against its limit.
func (l *lives) cut(v *venue, what string, within time.Duration) string {
	longest := l.all.at(100)
	if longest > within+slack {
		v.t.Errorf("%s: borne for %v, want %v at most", what, longest, within)
	}
	for status := range l.code {
		if status >= 200 && status < 400 {
			v.t.Errorf("%s: answered %v", what, l.code)
		}
	}
	return fmt.Sprintf("the longest was borne for %.1f s", longest.Seconds())
}

// standSilent: R2. Meanwhile others come who ask at once.
func (v *venue) standSilent() string {
	l := &lives{code: map[int]int{}}
	held := v.watched("R2", 1024, func() {
		for range 2 {
			v.many(10_000, func(i int) {
				start := ""
				if i%2 == 0 { // half a head is not asking either
					start = "GET / HTTP/1.1\r\nHost: localhost\r\n"
				}
				v.bear(l, "", start, 0)
			})
		}
	})
	return held + "; " + l.cut(v, "R2", headerWithin)
}

// standIdle: R2 for those who asked once, and then stand there.
func (v *venue) standIdle() string {
	l := &lives{code: map[int]int{}}
	return v.watched("R2", 1024, func() {
		stay := after(15 * time.Second)
		v.many(10_000, func(i int) {
			time.Sleep(time.Duration(i) * 500 * time.Microsecond) // so that each is answered
			v.bear(l, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "", 0, stay)
		})
	})
}

// watched counts, while connections are made, how many stand at the server, and
// holds that others who ask are answered.
func (v *venue) watched(what string, limit int, attack func()) string {
	base, most, asked, again := v.files(), 0, 0, 0
	over := make(chan struct{})
	var both sync.WaitGroup
	both.Go(func() {
		for open := true; open; {
			select {
			case <-over:
				open = false
			case <-time.After(20 * time.Millisecond):
				most = max(most, v.files()-base)
			}
		}
	})
	both.Go(func() {
		for open := true; open; {
			select {
			case <-over:
				open = false
			case <-time.After(100 * time.Millisecond):
				asked++
				a := v.raw(v.t, rawGet("/api/me", "Connection: close"))
				if a.status == 0 { // cut before its answer, a browser asks again
					again++
					a = v.raw(v.t, rawGet("/api/me", "Connection: close"))
				}
				if a.status != 200 {
					v.t.Errorf("%s: number %d who asks was answered %d", what, asked, a.status)
				}
			}
		}
	})
	func() {
		defer both.Wait()
		defer close(over)
		attack()
	}()
	if most > limit+64 { // some are being closed, and some ask
		v.t.Errorf("%s: %d stood at once, want %d", what, most, limit)
	}
	return fmt.Sprintf("%d stood at once at most; %d who asked meanwhile were answered, %d of them at the second try", most, asked, again)
}

// dripHeads: R3.
func (v *venue) dripHeads() string {
	l := &lives{code: map[int]int{}}
	v.many(5000, func(i int) {
		first := ""
		if i%2 == 0 {
			first = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
		}
		v.bear(l, first, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", 'a')
	})
	return l.cut(v, "R3", headerWithin)
}

// dripBodies: R4.
func (v *venue) dripBodies() string {
	l := &lives{code: map[int]int{}}
	v.many(5000, func(int) { v.bear(l, "", rawPost("/api/lobby", "", "", "Content-Length: 10240"), ' ') })
	return l.cut(v, "R4", bodyWithin) + fmt.Sprintf("; answered %v", l.code)
}

// neverReadPolls and neverReadFiles: what R1 does, by requests, which nobody
// needs to be let in for.
func (v *venue) neverReadPolls() string {
	return v.unread("R1-poll", 5000, 0, 30*time.Second, func(i int) string {
		return rawPost("/api/events/"+v.event+"/poll", v.bad[i%len(v.bad)].cookieHeader(), `{"v":1}`)
	})
}

func (v *venue) neverReadFiles() string {
	app := v.browser("x").get("/")
	script := regexp.MustCompile(`/assets/[^"]+\.js`).Find(app.body)
	if script == nil {
		v.t.Fatal("the app is not built: make pwa")
	}
	return v.unread("R1-file", 10_000, 1024, answerWithin, func(int) string { return rawGet(string(script)) })
}

// unread sends so many requests and reads no more than the status of the answers.
// So many may rest at the server then, if all of their answer is on its way.
func (v *venue) unread(what string, n, rest int, within time.Duration, request func(i int) string) string {
	var mu sync.Mutex
	var all []net.Conn
	base, answered := v.files(), atomic.Int64{}
	held := v.watched(what, 1024+2*4096, func() {
		v.many(n, func(i int) {
			c, err := net.Dial("tcp", v.address)
			if err != nil {
				v.t.Error(err)
				return
			}
			mu.Lock()
			all = append(all, c)
			mu.Unlock()
			_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
			_ = c.SetDeadline(time.Now().Add(patience)) // some are only in the backlog
			_, _ = io.WriteString(c, request(i))
			if n, _ := io.ReadFull(c, make([]byte, 12)); n == 12 {
				answered.Add(1)
			}
		})
		last := time.Now()
		for v.files() > base+rest+2*spare { // some ask meanwhile
			if time.Since(last) > within+slack {
				v.t.Errorf("%s: %d are left after %v", what, v.files()-base, within)
				return
			}
			time.Sleep(20 * time.Millisecond) // between two looks; nothing else tells
		}
	})
	for _, c := range all {
		_ = c.Close()
	}
	return fmt.Sprintf("%d were answered; %s; %d are left after %v at most", answered.Load(), held, rest, within)
}

// noCookie: R6.
func (v *venue) noCookie() string {
	base, refused := v.files(), atomic.Int64{}
	v.many(8, func(int) {
		for range 10_000 / 8 {
			w := v.wire(v.t)
			w.say(handshake("/ws/"+v.event, "", nil))
			if a := w.hear("GET"); a.status == 401 {
				refused.Add(1)
			} else {
				v.t.Errorf("R6: answered %d", a.status)
			}
			_ = w.Close()
		}
	})
	comes(v.t, "R6: descriptors", base+spare, v.files)
	return fmt.Sprintf("%d times 401, no descriptor left", refused.Load())
}
