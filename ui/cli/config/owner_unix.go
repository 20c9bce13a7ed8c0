//go:build unix

package config

import (
	"fmt"
	"os"
	"syscall"
)

// ownershipProblem is why a file may be somebody else's; empty when it is the user's own, or the superuser's.
func ownershipProblem(info os.FileInfo) string {
	if info.Mode().Perm()&0o002 != 0 {
		return "everybody may write to it"
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 || int(owner.Uid) == os.Geteuid() {
		return ""
	}
	return fmt.Sprintf("it belongs to another user (uid %d)", owner.Uid)
}
