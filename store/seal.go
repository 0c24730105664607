package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// The errors of a Keyring, beside ErrErased.
var (
	ErrSealed = errors.New("store: sealed text does not open")                       // altered, or sealed for another key, place or format
	ErrMaster = errors.New("store: wrapped key does not open under this master key") // the wrong key file, or a damaged store
)

const (
	sealVersion = "v1"
	checkID     = "goen/master"  // whose key shows that the master key is the right one
	cacheSize   = 10_000         // people whose key is kept at hand; about 2 KiB each
	masterUse   = "goen/wrap/v1" // these keep one key's uses apart; they are in the data for good
	fieldUse    = "goen/field/v1"
	sealUse     = "goen/seal/v1"
	macUse      = "goen/mac/v1"
)

// Keyring seals the words of people, each under a key of their own, so that
// deleting the key deletes the words wherever a copy of them is. The keys lie
// in a Store, wrapped by a master key that lies elsewhere. A key id is an id of
// PutKey, "<event>/<attendee>" say. It may be used from many goroutines.
//
// What Drop erases in one process another may still have in memory. So every
// node calls Drop when it learns of an erasure; it may be repeated.
type Keyring struct {
	store  Store
	master cipher.AEAD

	mu     sync.Mutex
	keys   map[string]personKey
	erased map[string]bool // also keeps a load that is under way from bringing a key back
}

type personKey struct {
	seal cipher.AEAD
	mac  []byte
}

// NewKeyring makes a ring over a store and a master key, as LoadMaster returns
// it.
func NewKeyring(s Store, master [32]byte) *Keyring {
	return &Keyring{store: s, master: gcm(master[:]), keys: map[string]personKey{}, erased: map[string]bool{}}
}

// Check returns ErrMaster if the store's keys are under another master key. To
// be called at the start: words sealed after a lost key file was made anew
// would hide that all the old ones are lost. It leaves its mark in a new store.
func (k *Keyring) Check(ctx context.Context) error {
	_, err := k.key(ctx, checkID, true)
	return err
}

// Seal makes plain unreadable without the key keyID, which is made at its first
// use. aad says what the text is (event, owner, field); Open must be told the
// same. Sealing twice gives two texts. ErrErased: the key was dropped. Other
// errors are the store's; Seal may be repeated.
func (k *Keyring) Seal(ctx context.Context, keyID, aad string, plain []byte) (string, error) {
	key, err := k.key(ctx, keyID, true)
	if err != nil {
		return "", err
	}
	nonce := random(key.seal.NonceSize())
	sealed := key.seal.Seal(nil, nonce, plain, bound(fieldUse, keyID, aad))
	return strings.Join([]string{sealVersion, text([]byte(keyID)), text(nonce), text(sealed)}, "."), nil
}

// Open returns what Seal was given. ErrErased: the key was dropped, the words
// are gone. ErrSealed: the envelope was altered or is of another key, aad or
// format. ErrNotFound: the store never had the key, as after a restore without
// the key file.
func (k *Keyring) Open(ctx context.Context, keyID, aad, envelope string) ([]byte, error) {
	parts := strings.Split(envelope, ".")
	if len(parts) != 4 || parts[0] != sealVersion {
		return nil, fmt.Errorf("%w: not an envelope of %s", ErrSealed, sealVersion)
	}
	var raw [3][]byte
	for i, part := range parts[1:] {
		b, err := base64.RawURLEncoding.Strict().DecodeString(part)
		// The decoder passes over line ends; one text has one spelling here.
		if err != nil || text(b) != part {
			return nil, fmt.Errorf("%w: part %d is not base64url", ErrSealed, i+1)
		}
		raw[i] = b
	}
	id, nonce, sealed := raw[0], raw[1], raw[2]
	if string(id) != keyID {
		return nil, fmt.Errorf("%w: it is under the key %q, not %q", ErrSealed, clip(string(id)), clip(keyID))
	}
	key, err := k.key(ctx, keyID, false)
	if err != nil {
		return nil, err
	}
	if len(nonce) != key.seal.NonceSize() {
		return nil, fmt.Errorf("%w: nonce of %d bytes", ErrSealed, len(nonce))
	}
	plain, err := key.seal.Open(nil, nonce, sealed, bound(fieldUse, keyID, aad))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return plain, nil
}

