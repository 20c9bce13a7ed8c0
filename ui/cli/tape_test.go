package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"livetape/ui/cli"
)

func TestTheTapeIsPrintedOnceForAStatusBar(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "event: price\ndata: {\"symbol\":\"NVDA\",\"last\":\"181.46\",\"prev_close\":\"175.44\"}\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	var out, complaints bytes.Buffer
	code := cli.Run(t.Context(), []string{"tape", "--once", url}, nil, &out, &complaints)
	if code != cli.ExitOK || out.String() != "●1  NVDA 181.46 ▲3.43%\n" {
		t.Errorf("exit code %d: %q %q", code, out.String(), complaints.String())
	}
	if code := cli.Run(t.Context(), []string{"tape", "--width", "0", url}, nil, &out, &complaints); code != cli.ExitUsage || !strings.Contains(complaints.String(), "--width is 0") {
		t.Errorf("exit code %d: %q", code, complaints.String())
	}
}
