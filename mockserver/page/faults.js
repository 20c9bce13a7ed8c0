// The menu of faults: what the server lists, and what it answers when it is asked for one.

import { ago } from './age.js';
import { element, find, write } from './element.js';

const pause = 1000; // ms between two looks at which faults are at work, while the menu is open

export class Faults {
  working = new Map(); // by name of a fault: where its entry says that it is at work

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
    clearInterval(this.looking);
    if (!opening) {
      this.button.focus();
      return;
    }
    find('faults-title').focus();
    this.list();
    this.looking = setInterval(() => this.look(), pause);
  }

  async list() {
    try {
      const list = await this.fetch();
      if (!this.listed) this.fill(list);
      this.mark(list.active);
    } catch (error) {
      this.say(`The faults could not be listed: ${error.message}`, 'bad');
    }
  }

  async fetch() {
    const answer = await fetch('faults', { headers: { Accept: 'application/json' }, cache: 'no-store' });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  }

  fill({ syntax, token, faults }) {
    write(find('fault-syntax'), syntax);
    find('token-field').hidden = !token;
    find('fault-list').replaceChildren(...faults.map((fault) => this.entry(fault)));
    this.listed = true;
  }

  // look asks again which faults are at work. Of a server that does not answer, nothing is known.
  async look() {
    try {
      this.mark((await this.fetch()).active);
    } catch {
      this.mark([]);
    }
  }

  // mark says at every fault whether it is at work.
  mark(active) {
    const said = new Map(active.map((fault) => [fault.name, work(fault)]));
    for (const [name, place] of this.working) write(place, said.get(name) ?? '');
  }

  entry(fault) {
    const lasts = fault.for ? `, for ${fault.for.replace(/(?<=[hm])0[ms]/g, '')}` : '';
    const help = element('span', { class: 'fault-help' }, fault.help + lasts);
    if (fault.value) help.append(' ', element('span', { class: 'fault-value' }, `${fault.name}=… ${fault.value}`));
    const working = element('span', { class: 'fault-work' });
    this.working.set(fault.name, working);
    help.append(' ', working);
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
      this.look();
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

// work is what a fault does now: on for 12 s, again in 48 s.
function work({ left_ms: left = 0, next_ms: next = 0 }) {
  const whole = (ms) => ago(ms + 999, 0);
  return [left > 0 && `on for ${whole(left)}`, next > 0 && `again in ${whole(next)}`].filter(Boolean).join(', ');
}
