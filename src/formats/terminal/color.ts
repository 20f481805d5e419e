const CODES = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const;
const ENDS: Partial<Record<Color, number>> = { bold: 22, dim: 22 };
const DEFAULT_END = 39;

export type Color = keyof typeof CODES;

/** The text in a colour, or as it is where there are none. */
export function paint(text: string, color: Color | undefined, hasColors: boolean): string {
  if (!hasColors || color === undefined) return text;
  return `\u001b[${CODES[color]}m${text}\u001b[${ENDS[color] ?? DEFAULT_END}m`;
}
