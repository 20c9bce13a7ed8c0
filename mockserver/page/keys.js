// Shortcuts of one key. They can be turned off, for those who speak to their computer (WCAG 2.2, 2.1.4).

import { find } from './element.js';

export function listenToKeys({ toggle, faults, filter }) {
  const verbs = { s: toggle, f: faults, '/': () => filter.focus() };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const verb = verbs[event.key];
    if (!verb || typing(event.target) || !find('shortcuts').checked) return;
    event.preventDefault();
    verb();
  });
  filter.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    filter.value = '';
    filter.dispatchEvent(new Event('input', { bubbles: true }));
    filter.blur();
  });
}

function typing(target) {
  return target.matches('input:not([type=checkbox]), textarea, select');
}
