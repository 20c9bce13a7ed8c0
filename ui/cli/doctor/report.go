package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"livetape/feed/connection"
	"livetape/feed/redact"
	"livetape/ui/humanize"
)

// Verdict sums up a report.
type Verdict string

// The verdicts.
const (
	Understood Verdict = "understood"   // connected, and payloads contain prices or news
	Unmapped   Verdict = "unmapped"     // connected, but no payload contains any
	NotAStream Verdict = "not a stream" // a response, but no event stream
	Refused    Verdict = "refused"      // no response, or a refusal
)

// Mark is how good a finding is.
type Mark string

// The marks.
const (
	Good    Mark = "ok"
	Warning Mark = "warning"
	Bad     Mark = "error"
)

// Finding is one fact about a feed.
type Finding struct {
	Mark   Mark   `json:"mark"`
	About  string `json:"about"`            // its subject, the same in every report: "content type"
	Text   string `json:"text"`             // on one line
	Advice string `json:"advice,omitempty"` // what to do, on one line
}

// Section is a group of findings.
type Section struct {
	Title    string    `json:"title"`
	Findings []Finding `json:"findings"`
}

func (s *Section) add(mark Mark, about, text, advice string) {
	s.Findings = append(s.Findings, Finding{mark, about, text, advice})
}

// Milliseconds is a duration that JSON has as a number of ms.
type Milliseconds time.Duration

// MarshalJSON implements [json.Marshaler].
func (m Milliseconds) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%.3f", float64(m)/1e6), nil
}

// Report is the result of an examination. It contains no secrets, and all of its text is sanitized.
type Report struct {
	URL      string    `json:"url"`  // without secrets
	Name     string    `json:"name"` // a name for the feed in a configuration
	At       time.Time `json:"at"`
	Verdict  Verdict   `json:"verdict"`
	Summary  string    `json:"summary"` // the verdict in a sentence
	Sections []Section `json:"sections"`

	Connection Connection `json:"connection"`
	Stream     *Stream    `json:"stream,omitempty"`  // nil when there was none
	Reading    *Reading   `json:"reading,omitempty"` // nil when no event came
}

// Connection is how the server was reached.
type Connection struct {
	Redirects   []connection.Redirect `json:"redirects"`
	DNS         Milliseconds          `json:"dns_ms"`
	TCP         Milliseconds          `json:"tcp_ms"`
	TLS         Milliseconds          `json:"tls_ms"`
	Answer      Milliseconds          `json:"answer_ms"` // from the first request to the first byte of the last response
	TLSVersion  string                `json:"tls_version,omitempty"`
	Status      int                   `json:"status"` // 0 for no response
	Protocol    string                `json:"protocol,omitempty"`
	ContentType string                `json:"content_type,omitempty"`
	Compression string                `json:"compression,omitempty"`
	Cause       string                `json:"cause,omitempty"` // why there is no stream
	Advice      string                `json:"advice,omitempty"`
}

// Stream is what the stream contained.
type Stream struct {
	Format      string         `json:"format"` // sse or ndjson
	Listened    Milliseconds   `json:"listened_ms"`
	FirstByte   *Milliseconds  `json:"first_byte_ms,omitempty"` // after the response; nil when none came
	Ended       string         `json:"ended"`                   // enough, ended, broke or interrupted
	Events      int            `json:"events"`
	Bytes       int64          `json:"bytes"`
	Silence     Milliseconds   `json:"longest_silence_ms"`
	Types       []EventType    `json:"types"`
	OtherTypes  int            `json:"other_types_events,omitempty"` // events of types beyond those listed
	Heartbeats  int            `json:"heartbeats"`
	Heartbeat   Milliseconds   `json:"heartbeat_ms"` // between two; 0 when unknown
	IdleTimeout string         `json:"idle_timeout,omitempty"`
	Retry       []Milliseconds `json:"retry_ms"`
	IDs         IDs            `json:"ids"`
	Resume      *Resume        `json:"resume,omitempty"` // nil when not tried
	Framing     Framing        `json:"framing"`
	Buffered    bool           `json:"buffered"` // a proxy or the server holds events back
	ClockAhead  *Milliseconds  `json:"clock_ahead_ms,omitempty"`
	Delay       *Delay         `json:"delay,omitempty"` // nil when the payloads have no times
}

// EventType is one type of event.
type EventType struct {
	Type      string  `json:"type"`
	Count     int     `json:"count"`
	PerSecond float64 `json:"per_second"`
	Heartbeat bool    `json:"heartbeat,omitempty"`
	Sample    string  `json:"sample"` // the beginning of the data of the first one
}

// IDs says how events are identified.
type IDs struct {
	Events    int    `json:"events"`    // that have their own id
	Different int    `json:"different"` // ids
	Ascending bool   `json:"ascending"` // as numbers, each higher than the one before
	Last      string `json:"last,omitempty"`
}

// Resume is what the server did with a last event id.
type Resume struct {
	Outcome  Outcome `json:"outcome"`
	Sent     string  `json:"sent,omitempty"`
	Followed int     `json:"followed"` // events that had followed the one with the id
	First    string  `json:"first,omitempty"`
	Resumes  bool    `json:"resumes"`
}

