package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// startNumbered serves prices whose ids are their numbers, three to each connection, behind the id that was sent.
func startNumbered(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		after, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
		w.Header().Set("Content-Type", "text/event-stream")
		for n := after + 1; n <= after+3; n++ {
			fmt.Fprintf(w, "id: %d\ndata: {\"symbol\":\"QRS\",\"price\":%d.25}\n\n", n, n)
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return server.URL
}

func TestAFeedGoesOnWhereTheLastRunEnded(t *testing.T) {
	t.Parallel()
	url, file := startNumbered(t), filepath.Join(t.TempDir(), "ids")
	for _, want := range []string{"1.25\n2.25\n3.25\n", "4.25\n5.25\n6.25\n"} {
		cmd := exec.Command(livetape, "stream", url, "--state", file, "--count", "3", "-t", "{{.Last}}")
		var told strings.Builder
		cmd.Stderr = &told
		if out, err := cmd.Output(); err != nil || string(out) != want {
			t.Errorf("stream prints %q, %v\n%s", out, err, told.String())
		}
	}
	tape := filepath.Join(t.TempDir(), "desk.tape")
	if text, err := exec.Command(livetape, "record", url, "--state", file, "--count", "3", "--record", tape).CombinedOutput(); err != nil {
		t.Errorf("record: %v\n%s", err, text)
	}
	if recorded, err := os.ReadFile(tape); err != nil || !strings.Contains(string(recorded), `"price":9.25`) || strings.Contains(string(recorded), `"price":6.25`) {
		t.Errorf("recorded: %v\n%s", err, recorded)
	}
	for _, want := range []string{"12.25", "15.25"} {
		term := startScreen(t, 100, 24, "watch", url, "--state", file)
		term.waitForText(want)
		term.press("q")
		if code := term.waitForExit(); code != 0 {
			t.Errorf("watch ends with %d", code)
		}
	}
}

// startKeeping writes a configuration whose feed desk keeps its ids, and returns a maker of commands that use it.
func startKeeping(t *testing.T, resume string) (command func(args ...string) *exec.Cmd, stateDir string) {
	dir := t.TempDir()
	stateDir = filepath.Join(dir, "state")
	config := filepath.Join(dir, "livetape.yaml")
	text := fmt.Sprintf("feeds:\n  desk: {url: %q, resume: %s, headers: {Authorization: \"Bearer ${DESK_TOKEN}\"}}\n", startNumbered(t), resume)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(args ...string) *exec.Cmd {
		cmd := exec.Command(livetape, append(args, "--config", config)...)
		cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+stateDir, "DESK_TOKEN=s3cret-of-the-desk")
		return cmd
	}, stateDir
}

func TestAFeedThatKeepsItsIDGoesOnInEveryCommandWhereThatEnded(t *testing.T) {
	t.Parallel()
	command, stateDir := startKeeping(t, "keep")
	for _, want := range []string{"1.25\n2.25\n3.25\n", "4.25\n5.25\n6.25\n"} {
		if out, err := command("stream", "desk", "--count", "3", "-t", "{{.Last}}").Output(); err != nil || string(out) != want {
			t.Errorf("stream prints %q, %v", out, err)
		}
	}
	for _, want := range []string{"3.25", "6.25"} { // what stream printed was not recorded
		tape := filepath.Join(t.TempDir(), "desk.tape")
		if text, err := command("record", "--count", "3", "--record", tape).CombinedOutput(); err != nil {
			t.Errorf("record: %v\n%s", err, text)
		}
		if recorded, err := os.ReadFile(tape); err != nil || !strings.Contains(string(recorded), want) {
			t.Errorf("not recorded: %s, %v\n%s", want, err, recorded)
		}
	}
	for _, want := range []string{"3.25", "6.25"} {
		term := startTerminal(t, 100, 24, command("watch"))
		term.waitForText(want)
		term.press("q")
		term.waitForExit()
	}
	files, err := filepath.Glob(filepath.Join(stateDir, "livetape", "ids", "*.json"))
	if err != nil || len(files) != 3 {
		t.Errorf("the ids are in %q, %v", files, err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), "s3cret") || strings.Contains(string(text), "http") {
			t.Errorf("%s: %v\n%s", file, err, text)
		}
	}
}

func TestAStateFileGoesOverKeptIDsAndTwoDoNotShareThem(t *testing.T) {
	t.Parallel()
	command, stateDir := startKeeping(t, "keep")
	if out, err := command("stream", "--count", "1", "--state", filepath.Join(t.TempDir(), "ids")).Output(); err != nil {
		t.Errorf("%s, %v", out, err)
	}
	if _, err := os.Stat(stateDir); err == nil {
		t.Error("with --state, the feed's own file was written")
	}
	term := startTerminal(t, 100, 24, command("watch"))
	term.waitForText("3.25")
	second := command("watch")
	startTerminal(t, 100, 24, second).waitForText("resume: keep: feed desk", "another livetape that runs uses it", "--state FILE")
	term.press("q")
	term.waitForExit()
}

func TestAnIDOfWhatWasNotWrittenIsNotKept(t *testing.T) {
	t.Parallel()
	url, file := startNumbered(t), filepath.Join(t.TempDir(), "ids")
	full := exec.Command("bash", "-c", `"$0" stream "$1" --state "$2" --count 3 -t '{{.Last}}' > /dev/full`, livetape, url, file)
	if text, err := full.CombinedOutput(); err == nil {
		t.Errorf("a full disk is no error: %s", text)
	}
	if out, err := exec.Command(livetape, "stream", url, "--state", file, "--count", "1", "-t", "{{.Last}}").Output(); err != nil || string(out) != "1.25\n" {
		t.Errorf("then it prints %q, %v", out, err)
	}
	if err := os.WriteFile(file, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(livetape, "stream", url, "--state", file, "--count", "1").CombinedOutput()
	if err == nil || !strings.Contains(string(text), "no file of livetape's") {
		t.Errorf("of a foreign file it says %q, %v", text, err)
	}
}

func TestWhatIsLeftOutIsSaidAtTheEndToo(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "retry: 10\nid: 1\ndata: {\"symbol\":\"QRS\",\"price\":1.25}\n\nid: 2\ndata: {\"symbol\":\"QRS\",\"price\":2.25}\n\n")
		if r.Header.Get("Last-Event-ID") != "" {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	defer server.CloseClientConnections()
	for _, limit := range []string{"3s", "30s"} { // a busy machine may need longer
		cmd := exec.Command(livetape, "stream", server.URL, "--for", limit, "-t", "{{.Last}}")
		var told strings.Builder
		cmd.Stderr = &told
		out, err := cmd.Output()
		wasSaid := strings.Count(told.String(), ": 2 events left out: the server had sent the same before the reconnect\n") == 1
		if wasSaid && err == nil && string(out) == "1.25\n2.25\n" {
			return
		}
		t.Logf("it prints %q, %v\n%s", out, err, told.String())
	}
	t.Fail()
}
