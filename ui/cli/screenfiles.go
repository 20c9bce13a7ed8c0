package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/infer"
	"livetape/feed/market"
	"livetape/ui/cli/config"
)

const (
	maxNumberedFiles = 99 // of one name
	skeletonMembers  = 40 // of a payload, listed below the skeleton of a map
	skeletonValue    = 60 // characters of one
)

// mapFiles proposes maps for the screen, and writes them to files of the working directory.
type mapFiles struct{}

// Propose implements [ui.Maps]: a map that reads the events, or else the skeleton of one.
func (mapFiles) Propose(name string, events []decode.Event) (string, error) {
	if len(events) == 0 {
		return "", errors.New("no event has arrived")
	}
	if r, ok := infer.Infer(name, events); ok {
		return r.YAML()
	}
	return mapSkeleton(events[len(events)-1]), nil
}

func mapSkeleton(e decode.Event) string {
	var out strings.Builder
	out.WriteString("map:\n  - symbol: NAME  # the member that tells rows apart\n    last: PRICE   # the member with the price\n")
	members := payloadMembers(nil, "", gjson.ParseBytes(e.Data))
	if !gjson.ValidBytes(e.Data) || len(members) == 0 {
		fmt.Fprintf(&out, "# The event is no JSON object: $data is all of it. The last one:\n#   %s\n", market.PlainText(string(e.Data), skeletonValue))
		return out.String()
	}
	out.WriteString("# Members of the last event:\n")
	for _, m := range members {
		fmt.Fprintf(&out, "#   %s\n", m)
	}
	return out.String()
}

// payloadMembers appends the paths of a value's members, with what they are, as a map writes them.
func payloadMembers(all []string, at string, value gjson.Result) []string {
	if !value.IsObject() && !value.IsArray() {
		if at != "" && len(all) < skeletonMembers {
			all = append(all, market.PlainText(at+": "+value.Raw, skeletonValue))
		}
		return all
	}
	i := 0
	value.ForEach(func(key, member gjson.Result) bool {
		name := key.String()
		if value.IsArray() {
			name = fmt.Sprint(i)
			i++
		}
		if at != "" {
			name = at + "." + name
		}
		all = payloadMembers(all, name, member)
		return i < 2 && len(all) < skeletonMembers // the members of a list are alike
	})
	return all
}

// Write implements [ui.Maps]. It never overwrites a file.
func (mapFiles) Write(name, yaml string) (string, error) {
	text := "# How to read " + market.PlainText(name, market.MaxName) + ": put this below the name of the feed in livetape.yaml.\n" + strings.TrimRight(yaml, "\n") + "\n"
	path, err := writeNumberedFile(fileName(name), ".map.yaml", text)
	if err != nil {
		return "", fmt.Errorf("write the map: %w", err)
	}
	return path, nil
}

// writeNumberedFile writes a new file to the working directory, with a number in its name where there is one already.
func writeNumberedFile(base, extension, text string) (path string, err error) {
	for i := 1; i <= maxNumberedFiles; i++ {
		path := base + extension
		if i > 1 {
			path = fmt.Sprintf("%s-%d%s", base, i, extension)
		}
		if err := config.WriteNew(path, text, 0o600); !errors.Is(err, fs.ErrExist) {
			return path, err
		}
	}
	return "", fmt.Errorf("there are %d files of %s already", maxNumberedFiles, base)
}

func fileName(feed string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, feed)
	return strings.Trim(market.PlainText(name, market.MaxName), "-")
}
