package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"goen/realtime"
	"goen/store"
)

var storms = flag.Int("storms", 20, "backups in a write storm")

// goen runs a command as it is typed, and returns what the operator reads.
func goen(t testing.TB, args ...string) (string, error) {
	t.Helper()
	var out lines
	c, in, err := readConfig(append([]string{"--listen", "127.0.0.1:0", "--url", origin}, args...), nil, &out)
	if err == nil {
		in.out = &out
		err = in.command.run(t.Context(), c, in)
	}
	return out.String(), err
}

// mustGoen is goen for what must succeed.
func mustGoen(t testing.TB, args ...string) string {
	t.Helper()
	out, err := goen(t, args...)
	if err != nil {
		t.Fatalf("goen %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// files are the names and bytes of everything in a folder.
func files(t testing.TB, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// furnished is a folder with an installation of a few records.
func furnished(t testing.TB) (folder string) {
	t.Helper()
	folder = t.TempDir()
	s, keys, err := openStore(t.Context(), config{data: folder, keyFile: filepath.Join(folder, "master.key")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := keys.Seal(t.Context(), "pr.x", "provision", []byte("[]"))
	if err == nil {
		err = s.Append(t.Context(), store.Record{Stream: "pr.x", Seq: 1, By: "p-1", Body: fmt.Appendf(nil, `{"v":1,"w":%q}`, sealed)})
	}
	for seq := range int64(3) {
		if err == nil {
			err = s.Append(t.Context(), store.Record{Stream: "dir", Seq: seq + 1, By: "p-1", Body: fmt.Appendf(nil, `{"v":1,"f":"host.added","person":"p%d"}`, seq)})
		}
	}
	if err == nil {
		_, err = s.PutBlob(t.Context(), []byte("picture"))
	}
	if err = joined(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return folder
}

func joined(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// copyKey puts the master key of one folder into another, as an operator would.
func copyKey(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(from, "master.key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(to, "master.key"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// While many write, a backup is taken; what it restores is, of each stream, a
// beginning of what was acknowledged, and holds all that was before it began.
func TestBackupInAStorm(t *testing.T) {
	const writers = 4
	for round := range *storms {
		folder, other, files := furnished(t), t.TempDir(), t.TempDir()
		s, err := openEngine(t.Context(), folder, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var acked [writers]atomic.Int64
		var wg sync.WaitGroup
		begun := make(chan struct{}, writers)
		for w := range writers {
			wg.Go(func() {
				for seq := int64(1); ctx.Err() == nil; seq++ {
					blob, err := s.PutBlob(ctx, fmt.Append(nil, "picture ", w, seq/8))
					if err == nil {
						err = s.Append(ctx, store.Record{Stream: fmt.Sprint("ev.", w), Seq: seq, By: fmt.Sprint("p-", w), Body: fmt.Appendf(nil, `{"photo":%q,"n":%d}`, blob, seq)})
					}
					if err != nil {
						if ctx.Err() == nil {
							t.Errorf("writer %d: %v", w, err)
						}
						return
					}
					acked[w].Store(seq)
					if seq == int64(5+3*round) {
						begun <- struct{}{}
					}
				}
			})
		}
		for range writers {
			<-begun
		}
		var before [writers]int64
		for w := range writers {
			before[w] = acked[w].Load()
		}
		file := filepath.Join(files, "goen.backup")
		mustGoen(t, "--data", folder, "backup", file)
		stop()
		wg.Wait()
		copyKey(t, folder, other)
		mustGoen(t, "restore", file, "--data", other)

		restored, err := openEngine(t.Context(), other, nil)
		if err != nil {
			t.Fatal(err)
		}
		for w := range writers {
			var all, got []string
			collect := func(into *[]string) func(store.Record) error {
				return func(r store.Record) error {
					*into = append(*into, fmt.Sprintf("%d %s %s %s", r.Seq, r.By, r.At, r.Body))
					return nil
				}
			}
			stream := fmt.Sprint("ev.", w)
			if err := joined(s.Read(t.Context(), stream, 0, collect(&all)), restored.Read(t.Context(), stream, 0, collect(&got))); err != nil {
				t.Fatal(err)
			}
			if int64(len(got)) < before[w] || len(got) > len(all) || !slices.Equal(got, all[:len(got)]) {
				t.Errorf("round %d: %s holds %d records, %d were acknowledged before, %d in all", round, stream, len(got), before[w], len(all))
			}
			for _, r := range got { // and what a record names is there
				_, rest, _ := strings.Cut(r, `"photo":"`)
				if _, err := restored.Blob(t.Context(), rest[:64]); err != nil {
					t.Errorf("round %d: %s: %v", round, stream, err)
				}
			}
		}
		if err := joined(s.Close(), restored.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// One byte altered anywhere in a backup or its keys, or a backup cut short
// anywhere: the restore refuses and nothing has changed, neither an empty folder
// nor a store that was to be replaced.
func TestADamagedBackupChangesNothing(t *testing.T) {
	folder, kept, empty := furnished(t), t.TempDir(), t.TempDir()
	copyKey(t, folder, empty)
	file := filepath.Join(kept, "goen.backup")
	mustGoen(t, "--data", folder, "backup", file)
	inEmpty, inUse := files(t, empty), files(t, folder)
	refuse := func(what, path string, b []byte) {
		t.Helper()
		whole, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if out, err := goen(t, "--data", empty, "restore", file); err == nil {
			t.Fatalf("%s: it was restored: %s", what, out)
		}
		if out, err := goen(t, "--data", folder, "restore", "--replace", "--keys", file+keysSuffix, file); err == nil {
			t.Fatalf("%s: it was restored: %s", what, out)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{file, file + keysSuffix} {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range whole {
			flipped := bytes.Clone(whole)
			flipped[i] ^= 1 << (i % 8)
			refuse(fmt.Sprintf("byte %d of %s", i, path), path, flipped)
			if i%16 == 0 {
				refuse(fmt.Sprintf("%d bytes of %s", i, path), path, whole[:i])
			}
		}
	}
	if !maps.Equal(files(t, empty), inEmpty) || !maps.Equal(files(t, folder), inUse) {
		t.Error("something was changed")
	}
	mustGoen(t, "--data", empty, "restore", file) // as it was, it is good
	mustGoen(t, "--data", empty, "check")
}

func TestRestoreRefuses(t *testing.T) {
	folder, kept, empty := furnished(t), t.TempDir(), t.TempDir()
	file := filepath.Join(kept, "goen.backup")
	mustGoen(t, "--data", folder, "backup", file)
	stranger, strangers := furnished(t), filepath.Join(t.TempDir(), "goen.backup")
	mustGoen(t, "--data", stranger, "backup", strangers)
	newest := file + keysSuffix
	for _, c := range []struct {
		wrong string // a word of the refusal
		args  []string
	}{
		{"master key", []string{"--data", empty, "restore", file}},
		{"already", []string{"--data", folder, "restore", file}},
		{"another installation", []string{"--data", folder, "restore", "--keys", strangers + keysSuffix, file}},
		{"another installation", []string{"--data", stranger, "restore", "--replace", "--key-file", filepath.Join(folder, "master.key"), file}},
		{"takes 1 arguments", []string{"--data", empty, "restore"}},
		{"no such file", []string{"--data", empty, "restore", file + "x"}},
		{"not a whole backup", []string{"--data", empty, "restore", newest}},
		{"not a whole key file", []string{"--data", empty, "restore", "--keys", file, file}},
		{"older than the backup", []string{"--data", empty, "restore", "--keys", keysFromBefore(t, newest, file, folder), file}},
	} {
		before, there := files(t, folder), files(t, stranger)
		out, err := goen(t, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%v: %v, want something about %q\n%s", c.args, err, c.wrong, out)
		}
		if !maps.Equal(files(t, folder), before) || !maps.Equal(files(t, stranger), there) || len(files(t, empty)) != 0 {
			t.Errorf("%v: something was changed", c.args)
		}
	}
}

// keysFromBefore is a key file from before a backup, which is made anew.
func keysFromBefore(t *testing.T, keys, file, folder string) string {
	t.Helper()
	b, err := os.ReadFile(keys)
	old := filepath.Join(t.TempDir(), "old.keys")
	if err == nil {
		err = os.WriteFile(old, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	mustGoen(t, "--data", folder, "backup", file)
	return old
}

// One key file is kept where backups are: the newest.
func TestKeysAreReplacedNotArchived(t *testing.T) {
	folder, kept := furnished(t), t.TempDir()
	foreign := filepath.Join(kept, "piano.keys")
	if err := os.WriteFile(foreign, []byte("88"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"mon", "tue", "wed"} {
		mustGoen(t, "--data", folder, "backup", filepath.Join(kept, day))
	}
	var names []string
	for name := range files(t, kept) {
		names = append(names, filepath.Base(name))
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	slices.Sort(names)
	if want := []string{"mon", "piano.keys", "tue", "wed", "wed.keys"}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
	if out, err := goen(t, "--data", folder, "backup", foreign); err == nil {
		t.Errorf("it wrote over another file: %s", out)
	}
	if out, err := goen(t, "--data", t.TempDir(), "backup", filepath.Join(kept, "thu")); err == nil {
		t.Errorf("it made a backup of nothing: %s", out)
	}
}

// A phone saw what came after the backup. After the restore other things come to
// the same numbers; the phone must not take them for what it has.
func TestPhoneFromAfterTheBackup(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	file := filepath.Join(t.TempDir(), "goen.backup")
	mustGoen(t, "--data", h.config.data, "backup", file)
	need := func(p *phone, text string) {
		t.Helper()
		p.do("need.post", object{"who": text})
	}
	need(c.sato, "この募集はバックアップの後のものです")
	c.yamamoto.find("room", "need", has("who", "この募集はバックアップの後のものです"))
	at := c.yamamoto.at["room"]
	c.yamamoto.cut()

	h.close()
	mustGoen(t, "--data", h.config.data, "restore", "--replace", file)
	h.start()
	for i := 0; c.taka.at["room"] <= at+1; i++ {
		c.taka.forget()
		c.taka.connect()
		need(c.taka, fmt.Sprintf("塗装の下請けを%d社探しています", i))
		c.taka.settle()
	}
	c.yamamoto.connect()
	c.yamamoto.settle()
	if got := c.yamamoto.dump(); strings.Contains(got, "バックアップの後") {
		t.Error("the phone still shows what is not there any more")
	}
	c.yamamoto.fresh()
}

// Who erased themself after the backup stays erased, whatever is restored: words
// unreadable, and gone from everybody's view.
func TestErasureHoldsForOlderBackups(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.sato.do("need.post", object{"who": "就業規則を見直したい会社を探しています"})
	folder := t.TempDir()
	old, newer := filepath.Join(folder, "mon"), filepath.Join(folder, "tue")
	mustGoen(t, "--data", h.config.data, "backup", old)
	c.sato.do("attendee.erase", nil)
	c.sato.until("the door", func() bool { return c.sato.over == realtime.CloseRemoved })
	mustGoen(t, "--data", h.config.data, "backup", newer) // replaces the keys of the first
	h.close()

	key := filepath.Join(h.config.data, "master.key")
	empty := t.TempDir()
	mustGoen(t, "--data", empty, "--key-file", key, "restore", old)
	h.config.data, h.config.keyFile = empty, key
	h.start()
	for _, p := range []*phone{c.yamamoto, c.kobayashi} {
		q := p.browser.phone(c.event).connect()
		q.until("her going", func() bool {
			for _, person := range q.allLocked("room", "person") {
				if person["name"] == "" || person["name"] == nil {
					return false
				}
			}
			return len(q.allLocked("room", "person")) == 4
		})
		if got := q.everything(); strings.Contains(got, "佐藤") || strings.Contains(got, "就業規則") {
			t.Errorf("%s has words of hers", p.name)
		}
		q.fresh()
	}
	h.close()
	if out := mustGoen(t, "--data", empty, "--key-file", key, "check"); !strings.Contains(out, "1 erased") {
		t.Errorf("check says %s", out)
	}
	h.start()
}

// An event that was shredded after the backup stays away.
func TestDroppedEventStaysAway(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	folder := t.TempDir()
	old := filepath.Join(folder, "mon")
	mustGoen(t, "--data", h.config.data, "backup", old)
	h.clock.set(time.Date(2027, 4, 21, 15, 0, 0, 0, time.UTC))
	c.sato.until("the shredding", func() bool { return c.sato.over == realtime.CloseShredded })
	var me struct{ Events []any }
	for deadline := time.Now().Add(patience); ; { // the log goes last of all
		if c.sato.get("/api/me").into(t, &me); len(me.Events) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the event is still there")
		}
	}
	h.close()
	mustGoen(t, "--data", h.config.data, "backup", filepath.Join(folder, "tue"))
	mustGoen(t, "--data", h.config.data, "restore", "--replace", old)
	s, _, err := openStore(t.Context(), h.config, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Holder(t.Context(), store.GoneClaim("ev."+c.event)); err != nil {
		t.Errorf("the event is back: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	h.start()
}
