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
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata" // zones of events, wherever this runs

	"github.com/skip2/go-qrcode"
	"goen/pwa"
	"goen/realtime"
	"goen/server/web"
	"goen/store"
	"goen/store/sqlite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, command, err := readConfig(os.Args[1:], os.Environ(), os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = dispatch(ctx, c, command)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "goen:", err)
		os.Exit(1)
	}
}

func dispatch(ctx context.Context, c config, command []string) error {
	switch fmt.Sprint(command) {
	case "[]", "[serve]":
		return run(ctx, c, hooks{out: os.Stdout})
	case "[host add]":
		return addHost(ctx, c, os.Stdout, time.Now())
	case "[check]":
		return check(ctx, c, os.Stdout)
	}
	usage(os.Stderr)
	return fmt.Errorf("unknown command %q", command)
}

// hooks are what tests reach into: all may be left out but out.
type hooks struct {
	out   io.Writer                     // what the operator reads
	log   io.Writer                     // os.Stderr
	ready func(address string)          // called once the server answers
	clock func() time.Time              // of the rooms
	fail  func(point string)            // see realtime.Config
	wrap  func(store.Store) store.Store // puts faults before the store
}

const (
	drainWithin  = 10 * time.Second
	headerWithin = 5 * time.Second
	bodyWithin   = 10 * time.Second
	answerWithin = 60 * time.Second
	idleWithin   = 120 * time.Second
)

func openStore(ctx context.Context, c config, clock func() time.Time) (store.Store, *store.Keyring, error) {
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, nil, err
	}
	master, err := store.LoadMaster(c.keyFile)
	if err != nil {
		return nil, nil, err
	}
	var options []sqlite.Option
	if clock != nil {
		options = append(options, sqlite.WithClock(clock))
	}
	s, err := sqlite.Open(ctx, filepath.Join(c.data, "goen.db"), options...)
	if err != nil {
		return nil, nil, err
	}
	keys := store.NewKeyring(s, master)
	if err := keys.Check(ctx); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, keys, nil
}

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
	s, keys, err := openStore(ctx, c, h.clock)
	if err != nil {
		return err
	}
	if h.wrap != nil {
		s = h.wrap(s)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	hub, err := realtime.NewHub(ctx, realtime.Config{Store: s, Keys: keys, Log: log, Build: pwa.Build(), Clock: h.clock, Fail: h.fail})
	if err != nil {
		return err
	}
	site, err := web.New(web.Config{Hub: hub, Store: s, Keys: keys, Log: log, URL: c.url, Proxies: c.proxies, Clock: h.clock})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return errors.Join(err, hub.Close(ctx))
	}
	server := &http.Server{
		Handler: site, ReadHeaderTimeout: headerWithin, ReadTimeout: bodyWithin, WriteTimeout: answerWithin, IdleTimeout: idleWithin,
		MaxHeaderBytes: 16 << 10, ConnContext: web.Context, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0), // it would name addresses
	}
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

// greet says where to go, and on a fresh installation how to become the host.
func greet(ctx context.Context, c config, h hooks, hub *realtime.Hub, s store.Store) error {
	fmt.Fprintf(h.out, "Goen ご縁  %s\n", c.url)
	if _, built := pwa.App(); !built {
		fmt.Fprintln(h.out, "The phone app is not built: use `make run`.")
	}
	if hub.Directory.HasHost() {
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
	if err := thereIs(c); err != nil {
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

// thereIs refuses a folder without a store: commands that only look must not
// make one, nor a key, where the path was mistyped.
func thereIs(c config) error {
	if _, err := os.Stat(filepath.Join(c.data, "goen.db")); err != nil {
		return fmt.Errorf("no store in %s: %w", c.data, err)
	}
	return nil
}

// check prints the settings in force and walks every stream for holes.
func check(ctx context.Context, c config, out io.Writer) error {
	fmt.Fprintf(out, "listen    %s\nurl       %s\ndata      %s\nkey-file  %s\nproxies   %v\n", c.listen, c.url, c.data, c.keyFile, c.proxies)
	if err := thereIs(c); err != nil {
		return err
	}
	s, _, err := openStore(ctx, c, nil)
	if err != nil {
		return err
	}
	records, streams, last := 0, 0, ""
	err = s.Scan(ctx, func(r store.Record) error {
		if records++; r.Stream != last {
			streams, last = streams+1, r.Stream
		}
		return nil
	})
	if err == nil {
		fmt.Fprintf(out, "store     %d records in %d streams, none missing\n", records, streams)
	}
	return errors.Join(err, s.Close())
}
