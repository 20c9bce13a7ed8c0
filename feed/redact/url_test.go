package redact_test

import (
	"fmt"
	"strings"
	"testing"

	"livetape/feed/redact"
)

func TestADisplayedURLHoldsNoSecret(t *testing.T) {
	t.Parallel()
	const notAURL = "(not a valid URL)"
	for raw, want := range map[string]string{
		"https://desk.example/stream":                      "https://desk.example/stream",
		"https://me:s3cr3t@desk.example:8443/a?v=c":        "https://desk.example:8443/a?v=c",
		"https://desk.example/?token=s3cr3t&symbols=A,B":   "https://desk.example/?token=•••&symbols=A,B",
		"https://desk.example/?api_key=s3cr3t":             "https://desk.example/?api_key=•••",
		"https://desk.example/?apiKey=s3cr3t&types=x":      "https://desk.example/?apiKey=•••&types=x",
		"https://desk.example/?token=${DESK_TOKEN}&x=${X}": "https://desk.example/?token=${DESK_TOKEN}&x=${X}",
		"https://desk.example/?token=s3cr3t${DESK_TOKEN}":  "https://desk.example/?token=•••",
		"https://${USER}:${PASS}@${HOST}:${PORT}/x":        "https://${HOST}:${PORT}/x",
		"${DESK_URL}":                                        "${DESK_URL}",
		"${DESK_URL}/prices?sig=s3cr3t":                      "${DESK_URL}/prices?sig=•••",
		"https://desk.example/#access_token=s3cr3t":          "https://desk.example/",
		"https://desk.example?at=me@home&X-Signature=s3cr3t": "https://desk.example?at=•••&X-Signature=•••",
		"https://desk.example/?desk=s3cr3t;t=s3cr3t&v=1":     "https://desk.example/?desk=•••;t=•••&v=1",
		"https://desk.example/?s3cr3t":                       "https://desk.example/?•••",
		"https://desk.example/?snapshot&s3cr3t&${X}":         "https://desk.example/?snapshot&•••&${X}",
		"https://desk.example/?=s3cr3t&&x=":                  "https://desk.example/?=•••&&x=",
		"https://desk.example/?%73ymbols=A&%74oken=s3cr3t":   "https://desk.example/?%73ymbols=A&%74oken=•••",
		"https://desk.example/?TYPES=a&ids[]=7&lastEventId=": "https://desk.example/?TYPES=a&ids[]=7&lastEventId=",
		"https://desk.example/?ids%5B%5D=7&symbols=A%20B":    "https://desk.example/?ids%5B%5D=7&symbols=A%20B",
		"https://desk.example/?topic=https://u:s3cr3t@x/":    "https://desk.example/?topic=•••",
		"https://desk.example/?topic=https%3A%2F%2Fs3cr3t/":  "https://desk.example/?topic=•••",
		"https://desk.example/?from=a?token=s3cr3t&limit=1":  "https://desk.example/?from=•••&limit=1",
		"https://desk.example/?from=a%3Ftoken%253Ds3cr3t":    "https://desk.example/?from=•••",
		"https://desk.example/?symbols=${A},B&topic=${URL}":  "https://desk.example/?symbols=${A},B&topic=${URL}",
		"https://user:s3cr3t":                                notAURL,
		"s3cr3t":                                             notAURL,
		"":                                                   notAURL,
		"ftp://me:s3cr3t@desk.example":                       notAURL,
	} {
		if got := redact.URL(raw); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
}

func TestAPortableURLWorksUnchangedButForCredentials(t *testing.T) {
	t.Parallel()
	long := "https://desk.example/?" + strings.Repeat("ids[]=e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43&", 20) + "parsed=true"
	for raw, want := range map[string]string{
		long: long,
		"https://desk.example/?topic=https%3A%2F%2Fdesk.example%2Fprices%2F%7Bid%7D&topic=news": "https://desk.example/?topic=https%3A%2F%2Fdesk.example%2Fprices%2F%7Bid%7D&topic=news",
		"https://desk.example/?topic=https://desk.example/a?x=1;instruments=EUR_USD,GBP_USD":    "https://desk.example/?topic=https://desk.example/a?x=1;instruments=EUR_USD,GBP_USD",
		"https://desk.example/?method=t_p&chain=ethereum&address=0xC02aaA39&limit=1&cursor=now": "https://desk.example/?method=t_p&chain=ethereum&address=0xC02aaA39&limit=1&cursor=now",
		"https://desk.example/?channel[]=x&desk=x&s3cr3t":                                       "https://desk.example/?channel[]=x&desk=<desk>&<>",
		"https://u:s3cr3t@desk.example/?token=s3cr3t;key=${KEY}&symbols=A#s3cr3t":               "https://desk.example/?token=<token>;key=${KEY}&symbols=A",
		"https://desk.example/?topic=https%3A%2F%2Fu:s3cr3t@desk.example":                       "https://desk.example/?topic=<topic>",
		"https://desk.example/?topic=https%3A%2F%2Fdesk.example%2F%3Ftoken%3Ds3cr3t":            "https://desk.example/?topic=<topic>",
		"https://desk.example/?topic=a%253Ftoken%253Ds3cr3t":                                    "https://desk.example/?topic=<topic>",
		"https://desk.example/?from=token%3Ds3cr3t":                                             "https://desk.example/?from=<from>",
		"${DESK_URL}/prices?since=2026-01-01T00:00:00Z":                                         "${DESK_URL}/prices?since=2026-01-01T00:00:00Z",
	} {
		if got := redact.PortableURL(raw, func(key string) string { return "<" + key + ">" }); got != want {
			t.Errorf("%s:\n%s, want\n%s", raw, got, want)
		}
	}
}

func ExampleURL() {
	fmt.Println(redact.URL("https://me:hunter2@desk.example/prices?token=s3cr3t&symbols=NVDA"))
	fmt.Println(redact.URL("https://desk.example/prices?token=${DESK_TOKEN}"))
	// Output:
	// https://desk.example/prices?token=•••&symbols=NVDA
	// https://desk.example/prices?token=${DESK_TOKEN}
}
