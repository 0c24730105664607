package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds in bytes; the interface states what they bound.
const (
	MaxBody    = 256 << 10
	MaxKey     = 1 << 10
	MaxBlob    = 1 << 20
	maxStream  = 96
	maxName    = 160
	gonePrefix = "gone."
)

// The checks are here and not in the engines, so that what one engine takes
// the other takes too: an installation can move.

// CheckRun says whether a run may be appended: ErrInvalid or ErrTooBig if not.
func CheckRun(run []Record) error {
	for i, r := range run {
		if err := CheckStream(r.Stream); err != nil {
			return err
		}
		first := run[0]
		switch {
		case r.Stream != first.Stream:
			return fmt.Errorf("%w: a run is of one stream, not %q and %q", ErrInvalid, first.Stream, r.Stream)
		case r.Seq < 1 || r.Seq != first.Seq+int64(i):
			return fmt.Errorf("%w: place %d in a run from %d", ErrInvalid, r.Seq, first.Seq)
		case !token(r.By):
			return fmt.Errorf("%w: token %q", ErrInvalid, clip(r.By))
		case len(r.Body) == 0 || len(r.Body) > MaxBody:
			return fmt.Errorf("%w: body of %d bytes", ErrTooBig, len(r.Body))
		case !utf8.Valid(r.Body):
			return fmt.Errorf("%w: body is not UTF-8", ErrInvalid)
		}
	}
	return nil
}

// CheckStream says whether a stream may be called so; ErrInvalid if not.
func CheckStream(stream string) error {
	return checkName("stream", stream, maxStream, "._-")
}

// CheckHolder says whether a name may be asked for; ErrInvalid if not.
func CheckHolder(name string) error {
	return checkName("claim", name, maxName, "._-")
}

// CheckClaim says whether owner may claim or release a name; ErrInvalid if
// not. The names that mark dropped streams are the store's own.
func CheckClaim(name, owner string) error {
	if err := CheckHolder(name); err != nil {
		return err
	}
	if strings.HasPrefix(name, gonePrefix) {
		return fmt.Errorf("%w: the claim %q is the store's own", ErrInvalid, name)
	}
	if !token(owner) {
		return fmt.Errorf("%w: owner %q", ErrInvalid, clip(owner))
	}
	return nil
}

// CheckKeyID says whether a key may be called so; ErrInvalid if not.
func CheckKeyID(id string) error {
	return checkName("key", id, maxName, "._/-")
}

// CheckKey says whether wrapped may be kept under id: ErrInvalid or ErrTooBig
// if not.
func CheckKey(id string, wrapped []byte) error {
	if err := CheckKeyID(id); err != nil {
		return err
	}
	if len(wrapped) == 0 || len(wrapped) > MaxKey {
		return fmt.Errorf("%w: key of %d bytes", ErrTooBig, len(wrapped))
	}
	return nil
}

// CheckSwap says whether new may stand in the place of old under id: ErrInvalid
// or ErrTooBig if not.
func CheckSwap(id string, old, new []byte) error {
	if err := CheckKey(id, old); err != nil {
		return err
	}
	return CheckKey(id, new)
}

// CheckSum says whether sum can name a blob; ErrInvalid if not.
func CheckSum(sum string) error {
	if len(sum) == 2*sha256.Size && strings.Trim(sum, "0123456789abcdef") == "" {
		return nil
	}
	return fmt.Errorf("%w: blob %q", ErrInvalid, clip(sum))
}

// Sum returns the name of a blob; ErrTooBig if it may not be kept.
func Sum(b []byte) (string, error) {
	if len(b) == 0 || len(b) > MaxBlob {
		return "", fmt.Errorf("%w: blob of %d bytes", ErrTooBig, len(b))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// GoneClaim is the name whose claim marks a stream as dropped.
func GoneClaim(stream string) string { return gonePrefix + stream }

// GoneStream is the stream that a claim marks as dropped, if it is such a one.
func GoneStream(claim string) (stream string, is bool) { return strings.CutPrefix(claim, gonePrefix) }

// Millis is a time as engines keep it: UTC, without what is below a
// millisecond.
func Millis(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }

func checkName(what, name string, most int, marks string) error {
	ok := len(name) >= 1 && len(name) <= most
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		ok = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(marks, c) >= 0
	}
	if !ok {
		return fmt.Errorf("%w: %s name %q", ErrInvalid, what, clip(name))
	}
	return nil
}

func token(s string) bool {
	if len(s) < 1 || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// clip keeps an error message short whatever it quotes.
func clip(s string) string {
	if len(s) > maxName {
		return s[:maxName] + "…"
	}
	return s
}
