package complete_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"livetape/ui/cli"
)

const configuration = `
feeds:
  desk: {url: "https://desk.example/events"}
  metals: {url: "https://metals.example/events"}
watchlists:
  majors: [BTC/USD, ETH/USD]
symbols:
  NVDA: {name: NVIDIA}
themes:
  mine: {base: dark}
`

// complete is what a shell is told for a command line of which the last word is being typed, without descriptions, and the
// directive below it.
func complete(t *testing.T, args ...string) []string {
	t.Helper()
	var out, complaints bytes.Buffer
	if code := cli.Run(t.Context(), append([]string{"__completeNoDesc"}, args...), strings.NewReader(""), &out, &complaints); code != cli.ExitOK {
		t.Fatalf("exit code %d: %s", code, &complaints)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

const (
	noFiles      = ":4"
	noFilesSpace = ":6"
	extensions   = ":8"
	anyFile      = ":0"
)

func TestWhatCommandsTakeIsCompleted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "livetape.yaml")
	if err := os.WriteFile(file, []byte(configuration), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ line, directive, want string }{
		{"watch --config FILE _", noFiles, "desk metals"},
		{"stream --config FILE m", noFiles, "metals"},
		{"check --config FILE _", noFiles, "desk metals"},
		{"check --config FILE desk _", noFiles, ""},
		{"watch --config FILE --list _", noFiles, "majors"},
		{"watch --config FILE --theme m", noFiles, "mine mono"},
		{"watch --config FILE --symbols _", noFilesSpace, "BTC/USD ETH/USD NVDA"},
		{"watch --config FILE --symbols NVDA,", noFilesSpace, "NVDA,BTC/USD NVDA,ETH/USD"},
		{"watch --config FILE --columns symbol,cha", noFilesSpace, ""},
		{"watch --preset stellar-t", noFiles, "stellar-trades"},
		{"presets py", noFiles, "pyth"},
		{"demo --scenario fl", anyFile, "flash-crash"},
		{"scenarios e", noFiles, "earnings"},
		{"mock --fault st", noFiles, "stall status"},
		{"stream --events price,n", noFilesSpace, "price,news"},
		{"stream -o c", noFiles, "csv"},
		{"stream --fields symbol,la", noFilesSpace, "symbol,last"},
		{"stream -t {{.La", noFiles, "{{.Last}}"},
		{"check -o _", noFiles, "text json"},
		{"record --format n", noFiles, "ndjson"},
		{"stream --method _", noFiles, "GET POST"},
		{"mock --log-level w", noFiles, "warn"},
		{"replay _", extensions, "tape tape.gz sse"},
		{"mock --replay _", extensions, "tape tape.gz sse"},
		{"config check _", extensions, "yaml yml"},
		{"relay --log-credentials _", extensions, "creds"},
		{"mock --log-ca _", extensions, "pem crt cer key"},
		{"watch --ca _", extensions, "pem crt cer key"},
		{"stream --count _", noFiles, ""},
		{"help exi", noFiles, "exit-codes"},
		{"help config _", noFiles, "check init path"},
	} {
		line := strings.NewReplacer("FILE", file, "_", "").Replace(test.line)
		want := append(strings.Fields(test.want), test.directive)
		if got := complete(t, strings.Split(line, " ")...); !slices.Equal(got, want) {
			t.Errorf("%s: %q; want %q", test.line, got, want)
		}
	}
}
