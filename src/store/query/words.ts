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
const SPAN_KEYS = [
  DB_QUERY_TEXT,
  OLD_DB_STATEMENT,
  HTTP_ROUTE,
  URL_FULL,
  'url.path',
  EXCEPTION_TYPE,
  EXCEPTION_MESSAGE,
];
const LOG_KEYS = [EXCEPTION_TYPE, EXCEPTION_MESSAGE];

/** A search for words: which of them stand in a span or log record, as bits; `all` is every bit. */
export interface WordSearch {
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
  const find = (parts: readonly string[]): number => {
    const folded = parts.join('\n').toLowerCase();
    return words.reduce((bits, word, index) => (folded.includes(word) ? bits | (1 << index) : bits), 0);
  };
  return {
    all: 2 ** words.length - 1,
    inSpan: (span) => find(textsOfSpan(span)),
    inLog: (log) => find(textsOfLog(log)),
  };
}

function textsOfSpan(span: Span): string[] {
  const texts = [span.name, span.status.message ?? ''];
  for (const attributes of [span.attributes, ...span.events.map((event) => event.attributes)]) {
    for (const key of SPAN_KEYS) {
      const value = attributes[key];
      if (typeof value === 'string') texts.push(value);
    }
  }
  return texts;
}

function textsOfLog(log: LogRecord): string[] {
  const values = LOG_KEYS.flatMap((key) => log.attributes[key] ?? []);
  return [textOfValue(log.body), ...values.map(textOfValue)];
}
