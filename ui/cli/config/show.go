package config

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"livetape/feed/decode/configerr"
)

// show writes faults with the lines that they are in.
func show(faults error, name string, source []byte) string {
	all := configerr.All(configerr.Locate(faults, source))
	slices.SortStableFunc(all, func(a, b *configerr.Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var placed error
	for _, f := range all {
		placed = errors.Join(placed, f)
	}
	return strings.TrimRight(configerr.Annotate(placed, name, []byte(mask(string(source)))), "\n")
}

var (
	kept      = regexp.MustCompile(`\$\{[^}]*\}|\{[a-z_][a-z0-9_]*\}|(?i:Bearer|Basic|Token) `)
	userInfo  = regexp.MustCompile(`//[^/@\s]+@`)
	query     = regexp.MustCompile(`(?i)([?&][^=&\s]*(?:` + secretWords + `)[^=&\s]*=)([^&"'\s]+)`)
	secretKey = regexp.MustCompile(`(?i)([\w-]*(?:` + secretWords + `)[\w-]*["']?\s*:\s+)("[^"]*"?|'[^']*'?|(?:\$\{[^}]*\}|[^,}#])+)`)
	anyMember = regexp.MustCompile(`([\w-]+["']?\s*:\s+)("[^"]*"?|'[^']*'?|(?:\$\{[^}]*\}|[^,}#])+)`)
	headers   = regexp.MustCompile(`^(\s*)(?:.*[{,]\s*)?["']?headers?["']?\s*:`)
)

const secretWords = `token|key|secret|passw|passphrase|signature|auth|credential|session|cookie|jwt`

// mask hides what may be a secret in the lines of a configuration, character for character, so that columns stay. It
// goes by the words alone: the source may be too broken to be parsed.
func mask(source string) string {
	lines := strings.Split(source, "\n")
	inside := -1 // the indentation of the headers that this line may belong to
	for i, line := range lines {
		if trimmed := strings.TrimLeft(line, " "); trimmed != "" && len(line)-len(trimmed) <= inside {
			inside = -1
		}
		switch m := headers.FindStringSubmatchIndex(line); {
		case m != nil:
			inside = m[3]
			line = line[:m[1]] + maskMembers(line[m[1]:], anyMember)
		case inside >= 0 && !anyMember.MatchString(line):
			line = hide(line)
		case inside >= 0:
			line = maskMembers(line, anyMember)
		}
		lines[i] = maskLine(line)
	}
	return strings.Join(lines, "\n")
}

func maskLine(line string) string {
	line = userInfo.ReplaceAllStringFunc(line, func(s string) string { return "//" + hide(s[2:len(s)-1]) + "@" })
	return maskMembers(maskMembers(line, query), secretKey)
}

// maskMembers hides the second group of every match, unless the first names a file.
func maskMembers(line string, member *regexp.Regexp) string {
	return member.ReplaceAllStringFunc(line, func(s string) string {
		m := member.FindStringSubmatch(s)
		if strings.Contains(m[1], "_file") {
			return s
		}
		return m[1] + hide(m[2])
	})
}

// hide leaves the names of variables, and quotes and blanks.
func hide(text string) string {
	var b strings.Builder
	for text != "" {
		next := kept.FindStringIndex(text)
		if next == nil {
			next = []int{len(text), len(text)}
		}
		b.WriteString(strings.Map(dot, text[:next[0]]))
		b.WriteString(text[next[0]:next[1]])
		text = text[next[1]:]
	}
	return b.String()
}

func dot(r rune) rune {
	if unicode.IsSpace(r) || strings.ContainsRune("\"'{}[],", r) {
		return r
	}
	return '•'
}
