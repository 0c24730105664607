package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"time"
)

// Source is what can be poured into a store: another store, or a backup with
// its keys. The methods are those of Store.
type Source interface {
	Scan(ctx context.Context, f func(Record) error) error
	Claims(ctx context.Context, f func(Claim) error) error
	Keys(ctx context.Context, f func(id string, wrapped []byte) error) error
	Blobs(ctx context.Context, f func(sum string) error) error
	Blob(ctx context.Context, sum string) ([]byte, error)
}

// The errors of Pour.
var (
	ErrNotEmpty = errors.New("store: the target holds something else")        // nothing was written
	ErrMoved    = errors.New("store: the source changed while it was copied") // stop who writes there, repeat
)

const (
	pouring      = "goen.pouring"      // held while a store is being filled: it must not be served
	installation = "goen.installation" // its owner is the installation's name

	pourRecords = 64      // most records in one Append of Pour
	pourBytes   = 1 << 20 // likewise, of their bodies
)

// Tally counts what a store or a backup holds.
type Tally struct {
	Streams, Records, Claims, Keys, Erased, Gone, Blobs int
}

// Installation returns the name of the installation that a store belongs to,
// and gives it one if it has none yet. It goes with every copy and backup.
func Installation(ctx context.Context, s Store) (string, error) {
	return s.Claim(ctx, installation, text(random(16)), time.Time{})
}

// HalfFilled returns the owner that an unfinished Pour was called with, or "".
// Such a store must not be served.
func HalfFilled(ctx context.Context, s Store) (owner string, err error) {
	owner, err = s.Holder(ctx, pouring)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return owner, err
}

// Pour copies everything from a source into a store and compares both
// afterwards, claims that ran out by the clock now excepted. The store must be
// empty or hold a prefix of the same installation, as a Pour leaves it that was
// cut short: so it may be repeated. While it runs the store is marked by owner
// (see HalfFilled). The source must have a name (see Installation).
//
// ErrNotEmpty: nothing was written. ErrMoved: repeat. Other errors are those of
// the two; ErrUnknown is one of them, and Pour is to be repeated then.
func Pour(ctx context.Context, from Source, to Store, owner string, now func() time.Time) (Tally, error) {
	have, err := surveyOf(ctx, to)
	if err != nil {
		return Tally{}, fmt.Errorf("target: %w", err)
	}
	want, err := surveyOf(ctx, from)
	if err != nil {
		return Tally{}, fmt.Errorf("source: %w", err)
	}
	if want.claims[installation].Owner == "" {
		return Tally{}, fmt.Errorf("%w: the source has no name", ErrInvalid)
	}
	if !have.empty() {
		if err := have.prefixOf(ctx, want, from, now()); err != nil {
			return Tally{}, err
		}
	}
	p := pourer{from, to, have, want, now}
	for _, c := range []Claim{want.claims[installation], {Name: pouring, Owner: owner}} {
		if holder, err := to.Claim(ctx, c.Name, c.Owner, c.Until); err != nil || holder != c.Owner {
			return Tally{}, errors.Join(err, fmt.Errorf("target: %s is held by %q", c.Name, holder))
		}
	}
	for _, step := range []func(context.Context) error{p.drops, p.keys, p.blobs, p.claims, p.records} {
		if err := step(ctx); err != nil {
			return Tally{}, err
		}
	}
	tally, err := Compare(ctx, from, to, now)
	if err != nil {
		return Tally{}, err
	}
	return tally, to.Release(ctx, pouring, owner)
}

// Compare returns what two sources hold if it is the same, and ErrMoved if not.
// A claim that ran out by the clock now counts for nothing.
func Compare(ctx context.Context, a, b Source, now func() time.Time) (Tally, error) {
	is, err := surveyOf(ctx, a)
	if err != nil {
		return Tally{}, fmt.Errorf("source: %w", err)
	}
	has, err := surveyOf(ctx, b)
	if err != nil {
		return Tally{}, fmt.Errorf("target: %w", err)
	}
	is.forget(now())
	has.forget(now())
	for _, differs := range []struct {
		what string
		is   bool
	}{
		{"streams", !maps.Equal(is.streams, has.streams)},
		{"claims", !maps.EqualFunc(is.claims, has.claims, sameClaim)},
		{"keys", !maps.Equal(is.keys, has.keys)},
		{"blobs", !maps.Equal(is.blobs, has.blobs)},
	} {
		if differs.is {
			return Tally{}, fmt.Errorf("%w: the %s differ", ErrMoved, differs.what)
		}
	}
	return is.tally(), nil
}

