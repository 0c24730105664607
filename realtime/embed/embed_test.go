package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// standIn is a server that answers as f says, and keeps what came.
type standIn struct {
	*httptest.Server
	came chan received
}

type received struct {
	method, path, key string
	header            http.Header
	body              string
}

func serve(t *testing.T, f http.HandlerFunc) (*standIn, *Client) {
	s := &standIn{came: make(chan received, 100)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.came <- received{r.Method, r.URL.String(), r.Header.Get("Authorization"), r.Header, string(body)}
		f(w, r)
	}))
	t.Cleanup(s.Close)
	c, err := New(s.URL+"/v1", "small", "~key~", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return s, c
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func TestEmbed(t *testing.T) {
	s, c := serve(t, say(`{"object":"list","model":"small","data":[{"object":"embedding","index":1,"embedding":[0,2.5]},{"index":0,"embedding":[1,-1e-3]}],"usage":{"total_tokens":3}}`))
	got, err := c.Embed(t.Context(), []string{"税理士\n相続", "二\"つめ"})
	if err != nil || fmt.Sprint(got) != "[[1 -0.001] [0 2.5]]" {
		t.Fatalf("%v %v", got, err)
	}
	r := <-s.came
	if r.method != "POST" || r.path != "/v1/embeddings" || r.key != "Bearer ~key~" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("came %+v", r)
	}
	want, _ := json.Marshal(map[string]any{"model": "small", "input": []string{"税理士\n相続", "二\"つめ"}, "encoding_format": "float"})
	var a, b any
	if json.Unmarshal([]byte(r.body), &a) != nil || json.Unmarshal(want, &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("the body is %s", r.body)
	}
	for name := range r.header { // nothing tells of the room
		switch name {
		case "Content-Type", "Content-Length", "Accept", "Accept-Encoding", "User-Agent", "Authorization":
		default:
			t.Errorf("the header %s goes out", name)
		}
	}
	if got, err := c.Embed(t.Context(), nil); got != nil || err != nil || len(s.came) != 0 {
		t.Error("nothing to embed is asked for")
	}
	if _, err := c.Embed(t.Context(), make([]string, Most+1)); err == nil || len(s.came) != 0 {
		t.Error("too many are asked for")
	}
}

// Whatever is wrong: an error that tells nothing, no vectors, and it rests.
func TestWrongAnswers(t *testing.T) {
	one := func(vector string) string { return `{"data":[{"index":0,"embedding":` + vector + `}]}` }
	for what, text := range map[string]string{
		"no JSON":          `<html>~answer~`,
		"nothing":          ``,
		"an error":         `{"error":{"message":"~answer~"}}`,
		"none":             `{"data":[]}`,
		"two":              `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}`,
		"index too high":   `{"data":[{"index":1,"embedding":[1]}]}`,
		"index below 0":    `{"data":[{"index":-1,"embedding":[1]}]}`,
		"NaN":              one(`[NaN,1]`),
		"a string NaN":     one(`["NaN",1]`),
		"too big a number": one(`[1e39,1]`),
		"null":             one(`null`),
		"base64":           one(`"AACAPw=="`),
		"empty":            one(`[]`),
		"all zero":         one(`[0,0,0]`),
		"too long":         one(`[1` + strings.Repeat(`,1`, dimsMost) + `]`),
		"more behind it":   one(`[1]`) + `{}`,
	} {
		t.Run(what, func(t *testing.T) {
			_, c := serve(t, say(text))
			got, err := c.Embed(t.Context(), []string{"~text~"})
			if got != nil || !errors.Is(err, ErrAnswer) || c.Rests() == 0 {
				t.Fatalf("%v, %v, rests %v", got, err, c.Rests())
			}
			if strings.Contains(err.Error(), "~") {
				t.Errorf("the error says too much: %v", err)
			}
		})
	}
	t.Run("of two lengths", func(t *testing.T) {
		_, c := serve(t, say(`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1]}]}`))
		if got, err := c.Embed(t.Context(), []string{"a", "b"}); got != nil || !errors.Is(err, ErrAnswer) {
			t.Fatal(got, err)
		}
	})
	t.Run("one twice", func(t *testing.T) {
		_, c := serve(t, say(`{"data":[{"index":0,"embedding":[1,2]},{"index":0,"embedding":[1,2]}]}`))
		if got, err := c.Embed(t.Context(), []string{"a", "b"}); got != nil || !errors.Is(err, ErrAnswer) {
			t.Fatal(got, err)
		}
	})
	t.Run("of another length than before", func(t *testing.T) {
		n := 0
		_, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			n++
			_, _ = io.WriteString(w, one(`[1`+strings.Repeat(`,1`, n)+`]`))
		})
		if _, err := c.Embed(t.Context(), []string{"a"}); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Embed(t.Context(), []string{"a"}); got != nil || !errors.Is(err, ErrAnswer) {
			t.Fatal(got, err)
		}
	})
	for _, status := range []int{201, 204, 400, 401, 403, 404, 429, 500, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			_, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, one(`[1]`)+"~answer~")
			})
			got, err := c.Embed(t.Context(), []string{"~text~"})
			if got != nil || err == nil || strings.Contains(err.Error(), "~") || c.Rests() == 0 {
				t.Fatalf("%v, %v, rests %v", got, err, c.Rests())
			}
		})
	}
}

