package preset

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"livetape/feed/decode/configerr"
)

// Request is what to send to a server. ${NAME} in it is still to be read from the environment.
type Request struct {
	Method  string // GET or POST
	URL     string
	Headers map[string]string
	Body    string
}

// placeholder is {name}, or ${NAME}, which stays.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}|\{[a-z_][a-z0-9_]*\}`)

// Request fills in vars and symbols. The definition must be resolved. The error wraps a [configerr.Error] for each name
// without a value.
func (d Definition) Request() (Request, error) {
	var errs configerr.List
	at := d.fillURL(&errs)
	r := Request{Method: d.Method, URL: at, Headers: map[string]string{}}
	if r.Method == "" {
		r.Method = "GET"
	}
	asJSON := strings.HasPrefix(strings.TrimSpace(d.Body), "[") || strings.HasPrefix(strings.TrimSpace(d.Body), "{")
	r.Body = d.fill(d.Body, asJSON, nil, configerr.Path{"body"})
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		if d.Headers[name] != "" { // an empty one takes back what the preset says
			r.Headers[name] = d.fill(d.Headers[name], false, nil, configerr.Path{"headers", name})
		}
	}
	return r, errs.Err()
}

func (d Definition) fillURL(errs *configerr.List) string {
	here := configerr.Path{"url"}
	filled := d.fill(d.URL, false, errs, here)
	if err := checkURL(filled); err != nil {
		errs.Add(here, "%s", err)
	}
	return filled
}

func checkURL(s string) error {
	if s == "" {
		return errors.New("the url is missing")
	}
	at, err := url.Parse(placeholder.ReplaceAllString(s, "x"))
	switch {
	case err != nil:
		var detail *url.Error
		if errors.As(err, &detail) {
			err = detail.Err // the address itself may hold a secret
		}
		return fmt.Errorf("the url is not an address: %w", err)
	case at.Scheme != "http" && at.Scheme != "https":
		return errors.New("the url must begin with http:// or https://")
	case at.Host == "":
		return errors.New("the url names no host")
	case at.User != nil:
		return errors.New("the url holds a user or password: put them into headers, as ${NAME}")
	}
	return nil
}

// fill replaces {name}. With errs, for the URL, every name must have a value, and symbols are escaped. Without, names that
// are not of vars stay, for the text may be JSON.
func (d Definition) fill(text string, asJSON bool, errs *configerr.List, at configerr.Path) string {
	return placeholder.ReplaceAllStringFunc(text, func(word string) string {
		if word[0] == '$' {
			return word
		}
		name := word[1 : len(word)-1]
		if name == "symbols" {
			if len(d.Symbols) == 0 && errs != nil {
				errs.Add(at, "the url asks for symbols, and symbols is empty")
			}
			return d.joinedSymbols(asJSON, errs != nil)
		}
		value, ok := d.Vars[name]
		if !ok {
			if errs != nil {
				errs.Add(at, "the url asks for {%s}: set it in vars", name)
			}
			return word
		}
		if ready, ok := d.Choices[name][value]; ok {
			value = ready
		}
		return value
	})
}

// joinedSymbols are the symbols as the feed expects them.
func (d Definition) joinedSymbols(asJSON, inURL bool) string {
	join := d.Join
	if join == "" {
		join = ","
	}
	all := make([]string, len(d.Symbols))
	for i, s := range d.Symbols {
		s = d.feedSymbol(s)
		if d.SymbolFormat != "" {
			s = d.formatSymbol(s, asJSON)
		}
		if inURL {
			s = strings.ReplaceAll(url.QueryEscape(s), "+", "%20") // as good in a path
		}
		all[i] = s
	}
	return strings.Join(all, join)
}

// feedSymbol is the feed's name of a symbol.
func (d Definition) feedSymbol(symbol string) string {
	if _, ok := d.Aliases[symbol]; ok {
		return symbol
	}
	for _, theirs := range slices.Sorted(maps.Keys(d.Aliases)) {
		if strings.EqualFold(d.Aliases[theirs], symbol) {
			return theirs
		}
	}
	if len(d.SymbolReplace) == 2 && d.SymbolReplace[0] != "" {
		return strings.ReplaceAll(symbol, d.SymbolReplace[0], d.SymbolReplace[1])
	}
	return symbol
}

var formatPlaceholder = regexp.MustCompile(`\{(symbol|[1-9])\}`)

func (d Definition) formatSymbol(symbol string, asJSON bool) string {
	parts := strings.Split(symbol, ":")
	return formatPlaceholder.ReplaceAllStringFunc(d.SymbolFormat, func(word string) string {
		value := symbol
		if n, err := strconv.Atoi(word[1 : len(word)-1]); err == nil {
			value = ""
			if n <= len(parts) {
				value = parts[n-1]
			}
		}
		if !asJSON {
			return value
		}
		text, err := json.Marshal(value)
		if err != nil {
			return "" // not reached: a string has a JSON form
		}
		return string(text[1 : len(text)-1])
	})
}
