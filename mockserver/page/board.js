// What is known of the market, and since when. The board knows nothing of the page; it collects the changes to draw.

import { compare, firstDifference } from './decimal.js';

const maxSymbols = 10000;
const maxNews = 100;
const logName = 'event log'; // among the feeds: the log that several relays share

export class Board {
  rows = new Map(); // by symbol, in order of arrival
  news = new Map(); // stories and gaps by id, oldest first
  market = null; // the status of the whole market
  feeds = new Map(); // how the feeds behind a relay are, by name
  outOfSync = false; // the server has said that events were lost, and no snapshot has come since
  droppedSymbols = 0; // over maxSymbols
  changes = { rows: new Set(), news: new Set(), list: true };

  /** takeChanges returns what has changed since the last call. */
  takeChanges() {
    const { changes } = this;
    this.changes = { rows: new Set(), news: new Set(), list: false };
    return changes;
  }

  /** applyPrice merges a price event. What it leaves out stays as it was. */
  applyPrice(quote, now) {
    const row = this.row(quote);
    if (!row) return;
    row.name = quote.name || row.name;
    const at = now - lateness(quote);
    for (const [field, value] of Object.entries(quote.numbers)) setNumber(row.numbers, field, value, at);
    this.changes.rows.add(row);
  }

  /** applyStatus sets the status of one symbol, or of the whole market. */
  applyStatus(status) {
    if (status.symbol === '') {
      this.market = status;
      return;
    }
    const row = this.row(status);
    if (!row) return;
    row.status = status;
    this.changes.rows.add(row);
  }

  /** applyHeadline adds a story, or corrects the one with the same id. It returns 'new', 'corrected' or 'known'. */
  applyHeadline(story) {
    const known = this.news.get(story.id);
    if (known && JSON.stringify(known.story) === JSON.stringify(story)) return 'known';
    this.setNews(story.id, { story, received: known?.received ?? new Date(), corrected: Boolean(known) });
    return known ? 'corrected' : 'new';
  }

  /** addGap marks among the news where the stream was interrupted. */
  addGap(text) {
    this.setNews(Symbol('gap'), { gap: text, received: new Date() }); // a symbol equals no story's id
  }

  /** applySnapshot replaces all prices and statuses. News is kept: it stays true. */
  applySnapshot(snapshot, now) {
    const before = this.rows;
    this.rows = new Map();
    this.droppedSymbols = 0;
    this.market = null;
    this.outOfSync = false;
    this.changes.list = true;
    for (const quote of snapshot.prices) {
      const known = before.get(rowKey(quote));
      if (known && !this.rows.has(known.key)) this.rows.set(known.key, { ...known, status: null, numbers: commonNumbers(known.numbers, quote) });
      this.applyPrice(quote, now);
    }
    for (const status of snapshot.status) this.applyStatus(status);
    this.feeds = new Map(snapshot.feeds.map((feed) => [feed.name, feed]));
    for (const story of snapshot.news) this.applyHeadline(story);
  }

  /** applyFeed notes how a feed behind a relay is, and marks what it missed. */
  applyFeed(feed) {
    this.feeds.set(feed.name, feed);
    this.changes.list = true;
    if (feed.gap) {
      const missed = feed.gap.missed === null ? 'how much was missed is not known' : `${feed.gap.missed} missed`;
      this.addGap(`${feed.name}: ${feed.gap.kind || 'gap'} after ${feed.gap.length || 'a break'}; ${missed}`);
    }
  }

  /** isDown reports whether the feed of a row, or the log through which all of them come, is known not to be live. */
  isDown(row) {
    return [row.feed, logName].some((name) => (this.feeds.get(name)?.state ?? 'live') !== 'live');
  }

  /** feedsDown returns the names of the feeds that are not live, and whether none is. */
  feedsDown() {
    const feeds = [...this.feeds.values()];
    const down = feeds.filter(({ state }) => state !== 'live').map(({ name }) => name);
    return { down, none: down.length > 0 && (down.includes(logName) || down.length === feeds.filter(({ name }) => name !== logName).length) };
  }

  row({ symbol, feed }) {
    const key = rowKey({ symbol, feed });
    let row = this.rows.get(key);
    if (row) return row;
    if (this.rows.size >= maxSymbols) {
      this.droppedSymbols++;
      return null;
    }
    row = { key, symbol, feed, name: '', numbers: {}, status: null };
    this.rows.set(key, row);
    this.changes.list = true;
    return row;
  }

  setNews(id, item) {
    this.news.set(id, item);
    this.changes.news.add(id);
    for (const oldest of this.news.keys()) {
      if (this.news.size <= maxNews) return;
      this.news.delete(oldest);
      this.changes.news.delete(oldest);
    }
  }
}

// lateness is by how much a price from behind a relay is older than its arrival, in ms: what the relay has known for an hour is
// an hour old. What is not much late is as old as it looks.
function lateness({ feed, sent }) {
  const late = feed === '' || sent === null ? 0 : Date.now() - sent;
  return late > 5000 ? late : 0;
}

// rowKey tells the rows of one symbol of several feeds apart.
function rowKey({ symbol, feed }) {
  return feed === '' ? symbol : `${symbol}\n${feed}`;
}

// commonNumbers returns the known numbers that a quote of a snapshot has too.
function commonNumbers(known, quote) {
  return Object.fromEntries(Object.entries(known).filter(([field]) => field in quote.numbers));
}

// setNumber keeps, beside the value, when it came, and which way, when and from which digit on it changed last.
function setNumber(numbers, field, value, now) {
  const before = numbers[field];
  const direction = before ? compare(value, before.value) : 0;
  const changed = direction !== 0;
  numbers[field] = {
    value,
    at: now,
    direction: direction || before?.direction || 0,
    changedAt: changed ? now : before?.changedAt ?? null,
    changedFrom: changed ? firstDifference(before.value.text, value.text) : before?.changedFrom ?? value.text.length,
  };
}
