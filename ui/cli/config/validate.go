package config

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"livetape/feed/connection"
	"livetape/feed/decode/configerr"
)

const maxFeedName = 64 // characters

// isFeedName is no regular expression: with classes as large as these, every start of the program would compile 100 KB.
func isFeedName(name string) bool {
	for i, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && (i == 0 || !strings.ContainsRune("._-", r)) {
			return false
		}
	}
	return name != "" && utf8.RuneCountInString(name) <= maxFeedName
}

// validate reports what is wrong in the parts that could be read. Unread are the keys of each feed that could not.
func (f *File) validate(unread map[string][]string, errs *configerr.List) {
	f.checkWatchlists(errs)
	f.checkSymbols(errs)
	f.checkAlerts(errs)
	f.checkPositions(errs)
	f.checkLooks(errs)
	f.checkTable(errs)
	f.checkRewind(errs)
	for _, name := range f.order {
		at := configerr.Path{"feeds", name}
		if !isFeedName(name) {
			errs.Add(at, "%q is not a name for a feed: up to 64 letters, digits and any of . _ -", name)
		}
		if keys := unread[name]; len(keys) > 0 {
			errs.Join(at, f.Feeds[name].validateWithout(keys))
			continue
		}
		full, err := f.withWatchlist(name)
		errs.Join(at, err)
		errs.Join(at, full.Validate())
	}
}

// Validate reports what is wrong with a feed, as far as it shows without its files and the environment. The error wraps a
// [configerr.Error] for each mistake.
func (f Feed) Validate() error {
	var errs configerr.List
	f.checkToken(&errs)
	f.checkConnection(&errs)
	errs.Join(nil, f.withToken().Definition.Validate())
	return errs.Err()
}

// validateWithout is Validate for a feed of which some keys could not be read, as far as it does not depend on them.
func (f Feed) validateWithout(unread []string) error {
	if !slices.ContainsFunc(unread, func(key string) bool { return key != "symbols" }) {
		given := f
		given.Symbols = []string{"SYMBOL"} // whatever they are, they are there
		return given.Validate()
	}
	var errs configerr.List
	if !slices.ContainsFunc(unread, func(key string) bool { return strings.HasPrefix(key, "token") }) {
		f.checkToken(&errs)
	}
	f.checkConnection(&errs)
	return errs.Err()
}

func (f Feed) checkToken(errs *configerr.List) {
	given := f.TokenFile != "" || len(f.TokenCommand) > 0
	switch {
	case f.TokenFile != "" && len(f.TokenCommand) > 0:
		errs.Add(configerr.Path{"token_command"}, "token_file and token_command exclude each other")
	case f.Token != "" && f.TokenFile != "":
		errs.Add(configerr.Path{"token_file"}, "token and token_file exclude each other")
	case f.Token != "" && given:
		errs.Add(configerr.Path{"token_command"}, "token and token_command exclude each other")
	case f.TokenCommand != nil && (len(f.TokenCommand) == 0 || f.TokenCommand[0] == ""):
		errs.Add(configerr.Path{"token_command"}, "names no program: write [PROGRAM, ARGUMENT, …]")
	case f.Token != "" && !wholeVariable.MatchString(f.Token):
		errs.Add(configerr.Path{"token"}, "a token does not stand in the file itself: write ${NAME}, and put it into that environment variable, or use token_file")
	case given && (hasTokenPlaceholder(f.URL) || hasTokenPlaceholder(f.Body)):
		key := "token_file"
		if f.TokenFile == "" {
			key = "token_command"
		}
		errs.Add(configerr.Path{key}, "a token from a file or a command goes into headers only: for the url and the body, use token: ${NAME}")
	case f.Token == "" && !given:
		for _, name := range slices.Sorted(maps.Keys(f.Headers)) {
			if hasTokenPlaceholder(f.Headers[name]) && f.Vars["token"] == "" {
				errs.Add(configerr.Path{"headers", name}, "the value asks for {token}: set token, token_file or token_command")
			}
		}
	}
}

// checkConnection returns the bounds of the wait before a reconnect.
func (f Feed) checkConnection(errs *configerr.List) (least, most time.Duration) {
	least, err := parseRetry(f.RetryMin, connection.MinRetryMin)
	if err != nil {
		errs.Add(configerr.Path{"retry_min"}, "%s", err)
	}
	most, err = parseRetry(f.RetryMax, connection.MinRetryMax)
	switch {
	case err != nil:
		errs.Add(configerr.Path{"retry_max"}, "%s", err)
	case most > 0 && most < least:
		errs.Add(configerr.Path{"retry_max"}, "%s is shorter than retry_min, which is %s", f.RetryMax, f.RetryMin)
	}
	if (f.TLS.Cert == "") != (f.TLS.Key == "") {
		errs.Add(configerr.Path{"tls"}, "needs both: {cert: FILE, key: FILE}")
	}
	if err := checkProxy(f.Proxy); err != nil {
		errs.Add(configerr.Path{"proxy"}, "%s", err)
	}
	return least, most
}

// parseRetry reads a wait of at least so long; zero when none is given.
func parseRetry(s string, least time.Duration) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	wait, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time: write 500ms, 5s or 2m", s)
	}
	if wait < least || wait > connection.MaxRetry {
		return 0, fmt.Errorf("%s is not between %s and 1h", s, least)
	}
	return wait, nil
}

// checkProxy never shows the proxy in its errors, since it may hold a password.
func checkProxy(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(variablePattern.ReplaceAllString(s, "x"))
	switch {
	case err != nil || u.Host == "":
		return fmt.Errorf("the proxy must be of the form http://host:port")
	case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" && u.Scheme != "socks5h":
		return fmt.Errorf("the proxy must begin with http://, https:// or socks5://")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("the proxy is a host and a port, without a path")
	}
	return nil
}

func (f *File) checkWatchlists(errs *configerr.List) {
	for _, name := range slices.Sorted(maps.Keys(f.Watchlists)) {
		at := configerr.Path{"watchlists", name}
		if len(f.Watchlists[name]) == 0 {
			errs.Add(at, "the watchlist is empty")
		}
		for i, symbol := range f.Watchlists[name] {
			if strings.TrimSpace(symbol) == "" {
				errs.Add(at.Index(i), "a symbol is empty")
			}
		}
	}
}

// maxDecimals bounds Symbol.Decimals.
const maxDecimals = 18

func (f *File) checkSymbols(errs *configerr.List) {
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(f.Symbols)) {
		at := configerr.Path{"symbols", name}
		if d := f.Symbols[name].Decimals; d < 0 || d > maxDecimals {
			errs.Add(at.Key("decimals"), "%d is not between 0 and %d", d, maxDecimals)
		}
		for i, alias := range f.Symbols[name].Aliases {
			here := at.Key("aliases").Index(i)
			_, isSymbol := f.Symbols[alias]
			switch other, twice := taken[alias]; {
			case strings.TrimSpace(alias) == "":
				errs.Add(here, "an alias is empty")
			case twice && other != name:
				errs.Add(here, "%q is an alias of %s already", alias, other)
			case alias != name && isSymbol:
				errs.Add(here, "%q is a symbol of its own", alias)
			}
			taken[alias] = name
		}
	}
}
