import { SERVICE_NAME, SERVICE_VERSION, VCS_REF_HEAD_REVISION } from '../core/attributes.ts';
import type { Attributes, Resource } from '../core/span.ts';
import type { Trace } from '../core/trace.ts';

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
  /** When the trace began. Only where the source has metrics of the process. */
  readonly health?: ProcessHealth;
}

/** Measured at the export next to the trace. */
export interface ProcessHealth {
  readonly uptimeS?: number;
  readonly heapUsedBytes?: number;
  readonly residentBytes?: number;
  readonly eventLoopDelayP99Ms?: number;
  /** From 0 to 1. */
  readonly eventLoopUtilization?: number;
}

/** Names of settings the process was given: an attribute of its resource, a list. */
export const CONFIGURATION_NAMES = 'agentlog.configuration.names';

/** The processes of a trace in order of appearance, each once; health is joined by `healthOf`. */
export function processesOf(
  trace: Trace,
  healthOf: (resource: Attributes) => ProcessHealth | undefined = () => undefined,
): ProcessFact[] {
  const processes = new Map<string, ProcessFact>();
  const seen = new Set<Resource>();
  for (const { resource } of [...trace.spans, ...trace.logs]) {
    if (seen.has(resource)) continue;
    seen.add(resource);
    const fact = describe(resource.attributes);
    const key = JSON.stringify(fact);
    if (processes.has(key)) continue;
    const health = healthOf(resource.attributes);
    processes.set(key, { ...fact, ...(health !== undefined && { health }) });
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
