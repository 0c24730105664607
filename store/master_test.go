package store_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"goen/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMasterIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "goen.key")
	got := make([][32]byte, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = store.LoadMaster(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, key := range got {
		if key != got[0] || key == [32]byte{} {
			t.Fatal("two processes have two keys")
		}
	}
	info, err := os.Stat(path)
	ok(t, err)
	if runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Fatalf("mode %v", info.Mode())
	}
	b, err := os.ReadFile(path)
	ok(t, err)
	if !regexp.MustCompile(`^goen-master-v1 [A-Za-z0-9+/]{43}=\n$`).Match(b) {
		t.Fatalf("the file is %d bytes of another form", len(b))
	}
	files, err := os.ReadDir(dir)
	ok(t, err)
	if len(files) != 1 {
		t.Fatalf("left behind: %v", files)
	}
}

func TestMasterFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes")
	}
	path := filepath.Join(t.TempDir(), "goen.key")
	key, err := store.LoadMaster(path)
	ok(t, err)
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o620, 0o602, 0o601, 0o700, 0o600, 0o400} {
		ok(t, os.Chmod(path, mode))
		got, err := store.LoadMaster(path)
		if mode&0o077 != 0 {
			refused(t, err, store.ErrKeyMode)
		} else if ok(t, err); got != key {
			t.Fatalf("mode %o: another key", mode)
		}
	}
}

func TestMasterFileForms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "goen.key")
	raw := make([]byte, 32)
	raw[0] = 7
	b64 := base64.StdEncoding.EncodeToString
	good := "goen-master-v1 " + b64(raw)
	for text, is := range map[string]bool{
		good + "\n":                              true,
		good:                                     true,
		good + "\r\n":                            true,
		"":                                       false,
		"\n":                                     false,
		b64(raw):                                 false,
		"goen-master-v2 " + b64(raw):             false,
		"goen-master-v1 " + b64(raw[:31]) + "\n": false,
		"goen-master-v1 " + b64(append(raw, 1)):  false,
		"goen-master-v1 " + b64(raw[:16]):        false,
		good + "\nmore":                          false,
		good + "\n\n":                            false,
		" " + good:                               false,
		good[:30] + "\n" + good[30:]:             false,
		strings.Repeat("x", 1<<16):               false,
	} {
		ok(t, os.WriteFile(path, []byte(text), 0o600))
		key, err := store.LoadMaster(path)
		if is && (err != nil || key[0] != 7) || !is && !errors.Is(err, store.ErrKeyFormat) {
			t.Errorf("%.60q: %v", text, err)
		}
		if !is && err != nil && len(text) > 20 && strings.Contains(err.Error(), text[15:25]) {
			t.Errorf("the error tells the key: %v", err)
		}
	}
	_, err := store.LoadMaster(filepath.Dir(path))
	if err == nil {
		t.Error("a folder is no key file")
	}
	_, err = store.LoadMaster(filepath.Join(path, "no", "folder"))
	if err == nil {
		t.Error("made a folder")
	}
}
