// The head of the page: how the stream is, why, since when, and what is known of what was missed.

import { ago, delay, timeOfDay } from './age.js';
import { grouped } from './decimal.js';
import { element, find, flag, write } from './element.js';
import { cause, fresh, mark } from './words.js';

const ageing = 10000; // ms after which prices that are not live are shown as old ones

export class Health {
  constructor(connection, board, witness) {
    Object.assign(this, { connection, board, witness });
  }

  draw(now, { note, undecoded, late }) {
    const { state, since, events, lastEvent, lastId } = this.connection;
    const [sign, word] = mark(state);
    write(find('sign'), sign);
    write(find('state'), word);
    write(find('cause'), cause(this.connection, this.witness.finding));
    write(find('since'), timeOfDay(since));
    write(find('last-event'), lastEvent === null ? 'none yet' : `${ago(now, lastEvent)} ago`);
    write(find('events'), grouped(String(events)) + (undecoded > 0 ? `, ${grouped(String(undecoded))} not understood` : ''));
    write(find('delay'), late === null ? '–' : delay(late));
    write(find('last-id'), lastId || 'none yet');
    write(find('continuity'), this.continuity(note, now));
    this.drawMarket();
    this.drawFreshness(state, now);
  }

  /** name puts the state into the page's title, which is seen also of a tab behind others, where nothing is drawn. */
  name() {
    document.title = `${mark(this.connection.state).join(' ')} · livetape`;
  }

  // continuity is what is known of gaps, which is nothing while there is no stream.
  continuity(note, now) {
    const { lostAt } = this.connection;
    return lostAt === null ? note : `no stream for ${ago(now, lostAt)}: what was missed is not known yet`;
  }

  drawMarket() {
    const market = this.board.market;
    write(find('market'), market ? `Market ${market.state}` : 'Market');
    write(find('market-reason'), market?.reason || '–');
  }

  // drawFreshness says over the prices, and in how they look, that they are not of now.
  drawFreshness(state, now) {
    const at = this.connection.lastEvent ?? now;
    const live = fresh(state) && !this.board.doubtful;
    const page = document.documentElement;
    flag(page, 'stream', state);
    flag(page, 'fresh', live ? 'yes' : now - at < ageing ? 'ageing' : 'no');
    const stale = !live && this.board.rows.size > 0;
    find('stale').hidden = !stale;
    if (stale) write(find('stale'), `Not live: as it was ${ago(now, at)} ago`);
    this.drawButton();
  }

  drawButton() {
    const running = this.connection.source !== null;
    const button = find('toggle');
    const label = running ? 'Stop' : this.connection.lastId === '' ? 'Start' : 'Start again';
    if (button.dataset.label === label) return;
    button.dataset.label = label;
    flag(button, 'running', running ? 'yes' : '');
    button.replaceChildren(label, ' ', element('kbd', { 'aria-hidden': 'true' }, 's'));
  }
}
