// Single-key shortcuts. They can be turned off, for users of speech input (WCAG 2.2, 2.1.4).

import { byId } from './dom.js';

export function bindShortcuts({ toggle, faults, filter }) {
  const actions = { s: toggle, f: faults, '/': () => filter.focus() };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const action = actions[event.key];
    if (!action || isTextField(event.target) || !byId('shortcuts').checked) return;
    event.preventDefault();
    action();
  });
  filter.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    filter.value = '';
    filter.dispatchEvent(new Event('input', { bubbles: true }));
    filter.blur();
  });
}

function isTextField(element) {
  return element.matches('input:not([type=checkbox]), textarea, select');
}
