package cli_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCommandLineStories runs the scripts of testdata/script against the built binary.
func TestCommandLineStories(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "home")) // nobody's own configuration
			env.Setenv("XDG_CONFIG_DIRS", filepath.Join(env.WorkDir, "system"))
			env.Setenv("PATH", filepath.Dir(livetape)+":"+env.Getenv("PATH"))
			return nil
		},
	})
}
