// The life of the browser's own EventSource, told as far as it tells a page about it.

/** silence is how long nothing may come on an open stream before the page stops calling it live. */
export const silence = 15000;

/**
 * Connection follows one stream. Its state is one of
 *   connecting, connected (no event yet), live, silent, reconnecting, ended (by the server, for good), stopped (by the user),
 * and every change of it is told to onState. Every event is told to onEvent, with its type and data.
 */
export class Connection {
  state = 'stopped';
  since = new Date(); // of the state
  events = 0;
  lastId = '';
  lastEvent = null; // when it came, by the clock
  heard = null; // when the last event came, or the answer before it
  lostAt = null; // when a stream that had been open was lost; null while there is one
  gap = null; // how long the latest loss lasted, until somebody takes it
  failures = 0; // tries in a row that came to nothing
  opened = false; // the server answered with a stream since it was started
  numbered = false; // an event since then had an id
  source = null;

  constructor({ url, types, clock, onState, onEvent }) {
    Object.assign(this, { url, types, clock, onState, onEvent });
  }

  /** start connects, and resumes behind the last event that was seen: a page cannot set a header, but a query. */
  start() {
    if (this.source) return;
    this.opened = false;
    this.numbered = false;
    this.failures = 0;
    const query = this.lastId === '' ? '' : `?lastEventId=${encodeURIComponent(this.lastId)}`;
    this.source = new EventSource(this.url + query);
    this.source.onopen = () => this.open();
    this.source.onerror = () => this.fail();
    for (const type of this.types) this.source.addEventListener(type, (event) => this.take(event));
    this.become('connecting');
  }

  /** stop closes the stream, and keeps its place. */
  stop() {
    if (this.source && this.lostAt === null && this.opened) this.lostAt = this.clock();
    this.close();
    this.become('stopped');
  }

  /** watch is called every now and then: silence makes no event of its own. */
  watch() {
    const listening = this.state === 'live' || this.state === 'connected';
    if (listening && this.clock() - this.heard >= silence) this.become('silent');
  }

  open() {
    this.opened = true;
    this.failures = 0;
    this.heard = this.clock();
    if (this.lostAt !== null) this.gap = this.heard - this.lostAt;
    this.lostAt = null;
    this.become('connected');
  }

  // An EventSource says that something failed, never what: only whether it tries again by itself.
  fail() {
    if (this.lostAt === null && this.opened) this.lostAt = this.clock();
    if (this.state === 'reconnecting' || this.state === 'connecting') this.failures++;
    if (this.source.readyState !== EventSource.CLOSED) {
      this.become('reconnecting');
      return;
    }
    this.close();
    this.become('ended');
  }

  take(event) {
    this.events++;
    this.heard = this.lastEvent = this.clock();
    this.note(event.lastEventId);
    this.become('live');
    this.onEvent(event.type, event.data);
  }

  // note keeps the place. A source that was started behind an id says '' until an event brings another; afterwards ''
  // means that the server took the id back.
  note(id) {
    this.numbered ||= id !== '';
    if (this.numbered) this.lastId = id;
  }

  /** takeGap gives how long there was no stream, once; null when there was one all the time. */
  takeGap() {
    const { gap } = this;
    this.gap = null;
    return gap;
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.since = new Date();
    this.onState();
  }
}
