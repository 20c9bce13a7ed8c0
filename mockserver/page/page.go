// Package page is the mock server's page for browsers: live prices and news over the browser's own EventSource.
//
// [Handler] serves it; [AcceptsHTML] tells browsers from terminal clients. The page needs no build and loads nothing from
// other servers, so it works offline, and behind a proxy under any path.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed index.html icon.svg *.css *.js
var files embed.FS

// Handler serves the page at / and its other files under /page/.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/page/")
		if r.URL.Path == "/" {
			name = "index.html"
		}
		body, err := files.ReadFile(name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		sum := sha256.Sum256(body)
		setSecurityHeaders(w.Header())
		w.Header().Set("Content-Type", contentTypes[path.Ext(name)])
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sum[:8]))
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
	})
}

// contentTypes is by file extension. The system's own table may differ.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// contentSecurityPolicy lets the page use its own server alone, and create no markup from text (CSP Level 3; Trusted
// Types).
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func setSecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// AcceptsHTML reports whether a request's Accept names text/html, and not with a weight of 0 (RFC 9110 §12.5.1). Browsers
// name it; curl and other terminal clients accept anything and name nothing.
func AcceptsHTML(r *http.Request) bool {
	for _, value := range r.Header.Values("Accept") {
		for entry := range strings.SplitSeq(value, ",") {
			mediaType, parameters, err := mime.ParseMediaType(entry)
			if err != nil || mediaType != "text/html" {
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
