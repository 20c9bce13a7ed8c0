package mockserver_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

var updateDocs = flag.Bool("update-docs", false, "write the tables of docs/mockserver.md")

const manual = "../docs/mockserver.md"

// requireTable compares the table of the manual that has this header with what it should be, or writes it.
func requireTable(t *testing.T, header string, rows []string) {
	t.Helper()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(regexp.QuoteMeta("| "+header+" |") + `\n\|[-| ]+\|\n((?:\|.*\n)*)`)
	at := table.FindSubmatchIndex(text)
	if at == nil {
		t.Fatalf("there is no table %q", header)
	}
	want := strings.Join(rows, "\n") + "\n"
	if *updateDocs {
		text = append(text[:at[2]:at[2]], append([]byte(want), text[at[3]:]...)...)
		if err := os.WriteFile(manual, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text[at[2]:at[3]])); diff != "" {
		t.Errorf("to write it: go test ./mockserver -run Docs -update-docs\n%s", diff)
	}
}

func TestDocsExplainEveryFaultWithAnExample(t *testing.T) {
	t.Parallel()
	var rows []string
	for _, f := range fault.List() {
		if parsed, err := fault.Parse(f.Example); err != nil || parsed.Name != f.Name {
			t.Errorf("the example of %s is %q: %v", f.Name, f.Example, err)
		}
		lasts := "–"
		if f.For > 0 {
			lasts = strings.Replace(f.For.String(), "m0s", "m", 1)
		}
		rows = append(rows, fmt.Sprintf("| `%s` | `%s` | %s | %s | %s |", f.Name, f.Example, f.Help, lasts, f.Value))
	}
	requireTable(t, "fault | for example | does | lasts | value", rows)
}

func TestDocsExplainEveryMetric(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	text := body(t, s.do(http.MethodGet, "/metrics"))
	var rows []string
	family := regexp.MustCompile(`(?m)^# HELP (\S+) (.+)\n# TYPE \S+ (\S+)\n(?:livetape_[a-z_]+\{([a-z]+)=.*)?`)
	for _, m := range family.FindAllStringSubmatch(text, -1) {
		name := m[1]
		if m[4] != "" {
			name += "{" + m[4] + "}"
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |", name, m[3], m[2]))
	}
	if len(rows) < 10 {
		t.Fatalf("only %d metrics in\n%s", len(rows), text)
	}
	requireTable(t, "metric | type | what", rows)
}

func TestDocsNameEveryRequest(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	for line := range strings.Lines(body(t, s.do(http.MethodGet, "/"))) {
		method, rest, _ := strings.Cut(line, " ")
		path, _, _ := strings.Cut(rest, " ")
		if (method == http.MethodGet || method == http.MethodPost) && !strings.Contains(string(text), "`"+method+" "+path+"`") {
			t.Errorf("%s %s is not in the manual", method, path)
		}
	}
}
