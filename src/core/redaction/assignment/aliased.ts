/** `SELECT '…'::text AS "`, up to the name. */
const ALIAS = /'((?:[^'\\\n]|''|\\.){3,256})'(?:::\w{1,40})? as ["`[]?$/i;
const REACH = 320;

/** The string that a name is given to behind it, as in `SELECT '…' AS api_token`: where it stands. */
export function aliasedValue(
  text: string,
  nameStart: number,
): readonly [start: number, end: number] | undefined {
  // Nearly all names end here.
  if (!/as ["`[]?$/i.test(text.slice(Math.max(0, nameStart - 4), nameStart))) return undefined;
  const from = Math.max(0, nameStart - REACH);
  const found = ALIAS.exec(text.slice(from, nameStart));
  if (found === null) return undefined;
  const start = from + found.index + 1;
  return [start, start + (found[1] as string).length];
}
