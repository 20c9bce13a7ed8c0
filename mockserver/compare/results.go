package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// results are what a run has measured. They are kept as JSON beside the manual's page.
type results struct {
	Machine string
	Rows    []row
	Plots   []plot
}

// row is one line of the table.
type row struct {
	Part    string
	What    string
	Value   float64
	Unit    string
	Limit   *limit  `json:",omitempty"` // of Value
	Verdict string  `json:",omitempty"` // empty where there is no limit
	Detail  string  // what Value was made of
	Others  float64 // processor time of other processes meanwhile, in per cent of one core
	Load    float64 // the machine's load average of the last minute
}

// limit is a budget: the least or the most that a value should be.
type limit struct {
	Value   float64
	AtLeast bool
}

func atMost(v float64) *limit  { return &limit{v, false} }
func atLeast(v float64) *limit { return &limit{v, true} }

func (l *limit) judge(v float64) string {
	if v == l.Value || v > l.Value == l.AtLeast {
		return "ok"
	}
	return "missed"
}

func (l *limit) text(unit string) string {
	switch {
	case l == nil:
		return ""
	case l.AtLeast:
		return "≥ " + formatQuantity(l.Value, unit)
	}
	return "≤ " + formatQuantity(l.Value, unit)
}

// formatQuantity is a value with three digits or more, and its unit.
func formatQuantity(v float64, unit string) string {
	switch {
	case v >= 100 || v == float64(int(v)):
		return fmt.Sprintf("%.0f %s", v, unit)
	case v >= 10:
		return fmt.Sprintf("%.1f %s", v, unit)
	}
	return fmt.Sprintf("%.2f %s", v, unit)
}

// cells are a row's columns in the table.
func (r row) cells() []any {
	return []any{r.What, formatQuantity(r.Value, r.Unit), r.Limit.text(r.Unit), r.Verdict, r.Detail, fmt.Sprintf("%.0f %%, %.1f", r.Others, r.Load)}
}

// heading are the columns of the table. The last is the processor time of other processes, and the load average.
func heading() []any {
	return []any{"what", "measured", "budget", "", "of which", "others, load"}
}

func (r results) print(w io.Writer) error {
	fmt.Fprintf(w, "%s\n\n", r.Machine)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	const line = "%v\t%v\t%v\t%v\t%v\t%v\n"
	fmt.Fprintf(table, line, heading()...)
	for _, row := range r.Rows {
		fmt.Fprintf(table, line, row.cells()...)
	}
	for _, p := range r.Plots {
		fmt.Fprintf(table, "\n%s\n%s\t%s\n", p.Title, p.X, p.Y)
		for i, at := range p.Lines[0].Points {
			fmt.Fprintf(table, "%g", at[0])
			for _, l := range p.Lines {
				fmt.Fprintf(table, "\t%s\t%.2f", l.Name, l.Points[i][1])
			}
			fmt.Fprintln(table)
		}
	}
	return table.Flush()
}
