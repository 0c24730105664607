package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	for name, c := range map[string]struct {
		args, env []string
		url       string // what people reach us by; or
		wrong     string // a word of the refusal
	}{
		"default":                {nil, nil, "http://localhost:8080", ""},
		"a name with TLS":        {[]string{"--url", "https://Goen.example.jp"}, nil, "https://goen.example.jp", ""},
		"the default port":       {[]string{"--url", "https://goen.example.jp:443"}, nil, "https://goen.example.jp", ""},
		"another port":           {[]string{"--url", "https://goen.example.jp:8443"}, nil, "https://goen.example.jp:8443", ""},
		"from the environment":   {nil, []string{"GOEN_URL=https://goen.example.jp", "HOME=/"}, "https://goen.example.jp", ""},
		"the flag is stronger":   {[]string{"--url", "https://a.example"}, []string{"GOEN_URL=https://b.example"}, "https://a.example", ""},
		"everywhere":             {[]string{"--listen", ":9000"}, nil, "http://localhost:9000", ""},
		"plain http":             {[]string{"--url", "http://192.168.0.5:8080"}, nil, "", "insecure"},
		"plain http, knowingly":  {[]string{"--url", "http://192.168.0.5:8080", "--insecure", "yes"}, nil, "http://192.168.0.5:8080", ""},
		"a path":                 {[]string{"--url", "https://goen.example.jp/app"}, nil, "", "--url"},
		"an unknown variable":    {nil, []string{"GOEN_SECRET=x"}, "", "GOEN_SECRET"},
		"another store":          {[]string{"--store", "mongodb://x"}, nil, "http://localhost:8080", ""},
		"a store of no kind":     {[]string{"--store", "postgres://x"}, nil, "", "--store"},
		"networks of proxies":    {[]string{"--proxies", "10.0.0.0/8, 127.0.0.1/32"}, nil, "http://localhost:8080", ""},
		"a proxy that is none":   {[]string{"--proxies", "everybody"}, nil, "", "--proxies"},
		"no port to listen on":   {[]string{"--listen", "localhost"}, nil, "", "--listen"},
		"a server of embeddings": {nil, []string{"GOEN_EMBED_URL=https://api.example.com/v1", "GOEN_EMBED_MODEL=small", "GOEN_EMBED_KEY=x"}, "http://localhost:8080", ""},
		"embeddings, no model":   {nil, []string{"GOEN_EMBED_URL=https://api.example.com/v1"}, "", "GOEN_EMBED_MODEL"},
		"embeddings, no server":  {nil, []string{"GOEN_EMBED_KEY=x"}, "", "GOEN_EMBED_URL"},
		"embeddings, plain http": {nil, []string{"GOEN_EMBED_URL=http://api.example.com", "GOEN_EMBED_MODEL=small"}, "", "plain http"},
		"a log level of no kind": {[]string{"--log", "loud"}, nil, "", "--log"},
	} {
		got, _, err := readConfig(c.args, c.env, io.Discard)
		switch {
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s: refused with %v, want something about %s", name, err, c.wrong)
		case c.wrong == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.wrong == "" && got.url.String() != c.url:
			t.Errorf("%s: %s, want %s", name, got.url, c.url)
		}
	}
}

// Who only looks makes nothing: a mistyped folder is not "all is well".
func TestLookingMakesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "mistyped")
	c, _, err := readConfig([]string{"--data", folder}, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if check(t.Context(), c, io.Discard) == nil || addHost(t.Context(), c, io.Discard, time.Now()) == nil {
		t.Error("a folder without a store is fine")
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the folder was made")
	}
}

func TestCheckWalksTheStore(t *testing.T) {
	h := open(t)
	reception(t, h)
	h.close()
	var out lines
	if err := check(t.Context(), h.config, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "nothing is missing") || strings.Contains(out.String(), "\n0 records") {
		t.Errorf("it says %s", out.String())
	}
	h.start()
}

// What an operator may be shown, and post to somebody, holds no key.
func TestCheckHidesTheKeyOfEmbeddings(t *testing.T) {
	h := open(t, func(h *house) { h.config.embed = embedding{"https://api.example.com/v1", "small", "~key~"} })
	h.close()
	var out lines
	if err := check(t.Context(), h.config, &out); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "~key~") || !strings.Contains(got, "https://api.example.com/v1, model small, with a key") {
		t.Errorf("it says %s", got)
	}
	h.start()
}
