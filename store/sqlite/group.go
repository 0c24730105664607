package sqlite

import (
	"context"
	"errors"
	"slices"

	"goen/store"
)

// A sync costs more than what it makes durable. So whoever gets the turn to
// write takes along what waits, of all rooms: one transaction, one commit, one
// sync, and only then each has its own answer. Nobody waits for others to come,
// so a lonely writer is as quick as ever.

// groupMost is how many changes share a commit at most.
const groupMost = 128

// change is what one caller wants written.
type change struct {
	do   func(ctx context.Context) error // may be run again, after a transaction that came to nothing
	err  error                           // the answer,
	done chan struct{}                   // once this is closed
}

// write runs f in a transaction of the one connection that writes, alone or
// with the changes of others. It heeds the end of ctx only while it waits: a
// local write is short, and one cut off would have an unknown outcome for
// nothing. f may run in another caller's goroutine.
func (s *Store) write(ctx context.Context, f func(ctx context.Context) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.Done()
	c := &change{do: f, done: make(chan struct{})}
	s.mu.Lock()
	s.queue = append(s.queue, c)
	s.mu.Unlock()
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		if s.withdraw(c) {
			return ctx.Err()
		}
		<-c.done
		return c.err
	case s.turn <- struct{}{}:
	}
	// Everything in the queue has somebody who waits for the turn, so who is
	// answered may leave the rest to them.
	defer func() { <-s.turn }()
	for {
		select {
		case <-c.done:
			return c.err
		default:
			s.commit(s.next())
		}
	}
}

// withdraw takes a change back that nobody has begun.
func (s *Store) withdraw(c *change) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.queue, c)
	if i < 0 {
		return false
	}
	s.queue = slices.Delete(s.queue, i, i+1)
	return true
}

// next takes the changes that have waited longest, in their order.
func (s *Store) next() []*change {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.queue), groupMost)
	group := slices.Clone(s.queue[:n])
	s.queue = slices.Delete(s.queue, 0, n)
	return group
}

// commit carries a group out and answers each. If the engine fails at it, then
// nobody's was written, or nobody knows; so each is done again alone, which
// shows whose fault it was and is the repetition that every change allows. If
// it was a sync, each hears of that.
func (s *Store) commit(group []*change) {
	ctx := context.Background()
	err := s.strike(nil)
	if err == nil {
		err = s.exec(ctx, "BEGIN IMMEDIATE")
	}
	begun := err == nil
	if begun {
		if err = s.run(ctx, group); err == nil {
			err = s.exec(ctx, "COMMIT")
		}
		if err != nil {
			// SQLite may have rolled back by itself; then this one fails, rightly.
			_, _ = s.conn.ExecContext(ctx, "ROLLBACK")
		}
	}
	_ = s.strike(err)
	if begun && err != nil && len(group) > 1 {
		for _, c := range group {
			s.commit([]*change{c})
		}
		return
	}
	for _, c := range group {
		if err != nil {
			c.err = err
		}
		close(c.done)
	}
}

// run does each change of a group between savepoints, so that one that is
// refused leaves nothing and takes nothing from others. What is refused because
// of a neighbour is only told if the commit holds, as a yes is. Its own error
// says that the transaction is worth nothing.
func (s *Store) run(ctx context.Context, group []*change) error {
	if len(group) == 1 {
		return group[0].do(ctx)
	}
	for _, c := range group {
		if _, err := s.save.ExecContext(ctx); err != nil {
			return unsure(err)
		}
		if c.err = c.do(ctx); c.err != nil {
			if !refuses(c.err) {
				return c.err
			}
			if _, err := s.undo.ExecContext(ctx); err != nil {
				return unsure(err)
			}
		}
		// It fails if SQLite has rolled all of it back.
		if _, err := s.keep.ExecContext(ctx); err != nil {
			return unsure(err)
		}
	}
	return nil
}

// refuses tells a no of ours from a failure of the engine.
func refuses(err error) bool {
	return slices.ContainsFunc([]error{store.ErrTaken, store.ErrGap, store.ErrGone, store.ErrErased, store.ErrNotFound},
		func(no error) bool { return errors.Is(err, no) })
}

// strike ends all writing on this handle if err is a failed sync, and says
// whether that happened before. After such a failure the system's cache may
// hold pages that it takes for written and that are not on the disk; a sync
// that succeeds later proves nothing about them. Only a new start, which reads
// the WAL and writes all of it anew, knows what there is.
func (s *Store) strike(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.struck == nil && errors.Is(err, store.ErrStruck) {
		s.struck = err
	}
	return s.struck
}
