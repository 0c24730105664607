package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"goen/pwa"
)

// app is the built phone app, with each file's compressed forms and tag.
type app struct {
	build string
	files map[string]*file
}

type file struct {
	kind      string
	etag      string
	immutable bool
	forms     map[string][]byte // by content coding; "" is the plain one
}

// The types of what the app is made of; the machine's own table may lack some.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".webmanifest": "application/manifest+json", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
}

func newApp() (*app, error) {
	a := &app{build: pwa.Build(), files: map[string]*file{}}
	dist, built := pwa.App()
	if !built {
		return a, nil
	}
	err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		plain, coding := name, ""
		if s, ok := strings.CutSuffix(name, ".br"); ok {
			plain, coding = s, "br"
		} else if s, ok := strings.CutSuffix(name, ".gz"); ok {
			plain, coding = s, "gzip"
		}
		f := a.files[plain]
		if f == nil {
			f = &file{forms: map[string][]byte{}, immutable: strings.HasPrefix(plain, "assets/")}
			if f.kind = kinds[path.Ext(plain)]; f.kind == "" {
				f.kind = mime.TypeByExtension(path.Ext(plain))
			}
			a.files[plain] = f
		}
		f.forms[coding] = b
		if coding == "" {
			sum := sha256.Sum256(b)
			f.etag = hex.EncodeToString(sum[:12])
		}
		return nil
	})
	return a, err
}

const notBuilt = `<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Goen ご縁</title><h1>Goen ご縁</h1><p>アプリがまだ組み立てられていません。<code>make run</code> を実行してください。</p>
<p lang="en">PWA not built: run <code>make run</code>.</p></html>
`

// serveApp gives a file of the app; a path without a dot is a screen of it.
func (s *Site) serveApp(c echo.Context) error {
	name := strings.TrimPrefix(path.Clean(c.Request().URL.Path), "/")
	if len(s.app.files) == 0 && !strings.Contains(name, ".") {
		return c.HTML(http.StatusOK, notBuilt)
	}
	f := s.app.files[name]
	if f == nil && !strings.Contains(name, ".") {
		f = s.app.files["index.html"]
	}
	if f == nil || f.forms[""] == nil {
		return errNoPage
	}
	h := c.Response().Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	coding, body := f.choose(c.Request().Header.Get("Accept-Encoding"))
	tag := f.etag
	if coding != "" {
		h.Set("Content-Encoding", coding)
		tag += "-" + coding
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(body))
	return nil
}

// choose takes the smallest form that the browser accepts.
func (f *file) choose(accept string) (string, []byte) {
	for _, coding := range []string{"br", "gzip"} {
		if f.forms[coding] == nil {
			continue
		}
		for offer := range strings.SplitSeq(accept, ",") {
			name, q, _ := strings.Cut(strings.TrimSpace(offer), ";")
			if strings.EqualFold(strings.TrimSpace(name), coding) && strings.ReplaceAll(q, " ", "") != "q=0" {
				return coding, f.forms[coding]
			}
		}
	}
	return "", f.forms[""]
}
