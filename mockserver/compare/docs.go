package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// docs is the folder of the documents. The page is performance.md in it; the data and pictures are in performance.
const docs = "../../docs"

// The page's table is between these.
const tableBegin, tableEnd = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"

// writeDocs keeps what a run has measured in place of the earlier rows of the same parts, and draws it.
func writeDocs(folder string, fresh results) error {
	kept, err := readResults(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	data, err := json.MarshalIndent(kept.mergedWith(fresh), "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(folder, "performance"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(dataFile(folder), append(data, '\n'), 0o644); err != nil {
		return err
	}
	return drawDocs(folder)
}

func dataFile(folder string) string { return filepath.Join(folder, "performance", "data.json") }

func readResults(folder string) (r results, err error) {
	data, err := os.ReadFile(dataFile(folder))
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("%s: %w", dataFile(folder), err)
	}
	return r, nil
}

// mergedWith has the fresh rows and plots in place of its own of the same parts.
func (r results) mergedWith(fresh results) results {
	merged := results{Machine: fresh.Machine}
	for _, p := range parts() {
		rows := fresh.rowsOf(p.name)
		if len(rows) == 0 {
			rows = r.rowsOf(p.name)
		}
		merged.Rows = append(merged.Rows, rows...)
	}
	if merged.Plots = fresh.Plots; len(fresh.Plots) == 0 {
		merged.Plots = r.Plots
	}
	return merged
}

func (r results) rowsOf(part string) []row {
	return slices.DeleteFunc(slices.Clone(r.Rows), func(row row) bool { return row.Part != part })
}

// drawDocs writes the page's table and the pictures as the data has them.
func drawDocs(folder string) error {
	r, err := readResults(folder)
	if err != nil {
		return err
	}
	page := filepath.Join(folder, "performance.md")
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	filled, err := fillIn(string(text), r)
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	if err := os.WriteFile(page, []byte(filled), 0o644); err != nil {
		return err
	}
	for _, p := range r.Plots {
		if err := os.WriteFile(pictureFile(folder, p), []byte(p.svg()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func pictureFile(folder string, p plot) string {
	return filepath.Join(folder, "performance", p.File+".svg")
}

func fillIn(page string, r results) (string, error) {
	before, rest, begins := strings.Cut(page, tableBegin)
	_, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		return "", fmt.Errorf("the table is to stand between %q and %q", tableBegin, tableEnd)
	}
	return before + tableBegin + r.markdown() + tableEnd + after, nil
}

func (r results) markdown() string {
	var b strings.Builder
	const line = "| %v | %v | %v | %v | %v | %v |\n"
	fmt.Fprintf(&b, "%s\n\n", r.Machine)
	fmt.Fprintf(&b, line, heading()...)
	fmt.Fprintf(&b, line, "---", "---:", "---:", "---", "---", "---:")
	for _, row := range r.Rows {
		row.What = strings.ReplaceAll(row.What, "|", `\|`) // or it would end the cell
		fmt.Fprintf(&b, line, row.cells()...)
	}
	return b.String()
}
