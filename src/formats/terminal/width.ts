const ASCII = /^[\x20-\x7e]*$/;
const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** East Asian Wide and Fullwidth (Unicode 17, UAX #11) without emoji. */
const TWO_COLUMNS =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

let segmenter: Intl.Segmenter | undefined;

/** How many columns of a terminal a text takes: two for wide characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const cluster of clusters(text)) width += widthOf(cluster);
  return width;
}

/** The text, or as much of it as fits with `…` behind it. No character is cut in two. */
export function cutToWidth(text: string, columns: number | undefined): string {
  if (columns === undefined || text.length * 2 <= columns || displayWidth(text) <= columns) return text;
  const room = Math.max(0, columns - 1);
  if (ASCII.test(text)) return `${text.slice(0, room)}…`;
  let kept = '';
  let width = 0;
  for (const cluster of clusters(text)) {
    width += widthOf(cluster);
    if (width > room) break;
    kept += cluster;
  }
  return `${kept}…`;
}

function* clusters(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** What a terminal draws as one character is as wide as its widest part. */
function widthOf(cluster: string): number {
  let width = 0;
  for (const character of cluster) {
    const own = NO_COLUMN.test(character) ? 0 : TWO_COLUMNS.test(character) ? 2 : 1;
    if (own > width) width = own;
  }
  return width;
}
