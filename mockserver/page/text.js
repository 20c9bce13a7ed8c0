// Words from the feed. They are hostile until shown otherwise: they reach the page as text alone, never as markup, and
// lose what has no shape of its own but changes what others look like.

const escapes = /[\u001b\u009b]\[?[0-?]*[ -/]*[@-~]/g; // ECMA-48 §5.4
const breaks = /[\t-\r\u0085\u2028\u2029]+/g;
const shapeless = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu; // controls, overrides of direction, zero widths

/** clean is a text on one line that shows what it says, of at most limit characters. */
export function clean(text, limit) {
  const head = text.slice(0, 4 * limit);
  const shown = [...head.toWellFormed().replace(escapes, '').replace(breaks, ' ').replace(shapeless, '')];
  return shown.length > limit || text.length > head.length ? `${shown.slice(0, limit - 1).join('')}…` : shown.join('');
}

/** link is a URL that may be opened, or an empty text. */
export function link(text) {
  if (!URL.canParse(text)) return '';
  const url = new URL(text);
  return ['http:', 'https:'].includes(url.protocol) ? url.href : '';
}
