package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Section B: bodies. From the good body of every JSON route all bad ones are
// made, at every depth.

// jsonRoute is a route and a good body of it, which names every field.
type jsonRoute struct {
	path, role string
	body       object
}

func (s *siege) jsonRoutes() []jsonRoute {
	full := card("試す人", "web", object{"topics": []any{"一つ"}})
	start := s.clock.now().UnixMilli()
	return []jsonRoute{
		{"/api/host", "nobody", object{"op": newOp(), "secret": newOp()}},
		{"/api/lobby", "nobody", object{"event": s.event, "secret": s.secret}},
		{"/api/lobby", "nobody", object{"code": s.code}},
		{"/api/join", "nobody", object{"op": newOp(), "event": s.event, "secret": s.secret, "card": full, "terms": "2026-11"}},
		{"/api/join", "nobody", object{"op": newOp(), "code": s.code, "card": full, "terms": "2026-11"}},
		{"/api/signout", "host", object{}},
		{"/api/screen", "nobody", object{}},
		{"/api/move", "host", object{}},
		{"/api/move/look", "nobody", object{"secret": newOp()}},
		{"/api/move/look", "nobody", object{"code": "2222-2222"}},
		{"/api/move/use", "nobody", object{"op": newOp(), "secret": newOp(), "keep": true}},
		{"/api/move/use", "nobody", object{"op": newOp(), "code": "2222-2222", "keep": false}},
		{"/api/events", "host", object{
			"op": newOp(), "title": "会", "place": "", "note": "", "startsAt": start, "endsAt": start + 3600_000, "zone": "Asia/Tokyo", "days": 90,
			"doors": "open", "card": full,
		}},
		{"/api/events/" + s.event + "/code", "host", object{"op": newOp()}},
		{"/api/events/" + s.event + "/erase", "host", object{"op": newOp()}},
		{"/api/events/" + s.event + "/screens", "host", object{"code": "2222-2222"}},
		{"/api/events/" + s.event + "/poll", "attendee", object{"v": 1, "epoch": "1.0", "at": object{}, "here": 1, "build": "x", "wait": false}},
		{"/api/events/" + s.event + "/do", "attendee", object{
			"v": 1, "epoch": "1.0", "at": object{}, "here": 1, "build": "x", "op": newOp(), "name": "tick", "args": object{},
		}},
	}
}