// An answer without end is read no further than the longest right one.
func TestHugeAnswer(t *testing.T) {
	sent := make(chan int, 1)
	_, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n := 0
		defer func() { sent <- n }()
		_, _ = io.WriteString(w, `{"data":[`)
		for chunk := strings.Repeat(" ", 1<<16); ; n += len(chunk) {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	})
	if _, err := c.Embed(t.Context(), []string{"a"}); !errors.Is(err, ErrAnswer) {
		t.Fatal(err)
	}
	if n := <-sent; n > answerMost+32<<20 { // what lies in the sockets' buffers counts
		t.Errorf("%d bytes were taken", n)
	}
}

// No redirect is followed, be it to the same host: the texts would go elsewhere.
func TestRedirect(t *testing.T) {
	elsewhere, _ := serve(t, say(`{"data":[{"index":0,"embedding":[1]}]}`))
	for _, status := range []int{301, 302, 303, 307, 308} {
		s, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/v1/embeddings", status)
		})
		if got, err := c.Embed(t.Context(), []string{"~text~"}); got != nil || err == nil {
			t.Errorf("%d: %v %v", status, got, err)
		}
		if len(s.came) != 1 || len(elsewhere.came) != 0 {
			t.Errorf("%d was followed", status)
		}
	}
}

// A server that never answers costs no more than the caller's time.
func TestSlow(t *testing.T) {
	let := make(chan struct{})
	_, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-let:
		case <-r.Context().Done():
		}
	})
	defer close(let)
	ctx, done := context.WithTimeout(t.Context(), time.Millisecond)
	defer done()
	if _, err := c.Embed(ctx, []string{"~text~"}); !errors.Is(err, ErrAway) {
		t.Fatal(err)
	}
	if _, err := c.Embed(t.Context(), []string{"~text~"}); !errors.Is(err, ErrResting) {
		t.Fatal(err)
	}
}

func TestClosed(t *testing.T) {
	s, c := serve(t, say(""))
	s.Close()
	_, err := c.Embed(t.Context(), []string{"~text~"})
	if !errors.Is(err, ErrAway) || strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "~") {
		t.Fatal(err)
	}
}

// What the caller gave up is no failure of the server.
func TestGivenUp(t *testing.T) {
	_, c := serve(t, say(`{"data":[{"index":0,"embedding":[1]}]}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Embed(ctx, []string{"a"}); err == nil || c.Rests() != 0 {
		t.Fatalf("%v, rests %v", err, c.Rests())
	}
	if _, err := c.Embed(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
}

type broken struct{ asked int }

func (b *broken) RoundTrip(*http.Request) (*http.Response, error) {
	b.asked++
	return nil, errors.New("~broken~")
}

// It rests one second, two, four, and never more than a minute.
func TestRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New("https://vectors.example.jp/v1", "small", "", false)
		if err != nil {
			t.Fatal(err)
		}
		b := &broken{}
		c.http.Transport = b
		for i := range 12 {
			if _, err := c.Embed(t.Context(), []string{"a"}); !errors.Is(err, ErrAway) {
				t.Fatal(err)
			}
			if want := min(restMost, restFirst<<i); c.Rests() != want {
				t.Fatalf("after %d failures it rests %v, want %v", i+1, c.Rests(), want)
			}
			if _, err := c.Embed(t.Context(), []string{"a"}); !errors.Is(err, ErrResting) || b.asked != i+1 {
				t.Fatalf("it is asked while it rests: %v", err)
			}
			time.Sleep(c.Rests()) // the bubble's clock
		}
	})
}

func TestAddresses(t *testing.T) {
	for base, where := range map[string]string{
		"https://api.example.com/v1": "api.example.com", "https://api.example.com:8443": "api.example.com:8443",
		"http://localhost:11434/v1": "localhost:11434", "http://127.0.0.1:1/": "127.0.0.1:1", "http://[::1]:1/": "[::1]:1",
	} {
		c, err := New(base, "m", "", false)
		if err != nil || c.Where() != where || !strings.HasSuffix(c.at, "/embeddings") || strings.Contains(c.at[8:], "//") {
			t.Errorf("%s: %v", base, err)
		}
	}
	for _, base := range []string{
		"", "api.example.com", "ftp://api.example.com", "https://", "https://u:p@api.example.com", "https://api.example.com/?key=1", "https://api.example.com/#x",
		"http://api.example.com/v1", "http://10.0.0.1", "https://:443",
	} {
		if _, err := New(base, "m", "", false); err == nil {
			t.Errorf("%q is an address", base)
		}
	}
	if _, err := New("http://10.0.0.1", "m", "", true); err != nil {
		t.Errorf("insecure is refused: %v", err)
	}
	if _, err := New("https://api.example.com", "", "", false); err == nil {
		t.Error("no model is a model")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[3,4]}]}`))
	f.Add([]byte(`{"data":[{"embedding":[1]},{"embedding":[1e38]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := decode(raw, 2)
		if err != nil {
			return
		}
		for _, v := range got {
			if len(got) != 2 || len(v) != len(got[0]) || len(v) == 0 {
				t.Fatalf("%v", got)
			}
			for _, n := range v {
				if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
					t.Fatalf("%v", got)
				}
			}
		}
	})
}
