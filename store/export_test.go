package store

// CacheSize is for the tests of the bound.
const CacheSize = cacheSize

// Cached is how many keys a ring has at hand.
func (k *Keyring) Cached() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
