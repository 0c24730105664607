package store

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The errors of LoadMaster.
var (
	ErrKeyMode   = errors.New("store: key file may be read by others") // chmod 600, and think about who has read it
	ErrKeyFormat = errors.New("store: not a key file of Goen")
)

const masterMark = "goen-master-v1 "

// LoadMaster reads the master key from the file at path, and makes the file,
// mode 0600, if there is none. Without this file nothing that was sealed can be
// read; it belongs in no backup of the store. Two processes that start at once
// get the same key. ErrKeyMode: others than the owner have a right to the file.
// ErrKeyFormat: it is not one line "goen-master-v1 <32 bytes in base64>".
func LoadMaster(path string) ([32]byte, error) {
	key, err := ReadMaster(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeMaster(path); err != nil {
		return [32]byte{}, fmt.Errorf("store: key file: %w", err)
	}
	return ReadMaster(path)
}

// ReplaceMaster puts another master key in the place of the one at path.
func ReplaceMaster(path string, key [32]byte) error {
	return ReplaceFile(path, func(f *os.File) error { return writeMaster(f, key[:]) })
}

func writeMaster(w io.Writer, key []byte) error {
	_, err := io.WriteString(w, masterMark+base64.StdEncoding.EncodeToString(key)+"\n")
	return err
}

// ReadMaster is LoadMaster for whoever must not make a key: fs.ErrNotExist if
// there is none.
func ReadMaster(path string) (key [32]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return key, fmt.Errorf("store: key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return key, fmt.Errorf("store: key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return key, fmt.Errorf("%w: %s is not a file", ErrKeyFormat, path)
	}
	// Windows has no such bits; there the folder's rights protect the file.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return key, fmt.Errorf("%w: %s has mode %04o, wants 0600", ErrKeyMode, path, info.Mode().Perm())
	}
	want := len(masterMark) + base64.StdEncoding.EncodedLen(len(key)) + 1
	b, err := io.ReadAll(io.LimitReader(f, int64(want+2))) // room for CRLF, and to see that more follows
	if err != nil {
		return key, fmt.Errorf("store: key file: %w", err)
	}
	line := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	word, ok := strings.CutPrefix(line, masterMark)
	raw, err := base64.StdEncoding.Strict().DecodeString(word)
	if !ok || err != nil || len(raw) != len(key) || base64.StdEncoding.EncodeToString(raw) != word {
		return key, fmt.Errorf("%w: %s", ErrKeyFormat, path) // and not a byte of what it holds
	}
	return [32]byte(raw), nil
}

// makeMaster writes a new key beside path and links it there, whole or not at
// all. A link and not a rename: it never replaces the key another process has
// made meanwhile.
func makeMaster(path string) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".goen-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(writeMaster(f, random(32)), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(dir)
}
