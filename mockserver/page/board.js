// What is known of the market, and when it was said. The board knows nothing of the page; it collects what changed
// since it was last drawn.

import { changedFrom, compare } from './decimal.js';

const mostSymbols = 10000;
const mostNews = 100;

export class Board {
  rows = new Map(); // by symbol, in the order in which they came
  news = new Map(); // by id, the oldest first
  market = null; // the status of all
  doubtful = false; // the server has said that events were lost, and a snapshot has not come yet
  refused = 0; // symbols beyond the bound
  changed = { rows: new Set(), news: new Set(), list: true };

  /** taken gives what changed since it was called last. */
  taken() {
    const changed = this.changed;
    this.changed = { rows: new Set(), news: new Set(), list: false };
    return changed;
  }

  /** price merges what a price event says; all that it leaves out stays as it was. */
  price(quote, now) {
    const row = this.row(quote.symbol);
    if (!row) return;
    row.name = quote.name || row.name;
    for (const [field, value] of Object.entries(quote.numbers)) take(row.numbers, field, value, now);
    this.changed.rows.add(row);
  }

  /** status is of one symbol, or of the whole market. */
  status(status) {
    if (status.symbol === '') {
      this.market = status;
      return;
    }
    const row = this.row(status.symbol);
    if (!row) return;
    row.status = status;
    this.changed.rows.add(row);
  }

  /** headline adds a story, or corrects the one with the same id. It returns which: new, corrected or known. */
  headline(story) {
    const known = this.news.get(story.id);
    if (known && JSON.stringify(known.story) === JSON.stringify(story)) return 'known';
    const item = { story, came: known?.came ?? new Date(), corrected: Boolean(known) };
    this.news.set(story.id, item);
    this.changed.news.add(story.id);
    this.forget();
    return known ? 'corrected' : 'new';
  }

  /** gap marks the place among the news where the stream was broken. */
  gap(text) {
    const id = Symbol('gap'); // no id of a story is the same
    this.news.set(id, { gap: text, came: new Date() });
    this.changed.news.add(id);
    this.forget();
  }

  /** replace puts a snapshot in the place of all prices and states. News is kept: it has happened. */
  replace(snapshot, now) {
    const before = this.rows;
    this.rows = new Map();
    this.refused = 0;
    this.market = null;
    this.doubtful = false;
    this.changed.list = true;
    for (const quote of snapshot.prices) {
      const known = before.get(quote.symbol);
      if (known) this.rows.set(quote.symbol, { ...known, status: null, numbers: said(known.numbers, quote) });
      this.price(quote, now);
    }
    for (const status of snapshot.status) this.status(status);
    for (const story of snapshot.news) this.headline(story);
  }

  row(symbol) {
    let row = this.rows.get(symbol);
    if (row) return row;
    if (this.rows.size >= mostSymbols) {
      this.refused++;
      return null;
    }
    row = { symbol, name: '', numbers: {}, status: null };
    this.rows.set(symbol, row);
    this.changed.list = true;
    return row;
  }

  forget() {
    for (const id of this.news.keys()) {
      if (this.news.size <= mostNews) return;
      this.news.delete(id);
      this.changed.news.delete(id);
    }
  }
}

// said are those of the known numbers that a quote of a snapshot says again.
function said(known, quote) {
  return Object.fromEntries(Object.entries(known).filter(([field]) => field in quote.numbers));
}

// take puts a number in its place, with the moment at which it was said and the digits that changed.
function take(numbers, field, value, now) {
  const before = numbers[field];
  const move = before ? compare(value, before.value) : 0;
  numbers[field] = {
    value,
    at: now,
    move: move || before?.move || 0,
    moved: move !== 0 ? now : before?.moved ?? null,
    from: move !== 0 ? changedFrom(before.value.text, value.text) : before?.from ?? value.text.length,
  };
}
