package doctor

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
	"livetape/feed/market"
	"livetape/feed/redact"
)

// yaml is the feed's definition with its own address, for a configuration; "" when nothing reads it.
func (e *examination) yaml() string {
	r := e.read
	result := r.result
	switch {
	case r.instead != nil:
		result = *r.instead
	case r.given || !r.found && len(r.recognised) == 0:
		return ""
	case !r.found:
		result.Definition = preset.Definition{Preset: r.recognised[0]}
		result.Total = len(e.first.tally.kept)
	}
	p := paste{Result: result, config: e.config}
	p.Notes = slices.Clone(result.Notes)
	p.standAlone()
	p.url()
	p.headers()
	p.manners(e.first)
	text, err := p.YAML()
	if err != nil {
		return ""
	}
	return e.cleanLines(text)
}

// keyOf is a feed's name as a configuration can have it: letters, digits and any of . _ -
func keyOf(name string) string {
	key := strings.Trim(regexp.MustCompile(`[^\pL\pN._-]+`).ReplaceAllString(name, "-"), "._-")
	if runes := []rune(key); len(runes) > maxKey {
		key = string(runes[:maxKey])
	}
	return orElse(key, "feed")
}

// maxKey bounds a feed's name, in characters.
const maxKey = 32

// File is a configuration with the feed as it was found, and nothing else; "" when nothing reads the feed.
func (r *Report) File() string {
	if r.Reading == nil || r.Reading.YAML == "" {
		return ""
	}
	return "feeds:\n" + r.entry()
}

// entry is the feed as it stands below feeds: in a configuration.
func (r *Report) entry() string {
	return fmt.Sprintf("  %q:\n", r.Name) + indented(r.Reading.YAML)
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("    " + line)
	}
	return b.String()
}

// paste is a definition being made fit to be pasted: it must work as it stands, and hold no secret.
type paste struct {
	infer.Result
	config feed.Config
	preset preset.Definition // what it starts from
}

func (p *paste) note(text string) { p.Notes = append(p.Notes, text) }

// standAlone puts a preset's rules in place of the preset where the preset asks in another way than was asked.
func (p *paste) standAlone() {
	name := p.Definition.Preset
	full, err := p.Definition.Resolve()
	if name == "" || err != nil {
		return
	}
	p.preset = full
	if full.Method != http.MethodPost {
		return
	}
	p.note("the rules of the preset " + name + ", which itself asks by POST")
	p.Definition = preset.Definition{Format: full.Format, IdleTimeout: full.IdleTimeout, MaxEvent: full.MaxEvent, Resume: full.Resume, Decoder: full.Decoder, Spec: full.Spec}
	p.preset = p.Definition
}

// url is the address as it was written, with variables in place of what is secret.
func (p *paste) url() {
	whole := redact.PortableURL(p.config.URL, func(key string) string { return p.variable(orElse(key, "token")) })
	if _, rest, _ := strings.Cut(p.config.URL, "://"); strings.Contains(strings.SplitN(rest, "/", 2)[0], "@") {
		p.note("user and password of the url are left out: put them into headers, as Authorization: Basic ${...}")
	}
	p.Definition.URL = escapeBraces(whole)
}

// variable names an environment variable for a secret and notes it.
func (p *paste) variable(what string) string {
	if plain, err := url.QueryUnescape(what); err == nil {
		what = plain
	}
	name := strings.ToUpper(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(what, "_"))
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "_" + name
	}
	p.note(name + " is to be set in the environment, to what was given here as " + what)
	return "${" + name + "}"
}

var braces = regexp.MustCompile(`\$\{[^}]*\}|[{}]`)

// escapeBraces keeps braces of an address from being taken for {vars}.
func escapeBraces(s string) string {
	return braces.ReplaceAllStringFunc(s, func(part string) string {
		switch part {
		case "{":
			return "%7B"
		case "}":
			return "%7D"
		}
		return part
	})
}

var variables = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// written is the value of a header that holds no secret itself.
var written = regexp.MustCompile(`^(?:[A-Za-z]+ )?\$\{[A-Za-z_][A-Za-z0-9_]*\}$`)

// headers are those that were sent. A value that was given as it is becomes a variable: it may be a secret. One that
// the preset wants and that was not needed is taken back.
func (p *paste) headers() {
	all := map[string]string{}
	for _, name := range sorted(p.preset.Headers) {
		if _, sent := p.config.Header[name]; !sent && strings.Contains(p.preset.Headers[name], "${") {
			all[name] = ""
		}
	}
	for _, name := range sorted(p.config.Header) {
		value := p.config.Header[name]
		if own := p.preset.Headers[name]; written.MatchString(own) && !written.MatchString(value) {
			p.note(variables.FindString(own) + " is to be set in the environment, to what was given here as " + name)
			continue
		}
		if scheme, _, two := strings.Cut(value, " "); !written.MatchString(value) {
			value = p.variable(name)
			if two && slices.Contains([]string{"bearer", "basic", "token"}, strings.ToLower(scheme)) {
				value = scheme + " " + value
			}
		}
		all[name] = value
	}
	if len(all) > 0 {
		p.Definition.Headers = all
	}
}

func sorted(m map[string]string) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// manners are format and idle timeout, where they are seen to differ from what holds anyway.
func (p *paste) manners(o *observation) {
	if was := orElse(p.preset.Format, FormatSSE); o.format != "" && o.format != was {
		p.Definition.Format = o.format
	}
	if every := rhythm(o.tally.beats); every > 0 && p.preset.IdleTimeout == "" {
		p.Definition.IdleTimeout = yamlTime(idleTimeout(every))
	}
}

// cleanLines is text of several lines, each fit to be shown.
func (e *examination) cleanLines(text string) string {
	lines := strings.Split(e.endpoint.Redactor.Document(text), "\n")
	for i, line := range lines {
		lines[i] = market.PlainText(line, 4<<10)
	}
	return strings.Join(lines, "\n")
}

// proposal is what to call a feed in a configuration: by the name that it was given, else by what is short and tells its
// address from others.
func proposal(c feed.Config) string {
	at, err := url.Parse(redact.URL(c.URL))
	if err != nil || at.Host == "" || c.Name != at.Host || strings.ContainsAny(at.Host, "${}") {
		return keyOf(c.Name)
	}
	host, port := at.Hostname(), at.Port()
	switch local := host == "localhost" || net.ParseIP(host) != nil; {
	case local && port != "":
		return keyOf("port-" + port)
	case local:
		path := strings.Trim(at.Path, "/")
		return keyOf(orElse(path[strings.LastIndex(path, "/")+1:], host))
	case port != "":
		return keyOf(label(host) + "-" + port)
	}
	return keyOf(label(host))
}

// label is the first part of a host that is not just what all streams call their hosts.
func label(host string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, l := range labels[:len(labels)-1] {
		if !slices.Contains(anyHost, l) {
			return l
		}
	}
	return labels[0]
}

var anyHost = strings.Fields("www api apis stream streams streaming feed feeds sse events data live push rt ws eu us")

// yamlTime is a duration as a configuration writes it: 40s, 2m.
func yamlTime(d time.Duration) string {
	if d%time.Minute == 0 {
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
	return strconv.Itoa(int(d/time.Second)) + "s"
}
