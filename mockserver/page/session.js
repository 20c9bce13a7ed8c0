// The form that asks for a token, and the tabs of a narrow screen.

import { byId, setText } from './dom.js';

/** Session shows the server a token once; from then on the browser sends a cookie, which no script can read. */
export class Session {
  constructor(onOpen) {
    this.form = byId('session');
    this.form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const input = byId('session-token');
      const error = await open(input.value.trim());
      setText(byId('session-result'), error);
      if (error === '') onOpen();
      input.value = '';
    });
  }

  show(shown) {
    if (this.form.hidden !== shown) return;
    this.form.hidden = !shown;
    if (shown) byId('session-token').focus();
  }
}

async function open(token) {
  try {
    const response = await fetch('session', { method: 'POST', body: new URLSearchParams({ token }) });
    if (response.ok) return '';
    if (response.status === 429) return `Refused too often: try again in ${response.headers.get('Retry-After')} s.`;
    return 'The server does not know this token.';
  } catch {
    return 'The server does not answer.';
  }
}

/** bindTabs lets a narrow screen show the prices or the news. */
export function bindTabs() {
  for (const tab of ['prices', 'news']) {
    byId(`tab-${tab}`).addEventListener('click', () => {
      byId('main').dataset.tab = tab;
      for (const other of ['prices', 'news']) byId(`tab-${other}`).setAttribute('aria-pressed', String(other === tab));
    });
  }
}
