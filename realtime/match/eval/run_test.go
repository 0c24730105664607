package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"goen/realtime/match/score"
)

func written(s *set) string {
	var out bytes.Buffer
	write(&out, s)
	return out.String()
}

// unlabelled takes the labels out of a set.
func unlabelled(t *testing.T, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	for line := range bytes.Lines(raw) {
		var r map[string]any
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		for _, label := range []string{"rel", "hard", "why", "tags"} {
			delete(r, label)
		}
		l, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(l, '\n'))
	}
	return out.Bytes()
}

func TestRun(t *testing.T) {
	s, err := readSet([]byte(`{"type":"person","id":"P1","work":"税理士","offer":"法人の顧問","region":"東京都新宿区"}
{"type":"person","id":"P2","work":"花屋"}

{"type":"entry","id":"E1","owner":"P2","who":"友人","work":"司法書士","offer":"相続登記","seek":"税理士","region":"東京都"}
{"type":"entry","id":"E2","owner":"P1","who":"同期","work":"税理士","offer":"相続税申告"}
{"type":"need","id":"N1","by":"P2","text":"税理士を紹介してください"}
{"type":"pair","id":"L1","seeker":"E1","provider":"E2"}
`))
	if err != nil {
		t.Fatal(err)
	}
	got := written(s)
	run, err := score.ReadRun(strings.NewReader(got))
	if err != nil {
		t.Fatalf("%v in\n%s", err, got)
	}
	if len(run["N1"]) != 2 || run["N1"][0].ID != "E2" && run["N1"][0].ID != "P1" || !run["N1"][0].Nudge {
		t.Errorf("need: %v", run["N1"])
	}
	if len(run["L1"]) != 1 || run["L1"][0].ID != "E2" || run["L1"][0].Score < 0.5 {
		t.Errorf("pair: %v", run["L1"])
	}
	if len(run["E1"]) != 2 {
		t.Errorf("seeker: %v", run["E1"])
	}
	if _, err := readSet([]byte("{")); err == nil {
		t.Error("half a line was read")
	}
}
