package loadgen

import "time"

// judge says what was lost, came again, or late.
func (r *run) judge(rep *Report) {
	var of verdict
	counts, others := r.countingClients(), r.otherClients()
	e := &rep.Events
	for _, c := range r.clients {
		e.Nameless += c.nameless
		e.Resets += c.resets
	}
	switch {
	case len(counts) > 0 && len(others) > 0:
		e.JudgedBy = ByBoth
	case len(counts) > 0:
		e.JudgedBy = BySequence
	case len(others) > 0:
		e.JudgedBy = ByUnion
	default:
		e.JudgedBy = ByNothing
		rep.noteNamelessness(r)
		return
	}
	onTheWay := r.judgeCounts(rep, counts, &of) + r.judgeOthers(rep, others, &of)
	e.Duplicated = &of.again
	if e.JudgedBy != ByUnion || len(others) > 1 {
		e.Lost, e.OutOfOrder, e.OnTheWay = &of.lost, &of.late, &onTheWay
	}
	if e.Nameless > 0 {
		rep.note("%d events came without an id of their own: they are counted as delivered, and cannot be judged", e.Nameless)
		if of.lost > 0 {
			rep.note("the lost may be among those without an id")
		}
	}
}

func (rep *Report) noteNamelessness(r *run) {
	switch {
	case rep.Connections.Connected == 0:
		rep.note("no client was connected: nothing can be said of events")
	case rep.Events.Delivered == 0:
		rep.note("no event came: nothing can be said of lost ones")
	default:
		rep.note("the events have no ids: what was lost, doubled or out of order cannot be known")
	}
}

func (r *run) countingClients() (all []*client) {
	for _, c := range r.clients {
		if c.counts {
			all = append(all, c)
		}
	}
	return all
}

func (r *run) otherClients() (all []*client) {
	for _, c := range r.clients {
		if !c.counts && c.named > 0 {
			all = append(all, c)
		}
	}
	return all
}

// judgeCounts adds what the sequences say, and gives how many events had reached some clients, but not yet others.
func (r *run) judgeCounts(rep *Report, all []*client, of *verdict) (onTheWay uint64) {
	newest := map[string]uint64{} // by epoch
	var epochs int
	var unclear, foreign uint64
	for _, c := range all {
		q := &c.sequence
		of.lost, of.again, of.late = of.lost+q.losses(), of.again+q.again, of.late+q.late
		newest[string(q.prefix)] = max(newest[string(q.prefix)], q.last)
		epochs, unclear, foreign = max(epochs, q.newEpochs), unclear+q.unclear, foreign+q.foreign
	}
	for _, c := range all {
		if c.held {
			behind := newest[string(c.sequence.prefix)] - c.sequence.last
			onTheWay += behind
			r.notice(rep, c, behind)
		}
	}
	if epochs > 0 {
		rep.doubtful = true
		rep.note("the server began anew %d times: what was lost on the way from one epoch to the next is not known", epochs)
	}
	if unclear > 0 {
		rep.note("%d events came late or twice: which, is not known", unclear)
	}
	if foreign > 0 {
		rep.note("%d ids are not of the form that the server began with, and are not judged", foreign)
	}
	rep.Events.Unjudged += unclear + foreign
	return onTheWay
}

// judgeOthers adds what the union says.
func (r *run) judgeOthers(rep *Report, all []*client, of *verdict) (onTheWay uint64) {
	if len(all) == 0 {
		return 0
	}
	accounts := make([][]uint32, len(all))
	var unjudged uint64
	for i, c := range all {
		accounts[i] = c.seen
		unjudged += c.unjudged
	}
	for i, v := range r.union.judge(accounts) {
		of.lost, of.again, of.late = of.lost+v.lost, of.again+v.again, of.late+v.late
		if all[i].held && unjudged == 0 {
			onTheWay += v.behind
			r.notice(rep, all[i], v.behind)
		}
	}
	rep.Events.Unjudged += unjudged
	if unjudged > 0 {
		rep.note("%d events came when there was no room to remember more ids, and are not judged", unjudged)
	}
	if len(all) == 1 {
		rep.note("ids of this kind are judged by comparing clients, and there was only one: what it lost, or got out of order, is not known")
	} else {
		rep.note("ids of this kind are judged by what all clients saw: an event that came to none of them is not missed")
	}
	return onTheWay
}

// stalledAfter is how long a client that is behind may get nothing before it counts as stalled.
const stalledAfter = time.Second

// notice counts a client that had long got nothing when the time was up, though there was something for it.
func (r *run) notice(rep *Report, c *client, behind uint64) {
	if behind > 0 && r.window.to.Sub(c.latest) > stalledAfter && c.events.Load() > 0 {
		rep.Connections.Stalled++
	}
}

// noticeSilence tells of clients that got nothing for long, and counts those that never got anything.
func (r *run) noticeSilence(rep *Report) {
	stalled := &rep.Connections.Stalled
	if *stalled > 0 {
		rep.note("%d clients got nothing for the last second or longer, though others did", *stalled)
	}
	silent := 0
	for _, c := range r.clients {
		if c.held && c.events.Load() == 0 {
			silent++
		}
	}
	if silent > 0 && rep.Events.Delivered > 0 {
		*stalled += silent
		rep.note("%d clients that were connected got no event at all, though others did", silent)
	}
}
