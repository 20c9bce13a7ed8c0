package preset

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	yaml "github.com/goccy/go-yaml"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/mapping"
	"livetape/feed/decode/strictyaml"
	"livetape/feed/memory"
)

// Definition says what a feed is: where it is, how to request it, and how to read its payloads. A configuration file has
// one for each feed, and a preset has a part of one; the tags are its keys. The zero value of every key means its default.
//
// In URL, Headers and Body, {name} is replaced by a value of Vars, and {symbols} by Symbols. ${NAME} is left alone: it is
// read from the environment when the feed connects, so that no secret is ever in a Definition.
type Definition struct {
	Preset string `yaml:"preset,omitempty"` // what to start from
	URL    string `yaml:"url,omitempty"`    // http or https

	Symbols       []string `yaml:"symbols,omitempty,flow"`        // what to ask for, by the feed's names or by Aliases
	Join          string   `yaml:"join,omitempty"`                // stands between two of {symbols}; default ","
	SymbolFormat  string   `yaml:"symbol_format,omitempty"`       // one of {symbols}: {symbol}, or its parts between colons {1}, {2} …
	SymbolReplace []string `yaml:"symbol_replace,omitempty,flow"` // [ours, theirs]: in symbols to ask for

	Vars    map[string]string            `yaml:"vars,omitempty"`
	Choices map[string]map[string]string `yaml:"choices,omitempty"` // for a var: ready values by name

	Format  string            `yaml:"format,omitempty"` // sse (default), or ndjson: one JSON value a line
	Method  string            `yaml:"method,omitempty"` // GET (default) or POST
	Headers map[string]string `yaml:"headers,omitempty"`
	Body    string            `yaml:"body,omitempty"`

	IdleTimeout string `yaml:"idle_timeout,omitempty"` // reconnect when nothing came for so long: "60s"; "never"; default 90s
	QuietAfter  string `yaml:"quiet_after,omitempty"`  // say that it is quiet when no event came for so long: "5m"; "never"; default: by the feed's own rhythm
	MaxEvent    string `yaml:"max_event,omitempty"`    // of one event: "4MiB"; default 1MiB, at most 64MiB
	Memory      string `yaml:"memory,omitempty"`       // for all that is kept of the feed: "16MiB"; default 64MiB, from 1MiB to 1GiB
	Resume      string `yaml:"resume,omitempty"`       // header (default), none, or a query parameter: "since={id}"; behind "keep": at the next start, too

	Decoder      string `yaml:"decoder,omitempty"` // native or auto, instead of a map; default auto
	mapping.Spec `yaml:",inline"`
}

// Defaults of a definition.
const (
	DefaultIdleTimeout = 90 * time.Second
	DefaultMaxEvent    = 1 << 20
	LargestMaxEvent    = 64 << 20
)

// Synonyms are words of other vocabularies, and the keys that they are called here.
func Synonyms() map[string]string {
	return map[string]string{
		"price": "last", "px": "last", "title": "headline", "where": "when", "decode": "map", "idle": "idle_timeout",
		"timestamp": "time", "ts": "time", "rows": "each", "previous_close": "prev_close", "header": "headers",
		"alias": "aliases", "timeout": "idle_timeout", "qty": "size", "ticker": "symbol",
		"retry": "retry_min", "backoff": "retry_max", "ca": "tls_ca", "ca_file": "tls_ca", "cacert": "tls_ca", "bearer": "token", "api_key": "token", "apikey": "token",
	}
}

// Parse reads a definition in YAML, strictly. The error wraps a [configerr.Error] with a line for each mistake of form;
// [Definition.Validate] finds the others.
func Parse(source []byte) (Definition, error) {
	var d Definition
	if err := strictyaml.Decode(source, &d, Synonyms()); err != nil {
		return Definition{}, err
	}
	return d, nil
}

// Format writes a definition as YAML for Parse.
func Format(d Definition) ([]byte, error) {
	text, err := yaml.MarshalWithOptions(d, yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("write feed as yaml: %w", err)
	}
	return text, nil
}

