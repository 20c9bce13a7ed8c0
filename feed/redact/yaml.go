package redact

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	unmasked   = regexp.MustCompile(`^[|>][-+\d]*$|\$\{[^}]*\}|\{[a-z_][a-z0-9_]*\}|(?i:Bearer|Basic|Token) `)
	urlInLine  = regexp.MustCompile(`(?:://|\$\{)[^\s"']*`)
	formPair   = regexp.MustCompile(`([\w.%-]+)=([^&;"'\s]+)`)
	memberName = regexp.MustCompile(`([\w.$-]+)(?:\\?["']\s*:\s*|\s*:\s+)`)
	memberText = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[|>][-+\d]*$|\[[^\]]*\]?|(?:\$\{[^}]*\}|[^,}#])+)`)
	yamlKey    = regexp.MustCompile(`^(\s*(?:- )?\s*)["']?([\w.$-]+)["']?\s*:`)
	headersKey = regexp.MustCompile(`^(\s*)(?:.*[{,]\s*)?["']?headers?["']?\s*:`)
	longWord   = regexp.MustCompile(`[^\s,:"'\[\]{}]{16,}`)
)

// YAML masks what may be a secret in the lines of a configuration, character for character, so that columns stay: all that
// [URL] masks in a URL, every header, and the values of members whose names sound like a credential. It goes by the words
// alone: the source may be too broken to be parsed. Names of variables and of files stay.
func YAML(source string) string {
	lines := strings.Split(source, "\n")
	var inside yamlBlock
	keyboard := false // in "keys:" at the left edge, where no feed is: only what is longer than the name of a key is masked
	for i, line := range lines {
		inside = inside.blockAt(line)
		if keyboard = keyboard && strings.HasPrefix(line, " ") || strings.HasPrefix(line, "keys:"); keyboard {
			lines[i] = longWord.ReplaceAllStringFunc(line, maskText)
			continue
		}
		switch m := headersKey.FindStringIndex(line); {
		case m != nil:
			line = line[:m[1]] + hideMembers(line[m[1]:], isNoFileName)
		case inside.hidden, inside.headers && !memberName.MatchString(line):
			line = maskText(line)
		case inside.headers:
			line = hideMembers(line, isNoFileName)
		}
		lines[i] = hideInLine(line)
		inside = inside.blockAfter(line)
	}
	return strings.Join(lines, "\n")
}

// yamlBlock is what the lines that are indented deeper than a key belong to.
type yamlBlock struct {
	headers bool // the values in it are masked
	hidden  bool // all of it is masked
	indent  int  // of the key
}

// blockAt is the block that a line is in.
func (b yamlBlock) blockAt(line string) yamlBlock {
	if trimmed := strings.TrimLeft(line, " "); trimmed != "" && len(line)-len(trimmed) <= b.indent {
		return yamlBlock{}
	}
	return b
}

// blockAfter is the block after a line, which may begin one.
func (b yamlBlock) blockAfter(line string) yamlBlock {
	if b.headers || b.hidden {
		return b
	}
	if m := headersKey.FindStringSubmatchIndex(line); m != nil {
		return yamlBlock{headers: true, indent: m[3]}
	}
	if m := yamlKey.FindStringSubmatch(line); m != nil && isSecretMember(m[2]) {
		return yamlBlock{hidden: true, indent: len(m[1])}
	}
	return yamlBlock{}
}

func hideInLine(line string) string {
	line = urlInLine.ReplaceAllStringFunc(line, hideInURL)
	line = formPair.ReplaceAllStringFunc(line, func(pair string) string {
		if name, value, _ := strings.Cut(pair, "="); isSecretMember(name) {
			return name + "=" + maskText(value)
		}
		return pair
	})
	return hideMembers(line, isSecretMember)
}

// hideInURL masks user, query and fragment of a URL without its scheme, as [URL] does.
func hideInURL(raw string) string {
	raw, fragment, hasFragment := strings.Cut(raw, "#")
	raw, query, hasQuery := strings.Cut(raw, "?")
	if user := userOf(raw); user != "" {
		before, after, _ := strings.Cut(raw, user)
		raw = before + maskText(user[:len(user)-1]) + "@" + after
	}
	if hasQuery {
		raw += "?" + maskQuery(query, func(_, value string) string { return maskText(value) })
	}
	if hasFragment {
		raw += "#" + maskText(fragment)
	}
	return raw
}

func hideMembers(line string, secret func(name string) bool) string {
	var b strings.Builder
	for {
		at := memberName.FindStringSubmatchIndex(line)
		if at == nil {
			b.WriteString(line)
			return b.String()
		}
		name, rest := line[at[2]:at[3]], line[at[1]:]
		b.WriteString(line[:at[1]])
		if secret(name) {
			value := memberText.FindString(rest)
			b.WriteString(maskText(value))
			rest = rest[len(value):]
		}
		line = rest
	}
}

func isSecretMember(name string) bool { return IsSecretHeader(name) && isNoFileName(name) }

// isNoFileName reports whether a member does not hold the name of a file.
func isNoFileName(name string) bool { return !strings.Contains(name, "_file") }

// maskText masks text but for the names of variables, quotes and blanks.
func maskText(text string) string {
	var b strings.Builder
	for text != "" {
		next := unmasked.FindStringIndex(text)
		if next == nil {
			next = []int{len(text), len(text)}
		}
		b.WriteString(strings.Map(maskRune, text[:next[0]]))
		b.WriteString(text[next[0]:next[1]])
		text = text[next[1]:]
	}
	return b.String()
}

func maskRune(r rune) rune {
	if unicode.IsSpace(r) || strings.ContainsRune("\"'{}[],", r) {
		return r
	}
	return '•'
}
