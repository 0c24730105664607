package mongo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"goen/store"
)

// A record is {_id, s: stream, q: place, w: token, at, b: body}. s and q are for
// people who look into the database. A stub, the place of a dropped stream, is
// {_id, s, q, g: true}.

func place(stream string, seq int64) string { return fmt.Sprintf("%s:%016x", stream, seq) }

// past is where the ids of a stream end: ';' follows ':', and no name of a
// stream has either.
func past(stream string) string { return stream + ";" }

// entry is what stands at a place.
type entry struct {
	store.Record
	stub bool
}

func entryOf(doc bson.Raw) (e entry, err error) {
	fields, err := doc.Elements()
	if err != nil {
		return e, fmt.Errorf("%w: %w", store.ErrHole, err)
	}
	whole := 0
	for _, f := range fields {
		ok := false
		switch v := f.Value(); f.Key() {
		case "_id":
			ok = e.standsAt(v)
		case "g":
			e.stub, _ = v.BooleanOK()
		case "w":
			e.By, ok = v.StringValueOK()
		case "at":
			var at int64
			at, ok = v.DateTimeOK()
			e.At = time.UnixMilli(at).UTC()
		case "b":
			var body string
			body, ok = v.StringValueOK()
			e.Body = []byte(body)
		}
		if ok {
			whole++
		}
	}
	if e.Seq == 0 || !e.stub && whole != 4 {
		return e, fmt.Errorf("%w: %q in the log is no record", store.ErrHole, idOf(doc))
	}
	return e, nil
}

func (e *entry) standsAt(id bson.RawValue) (ok bool) {
	text, _ := id.StringValueOK()
	stream, hex, ok := strings.Cut(text, ":")
	seq, err := strconv.ParseInt(hex, 16, 64)
	e.Stream, e.Seq = stream, seq
	return ok && err == nil && text == place(stream, seq)
}

// entries returns what stands from a place to a place of a stream, or to the
// end of a page.
func (s *Store) entries(ctx context.Context, stream string, from int64, to string) (page []entry, more bool, err error) {
	docs, more, err := pageOf(ctx, s.log.Collection, bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: place(stream, from)}, {Key: "$lt", Value: to}}}}, nil)
	if err != nil {
		return nil, false, err
	}
	for _, doc := range docs {
		e, err := entryOf(doc)
		if err != nil {
			return page, false, err
		}
		page = append(page, e)
	}
	return page, more, nil
}

// Append is part of store.Store. A run is one insert, which ends at the first
// place that is taken; in the normal case nothing else is asked.
func (s *Store) Append(ctx context.Context, run ...store.Record) error {
	if err := store.CheckRun(run); err != nil || len(run) == 0 {
		return err
	}
	stream, left := run[0].Stream, run
	return s.write(ctx, func(ctx context.Context) (bool, error) {
		if !s.heads.reached(stream, left[0].Seq-1) {
			if done, err := s.follows(ctx, stream, left[0].Seq-1); done || err != nil {
				return done, err
			}
		}
		docs := make([]bson.D, len(left))
		for i, r := range left {
			docs[i] = bson.D{{Key: "_id", Value: place(r.Stream, r.Seq)}, {Key: "s", Value: r.Stream}, {Key: "q", Value: r.Seq},
				{Key: "w", Value: r.By}, {Key: "at", Value: bson.DateTime(r.At.UnixMilli())}, {Key: "b", Value: string(r.Body)}}
		}
		_, failed := s.log.InsertMany(ctx, docs)
		if failed == nil {
			s.heads.reach(stream, left[len(left)-1].Seq)
			return true, nil
		}
		var done bool
		var err error
		if left, done, err = s.stands(ctx, left); done {
			return true, err
		}
		return false, errors.Join(failed, err)
	})
}

// follows makes sure that a stream has come to a place, so that the next one may
// be asked for. A place that a majority has is never empty again, so this is
// asked once only.
func (s *Store) follows(ctx context.Context, stream string, seq int64) (done bool, err error) {
	doc, err := find(ctx, s.log, place(stream, seq))
	if err != nil {
		return false, err
	}
	if doc == nil {
		if done, err := s.standing(ctx, stream); done || err != nil {
			return done, err
		}
		return true, fmt.Errorf("%w: %s %d", store.ErrGap, stream, seq+1)
	}
	if e, err := entryOf(doc); err != nil || e.stub {
		return true, errors.Join(when(e.stub, goneErr(stream)), err)
	}
	s.heads.reach(stream, seq)
	return false, nil
}

// stands looks what an insert that failed has left: own records, which need not
// be put again, and what others put there. It is done when nothing is left to
// put, or nothing can be.
func (s *Store) stands(ctx context.Context, run []store.Record) (left []store.Record, done bool, err error) {
	stream, last := run[0].Stream, run[len(run)-1].Seq
	for left = run; len(left) > 0; {
		there, more, err := s.entries(ctx, stream, left[0].Seq, place(stream, last)+"\x00")
		if err != nil {
			return left, errors.Is(err, store.ErrHole), err
		}
		for _, e := range there {
			r := left[0]
			switch {
			case e.Seq != r.Seq:
				// Somebody may have put it there while the scan went past.
				doc, err := peek(ctx, s.log.sure(), place(stream, r.Seq))
				if doc == nil && err == nil {
					return left, true, holeErr(stream, r.Seq)
				}
				return left, false, err
			case e.stub:
				return left, true, goneErr(stream)
			case e.By != r.By || !bytes.Equal(e.Body, r.Body):
				return left, true, fmt.Errorf("%w: %s %d", store.ErrTaken, stream, r.Seq)
			}
			s.heads.reach(stream, r.Seq)
			left = left[1:]
		}
		if !more {
			return left, len(left) == 0, nil
		}
	}
	return left, true, nil
}

