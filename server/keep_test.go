package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"goen/store"
	"goen/store/mongofake"
)

// scanned is every byte that a store would give a server.
func scanned(t testing.TB, folder string) (all string) {
	t.Helper()
	s, err := openEngine(t.Context(), folder, nil)
	if err == nil {
		err = s.Scan(t.Context(), func(r store.Record) error {
			all += fmt.Sprintf("%s %d %s %s %s\n", r.Stream, r.Seq, r.By, r.At, r.Body)
			return nil
		})
	}
	if err = joined(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return all
}

// An evening moves to another place and goes on there, phones and all.
func TestAnEveningMoves(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.sato.do("need.post", object{"who": "製造業の社長"})
	from, to := h.config.data, t.TempDir()
	if out, err := goen(t, "copy", "--from", from, "--to", from+"/."); err == nil {
		t.Errorf("it was copied onto itself: %s", out)
	}
	h.close()
	for range 2 { // once more is harmless
		mustGoen(t, "copy", "--from", from, "--to", to)
		if scanned(t, to) != scanned(t, from) {
			t.Fatal("other bytes")
		}
	}
	copyKey(t, from, to)
	mustGoen(t, "check", "--data", to)
	h.config.data, h.config.keyFile = to, filepath.Join(to, "master.key")
	h.start()
	c.yamamoto.connect()
	c.yamamoto.find("room", "need", has("who", "製造業の社長"))
	c.yamamoto.fresh()
	c.yamamoto.do("need.post", object{"who": "税理士さん"})
	h.close()

	// It went on there, so the old one must not be poured over it.
	before := files(t, to)
	if _, err := goen(t, "copy", "--from", from, "--to", to); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("copied over a store in use: %v", err)
	}
	if !maps.Equal(files(t, to), before) {
		t.Error("something was changed")
	}
	h.start()
}

// An evening moves from the laptop to MongoDB, goes on there, and comes back
// byte for byte.
func TestAnEveningMovesToMongoDBAndBack(t *testing.T) {
	fake, err := mongofake.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	h := open(t)
	c := reception(t, h)
	c.sato.do("need.post", object{"who": "製造業の社長"})
	h.close()
	laptop, remote, back := h.config.data, fake.URI("goen"), t.TempDir()
	mustGoen(t, "copy", "--from", laptop, "--to", remote)
	if scanned(t, remote) != scanned(t, laptop) {
		t.Fatal("other bytes in MongoDB")
	}
	h.config.store = remote
	h.start()
	c.yamamoto.connect()
	c.yamamoto.find("room", "need", has("who", "製造業の社長"))
	c.yamamoto.fresh()
	c.yamamoto.do("need.post", object{"who": "税理士さん"})
	h.close()
	mustGoen(t, "check", "--store", remote, "--data", laptop)
	mustGoen(t, "copy", "--from", remote, "--to", back)
	if scanned(t, back) != scanned(t, remote) || !strings.Contains(scanned(t, back), "need.posted") {
		t.Fatal("other bytes on the laptop")
	}
	copyKey(t, laptop, back)
	mustGoen(t, "check", "--data", back)
	h.config.store, h.config.data, h.config.keyFile = "", back, filepath.Join(back, "master.key")
	h.start()
	c.sato.connect()
	c.sato.find("room", "need", has("who", "税理士さん"))
	c.sato.fresh()
}

func TestCopyRefuses(t *testing.T) {
	folder, nowhere := furnished(t), filepath.Join(t.TempDir(), "mistyped")
	for _, args := range [][]string{
		{"copy"}, {"copy", "--from", folder}, {"copy", "--from", nowhere, "--to", t.TempDir()}, {"copy", "--from", folder, "--to", furnished(t)},
		{"copy", "--from", folder, "--to", t.TempDir(), "more"},
	} {
		if out, err := goen(t, args...); err == nil {
			t.Errorf("%v: %s", args, out)
		}
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("the mistyped folder was made")
	}
}

