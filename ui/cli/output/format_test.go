package output_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/cli/golden"
	"livetape/ui/cli/output"
)

// sampleEvents are events of every kind, in the order of the golden files.
func sampleEvents(t testing.TB) []feed.Event {
	t.Helper()
	zone := time.FixedZone("", -5*60*60)
	at := time.Date(2026, 3, 2, 9, 30, 0, 120_000_000, zone)
	said := time.Date(2026, 3, 2, 14, 30, 0, 119_500_000, time.UTC)
	updates := []market.Update{
		market.Quote{
			Symbol: "NVDA", Name: `NVIDIA "the" chip maker, Inc.`, Currency: "USD",
			Last: decimalField(t, "181.50"), Bid: decimalField(t, "181.45"), Ask: decimalField(t, "181.5"),
			Size: decimalField(t, "200"), Volume: decimalField(t, "48211900"), Open: decimalField(t, "180"),
			High: decimalField(t, "182.000"), Low: decimalField(t, "179.9"), PrevClose: decimalField(t, "179.00"),
			BidSize: decimalField(t, "300"), AskSize: decimalField(t, "1"), Change: decimalField(t, "2.50"), ChangePct: decimalField(t, "1.397"),
			Time: said, FromSnapshot: true,
		},
		market.Quote{Symbol: "SHIB/USD", Last: decimalField(t, "0.00001234"), Size: decimalField(t, "1000000000000")},
		market.Quote{Symbol: "SPREAD", Bid: decimalField(t, "-1.25"), Ask: decimalField(t, "0")},
		market.Headline{
			ID: "n-1", Title: "=1+1, said the “spreadsheet”", Summary: `A "quoted" summary`, Source: "Wire",
			URL: "https://wire.example/1?a=b&c", Symbols: []string{"NVDA", "AAPL"}, Importance: market.High, Time: said,
		},
		market.Headline{Title: "日本株 上昇"},
		market.Halt{Symbol: "NVDA", State: market.Halted, Reason: "news pending", Time: said},
		market.Halt{State: market.Closed},
		market.Quote{Symbol: "SPREAD", NoBid: true, Ask: decimalField(t, "0")},
	}
	var events []feed.Event
	for i, u := range updates {
		events = append(events, event("9f3a-"+string(rune('1'+i)), at.Add(time.Duration(i)*time.Second), u))
	}
	return events
}

func event(id string, at time.Time, u market.Update) feed.Event {
	return feed.Event{Feed: "desk", At: at, Message: &feed.Message{ID: id, Updates: []market.Update{u}}}
}

