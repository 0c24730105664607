package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"goen/store"
	"goen/store/sqlite/powercut"
)

// Each writer has a stream of its own and waits for every answer, as the loop
// of a room does. An op is one durable record. How much a group saves hangs on
// what a sync costs, so there is a disk that takes 2 ms for one, too.
func BenchmarkAppend(b *testing.B) {
	for _, sync := range []time.Duration{0, 2 * time.Millisecond} {
		for _, writers := range []int{1, 10, 100} {
			b.Run(fmt.Sprintf("a sync of %s more, %d streams", sync, writers), func(b *testing.B) { benchAppend(b, sync, writers) })
		}
	}
}

func benchAppend(b *testing.B, slow time.Duration, writers int) {
	var opts []Option
	syncs := atomic.Int64{}
	if slow > 0 {
		d, err := powercut.New(powercut.Config{On: func(a powercut.Act) powercut.Fault {
			if a.Kind == powercut.Sync {
				syncs.Add(1)
				time.Sleep(slow)
			}
			return powercut.None
		}})
		if err != nil {
			b.Fatal(err)
		}
		defer d.Close()
		opts = append(opts, WithDisk(d.Name))
	}
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "goen.db"), opts...)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	body := []byte(`"` + strings.Repeat("x", 500) + `"`)
	left := atomic.Int64{}
	left.Store(int64(b.N))
	syncs.Store(0)
	b.ResetTimer()
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for seq := int64(1); left.Add(-1) >= 0; seq++ {
				r := store.Record{Stream: fmt.Sprintf("ev.%d", w), Seq: seq, By: fmt.Sprintf("p-%d", seq), Body: body}
				if err := s.Append(b.Context(), r); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if slow > 0 {
		b.ReportMetric(float64(syncs.Load())/float64(b.N), "syncs/op")
	}
}
