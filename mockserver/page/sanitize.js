// Text from the feed is hostile until shown otherwise. It reaches the page as text alone, never as markup, and without
// the invisible characters that change how other text looks.

const escapeSequences = /[\u001b\u009b]\[?[0-?]*[ -/]*[@-~]/g; // ECMA-48 §5.4
const lineBreaks = /[\t-\r\u0085\u2028\u2029]+/g;
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu; // controls, bidi overrides, zero widths

/** sanitize returns a text on one line, of at most limit characters. */
export function sanitize(text, limit) {
  const start = text.slice(0, 4 * limit);
  const visible = [...start.toWellFormed().replace(escapeSequences, '').replace(lineBreaks, ' ').replace(invisible, '')];
  const cut = visible.length > limit || text.length > start.length;
  return cut ? `${visible.slice(0, limit - 1).join('')}…` : visible.join('');
}

/** safeURL returns an http or https URL, or an empty text for any other. */
export function safeURL(text) {
  if (!URL.canParse(text)) return '';
  const url = new URL(text);
  return ['http:', 'https:'].includes(url.protocol) ? url.href : '';
}
