package mongofake

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// matches says whether a document is one that a filter asks for. What the fake
// does not know is an error, so that nothing passes by misunderstanding.
func matches(doc, filter bson.Raw) (bool, error) {
	conditions, err := filter.Elements()
	if err != nil {
		return false, err
	}
	for _, c := range conditions {
		ok, err := holds(doc.Lookup(c.Key()), c.Key(), c.Value())
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func holds(have bson.RawValue, key string, want bson.RawValue) (bool, error) {
	if strings.HasPrefix(key, "$") {
		return false, fmt.Errorf("mongofake: operator %s", key)
	}
	operators, ok := want.DocumentOK()
	if !ok {
		if want.Type == bson.TypeNull {
			return have.IsZero() || have.Type == bson.TypeNull, nil
		}
		return equal(have, want), nil
	}
	all, err := operators.Elements()
	if err != nil {
		return false, err
	}
	for _, o := range all {
		ok := false
		switch o.Key() {
		case "$exists":
			ok = o.Value().Boolean() != have.IsZero()
		case "$gt", "$gte", "$lt", "$lte":
			if have.IsZero() || have.Type != o.Value().Type {
				return false, nil // a comparison is among values of one type
			}
			order, err := compare(have, o.Value())
			if err != nil {
				return false, err
			}
			ok = map[string]bool{"$gt": order > 0, "$gte": order >= 0, "$lt": order < 0, "$lte": order <= 0}[o.Key()]
		default:
			return false, fmt.Errorf("mongofake: operator %s", o.Key())
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

func equal(a, b bson.RawValue) bool {
	return a.Type == b.Type && bytes.Equal(a.Value, b.Value)
}

func compare(a, b bson.RawValue) (int, error) {
	switch a.Type {
	case bson.TypeString:
		return strings.Compare(a.StringValue(), b.StringValue()), nil
	case bson.TypeDateTime:
		return cmp.Compare(a.DateTime(), b.DateTime()), nil
	}
	return 0, fmt.Errorf("mongofake: order of %v", a.Type)
}

// changed returns a document after an update of $set and $unset.
func changed(doc, update bson.Raw) (bson.Raw, error) {
	var d bson.D
	if err := bson.Unmarshal(doc, &d); err != nil {
		return nil, err
	}
	steps, err := update.Elements()
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		fields, ok := step.Value().DocumentOK()
		if !ok || step.Key() != "$set" && step.Key() != "$unset" {
			return nil, fmt.Errorf("mongofake: update %s", step.Key())
		}
		list, err := fields.Elements()
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			d = edit(d, f.Key(), step.Key() == "$set", f.Value())
		}
	}
	return bson.Marshal(d)
}

// edit puts a value in a field's place or takes the field out.
func edit(d bson.D, key string, set bool, value bson.RawValue) bson.D {
	for i, e := range d {
		if e.Key == key {
			if set {
				d[i].Value = value
				return d
			}
			return append(d[:i:i], d[i+1:]...)
		}
	}
	if set {
		d = append(d, bson.E{Key: key, Value: value})
	}
	return d
}

// pick returns the documents of a filter in the order of their ids, at most so
// many, 0 for all. It goes through a range of ids alone, as by an index.
func pick(t *table, filter bson.Raw, down bool, limit int) (docs []bson.Raw, err error) {
	ids := t.ids
	switch id := filter.Lookup("_id"); id.Type {
	case bson.TypeString:
		ids = []string{id.StringValue()}
	case bson.TypeEmbeddedDocument:
		for _, low := range []string{"$gt", "$gte"} {
			if text, ok := id.Document().Lookup(low).StringValueOK(); ok {
				at, _ := slices.BinarySearch(ids, text)
				ids = ids[at:]
			}
		}
		for _, high := range []string{"$lt", "$lte"} {
			if text, ok := id.Document().Lookup(high).StringValueOK(); ok {
				at, _ := slices.BinarySearch(ids, text+"\x00")
				ids = ids[:at]
			}
		}
	}
	for i := range ids {
		if down {
			i = len(ids) - 1 - i
		}
		doc, there := t.docs[ids[i]]
		if !there {
			continue
		}
		ok, err := matches(doc, filter)
		if err != nil {
			return nil, err
		}
		if ok {
			docs = append(docs, doc)
		}
		if limit > 0 && len(docs) == limit {
			break
		}
	}
	return docs, nil
}

// only keeps the fields that a projection names, and the id.
func only(doc, fields bson.Raw) (bson.Raw, error) {
	all, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	var kept bson.D
	for _, e := range all {
		if e.Key() == "_id" || !fields.Lookup(e.Key()).IsZero() {
			kept = append(kept, bson.E{Key: e.Key(), Value: e.Value()})
		}
	}
	return bson.Marshal(kept)
}
