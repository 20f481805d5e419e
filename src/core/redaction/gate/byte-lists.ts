import { RUN_WORK } from '../work.ts';
import type { EncodedRun } from './encoded-runs.ts';
import type { Hit } from './literals.ts';
import { textOf } from './text-bytes.ts';

/** What stands before bytes that are printed one by one, and the gate looks for. */
export const BYTE_LISTS: readonly string[] = [
  '<buffer ',
  'contents]: <',
  'uint8array',
  'buffer"',
  "buffer'",
  'buffer.from([',
];
/** `<Buffer 70 61 73 …>`, `[Uint8Contents]: <70 61 …>` */
const HEX = /(?:<buffer |contents\]: <)([\da-f]{2}(?: [\da-f]{2}){6,8192})/iy;
/** `Uint8Array(3) [ 112, 97, … ]`, `{"type":"Buffer","data":[112,97,…]}` */
const DECIMAL =
  /(?:uint8array|buffer)[\w"'(){}.:,\s[\]-]{0,40}?\[\s{0,8}(\d{1,3}(?:\s{0,8},\s{0,8}\d{1,3}){6,8192})(?=\s{0,8}(?:[,\]]|$))/iy;
/** What belongs to the print: the name of the bytes stands before it. */
const BEGIN = /(?:new |\{\s{0,8}["']?type["']?\s?:\s?["']|(?:ArrayBuffer )?\{?\s?\[Uint8)$/i;
const NAME_REACH = 64;

/** The bytes printed behind some hits; of too many, only as many as show that they are. */
export function readByteLists(text: string, hits: readonly Hit[], most: number): EncodedRun[] {
  const runs: EncodedRun[] = [];
  let end = 0;
  for (const { start } of hits) {
    if (start < end) continue;
    if (runs.length > most / RUN_WORK) break;
    const run = readHex(text, start) ?? readDecimal(text, start);
    if (run === undefined) continue;
    runs.push(run);
    end = run.end;
  }
  return runs;
}

function readHex(text: string, start: number): EncodedRun | undefined {
  HEX.lastIndex = start;
  const digits = HEX.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const end = HEX.lastIndex;
  const decoded = textOf(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
  return { start: end - digits.length, end, decoded, before: nameBefore(text, start), isBare: false };
}

function readDecimal(text: string, start: number): EncodedRun | undefined {
  DECIMAL.lastIndex = start;
  const numbers = DECIMAL.exec(text)?.[1];
  if (numbers === undefined) return undefined;
  const end = DECIMAL.lastIndex;
  const decoded = textOf(Buffer.from(numbers.split(',').map(Number)));
  // In JSON the mark needs quotes.
  const isBare = /^\w+"/.test(text.slice(start, end));
  return { start: end - numbers.length, end, decoded, before: nameBefore(text, start), isBare };
}

function nameBefore(text: string, start: number): string {
  return text.slice(Math.max(0, start - NAME_REACH), start).replace(BEGIN, '');
}
