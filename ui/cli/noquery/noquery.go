// Package noquery keeps Bubble Tea from asking the terminal for its background when the program starts.
//
// Bubble Tea v1 asks in an init function, whatever the command, and waits 5 s for an answer that some terminals never
// give. It asks through termenv, which asks nothing of a terminal called dumb. A package is initialised as soon as all
// that it imports is, in the order of import paths; this one imports os alone, so its variables are set before those
// of Bubble Tea, which needs os/signal.
package noquery

import "os"

// term is the TERM of the environment; known says whether there was one.
var term, known = hideTerm()

func hideTerm() (string, bool) {
	term, known := os.LookupEnv("TERM")
	os.Setenv("TERM", "dumb")
	return term, known
}

// RestoreTerm gives TERM back its value. It is for the start of main.
func RestoreTerm() {
	if known {
		os.Setenv("TERM", term)
	} else {
		os.Unsetenv("TERM")
	}
}
