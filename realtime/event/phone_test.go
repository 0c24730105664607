package event_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"goen/realtime/event"
)

// phone is the reference client: all that a client has to know to hold a true
// copy is in take.
type phone struct {
	who   event.Who
	epoch string
	at    map[string]uint64            // stream -> number
	have  map[string]map[string]string // stream -> id -> object
	heard [][]byte                     // every byte that came, for the tests

	// The server's note of this connection.
	may   []event.Stream
	from  map[event.Stream]uint64 // numbers that the phone came with
	sent  map[event.Stream]uint64 // numbers that it was sent
	told  string                  // the epoch that it was told
	stale bool                    // something is to be fetched
	slow  bool                    // fetches only when it wakes
}

func newPhone(who event.Who) *phone {
	return &phone{who: who, at: map[string]uint64{}, have: map[string]map[string]string{}}
}

// message is everything that comes to a phone.
type message struct {
	T       string            `json:"t"`
	Epoch   string            `json:"epoch,omitempty"`
	Streams []string          `json:"streams,omitempty"`
	In      string            `json:"in,omitempty"`
	Full    bool              `json:"full,omitempty"`
	After   uint64            `json:"after,omitempty"`
	Seq     uint64            `json:"seq,omitempty"`
	Put     []json.RawMessage `json:"put,omitempty"`
	Drop    []string          `json:"drop,omitempty"`
}

func (m message) json() []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return b
}

// take applies one message.
func (p *phone) take(b []byte) {
	p.heard = append(p.heard, b)
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		panic(fmt.Sprintf("%v: %s", err, b))
	}
	switch m.T {
	case "hello":
		for name := range p.have {
			if m.Epoch != p.epoch || !slices.Contains(m.Streams, name) {
				p.forget(name)
			}
		}
		p.epoch = m.Epoch
	case "gone":
		p.forget(m.In)
	case "view":
		if m.Full {
			p.forget(m.In)
			p.have[m.In] = map[string]string{}
		} else if m.After > p.at[m.In] {
			panic(fmt.Sprintf("gap in %s: at %d, view after %d", m.In, p.at[m.In], m.After)) // a client resyncs
		}
		for _, obj := range m.Put {
			p.have[m.In][idOf(obj)] = string(obj)
		}
		for _, id := range m.Drop {
			delete(p.have[m.In], id) // it may be gone already: hidden, shown and hidden while the phone was away
		}
		p.at[m.In] = m.Seq
	}
}

func (p *phone) forget(stream string) {
	delete(p.have, stream)
	delete(p.at, stream)
}

// idOf is the id in an object. Every view begins with its Head, so this needs
// no parser; the tests do it a million times.
func idOf(obj []byte) string {
	parts := bytes.SplitN(obj, []byte(`"`), 9)
	if len(parts) < 9 || string(parts[1]) != "k" || string(parts[5]) != "id" {
		panic("a view without a head: " + string(obj))
	}
	return string(parts[7])
}