// A store that is half filled is not served, and not copied on.
func TestHalfFilledIsNotServed(t *testing.T) {
	folder, to := furnished(t), t.TempDir()
	s, err := openEngine(t.Context(), to, nil)
	if err != nil {
		t.Fatal(err)
	}
	from, err := openEngine(t.Context(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Installation(t.Context(), from); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	if _, err := store.Pour(t.Context(), cutSource{from, stop}, s, "copy", time.Now); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if err := joined(s.Close(), from.Close()); err != nil {
		t.Fatal(err)
	}
	copyKey(t, folder, to)
	c, _, err := readConfig([]string{"--listen", "127.0.0.1:0", "--data", to}, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := serveOnce(t, c); err == nil || !strings.Contains(err.Error(), "half filled") {
		t.Errorf("it was served: %v", err)
	}
	if _, err := goen(t, "check", "--data", to); err == nil || !strings.Contains(err.Error(), "half filled") {
		t.Errorf("check: %v", err)
	}
	if _, err := goen(t, "copy", "--from", to, "--to", t.TempDir()); err == nil || !strings.Contains(err.Error(), "half filled") {
		t.Errorf("copy: %v", err)
	}
	if out, err := goen(t, "backup", "--data", to, filepath.Join(t.TempDir(), "b")); err == nil {
		t.Errorf("backup: %s", out)
	}
}

// serveOnce starts a server and ends it once it answers.
func serveOnce(t testing.TB, c config) error {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	return run(ctx, c, hooks{out: io.Discard, log: io.Discard, ready: func(string) { stop() }})
}

// ---- check

// A bit that turned in the middle is found and told, with its place; and such a
// store is not served.
func TestCheckFindsATurnedBit(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.sato.do("need.post", object{"who": "製造業の社長"})
	h.close()
	mustGoen(t, "--data", h.config.data, "check")
	path := filepath.Join(h.config.data, databaseFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{`attendee.joined`, `"whose":"`, `"w":"v1.`, `event.opened`, `host.added`} {
		at := bytes.Index(whole, []byte(word))
		if at < 0 {
			t.Fatalf("there is no %s", word)
		}
		turned := bytes.Clone(whole)
		turned[at+len(word)-1] ^= 4
		if err := os.WriteFile(path, turned, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := goen(t, "--data", h.config.data, "check")
		if err == nil || !strings.Contains(err.Error(), "damaged in") || !strings.Contains(err.Error(), "破損") {
			t.Errorf("%s: check says %v\n%s", word, err, out)
		}
		if line := placeOf(out); line == "" {
			t.Errorf("%s: no place is told:\n%s", word, out)
		}
		err = serveOnce(t, h.config)
		if err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: it was served: %v", word, err)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	h.start()
}

func placeOf(out string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "DAMAGED") && strings.Contains(line, "place") {
			return line
		}
	}
	return ""
}

// What the engine takes for sound and a server could not read is found too.
func TestCheckFindsWhatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, s store.Store, keys *store.Keyring) error
		says  string
	}{
		"a record that is none": {func(t *testing.T, s store.Store, _ *store.Keyring) error {
			return s.Append(t.Context(), store.Record{Stream: "ev.x", Seq: 1, By: "p-1", Body: []byte(`{"v":1,"facts":[{"f":"no.such"}]}`)})
		}, "stream ev.x, place 1"},
		"a later format": {func(t *testing.T, s store.Store, _ *store.Keyring) error {
			return s.Append(t.Context(), store.Record{Stream: "dir", Seq: 4, By: "p-1", Body: []byte(`{"v":9,"f":"x"}`)})
		}, "stream dir, place 4"},
		"words under another key": {func(t *testing.T, s store.Store, keys *store.Keyring) error {
			sealed, err := keys.Seal(t.Context(), "pr.y", "provision", []byte("[]"))
			return joined(err, s.Append(t.Context(), store.Record{Stream: "pr.x", Seq: 2, By: "p-1", Body: fmt.Appendf(nil, `{"v":1,"w":%q}`, sealed)}))
		}, "stream pr.x, place 2"},
		"a key that does not open": {func(t *testing.T, s store.Store, _ *store.Keyring) error {
			return s.PutKey(t.Context(), "x/y", []byte("no key at all, but long enough for one"))
		}, "x/y"},
	} {
		folder := furnished(t)
		s, keys, err := openStore(t.Context(), config{data: folder, keyFile: filepath.Join(folder, "master.key")}, nil)
		if err == nil {
			err = joined(c.spoil(t, s, keys), s.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := goen(t, "check", "--data", folder)
		if err == nil || !strings.Contains(out, c.says) || !strings.Contains(err.Error(), "1 places") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestCheckHidesSecrets(t *testing.T) {
	folder := furnished(t)
	out, err := goen(t, "check", "--data", folder, "--nats", "nats://node:s3cret@127.0.0.1:4222")
	if err != nil || strings.Contains(out, "s3cret") || !strings.Contains(out, "nats://node:xxxxx@127.0.0.1:4222") {
		t.Errorf("%v\n%s", err, out)
	}
	for address, want := range map[string]string{
		"mongodb://h1:1,h2:2/goen":                                "mongodb://h1:1,h2:2/goen",
		"mongodb://ann:p%40ss@h1:1,h2:2/goen":                     "mongodb://ann:xxxxx@h1:1,h2:2/goen",
		"mongodb+srv://ann:a:b@c@h/goen?authSource=admin&x=AWS:t": "mongodb+srv://ann:xxxxx@h/goen?…",
		"mongodb://ann@h/":                                        "mongodb://ann@h/",
		"/var/lib/goen":                                           "/var/lib/goen",
	} {
		if got := redacted(address); got != want {
			t.Errorf("%s is shown as %s, want %s", address, got, want)
		}
	}
}

// ---- keys

func TestKeysRotate(t *testing.T) {
	h := open(t)
	c := reception(t, h)
	c.sato.do("need.post", object{"who": "製造業の社長"})
	fresh := filepath.Join(t.TempDir(), "new.key")
	if _, err := goen(t, "--data", h.config.data, "keys", "rotate", "--new-key-file", fresh); err == nil || !strings.Contains(err.Error(), "running") {
		t.Errorf("the server is running, and: %v", err)
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a key was made for nothing")
	}
	h.close()
	old, err := store.ReadMaster(h.config.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	mustGoen(t, "--data", h.config.data, "keys", "rotate", "--new-key-file", fresh)
	now, err := store.ReadMaster(h.config.keyFile)
	if err != nil || now == old {
		t.Fatalf("the key file is the old one: %v", err)
	}
	aside, err := filepath.Glob(h.config.keyFile + ".before-*")
	if err != nil || len(aside) != 1 {
		t.Fatalf("kept aside: %v %v", aside, err)
	}
	if kept, err := store.ReadMaster(aside[0]); err != nil || kept != old {
		t.Errorf("what was kept aside is not the old key: %v", err)
	}
	mustGoen(t, "--data", h.config.data, "keys", "rotate", "--new-key-file", fresh) // once more is harmless
	mustGoen(t, "--data", h.config.data, "check")
	if _, err := goen(t, "--data", h.config.data, "--key-file", aside[0], "check"); err == nil {
		t.Error("the old key opens it still")
	}
	h.start()
	c.yamamoto.connect()
	c.yamamoto.find("room", "need", has("who", "製造業の社長"))
	c.sato.connect().do("need.post", object{"who": "税理士さん"})
}

// ---- the command line

func TestEveryCommandHasHelp(t *testing.T) {
	for _, c := range commands() {
		out, err := goen(t, append(strings.Fields(c.name), "--help")...)
		if !errors.Is(err, flag.ErrHelp) || !strings.Contains(out, "goen [settings] "+c.name) || !strings.Contains(out, c.meaning) ||
			c.ja == "" || !strings.Contains(out, c.ja) {
			t.Errorf("%s: %v\n%s", c.name, err, out)
		}
		for _, o := range c.options {
			if !strings.Contains(out, "--"+o.name) {
				t.Errorf("%s: nothing of --%s", c.name, o.name)
			}
		}
	}
	for _, args := range [][]string{{"sing"}, {"keys"}, {"host"}, {"backup"}, {"backup", "a", "b"}, {"check", "--loud"}, {"restore", "--keys"}} {
		if _, err := goen(t, args...); err == nil {
			t.Errorf("%v is fine", args)
		}
	}
	_, in, err := readConfig([]string{"restore", "a", "--replace", "--keys", "k", "--data", "d"}, nil, io.Discard)
	_, replace := in.options["replace"]
	if err != nil || !slices.Equal(in.args, []string{"a"}) || !replace || in.options["keys"] != "k" {
		t.Errorf("options behind the file: %+v %v", in, err)
	}
}

func TestHealthcheckAndVersion(t *testing.T) {
	h := open(t)
	ask := func() error { _, err := goen(t, "--listen", h.address, "healthcheck"); return err }
	if err := ask(); err != nil {
		t.Error(err)
	}
	h.close()
	if ask() == nil {
		t.Error("a server that does not run is ready")
	}
	h.start()
	if out := mustGoen(t, "version"); !strings.HasPrefix(out, "goen ") {
		t.Errorf("version says %s", out)
	}
}

// cutSource ends at its first blob.
type cutSource struct {
	store.Source
	err error
}

func (c cutSource) Blob(ctx context.Context, sum string) ([]byte, error) { return nil, c.err }
