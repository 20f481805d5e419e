import type { Finding } from '../../analyses/analysis.ts';
import type { Bundle } from '../../bundles/bundle.ts';
import { handleRanges } from '../numbers.ts';
import { readableFact } from '../readable-fact.ts';
import { placed, quoted, valued } from '../text.ts';

const LONG = new Set(['message', 'statement', 'call', 'ledTo']);

/** One finding: what was found in our words and where, then its facts on the next line. */
export function renderFinding(bundle: Bundle, finding: Finding, index: number): string {
  const handles = finding.spanIds.flatMap((id) => bundle.handles.get(id) ?? []);
  const where = handles.length === 0 ? '' : ` ${handleRanges(handles)}`;
  const facts = renderFacts(bundle, finding.facts);
  const head = `${index + 1}. ${finding.severity.toUpperCase()} ${finding.analysis}: ${finding.title}${where}`;
  return facts === '' ? head : `${head}\n   ${facts}`;
}

/** The facts on one line; empty for none. */
export function renderFacts(bundle: Bundle, facts: Finding['facts']): string {
  return Object.entries(facts)
    .flatMap(([key, value]) => renderFact(bundle, key, value) ?? [])
    .join(' · ');
}

/** `totalMs` → `total 214.5ms`, `parentSpanId` → `parent #2`, `at` → a path; empty strings are left out. */
function renderFact(bundle: Bundle, key: string, value: string | number | boolean): string | undefined {
  if (value === '') return undefined;
  const [name, text] = readableFact(bundle, key, value);
  if (value === true) return name;
  if (typeof value !== 'string' || /spanId$/i.test(key)) return `${name} ${text}`;
  if (key === 'at' || key === 'thrownAt') return `${name} ${placed(text)}`;
  return `${name} ${LONG.has(key) ? quoted(text, 400) : valued(text)}`;
}
