import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { calledFrom } from '../../src/bundles/called-code.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';

const ID = 'f00df00df00df00df00df00df00df00d';
const FILES: Readonly<Record<string, string>> = {
  'src/app.ts': [
    "import Fastify from 'fastify';",
    "import { createInvoice as create, type Invoice } from './invoice.js';",
    "import * as carts from './carts/index.js';",
    "import { Mail } from './mail.js';",
    "import settings from './settings.js';",
    "const { audit } = require('./audit.cjs');",
    'const mail = new Mail(settings());',
    'function shorten(text) {',
    '  return text.slice(0, 9);',
    '}',
    "app.post('/orders/:id/invoice', async (request) => {",
    '  const invoice = await create(carts.load(request.params.id));',
    '  await mail.send(invoice);',
    '  audit(shorten(invoice.id), unknown(), Math.max(1, 2));',
    '  return invoice;',
    '});',
  ].join('\n'),
  'src/invoice.ts':
    "import { rate } from './rate.ts';\n\nexport async function createInvoice(cart) {\n  return rate(cart);\n}\n",
  'src/rate.ts': 'export const rate = (cart) => cart.total * 1.19;\n',
  'src/carts/index.ts': 'const x = 1;\nexport const load = async (id) => x;\n',
  'src/mail.ts':
    'export class Mail {\n  constructor(s) {}\n\n  async send(what) {\n    return fetch(what);\n  }\n}\n',
  'src/settings.ts': '// none\nexport default () => ({});\n',
  'src/audit.cjs': 'module.exports = {\n  audit(id) {},\n};\n',
  '.env': 'export function rate() {}\n',
};
const source = { read: (file: string): string | undefined => FILES[file] };

test('called code: what lines call is found in other files and in the same one, whatever way it came there', () => {
  expect(
    calledFrom('src/app.ts', { first: 11, last: 16 }, source).map(({ file, line }) => `${file}:${line}`),
  ).toEqual(['src/invoice.ts:3', 'src/carts/index.ts:2', 'src/mail.ts:4', 'src/audit.cjs:1', 'src/app.ts:8']);
  expect(calledFrom('src/invoice.ts', { first: 3, last: 5 }, source)).toEqual([
    { file: 'src/rate.ts', line: 1 },
  ]);
  const starts =
    "new Worker(new URL('./rate.ts', import.meta.url));\nfork('./mail.js');\nnew Worker(name);\n";
  const read = (file: string): string | undefined => (file === 'src/pool.ts' ? starts : FILES[file]);
  expect(calledFrom('src/pool.ts', { first: 1, last: 1 }, { read })).toEqual([
    { file: 'src/rate.ts', line: 1 },
    { file: 'src/mail.ts', line: 1 },
  ]);
  expect(calledFrom('src/none.ts', { first: 1, last: 5 }, source)).toEqual([]);
});

test('called code: nothing but source files of the project is read for it, and text made to be slow is not', () => {
  const asked: string[] = [];
  const evil = `import { x } from './../../etc/passwd';\nimport { y } from './.env';\n${'x('.repeat(20_000)}\nimport {${'a,'.repeat(900)}\n`;
  calledFrom(
    'src/evil.ts',
    { first: 1, last: 4 },
    {
      read(file) {
        asked.push(file);
        return file === 'src/evil.ts' ? evil : undefined;
      },
    },
  );
  expect(new Set(asked).size).toBeLessThan(40);
});

test('bundles: of a route of a mounted router the line that mounts it is shown as well', async () => {
  const project = temporaryDirectory();
  const pad = Array.from({ length: 60 }, (_, index) => `const x${index} = 1;`).join('\n');
  writeFileSync(join(project, 'app.mjs'), `${pad}\napp.use('/hooks', hooks);\napp.use(express.json());\n`);
  writeFileSync(join(project, 'hooks.mjs'), `${pad}\nhooks.post('/payments', take);\n`);
  const route = { 'http.request.method': 'POST', 'http.route': '/hooks/payments' };
  const span = { id: 1, name: 'POST /hooks/payments', kind: 2, at: 0, ms: 9, attributes: route };
  const line = new Story(ID).spans({ 'service.name': 'shop' }, [span]);
  const { excerpts } = await makeBundle(new MemorySource(decodeLine(line).spans), ID, { project });
  expect(excerpts.map(({ file, line: at }) => `${file}:${at}`)).toEqual(['hooks.mjs:61', 'app.mjs:61']);
});

test('bundles: the functions that the code of a request calls are shown, where nothing else says where the fault is', async () => {
  const project = temporaryDirectory();
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
  const span = {
    id: 1,
    name: 'POST /billing/orders/:id/invoice',
    kind: 2,
    at: 0,
    ms: 9,
    attributes: { 'http.request.method': 'POST', 'http.route': '/billing/orders/:id/invoice' },
  };
  const line = new Story(ID).spans({ 'service.name': 'shop' }, [span]);
  const bundle = await makeBundle(new MemorySource(decodeLine(line).spans), ID, { project });
  expect(bundle.excerpts.map(({ file, why }) => [file, why])).toEqual([
    // A router is mounted at /billing: the rest of the route stands in the source.
    ['src/app.ts', 'text'],
    ['src/invoice.ts', 'called'],
    ['src/carts/index.ts', 'called'],
    ['src/mail.ts', 'called'],
    ['src/audit.cjs', 'called'],
    ['src/rate.ts', 'called'],
  ]);
});
