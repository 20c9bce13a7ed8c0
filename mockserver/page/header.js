// The page's header: the state of the stream, since when, why, and what is known of missed events.

import { grouped } from './decimal.js';
import { byId, createElement, setData, setText } from './dom.js';
import { explanation, label } from './status.js';
import { age, latency, timeOfDay } from './time.js';

const feedSigns = { connecting: '◐', live: '●', quiet: '◌', silent: '◌', waiting: '↻', closed: '■', failed: '✕', finished: '■' };
const staleAfter = 10000; // ms after which prices that are not live lose more of their colours

export class Header {
  constructor(connection, board, probe) {
    Object.assign(this, { connection, board, probe });
  }

  draw(now, { continuity, decodeErrors, delay }) {
    const { state, since, events, lastEvent, lastId } = this.connection;
    const { down, none } = this.board.feedsDown();
    const [sign, word] = label(state, none);
    setText(byId('sign'), sign);
    setText(byId('state'), word);
    setText(byId('cause'), explanation(this.connection, this.probe.result, down));
    setData(document.documentElement, 'feeds', down.length > 0 ? 'down' : '');
    setText(byId('since'), timeOfDay(since));
    setText(byId('last-event'), lastEvent === null ? 'none yet' : `${age(now, lastEvent)} ago`);
    setText(byId('events'), grouped(String(events)) + (decodeErrors > 0 ? `, ${grouped(String(decodeErrors))} not understood` : ''));
    setText(byId('delay'), delay === null ? '–' : latency(delay));
    setText(byId('last-id'), lastId || 'none yet');
    setText(byId('continuity'), this.continuityNow(continuity, now));
    this.drawMarket();
    this.drawFeeds();
    this.drawFreshness(state, now);
    this.drawButton();
  }

  /** setTitle puts the state into the title, which is visible even in a background tab, where nothing is drawn. */
  setTitle() {
    document.title = `${label(this.connection.state, this.board.feedsDown().none).join(' ')} · livetape`;
  }

  continuityNow(continuity, now) {
    const { lostAt } = this.connection;
    return lostAt === null ? continuity : `no stream for ${age(now, lostAt)}: what was missed is not known yet`;
  }

  drawMarket() {
    const { market } = this.board;
    setText(byId('market'), market ? `Market ${market.state}` : 'Market');
    setText(byId('market-reason'), market?.reason || '–');
  }

  // drawFeeds says how each feed behind a relay is.
  drawFeeds() {
    const feeds = [...this.board.feeds.values()];
    const text = JSON.stringify(feeds.map(({ name, state, cause }) => [name, state, cause]));
    if (text === this.drawnFeeds) return;
    this.drawnFeeds = text;
    byId('feeds').hidden = feeds.length === 0;
    if (feeds.length > 0) setText(byId('served'), 'relay');
    byId('feeds').replaceChildren(...feeds.map(({ name, state, cause }) => createElement('li', { 'data-state': state },
      createElement('span', { 'aria-hidden': 'true' }, feedSigns[state]), ' ', createElement('b', { dir: 'auto' }, name),
      state === 'live' ? '' : ` ${state}${cause === '' ? '' : `: ${cause}`}`)));
  }

  // drawFreshness shows prices that are not live as such, in words and in their colours.
  drawFreshness(state, now) {
    const at = this.connection.lastEvent ?? now;
    const live = state === 'live' && !this.board.outOfSync;
    const root = document.documentElement;
    setData(root, 'stream', state);
    setData(root, 'fresh', live ? 'yes' : now - at < staleAfter ? 'ageing' : 'no');
    const stale = !live && this.board.rows.size > 0;
    byId('stale').hidden = !stale;
    if (stale) setText(byId('stale'), `Not live: as it was ${age(now, at)} ago`);
  }

  drawButton() {
    const running = this.connection.source !== null;
    const button = byId('toggle');
    const text = running ? 'Stop' : this.connection.lastId === '' ? 'Start' : 'Start again';
    if (button.dataset.label === text) return;
    button.dataset.label = text;
    setData(button, 'running', running ? 'yes' : '');
    button.replaceChildren(text, ' ', createElement('kbd', { 'aria-hidden': 'true' }, 's'));
  }
}
