package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
)

// Copies is what each stream shows now, as bytes, with the numbers that make
// resuming possible. It is derived: whoever folds the same log has the same
// copies, number for number and byte for byte.
//
// A stream's number moves when, and only when, its bytes change. So a fact
// that is nobody else's business leaves no trace in anybody else's stream,
// neither as a frame nor as a gap in the numbers.
type Copies struct {
	life    string // of the installation: anew with each restore
	name    string // Epoch, once somebody asked
	epoch   uint64
	cells   map[Ref][]cell
	streams map[Stream]*stream
	moved   []*stream
}

// cell is one noun in one stream.
type cell struct {
	in   *stream
	born uint64 // when it first came: whoever left before does not know it
	seq  uint64 // when it last came, changed or went
	json []byte // nil: gone
}

type stream struct {
	name  Stream
	seq   uint64
	live  int
	trail []step // every move in order; stale ones are skipped and swept
	sweep int    // length of the trail at which to sweep next
	full  []byte // the whole copy at seq, made on demand, for a stream of many
	dirty bool
	since map[uint64][]byte // what brings a phone from a number to seq, made on demand, for a stream of many
}

type step struct {
	seq uint64
	ref Ref
}

// Turn is what one record makes visible, as bytes: taken from the state when
// the record is folded, applied to the copies once it is durable.
type Turn struct {
	epoch   uint64
	restart bool
	looks   []look
}

type look struct {
	ref    Ref
	sights []sighted
}

type sighted struct {
	in   Stream
	json []byte
}

// NewCopies are the copies before the first record. life names what the log has
// gone on from, empty for one that was never restored: after a restore from a
// backup other records come to places that phones have already seen.
func NewCopies(life string) *Copies {
	return &Copies{life: life, cells: map[Ref][]cell{}, streams: map[Stream]*stream{}}
}

// Prepare looks at what may look different after a record. epoch is the
// state's before it: an erasure begins everything anew.
func Prepare(s *State, refs []Ref, epoch uint64) Turn {
	t := Turn{epoch: s.Epoch, restart: s.Epoch != epoch}
	if t.restart {
		refs = s.Refs() // in an order that does not depend on the way here
	}
	t.looks = make([]look, 0, len(refs))
	for _, r := range refs {
		sights := See(s, r)
		l := look{r, make([]sighted, 0, len(sights))}
		for _, sight := range sights {
			b, err := json.Marshal(sight.View)
			if err != nil {
				panic(err) // views are plain structs
			}
			l.sights = append(l.sights, sighted{sight.In, b})
		}
		t.looks = append(t.looks, l)
	}
	return t
}

// Apply moves the copies by one record and says which streams changed. After
// a restart that is nil, and everybody takes everything anew (Epoch changes).
func (c *Copies) Apply(t Turn) []Stream {
	if t.restart {
		*c = *NewCopies(c.life)
		c.epoch = t.epoch
	}
	for _, l := range t.looks {
		c.look(l.ref, l.sights)
	}
	moved := make([]Stream, 0, len(c.moved))
	for _, st := range c.moved {
		st.seq++
		st.full, st.since, st.dirty = nil, nil, false
		c.sweep(st)
		moved = append(moved, st.name)
	}
	c.moved = c.moved[:0]
	if t.restart {
		return nil
	}
	return moved
}

func (c *Copies) look(r Ref, sights []sighted) {
	cells := c.cells[r]
	for i := range cells {
		cell := &cells[i]
		if cell.json != nil && !shown(sights, cell.in.name) {
			cell.json = nil
			cell.in.live--
			c.move(cell, r)
		}
	}
	for _, sight := range sights {
		i := cellIn(cells, sight.in)
		if i < 0 {
			st := c.stream(sight.in)
			cells = append(cells, cell{in: st, born: st.seq + 1})
			i = len(cells) - 1
		}
		cell := &cells[i]
		if bytes.Equal(cell.json, sight.json) {
			continue
		}
		if cell.json == nil {
			cell.in.live++
		}
		cell.json = sight.json
		c.move(cell, r)
	}
	if len(cells) > 0 {
		c.cells[r] = cells
	}
}

func (c *Copies) move(cell *cell, r Ref) {
	st := cell.in
	cell.seq = st.seq + 1
	st.trail = append(st.trail, step{cell.seq, r})
	if !st.dirty {
		st.dirty = true
		c.moved = append(c.moved, st)
	}
}

func shown(sights []sighted, in Stream) bool {
	for _, s := range sights {
		if s.in == in {
			return true
		}
	}
	return false
}

