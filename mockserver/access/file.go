package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	yaml "github.com/goccy/go-yaml"
)

// entry is what a file says of one token: the token alone, or with what it is good for.
type entry struct {
	Token   string   `yaml:"token"`
	Symbols []string `yaml:"symbols"`
	Feeds   []string `yaml:"feeds"`
}

// UnmarshalYAML implements the unmarshaler of go-yaml.
func (e *entry) UnmarshalYAML(unmarshal func(any) error) error {
	if unmarshal(&e.Token) == nil {
		return nil
	}
	type plain entry
	return unmarshal((*plain)(e))
}

// parse reads the tokens of a file, which is YAML: by name each token alone, or with its lists.
//
//	desk: 5b0f…
//	class:
//	  token: 91ac…
//	  symbols: [NVDA, AAPL]
//	  feeds: [desk]
//
// A file with one line that is not of that form has one token, without a name. No error repeats what may be a token.
func parse(text []byte) ([]*token, error) {
	if line := strings.TrimSpace(string(text)); line != "" && !strings.ContainsAny(line, ": \t\r\n") {
		return []*token{newToken(Reader{Name: "reader"}, line)}, nil
	}
	var entries map[string]entry
	if err := yaml.UnmarshalWithOptions(text, &entries, yaml.Strict()); err != nil {
		return nil, errors.New("it is not a list of tokens, each as name: token")
	}
	var names []string
	for name := range entries {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []*token
	for _, name := range names {
		e := entries[name]
		if err := e.validate(); err != nil {
			return nil, fmt.Errorf("token %s: %w", name, err)
		}
		all = append(all, newToken(Reader{name, e.Symbols, e.Feeds}, e.Token))
	}
	if len(all) == 0 {
		return nil, errors.New("it has no token")
	}
	return all, nil
}

func (e entry) validate() error {
	switch {
	case e.Token == "":
		return errors.New("is empty")
	case strings.ContainsFunc(e.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("has other characters than visible ASCII ones, which no header carries")
	case e.Symbols != nil && len(e.Symbols) == 0 || e.Feeds != nil && len(e.Feeds) == 0:
		return errors.New("an empty list lets nothing through: leave it out for all")
	}
	return nil
}

func equalReaders(a, b Reader) bool {
	return a.Name == b.Name && slices.Equal(a.Symbols, b.Symbols) && slices.Equal(a.Feeds, b.Feeds)
}
