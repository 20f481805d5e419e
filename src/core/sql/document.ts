import { isDigit, isWordPart, isWordStart } from './char-class.ts';
import { numberEnd, stringEnd } from './literals.ts';
import { Signature } from './signature.ts';
import { hashWord, WORD_SEED_1, WORD_SEED_2 } from './word-hash.ts';

/** A query of a document database: its text without values, and what names its shape. */
export interface DocumentFacts {
  /** Keys kept, values `"?"`; the very same string when it has none. */
  readonly text: string;
  /** `{operation} {collection}`. */
  readonly summary: string;
  /** 16 hex digits over operation, collection and keys. */
  readonly signature: string;
}

const signature = new Signature();

/**
 * Reads a query written as JSON, as MongoDB's and Elasticsearch's instrumentations record it. One linear pass; text
 * that is no JSON is read all the same, strings and numbers masked. Never throws.
 */
export function analyzeDocument(source: string, operation: string, collection: string): DocumentFacts {
  signature.reset();
  word(operation);
  word(collection);
  let out = '';
  let copied = 0;
  let i = 0;
  while (i < source.length) {
    const code = source.charCodeAt(i);
    if (code === 34 || code === 39) {
      const end = stringEnd(source, i, code, true);
      if (isKey(source, end)) word(source.slice(i + 1, end - 1));
      else {
        signature.placeholder();
        if (source.slice(i, end) !== '"?"') {
          out += `${source.slice(copied, i)}"?"`;
          copied = end;
        }
      }
      i = end;
    } else if (isDigit(code) || (code === 45 && isDigit(source.charCodeAt(i + 1)))) {
      const end = numberEnd(source, code === 45 ? i + 1 : i);
      signature.placeholder();
      out += `${source.slice(copied, i)}"?"`;
      copied = end;
      i = end;
    } else if (isWordStart(code)) {
      let end = i + 1;
      while (end < source.length && isWordPart(source.charCodeAt(end))) end++;
      word(source.slice(i, end));
      i = end;
    } else {
      if (code === 123 || code === 91) signature.open();
      else if (code === 125 || code === 93) signature.close();
      else if (code === 44) signature.comma();
      i++;
    }
  }
  return {
    text: copied === 0 ? source : out + source.slice(copied),
    summary: [operation, collection].filter((part) => part !== '').join(' '),
    signature: signature.hex(),
  };
}

function word(text: string): void {
  signature.word(hashWord(text, WORD_SEED_1), hashWord(text, WORD_SEED_2));
}

function isKey(source: string, end: number): boolean {
  let i = end;
  while (i < source.length && source.charCodeAt(i) <= 32) i++;
  return source.charCodeAt(i) === 58;
}
