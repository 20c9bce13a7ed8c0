package doctor

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"livetape/feed"
	"livetape/feed/redact"
)

// proposal is what to call a feed in a configuration: by the name that it was given, else by what is short and tells its
// address from others.
func proposal(c feed.Config) string {
	at, err := url.Parse(redact.URL(c.URL))
	if err != nil || at.Host == "" || c.Name != at.Host || strings.ContainsAny(at.Host, "${}") {
		return keyOf(c.Name)
	}
	host, port := at.Hostname(), at.Port()
	switch local := host == "localhost" || net.ParseIP(host) != nil; {
	case local && port != "":
		return keyOf("port-" + port)
	case local:
		path := strings.Trim(at.Path, "/")
		return keyOf(orElse(path[strings.LastIndex(path, "/")+1:], host))
	case port != "":
		return keyOf(label(host) + "-" + port)
	}
	return keyOf(label(host))
}

// label is the first part of a host that is not just what all streams call their hosts.
func label(host string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, l := range labels[:len(labels)-1] {
		if !slices.Contains(anyHost, l) {
			return l
		}
	}
	return labels[0]
}

var anyHost = strings.Fields("www api apis stream streams streaming feed feeds sse events data live push rt ws eu us")
