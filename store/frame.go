package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
)

// A backup, and the file of its keys, is text: a line of JSON each for the
// header, for every part and for the end, which counts the parts, and last the
// SHA-256 of all lines before it. Any engine can write and read it.

// ErrDamaged: a backup or its keys were altered or cut short; not a word of it
// is to be believed.
var ErrDamaged = errors.New("store: the file is damaged")

const (
	fileVersion = 1
	maxLine     = 4 << 20 // a body of 256 KiB grows sixfold at most, a blob of 1 MiB by a third
	sumMark     = "sha256 "
)

// fileHead is the first line. Made is in Unix milliseconds.
type fileHead struct {
	Goen         string `json:"goen"` // "backup" or "keys"
	Version      int    `json:"version"`
	Made         int64  `json:"made"`
	Installation string `json:"installation"`
}

// fileLine is any other line: one of the fields is there.
type fileLine struct {
	Record *fileRecord `json:"record,omitempty"`
	Claim  *fileClaim  `json:"claim,omitempty"`
	Blob   *fileBlob   `json:"blob,omitempty"`
	Key    *fileKey    `json:"key,omitempty"`
	Gone   string      `json:"gone,omitempty"`
	End    *Tally      `json:"end,omitempty"`
}

type fileRecord struct {
	Stream string `json:"s"`
	Seq    int64  `json:"q"`
	By     string `json:"by"`
	At     int64  `json:"at"` // Unix milliseconds
	Body   string `json:"b"`
}

type fileClaim struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
	Until int64  `json:"until,omitempty"` // Unix milliseconds; 0: for ever
}

type fileBlob struct {
	Sum   string `json:"sum"`
	Bytes []byte `json:"bytes"`
}

// fileKey without bytes is a tombstone.
type fileKey struct {
	ID      string `json:"id"`
	Wrapped []byte `json:"wrapped,omitempty"`
}

// lineWriter writes such a file.
type lineWriter struct {
	w    *bufio.Writer
	hash hash.Hash
	enc  *json.Encoder
}

func newLineWriter(w io.Writer, head fileHead) (*lineWriter, error) {
	l := &lineWriter{w: bufio.NewWriterSize(w, 1<<18), hash: sha256.New()}
	l.enc = json.NewEncoder(io.MultiWriter(l.w, l.hash))
	l.enc.SetEscapeHTML(false)
	return l, l.enc.Encode(head)
}

func (l *lineWriter) put(line fileLine) error { return l.enc.Encode(line) }

func (l *lineWriter) end(t Tally) error {
	if err := l.put(fileLine{End: &t}); err != nil {
		return err
	}
	fmt.Fprintf(l.w, "%s%x\n", sumMark, l.hash.Sum(nil))
	return l.w.Flush()
}

// readLines calls f with each line between the header and the end, and with
// the offset at which it begins. What f was told counts only if readLines
// returns nil: the sum comes last. ErrNewer: a later version wrote it.
func readLines(r io.Reader, kind string, f func(offset int64, line fileLine) error) (head fileHead, end Tally, err error) {
	in := bufio.NewReaderSize(r, 1<<16)
	sum := sha256.New()
	offset := int64(0)
	for n := 1; ; n++ {
		raw, err := readLine(in)
		if n == 1 && errors.Is(err, ErrDamaged) {
			err = fmt.Errorf("%w: not a file of %s", ErrForeign, kind)
		}
		if err != nil {
			return head, end, fmt.Errorf("line %d: %w", n, err)
		}
		var line fileLine
		if n == 1 {
			err = strictly(raw, &head)
			switch {
			case err != nil || head.Goen != kind:
				err = fmt.Errorf("%w: not a file of %s", ErrForeign, kind)
			case head.Version > fileVersion:
				err = fmt.Errorf("%w: version %d, this Goen knows %d", ErrNewer, head.Version, fileVersion)
			case head.Version < 1 || !token(head.Installation):
				err = fmt.Errorf("%w: the header", ErrDamaged)
			}
		} else if err = strictly(raw, &line); err == nil && line.End == nil {
			err = f(offset, line)
		}
		if err != nil {
			return head, end, fmt.Errorf("line %d: %w", n, err)
		}
		sum.Write(raw)
		offset += int64(len(raw))
		if line.End != nil {
			end = *line.End
			break
		}
	}
	want := sumMark + hex.EncodeToString(sum.Sum(nil)) + "\n"
	last, err := io.ReadAll(io.LimitReader(in, int64(len(want))+1))
	if err != nil {
		return head, end, err
	}
	if string(last) != want {
		return head, end, fmt.Errorf("%w: it does not have the sum that it ends with", ErrDamaged)
	}
	return head, end, nil
}

// readLine returns a line with its end.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%w: it ends too early", ErrDamaged)
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > maxLine:
			return nil, fmt.Errorf("%w: a line without end", ErrDamaged)
		}
	}
}

// strictly reads one JSON object with known fields only.
func strictly(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

func decodeOne(r io.Reader, into *fileLine) error {
	raw, err := readLine(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return err
	}
	return strictly(raw, into)
}
