package cli_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"livetape/ui/cli"
)

// wireCase is a line of testdata/cases.jsonl or situations.jsonl: what servers answer, the commands that are run against them, and what
// these must show.
type wireCase struct {
	Name  string
	Serve wireScript
	Runs  []wireRun
	expectations
}

// wireScript is what a server answers: the first answer whose For fits a request counts.
type wireScript struct {
	Over    string // "h2": HTTP/2; empty: HTTP/1.1
	Answers []wireAnswer
}

type wireAnswer struct {
	For struct {
		N      []int              // the first and last request, counted from 1
		Header map[string]*string // null: the request has no such header
	}
	Status  int
	Headers map[string]string
	Steps   []wireStep
}

// wireStep is one thing that a server does. {{now-60}} in a text is the time a minute ago, {{x*9}} is xxxxxxxxx.
type wireStep struct {
	Send, Gzip  string
	Numbered    []int // sends {i} counted from the first to the last
	Every, Wait float64
	Write       []string // a file of the run, and its new text
	Mark        string   // a price that must be printed soon after this step
	End, Hold   bool
	GoAway      bool    // HTTP/2: closes the connection, with NO_ERROR
	Quiet       float64 // seconds before the head; the first step only
}

// wireRun is a command against a server of its own; {url} and {dir} stand for its address and its files.
type wireRun struct {
	As         string
	Args       []string // a command whose output is judged
	Watch      []string // a command whose screen is judged
	Sh         string   // a line for sh whose screen is judged
	Size       []int    // of the screen: columns, rows
	For        float64  // how many seconds the screen is shown for
	Keys       [][]any
	Files      map[string]string
	Serve      *wireScript
	readsFound bool // then stream by the configuration that check has written
}

var usualRuns = map[string]wireRun{
	"stream": {As: "stream", Args: []string{"stream", "{url}", "--output", "json", "--for", "1500ms"}},
	"check":  {As: "check", Args: []string{"check", "{url}", "--for", "1s"}},
	"mapped": {As: "check", Args: []string{"check", "{url}", "--for", "1s", "--write", "{dir}/found.yaml"}, readsFound: true},
}

// lengthened is the run with all its times multiplied.
func (r wireRun) lengthened(factor int) wireRun {
	r.For *= float64(factor)
	r.Args = slices.Clone(r.Args)
	for i := range r.Args {
		if limit, err := time.ParseDuration(r.Args[i]); err == nil && r.Args[i-1] == "--for" {
			r.Args[i] = (time.Duration(factor) * limit).String()
		}
	}
	return r
}

func (r *wireRun) UnmarshalJSON(text []byte) error {
	var usual string
	if json.Unmarshal(text, &usual) == nil {
		*r = usualRuns[usual]
		return nil
	}
	type plain wireRun
	return json.Unmarshal(text, (*plain)(r))
}

// pendingCases do not pass yet. A case that passes must be taken off.
var pendingCases = []string{}

func TestStreamsThatPeopleServeAreReadOrNamed(t *testing.T) {
	t.Parallel()
	for _, c := range append(wireCases(t, "cases.jsonl"), wireCases(t, "situations.jsonl")...) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			problems := c.problems(c.perform(t, 1))
			pending := slices.Contains(pendingCases, c.Name)
			if len(problems) > 0 && !pending { // a busy machine may need longer
				problems = c.problems(c.perform(t, 10))
			}
			switch {
			case pending && len(problems) == 0:
				t.Errorf("%s passes now: take it off pendingCases", c.Name)
			case !pending && len(problems) > 0:
				t.Error(strings.Join(problems, "\n"))
			}
		})
	}
}

// require performs the case, and if that fails, so many times longer: a busy machine may need that.
func (c wireCase) require(t *testing.T, longer int) {
	t.Helper()
	problems := c.problems(c.perform(t, 1))
	if len(problems) > 0 {
		problems = c.problems(c.perform(t, longer))
	}
	if len(problems) > 0 {
		t.Error(strings.Join(problems, "\n"))
	}
}

func wireCases(t *testing.T, name string) (cases []wireCase) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := json.NewDecoder(bufio.NewReader(file)); ; {
		var c wireCase
		switch err := lines.Decode(&c); err {
		case nil:
			cases = append(cases, c)
		case io.EOF:
			return cases
		default:
			t.Fatal(err)
		}
	}
}

