package cli_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	yaml "github.com/goccy/go-yaml"

	"livetape/ui/cli"
)

const operations = "../../docs/relay/"

func readOperations(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(operations + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// requireRelayCommand checks that a command line is one of relay, with flags that there are.
func requireRelayCommand(t *testing.T, where string, command []string) {
	t.Helper()
	var help strings.Builder
	if code := cli.Run(t.Context(), []string{"relay", "--help"}, nil, &help, io.Discard); code != 0 {
		t.Fatal("relay has no help")
	}
	if len(command) < 2 || command[1] != "relay" {
		t.Fatalf("%s runs %q", where, command)
	}
	for _, word := range command[2:] {
		if strings.HasPrefix(word, "--") && !regexp.MustCompile(`(?m)^ .*`+word+`\b`).MatchString(help.String()) {
			t.Errorf("%s: relay has no flag %s", where, word)
		}
	}
	if !slices.Contains(command, "--token-file") {
		t.Errorf("%s serves everybody", where)
	}
}

// requireItServes runs a command line of relay, with files of the test and on a free port, to its orderly end.
func requireItServes(t *testing.T, where string, command []string) {
	t.Helper()
	dir := t.TempDir()
	mock := startMockProcess(t, "--symbols", "5")
	files := map[string]string{"--config": "feeds:\n  desk:\n    url: " + mock.url + "/events\n", "--token-file": "s3cret\n"}
	args := slices.Clone(command[1:])
	for n, word := range args[:len(args)-1] {
		if text, found := files[word]; found {
			args[n+1] = filepath.Join(dir, strings.TrimPrefix(word, "--"))
			if err := os.WriteFile(args[n+1], []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if word == "--listen" {
			args[n+1] = "127.0.0.1:0"
		}
	}
	relay := startServing(t, args...)
	waitUntil(t, "the relay of "+where+" is ready", func() bool { status, _ := relay.ask("/readyz"); return status == http.StatusOK })
	if status, _ := relay.ask("/events"); status != http.StatusUnauthorized {
		t.Errorf("%s: without a token, /events is %d", where, status)
	}
	if code := relay.end(syscall.SIGTERM); code != 128+int(syscall.SIGTERM) {
		t.Errorf("%s: exit code %d", where, code)
	}
}

func TestTheDockerfileRunsARelayAsNobody(t *testing.T) {
	t.Parallel()
	text := readOperations(t, "Dockerfile")
	entry := regexp.MustCompile(`(?m)^ENTRYPOINT (\[.*\])$`).FindStringSubmatch(text)
	if entry == nil {
		t.Fatal("there is no ENTRYPOINT in exec form, which alone passes signals on")
	}
	var command []string
	if err := json.Unmarshal([]byte(entry[1]), &command); err != nil {
		t.Fatal(err)
	}
	requireRelayCommand(t, "Dockerfile", command)
	requireItServes(t, "Dockerfile", command)
	if user := regexp.MustCompile(`(?m)^USER (\d+)`).FindStringSubmatch(text); user == nil || user[1] == "0" {
		t.Errorf("it runs as %v", user)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(mod))[1]
	if !strings.Contains(text, "FROM golang:"+version+" ") {
		t.Errorf("it does not build with Go %s, which go.mod asks for", version)
	}
}

func TestTheComposeFileNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	var file struct {
		Services map[string]struct {
			Build                    struct{ Context, Dockerfile string }
			Volumes, Secrets, Expose []string
			DependsOn                []string `yaml:"depends_on"`
			ReadOnly                 bool     `yaml:"read_only"`
		}
		Secrets map[string]struct{ File string }
	}
	if err := yaml.Unmarshal([]byte(readOperations(t, "compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	relay := file.Services["relay"]
	if _, err := os.Stat(filepath.Join(operations, relay.Build.Context, relay.Build.Dockerfile)); err != nil || !relay.ReadOnly {
		t.Errorf("%+v: %v", relay, err)
	}
	for _, secret := range relay.Secrets {
		if file.Secrets[secret].File == "" || !strings.Contains(readOperations(t, "Dockerfile"), "/run/secrets/"+secret) {
			t.Errorf("the secret %s is not there, or not used", secret)
		}
	}
	if !slices.Equal(relay.Expose, []string{"8080"}) || !strings.Contains(readOperations(t, "nginx.conf"), "server relay:8080 ") {
		t.Errorf("nginx does not find the relay at %v", relay.Expose)
	}
	for _, needed := range []string{"./nginx.conf:/etc/nginx/conf.d/", "./tls:/etc/nginx/tls:"} {
		if !strings.Contains(strings.Join(file.Services["nginx"].Volumes, " "), needed) {
			t.Errorf("nginx does not get %s", needed)
		}
	}
	if config := "/etc/livetape/livetape.yaml"; !strings.Contains(readOperations(t, "Dockerfile"), config) || !strings.Contains(strings.Join(relay.Volumes, " "), ":"+config+":ro") {
		t.Errorf("the relay does not get its configuration: %q", relay.Volumes)
	}
	for name, service := range file.Services {
		for _, other := range service.DependsOn {
			if _, found := file.Services[other]; !found {
				t.Errorf("%s depends on %s, which is not there", name, other)
			}
		}
	}
}

func TestTheSystemdUnitIsOneAndRunsARelay(t *testing.T) {
	t.Parallel()
	unit := readOperations(t, "livetape-relay.service")
	start := regexp.MustCompile(`(?m)^ExecStart=(.*)$`).FindStringSubmatch(unit)
	if start == nil {
		t.Fatal("it starts nothing")
	}
	requireRelayCommand(t, "livetape-relay.service", strings.Fields(start[1]))
	requireItServes(t, "livetape-relay.service", strings.Fields(start[1]))
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze, so the unit is not verified")
	}
	file := filepath.Join(t.TempDir(), "livetape-relay.service")
	if err := os.WriteFile(file, []byte(strings.Replace(unit, "/usr/local/bin/livetape", livetape, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(analyze, "verify", "--man=no", "--recursive-errors=no", file).CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, said)
	}
	said, err := exec.Command(analyze, "security", "--offline=yes", "--threshold=20", "--no-pager", file).CombinedOutput()
	if err != nil { // 20 of 100: an ordinary service is at 96
		t.Errorf("systemd-analyze security: %v\n%s", err, said)
	}
}

// TestTheExampleForNginxIsOne has nginx read all of it, TLS too.
func TestTheExampleForNginxIsOne(t *testing.T) {
	t.Parallel()
	nginx := lookForPart(t, "LIVETAPE_NGINX", "nginx")
	cert, key := writeKeyPair(t, t.TempDir())
	text := readOperations(t, "nginx.conf")
	for was, is := range map[string]string{"/etc/nginx/tls/cert.pem": cert, "/etc/nginx/tls/key.pem": key, "relay:8080": "127.0.0.1:8080"} {
		if !strings.Contains(text, was) {
			t.Errorf("there is no %s", was)
		}
		text = strings.ReplaceAll(text, was, is)
	}
	file := filepath.Join(t.TempDir(), "nginx.conf")
	if err := os.WriteFile(file, []byte("pid "+file+".pid;\nevents {}\nhttp {\naccess_log off;\n"+text+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(nginx, "-t", "-e", "stderr", "-c", file).CombinedOutput(); err != nil || strings.Contains(string(said), "[warn]") {
		t.Errorf("nginx: %v\n%s", err, said)
	}
}
