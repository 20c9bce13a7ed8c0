package cli_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/mockserver"
	"livetape/mockserver/fault"
)

// faultCase is a fault of the server, and all that the feed must say and do about it. It is told in the order in
// which it happens.
type faultCase struct {
	name   string
	server mockserver.Config
	client feed.Config
	fresh  bool // the fault is on when the feed starts

	held   bool   // whoever comes back waits until the market has moved on
	fault  string // as a user writes it
	during int    // events of the market, under the fault
	taken  int    // how many of them come, each as often as it does; 0: all
	then   string // a second fault, when the first is over: it ends the stream

	states []wantStatus // exactly these, from the fault on
	away   int          // events while the feed is away
	behind int          // events when it is back, the fault still on

	press string       // the user's key, after the fault is cleared; empty: none is needed
	after []wantStatus // exactly these, when it is better
	tries bool         // instead of after: it may have tried in vain any number of times more

	gap           *feed.Gap // Kind, Replayed, Missed and Planned; nil: none
	lost, doubled int       // events that never came, or came again
	found         findings
	check         func(*testing.T, *subscriber)
	hasOwnBoard   bool // which differs from the server's: of what the fault leaves out, or dates back
}

// wantStatus is what a status says, as far as it is certain.
type wantStatus struct {
	State   feed.State
	Cause   string
	Attempt int
	Planned bool
	Advice  string
	Wait    time.Duration // exactly; of a random one, the longest that it may be
	Whole   bool          // Wait is the longest, too, and it is in whole seconds
}

// The statuses that come again and again.
var (
	endedCleanly = wantStatus{State: feed.Waiting, Cause: "the server ended the stream", Planned: true, Wait: shortRetry}
	reconnecting = wantStatus{State: feed.Connecting, Planned: true}
	live         = wantStatus{State: feed.Live}
)

func connecting(attempt int) wantStatus { return wantStatus{State: feed.Connecting, Attempt: attempt} }
func liveAfter(attempt int) wantStatus  { return wantStatus{State: feed.Live, Attempt: attempt} }

func waiting(attempt int, cause string, wait time.Duration) wantStatus {
	return wantStatus{State: feed.Waiting, Attempt: attempt, Cause: cause, Wait: wait}
}

func failed(cause, advice string) wantStatus {
	return wantStatus{State: feed.Failed, Attempt: 1, Cause: cause, Advice: advice}
}

func resumed(replayed int) *feed.Gap { return &feed.Gap{Kind: feed.Resumed, Replayed: replayed} }

func resumedAsPlanned(replayed int) *feed.Gap {
	return &feed.Gap{Kind: feed.Resumed, Replayed: replayed, Planned: true}
}

// TestEveryFaultLeadsToItsStateCauseAndCounters holds the feed to what it promises of each fault that the server can
// have, over real connections. After each, the board is the truth, and the feed as good as new.
func TestEveryFaultLeadsToItsStateCauseAndCounters(t *testing.T) {
	t.Parallel()
	var all []faultCase
	for _, rows := range [][]faultCase{faultsOfConnections(), faultsOfAnswers(), faultsOfEvents()} {
		all = append(all, rows...)
	}
	requireAllFaults(t, all)
	t.Run("each", func(t *testing.T) {
		for _, row := range all {
			t.Run(row.title(), func(t *testing.T) {
				t.Parallel()
				row.run(t)
			})
		}
	})
}

func requireAllFaults(t *testing.T, all []faultCase) {
	t.Helper()
	rows := map[string]int{}
	for _, row := range all {
		parsed, err := fault.Parse(row.fault)
		if err != nil {
			t.Fatal(err)
		}
		rows[parsed.Name]++
	}
	rows[fault.OtherNode]++ // TestAnotherNodeIsNotTakenForAResume
	for _, info := range fault.List() {
		if rows[info.Name] == 0 {
			t.Errorf("nothing is said of the fault %s", info.Name)
		}
	}
}

func (row faultCase) title() string {
	title := row.fault
	if row.then != "" {
		title += " then " + row.then
	}
	return strings.TrimSpace(title + " " + row.name)
}

func (row faultCase) run(t *testing.T) {
	p := row.begin(t)
	epoch, last := cutID(t, p.mock.Newest())
	row.applyFault(p)
	row.recover(p)

	lost, doubled := 0, 0
	now, newest := cutID(t, p.mock.Newest())
	if now != epoch {
		lost, doubled = p.countLostAndDoubled(epoch, last)
	}
	l, d := p.countLostAndDoubled(now, newest)
	if lost+l != row.lost || doubled+d != row.doubled {
		t.Errorf("%d events lost and %d doubled, want %d and %d", lost+l, doubled+d, row.lost, row.doubled)
	}
	row.requireGap(t, p)
	if row.check != nil {
		row.check(t, p)
	}
	if !row.hasOwnBoard {
		p.requireTruth()
	}
	row.requireGoodAsNew(t, p)
	if diff := cmp.Diff(row.found, p.found); diff != "" {
		t.Errorf("what was found (-want +got):\n%s", diff)
	}
}

