// Package adapter hides the wire protocol of the server under test. The load
// generator speaks WebSocket; an adapter says which path to open, what to send
// to join or resume a room, how to post, and how to read what comes back.
//
// To test another server: implement Adapter, add it to the table in Get.
package adapter

import (
	"fmt"
	"sort"
)

// Position is where a member stands in a room's log; the zero value is "new".
type Position struct {
	Offset uint64
	Epoch  string
}

// Events is what Scan found in one text message. The message marker (see
// package load) is found by the load generator itself, whatever the protocol.
type Events struct {
	Joined bool     // the room is joined: deliveries start from here
	Acks   []uint32 // ids of posts that the server confirmed
	Reply  []byte   // to be sent back at once (an application-level pong)
	Err    string   // the server refused something
	Pos    Position // in: the position so far; out: the newest one
	// Reset reports that the server could not resume from the position sent.
	Reset bool
	// Quiet reports that this message is no delivery, whatever it quotes.
	Quiet bool
}

// Adapter is one wire protocol. Its methods are called from several goroutines.
type Adapter interface {
	// Target is the request target of the upgrade, for the member user of room.
	Target(room string, user int) string
	// Header is more lines for the upgrade request, each ended by CR LF: a
	// cookie, an Origin, a subprotocol; or "".
	Header(room string, user int) string
	// Join appends the text message that joins room, resuming from pos if it is
	// not zero. Appending nothing means that the upgrade itself joins.
	Join(dst []byte, room string, pos Position) []byte
	// Post appends the text message that posts the JSON object body. id is
	// unique on its connection; key is unique over all (an idempotency key).
	Post(dst []byte, room string, id uint32, key string, body []byte) []byte
	// Scan reads one text message from the server.
	Scan(msg []byte, ev *Events)
	// Resumes says whether the server can replay what a member missed.
	Resumes() bool
	// Acks says whether the server confirms posts.
	Acks() bool
}

// Preparer is an Adapter that needs something done before the first member
// joins: creating the rooms, signing in the users.
type Preparer interface {
	Prepare(addr string, rooms []string, members int) error
}

var all = map[string]Adapter{
	"centrifuge": Centrifuge{},
	"raw":        Raw{},
	"goen":       Goen{},
}

// Get returns the adapter of that name.
func Get(name string) (Adapter, error) {
	if a, ok := all[name]; ok {
		return a, nil
	}
	var names []string
	for n := range all {
		names = append(names, n)
	}
	sort.Strings(names)
	return nil, fmt.Errorf("adapter: no %q; there are %v", name, names)
}
