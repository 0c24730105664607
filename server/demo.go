package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"goen/realtime"
	"goen/realtime/crowd"
	"goen/server/web"
	"goen/store"
)

// demo is the program with an evening of invented people in it. It keeps a
// folder of its own, made anew at every start, and sends nothing to anybody.
type demo struct {
	pace float64

	mu  sync.Mutex
	now *crowd.Demo
}

// demoFile marks a folder that a demo may delete.
const demoFile = "DEMO"

// runDemo is the command demo.
func runDemo(ctx context.Context, c config, out io.Writer) error {
	return playDemo(ctx, c, hooks{out: out}, 1)
}

func playDemo(ctx context.Context, c config, h hooks, pace float64) error {
	if c.store != "" {
		return errors.New("a demo runs on a store of its own: leave --store (GOEN_STORE) out\nデモは専用の保存先で動きます。--store(GOEN_STORE)は指定しないでください")
	}
	c.data = filepath.Join(c.data, "demo")
	c.keyFile = filepath.Join(c.data, "master.key")
	if err := clearStage(c.data); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d := &demo{pace: pace}
	var begun sync.WaitGroup
	var kept store.Store
	h.demo = d
	h.wrap = func(s store.Store) store.Store { kept = s; return s }
	ready := h.ready
	h.ready = func(address string) {
		begun.Go(func() {
			if err := d.begin(ctx, c, kept); err != nil && ctx.Err() == nil {
				fmt.Fprintln(h.out, "goen: demo:", err)
				stop()
			}
		})
		if ready != nil {
			ready(address)
		}
	}
	fmt.Fprint(h.out, "\n  デモです。登場する24人はすべて架空で、どこへも何も送りません。\n  This is a demo: all 24 people are invented, and nothing is sent to anybody.\n\n")
	err := run(ctx, c, h)
	stop()
	begun.Wait()
	if d.now != nil {
		d.now.Wait()
	}
	return err
}

// clearStage makes the folder anew, if it is a demo's.
func clearStage(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, demoFile)); err != nil && len(entries) > 0 {
		return fmt.Errorf("%s is not a demo's folder; it is left alone\n%s はデモのフォルダではないため、何もしませんでした", dir, dir)
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, demoFile), []byte("made anew at every start of `goen demo`\n"), 0o600)
}

// begin lets the people come.
func (d *demo) begin(ctx context.Context, c config, s store.Store) error {
	link, err := web.HostLink(ctx, s, c.url.String(), time.Now())
	if err != nil {
		return err
	}
	_, secret, _ := strings.Cut(link, "#")
	now, err := crowd.StartDemo(ctx, crowd.DemoConfig{
		Base: c.url, HostSecret: secret, Log: slog.New(slog.DiscardHandler), Pace: d.pace, Seed: uint64(time.Now().UnixNano()),
	})
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = now
	return nil
}

// Path is where a newcomer goes: as a guest, or in the host's place.
func (d *demo) Path(ctx context.Context, as string) (string, error) {
	d.mu.Lock()
	now := d.now
	d.mu.Unlock()
	switch {
	case now == nil:
		return "", realtime.ErrUnavailable
	case as == "host":
		return now.Host(ctx)
	}
	return now.Join(ctx)
}
