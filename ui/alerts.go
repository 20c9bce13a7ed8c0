package ui

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/alert"
	"livetape/ui/fold"
	"livetape/ui/humanize"
)

// alertHighlight is how long the row that an alert is about stands out.
const alertHighlight = 10 * time.Second

// alerts are the user's, and what came true.
type alerts struct {
	engine *alert.Engine
	fired  []alert.Firing // by this message, to be told
	typed  []typedAlert   // besides those of the configuration
	unseen int            // since the list of alerts was last open
	list   list
}

// typedAlert is an alert that the user typed on a row. It is kept from run to run.
type typedAlert struct {
	alert.Rule
	key string // of its setting
}

func newAlerts(rules []alert.Rule) alerts { return alerts{engine: alert.New(rules)} }

// startOver watches for the same as before, and knows of nothing.
func (a alerts) startOver() alerts {
	return alerts{engine: alert.New(a.engine.Rules()), typed: a.typed}
}

func (a alerts) apply(ev feed.Event) alerts { return a.took(a.engine.Apply(ev)) }

func (a alerts) advance(now time.Time) alerts { return a.took(a.engine.Advance(now)) }

func (a alerts) took(fired []alert.Firing) alerts {
	a.fired = append(slices.Clip(a.fired), fired...)
	a.unseen += len(fired)
	return a
}

// tellAlerts shows the newest alert, and sends all of them. Of a recording nothing is sent.
func (m Model) tellAlerts() (Model, tea.Cmd) {
	fired := m.alerts.fired
	if len(fired) == 0 {
		return m, nil
	}
	m.alerts.fired = nil
	m, cmd := m.showToast(span{banner, " " + alertSign + " " + plainLine(fired[len(fired)-1].Text) + " "})
	send := m.config.SendAlert
	if send == nil || m.config.Deck != nil {
		return m, cmd
	}
	return m, tea.Batch(cmd, func() tea.Msg {
		for _, f := range fired {
			send(f)
		}
		return nil
	})
}

const alertSign = "▲"

// headerText is how many alerts there are that the user has not looked at.
func (a alerts) headerText() string {
	if a.unseen == 0 {
		return ""
	}
	return alertSign + " " + humanize.Plural(a.unseen, "alert")
}

// isAlerted reports whether an alert stands on a row: one that came true, and that the user has not looked at or that is
// seconds old.
func (m Model) isAlerted(r *market.Row) bool {
	for i, f := range m.alerts.engine.History() {
		if i >= m.alerts.unseen && m.now.Sub(f.At) > alertHighlight {
			return false
		}
		if !f.At.After(m.now) && f.Symbol == r.Symbol && anyFeed(r, m.symbolOf(r), func(feed string) bool { return feed == f.Feed }) {
			return true
		}
	}
	return false
}

// replace watches for the rules of a changed configuration, and for those that were typed.
func (a alerts) replace(rules []alert.Rule) {
	all := slices.Clone(rules)
	for _, t := range a.typed {
		all = append(all, t.Rule)
	}
	a.engine.Replace(all)
}

// add watches for what was typed about a symbol, if it does not already.
func (a alerts) add(symbol, text string) (alerts, error) {
	r, err := alert.Parse(symbol, text)
	if err != nil {
		return a, err
	}
	t := typedAlert{r, settingKey("alert", symbol, strings.TrimSpace(text))}
	if !slices.ContainsFunc(a.typed, func(other typedAlert) bool { return other.key == t.key }) {
		a.engine.Add(r)
		a.typed = append(slices.Clip(a.typed), t)
	}
	return a, nil
}

// isHighlighted reports whether an alert about a row has just come true. It ends on a whole second, when the ages change.
func (a alerts) isHighlighted(r *market.Row, s *fold.Symbol, now time.Time) bool {
	since := now.Truncate(time.Second).Add(-alertHighlight)
	return a.engine != nil && anyFeed(r, s, func(feed string) bool { return a.engine.FiredSince(feed, r.Symbol, since) })
}

func (m Model) toggleAlerts() Model {
	m.alerts.unseen, m.alerts.list = 0, list{}
	return m.toggleOverlay(alertsOverlay)
}

// alertedSymbol is the symbol that a new alert is about: of the selected row; empty for none.
func (m Model) alertedSymbol() string {
	if r := m.selectedRow(m.shownData()); r != nil && !r.IsReading {
		return r.Symbol
	}
	return ""
}

// addAlert watches for what was typed, in this run and the next ones.
func (m Model) addAlert(text string) (Model, tea.Cmd) {
	if strings.TrimSpace(text) == "" {
		return m, nil
	}
	added, err := m.alerts.add(m.alertedSymbol(), text)
	if err != nil {
		return m.showToast(span{bad, plainLine(err.Error())})
	}
	if len(added.typed) == len(m.alerts.typed) {
		return m.showToast(span{accent, "there is such an alert already; " + keyLabel(m.keys.alerts) + " lists all"})
	}
	m.alerts = added
	t := added.typed[len(added.typed)-1]
	m.settings.keep(t.key, symbolAdded)
	return m.showToast(span{accent, "alert added: " + plainLine(t.String()) + "; " + keyLabel(m.keys.alerts) + " lists all"})
}

// removeAlert removes the alert under the cursor: one that was typed for ever, one of the configuration until the program
// starts again.
func (m Model) removeAlert() (Model, tea.Cmd) {
	rules, at := m.alerts.engine.Rules(), m.alerts.list.cursor
	if at >= len(rules) {
		return m.sayUnusedKey(keyLabel(m.keys.removeAlert))
	}
	m.alerts.engine.Remove(at)
	said := "removed until livetape starts again: "
	m.alerts.typed = slices.DeleteFunc(slices.Clone(m.alerts.typed), func(t typedAlert) bool {
		if !reflect.DeepEqual(t.Rule, rules[at]) {
			return false
		}
		m.settings.keep(t.key, "")
		said = "removed: "
		return true
	})
	return m.showToast(span{accent, said + plainLine(rules[at].String())})
}

