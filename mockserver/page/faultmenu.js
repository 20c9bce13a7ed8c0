// The fault menu: the faults that the server offers, which are active, and the reply to a request for one.

import { byId, createElement, setText } from './dom.js';
import { age } from './time.js';

const pollInterval = 1000; // ms between two requests for the active faults, while the menu is open

export class FaultMenu {
  activeLabels = new Map(); // elements by name of a fault

  constructor() {
    this.panel = byId('faults');
    this.button = byId('faults-button');
    this.button.addEventListener('click', () => this.toggle());
    byId('faults-close').addEventListener('click', () => this.toggle());
    this.panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.toggle();
    });
    this.hideUnlessOffered();
    byId('fault-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.inject(byId('fault-text').value.trim());
    });
  }

  // A relay offers no faults.
  async hideUnlessOffered() {
    const response = await fetch('faults', { cache: 'no-store' }).catch(() => null);
    this.button.hidden = response?.status === 404;
  }

  /** toggle opens or closes the menu, and moves the focus with it. */
  toggle() {
    const opening = this.panel.hidden;
    this.panel.hidden = !opening;
    this.button.setAttribute('aria-expanded', String(opening));
    clearInterval(this.polling);
    if (!opening) {
      this.button.focus();
      return;
    }
    byId('faults-title').focus();
    this.load();
    this.polling = setInterval(() => this.poll(), pollInterval);
  }

  async load() {
    try {
      const list = await fetchFaults();
      if (!this.loaded) this.fill(list);
      this.showActive(list.active);
    } catch (error) {
      this.showResult(`The faults could not be listed: ${error.message}`, 'bad');
    }
  }

  fill({ syntax, token, faults }) {
    setText(byId('fault-syntax'), syntax);
    byId('token-field').hidden = !token;
    byId('fault-list').replaceChildren(...faults.map((fault) => this.createItem(fault)));
    this.loaded = true;
  }

  // poll shows no fault as active when the server does not answer: nothing is known of it then.
  async poll() {
    try {
      this.showActive((await fetchFaults()).active);
    } catch {
      this.showActive([]);
    }
  }

  showActive(active) {
    const texts = new Map(active.map((fault) => [fault.name, activeText(fault)]));
    for (const [name, label] of this.activeLabels) setText(label, texts.get(name) ?? '');
  }

  createItem(fault) {
    const duration = fault.for ? `, for ${fault.for.replace(/(?<=[hm])0[ms]/g, '')}` : '';
    const help = createElement('span', { class: 'fault-help' }, fault.help + duration);
    if (fault.value) help.append(' ', createElement('span', { class: 'fault-value' }, `${fault.name}=… ${fault.value}`));
    const activeLabel = createElement('span', { class: 'fault-active' });
    this.activeLabels.set(fault.name, activeLabel);
    help.append(' ', activeLabel);
    const button = createElement('button', { type: 'button', class: 'fault', 'data-fault': fault.name },
      createElement('span', { class: 'fault-name' }, fault.name), ' ', help);
    button.addEventListener('click', () => this.inject(fault.name));
    return createElement('li', {}, button);
  }

  async inject(text) {
    this.showResult(`Asking for ${text} …`, '');
    try {
      const response = await fetch('faults', { method: 'POST', body: text, headers: authorization() });
      if (response.ok) this.showResult(`The server does it: ${text}`, 'good');
      else this.showResult(`Refused: ${(await response.text()).trim() || `status ${response.status}`}`, 'bad');
      this.poll();
    } catch {
      this.showResult('The server does not answer.', 'bad');
    }
  }

  showResult(text, outcome) {
    const result = byId('fault-result');
    result.dataset.outcome = outcome;
    setText(result, text);
  }
}

async function fetchFaults() {
  const response = await fetch('faults', { headers: { Accept: 'application/json' }, cache: 'no-store' });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

function authorization() {
  const token = byId('token').value;
  return token === '' ? {} : { Authorization: `Bearer ${token}` };
}

// activeText says how long a fault stays active, and when it comes again: on for 12 s, again in 48 s.
function activeText({ left_ms: left = 0, next_ms: next = 0 }) {
  const roundedUp = (ms) => age(ms + 999, 0);
  return [left > 0 && `on for ${roundedUp(left)}`, next > 0 && `again in ${roundedUp(next)}`].filter(Boolean).join(', ');
}