// perform runs the commands of a case side by side, a factor longer than it says, and returns what each of them showed, by
// the run's name.
func (c wireCase) perform(t *testing.T, longer int) map[string]*runOutput {
	outputs := make(map[string]*runOutput)
	var running sync.WaitGroup
	for _, r := range c.Runs {
		r = r.lengthened(longer)
		script := c.Serve
		if r.Serve != nil {
			script = *r.Serve
		}
		server := startScriptedServer(t, script)
		for name, text := range r.Files {
			if err := os.WriteFile(filepath.Join(server.dir, name), []byte(server.fill(text)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o := &runOutput{server: server, needsFolder: r.Files != nil}
		outputs[r.As] = o
		if r.Args == nil {
			term := startRunTerminal(t, r, server)
			running.Go(func() { o.watch(term, r) })
			continue
		}
		var found *runOutput
		if r.readsFound {
			found = &runOutput{server: server}
			outputs["mapped"] = found
		}
		running.Go(func() {
			o.run(r.Args)
			if found != nil {
				limit := time.Duration(longer) * time.Second
				found.run([]string{"stream", "--config", "{dir}/found.yaml", "--output", "json", "--for", limit.String()})
			}
		})
	}
	running.Wait()
	return outputs
}

// scriptedServer serves a script and remembers what it was asked.
type scriptedServer struct {
	*httptest.Server
	dir    string
	script wireScript

	mu       sync.Mutex
	requests []*http.Request
	marks    map[string]time.Time
}

func startScriptedServer(t *testing.T, script wireScript) *scriptedServer {
	s := &scriptedServer{script: script, dir: t.TempDir(), marks: make(map[string]time.Time)}
	s.Server = httptest.NewUnstartedServer(s)
	if script.Over == "h2" {
		s.Listener = &keptListener{Listener: s.Listener}
		s.EnableHTTP2 = true
		s.StartTLS()
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
		if err := os.WriteFile(filepath.Join(s.dir, "ca.pem"), ca, 0o600); err != nil {
			t.Fatal(err)
		}
	} else {
		s.Start()
	}
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// keptListener outlives the end of a server, which is how Go's says GOAWAY.
type keptListener struct {
	net.Listener
	kept atomic.Bool
}

func (l *keptListener) Close() error {
	if l.kept.CompareAndSwap(false, true) {
		return nil
	}
	return l.Listener.Close()
}

func (s *scriptedServer) fill(text string) string {
	return strings.NewReplacer("{url}", s.URL+"/events", "{dir}", s.dir, "{ca}", filepath.Join(s.dir, "ca.pem")).Replace(text)
}

func (s *scriptedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	n := len(s.requests)
	s.mu.Unlock()
	i := slices.IndexFunc(s.script.Answers, func(a wireAnswer) bool { return a.fits(r, n) })
	if i < 0 {
		<-r.Context().Done()
		return
	}
	answer := s.script.Answers[i]
	if len(answer.Steps) > 0 && !pause(r, answer.Steps[0].Quiet) {
		return
	}
	for name, value := range answer.Headers {
		w.Header().Set(name, value)
	}
	if answer.Status != 0 {
		w.WriteHeader(answer.Status)
	}
	_ = http.NewResponseController(w).Flush()
	for _, step := range answer.Steps {
		if !s.take(step, w, r) {
			return
		}
	}
}

func (a wireAnswer) fits(r *http.Request, n int) bool {
	if len(a.For.N) > 0 && n < a.For.N[0] || len(a.For.N) > 1 && n > a.For.N[1] {
		return false
	}
	for name, want := range a.For.Header {
		if !headerFits(r, name, want) {
			return false
		}
	}
	return true
}

func headerFits(r *http.Request, name string, want *string) bool {
	got := r.Header.Values(name)
	return want == nil && len(got) == 0 || want != nil && len(got) > 0 && got[0] == *want
}

// take does a step and reports whether there is another to come.
func (s *scriptedServer) take(step wireStep, w http.ResponseWriter, r *http.Request) bool {
	if step.Mark != "" {
		s.mu.Lock()
		s.marks[step.Mark] = time.Now()
		s.mu.Unlock()
	}
	switch {
	case step.Every > 0:
		for send(w, written(step.Send)) == nil && pause(r, step.Every) {
		}
	case step.Numbered != nil:
		var text strings.Builder
		for i := step.Numbered[0]; i <= step.Numbered[1]; i++ {
			text.WriteString(strings.ReplaceAll(step.Send, "{i}", strconv.Itoa(i)))
		}
		return send(w, text.String()) == nil
	case step.Send != "":
		return send(w, written(step.Send)) == nil
	case step.Gzip != "":
		var member bytes.Buffer
		zip := gzip.NewWriter(&member)
		_, _ = io.WriteString(zip, step.Gzip)
		_ = zip.Close()
		return send(w, member.String()) == nil
	case step.Wait > 0:
		return pause(r, step.Wait)
	case step.Quiet > 0:
		return true
	case step.GoAway:
		go func() { _ = s.Config.Shutdown(r.Context()) }()
		pause(r, 0.1)
		s.CloseClientConnections()
	case step.Write != nil:
		return os.WriteFile(filepath.Join(s.dir, step.Write[0]), []byte(step.Write[1]), 0o600) == nil
	case step.Hold:
		<-r.Context().Done()
	}
	return false
}

func send(w http.ResponseWriter, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

// pause waits, and reports whether the client is still there.
func pause(r *http.Request, seconds float64) bool {
	select {
	case <-time.After(duration(seconds)):
		return true
	case <-r.Context().Done():
		return false
	}
}

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

var (
	timeOfText   = regexp.MustCompile(`\{\{now([+-]\d+)?\}\}`)
	repeatOfText = regexp.MustCompile(`\{\{(.)\*(\d+)\}\}`)
)

func written(text string) string {
	text = timeOfText.ReplaceAllStringFunc(text, func(found string) string {
		seconds, _ := strconv.ParseFloat(timeOfText.FindStringSubmatch(found)[1], 64)
		return time.Now().Add(duration(seconds)).UTC().Format("2006-01-02T15:04:05.000Z")
	})
	return repeatOfText.ReplaceAllStringFunc(text, func(found string) string {
		parts := repeatOfText.FindStringSubmatch(found)
		n, _ := strconv.Atoi(parts[2])
		return strings.Repeat(parts[1], n)
	})
}

// runOutput is what a command showed: its output, or the screens that it drew in turn.
type runOutput struct {
	server      *scriptedServer
	needsFolder bool
	out, err    string
	exit        int
	arrivals    []arrival
	updates     []map[string]any
	screens     []string
}

// arrival is when the output had reached a length.
type arrival struct {
	length int
	at     time.Time
}

// commandLimit ends a command that does not end by itself.
const commandLimit = 40 * time.Second

// run runs a command: the binary where it needs a folder of its own, else within this process, which costs much less.
func (o *runOutput) run(args []string) {
	filled := make([]string, len(args))
	for i, arg := range args {
		filled[i] = o.server.fill(arg)
	}
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	var errors bytes.Buffer
	if o.needsFolder {
		cmd := livetapeIn(o.server.dir, filled)
		cmd.Stdout, cmd.Stderr = (*outputWriter)(o), &errors
		if err := cmd.Start(); err != nil {
			o.err = err.Error()
			return
		}
		defer context.AfterFunc(ctx, func() { cmd.Process.Kill() })()
		_ = cmd.Wait()
		o.exit = cmd.ProcessState.ExitCode()
	} else {
		o.exit = cli.Run(ctx, filled, strings.NewReader(""), (*outputWriter)(o), &errors)
	}
	o.err = errors.String()
	for line := range strings.Lines(o.out) {
		var update map[string]any
		numbers := json.NewDecoder(strings.NewReader(line))
		numbers.UseNumber()
		if numbers.Decode(&update) == nil {
			o.updates = append(o.updates, update)
		}
	}
}

// outputWriter appends to a run's output.
type outputWriter runOutput

func (w *outputWriter) Write(p []byte) (int, error) {
	w.out += string(p)
	w.arrivals = append(w.arrivals, arrival{len(w.out), time.Now()})
	return len(p), nil
}

func startRunTerminal(t *testing.T, r wireRun, server *scriptedServer) *terminal {
	width, height := 120, 30
	if r.Size != nil {
		width, height = r.Size[0], r.Size[1]
	}
	if r.Watch == nil {
		cmd := exec.Command("sh", "-c", strings.ReplaceAll(r.Sh, "{binary}", livetape))
		cmd.Dir, cmd.Env = server.dir, []string{"HOME=" + server.dir}
		return startTerminal(t, width, height, cmd)
	}
	filled := make([]string, len(r.Watch))
	for i, arg := range r.Watch {
		filled[i] = server.fill(arg)
	}
	if r.Files != nil {
		return startTerminal(t, width, height, livetapeIn(server.dir, filled))
	}
	return startScreen(t, width, height, filled...)
}

// watch collects the screens that a terminal shows while the run lasts, from the first one on.
func (o *runOutput) watch(term *terminal, r wireRun) {
	var end <-chan time.Time
	keys := r.Keys
	var press <-chan time.Time
	for {
		term.mu.Lock()
		changed, screen, written := term.changed, term.lines(), term.written
		term.mu.Unlock()
		if written > 0 && end == nil {
			end = time.After(duration(r.For))
			if len(keys) > 0 {
				press = time.After(duration(keys[0][0].(float64)))
			}
		}
		if len(o.screens) == 0 || o.screens[len(o.screens)-1] != screen {
			o.screens = append(o.screens, screen)
		}
		select {
		case <-changed:
		case <-press:
			term.press(strings.ReplaceAll(fmt.Sprint(keys[0][1]), "Enter", "\r"))
		case <-term.ended:
			return
		case <-end:
			return
		}
	}
}
