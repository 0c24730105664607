package powercut

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// This file is how SQLite finds a Disk: tables of functions in the memory of
// its C library. The functions know their disk by a number there.

type (
	tables  = lib.Tsqlite3_io_methods
	system  = lib.Tsqlite3_vfs
	result  = int32
	address = uintptr // in the memory of SQLite
)

// SQLite's callbacks are functions without a receiver, hence these.
var (
	disks   sync.Map // by the number that is a VFS's pAppData
	handles sync.Map // by the number in an open file
	numbers atomic.Uintptr
)

// opened is an open file as SQLite holds it. The system's own follows it.
type opened struct {
	methods address
	number  uintptr
}

// journals are the files at whose making SQLite wants the folder synced.
const journals = lib.SQLITE_OPEN_MAIN_JOURNAL | lib.SQLITE_OPEN_SUPER_JOURNAL | lib.SQLITE_OPEN_WAL

const headSize = unsafe.Sizeof(opened{})

type handle struct {
	disk *Disk
	file *file
	real address
	new  bool // its first sync is one of the folder too, as the system's own VFS does it
}

// vfs is what a disk has in SQLite's memory.
type vfs struct {
	tls     *libc.TLS
	number  uintptr
	name    address
	self    address
	methods address
	base    address // the system's own VFS
}

// at is a pointer into SQLite's memory, which Go's collector does not move.
func at[T any](p address) *T { return *(**T)(unsafe.Pointer(&p)) }

// code is a function as SQLite's memory holds it; fn is the way back.
func code[F any](f F) address         { return *(*address)(unsafe.Pointer(&f)) }
func fn[F any](p *address) F          { return *(*F)(unsafe.Pointer(p)) }
func bytesAt(p address, n int) []byte { return unsafe.Slice(at[byte](p), n) }

// New registers a disk with SQLite. Close takes it out again.
func New(c Config) (*Disk, error) {
	d := &Disk{config: c, rng: rand.New(rand.NewPCG(c.Seed, 7)), files: map[string]*file{}}
	v := &vfs{tls: libc.NewTLS(), number: numbers.Add(1)}
	d.vfs, d.Name = v, fmt.Sprintf("powercut%d", v.number)
	v.base = lib.Xsqlite3_vfs_find(v.tls, 0)
	var err error
	if v.name, err = libc.CString(d.Name); err != nil {
		return nil, err
	}
	v.self = libc.Xmalloc(v.tls, libc.Tsize_t(unsafe.Sizeof(system{})))
	v.methods = libc.Xmalloc(v.tls, libc.Tsize_t(unsafe.Sizeof(tables{})))
	if v.base == 0 || v.self == 0 || v.methods == 0 {
		return nil, fmt.Errorf("powercut: no memory, or no VFS to stand on")
	}
	self := at[system](v.self)
	*self = *at[system](v.base) // paths, time and chance are the system's
	self.FpNext, self.FzName, self.FpAppData = 0, v.name, v.number
	self.FszOsFile += int32(headSize)
	self.FxOpen, self.FxDelete, self.FxAccess = code(open), code(remove), code(access)
	*at[tables](v.methods) = tables{
		FiVersion: 2, // with shared memory, without mapping of the file
		FxClose:   code(closeFile), FxRead: code(read), FxWrite: code(write), FxTruncate: code(truncate), FxSync: code(syncFile), FxFileSize: code(size),
		FxLock: code(lock), FxUnlock: code(unlock), FxCheckReservedLock: code(reserved), FxFileControl: code(control),
		FxSectorSize: code(sectorSize), FxDeviceCharacteristics: code(characteristics),
		FxShmMap: code(shmMap), FxShmLock: code(shmLock), FxShmBarrier: code(shmBarrier), FxShmUnmap: code(shmUnmap),
	}
	disks.Store(v.number, d)
	if rc := lib.Xsqlite3_vfs_register(v.tls, v.self, 0); rc != lib.SQLITE_OK {
		return nil, fmt.Errorf("powercut: register: %d", rc)
	}
	return d, nil
}

// Close takes the disk out of SQLite. All databases on it must be closed.
func (d *Disk) Close() {
	v := d.vfs
	lib.Xsqlite3_vfs_unregister(v.tls, v.self)
	disks.Delete(v.number)
	for _, p := range []address{v.self, v.methods, v.name} {
		libc.Xfree(v.tls, p)
	}
	v.tls.Close()
}

func diskOf(pVfs address) *Disk {
	d, _ := disks.Load(at[system](pVfs).FpAppData)
	return d.(*Disk)
}

func handleOf(p address) *handle {
	h, _ := handles.Load(at[opened](p).number)
	return h.(*handle)
}

// below are the functions of the system's own file.
func below(real address) *tables { return at[tables](at[opened](real).methods) }

