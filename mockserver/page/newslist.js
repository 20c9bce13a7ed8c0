// The list of headlines, newest first. A correction replaces what it corrects, and says so.

import { byId, createElement } from './dom.js';
import { timeOfDay } from './time.js';

export class NewsList {
  entries = new Map(); // elements by id

  constructor(board) {
    this.board = board;
    this.list = byId('headlines');
  }

  draw(changes) {
    for (const id of changes.news) this.drawEntry(id, this.board.news.get(id));
    for (const [id, entry] of this.entries) {
      if (this.board.news.has(id)) continue;
      entry.remove();
      this.entries.delete(id);
    }
    byId('no-news').hidden = this.board.news.size > 0;
  }

  drawEntry(id, item) {
    const before = this.entries.get(id);
    const entry = item.gap ? gapEntry(item) : storyEntry(item);
    if (before) before.replaceWith(entry);
    else this.list.prepend(entry);
    this.entries.set(id, entry);
  }
}

function gapEntry({ gap, received }) {
  return createElement('li', { class: 'gap' },
    createElement('p', { class: 'headline' }, `Gap: ${gap}`),
    createElement('p', { class: 'details' }, timeElement(received)));
}

function storyEntry({ story, received, corrected }) {
  const about = createElement('p', { class: 'details' }, timeElement(story.time ?? received));
  if (story.source) about.append(createElement('span', { class: 'source', dir: 'auto' }, story.source));
  about.append(...story.symbols.map((symbol) => createElement('span', { class: 'tag', dir: 'auto' }, symbol)));
  const headline = createElement('p', { class: 'headline', dir: 'auto' });
  if (story.important) headline.append(createElement('span', { class: 'important' }, 'High'), ' ');
  if (corrected) headline.append(createElement('span', { class: 'corrected' }, 'Corrected'), ' ');
  headline.append(linked(story));
  return createElement('li', {}, headline, about);
}

function linked({ headline, url }) {
  return url === '' ? headline : createElement('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, headline);
}

function timeElement(date) {
  return createElement('time', { datetime: date.toISOString() }, timeOfDay(date));
}
