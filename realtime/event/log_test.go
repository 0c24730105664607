package event_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"

	"goen/realtime/event"
)

// What an append may answer, as in package store.
var (
	errTaken   = errors.New("log: place is taken")
	errUnknown = errors.New("log: outcome unknown")
)

// log is one event's stream of the store and its keys, in memory: append at an
// exact place, once; drop a key for ever. No record is ever changed.
type log struct {
	mu      sync.Mutex
	records []written
	keys    map[string]*key
	erased  map[string]bool

	// fault, when set, is asked at each append: 1 loses the answer before the
	// write, 2 after it.
	fault func() int
}

type written struct {
	by   string // token of the attempt
	at   event.At
	body []byte
}

type key struct {
	raw  []byte
	aead cipher.AEAD
}

func newLog() *log { return &log{keys: map[string]*key{}, erased: map[string]bool{}} }

// append puts a record at seq. Repeating the same attempt is harmless.
func (l *log) append(seq int64, w written) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	fault := 0
	if l.fault != nil {
		fault = l.fault()
	}
	if fault == 1 {
		return errUnknown
	}
	head := int64(len(l.records))
	switch {
	case seq <= head && l.records[seq-1].by == w.by:
		return nil
	case seq != head+1:
		return errTaken
	}
	l.records = append(l.records, w)
	if fault == 2 {
		return errUnknown
	}
	return nil
}

// read gives the records after a place, in order.
func (l *log) read(after int64, f func(seq int64, w written) error) error {
	l.mu.Lock()
	rest := l.records[min(after, int64(len(l.records))):]
	l.mu.Unlock()
	for i, w := range rest {
		if err := f(after+int64(i)+1, w); err != nil {
			return err
		}
	}
	return nil
}

// decoded are the records as whoever holds the keys reads them now.
func (l *log) decoded() []event.Record {
	var list []event.Record
	if err := l.read(0, func(seq int64, w written) error {
		r, err := event.Decode(seq, w.at, w.body, l)
		list = append(list, r)
		return err
	}); err != nil {
		panic(err)
	}
	return list
}

// last is the place of the last record.
func (l *log) last() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.records))
}

// keyOf derives the key, so that runs repeat; the product draws it. An erased
// one never comes back: nil.
func (l *log) keyOf(whose string) *key {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.erased[whose] {
		return nil
	}
	k := l.keys[whose]
	if k == nil {
		sum := sha256.Sum256([]byte(whose))
		block, err := aes.NewCipher(sum[:])
		if err != nil {
			panic(err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			panic(err)
		}
		k = &key{sum[:], aead}
		l.keys[whose] = k
	}
	return k
}

// drop deletes a key. It may be repeated.
func (l *log) drop(whose string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.keys, whose)
	l.erased[whose] = true
}

// Seal and Open make the log an event.Sealer.
func (l *log) Seal(whose, label string, plain []byte) (string, error) {
	k := l.keyOf(whose)
	if k == nil {
		return "", nil
	}
	nonce := sha256.Sum256(plain)
	sealed := k.aead.Seal(nonce[:12], nonce[:12], plain, []byte(label))
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

func (l *log) Open(whose, label, envelope string) ([]byte, error) {
	k := l.keyOf(whose)
	if k == nil {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(envelope)
	if err != nil || len(b) < 12 {
		return nil, fmt.Errorf("log: %q is no envelope", envelope)
	}
	return k.aead.Open(nil, b[:12], b[12:], []byte(label))
}

// mac is the fingerprint of a command; empty when the key is gone.
func (l *log) mac(whose string, body []byte) string {
	k := l.keyOf(whose)
	if k == nil {
		return ""
	}
	m := hmac.New(sha256.New, k.raw)
	m.Write(body)
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:12])
}
