package preset

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"livetape/feed/decode"
	"livetape/feed/decode/configerr"
	"livetape/feed/decode/mapping"
)

// Validate reports all that is wrong with a definition. The error wraps a [configerr.Error] with a path for each mistake.
// What a preset leaves to the user (a host, an account) is missing at the key that sets it.
func (d Definition) Validate() error {
	var errs configerr.List
	full, err := d.Resolve()
	if err != nil {
		return err
	}
	full.checkTransport(&errs)
	_, err = full.Request()
	errs.Join(nil, err)
	full.checkDecoder(&errs)
	return errs.Err()
}

var (
	headerNamePattern = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // RFC 9110 §5.6.2
	resumePattern     = regexp.MustCompile(`^[A-Za-z0-9_.-]+=\{id\}$`)
	varNamePattern    = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
)

func (d Definition) checkTransport(errs *configerr.List) {
	if d.Format != "" && d.Format != "sse" && d.Format != "ndjson" {
		errs.Add(configerr.Path{"format"}, "unknown format %q%s: sse or ndjson", d.Format,
			configerr.DidYouMean(d.Format, []string{"sse", "ndjson"}, map[string]string{"json": "ndjson", "jsonl": "ndjson", "jsonlines": "ndjson"}))
	}
	if d.Method != "" && d.Method != "GET" && d.Method != "POST" {
		errs.Add(configerr.Path{"method"}, "%q is neither GET nor POST", d.Method)
	}
	if d.Body != "" && d.Method != "POST" {
		errs.Add(configerr.Path{"body"}, "a body needs method: POST")
	}
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		d.checkHeader(name, errs)
	}
	for _, limit := range [...][2]string{{"idle_timeout", d.IdleTimeout}, {"quiet_after", d.QuietAfter}} {
		if _, err := parseLimit(limit[1]); err != nil {
			errs.Add(configerr.Path{limit[0]}, "%s", err)
		}
	}
	d.checkSizes(errs)
	d.checkResume(errs)
	d.checkSymbolsAndVars(errs)
}

func (d Definition) checkResume(errs *configerr.List) {
	switch method := d.ResumeMethod(); {
	case method == "none" && d.KeepsID():
		errs.Add(configerr.Path{"resume"}, "there is nothing to keep: this feed cannot resume")
	case method != "" && method != "header" && method != "none" && !resumePattern.MatchString(method):
		errs.Add(configerr.Path{"resume"}, "%q is neither header, none, keep nor a query parameter like since={id}", d.Resume)
	}
}

func (d Definition) checkSizes(errs *configerr.List) {
	event, eventErr := EventSizes().Parse(d.MaxEvent)
	if eventErr != nil {
		errs.Add(configerr.Path{"max_event"}, "%s", eventErr)
	}
	kept, err := MemorySizes().Parse(d.Memory)
	switch {
	case err != nil:
		errs.Add(configerr.Path{"memory"}, "%s", err)
	case eventErr == nil && event > kept:
		errs.Add(configerr.Path{"memory"}, "%s has no room for one event of %s (max_event)", d.Memory, cmp.Or(d.MaxEvent, "1MiB"))
	}
}

// checkHeader checks one header; its value may be a secret and is never shown.
func (d Definition) checkHeader(name string, errs *configerr.List) {
	at := configerr.Path{"headers", name}
	switch {
	case !headerNamePattern.MatchString(name):
		errs.Add(at, "%q is not the name of a header", name)
	case strings.EqualFold(name, "Host") || strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Last-Event-ID"):
		errs.Add(at, "%s is set by livetape itself", name)
	}
	if strings.ContainsFunc(d.Headers[name], func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		errs.Add(at, "the value has a line break or another control character in it")
	}
}

func (d Definition) checkSymbolsAndVars(errs *configerr.List) {
	for i, s := range d.Symbols {
		if strings.TrimSpace(s) == "" {
			errs.Add(configerr.Path{"symbols", i}, "a symbol is empty")
		}
	}
	if d.SymbolReplace != nil && (len(d.SymbolReplace) != 2 || d.SymbolReplace[0] == "") {
		errs.Add(configerr.Path{"symbol_replace"}, "symbol_replace is a list of two: what to look for, and what to write instead")
	}
	for _, name := range slices.Sorted(maps.Keys(d.Vars)) {
		if !varNamePattern.MatchString(name) || name == "symbols" {
			errs.Add(configerr.Path{"vars", name}, "%q is not a name for a var: lower-case letters, digits and _", name)
		}
	}
}

func (d Definition) checkDecoder(errs *configerr.List) {
	if d.Decoder != "" && d.Map != nil {
		errs.Add(configerr.Path{"decoder"}, "decoder and map exclude each other")
		return
	}
	_, err := d.NewDecoder("feed", decode.Native{})
	errs.Join(nil, err)
}

// NewDecoder returns the decoder for the payloads of the feed, which goes by the given name. Unmapped decodes those of a
// definition that has neither a map nor the native format. The definition must be resolved. The error wraps a
// [configerr.Error] for each mistake.
func (d Definition) NewDecoder(feed string, unmapped decode.Decoder) (decode.Decoder, error) {
	if d.Map != nil {
		return wrap(mapping.Compile(feed, d.Spec))
	}
	switch d.Decoder {
	case "native":
		return mapping.WithStreamRules(feed, d.Spec, decode.Native{})
	case "", "auto":
		return wrap(mapping.WithStreamRules(feed, d.Spec, unmapped))
	}
	return nil, &configerr.Error{Path: configerr.Path{"decoder"}, Problem: "unknown decoder \"" + d.Decoder + "\"" +
		configerr.DidYouMean(d.Decoder, []string{"native", "auto"}, map[string]string{"livetape": "native", "guess": "auto"}) + ": native or auto"}
}

// wrap adds what holds for payloads of every map.
func wrap(one decode.Decoder, err error) (decode.Decoder, error) {
	if err != nil {
		return nil, err
	}
	return mapping.WithControlMessages(mapping.PerValue(one)), nil
}
