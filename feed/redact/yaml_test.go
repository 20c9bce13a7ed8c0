package redact_test

import (
	"strings"
	"testing"

	"livetape/feed/redact"
)

func TestTheLinesOfAConfigurationShowNoSecret(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"url: https://h/x?sig=s3cret&symbols=A,B", "url: https://h/x?sig=••••••&symbols=A,B"},
		{"url: https://h/x?pwd=s3cret;v=1 # why", "url: https://h/x?pwd=••••••;v=1 # why"},
		{"url: https://h/x?s3cret&desk=s3cret#access=s3cret", "url: https://h/x?••••••&desk=••••••#•••••••••••••"},
		{"url: 'https://me:s3cret@h/?k=${KEY}&topic=https://u:s3cret@x/'", "url: 'https://•••••••••@h/?k=${KEY}&topic=•••••••••••••••••••'"},
		{"url: ${DESK}/prices?auth=s3cret", "url: ${DESK}/prices?auth=••••••"},
		{"a: {url: https://h/?sig=s3cret, preset: x}", "a: {url: https://h/?sig=••••••, preset: x}"},
		{"token: s3cret", "token: ••••••"},
		{"token: ${TOKEN}", "token: ${TOKEN}"},
		{"token_file: /run/desk", "token_file: /run/desk"},
		{"password: |\n  s3cret\n  s3cret\nurl: https://h/", "password: |\n  ••••••\n  ••••••\nurl: https://h/"},
		{"headers:\n  X-Desk: s3cret\n  Accept: s3cret\nformat: sse", "headers:\n  X-Desk: ••••••\n  Accept: ••••••\nformat: sse"},
		{"headers: {X-Desk: s3cret, Authorization: Bearer s3cret}", "headers: {X-Desk: ••••••, Authorization: Bearer ••••••}"},
		{`body: '{"token":"s3cret","pwd" : "s3cret","symbols":["A"]}'`, `body: '{"token":"••••••","pwd" : "••••••","symbols":["A"]}'`},
		{`body: "{\"api_key\":\"s3cret\"}"`, `body: "{\"api_key\":•"•••••••"}"`},
		{"body: user=a&password=s3cret", "body: user=a&password=••••••"},
		{"keys:\n  retry: [u, ctrl+k]\n  desk: a-s3cret-of-16-characters\npassword: s3cret", "keys:\n  retry: [u, ctrl+k]\n  desk: •••••••••••••••••••••••••\npassword: ••••••"},
		{"symbols: [A, B]\ndecimals: 2", "symbols: [A, B]\ndecimals: 2"},
	} {
		if got := redact.YAML(c.in); got != c.want || strings.Contains(got, "s3cret") {
			t.Errorf("%s\nis shown as\n%s\nwant\n%s", c.in, got, c.want)
		}
	}
}
