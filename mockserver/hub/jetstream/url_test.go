package jetstream_test

import (
	"strings"
	"testing"

	"livetape/mockserver/hub/jetstream"
)

func TestAnAddressNamesServersAndAStream(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"nats://host:4222/DESK":                        "nats://host:4222 DESK",
		"tls://a,nats://user:secret@b:4223/desk-2":     "tls://a,nats://user:secret@b:4223 desk-2",
		"nats://host:4222":                             "",
		"nats://host:4222/":                            "",
		"nats://host:4222/a.b":                         "",
		"nats://host:4222/DESK?x=secret":               "",
		"http://host/DESK":                             "",
		"host:4222/DESK":                               "",
		"nats://host:4222/x/DESK":                      "",
		"nats://user:secret@/DESK":                     "",
		"nats://host:4222/" + strings.Repeat("x", 100): "",
	} {
		servers, stream, err := jetstream.ParseURL(text)
		switch {
		case want == "" && err == nil:
			t.Errorf("%s is %s and %s", text, servers, stream)
		case want == "" && strings.Contains(err.Error(), "secret@"):
			t.Errorf("the error has a password: %v", err)
		case want != "" && servers+" "+stream != want:
			t.Errorf("%s is %s and %s, %v", text, servers, stream, err)
		}
	}
}
