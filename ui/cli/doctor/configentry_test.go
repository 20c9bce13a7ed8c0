package doctor

import (
	"strings"
	"testing"

	"livetape/feed"
	"livetape/feed/decode/preset"
)

func TestAFeedsOwnSettingsAreTried(t *testing.T) {
	d, err := preset.Parse([]byte("map: [{symbol: a.b, last: a.c}]"))
	if err != nil {
		t.Fatal(err)
	}
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"a\":{\"b\":\"X\",\"c\":\"1.50\"}}\n\ndata: 5\n\n"}), feed.Config{}, Options{Definition: &d})
	r.finding("reading").require(t, Good, "the feed's own settings read 1 of 2 events")
	r.finding("prices").require(t, Good, "X 1.50")
	if r.Verdict != Understood || r.Reading.YAML != "" {
		t.Errorf("%s", reportText(t, r))
	}
	r = examineServer(t, streamOf(sseType, step{0, ticks}), feed.Config{}, Options{Definition: &d})
	r.finding("reading").require(t, Bad, "read none of 2 events")
	if r.Verdict != Unmapped {
		t.Errorf("the verdict is %s", r.Verdict)
	}
}

func TestYAMLWorksWhereThePresetAsksForSomethingElse(t *testing.T) {
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
			r := examineServer(t, streamOf(sseType, step{0, pyth}), feed.Config{Header: c.header, URL: address + "?ids[]={x}"}, Options{})
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

func TestAFeedIsCalledWhatAConfigurationCanHave(t *testing.T) {
	for name, want := range map[string]string{
		"desk.example": "desk.example", "127.0.0.1:8080": "127.0.0.1-8080", "my feed!": "my-feed", "…": "feed", "": "feed",
		"a-name-that-is-longer-than-any-name-should-be": "a-name-that-is-longer-than-any-n",
	} {
		if got := feedKey(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestAFeedWithoutANameIsCalledShortlyAndUnlikeOthers(t *testing.T) {
	for url, want := range map[string]string{
		"http://127.0.0.1:8771/events": "port-8771", "http://127.0.0.1:8772/events": "port-8772", "http://localhost:8771/events": "port-8771",
		"http://[::1]:8771/": "port-8771", "http://localhost/a/prices?x=1": "prices", "https://127.0.0.1/": "127.0.0.1",
		"https://stream.wikimedia.org/v2/stream": "wikimedia", "https://hermes.pyth.network/v2": "hermes", "https://api.example/": "api",
		"http://desk.example:8771/": "desk-8771", "http://desk.example:8772/": "desk-8772", "http://nas/events": "nas", "https://${HOST}/x": "HOST",
	} {
		_, host, _ := strings.Cut(url, "://")
		host, _, _ = strings.Cut(host, "/")
		if got := suggestName(feed.Config{Name: host, URL: url}); got != want {
			t.Errorf("%s is called %q, want %q", url, got, want)
		}
	}
	if got := suggestName(feed.Config{Name: "my desk", URL: "http://127.0.0.1:8771/"}); got != "my-desk" {
		t.Errorf("a name that was given becomes %q", got)
	}
}

func TestSettingsThatReadNothingAreMetWithSomeThatDo(t *testing.T) {
	d, err := preset.Parse([]byte("map: [{symbol: a.b, last: a.c}]"))
	if err != nil {
		t.Fatal(err)
	}
	r := examineServer(t, streamOf(sseType, step{0, "data: {\"sym\":\"X\",\"px\":\"1.50\"}\n\n"}), feed.Config{}, Options{Definition: &d})
	reading := r.finding("reading")
	reading.require(t, Bad, "read none of 1 event")
	if got := definitionOf(t, r); reading.Advice != "the definition below reads 1 of them" || r.Verdict != Unmapped || len(got.Map) != 1 {
		t.Errorf("%s", reportText(t, r))
	}
}

func TestTheAddressInTheYAMLWorksUnchanged(t *testing.T) {
	for _, query := range []string{
		"topic=https%3A%2F%2Fdesk.example%2Fprices&topic=news", "symbols=A,B;channel=x", "ids[]=1&ids[]=2&limit=5&cursor=now",
		strings.Repeat("ids[]=e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43&", 20) + "parsed=true",
	} {
		r := examineServer(t, streamOf(sseType, step{0, ticks}), feed.Config{URL: address + "?" + query}, Options{})
		if got := definitionOf(t, r); got.URL != address+"?"+query || strings.Contains(r.Reading.YAML, "environment") {
			t.Errorf("%s\nis pasted as\n%s", query, r.Reading.YAML)
		}
	}
	r := examineServer(t, streamOf(sseType, step{0, ticks}), feed.Config{URL: address + "?symbols=A;key=s3cr3t-1&s3cr3t-2"}, Options{})
	if got := definitionOf(t, r); got.URL != address+"?symbols=A;key=${KEY}&${TOKEN}" {
		t.Errorf("the address is %s", got.URL)
	}
}
