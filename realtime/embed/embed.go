// Package embed asks a server that speaks the OpenAI-compatible form of
// POST {base}/embeddings for vectors of texts. It trusts nothing of the answer,
// follows no redirect, and neither its errors nor anything else that it says
// holds a text, the key, or a word of the answer.
package embed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Client asks one server for the vectors of one model. It is safe for use by
// several goroutines.
type Client struct {
	at    string // the whole address
	where string
	model string
	key   string
	http  *http.Client

	mu    sync.Mutex
	dims  int       // of every answer; 0: none came yet
	fails int       // in a row
	until time.Time // it rests
}

// Most is how many texts one request asks for at most.
const Most = 64

const (
	dimsMost   = 4096
	answerMost = Most*dimsMost*26 + 1<<16 // bytes: a number is written with at most 24, a comma and a blank
	restFirst  = time.Second
	restMost   = time.Minute
	dialWithin = 2 * time.Second
)

// What may be wrong. None of them tells more.
var (
	ErrResting = errors.New("embed: it failed a moment ago, and is not asked again yet")
	ErrAway    = errors.New("embed: the server cannot be reached, or did not answer in time")
	ErrAnswer  = errors.New("embed: the answer is not of the protocol")
)

// New makes a client. base is http:// or https:// with a host name and perhaps
// a path, such as https://api.example.com/v1; key may be empty. Plain http is
// for this machine alone, unless insecure.
func New(base, model, key string, insecure bool) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("must be http:// or https://, a host name and perhaps a path: no password, nothing behind a ?")
	}
	if u.Scheme == "http" && !insecure && !ofThisMachine(u.Hostname()) {
		return nil, errors.New("is plain http and not this machine: what people write would be readable on the way. Use https")
	}
	if model == "" || len(model) > 200 {
		return nil, errors.New("needs a model of 1-200 bytes")
	}
	dial := &net.Dialer{Timeout: dialWithin}
	return &Client{
		at: u.JoinPath("embeddings").String(), where: u.Host, model: model, key: key,
		http: &http.Client{
			Transport: &http.Transport{
				DialContext: dial.DialContext, TLSHandshakeTimeout: dialWithin, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
				MaxResponseHeaderBytes: 16 << 10, ForceAttemptHTTP2: true, // no proxy: what leaves goes where people were told
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

func ofThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Where is the host, with its port if it is not the usual one, that texts go to.
func (c *Client) Where() string { return c.where }

// Close lets its idle connections go.
func (c *Client) Close() { c.http.CloseIdleConnections() }

type request struct {
	Model  string   `json:"model"`
	Input  []string `json:"input"`
	Format string   `json:"encoding_format"`
}

// Embed answers one vector a text, in order: at most Most texts, none empty.
// After a failure it says ErrResting at once for a while, from one second to
// one minute.
func (c *Client) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	if len(texts) > Most {
		return nil, fmt.Errorf("embed: %d texts, at most %d", len(texts), Most)
	}
	if c.Rests() > 0 {
		return nil, ErrResting
	}
	vectors, err := c.ask(ctx, texts)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && c.dims != 0 && len(vectors[0]) != c.dims {
		err = ErrAnswer
	}
	switch {
	case err == nil:
		c.dims, c.fails = len(vectors[0]), 0
	case errors.Is(ctx.Err(), context.Canceled): // nobody wanted it any more
	default:
		c.until = time.Now().Add(min(restMost, restFirst<<min(c.fails, 10)))
		c.fails++
	}
	if err != nil {
		return nil, err
	}
	return vectors, nil
}

// Rests is how long the server is not asked again.
func (c *Client) Rests() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(0, time.Until(c.until))
}

func (c *Client) ask(ctx context.Context, texts []string) ([][]float32, error) {
	body, err := json.Marshal(request{c.model, texts, "float"})
	if err != nil {
		return nil, ErrAnswer
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.at, bytes.NewReader(body))
	if err != nil {
		return nil, ErrAway
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "goen")
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	answer, err := c.http.Do(req)
	if err != nil {
		return nil, ErrAway // the error of net/http would name the address
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("embed: the server answers %d", answer.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, answerMost+1))
	switch {
	case err != nil:
		return nil, ErrAway
	case len(raw) > answerMost:
		return nil, ErrAnswer
	}
	return decode(raw, len(texts))
}

// decode reads an answer: as many vectors as were asked for, each once, all of
// one length, all numbers finite and not all zero. Fields beside are let be.
func decode(raw []byte, want int) ([][]float32, error) {
	var a struct {
		Data []struct {
			Index  *int      `json:"index"`
			Vector []float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &a); err != nil || len(a.Data) != want {
		return nil, ErrAnswer
	}
	out := make([][]float32, want)
	for i, d := range a.Data {
		at := i
		if d.Index != nil {
			at = *d.Index
		}
		if at < 0 || at >= want || out[at] != nil || !sound(d.Vector, len(a.Data[0].Vector)) {
			return nil, ErrAnswer
		}
		out[at] = d.Vector
	}
	return out, nil
}

func sound(v []float32, dims int) bool {
	if len(v) == 0 || len(v) > dimsMost || len(v) != dims {
		return false
	}
	sum := 0.0
	for _, n := range v {
		sum += float64(n) * float64(n)
	}
	return sum > 0 && !math.IsNaN(sum) && !math.IsInf(sum, 0)
}
