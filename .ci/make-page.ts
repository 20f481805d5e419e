/**
 * Part of `npm run build`: makes the script and the style of the HTML report in `dist/` from `src/formats/html/page/`,
 * each one piece, because the report is one file; and what else formats read from `dist/`.
 */
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import './make-vocabulary.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PAGE = join(ROOT, 'src/formats/html/page');

await build({
  entryPoints: { page: join(PAGE, 'main.ts') },
  outdir: join(ROOT, 'dist/src/formats/html/page'),
  bundle: true,
  minify: true,
  charset: 'ascii',
  format: 'iife',
  target: ['es2022'],
  legalComments: 'none',
  // The settings of the whole project are no business of the page.
  tsconfigRaw: '{}',
});
await build({
  entryPoints: { page: join(PAGE, 'page.css') },
  outdir: join(ROOT, 'dist/src/formats/html/page'),
  bundle: true,
  minify: true,
  legalComments: 'none',
});