// Mac returns a name for b that only this key's holder can make: the first 16
// bytes of HMAC-SHA256 in base64url, 22 characters that a claim may hold. The
// key is made at its first use. ErrErased: the key was dropped.
func (k *Keyring) Mac(ctx context.Context, keyID string, b []byte) (string, error) {
	key, err := k.key(ctx, keyID, true)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, key.mac)
	h.Write(b)
	return text(h.Sum(nil)[:16]), nil
}

// Drop erases a key for ever: from now on this ring answers ErrErased for it,
// and once Drop has returned nil so does every ring that starts. After an error
// it is to be repeated.
func (k *Keyring) Drop(ctx context.Context, keyID string) error {
	if err := CheckKeyID(keyID); err != nil {
		return err
	}
	k.forget(keyID)
	return k.store.DropKey(ctx, keyID)
}

// Erased says whether this ring has learnt that a key was dropped. It asks
// nobody.
func (k *Keyring) Erased(keyID string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.erased[keyID]
}

func (k *Keyring) forget(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.keys, id)
	k.erased[id] = true
}

// key returns a person's key from memory or the store, and makes it if need be.
func (k *Keyring) key(ctx context.Context, id string, create bool) (personKey, error) {
	k.mu.Lock()
	key, ok := k.keys[id]
	erased := k.erased[id]
	k.mu.Unlock()
	switch {
	case erased:
		return personKey{}, fmt.Errorf("%w: %s", ErrErased, id)
	case ok:
		return key, nil
	}
	wrapped, err := k.store.Key(ctx, id)
	if errors.Is(err, ErrNotFound) && create {
		wrapped, err = k.create(ctx, id)
	}
	if errors.Is(err, ErrErased) {
		k.forget(id)
	}
	if err != nil {
		return personKey{}, fmt.Errorf("key %s: %w", clip(id), err)
	}
	raw, err := k.unwrap(id, wrapped)
	if err != nil {
		return personKey{}, err
	}
	key = personKey{seal: gcm(subkey(raw, sealUse)), mac: subkey(raw, macUse)}
	return key, k.remember(id, key)
}

// create draws a key and keeps it. It is durable before its first use; if
// another node was quicker, that node's key is the one.
func (k *Keyring) create(ctx context.Context, id string) ([]byte, error) {
	wrapped := k.wrap(id, random(32))
	err := k.store.PutKey(ctx, id, wrapped)
	if errors.Is(err, ErrTaken) {
		return k.store.Key(ctx, id)
	}
	return wrapped, err
}

func (k *Keyring) wrap(id string, raw []byte) []byte {
	nonce := random(k.master.NonceSize())
	return k.master.Seal(nonce, nonce, raw, bound(masterUse, id, ""))
}

// unwrap opens a wrapped key. Its id is bound in, so that a key moved to
// another person in the store opens nothing.
func (k *Keyring) unwrap(id string, wrapped []byte) ([]byte, error) {
	n := k.master.NonceSize()
	if len(wrapped) < n {
		return nil, fmt.Errorf("%w: %s: %d bytes", ErrMaster, id, len(wrapped))
	}
	raw, err := k.master.Open(nil, wrapped[:n], wrapped[n:], bound(masterUse, id, ""))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrMaster, id)
	}
	return raw, nil
}

func (k *Keyring) remember(id string, key personKey) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.erased[id] {
		return fmt.Errorf("%w: %s", ErrErased, id)
	}
	for other := range k.keys { // whichever comes; it is read again when needed
		if len(k.keys) < cacheSize {
			break
		}
		delete(k.keys, other)
	}
	k.keys[id] = key
	return nil
}

// bound is the associated data. A key id holds no NUL, so two different pairs
// never look alike.
func bound(use, id, aad string) []byte {
	return []byte(use + "\x00" + id + "\x00" + aad)
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for a key that is not 16, 24 or 32 bytes long
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for a block that is not 16 bytes long
	}
	return aead
}

func subkey(key []byte, use string) []byte {
	b, err := hkdf.Key(sha256.New, key, nil, use, 32)
	if err != nil {
		panic(err) // only for more than 255 blocks
	}
	return b
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails, says crypto/rand
	return b
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
