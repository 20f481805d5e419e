import {
  DB_QUERY_TEXT,
  EXCEPTION_MESSAGE,
  EXCEPTION_TYPE,
  HTTP_ROUTE,
  OLD_DB_STATEMENT,
  URL_FULL,
} from '../../core/attributes.ts';
import type { LogRecord, Span } from '../../core/span.ts';
import { textOfValue } from './attribute-test.ts';

/** More words than that are not told apart. */
const MAX_WORDS = 30;
/** Attributes of a span and of its events that are searched for words. */
export const SEARCHED_SPAN_KEYS: readonly string[] = [
  DB_QUERY_TEXT,
  OLD_DB_STATEMENT,
  HTTP_ROUTE,
  URL_FULL,
  'url.path',
  EXCEPTION_TYPE,
  EXCEPTION_MESSAGE,
];
export const SEARCHED_LOG_KEYS: readonly string[] = [EXCEPTION_TYPE, EXCEPTION_MESSAGE];

/** A search for words: which of them stand in a span or log record, as bits; `all` is every bit. */
export interface WordSearch {
  readonly words: readonly string[];
  readonly all: number;
  inSpan(span: Span): number;
  inLog(log: LogRecord): number;
}

/** Undefined for a text without a word. */
export function wordSearch(text: string | undefined): WordSearch | undefined {
  const words = [...new Set((text ?? '').toLowerCase().split(/\s+/))]
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS);
  if (words.length === 0) return undefined;
  const find = (folded: string): number =>
    words.reduce((bits, word, index) => (folded.includes(word) ? bits | (1 << index) : bits), 0);
  return {
    words,
    all: 2 ** words.length - 1,
    inSpan: (span) => find(foldedTextOfSpan(span)),
    inLog: (log) => find(foldedTextOfLog(log)),
  };
}

/** All of a span that is searched for words, in lower case. */
export function foldedTextOfSpan(span: Span): string {
  const texts = [span.name, span.status.message ?? ''];
  for (const attributes of [span.attributes, ...span.events.map((event) => event.attributes)]) {
    for (const key of SEARCHED_SPAN_KEYS) {
      const value = attributes[key];
      if (typeof value === 'string') texts.push(value);
    }
  }
  return texts.join('\n').toLowerCase();
}

/** All of a log record that is searched for words, in lower case. */
export function foldedTextOfLog(log: LogRecord): string {
  const values = SEARCHED_LOG_KEYS.flatMap((key) => log.attributes[key] ?? []);
  return [textOfValue(log.body), ...values.map(textOfValue)].join('\n').toLowerCase();
}
