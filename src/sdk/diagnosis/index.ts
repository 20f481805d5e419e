import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type InstrumentationPlan, planInstrumentations } from '../../../instrumentations/index.ts';
import { createAppResolver } from '../../../instrumentations/resolve.ts';
import { isOwnDirectory } from '../../core/layout.ts';
import { createRedactor, type RedactorOptions } from '../../core/redaction/index.ts';
import { probe, type Signal } from '../../exporters/otlp/index.ts';
import { type Config, readConfig } from '../config.ts';
import { localDirectory } from '../local-directory.ts';
import { type Copies, findCopies } from './copies.ts';
import { describeSettings, type Setting } from './settings.ts';

/** A place telemetry goes to, and why it would not get there. */
export interface DestinationCheck {
  readonly signals: readonly string[];
  /** A directory or a URL, secrets masked. */
  readonly place: string;
  readonly protocol: string;
  /** Names only. */
  readonly headers: readonly string[];
  readonly problem: string | undefined;
  /** Nobody asked for it (the default endpoint), and the local files have everything. */
  readonly isOptional: boolean;
}

/** What recording in this directory would do. */
export interface Diagnosis {
  readonly node: { readonly version: string; readonly hooks: 'synchronous' | 'loader thread' };
  readonly copies: readonly Copies[];
  readonly settings: readonly Setting[];
  readonly destinations: readonly DestinationCheck[];
  readonly instrumentations: InstrumentationPlan;
  /** What works but is not as it should be, a sentence each. */
  readonly warnings: readonly string[];
  /** Why something recorded would not arrive anywhere, a sentence each; empty when all is well. */
  readonly losses: readonly string[];
}

/**
 * Looks at the environment and the project as `start()` would, without recording: reads the Config, tries every
 * destination (at most 3 s), looks for doubled packages. Writes nothing. Never rejects.
 */
export async function diagnose(cwd: string): Promise<Diagnosis> {
  const config = readConfig();
  const redactor = createRedactor(readable(config.redaction));
  const local = checkDirectory(config, cwd);
  const isKept = local !== undefined && local.problem === undefined;
  const remote = await checkCollectors(config, isKept && !isEndpointSet(), (text) => redactor.text(text));
  const copies = findCopies([cwd, dirname(fileURLToPath(import.meta.url))]);
  const doubled = copies.filter(({ versions }) => versions.length > 1);
  return {
    node: { version: process.versions.node, hooks: supportsSyncHooks() ? 'synchronous' : 'loader thread' },
    copies,
    settings: describeSettings(config, redactor),
    destinations: [...(local === undefined ? [] : [local]), ...remote],
    instrumentations: planInstrumentations({
      ...(config.enabledInstrumentations && { enabled: config.enabledInstrumentations }),
      ...(config.disabledInstrumentations && { disabled: config.disabledInstrumentations }),
      resolvesFromApp: createAppResolver('', cwd),
      configs: { console: { enabled: config.options.console } },
    }),
    warnings: [
      ...config.problems.map((problem) => redactor.text(problem)),
      ...doubled.map(
        ({ name, versions }) =>
          `${name} is there ${versions.length} times (${versions.join(', ')}): what one hooks or carries the other does not see`,
      ),
      ...missedDefault(remote),
    ],
    losses: losses(config, local, remote),
  };
}

/** What is printed here is made to be shown to others, whatever the app does with its own telemetry. */
function readable(redaction: RedactorOptions): RedactorOptions {
  return { ...redaction, policy: redaction.policy === 'strict' ? 'strict' : 'default', dryRun: false };
}

/** An endpoint without its scheme is none, but may have a password all the same. */
function withoutUserinfo(url: string): string {
  return url.includes('://') ? url : url.replace(/^[^/@]*@/, '');
}

function losses(
  config: Config,
  local: DestinationCheck | undefined,
  remote: readonly DestinationCheck[],
): string[] {
  if (config.isDisabled) return ['recording is off (OTEL_SDK_DISABLED, or `disabled` in the file)'];
  const found: string[] = [];
  if (local?.problem !== undefined) found.push(`the local files cannot be written: ${local.problem}`);
  if (local === undefined && remote.length === 0)
    found.push('no destination: AGENTLOG_LOCAL=off and no exporter');
  for (const each of remote) {
    const { signals, place, problem, isOptional } = each;
    if (problem !== undefined && !isOptional)
      found.push(`${signals.join(', ')} cannot be sent to ${place}: ${problem}`);
  }
  return found;
}

/** One sentence for all signals: the same collector is missing. */
function missedDefault(remote: readonly DestinationCheck[]): string[] {
  const missed = remote.find(({ problem, isOptional }) => problem !== undefined && isOptional);
  if (missed === undefined) return [];
  return [
    `no collector at ${missed.place.replace(/\/v1\/\w+$/, '')}, the default: all is in the local files; ` +
      'OTEL_EXPORTER_OTLP_ENDPOINT names another, OTEL_TRACES_EXPORTER=none (likewise LOGS, METRICS) asks for none',
  ];
}

function isEndpointSet(): boolean {
  return Object.entries(process.env).some(
    ([name, value]) =>
      value && (/^OTEL_EXPORTER_OTLP_(?:\w+_)?ENDPOINT$/.test(name) || name === 'OTEL_CONFIG_FILE'),
  );
}

function checkDirectory({ options }: Config, cwd: string): DestinationCheck | undefined {
  if (options.local === 'off') return undefined;
  const directory = localDirectory(options, cwd);
  const place = {
    signals: ['traces', 'logs', 'metrics'],
    place: directory,
    protocol: 'files',
    headers: [],
    isOptional: false,
  };
  if (existsSync(directory) && !isOwnDirectory(directory)) {
    return { ...place, problem: 'it is not a real directory of your own with mode 0700' };
  }
  try {
    accessSync(nearestExisting(directory), constants.W_OK | constants.X_OK);
    return { ...place, problem: undefined };
  } catch (error) {
    return { ...place, problem: (error as NodeJS.ErrnoException).code ?? 'not writable' };
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

async function checkCollectors(
  config: Config,
  isOptional: boolean,
  masked: (text: string) => string,
): Promise<DestinationCheck[]> {
  const signals = (['traces', 'logs', 'metrics'] as const).flatMap((signal: Signal) =>
    config[signal].destinations.flatMap(({ target }) => (target === 'console' ? [] : [{ signal, target }])),
  );
  return Promise.all(
    signals.map(async ({ signal, target }) => {
      const { url, headerNames, problem } = await probe(signal, target);
      return {
        signals: [signal],
        place: masked(withoutUserinfo(url)),
        protocol: target.protocol,
        headers: headerNames,
        problem: problem && masked(problem),
        isOptional,
      };
    }),
  );
}

function supportsSyncHooks(): boolean {
  try {
    const instrumentation = fileURLToPath(import.meta.resolve('@opentelemetry/instrumentation'));
    const require = createRequire(instrumentation);
    const directory = dirname(require.resolve('import-in-the-middle'));
    return (
      require(join(directory, 'register-hooks.mjs')) as { supportsSyncHooks(): boolean }
    ).supportsSyncHooks();
  } catch {
    return false;
  }
}
