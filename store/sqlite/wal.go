package sqlite

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"goen/store"
)

// At a start SQLite takes from the WAL what is whole, and leaves out everything
// behind the first frame that is not. After a power cut that is right: the last
// commit was cut short, and nobody was told that it is there. But every commit
// is synced before the next begins. So two commits or more behind a broken
// frame were acknowledged, and the frame did not break in a power cut. Then we
// must not start as if they had never been.

const (
	walHead   = 32 // bytes: magic, version, page size, number, two salts, two sums
	frameHead = 24 // bytes: page, size of the file if this ends a commit else 0, two salts, two sums
)

// soundWAL says whether a WAL, if there is one, broke in a power cut at most:
// store.ErrHole if not. Another process may be writing it; so it looks again
// before it says no.
func soundWAL(path string) (err error) {
	for range 3 {
		if err = walkWAL(path); !errors.Is(err, store.ErrHole) {
			return err
		}
	}
	return err
}

func walkWAL(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close() // it has no locks on it that this would take away; those are on the file and its index
	in := bufio.NewReaderSize(f, 1<<16)
	head := make([]byte, walHead)
	switch n, err := io.ReadFull(in, head); {
	case n == 0:
		return nil
	case err != nil:
		return ends(err)
	}
	magic, page := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[8:])
	order := binary.ByteOrder(binary.LittleEndian)
	if magic&1 == 1 {
		order = binary.BigEndian
	}
	sums, said := sum(order, [2]uint32{}, head[:24]), sumsIn(head[24:])
	frame := make([]byte, frameHead+page%(1<<17))
	if magic&^1 != 0x377f0682 || page < 512 || page > 1<<16 || sums != said {
		if _, err := in.ReadByte(); err != nil {
			return ends(err)
		}
		// Frames are written only after the head was synced.
		return fmt.Errorf("%w: the head of %s is broken", store.ErrHole, path)
	}
	whole, place, broken, commits := true, 0, 0, 0
	for ; ; place++ {
		if _, err := io.ReadFull(in, frame); err != nil {
			err = ends(err)
			if err == nil && commits > 1 {
				err = fmt.Errorf("%w: frame %d of %s is broken, and %d commits follow it", store.ErrHole, broken, path, commits)
			}
			return err
		}
		same := [8]byte(frame[8:16]) == [8]byte(head[16:24])
		if whole {
			sums = sum(order, sum(order, sums, frame[:8]), frame[frameHead:])
			if whole = same && sums == sumsIn(frame[16:]); !whole {
				broken = place
			}
		}
		if !whole && same && binary.BigEndian.Uint32(frame[4:]) != 0 {
			commits++
		}
	}
}

// ends is nil for the end of a file, also in the middle of a frame.
func ends(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func sumsIn(b []byte) [2]uint32 {
	return [2]uint32{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
}

// sum goes on with the sums of a WAL over some more bytes, a multiple of 8.
func sum(order binary.ByteOrder, s [2]uint32, b []byte) [2]uint32 {
	for ; len(b) > 0; b = b[8:] {
		s[0] += order.Uint32(b) + s[1]
		s[1] += order.Uint32(b[4:]) + s[0]
	}
	return s
}
