// Decodes the data of events. Everything that livetape's wire format promises is checked here, and relied on elsewhere.

import { parse } from './decimal.js';
import { safeURL, sanitize } from './sanitize.js';

/** eventTypes are those of the wire format. EventSource delivers only the types that a page names. */
export const eventTypes = ['price', 'news', 'status', 'snapshot', 'resume', 'reset', 'feed', 'message'];

const numberFields = ['last', 'bid', 'ask', 'size', 'volume', 'open', 'high', 'low', 'prev_close'];
const states = ['open', 'closed', 'halted', 'pre', 'post'];

/** decode returns the content of an event, or throws an error that says what is wrong with it. */
export function decode(type, data) {
  const decoder = Object.hasOwn(decoders, type) && decoders[type];
  if (!decoder) throw new Error(`unknown event type ${type}`);
  return decoder(parseJSON(data));
}

const decoders = { price, news, status, snapshot, resume, reset, feed };

const feedStates = ['connecting', 'live', 'quiet', 'silent', 'waiting', 'closed', 'failed', 'finished'];

/** parseJSON keeps every number as the text that was sent. JSON.parse would make floats of them. */
export function parseJSON(json) {
  const token = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  return JSON.parse(json.replace(token, (t) => (t.startsWith('"') ? t : `"${t}"`)));
}

function price(row) {
  requireObject(row);
  const quote = { symbol: requiredText(row, 'symbol', 32), feed: text(row.feed, 128), name: text(row.name, 80), sent: time(row.time ?? row.received), numbers: {} };
  for (const field of numberFields) {
    const value = decimal(row[field], field);
    if (value) quote.numbers[field] = value;
  }
  if (!quote.numbers.last && !quote.numbers.bid && !quote.numbers.ask) throw new Error('price without last, bid and ask');
  return quote;
}

function news(row) {
  requireObject(row);
  return {
    id: text(row.feed, 128) + requiredText(row, 'id', 128),
    headline: requiredText(row, 'headline', 400),
    source: text(row.source, 40),
    url: safeURL(text(row.url, 2000)),
    symbols: Array.isArray(row.symbols) ? row.symbols.slice(0, 12).map((s) => text(s, 32)).filter(Boolean) : [],
    important: row.importance === 'high',
    time: time(row.time),
  };
}

function status(row) {
  requireObject(row);
  if (!states.includes(row.state)) throw new Error('unknown state');
  return { symbol: text(row.symbol, 32), feed: text(row.feed, 128), state: row.state, reason: text(row.reason, 120) };
}

function snapshot(all) {
  requireObject(all);
  const rows = (key, decoder) => {
    if (all[key] !== undefined && !Array.isArray(all[key])) throw new Error(`${key} of the snapshot is not a list`);
    return (all[key] ?? []).map(decoder);
  };
  return { prices: rows('prices', price), news: rows('news', news), status: rows('status', status), feeds: rows('feeds', feed) };
}

// feed is how a feed behind a relay is.
function feed(row) {
  requireObject(row);
  if (!feedStates.includes(row.state)) throw new Error('unknown state of a feed');
  return {
    name: requiredText(row, 'feed', 128),
    state: row.state,
    cause: text(row.cause, 200),
    gap: row.gap && typeof row.gap === 'object' ? { length: text(row.gap.length, 20), missed: count(row.gap.missed), kind: text(row.gap.kind, 20) } : null,
  };
}

function resume(row) {
  requireObject(row);
  return { from: text(row.from, 128), replayed: count(row.replayed) };
}

function reset(row) {
  requireObject(row);
  return { from: text(row.from, 128), missed: count(row.missed) };
}

function requireObject(row) {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) throw new Error('data is not an object');
}

function requiredText(row, field, limit) {
  const value = text(row[field], limit);
  if (value === '') throw new Error(`no ${field}`);
  return value;
}

function text(value, limit) {
  return typeof value === 'string' ? sanitize(value, limit) : '';
}

// noNumber lists the wire format's ways to leave a number out.
const noNumber = ['', '-', 'NaN'];

function decimal(value, field) {
  if (value === undefined || value === null || noNumber.includes(value)) return null;
  const number = typeof value === 'string' ? parse(value) : null;
  if (!number) throw new Error(`${field} is not a number`);
  return number;
}

// count decodes a number of events; null when the server does not know it.
function count(value) {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

function time(value) {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? null : new Date(at);
}
