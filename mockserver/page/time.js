// Elapsed time: a clock to measure it with, and how it is written. All times are in milliseconds.

/**
 * createClock returns a function that tells the time since some moment. It includes the time that a computer sleeps, which
 * performance.now may leave out, and never runs backwards when the time of day is set: it may overstate an age, and
 * never understates one.
 */
export function createClock(monotonic = () => performance.now(), wall = () => Date.now()) {
  let elapsed = 0;
  let before = [monotonic(), wall()];
  return () => {
    const now = [monotonic(), wall()];
    elapsed += Math.max(0, now[0] - before[0], now[1] - before[1]);
    before = now;
    return elapsed;
  };
}

const second = 1000;
const units = [[24 * 3600 * second, 'd', 'd'], [3600 * second, 'h', 'h'], [60 * second, 'm', 'min'], [second, 's', 's']];

/** shortAge writes the time since `at` for a table: 0s to 59s, then minutes, hours and days. */
export function shortAge(now, at) {
  const ms = elapsedSeconds(now, at);
  const [length, unit] = unitOf(ms);
  return `${Math.min(Math.floor(ms / length), 99)}${unit}`;
}

/** age writes the time since `at`: 23 s, 2 min. */
export function age(now, at) {
  const ms = elapsedSeconds(now, at);
  const [length, , unit] = unitOf(ms);
  return `${Math.floor(ms / length)} ${unit}`;
}

/** duration writes a length of time: 0.4 s, 7 s, 2 min 5 s. */
export function duration(ms) {
  if (ms < 50) return '<0.1 s';
  if (ms < 10 * second) return `${(ms / second).toFixed(1)} s`;
  const rounded = Math.round(ms / second) * second;
  const at = units.findIndex(([length]) => rounded >= length);
  const [length, , unit] = units[at];
  const text = `${Math.floor(rounded / length)} ${unit}`;
  if (at + 1 === units.length) return text;
  const [smaller, , smallerUnit] = units[at + 1];
  const rest = Math.floor((rounded % length) / smaller);
  return rest > 0 ? `${text} ${rest} ${smallerUnit}` : text;
}

/** latency writes the time from an event's timestamp to its arrival. The sender's clock may be ahead of ours. */
export function latency(ms) {
  if (ms < -second) return `${duration(-ms)} ahead`;
  return ms < second ? `${Math.max(0, Math.round(ms))} ms` : duration(ms);
}

/** timeOfDay writes the local time. */
export function timeOfDay(date) {
  return date.toLocaleTimeString(undefined, { hour12: false });
}

// unitOf returns the largest unit that fits into ms, or seconds.
function unitOf(ms) {
  return units.find(([length]) => ms >= length) ?? units.at(-1);
}

// elapsedSeconds rounds to whole seconds of the clock, so that all ages on the page change together.
function elapsedSeconds(now, at) {
  return Math.max(0, Math.floor(now / second) - Math.floor(at / second)) * second;
}
