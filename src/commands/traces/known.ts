import { AgentlogError } from '../../core/errors.ts';
import type { Redactor } from '../../core/redaction/redactor.ts';
import { named } from '../../formats/text.ts';
import type { Dimension, TraceQuery, TraceSource } from '../../sources/source.ts';

const KNOWN_LIMIT = 8;

/** For an answer without traces: the services, routes or names there are, where one of these was asked for. */
export async function known(source: TraceSource, { where }: TraceQuery, redactor: Redactor): Promise<string> {
  if (where === undefined || !source.capabilities().canAggregate) return '';
  const asked: [Dimension, string, unknown][] = [
    ['service', 'services', where.service],
    ['route', 'routes', where.route],
    ['name', 'names', where.name],
  ];
  const sentences: string[] = [];
  for (const [dimension, plural, value] of asked) {
    if (value === undefined) continue;
    const groups = await groupsOf(source, dimension);
    const names = groups.names.map((name) => named(redactor.text(name))).join(', ');
    const rest = groups.count - groups.names.length;
    if (names !== '') sentences.push(` Known ${plural}: ${names}${rest > 0 ? ` and ${rest} more` : ''}.`);
  }
  return sentences.join('');
}

async function groupsOf(
  source: TraceSource,
  dimension: Dimension,
): Promise<{ names: string[]; count: number }> {
  try {
    const groupBy = [dimension];
    const { rows, groupCount } = await source.aggregate({
      groupBy,
      measures: [{ name: 'count' }],
      limit: KNOWN_LIMIT + 1,
    });
    const all = rows.flatMap(({ group: [name] }) => name ?? []);
    const names = all.slice(0, KNOWN_LIMIT);
    return { names, count: groupCount - (all.length < rows.length ? 1 : 0) };
  } catch (error) {
    // It is only advice: a source that cannot say it has answered the question all the same.
    if (error instanceof AgentlogError) return { names: [], count: 0 };
    throw error;
  }
}
