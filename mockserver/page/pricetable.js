// The price table: one row a symbol, and the age beside every number. The numbers of a column have their points one above the
// other.

import { decimals, grouped, percentChange, sign, signed, subtract } from './decimal.js';
import { byId, createElement, setData, setText } from './dom.js';
import { shortAge } from './time.js';

const maxRows = 500;
const highlightTime = 900; // ms that changed digits stay highlighted
const maxAligned = 10; // decimals; a number with more of them is not worth the room in every row
const columns = ['last', 'bid', 'ask', 'volume'];
const oldAfter = 60000; // ms after which a number is shown as old, even on a live stream

export class PriceTable {
  rows = new Map(); // the rows drawn, by symbol
  highlighted = new Set(); // cells
  room = {}; // for decimals, by column

  constructor(board) {
    this.board = board;
    this.body = byId('rows');
    this.filter = byId('filter');
    this.counted = byId('counted');
    this.filter.addEventListener('input', () => { board.changes.list = true; });
  }

  draw(changes, now, agesChanged) {
    if (changes.list) this.drawList();
    for (const quote of changes.rows) {
      const row = this.rows.get(quote.key);
      if (!row) continue;
      if (row.draw(quote, now)) this.highlighted.add(row.cells.last);
      if (this.widen(quote)) for (const other of this.rows.values()) other.align(this.room);
      else row.align(this.room);
    }
    for (const cell of this.highlighted) if (cell.endHighlight(now)) this.highlighted.delete(cell);
    if (changes.list || agesChanged) for (const row of this.rows.values()) row.drawAges(now);
  }

  // drawList draws the first symbols that match the filter.
  drawList() {
    const filter = this.filter.value.trim();
    this.keepColumns(filter !== '');
    const matches = (quote) => `${quote.symbol}\n${quote.name}\n${quote.feed}`.toLowerCase().includes(filter.toLowerCase());
    const found = [...this.board.rows.values()].filter(matches);
    const shown = found.slice(0, maxRows);
    const rows = shown.map((quote) => this.rows.get(quote.key) ?? new Row(quote));
    this.rows = new Map(rows.map((row) => [row.key, row]));
    this.room = {};
    for (const quote of this.board.rows.values()) this.widen(quote); // of all, so that a filter moves nothing
    shown.forEach((quote, at) => {
      rows[at].draw(quote, null);
      rows[at].align(this.room);
      setData(rows[at].element, 'down', this.board.isDown(quote) ? 'yes' : '');
    });
    this.body.replaceChildren(...rows.map((row) => row.element));
    setText(this.counted, this.countText(found.length, shown.length));
    byId('empty').hidden = shown.length > 0;
    const none = `No symbol or name has “${filter}” in it.`;
    setText(byId('empty'), this.board.rows.size === 0 ? 'No price has come yet.' : none);
  }

  // widen makes room for the decimals of a quote, and returns whether that took more of it.
  widen({ numbers }) {
    let wider = false;
    const change = changeOf(numbers);
    for (const [column, number] of [...columns.map((field) => [field, numbers[field]?.value]), ['change', change]]) {
      const wanted = number ? Math.min(decimals(number.text), maxAligned) : 0;
      if (wanted <= (this.room[column] ?? 0)) continue;
      this.room[column] = wanted;
      wider = true;
    }
    return wider;
  }

  // keepColumns keeps the widths of all rows while a filter shows some of them.
  keepColumns(filtered) {
    if (filtered === this.kept) return;
    this.kept = filtered;
    const heads = [...this.body.parentElement.querySelectorAll('thead .number')];
    const widths = heads.map((head) => (filtered ? `${head.offsetWidth}px` : ''));
    heads.forEach((head, at) => { head.style.minWidth = widths[at]; });
  }

  countText(found, shown) {
    const all = this.board.rows.size;
    const number = (n) => grouped(String(n));
    const dropped = this.board.droppedSymbols > 0 ? ` · more than ${number(all)} are not kept` : '';
    if (shown < found) return `first ${number(shown)} of ${number(found)}: filter to see others${dropped}`;
    return (found < all ? `${number(found)} of ${number(all)} symbols` : `${number(all)} symbols`) + dropped;
  }
}

