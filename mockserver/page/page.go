// Package page is the mock server's page for browsers: live prices and news over the browser's own EventSource.
//
// [Handler] serves it, and [Wanted] tells a browser, which shall get it, from a client in a terminal. There is nothing
// to build, and nothing that the page loads from elsewhere: it works offline, and behind a proxy under any path.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed index.html icon.svg *.css *.js
var files embed.FS

// asset is one file of the page, ready to be served.
type asset struct {
	body      []byte
	kind, tag string
}

// Handler serves the page at / and what belongs to it under /page/.
func Handler() http.Handler {
	assets := load()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/page/")
		if r.URL.Path == "/" {
			name = "index.html"
		}
		a, ok := assets[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		protect(w.Header())
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("ETag", a.tag)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(a.body))
	})
}

// kinds are the types of the page's files by their ends. A system may have other ideas of them.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

func load() map[string]asset {
	all := make(map[string]asset)
	entries, _ := files.ReadDir(".") // an embedded directory is always there, as are its files
	for _, entry := range entries {
		body, _ := files.ReadFile(entry.Name())
		sum := sha256.Sum256(body)
		all[entry.Name()] = asset{body, kinds[path.Ext(entry.Name())], `"` + hex.EncodeToString(sum[:8]) + `"`}
	}
	return all
}

// policy lets the page load, and talk to, its own server alone, and make no markup out of text (CSP Level 3; Trusted
// Types).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func protect(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// Wanted reports whether a client prefers a page to plain text: whether it names text/html in Accept, and does not
// refuse it (RFC 9110 §12.5.1). curl and its like take anything, and name nothing.
func Wanted(r *http.Request) bool {
	for _, value := range r.Header.Values("Accept") {
		for entry := range strings.SplitSeq(value, ",") {
			kind, parameters, err := mime.ParseMediaType(entry)
			if err != nil || kind != "text/html" {
				continue
			}
			weight, err := strconv.ParseFloat(parameters["q"], 64)
			if err != nil || weight > 0 {
				return true
			}
		}
	}
	return false
}
