package preset_test

import (
	"slices"
	"strings"
	"testing"

	"livetape/feed/decode"
	"livetape/feed/decode/preset"

	"livetape/feed/decode/mapping"
	"livetape/feed/decode/strictyaml"
)

func TestEveryPresetIsAMappingThatCompiles(t *testing.T) {
	t.Parallel()
	all, err := preset.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if _, err := p.Feed.NewDecoder("desk", decode.Native{}); err != nil {
			t.Errorf("%s: %s", p.Name, err)
		}
		if p.About == "" || p.Needs == "" || !strings.HasPrefix(p.Example, "") || !strings.Contains(p.Example, "livetape watch") {
			t.Errorf("%s does not say what it is, what it needs and how it is used: %+v", p.Name, p)
		}
		for _, w := range p.Signatures {
			w = withoutID(w)
			if _, err := mapping.CompileWhen(w); err != nil {
				t.Errorf("%s: recognise: %s", p.Name, err)
			}
		}
	}
}

func withoutID(w mapping.When) mapping.When {
	rest := mapping.When{}
	for k, c := range w {
		if k != "$id" {
			rest[k] = c
		}
	}
	return rest
}

func TestAPresetNeedsNoMoreThanWhatItSays(t *testing.T) {
	t.Parallel()
	given := map[string]preset.Definition{
		"oanda":    {Vars: map[string]string{"account": "101-001-1-001"}},
		"firebase": {Vars: map[string]string{"project": "my-project"}},
		"mercure":  {Vars: map[string]string{"base": "https://hub.example"}, Symbols: []string{"https://shop.example/prices"}},
		"ably":     {Symbols: []string{"prices"}},
		"ntfy":     {Symbols: []string{"mytopic"}},
		"iex":      {Vars: map[string]string{"host": "quotes.example"}},
		"iex-news": {Vars: map[string]string{"host": "news.example:8080"}},
		"livetape": {URL: "http://localhost:8080/events"},
		"auto":     {URL: "http://localhost:8080/events"},
	}
	for _, name := range preset.Names() {
		d := given[name]
		d.Preset = name
		if err := d.Validate(); err != nil {
			t.Errorf("%s: %s", name, err)
		}
	}
	for name := range given {
		if err := (preset.Definition{Preset: name}).Validate(); err == nil {
			t.Errorf("%s asks for nothing, but something must be given", name)
		}
	}
}

func TestRequestsAreFilledIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    preset.Definition
		want preset.Request
	}{
		{preset.Definition{Preset: "stellar-trades"}, preset.Request{
			Method: "GET",
			URL: "https://horizon.stellar.org/trades?cursor=now&limit=200&base_asset_type=native&counter_asset_type=credit_alphanum4" +
				"&counter_asset_code=USDC&counter_asset_issuer=GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN",
		}},
		{preset.Definition{Preset: "stellar-book", Vars: map[string]string{"pair": "selling_asset_type=native&buying_asset_type=native", "base": "http://localhost:8080"}}, preset.Request{
			Method: "GET", URL: "http://localhost:8080/order_book?limit=1&selling_asset_type=native&buying_asset_type=native",
		}},
		{preset.Definition{Preset: "pyth", Symbols: []string{"btc/usd", "EUR/USD", "0xabc"}}, preset.Request{
			Method: "GET",
			URL: "https://pyth.dourolabs.app/hermes/v2/updates/price/stream?ids[]=e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43" +
				"&ids[]=a995d00bb36a63cef7fd2c287dc105fc8f3d93779f062f09551b0af3e81ec30b&ids[]=0xabc&encoding=base64&parsed=true",
			Headers: map[string]string{"Authorization": "Bearer ${PYTH_API_KEY}"},
		}},
		{preset.Definition{Preset: "dexpaprika", Symbols: []string{"SOL/USD", `bsc:0x"1`}}, preset.Request{
			Method: "POST", URL: "https://streaming.dexpaprika.com/sse/prices",
			Body: `[{"chain":"solana","address":"So11111111111111111111111111111111111111112","method":"token_price"},` +
				`{"chain":"bsc","address":"0x\"1","method":"token_price"}]`,
			Headers: map[string]string{"Content-Type": "application/json"},
		}},
		{preset.Definition{Preset: "oanda", Vars: map[string]string{"account": "101-1"}, Symbols: []string{"EUR/USD", "USD_JPY"}}, preset.Request{
			Method: "GET", URL: "https://stream-fxpractice.oanda.com/v3/accounts/101-1/pricing/stream?instruments=EUR_USD,USD_JPY",
			Headers: map[string]string{"Authorization": "Bearer ${OANDA_TOKEN}"},
		}},
		{preset.Definition{Preset: "dxfeed", Symbols: []string{"XAU/USD:BFX", "A B"}}, preset.Request{
			Method: "GET", URL: "https://tools.dxfeed.com/webservice/rest/eventSource.json?events=Quote,Trade,Summary&symbols=XAU%2FUSD%3ABFX,A%20B",
		}},
	} {
		full, err := c.d.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		got, err := full.Request()
		if err != nil || got.Method != c.want.Method || got.URL != c.want.URL || got.Body != c.want.Body || !sameMap(got.Headers, c.want.Headers) {
			t.Errorf("%s asks for\n%+v (%v), want\n%+v", c.d.Preset, got, err, c.want)
		}
	}
}

