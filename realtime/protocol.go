package realtime

import (
	"encoding/json"

	"goen/realtime/event"
)

//go:generate go run ./tsgen -root .. -out ..

// Version of the protocol that this server speaks. From 2 on it will also accept
// the one before.
const Version = 1

// Close codes of the socket. 4000-4499: come back; 4500-4999: do not.
const (
	CloseSlow       = 4001 // too slow to be kept; resume
	CloseRestarting = 4002 // the server goes away on purpose; resume after the time in bye
	CloseResync     = 4003 // the copy cannot be brought to now; come back with none
	CloseNoHello    = 4004 // nothing came for too long; resume
	CloseSignedOut  = 4500
	CloseRemoved    = 4501
	CloseShredded   = 4502
	CloseTooOld     = 4503 // the app speaks a version that is no longer understood
	CloseElsewhere  = 4504 // a fifth socket of the same person took its place
	CloseMisused    = 4505 // what came was not of the protocol
)

// CloseCodes names them for TypeScript and for the documentation.
var CloseCodes = map[string]int{
	"slow": CloseSlow, "restarting": CloseRestarting, "resync": CloseResync, "noHello": CloseNoHello, "signedOut": CloseSignedOut,
	"removed": CloseRemoved, "shredded": CloseShredded, "tooOld": CloseTooOld, "elsewhere": CloseElsewhere, "misused": CloseMisused,
}

// ---- to the server

// Incoming is every message that a phone may send; T says which.
type Incoming struct {
	T string `json:"t"` // hello, do, ping

	// hello: first of all
	V     int             `json:"v,omitzero"`
	Epoch string          `json:"epoch,omitzero"` // of the copy that the phone holds, if any
	At    json.RawMessage `json:"at,omitzero"`    // number of each stream of that copy
	Build string          `json:"build,omitzero"`

	// do: a command
	Op   string          `json:"op,omitzero"` // 22 characters of base64url, 128 bits, made by the phone once per gesture
	Name string          `json:"name,omitzero"`
	Args json.RawMessage `json:"args,omitzero"`
}

// Cursor is what a phone holds when it comes.
type Cursor struct {
	V     uint8             `json:"v,omitzero"`
	Epoch string            `json:"epoch,omitzero"`
	At    map[string]uint64 `json:"at,omitzero"`
	Here  uint32            `json:"here,omitzero"` // presence that it was last told
	Build string            `json:"build,omitzero"`
}

// Poll is what a phone that cannot have a socket asks with.
type Poll struct {
	Cursor
	Wait bool `json:"wait,omitzero"` // until there is something to say; else it begins with hello
}

// Act is a command of a phone that cannot have a socket.
type Act struct {
	Cursor
	Op   string          `json:"op"`
	Name string          `json:"name"`
	Args json.RawMessage `json:"args,omitzero"`
}

// ---- to the phone; views are encoded in event/copies.go

// Hello answers the phone's hello.
type Hello struct {
	T       string   `json:"t"` // "hello"
	V       int      `json:"v"`
	Epoch   string   `json:"epoch"`
	You     string   `json:"you"`     // own attendee id; empty for a screen
	Streams []string `json:"streams"` // what this phone hears; it forgets all others
	Build   string   `json:"build"`
	Now     event.At `json:"now"`
	Demo    bool     `json:"demo,omitempty"` // everybody here is invented

	Embedder string `json:"embedder,omitempty"` // where texts would go to be embedded, if a host switched it on
}

// GoneStream tells that a stream is no longer heard: forget it.
type GoneStream struct {
	T  string `json:"t"` // "gone"
	In string `json:"in"`
}

// Ack says that a command is durable.
type Ack struct {
	T  string `json:"t"` // "ack"
	Op string `json:"op"`
}

// No says that a command was refused and changed nothing.
type No struct {
	T     string `json:"t"` // "no"
	Op    string `json:"op"`
	Code  string `json:"code"`
	Field string `json:"field,omitempty"`
	Max   int    `json:"max,omitempty"`
	Again bool   `json:"again,omitempty"` // the same again may go through later
}

// Here is presence: how many phones are connected. It is not in the log.
type Here struct {
	T string `json:"t"` // "here"
	N int    `json:"n"`
}

// Pong answers the app's own ping.
type Pong struct {
	T  string            `json:"t"`            // "pong", and "beat" when the server sends it by itself
	At map[string]uint64 `json:"at,omitempty"` // numbers of the phone's own streams
}

// Bye tells that the server goes away on purpose.
type Bye struct {
	T     string `json:"t"` // "bye"
	Code  int    `json:"code"`
	After int    `json:"after"` // come back in so many milliseconds
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // messages are plain structs
	}
	return b
}

// Refusals of the wire: what is refused before the heart is asked. The web
// uses them too.
var (
	ErrBody        = event.Refusal{Code: "body.malformed", Kind: event.Malformed}
	ErrBodyLarge   = event.Refusal{Code: "body.too_large", Kind: event.TooLarge}
	ErrBodyType    = event.Refusal{Code: "body.type", Kind: event.Unsupported}
	ErrOpForm      = event.Refusal{Code: "op.malformed", Kind: event.Malformed}
	ErrNoCommand   = event.Refusal{Code: "command.unknown", Kind: event.Malformed}
	ErrHostName    = event.Refusal{Code: "host.wrong", Kind: event.Misdirected}
	ErrOrigin      = event.Refusal{Code: "origin.foreign", Kind: event.Forbidden}
	ErrNoSession   = event.Refusal{Code: "session.missing", Kind: event.Unauthenticated}
	ErrSessions    = event.Refusal{Code: "session.ambiguous", Kind: event.Malformed}
	ErrCode        = event.Refusal{Code: "code.unknown", Kind: event.NotFound}
	ErrCodeUsed    = event.Refusal{Code: "code.used", Kind: event.Gone}
	ErrMoveCode    = event.Refusal{Code: "code.moves", Kind: event.Conflict} // it opens no door but moves a person, see POST /api/move/use
	ErrLinkUsed    = event.Refusal{Code: "link.used", Kind: event.Gone}
	ErrImage       = event.Refusal{Code: "image.unreadable", Kind: event.Invalid}
	ErrTooMany     = event.Refusal{Code: "too_many", Kind: event.TooMany}
	ErrUnavailable = event.Refusal{Code: "unavailable", Kind: event.Unavailable}
	ErrDiskFull    = event.Refusal{Code: "disk.full", Kind: event.Full}
	ErrServer      = event.Refusal{Code: "server", Kind: event.Unavailable}
)

// Refusals lists every refusal there is, the heart's first.
func Refusals() []event.Refusal {
	return append(event.Refusals(),
		ErrBody, ErrBodyLarge, ErrBodyType, ErrOpForm, ErrNoCommand, ErrHostName, ErrOrigin, ErrNoSession, ErrSessions,
		ErrCode, ErrMoveCode, ErrCodeUsed, ErrLinkUsed, ErrImage, ErrTooMany, ErrUnavailable, ErrDiskFull, ErrServer)
}
