// Exact decimals. A number is { text, units, scale }: the text to show, digit for digit as it was sent, and its value,
// units × 10^-scale, where units is a BigInt. No number on the page is ever a float.

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const maxLength = 64; // characters, and digits on either side of the point

/** parse returns the number in a text, or null if it is none or out of bounds. */
export function parse(text) {
  const match = text.length <= maxLength && pattern.exec(text);
  if (!match) return null;
  const [, sign, whole, fraction, exponent] = match;
  const digits = whole + (fraction ?? '');
  if (digits === '') return null;
  const units = BigInt(digits) * (sign === '-' ? -1n : 1n);
  const scale = (fraction ?? '').length - Number(exponent ?? 0);
  if (Math.abs(scale) > maxLength) return null;
  if (scale < 0) return number(units * 10n ** BigInt(-scale), 0);
  const asSent = exponent === undefined && whole !== '' && fraction !== '';
  return asSent ? { text: text.replace('+', ''), units, scale } : number(units, scale);
}

/** compare returns -1, 0 or 1. */
export function compare(a, b) {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** subtract returns a - b, with the decimals of the finer of the two. */
export function subtract(a, b) {
  const [x, y] = align(a, b);
  return number(x - y, Math.max(a.scale, b.scale));
}

/**
 * percentChange returns the change from base to value in percent of the absolute base, rounded to two decimals, halves
 * away from zero; null when base is zero.
 */
export function percentChange(value, base) {
  const [x, y] = align(value, base);
  if (y === 0n) return null;
  const size = abs(y);
  const hundredths = (2n * abs(x - y) * 10000n + size) / (2n * size);
  return number(x < y ? -hundredths : hundredths, 2);
}

/** sign returns -1, 0 or 1. */
export function sign(d) {
  return d.units < 0n ? -1 : d.units > 0n ? 1 : 0;
}

/** signed writes every number but zero with a sign. */
export function signed(d) {
  return sign(d) > 0 ? `+${d.text}` : d.text.replace('-', '−');
}

/** grouped sets commas between thousands, and keeps the digits. */
export function grouped(text) {
  const [whole, fraction] = text.split('.');
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}

/** decimals returns how many digits a text has behind its point. */
export function decimals(text) {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** firstDifference returns the index of the first digit that differs; 0 if the numbers of digits before the point do. */
export function firstDifference(before, after) {
  if (before.split('.')[0].length !== after.split('.')[0].length) return 0;
  let at = 0;
  while (at < after.length && after[at] === before[at]) at++;
  return at;
}

function number(units, scale) {
  const digits = abs(units).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  const size = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return { text: units < 0n ? `-${size}` : size, units, scale };
}

function align(a, b) {
  const scale = Math.max(a.scale, b.scale);
  return [a, b].map((d) => d.units * 10n ** BigInt(scale - d.scale));
}

function abs(n) {
  return n < 0n ? -n : n;
}