type badBody struct {
	what string
	body []byte
	kind string
	want []int
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// gzipBomb is 10 MiB in 10 KiB.
var gzipBomb = sync.OnceValue(func() []byte {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(append([]byte("{}"), make([]byte, 10<<20)...))
	_ = z.Close()
	return zipped.Bytes()
})

// badly makes every bad body of a good one.
func badly(good object) []badBody {
	text := string(encode(good))
	inside := strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	and := func(more string) []byte {
		if inside == "" {
			return []byte("{" + more + "}")
		}
		return []byte("{" + inside + "," + more + "}")
	}
	zipped := gzipBomb()
	const plain = "application/json"
	four, type415 := []int{400}, []int{415}
	bad := []badBody{
		{"B01 empty", nil, plain, four},
		{"B02 white space", []byte(" \n"), plain, four},
		{"B03 []", []byte("[]"), plain, four},
		{"B03 in an array", []byte("[" + text + "]"), plain, four},
		{"B04 null", []byte("null"), plain, four},
		{"B04 a text", []byte(`"x"`), plain, four},
		{"B04 a number", []byte(`1`), plain, four},
		{"B06 unknown key", and(`"role":"host"`), plain, four},
		{"B06 unknown key without a value", and(`"role":null`), plain, four},
		{"B06 __proto__", and(`"__proto__":{}`), plain, four},
		{"B06 the empty key", and(`"":1`), plain, four},
		{"B07 two values", []byte(text + text), plain, four},
		{"B07 two values on two lines", []byte(text + "\n" + text), plain, four},
		{"B08 trailing data", []byte(text + "x"), plain, four},
		{"B08 a trailing comma", []byte("{" + inside + ",}"), plain, four},
		{"B08 cut off", []byte(text[:len(text)-1]), plain, four},
		{"B08 a comment", []byte(text + "// x"), plain, four},
		{"B09 a byte FF", and("\"\xff\":1"), plain, four},
		{"B10 a lone surrogate", and(`"\ud800":1`), plain, four},
		{"B11 10,001 arrays", and(`"x":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)), plain, four},
		{"B11 33 levels", and(`"x":` + strings.Repeat(`{"x":`, 33) + "1" + strings.Repeat("}", 33)), plain, four},
		{"B12 40 KiB", []byte(text + strings.Repeat(" ", 40<<10)), plain, []int{413}},
		{"B12 3 MiB", and(`"x":"` + strings.Repeat("あ", 1<<20) + `"`), plain, []int{413}},
		{"B15 a form", []byte("op=x&code=y"), "application/x-www-form-urlencoded", type415},
		{"B15 a form that is JSON", []byte(text), "application/x-www-form-urlencoded", type415},
		{"B16 no type", []byte(text), "", type415},
		{"B16 text/plain", []byte(text), "text/plain", type415},
		{"B16 multipart", []byte(text), "multipart/form-data; boundary=x", type415},
		{"B16 nearly JSON", []byte(text), "application/json-seq", type415},
		{"B16 a broken type", []byte(text), "application/json; charset", type415},
		{"B17 charset utf-16", []byte(text), "application/json; charset=utf-16", type415},
		{"B18 charset shift_jis", []byte(text), "application/json; charset=Shift_JIS", type415},
		{"B19 a gzip bomb", zipped, "gzip", type415},
		{"B20 gzip, and says nothing", zipped[:200], plain, four},
		{"B25 BOM", []byte("\ufeff" + text), plain, four},
		{"B26 UTF-16", append([]byte{0xff, 0xfe}, []byte(text)...), plain, four},
		{"B26 NUL", append([]byte(text), 0), plain, four},
	}
	return append(bad, badFields(good, func(changed object) []byte { return encode(changed) }, func(o object) object { return maps.Clone(o) })...)
}

// badFields spoils one field at a time, those of the card too.
func badFields(good object, whole func(object) []byte, put func(object) object) []badBody {
	var bad []badBody
	add := func(what string, b []byte, want ...int) {
		bad = append(bad, badBody{what, b, "application/json", want})
	}
	// spoil writes the object with one member as it is given, text and all.
	spoil := func(key, as string) []byte {
		o := put(good)
		o[key] = "<mark>"
		escaped := string(encode("<mark>"))
		return bytes.Replace(whole(o), []byte(escaped), []byte(as), 1)
	}
	for _, key := range slices.Sorted(maps.Keys(good)) {
		is := string(encode(good[key]))
		name := func(n string) string { return n + " " + key }
		add(name("B05 wrong case of"), spoil(key, is+`,"`+strings.ToUpper(key[:1])+key[1:]+`":`+is), 400)
		add(name("B05 duplicate"), spoil(key, is+`,"`+key+`":`+is), 400)
		add(name("B05 duplicate, escaped,"), spoil(key, is+fmt.Sprintf(`,"\u%04x%s":`, key[0], key[1:])+is), 400)
		add(name("B04 null for"), spoil(key, "null"), 400)
		only := put(good)
		v := only[key]
		delete(only, key)
		only[strings.ToUpper(key)] = v
		add(name("B05 only in capitals"), whole(only), 400)
		others := []string{`"x"`, `1`, `true`, `[]`, `{}`, `[null]`, `{"$ne":null}`}
		switch v := good[key].(type) {
		case string:
			others = others[1:]
			add(name("B09 a byte FF in"), spoil(key, "\"a\xffb\""), 400)
			add(name("B09 a long form of /, in"), spoil(key, "\"a\xc0\xafb\""), 400)
			add(name("B10 a surrogate in bytes in"), spoil(key, "\"a\xed\xa0\x80b\""), 400)
			add(name("B10 a lone surrogate in"), spoil(key, `"a\ud800b"`), 400)
			add(name("B10 a low surrogate first in"), spoil(key, `"\udc00\ud800"`), 400)
			add(name("B14 a raw line break in"), spoil(key, "\"a\nb\""), 400)
			add(name("B14 an unknown escape in"), spoil(key, `"\x41"`), 400)
		case int64, int:
			others = slices.DeleteFunc(others, func(o string) bool { return o == "1" })
			for _, n := range []string{"1.5", "1e3", "1e400", "9223372036854775808", "-9223372036854775809", "01", "+1", "0x10", "NaN", "Infinity", ".5", `"7"`} {
				add(name("B21 "+n+" for"), spoil(key, n), 400)
			}
			add(name("B23 -1 for"), spoil(key, "-1"), 400, 422)
			add(name("B24 the smallest number for"), spoil(key, "-9223372036854775808"), 400, 422)
			add(name("B24 the greatest number for"), spoil(key, "9223372036854775807"), 400, 422)
		case bool:
			others = append(slices.DeleteFunc(others, func(o string) bool { return o == "true" }), `"true"`, "0")
		case []any, []string:
			others = slices.DeleteFunc(others, func(o string) bool { return o == "[]" })
			add(name("B22 an object in"), spoil(key, `[{}]`), 400)
			add(name("B22 a number in"), spoil(key, `[1]`), 400)
		case object:
			others = slices.DeleteFunc(others, func(o string) bool { return o == "{}" })
			bad = append(bad, badFields(v, func(inner object) []byte {
				o := put(good)
				o[key] = inner
				return whole(o)
			}, maps.Clone)...)
		}
		for _, o := range others {
			add(name("B22 "+o+" for"), spoil(key, o), 400)
		}
	}
	return bad
}

func TestHostileBodies(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	s.unchanged(t, func() {
		for _, route := range s.jsonRoutes() {
			cookie := s.roles[route.role].cookieHeader()
			w := s.wire(t)
			for _, bad := range badly(route.body) {
				var head strings.Builder
				kind, coding := bad.kind, ""
				if kind == "gzip" {
					kind, coding = "application/json", "Content-Encoding: gzip\r\n"
				}
				if kind != "" {
					kind = "Content-Type: " + kind + "\r\n"
				}
				if cookie != "" {
					coding += "Cookie: " + cookie + "\r\n"
				}
				fmt.Fprintf(&head, "POST %s HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\n%s%sContent-Length: %d\r\n\r\n", route.path, origin, kind, coding, len(bad.body))
				s.refuseAs(t, route.path+" "+bad.what, bad.want, func() answer {
					go w.say(head.String(), string(bad.body))
					a := w.hear("POST")
					if a.status == 413 || a.header.Get("Connection") == "close" {
						w.Close()
						w = s.wire(t)
					}
					return a
				})
			}
			w.Close()
		}
	})

	t.Run("B13 an endless body", func(t *testing.T) {
		for _, route := range s.jsonRoutes() {
			w := s.wire(t)
			cookie := s.roles[route.role].cookieHeader()
			s.refuse(t, route.path, 413, func() answer {
				// It stops here, but does not end: the answer may not wait for more.
				go w.say(rawPost(route.path, cookie, fmt.Sprintf("%x\r\n{%s\r\n", 33<<10, strings.Repeat(" ", 33<<10-1)), "Transfer-Encoding: chunked"))
				return w.hear("POST")
			})
			w.Close()
		}
		for what, chunk := range map[string]string{
			"a size below nothing": "-1\r\n{}\r\n0\r\n\r\n", "a size of no number": "zz\r\n{}\r\n0\r\n\r\n", "a size beyond all": "fffffffffffffffff\r\n{}\r\n",
			"no end of a chunk": "2\r\n{}xx0\r\n\r\n",
		} {
			s.refuse(t, what, 400, func() answer { return s.raw(t, rawPost("/api/signout", "", chunk, "Transfer-Encoding: chunked")) })
		}
	})

	t.Run("B27 what is right is taken", func(t *testing.T) {
		for _, kind := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"} {
			b := s.house.browser("x")
			if a := b.send("POST", "/api/lobby", kind, encode(object{"event": s.event, "secret": s.secret})); a.status != 200 {
				t.Errorf("%s: %d %s", kind, a.status, a.body)
			}
		}
	})
}
