package feed

import (
	"net/url"
	"strings"
)

// resumeParameter is the name in a Config.Resume of the form name={id}.
func resumeParameter(resume string) (name string, ok bool) {
	name, ok = strings.CutSuffix(resume, "={id}")
	return name, ok && name != ""
}

// resumesFrom is the id that the next connection sends when lastID was the last; empty for none.
func (s *source) resumesFrom(lastID string) string {
	if s.Resume == ResumeNever || s.Resume == ResumeByHeader && !sendable(lastID) {
		return ""
	}
	return lastID
}

// address is the URL to ask, with the id in its query if the feed resumes so.
func (s *source) address(id string) string {
	name, ok := resumeParameter(s.Resume)
	if !ok || id == "" {
		return s.url.String()
	}
	with := *s.url
	with.RawQuery = replaceParameter(s.url.RawQuery, name, id)
	return with.String()
}

// replaceParameter sets one parameter of a query, in place of all of its name, and leaves the others to the byte as
// they are.
func replaceParameter(query, name, value string) string {
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); pair != "" && (err != nil || plain != name) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(append(kept, url.QueryEscape(name)+"="+url.QueryEscape(value)), "&")
}
