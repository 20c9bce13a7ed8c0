package mapping

import (
	"fmt"
	"strings"
)

// errPythonDict is told with what was read of a Python dict.
var errPythonDict = &notJSONError{"not JSON: quoted with ' like a Python dict, and read all the same", "the server should send json.dumps(…), not str(…)"}

// looksLikePython reports whether text begins like a dict, or a list of texts or dicts, as Python prints it.
func looksLikePython(s string) bool {
	s = strings.TrimLeft(s, " \t\r\n")
	return strings.HasPrefix(s, "{'") || strings.HasPrefix(s, "[{'") || strings.HasPrefix(s, "['")
}

// pythonWords are what Python writes for JSON's true, false and null.
var pythonWords = strings.NewReplacer("True", "true", "False", "false", "None", "null")

// pythonToJSON writes what Python prints of dicts and lists as JSON. It is not ok where a string does not end, or has an escape that
// JSON cannot write; of what else is no JSON, the result is none either.
func pythonToJSON(s string) (json string, ok bool) {
	var b strings.Builder
	for s != "" {
		quote := strings.IndexAny(s, `'"`)
		if quote < 0 {
			b.WriteString(pythonWords.Replace(s))
			break
		}
		b.WriteString(pythonWords.Replace(s[:quote]))
		n := writePythonString(&b, s[quote:])
		if n < 0 {
			return "", false
		}
		s = s[quote+n:]
	}
	return b.String(), true
}

// writePythonString writes the string that s begins with as JSON, and returns its length with its quotes; -1 where it cannot be read.
func writePythonString(b *strings.Builder, s string) int {
	quote := s[0]
	b.WriteByte('"')
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			b.WriteByte('"')
			return i + 1
		case c == '"':
			b.WriteString(`\"`)
		case c == '\\' && i+1 < len(s):
			i++
			switch e := s[i]; {
			case e == '\'':
				b.WriteByte('\'')
			case e == 'x' && i+2 < len(s):
				fmt.Fprintf(b, `\u00%s`, s[i+1:i+3])
				i += 2
			case strings.IndexByte(`\"nrtu`, e) >= 0:
				b.Write([]byte{'\\', e})
			default:
				return -1
			}
		default:
			b.WriteByte(c)
		}
	}
	return -1
}
