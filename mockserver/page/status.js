// The state of a connection in words.

const labels = {
  connecting: ['◐', 'Connecting'],
  connected: ['◐', 'Connected, no event yet'],
  live: ['●', 'Live'],
  silent: ['◌', 'Silent'],
  reconnecting: ['↻', 'Reconnecting'],
  waiting: ['↻', 'Waiting'],
  locked: ['✕', 'Locked'],
  ended: ['■', 'Ended by the server'],
  stopped: ['■', 'Stopped'],
};

/** label returns the sign and the words for a state, of a connection behind which no feed may be live. */
export function label(state, noFeed = false) {
  return state === 'live' && noFeed ? ['◌', 'No feed is live'] : labels[state];
}

/**
 * explanation says why a connection is in its state, and what follows. probeResult is what is known of a silence, and down are
 * the feeds behind the server that are not live.
 */
export function explanation(connection, probeResult = '', down = []) {
  const { state, opened, failures } = connection;
  switch (state) {
    case 'connecting':
      return 'The stream was asked for; the server has not answered yet.';
    case 'connected':
      return 'The server took the request, and has sent no event since: nothing shown here is live.';
    case 'live':
      return down.length === 0 ? 'Prices come as they are made.' : `Not live: ${down.join(', ')}. What is grey below is as old as it says.`;
    case 'silent':
      return `Connected, as far as a page can tell, but no event comes. ${probeResult || unknownSilence}`;
    case 'reconnecting':
      return `${failures > 0 ? failedAttempts(failures) : 'The stream ended, or was cut.'} The browser tries again by itself.`;
    case 'waiting':
      return `The server refused the stream: ${connection.refusal}. Next try ${countdown(connection)}.`;
    case 'locked':
      return 'The server gives its prices only to those who have a token.';
    case 'ended':
      return `${opened ? 'The server ended the stream, and then answered' : 'The server answered'} ${notAStream}`;
    default:
      return 'You stopped it. Nothing is received; start resumes behind the last event.';
  }
}

const unknownSilence = 'The market may be quiet, or the line dead: browsers hide heartbeats from pages.';

const notAStream = 'that there is nothing more.';

function countdown({ retryAt, clock }) {
  const seconds = Math.ceil((retryAt - clock()) / 1000);
  return seconds > 0 ? `in ${seconds} s` : 'now';
}

function failedAttempts(failures) {
  return `No stream could be opened: ${failures === 1 ? '1 try' : `${failures} tries`} failed.`;
}
