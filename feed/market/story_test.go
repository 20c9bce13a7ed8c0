package market_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/market"
)

func titles(b *market.Board) []string {
	var all []string
	for _, s := range b.News() {
		all = append(all, s.Title)
	}
	return all
}

func TestNewsIsNewestFirstByArrival(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	p.say(market.Headline{Title: "one", Time: second(100)}, market.Headline{Title: "two", Time: second(1)}, market.Headline{Title: "three"})
	if diff := cmp.Diff([]string{"three", "two", "one"}, titles(p.Board)); diff != "" {
		t.Error(diff)
	}
	if s := p.News()[2]; s.Seq != 1 || s.At != second(0) || s.Feed != "feed" || p.News()[0].Seq != 3 {
		t.Errorf("story %+v", s)
	}
}

func TestWhatFeedsGiveOfTheTimeBeforeTheirStartIsInOrder(t *testing.T) {
	t.Parallel()
	b := market.NewBoard(market.Limits{})
	say := func(feed string, at int, published ...int) {
		for _, p := range published {
			b.Apply(feed, market.Headline{Title: feed + strconv.Itoa(p), Time: second(p)}, second(at))
		}
	}
	say("a", 0, -50, -30, -10)
	say("b", 2, -5, -20, -60)
	say("a", 3, 3)
	say("c", 4, -40)
	c := b.Clone(market.Limits{})
	for _, board := range []*market.Board{b, c} { // a copy goes on like the first
		board.Apply("a", market.Headline{Title: "late", Time: second(-45)}, second(60))
		board.Apply("d", market.Headline{Title: "late wire", Time: second(60)}, second(60))
		if diff := cmp.Diff([]string{"late wire", "late", "a3", "b-5", "a-10", "b-20", "a-30", "c-40", "a-50", "b-60"}, titles(board)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTheSameIDCorrectsInPlace(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	p.say(market.Headline{ID: "1", Title: "one", Summary: "long", Symbols: []string{"A"}}, market.Headline{ID: "2", Title: "two"}, market.Headline{ID: "1", Title: "one, corrected", Symbols: []string{"A", "B"}})
	want := market.Story{
		Headline: market.Headline{ID: "1", Title: "one, corrected", Symbols: []string{"A", "B"}},
		Feed:     "feed", At: second(0), Corrected: second(2), Corrections: 1, Seq: 1,
	}
	if diff := cmp.Diff(want, *p.News()[1]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(market.Counts{Headlines: 2, Corrections: 1}, p.Counts()); diff != "" {
		t.Error(diff)
	}
}

func TestTheSameStoryAgainIsNoCorrection(t *testing.T) {
	p := newTestBoard(t, market.Limits{})
	h := market.Headline{ID: "1", Title: "one", Symbols: []string{"A"}, Time: second(0)}
	again := h
	again.Time = h.Time.In(time.FixedZone("CET", 3600))
	p.say(h, again)
	if s := p.News()[0]; s.Corrections != 0 || !s.Corrected.IsZero() || p.Counts() != (market.Counts{Headlines: 1}) {
		t.Errorf("story %+v, counts %+v", s, p.Counts())
	}
}

func TestEveryFeedHasItsOwnIDs(t *testing.T) {
	b := market.NewBoard(market.Limits{})
	b.Apply("a", market.Headline{ID: "1", Title: "of a"}, second(0))
	b.Apply("b", market.Headline{ID: "1", Title: "of b"}, second(1))
	b.Apply("a", market.Headline{ID: "1", Title: "of a again"}, second(2))
	if diff := cmp.Diff([]string{"of b", "of a again"}, titles(b)); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutAnIDNothingIsCorrected(t *testing.T) {
	p := newTestBoard(t, market.Limits{}).say(market.Headline{Title: "one"}, market.Headline{Title: "two"})
	if len(p.News()) != 2 {
		t.Errorf("%v", titles(p.Board))
	}
}

func TestTheOldestNewsLeaves(t *testing.T) {
	p := newTestBoard(t, market.Limits{News: 3})
	for i := range 10 {
		p.say(market.Headline{ID: strconv.Itoa(i), Title: "story " + strconv.Itoa(i)})
	}
	if diff := cmp.Diff([]string{"story 9", "story 8", "story 7"}, titles(p.Board)); diff != "" {
		t.Error(diff)
	}
	p.say(market.Headline{ID: "0", Title: "story 0, corrected too late"})
	if s := p.News()[0]; s.Seq != 11 || s.Corrections != 0 {
		t.Errorf("a correction of a story that left is %+v", s)
	}
	if n := p.Correctable("feed"); n != 3 {
		t.Errorf("%d ids are kept of 3 stories", n)
	}
}

func TestTheNewsSayWhyASymbolIsHaltedAndThatItTradesAgain(t *testing.T) {
	t.Parallel()
	p := newTestBoard(t, market.Limits{})
	halted := market.Halt{Symbol: "A", State: market.Halted, Reason: "volatility"}
	p.say(halted, halted, market.Halt{Symbol: "A", State: market.Open}, market.Halt{Symbol: "A", State: market.Open}, market.Halt{Symbol: "B", State: market.Halted}, market.Halt{Symbol: "C", State: market.Post}, market.Halt{State: market.Halted})
	if diff := cmp.Diff([]string{"Halted", "Trades again", "Halted: volatility"}, titles(p.Board)); diff != "" {
		t.Error(diff)
	}
	if s := p.News()[0]; len(s.Symbols) != 1 || s.Symbols[0] != "B" || s.Importance != market.High {
		t.Errorf("%+v", s)
	}
}