// survey is what there is, in short: enough to compare two.
type survey struct {
	streams map[string]mark
	claims  map[string]Claim
	keys    map[string]string // wrapped; "" is a tombstone
	blobs   map[string]bool
}

// mark is how far a stream goes, and a hash of it all.
type mark struct {
	n    int64
	hash [sha256.Size]byte
}

func surveyOf(ctx context.Context, s Source) (survey, error) {
	v := survey{map[string]mark{}, map[string]Claim{}, map[string]string{}, map[string]bool{}}
	chain := chain{}
	err := s.Scan(ctx, func(r Record) error {
		chain.add(r)
		v.streams[r.Stream] = mark{r.Seq, chain.sum()}
		return nil
	})
	if err == nil {
		err = s.Claims(ctx, func(c Claim) error { v.claims[c.Name] = c; return nil })
	}
	if err == nil {
		err = s.Keys(ctx, func(id string, wrapped []byte) error { v.keys[id] = string(wrapped); return nil })
	}
	if err == nil {
		err = s.Blobs(ctx, func(sum string) error { v.blobs[sum] = true; return nil })
	}
	return v, err
}

func sameClaim(a, b Claim) bool {
	if _, gone := GoneStream(a.Name); gone {
		return true // whatever an engine writes beside its mark
	}
	return a.Owner == b.Owner && a.Until.Equal(b.Until)
}

func (v survey) empty() bool {
	return len(v.streams)+len(v.claims)+len(v.keys)+len(v.blobs) == 0
}

// forget leaves out what ran out meanwhile, and the mark of the pouring itself.
func (v survey) forget(now time.Time) {
	maps.DeleteFunc(v.claims, func(name string, c Claim) bool {
		return name == pouring || !c.Until.IsZero() && !c.Until.After(now)
	})
}

func (v survey) gone(stream string) bool { return v.claims[GoneClaim(stream)].Owner != "" }

func (v survey) tally() (t Tally) {
	t.Streams, t.Blobs = len(v.streams), len(v.blobs)
	for _, m := range v.streams {
		t.Records += int(m.n)
	}
	for name := range v.claims {
		if _, gone := GoneStream(name); gone {
			t.Gone++
		} else {
			t.Claims++
		}
	}
	for _, wrapped := range v.keys {
		if wrapped == "" {
			t.Erased++
		} else {
			t.Keys++
		}
	}
	return t
}

