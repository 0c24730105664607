// Package store says what is kept and what an engine promises: streams of
// records that are only ever appended to, names that one owner holds, wrapped
// keys that can be erased, and blobs. It knows nothing of events.
//
// The engines are goen/store/sqlite and goen/store/mongo; the promises below
// are held by goen/store/storetest, which both run.
package store

import (
	"context"
	"time"
)

// Record is one committed step of a stream. Streams are numbered 1, 2, 3, …
// without holes; a record never changes.
type Record struct {
	Stream string    // [A-Za-z0-9._-]{1,96}: "ev.01J8…", "pp.01J8…", "dir"
	Seq    int64     // the place asked for; 1 is the first
	By     string    // token of this attempt: "<process id>-<counter>", never used twice; 1 to 160 visible ASCII characters
	At     time.Time // UTC; Append truncates it to milliseconds
	Body   []byte    // JSON text, 1 byte to 256 KiB of UTF-8; the store never looks inside
}

// Claim is a name that an owner holds.
type Claim struct {
	Name, Owner string
	Until       time.Time // UTC, milliseconds; zero: for ever
}

// Store keeps what must outlive the process.
//
// Every method may be called from many goroutines and from several handles or
// processes at once, and every writing method may be repeated: after
// ErrUnknown, repeating the same call is the way to learn its outcome. A write
// that returned nil survives a crash of the machine. Beside the errors named at
// a method, each may return ErrInvalid or ErrTooBig (nothing was written; the
// caller is wrong), ErrUnknown (writing methods), ErrFull (writing methods),
// ErrClosed, or the error of a context that ended before anything was written.
// Compare with errors.Is.
type Store interface {
	// Append puts a run of records at the places they ask for. All are of one
	// stream and at consecutive places; an empty run does nothing. It returns
	// nil only when all of them are durable; else a prefix may have been
	// written. A place that already holds the same token and the same body
	// counts as written, so repeating is harmless.
	//
	// ErrTaken: another record is at one of the places; read on, decide again.
	// ErrGap: the place before the first one is empty; nothing was written.
	// ErrGone: the stream was dropped; it never takes a record again.
	// ErrFull: no room; nothing was written, repeat when there is some.
	// ErrUnknown: repeat the same Append before anything else.
	Append(ctx context.Context, run ...Record) error

	// Read calls f with each record after the place after (0 for all), in
	// order, and returns the first error of f as it is. A stream that has no
	// records reads as empty. Records appended meanwhile may or may not be
	// seen. f may keep the record and may call the store.
	//
	// ErrHole: a place is missing, or after itself lies beyond the last one;
	// what f saw before is right. ErrGone: the stream was dropped, perhaps
	// while it was read; what f saw is to be thrown away.
	Read(ctx context.Context, stream string, after int64, f func(Record) error) error

	// Scan calls f with every record of every stream that is not dropped, by
	// (stream, seq) in byte order, and returns the first error of f as it is.
	// It sees everything committed before it was called. f must not call the
	// store. ErrHole as for Read.
	Scan(ctx context.Context, f func(Record) error) error

	// Drop erases a stream for ever: after nil no file of the engine holds its
	// records, and Append and Read give ErrGone. A stream that never was can be
	// dropped too. A Drop cut short by a crash is finished at the next start;
	// from its first step on the stream is gone. It marks the stream by the
	// claim "gone.<stream>"; claims of that form are the store's own.
	Drop(ctx context.Context, stream string) error

	// Claim holds a name ([A-Za-z0-9._-]{1,160}) for an owner (1 to 160 visible
	// ASCII characters) until a time, or for ever if until is the zero time.
	// The first to claim a name holds it; at the time until, in milliseconds,
	// it is free again. Claim returns the holder after the call: the caller
	// compares it with its own owner. A claim by the holder prolongs and never
	// shortens. until must lie ahead of the store's clock (ErrInvalid), and so
	// must not be a name that begins with "gone.".
	Claim(ctx context.Context, name, owner string, until time.Time) (holder string, err error)

	// Release frees a name if owner holds it. After nil owner does not hold it;
	// another holder is left alone.
	Release(ctx context.Context, name, owner string) error

	// Holder returns who holds a name; ErrNotFound if nobody does, or no longer.
	Holder(ctx context.Context, name string) (owner string, err error)

	// PutKey keeps a wrapped key (1 byte to 1 KiB) under an id
	// ([A-Za-z0-9._/-]{1,160}). The first key stays: the same bytes again are
	// harmless, others give ErrTaken, so two nodes that make a key at once both
	// go on with one. ErrErased: the id was dropped and never takes a key again.
	PutKey(ctx context.Context, id string, wrapped []byte) error

	// Key returns a wrapped key; ErrNotFound if there never was one, ErrErased
	// if it was dropped.
	Key(ctx context.Context, id string) ([]byte, error)

	// DropKey erases a key for ever and leaves a tombstone in its place, also
	// where there was no key yet. After nil no file of the engine holds its
	// bytes.
	DropKey(ctx context.Context, id string) error

	// PutBlob keeps 1 byte to 1 MiB and returns their name, the SHA-256 in 64
	// lower-case hex digits. The same bytes again are harmless.
	PutBlob(ctx context.Context, b []byte) (sum string, err error)

	// Blob returns the bytes named sum; ErrNotFound if there are none, ErrHole
	// if they no longer have that sum.
	Blob(ctx context.Context, sum string) ([]byte, error)

	// DropBlob erases a blob, also one that is not there. After nil no file of
	// the engine holds its bytes; it may be put again.
	DropBlob(ctx context.Context, sum string) error

	// SwapKey puts a newly wrapped key in the place of the one that is there, for
	// a new master key. It may be repeated: where new stands already it is done.
	// Unlike an erasure it promises nothing of the old bytes.
	//
	// ErrTaken: what is there is neither old nor new. ErrNotFound, ErrErased: as
	// for Key.
	SwapKey(ctx context.Context, id string, old, new []byte) error

	// Claims calls f with every claim that holds, those that mark dropped
	// streams too, in byte order of their names, and returns the first error of
	// f as it is. Claims made or released meanwhile may or may not be seen. f
	// must not call the store.
	Claims(ctx context.Context, f func(Claim) error) error

	// Keys calls f with every wrapped key, and with no bytes for one that was
	// dropped, in byte order of their ids; the rest as for Claims. f may keep
	// the bytes.
	Keys(ctx context.Context, f func(id string, wrapped []byte) error) error

	// Blobs calls f with the name of every blob, in byte order; the rest as for
	// Claims.
	Blobs(ctx context.Context, f func(sum string) error) error

	// Close waits for the calls under way and gives everything back. It may be
	// repeated.
	Close() error
}
