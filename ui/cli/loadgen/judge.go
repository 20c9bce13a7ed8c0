package loadgen

import "time"

func (r *loadTest) judge(rep *Report) {
	var found clientResult
	sequential, compared := r.judgedClients()
	e := &rep.Events
	for _, c := range r.clients {
		e.WithoutID += c.ids.withoutID
		e.Resets += c.ids.resets
	}
	switch {
	case len(sequential) > 0 && len(compared) > 0:
		e.JudgedBy = ByBoth
	case len(sequential) > 0:
		e.JudgedBy = BySequence
	case len(compared) > 0:
		e.JudgedBy = ByUnion
	default:
		e.JudgedBy = ByNothing
		rep.noteNoIDs(r)
		return
	}
	onTheWay := r.judgeSequences(rep, sequential, &found) + r.judgeCompared(rep, compared, &found)
	e.Duplicated = &found.duplicated
	if e.JudgedBy != ByUnion || len(compared) > 1 {
		e.Lost, e.OutOfOrder, e.OnTheWay = &found.lost, &found.outOfOrder, &onTheWay
	}
	if e.WithoutID > 0 {
		rep.note("%d events came without an id of their own: they count as delivered, and cannot be judged", e.WithoutID)
		if found.lost > 0 {
			rep.note("the lost ones may be among those without an id")
		}
	}
}

func (rep *Report) noteNoIDs(r *loadTest) {
	switch {
	case rep.Connections.Connected == 0:
		rep.note("no client was connected: nothing can be said of events")
	case rep.Events.Delivered == 0:
		rep.note("no event came: nothing can be said of lost ones")
	default:
		rep.note("the events have no ids: what was lost, duplicated or out of order cannot be known")
	}
}

func (r *loadTest) judgedClients() (sequential, compared []*client) {
	for _, c := range r.clients {
		switch {
		case c.ids.sequential:
			sequential = append(sequential, c)
		case c.ids.withID > 0:
			compared = append(compared, c)
		}
	}
	return sequential, compared
}

// judgeSequences adds what the sequences found, and returns how many events had reached some clients, but not yet others.
func (r *loadTest) judgeSequences(rep *Report, all []*client, found *clientResult) (onTheWay uint64) {
	newest := map[string]uint64{} // by epoch
	var epochs int
	var unclear, malformed uint64
	for _, c := range all {
		q := &c.ids.sequence
		found.add(clientResult{lost: q.losses(), duplicated: q.duplicated, outOfOrder: q.outOfOrder})
		newest[string(q.prefix)] = max(newest[string(q.prefix)], q.last)
		epochs, unclear, malformed = max(epochs, q.epochs), unclear+q.unclear, malformed+q.malformed
	}
	for _, c := range all {
		if c.connectedAtEnd {
			behind := newest[string(c.ids.sequence.prefix)] - c.ids.sequence.last
			onTheWay += behind
			r.countStalled(rep, c, behind)
		}
	}
	if epochs > 0 {
		rep.uncertain = true
		rep.note("the server restarted %d times: what was lost between one epoch and the next is not known", epochs)
	}
	rep.noteCount(unclear, "%d events came late or twice: which of the two is not known")
	rep.noteCount(malformed, "%d ids have another form than the first one, and are not judged")
	rep.Events.Unjudged += unclear + malformed
	return onTheWay
}

func (r *loadTest) judgeCompared(rep *Report, all []*client, found *clientResult) (onTheWay uint64) {
	if len(all) == 0 {
		return 0
	}
	compared := make([][]uint32, len(all))
	var unjudged uint64
	for i, c := range all {
		compared[i] = c.ids.compared
		unjudged += c.ids.unjudged
	}
	for i, result := range r.comparison.judge(compared) {
		found.add(result)
		if all[i].connectedAtEnd && unjudged == 0 {
			onTheWay += result.behind
			r.countStalled(rep, all[i], result.behind)
		}
	}
	rep.Events.Unjudged += unjudged
	rep.noteCount(unjudged, "%d events came when there was no room to remember more ids, and are not judged")
	if len(all) == 1 {
		rep.note("ids of this kind are judged by comparing clients, and there was only one: what it lost, or received out of order, is not known")
	} else {
		rep.note("ids of this kind are judged by what all clients saw: an event that reached none of them is not missed")
	}
	return onTheWay
}

// stalledAfter is how long a client that is behind may receive nothing before it counts as stalled.
const stalledAfter = time.Second

// countStalled counts a client that is behind, and had received nothing for long when the time was up.
func (r *loadTest) countStalled(rep *Report, c *client, behind uint64) {
	if behind > 0 && r.period.to.Sub(c.lastEvent) > stalledAfter && c.events.Load() > 0 {
		rep.Connections.Stalled++
	}
}

func (r *loadTest) countSilent(rep *Report) {
	stalled := &rep.Connections.Stalled
	rep.noteCount(uint64(*stalled), "%d clients received nothing for the last second or longer, though others did")
	silent := 0
	for _, c := range r.clients {
		if c.connectedAtEnd && c.events.Load() == 0 {
			silent++
		}
	}
	if silent > 0 && rep.Events.Delivered > 0 {
		*stalled += silent
		rep.note("%d clients that were connected received no event at all, though others did", silent)
	}
}
