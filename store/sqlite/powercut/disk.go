// Package powercut is a disk whose power can be cut. It is for tests alone: a
// VFS of SQLite that keeps in the memory of the process what was written and
// not yet synced, so that the end of the process, by SIGKILL too, loses what a
// power cut loses. It is also a disk that gets full and whose syncs fail.
//
// What it models: a write or a truncation reaches the file at the next sync of
// that file, or earlier: sectors of 512 bytes one by one and in any order, as a
// cache writes them out. A deletion reaches the folder at the folder's next
// sync, or at once. A sync that is cut short has written some sectors. A sync
// that fails has written some and forgets the others, as Linux does: they can
// still be read, and no later sync writes them.
//
// What it does not model: a sector that is half written, bytes that rot, and a
// new file whose name is lost (it is there, and empty). Files that are not
// SQLite's are on the machine's own disk.
package powercut

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

const sector = 512

// Act is something that is asked of a disk.
type Act struct {
	Kind Kind
	File string // base name
	N    int    // how many acts of this kind there were before, on all files
}

// Kind is what kind of act it is.
type Kind int

// The kinds. Syncing and Synced are moments of a sync and not acts: their fault
// is not heeded.
const (
	Write    Kind = iota // bytes into the cache
	Truncate             // in the cache
	Sync                 // before anything of it is done
	Syncing              // some sectors are written
	Synced               // all are, and SQLite does not know it yet
	Extend               // of the memory that connections share, which is a file too
	kinds
)

func (k Kind) String() string {
	return [kinds]string{"write", "truncate", "sync", "syncing", "synced", "extend"}[k]
}

// Fault is what becomes of an act.
type Fault int

// The faults.
const (
	None    Fault = iota
	Full          // no room; nothing is written
	Short         // no room; half of it is written
	Error         // an I/O error; nothing is written, or of a sync some
	Ignored       // of a sync: nothing is done, and that is called a success
	Lost          // of a sync: an error that is called a success
	Cut           // the power goes, see Disk.Cut
)

// Config is how a disk behaves.
type Config struct {
	Seed  uint64
	Early float64             // chance that a write is followed by some sectors of all unsynced ones
	On    func(act Act) Fault // called at every act, one at a time; nil: all goes well
}

// Disk is one disk. Its name is for sqlite.WithVFS.
type Disk struct {
	Name string

	config Config
	rng    *rand.Rand
	vfs    *vfs

	mu    sync.Mutex
	files map[string]*file
	count [kinds]int
	dead  bool
}

// file is what the process sees, and what of it the disk does not hold.
type file struct {
	name   string
	view   []byte
	dirty  map[int64]bool // numbers of sectors
	cut    int64          // to which size the file is still to be truncated; -1: it is not
	absent bool           // deleted, and the folder may not know it
	open   []uintptr      // the files of the system's own VFS, to write through
}

// Cut takes the power away: what was not synced is lost, and from now on every
// act fails. Close the databases, and open them on another Disk.
func (d *Disk) Cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
}

// at counts an act and asks what becomes of it. It is under mu.
func (d *Disk) at(kind Kind, f *file) Fault {
	if d.dead {
		return Cut
	}
	n := d.count[kind]
	d.count[kind]++
	if d.config.On == nil {
		return None
	}
	fault := d.config.On(Act{kind, f.name, n})
	if fault == Cut {
		d.dead = true
	}
	return fault
}

func (f *file) write(b []byte, at int64) {
	if end := at + int64(len(b)); end > int64(len(f.view)) {
		// What lies between the old end and this write is zeros on the disk too.
		f.view = append(f.view, make([]byte, end-int64(len(f.view)))...)
	}
	copy(f.view[at:], b)
	for n := at / sector; n*sector < at+int64(len(b)); n++ {
		f.dirty[n] = true
	}
}

func (f *file) truncate(size int64) {
	if size >= int64(len(f.view)) {
		return
	}
	f.view = slices.Clip(f.view[:size])
	if f.cut < 0 || size < f.cut {
		f.cut = size
	}
	maps.DeleteFunc(f.dirty, func(n int64, _ bool) bool { return n*sector >= size })
}

// early writes some unsynced sectors out, of all files.
func (d *Disk) early(tls *libc.TLS) {
	if d.rng.Float64() >= d.config.Early {
		return
	}
	names := slices.Sorted(maps.Keys(d.files))
	for _, name := range names {
		f := d.files[name]
		if len(f.open) > 0 && len(f.dirty) > 0 {
			share := d.rng.Float64()
			d.flush(tls, f, f.open[0], func() bool { return d.rng.Float64() < share })
		}
	}
}

// flush writes the unsynced sectors that chosen says, in any order. A file that
// is to be truncated is so before it gets new sectors.
func (d *Disk) flush(tls *libc.TLS, f *file, real uintptr, chosen func() bool) bool {
	if f.cut >= 0 {
		if !d.vfs.truncate(tls, real, f.cut) {
			return false
		}
		f.cut = -1
	}
	order := slices.Sorted(maps.Keys(f.dirty))
	d.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, n := range order {
		if !chosen() {
			continue
		}
		end := min((n+1)*sector, int64(len(f.view)))
		if !d.vfs.write(tls, real, f.view[n*sector:end], n*sector) {
			return false
		}
		delete(f.dirty, n)
	}
	return true
}

// forget is a sync of the folder: what was deleted does not come back.
func (d *Disk) forget(tls *libc.TLS) {
	for path, f := range d.files {
		if !f.absent || f.cut < 0 {
			continue
		}
		if zPath, err := libc.CString(path); err == nil && d.vfs.remove(tls, zPath) == lib.SQLITE_OK {
			f.cut = -1
			libc.Xfree(tls, zPath)
		}
	}
}

func always() bool { return true }

// sync is a whole sync of a file, with the moments in it.
func (d *Disk) sync(tls *libc.TLS, f *file, real uintptr) bool {
	half := func() bool { return d.rng.IntN(2) == 0 }
	switch fault := d.at(Sync, f); fault {
	case None:
	case Cut:
		return false
	case Ignored:
		return true
	default:
		d.flush(tls, f, real, half)
		clear(f.dirty)
		return fault == Lost
	}
	if !d.flush(tls, f, real, half) || d.at(Syncing, f) == Cut || !d.flush(tls, f, real, always) || d.at(Synced, f) == Cut {
		return false
	}
	return true
}