func (v *vfs) truncate(tls *libc.TLS, real address, size int64) bool {
	f := fn[func(*libc.TLS, address, int64) result](&below(real).FxTruncate)
	return f(tls, real, size) == lib.SQLITE_OK
}

func (v *vfs) write(tls *libc.TLS, real address, b []byte, to int64) bool {
	if len(b) == 0 {
		return true
	}
	buf := libc.Xmalloc(tls, libc.Tsize_t(len(b)))
	defer libc.Xfree(tls, buf)
	copy(bytesAt(buf, len(b)), b)
	f := fn[func(*libc.TLS, address, address, int32, int64) result](&below(real).FxWrite)
	return f(tls, real, buf, int32(len(b)), to) == lib.SQLITE_OK
}

func (v *vfs) remove(tls *libc.TLS, zPath address) result {
	return fn[func(*libc.TLS, address, address, int32) result](&at[system](v.base).FxDelete)(tls, v.base, zPath, 0)
}

// load reads a file as it lies there.
func (v *vfs) load(tls *libc.TLS, real address) ([]byte, bool) {
	p := libc.Xmalloc(tls, 8)
	defer libc.Xfree(tls, p)
	if fn[func(*libc.TLS, address, address) result](&below(real).FxFileSize)(tls, real, p) != lib.SQLITE_OK {
		return nil, false
	}
	n := *at[int64](p)
	if n == 0 {
		return nil, true
	}
	buf := libc.Xmalloc(tls, libc.Tsize_t(n))
	defer libc.Xfree(tls, buf)
	if fn[func(*libc.TLS, address, address, int32, int64) result](&below(real).FxRead)(tls, real, buf, int32(n), 0) != lib.SQLITE_OK {
		return nil, false
	}
	return slices.Clone(bytesAt(buf, int(n))), true
}

func open(tls *libc.TLS, pVfs, zName, pFile address, flags int32, pOut address) result {
	d := diskOf(pVfs)
	d.mu.Lock()
	defer d.mu.Unlock()
	*at[opened](pFile) = opened{}
	path := ""
	if zName != 0 {
		path = libc.GoString(zName)
	}
	f := d.files[path]
	if d.dead || f != nil && f.absent && flags&lib.SQLITE_OPEN_CREATE == 0 {
		return lib.SQLITE_CANTOPEN
	}
	real := pFile + headSize
	base := at[system](d.vfs.base)
	rc := fn[func(*libc.TLS, address, address, address, int32, address) result](&base.FxOpen)(tls, d.vfs.base, zName, real, flags, pOut)
	if rc != lib.SQLITE_OK {
		return rc
	}
	if f == nil {
		view, ok := d.vfs.load(tls, real)
		if !ok {
			fn[func(*libc.TLS, address) result](&below(real).FxClose)(tls, real)
			return lib.SQLITE_IOERR_READ
		}
		f = &file{name: filepath.Base(path), view: view, dirty: map[int64]bool{}, cut: -1}
		if path != "" {
			d.files[path] = f
		}
	}
	f.absent = false
	f.open = append(f.open, real)
	n := numbers.Add(1)
	handles.Store(n, &handle{disk: d, file: f, real: real, new: flags&lib.SQLITE_OPEN_CREATE != 0 && flags&journals != 0})
	*at[opened](pFile) = opened{methods: d.vfs.methods, number: n}
	return lib.SQLITE_OK
}

func remove(tls *libc.TLS, pVfs, zPath address, dirSync int32) result {
	d := diskOf(pVfs)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return lib.SQLITE_IOERR_DELETE
	}
	f := d.files[libc.GoString(zPath)]
	if f != nil && f.absent {
		return lib.SQLITE_IOERR_DELETE_NOENT
	}
	if f == nil {
		return d.vfs.remove(tls, zPath)
	}
	f.view, f.cut, f.absent = nil, 0, true
	clear(f.dirty)
	if dirSync != 0 || d.rng.IntN(2) == 0 {
		d.forget(tls)
	}
	return lib.SQLITE_OK
}

func access(tls *libc.TLS, pVfs, zPath address, flags int32, pOut address) result {
	d := diskOf(pVfs)
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.files[libc.GoString(zPath)]; f != nil && flags == lib.SQLITE_ACCESS_EXISTS {
		*at[int32](pOut) = 0
		if !f.absent && len(f.view) > 0 {
			*at[int32](pOut) = 1
		}
		return lib.SQLITE_OK
	}
	return fn[func(*libc.TLS, address, address, int32, address) result](&at[system](d.vfs.base).FxAccess)(tls, d.vfs.base, zPath, flags, pOut)
}

