package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"goen/realtime/event"
	"goen/store"
)

// Damage is something that an audit found. Seq is 0 where it is not of one
// record; Stream may be empty too.
type Damage struct {
	Stream string
	Seq    int64
	Err    error
}

// Audit walks everything that a store holds, as a server would read it: every
// stream is read and decoded, every event folded, every sealed word opened whose
// key was not erased, every wrapped key, blob and claim looked at. It calls
// found for each damage and goes on as far as it can. The error is one that says
// nothing of the data, such as the end of ctx.
func Audit(ctx context.Context, s store.Store, master [32]byte, found func(Damage)) (store.Tally, error) {
	a := &audit{ctx: ctx, store: s, keys: store.NewKeyring(s, master), found: found}
	for _, walk := range []func() error{a.wraps, a.streams, a.claims, a.blobs} {
		if err := walk(); err != nil {
			return a.tally, err
		}
	}
	return a.tally, nil
}

type audit struct {
	ctx   context.Context
	store store.Store
	keys  *store.Keyring
	found func(Damage)
	tally store.Tally
	at    Damage // where it is now
	whole bool   // nothing was found in this stream yet
}

func (a *audit) damage(err error) {
	a.whole = false
	a.found(Damage{a.at.Stream, a.at.Seq, err})
}

func (a *audit) wraps() error {
	a.at = Damage{}
	return a.judge(a.store.Keys(a.ctx, func(id string, wrapped []byte) error {
		if len(wrapped) == 0 {
			a.tally.Erased++
			return nil
		}
		a.tally.Keys++
		if err := a.keys.Unwraps(id, wrapped); err != nil {
			a.damage(err)
		}
		return nil
	}))
}

// judge tells damage from what says nothing of the data.
func (a *audit) judge(err error) error {
	if errors.Is(err, store.ErrHole) || errors.Is(err, store.ErrForeign) {
		a.damage(err)
		return nil
	}
	return err
}

func (a *audit) streams() error {
	a.at = Damage{}
	var streams []string
	err := a.judge(a.store.Scan(a.ctx, func(r store.Record) error {
		if a.tally.Records++; len(streams) == 0 || streams[len(streams)-1] != r.Stream {
			streams = append(streams, r.Stream)
		}
		return nil
	}))
	a.tally.Streams = len(streams)
	for _, stream := range streams {
		if err != nil {
			return err
		}
		err = a.stream(stream)
	}
	return err
}

func (a *audit) stream(name string) error {
	a.at, a.whole = Damage{Stream: name}, true
	kind, id, _ := strings.Cut(name, ".")
	state := event.New()
	err := a.store.Read(a.ctx, name, 0, func(r store.Record) error {
		a.at.Seq = r.Seq
		switch kind {
		case "ev":
			a.fold(state, id, r)
		case "pr":
			a.provision(r)
		default:
			a.plain(r)
		}
		return nil
	})
	a.at.Seq = 0 // the error names its place
	if errors.Is(err, store.ErrGone) {
		return nil // dropped meanwhile
	}
	return a.judge(err)
}

// fold decodes a record of an event, and folds it as long as all before it was
// whole.
func (a *audit) fold(state *event.State, id string, r store.Record) {
	defer func() {
		if broken := recover(); broken != nil {
			a.damage(errors.New("it cannot be folded")) // the value might quote words
		}
	}()
	whole := a.whole
	rec, err := event.Decode(r.Seq, event.At(r.At.UnixMilli()), r.Body, auditSealer{a, id})
	if err != nil {
		a.damage(err)
	} else if whole && a.whole {
		event.Fold(state, rec)
	}
}

func (a *audit) provision(r store.Record) {
	var p provisions
	var pair []Provision
	err := json.Unmarshal(r.Body, &p)
	if err == nil {
		var plain []byte
		if plain, err = a.open(r.Stream, "provision", p.Sealed); err == nil && plain != nil {
			err = json.Unmarshal(plain, &pair)
		}
	}
	if err != nil {
		a.damage(err)
	}
}

func (a *audit) plain(r store.Record) {
	var f struct {
		V int
		F string
	}
	if err := json.Unmarshal(r.Body, &f); err != nil {
		a.damage(err)
	} else if f.V != 1 || f.F == "" {
		a.damage(fmt.Errorf("it has format %d and says %q", f.V, f.F))
	}
}

func (a *audit) open(key, label, envelope string) ([]byte, error) {
	plain, err := a.keys.Open(a.ctx, key, label, envelope)
	if errors.Is(err, store.ErrErased) {
		return nil, nil
	}
	return plain, err
}

// auditSealer reports words that do not open, and lets the reading go on
// without them.
type auditSealer struct {
	*audit
	event string
}

func (auditSealer) Seal(string, string, []byte) (string, error) { return "", errors.ErrUnsupported }

func (s auditSealer) Open(whose, label, envelope string) ([]byte, error) {
	plain, err := s.open(s.event+"/"+whose, label, envelope)
	if err != nil {
		s.damage(err)
	}
	return plain, nil
}

func (a *audit) claims() error {
	a.at = Damage{}
	return a.judge(a.store.Claims(a.ctx, func(c store.Claim) error {
		if stream, gone := store.GoneStream(c.Name); gone {
			a.tally.Gone++
			if err := store.CheckStream(stream); err != nil {
				a.damage(err)
			}
			return nil
		}
		a.tally.Claims++
		if err := store.CheckClaim(c.Name, c.Owner); err != nil {
			a.damage(err)
		}
		return nil
	}))
}

func (a *audit) blobs() error {
	a.at = Damage{}
	var sums []string
	if err := a.judge(a.store.Blobs(a.ctx, func(sum string) error { sums = append(sums, sum); return nil })); err != nil {
		return err
	}
	a.tally.Blobs = len(sums)
	for _, sum := range sums {
		if _, err := a.store.Blob(a.ctx, sum); err != nil && !errors.Is(err, store.ErrNotFound) { // dropped meanwhile
			if err := a.judge(err); err != nil {
				return err
			}
		}
	}
	return nil
}
