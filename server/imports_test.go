package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The one-way street (docs/adr/0001): which package may import which of ours,
// and which may touch the libraries that are kept in one place. A package
// without a line fails.
var streets = map[string]struct {
	ours []string // packages of ours
	libs []string // libraries kept in one place
	pure bool     // no I/O at all
}{
	"goen/store":                      {libs: []string{}},
	"goen/store/sqlite":               {ours: []string{"goen/store"}, libs: []string{"modernc.org/sqlite"}},
	"goen/store/sqlite/powercut":      {libs: []string{"modernc.org/sqlite"}},
	"goen/store/mongo":                {ours: []string{"goen/store"}, libs: []string{"go.mongodb.org/mongo-driver/v2"}},
	"goen/store/mongofake":            {libs: []string{"go.mongodb.org/mongo-driver/v2/bson"}},
	"goen/store/mongofake/mongofaked": {ours: []string{"goen/store/mongofake"}},
	"goen/store/storetest":            {ours: []string{"goen/store"}},
	"goen/realtime/trade":             {pure: true},
	"goen/realtime/match":             {ours: []string{"goen/realtime/trade"}, pure: true},
	"goen/realtime/match/score":       {},
	"goen/realtime/match/eval":        {ours: []string{"goen/realtime/embed", "goen/realtime/match", "goen/realtime/match/score"}},
	"goen/realtime/event":             {ours: []string{"goen/realtime/trade"}, pure: true},
	"goen/realtime":                   {ours: []string{"goen/store", "goen/realtime/event", "goen/realtime/match", "goen/realtime/trade"}, libs: []string{"github.com/gorilla/websocket"}},
	"goen/realtime/embed":             {},
	"goen/realtime/bell":              {ours: []string{"goen/realtime", "goen/store"}, libs: []string{"github.com/nats-io/nats.go"}},
	"goen/realtime/crowd":             {ours: []string{"goen/realtime", "goen/realtime/event", "goen/realtime/trade"}, libs: []string{"github.com/gorilla/websocket"}},
	"goen/realtime/tsgen":             {ours: []string{"goen/realtime", "goen/realtime/event", "goen/realtime/trade"}},
	"goen/pwa":                        {},
	"goen/server/cards":               {libs: []string{"github.com/emersion/go-vcard"}},
	"goen/server/web":                 {ours: []string{"goen/realtime", "goen/realtime/event", "goen/realtime/trade", "goen/store", "goen/pwa", "goen/server/cards"}, libs: []string{"github.com/labstack/echo/v4", "golang.org/x/image"}},
	"goen/server":                     {ours: []string{"goen/realtime", "goen/realtime/bell", "goen/realtime/crowd", "goen/realtime/embed", "goen/server/web", "goen/store", "goen/store/sqlite", "goen/store/mongo", "goen/pwa"}, libs: []string{"github.com/skip2/go-qrcode"}},
}

// kept are the libraries that one package each may know.
var kept = []string{
	"github.com/labstack/echo", "github.com/gorilla/websocket", "modernc.org/sqlite", "go.mongodb.org/mongo-driver", "github.com/emersion/go-vcard",
	"github.com/skip2/go-qrcode", "golang.org/x/image", "github.com/nats-io/nats.go",
}

// outside is what a pure package has no business with.
var outside = []string{"os", "net", "net/http", "io/fs", "os/exec", "log", "log/slog", "syscall", "database/sql", "crypto/rand", "math/rand", "math/rand/v2"}

func TestImportsGoOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "goen/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); found++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		street, ok := streets[p.ImportPath]
		if !ok {
			t.Errorf("%s has no line in the table of streets", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			switch {
			case strings.HasPrefix(imported, "goen/") && !slices.Contains(street.ours, imported):
				t.Errorf("%s may not import %s", p.ImportPath, imported)
			case street.pure && slices.Contains(outside, imported):
				t.Errorf("%s is pure and imports %s", p.ImportPath, imported)
			}
			for _, lib := range kept {
				if strings.HasPrefix(imported, lib) && !slices.ContainsFunc(street.libs, func(l string) bool { return strings.HasPrefix(imported, l) }) {
					t.Errorf("%s may not know %s", p.ImportPath, imported)
				}
			}
		}
	}
	if found != len(streets) {
		t.Errorf("%d packages, %d lines in the table", found, len(streets))
	}
}