// Framing counts lines, and what is wrong with them.
type Framing struct {
	LF            int          `json:"lf"`
	CRLF          int          `json:"crlf"`
	CR            int          `json:"cr"`
	InvalidUTF8   int          `json:"invalid_utf8"`
	Oversized     int          `json:"oversized"`
	InvalidRetry  int          `json:"invalid_retry"`
	NulIDs        int          `json:"nul_ids"`
	CutOff        bool         `json:"cut_off"` // the stream ended within an event
	Stalls        int          `json:"stalls"`  // pauses within an event
	UnknownFields []fieldCount `json:"unknown_fields"`
}

// Delay is the time from what prices say themselves to their arrival, by this machine's clock.
type Delay struct {
	Median Milliseconds `json:"median_ms"`
	Min    Milliseconds `json:"min_ms"`
	Max    Milliseconds `json:"max_ms"`
	Count  int          `json:"count"`
}

// Reading says how to read the feed.
type Reading struct {
	Preset     string        `json:"preset,omitempty"`
	Recognised []string      `json:"recognised"` // presets whose service sends such events
	Examined   int           `json:"examined"`   // events
	Mapped     int           `json:"mapped"`     // of them contain an update
	Symbols    []Price       `json:"symbols"`    // the first ones
	Headlines  []string      `json:"headlines"`
	Ignored    []reasonCount `json:"ignored"`
	Faulty     []reasonCount `json:"faulty"`
	Notices    []string      `json:"notices"`
	Notes      []string      `json:"notes"`          // what was guessed
	Unused     []string      `json:"unused"`         // numbers and times in payloads that the definition does not use
	YAML       string        `json:"yaml,omitempty"` // the feed's definition for a configuration
}

// Price is the first price of a symbol, digit for digit.
type Price struct {
	Symbol string `json:"symbol"`
	Last   string `json:"last,omitempty"`
	Bid    string `json:"bid,omitempty"`
	Ask    string `json:"ask,omitempty"`
}

// JSON writes the report for machines.
func (r *Report) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// Text writes the report for people. The renderer decides whether marks have colours.
func (r *Report) Text(w io.Writer, renderer *lipgloss.Renderer) error {
	return NewPrinter(w, renderer, r.URL).End(r)
}

// Printer writes a report for people while it is made: each section once it is known, and the rest at the end. One
// goroutine uses it.
type Printer struct {
	out     io.Writer
	err     error // the first
	text    textWriter
	printed map[string]Section // by title
}

// NewPrinter begins the report on a feed, whose URL is shown without secrets.
func NewPrinter(out io.Writer, renderer *lipgloss.Renderer, url string) *Printer {
	p := &Printer{out: out, printed: map[string]Section{}, text: textWriter{styles: map[Mark]lipgloss.Style{
		Good:    renderer.NewStyle().Foreground(lipgloss.Color("2")),
		Warning: renderer.NewStyle().Foreground(lipgloss.Color("3")),
		Bad:     renderer.NewStyle().Foreground(lipgloss.Color("1")),
	}}}
	p.text.printf("livetape check %s\n", redact.URL(url)) // written with the first section
	return p
}

// Section writes a section, unless it stands there as it is already.
func (p *Printer) Section(s Section) {
	if before, known := p.printed[s.Title]; known && slices.Equal(before.Findings, s.Findings) {
		return
	}
	p.printed[s.Title] = s
	p.text.section(s)
	p.flush()
}

// End writes what is not written yet of a report. The error is the first of all that were written.
func (p *Printer) End(r *Report) error {
	for _, s := range r.Sections {
		p.Section(s)
	}
	t := &p.text
	if r.Stream != nil && len(r.Stream.Types) > 0 {
		t.types(r.Stream)
	}
	if r.Reading != nil && r.Reading.YAML != "" {
		t.printf("\nfor livetape.yaml, under feeds:\n\n%s", r.feedEntry())
	}
	t.printf("\n%s %s\n", t.mark(r.Verdict.mark()), r.Summary)
	p.flush()
	return p.err
}

func (p *Printer) flush() {
	if _, err := io.WriteString(p.out, p.text.String()); err != nil && p.err == nil {
		p.err = fmt.Errorf("write the report: %w", err)
	}
	p.text.Reset()
}

func (v Verdict) mark() Mark {
	switch v {
	case Understood:
		return Good
	case Unmapped:
		return Warning
	}
	return Bad
}

type textWriter struct {
	strings.Builder
	styles map[Mark]lipgloss.Style
}

func (t *textWriter) printf(format string, args ...any) { fmt.Fprintf(&t.Builder, format, args...) }

func (t *textWriter) mark(m Mark) string {
	return t.styles[m].Render(map[Mark]string{Good: "✓", Warning: "!", Bad: "✗"}[m])
}

func (t *textWriter) section(s Section) {
	if len(s.Findings) == 0 {
		return
	}
	t.printf("\n%s\n", s.Title)
	for _, f := range s.Findings {
		t.printf("  %s %-13s %s\n", t.mark(f.Mark), f.About, f.Text)
		if f.Advice != "" {
			t.printf("    %-13s → %s\n", "", f.Advice)
		}
	}
}

func (t *textWriter) types(s *Stream) {
	width := 4
	for _, e := range s.Types {
		width = max(width, ansi.StringWidth(e.Type))
	}
	t.printf("\nevent types\n")
	for _, e := range s.Types {
		pad := strings.Repeat(" ", width-ansi.StringWidth(e.Type))
		t.printf("  %s%s %6d %8.2f/s  %s\n", e.Type, pad, e.Count, e.PerSecond, e.Sample)
	}
	if s.OtherTypes > 0 {
		t.printf("  and %s of other types\n", humanize.Plural(s.OtherTypes, "event"))
	}
}
