// The menu of faults: what the server lists, and what it answers when it is asked for one.

import { element, find, write } from './element.js';

export class Faults {
  constructor() {
    this.panel = find('faults');
    this.button = find('faults-button');
    this.button.addEventListener('click', () => this.toggle());
    find('faults-close').addEventListener('click', () => this.toggle());
    this.panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.toggle();
    });
    find('fault-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.inject(find('fault-text').value.trim());
    });
  }

  /** toggle opens or closes the menu, and moves the focus with it. */
  toggle() {
    const opening = this.panel.hidden;
    this.panel.hidden = !opening;
    this.button.setAttribute('aria-expanded', String(opening));
    if (!opening) {
      this.button.focus();
      return;
    }
    find('faults-title').focus();
    if (!this.listed) this.list();
  }

  async list() {
    try {
      const answer = await fetch('faults', { headers: { Accept: 'application/json' }, cache: 'no-store' });
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      const { syntax, token, faults } = await answer.json();
      write(find('fault-syntax'), syntax);
      find('token-field').hidden = !token;
      find('fault-list').replaceChildren(...faults.map((fault) => this.entry(fault)));
      this.listed = true;
    } catch (error) {
      this.say(`The faults could not be listed: ${error.message}`, 'bad');
    }
  }

  entry(fault) {
    const lasts = fault.for ? `, for ${fault.for.replace(/(?<=[hm])0[ms]/g, '')}` : '';
    const help = element('span', { class: 'fault-help' }, fault.help + lasts);
    if (fault.value) help.append(' ', element('span', { class: 'fault-value' }, `${fault.name}=… ${fault.value}`));
    const button = element('button', { type: 'button', class: 'fault', 'data-fault': fault.name },
      element('span', { class: 'fault-name' }, fault.name), ' ', help);
    button.addEventListener('click', () => this.inject(fault.name));
    return element('li', {}, button);
  }

  async inject(text) {
    this.say(`Asking for ${text} …`, '');
    try {
      const answer = await fetch('faults', { method: 'POST', body: text, headers: this.headers() });
      if (answer.ok) this.say(`The server does it: ${text}`, 'good');
      else this.say(`Refused: ${(await answer.text()).trim() || `status ${answer.status}`}`, 'bad');
    } catch {
      this.say('The server does not answer.', 'bad');
    }
  }

  headers() {
    const token = find('token').value;
    return token === '' ? {} : { Authorization: `Bearer ${token}` };
  }

  say(text, mood) {
    const result = find('fault-result');
    result.dataset.mood = mood;
    write(result, text);
  }
}
