// One stream over the browser's own EventSource, and its state as far as EventSource reveals it.

/** silenceLimit is how long an open stream may bring nothing before the page stops calling it live, in ms. */
export const silenceLimit = 15000;

const longestWait = 30000; // ms between two tries, unless the server asks for more

// ask says how a server answers a request for a stream, of which it reads nothing.
async function ask(url) {
  const controller = new AbortController();
  try {
    const response = await fetch(url, { headers: { Accept: 'text/event-stream' }, cache: 'no-store', signal: controller.signal });
    const seconds = Number(response.headers.get('Retry-After') ?? 0);
    const type = response.headers.get('Content-Type') ?? '';
    return {
      status: response.status,
      words: response.ok ? `content of another type` : `${response.status} ${response.statusText}`.trim(),
      isStream: response.status === 200 && type.startsWith('text/event-stream'),
      retryAfter: Number.isFinite(seconds) ? Math.min(seconds, 300) * 1000 : 0,
    };
  } catch {
    return { status: 0, words: 'no answer', isStream: false, retryAfter: 0 };
  } finally {
    controller.abort();
  }
}

/**
 * Connection follows one stream. Its state is one of
 *   connecting, connected (no event yet), live, silent, reconnecting, waiting (for the next try, after a refusal), locked (a
 *   token is needed), ended (by the server, for good), stopped (by the user).
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
  refusals = 0; // in a row
  refusal = ''; // the status of the last one, in words
  retryAt = null; // by the clock, while waiting

  constructor({ url, types, clock, onState, onEvent }) {
    Object.assign(this, { url, types, clock, onState, onEvent });
  }

  /** start connects, and resumes after the last event. A page cannot set the header, so a query parameter has the id. */
  start() {
    if (this.source) return;
    this.opened = false;
    this.sawId = false;
    this.failures = 0;
    this.source = new EventSource(this.target());
    this.source.onopen = () => this.onOpen();
    this.source.onerror = () => this.onError();
    for (const type of this.types) this.source.addEventListener(type, (event) => this.receive(event));
    this.setState('connecting');
  }

  target() {
    return this.url + (this.lastId === '' ? '' : `?lastEventId=${encodeURIComponent(this.lastId)}`);
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
    if (this.state === 'waiting' && this.clock() >= this.retryAt) this.start();
  }

  onOpen() {
    this.opened = true;
    this.failures = 0;
    this.refusals = 0;
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
    this.findOut();
  }

  // findOut asks for the stream by fetch, which tells what EventSource hides, and tries again where that may help: after any
  // refusal but 204, which asks not to come back.
  async findOut() {
    const answer = await ask(this.target());
    if (this.state !== 'ended') return; // the user was faster
    if (answer.status === 204) return;
    if (answer.status === 401) {
      this.setState('locked');
      return;
    }
    if (answer.isStream && this.refusals === 0) {
      this.refusals++;
      this.start();
      return;
    }
    this.refusal = answer.words;
    const backOff = Math.min(1000 * 2 ** this.refusals, longestWait) * (0.5 + Math.random() / 2);
    this.refusals++;
    this.retryAt = this.clock() + Math.max(answer.retryAfter, backOff);
    this.setState('waiting');
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
