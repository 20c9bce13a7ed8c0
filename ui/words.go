package ui

import "livetape/feed"

// StatusWords says a change of a feed's state as the event log does: one plain line.
func StatusWords(s feed.Status) string { return turned(s).text }

// GapWords says what a reconnect missed where that is known, and admits where it is not: one plain line.
func GapWords(g *feed.Gap) string { return gapWordings(g)[0] }
