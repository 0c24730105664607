package realtime_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"goen/realtime"
	"goen/realtime/event"
)

// A phone that polls is told what a socket would be told, when there is
// something to tell.

type asked struct {
	said  realtime.Said
	err   error
	after time.Duration
}

// took allows for the rest that a room takes between two hellos.
func (a asked) took(d time.Duration) bool { return a.after >= d && a.after < d+100*time.Millisecond }

func (a asked) kinds() string {
	var out []string
	for _, m := range a.said.Messages {
		var head struct{ T string }
		_ = json.Unmarshal(m, &head)
		out = append(out, head.T)
	}
	return strings.Join(out, " ")
}

func (w *world) ask(ctx context.Context, who string, p realtime.Poll) <-chan asked {
	answer := make(chan asked, 1)
	began := time.Now()
	go func() {
		said, err := w.hub.Poll(ctx, theEvent, person(who), "s."+who, p)
		answer <- asked{said, err, time.Since(began)}
	}()
	return answer
}

// held asks for everything and gives the cursor to go on with.
func (w *world) held(who string) realtime.Poll {
	w.t.Helper()
	c := realtime.Cursor{V: realtime.Version, At: map[string]uint64{}}
	for _, m := range (<-w.ask(w.t.Context(), who, realtime.Poll{Cursor: c})).said.Messages {
		var v struct {
			T, In, Epoch string
			Seq          uint64
			N            int
		}
		_ = json.Unmarshal(m, &v)
		switch v.T {
		case "hello":
			c.Epoch = v.Epoch
		case "view":
			c.At[v.In] = v.Seq
		case "here":
			c.Here = uint32(v.N)
		}
	}
	if c.Epoch == "" || c.At["room"] == 0 {
		w.t.Fatalf("the first poll brought %+v", c)
	}
	return realtime.Poll{Cursor: c, Wait: true}
}

func TestPollWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann", "bob")
		synctest.Wait()
		_ = w.held("ann")
		time.Sleep(5 * time.Second) // presence is told meanwhile
		p := w.held("ann")

		silent := <-w.ask(t.Context(), "ann", p)
		if len(silent.said.Messages) != 0 || silent.said.Close != 0 || !silent.took(20*time.Second) {
			t.Errorf("a poll with nothing to say: %s, %d, after %v", silent.kinds(), silent.said.Close, silent.after)
		}

		waits := w.ask(t.Context(), "ann", p)
		synctest.Wait()
		time.Sleep(7 * time.Second)
		w.do(person("bob"), post("one"))
		if got := <-waits; got.kinds() != "view" || !got.took(7*time.Second) {
			t.Errorf("a need came as %s after %v", got.kinds(), got.after)
		}

		// What is another one's business wakes nobody.
		p = w.held("ann")
		waits = w.ask(t.Context(), "ann", p)
		synctest.Wait()
		w.do(person("bob"), event.EntryAdd{EntryWords: event.EntryWords{Trade: "npo"}})
		if got := <-waits; len(got.said.Messages) != 0 || !got.took(20*time.Second) {
			t.Errorf("a private list was felt as %s after %v", got.kinds(), got.after)
		}

		// An erasure begins anew for who waits.
		waits = w.ask(t.Context(), "ann", w.held("ann"))
		synctest.Wait()
		w.do(person("bob"), event.AttendeeErase{})
		if got := <-waits; !strings.HasPrefix(got.kinds(), "hello view view") {
			t.Errorf("an erasure came as %s", got.kinds())
		}

		// Who hangs up leaves nothing behind.
		ctx, hangUp := context.WithCancel(t.Context())
		waits = w.ask(ctx, "ann", w.held("ann"))
		synctest.Wait()
		time.Sleep(time.Second)
		hangUp()
		if got := <-waits; !got.took(time.Second) {
			t.Errorf("who hung up was waited for %v", got.after)
		}
	})
}

func TestPollsEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, newMemory())
		w.evening("ann", "bob")
		_ = w.held("ann")
		time.Sleep(5 * time.Second) // presence is told meanwhile, and does not change by who is here already
		p := w.held("ann")
		var waits []<-chan asked
		for range 5 {
			waits = append(waits, w.ask(t.Context(), "ann", p))
			synctest.Wait()
			time.Sleep(time.Second)
		}
		select {
		case got := <-waits[0]:
			if got.said.Close != realtime.CloseElsewhere || !got.took(4*time.Second) {
				t.Errorf("the first of five ended with %d after %v", got.said.Close, got.after)
			}
		default:
			t.Error("a fifth poll did not take the place of the first")
		}

		w.do(person("host"), event.AttendeeRemove{Attendee: "ann"})
		if got := <-waits[1]; got.said.Close != realtime.CloseRemoved || len(got.said.Messages) != 0 {
			t.Errorf("a removal ends with %d and %s", got.said.Close, got.kinds())
		}
		if got := <-w.ask(t.Context(), "ann", p); got.said.Close != realtime.CloseRemoved {
			t.Errorf("a poll after it with %d", got.said.Close)
		}

		time.Sleep(15 * time.Second) // she is not here any more
		_ = w.held("bob")
		time.Sleep(4 * time.Second) // and he is
		last := w.ask(t.Context(), "bob", w.held("bob"))
		time.Sleep(time.Second)
		w.close()
		if got := <-last; got.said.Close != realtime.CloseRestarting || got.kinds() != "bye" || !got.took(time.Second) {
			t.Errorf("a server that goes ends a poll with %d and %q after %v", got.said.Close, got.kinds(), got.after)
		}
		if got := <-w.ask(t.Context(), "bob", p); got.err == nil {
			t.Error("a server that is gone answers")
		}
	})
}

func TestActIsADo(t *testing.T) {
	w := newWorld(t, newMemory())
	w.evening("ann")
	p := w.held("ann")
	act := func(op, args string) asked {
		said, err := w.hub.Act(theEvent, person("ann"), "s", realtime.Act{Cursor: p.Cursor, Op: op, Name: "need.post", Args: []byte(args)})
		return asked{said: said, err: err}
	}
	id := realtime.NewID()
	first := act(id, `{"who":"one"}`)
	// The views that show it come before its ack: the need in the room, and that it is hers.
	if got := first.kinds(); got != "view view ack" {
		t.Errorf("a need is answered by %s", got)
	}
	if again := act(id, `{"who":"one"}`).kinds(); again != "view view ack" || w.needs()["one"] != 1 {
		t.Errorf("the same op again by %s, and there are %d", again, w.needs()["one"])
	}
	if got := act(id, `{"who":"two"}`); !strings.Contains(string(got.said.Messages[len(got.said.Messages)-1]), `"op.reused"`) {
		t.Errorf("another command under the op: %s", got.said.Messages)
	}
	if got := act("short", `{}`); !strings.Contains(string(got.said.Messages[len(got.said.Messages)-1]), `"op.malformed"`) {
		t.Errorf("a bad op: %s", got.said.Messages)
	}
	if got := act(realtime.NewID(), `[]`); got.err == nil {
		t.Error("a list for arguments is taken")
	}
	// As many as a socket may send, and no more.
	for n := 0; ; n++ {
		got := act(realtime.NewID(), `{"who":""}`)
		if strings.Contains(string(got.said.Messages[len(got.said.Messages)-1]), `"too_many"`) {
			break
		}
		if n > 200 {
			t.Fatal("a flood goes through")
		}
	}
}