// prefixOf returns ErrNotEmpty unless all that is here came from where want was
// seen, perhaps at an earlier time.
func (v survey) prefixOf(ctx context.Context, want survey, from Source, now time.Time) error {
	if v.claims[installation].Owner != want.claims[installation].Owner {
		return fmt.Errorf("%w: another installation, or one that was started already", ErrNotEmpty)
	}
	heads := map[string]mark{}
	chain := chain{}
	err := from.Scan(ctx, func(r Record) error {
		chain.add(r)
		if r.Seq == v.streams[r.Stream].n {
			heads[r.Stream] = mark{r.Seq, chain.sum()}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	for stream, m := range v.streams {
		if heads[stream] != m && !want.gone(stream) {
			return fmt.Errorf("%w: stream %s went another way", ErrNotEmpty, stream)
		}
	}
	for id, wrapped := range v.keys {
		if is, there := want.keys[id]; !there || is != wrapped && is != "" {
			return fmt.Errorf("%w: key %s", ErrNotEmpty, id)
		}
	}
	for name := range v.claims {
		if stream, gone := GoneStream(name); gone && !want.gone(stream) {
			return fmt.Errorf("%w: stream %s was dropped", ErrNotEmpty, stream)
		}
	}
	if v.claims[pouring].Owner != "" {
		return nil // a Pour was cut short: the rest that is not in the source was, then
	}
	v.forget(now)
	for name, c := range v.claims {
		if want.claims[name].Owner != c.Owner {
			return fmt.Errorf("%w: claim %s", ErrNotEmpty, name)
		}
	}
	for sum := range v.blobs {
		if !want.blobs[sum] {
			return fmt.Errorf("%w: blob %s", ErrNotEmpty, sum)
		}
	}
	return nil
}

type pourer struct {
	from       Source
	to         Store
	have, want survey
	now        func() time.Time
}

func (p pourer) drops(ctx context.Context) error {
	for name := range p.want.claims {
		if stream, gone := GoneStream(name); gone && !p.have.gone(stream) {
			if err := p.to.Drop(ctx, stream); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p pourer) keys(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(p.want.keys)) {
		wrapped := p.want.keys[id]
		if is, there := p.have.keys[id]; there && is == wrapped {
			continue
		}
		put := func() error { return p.to.PutKey(ctx, id, []byte(wrapped)) }
		if wrapped == "" {
			put = func() error { return p.to.DropKey(ctx, id) }
		}
		if err := put(); err != nil {
			return err
		}
	}
	return nil
}

func (p pourer) blobs(ctx context.Context) error {
	for sum := range p.have.blobs {
		if !p.want.blobs[sum] {
			if err := p.to.DropBlob(ctx, sum); err != nil {
				return err
			}
		}
	}
	for sum := range p.want.blobs {
		if p.have.blobs[sum] {
			continue
		}
		b, err := p.from.Blob(ctx, sum)
		if errors.Is(err, ErrNotFound) {
			return fmt.Errorf("%w: blob %s is gone", ErrMoved, sum)
		}
		if err == nil {
			_, err = p.to.PutBlob(ctx, b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p pourer) claims(ctx context.Context) error {
	for name, c := range p.have.claims {
		if _, gone := GoneStream(name); gone || name == pouring || p.want.claims[name].Owner == c.Owner {
			continue
		}
		if err := p.to.Release(ctx, name, c.Owner); err != nil {
			return err
		}
	}
	for name, c := range p.want.claims {
		if _, gone := GoneStream(name); gone || name == pouring || !c.Until.IsZero() && !c.Until.After(p.now()) {
			continue
		}
		holder, err := p.to.Claim(ctx, name, c.Owner, c.Until)
		if errors.Is(err, ErrInvalid) && !c.Until.IsZero() {
			continue // it ran out just now
		}
		if err != nil {
			return err
		}
		if holder != c.Owner {
			return fmt.Errorf("target: %w: claim %s", ErrTaken, name)
		}
	}
	return nil
}

func (p pourer) records(ctx context.Context) error {
	var run []Record
	size := 0
	flush := func() error {
		err := p.to.Append(ctx, run...)
		run, size = run[:0], 0
		return err
	}
	err := p.from.Scan(ctx, func(r Record) error {
		if r.Seq <= p.have.streams[r.Stream].n {
			return nil
		}
		if len(run) > 0 && (run[0].Stream != r.Stream || len(run) == pourRecords || size+len(r.Body) > pourBytes) {
			if err := flush(); err != nil {
				return err
			}
		}
		run, size = append(run, r), size+len(r.Body)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// chain is the running hash of a stream; it begins anew with each.
type chain struct{ h hash.Hash }

func (c *chain) add(r Record) {
	if r.Seq == 1 || c.h == nil {
		c.h = sha256.New()
	}
	var head [4 * 8]byte
	for i, n := range []int64{r.Seq, r.At.UnixMilli(), int64(len(r.By)), int64(len(r.Body))} {
		binary.BigEndian.PutUint64(head[8*i:], uint64(n))
	}
	c.h.Write(head[:])
	c.h.Write([]byte(r.By))
	c.h.Write(r.Body)
}

func (c *chain) sum() [sha256.Size]byte { return [sha256.Size]byte(c.h.Sum(nil)) }
