package adapter

import (
	"bytes"
	"testing"
)

func TestCentrifugeScan(t *testing.T) {
	var ev Events
	scan := func(s string) Events {
		ev = Events{Pos: ev.Pos}
		Centrifuge{}.Scan([]byte(s), &ev)
		return ev
	}
	e := scan(`{"id":1,"connect":{"client":"c","ping":25,"pong":true}}` + "\n" +
		`{"id":2,"subscribe":{"recoverable":true,"epoch":"Abcd","offset":7,"positioned":true}}`)
	if !e.Joined || e.Pos != (Position{7, "Abcd"}) || e.Reset {
		t.Fatalf("%+v", e)
	}
	e = scan(`{"push":{"channel":"room0","pub":{"data":{"k":1},"offset":8}}}` + "\n{}\n" +
		`{"id":9,"publish":{}}`)
	if e.Pos.Offset != 8 || string(e.Reply) != "{}" || len(e.Acks) != 1 || e.Acks[0] != 6 {
		t.Fatalf("%+v", e)
	}
	e = scan(`{"id":2,"subscribe":{"recoverable":true,"epoch":"Abcd","publications":[{"data":{},"offset":9},{"data":{},"offset":10}],"recovered":true,"offset":10}}`)
	if !e.Joined || e.Reset || e.Pos.Offset != 10 {
		t.Fatalf("%+v", e)
	}
	e = scan(`{"id":2,"subscribe":{"recoverable":true,"epoch":"Neww","offset":3}}`)
	if !e.Reset || e.Pos != (Position{3, "Neww"}) {
		t.Fatalf("%+v", e)
	}
	if e = scan(`{"id":2,"error":{"code":103,"message":"permission denied"}}`); e.Err == "" {
		t.Fatal("error not seen")
	}
}

func TestGoenScan(t *testing.T) {
	var ev Events
	scan := func(s string) Events {
		ev = Events{Pos: ev.Pos}
		Goen{}.Scan([]byte(s), &ev)
		return ev
	}
	if e := scan(`{"t":"hello","v":1,"epoch":"2.0","you":"x"}`); e.Pos.Epoch != "2.0" || !e.Quiet || e.Joined {
		t.Fatalf("%+v", e)
	}
	if e := scan(`{"t":"view","in":"room","full":true,"seq":7,"put":[]}`); !e.Joined || e.Reset || e.Quiet || e.Pos != (Position{7, "2.0"}) {
		t.Fatalf("%+v", e)
	}
	if e := scan(`{"t":"view","in":"room","after":7,"seq":9,"put":[]}`); e.Reset || e.Pos.Offset != 9 {
		t.Fatalf("%+v", e)
	}
	if e := scan(`{"t":"view","in":"me","after":7,"seq":11,"put":[{"who":"#b:"}]}`); !e.Quiet || e.Pos.Offset != 9 {
		t.Fatalf("%+v", e)
	}
	if e := scan(`{"t":"view","in":"room","full":true,"seq":3,"put":[]}`); !e.Reset || e.Pos.Offset != 3 {
		t.Fatalf("%+v", e)
	}
	post := Goen{}.Post(nil, "room0", 77, "", []byte(`{"m":"#b:00000001:0000000000000002#","text":"x"}`))
	op := string(post[bytes.Index(post, []byte(`"op":"`))+6:][:22])
	if e := scan(`{"t":"ack","op":"` + op + `"}`); len(e.Acks) != 1 || e.Acks[0] != 77 {
		t.Fatalf("%+v", e)
	}
	if e := scan(`{"t":"no","op":"x","code":"server"}`); e.Err == "" {
		t.Fatal("a refusal was not seen")
	}
}
