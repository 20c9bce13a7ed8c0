package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"livetape/feed"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/market"
	"livetape/feed/redact"
)

func (e *examination) definitionYAML() string {
	r := e.reading
	result := r.result
	switch {
	case r.suggested != nil:
		result = *r.suggested
	case r.given || !r.found && len(r.presets) == 0:
		return ""
	case !r.found:
		result.Definition = preset.Definition{Preset: r.presets[0]}
		result.Total = len(e.first.stats.kept)
	}
	entry := configEntry{Result: result, config: e.config}
	entry.Notes = slices.Clone(result.Notes)
	entry.inlinePreset()
	entry.setURL()
	entry.setHeaders()
	entry.setFormatAndTimeout(e.first)
	text, err := entry.YAML()
	if err != nil {
		return ""
	}
	return e.cleanLines(text)
}

// feedKey turns a name into one that a configuration accepts: letters, digits and any of . _ -
func feedKey(name string) string {
	key := strings.Trim(regexp.MustCompile(`[^\pL\pN._-]+`).ReplaceAllString(name, "-"), "._-")
	if runes := []rune(key); len(runes) > maxFeedKey {
		key = string(runes[:maxFeedKey])
	}
	return cmp.Or(key, "feed")
}

// maxFeedKey bounds a feed's name, in characters.
const maxFeedKey = 32

// File returns a configuration with this feed alone; empty when nothing reads the feed.
func (r *Report) File() string {
	if r.Reading == nil || r.Reading.YAML == "" {
		return ""
	}
	return "feeds:\n" + r.feedEntry()
}

func (r *Report) feedEntry() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %q:\n", r.Name)
	for line := range strings.Lines(r.Reading.YAML) {
		b.WriteString("    " + line)
	}
	return b.String()
}

// configEntry is a definition that is being completed for a configuration. It must work unchanged, and contain no secret.
type configEntry struct {
	infer.Result
	config feed.Config
	preset preset.Definition // resolved
}

func (c *configEntry) note(text string) { c.Notes = append(c.Notes, text) }

// inlinePreset replaces a preset that requests by POST with its rules: this feed was read with GET.
func (c *configEntry) inlinePreset() {
	name := c.Definition.Preset
	full, err := c.Definition.Resolve()
	if name == "" || err != nil {
		return
	}
	c.preset = full
	if full.Method != http.MethodPost {
		return
	}
	c.note("the rules of the preset " + name + ", which itself requests by POST")
	c.Definition = preset.Definition{Format: full.Format, IdleTimeout: full.IdleTimeout, QuietAfter: full.QuietAfter, MaxEvent: full.MaxEvent, Memory: full.Memory, Resume: full.Resume, Decoder: full.Decoder, Spec: full.Spec}
	c.preset = c.Definition
}

// setURL sets the URL as it was written, with variables in place of secrets.
func (c *configEntry) setURL() {
	portable := redact.PortableURL(c.config.URL, func(key string) string { return c.secretVariable(cmp.Or(key, "token")) })
	if _, rest, _ := strings.Cut(c.config.URL, "://"); strings.Contains(strings.SplitN(rest, "/", 2)[0], "@") {
		c.note("user and password of the url are left out: put them into headers, as Authorization: Basic ${...}")
	}
	c.Definition.URL = escapeBraces(portable)
}

// secretVariable returns a reference to an environment variable for a secret, and notes that it must be set.
func (c *configEntry) secretVariable(secret string) string {
	if plain, err := url.QueryUnescape(secret); err == nil {
		secret = plain
	}
	name := strings.ToUpper(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(secret, "_"))
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "_" + name
	}
	c.note("set " + name + " in the environment to the value given here as " + secret)
	return "${" + name + "}"
}

var braces = regexp.MustCompile(`\$\{[^}]*\}|[{}]`)

// escapeBraces keeps the braces of a URL from being read as {vars}.
func escapeBraces(s string) string {
	escaped := map[string]string{"{": "%7B", "}": "%7D"}
	return braces.ReplaceAllStringFunc(s, func(part string) string { return cmp.Or(escaped[part], part) })
}

// onlyReference matches the value of a header field that is a reference, and so contains no secret.
var onlyReference = regexp.MustCompile(`^(?:[A-Za-z]+ )?\$\{[A-Za-z_][A-Za-z0-9_]*\}$`)

// setHeaders sets the header fields that were sent. A literal value becomes a variable: it may be a secret. A field that
// the preset sets by a variable, and that was not sent, is removed.
func (c *configEntry) setHeaders() {
	all := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.preset.Headers)) {
		if _, sent := c.config.Header[name]; !sent && strings.Contains(c.preset.Headers[name], "${") {
			all[name] = ""
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.config.Header)) {
		value := c.config.Header[name]
		if own := c.preset.Headers[name]; onlyReference.MatchString(own) && !onlyReference.MatchString(value) {
			c.note("set ${" + redact.Variables(own)[0] + "} in the environment to the value given here as " + name)
			continue
		}
		if scheme, _, hasScheme := strings.Cut(value, " "); !onlyReference.MatchString(value) {
			value = c.secretVariable(name)
			if hasScheme && slices.Contains([]string{"bearer", "basic", "token"}, strings.ToLower(scheme)) {
				value = scheme + " " + value
			}
		}
		all[name] = value
	}
	if len(all) > 0 {
		c.Definition.Headers = all
	}
}

func (c *configEntry) setFormatAndTimeout(o *observation) {
	if byDefault := cmp.Or(c.preset.Format, FormatSSE); o.format != "" && o.format != byDefault {
		c.Definition.Format = o.format
	}
	if interval := o.stats.heartbeatInterval(); interval > 0 && c.preset.IdleTimeout == "" {
		c.Definition.IdleTimeout = suggestIdleTimeout(interval)
	}
}

func (e *examination) cleanLines(text string) string {
	lines := strings.Split(e.endpoint.Redactor().Document(text), "\n")
	for i, line := range lines {
		lines[i] = market.PlainText(line, 4<<10)
	}
	return strings.Join(lines, "\n")
}

// suggestFeedName suggests a name for a feed in a configuration: its own name or, if that is just its host, something short
// that tells its URL from others.
func suggestFeedName(c feed.Config) string {
	at, err := url.Parse(redact.URL(c.URL))
	if err != nil || at.Host == "" || c.Name != at.Host || strings.ContainsAny(at.Host, "${}") {
		return feedKey(c.Name)
	}
	host, port := at.Hostname(), at.Port()
	switch local := host == "localhost" || net.ParseIP(host) != nil; {
	case local && port != "":
		return feedKey("port-" + port)
	case local:
		path := strings.Trim(at.Path, "/")
		return feedKey(cmp.Or(path[strings.LastIndex(path, "/")+1:], host))
	case port != "":
		return feedKey(hostLabel(host) + "-" + port)
	}
	return feedKey(hostLabel(host))
}

// hostLabel returns the first label of a host that is not a common name of streaming hosts.
func hostLabel(host string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, l := range labels[:len(labels)-1] {
		if !slices.Contains(commonHostLabels, l) {
			return l
		}
	}
	return labels[0]
}

var commonHostLabels = strings.Fields("www api apis stream streams streaming feed feeds sse events data live push rt ws eu us")