// begin starts the feed and brings it to where the fault strikes.
func (row faultCase) begin(t *testing.T) *subscriber {
	t.Helper()
	if row.fresh {
		return startSubscriber(t, row.server, row.client, func(mock *mockserver.Server) {
			parsed, err := fault.Parse(row.fault)
			if err == nil {
				err = mock.Inject(parsed)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	p := startSubscriber(t, row.server, row.client, nil)
	p.catchUp()
	p.step(20)
	p.catchUp()
	p.statuses = nil
	return p
}

// applyFault lets the fault have its way up to the last of the states.
func (row faultCase) applyFault(p *subscriber) {
	p.t.Helper()
	if row.held {
		p.gate.close()
	}
	if !row.fresh {
		p.inject(row.fault)
	}
	if row.during > 0 {
		want := p.arrived + row.during
		if row.taken > 0 {
			want = p.arrived + row.taken
		}
		p.step(row.during)
		p.takeUntil("takes what comes under the fault", func() bool { return p.arrived >= want })
	}
	if row.then != "" {
		p.inject("clear")
		p.inject(row.then)
	}
	p.takeUntil("goes through its states", func() bool { return len(p.statuses) >= len(row.states) })
	if diff := cmp.Diff(row.states, statusesOf(p, row.states)); diff != "" {
		p.t.Errorf("states under the fault (-want +got):\n%s", diff)
	}
	p.statuses = nil
}

// recover ends the fault and brings the feed up to date.
func (row faultCase) recover(p *subscriber) {
	p.t.Helper()
	p.step(row.away)
	p.gate.open()
	if row.held {
		p.takeUntil("accounts for its absence", func() bool { return len(p.gaps) > 0 })
		p.catchUp()
	}
	if row.behind > 0 {
		p.step(row.behind)
		p.catchUp()
	}
	p.inject("clear")
	p.press(row.press)
	p.takeUntil("accounts for its absence", func() bool { return row.gap == nil || len(p.gaps) > 0 })
	p.catchUp()
	p.step(3)
	p.catchUp()
	if row.tries {
		row.requireSameAsBefore(p)
	} else if diff := cmp.Diff(row.after, statusesOf(p, row.after)); diff != "" {
		p.t.Errorf("states after the fault (-want +got):\n%s", diff)
	}
	p.statuses = nil
}

// requireSameAsBefore checks that nothing new was said while the feed tried in vain.
func (row faultCase) requireSameAsBefore(p *subscriber) {
	p.t.Helper()
	causes := map[string]bool{"": true}
	for _, want := range row.states {
		causes[want.Cause] = true
	}
	attempt := 0
	for _, got := range statusesOf(p, nil) {
		if !causes[got.Cause] || got.Attempt < attempt {
			p.t.Errorf("after attempt %d: %+v", attempt, got)
		}
		attempt = got.Attempt
	}
}

// statusesOf are the statuses that came, in the words of those that should have: a random wait within its bounds is the
// bound, and a silence has no length.
func statusesOf(p *subscriber, want []wantStatus) []wantStatus {
	var all []wantStatus
	for i, st := range p.statuses {
		got := wantStatus{State: st.State, Cause: st.Cause, Attempt: st.Attempt, Planned: st.Planned, Advice: st.Advice}
		if st.State == feed.Silent || st.State == feed.Quiet {
			got.Cause, _, _ = strings.Cut(got.Cause, " for ")
		}
		if st.State == feed.Waiting {
			got.Wait = st.RetryAt.Sub(st.Since)
			if i < len(want) && want[i].Whole && got.Wait%time.Second == 0 && time.Second <= got.Wait && got.Wait <= want[i].Wait {
				got.Wait, got.Whole = want[i].Wait, true
			}
			random := i < len(want) && !want[i].Planned && want[i].Wait < time.Second
			if random && got.Wait >= shortRetry && got.Wait <= shortRetry+want[i].Wait { // never less than the server asks for
				got.Wait = want[i].Wait
			}
		}
		all = append(all, got)
	}
	return all
}

// requireGap checks the one gap that was told, and that it tells the truth.
func (row faultCase) requireGap(t *testing.T, p *subscriber) {
	t.Helper()
	var want []feed.Gap
	if row.gap != nil {
		want = append(want, *row.gap)
	}
	var got []feed.Gap
	for _, gap := range p.gaps {
		if !strings.HasPrefix(gap.From, "e") || gap.Lost.IsZero() || gap.Length <= 0 {
			t.Errorf("a gap of unknown extent: %+v", gap)
		}
		if gap.Kind == feed.NotResumed && gap.Missed != feed.Unknown && gap.Missed != row.lost {
			t.Errorf("%d events were missed, it says; %d were", gap.Missed, row.lost)
		}
		got = append(got, feed.Gap{Kind: gap.Kind, Replayed: gap.Replayed, Missed: gap.Missed, Planned: gap.Planned})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

// requireGoodAsNew checks that the next failure is a first one again, and that nothing is missed by it.
func (row faultCase) requireGoodAsNew(t *testing.T, p *subscriber) {
	t.Helper()
	p.gaps, p.statuses = nil, nil
	p.inject("drop")
	p.takeUntil("is live after one more failure", func() bool { return len(p.statuses) >= 3 && len(p.gaps) > 0 })
	longest := max(shortRetry, row.client.RetryMin)
	want := []wantStatus{waiting(1, "connection reset", longest), connecting(1), liveAfter(1)}
	if diff := cmp.Diff(want, statusesOf(p, want)); diff != "" {
		t.Errorf("one more failure (-want +got):\n%s", diff)
	}
	if gap := p.gaps[0]; gap.Kind != feed.Resumed || gap.Missed != 0 {
		t.Errorf("one more failure: %+v", gap)
	}
	p.step(3)
	p.catchUp()
}

// cutID takes an id of the server apart.
func cutID(t *testing.T, id string) (epoch string, n int) {
	t.Helper()
	epoch, digits, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatalf("id %q: %v", id, err)
	}
	return epoch, n
}
