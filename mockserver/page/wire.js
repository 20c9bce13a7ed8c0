// From the data of an event to updates of the board: what livetape's wire format promises is checked here, and nothing
// behind this module doubts it again.

import { parse } from './decimal.js';
import { clean, link } from './text.js';

/** types are those of the wire format. An EventSource gives a page only the types that it asks for by name. */
export const types = ['price', 'news', 'status', 'snapshot', 'resume', 'reset', 'message'];

const numbers = ['last', 'bid', 'ask', 'size', 'volume', 'open', 'high', 'low', 'prev_close'];
const states = ['open', 'closed', 'halted', 'pre', 'post'];

/** decode is what an event says. The error tells why it says nothing. */
export function decode(type, data) {
  const read = Object.hasOwn(readers, type) && readers[type];
  if (!read) throw new Error(`an event of type ${type}`);
  return read(exact(data));
}

const readers = { price, news, status, snapshot, resume, reset };

/** exact is JSON with every number as the text that was sent: JSON.parse by itself makes floats of them. */
export function exact(json) {
  const token = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  return JSON.parse(json.replace(token, (t) => (t.startsWith('"') ? t : `"${t}"`)));
}

function price(row) {
  object(row);
  const quote = { symbol: required(row, 'symbol', 32), name: word(row.name, 80), sent: time(row.time), numbers: {} };
  for (const field of numbers) {
    const value = decimal(row[field], field);
    if (value) quote.numbers[field] = value;
  }
  if (!quote.numbers.last && !quote.numbers.bid && !quote.numbers.ask) throw new Error('a price without a number');
  return quote;
}

function news(row) {
  object(row);
  return {
    id: required(row, 'id', 128),
    headline: required(row, 'headline', 400),
    source: word(row.source, 40),
    url: link(word(row.url, 2000)),
    symbols: Array.isArray(row.symbols) ? row.symbols.slice(0, 12).map((s) => word(s, 32)).filter(Boolean) : [],
    important: row.importance === 'high',
    time: time(row.time),
  };
}

function status(row) {
  object(row);
  if (!states.includes(row.state)) throw new Error('a state that is none of the wire format');
  return { symbol: word(row.symbol, 32), state: row.state, reason: word(row.reason, 120) };
}

function snapshot(all) {
  object(all);
  const rows = (key, read) => {
    if (all[key] !== undefined && !Array.isArray(all[key])) throw new Error(`${key} of the snapshot is not a list`);
    return (all[key] ?? []).map(read);
  };
  return { prices: rows('prices', price), news: rows('news', news), status: rows('status', status) };
}

function resume(row) {
  object(row);
  return { from: word(row.from, 128), replayed: count(row.replayed) };
}

function reset(row) {
  object(row);
  return { from: word(row.from, 128), missed: count(row.missed) };
}

function object(row) {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) throw new Error('data that is no object');
}

function required(row, field, limit) {
  const said = word(row[field], limit);
  if (said === '') throw new Error(`no ${field}`);
  return said;
}

function word(value, limit) {
  return typeof value === 'string' ? clean(value, limit) : '';
}

// missing are the ways of the wire format to say that there is no number.
const missing = ['', '-', 'NaN'];

function decimal(value, field) {
  if (value === undefined || value === null || missing.includes(value)) return null;
  const number = typeof value === 'string' ? parse(value) : null;
  if (!number) throw new Error(`${field} is no number`);
  return number;
}

// count is a number of events, for words alone; null when the server cannot tell.
function count(value) {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

function time(value) {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? null : new Date(at);
}
