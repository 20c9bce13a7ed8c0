package connection

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
)

// Bounds of what a feed's server may have kept, near those that RFC 6265 §6.1 wants browsers to have.
const (
	maxCookies = 50
	maxCookie  = 4 << 10 // bytes of name and value
)

// originCookies keeps the cookies of a feed's own origin, for it alone. With more than maxCookies it begins anew.
type originCookies struct {
	origin *url.URL

	mu    sync.Mutex
	jar   *cookiejar.Jar
	names map[string]bool // what is in jar
}

// SetCookies implements [http.CookieJar].
func (c *originCookies) SetCookies(from *url.URL, set []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cookie := range set {
		if !sameOrigin(from, c.origin) || len(cookie.Raw) > maxCookie {
			continue
		}
		if name := cookie.Name + ";" + cookie.Path + ";" + cookie.Domain; !c.names[name] {
			if c.jar == nil || len(c.names) >= maxCookies {
				c.jar, _ = cookiejar.New(nil) // it has no error to give
				c.names = make(map[string]bool)
			}
			c.names[name] = true
		}
		c.jar.SetCookies(from, []*http.Cookie{cookie})
	}
}

// Cookies implements [http.CookieJar].
func (c *originCookies) Cookies(to *url.URL) []*http.Cookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.jar == nil || !sameOrigin(to, c.origin) {
		return nil
	}
	return c.jar.Cookies(to)
}
