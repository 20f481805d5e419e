import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../store/temporary.ts';
import { runCli } from './run-cli.ts';

const TRACE = '5'.repeat(32);
const LINKED = '6'.repeat(32);

/** What another SDK stored: a secret of its own at every place of OTLP that the read side knows. */
function foreignStore(): { readonly files: Record<string, string>; readonly secrets: Map<string, string> } {
  const secrets = new Map<string, string>();
  const text = (place: string): string => {
    const secret = `Hx${secrets.size}q7Kd${'Zv3m'.repeat(4)}`;
    secrets.set(place, secret);
    return `about password=${secret} here`;
  };
  const field = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const resource = {
    attributes: [field('service.name', text('service')), field('service.version', text('service version'))],
  };
  const scope = { name: text('scope'), version: text('scope version') };
  const at = (ms: number) => `${1_795_250_400_000n + BigInt(ms)}000000`;
  const span = (traceId: string, id: number, more: object) => ({
    traceId,
    spanId: `${id}`.repeat(16),
    name: text(`name of ${id}`),
    kind: 2,
    startTimeUnixNano: at(id),
    endTimeUnixNano: at(id + 20),
    ...more,
  });
  const spans = [
    span(TRACE, 1, {
      traceState: `vendor=${text('trace state')}`,
      attributes: [
        field('http.route', `/${text('route')}`),
        field('http.request.method', text('method')),
        field('db.system.name', 'postgresql'),
        field('db.query.text', text('statement')),
        field(text('key'), 'x'),
        field('gen_ai.request.model', text('model')),
        field('gen_ai.operation.name', 'chat'),
        field('session.id', text('session')),
      ],
      events: [
        {
          timeUnixNano: at(5),
          name: 'exception',
          attributes: [
            field('exception.type', text('exception type')),
            field('exception.message', text('exception message')),
            field('exception.stacktrace', `Error: ${text('stack')}\n    at pay (/app/a.js:1:1)`),
          ],
        },
      ],
      links: [{ traceId: LINKED, spanId: '4'.repeat(16), attributes: [field('note', text('link'))] }],
      status: { code: 2, message: text('status') },
    }),
    span(LINKED, 4, {}),
  ];
  const log = {
    traceId: TRACE,
    spanId: '1'.repeat(16),
    timeUnixNano: at(6),
    severityNumber: 17,
    severityText: text('severity'),
    eventName: text('event name'),
    body: { stringValue: text('body') },
    attributes: [field('note', text('log attribute'))],
  };
  const line = (name: string, value: object): string => `${JSON.stringify({ [name]: [value] })}\n`;
  const files = {
    'a.traces.jsonl': line('resourceSpans', { resource, scopeSpans: [{ scope, spans }] }),
    'a.logs.jsonl': line('resourceLogs', { resource, scopeLogs: [{ scope, logRecords: [log] }] }),
  };
  return { files, secrets };
}

test('read side: what another SDK stored unredacted is printed by no command, in no form', async () => {
  const { files, secrets } = foreignStore();
  const directory = temporaryDirectory(files);
  const out = temporaryDirectory({});
  const commands = [
    ['traces'],
    ['traces', '--csv'],
    ['traces', '--service', 'nobody'],
    ['traces', '--route', '/nowhere'],
    ['trace', TRACE],
    ['spans', TRACE, '1'],
    ['logs'],
    ['logs', '--trace', TRACE],
    ['stats'],
    ['events'],
    ['tokens', '--by', 'model,service,session'],
    ...['traces', 'trace', 'spans', 'logs', 'stats', 'events', 'tokens'].map((verb) => [
      verb,
      ...(verb === 'trace' ? [TRACE] : verb === 'spans' ? [TRACE, '1'] : []),
      '--json',
    ]),
    ...['markdown', 'prompt', 'json', 'otlp', 'html', 'zip'].map((format) => [
      'bundle',
      TRACE,
      '--format',
      format,
      ...(format === 'html' || format === 'zip' ? ['--out', join(out, `report-${format}`)] : []),
    ]),
    ['redact', '--check', join(directory, 'a.traces.jsonl')],
  ];
  const written = await Promise.all(
    commands.map(async (command) => {
      const dir = command[0] === 'redact' ? [] : ['--dir', directory];
      const { stdout, stderr } = await runCli([...command, ...dir]);
      return { what: command.join(' '), text: stdout + stderr };
    }),
  );
  for (const name of readdirSync(out, { recursive: true }) as string[]) {
    if (/\.\w+$/.test(name)) written.push({ what: name, text: readFileSync(join(out, name), 'latin1') });
  }
  const leaks = written.flatMap(({ what, text }) =>
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([place]) => `${what}: ${place}`),
  );
  expect(leaks).toEqual([]);
  expect(written.filter(({ text }) => text.includes('REDACTED')).length).toBeGreaterThan(15);
});
