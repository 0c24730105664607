package event_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
)

// A log that the first version wrote, kept with what that version showed of it
// at three places. It is never made anew: a later version reads it for ever.
const oldLog = "testdata/log.v1.json"

type oldLogFile struct {
	Gone    []string // keys that had been dropped
	Records []struct {
		At   event.At
		Body json.RawMessage
	}
	Stages []struct {
		After  int64
		Sights map[string][]json.RawMessage // by stream
	}
}

// The old log opens, and everything that was seen of it is seen as it was; what
// this version says beyond that says nothing has happened.
func TestTheOldLogOpens(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(oldLog)
	if err != nil {
		t.Fatal(err)
	}
	var file oldLogFile
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	keys := newLog()
	for _, whose := range file.Gone {
		keys.drop(whose)
	}
	s, compared := event.New(), 0
	for i, r := range file.Records {
		record, err := event.Decode(int64(i)+1, r.At, r.Body, keys)
		if err != nil {
			t.Fatal(err)
		}
		event.Fold(s, record)
		for _, stage := range file.Stages {
			if stage.After == s.Seq {
				compared++
				sameSights(t, stage.Sights, s)
			}
		}
		// What is written again is what was written.
		again, err := event.Encode(record, keys)
		if err != nil {
			t.Fatal(err)
		}
		if was, is := skeletons(t, r.Body), skeletons(t, again); !slices.Equal(was, is) {
			t.Fatalf("record %d was\n%s\nand is\n%s", i+1, was, is)
		}
	}
	if compared != len(file.Stages) || compared == 0 {
		t.Fatalf("%d stages of %d: this test tests nothing", compared, len(file.Stages))
	}
}

// nothing is what a field that the old version did not know may say of its log.
var nothing = []string{`"off"`, "0"}

func sameSights(t *testing.T, was map[string][]json.RawMessage, s *event.State) {
	t.Helper()
	now := map[string]map[string]string{}
	for in, have := range allStreams(s) {
		now[in.Name.String()+" "+in.ID] = have
	}
	for in, views := range was {
		for id, v := range now[in] {
			if k := object(t, []byte(v))["k"]; string(k) == `"balance"` || string(k) == `"bars"` { // recounts what stood there
				delete(now[in], id)
			}
		}
		if len(now[in]) != len(views) {
			t.Errorf("%s had %d views and has %d", in, len(views), len(now[in]))
		}
		for _, v := range views {
			before, after := object(t, v), object(t, []byte(now[in][idOf(v)]))
			for key, value := range before {
				if !reflect.DeepEqual(after[key], value) {
					t.Errorf("%s: %s was %s and is %s in %s", in, key, value, after[key], now[in][idOf(v)])
				}
			}
			for key, value := range after {
				if _, known := before[key]; !known && !slices.Contains(nothing, string(value)) && !recounts(t, key, value, after, s) {
					t.Errorf("%s: %s is new and says %s", in, key, value)
				}
			}
		}
	}
	for in := range now {
		if was[in] == nil {
			t.Errorf("%s was empty", in)
		}
	}
}

// recounts: what is new says in another way what the old version said.
func recounts(t *testing.T, key string, value json.RawMessage, after map[string]json.RawMessage, s *event.State) bool {
	switch key {
	case "from": // of whom the received ones were
		var from []event.Credit
		var received, sum int
		if json.Unmarshal(value, &from) != nil || json.Unmarshal(after["received"], &received) != nil {
			t.Fatalf("%s: %s", key, value)
		}
		for _, c := range from {
			sum += c.N
		}
		return sum == received
	case "back": // the poster of that need is one of them
		var need event.NeedID
		var entry event.EntryID
		if json.Unmarshal(after["need"], &need) != nil || json.Unmarshal(after["entry"], &entry) != nil {
			t.Fatalf("%s: %s", key, value)
		}
		from := s.Attendees[s.Entries[entry].Owner].From
		return slices.ContainsFunc(from, func(c event.Credit) bool { return c.By == s.Needs[need].By })
	}
	return false
}

func object(t *testing.T, b []byte) (m map[string]json.RawMessage) {
	t.Helper()
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return m
}

// skeletons are the open parts of the facts, but for keys in another order.
func skeletons(t *testing.T, body []byte) (out []string) {
	t.Helper()
	var r struct {
		Facts []struct {
			F     string
			D     map[string]any
			Whose string
		}
	}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Facts {
		d, err := json.Marshal(f.D)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Join([]string{f.F, f.Whose, string(d)}, " "))
	}
	return out
}
