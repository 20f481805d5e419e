import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../commands/run-cli.ts';
import { fixtureSpans } from '../sources/recorded.ts';
import { ensureJaeger, type Jaeger, startJaeger, whyNoJaeger } from './jaeger.ts';

const FIXTURE = join(import.meta.dirname, '../recordings/fixture.otlp.jsonl');
const missing = whyNoJaeger();
const leftOut = missing !== undefined && !process.env.CI;
if (leftOut) process.stderr.write(`${missing}\n`);

describe.skipIf(leftOut)('the command line and the real Jaeger', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentlog-round-trip-'));
  const store = join(directory, '.agentlog');
  let jaeger: Jaeger;
  let source: string;
  beforeAll(async () => {
    await ensureJaeger();
    jaeger = await startJaeger();
    source = `jaeger:${jaeger.queryUrl}`;
    expect(await runCli(['import', FIXTURE, '--dir', store])).toMatchObject({ code: 0, stderr: '' });
    const env = { XDG_STATE_HOME: directory };
    const sent = await runCli(['replay', '--to', jaeger.otlpUrl, '--dir', store], { env });
    expect(sent).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Sent ${fixtureSpans().length} spans`),
    });
  }, 40 * 60_000);
  afterAll(async () => {
    await jaeger?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('disk → Jaeger → `bundle --source jaeger:` is the bundle from disk, except where it is from', async () => {
    for (const traceId of new Set(fixtureSpans().map((span) => span.traceId))) {
      const of = async (place: string[]): Promise<Record<string, unknown>> => {
        const args = ['bundle', '--trace-id', traceId, '--no-code', '--format', 'json', ...place];
        const run = await runCli(args, { cwd: directory });
        expect(run.stderr).toBe('');
        return JSON.parse(run.stdout) as Record<string, unknown>;
      };
      const { provenance: from, coverage: _a, ...disk } = await of(['--dir', store]);
      const { provenance: also, coverage: _b, ...remote } = await of(['--source', source]);
      expect(JSON.stringify(also)).toContain(source);
      expect(from).not.toEqual(also);
      expect(remote).toEqual(disk);
    }
  });

  test('every command that reads takes it', async () => {
    const [{ traceId = '' } = {}] = fixtureSpans();
    const commands = [
      ['traces', '--errors', '--json'],
      ['trace', traceId],
      ['spans', traceId, '2'],
      ['trace', traceId, '--json'],
    ];
    for (const command of commands) {
      const run = await runCli([...command, '--source', source], { cwd: directory });
      expect(run, command.join(' ')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(command[0] === 'traces' ? 'ed80b190' : 'SELECT'),
      });
    }
  });
});
