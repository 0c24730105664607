package store_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"goen/store"
	"goen/store/sqlite"
)

var master = [32]byte{1, 2, 3}

func open(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "goen.db"))
	ok(t, err)
	t.Cleanup(func() { ok(t, s.Close()) })
	return s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("error: %v", err)
	}
}

func refused(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

func seal(t testing.TB, k *store.Keyring, id, aad, plain string) string {
	t.Helper()
	env, err := k.Seal(t.Context(), id, aad, []byte(plain))
	ok(t, err)
	return env
}

func opens(t testing.TB, k *store.Keyring, id, aad, env, want string) {
	t.Helper()
	plain, err := k.Open(t.Context(), id, aad, env)
	ok(t, err)
	if string(plain) != want {
		t.Fatalf("opened %q, want %q", plain, want)
	}
}

func TestSealAndOpen(t *testing.T) {
	s := open(t)
	k := store.NewKeyring(s, master)
	for _, plain := range []string{"", "x", "内装の職人さんを探しています", strings.Repeat("y", 100_000)} {
		env := seal(t, k, "e/1", "need.text", plain)
		opens(t, k, "e/1", "need.text", env, plain)
		opens(t, store.NewKeyring(s, master), "e/1", "need.text", env, plain) // after a restart
		if plain != "" && strings.Contains(env, plain) && len(plain) > 1 {
			t.Fatal("the envelope shows the words")
		}
		if env == seal(t, k, "e/1", "need.text", plain) {
			t.Fatal("sealed alike twice")
		}
	}
	if form := regexp.MustCompile(`^v1\.ZS8x\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+$`); !form.MatchString(seal(t, k, "e/1", "", "x")) {
		t.Fatal("not the form that is in the data for good")
	}
	wrapped, err := s.Key(t.Context(), "e/1")
	ok(t, err)
	if len(wrapped) != 12+32+16 {
		t.Fatalf("wrapped key of %d bytes", len(wrapped))
	}
}

func TestOpenRefuses(t *testing.T) {
	s := open(t)
	k := store.NewKeyring(s, master)
	env, other := seal(t, k, "e/1", "need", "words"), seal(t, k, "e/2", "need", "others")
	parts, otherParts := strings.Split(env, "."), strings.Split(other, ".")
	for name, c := range map[string]struct{ id, aad, env string }{
		"other field":      {"e/1", "card", env},
		"no field":         {"e/1", "", env},
		"other person":     {"e/2", "need", env},
		"other's name":     {"e/2", "need", strings.Join([]string{"v1", otherParts[1], parts[2], parts[3]}, ".")},
		"other's nonce":    {"e/1", "need", strings.Join([]string{"v1", parts[1], otherParts[2], parts[3]}, ".")},
		"other's text":     {"e/1", "need", strings.Join([]string{"v1", parts[1], parts[2], otherParts[3]}, ".")},
		"other version":    {"e/1", "need", "v2" + env[2:]},
		"short nonce":      {"e/1", "need", strings.Join([]string{"v1", parts[1], parts[2][:8], parts[3]}, ".")},
		"no text":          {"e/1", "need", strings.Join([]string{"v1", parts[1], parts[2], ""}, ".")},
		"a part more":      {"e/1", "need", env + "."},
		"a part less":      {"e/1", "need", strings.Join(parts[:3], ".")},
		"padded":           {"e/1", "need", env + "=="},
		"line end":         {"e/1", "need", env + "\n"},
		"nothing":          {"e/1", "need", ""},
		"border moved":     {"e/1", "nee", strings.Replace(env, "need", "nee", 1)},
		"two in one field": {"e/1", "need\x00", env},
	} {
		if plain, err := k.Open(t.Context(), c.id, c.aad, c.env); !errors.Is(err, store.ErrSealed) {
			t.Errorf("%s: %q and %v", name, plain, err)
		}
	}
	unknown := strings.Join([]string{"v1", base64.RawURLEncoding.EncodeToString([]byte("e/9")), parts[2], parts[3]}, ".")
	_, err := k.Open(t.Context(), "e/9", "need", unknown)
	refused(t, err, store.ErrNotFound)
	_, err = s.Key(t.Context(), "e/9")
	refused(t, err, store.ErrNotFound) // looking made no key
	_, err = k.Seal(t.Context(), "e:1", "need", nil)
	refused(t, err, store.ErrInvalid)
}

func TestEveryBitCounts(t *testing.T) {
	k := store.NewKeyring(open(t), master)
	env := seal(t, k, "e/1", "need", "words")
	for i := range len(env) * 8 {
		b := []byte(env)
		b[i/8] ^= 1 << (i % 8)
		if plain, err := k.Open(t.Context(), "e/1", "need", string(b)); !errors.Is(err, store.ErrSealed) {
			t.Fatalf("bit %d: %q and %v", i, plain, err)
		}
	}
}

func TestErased(t *testing.T) {
	s := open(t)
	k, far := store.NewKeyring(s, master), store.NewKeyring(s, master)
	env, others := seal(t, k, "e/1", "need", "words"), seal(t, k, "e/10", "need", "others")
	opens(t, far, "e/1", "need", env, "words")
	for range 2 {
		ok(t, k.Drop(t.Context(), "e/1"))
	}
	ok(t, k.Drop(t.Context(), "e/never"))
	ok(t, far.Drop(t.Context(), "e/1")) // as a node does that reads of it
	for name, k := range map[string]*store.Keyring{"the same": k, "another node's": far, "after a restart": store.NewKeyring(s, master)} {
		for range 2 {
			if _, err := k.Open(t.Context(), "e/1", "need", env); !errors.Is(err, store.ErrErased) {
				t.Errorf("%s ring opens: %v", name, err)
			}
			for _, id := range []string{"e/1", "e/never"} {
				if _, err := k.Seal(t.Context(), id, "need", []byte("back")); !errors.Is(err, store.ErrErased) {
					t.Errorf("%s ring seals: %v", name, err)
				}
				if _, err := k.Mac(t.Context(), id, []byte("back")); !errors.Is(err, store.ErrErased) {
					t.Errorf("%s ring macs: %v", name, err)
				}
			}
		}
		opens(t, k, "e/10", "need", others, "others")
	}
	refused(t, k.Drop(t.Context(), "e:1"), store.ErrInvalid)
}

// slow holds up the answer of Key until the test lets it go.
type slow struct {
	store.Store
	asked, answer chan struct{}
}

func (s slow) Key(ctx context.Context, id string) ([]byte, error) {
	b, err := s.Store.Key(ctx, id)
	s.asked <- struct{}{}
	<-s.answer
	return b, err
}

// A key that was on its way from the store when it was dropped must not come
// back into memory.
func TestDropOvertakesLoad(t *testing.T) {
	s := open(t)
	env := seal(t, store.NewKeyring(s, master), "e/1", "need", "words")
	held := slow{s, make(chan struct{}), make(chan struct{})}
	k := store.NewKeyring(held, master)
	done := make(chan error)
	go func() {
		_, err := k.Open(context.Background(), "e/1", "need", env)
		done <- err
	}()
	<-held.asked
	ok(t, k.Drop(t.Context(), "e/1"))
	close(held.answer)
	refused(t, <-done, store.ErrErased)
	_, err := k.Open(t.Context(), "e/1", "need", env)
	refused(t, err, store.ErrErased)
}

func TestManyMakersOfOneKey(t *testing.T) {
	s := open(t)
	envs := make([]string, 16)
	var wg sync.WaitGroup
	for i := range envs {
		wg.Go(func() {
			var err error
			if envs[i], err = store.NewKeyring(s, master).Seal(t.Context(), "e/1", "need", []byte("words")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	k := store.NewKeyring(s, master)
	for _, env := range envs {
		opens(t, k, "e/1", "need", env, "words")
	}
}

// altered is a store whose keys somebody has laid a hand on.
type altered struct {
	store.Store
	key func(id string) ([]byte, error)
}

func (s altered) Key(_ context.Context, id string) ([]byte, error) { return s.key(id) }

func TestWrappedKeyIsBoundToItsID(t *testing.T) {
	s := open(t)
	k := store.NewKeyring(s, master)
	mine := seal(t, k, "e/1", "need", "words")
	seal(t, k, "e/2", "need", "others")
	swapped := altered{s, func(id string) ([]byte, error) {
		return s.Key(t.Context(), map[string]string{"e/1": "e/2", "e/2": "e/1"}[id])
	}}
	for _, id := range []string{"e/1", "e/2"} {
		_, err := store.NewKeyring(swapped, master).Seal(t.Context(), id, "need", nil)
		refused(t, err, store.ErrMaster)
	}
	wrapped, err := s.Key(t.Context(), "e/1")
	ok(t, err)
	for i := range len(wrapped) * 8 {
		bad := altered{s, func(string) ([]byte, error) {
			b := bytes.Clone(wrapped)
			b[i/8] ^= 1 << (i % 8)
			return b, nil
		}}
		_, err := store.NewKeyring(bad, master).Open(t.Context(), "e/1", "need", mine)
		refused(t, err, store.ErrMaster)
	}
	short := altered{s, func(string) ([]byte, error) { return wrapped[:5], nil }}
	_, err = store.NewKeyring(short, master).Open(t.Context(), "e/1", "need", mine)
	refused(t, err, store.ErrMaster)
}

func TestCheckFindsAnotherMaster(t *testing.T) {
	s := open(t)
	for range 2 {
		ok(t, store.NewKeyring(s, master).Check(t.Context()))
	}
	refused(t, store.NewKeyring(s, [32]byte{9}).Check(t.Context()), store.ErrMaster)
}

func TestMac(t *testing.T) {
	s := open(t)
	k := store.NewKeyring(s, master)
	mac := func(k *store.Keyring, id, b string) string {
		m, err := k.Mac(t.Context(), id, []byte(b))
		ok(t, err)
		ok(t, store.CheckClaim("mail."+m, "x"))
		return m
	}
	m := mac(k, "e/1", "ann@example.org")
	if len(m) != 22 || m != mac(store.NewKeyring(s, master), "e/1", "ann@example.org") {
		t.Fatalf("mac %q is not the same after a restart", m)
	}
	if m == mac(k, "e/2", "ann@example.org") || m == mac(k, "e/1", "bob@example.org") {
		t.Fatal("two are alike")
	}
}

// More people than are kept at hand: those put aside are read again.
func TestManyPeople(t *testing.T) {
	k := store.NewKeyring(memory{keys: map[string][]byte{}}, master)
	var envs []string
	for i := range store.CacheSize + 50 {
		envs = append(envs, seal(t, k, fmt.Sprintf("e/%d", i), "need", "words"))
	}
	if n := k.Cached(); n > store.CacheSize {
		t.Fatalf("%d keys at hand", n)
	}
	for i, env := range envs {
		opens(t, k, fmt.Sprintf("e/%d", i), "need", env, "words")
	}
}

// memory keeps keys in a map, where a disk would take too long.
type memory struct {
	store.Store
	keys map[string][]byte
}

func (m memory) Key(_ context.Context, id string) ([]byte, error) {
	if b, ok := m.keys[id]; ok {
		return b, nil
	}
	return nil, store.ErrNotFound
}

func (m memory) PutKey(_ context.Context, id string, b []byte) error {
	m.keys[id] = b
	return nil
}

func FuzzOpen(f *testing.F) {
	k := store.NewKeyring(open(f), master)
	env := seal(f, k, "e/1", "need", "words")
	for _, s := range []string{env, "", "v1...", "v1.ZS8x.AAAA.AAAA", env + "\n", strings.ToUpper(env)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain, err := k.Open(t.Context(), "e/1", "need", s)
		switch {
		case err == nil && (s != env || string(plain) != "words"):
			t.Fatalf("opened %q from %q", plain, s)
		case err != nil && !errors.Is(err, store.ErrSealed):
			t.Fatalf("error %v for %q", err, s)
		}
	})
}
