// Command tsgen writes what the phone app knows of the protocol: the views,
// commands, refusals and close codes as TypeScript types (protocol.ts), and the
// trades and areas as data (trades.ts); and the reference of the protocol for
// people (forms.md).
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"goen/realtime"
	"goen/realtime/event"
	"goen/realtime/trade"
)

func main() {
	root := flag.String("root", ".", "folder of the project, to read comments from")
	out := flag.String("out", ".", "folder of the project to write into")
	flag.Parse()
	for name, text := range map[string]string{
		"pwa/src/protocol.ts": protocol(),
		"pwa/src/trades.ts":   "// Made by realtime/tsgen; do not edit.\n" + trade.TypeScript(),
		"docs/forms.md":       forms(filepath.Join(*root, "realtime/event")),
	} {
		file := filepath.Join(*out, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

type writer struct {
	strings.Builder
	done  map[string]bool
	queue []reflect.Type
}

func protocol() string {
	w := &writer{done: map[string]bool{}}
	w.WriteString("// Made by realtime/tsgen from realtime/protocol.go and realtime/event; do not edit.\n\n")
	fmt.Fprintf(w, "export const version = %d\n\n", realtime.Version)

	streams := []string{}
	for _, name := range []event.Name{event.Room, event.Me, event.Desk, event.Wall, event.Consent} {
		kinds := []string{}
		for _, v := range event.Views()[name] {
			t := reflect.TypeOf(v)
			kinds = append(kinds, t.Name())
			w.named(t, reflect.ValueOf(v).FieldByName("Head").FieldByName("K").String())
		}
		title := strings.ToUpper(name.String()[:1]) + name.String()[1:]
		fmt.Fprintf(w, "/** What lives in the stream %q. */\nexport type %sView = %s\n\n", name, title, strings.Join(kinds, " | "))
		if name != event.Consent {
			streams = append(streams, fmt.Sprintf("%s: %sView", name, title))
		}
	}
	fmt.Fprintf(w, "/** The streams a phone may hear, and what lives in them. */\nexport type Streams = { %s }\n\n", strings.Join(streams, "; "))

	w.WriteString("/** The commands, with their arguments. */\nexport type Commands = {\n")
	for _, name := range slices.Sorted(maps.Keys(event.Commands)) {
		fmt.Fprintf(w, "  %q: %s\n", name, w.inline(reflect.TypeOf(event.Commands[name]()).Elem(), ""))
	}
	w.WriteString("}\n\n")

	for _, m := range []any{realtime.Hello{}, realtime.GoneStream{}, realtime.Ack{}, realtime.No{}, realtime.Here{}, realtime.Pong{}, realtime.Bye{}} {
		w.named(reflect.TypeOf(m), "")
	}
	for len(w.queue) > 0 {
		t := w.queue[0]
		w.queue = w.queue[1:]
		w.named(t, "")
	}

	codes := []string{}
	for _, r := range realtime.Refusals() {
		codes = append(codes, fmt.Sprintf("%q", r.Code))
	}
	fmt.Fprintf(w, "/** Every refusal; its text is error.<code> in both languages. */\nexport type RefusalCode =\n  | %s\n\n", strings.Join(codes, "\n  | "))
	closes, err := json.Marshal(realtime.CloseCodes)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(w, "/** Close codes of the socket: 4000-4499 come back, 4500-4999 do not. */\nexport const closeCodes = %s as const\n", closes)
	return w.String()
}

// named writes a struct as an exported type, once.
func (w *writer) named(t reflect.Type, kind string) {
	if w.done[t.Name()] {
		return
	}
	w.done[t.Name()] = true
	fmt.Fprintf(w, "export type %s = %s\n\n", t.Name(), w.inline(t, kind))
}

func (w *writer) inline(t reflect.Type, kind string) string {
	var fields []string
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous {
			inner := w.inline(f.Type, kind)
			if inner = strings.TrimSpace(strings.Trim(inner, "{}")); inner != "" {
				fields = append(fields, inner)
			}
			continue
		}
		optional := ""
		if strings.Contains(options, "omit") {
			optional = "?"
		}
		kindOf := w.typeOf(f.Type)
		if tag == "k" && kind != "" {
			kindOf = fmt.Sprintf("%q", kind)
		}
		if tag == "t" {
			kindOf = "string"
		}
		fields = append(fields, fmt.Sprintf("%s%s: %s", tag, optional, kindOf))
	}
	if len(fields) == 0 {
		return "Record<string, never>"
	}
	return "{ " + strings.Join(fields, "; ") + " }"
}

func (w *writer) typeOf(t reflect.Type) string {
	switch t {
	case reflect.TypeOf(event.Phase("")):
		return `"reception" | "needs" | "tables" | "offers" | "pairs" | "free" | "closing"`
	case reflect.TypeOf(event.Reach("")):
		return `"self" | "nameless" | "open"`
	case reflect.TypeOf(event.Doors("")):
		return `"open" | "approve" | "closed"`
	case reflect.TypeOf(event.Status("")):
		return `"open" | "closed"`
	case reflect.TypeOf(event.Standing("")):
		return `"lobby" | "present" | "removed"`
	case reflect.TypeOf(event.Attest("")):
		return `"off" | "after_event" | "on"`
	case reflect.TypeOf(event.How("")):
		return `"phone" | "line" | "face"`
	case reflect.TypeOf(event.Outcome("")):
		return `"ongoing" | "engaged" | "passed"`
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "number"
	case reflect.Slice:
		return w.typeOf(t.Elem()) + "[]"
	case reflect.Map:
		return "Record<string, " + w.typeOf(t.Elem()) + ">"
	case reflect.Pointer:
		return w.typeOf(t.Elem())
	case reflect.Struct:
		w.queue = append(w.queue, t)
		return t.Name()
	}
	log.Fatalf("tsgen: no TypeScript for %s", t)
	return ""
}
