// Package bell is the doorbell between nodes over NATS. Core NATS only: what is
// lost is lost, and the log makes up for it.
package bell

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"goen/realtime"
	"goen/store"
)

// NATS is a realtime.Doorbell.
type NATS struct {
	conn    *nats.Conn
	subject string
	log     *slog.Logger
	away    atomic.Bool // said in the log
	notes   chan realtime.Note
	done    chan struct{}
	home    sync.WaitGroup
	once    sync.Once
}

const (
	waiting   = 256             // bells that wait to be rung; more are dropped
	noteMost  = 1 << 10         // bytes
	pingEvery = 2 * time.Second // finds a server that is silently gone after three
	tryEvery  = time.Second
	dialLasts = 2 * time.Second
)

// Dial is for a URL such as nats://user:password@host:4222, or several with
// commas between. A server that is not there is no error: it is said in the log
// once, and tried again for as long as it takes. A URL that is none is.
//
// The subject is made of a key of the installation, so that several may share a
// server without hearing each other.
func Dial(ctx context.Context, url string, keys *store.Keyring, log *slog.Logger) (*NATS, error) {
	name, err := keys.Mac(ctx, "installation/bell", []byte("1"))
	if err != nil {
		return nil, fmt.Errorf("bell: %w", err)
	}
	b := &NATS{subject: "goen." + name, log: log, notes: make(chan realtime.Note, waiting), done: make(chan struct{})}
	b.conn, err = nats.Connect(url,
		nats.Name("goen"), nats.NoEcho(), nats.Timeout(dialLasts),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(),
		nats.ReconnectWait(tryEvery), nats.ReconnectBufSize(-1), // a bell kept for later is worth nothing
		nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(2), nats.FlusherTimeout(dialLasts),
		nats.ConnectHandler(b.there), nats.ReconnectHandler(b.there),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { b.gone(err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Debug("bell", "err", err) }),
		nats.NoCallbacksAfterClientClose(),
	)
	if err != nil {
		return nil, fmt.Errorf("bell: %w", err)
	}
	if !b.conn.IsConnected() {
		b.gone(nats.ErrNoServers)
		if b.conn.IsConnected() { // just now
			b.there(nil)
		}
	}
	b.home.Go(b.work)
	return b, nil
}

func (b *NATS) gone(err error) {
	if !b.away.Swap(true) {
		b.log.Warn("the doorbell is away; this node looks after its rooms by itself", "err", err)
	}
}

func (b *NATS) there(*nats.Conn) {
	if b.away.Swap(false) {
		b.log.Info("the doorbell is back")
	}
}

// Ring is realtime.Doorbell's.
func (b *NATS) Ring(n realtime.Note) {
	select {
	case b.notes <- n:
	default:
	}
}

// work rings, so that nobody else waits for a network that stands still.
func (b *NATS) work() {
	for {
		select {
		case n := <-b.notes:
			if body, err := json.Marshal(n); err == nil {
				_ = b.conn.Publish(b.subject, body)
			}
		case <-b.done:
			return
		}
	}
}

// Answer is realtime.Doorbell's.
func (b *NATS) Answer(f func(realtime.Note)) {
	_, err := b.conn.Subscribe(b.subject, func(m *nats.Msg) {
		var n realtime.Note
		if len(m.Data) <= noteMost && json.Unmarshal(m.Data, &n) == nil {
			f(n)
		}
	})
	if err != nil { // only of a closed connection
		b.log.Error("bell", "err", err)
	} else if b.conn.IsConnected() { // from now on every bell is heard
		_ = b.conn.FlushTimeout(dialLasts)
	}
}

// Close is realtime.Doorbell's.
func (b *NATS) Close() {
	b.once.Do(func() {
		close(b.done)
		b.home.Wait()
		b.conn.Close()
	})
}
