package mongofake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

const replyBytes = 16 << 20 // documents of one batch

// cursor is what a find has still to give.
type cursor struct {
	target string
	docs   []bson.Raw
}

func failure(code int, name, message string) bson.D {
	return bson.D{{Key: "ok", Value: 0.0}, {Key: "code", Value: code}, {Key: "codeName", Value: name}, {Key: "errmsg", Value: message}}
}

func unknown(err error) bson.D { return failure(2, "BadValue", err.Error()) }

// attempt names a retryable write: its session and its number there; "" if it is
// none.
func attempt(req request) string {
	number, ok := req.body.Lookup("txnNumber").AsInt64OK()
	if !ok {
		return ""
	}
	return fmt.Sprintf("%x %d", req.body.Lookup("lsid").Value, number)
}

// run carries a command out. s.mu is held.
func (s *Server) run(req request) bson.D {
	switch req.name() {
	case "find":
		return s.find(req)
	case "getMore":
		return s.getMore(req)
	case "insert", "update", "delete":
		return s.write(req)
	case "listCollections":
		return s.listCollections(req)
	case "createIndexes":
		s.data.local.of(req.target())
		return bson.D{{Key: "ok", Value: 1.0}}
	case "dropDatabase":
		s.data.drop(req.text("$db"))
		return bson.D{{Key: "ok", Value: 1.0}}
	}
	return failure(59, "CommandNotFound", "mongofake: no command "+req.name())
}

// write carries out an insert, update or delete, and says what its write
// concern makes of it.
func (s *Server) write(req request) bson.D {
	key := attempt(req)
	if reply, ok := s.data.answers[key]; ok && key != "" {
		return append(slices.Clip(reply), s.concern(req)...)
	}
	field := map[string]string{"insert": "documents", "update": "updates", "delete": "deletes"}[req.name()]
	docs, err := req.docs(field)
	if err != nil {
		return unknown(err)
	}
	do := map[string]func(string, bson.Raw) (outcome, error){"insert": s.insertOne, "update": s.updateOne, "delete": s.deleteOne}[req.name()]
	var all outcome
	var failed bson.A
	for i, doc := range docs {
		one, err := do(req.target(), doc)
		if err != nil {
			return unknown(err)
		}
		all.n += one.n
		all.modified += one.modified
		if one.upserted != "" {
			all.upserts = append(all.upserts, bson.D{{Key: "index", Value: i}, {Key: "_id", Value: one.upserted}})
		}
		if one.duplicate != "" {
			failed = append(failed, bson.D{
				{Key: "index", Value: i}, {Key: "code", Value: 11000},
				{Key: "errmsg", Value: "E11000 duplicate key error collection: " + req.target() + " index: _id_ dup key: { _id: " + one.duplicate + " }"},
				{Key: "keyPattern", Value: bson.D{{Key: "_id", Value: 1}}}, {Key: "keyValue", Value: bson.D{{Key: "_id", Value: one.duplicate}}},
			})
			if ordered, ok := req.body.Lookup("ordered").BooleanOK(); !ok || ordered {
				break
			}
		}
	}
	reply := bson.D{{Key: "ok", Value: 1.0}, {Key: "n", Value: all.n}}
	if req.name() == "update" {
		reply = append(reply, bson.E{Key: "nModified", Value: all.modified})
	}
	if len(all.upserts) > 0 {
		reply = append(reply, bson.E{Key: "upserted", Value: all.upserts})
	}
	if len(failed) > 0 {
		reply = append(reply, bson.E{Key: "writeErrors", Value: failed})
	}
	if key != "" {
		s.data.answered(key, reply)
	}
	return append(slices.Clip(reply), s.concern(req)...)
}

type outcome struct {
	n, modified         int
	upserted, duplicate string
	upserts             bson.A
}

// concern waits for what a write asks for; what it cannot get it says.
func (s *Server) concern(req request) bson.D {
	asked, _ := req.body.Lookup("writeConcern").DocumentOK()
	w := asked.Lookup("w")
	name, named := w.StringValueOK()
	switch {
	case s.opt.deaf || !named:
		return nil // stays with the primary
	case s.opt.alone:
		return weak(2, "BadValue", "cannot use non-majority 'w' mode "+name+" when a host is not a member of a replica set")
	case name != "majority":
		return weak(79, "UnknownReplWriteConcern", "No write concern mode named '"+name+"' found in replica set configuration")
	case s.left > 0:
		return weak(64, "WriteConcernTimeout", "waiting for replication timed out")
	}
	s.data.commit()
	if s.lag < lagging {
		s.lag = 0
		s.data.show()
	}
	return nil
}

func weak(code int, name, message string) bson.D {
	return bson.D{{Key: "writeConcernError", Value: bson.D{{Key: "code", Value: code}, {Key: "codeName", Value: name}, {Key: "errmsg", Value: message}}}}
}

func idOf(doc bson.Raw) (string, error) {
	id, ok := doc.Lookup("_id").StringValueOK()
	if !ok {
		return "", fmt.Errorf("mongofake: an _id that is no text")
	}
	return id, nil
}

func (s *Server) insertOne(target string, doc bson.Raw) (outcome, error) {
	id, err := idOf(doc)
	if err != nil {
		return outcome{}, err
	}
	if _, there := s.data.local.of(target).docs[id]; there {
		return outcome{duplicate: id}, nil
	}
	s.data.write(target, id, bytes.Clone(doc))
	return outcome{n: 1}, nil
}

