package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// The command runs with vectors of a server, asks for each text once, and of
// what it writes only the order may be another.
func TestRunWithMeaning(t *testing.T) {
	asked := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct{ Input []string }
		_ = json.NewDecoder(r.Body).Decode(&ask)
		type one struct {
			Index  int       `json:"index"`
			Vector []float32 `json:"embedding"`
		}
		var data []one
		for i, text := range ask.Input {
			asked[text]++
			data = append(data, one{i, []float32{float32(len(text)%7) + 1, float32(strings.Count(text, "税")) * 9}})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	}))
	defer server.Close()
	data, held := "../testdata/dev.jsonl", "../testdata/held.txt"
	out := filepath.Join(t.TempDir(), "run.tsv")
	if err := do(data, out, "", held, false, server.URL, "small", io.Discard); err != nil {
		t.Fatal(err)
	}
	if len(asked) < 50 {
		t.Fatalf("%d texts were asked for", len(asked))
	}
	for text, n := range asked {
		if n != 1 {
			t.Errorf("%q was asked for %d times", text, n)
		}
	}
	server.Close()
	if err := do(data, out, "", held, false, server.URL, "small", io.Discard); err == nil {
		t.Error("a server that is away is no error")
	}
	if err := do(data, out, "", held, false, server.URL, "", io.Discard); err == nil {
		t.Error("no model is no error")
	}
}

// With vectors that say nothing (all alike), the run is the plain one.
func TestMeaningThatSaysNothing(t *testing.T) {
	text := []byte(`{"type":"person","id":"P1","work":"税理士"}
{"type":"entry","id":"E1","owner":"P1","work":"司法書士","offer":"相続登記"}
{"type":"entry","id":"E2","owner":"P1","work":"税理士","offer":"相続税申告"}
{"type":"entry","id":"E3","owner":"P1","work":"税理士","offer":"法人の顧問"}
{"type":"need","id":"N1","by":"P2","text":"税理士を紹介してください"}
`)
	plain, err := readSet(text)
	if err != nil {
		t.Fatal(err)
	}
	meant, err := readSet(text)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	meant.meaning = &meaning{known: map[string][]float32{}, ask: func(_ context.Context, texts []string) ([][]float32, error) {
		n += len(texts)
		return bytesOf(texts), nil
	}}
	if a, b := written(plain), written(meant); a != b || n != 4 {
		t.Errorf("%d texts; plain\n%s\nmeant\n%s", n, a, b)
	}
	if !bytes.Contains([]byte(written(plain)), []byte("E2")) {
		t.Error("nothing was found")
	}
}

func bytesOf(texts []string) [][]float32 {
	out := make([][]float32, len(texts))
	for i := range out {
		out[i] = []float32{1, 1}
	}
	return out
}
