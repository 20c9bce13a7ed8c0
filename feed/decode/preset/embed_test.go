package preset_test

import (
	"testing"

	yaml "github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
)

// file is a configuration that says more of a feed than a definition does.
type file struct {
	Feeds map[string]struct {
		preset.Definition `yaml:",inline"`
		Proxy             string `yaml:"proxy,omitempty"`
	} `yaml:"feeds"`
}

func TestADefinitionIsPartOfALargerConfiguration(t *testing.T) {
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
	if err := yaml.UnmarshalWithOptions(source, &f, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	err := configerr.Under(configerr.Path{"feeds", "desk"}, f.Feeds["desk"].Validate())
	want := `livetape.yaml:8:32: unknown unit "sek" (did you mean "s"?): s, ms, us, ns, rfc3339 or auto
    8 |         time: {path: ts, unit: sek}
      |                                ^
`
	if diff := cmp.Diff(want, configerr.Annotate(err, "livetape.yaml", source)); diff != "" {
		t.Error(diff)
	}
	if got := configerr.All(err)[0].Path.String(); got != "$.feeds.desk.map[0].time.unit" {
		t.Errorf("the path is %s", got)
	}
	unknown := []byte("feeds:\n  desk:\n    proxi: x\n")
	err = configerr.FromYAML(yaml.UnmarshalWithOptions(unknown, &f, yaml.Strict()), append(preset.Keys(), "proxy"), preset.Synonyms())
	if got := err.Error(); got != `line 3: unknown key "proxi" (did you mean "proxy"?)` {
		t.Error(got)
	}
}

func TestAnEmptyHeaderTakesBackThePresets(t *testing.T) {
	full, err := preset.Definition{Preset: "pyth", Headers: map[string]string{"Authorization": ""}}.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	r, err := full.Request()
	if err != nil || len(r.Headers) != 0 {
		t.Errorf("the headers are %v, %v", r.Headers, err)
	}
}
