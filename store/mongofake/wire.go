package mongofake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// The kinds of message, https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/.
const (
	opReply  = 1
	opQuery  = 2004 // only the first hello of a connection comes so
	opMsg    = 2013
	header   = 16
	maxBytes = 48_000_000
)

// request is one command as it came.
type request struct {
	id   int32
	kind int32
	body bson.Raw
	seqs map[string][]bson.Raw // documents that came beside the body
}

// name is the command's: its first key.
func (r request) name() string {
	first, err := r.body.IndexErr(0)
	if err != nil {
		return ""
	}
	return first.Key()
}

func (r request) text(key string) string {
	s, _ := r.body.Lookup(key).StringValueOK()
	return s
}

func (r request) number(key string) int64 {
	n, _ := r.body.Lookup(key).AsInt64OK()
	return n
}

// target is the collection a command is about, as "db.collection".
func (r request) target() string {
	return r.text("$db") + "." + r.text(r.name())
}

// docs are the documents under a key, wherever they came.
func (r request) docs(key string) ([]bson.Raw, error) {
	if seq, ok := r.seqs[key]; ok {
		return seq, nil
	}
	array, ok := r.body.Lookup(key).ArrayOK()
	if !ok {
		return nil, fmt.Errorf("no %s", key)
	}
	values, err := array.Values()
	if err != nil {
		return nil, err
	}
	var docs []bson.Raw
	for _, v := range values {
		doc, ok := v.DocumentOK()
		if !ok {
			return nil, fmt.Errorf("%s has what is no document", key)
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

var errWire = errors.New("mongofake: not a message that I understand")

func readRequest(r io.Reader) (request, error) {
	head := make([]byte, header)
	if _, err := io.ReadFull(r, head); err != nil {
		return request{}, err
	}
	size := int32(binary.LittleEndian.Uint32(head))
	req := request{id: int32(binary.LittleEndian.Uint32(head[4:])), kind: int32(binary.LittleEndian.Uint32(head[12:]))}
	if size < header || size > maxBytes {
		return req, errWire
	}
	b := make([]byte, size-header)
	if _, err := io.ReadFull(r, b); err != nil {
		return req, err
	}
	switch req.kind {
	case opMsg:
		return req, req.parse(b)
	case opQuery: // flags, collection, skip, return, document
		end := bytes.IndexByte(b[min(4, len(b)):], 0)
		if end < 0 || len(b) < 4+end+1+8 {
			return req, errWire
		}
		doc, _, err := cutDoc(b[4+end+1+8:])
		req.body = doc
		return req, err
	}
	return req, errWire
}

func (r *request) parse(b []byte) error {
	if len(b) < 4 {
		return errWire
	}
	r.seqs = map[string][]bson.Raw{}
	for b = b[4:]; len(b) > 0; {
		kind := b[0]
		b = b[1:]
		switch kind {
		case 0:
			var err error
			if r.body, b, err = cutDoc(b); err != nil {
				return err
			}
		case 1:
			if len(b) < 4 {
				return errWire
			}
			size := int(binary.LittleEndian.Uint32(b))
			if size < 4 || size > len(b) {
				return errWire
			}
			key, docs, ok := bytes.Cut(b[4:size], []byte{0})
			if !ok {
				return errWire
			}
			for b = b[size:]; len(docs) > 0; {
				var doc bson.Raw
				var err error
				if doc, docs, err = cutDoc(docs); err != nil {
					return err
				}
				r.seqs[string(key)] = append(r.seqs[string(key)], doc)
			}
		default:
			return errWire
		}
	}
	if r.body == nil {
		return errWire
	}
	return nil
}

func cutDoc(b []byte) (bson.Raw, []byte, error) {
	if len(b) < 5 {
		return nil, nil, errWire
	}
	size := int(int32(binary.LittleEndian.Uint32(b)))
	if size < 5 || size > len(b) {
		return nil, nil, errWire
	}
	doc := bson.Raw(b[:size:size])
	return doc, b[size:], doc.Validate()
}

func writeReply(w io.Writer, req request, reply bson.D) error {
	doc, err := bson.Marshal(reply)
	if err != nil {
		return err
	}
	b := make([]byte, header, header+20+len(doc))
	if req.kind == opQuery {
		b = append(b, make([]byte, 16)...) // flags, cursor, start
		b = binary.LittleEndian.AppendUint32(b, 1)
		binary.LittleEndian.PutUint32(b[12:], opReply)
	} else {
		b = append(b, 0, 0, 0, 0, 0) // flags; a section of kind 0
		binary.LittleEndian.PutUint32(b[12:], opMsg)
	}
	b = append(b, doc...)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	binary.LittleEndian.PutUint32(b[8:], uint32(req.id))
	_, err = w.Write(b)
	return err
}
