package adapter

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Goen speaks the protocol of docs/protocol.md, as served by the command room
// beside this package. What is posted becomes a need.
type Goen struct{}

// Prepare asks the server under test for the events and their people.
func (Goen) Prepare(addr string, rooms []string, members int) error {
	for _, room := range rooms {
		resp, err := http.Post(fmt.Sprintf("http://%s/prepare?event=%s&members=%d", addr, room, members), "", nil)
		if err != nil {
			return err
		}
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("adapter: prepare %s: %s: %s", room, resp.Status, b)
		}
	}
	return nil
}

func (Goen) Target(room string, user int) string {
	return "/ws?event=" + room + "&member=" + strconv.Itoa(user)
}
func (Goen) Header(string, int) string { return "" }
func (Goen) Resumes() bool             { return true }
func (Goen) Acks() bool                { return true }

func (Goen) Join(dst []byte, _ string, pos Position) []byte {
	if pos.Epoch == "" {
		return append(dst, `{"t":"hello","v":1}`...)
	}
	return fmt.Appendf(dst, `{"t":"hello","v":1,"epoch":%q,"at":{"room":%d}}`, pos.Epoch, pos.Offset)
}

// Post makes the op of the id, so that its ack says which it was.
func (Goen) Post(dst []byte, _ string, id uint32, _ string, body []byte) []byte {
	var op [16]byte
	binary.BigEndian.PutUint32(op[:], id)
	dst = append(dst, `{"t":"do","op":"`...)
	dst = base64.RawURLEncoding.AppendEncode(dst, op[:])
	dst = append(dst, `","name":"need.post","args":{"who":`...)
	dst = strconv.AppendQuote(dst, text(body))
	return append(dst, `,"area":"","why":"","until":"","trade":""}}`...)
}

// text keeps of a message what is within the bounds of a need: 280 characters.
func text(body []byte) string {
	runes := []rune(string(bytes.TrimSuffix(body[bytes.Index(body, []byte("#b:")):], []byte(`"}`))))
	return string(bytes.ReplaceAll([]byte(string(runes[:min(len(runes), 270)])), []byte(`"`), []byte(" ")))
}

var (
	goenView = []byte(`{"t":"view","in":"room"`)
	goenMine = []byte(`{"t":"view"`)
	goenSeq  = []byte(`"seq":`)
	goenAck  = []byte(`{"t":"ack","op":"`)
	goenNo   = []byte(`{"t":"no"`)
	goenBye  = []byte(`{"t":"bye"`)
	goenHi   = []byte(`{"t":"hello"`)
	goenFull = []byte(`"full":true`)
)

// Scan reads one message. Only the room's stream counts as delivery: the
// poster's own stream has the need too.
func (Goen) Scan(msg []byte, ev *Events) {
	ev.Quiet = true
	switch {
	case bytes.HasPrefix(msg, goenView):
		ev.Quiet, ev.Joined = false, true
		head := msg[len(goenView):min(len(msg), 100)]
		ev.Reset = bytes.Contains(head[:min(len(head), 14)], goenFull) && ev.Pos.Offset > 0
		if i := bytes.Index(head, goenSeq); i >= 0 {
			ev.Pos.Offset, _ = number(head[i+len(goenSeq):])
		}
	case bytes.HasPrefix(msg, goenMine):
	case bytes.HasPrefix(msg, goenAck):
		var op [18]byte
		if n, err := base64.RawURLEncoding.Decode(op[:], msg[len(goenAck):len(goenAck)+22]); err == nil && n == 16 {
			ev.Acks = append(ev.Acks, binary.BigEndian.Uint32(op[:]))
		}
	case bytes.HasPrefix(msg, goenHi):
		if i := bytes.Index(msg, cfEpoch); i >= 0 {
			e := msg[i+len(cfEpoch):]
			ev.Pos.Epoch = string(e[:bytes.IndexByte(e, '"')])
		}
	case bytes.HasPrefix(msg, goenNo), bytes.HasPrefix(msg, goenBye):
		ev.Err = string(msg)
	}
}
