package mockserver_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
)

func TestHorizonEndsAStreamAfterItsLimitAndIsResumedWithoutALoss(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Now: stillClock}), loopback(t))
	s.Step(3000)
	all := s.listen(stellarTrades+"&limit=200", eventStream...)
	all.expect("open")
	var want []string
	last := ""
	for n := range 60 {
		id := ""
		if n > 0 {
			id = last
		}
		l := s.listen(stellarTrades+"&limit=1&cursor="+id, eventStream...)
		if n%2 == 1 { // the header is as good, and comes before the parameter
			l = s.listen(stellarTrades+"&limit=1&cursor=now", append([]string{"Last-Event-ID", id}, eventStream...)...)
		}
		body := l.whole()
		record := regexp.MustCompile(`^` + hello + `id: (\d+-0)\ndata: (\{.*\})\n\n` + byebye + `$`).FindStringSubmatch(body)
		if record == nil {
			t.Fatalf("the stream was %q", body)
		}
		last = record[1]
		want = append(want, record[1]+" "+record[2])
		if e := all.next(); e.ID+" "+e.Data != want[n] || e.Type != "" {
			t.Errorf("in one stream came %+v where one by one %s did", e, want[n])
		}
	}
}

func TestHorizonGivesAPageToWhoDoesNotAskForAStream(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Now: stillClock}), loopback(t))
	s.Step(2000)
	resp := s.do(http.MethodGet, stellarTrades+"&limit=3")
	var page struct {
		Links    map[string]struct{ Href string } `json:"_links"`
		Embedded struct {
			Records []struct {
				PagingToken string `json:"paging_token"`
			} `json:"records"`
		} `json:"_embedded"`
	}
	if err := json.Unmarshal([]byte(body(t, resp)), &page); err != nil {
		t.Fatal(err)
	}
	if n := len(page.Embedded.Records); n != 3 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/hal+json") {
		t.Fatalf("%d records of %s", n, resp.Header.Get("Content-Type"))
	}
	if next := page.Links["next"].Href; !strings.Contains(next, "cursor="+page.Embedded.Records[2].PagingToken) {
		t.Errorf("the next page is at %s", next)
	}
	end := s.do(http.MethodGet, stellarTrades+"&cursor=999999999999999999-0")
	if got := body(t, end); !strings.Contains(got, `"records":[]`) {
		t.Errorf("behind the last trade is %s", got)
	}
	book := s.do(http.MethodGet, stellarBook, "Accept", "application/json")
	if got := body(t, book); !strings.HasPrefix(got, `{"bids":[{"price_r":{"n":`) {
		t.Errorf("the book is %s", got)
	}
}

func TestMercureResumesAndSaysWhetherItCould(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Ring: 200}), loopback(t))
	live := s.listen(mercureHub)
	if got := live.wire(2); got != ":\n" {
		t.Fatalf("the stream begins with %q", got)
	}
	s.Step(20)
	var ids []string
	for range 10 {
		ids = append(ids, live.next().ID)
	}
	for _, how := range []struct{ target, header, id string }{
		{mercureHub, "Last-Event-ID", ids[3]},
		{mercureHub + "&last_event_id=" + ids[3], "X-None", ""},
		{mercureHub + "&last_event_id=" + ids[8], "Last-Event-ID", ids[3]},
	} {
		l := s.listen(how.target, how.header, how.id)
		if e := l.next(); e.ID != ids[4] || l.header.Get("Last-Event-ID") != ids[3] {
			t.Errorf("%+v begins with %s behind %s", how, e.ID, l.header.Get("Last-Event-ID"))
		}
	}
	if e := s.listen(mercureHub + "&last_event_id=earliest").next(); e.ID != ids[0] {
		t.Errorf("the earliest is %s", e.ID)
	}
	s.Step(400)
	lost := s.listen(mercureHub, "Last-Event-ID", ids[3])
	if at := lost.header.Get("Last-Event-ID"); at == ids[3] || !strings.HasPrefix(at, "urn:uuid:") {
		t.Errorf("what was forgotten is said to begin behind %q", at)
	}
	lost.next()
}

func TestWikimediaResumesFromTheTimesInItsIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := emulatedServer(t)
		begin := time.Now()
		l := s.listen(wikiEdits)
		if got := l.wire(5); got != ":ok\n\n" {
			t.Fatalf("the stream begins with %q", got)
		}
		for range 50 {
			<-time.After(100 * time.Millisecond) // in all, less than a write may take
			s.Step(20)
		}
		first, second := l.expect("message"), l.expect("message")
		l.close()
		want := regexp.MustCompile(`^\[\{"topic":"eqiad\.mediawiki\.recentchange","partition":0,"timestamp":\d{12,13}\},` +
			`\{"topic":"codfw\.mediawiki\.recentchange","partition":0,"offset":-1\}\]$`)
		if !want.MatchString(first.ID) {
			t.Errorf("the id is %s", first.ID)
		}
		offset := regexp.MustCompile(`"offset":(\d+)`).FindStringSubmatch(first.Data)[1]
		byOffset := `[{"topic":"eqiad.mediawiki.recentchange","partition":0,"offset":` + offset + `}]`
		for _, again := range []struct {
			target, id string
			want       event
		}{
			{wikiEdits, first.ID, second},
			{wikiEdits, byOffset, first},
			{wikiEdits + "?since=" + begin.UTC().Format(time.RFC3339), "", first},
			{wikiEdits + "?since=" + fmt.Sprint(begin.UnixMilli()), "", first},
		} {
			synctest.Wait() // until the stream before is known to be closed
			l := s.listen(again.target, "Last-Event-ID", again.id)
			if e := l.next(); e != again.want {
				t.Errorf("%s behind %s begins with %+v", again.target, again.id, e)
			}
			l.close()
		}
		synctest.Wait()
		lines := s.listen(wikiEdits+"?since=2000-01-01", "Accept", "application/json")
		var change struct{ Title string }
		text, err := lines.lines.ReadBytes('\n')
		if err != nil || json.Unmarshal(text, &change) != nil || change.Title == "" {
			t.Errorf("as lines, it is %s, %v", text, err)
		}
	})
}
