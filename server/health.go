package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"goen/pwa"
)

const healthWithin = 5 * time.Second

// healthcheck asks the server on this machine, as a container's health check
// does that has no other program in it.
func healthcheck(ctx context.Context, c config, in call) error {
	host, port, err := net.SplitHostPort(c.listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, done := context.WithTimeout(ctx, healthWithin)
	defer done()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	r.Host = c.url.Host
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return told{"the server does not answer", "サーバーが応答しません", err}
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return told{"the server is not ready", "サーバーの準備ができていません", fmt.Errorf("status %d", answer.StatusCode)}
	}
	_, err = fmt.Fprintln(in.out, "ready")
	return err
}

// version prints what was built.
func version(_ context.Context, _ config, in call) error {
	of := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		of = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" || s.Key == "vcs.modified" && s.Value == "true" {
				of += " " + s.Key[len("vcs."):] + " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(in.out, "goen %s\n%s %s/%s\napp %s\n", of, runtime.Version(), runtime.GOOS, runtime.GOARCH, pwa.Build())
	return err
}
