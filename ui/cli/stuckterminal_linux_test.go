package cli_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/creack/pty"
)

func TestQAndSignalsLeaveATerminalThatNobodyReads(t *testing.T) {
	t.Parallel()
	flood := []byte(strings.Repeat("data: {\"symbol\":\"A\",\"last\":1}\n\n", 1000))
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for n := 0; r.Context().Err() == nil; n++ {
			if _, err := fmt.Fprintf(w, "data: {\"symbol\":\"A%d\",\"last\":%d}\n\n%s", n%100, n, flood); err != nil {
				return
			}
		}
	}))
	for _, leave := range []string{"q", "\x03", "SIGTERM"} {
		t.Run(leave, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(livetape, "watch", url)
			screen, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 160, Rows: 40})
			if err != nil {
				t.Fatal(err)
			}
			defer screen.Close()
			var shown string
			for buf := make([]byte, 4<<10); !strings.Contains(shown, "LIVE"); {
				n, err := screen.Read(buf)
				if shown += string(buf[:n]); err != nil {
					t.Fatalf("%v\n%s", err, shown)
				}
			}
			again := time.NewTicker(100 * time.Millisecond)
			defer again.Stop()
			for before, same := int32(-1), 0; same < 15; same++ { // until the terminal takes nothing more
				<-again.C
				var waiting int32
				if _, _, no := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), syscall.TIOCINQ, uintptr(unsafe.Pointer(&waiting))); no != 0 {
					t.Fatal(no)
				}
				if waiting != before {
					before, same = waiting, 0
				}
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			for late := time.After(waitLimit); ; {
				select {
				case <-ended:
					return
				case <-late:
					_ = cmd.Process.Kill()
					t.Fatal("it stays")
				case <-again.C:
					if leave == "SIGTERM" {
						err = cmd.Process.Signal(syscall.SIGTERM)
					} else {
						_, err = screen.WriteString(leave)
					}
					if err != nil && !errors.Is(err, os.ErrProcessDone) {
						t.Error(err)
					}
				}
			}
		})
	}
}
