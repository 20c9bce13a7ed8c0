package infer

import (
	"slices"

	"github.com/tidwall/gjson"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
)

var unmappableKinds = []string{orderKind, liquidationKind, cancellationKind, deletionKind, rejectionKind, expiryKind, requestKind,
	heartbeatKind, announcementKind, errorKind}

// MapHelps reports whether a map written by hand may read an event that none was found for: it is JSON, of a kind that may have
// something to show, and holds a number or a text beside ids and times.
func MapHelps(eventType string, data []byte) bool {
	if len(data) > maxBytes {
		return true // it is not looked at
	}
	payload, reason, err := mapping.ParsePayload(decode.Text(data))
	if err != nil || reason != "" || isJSONPatch(payload) {
		return false
	}
	for _, kind := range append(append(messageKinds(payload), eventType), rowKinds(payload, 0)...) {
		if slices.Contains(unmappableKinds, whyNotPrice(kind)) {
			return false
		}
	}
	return holdsContent(payload, "", 0)
}

// holdsContent reports whether a value is, or has below it, a number or a text that is no id, no time and no kind of message.
func holdsContent(v gjson.Result, name string, depth int) (found bool) {
	if depth > maxShapeDepth {
		return true
	}
	if v.IsObject() || v.IsArray() {
		v.ForEach(func(key, below gjson.Result) bool {
			found = holdsContent(below, key.Str, depth+1)
			return !found
		})
		return found
	}
	isContent := v.Type == gjson.Number || v.Type == gjson.String && v.Str != ""
	return isContent && !isID(name) && !isCounterName(name) && plainName(name) != "uuid" && !slices.Contains(kindNames, plainName(name)) && !isTime(v)
}
