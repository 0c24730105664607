package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"goen/realtime"
	"goen/realtime/event"
)

// forms writes docs/forms.md: every view and command with what its fields mean
// (taken from the comments in the source), every refusal and close code. It is
// the reference part of docs/protocol.md.
func forms(source string) string {
	meaning := comments(source)
	var b strings.Builder
	b.WriteString("# Forms of the protocol\n\nMade by `go generate ./realtime` from the source; do not edit. `protocol.md` says how they travel. Times are Unix milliseconds, " +
		"ids 22 characters of base64url, lengths in Unicode code points. A field marked ? is left out when it is empty.\n")

	b.WriteString("\n## Views\n")
	for _, name := range []event.Name{event.Room, event.Me, event.Desk, event.Wall, event.Consent} {
		fmt.Fprintf(&b, "\n### Stream `%s`\n", name)
		for _, v := range event.Views()[name] {
			t := reflect.TypeOf(v)
			fmt.Fprintf(&b, "\n**`%s`** %s\n\n", reflect.ValueOf(v).FieldByName("Head").FieldByName("K"), meaning[t.Name()])
			table(&b, t, meaning)
		}
	}
	b.WriteString("\n## Parts of views\n")
	for _, v := range []any{event.Card{}, event.About{}, event.Asker{}, event.Contact{}, event.Reason{}, event.NeedWords{}, event.Behalf{}, event.Attestation{}} {
		t := reflect.TypeOf(v)
		fmt.Fprintf(&b, "\n**%s** %s\n\n", t.Name(), meaning[t.Name()])
		table(&b, t, meaning)
	}
	b.WriteString("\n## Commands\n")
	for _, name := range slices.Sorted(maps.Keys(event.Commands)) {
		t := reflect.TypeOf(event.Commands[name]()).Elem()
		fmt.Fprintf(&b, "\n**`%s`** %s\n\n", name, meaning[t.Name()])
		if t.NumField() == 0 {
			b.WriteString("no arguments\n")
			continue
		}
		table(&b, t, meaning)
	}
	b.WriteString("\n## Refusals\n\n| code | status over HTTP |\n| --- | --- |\n")
	for _, r := range realtime.Refusals() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", r.Code, kinds[r.Kind])
	}
	b.WriteString("\n## Close codes\n\n| name | code |\n| --- | --- |\n")
	for _, name := range slices.SortedFunc(maps.Keys(realtime.CloseCodes), func(a, b string) int { return realtime.CloseCodes[a] - realtime.CloseCodes[b] }) {
		fmt.Fprintf(&b, "| %s | %d |\n", name, realtime.CloseCodes[name])
	}
	return b.String()
}

var kinds = map[event.Kind]string{
	event.Malformed: status(http.StatusBadRequest), event.Invalid: status(http.StatusUnprocessableEntity), event.Unauthenticated: status(http.StatusUnauthorized),
	event.Forbidden: status(http.StatusForbidden), event.NotFound: status(http.StatusNotFound), event.Conflict: status(http.StatusConflict),
	event.Gone: status(http.StatusGone), event.TooMany: status(http.StatusTooManyRequests), event.TooLarge: status(http.StatusRequestEntityTooLarge),
	event.Unsupported: status(http.StatusUnsupportedMediaType), event.Misdirected: status(http.StatusMisdirectedRequest),
	event.Unavailable: status(http.StatusServiceUnavailable), event.Full: status(http.StatusInsufficientStorage),
}

func status(code int) string { return fmt.Sprint(code, " ", http.StatusText(code)) }

func table(b *strings.Builder, t reflect.Type, meaning map[string]string) {
	b.WriteString("| field | type | |\n| --- | --- | --- |\n")
	fields(b, t, meaning)
}

func fields(b *strings.Builder, t reflect.Type, meaning map[string]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			if f.Name != "Head" {
				fields(b, f.Type, meaning)
			}
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if strings.Contains(options, "omit") {
			name += "?"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, kindOf(f.Type), meaning[t.Name()+"."+f.Name])
	}
}

// named are the texts of which only some are meant.
var named = map[string]string{
	"Phase": "one of reception, needs, tables, offers, pairs, free, closing", "Doors": "one of open, approve, closed", "Status": "open or closed",
	"Attest": "one of off, after_event, on", "How": "one of phone, line, face", "Outcome": "one of ongoing, engaged, passed",
	"AnnouncementID": "id of an announcement", "Standing": "one of lobby, present, removed", "Reach": "one of self, nameless, open", "BoardID": "id of a place on the board", "PleaID": "id of a plea", "AttendeeID": "id of a person", "NeedID": "id of a need", "EntryID": "id of an entry",
	"IntroductionID": "id of an introduction", "SuggestionID": "id of a suggestion", "At": "time",
}

func kindOf(t reflect.Type) string {
	if text := named[t.Name()]; text != "" {
		return text
	}
	switch t.Kind() {
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Slice:
		return "list of " + kindOf(t.Elem())
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "text"
	case reflect.Struct:
		return t.Name()
	}
	return "number"
}

// comments reads what the source says of each type and field: "Card" and
// "Card.Name".
func comments(source string) map[string]string {
	names, err := filepath.Glob(filepath.Join(source, "*.go"))
	if err != nil || len(names) == 0 {
		log.Fatalf("tsgen: no source in %s", source)
	}
	said := map[string]string{}
	line := func(groups ...*ast.CommentGroup) string {
		for _, g := range groups {
			if text := strings.TrimSpace(g.Text()); text != "" {
				return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "\\|")
			}
		}
		return ""
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			log.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok {
				return true
			}
			for _, spec := range decl.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				said[t.Name.Name] = strings.TrimPrefix(line(t.Doc, decl.Doc), t.Name.Name+" ")
				if s, ok := t.Type.(*ast.StructType); ok {
					for _, f := range s.Fields.List {
						for _, name := range f.Names {
							said[t.Name.Name+"."+name.Name] = line(f.Comment, f.Doc)
						}
					}
				}
			}
			return true
		})
	}
	return said
}