func decimalField(t testing.TB, s string) market.Decimal {
	t.Helper()
	d, err := market.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// printed is what the format prints of the events.
func printed(t testing.TB, format output.Format, events []feed.Event) string {
	t.Helper()
	in := make(chan feed.Event, len(events))
	for _, ev := range events {
		in <- ev
	}
	close(in)
	var out bytes.Buffer
	err := output.Print(context.Background(), output.Options{
		Events: in, Out: &out, Format: format, Notices: output.NewNotices(io.Discard, 1, false), Select: output.Selection{Kinds: output.Kinds},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEachFormatPrintsAsItsGoldenFile(t *testing.T) {
	zone := time.FixedZone("", 60*60)
	byTemplate, err := output.NewTemplate(`{{date "15:04:05.000" .Received}} {{.Kind}} [{{.Symbol}}{{.Symbols}}] <{{.Last}}> {{or .Headline .State "-"}}{{if .Standing}} standing{{end}}`, zone)
	if err != nil {
		t.Fatal(err)
	}
	for file, p := range map[string]output.Format{
		"json.golden":     output.NewFormat("json", time.UTC, false),
		"csv.golden":      output.NewFormat("csv", time.UTC, false),
		"table.golden":    output.NewFormat("table", zone, false),
		"tables.golden":   output.NewFormat("table", zone, true),
		"template.golden": byTemplate,
	} {
		golden.Require(t, "testdata/"+file, printed(t, p, sampleEvents(t)))
	}
}

func TestOtherReadersUnderstandJSONAndCSV(t *testing.T) {
	events := sampleEvents(t)
	lines := strings.Split(strings.TrimSpace(printed(t, output.NewFormat("json", time.UTC, false), events)), "\n")
	rows, err := csv.NewReader(strings.NewReader(printed(t, output.NewFormat("csv", time.UTC, false), events))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for column, name := range rows[0] {
			want := rows[i+1][column]
			switch value := object[name].(type) {
			case nil:
				if want != "" {
					t.Errorf("line %d of JSON lacks %s, which CSV gives as %q", i+1, name, want)
				}
			case bool, string:
				if got := strings.Trim(mustJSON(t, value), `"`); got != strings.Trim(mustJSON(t, want), `"`) {
					t.Errorf("line %d: %s is %s in JSON and %s in CSV", i+1, name, got, want)
				}
			}
		}
	}
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestEveryPartOfAnUpdateIsPrinted fails when an update has got a new part and the list of fields has not.
func TestEveryPartOfAnUpdateIsPrinted(t *testing.T) {
	printedAs := map[string]string{"Title": "Headline", "FromSnapshot": "Standing"}
	const onlyForScreens = "Decimals" // how many to show
	for _, u := range []market.Update{market.Quote{}, market.Headline{}, market.Halt{}, market.Reading{}} {
		for _, part := range reflect.VisibleFields(reflect.TypeOf(u)) {
			name := part.Name
			if name == onlyForScreens {
				continue
			}
			if other, renamed := printedAs[name]; renamed {
				name = other
			}
			if _, err := output.NewTemplate("{{."+name+"}}", time.UTC); err != nil {
				t.Errorf("%T.%s: %v", u, part.Name, err)
			}
		}
	}
}

func TestReadingsArePrintedByEveryFormat(t *testing.T) {
	t.Parallel()
	events := []feed.Event{event("1", time.Unix(0, 0).UTC(), market.Reading{Name: "kitchen humidity", Value: decimalField(t, "60")})}
	byTemplate, err := output.NewTemplate("{{.Kind}} {{.Name}} {{.Value}}", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for want, format := range map[string]output.Format{
		`,"name":"kitchen humidity","value":"60"}` + "\n": output.NewFormat("json", time.UTC, false),
		",kitchen humidity,,,,,,,,,,,60,,,,\n":            output.NewFormat("csv", time.UTC, false),
		"\n00:00:00.000  kitchen humidity  60\n":          output.NewFormat("table", time.UTC, false),
		"reading kitchen humidity 60\n":                   byTemplate,
	} {
		if got := printed(t, format, events); !strings.HasSuffix(got, want) {
			t.Errorf("%q does not end in %q", got, want)
		}
	}
}

func TestTheColumnsOfATableGrowAndNeverCutANumber(t *testing.T) {
	long := "12345678901234567890123456789012.345678901234567890123456789"
	var events []feed.Event
	for _, last := range []string{"1.5", long, "1.5"} {
		events = append(events, event("", time.Unix(0, 0), market.Quote{Symbol: "日本", Last: decimalField(t, last)}))
	}
	lines := strings.Split(printed(t, output.NewFormat("table", time.UTC, false), events), "\n")[1:4]
	want := []string{
		"00:00:00.000  日本             1.5",
		"00:00:00.000  日本      " + long,
		"00:00:00.000  日本      " + strings.Repeat(" ", len(long)-3) + "1.5",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestATemplateIsCheckedBeforeTheFirstUpdate(t *testing.T) {
	const all = "; the fields are Feed Kind Symbol EventID Received Time Last "
	for _, test := range []struct{ template, want string }{
		{"{{.Last", "unclosed action"},
		{"{{.Price}}", "there is no field .Price" + all},
		{"{{.symbol}}", "there is no field .symbol (did you mean \".Symbol\"?)"},
		{"{{.prev_close}}", "there is no field .prev_close (did you mean \".PrevClose\"?)"},
		{`{{if eq .Kind "never"}}{{.Nothing}}{{end}}`, "there is no field .Nothing" + all},
		{`{{define "x"}}{{.Nothing}}{{end}}{{.Last}}`, "there is no field .Nothing" + all},
		{"{{$.Nothing}}", "there is no field .Nothing" + all},
		{"{{with $x := .}}{{$x.Nope}}{{end}}", "<$x.Nope>: map has no entry for key \"Nope\""},
		{"{{.Last.Foo}}", "<.Last.Foo>: can't evaluate field Foo in type string"},
		{"{{with .Last}}{{.Symbol}}{{end}}", "<.Symbol>: can't evaluate field Symbol in type string"},
		{"{{price .Last}}", `function "price" not defined`},
		{"{{date `15:04` .Symbol}}", "<date `15:04` .Symbol>: error calling date: \"A\" is not a time"},
		{"{{.Last}}\n{{.Last", "line 2: unclosed action"},
		{`{{printf "%.1f" .Last}}`, `printf "%.1f" does not fit its values`},
		{`{{.Last | printf "%d"}}`, `printf "%d" does not fit its values`},
		{`{{if eq .Symbol "never"}}{{printf "%d" .Last}}{{end}}`, `printf "%d" does not fit its values`},
		{`{{printf "%s %s" .Last}}`, `printf "%s %s" does not fit its values`},
		{`{{printf "%s" .Last .Bid}}`, `printf "%s" does not fit its values`},
		{`{{with $x := .Last}}{{printf "%d" $x}}{{end}}`, `<printf "%d" $x>: error calling printf: printf "%d" does not fit its values`},
		{" ", "is empty; it should be such as '{{.Symbol}} {{.Last}}'"},
	} {
		_, err := output.NewTemplate(test.template, time.UTC)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: the error is %v, want %s…", test.template, err, test.want)
		}
	}
}

func TestMissingFieldsOfATemplateAreEmpty(t *testing.T) {
	for template, want := range map[string]string{
		"{{.Symbol}}|{{.Last}}|{{.Time}}|{{.Headline}}|{{.Symbols}}|{{.Standing}}": "SPREAD|||||",
		`{{date "15:04" .Time}}.`:                       ".",
		"{{if .Last}}last{{else}}{{.Bid}}{{end}}":       "-1.25",
		"{{with .Last}}{{.}}{{else}}none{{end}}":        "none",
		`{{index . "Ask"}}`:                             "0",
		`{{$r := .}}{{$r.Ask}} {{printf "%6s" $r.Bid}}`: "0  -1.25",
		"no field":                              "no field",
		`{{printf "%s %d%%! %q" .Ask 3 .Last}}`: `0 3%! ""`,
		`{{define "x"}}<{{.Bid}}>{{end}}{{template "x" .}}`: "<-1.25>",
	} {
		p, err := output.NewTemplate(template, time.UTC)
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		if got := printed(t, p, sampleEvents(t)[2:3]); got != want+"\n" {
			t.Errorf("%s prints %q, want %q", template, got, want)
		}
	}
}

func FuzzAnyTextSurvivesJSONAndCSV(f *testing.F) {
	for _, s := range []string{"", "plain", `"\`, "a,b\n\"c\"\r\n", "\x1b[2J\u202e\u009b\u0000", "é日👩‍👧\U0001f468\U000e0041", "\\u0041", "\xff\xfe"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, id, title string) {
		events := []feed.Event{event(id, time.Unix(0, 0), market.Headline{Title: title, Symbols: []string{title}})}
		line := printed(t, output.NewFormat("json", time.UTC, false), events)
		var object struct {
			EventID  string `json:"event_id"`
			Headline string
			Symbols  []string
		}
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if object.EventID != valid(id) || object.Headline != valid(title) || object.Symbols[0] != valid(title) {
			t.Errorf("%q and %q became %+v", id, title, object)
		}
		if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return !unicode.IsGraphic(r) }) {
			t.Errorf("the line %q has characters without a shape", line)
		}
		rows, err := csv.NewReader(bytes.NewReader([]byte(printed(t, output.NewFormat("csv", time.UTC, false), events)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := rows[1][slices.Index(rows[0], "headline")], market.PlainText(title, len(title)); got != want {
			t.Errorf("%q became %q in CSV", want, got)
		}
	})
}

// valid is s with U+FFFD for every byte that is no UTF-8.
func valid(s string) string { return string([]rune(s)) }

func TestOnlyTheFieldsThatAreAskedForAreWritten(t *testing.T) {
	events := []feed.Event{event("1", time.Unix(0, 0).UTC(), market.Quote{Symbol: "NVDA", Last: decimalField(t, "181.46")})}
	for want, format := range map[string]output.Format{
		"{\"last\":\"181.46\",\"symbol\":\"NVDA\"}\n": output.NewFormat("json", time.UTC, false, "last", "symbol"),
		"last,symbol\n181.46,NVDA\n":                  output.NewFormat("csv", time.UTC, false, "last", "symbol"),
		"{}\n":                                        output.NewFormat("json", time.UTC, false, "headline"),
	} {
		if got := printed(t, format, events); got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}
