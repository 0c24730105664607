// Package pwa carries the phone app inside the program.
//
// The app is built by `make run` into dist, which is not in git; only an empty dist/.gitkeep is, so that Go builds and tests
// without Node. App tells the two apart, and the server then says so in plain words.
package pwa

import (
	"embed"
	"io/fs"
	"strings"
)

// Dist is the folder dist as it was when the program was compiled. Beside each text asset lie its .br and .gz forms.
//
//go:embed all:dist
var Dist embed.FS

// Tokens is the style sheet with the colours, faces and measures of the app, as plain CSS without imports, nesting or layers. Pages
// that the server renders by itself use the same ones.
//
//go:embed src/styles/tokens.css
var Tokens string

// App returns the built app with index.html at its root, and whether there is one. The file system is usable, but holds nothing to
// show, when it says false.
func App() (fs.FS, bool) {
	app, err := fs.Sub(Dist, "dist")
	if err != nil {
		return Dist, false
	}
	_, err = fs.Stat(app, "index.html")
	return app, err == nil
}

// Build names the build that App holds: a short hash over all its files, the same one that the page says in its hello. It is empty
// when nothing is built.
func Build() string {
	b, err := fs.ReadFile(Dist, "dist/build.txt")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
