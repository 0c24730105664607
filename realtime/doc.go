// Package realtime is the live room around the pure heart (goen/realtime/event).
//
// The life of a need: a phone sends do{need.post}; conn.go reads it strictly;
// room.go, one goroutine per event, takes it with whatever waits behind it;
// commit.go asks event.Decide, seals the facts, appends them to the event's log,
// durably, and folds them; send.go turns event.Copies, which says what changed in
// which stream, and wakes every phone that hears such a stream; writer.go fetches
// what its phone lacks, as bytes made once for all; then the poster gets the ack.
// suggest.go ranks the need against private lists, and what it finds comes back
// as a command like any other.
//
// Other nodes append to the same log: look.go is how a room knows that it lacks
// nothing, doorbell.go how nodes make each other look.
//
// Locks: Room.mu guards the copies and is held only to read or turn them; no
// other lock is taken under it. The state belongs to the room's goroutine alone.
package realtime
