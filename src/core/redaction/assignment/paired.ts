import { pairRole } from '../pairs.ts';
import type { ScanMemo } from '../rule.ts';
import type { AssignedValue } from './value.ts';

/** `{ … name: "`, `<x … name="`, with the steps of a path before the name, up to the name. */
const NAME_FIELD =
  /[\s,{<]["']?(\w{1,13})["']?[ \t]{0,4}[:=][ \t]{0,4}(?:\[(?:["'][\w.]{1,24}["'],[ \t]?){0,4})?["'][\w./$-]{0,40}$/;
const NAME_REACH = 160;
/** A field, its value in quotes or without. */
const FIELD =
  /\s{0,40}["']?([\w.$-]{1,40})["']?[ \t]{0,8}[:=][ \t]{0,8}(?:(["'])((?:(?!\2)[^\n\\]|\\[^\n]){0,512})\2|\[[^[\]]{0,160}\]|\{[^{}]{0,200}\}|[^\s,"'{}[\]]{1,64})\s{0,40}[,;]?/y;
const REACH = 640;
const MOST_FIELDS = 16;
/** A value before its field may have brackets in it. */
const MOST_STARTS = 3;
const TAG = /<[\w:.-]{1,40}(?=\s)/y;

/**
 * The values of the object or element in other text that the string at `nameStart` names:
 * `body={"value":"…","msg":"…","name":"DB_PASSWORD"}`, `<property value="…" name="db.password"/>`.
 */
export function pairedValues(
  text: string,
  nameStart: number,
  nameEnd: number,
  memo: ScanMemo,
): AssignedValue[] | undefined {
  const closing = text[nameEnd];
  if ((closing !== '"' && closing !== "'") || !/["'/.]/.test(text[nameStart - 1] ?? '')) return undefined;
  const field = NAME_FIELD.exec(text.slice(Math.max(0, nameStart - NAME_REACH), nameStart));
  if (field === null || pairRole(field[1] as string) !== 'name') return undefined;
  let start = nameStart;
  for (let tries = 0; tries < MOST_STARTS; tries++) {
    start = Math.max(text.lastIndexOf('{', start - 1), text.lastIndexOf('<', start - 1));
    if (start < 0 || nameStart - start > REACH) return undefined;
    memo.work += 3;
    const values = valuesFrom(text, start, nameStart);
    if (values !== undefined) return values;
  }
  return undefined;
}

/** The values of the fields from `start` on; undefined when what stands at `nameStart` is none of these. */
function valuesFrom(text: string, start: number, nameStart: number): AssignedValue[] | undefined {
  TAG.lastIndex = start;
  FIELD.lastIndex = text[start] === '{' ? start + 1 : TAG.test(text) ? TAG.lastIndex : text.length;
  const values: AssignedValue[] = [];
  let isOne = false;
  for (let count = 0; count < MOST_FIELDS; count++) {
    const found = FIELD.exec(text);
    if (found === null) break;
    const [whole, name = '', quote = '', value = ''] = found;
    if (found.index <= nameStart && nameStart < FIELD.lastIndex) isOne = true;
    else if (quote !== '' && (pairRole(name) ?? 'name') !== 'name') {
      const at = found.index + whole.lastIndexOf(quote + value + quote) + 1;
      values.push({ start: at, end: at + value.length, quote, nextItem: -1 });
    }
  }
  return isOne && values.length > 0 ? values : undefined;
}
