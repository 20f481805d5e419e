/** What hides in text, or turns it around: as in `formats/text.ts`. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const HIDDEN_IN_LINES = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text from telemetry for one line: what would be invisible is shown as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, show);
}

/** The same for a block of lines, whose line breaks stay. */
export function visibleLines(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(HIDDEN_IN_LINES, show);
}

function show(character: string): string {
  if (character === '\n') return '⏎';
  if (character === '\t') return '⇥';
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
