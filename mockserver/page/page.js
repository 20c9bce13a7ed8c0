// The page: the browser's own EventSource, the board that its events add up to, and the views of both. Everything is
// drawn from here, at most once a frame, and at most 30 times a second.

import { createClock, spell } from './age.js';
import { createAnnouncer } from './announcer.js';
import { Board } from './board.js';
import { Connection } from './connection.js';
import { grouped } from './decimal.js';
import { find } from './element.js';
import { Faults } from './faults.js';
import { Health } from './health.js';
import { listenToKeys } from './keys.js';
import { News } from './news.js';
import { Prices } from './prices.js';
import { decode, types } from './wire.js';
import { Witness } from './witness.js';
import { cause, mark } from './words.js';

const pause = 30; // ms between two drawings: nobody reads faster

const clock = createClock();
const announce = createAnnouncer(find('announcer'));
const board = new Board();
const connection = new Connection({ url: 'events', types, clock, onState, onEvent });
const witness = new Witness(connection, clock, announce);
const views = {
  health: new Health(connection, board, witness), prices: new Prices(board), news: new News(board), faults: new Faults(),
};

let note = 'no gap so far'; // what is known of gaps
let undecoded = 0;
let late = null; // ms from the latest price's own time to its arrival
let drawnSecond = -1;
let drawnAt = -Infinity;
let due = false;

function onState() {
  const [, word] = mark(connection.state);
  if (connection.state === 'connected' && connection.gap !== null) {
    note = `connected again${after(connection.gap)}; the server has not said what was missed`;
  }
  if (connection.state !== 'connected') announce(`${word}. ${cause(connection)}`); // the next state is told soon
  views.health.name();
  draw();
}

function onEvent(type, data) {
  try {
    if (type !== 'message') takers[type](decode(type, data), clock());
  } catch {
    undecoded++;
  }
  draw();
}

const takers = {
  price(quote, now) {
    board.price(quote, now);
    if (quote.sent) late = Date.now() - quote.sent;
  },
  status: (status) => board.status(status),
  news: tell,
  snapshot: replace,
  resume,
  reset,
};

function tell(story) {
  const what = board.headline(story);
  if (what === 'new') announce(`News: ${story.headline}`);
  if (what === 'corrected') announce(`Correction: ${story.headline}`);
}

function resume({ replayed }) {
  note = `resumed${after(connection.takeGap())}, ${replayed ?? 'an unknown number of events'} replayed, 0 missed`;
  announce(note);
}

function reset({ missed }) {
  board.doubtful = true;
  const gap = connection.takeGap();
  const lost = missed === null ? 'how many events were missed is not known' : `${grouped(String(missed))} events missed`;
  note = `reset${after(gap)}: ${lost}`;
  board.gap(`the server could not resume${after(gap)}; ${lost}`);
  announce(note);
}

function replace(snapshot, now) {
  const gap = connection.takeGap(); // null behind a reset, which told of it
  if (gap !== null) {
    note = `began anew${after(gap)}: what was missed is not known`;
    board.gap(note);
    announce(note);
  }
  board.replace(snapshot, now);
}

function after(gap) {
  return gap === null ? '' : ` after ${spell(gap)}`;
}

// draw puts a drawing off to the next frame that is not too soon after the last.
function draw() {
  if (due) return;
  due = true;
  requestAnimationFrame(drawDue);
}

function drawDue(frame) {
  if (frame - drawnAt < pause) {
    requestAnimationFrame(drawDue);
    return;
  }
  due = false;
  drawnAt = frame;
  drawNow(clock());
}

function drawNow(now) {
  const second = Math.floor(now / 1000);
  const aged = second !== drawnSecond;
  drawnSecond = second;
  const changed = board.taken();
  views.health.draw(now, { note, undecoded, late });
  views.prices.draw(changed, now, aged);
  views.news.draw(changed);
}

function toggle() {
  if (connection.source) connection.stop();
  else connection.start();
}

find('toggle').addEventListener('click', toggle);
find('filter').addEventListener('input', draw);
listenToKeys({ toggle, faults: () => views.faults.toggle(), filter: find('filter') });
setInterval(() => {
  connection.watch();
  witness.watch();
  draw();
}, 250);
connection.start();
