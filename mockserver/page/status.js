// The state of a connection in words.

const labels = {
  connecting: ['◐', 'Connecting'],
  connected: ['◐', 'Connected, no event yet'],
  live: ['●', 'Live'],
  silent: ['◌', 'Silent'],
  reconnecting: ['↻', 'Reconnecting'],
  ended: ['■', 'Ended by the server'],
  stopped: ['■', 'Stopped'],
};

/** label returns the sign and the words for a state. */
export function label(state) {
  return labels[state];
}

/** explanation says why a connection is in its state, and what follows. probeResult is what is known of a silence. */
export function explanation(connection, probeResult = '') {
  const { state, opened, failures } = connection;
  switch (state) {
    case 'connecting':
      return 'The stream was asked for; the server has not answered yet.';
    case 'connected':
      return 'The server took the request, and has sent no event since: nothing shown here is live.';
    case 'live':
      return 'Prices come as they are made.';
    case 'silent':
      return `Connected, as far as a page can tell, but no event comes. ${probeResult || unknownSilence}`;
    case 'reconnecting':
      return `${failures > 0 ? failedAttempts(failures) : 'The stream ended, or was cut.'} The browser tries again by itself.`;
    case 'ended':
      return `${opened ? 'The server ended the stream, and then answered' : 'The server answered'} ${notAStream}`;
    default:
      return 'You stopped it. Nothing is received; start resumes behind the last event.';
  }
}

const unknownSilence = 'The market may be quiet, or the line dead: browsers hide heartbeats from pages.';

const notAStream = 'with something other than an event stream: a status such as 204 or 503, another content type, '
  + 'another place. The browser gave up, and does not tell which.';

function failedAttempts(failures) {
  return `No stream could be opened: ${failures === 1 ? '1 try' : `${failures} tries`} failed.`;
}
