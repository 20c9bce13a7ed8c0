// Making and changing elements. Text reaches the page through textContent alone.

/** find is the element with an id; it is in index.html. */
export function find(id) {
  return document.getElementById(id);
}

/** element makes one, with attributes, and children that are elements or texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** write changes an element's text, if it differs. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** flag sets a data attribute, or takes it away when the value is empty. */
export function flag(target, name, value) {
  if ((target.dataset[name] ?? '') === value) return;
  if (value === '') delete target.dataset[name];
  else target.dataset[name] = value;
}
