package realtime

import (
	"fmt"
	"testing"
	"time"

	"goen/realtime/event"
)

// taken is how many of n commands pass at one moment.
func (p *paces) taken(a author, n int, at time.Time, l Limits) (took int) {
	for range n {
		if p.may(a, at, l) {
			took++
		}
	}
	return took
}

func TestPace(t *testing.T) {
	l, p := Limits{}.orDefault(), &paces{}
	ann, bob := author{"e", event.Who{Kind: event.Person, ID: "ann"}}, author{"e", event.Who{Kind: event.Person, ID: "bob"}}
	at := time.Unix(1e9, 0)
	hold := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d pass, want %d", what, got, want)
		}
	}
	hold("an outbox of 60", p.taken(ann, 60, at, l), 60)
	hold("at once more", p.taken(ann, 100, at, l), 0)
	hold("half a second later, when two would be there", p.taken(ann, 100, at.Add(500*time.Millisecond), l), 0)
	hold("somebody else", p.taken(bob, 60, at, l), 60)
	hold("the same person at another event", p.taken(author{"f", ann.who}, 60, at, l), 60)
	at = at.Add(time.Second)
	hold("a second later", p.taken(ann, 100, at, l), 5)
	for i := range 10 {
		at = at.Add(time.Second)
		hold(fmt.Sprint("without a pause, second ", i), p.taken(ann, 50, at, l), 5)
	}
	hold("a clock that goes back", p.taken(ann, 50, at.Add(-time.Hour), l), 0)
	hold("an hour later", p.taken(ann, 100, at.Add(time.Hour), l), 60)

	slow := Limits{Burst: 3, PerSecond: 0.5}.orDefault()
	at = at.Add(2 * time.Hour)
	hold("a small burst", p.taken(bob, 10, at, slow), 3)
	hold("a second later", p.taken(bob, 10, at.Add(time.Second), slow), 0)
	hold("two seconds later", p.taken(bob, 10, at.Add(2*time.Second), slow), 1)
}

// Who invents names, or has gone home, fills no memory.
func TestPacesAreForgotten(t *testing.T) {
	l, p := Limits{}.orDefault(), &paces{}
	at := time.Unix(1e9, 0)
	for i := range 5 * pacesMost {
		p.may(author{"e", event.Who{Kind: event.Absent, ID: fmt.Sprint(i)}}, at, l)
		at = at.Add(time.Millisecond)
		if len(p.of) > 2*pacesMost {
			t.Fatalf("%d are kept", len(p.of))
		}
	}
	p = &paces{}
	for i := range 5 * pacesMost {
		p.may(author{"e", event.Who{Kind: event.Absent, ID: fmt.Sprint(i)}}, at, l)
	}
	if len(p.of) > 2*pacesMost {
		t.Fatalf("%d are kept", len(p.of))
	}
}
