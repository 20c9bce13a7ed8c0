// The list of headlines, the newest first. A correction takes the place of what it corrects, and says so.

import { timeOfDay } from './age.js';
import { element, find } from './element.js';

export class News {
  drawn = new Map(); // by id

  constructor(board) {
    this.board = board;
    this.list = find('headlines');
  }

  /** draw brings the list up to what changed. */
  draw(changed) {
    for (const id of changed.news) this.drawItem(id, this.board.news.get(id));
    for (const [id, entry] of this.drawn) {
      if (this.board.news.has(id)) continue;
      entry.remove();
      this.drawn.delete(id);
    }
    find('no-news').hidden = this.board.news.size > 0;
  }

  drawItem(id, item) {
    const before = this.drawn.get(id);
    const entry = item.gap ? gapEntry(item) : storyEntry(item);
    if (before) before.replaceWith(entry);
    else this.list.prepend(entry);
    this.drawn.set(id, entry);
  }
}

function gapEntry({ gap, came }) {
  return element('li', { class: 'gap' },
    element('p', { class: 'headline' }, `Gap: ${gap}`),
    element('p', { class: 'about' }, moment(came)));
}

function storyEntry({ story, came, corrected }) {
  const about = element('p', { class: 'about' }, moment(story.time ?? came));
  if (story.source) about.append(element('span', { class: 'source', dir: 'auto' }, story.source));
  about.append(...story.symbols.map((symbol) => element('span', { class: 'tag', dir: 'auto' }, symbol)));
  const headline = element('p', { class: 'headline', dir: 'auto' });
  if (story.important) headline.append(element('span', { class: 'important' }, 'High'), ' ');
  if (corrected) headline.append(element('span', { class: 'corrected' }, 'Corrected'), ' ');
  headline.append(title(story));
  return element('li', {}, headline, about);
}

function title({ headline, url }) {
  return url === '' ? headline : element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, headline);
}

function moment(date) {
  return element('time', { datetime: date.toISOString() }, timeOfDay(date));
}
