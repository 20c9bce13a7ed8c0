package market

// Origin is the feed behind a relay that an update came from; empty where there is no relay.
func Origin(u Update) string {
	switch u := u.(type) {
	case Quote:
		return u.Feed
	case Headline:
		return u.Feed
	case Halt:
		return u.Feed
	case Reading:
		return u.Feed
	}
	return ""
}

// WithOrigin is u as coming from a feed behind a relay.
func WithOrigin(u Update, feed string) Update {
	switch u := u.(type) {
	case Quote:
		u.Feed = feed
		return u
	case Headline:
		u.Feed = feed
		return u
	case Halt:
		u.Feed = feed
		return u
	case Reading:
		u.Feed = feed
		return u
	}
	return u
}
