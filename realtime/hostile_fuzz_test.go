package realtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"goen/realtime/event"
)

// Fuzz targets of what comes from outside: `go test -fuzz FuzzDecode ./realtime`.

// agrees holds Decode to its promises by another decoder's eyes.
func agrees(t *testing.T, b []byte, fresh func() any) (any, bool) {
	v := fresh()
	err := Decode(b, v)
	if err != nil {
		if !errors.Is(err, ErrBody) || reflect.TypeOf(err) != reflect.TypeFor[event.Refusal]() {
			t.Fatalf("the refusal of %q is %v", b, err)
		}
		return nil, false
	}
	if !utf8.Valid(b) {
		t.Fatalf("%q is not UTF-8", b)
	}
	if trimmed := bytes.TrimLeft(b, " \t\r\n"); trimmed[0] != '{' {
		t.Fatalf("%q is no object", b)
	}
	other := fresh()
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(other); err != nil {
		t.Fatalf("%q is taken, but: %v", b, err)
	}
	if d.More() {
		t.Fatalf("%q goes on", b)
	}
	if !reflect.DeepEqual(v, other) {
		t.Fatalf("%q means %+v or %+v", b, v, other)
	}
	strict(t, b)
	return v, true
}

// strict walks over the tokens: no null, no duplicate name, not deep.
func strict(t *testing.T, b []byte) {
	type level struct {
		object, value bool
		seen          []string
	}
	var stack []*level
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		top := &level{}
		if len(stack) > 0 {
			top = stack[len(stack)-1]
		}
		switch v := token.(type) {
		case nil:
			t.Fatalf("null in %q", b)
		case json.Delim:
			top.value = false
			if v == '{' || v == '[' {
				stack = append(stack, &level{object: v == '{'})
			} else {
				stack = stack[:len(stack)-1]
			}
			if len(stack) > 32 {
				t.Fatalf("%d levels in %q", len(stack), b)
			}
		case string:
			if top.object && !top.value {
				if slices.Contains(top.seen, v) {
					t.Fatalf("%q twice in %q", v, b)
				}
				top.seen = append(top.seen, v)
				top.value = true
				continue
			}
			top.value = false
		default:
			top.value = false
		}
	}
}

var unkind = []string{
	"", "{}", "[]", "null", `{"t":null}`, `{"t":"ping"}`, `{"T":"ping"}`, `{"t":"ping","t":"ping"}`, `{"t":"ping"}{}`, `{"t":"ping"} x`, "\ufeff{}", "{\"t\":\"\xff\"}", `{"t":"\ud800"}`,
	`{"t":"hello","v":1,"epoch":"1.0","at":{"room":12,"me":3},"build":"x"}`, `{"t":"hello","v":1.5}`, `{"t":"hello","v":-1,"at":{"room":-1}}`, `{"t":"hello","v":1e2}`,
	`{"t":"do","op":"AAAAAAAAAAAAAAAAAAAAAA","name":"need.post","args":{"who":"x","area":"","why":"","until":"","trade":""}}`,
	`{"\u0074":"ping","t":"ping"}`, `{"t":"do","args":{"a":{"b":[1,2,{"c":true}]}}}`, "{\"t\":" + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}",
}

func FuzzDecode(f *testing.F) {
	for _, s := range unkind {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		agrees(t, b, func() any { return new(Incoming) })
		agrees(t, b, func() any { return new(event.Card) })
		agrees(t, b, func() any { return new(struct{}) })
	})
}

// FuzzHello takes a phone's first message as greet does.
func FuzzHello(f *testing.F) {
	for _, s := range unkind {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, ok := agrees(t, b, func() any { return new(Incoming) })
		if !ok {
			return
		}
		m := v.(*Incoming)
		at := map[string]uint64{}
		if m.At == nil || json.Unmarshal(m.At, &at) != nil {
			return
		}
		copies := event.NewCopies("")
		for name, seq := range at {
			in := event.Stream{Name: map[string]event.Name{"room": event.Room, "me": event.Me, "desk": event.Desk, "wall": event.Wall}[name]}
			if in.Name == 0 {
				continue
			}
			if b := copies.Since(in, seq); !json.Valid(b) || !bytes.Contains(b, []byte(`"full":true`)) {
				t.Fatalf("a phone at %s %d gets %s", name, seq, b)
			}
		}
	})
}

// evening is the state of an event with a host and nothing else.
func evening(t testing.TB) (*event.State, event.Who) {
	host := event.Who{Kind: event.Person, ID: "host"}
	s := event.New()
	open := event.EventOpen{
		Setting: event.Setting{Title: "会", StartsAt: 1e12, EndsAt: 1e12 + 1e7, Zone: "Asia/Tokyo", Days: 90},
		Doors:   event.DoorsOpen, Card: event.Card{Name: "主催", Trade: "npo", Mail: "a@b.example"}, Code: "AAAAAAAA",
	}
	do(t, s, host, open)
	return s, host
}

func do(t testing.TB, s *event.State, by event.Who, c event.Command) bool {
	facts, err := event.Decide(s, event.Ask{By: by, Do: c, Now: 1e12, Zone: time.UTC, Seed: [16]byte{byte(s.Seq)}})
	if err != nil {
		var refusal event.Refusal
		if !errors.As(err, &refusal) {
			t.Fatalf("%T: %v", c, err)
		}
		return false
	}
	for _, r := range event.Fold(s, event.Record{Seq: s.Seq + 1, At: 1e12, By: by, Facts: facts}) {
		for _, sight := range event.See(s, r) {
			if b, err := json.Marshal(sight.View); err != nil || !utf8.Valid(b) {
				t.Fatalf("%T: %v", c, err)
			}
		}
	}
	return true
}

// FuzzCommand puts any arguments to every command, before a room with
// something in it.
func FuzzCommand(f *testing.F) {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range event.Commands {
			if !yield(name) {
				return
			}
		}
	})
	for i := range names {
		for _, s := range []string{
			`{}`, `{"who":"だれか","area":"","why":"","until":"","trade":""}`, `{"need":"x"}`, `{"entry":"x","trade":"web"}`, `{"introduction":"x","days":7}`,
			`{"card":{"name":"x","trade":"web","topics":["a","b"]}}`, `{"attendee":"host"}`, `{"phase":"free"}`, `{"doors":"open"}`, `{"need":"x","entry":"y","words":true,"line":"z"}`,
			`{"introduction":"x","line":"a","pitch":true,"give":["mail"]}`, `{"trade":"web","note":"０９０ー１２３４－５６７８"}`,
		} {
			f.Add(uint8(i), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		name := names[int(which)%len(names)]
		v, ok := agrees(t, b, func() any { return event.Commands[name]() })
		if !ok {
			return
		}
		command := v.(event.Command)
		body := event.Body(command)
		s, host := evening(t)
		before := s.Seq
		taken := do(t, s, host, command)
		if !taken && s.Seq != before {
			t.Fatal("a refusal moved the state")
		}
		if again := event.Body(command); !bytes.Equal(body, again) {
			t.Fatalf("deciding changed the command: %s, %s", body, again)
		}
		do(t, s, event.Who{Kind: event.Person, ID: "nobody"}, command)
		do(t, s, event.Who{Kind: event.Screen}, command)
	})
}
