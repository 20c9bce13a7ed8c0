package cli

import (
	"testing"

	"livetape/feed"
)

func TestAFeedWithAnotherTokenKeepsTheOneBeforeOutOfARecording(t *testing.T) {
	of := func(token string) target {
		return target{config: feed.Config{Name: "desk", URL: "http://desk.example/", Header: map[string]string{"Authorization": "Bearer " + token}}}
	}
	r, err := newRecordedFeeds([]target{of("first-s3cret")})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.add(of("second-s3cret")); err != nil {
		t.Fatal(err)
	}
	if got := r.mask("desk").PayloadText("first-s3cret second-s3cret"); got != "••• •••" {
		t.Errorf("it says %q", got)
	}
}