// lines is how many lines the list of alerts has below its title.
func (a alerts) lines() int { return len(a.engine.Rules()) + 1 + max(len(a.engine.History()), 1) }

func (m Model) viewAlerts(height int) []string {
	area, rules, history := m.overlayArea(height), m.alerts.engine.Rules(), m.alerts.engine.History()
	w := newLineWriter(m.theme, area.width)
	hint := fmt.Sprintf("%s on a row adds · %s removes · %s closes", keyLabel(m.keys.addAlert), keyLabel(m.keys.removeAlert), keyLabel(m.keys.back))
	lines := []string{paneTitleLine(w, area, "Alerts", humanize.Count(len(rules)), hint)}
	if len(rules)+len(history) == 0 {
		w.writeBlanks(gutter)
		w.write(muted, "No alerts: "+keyLabel(m.keys.addAlert)+" on a row adds one; in the configuration they are under alerts:")
		return padLines(append(lines, w.endLine()), height)
	}
	l := m.alerts.list
	for i := l.top; i < l.end(); i++ {
		w.selected = i == l.cursor
		switch {
		case i < len(rules):
			m.drawRule(w, i, rules[i])
		case i == len(rules):
			lines = append(lines, paneTitleLine(w, drawContext{}, "Fired", humanize.Count(len(history)), ""))
			continue
		case len(history) == 0:
			drawCursorMark(w)
			w.write(muted, "nothing yet")
		default:
			f := history[i-len(rules)-1]
			drawCursorMark(w)
			w.writeLeft(muted, timeCell(f.At, m.now), len(time.TimeOnly)+2)
			m.drawFiring(w, f)
		}
		lines = append(lines, w.endLine())
	}
	return padLines(lines, height)
}

// drawFiring draws what came true, and of which feed where there are several: of one symbol they may say the same. Words make
// room for the price at their end.
func (m Model) drawFiring(w *lineWriter, f alert.Firing) {
	if len(m.feeds) > 1 && f.Rule.Kind < alert.Silent {
		w.write(muted, truncate(plainLine(f.Feed), maxFeedWidth)+"  ")
	}
	words, price := plainLine(f.Text), ""
	if at := strings.LastIndex(words, ": "); at >= 0 && f.Price.IsSet() {
		words, price = words[:at], words[at:]
	}
	w.write(plain, truncate(words, max(w.width-w.used-cells(price), 0))+price)
}

// drawRule draws a rule, whether it is armed, and how the user is told.
func (m Model) drawRule(w *lineWriter, i int, r alert.Rule) {
	drawCursorMark(w)
	state, st := "armed", good
	if !m.alerts.engine.IsArmed(i) {
		state, st = "true now", warn
	}
	w.writeLeft(st, state, len("true now")+2)
	w.write(strong, plainLine(r.String()))
	if r.Name != "" {
		w.write(muted, "  "+plainLine(r.Name))
	}
	w.write(muted, "  "+actionsText(r.Actions))
}

func actionsText(a alert.Actions) string {
	var ways []string
	for _, way := range []struct {
		on   bool
		name string
	}{{a.Bell, "bell"}, {a.Terminal, "terminal"}, {a.Desktop, "desktop"}} {
		if way.on {
			ways = append(ways, way.name)
		}
	}
	if len(a.Exec) > 0 {
		ways = append(ways, "exec "+plainLine(a.Exec[0]))
	}
	return strings.Join(ways, ", ")
}

const (
	minAlertsPart  = 2 // lines, with the title
	wantAlertsPart = 5
)

// alertsPart is the last that came true, and what is armed, in the details.
func (m Model) alertsPart() (_ detailPart, shown bool) {
	rules, history := m.alerts.engine.Rules(), m.alerts.engine.History()
	if len(rules)+len(history) == 0 {
		return detailPart{}, false
	}
	return detailPart{pane: noPane, second: true, minimum: minAlertsPart, wanted: min(2+len(history), wantAlertsPart), view: func(m Model, area drawContext) []string {
		w := newLineWriter(area.theme, area.width)
		area.focused = false
		hint := keyLabel(m.keys.alerts) + " all · " + keyLabel(m.keys.addAlert) + " new"
		where := humanize.Count(len(rules))
		if m.alerts.unseen > 0 {
			where += " · " + humanize.Count(m.alerts.unseen) + " new"
		}
		lines := []string{paneTitleLine(w, area, "Alerts", where, hint)}
		for i, f := range history[:min(len(history), max(area.height-2, 1))] {
			sign := warn
			if i >= m.alerts.unseen {
				sign = muted
			}
			w.write(sign, " "+alertSign)
			w.write(muted, " "+timeCell(f.At, area.now)+"  ")
			m.drawFiring(w, f)
			if told := actionsText(f.Rule.Actions); told != "" && w.used+cells(told)+3 <= w.width {
				w.writeBlanks(w.width - w.used - cells(told) - 1)
				w.write(muted, told)
			}
			lines = append(lines, w.endLine())
		}
		if len(lines) == area.height {
			return lines
		}
		var armed []string
		for i, r := range rules {
			if m.alerts.engine.IsArmed(i) {
				armed = append(armed, plainLine(r.String()))
			}
		}
		w.write(muted, spaces(gutter)+"armed: "+cmp.Or(strings.Join(armed, " · "), "none"))
		return append(lines, w.endLine())
	}}, true
}
