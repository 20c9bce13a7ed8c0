package infer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// member is a member of a JSON object, whose order matters to this test.
type member struct {
	key   string
	value any
}

// understoodPayloads are read in one way however they are written; zzz marks members that mean nothing.
var understoodPayloads = []string{
	`{"symbol":"QRS","price":41.05,"bid":40.98,"ask":41.12,"zzz1":"x"}`,
	`{"s":"QRSEUR","o":"40.10","h":"41.20","l":"39.80","p":"0.90","P":"2.24","c":"41.00","v":"900"}`,
	`{"s":"QRSEUR","A":"7","a":"41.02","B":"12","b":"40.98"}`,
	`{"S":"QRS","B":"40.98","A":"41.02","L":"41.00"}`,
	`{"symbol":"QRS","price":"4100250","expo":"-5","zzz1":true}`,
	`{"symbol":"Q","last":44,"prevClose":40,"change":4,"zzz1":"y","zzz2":null}`,
	`{"symbol":"Q","x":{"price":3},"y":{"price":41},"bid":40.9,"ask":41.1}`,
	`{"symbol":"Q","last":41,"bid":-1,"ask":41.1}`,
	`{"symbol":"CL","last":-37.63,"bid":-38,"ask":-37}`,
	`{"symbol":"Q","bids":[{"price":40.9,"qty":12,"id":"x1"},{"price":40.8,"qty":2,"id":"x2"}],"asks":[{"price":41.1,"qty":3,"id":"y1"}]}`,
	`{"symbol":"Q","last":41,"bids":[[40.9,1]],"asks":[[41.1,1]]}`,
	`{"op":"u","before":{"symbol":"Q","price":39},"after":{"symbol":"Q","price":41}}`,
	`{"symbol":"Q","oldPrice":39,"newPrice":41,"zzz1":"x"}`,
	`{"symbol":"Q","history":[{"time":1767225600,"price":40},{"time":1767225660,"price":41}]}`,
	`{"e":"mark","E":1767225600000,"s":"QRSEUR","p":"41.00","T":1767254400000}`,
	`{"symbol":"Q","markPrice":"41.5","lastPrice":"41.0","zzz1":"abc"}`,
	`{"temperature":25,"humidity":60}`,
	`{"message":"Hello","timestamp":"2026-01-01T00:00:00Z"}`,
}

func FuzzHowAPayloadIsWrittenDoesNotChangeWhatIsShown(f *testing.F) {
	for i := range understoodPayloads {
		for _, changes := range []byte{1, 7, 8, 15, 18, 31} {
			f.Add(uint8(i), changes, uint64(i)+7)
		}
	}
	f.Fuzz(func(t *testing.T, which, changes uint8, seed uint64) {
		payload := understoodPayloads[int(which)%len(understoodPayloads)]
		value, err := parseOrdered(payload)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(seed, 0))
		if changes&1 != 0 {
			value = permuted(value, random)
		}
		if changes&2 != 0 {
			value = renamed(value, random)
		}
		if changes&4 != 0 {
			value = asText(value)
		}
		switch changes >> 3 & 3 {
		case 1:
			value = []member{{"data", value}}
		case 2:
			value = []member{{"payload", value}}
		case 3:
			value = []any{value}
		}
		rewritten := writeOrdered(value)
		want, got := read(payload), read(rewritten)
		if strings.HasPrefix(want[0], "reading ") { // each has a row of its own: their order is that of the members
			slices.Sort(want)
			slices.Sort(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s\nwant (-), got (+):\n%s", payload, rewritten, diff)
		}
	})
}

func permuted(value any, random *rand.Rand) any {
	switch v := value.(type) {
	case []member:
		members := slices.Clone(v)
		random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		for i := range members {
			members[i].value = permuted(members[i].value, random)
		}
		return members
	case []any:
		list := slices.Clone(v)
		for i := range list {
			list[i] = permuted(list[i], random)
		}
		return list
	}
	return value
}

// renamed gives members that mean nothing names that mean nothing.
func renamed(value any, random *rand.Rand) any {
	members, ok := value.([]member)
	if !ok {
		return value
	}
	members = slices.Clone(members)
	for i := range members {
		if strings.HasPrefix(members[i].key, "zzz") {
			members[i].key = fmt.Sprintf("w%04d", random.IntN(10_000))
		}
	}
	return members
}

// asText writes numbers as strings.
func asText(value any) any {
	switch v := value.(type) {
	case []member:
		members := slices.Clone(v)
		for i := range members {
			members[i].value = asText(members[i].value)
		}
		return members
	case []any:
		list := slices.Clone(v)
		for i := range list {
			list[i] = asText(list[i])
		}
		return list
	case json.Number:
		return v.String()
	}
	return value
}

func parseOrdered(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return readOrdered(d)
}

func readOrdered(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			value, err := readOrdered(d)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		members := []member{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			value, err := readOrdered(d)
			if err != nil {
				return nil, err
			}
			members = append(members, member{key.(string), value})
		}
		_, err := d.Token()
		return members, err
	}
	return token, nil
}

func writeOrdered(value any) string {
	var b bytes.Buffer
	switch v := value.(type) {
	case []member:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:%s", m.key, writeOrdered(m.value))
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(writeOrdered(e))
		}
		b.WriteByte(']')
	default:
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		b.Write(text)
	}
	return b.String()
}
