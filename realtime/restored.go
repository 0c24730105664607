package realtime

import (
	"errors"
	"time"

	"goen/realtime/event"
	"goen/store"
)

// Restored is the record that marks an installation as restored from a backup
// made at a time, as the record at a place of the stream "dir". id is drawn
// anew for each restore: it makes phones that saw what came after the backup
// take everything anew.
func Restored(id string, seq int64, made time.Time) store.Record {
	return store.Record{Stream: "dir", Seq: seq, By: "restore-" + id, At: made, Body: encode(directoryFact{V: 1, F: "restored", Restore: id})}
}

// eraseAgain erases those whose key was dropped and whose log does not say so: it
// came back from a backup that is older than the erasure. Their words are gone
// already; so goes what else shows that they were here.
func (r *Room) eraseAgain() {
	if !r.reread {
		return
	}
	r.reread = false
	for id, a := range r.state.Attendees {
		if a.Standing != event.WasErased && r.hub.keys.Erased(r.id+"/"+string(id)) {
			who := event.Who{Kind: event.Person, ID: string(id)}
			r.commit([]job{{ask: event.Ask{By: who, Do: event.AttendeeErase{}}, done: func(err error) {
				if errors.Is(err, ErrUnavailable) || errors.Is(err, ErrDiskFull) {
					r.reread = true // again at the next tick
				}
			}}})
		}
	}
}
