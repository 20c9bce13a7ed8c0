package terminal

import (
	"fmt"
	"os/exec"
	"runtime"
)

// OpenURL has the system's browser show an http or https URL, which the caller has checked. No shell sees it. It returns when
// the program that was asked has ended.
func OpenURL(url string) error {
	command := browserCommand(runtime.GOOS)
	if err := exec.Command(command[0], append(command[1:], url)...).Run(); err != nil {
		return fmt.Errorf("open %s with %s: %w", url, command[0], err)
	}
	return nil
}

// browserCommand is what opens the URL behind it.
func browserCommand(system string) []string {
	switch system {
	case "darwin":
		return []string{"open"}
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	return []string{"xdg-open"}
}
