// Creating and changing elements. Text reaches the page as text nodes alone, never as markup.

/** byId returns an element of index.html. */
export function byId(id) {
  return document.getElementById(id);
}

/** createElement creates an element with attributes, and children that are elements or texts. */
export function createElement(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** setText changes an element's text, if it differs. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** setData sets a data attribute, if it differs, or removes it when the value is empty. */
export function setData(element, name, value) {
  if ((element.dataset[name] ?? '') === value) return;
  if (value === '') delete element.dataset[name];
  else element.dataset[name] = value;
}
