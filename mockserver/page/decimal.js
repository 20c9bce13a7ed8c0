// Exact decimals. A number is { text, units, scale }: the text to show, digit for digit as it was sent, and its value,
// units × 10^-scale, where units is a BigInt. No number that is shown is ever a float.

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const longest = 64; // characters, and places before or behind the point

/** parse is the number that a text stands for, or null when it is none, or beyond all use. */
export function parse(text) {
  const match = text.length <= longest && form.exec(text);
  if (!match) return null;
  const [, sign, whole, fraction, exponent] = match;
  const digits = whole + (fraction ?? '');
  if (digits === '') return null;
  const units = BigInt(digits) * (sign === '-' ? -1n : 1n);
  const scale = (fraction ?? '').length - Number(exponent ?? 0);
  if (Math.abs(scale) > longest) return null;
  if (scale < 0) return number(units * 10n ** BigInt(-scale), 0);
  const asSent = exponent === undefined && whole !== '' && fraction !== '';
  return asSent ? { text: text.replace('+', ''), units, scale } : number(units, scale);
}

/** compare is below, at or above zero as a is below, at or above b. */
export function compare(a, b) {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** subtract is a - b, with the decimals of the finer of the two. */
export function subtract(a, b) {
  const [x, y] = align(a, b);
  return number(x - y, Math.max(a.scale, b.scale));
}

/**
 * percent is the move from base to value, in percent of base's size, rounded to two decimals, halves away from zero;
 * null when base is zero.
 */
export function percent(value, base) {
  const [x, y] = align(value, base);
  if (y === 0n) return null;
  const size = abs(y);
  const hundredths = (2n * abs(x - y) * 10000n + size) / (2n * size);
  return number(x < y ? -hundredths : hundredths, 2);
}

/** sign is -1, 0 or 1. */
export function sign(d) {
  return d.units < 0n ? -1 : d.units > 0n ? 1 : 0;
}

/** signed is the text with a sign before every number but zero. */
export function signed(d) {
  return sign(d) > 0 ? `+${d.text}` : d.text.replace('-', '−');
}

/** grouped sets commas between the thousands; the digits stay as they are. */
export function grouped(text) {
  const [whole, fraction] = text.split('.');
  const parted = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? parted : `${parted}.${fraction}`;
}

/** changedFrom is the place of the first digit that differs, and 0 when the digits before the point are not as many. */
export function changedFrom(before, after) {
  if (before.split('.')[0].length !== after.split('.')[0].length) return 0;
  let at = 0;
  while (at < after.length && after[at] === before[at]) at++;
  return at;
}

function number(units, scale) {
  return { text: plain(units, scale), units, scale };
}

function plain(units, scale) {
  const digits = abs(units).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return units < 0n ? `-${text}` : text;
}

function align(a, b) {
  const scale = Math.max(a.scale, b.scale);
  return [a, b].map((d) => d.units * 10n ** BigInt(scale - d.scale));
}

function abs(n) {
  return n < 0n ? -n : n;
}
