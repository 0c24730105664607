package realtime

import (
	"context"
	"time"

	"goen/realtime/event"
)

const shredWithin = time.Minute

// shredWhenDue deletes an event whose time has come: so many days after its
// end, as its guests were told when they came. It runs in the loop, and lets a
// goroutine of the hub do the work, which may be repeated: a crash in the
// middle is finished when the event is looked at next.
func (r *Room) shredWhenDue() {
	at := r.state.Setting.ShredAt(r.zone)
	if r.state.Seq == 0 || r.shredding || at > r.hub.now() {
		return
	}
	r.shredding = true
	keys, photos := event.EverybodysWords(r.state)
	code := r.state.Code
	r.hub.sweeper.Go(func() {
		ctx, done := context.WithTimeout(r.hub.ctx, shredWithin)
		defer done()
		if err := r.hub.shred(ctx, r, keys, photos, code); err != nil {
			r.hub.log.Error("shred", "event", r.id, "err", err)
		}
	})
}

// shred ends a room and erases the event: photos, which only the log names, then
// the keys, from when on nothing can be read, then the log itself.
func (h *Hub) shred(ctx context.Context, r *Room, keys, photos []string, code string) error {
	if !h.forget(r) {
		return nil // the hub is closing; next time
	}
	r.sayGoodbye(CloseShredded)
	if err := r.close(ctx); err != nil {
		return err
	}
	for _, photo := range photos {
		if err := h.store.DropBlob(ctx, photo); err != nil {
			return err
		}
	}
	for _, key := range keys {
		if err := h.keys.Drop(ctx, r.id+"/"+key); err != nil {
			return err
		}
	}
	if err := h.store.Release(ctx, "code."+code, r.id); err != nil {
		return err
	}
	if err := h.store.Drop(ctx, r.stream()); err != nil {
		return err
	}
	h.ring(Note{Event: r.id, Seq: dropped})
	h.log.Info("shredded", "event", r.id)
	return nil
}
