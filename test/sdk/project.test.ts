import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeProject } from '../../src/sdk/project.ts';
import { readLocal, runApp, temporaryDirectory } from '../e2e/run-app.ts';

const NONE = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };

/** A project with a package, an app two folders below it, and a commit by the real git. */
function makeProject() {
  const directory = temporaryDirectory();
  const root = directory.path;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  mkdirSync(join(root, 'src/app'), { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: '@shop/web', version: '4.2.0' }));
  writeFileSync(join(root, 'src/package.json'), '{"type":"module"}');
  git('init', '-q', '-b', 'main/line');
  git('add', '.');
  git('commit', '-qm', 'first');
  return { directory, root, git, entry: join(root, 'src/app/index.js') };
}

test('project: name, version and revision are those of the nearest named package and of git itself', () => {
  const { directory, root, git, entry } = makeProject();
  using _ = directory;
  const first = git('rev-parse', 'HEAD');
  const expected = { 'service.name': '@shop/web', 'service.version': '4.2.0' };
  expect(describeProject(entry)).toEqual({ ...expected, 'vcs.ref.head.revision': first });
  git('pack-refs', '--all');
  expect(describeProject(entry)).toEqual({ ...expected, 'vcs.ref.head.revision': first });
  git('commit', '--allow-empty', '-qm', 'second');
  const second = git('rev-parse', 'HEAD');
  expect(second).not.toBe(first);
  expect(describeProject(entry)['vcs.ref.head.revision']).toBe(second);
  git('checkout', '-q', '--detach', first);
  expect(describeProject(entry)['vcs.ref.head.revision']).toBe(first);
  git('worktree', 'add', '-q', join(root, 'tree'), 'main/line');
  expect(describeProject(join(root, 'tree/src/app/index.js'))).toEqual({
    ...expected,
    'vcs.ref.head.revision': second,
  });
});

test('project: never past the root of the repository, never a package of node_modules, never broken by a file', () => {
  const { directory, root, entry } = makeProject();
  using _ = directory;
  mkdirSync(join(root, 'nested/.git'), { recursive: true });
  expect(describeProject(join(root, 'nested/index.js'))).toEqual({});
  mkdirSync(join(root, 'node_modules/tool'), { recursive: true });
  writeFileSync(join(root, 'node_modules/tool/package.json'), '{"name":"tool"}');
  expect(describeProject(join(root, 'node_modules/tool/cli.js'))).toEqual({});
  writeFileSync(join(root, '.git/HEAD'), 'ref: refs/../../secret\n');
  appendFileSync(join(root, 'package.json'), '}');
  expect(describeProject(entry)).toEqual({});
});

test.each([
  ['nothing set', {}, '@shop/web', '4.2.0', true],
  ['OTEL_SERVICE_NAME', { OTEL_SERVICE_NAME: 'given' }, 'given', '4.2.0', true],
  [
    'OTEL_RESOURCE_ATTRIBUTES',
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,service.version=9' },
    'a',
    '9',
    true,
  ],
  [
    'OTEL_NODE_RESOURCE_DETECTORS without it',
    { OTEL_NODE_RESOURCE_DETECTORS: 'env,host' },
    expect.stringMatching(/^unknown_service:/),
    undefined,
    false,
  ],
])('project: with %s the resource of a span says whose it is', async (_, env, name, version, hasRevision) => {
  const { directory, root, git } = makeProject();
  using __ = directory;
  const AGENTLOG_DIR = join(root, '.agentlog');
  const app = join(root, 'src/app/index.cjs');
  const api = JSON.stringify(join(import.meta.dirname, '../../node_modules/@opentelemetry/api'));
  writeFileSync(app, `require(${api}).trace.getTracer('app').startSpan('work').end();`);
  const run = await runApp(app, { env: { ...NONE, AGENTLOG_DIR, ...env } });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const [span] = readLocal(AGENTLOG_DIR).spans;
  const { attributes } = span?.resource ?? { attributes: {} };
  expect(attributes['service.name']).toEqual(name);
  expect(attributes['service.version']).toBe(version);
  expect(attributes['vcs.ref.head.revision']).toBe(hasRevision ? git('rev-parse', 'HEAD') : undefined);
});
