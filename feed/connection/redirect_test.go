package connection

import (
	"net/url"
	"testing"
)

func TestOriginsAreSchemeHostAndPort(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"http://desk.example/a", "http://DESK.example:80/b", true},
		{"https://desk.example", "https://desk.example:443/", true},
		{"http://desk.example", "https://desk.example", false},
		{"http://desk.example", "http://desk.example:8080", false},
		{"http://desk.example", "http://www.desk.example", false},
		{"http://[::1]:80/", "http://[::1]/", true},
	} {
		a, errA := url.Parse(c.a)
		b, errB := url.Parse(c.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := sameOrigin(a, b); got != c.want {
			t.Errorf("%s and %s: %t", c.a, c.b, got)
		}
	}
}
