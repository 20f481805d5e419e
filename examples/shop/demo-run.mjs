// What the demos share: where their telemetry goes, that no secret is in it, the command, and an end by Ctrl-C.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CLI = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));

/** A run whose telemetry stays in `ownDirectory`, emptied at the start, or in AGENTLOG_DIR, where nothing is. */
export function startDemoRun(ownDirectory) {
  const directory = process.env.AGENTLOG_DIR ? resolve(process.env.AGENTLOG_DIR) : ownDirectory;
  const dir = relative(process.cwd(), directory) || '.';
  const interrupted = new AbortController();
  const { signal } = interrupted;
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.on(name, () => {
      if (!signal.aborted) say('interrupted, stopping all of it');
      process.exitCode = code;
      interrupted.abort();
    });
  }

  return {
    dir,
    signal,
    say,
    files,

    /** Throws what is missing; else the environment of the apps. */
    prepare() {
      if (Number(process.versions.node.split('.')[0]) < 22) {
        throw new Error(`Node ${process.versions.node} is too old; \`npm run\` uses the one in node_modules`);
      }
      if (!existsSync(CLI)) throw new Error('there is no build yet; run `npm run build` first');
      if (directory === ownDirectory) rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      return telemetryEnv(directory);
    },

    /** The promise that the last lines of the output make, checked before they make it. */
    checkNoSecret(secrets) {
      for (const file of files()) {
        const text = readFileSync(join(directory, file), 'utf8');
        for (const [name, secret] of Object.entries(secrets)) {
          if (text.includes(secret)) throw new Error(`${file} holds the ${name} of this run`);
        }
      }
    },

    /** Runs the command on the telemetry of the run and shows both. */
    async agentlog(...args) {
      const given = [...args, '--dir', dir];
      console.log(`\n$ npx agentlog-otel ${given.join(' ')}`);
      try {
        const options = { signal, maxBuffer: 64 * 1024 * 1024, timeout: 30_000 };
        const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...given], options);
        process.stdout.write(stdout);
      } catch (error) {
        throw new Error(`agentlog-otel ${args[0]} failed: ${error.stderr || error.message}`, {
          cause: error,
        });
      }
    },

    failed(error) {
      if (signal.aborted) return;
      process.exitCode = 1;
      console.error(`\ndemo failed: ${error.message}`);
    },
  };

  function files() {
    return readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  }
}

function say(step) {
  console.error(`demo: ${step}`);
}

/** The files are enough here: it sends to a collector only when the environment names one. */
function telemetryEnv(directory) {
  const env = { AGENTLOG_DIR: directory };
  if (Object.keys(process.env).some((name) => /^OTEL_EXPORTER_OTLP_(\w+_)?ENDPOINT$/.test(name))) return env;
  for (const kind of ['TRACES', 'LOGS', 'METRICS']) {
    const name = `OTEL_${kind}_EXPORTER`;
    env[name] = process.env[name] ?? 'none';
  }
  return env;
}
