import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Span } from '../../src/core/span.ts';
import { GENERATED, readLocal, runApp, temporaryDirectory } from './run-app.ts';

const DIRECTORY = join(GENERATED, 'database-options');
const APP = join(DIRECTORY, 'app.cjs');

/** Four statements named as upstream's pg names them; line 4 of what the author wrote starts them. */
const SOURCE = `import { SpanKind, trace } from '@opentelemetry/api';
interface Statement { readonly text: string }
function query(statement: Statement): void {
  const span = trace.getTracer('app').startSpan('pg.query:SELECT shop', {
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': statement.text },
  });
  span.end();
}
trace.getTracer('app').startActiveSpan('GET /users', (root) => {
  for (let i = 0; i < 4; i++) query({ text: 'SELECT * FROM users WHERE id = $1' });
  root.end();
});
`;

beforeAll(() => {
  mkdirSync(join(DIRECTORY, 'src'), { recursive: true });
  const entry = join(DIRECTORY, 'src/users.ts');
  writeFileSync(entry, SOURCE);
  buildSync({
    entryPoints: [entry],
    outfile: APP,
    bundle: true,
    minify: true,
    platform: 'node',
    external: ['@opentelemetry/api'],
    sourcemap: true,
  });
});

afterAll(() => rmSync(DIRECTORY, { recursive: true, force: true }));

async function statements(env: Record<string, string>): Promise<Span[]> {
  using directory = temporaryDirectory();
  const quiet = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
  const run = await runApp(APP, { env: { ...quiet, AGENTLOG_DIR: directory.path, ...env } });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const { spans } = readLocal(directory.path);
  return spans.filter((span) => span.attributes['db.query.text'] !== undefined);
}

const sites = (spans: readonly Span[]) =>
  spans.map(({ attributes }) => {
    const file = attributes['code.file.path'];
    return typeof file === 'string'
      ? `${file.split('/').at(-1)}:${attributes['code.line.number']}`
      : undefined;
  });

test.each([
  [{}, [undefined, undefined, 'users.ts:4', 'users.ts:4']],
  [{ AGENTLOG_CALLSITE: 'all' }, Array(4).fill('users.ts:4')],
  [{ AGENTLOG_CALLSITE: 'off' }, Array(4).fill(undefined)],
])('AGENTLOG_CALLSITE: %j names the line of the source, also in a minified bundle', async (env, expected) => {
  expect(sites(await statements(env))).toEqual(expected);
});

test('AGENTLOG_RENAME_DB_SPANS: a span named by its operation is named by its summary, unless that is off', async () => {
  const names = async (env: Record<string, string>) =>
    new Set((await statements(env)).map((span) => `${span.name} | ${span.attributes['db.query.summary']}`));
  expect(await names({})).toEqual(new Set(['SELECT users | SELECT users']));
  expect(await names({ AGENTLOG_RENAME_DB_SPANS: 'false' })).toEqual(
    new Set(['pg.query:SELECT shop | SELECT users']),
  );
});
