package realtime

import (
	"errors"
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// However many phones crawl through views of a room that moves, so many bytes
// are held for them and no more; the oldest go.
func TestCarrying(t *testing.T) {
	r := &Room{}
	gone := make([]int, 40)
	var done []func()
	for i := range gone {
		b := make([]byte, 1<<20)
		for range 2 { // two phones carry the same bytes, which count once
			done = append(done, r.carry(b, func() { gone[i]++ }))
		}
	}
	for i, n := range gone {
		want := 0
		if i < len(gone)-largeMost>>20 {
			want = 2
		}
		if n != want {
			t.Errorf("of message %d %d phones were let go, want %d", i, n, want)
		}
	}
	if r.carrying.bytes != largeMost {
		t.Errorf("%d bytes are held, want %d", r.carrying.bytes, largeMost)
	}
	for _, f := range done { // those who were let go end too
		f()
	}
	if r.carrying.bytes != 0 || r.carrying.loads.Len() != 0 || len(r.carrying.of) != 0 {
		t.Errorf("%d bytes of %d messages are left", r.carrying.bytes, r.carrying.loads.Len())
	}
	r.carry(make([]byte, largeMost+1), func() { t.Error("the newest was let go") })
}

// A phone that is let go takes no more than its time, however well it reads.
func TestLetGoInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		var reader sync.WaitGroup
		defer reader.Wait()
		defer ours.Close()
		b := &budget{Conn: ours, piece: 10 * time.Second}
		reader.Go(func() {
			for p := make([]byte, 4<<10); ; time.Sleep(time.Second) {
				if _, err := theirs.Read(p); err != nil {
					return
				}
			}
		})
		began := time.Now()
		time.AfterFunc(20*time.Second, func() { b.endAt(time.Now().Add(5 * time.Second)) }) // which is more than a piece
		_ = b.SetWriteDeadline(began.Add(b.piece))
		n, err := b.Write(make([]byte, 1<<20))
		if took := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || took != 25*time.Second {
			t.Errorf("wrote %d bytes in %v: %v", n, took, err)
		}
		if _, err := b.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("and more then: %v", err)
		}
	})
}
