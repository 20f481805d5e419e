import { symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { ROOT, readLocal, runCommand, temporaryDirectory } from '../e2e/run-app.ts';
import { installPackage } from './install-node.ts';

const NONE = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
const FLAG = `--import ${pathToFileURL(join(ROOT, 'dist/src/register.cjs')).href}`;

const bin: Record<string, string> = {};

beforeAll(async () => {
  bin.pnpm = await installPackage('pnpm', '10.34.9', 'bin/pnpm.cjs');
  bin.yarn = await installPackage('yarn', '1.22.22', 'bin/yarn.js');
}, 180_000);

test.each([
  ['pnpm', ['start']],
  ['pnpm', ['exec', 'node', 'app.cjs']],
  ['yarn', ['--silent', 'start']],
  ['yarn', ['--silent', 'run', 'start']],
])(
  'hosts: with NODE_OPTIONS the app below %s %j is recorded, the package manager is not',
  async (name, args) => {
    using project = temporaryDirectory();
    symlinkSync(join(ROOT, 'node_modules'), join(project.path, 'node_modules'));
    writeFileSync(
      join(project.path, 'package.json'),
      JSON.stringify({ name: 'shop', version: '1.0.0', scripts: { start: 'node app.cjs' } }),
    );
    writeFileSync(
      join(project.path, 'app.cjs'),
      `require('@opentelemetry/api').trace.getTracer('app').startSpan('app').end();`,
    );
    const AGENTLOG_DIR = join(project.path, '.agentlog');
    const run = await runCommand(process.execPath, [bin[name] as string, ...args], {
      cwd: project.path,
      env: {
        ...NONE,
        AGENTLOG_DIR,
        NODE_OPTIONS: FLAG,
        OTEL_TRACES_SAMPLER: 'no-such',
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        // Neither asks a registry for another version of itself.
        npm_config_manage_package_manager_versions: 'false',
        npm_config_verify_deps_before_run: 'false',
      },
    });
    expect(run.code).toBe(0);
    // A bad option is said by every process that starts to record: there is one.
    expect(run.stderr.match(/OTEL_TRACES_SAMPLER/g)).toHaveLength(1);
    expect(readLocal(AGENTLOG_DIR).spans).toMatchObject([
      { name: 'app', resource: { attributes: { 'service.name': 'shop' } } },
    ]);
  },
);
