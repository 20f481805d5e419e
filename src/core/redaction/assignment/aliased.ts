import { isPlaceholder } from './placeholder.ts';

/** `SELECT '…'::text AS "`, up to the name. */
const ALIAS = /'((?:[^'\\\n]|''|\\.){3,256})'(?:::\w{1,40})? as ["`[]?$/i;
const REACH = 320;

/** Where the string stands that a name is given to behind it, as in `SELECT '…' AS api_token`. */
export function aliasedValue(text: string, nameStart: number): { start: number; end: number }[] | undefined {
  // Nearly all names end here.
  if (!/as ["`[]?$/i.test(text.slice(Math.max(0, nameStart - 4), nameStart))) return undefined;
  const from = Math.max(0, nameStart - REACH);
  const found = ALIAS.exec(text.slice(from, nameStart));
  if (found === null || isPlaceholder(found[1] as string)) return undefined;
  const start = from + found.index + 1;
  return [{ start, end: start + (found[1] as string).length }];
}
