package realtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"goen/realtime/event"
	"goen/store"
)

// Directory is the stream "dir": which events there are, who may open new ones,
// and which sessions were ended before their time, so that every node lets go of
// their sockets. It holds ids only.
type Directory struct {
	hub  *Hub
	bell chan struct{} // another node has added something

	mu     sync.Mutex
	seq    int64
	vain   time.Time // until then the store was asked in vain
	events []EventEntry
	hosts  map[string]bool
	ended  map[string]bool // sessions

	life string // drawn at the last restore; empty: there was none
}

// EventEntry is one event of the directory.
type EventEntry struct {
	ID     string
	Person string // who opened it
}

type directoryFact struct {
	V       int    `json:"v"`
	F       string `json:"f"` // "host.added", "event.made", "session.ended", "restored"
	Person  string `json:"person,omitempty"`
	Event   string `json:"event,omitempty"`
	Session string `json:"session,omitempty"` // the name of its claim
	Restore string `json:"restore,omitempty"` // drawn anew for each restore
}

// catchUp is under mu, but for the first time.
func (d *Directory) catchUp() error {
	return d.hub.store.Read(d.hub.ctx, "dir", d.seq, func(rec store.Record) error {
		var f directoryFact
		if err := json.Unmarshal(rec.Body, &f); err != nil {
			return err
		}
		d.seq = rec.Seq
		switch f.F {
		case "host.added":
			d.hosts[f.Person] = true
		case "event.made":
			d.events = append(d.events, EventEntry{f.Event, f.Person})
		case "session.ended":
			d.ended[f.Session] = true
			d.hub.letGo(f.Session)
		case "restored":
			d.life = f.Restore
		}
		return nil
	})
}

func (d *Directory) add(f directoryFact) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f.V = 1
	for began := time.Now(); ; {
		rec := store.Record{Stream: "dir", Seq: d.seq + 1, By: d.hub.token(), At: d.hub.clock(), Body: encode(f)}
		err := d.hub.store.Append(d.hub.ctx, rec)
		for errors.Is(err, store.ErrUnknown) && d.hub.ctx.Err() == nil && time.Since(began) < unknownFor {
			time.Sleep(10 * time.Millisecond)
			err = d.hub.store.Append(d.hub.ctx, rec)
		}
		if errors.Is(err, store.ErrUnknown) {
			d.vain = time.Now()
			return fmt.Errorf("%w: %w", ErrUnavailable, err) // whoever asks again reads first whether it is there
		}
		if err != nil && !errors.Is(err, store.ErrTaken) {
			return err
		}
		won := err == nil
		if err := d.catchUp(); err != nil {
			return err
		}
		if won {
			d.hub.ring(Note{Seq: d.seq})
			return nil
		}
	}
}

// look reads on, if the store is there.
func (d *Directory) look() {
	defer d.latest()()
}

// latest locks and reads on; if the store is away, what is in memory is what
// there is. Who waited for the lock while another asked in vain does not ask
// again. It returns how to unlock.
func (d *Directory) latest() (unlock func()) {
	came := time.Now()
	d.mu.Lock()
	if came.After(d.vain) && d.catchUp() != nil {
		d.vain = time.Now()
	}
	return d.mu.Unlock
}

func (d *Directory) hasEnded(session string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ended[session]
}

// AddHost lets a person open events.
func (d *Directory) AddHost(person string) error {
	if d.MayHost(person) {
		return nil
	}
	return d.add(directoryFact{F: "host.added", Person: person})
}

// AddEvent notes an event. It comes before the event's own log, and an event
// without one is nothing.
func (d *Directory) AddEvent(id, person string) error {
	for _, e := range d.Events() {
		if e.ID == id {
			return nil
		}
	}
	return d.add(directoryFact{F: "event.made", Person: person, Event: id})
}

// MayHost tells whether a person may open events.
func (d *Directory) MayHost(person string) bool {
	defer d.latest()()
	return d.hosts[person]
}

// HasHost tells whether this installation has a host at all.
func (d *Directory) HasHost() bool {
	defer d.latest()()
	return len(d.hosts) > 0
}

// Events lists all events in the order in which they were made.
func (d *Directory) Events() []EventEntry {
	defer d.latest()()
	return d.events[:len(d.events):len(d.events)]
}

// Life names what the logs have gone on from: anew with each restore.
func (d *Directory) Life() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.life
}

// ---- persons

// Attendee is under which id a person attends an event: it says nothing of the
// person, and differs from event to event.
func (h *Hub) Attendee(id, person string) (event.Who, error) {
	mac, err := h.keys.Mac(h.ctx, "installation/attendees", []byte(id+"\n"+person))
	return event.Who{Kind: event.Person, ID: mac}, err
}

type personFact struct {
	V     int    `json:"v"`
	F     string `json:"f"` // "event.entered"
	Event string `json:"event"`
}

// Enter notes in a person's own stream that they attend an event. It comes
// before the event's log hears of them, which is the truth; a note without
// that is nothing.
func (h *Hub) Enter(person, id string) error {
	for {
		events, seq, err := h.entered(person)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e == id {
				return nil
			}
		}
		err = h.store.Append(h.ctx, store.Record{
			Stream: "pp." + person, Seq: seq + 1, By: h.token(), At: h.clock(), Body: encode(personFact{1, "event.entered", id}),
		})
		if err == nil {
			return nil
		}
		if !errors.Is(err, store.ErrTaken) {
			return err // an unknown outcome too: the phone asks again
		}
	}
}

// Entered lists the events that a person may attend.
func (h *Hub) Entered(person string) ([]string, error) {
	events, _, err := h.entered(person)
	return events, err
}

func (h *Hub) entered(person string) (events []string, seq int64, err error) {
	err = h.store.Read(h.ctx, "pp."+person, 0, func(rec store.Record) error {
		var f personFact
		if err := json.Unmarshal(rec.Body, &f); err != nil {
			return err
		}
		seq = rec.Seq
		if f.F == "event.entered" {
			events = append(events, f.Event)
		}
		return nil
	})
	return events, seq, err
}
