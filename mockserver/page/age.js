// Time on this page: a clock that ages are read from, and ages in words. All times are in milliseconds.

/**
 * createClock gives a function that tells the time since some moment. It also counts the hours that a computer sleeps,
 * which performance.now may leave out, and it never runs backwards when somebody sets the time of day: what it says of
 * an age may be too much, and is never too little.
 */
export function createClock(steady = () => performance.now(), wall = () => Date.now()) {
  let elapsed = 0;
  let before = [steady(), wall()];
  return () => {
    const now = [steady(), wall()];
    elapsed += Math.max(0, now[0] - before[0], now[1] - before[1]);
    before = now;
    return elapsed;
  };
}

const second = 1000;
const units = [[24 * 3600 * second, 'd', 'd'], [3600 * second, 'h', 'h'], [60 * second, 'm', 'min'], [second, 's', 's']];

/** age is how long ago something was, for a table: 0s to 59s, then minutes, hours and days. */
export function age(now, at) {
  const ms = passed(now, at);
  for (const [length, short] of units) {
    if (ms >= length) return `${Math.min(Math.floor(ms / length), 99)}${short}`;
  }
  return '0s';
}

/** ago is an age in words: 23 s, 2 min. */
export function ago(now, at) {
  const ms = passed(now, at);
  for (const [length, , word] of units) {
    if (ms >= length) return `${Math.floor(ms / length)} ${word}`;
  }
  return '0 s';
}

/** spell is a length of time in words: 0.4 s, 7 s, 2 min 5 s. */
export function spell(ms) {
  if (ms < 50) return '<0.1 s';
  if (ms < 10 * second) return `${(ms / second).toFixed(1)} s`;
  const whole = Math.round(ms / second) * second;
  const at = units.findIndex(([length]) => whole >= length);
  const [length, , word] = units[at];
  const said = `${Math.floor(whole / length)} ${word}`;
  if (at + 1 === units.length) return said;
  const [next, , nextWord] = units[at + 1];
  const rest = Math.floor((whole % length) / next);
  return rest > 0 ? `${said} ${rest} ${nextWord}` : said;
}

/** delay is the time from an event's own stamp to its arrival, by two clocks, of which the sender's may be ahead. */
export function delay(ms) {
  if (ms < -second) return `${spell(-ms)} ahead`;
  return ms < second ? `${Math.max(0, Math.round(ms))} ms` : spell(ms);
}

/** timeOfDay is the local one. */
export function timeOfDay(date) {
  return date.toLocaleTimeString(undefined, { hour12: false });
}

// passed is in whole seconds of the clock, so that all ages on the page change together.
function passed(now, at) {
  return Math.max(0, Math.floor(now / second) - Math.floor(at / second)) * second;
}
