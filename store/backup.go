package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// WriteBackup writes everything but the keys: records, claims and blobs. The
// store may be in use: what is written holds everything acknowledged before the
// call and, of each stream, a prefix. A blob that is dropped meanwhile is left
// out. It is the caller's to make w durable.
func WriteBackup(ctx context.Context, s Store, w io.Writer, made time.Time) (t Tally, err error) {
	name, err := Installation(ctx, s)
	if err != nil {
		return t, err
	}
	out, err := newLineWriter(w, fileHead{"backup", fileVersion, made.UnixMilli(), name})
	if err != nil {
		return t, err
	}
	// Records first: what they name, a claim, a blob or a key, was there before
	// them, so what is read after them holds it.
	last := ""
	err = s.Scan(ctx, func(r Record) error {
		if t.Records++; r.Stream != last {
			t.Streams, last = t.Streams+1, r.Stream
		}
		return out.put(fileLine{Record: &fileRecord{r.Stream, r.Seq, r.By, r.At.UnixMilli(), string(r.Body)}})
	})
	if err != nil {
		return t, err
	}
	err = s.Claims(ctx, func(c Claim) error {
		if c.Name == pouring {
			return fmt.Errorf("%w: the store is not filled yet", ErrInvalid)
		}
		if _, gone := GoneStream(c.Name); gone {
			t.Gone++
		} else {
			t.Claims++
		}
		until := int64(0)
		if !c.Until.IsZero() {
			until = c.Until.UnixMilli()
		}
		return out.put(fileLine{Claim: &fileClaim{c.Name, c.Owner, until}})
	})
	if err != nil {
		return t, err
	}
	var sums []string
	if err := s.Blobs(ctx, func(sum string) error { sums = append(sums, sum); return nil }); err != nil {
		return t, err
	}
	for _, sum := range sums {
		b, err := s.Blob(ctx, sum)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return t, err
		}
		t.Blobs++
		if err := out.put(fileLine{Blob: &fileBlob{sum, b}}); err != nil {
			return t, err
		}
	}
	return t, out.end(t)
}

// Backup is a backup that was read through once and is whole.
type Backup struct {
	Made         time.Time
	Installation string
	Tally        Tally

	in     io.ReadSeeker
	offset map[string]int64 // of blobs
}

// ReadBackup reads a backup through and verifies it: its sum, its version, every
// bound of a store, that no place is missing, and that each blob has its name.
//
// ErrDamaged, ErrHole: it is not what WriteBackup wrote. ErrForeign: it is no
// backup. ErrNewer: a newer Goen wrote it.
func ReadBackup(in io.ReadSeeker) (*Backup, error) {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	b := &Backup{in: in, offset: map[string]int64{}}
	var t Tally
	var last Record
	head, end, err := readLines(in, "backup", func(offset int64, line fileLine) error {
		switch {
		case line.Record != nil:
			r := line.Record.record()
			if r.Stream == last.Stream && r.Seq != last.Seq+1 || r.Stream != last.Stream && (r.Stream < last.Stream || r.Seq != 1) {
				return fmt.Errorf("%w: %s %d is followed by %s %d", ErrHole, clip(last.Stream), last.Seq, clip(r.Stream), r.Seq)
			}
			if t.Records++; r.Stream != last.Stream {
				t.Streams++
			}
			last = r
			return CheckRun([]Record{r})
		case line.Claim != nil:
			if stream, gone := GoneStream(line.Claim.Name); gone {
				t.Gone++
				return CheckStream(stream)
			}
			t.Claims++
			return CheckClaim(line.Claim.Name, line.Claim.Owner)
		case line.Blob != nil:
			t.Blobs++
			if sum, err := Sum(line.Blob.Bytes); err != nil || sum != line.Blob.Sum {
				return errors.Join(fmt.Errorf("%w: blob %s has other bytes", ErrDamaged, clip(line.Blob.Sum)), err)
			}
			b.offset[line.Blob.Sum] = offset
			return nil
		}
		return fmt.Errorf("%w: a line of no kind", ErrDamaged)
	})
	if err != nil {
		return nil, err
	}
	if t != end {
		return nil, fmt.Errorf("%w: it holds %+v and says %+v", ErrDamaged, t, end)
	}
	b.Made, b.Installation, b.Tally = time.UnixMilli(head.Made).UTC(), head.Installation, t
	return b, nil
}

func (r fileRecord) record() Record {
	return Record{Stream: r.Stream, Seq: r.Seq, By: r.By, At: time.UnixMilli(r.At).UTC(), Body: []byte(r.Body)}
}

func (c fileClaim) claim() Claim {
	until := time.Time{}
	if c.Until != 0 {
		until = time.UnixMilli(c.Until).UTC()
	}
	return Claim{c.Name, c.Owner, until}
}

// lines reads the file once more; that it is still the same, its sum says.
func (b *Backup) lines(ctx context.Context, f func(fileLine) error) error {
	if _, err := b.in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, _, err := readLines(b.in, "backup", func(_ int64, line fileLine) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return f(line)
	})
	return err
}

// Restored is a backup with the keys that belong to it, as a Source. What was
// dropped or erased after the backup, the keys know, and it stays so.
type Restored struct {
	*Backup
	File *KeyFile
}

// Scan is part of Source.
func (s Restored) Scan(ctx context.Context, f func(Record) error) error {
	return s.lines(ctx, func(line fileLine) error {
		if line.Record == nil || s.File.Gone[line.Record.Stream] {
			return nil
		}
		return f(line.Record.record())
	})
}

// Claims is part of Source.
func (s Restored) Claims(ctx context.Context, f func(Claim) error) error {
	for stream := range s.File.Gone {
		if err := f(Claim{Name: GoneClaim(stream), Owner: "store"}); err != nil {
			return err
		}
	}
	return s.lines(ctx, func(line fileLine) error {
		if line.Claim == nil {
			return nil
		}
		if stream, gone := GoneStream(line.Claim.Name); gone && s.File.Gone[stream] {
			return nil
		}
		return f(line.Claim.claim())
	})
}

// Keys is part of Source.
func (s Restored) Keys(_ context.Context, f func(id string, wrapped []byte) error) error {
	for id, wrapped := range s.File.Keys {
		if err := f(id, wrapped); err != nil {
			return err
		}
	}
	return nil
}

// Blobs is part of Source.
func (s Restored) Blobs(_ context.Context, f func(sum string) error) error {
	for sum := range s.offset {
		if err := f(sum); err != nil {
			return err
		}
	}
	return nil
}

// Blob is part of Source.
func (s Restored) Blob(_ context.Context, sum string) ([]byte, error) {
	offset, there := s.offset[sum]
	if !there {
		return nil, ErrNotFound
	}
	if _, err := s.in.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	var line fileLine
	if err := decodeOne(s.in, &line); err != nil || line.Blob == nil {
		return nil, errors.Join(fmt.Errorf("%w: blob %s", ErrDamaged, sum), err)
	}
	if is, err := Sum(line.Blob.Bytes); err != nil || is != sum {
		return nil, errors.Join(fmt.Errorf("%w: blob %s", ErrDamaged, sum), err)
	}
	return line.Blob.Bytes, nil
}
