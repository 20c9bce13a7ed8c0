package stream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/stream"
)

func asLines(limit int) stream.Config { return stream.Config{JSONLines: true, MaxEvent: limit} }

// jsonVectors are bodies of JSON lines and the data of their events.
var jsonVectors = []struct {
	name, body string
	want       []string
	blank      int
}{
	{"nothing", "", nil, 0},
	{"two objects", "{\"p\":1}\n{\"p\":2}\n", []string{`{"p":1}`, `{"p":2}`}, 0},
	{"CRLF", "{\"p\":1}\r\n{\"p\":2}\r\n", []string{`{"p":1}`, `{"p":2}`}, 0},
	{"CR", "1\r2\r", []string{"1", "2"}, 0},
	{"all line ends", "1\n2\r3\r\n4\n", []string{"1", "2", "3", "4"}, 0},
	{"blank lines are life", "\n{}\n\r\n \t\n[]\n", []string{"{}", "[]"}, 3},
	{"a byte order mark", "\ufeff{}\n\ufeff{}\n", []string{"{}", "\ufeff{}"}, 0},
	{"half a byte order mark", "\xef\xbb{}\n", []string{"\ufffd{}"}, 0},
	{"invalid UTF-8", "\"a\xffb\"\n\"\xe2\x82\"\n", []string{"\"a\ufffdb\"", "\"\ufffd\""}, 0},
	{"white space stays", "  {}\t\n", []string{"  {}\t"}, 0},
	{"what an event stream would take for its own", "data: 1\nid: 7\nretry: 5\n:hi\nevent: x\n", []string{"data: 1", "id: 7", "retry: 5", ":hi", "event: x"}, 0},
	{"NUL and control characters", "\"\x00\x01\"\n", []string{"\"\x00\x01\""}, 0},
	{"a whole object without a line end", "1\n{\"p\":[2]}", []string{"1", `{"p":[2]}`}, 0},
	{"a whole array and blanks without a line end", " [1] ", []string{" [1] "}, 0},
	{"a whole string without a line end", `"END"`, []string{`"END"`}, 0},
	{"half an object", "{}\n{\"p\":", []string{"{}"}, 0},
	{"a number that may be half", "1\n23", []string{"1"}, 0},
	{"a word that may be half", "null", nil, 0},
	{"blanks without a line end", "1\n \t", []string{"1"}, 0},
	{"two values in one line are for the decoder to refuse", "{} {}\n", []string{"{} {}"}, 0},
}

