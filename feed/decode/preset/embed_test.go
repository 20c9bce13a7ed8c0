package preset_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
	"livetape/feed/decode/strictyaml"
)

// file is a configuration that says more of a feed than a definition does.
type file struct {
	Feeds map[string]struct {
		preset.Definition `yaml:",inline"`
		Proxy             string `yaml:"proxy,omitempty"`
	} `yaml:"feeds"`
}

func TestADefinitionIsPartOfALargerConfiguration(t *testing.T) {
	t.Parallel()
	source := []byte(`feeds:
  desk:
    url: https://feed.example/stream
    proxy: http://proxy.example
    aliases: {x: X}
    map:
      - last: [p, q]
        time: {path: ts, unit: sek}
`)
	var f file
	if err := strictyaml.Decode(source, &f, nil); err != nil {
		t.Fatal(err)
	}
	var errs configerr.List
	errs.Join(configerr.Path{"feeds", "desk"}, f.Feeds["desk"].Validate())
	err := errs.Err()
	want := `livetape.yaml:8:32: unknown unit "sek" (did you mean "s"?): s, ms, us, ns, rfc3339, date or auto
    8 |         time: {path: ts, unit: sek}
      |                                ^
`
	if diff := cmp.Diff(want, strictyaml.Annotate(err, "livetape.yaml", source)); diff != "" {
		t.Error(diff)
	}
	if got := configerr.All(err)[0].Path.String(); got != "feeds.desk.map[0].time.unit" {
		t.Errorf("the path is %s", got)
	}
	unknown := []byte("feeds:\n  desk:\n    proxi: x\n")
	err = strictyaml.Decode(unknown, &f, preset.Synonyms())
	if got := err.Error(); got != `line 3: unknown key "proxi" (did you mean "proxy"?)` {
		t.Error(got)
	}
}

func TestAnEmptyHeaderTakesBackThePresets(t *testing.T) {
	t.Parallel()
	full, err := preset.Definition{Preset: "pyth", Headers: map[string]string{"Authorization": ""}}.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	r, err := full.Request()
	if err != nil || len(r.Headers) != 0 {
		t.Errorf("the headers are %v, %v", r.Headers, err)
	}
}