func (s *Server) updateOne(target string, step bson.Raw) (out outcome, err error) {
	filter, change := step.Lookup("q").Document(), step.Lookup("u").Document()
	multi, _ := step.Lookup("multi").BooleanOK()
	upsert, _ := step.Lookup("upsert").BooleanOK()
	found, err := pick(s.data.local.of(target), filter, false, 0)
	if err != nil {
		return out, err
	}
	for _, doc := range found {
		id, err := idOf(doc)
		if err != nil {
			return out, err
		}
		after, err := changed(doc, change)
		if err != nil {
			return out, err
		}
		out.n++
		if !bytes.Equal(after, doc) {
			out.modified++
			s.data.write(target, id, after)
		}
		if !multi {
			break
		}
	}
	if out.n > 0 || !upsert {
		return out, nil
	}
	id, err := idOf(filter)
	if err != nil {
		return out, err
	}
	if _, there := s.data.local.of(target).docs[id]; there {
		return outcome{duplicate: id}, nil
	}
	doc, err := bson.Marshal(bson.D{{Key: "_id", Value: id}})
	if err != nil {
		return out, err
	}
	if doc, err = changed(doc, change); err != nil {
		return out, err
	}
	s.data.write(target, id, doc)
	return outcome{n: 1, upserted: id}, nil
}

func (s *Server) deleteOne(target string, step bson.Raw) (out outcome, err error) {
	found, err := pick(s.data.local.of(target), step.Lookup("q").Document(), false, 0)
	if err != nil {
		return out, err
	}
	for _, doc := range found {
		id, err := idOf(doc)
		if err != nil {
			return out, err
		}
		s.data.write(target, id, nil)
		out.n++
		if step.Lookup("limit").AsInt64() == 1 {
			break
		}
	}
	return out, nil
}

// view is what a read of some level sees.
func (s *Server) view(req request) (tables, error) {
	level := ""
	if concern, ok := req.body.Lookup("readConcern").DocumentOK(); ok {
		level, _ = concern.Lookup("level").StringValueOK()
	}
	switch {
	case s.opt.deaf || level == "" || level == "local":
		return s.data.local, nil
	case level == "majority" && s.opt.alone, level == "linearizable" && s.opt.alone:
		return nil, fmt.Errorf("no read concern %s on a standalone", level)
	case level == "majority":
		if s.lag > 0 {
			s.lag--
		} else {
			s.data.show()
		}
		return s.data.shown, nil
	case level == "linearizable":
		// It waits until its primary has proved that it is one.
		if s.left > 0 {
			s.elect()
		}
		s.lag = 0
		s.data.commit()
		s.data.show()
		return s.data.shown, nil
	}
	return nil, fmt.Errorf("no read concern %q", level)
}

func (s *Server) find(req request) bson.D {
	view, err := s.view(req)
	if err != nil {
		return unknown(err)
	}
	filter, _ := req.body.Lookup("filter").DocumentOK()
	if filter == nil {
		filter, _ = bson.Marshal(bson.D{})
	}
	down := false
	if sort, ok := req.body.Lookup("sort").DocumentOK(); ok {
		down = sort.Lookup("_id").AsInt64() < 0
	}
	docs, err := pick(view.of(req.target()), filter, down, int(req.number("limit")))
	if err != nil {
		return unknown(err)
	}
	if fields, ok := req.body.Lookup("projection").DocumentOK(); ok {
		for i, doc := range docs {
			if docs[i], err = only(doc, fields); err != nil {
				return unknown(err)
			}
		}
	}
	return s.batch(req, "firstBatch", cursor{req.target(), docs}, 101)
}

func (s *Server) getMore(req request) bson.D {
	id := req.number("getMore")
	c, ok := s.cursors[id]
	if !ok {
		return failure(43, "CursorNotFound", "mongofake: no such cursor")
	}
	delete(s.cursors, id)
	return s.batch(req, "nextBatch", c, 1<<30)
}

// batch answers with as many documents as may go at once.
func (s *Server) batch(req request, name string, c cursor, usual int) bson.D {
	most := usual
	if n := int(req.number("batchSize")); n > 0 {
		most = n
	}
	n, size := 0, 0
	for n < len(c.docs) && n < most && (n == 0 || size+len(c.docs[n]) <= replyBytes) {
		size += len(c.docs[n])
		n++
	}
	list := array(c.docs[:n], size)
	id := int64(0)
	if c.docs = c.docs[n:]; len(c.docs) > 0 {
		s.serial++
		id = s.serial
		s.cursors[id] = c
	}
	return bson.D{{Key: "ok", Value: 1.0}, {Key: "cursor", Value: bson.D{{Key: "id", Value: id}, {Key: "ns", Value: c.target}, {Key: name, Value: list}}}}
}

// array is documents as a BSON array. By hand, as the encoder would look into
// each of them.
func array(docs []bson.Raw, size int) bson.RawValue {
	b := make([]byte, 4, size+12*len(docs)+5)
	for i, doc := range docs {
		b = append(b, byte(bson.TypeEmbeddedDocument))
		b = append(strconv.AppendInt(b, int64(i), 10), 0)
		b = append(b, doc...)
	}
	b = append(b, 0)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	return bson.RawValue{Type: bson.TypeArray, Value: b}
}

func (s *Server) listCollections(req request) bson.D {
	list, db := bson.A{}, req.text("$db")+"."
	var names []string
	for target := range s.data.local {
		if name, ok := strings.CutPrefix(target, db); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		list = append(list, bson.D{{Key: "name", Value: name}, {Key: "type", Value: "collection"}})
	}
	return bson.D{{Key: "ok", Value: 1.0}, {Key: "cursor", Value: bson.D{{Key: "id", Value: int64(0)}, {Key: "ns", Value: db + "$cmd.listCollections"}, {Key: "firstBatch", Value: list}}}}
}
