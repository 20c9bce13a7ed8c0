package access

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// ClientAddress is whom a request is from: behind a proxy on this machine, the last address that the proxy has seen. Those of
// one network of IPv6 are one.
func ClientAddress(r *http.Request) string {
	ip, err := netip.ParseAddr(hostOf(r.RemoteAddr))
	if err != nil {
		return hostOf(r.RemoteAddr)
	}
	if ip.IsLoopback() {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if seen, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
			ip = seen
		}
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		return netip.PrefixFrom(ip, 64).Masked().String()
	}
	return ip.String()
}

// IsLocal reports whether a request is from this machine, and no proxy on it forwarded it for another client (RFC 7239, RFC 9110
// §7.6.3, and the usual headers beside them).
func IsLocal(r *http.Request) bool {
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") || name == "Forwarded" || name == "Via" || name == "X-Real-Ip" {
			return false
		}
	}
	return IsLoopback(r.RemoteAddr)
}

// IsLoopback reports whether an address or a name, with or without a port, is of this machine by itself.
func IsLoopback(address string) bool {
	ip, err := netip.ParseAddr(hostOf(address))
	return hostOf(address) == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// hostOf is an address without its port.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return strings.Trim(address, "[]")
	}
	return host
}
