package store

import "errors"

// The errors of a store. Engines wrap them with the cause; compare with
// errors.Is.
var (
	ErrTaken    = errors.New("store: place is taken")          // read on, decide again
	ErrUnknown  = errors.New("store: outcome unknown")         // repeat the same call
	ErrHole     = errors.New("store: stream is damaged")       // stop, tell the operator
	ErrGap      = errors.New("store: place before is empty")   // the caller skipped a place, or the end of the stream was lost
	ErrGone     = errors.New("store: stream was dropped")      // for ever
	ErrNotFound = errors.New("store: not found")               // never there, given back or expired
	ErrErased   = errors.New("store: key was erased")          // for ever; the words it sealed are gone
	ErrFull     = errors.New("store: disk is full")            // nothing was written; repeat when there is room
	ErrStruck   = errors.New("store: disk failed")             // what reached it is unknown; reads go on, writes only after a new start
	ErrInvalid  = errors.New("store: invalid argument")        // a bad name, token, place or time
	ErrTooBig   = errors.New("store: too big or empty")        // outside the bounds of Record, PutKey, PutBlob
	ErrClosed   = errors.New("store: closed")                  // after Close
	ErrNewer    = errors.New("store: data of a newer version") // a newer Goen wrote it; this one leaves it alone
	ErrForeign  = errors.New("store: not data of Goen")        // another program's file or database
)
