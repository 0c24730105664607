package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"goen/realtime/embed"
)

// config is every setting. The table in settings is the only place where one
// has its flag, variable, default and meaning.
type config struct {
	listen   string
	url      *url.URL
	data     string
	store    string
	keyFile  string
	proxies  []netip.Prefix
	nats     string
	insecure bool
	verbose  bool

	embed embedding
}

// embedding is where texts may go to be embedded, if a host and their authors
// want it: see package embed. None without a url.
type embedding struct{ url, model, key string }

type setting struct {
	name, fallback, meaning string
	set                     func(*config, string) error
}

// settings: --name on the command line, else GOEN_NAME in the environment,
// else the default.
var settings = []setting{
	{"listen", "localhost:8080", "address and port to listen on", func(c *config, v string) error { c.listen = v; return nil }},
	{"url", "", "where people reach this server, such as https://goen.example.jp (default: http:// and the listen address)", setURL},
	{"data", "data", "folder of the embedded store", func(c *config, v string) error { c.data = v; return nil }},
	{"store", "", "mongodb://... or mongodb+srv://... (default: the embedded store in the data folder)", setStore},
	{"nats", "", "doorbell between several nodes, such as nats://user:password@host:4222; empty: they look by themselves, every 2 s", func(c *config, v string) error { c.nats = v; return nil }},
	{"key-file", "", "file of the master key, kept apart from backups (default: master.key in the data folder)", func(c *config, v string) error { c.keyFile = v; return nil }},
	{"proxies", "", "networks whose X-Forwarded-For is believed, separated by commas", setProxies},
	{"insecure", "", "yes: allow plain http for others than this machine", func(c *config, v string) error { c.insecure = v == "yes"; return oneOf(v, "", "yes") }},
	{"log", "info", "info or debug", func(c *config, v string) error { c.verbose = v == "debug"; return oneOf(v, "info", "debug") }},
	{"embed-url", "", "server of embeddings that hosts may switch on, such as https://api.example.com/v1 (OpenAI-compatible); empty: none, and nothing goes out", func(c *config, v string) error { c.embed.url = v; return nil }},
	{"embed-model", "", "model that the server of embeddings is asked for", func(c *config, v string) error { c.embed.model = v; return nil }},
	{"embed-key", "", "key of the server of embeddings; better as a variable than as a flag, which other programs can read", func(c *config, v string) error { c.embed.key = v; return nil }},
}

func oneOf(v string, allowed ...string) error {
	for _, a := range allowed {
		if v == a {
			return nil
		}
	}
	return fmt.Errorf("must be one of %q", allowed)
}

func setURL(c *config, v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return errors.New("must be http:// or https:// and a host name, nothing more")
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		host = strings.ToLower(u.Hostname()) // as browsers say it
	}
	c.url = &url.URL{Scheme: u.Scheme, Host: host}
	return nil
}

func setStore(c *config, v string) error {
	if v != "" && !remote(v) {
		return errors.New("must be mongodb://... or mongodb+srv://..., or empty: the embedded store in the data folder")
	}
	c.store = v
	return nil
}

func setProxies(c *config, v string) error {
	for p := range strings.SplitSeq(v, ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			return errors.New("must be networks such as 10.0.0.0/8")
		}
		c.proxies = append(c.proxies, prefix)
	}
	return nil
}

// readConfig reads flags and environment. An unknown GOEN_ variable is an
// error: it is a setting that somebody believes in.
func readConfig(args, environ []string, out io.Writer) (config, call, error) {
	flags := flag.NewFlagSet("goen", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() { usage(out) }
	values := map[string]string{}
	known := map[string]bool{}
	for _, s := range settings {
		known[variable(s.name)] = true
	}
	take := func(flags *flag.FlagSet) {
		for _, s := range settings {
			flags.Func(s.name, s.meaning, func(v string) error { values[s.name] = v; return nil })
		}
	}
	take(flags)
	if err := flags.Parse(args); err != nil {
		return config{}, call{}, err
	}
	in, err := readCall(flags.Args(), take, out)
	if err != nil {
		return config{}, call{}, err
	}
	env := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "GOEN_") {
			if !known[name] {
				return config{}, call{}, fmt.Errorf("%s is not a setting; see --help", name)
			}
			env[name] = value
		}
	}
	var c config
	for _, s := range settings {
		v := values[s.name]
		if v == "" {
			v = env[variable(s.name)]
		}
		if v == "" {
			v = s.fallback
		}
		if err := s.set(&c, v); err != nil {
			return config{}, call{}, fmt.Errorf("--%s (%s): %w", s.name, variable(s.name), err)
		}
	}
	if c.keyFile == "" {
		c.keyFile = filepath.Join(c.data, "master.key")
	}
	host, _, err := net.SplitHostPort(c.listen)
	if err != nil {
		return config{}, call{}, errors.New("--listen (GOEN_LISTEN): must be address:port")
	}
	if c.url == nil {
		if ip := net.ParseIP(host); host == "" || ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
			_, port, _ := net.SplitHostPort(c.listen)
			host = net.JoinHostPort("localhost", port)
		} else {
			host = c.listen
		}
		c.url = &url.URL{Scheme: "http", Host: host}
	}
	if name := c.url.Hostname(); c.url.Scheme == "http" && name != "localhost" && name != "127.0.0.1" && name != "::1" && !c.insecure {
		return config{}, call{}, fmt.Errorf("%s is plain http and not this machine: names and contacts would be readable on the way. Use https, or say --insecure=yes", c.url)
	}
	if err := c.embed.check(c.insecure); err != nil {
		return config{}, call{}, err
	}
	return c, in, nil
}

// String is what an operator may be shown: never the key.
func (e embedding) String() string {
	if e.url == "" {
		return "none"
	}
	key := "without a key"
	if e.key != "" {
		key = "with a key"
	}
	return fmt.Sprintf("%s, model %s, %s", e.url, e.model, key)
}

// check refuses half of the three settings.
func (e embedding) check(insecure bool) error {
	if e.url == "" {
		if e.model != "" || e.key != "" {
			return errors.New("--embed-model and --embed-key (GOEN_EMBED_MODEL, GOEN_EMBED_KEY) want --embed-url (GOEN_EMBED_URL)")
		}
		return nil
	}
	if _, err := embed.New(e.url, e.model, e.key, insecure); err != nil {
		return fmt.Errorf("--embed-url, --embed-model (GOEN_EMBED_URL, GOEN_EMBED_MODEL): %w", err)
	}
	return nil
}

func variable(name string) string {
	return "GOEN_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}
