import type { Finding } from '../../analyses/analysis.ts';
import type { Bundle } from '../../bundles/bundle.ts';
import { handleRanges, milliseconds } from '../numbers.ts';
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
  if (/spanId$/i.test(key)) {
    const handle = bundle.handles.get(String(value));
    return `${words(key.replace(/SpanId$/, ''))} ${handle === undefined ? 'missing' : `#${handle}`}`;
  }
  if (key.endsWith('Ms') && typeof value === 'number')
    return `${words(key.slice(0, -2))} ${milliseconds(value)}`;
  if (value === true) return words(key);
  if (typeof value !== 'string') return `${words(key)} ${value}`;
  if (key === 'at' || key === 'thrownAt') return `${words(key)} ${placed(value)}`;
  return `${words(key)} ${LONG.has(key) ? quoted(value, 400) : valued(value)}`;
}

/** `inputTokens` → `input tokens`; a key with other characters (a rule id) stays as it is. */
function words(key: string): string {
  return /^[a-z]+(?:[A-Z][a-z]+)*$/.test(key)
    ? key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : key;
}
