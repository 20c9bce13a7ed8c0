package loadgen

import "time"

// latency says how long events took, unless the clocks make nonsense of it.
func (r *run) latency(rep *Report) {
	var s stamps
	for _, c := range r.clients {
		s.measured += c.stamps.measured
		s.early += c.stamps.early
		s.ahead += c.stamps.ahead
		s.none += c.stamps.none
		s.furthest = max(s.furthest, c.stamps.furthest)
	}
	switch {
	case s.ahead > 0:
		rep.note("%d events are stamped later than they arrived, by up to %s: the clock of the server is ahead of this machine's, and latencies cannot be measured", s.ahead, s.furthest)
		return
	case s.measured == 0 && s.early > 0:
		rep.note("all events are stamped earlier than the client asked for them: the clock of the server is behind, or they are history; latencies cannot be measured")
		return
	case s.measured == 0 && s.none > 0:
		rep.note("the payloads have no member \"time\" in RFC 3339: latencies cannot be measured")
		return
	case s.measured == 0:
		return
	}
	var all latencies
	for i := range r.times {
		all.add(&r.times[i])
	}
	rep.Latency = &Latency{
		Measured: s.measured, Min: ms(all.least), Max: ms(all.most),
		P50: ms(all.quantile(0.5)), P99: ms(all.quantile(0.99)), P999: ms(all.quantile(0.999)),
	}
	if s.early > 0 {
		rep.note("%d events were replayed, or stamped before their client asked for them: their latency is not counted", s.early)
	}
	if s.none > 0 {
		rep.note("%d events have no time that can be read: their latency is not known", s.none)
	}
	if all.least > suspicious {
		rep.note("not one event took less than %s: the clock of the server may be behind this machine's by as much", all.least.Round(time.Millisecond))
	}
}

// suspicious is a latency that no network has, nor a server that is not overloaded all the time.
const suspicious = time.Second
