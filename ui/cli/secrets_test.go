package cli_test

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// echo is a server that repeats whatever it is sent, wherever a server can: in payloads, ids, comments, event types,
// redirects, error events and the bodies of refusals. Every third answer is a refusal.
func echo(t *testing.T) string {
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := r.URL.RawQuery + " " + r.URL.Query().Get("token") + " " + r.Header.Get("Authorization") + " " + r.Header.Get("X-Desk-Key")
		quoted, err := json.Marshal(sent)
		if err != nil {
			t.Error(err)
		}
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/moved?"+r.URL.RawQuery, http.StatusFound)
			return
		}
		if calls.Add(1)%3 == 0 {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `{"message":%s}`, quoted)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, ": %s\nretry: 10\nevent: price\nid: %s\ndata: {\"symbol\":\"A\",\"last\":1,\"you\":%s}\n\n", sent, sent, quoted)
		fmt.Fprintf(w, "event: error\ndata: %s\n\nevent: %s\ndata: %s\n\ndata: {\"half\"", sent, sent, r.Header.Get("Authorization"))
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestNoSecretIsEverInARecording(t *testing.T) {
	t.Parallel()
	const query, header, key, password = "qu/ery+s3cret", "h3ader\"s3cret", "k3y-s3cret", "userpassword-1"
	secrets := []string{
		query, url.QueryEscape(query), url.PathEscape(query), header, strings.ReplaceAll(header, `"`, `\"`), key, password,
		base64.StdEncoding.EncodeToString([]byte("desk:" + password)),
	}
	for _, command := range [][]string{{"record", "--record"}, {"stream", "--record"}} {
		for _, ending := range []string{".tape", ".tape.gz"} {
			host := echo(t)
			for i, args := range [][]string{
				{"http://" + host + "/?token=${DESK_TOKEN}", "-H", "Authorization: Bearer ${DESK_HEADER}", "-H", "X-Desk-Key: " + key},
				{"http://desk:" + password + "@" + host + "/events?token=" + url.QueryEscape(query)},
			} {
				file := filepath.Join(t.TempDir(), fmt.Sprint(i)+ending)
				cmd := exec.Command(livetape, append([]string{command[0], "--for", "1s", command[1], file}, args...)...)
				cmd.Env = append(os.Environ(), "DESK_TOKEN="+query, "DESK_HEADER="+header)
				if said, err := cmd.CombinedOutput(); len(said) == 0 {
					t.Errorf("%v: %v; it says:\n%s", cmd, err, said)
				}
				for _, secret := range secrets {
					if text := contentOf(t, file); strings.Contains(text, secret) {
						t.Errorf("%s holds %s:\n%s", filepath.Base(file), secret, text)
					}
				}
			}
		}
	}
}

// contentOf is what a recording holds, without compression.
func contentOf(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
