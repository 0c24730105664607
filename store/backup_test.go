package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"goen/store"
)

func backupOf(t *testing.T, s store.Store) (file, keys []byte) {
	t.Helper()
	var b, k bytes.Buffer
	_, err := store.WriteBackup(t.Context(), s, &b, time.Now())
	ok(t, err)
	kept, err := store.KeysOf(t.Context(), s, time.Now())
	ok(t, err)
	ok(t, kept.Write(&k))
	return b.Bytes(), k.Bytes()
}

func readBackup(t *testing.T, file, keys []byte) store.Restored {
	t.Helper()
	b, err := store.ReadBackup(bytes.NewReader(file))
	ok(t, err)
	k, err := store.ReadKeyFile(bytes.NewReader(keys))
	ok(t, err)
	return store.Restored{Backup: b, File: k}
}

func TestBackupBringsAllBack(t *testing.T) {
	a, b := openAt(t, t.TempDir()), openAt(t, t.TempDir())
	furnish(t, a)
	file, keys := backupOf(t, a)
	for _, secret := range []string{"words", string(master[:])} {
		if bytes.Contains(file, []byte(secret)) || bytes.Contains(keys, []byte(secret)) {
			t.Errorf("%q can be read in the backup", secret)
		}
	}
	_, err := store.Pour(t.Context(), readBackup(t, file, keys), b, "restore", time.Now)
	ok(t, err)
	sameDump(t, b, a)
}

// What was erased and dropped after the backup stays so with the newest keys.
func TestErasuresHoldForOlderBackups(t *testing.T) {
	a, b := openAt(t, t.TempDir()), openAt(t, t.TempDir())
	furnish(t, a)
	sealed := seal(t, store.NewKeyring(a, master), "1/ann", "need", "words")
	file, _ := backupOf(t, a)
	change(t, a) // drops ev.2, erases 1/ann
	_, keys := backupOf(t, a)
	_, err := store.Pour(t.Context(), readBackup(t, file, keys), b, "restore", time.Now)
	ok(t, err)
	_, err = store.NewKeyring(b, master).Open(t.Context(), "1/ann", "need", sealed)
	refused(t, err, store.ErrErased)
	refused(t, b.Read(t.Context(), "ev.2", 0, func(store.Record) error { return nil }), store.ErrGone)
	if got := strings.Join(streamsOf(t, b), " "); got != "dir ev.1 ev.10 pp.b" {
		t.Errorf("streams %s", got)
	}
}

// Whatever single byte is altered, wherever it is cut, whatever is put behind:
// it is refused.
func TestDamagedBackupIsRefused(t *testing.T) {
	s := openAt(t, t.TempDir())
	furnish(t, s)
	file, keys := backupOf(t, s)
	for name, c := range map[string]struct {
		whole []byte
		read  func([]byte) error
	}{
		"backup": {file, func(b []byte) error { _, err := store.ReadBackup(bytes.NewReader(b)); return err }},
		"keys":   {keys, func(b []byte) error { _, err := store.ReadKeyFile(bytes.NewReader(b)); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			ok(t, c.read(c.whole))
			known := func(what string, at int, err error) {
				t.Helper()
				for _, want := range []error{store.ErrDamaged, store.ErrHole, store.ErrForeign, store.ErrNewer, store.ErrInvalid, store.ErrTooBig} {
					if errors.Is(err, want) {
						return
					}
				}
				t.Errorf("%s at %d: %v", what, at, err)
			}
			for i := range c.whole {
				flipped := bytes.Clone(c.whole)
				flipped[i] ^= 1 << (i % 8)
				known("a bit was flipped", i, c.read(flipped))
				if i%8 == 0 || i > len(c.whole)-100 {
					known("it was cut", i, c.read(c.whole[:i]))
				}
			}
			for _, more := range []string{"x", "\n", string(c.whole)} {
				known("more came", len(c.whole), c.read(append(bytes.Clone(c.whole), more...)))
			}
			newer := bytes.Replace(c.whole, []byte(`"version":1`), []byte(`"version":2`), 1)
			refused(t, c.read(newer), store.ErrNewer)
		})
	}
	refused(t, func() error { _, err := store.ReadBackup(bytes.NewReader(keys)); return err }(), store.ErrForeign)
	refused(t, func() error { _, err := store.ReadBackup(strings.NewReader("dear diary\n")); return err }(), store.ErrForeign)
}

// A line that was taken out, put in or moved has the right sum if whoever did it
// could count; the numbering says so still.
func TestHoleInABackupIsRefused(t *testing.T) {
	s := openAt(t, t.TempDir())
	furnish(t, s)
	file, _ := backupOf(t, s)
	lines := strings.SplitAfter(string(file), "\n")
	lines = lines[:len(lines)-2] // and the sum, made anew below
	for name, altered := range map[string][]string{
		"without a line":   append(append([]string{}, lines[:2]...), lines[3:]...),
		"a line twice":     append(append(append([]string{}, lines[:3]...), lines[2]), lines[3:]...),
		"two lines turned": append(append([]string{lines[0], lines[2], lines[1]}, lines[3:]...), ""),
	} {
		body := strings.Join(altered, "")
		_, err := store.ReadBackup(strings.NewReader(body + sumLine(body)))
		if !errors.Is(err, store.ErrHole) {
			t.Errorf("%s: %v", name, err)
		}
	}
	body := strings.Join(lines, "")
	_, err := store.ReadBackup(strings.NewReader(body + sumLine(body)))
	ok(t, err)
	body = strings.Join(append(append([]string{}, lines[:len(lines)-2]...), lines[len(lines)-1]), "") // without a blob
	_, err = store.ReadBackup(strings.NewReader(body + sumLine(body)))
	refused(t, err, store.ErrDamaged)
}

func sumLine(body string) string { return fmt.Sprintf("sha256 %s\n", sha256Of([]byte(body))) }

func sha256Of(b []byte) string {
	sum, err := store.Sum(b)
	if err != nil {
		panic(err) // only for more than 1 MiB
	}
	return sum
}

// The largest of everything fits through.
func TestBackupOfTheLargest(t *testing.T) {
	a, b := openAt(t, t.TempDir()), openAt(t, t.TempDir())
	furnish(t, a)
	ok(t, a.Append(t.Context(), recordOf("ev.big", 1, strings.Repeat("\x01", store.MaxBody)), recordOf("ev.big", 2, strings.Repeat("\u2028", store.MaxBody/3))))
	_, err := a.PutBlob(t.Context(), bytes.Repeat([]byte{0, 255}, store.MaxBlob/2))
	ok(t, err)
	file, keys := backupOf(t, a)
	_, err = store.Pour(t.Context(), readBackup(t, file, keys), b, "restore", time.Now)
	ok(t, err)
	sameDump(t, b, a)
}
