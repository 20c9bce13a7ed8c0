package emulate

import (
	"net/http"
	"strings"
)

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 16

func bearerToken(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// accepts reports whether a request's Accept fields name a media type.
func accepts(r *http.Request, mediaType string) bool {
	for _, part := range splitValues(r.Header.Values("Accept")) {
		name, _, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), mediaType) {
			return true
		}
	}
	return false
}

// splitValues splits each of the values of one parameter or field at commas.
func splitValues(values []string) (all []string) {
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				all = append(all, part)
			}
		}
	}
	return all
}