func sameMap(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

func TestWhatTheUserSaysStandsAboveThePreset(t *testing.T) {
	t.Parallel()
	user := preset.Definition{
		Preset: "pyth", IdleTimeout: "20s", Headers: map[string]string{"X-Desk": "7"},
		Spec: mapping.Spec{Aliases: map[string]string{"abc": "XYZ/USD"}, Errors: []string{"error", "fatal"}},
	}
	full, err := user.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	pyth, _ := preset.Find("pyth")
	switch {
	case full.IdleTimeout != "20s" || full.MaxEvent != "4MiB" || full.URL != pyth.Feed.URL:
		t.Errorf("single values are not merged: %+v", full)
	case full.Headers["X-Desk"] != "7" || full.Headers["Authorization"] == "":
		t.Errorf("headers are not added: %v", full.Headers)
	case full.Aliases["abc"] != "XYZ/USD" || len(full.Aliases) != len(pyth.Feed.Aliases)+1:
		t.Error("aliases are not added")
	case !slices.Equal(full.Errors, user.Errors):
		t.Errorf("lists do not replace: %v", full.Errors)
	case len(full.Map) != len(pyth.Feed.Map):
		t.Error("the map of the preset is lost")
	}
	again, _ := preset.Find("pyth")
	if _, ok := again.Feed.Aliases["abc"]; ok || len(user.Aliases) != 1 {
		t.Error("merging changed what was merged")
	}
}

func TestAMapReplacesThePresetsDecoderAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	rules := []mapping.Rule{{Last: &mapping.Value{Path: "p"}}}
	withMap, _ := preset.Definition{Preset: "mercure", Spec: mapping.Spec{Map: rules}}.Resolve()
	if withMap.Decoder != "" || len(withMap.Map) != 1 {
		t.Errorf("decoder %q beside %d rules", withMap.Decoder, len(withMap.Map))
	}
	guessed, _ := preset.Definition{Preset: "pyth", Decoder: "auto"}.Resolve()
	if guessed.Decoder != "auto" || guessed.Map != nil {
		t.Errorf("decoder %q beside %d rules", guessed.Decoder, len(guessed.Map))
	}
}

func TestEveryPresetIsWrittenAndReadBackUnchanged(t *testing.T) {
	t.Parallel()
	for _, name := range preset.Names() {
		p, err := preset.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := preset.Format(p.Feed)
		if err != nil {
			t.Fatal(err)
		}
		back, err := preset.Parse(text)
		if err != nil {
			t.Errorf("%s: %s\n%s", name, err, strictyaml.Annotate(err, name, text))
			continue
		}
		if again, _ := preset.Format(back); string(again) != string(text) {
			t.Errorf("%s became\n%s\nafter\n%s", name, again, text)
		}
		if !sameDefinition(back, p.Feed) {
			t.Errorf("%s: %+v is not %+v", name, back, p.Feed)
		}
	}
}

// base32 of an ed25519 key with its checksum, by SEP-23.
func TestIssuersOfReadyPairsHaveGoodChecksums(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"stellar-trades", "stellar-book"} {
		p, err := preset.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for pair, query := range p.Feed.Choices["pair"] {
			for part := range strings.SplitSeq(query, "&") {
				if _, issuer, ok := strings.Cut(part, "_issuer="); ok {
					n++
					if !goodKey(issuer) {
						t.Errorf("%s, %s: the checksum of %s is wrong", name, pair, issuer)
					}
				}
			}
		}
		if n < 4 {
			t.Errorf("%s names %d issuers", name, n)
		}
	}
}

func TestPythIdsAreWholeAndNameOneSymbolEach(t *testing.T) {
	t.Parallel()
	p, err := preset.Find("pyth")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for id, name := range p.Feed.Aliases {
		if len(id) != 64 || strings.Trim(id, "0123456789abcdef") != "" {
			t.Errorf("%s: %q is not 64 hex digits", name, id)
		}
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
	}
	if len(seen) < 30 {
		t.Errorf("there are only %d", len(seen))
	}
}

func TestAFeedThatKeepsItsIDAsksAsItsPresetDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		preset, resume, method, problem string
		kept                            bool
	}{
		{"", "", "", "", false},
		{"", "keep", "", "", true},
		{"", "keep header", "header", "", true},
		{"", "keep since={id}", "since={id}", "", true},
		{"ntfy", "keep", "since={id}", "", true},
		{"ntfy", "keep header", "header", "", true},
		{"ntfy", "none", "none", "", false},
		{"pyth", "keep", "none", "there is nothing to keep: this feed cannot resume", true},
		{"", "keep since", "since", `"keep since" is neither header, none, keep nor a query parameter like since={id}`, true},
	} {
		given := preset.Definition{Preset: c.preset, Resume: c.resume}
		if c.preset == "" {
			given.URL = "https://feed.example/"
		}
		full, err := given.Resolve()
		if err != nil || full.ResumeMethod() != c.method || full.KeepsID() != c.kept {
			t.Errorf("%+v: %q, %v, %v", c, full.ResumeMethod(), full.KeepsID(), err)
		}
		if err := given.Validate(); (c.problem != "") != (err != nil && strings.Contains(err.Error(), c.problem)) {
			if c.problem != "" || strings.Contains(err.Error(), "resume") {
				t.Errorf("%+v: %v", c, err)
			}
		}
	}
}
