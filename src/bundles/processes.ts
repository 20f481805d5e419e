import {
  CONFIGURATION_NAMES,
  SERVICE_NAME,
  SERVICE_VERSION,
  VCS_REF_HEAD_REVISION,
} from '../core/attributes.ts';
import type { Attributes, Resource } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';
import type { ProcessHealth, TraceSource } from '../sources/source.ts';
import { windowOf } from './outcome.ts';

/** What a process was, as its resource says; what it does not say is absent. Text from telemetry, but for numbers. */
export interface ProcessFact {
  readonly service: string;
  readonly version?: string;
  /** The git revision it ran from. */
  readonly revision?: string;
  /** `nodejs 24.21.0`. */
  readonly runtime?: string;
  readonly pid?: number;
  /** `linux amd64`. */
  readonly platform?: string;
  readonly host?: string;
  /** `@agentlog/otel 0.1.0 on opentelemetry 3.0.0`. */
  readonly sdk?: string;
  readonly environment?: string;
  /** Names of settings that were given; their values are never recorded. */
  readonly configurationNames: readonly string[];
  /** When the trace ended. Only where the source has metrics of the process. */
  readonly health?: ProcessHealth;
}

/** Processes whose metrics are looked up. */
const HEALTH_LIMIT = 5;

/**
 * The processes of a trace in order of appearance, each once, the first five with what was measured of them.
 * @throws AgentlogError what {@link TraceSource.health} throws.
 */
export async function processesOf(trace: Trace, source: TraceSource): Promise<ProcessFact[]> {
  const processes = describeAll(trace);
  const { startTimeUnixNano, durationMs } = windowOf(trace);
  const atUnixNano = startTimeUnixNano + BigInt(Math.round(durationMs * 1e6));
  return Promise.all(
    processes.map(async (process, index) => {
      const { pid, service } = process;
      if (pid === undefined || index >= HEALTH_LIMIT) return process;
      const health = await source.health?.({ pid, service, atUnixNano });
      return health === undefined ? process : { ...process, health };
    }),
  );
}

function describeAll(trace: Trace): ProcessFact[] {
  const processes = new Map<string, ProcessFact>();
  const seen = new Set<Resource>();
  for (const { resource } of [...trace.spans, ...trace.logs]) {
    if (seen.has(resource)) continue;
    seen.add(resource);
    const fact = describe(resource.attributes);
    const key = JSON.stringify(fact);
    if (!processes.has(key)) processes.set(key, fact);
  }
  return [...processes.values()];
}

function describe(attributes: Attributes): ProcessFact {
  const text = (key: string): string => (typeof attributes[key] === 'string' ? attributes[key] : '');
  const joined = (...keys: readonly string[]): string => keys.map(text).filter(Boolean).join(' ');
  const pid = attributes['process.pid'];
  const names = attributes[CONFIGURATION_NAMES];
  const distro = joined('telemetry.distro.name', 'telemetry.distro.version');
  const sdk = joined('telemetry.sdk.name', 'telemetry.sdk.version');
  const known = {
    version: text(SERVICE_VERSION),
    revision: text(VCS_REF_HEAD_REVISION),
    runtime: joined('process.runtime.name', 'process.runtime.version'),
    platform: joined('os.type', 'host.arch'),
    host: text('host.name'),
    sdk: [distro, sdk].filter(Boolean).join(' on '),
    environment: text('deployment.environment.name') || text('deployment.environment'),
  };
  return {
    service: text(SERVICE_NAME),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== '')),
    ...(typeof pid === 'number' && { pid }),
    configurationNames: Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [],
  };
}
