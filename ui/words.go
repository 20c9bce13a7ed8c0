package ui

import "livetape/feed"

// StatusText says a change of a feed's state as the event log does: one plain line.
func StatusText(s feed.Status) string { return statusSpan(s).text }

// GapText says what a reconnect missed where that is known, and admits where it is not: one plain line.
func GapText(g *feed.Gap) string { return gapTexts(g)[0] }
