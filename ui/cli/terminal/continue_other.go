//go:build !unix

package terminal

// Continue does nothing where processes are not suspended.
func Continue() {}