class Row {
  constructor({ key, symbol, feed }) {
    this.key = key;
    this.name = createElement('span', { class: 'name', dir: 'auto' });
    this.state = createElement('span', { class: 'state' });
    this.change = createElement('span', { class: 'value' });
    this.percent = createElement('span', { class: 'percent' });
    const labels = { last: 'Last', bid: 'Bid', ask: 'Ask', volume: 'Vol' };
    this.cells = Object.fromEntries(Object.entries(labels).map(([field, label]) => [field, new Cell(field, label)]));
    this.changeCell = createElement('td', { class: 'number change', role: 'cell' }, this.change, this.percent);
    const head = createElement('th', { scope: 'row', role: 'rowheader' },
      createElement('span', { class: 'symbol', dir: 'auto' }, symbol), ' ',
      ...(feed ? [createElement('span', { class: 'feed', dir: 'auto' }, feed), ' '] : []), this.state, ' ', this.name);
    const { last, bid, ask, volume } = this.cells;
    this.element = createElement('tr', { role: 'row' },
      head, last.element, this.changeCell, bid.element, ask.element, volume.element);
    this.element.dataset.symbol = symbol;
  }

  // draw returns whether the last price is now highlighted. When now is null, it highlights nothing.
  draw(quote, now) {
    for (const [field, cell] of Object.entries(this.cells)) cell.draw(quote.numbers[field]);
    this.drawChange(quote.numbers);
    const notOpen = quote.status && quote.status.state !== 'open' ? quote.status : null;
    setText(this.state, notOpen ? notOpen.state : '');
    setData(this.element, 'state', notOpen ? notOpen.state : '');
    setText(this.name, notOpen?.reason || quote.name);
    if (now === null) return false;
    this.drawAges(now);
    return this.cells.last.highlight(now);
  }

  drawChange(numbers) {
    const change = changeOf(numbers);
    const percent = change && percentChange(numbers.last.value, baseOf(numbers).value);
    setText(this.change, change ? grouped(signed(change)) : '–');
    setText(this.percent, percent ? `${grouped(signed(percent))}%` : '');
    setData(this.changeCell, 'direction', change ? directions[sign(change) + 1] : '');
  }

  // align puts the points below those of the other rows, which have so many decimals.
  align(room) {
    for (const [column, cell] of Object.entries(this.cells)) fill(cell.value, room[column]);
    fill(this.change, room.change);
  }

  drawAges(now) {
    for (const cell of Object.values(this.cells)) cell.drawAge(now);
  }
}

// fill has the style sheet draw, invisibly, the decimals that a number has not.
function fill(element, room = 0) {
  const missing = room - decimals(element.textContent);
  const point = missing === room && room > 0 ? '.' : '';
  setData(element, 'fill', missing > 0 ? point + '0'.repeat(missing) : '');
}

function baseOf({ prev_close: close, open }) {
  return close ?? open;
}

function changeOf(numbers) {
  const base = baseOf(numbers);
  return numbers.last && base ? subtract(numbers.last.value, base.value) : null;
}

const directions = ['down', '', 'up'];
const arrows = ['▼', '', '▲'];

// Cell is one number with its age. The last price also has an arrow, and its changed digits are highlighted.
class Cell {
  constructor(name, label) {
    this.unchanged = createElement('span');
    this.changed = createElement('b');
    this.arrow = name === 'last' ? createElement('span', { class: 'arrow' }) : null;
    this.age = createElement('span', { class: 'age' });
    this.value = createElement('span', { class: 'value' }, this.unchanged, this.changed);
    this.element = createElement('td', { class: `number ${name}`, role: 'cell', 'data-label': label },
      ...(this.arrow ? [this.arrow, this.value] : [this.value]), this.age);
  }

  draw(number) {
    if (number === this.number) return;
    this.number = number;
    const text = number ? grouped(number.value.text) : '–';
    const from = number && this.arrow ? indexIn(text, number.changedFrom) : text.length;
    setText(this.unchanged, text.slice(0, from));
    setText(this.changed, text.slice(from));
    if (!this.arrow) return;
    setText(this.arrow, number ? arrows[number.direction + 1] : '');
    setData(this.element, 'direction', number ? directions[number.direction + 1] : '');
  }

  // highlight highlights digits that have just changed. It is no CSS animation: those repaint continuously.
  highlight(now) {
    const changedAt = this.number?.changedAt ?? null;
    const recent = changedAt !== null && now - changedAt < highlightTime;
    if (recent) setData(this.element, 'highlighted', 'yes');
    return recent;
  }

  // endHighlight ends the highlight if its time is over, and returns whether it is.
  endHighlight(now) {
    const over = now - (this.number?.changedAt ?? 0) >= highlightTime;
    if (over) setData(this.element, 'highlighted', '');
    return over;
  }

  drawAge(now) {
    setText(this.age, this.number ? shortAge(now, this.number.at) : '');
    setData(this.element, 'old', this.number && now - this.number.at >= oldAfter ? 'yes' : '');
  }
}

// indexIn is where a digit stands in a text with commas, by its index without them.
function indexIn(text, index) {
  let at = 0;
  for (let seen = 0; seen < index && at < text.length; at++) if (text[at] !== ',') seen++;
  return at;
}
