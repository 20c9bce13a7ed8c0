package loadgen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// judged is what a sequence found.
type judged struct{ Lost, Duplicated, OutOfOrder, Unclear, Malformed uint64 }

func (q *idSequence) judged() judged {
	return judged{q.losses(), q.duplicated, q.outOfOrder, q.unclear, q.malformed}
}

func TestASequenceTellsLostFromLateFromDuplicated(t *testing.T) {
	for _, test := range []struct {
		name string
		ids  string // after e-10
		want judged
	}{
		{"all there", "11 12 13", judged{}},
		{"one lost after the snapshot", "12 13", judged{Lost: 1}},
		{"three lost in two places", "11 14 16", judged{Lost: 3}},
		{"late, and no longer lost", "11 13 12 14", judged{OutOfOrder: 1}},
		{"late at either end of a gap", "15 11 14 13", judged{OutOfOrder: 3, Lost: 1}},
		{"late in the middle of a gap", "15 13 11 14 12", judged{OutOfOrder: 4}},
		{"duplicated", "11 11 12 11", judged{Duplicated: 2}},
		{"late and then duplicated", "12 11 11", judged{OutOfOrder: 1, Duplicated: 1}},
		{"from before the snapshot", "10 11", judged{Duplicated: 1}},
		{"of another form", "11 x 12", judged{Malformed: 1}},
		{"with a zero in front", "011 11", judged{Malformed: 1}},
	} {
		var q idSequence
		q.start([]byte("e-10"))
		for _, id := range splitWords(test.ids) {
			q.add([]byte("e-" + id))
		}
		if diff := cmp.Diff(test.want, q.judged()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func splitWords(s string) (words []string) {
	for len(s) > 0 {
		var word string
		if _, err := fmt.Sscan(s, &word); err != nil {
			return words
		}
		words = append(words, word)
		s = s[min(len(word)+1, len(s)):]
	}
	return words
}

func TestWhatASnapshotSkipsIsLost(t *testing.T) {
	var q idSequence
	for _, id := range []string{"e-10", "e-20", "e-15"} { // the last is that of a replay
		if !q.start([]byte(id)) {
			t.Error(id)
		}
	}
	if q.losses() != 10 || q.last != 20 {
		t.Errorf("%+v", q)
	}
	q.start([]byte("f-3"))
	q.add([]byte("f-4"))
	if q.losses() != 10 || q.epochs != 1 || q.last != 4 {
		t.Errorf("in the next epoch: %+v", q)
	}
	if q.start([]byte("1042")) || q.start([]byte("-4")) || q.start([]byte("e-")) || q.start(nil) {
		t.Error("ids that do not count are taken for some that do")
	}
}

func TestASequenceAgreesWithAPlainCountWhateverComes(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var q idSequence
		q.start([]byte("e-0"))
		seen := map[int]int{}
		var want judged
		most := 0
		for range 200 {
			n := max(1, most+chance.IntN(7)-3)
			q.add([]byte("e-" + strconv.Itoa(n)))
			switch {
			case seen[n] > 0:
				want.Duplicated++
			case n < most:
				want.OutOfOrder++
			}
			seen[n]++
			most = max(most, n)
		}
		want.Lost = uint64(most - len(seen))
		if diff := cmp.Diff(want, q.judged()); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestGapsBeyondTheBoundAreLostForGoodAndThenUnclear(t *testing.T) {
	var q idSequence
	q.start([]byte("e-0"))
	for n := 2; n <= 2*(maxGaps+10); n += 2 {
		q.add([]byte("e-" + strconv.Itoa(n)))
	}
	if len(q.gaps) != maxGaps || q.losses() != maxGaps+10 {
		t.Errorf("%d gaps, %d lost", len(q.gaps), q.losses())
	}
	q.add([]byte("e-1"))
	q.add([]byte("e-99"))
	if q.unclear != 1 || q.outOfOrder != 1 || q.losses() != maxGaps+9 {
		t.Errorf("%+v", q.judged())
	}
}

// compared adds to a comparison what clients saw: a letter is an id.
func compared(c *comparison, clients ...string) (all [][]uint32) {
	for _, ids := range clients {
		var seen []uint32
		for _, id := range ids {
			seen, _ = c.add(seen, []byte(string(id)))
		}
		all = append(all, seen)
	}
	return all
}

func TestAComparisonKnowsWhatOthersSaw(t *testing.T) {
	for _, test := range []struct {
		name    string
		clients []string
		want    []clientResult
	}{
		{"all the same", []string{"abcd", "abcd"}, []clientResult{{}, {}}},
		{"one came later, and told of it first", []string{"cde", "abcde"}, []clientResult{{}, {}}},
		{"one left early", []string{"abcde", "ab"}, []clientResult{{}, {behind: 3}}},
		{"one lost two", []string{"abcde", "ae"}, []clientResult{{}, {lost: 3}}},
		{"each lost another", []string{"abde", "acde"}, []clientResult{{lost: 1}, {lost: 1}}},
		{"duplicated", []string{"abcd", "abbcd"}, []clientResult{{}, {duplicated: 1}}},
		{"out of order", []string{"abcde", "abcde", "abdce"}, []clientResult{{}, {}, {outOfOrder: 1}}},
		{"one that saw nothing", []string{"abc", ""}, []clientResult{{}, {}}},
		{"those that never met, and one that saw both", []string{"abc", "fg", "cdefg"}, []clientResult{{behind: 4}, {}, {}}},
	} {
		c := newComparison()
		got := c.judge(compared(c, test.clients...))
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(clientResult{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// fakeClient receives from one event to another, and loses and duplicates some.
type fakeClient struct {
	from, to   int
	seen       []uint32
	received   []bool
	duplicated uint64
}

func (l *fakeClient) receive(c *comparison, n int, chance *rand.Rand) {
	if n < l.from || n > l.to || n != l.from && n != l.to && chance.IntN(10) == 0 {
		return
	}
	l.received[n] = true
	l.seen, _ = c.add(l.seen, []byte(strconv.Itoa(n)))
	if chance.IntN(20) == 0 {
		l.duplicated++
		l.seen, _ = c.add(l.seen, []byte(strconv.Itoa(n)))
	}
}

func TestAComparisonFindsExactlyWhatWasTaken(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	const events = 300
	for range 100 {
		c := newComparison()
		var all []*fakeClient
		for range 6 {
			from := chance.IntN(events / 3)
			all = append(all, &fakeClient{from: from, to: from + events/3 + chance.IntN(events/3), received: make([]bool, events)})
		}
		for n := range events {
			for _, l := range all {
				l.receive(c, n, chance)
			}
		}
		var seen [][]uint32
		for _, l := range all {
			seen = append(seen, l.seen)
		}
		for i, v := range c.judge(seen) {
			if want := all[i].want(all); v.lost != want.lost || v.duplicated != want.duplicated || v.outOfOrder != want.outOfOrder {
				t.Fatalf("client %d: %+v, want %+v", i, v, want)
			}
		}
	}
}

// want is what can be known: an event that no client received is not missed.
func (l *fakeClient) want(all []*fakeClient) (v clientResult) {
	v.duplicated = l.duplicated
	for n := l.from; n <= l.to; n++ {
		if !l.received[n] && slices.ContainsFunc(all, func(other *fakeClient) bool { return other.received[n] }) {
			v.lost++
		}
	}
	return v
}

func TestAComparisonThatIsFullSaysSo(t *testing.T) {
	c := newComparison()
	c.ids.Store(maxIDs - 1)
	seen, ok := c.add(nil, []byte("last"))
	if !ok || len(seen) != 1 {
		t.Error("there was room for one")
	}
	if seen, ok = c.add(seen, []byte("one more")); ok || len(seen) != 1 {
		t.Error("there was no room for another")
	}
	if _, ok = c.add(seen, []byte("last")); ok {
		t.Error("from then on nothing is judged")
	}
}

func TestQuantilesAreNeverTooShortAndAtMostAThirtiethTooLong(t *testing.T) {
	chance := rand.New(rand.NewPCG(5, 6))
	var h [2]histogram
	var took []time.Duration
	for i := range 20_000 {
		d := time.Duration(chance.ExpFloat64() * float64(5*time.Millisecond))
		took = append(took, d)
		h[i%2].add(d)
	}
	slices.Sort(took)
	var l histogram
	l.merge(&h[0])
	l.merge(&h[1])
	for _, q := range []float64{0, 0.5, 0.99, 0.999, 1} {
		exact := took[min(int(q*float64(len(took))), len(took)-1)]
		if got := l.quantile(q); got < exact || got > exact+exact/30+time.Microsecond {
			t.Errorf("quantile %v: %s, exactly %s", q, got, exact)
		}
	}
	if l.min != took[0] || l.max != took[len(took)-1] || l.total != 20_000 {
		t.Errorf("%s to %s of %d", l.min, l.max, l.total)
	}
}

func TestEveryDurationIsInItsBucket(t *testing.T) {
	for d := time.Duration(1); d < 60*time.Minute; d += d/7 + 1 {
		b := bucketIndex(d)
		if top := bucketLimit(b); d > top || b > 0 && d <= bucketLimit(b-1) {
			t.Fatalf("%s is in bucket %d, up to %s", d, b, top)
		}
	}
	if bucketIndex(100*time.Hour) != bucketCount-1 || bucketIndex(-time.Second) != 0 {
		t.Error("what is out of bounds is not at the bound")
	}
}

func TestTheTimestampIsThePayloadsOwn(t *testing.T) {
	const stamp = "2026-11-21T14:00:00.123456789Z"
	for data, want := range map[string]bool{
		`{"symbol":"NVDA","time":"` + stamp + `"}`:  true,
		`{"time":"` + stamp + `","symbol":"NVDA"}`:  true,
		`{ "time" : "` + stamp + `" }`:              true,
		`{"a":{"time":"` + stamp + `"}}`:            false,
		`{"a":{"time":"` + stamp + `"},"b":1}`:      false,
		`{"headline":"a \"time\":\"` + stamp + `"}`: false,
		`{"headline":"x","time":"` + stamp + `\""}`: false,
		`{"time":"yesterday"}`:                      false,
		`{"time":1700000000}`:                       false,
		`[{"time":"` + stamp + `"}]`:                false,
		``:                                          false,
		`{"a":[{"time":"` + stamp + `"}`:            true, // no JSON, and it does not matter
	} {
		got, ok := timestampOf(&event{data: []byte(data), whole: true})
		if ok != want || ok && got.Format(time.RFC3339Nano) != stamp {
			t.Errorf("%s: %s, %t", data, got, ok)
		}
	}
	if _, ok := timestampOf(&event{data: []byte(`{"time":"` + stamp + `"}`)}); ok {
		t.Error("what was cut has a time")
	}
}
