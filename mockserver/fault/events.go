package fault

import "bytes"

// Effects are the faults that hit the events of one connection now; nil are those that do not.
type Effects struct{ malformed, hostile, noID, duplicate, reorder, gap *Activation }

// Effects are those of a.
func (t *Target) Effects(a *Active) (e Effects) {
	if len(a.lasting) == 0 {
		return e
	}
	on := func(name string) *Activation { return a.On(name, t.number) }
	return Effects{on(Malformed), on(Hostile), on(NoID), on(Duplicate), on(Reorder), on(Gap)}
}

// Mangler does what faults do to the events, of type E, of one stream.
type Mangler[E any] struct {
	count              int  // of events that should have been sent while there were gaps
	held               E    // waits for the one that is to overtake it
	holds              bool // held is one
	malformed, hostile sampleRotation
}

// Encoder is a wire format of events of type E.
type Encoder[E any] interface {
	Append(b []byte, event E) []byte
	FaultSamples() Samples
}

// Samples are bad events in the wire format of a stream.
type Samples struct{ Malformed, Hostile []string }

// Arrange leaves out and swaps events as e says. It may change the slice.
func (f *Mangler[E]) Arrange(events []E, e Effects) []E {
	if e.gap != nil {
		kept := events[:0]
		for _, event := range events {
			if f.count++; f.count%4 != 0 {
				kept = append(kept, event)
			}
		}
		events = kept
	}
	if e.reorder == nil && !f.holds {
		return events
	}
	return f.swapPairs(events, e.reorder != nil)
}

// swapPairs swaps every two events; one without a second waits for it, as long as the fault is on.
func (f *Mangler[E]) swapPairs(events []E, on bool) []E {
	var swapped []E
	for _, event := range events {
		if !f.holds && on {
			f.held, f.holds = event, true
			continue
		}
		swapped = append(swapped, event)
		if f.holds {
			swapped, f.holds = append(swapped, f.held), false
		}
	}
	return swapped
}

// Append appends events in their wire format as e says: with bad events among them, twice, without ids.
func (f *Mangler[E]) Append(b []byte, events []E, e Effects, encoder Encoder[E]) []byte {
	if e == (Effects{}) {
		for _, event := range events {
			b = encoder.Append(b, event)
		}
		return b
	}
	bad := encoder.FaultSamples()
	b = f.malformed.start(b, e.malformed, bad.Malformed)
	b = f.hostile.start(b, e.hostile, bad.Hostile)
	for _, event := range events {
		start := len(b)
		b = encoder.Append(b, event)
		if e.noID != nil {
			b = append(b[:start], WithoutIDs(b[start:])...)
		}
		if e.duplicate != nil {
			b = append(b, b[start:]...)
		}
		b = f.malformed.next(b, e.malformed, bad.Malformed)
		b = f.hostile.next(b, e.hostile, bad.Hostile)
	}
	return b
}

// WithoutIDs is a piece of an event stream without its id lines.
func WithoutIDs(piece []byte) []byte {
	var kept []byte
	for line := range bytes.Lines(piece) {
		if !bytes.HasPrefix(line, []byte("id:")) {
			kept = append(kept, line...)
		}
	}
	return kept
}

// WithOtherEpoch is a piece of a native event stream with the ids of another epoch in place of those of one.
func WithOtherEpoch(piece []byte, epoch string) []byte {
	return bytes.ReplaceAll(piece, []byte("\nid: "+epoch+"-"), []byte("\nid: "+epoch+".other-"))
}

type sampleRotation struct {
	activation *Activation // that the last one came from
	n          int         // of those appended so far
}

// start appends one at once when an activation is new.
func (r *sampleRotation) start(b []byte, a *Activation, samples []string) []byte {
	if a == r.activation {
		return b
	}
	r.activation = a
	return r.next(b, a, samples)
}

func (r *sampleRotation) next(b []byte, a *Activation, samples []string) []byte {
	if a == nil {
		return b
	}
	r.n++
	return append(b, samples[(r.n-1)%len(samples)]...)
}