func cellIn(cells []cell, in Stream) int {
	for i := range cells {
		if cells[i].in.name == in {
			return i
		}
	}
	return -1
}

func (c *Copies) stream(name Stream) *stream {
	st := c.streams[name]
	if st == nil {
		st = &stream{name: name}
		c.streams[name] = st
	}
	return st
}

func (c *Copies) at(st *stream, s step) *cell {
	cells := c.cells[s.ref]
	i := cellIn(cells, st.name)
	if i < 0 || cells[i].seq != s.seq {
		return nil // it moved again later
	}
	return &cells[i]
}

// sweep keeps the trail within twice what it has to say.
func (c *Copies) sweep(st *stream) {
	if len(st.trail) < st.sweep {
		return
	}
	kept := st.trail[:0]
	for _, s := range st.trail {
		if c.at(st, s) != nil {
			kept = append(kept, s)
		}
	}
	st.trail = kept
	st.sweep = 2*len(kept) + 64
}

// sightVersion moves whenever See or a view changes, for then the same log gives
// other numbers. A golden test reminds of it.
const sightVersion = 6

// sinceMost is how many ways to now a stream keeps.
const sinceMost = 64

// Epoch names the way in which the streams count now. A phone that comes with
// another one takes everything anew.
func (c *Copies) Epoch() string {
	if c.name == "" { // every phone asks at every change
		c.name = fmt.Sprintf("%d.%d", sightVersion, c.epoch)
		if c.life != "" {
			c.name += "." + c.life
		}
	}
	return c.name
}

// Seq is the number at which a stream stands.
func (c *Copies) Seq(in Stream) uint64 {
	if st := c.streams[in]; st != nil {
		return st.seq
	}
	return 0
}

// Full is the whole copy of a stream. The bytes are shared: do not write them.
func (c *Copies) Full(in Stream) []byte {
	st := c.streams[in]
	if st == nil {
		return encodeView(in.Name, true, 0, 0, nil, nil)
	}
	if st.full != nil {
		return st.full
	}
	put := make([][]byte, 0, st.live)
	for _, s := range st.trail {
		if cell := c.at(st, s); cell != nil && cell.json != nil {
			put = append(put, cell.json)
		}
	}
	b := encodeView(in.Name, true, 0, st.seq, put, nil)
	if in.ID == "" { // many will ask for the same; for one person it is not worth its memory
		st.full = b
	}
	return b
}

// Since brings a phone that stands at seq to now: what changed meanwhile as it
// is now, and the ids of what it had and may no longer see. It serves a phone
// that was away, one that is slow, and a burst that goes out as one. A number
// of another epoch (see Epoch) is worth nothing: ask with 0. The bytes are
// shared: do not write them.
func (c *Copies) Since(in Stream, seq uint64) []byte {
	st := c.streams[in]
	if st == nil || seq == 0 || seq > st.seq {
		return c.Full(in)
	}
	if b := st.since[seq]; b != nil {
		return b
	}
	var put [][]byte
	var drop []string
	from := sort.Search(len(st.trail), func(i int) bool { return st.trail[i].seq > seq })
	for _, s := range st.trail[from:] {
		switch cell := c.at(st, s); {
		case cell == nil:
		case cell.json != nil:
			put = append(put, cell.json)
		case cell.born <= seq:
			drop = append(drop, s.ref.ID)
		}
	}
	b := encodeView(in.Name, false, seq, st.seq, put, drop)
	if in.ID == "" && len(st.since) < sinceMost { // whoever invents numbers fills no memory
		if st.since == nil {
			st.since = map[uint64][]byte{}
		}
		st.since[seq] = b
	}
	return b
}

// encodeView writes the one message in which a stream reaches a phone.
func encodeView(name Name, full bool, after, seq uint64, put [][]byte, drop []string) []byte {
	n := 64
	for _, b := range put {
		n += len(b) + 1
	}
	for _, id := range drop {
		n += len(id) + 3
	}
	b := make([]byte, 0, n)
	b = append(b, `{"t":"view","in":"`...)
	b = append(b, name.String()...)
	if full {
		b = append(b, `","full":true,"seq":`...)
	} else {
		b = append(b, `","after":`...)
		b = strconv.AppendUint(b, after, 10)
		b = append(b, `,"seq":`...)
	}
	b = strconv.AppendUint(b, seq, 10)
	if len(put) > 0 {
		b = append(b, `,"put":[`...)
		for i, obj := range put {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, obj...)
		}
		b = append(b, ']')
	}
	if len(drop) > 0 {
		b = append(b, `,"drop":[`...)
		for i, id := range drop {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendQuote(b, id)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