// OneLine writes a definition as one line for Parse; empty for the zero definition.
func (d Definition) OneLine() (string, error) {
	if reflect.ValueOf(d).IsZero() {
		return "", nil
	}
	text, err := yaml.MarshalWithOptions(d, yaml.JSON())
	if err != nil {
		return "", fmt.Errorf("write feed as a line: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// Merge is base with everything that over sets. Maps are added to those of base, and all else replaces.
func Merge(base, over Definition) Definition {
	if over.Resume == resumeKept && base.Resume != "" {
		over.Resume += " " + base.Resume
	}
	mergeFields(reflect.ValueOf(&base).Elem(), reflect.ValueOf(over))
	if over.Decoder != "" && over.Map == nil {
		base.Map = nil
	}
	if over.Map != nil && over.Decoder == "" {
		base.Decoder = ""
	}
	return base
}

func mergeFields(base, over reflect.Value) {
	for i := range over.NumField() {
		to, from := base.Field(i), over.Field(i)
		switch {
		case from.IsZero():
		case from.Kind() == reflect.Struct:
			mergeFields(to, from)
		case from.Kind() == reflect.Map && !to.IsNil() && from.Type() != reflect.TypeFor[mapping.When]():
			both := reflect.MakeMap(to.Type())
			for _, m := range []reflect.Value{to, from} {
				for _, key := range m.MapKeys() {
					both.SetMapIndex(key, m.MapIndex(key))
				}
			}
			to.Set(both)
		default:
			to.Set(from)
		}
	}
}

// Resolve is the definition, completed by its preset.
func (d Definition) Resolve() (Definition, error) {
	if d.Preset == "" {
		return d, nil
	}
	p, err := Find(d.Preset)
	if err != nil {
		return d, &configerr.Error{Path: configerr.Path{"preset"}, Problem: err.Error()}
	}
	return Merge(p.Feed, d), nil
}

// resumeKept, before the method to resume by, has the last event id kept from run to run.
const resumeKept = "keep"

// ResumeMethod is how to ask for what was missed: header, none, or a query parameter; empty for header.
func (d Definition) ResumeMethod() string {
	if d.Resume == resumeKept {
		return ""
	}
	return strings.TrimPrefix(d.Resume, resumeKept+" ")
}

// KeepsID reports whether the feed goes on, at the next start, after the last event id of this one.
func (d Definition) KeepsID() bool {
	return d.Resume == resumeKept || strings.HasPrefix(d.Resume, resumeKept+" ")
}

// IdleLimit is how long the feed may send nothing; negative for no limit. The definition must be valid.
func (d Definition) IdleLimit() time.Duration {
	idle, err := parseLimit(d.IdleTimeout)
	if err != nil || idle == 0 {
		return DefaultIdleTimeout
	}
	return idle
}

// QuietLimit is how long the feed may send no event before it counts as quiet; negative for ever, zero for what its own
// rhythm says. The definition must be valid.
func (d Definition) QuietLimit() time.Duration {
	quiet, _ := parseLimit(d.QuietAfter)
	return quiet
}

// parseLimit reads a time without something; negative for never, zero for none given.
func parseLimit(s string) (time.Duration, error) {
	switch s {
	case "":
		return 0, nil
	case "never":
		return -1, nil
	}
	idle, err := time.ParseDuration(s)
	if err != nil || idle <= 0 {
		return 0, fmt.Errorf("%q is not a time: write 60s, 2m or never", s)
	}
	if idle < time.Second {
		return 0, fmt.Errorf("%s is shorter than a second", idle)
	}
	return idle, nil
}

// EventLimit is how large an event may be, in bytes. The definition must be valid.
func (d Definition) EventLimit() int {
	n, err := EventSizes().Parse(d.MaxEvent)
	if err != nil {
		return DefaultMaxEvent
	}
	return n
}

// MemoryLimit is how much may be kept of the feed, in bytes. The definition must be valid.
func (d Definition) MemoryLimit() int {
	n, err := MemorySizes().Parse(d.Memory)
	if err != nil {
		return memory.Default
	}
	return n
}

var sizeUnits = map[string]int{"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9}

// SizeRange is what a size may be, in bytes.
type SizeRange struct {
	Default, Least, Most int
	Name                 string // "1KiB and 64MiB"
}

// EventSizes are what one event may have at most.
func EventSizes() SizeRange {
	return SizeRange{DefaultMaxEvent, 1 << 10, LargestMaxEvent, "1KiB and 64MiB"}
}

// MemorySizes are what may be kept of a feed.
func MemorySizes() SizeRange {
	return SizeRange{memory.Default, memory.Least, memory.Most, "1MiB and 1GiB"}
}

// Parse reads a size such as 4MiB. An empty one is the default.
func (r SizeRange) Parse(s string) (int, error) {
	if s == "" {
		return r.Default, nil
	}
	digits := strings.TrimRight(s, "BKMGkib ")
	n, err := strconv.Atoi(digits)
	unit, ok := sizeUnits[strings.TrimSpace(s[len(digits):])]
	if err != nil || !ok {
		return 0, fmt.Errorf("%q is not a size: write 512KiB or 4MiB", s)
	}
	if n < 0 || n > r.Most/unit || n*unit < r.Least {
		return 0, fmt.Errorf("%s is not between %s", s, r.Name)
	}
	return n * unit, nil
}
