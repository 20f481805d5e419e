import { AgentlogError } from '../core/errors.ts';
import { readEndpoint } from './endpoint.ts';
import type { TraceSource } from './source.ts';

type Open = (place: string, env: NodeJS.ProcessEnv) => Promise<TraceSource>;

/** Every source by its protocol, loaded when it is opened. A new one is a file in this folder and a line here. */
export const sources: Readonly<Record<string, Open>> = {
  jsonl: async (place) => new (await import('./jsonl.ts')).JsonlSource(place),
  jaeger: async (place, env) =>
    new (await import('./jaeger/index.ts')).JaegerSource(readEndpoint('jaeger', place, env)),
  tempo: async (place, env) =>
    new (await import('./tempo/index.ts')).TempoSource(readEndpoint('tempo', place, env)),
  clickhouse: async (place, env) => {
    const [{ ClickhouseSource }, { readPlace }] = await Promise.all([
      import('./clickhouse/index.ts'),
      import('./clickhouse/place.ts'),
    ]);
    return new ClickhouseSource(readPlace(place, env));
  },
  memory: async () => new (await import('./memory.ts')).MemorySource([]),
};

/**
 * Opens what `spec` names: a path, or `protocol:place` (`jsonl:.agentlog`, `jaeger:http://localhost:16686`,
 * `tempo:http://localhost:3200`, `clickhouse:http://localhost:8123/otel`). Nothing is read yet; a place that is missing or unreadable is reported by the first
 * question. Credentials of backends come from `env`: see {@link readEndpoint}.
 * @throws AgentlogError USAGE for an unknown protocol or what is no address.
 */
export async function openSource(spec: string, env: NodeJS.ProcessEnv = process.env): Promise<TraceSource> {
  const [, protocol = 'jsonl', place = spec] = /^([a-z][a-z0-9+-]+):(.*)$/s.exec(spec) ?? [];
  const open = Object.hasOwn(sources, protocol) ? sources[protocol] : undefined;
  if (open === undefined) {
    const known = Object.keys(sources).join(', ');
    const hint = /^https?$/.test(protocol)
      ? ' Say what it is: `jaeger:http://…`, `tempo:http://…` or `clickhouse:http://…`.'
      : '';
    throw new AgentlogError(
      'USAGE',
      `Unknown source protocol \`${protocol}\`. Known: ${known}, or a path.${hint}`,
    );
  }
  return open(place, env);
}