func TestEachJSONLineIsAnEvent(t *testing.T) {
	for _, v := range jsonVectors {
		t.Run(v.name, func(t *testing.T) {
			want := transcript{Events: []markedEvent{}, Comments: v.blank, Alive: len(v.want)+v.blank > 0}
			for _, data := range v.want {
				want.Events = append(want.Events, markedEvent{event{"message", data, ""}, stream.InheritedID})
			}
			requireAsSeen(t, want, []byte(v.body), []byte{1, 4}, asLines(1<<20))
			if diff := cmp.Diff(want, jsonReference([]byte(v.body), 1<<20)); diff != "" {
				t.Errorf("the reference (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAJSONLineOverTheLimitIsSkippedInItsPlace(t *testing.T) {
	for _, large := range []int{limit, 3 * limit, 100} {
		exact, over := strings.Repeat("x", large), strings.Repeat("x", large+1)
		for _, body := range []io.Reader{
			strings.NewReader(over + "\n" + exact + "\r\n" + over + over + "\n1\n"),
			iotest.HalfReader(strings.NewReader(over + "\r" + exact + "\r" + over + over + "\r1\r")),
		} {
			got := markedData(observe(t, body, asLines(large)))
			skipped := skippedMark(large)
			if diff := cmp.Diff([]string{skipped, "= " + exact, skipped, "= 1"}, got); diff != "" {
				t.Errorf("limit %d (-want +got):\n%s", large, diff)
			}
		}
	}
}

func TestALongLineThatBeginsBlankIsNoSignOfLife(t *testing.T) {
	body := strings.Repeat(" ", 200<<10) + "{}\n1\n"
	seen := observe(t, strings.NewReader(body), asLines(limit))
	if diff := cmp.Diff([]string{skippedMark(limit), "= 1"}, markedData(seen)); diff != "" || seen.Comments != 0 {
		t.Errorf("%d comments; (-want +got):\n%s", seen.Comments, diff)
	}
}

func skippedMark(limit int) string { return "! " + skippedWords(limit) }

func TestACutJSONLineIsNoEvent(t *testing.T) {
	cut := errors.New("cut")
	for body, inLine := range map[string]bool{"{}\n{}": true, "{}\n": false, "{}\n\x20": false, "{}\n{\"p\":": true, "": false} {
		reader := stream.NewReader(io.MultiReader(strings.NewReader(body), iotest.ErrReader(cut)), asLines(0))
		got, err := io.ReadAll(reader)
		if n := strings.Count(string(got), "id: ="); err != cut || n > 1 || reader.MidLine() != inLine {
			t.Errorf("%q: %d events, %v, in a line: %v", body, n, err, reader.MidLine())
		}
	}
}

func TestACleanEndKnowsWhetherItIsInAJSONLine(t *testing.T) {
	for body, inLine := range map[string]bool{"{}\n{}": false, "{}\n12": true, "12\n": false, "{": true, " ": false} {
		reader := stream.NewReader(strings.NewReader(body), asLines(0))
		if _, err := io.Copy(io.Discard, reader); err != nil || reader.MidLine() != inLine {
			t.Errorf("%q: %v, in a line: %v", body, err, reader.MidLine())
		}
	}
}

func TestJSONLinesCarryTheIDOfTheConnection(t *testing.T) {
	c := asLines(0)
	c.LastEventID = "7"
	reader := stream.NewReader(strings.NewReader("id: 8\n\n"), c)
	got, err := io.ReadAll(reader)
	if want := "data: id: 8\nevent: message\nid: =7\n\n"; err != nil || string(got) != want || reader.LastEventID() != "7" {
		t.Errorf("%q, %v, last id %q", got, err, reader.LastEventID())
	}
}

func TestLargeJSONLinesAreGivenBackAndSmallOnesCostNothing(t *testing.T) {
	large := `"` + strings.Repeat("\xff", 2<<20) + `"`
	reader := stream.NewReader(iotest.HalfReader(strings.NewReader(large+"\n1\n")), asLines(4<<20))
	if _, err := io.Copy(io.Discard, reader); err != nil {
		t.Fatal(err)
	}
	if held := reader.Held(); held > 1<<20 {
		t.Errorf("the buffers take %d bytes after a large line", held)
	}
	small := stream.NewReader(newEndless("{\"last\":\"1.5\"}\r\n\r\n", 1<<30), asLines(0))
	buf := make([]byte, 4096)
	read := func() {
		if _, err := small.Read(buf); err != nil {
			t.Fatal(err)
		}
	}
	for range 10_000 { // a line cut by the window's end grows its buffer once
		read()
	}
	if allocations := testing.AllocsPerRun(10_000, read); allocations > 0 {
		t.Errorf("%v allocations an event", allocations)
	}
}

// FuzzJSONLines checks that however a body of JSON lines is cut and whatever the limit, all that can be seen of it is
// what the reference sees, and that the buffers stay small.
func FuzzJSONLines(f *testing.F) {
	for _, v := range jsonVectors {
		f.Add([]byte(v.body), []byte{1, 3}, uint16(1000))
		f.Add([]byte(v.body), []byte{7}, uint16(4))
	}
	f.Fuzz(func(t *testing.T, body, cuts []byte, limit uint16) {
		if len(body) > 64<<10 {
			t.Skip("a line of more is over every limit here")
		}
		c := asLines(int(limit) + 1)
		requireAsSeen(t, jsonReference(body, c.MaxEvent), body, cuts, c)
	})
}

// jsonReference reads a whole body of JSON lines with no thought of speed.
func jsonReference(body []byte, limit int) transcript {
	seen := transcript{Events: []markedEvent{}}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	all := bytes.Split(bytes.ReplaceAll(body, []byte("\r"), []byte("\n")), []byte("\n"))
	for i, line := range all {
		rest := strings.Trim(string(line), " \t")
		switch last := i == len(all)-1; {
		case last && (rest == "" || !strings.ContainsAny(rest[:1], "{[\"") || !json.Valid(line)):
		case rest == "":
			seen.Comments++
		case len(line) > limit:
			seen.Events = append(seen.Events, markedEvent{event{"message", skippedWords(limit), ""}, stream.Skipped})
		default:
			seen.Events = append(seen.Events, markedEvent{event{"message", wellFormed(line), ""}, stream.InheritedID})
		}
	}
	seen.Alive = len(seen.Events)+seen.Comments > 0
	return seen
}
