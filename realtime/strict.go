package realtime

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Decode reads one JSON object strictly into v: valid UTF-8, no unknown,
// duplicate or wrong-case keys, no null, nothing after it, no more than 32
// levels (RFC 8259, I-JSON of RFC 7493). The error says nothing of v.
func Decode(b []byte, v any) error {
	d := jsontext.NewDecoder(bytes.NewReader(b))
	if d.PeekKind() != '{' {
		return ErrBody
	}
	for {
		token, err := d.ReadToken()
		if err == io.EOF {
			break
		}
		if err != nil || token.Kind() == 'n' || d.StackDepth() > 32 {
			return ErrBody
		}
	}
	if err := json.Unmarshal(b, v, json.RejectUnknownMembers(true)); err != nil {
		return ErrBody
	}
	return nil
}
