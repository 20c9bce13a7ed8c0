// Package flags has what commands share of their flags: [Size] and [Text] are values that say what they may be, [Rename]
// keeps an old spelling for one version, and [Explain] says in plain words what is wrong with a command line.
package flags

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"livetape/feed/decode/configerr"
	"livetape/feed/decode/preset"
)

// Size is the value of a flag for an amount of bytes: 64MiB, 8MB, or a plain number, which is in MiB.
type Size struct {
	Bytes int64
	sizes preset.SizeRange
	never bool // 0 is for none, without a bound
}

// NewSize is a flag's value within bounds, and with the default that they have.
func NewSize(sizes preset.SizeRange) *Size { return &Size{Bytes: int64(sizes.Default), sizes: sizes} }

// NewLimit is the same where 0, the default, means that there is no limit.
func NewLimit(sizes preset.SizeRange) *Size { return &Size{sizes: sizes, never: true} }

// Set implements [pflag.Value].
func (s *Size) Set(text string) error {
	if s.never && text == "0" {
		s.Bytes = 0
		return nil
	}
	if _, err := strconv.Atoi(text); err == nil {
		text += "MiB"
	}
	n, err := s.sizes.Parse(text)
	if err == nil {
		s.Bytes = int64(n)
	}
	return err
}

// String implements [pflag.Value]: the size in the largest unit that it is a multiple of.
func (s *Size) String() string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if s.Bytes > 0 && s.Bytes%unit.bytes == 0 {
			return strconv.FormatInt(s.Bytes/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(s.Bytes, 10)
}

// Type implements [pflag.Value].
func (s *Size) Type() string { return "size" }

// Text is the value of a flag that is one of a few words, in upper or lower case.
type Text struct {
	word  string
	known []string
}

// NewText is such a value. Its default may be another than the known words.
func NewText(usual string, known ...string) *Text { return &Text{usual, known} }

// Set implements [pflag.Value].
func (t *Text) Set(word string) error {
	i := slices.IndexFunc(t.known, func(known string) bool { return strings.EqualFold(known, word) })
	if i < 0 {
		return unknownWordError{fmt.Sprintf("%q%s; it must be %s", word, configerr.DidYouMean(word, t.known, nil), or(t.known))}
	}
	t.word = t.known[i]
	return nil
}

// or is a list in words: "auto, sse or ndjson".
func or(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// unknownWordError says by itself what may be written.
type unknownWordError struct{ text string }

func (e unknownWordError) Error() string { return e.text }

// String implements [pflag.Value].
func (t *Text) String() string { return t.word }

// Type implements [pflag.Value].
func (t *Text) Type() string { return "word" }

// Words are what the value may be.
func (t *Text) Words() []string { return t.known }

// Rename has a command take old, with an optional one-letter shorthand, as another spelling of its flag name for one more
// version. Convert makes the new flag's value of the old one's; nil leaves it as it is.
func Rename(cmd *cobra.Command, old, shorthand, name string, convert func(string) string) {
	to := cmd.Flags().Lookup(name)
	value := &renamed{cmd: cmd, old: old, to: to, convert: convert}
	flag := cmd.Flags().VarPF(value, old, shorthand, "now --"+name)
	flag.Hidden = true
	if convert != nil || to.Value.Type() == "bool" {
		flag.NoOptDefVal = "true"
	}
}

type renamed struct {
	cmd     *cobra.Command
	old     string
	to      *pflag.Flag
	convert func(string) string
}

// Set implements [pflag.Value].
func (r *renamed) Set(text string) error {
	set := text
	if r.convert != nil {
		set = r.convert(text)
	}
	fmt.Fprintf(r.cmd.ErrOrStderr(), "livetape: --%s is now --%s; this version still takes it\n", r.old, strings.TrimSpace(r.to.Name+" "+r.example(set)))
	return r.cmd.Flags().Set(r.to.Name, set)
}

// example is the value to write, where the old spelling had none.
func (r *renamed) example(set string) string {
	if r.convert == nil {
		return ""
	}
	return set
}

// String implements [pflag.Value].
func (r *renamed) String() string { return "" }

// Type implements [pflag.Value].
func (r *renamed) Type() string { return r.to.Value.Type() }

// Explain says in plain words what is wrong with a flag of cmd or its value. Other errors are plain already.
func Explain(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && strings.HasPrefix(err.Error(), "unknown flag") {
		return fmt.Errorf("%w%s", err, configerr.DidYouMean(unknown.GetSpecifiedName(), visible(cmd), nil))
	}
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	name, value, kind := bad.GetFlag().Name, bad.GetValue(), bad.GetFlag().Value.Type()
	wanted, known := map[string]string{
		"int": "not a whole number", "int64": "not a whole number", "uint64": "not a whole number of 0 or more",
		"float64": "not a number", "duration": "not a time such as 10s or 5m", "bool": "neither true nor false",
	}[kind]
	switch {
	case kind == "size":
		return fmt.Errorf("--%s: %w", name, bad.Unwrap())
	case kind == "word":
		return fmt.Errorf("--%s is %w", name, bad.Unwrap())
	case !known:
		return err
	case errors.Is(err, strconv.ErrRange):
		wanted = "too large a number"
	}
	return fmt.Errorf("--%s %s: %s", name, value, wanted)
}

func visible(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}
