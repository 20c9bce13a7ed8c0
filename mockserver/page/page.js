// The page: a connection, the board that its events add up to, and the views of both. Everything is drawn from here, in
// animation frames, at most about 30 times a second.

import { createAnnouncer } from './announcer.js';
import { Board } from './board.js';
import { Connection } from './connection.js';
import { grouped } from './decimal.js';
import { decode, eventTypes } from './decode.js';
import { byId } from './dom.js';
import { FaultMenu } from './faultmenu.js';
import { Header } from './header.js';
import { NewsList } from './newslist.js';
import { PriceTable } from './pricetable.js';
import { Probe } from './probe.js';
import { bindTabs, Session } from './session.js';
import { bindShortcuts } from './shortcuts.js';
import { explanation, label } from './status.js';
import { createClock, duration } from './time.js';

const minFrameInterval = 30; // ms

const clock = createClock();
const announce = createAnnouncer(byId('announcer'));
const board = new Board();
const connection = new Connection({ url: 'events', types: eventTypes, clock, onState, onEvent });
const probe = new Probe(connection, clock, announce);
const header = new Header(connection, board, probe);
const prices = new PriceTable(board);
const news = new NewsList(board);
const faults = new FaultMenu();
const session = new Session(() => connection.start());

let continuity = 'no gap so far';
let decodeErrors = 0;
let delay = null; // ms from the latest price's own time to its arrival
let drawnSecond = -1;
let drawnAt = -Infinity;
let drawScheduled = false;

function onState() {
  const [, word] = label(connection.state);
  if (connection.state === 'connected' && connection.gap !== null) {
    continuity = `connected again${afterGap(connection.gap)}; the server has not said what was missed`;
  }
  if (connection.state !== 'connected') announce(`${word}. ${explanation(connection)}`); // live follows soon
  header.setTitle();
  session.show(connection.state === 'locked');
  scheduleDraw();
}

function onEvent(type, data) {
  try {
    if (type !== 'message') handlers[type](decode(type, data), clock());
  } catch {
    decodeErrors++;
  }
  scheduleDraw();
}

const handlers = {
  price(quote, now) {
    board.applyPrice(quote, now);
    if (quote.sent) delay = Date.now() - quote.sent;
  },
  status: (status) => board.applyStatus(status),
  news: onNews,
  snapshot: onSnapshot,
  resume: onResume,
  reset: onReset,
  feed: onFeed,
};

function onFeed(feed) {
  const before = board.feeds.get(feed.name)?.state;
  board.applyFeed(feed);
  header.setTitle();
  if (feed.state !== before) announce(`${feed.name}: ${feed.state}${feed.cause === '' ? '' : `, ${feed.cause}`}`);
}

function onNews(story) {
  const result = board.applyHeadline(story);
  if (result === 'new') announce(`News: ${story.headline}`, true);
  if (result === 'corrected') announce(`Correction: ${story.headline}`, true);
}

function onResume({ replayed }) {
  continuity = `resumed${afterGap(connection.takeGap())}, ${replayed ?? 'an unknown number of events'} replayed, 0 missed`;
  announce(continuity);
}

function onReset({ missed }) {
  board.outOfSync = true;
  const gap = connection.takeGap();
  const lost = missed === null ? 'how many events were missed is not known' : `${grouped(String(missed))} events missed`;
  continuity = `reset${afterGap(gap)}: ${lost}`;
  board.addGap(`the server could not resume${afterGap(gap)}; ${lost}`);
  announce(continuity);
}

function onSnapshot(snapshot, now) {
  const gap = connection.takeGap(); // null after a reset, which has reported it
  if (gap !== null) {
    continuity = `began anew${afterGap(gap)}: what was missed is not known`;
    board.addGap(continuity);
    announce(continuity);
  }
  board.applySnapshot(snapshot, now);
  header.setTitle();
}

function afterGap(gap) {
  return gap === null ? '' : ` after ${duration(gap)}`;
}

function scheduleDraw() {
  if (drawScheduled) return;
  drawScheduled = true;
  requestAnimationFrame(drawFrame);
}

function drawFrame(time) {
  if (time - drawnAt < minFrameInterval) {
    requestAnimationFrame(drawFrame);
    return;
  }
  drawScheduled = false;
  drawnAt = time;
  draw(clock());
}

function draw(now) {
  const second = Math.floor(now / 1000);
  const agesChanged = second !== drawnSecond;
  drawnSecond = second;
  const changes = board.takeChanges();
  header.draw(now, { continuity, decodeErrors, delay });
  prices.draw(changes, now, agesChanged);
  news.draw(changes);
}

function toggle() {
  if (connection.source) connection.stop();
  else connection.start();
}

byId('toggle').addEventListener('click', toggle);
byId('filter').addEventListener('input', scheduleDraw);
bindTabs();
bindShortcuts({ toggle, faults: () => faults.toggle(), filter: byId('filter') });
setInterval(() => {
  connection.checkSilence();
  probe.update();
  scheduleDraw();
}, 250);
connection.start();
