package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"goen/realtime/event"
)

// The same for the socket: messages and frames changed by chance.

// arguments are what commands are called with, good and bad ones.
var arguments = []string{
	`{}`, `{"who":"だれか","area":"船橋","why":"x","until":"来月","trade":"web"}`, `{"need":"NEED"}`, `{"need":"NEED","hidden":true}`, `{"entry":"ENTRY","trade":"web"}`,
	`{"need":"NEED","entry":"ENTRY","words":true,"line":"z"}`, `{"need":"NEED","line":"","give":["mail"]}`, `{"introduction":"COURSE","days":7}`, `{"introduction":"COURSE"}`,
	`{"introduction":"COURSE","line":"a","pitch":true,"give":["mail","phone"]}`, `{"attendee":"WHO"}`, `{"phase":"free"}`, `{"doors":"open"}`, `{"group":"licensed"}`, `{"group":"it","trade":"web"}`, `{"suggestion":"NEED"}`, `{"entry":"ENTRY","reach":"nameless","words":false}`, `{"entry":"ENTRY","reach":"open","words":true}`, `{"board":"BOARD","need":"NEED"}`, `{"plea":"NEED"}`,
	`{"card":{"name":"x","trade":"web","topics":["a","b"],"homepage":"https://a.example/","mail":"a@b.example","phone":"047-400-1111"}}`,
	`{"trade":"web","area":"","offers":"z","seeks":"z","label":"x","note":"０９０ー１２３４－５６７８"}`, `{"who":{"$ne":"x"}}`, `{"who":"a\u0000b"}`, `{"who":"\ud800"}`, `{"days":1e400}`,
}

// messages are those of the protocol, with every command that there is.
func (s *siege) messages() []string {
	ids := strings.NewReplacer("NEED", s.need, "ENTRY", s.entry, "BOARD", s.board, "COURSE", s.course, "WHO", s.waiting.you)
	all := []string{`{"t":"ping"}`, plainHello, `{"t":"hello","v":1,"epoch":"1.0","at":{"room":12,"me":3},"build":"x"}`}
	for _, name := range slices.Sorted(maps.Keys(event.Commands)) {
		if name == "event.close" || name == "attendee.erase" {
			continue // behind them there is nothing left to try
		}
		for _, args := range arguments {
			all = append(all, fmt.Sprintf(`{"t":"do","op":"%s","name":"%s","args":%s}`, newOp(), name, ids.Replace(args)))
		}
	}
	return all
}

// twist changes a message where its form stays JSON: another value, another
// key, another type.
func twist(r *rand.Rand, text string, others []string) string {
	var m any
	if json.Unmarshal([]byte(text), &m) != nil {
		return mutate(r, text, others)
	}
	values := []any{nil, true, -1, 7, 1e18, "", "x", "web", "free", "open", "mail", "ｘ＠ｙ．ｊｐ", "鈴木様", "a\nb", "a\u0000b", newOp(), []any{}, object{}, object{"$ne": nil}, strings.Repeat("あ", 300), "<svg/onload=alert(1)>", "a\u202eb", "=1+1", "090-1234-5678"}
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(v))
			if len(keys) == 0 || r.IntN(12) == 0 {
				v[[]string{"role", "host", "who", "Who", "__proto__", "trade", "need"}[r.IntN(7)]] = values[r.IntN(len(values))]
				return v
			}
			key := keys[r.IntN(len(keys))]
			if _, is := v["args"]; is && r.IntN(4) > 0 {
				key = "args"
			}
			if v[key] = walk(v[key]); r.IntN(20) == 0 {
				delete(v, key)
			}
			return v
		case []any:
			if len(v) > 0 && r.IntN(2) == 0 {
				v[0] = walk(v[0])
				return v
			}
			return append(v, values[r.IntN(len(values))])
		case string:
			if v != "" && r.IntN(2) == 0 {
				return strings.ToValidUTF8(mutate(r, v, others), "?")
			}
		}
		return values[r.IntN(len(values))]
	}
	return string(encode(walk(m)))
}

