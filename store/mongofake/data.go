package mongofake

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// table is a collection: documents by id, and the ids in byte order.
type table struct {
	ids  []string
	docs map[string]bson.Raw
}

// put stores a document; nil deletes it.
func (t *table) put(id string, doc bson.Raw) {
	at, there := slices.BinarySearch(t.ids, id)
	switch {
	case doc == nil && there:
		t.ids = slices.Delete(t.ids, at, at+1)
		delete(t.docs, id)
	case doc != nil:
		if !there {
			t.ids = slices.Insert(t.ids, at, id)
		}
		t.docs[id] = doc
	}
}

type tables map[string]*table

func (t tables) of(target string) *table {
	if t[target] == nil {
		t[target] = &table{docs: map[string]bson.Raw{}}
	}
	return t[target]
}

// change is one step of the oplog.
type change struct {
	target, id    string
	before, after bson.Raw // nil: no document
}

// data is what a replica set holds, seen from its primary. local is what the
// primary has, shown is what a majority read sees. The oplog leads from shown
// to local; its first part, up to durable, is on a majority and never lost.
type data struct {
	local, shown tables
	oplog        []change
	durable      int

	// What retryable writes were answered. A roll-back forgets the answers of
	// what it takes back.
	answers map[string]bson.D
	fresh   []string
}

func newData() *data {
	return &data{local: tables{}, shown: tables{}, answers: map[string]bson.D{}}
}

func (d *data) write(target, id string, doc bson.Raw) {
	t := d.local.of(target)
	d.oplog = append(d.oplog, change{target, id, t.docs[id], doc})
	t.put(id, doc)
}

func (d *data) answered(key string, reply bson.D) {
	d.answers[key] = reply
	d.fresh = append(d.fresh, key)
}

// commit brings everything onto a majority.
func (d *data) commit() {
	d.durable = len(d.oplog)
	d.fresh = nil
}

// show lets majority reads see all that is durable.
func (d *data) show() {
	for _, c := range d.oplog[:d.durable] {
		d.shown.of(c.target).put(c.id, c.after)
	}
	d.oplog = slices.Clone(d.oplog[d.durable:])
	d.durable = 0
}

// rollBack undoes what is on no majority, as a new primary does.
func (d *data) rollBack() {
	for _, c := range slices.Backward(d.oplog[d.durable:]) {
		d.local.of(c.target).put(c.id, c.before)
	}
	d.oplog = d.oplog[:d.durable]
	for _, key := range d.fresh {
		delete(d.answers, key)
	}
	d.fresh = nil
}

func (d *data) drop(db string) {
	for _, all := range []tables{d.local, d.shown} {
		for target := range all {
			if len(target) > len(db) && target[:len(db)+1] == db+"." {
				delete(all, target)
			}
		}
	}
	d.oplog = slices.DeleteFunc(d.oplog, func(c change) bool { return c.target[:min(len(c.target), len(db)+1)] == db+"." })
	d.durable = len(d.oplog)
}
