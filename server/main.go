// Command server is Goen: the go-between of a networking evening.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // zones of events, wherever this runs

	"github.com/skip2/go-qrcode"
	"goen/pwa"
	"goen/realtime"
	"goen/realtime/bell"
	"goen/realtime/embed"
	"goen/server/web"
	"goen/store"
	"goen/store/sqlite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, in, err := readConfig(os.Args[1:], os.Environ(), os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = in.command.run(ctx, c, in)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "goen:", err)
		os.Exit(1)
	}
}

// hooks are what tests reach into: all may be left out but out.
type hooks struct {
	out     io.Writer                     // what the operator reads
	log     io.Writer                     // os.Stderr
	ready   func(address string)          // called once the server answers
	clock   func() time.Time              // of the rooms
	fail    func(point string)            // see realtime.Config
	wrap    func(store.Store) store.Store // puts faults before the store
	disk    string                        // puts another one under it, see sqlite.WithDisk
	limits  realtime.Limits               // of what one phone may cost
	tune    func(*http.Server)            // other limits of time
	demo    web.Demo                      // nil but in a demo
	noHints bool                          // see realtime.Config
}

const (
	drainWithin  = 10 * time.Second
	headerWithin = 5 * time.Second
	bodyWithin   = 10 * time.Second
	answerWithin = 60 * time.Second
	idleWithin   = 120 * time.Second
)

// run holds the whole program: it returns when everything that it started is
// home.
func run(ctx context.Context, c config, h hooks) (err error) {
	if h.log == nil {
		h.log = os.Stderr
	}
	level := slog.LevelInfo
	if c.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: level}))
	s, keys, err := openStore(ctx, c, h.clock, sqlite.WithDisk(h.disk))
	if err != nil {
		return err
	}
	if h.wrap != nil {
		s = h.wrap(s)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := sound(ctx, c, s); err != nil {
		return err
	}
	embedder, leave, err := openEmbedder(c)
	if err != nil {
		return err
	}
	defer leave()
	doorbell, err := openBell(ctx, c, keys, log)
	if err != nil {
		return err
	}
	hub, err := realtime.NewHub(ctx, realtime.Config{Store: s, Keys: keys, Log: log, Build: pwa.Build(), Clock: h.clock, Fail: h.fail, Limits: h.limits, Bell: doorbell, Demo: h.demo != nil, NoHints: h.noHints, Embedder: embedder})
	if err != nil {
		return err
	}
	site, err := web.New(web.Config{Hub: hub, Store: s, Keys: keys, Log: log, URL: c.url, Proxies: c.proxies, Clock: h.clock, Demo: h.demo})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return errors.Join(err, hub.Close(ctx))
	}
	server := &http.Server{
		Handler: site, ReadHeaderTimeout: headerWithin, ReadTimeout: bodyWithin, WriteTimeout: answerWithin, IdleTimeout: idleWithin,
		MaxHeaderBytes: 16 << 10, ConnContext: web.Context, ConnState: web.State, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0), // it would name addresses
	}
	if h.tune != nil {
		h.tune(server)
	}
	log.Info("serving", "address", listener.Addr().String())
	served := make(chan error, 1)
	go func() { served <- server.Serve(web.Listen(listener)) }()
	if err := greet(ctx, c, h, hub, s); err != nil {
		return errors.Join(err, server.Close(), hub.Close(ctx))
	}
	if h.ready != nil {
		h.ready(listener.Addr().String())
	}
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	// Phones first: they are told when to come back. Then requests.
	within, done := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	defer done()
	err = errors.Join(err, hub.Close(within), server.Shutdown(within))
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// openBell is none when nobody asked for one.
func openBell(ctx context.Context, c config, keys *store.Keyring, log *slog.Logger) (realtime.Doorbell, error) {
	if c.nats == "" {
		return nil, nil
	}
	return bell.Dial(ctx, c.nats, keys, log)
}

// openEmbedder is none when nobody asked for one. leave lets its connections go.
func openEmbedder(c config) (to realtime.Embedder, leave func(), err error) {
	if c.embed.url == "" {
		return nil, func() {}, nil
	}
	client, err := embed.New(c.embed.url, c.embed.model, c.embed.key, c.insecure)
	if err != nil {
		return nil, nil, err
	}
	return client, client.Close, nil
}

// greet says where to go, and on a fresh installation how to become the host.
func greet(ctx context.Context, c config, h hooks, hub *realtime.Hub, s store.Store) error {
	fmt.Fprintf(h.out, "Goen ご縁  %s\n", c.url)
	if _, built := pwa.App(); !built {
		fmt.Fprintln(h.out, "The phone app is not built: use `make run`.")
	}
	if h.demo != nil || hub.Directory.HasHost() {
		return nil
	}
	clock := h.clock
	if clock == nil {
		clock = time.Now
	}
	link, err := web.HostLink(ctx, s, c.url.String(), clock())
	if err != nil {
		return err
	}
	fmt.Fprintln(h.out, "\nNobody is a host here yet. This link makes whoever opens it first one, once, within an hour:")
	fmt.Fprintln(h.out, "まだ主催者がいません。最初に開いた方が主催者になるリンクです(1回だけ、1時間以内):")
	return printLink(h.out, link)
}

func printLink(out io.Writer, link string) error {
	code, err := qrcode.New(link, qrcode.Low)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\n  %s\n\n%s\n", link, code.ToSmallString(false))
	return err
}

// addHost prints a one-time link; the server may be running.
func addHost(ctx context.Context, c config, out io.Writer, now time.Time) error {
	if err := thereIs(c.address()); err != nil {
		return err
	}
	s, _, err := openStore(ctx, c, nil)
	if err != nil {
		return err
	}
	link, err := web.HostLink(ctx, s, c.url.String(), now)
	if err == nil {
		err = printLink(out, link)
	}
	return errors.Join(err, s.Close())
}
