import { AgentlogError } from '../core/errors.ts';
import type { TraceSource } from './source.ts';

/** Every source by its protocol, loaded when it is opened. A new one is a file in this folder and a line here. */
export const sources: Readonly<Record<string, (place: string) => Promise<TraceSource>>> = {
  jsonl: async (place) => new (await import('./jsonl.ts')).JsonlSource(place),
  memory: async () => new (await import('./memory.ts')).MemorySource([]),
};

/**
 * Opens what `spec` names: a path, or `protocol:place` (`jsonl:.agentlog`). Nothing is read yet; a place that is
 * missing or unreadable is reported by the first question.
 * @throws AgentlogError USAGE for an unknown protocol.
 */
export async function openSource(spec: string): Promise<TraceSource> {
  const [, protocol = 'jsonl', place = spec] = /^([a-z][a-z0-9+-]+):(.*)$/s.exec(spec) ?? [];
  const open = Object.hasOwn(sources, protocol) ? sources[protocol] : undefined;
  if (open === undefined) {
    const known = Object.keys(sources).join(', ');
    throw new AgentlogError('USAGE', `Unknown source protocol \`${protocol}\`. Known: ${known}, or a path.`);
  }
  return open(place);
}
