package cli_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// inject posts a fault, with a token if it is not empty, and returns the status.
func inject(t *testing.T, server *mockProcess, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.url+"/faults", strings.NewReader("eof"))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestFaultsAreForThoseWhoHaveTheToken(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--token", "${LIVETAPE_TEST_TOKEN}"}, {"--token-file", file}} {
		server := startMockProcess(t, append(args, "--log-level", "debug")...)
		for token, want := range map[string]int{"": http.StatusForbidden, "other": http.StatusForbidden, "s3cret": http.StatusNoContent} {
			if got := inject(t, server, token); got != want {
				t.Errorf("%s: token %q is answered %d, want %d", args[0], token, got, want)
			}
		}
		server.end(syscall.SIGTERM)
		if said := server.banner + server.stderr.String(); strings.Contains(said, "s3cret") {
			t.Errorf("the server says its token: %s", said)
		}
	}
}
