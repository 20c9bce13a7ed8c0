// One stream over the browser's own EventSource, and its state as far as EventSource reveals it.

/** silenceLimit is how long an open stream may bring nothing before the page stops calling it live, in ms. */
export const silenceLimit = 15000;

/**
 * Connection follows one stream. Its state is one of
 *   connecting, connected (no event yet), live, silent, reconnecting, ended (by the server, for good), stopped (by the user).
 * onState is called after every change of it, and onEvent with the type and data of every event.
 */
export class Connection {
  state = 'stopped';
  since = new Date(); // of the state
  events = 0;
  lastId = '';
  lastEvent = null; // when it came, by the clock
  lastActivity = null; // when the last event came, or the stream opened
  lostAt = null; // when an open stream was lost; null while there is one
  gap = null; // how long the latest loss lasted, until takeGap
  failures = 0; // failed attempts in a row
  opened = false; // the server has answered with a stream since start
  sawId = false; // an event since start had an id
  source = null;

  constructor({ url, types, clock, onState, onEvent }) {
    Object.assign(this, { url, types, clock, onState, onEvent });
  }

  /** start connects, and resumes after the last event. A page cannot set the header, so a query parameter has the id. */
  start() {
    if (this.source) return;
    this.opened = false;
    this.sawId = false;
    this.failures = 0;
    const query = this.lastId === '' ? '' : `?lastEventId=${encodeURIComponent(this.lastId)}`;
    this.source = new EventSource(this.url + query);
    this.source.onopen = () => this.onOpen();
    this.source.onerror = () => this.onError();
    for (const type of this.types) this.source.addEventListener(type, (event) => this.receive(event));
    this.setState('connecting');
  }

  /** stop closes the stream, and remembers the last event id. */
  stop() {
    if (this.source) this.markLost();
    this.close();
    this.setState('stopped');
  }

  /** checkSilence is called regularly: no event tells of silence. */
  checkSilence() {
    const open = this.state === 'live' || this.state === 'connected';
    if (open && this.clock() - this.lastActivity >= silenceLimit) this.setState('silent');
  }

  onOpen() {
    this.opened = true;
    this.failures = 0;
    this.lastActivity = this.clock();
    if (this.lostAt !== null) this.gap = this.lastActivity - this.lostAt;
    this.lostAt = null;
    this.setState('connected');
  }

  // EventSource reports that something failed, never what: only whether it tries again.
  onError() {
    this.markLost();
    if (this.state === 'reconnecting' || this.state === 'connecting') this.failures++;
    if (this.source.readyState !== EventSource.CLOSED) {
      this.setState('reconnecting');
      return;
    }
    this.close();
    this.setState('ended');
  }

  markLost() {
    if (this.lostAt === null && this.opened) this.lostAt = this.clock();
  }

  receive(event) {
    this.events++;
    this.lastActivity = this.lastEvent = this.clock();
    this.trackId(event.lastEventId);
    this.setState('live');
    this.onEvent(event.type, event.data);
  }

  // After a start with an id, lastEventId is '' until an event brings a new one. From then on, '' means that the server
  // has reset the id.
  trackId(id) {
    this.sawId ||= id !== '';
    if (this.sawId) this.lastId = id;
  }

  /** takeGap returns, once, how long there was no stream; null if it was not interrupted. */
  takeGap() {
    const { gap } = this;
    this.gap = null;
    return gap;
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.since = new Date();
    this.onState();
  }
}
