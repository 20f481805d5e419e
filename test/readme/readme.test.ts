import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startReceiver } from '../e2e/receiver.ts';
import { GENERATED, ROOT, temporaryDirectory } from '../e2e/run-app.ts';
import { blocks, readBlock, timeless } from './blocks.ts';

const exec = promisify(execFile);
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The fenced blocks of a language, in order. */
function fenced(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

test.each(Object.keys(blocks))(
  'readme: the block %s is what is generated now (npm run readme)',
  async (name) => {
    const shown = readBlock(README, name);
    if (shown === undefined) throw new Error(`the README has no block ${name}`);
    expect(timeless(shown)).toEqual(timeless((await blocks[name]?.()) ?? ''));
  },
);

/** Commands that other tests run on a fresh clone or from the packed tarball. */
const RUN_ELSEWHERE = [
  /^npm (?:ci|i|install)\b/,
  /^npm run (?:demo|bench:overhead)$/,
  /^npm test$/,
  /^otelcol/,
];

test('readme: every shell block runs as it stands', async () => {
  using directory = temporaryDirectory();
  await using receiver = await disposableReceiver();
  const cwd = directory.path;
  mkdirSync(join(cwd, 'node_modules/@agentlog'), { recursive: true });
  symlinkSync(ROOT, join(cwd, 'node_modules/@agentlog/otel'));
  symlinkSync(join(ROOT, 'node_modules/@opentelemetry'), join(cwd, 'node_modules/@opentelemetry'));
  mkdirSync(join(cwd, 'node_modules/.bin'));
  const bin = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'dist/src/cli.js')}" "$@"\n`;
  writeFileSync(join(cwd, 'node_modules/.bin/agentlog-otel'), bin, { mode: 0o755 });
  cpSync(join(ROOT, 'test/apps/http-cjs.cjs'), join(cwd, 'app.cjs'));
  writeFileSync(join(cwd, 'app.js'), "require('./app.cjs');\n");
  const env = {
    ...process.env,
    PATH: `${join(cwd, 'node_modules/.bin')}:${process.env.PATH}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  };
  let commandCount = 0;
  for (const block of fenced('sh')) {
    for (const line of block.split('\n')) {
      const command = line.replace(/\s#.*$/, '').trim();
      for (const part of command.split('&&').map((each) => each.trim())) {
        if (part === '' || part.startsWith('#') || RUN_ELSEWHERE.some((each) => each.test(part))) continue;
        // The README's trace id stands for one of the reader's own.
        const traceId = receiver.spans[0]?.traceId ?? '';
        const real = part.replaceAll('4bf92f3577b34da6a3ce929d0e0e4736', traceId);
        await exec('bash', ['-c', real], { cwd, env });
        commandCount++;
      }
    }
  }
  expect(commandCount).toBeGreaterThan(3);
});

test('readme: every JavaScript block runs as it stands', async () => {
  using directory = temporaryDirectory();
  await using receiver = await disposableReceiver();
  const sources = fenced('js');
  expect(sources.length).toBeGreaterThan(2);
  // Inside the package, so that its own name and its dev dependencies resolve.
  const folder = GENERATED;
  mkdirSync(folder, { recursive: true });
  const env = {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    AGENTLOG_DIR: join(directory.path, '.agentlog'),
  };
  for (const [i, source] of sources.entries()) {
    const file = join(folder, `block-${i}.mjs`);
    const traceId = receiver.spans[0]?.traceId ?? '4bf92f3577b34da6a3ce929d0e0e4736';
    const span = "import { trace as t } from '@opentelemetry/api';\n";
    writeFileSync(
      file,
      `${span}${source.replaceAll('4bf92f3577b34da6a3ce929d0e0e4736', traceId)}\nt.getTracer('readme').startSpan('a span').end();\n`,
    );
    const { stderr } = await exec(process.execPath, [file], { cwd: ROOT, env });
    expect({ block: i, stderr }).toEqual({ block: i, stderr: '' });
  }
  expect(receiver.spans.length).toBeGreaterThan(0);
});

async function disposableReceiver() {
  const receiver = await startReceiver();
  return Object.assign(receiver, { [Symbol.asyncDispose]: () => receiver.close() });
}
