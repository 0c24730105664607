package pwa

import (
	"io/fs"
	"strings"
	"testing"
)

func TestAppIsWholeOrAbsent(t *testing.T) {
	app, built := App()
	if !built {
		if Build() != "" {
			t.Error("nothing is built, but the build has a name")
		}
		t.Log("no app is built here; `make run` builds it")
		return
	}
	for _, name := range []string{"index.html", "index.html.br", "index.html.gz", "sw.js", "manifest.webmanifest", "icons/mark.svg"} {
		if _, err := fs.Stat(app, name); err != nil {
			t.Errorf("the built app lacks %s", name)
		}
	}
	page, err := fs.ReadFile(app, "index.html")
	if err != nil {
		t.Fatal(err)
	}
	if Build() == "" || !strings.Contains(string(page), Build()) {
		t.Errorf("the page does not carry the name of its build %q", Build())
	}
}

func TestTokensStandAlone(t *testing.T) {
	for _, want := range []string{"--paper:", "--ink:", "--ito:", "prefers-color-scheme: dark"} {
		if !strings.Contains(Tokens, want) {
			t.Errorf("tokens.css lacks %s", want)
		}
	}
	for _, no := range []string{"@import", "@layer", "url("} {
		if strings.Contains(Tokens, no) {
			t.Errorf("tokens.css must stand alone, but has %s", no)
		}
	}
}
