// The table of prices: a row a symbol, beside every number its age.

import { age } from './age.js';
import { grouped, percent, sign, signed, subtract } from './decimal.js';
import { element, find, flag, write } from './element.js';

const mostDrawn = 500;
const glow = 900; // ms that digits which changed stay lit
const old = 60000; // ms after which a number is shown as an old one, also while the stream is live

export class Prices {
  drawn = new Map(); // by symbol
  lit = new Set(); // cells whose digits have changed just now

  constructor(board) {
    this.board = board;
    this.body = find('rows');
    this.filter = find('filter');
    this.counted = find('counted');
    this.filter.addEventListener('input', () => { board.changed.list = true; });
  }

  /** draw brings the table up to what changed. */
  draw(changed, now, aged) {
    if (changed.list) this.list();
    for (const row of changed.rows) {
      const line = this.drawn.get(row.symbol);
      if (line?.draw(row, now)) this.lit.add(line.cells.last);
    }
    for (const cell of this.lit) if (cell.dim(now)) this.lit.delete(cell);
    if (changed.list || aged) for (const line of this.drawn.values()) line.age(now);
  }

  // list draws the first symbols that the filter lets through.
  list() {
    const wanted = this.filter.value.trim().toLowerCase();
    const passes = (row) => `${row.symbol}\n${row.name}`.toLowerCase().includes(wanted);
    const rows = [...this.board.rows.values()].filter(passes);
    const shown = rows.slice(0, mostDrawn);
    const lines = shown.map((row) => this.drawn.get(row.symbol) ?? new Line(row.symbol));
    this.drawn = new Map(lines.map((line) => [line.symbol, line]));
    shown.forEach((row, at) => lines[at].draw(row, null));
    this.body.replaceChildren(...lines.map((line) => line.row));
    write(this.counted, this.count(rows.length, shown.length));
    find('empty').hidden = shown.length > 0;
    const none = `No symbol or name has “${this.filter.value.trim()}” in it.`;
    write(find('empty'), this.board.rows.size === 0 ? 'No price has come yet.' : none);
  }

  count(found, shown) {
    const all = this.board.rows.size;
    const number = (n) => grouped(String(n));
    const refused = this.board.refused > 0 ? ` · more than ${number(all)} are not kept` : '';
    if (shown < found) return `first ${number(shown)} of ${number(found)}: filter to see others${refused}`;
    return (found < all ? `${number(found)} of ${number(all)} symbols` : `${number(all)} symbols`) + refused;
  }
}

// Line is one row. It writes only what differs from what stands there.
class Line {
  constructor(symbol) {
    this.symbol = symbol;
    this.name = element('span', { class: 'name', dir: 'auto' });
    this.state = element('span', { class: 'state' });
    this.change = element('span', { class: 'value' });
    this.percent = element('span', { class: 'percent' });
    const labels = { last: 'Last', bid: 'Bid', ask: 'Ask', volume: 'Vol' };
    this.cells = Object.fromEntries(Object.entries(labels).map(([field, label]) => [field, new Cell(field, label)]));
    this.changeCell = element('td', { class: 'number change', role: 'cell' }, this.change, this.percent);
    const head = element('th', { scope: 'row', role: 'rowheader' },
      element('span', { class: 'symbol', dir: 'auto' }, symbol), ' ', this.state, ' ', this.name);
    const { last, bid, ask, volume } = this.cells;
    this.row = element('tr', { role: 'row' }, head, last.cell, this.changeCell, bid.cell, ask.cell, volume.cell);
    this.row.dataset.symbol = symbol;
  }

  // draw shows a row, and tells whether its price moved; without a moment, nothing is lit.
  draw(row, now) {
    for (const [field, cell] of Object.entries(this.cells)) cell.draw(row.numbers[field]);
    this.drawChange(row.numbers);
    const special = row.status && row.status.state !== 'open' ? row.status : null;
    write(this.state, special ? special.state : '');
    flag(this.row, 'state', special ? special.state : '');
    write(this.name, special?.reason || row.name);
    if (now === null) return false;
    this.age(now);
    return this.cells.last.light(now);
  }

  drawChange({ last, prev_close: close, open }) {
    const base = close ?? open;
    const move = last && base ? subtract(last.value, base.value) : null;
    const part = move && percent(last.value, base.value);
    write(this.change, move ? signed(move) : '–');
    write(this.percent, part ? `${signed(part)}%` : '');
    flag(this.changeCell, 'move', move ? directions[sign(move) + 1] : '');
  }

  age(now) {
    for (const cell of Object.values(this.cells)) cell.age(now);
  }
}

const directions = ['down', '', 'up'];
const arrows = ['▼', '', '▲'];

// Cell is one number with its age; the one of the last price shows where it went.
class Cell {
  constructor(name, label) {
    this.same = element('span');
    this.differs = element('b');
    this.arrow = name === 'last' ? element('span', { class: 'arrow' }) : null;
    this.old = element('span', { class: 'age' });
    const value = element('span', { class: 'value' }, this.same, this.differs);
    this.cell = element('td', { class: `number ${name}`, role: 'cell', 'data-label': label },
      ...(this.arrow ? [this.arrow, value] : [value]), this.old);
    this.groups = name === 'volume';
  }

  draw(number) {
    if (number === this.number) return;
    this.number = number;
    const text = number ? this.text(number.value) : '–';
    const from = number && this.arrow ? number.from : text.length;
    write(this.same, text.slice(0, from));
    write(this.differs, text.slice(from));
    if (!this.arrow) return;
    write(this.arrow, number ? arrows[number.move + 1] : '');
    flag(this.cell, 'move', number ? directions[number.move + 1] : '');
  }

  // light lights the digits that changed, if that was just now. It is no animation: those are drawn all the time.
  light(now) {
    const moved = this.number?.moved ?? null;
    const fresh = moved !== null && now - moved < glow;
    if (fresh) flag(this.cell, 'lit', 'yes');
    return fresh;
  }

  // dim puts out what was lit long enough, and tells whether it did.
  dim(now) {
    const over = now - (this.number?.moved ?? 0) >= glow;
    if (over) flag(this.cell, 'lit', '');
    return over;
  }

  text(value) {
    return this.groups ? grouped(value.text) : value.text;
  }

  age(now) {
    write(this.old, this.number ? age(now, this.number.at) : '');
    flag(this.cell, 'old', this.number && now - this.number.at >= old ? 'yes' : '');
  }
}
