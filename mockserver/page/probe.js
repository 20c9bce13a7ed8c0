// A silent stream may be quiet or stuck. The probe asks the server over another connection whether it has newer events.

const interval = 10000; // ms between two requests, while the stream is silent
const timeout = 5000; // ms

/** Probe asks while a connection is silent, and calls onResult whenever the result changes. */
export class Probe {
  askedAt = -Infinity;
  result = '';

  constructor(connection, clock, onResult) {
    Object.assign(this, { connection, clock, onResult });
  }

  /** update is called regularly. */
  update() {
    if (this.connection.state !== 'silent') {
      this.askedAt = -Infinity;
      this.result = '';
      return;
    }
    if (this.clock() - this.askedAt < interval) return;
    this.askedAt = this.clock();
    this.ask();
  }

  async ask() {
    const { source } = this.connection;
    const result = compareIds(await fetchNewestId(), this.connection.lastId);
    const outdated = this.connection.source !== source || this.connection.state !== 'silent';
    if (outdated || result === this.result) return;
    this.result = result;
    this.onResult(result);
  }
}

// fetchNewestId returns the id of the server's newest event, or null when it does not answer.
async function fetchNewestId() {
  try {
    const response = await fetch('healthz', { cache: 'no-store', signal: AbortSignal.timeout(timeout) });
    return response.ok ? (await response.json()).newest : null;
  } catch {
    return null;
  }
}

function compareIds(newest, received) {
  if (newest === null) return 'Asked over another connection, the server does not answer either.';
  if (newest === received) return 'Asked over another connection, the server says that it has nothing newer: the market is quiet.';
  return 'Asked over another connection, the server says that it has newer events: this stream is stuck.';
}
