package doctor_test

import (
	"strings"
	"testing"

	"livetape/feed"
	"livetape/feed/decode/preset"
	"livetape/ui/cli/doctor"
)

func TestAFeedsOwnDefinitionIsTried(t *testing.T) {
	t.Parallel()
	d, err := preset.Parse([]byte("map: [{symbol: a.b, last: a.c}]"))
	if err != nil {
		t.Fatal(err)
	}
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"a\":{\"b\":\"X\",\"c\":\"1.50\"}}\n\ndata: 5\n\n"}), feed.Config{}, doctor.Options{Definition: &d})
	requireFinding(t, r, "reading", doctor.Good, "the feed's own settings read 1 of 2 events")
	requireFinding(t, r, "prices", doctor.Good, "X 1.50")
	if r.Verdict != doctor.Understood || r.Reading.YAML != "" {
		t.Errorf("%s", reportText(t, r))
	}
	r = examineServer(t, streamOf(sseType, step{0, ticks}), feed.Config{}, doctor.Options{Definition: &d})
	requireFinding(t, r, "reading", doctor.Bad, "read none of 2 events")
	if r.Verdict != doctor.Unmapped {
		t.Errorf("the verdict is %s", r.Verdict)
	}
}

func TestTheYAMLWorksWhereHeadersDifferFromThePreset(t *testing.T) {
	pyth := "data:{\"binary\":{},\"parsed\":[{\"id\":\"e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43\",\"price\":{\"price\":\"6163260000000\",\"conf\":\"1\",\"expo\":-8,\"publish_time\":1714748300}}]}\n\n"
	for _, c := range []struct {
		name   string
		header map[string]string
		want   map[string]string // of the YAML, resolved; nil: not there
	}{
		{"a mirror without a key", nil, map[string]string{"Authorization": ""}},
		{"a key given as it is", map[string]string{"Authorization": "Bearer abcdef"}, map[string]string{"Authorization": "Bearer ${PYTH_API_KEY}"}},
		{"a variable of the user's own", map[string]string{"Authorization": "Bearer ${DESK_TOKEN}"}, map[string]string{"Authorization": "Bearer ${DESK_TOKEN}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("DESK_TOKEN", "tok")
			r := examineServer(t, streamOf(sseType, step{0, pyth}), feed.Config{Header: c.header, URL: address + "?ids[]={x}"}, doctor.Options{})
			d, err := definitionOf(t, r).Resolve()
			if err != nil {
				t.Fatal(err)
			}
			if d.Headers["Authorization"] != c.want["Authorization"] || d.URL != address+"?ids[]=%7Bx%7D" {
				t.Errorf("%+v\n%s", d.Headers, r.Reading.YAML)
			}
		})
	}
}

func TestASuggestedNameIsOneThatAConfigurationAccepts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"desk.example": "desk.example", "127.0.0.1:8080": "127.0.0.1-8080", "my feed!": "my-feed", "…": "feed", "": "feed",
		"a-name-that-is-longer-than-any-name-should-be": "a-name-that-is-longer-than-any-n",
	} {
		if got := doctor.SuggestName(feed.Config{Name: name}); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestASuggestedNameIsShortAndTellsFeedsApart(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"http://127.0.0.1:8771/events": "port-8771", "http://127.0.0.1:8772/events": "port-8772", "http://localhost:8771/events": "port-8771",
		"http://[::1]:8771/": "port-8771", "http://localhost/a/prices?x=1": "prices", "https://127.0.0.1/": "127.0.0.1",
		"https://stream.wikimedia.org/v2/stream": "wikimedia", "https://hermes.pyth.network/v2": "hermes", "https://api.example/": "api",
		"http://desk.example:8771/": "desk-8771", "http://desk.example:8772/": "desk-8772", "http://nas/events": "nas", "https://${HOST}/x": "HOST",
	} {
		_, host, _ := strings.Cut(url, "://")
		host, _, _ = strings.Cut(host, "/")
		if got := doctor.SuggestName(feed.Config{Name: host, URL: url}); got != want {
			t.Errorf("%s is called %q, want %q", url, got, want)
		}
	}
	if got := doctor.SuggestName(feed.Config{Name: "my desk", URL: "http://127.0.0.1:8771/"}); got != "my-desk" {
		t.Errorf("a name that was given becomes %q", got)
	}
}

func TestADefinitionThatReadsNothingIsAnsweredWithOneThatDoes(t *testing.T) {
	t.Parallel()
	d, err := preset.Parse([]byte("map: [{symbol: a.b, last: a.c}]"))
	if err != nil {
		t.Fatal(err)
	}
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"sym\":\"X\",\"px\":\"1.50\"}\n\n"}), feed.Config{}, doctor.Options{Definition: &d})
	reading := finding(r, "reading")
	requireLike(t, reading, doctor.Bad, "read none of 1 event")
	if got := definitionOf(t, r); reading.Advice != "the definition below reads 1 of them" || r.Verdict != doctor.Unmapped || len(got.Map) != 1 {
		t.Errorf("%s", reportText(t, r))
	}
}

func TestTheURLInTheYAMLWorksUnchanged(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"topic=https%3A%2F%2Fdesk.example%2Fprices&topic=news", "symbols=A,B;channel=x", "ids[]=1&ids[]=2&limit=5&cursor=now",
		strings.Repeat("ids[]=e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43&", 20) + "parsed=true",
	} {
		r := examineServer(t, streamOf(sseType, step{0, ticks}), feed.Config{URL: address + "?" + query}, doctor.Options{})
		if got := definitionOf(t, r); got.URL != address+"?"+query || strings.Contains(r.Reading.YAML, "environment") {
			t.Errorf("%s\nis pasted as\n%s", query, r.Reading.YAML)
		}
	}
	r := examineServer(t, streamOf(sseType, step{0, ticks}), feed.Config{URL: address + "?symbols=A;key=s3cr3t-1&s3cr3t-2"}, doctor.Options{})
	if got := definitionOf(t, r); got.URL != address+"?symbols=A;key=${KEY}&${TOKEN}" {
		t.Errorf("the address is %s", got.URL)
	}
}
