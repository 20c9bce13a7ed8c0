// The list of headlines, the newest first. A correction takes the place of what it corrects, and says so.

import { ago } from './age.js';
import { element, find, write } from './element.js';

export class News {
  drawn = new Map(); // by id

  constructor(board) {
    this.board = board;
    this.list = find('headlines');
  }

  /** draw brings the list up to what changed. */
  draw(changed, now, aged) {
    for (const id of changed.news) this.drawItem(id, now);
    if (aged) for (const { age, at } of this.drawn.values()) write(age, `${ago(now, at)} ago`);
    find('no-news').hidden = this.board.news.size > 0;
  }

  drawItem(id, now) {
    const before = this.drawn.get(id);
    const item = this.board.news.get(id);
    if (!item) {
      before?.entry.remove();
      this.drawn.delete(id);
      return;
    }
    const age = element('span', { class: 'age' }, `${ago(now, item.at)} ago`);
    const entry = item.gap ? gapEntry(item, age) : storyEntry(item, age);
    if (before) before.entry.replaceWith(entry);
    else this.list.prepend(entry);
    this.drawn.set(id, { entry, age, at: item.at });
  }
}

function gapEntry({ gap, wall }, age) {
  return element('li', { class: 'gap' },
    element('p', { class: 'headline' }, `Gap: ${gap}`),
    element('p', { class: 'about' }, element('time', { datetime: wall.toISOString() }, clock(wall)), age));
}

function storyEntry({ story, corrected }, age) {
  const about = element('p', { class: 'about' });
  if (story.time) about.append(element('time', { datetime: story.time.toISOString() }, clock(story.time)));
  if (story.source) about.append(element('span', { class: 'source', dir: 'auto' }, story.source));
  about.append(age, ...story.symbols.map((symbol) => element('span', { class: 'tag', dir: 'auto' }, symbol)));
  const headline = element('p', { class: 'headline', dir: 'auto' });
  if (story.important) headline.append(element('span', { class: 'important' }, 'High'), ' ');
  if (corrected) headline.append(element('span', { class: 'corrected' }, 'Corrected'), ' ');
  headline.append(title(story));
  return element('li', {}, headline, about);
}

function title({ headline, url }) {
  return url === '' ? headline : element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, headline);
}

/** clock is the local time of day. */
export function clock(date) {
  return date.toLocaleTimeString(undefined, { hour12: false });
}
