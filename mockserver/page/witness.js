// A silent stream says nothing about itself. The server is asked over another connection whether it has more to say.

const pause = 10000; // ms from one question to the next, while the silence lasts
const patience = 5000; // ms for an answer

/** Witness asks while a connection is silent; what it finds is told to onFinding, once for every change. */
export class Witness {
  asked = -Infinity;
  finding = '';

  constructor(connection, clock, onFinding) {
    Object.assign(this, { connection, clock, onFinding });
  }

  /** watch is called every now and then. */
  watch() {
    if (this.connection.state !== 'silent') {
      this.asked = -Infinity;
      this.finding = '';
      return;
    }
    if (this.clock() - this.asked < pause) return;
    this.asked = this.clock();
    this.ask();
  }

  async ask() {
    const { source } = this.connection;
    const finding = judge(await newest(), this.connection.lastId);
    const late = this.connection.source !== source || this.connection.state !== 'silent';
    if (late || finding === this.finding) return;
    this.finding = finding;
    this.onFinding(finding);
  }
}

// newest is the id of the server's newest event, or null when it does not answer.
async function newest() {
  try {
    const answer = await fetch('healthz', { cache: 'no-store', signal: AbortSignal.timeout(patience) });
    return answer.ok ? (await answer.json()).newest : null;
  } catch {
    return null;
  }
}

function judge(id, lastId) {
  if (id === null) return 'Asked over another connection, the server does not answer either.';
  if (id === lastId) return 'Asked over another connection, the server says that it has nothing newer: the market is quiet.';
  return 'Asked over another connection, the server says that it has newer events: this stream is stuck.';
}
