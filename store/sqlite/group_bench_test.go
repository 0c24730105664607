package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"goen/store"
)

// Each writer has a stream of its own and waits for every answer, as the loop
// of a room does. An op is one durable record.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("%d streams", writers), func(b *testing.B) {
			s, err := Open(b.Context(), filepath.Join(b.TempDir(), "goen.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			body := []byte(`"` + strings.Repeat("x", 500) + `"`)
			left := atomic.Int64{}
			left.Store(int64(b.N))
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
		})
	}
}