func goneErr(stream string) error { return fmt.Errorf("%w: %s", store.ErrGone, stream) }

func holeErr(stream string, seq int64) error {
	return fmt.Errorf("%w: %s has no place %d", store.ErrHole, stream, seq)
}

// standing is done when a stream is marked as dropped: store.ErrGone.
func (s *Store) standing(ctx context.Context, stream string) (done bool, err error) {
	mark, err := find(ctx, s.claims, store.GoneClaim(stream))
	if mark != nil {
		return true, goneErr(stream)
	}
	return false, err
}

// Read is part of store.Store.
func (s *Store) Read(ctx context.Context, stream string, after int64, f func(store.Record) error) error {
	if err := store.CheckStream(stream); err != nil {
		return err
	}
	if after < 0 {
		return fmt.Errorf("%w: place %d", store.ErrInvalid, after)
	}
	return s.read(ctx, stream, after, s.look, f)
}

// read is Read with a way to look: one that counts each page as a call of its
// own, as f may call the store, or one that does not.
func (s *Store) read(ctx context.Context, stream string, after int64, look func(context.Context, attempt) error, f func(store.Record) error) error {
	for at, more := after, true; more; {
		var page []store.Record
		err := look(ctx, func(ctx context.Context) (done bool, err error) {
			page, more, done, err = s.page(ctx, stream, at, at == after)
			return done, err
		})
		for _, r := range page {
			if err := f(r); err != nil {
				return err
			}
			at = r.Seq
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// page returns the records after a place up to the end of a page or to a hole,
// which then stands at the beginning of the next page and is looked into there.
func (s *Store) page(ctx context.Context, stream string, after int64, first bool) (page []store.Record, more, done bool, err error) {
	from := after + 1
	if first && after > 0 {
		from = after // to see that there is such a place
	}
	there, more, err := s.entries(ctx, stream, from, past(stream))
	if err != nil {
		return nil, false, errors.Is(err, store.ErrHole), err
	}
	beyond := first && after > 0 && len(there) == 0
	for _, e := range there {
		if e.stub {
			return nil, false, true, goneErr(stream)
		}
		if e.Seq == after {
			continue
		}
		want := after + 1 + int64(len(page))
		if e.Seq != want && len(page) > 0 {
			more = true
			break
		}
		if e.Seq != want {
			done, err := s.missing(ctx, stream, want)
			return nil, false, done, err
		}
		page = append(page, e.Record)
	}
	last := after + int64(len(page))
	if beyond {
		done, err = s.missing(ctx, stream, after)
		return nil, false, done, err
	}
	s.heads.reach(stream, last)
	switch short := !more && !s.heads.endsBy(stream, last); { // this handle has seen more
	case short && len(page) > 0:
		more = true
	case short:
		done, err = s.missing(ctx, stream, last+1)
		return nil, false, done, err
	}
	return page, more, true, nil
}

// missing makes sure that a place which a scan did not see is empty, which is
// damage unless the stream was dropped. If it is not empty the scan is to be
// repeated.
func (s *Store) missing(ctx context.Context, stream string, seq int64) (done bool, err error) {
	doc, err := peek(ctx, s.log.sure(), place(stream, seq))
	if err != nil {
		return false, err
	}
	if doc != nil {
		return false, fmt.Errorf("%s %d was not shown yet", stream, seq)
	}
	if done, err := s.standing(ctx, stream); done || err != nil {
		return done, err
	}
	return true, holeErr(stream, seq)
}

// Scan is part of store.Store. A stream that is dropped meanwhile ends where it
// was.
func (s *Store) Scan(ctx context.Context, f func(store.Record) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.Done()
	if err := s.current(ctx); err != nil {
		return err
	}
	streams, err := s.streams(ctx)
	if err != nil {
		return err
	}
	for _, stream := range streams {
		var own error
		err := s.read(ctx, stream, 0, s.turn, func(r store.Record) error {
			own = f(r)
			return own
		})
		if own != nil {
			return own
		}
		if err != nil && !errors.Is(err, store.ErrGone) {
			return err
		}
	}
	return nil
}

// streams returns the names of the streams that are not dropped, in byte order.
// The log has them in another: "ev.10:" comes before "ev.1:". It leaps from
// stream to stream.
func (s *Store) streams(ctx context.Context) (names []string, err error) {
	for next := ""; ; {
		var docs []bson.Raw
		err := s.turn(ctx, func(ctx context.Context) (bool, error) {
			var err error
			docs, err = firstFrom(ctx, s.log.Collection, next)
			return err == nil, err
		})
		if err != nil {
			return nil, err
		}
		if len(docs) == 0 {
			slices.Sort(names)
			return names, nil
		}
		stream, _, ok := strings.Cut(idOf(docs[0]), ":")
		if !ok {
			return nil, fmt.Errorf("%w: the log has %q", store.ErrHole, idOf(docs[0]))
		}
		if stub, _ := docs[0].Lookup("g").BooleanOK(); !stub {
			names = append(names, stream)
		}
		next = past(stream)
	}
}
