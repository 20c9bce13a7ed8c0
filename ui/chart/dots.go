package chart

// dots is a drawing of braille dots, two by four in a cell.
type dots struct {
	on       *canvas
	marks    []uint8 // by cell
	hasPrice []bool  // by cell: not only a price that is carried on
}

func newDots(on *canvas) *dots {
	n := on.width * max(on.height, 0)
	return &dots{on, make([]uint8, n), make([]bool, n)}
}

// levels is how many rows of dots there are.
func (d *dots) levels() int { return 4 * d.on.height }

// column is the column of dots of a cell.
func (d *dots) column(cell int) int { return 2*cell + 1 }

// connect draws a line of dots from the one before, which is there already, to x, y.
func (d *dots) connect(fromX, fromY, x, y int, quiet bool) {
	steps := max(x-fromX, 1)
	at := fromY
	for step := 1; step <= steps; step++ {
		next := fromY + (y-fromY)*step/steps
		column := x - steps + step
		for ; at != next; at += sign(next - at) {
			d.set(column, at, quiet)
		}
		d.set(column, next, quiet)
	}
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

func (d *dots) set(x, y int, quiet bool) {
	cell := y/4*d.on.width + x/2
	bit := [2][4]uint8{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}[x%2][y%4]
	if x >= 0 && cell < len(d.marks) {
		d.marks[cell] |= bit
		d.hasPrice[cell] = d.hasPrice[cell] || !quiet
	}
}

func (d *dots) draw(st Style) {
	for cell, mark := range d.marks {
		if mark == 0 {
			continue
		}
		r, style := '⠀'+rune(mark), st
		if !d.hasPrice[cell] {
			style = Quiet
		}
		d.on.set(cell%d.on.width, cell/d.on.width, r, style)
	}
}
