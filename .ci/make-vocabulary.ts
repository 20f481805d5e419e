/**
 * Part of `npm run build` (by `make-page.ts`): packs the vocabulary of the dev dependency `js-tiktoken` into 0.5 MB in
 * `dist/`, so that budgets are kept without a tokenizer of several megabytes (src/formats/tokens.ts).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { packVocabulary, VOCABULARY_FILE } from '../src/formats/token-vocabulary.ts';

/** Lines of `! rank token token …`, in base64. */
const tokens = o200k.bpe_ranks.split('\n').flatMap((line) => line.split(' ').slice(2));
const folder = join(resolve(import.meta.dirname, '..'), 'dist/src/formats');
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, VOCABULARY_FILE),
  packVocabulary(tokens.map((token) => Buffer.from(token, 'base64'))),
);
