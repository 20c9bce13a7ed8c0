package cli_test

import (
	"flag"
	"os"
	"path/filepath"

	"livetape/ui/picture"
)

var updatePictures = flag.Bool("update-pictures", false, "draw the README's pictures anew, into docs/")

// savePicture draws what the terminal shows now as docs/<name>.svg, when asked to.
func (term *terminal) savePicture(name string) {
	term.t.Helper()
	if !*updatePictures {
		return
	}
	path := filepath.Join("..", "..", "docs", name+".svg")
	if err := os.WriteFile(path, []byte(term.picture()), 0o644); err != nil {
		term.t.Fatal(err)
	}
}

// picture is the screen as an SVG.
func (term *terminal) picture() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return picture.SVG(term.screen.Render(), term.screen.Width(), picture.Dark())
}
