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

// judged is what a sequence says.
type judged struct{ Lost, Again, Late, Unclear, Foreign uint64 }

func (q *sequence) judged() judged { return judged{q.losses(), q.again, q.late, q.unclear, q.foreign} }

func TestASequenceTellsLostFromLateFromDoubled(t *testing.T) {
	for _, test := range []struct {
		name string
		ids  string // after e-10
		want judged
	}{
		{"all there", "11 12 13", judged{}},
		{"one lost behind the snapshot", "12 13", judged{Lost: 1}},
		{"three lost in two places", "11 14 16", judged{Lost: 3}},
		{"late, and no longer lost", "11 13 12 14", judged{Late: 1}},
		{"late at either end of a hole", "15 11 14 13", judged{Late: 3, Lost: 1}},
		{"late in the middle of a hole", "15 13 11 14 12", judged{Late: 4}},
		{"doubled", "11 11 12 11", judged{Again: 2}},
		{"late and then doubled", "12 11 11", judged{Late: 1, Again: 1}},
		{"of before the snapshot", "10 11", judged{Again: 1}},
		{"of another form", "11 x 12", judged{Foreign: 1}},
		{"with a zero in front", "011 11", judged{Foreign: 1}},
	} {
		var q sequence
		q.begin([]byte("e-10"))
		for _, id := range splitWords(test.ids) {
			q.take([]byte("e-" + id))
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

func TestASnapshotStandsForWhatItSkips(t *testing.T) {
	var q sequence
	for _, id := range []string{"e-10", "e-20", "e-15"} { // the last is a replay's
		if !q.begin([]byte(id)) {
			t.Error(id)
		}
	}
	if q.losses() != 10 || q.last != 20 {
		t.Errorf("%+v", q)
	}
	q.begin([]byte("f-3"))
	q.take([]byte("f-4"))
	if q.losses() != 10 || q.newEpochs != 1 || q.last != 4 {
		t.Errorf("in the next epoch: %+v", q)
	}
	if q.begin([]byte("1042")) || q.begin([]byte("-4")) || q.begin([]byte("e-")) || q.begin(nil) {
		t.Error("ids that do not count are taken for some that do")
	}
}

func TestASequenceAgreesWithAPlainCountWhateverComes(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var q sequence
		q.begin([]byte("e-0"))
		seen := map[int]int{}
		var want judged
		most := 0
		for range 200 {
			n := max(1, most+chance.IntN(7)-3)
			q.take([]byte("e-" + strconv.Itoa(n)))
			switch {
			case seen[n] > 0:
				want.Again++
			case n < most:
				want.Late++
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

func TestHolesBeyondTheBoundAreLostForGoodAndSaidToBeUnclear(t *testing.T) {
	var q sequence
	q.begin([]byte("e-0"))
	for n := 2; n <= 2*(keptHoles+10); n += 2 {
		q.take([]byte("e-" + strconv.Itoa(n)))
	}
	if len(q.holes) != keptHoles || q.losses() != keptHoles+10 {
		t.Errorf("%d holes, %d lost", len(q.holes), q.losses())
	}
	q.take([]byte("e-1"))
	q.take([]byte("e-99"))
	if q.unclear != 1 || q.late != 1 || q.losses() != keptHoles+9 {
		t.Errorf("%+v", q.judged())
	}
}

// accounts notes in a union what clients saw: a letter is an id.
func accounts(u *union, clients ...string) (all [][]uint32) {
	for _, ids := range clients {
		var seen []uint32
		for _, id := range ids {
			seen, _ = u.note(seen, []byte(string(id)))
		}
		all = append(all, seen)
	}
	return all
}

func TestAUnionKnowsWhatOthersSaw(t *testing.T) {
	for _, test := range []struct {
		name    string
		clients []string
		want    []verdict
	}{
		{"all the same", []string{"abcd", "abcd"}, []verdict{{}, {}}},
		{"one came later, and told of it first", []string{"cde", "abcde"}, []verdict{{}, {}}},
		{"one left early", []string{"abcde", "ab"}, []verdict{{}, {behind: 3}}},
		{"one lost two", []string{"abcde", "ae"}, []verdict{{}, {lost: 3}}},
		{"each lost another", []string{"abde", "acde"}, []verdict{{lost: 1}, {lost: 1}}},
		{"doubled", []string{"abcd", "abbcd"}, []verdict{{}, {again: 1}}},
		{"out of order", []string{"abcde", "abcde", "abdce"}, []verdict{{}, {}, {late: 1}}},
		{"one that saw nothing", []string{"abc", ""}, []verdict{{}, {}}},
		{"those that never met, and one that saw both", []string{"abc", "fg", "cdefg"}, []verdict{{behind: 4}, {}, {}}},
	} {
		u := newUnion()
		got := u.judge(accounts(u, test.clients...))
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(verdict{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// listener is one of the clients of a broadcast: it hears from one event to another, and loses and doubles some.
type listener struct {
	from, to int
	seen     []uint32
	heard    []bool
	doubled  uint64
}

func (l *listener) hear(u *union, n int, chance *rand.Rand) {
	if n < l.from || n > l.to || n != l.from && n != l.to && chance.IntN(10) == 0 {
		return
	}
	l.heard[n] = true
	l.seen, _ = u.note(l.seen, []byte(strconv.Itoa(n)))
	if chance.IntN(20) == 0 {
		l.doubled++
		l.seen, _ = u.note(l.seen, []byte(strconv.Itoa(n)))
	}
}

func TestAUnionFindsExactlyWhatWasTaken(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	const events = 300
	for range 100 {
		u := newUnion()
		var all []*listener
		for range 6 {
			from := chance.IntN(events / 3)
			all = append(all, &listener{from: from, to: from + events/3 + chance.IntN(events/3), heard: make([]bool, events)})
		}
		for n := range events {
			for _, l := range all {
				l.hear(u, n, chance)
			}
		}
		var accounts [][]uint32
		for _, l := range all {
			accounts = append(accounts, l.seen)
		}
		for i, v := range u.judge(accounts) {
			if want := all[i].want(all); v.lost != want.lost || v.again != want.again || v.late != want.late {
				t.Fatalf("client %d: %+v, want %+v", i, v, want)
			}
		}
	}
}

// want is what can be known: an event that nobody heard is not missed.
func (l *listener) want(all []*listener) (v verdict) {
	v.again = l.doubled
	for n := l.from; n <= l.to; n++ {
		if !l.heard[n] && slices.ContainsFunc(all, func(other *listener) bool { return other.heard[n] }) {
			v.lost++
		}
	}
	return v
}

func TestAUnionThatIsFullSaysSo(t *testing.T) {
	u := newUnion()
	u.ids.Store(keptIDs - 1)
	seen, ok := u.note(nil, []byte("last"))
	if !ok || len(seen) != 1 {
		t.Error("there was room for one")
	}
	if seen, ok = u.note(seen, []byte("one more")); ok || len(seen) != 1 {
		t.Error("there was no room for another")
	}
	if _, ok = u.note(seen, []byte("last")); ok {
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
	var l latencies
	l.add(&h[0])
	l.add(&h[1])
	for _, q := range []float64{0, 0.5, 0.99, 0.999, 1} {
		exact := took[min(int(q*float64(len(took))), len(took)-1)]
		if got := l.quantile(q); got < exact || got > exact+exact/30+time.Microsecond {
			t.Errorf("quantile %v: %s, exactly %s", q, got, exact)
		}
	}
	if l.least != took[0] || l.most != took[len(took)-1] || l.total != 20_000 {
		t.Errorf("%s to %s of %d", l.least, l.most, l.total)
	}
}

func TestEveryDurationIsInItsBucket(t *testing.T) {
	for d := time.Duration(1); d < 60*time.Minute; d += d/7 + 1 {
		b := bucketOf(d)
		if top := topOf(b); d > top || b > 0 && d <= topOf(b-1) {
			t.Fatalf("%s is in bucket %d, up to %s", d, b, top)
		}
	}
	if bucketOf(100*time.Hour) != buckets-1 || bucketOf(-time.Second) != 0 {
		t.Error("what is out of bounds is not at the bound")
	}
}

func TestTheStampIsThePayloadsOwn(t *testing.T) {
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
		got, ok := stampOf(&event{data: []byte(data), whole: true})
		if ok != want || ok && got.Format(time.RFC3339Nano) != stamp {
			t.Errorf("%s: %s, %t", data, got, ok)
		}
	}
	if _, ok := stampOf(&event{data: []byte(`{"time":"` + stamp + `"}`)}); ok {
		t.Error("what was cut has a time")
	}
}