func closeFile(tls *libc.TLS, p address) result {
	h := handleOf(p)
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	h.file.open = slices.DeleteFunc(h.file.open, func(real uintptr) bool { return real == h.real })
	handles.Delete(at[opened](p).number)
	return fn[func(*libc.TLS, address) result](&below(h.real).FxClose)(tls, h.real)
}

func read(_ *libc.TLS, p, zBuf address, n int32, from int64) result {
	h := handleOf(p)
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if h.disk.dead {
		return lib.SQLITE_IOERR_READ
	}
	b := bytesAt(zBuf, int(n))
	got := 0
	if from < int64(len(h.file.view)) {
		got = copy(b, h.file.view[from:])
	}
	if got < len(b) {
		clear(b[got:])
		return lib.SQLITE_IOERR_SHORT_READ
	}
	return lib.SQLITE_OK
}

func write(tls *libc.TLS, p, zBuf address, n int32, to int64) result {
	h := handleOf(p)
	d := h.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	b := bytesAt(zBuf, int(n))
	switch d.at(Write, h.file) {
	case None:
		h.file.write(b, to)
		d.early(tls)
		return lib.SQLITE_OK
	case Short:
		h.file.write(b[:n/2], to)
		return lib.SQLITE_FULL
	case Full:
		return lib.SQLITE_FULL
	}
	return lib.SQLITE_IOERR_WRITE
}

func truncate(_ *libc.TLS, p address, size int64) result {
	h := handleOf(p)
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if h.disk.at(Truncate, h.file) != None {
		return lib.SQLITE_IOERR_TRUNCATE
	}
	h.file.truncate(size)
	return lib.SQLITE_OK
}

func syncFile(tls *libc.TLS, p address, _ int32) result {
	h := handleOf(p)
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if !h.disk.sync(tls, h.file, h.real) {
		return lib.SQLITE_IOERR_FSYNC
	}
	if h.new {
		h.new = false
		h.disk.forget(tls)
	}
	return lib.SQLITE_OK
}

func size(_ *libc.TLS, p, pSize address) result {
	h := handleOf(p)
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	*at[int64](pSize) = int64(len(h.file.view))
	return lib.SQLITE_OK
}

// Locks, settings and the memory that connections share are the system's own.

func lock(tls *libc.TLS, p address, level int32) result {
	h := handleOf(p)
	return fn[func(*libc.TLS, address, int32) result](&below(h.real).FxLock)(tls, h.real, level)
}

func unlock(tls *libc.TLS, p address, level int32) result {
	h := handleOf(p)
	return fn[func(*libc.TLS, address, int32) result](&below(h.real).FxUnlock)(tls, h.real, level)
}

func reserved(tls *libc.TLS, p, pOut address) result {
	h := handleOf(p)
	return fn[func(*libc.TLS, address, address) result](&below(h.real).FxCheckReservedLock)(tls, h.real, pOut)
}

func control(tls *libc.TLS, p address, op int32, arg address) result {
	if op == lib.SQLITE_FCNTL_SIZE_HINT || op == lib.SQLITE_FCNTL_CHUNK_SIZE {
		return lib.SQLITE_OK // they would make the file longer behind our back
	}
	h := handleOf(p)
	return fn[func(*libc.TLS, address, int32, address) result](&below(h.real).FxFileControl)(tls, h.real, op, arg)
}

func sectorSize(*libc.TLS, address) result { return sector }

func characteristics(tls *libc.TLS, p address) result {
	h := handleOf(p)
	return fn[func(*libc.TLS, address) result](&below(h.real).FxDeviceCharacteristics)(tls, h.real)
}

func shmMap(tls *libc.TLS, p address, page, pageSize, extend int32, pp address) result {
	h := handleOf(p)
	if extend != 0 {
		h.disk.mu.Lock()
		fault := h.disk.at(Extend, &file{name: strings.TrimSuffix(h.file.name, "-wal") + "-shm"})
		h.disk.mu.Unlock()
		if fault != None {
			return lib.SQLITE_IOERR_SHMSIZE
		}
	}
	return fn[func(*libc.TLS, address, int32, int32, int32, address) result](&below(h.real).FxShmMap)(tls, h.real, page, pageSize, extend, pp)
}

func shmLock(tls *libc.TLS, p address, offset, n, flags int32) result {
	h := handleOf(p)
	return fn[func(*libc.TLS, address, int32, int32, int32) result](&below(h.real).FxShmLock)(tls, h.real, offset, n, flags)
}

func shmBarrier(tls *libc.TLS, p address) {
	h := handleOf(p)
	fn[func(*libc.TLS, address)](&below(h.real).FxShmBarrier)(tls, h.real)
}

func shmUnmap(tls *libc.TLS, p address, remove int32) result {
	h := handleOf(p)
	return fn[func(*libc.TLS, address, int32) result](&below(h.real).FxShmUnmap)(tls, h.real, remove)
}