// whole tells whether some bytes are a run of complete frames.
func whole(b []byte) bool {
	for len(b) > 0 {
		if len(b) < 2 || b[1]&0x80 == 0 {
			return false
		}
		n, head := uint64(b[1]&0x7f), 6
		switch {
		case n == 126 && len(b) >= 4:
			n, head = uint64(binary.BigEndian.Uint16(b[2:])), 8
		case n == 127 && len(b) >= 10:
			n, head = binary.BigEndian.Uint64(b[2:]), 14
		case n > 125:
			return false
		}
		if uint64(len(b)) < uint64(head) || n > uint64(len(b)-head) {
			return false
		}
		b = b[uint64(head)+n:]
	}
	return true
}

func (s *siege) mutateFrames(t *testing.T, r *rand.Rand, count int) {
	messages := s.messages()
	rows := frames()
	for _, first := range firsts {
		messages = append(messages, first.text)
	}
	closes, answers, sockets := map[int]int{}, map[string]int{}, 0
	for i := 0; i < count; {
		role := []string{"attendee", "attendee", "waiting", "host", "other"}[r.IntN(5)]
		path := "/ws/" + s.event
		if role == "other" {
			path = "/ws/" + s.other
		}
		w := s.upgraded(t, s.roles[role], path)
		sockets++
		if r.IntN(10) > 0 {
			w.say(string(textFrame(plainHello)))
		}
		for open := true; open && i < count; i++ {
			var sent []byte
			switch r.IntN(10) {
			case 0: // a row of the table of frames
				sent = []byte(mutate(r, string(rows[r.IntN(len(rows))].bytes), messages))
			case 1: // a good message in a bad frame
				sent = []byte(mutate(r, string(textFrame(messages[r.IntN(len(messages))])), messages))
			case 2, 3: // a bad message in a good frame
				sent = textFrame(mutate(r, messages[r.IntN(len(messages))], messages))
			default: // a good form with bad content
				sent = textFrame(twist(r, messages[r.IntN(len(messages))], messages))
			}
			if len(sent) > 32<<10 {
				sent = sent[:32<<10]
			}
			mark, complete := newOp(), whole(sent)
			if complete { // the answer to this one comes behind all others
				sent = append(sent, textFrame(`{"t":"do","op":"`+mark+`","name":"nothing","args":{}}`)...)
			} else { // completes whatever it was, and is no frame itself
				sent = append(sent, bytes.Repeat([]byte{0xff}, 8<<10)...)
			}
			before := s.vault.count()
			go w.say(string(sent))
			acked := map[string]bool{}
			for {
				op, body, err := w.next()
				if err != nil || op&0x0f == 8 {
					open = false
					code := 1006
					if err == nil && len(body) >= 2 {
						code = int(binary.BigEndian.Uint16(body))
					}
					closes[code]++
					break
				}
				var m struct {
					T, Op, Code string
				}
				if op == 0x81 && json.Unmarshal(body, &m) != nil {
					t.Errorf("message %d: %q was answered by %.200q", i, sent, body)
				}
				if m.T == "ack" {
					acked[m.Op] = true
				}
				if m.T != "no" {
					continue
				}
				if m.Op == mark {
					break
				}
				answers[m.Code]++
				if status := statusOfCode(m.Code); status == 0 || status >= 500 || insides.Match(body) {
					t.Errorf("message %d: %.300q was refused by %s", i, sent, body)
				}
			}
			for _, wrote := range s.vault.since(before) {
				// What was sent and not answered may have been done, where the
				// connection ended in between.
				op := wrote[strings.LastIndex(wrote, " ")+1:]
				if strings.HasPrefix(wrote, "append ") && op != "" && !acked[op] && (open || !bytes.Contains(unmasked(sent), []byte(op))) {
					t.Errorf("message %d was refused and wrote %q: %.300q", i, wrote, unmasked(sent))
				}
			}
		}
		_ = w.Close()
		if t.Failed() {
			break
		}
	}
	t.Logf("%d messages on %d sockets, closed by %v, refused by %v", count, sockets, closes, answers)
	if len(closes) < 4 || len(answers) < 5 {
		t.Errorf("the mutations reach too little: %v %v", closes, answers)
	}
}

// unmasked is what the frames of textFrame say, whatever their lengths.
func unmasked(b []byte) []byte {
	out := []byte{}
	for shift := range 4 {
		for i, c := range b {
			out = append(out, c^[4]byte{1, 2, 3, 4}[(i+shift)%4])
		}
	}
	return append(out, b...)
}
