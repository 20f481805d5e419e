import type { Bundle } from '../../bundles/bundle.ts';
import { healthFacts } from '../health-facts.ts';
import { counted } from '../numbers.ts';
import type { Item } from './page-data.ts';

/** The processes that took part, and how they were. */
export function processItems({ services, processes }: Bundle): Item[] {
  const counts = services.map(
    ({ name, version, spanCount, errorCount }): Item => ({
      facts: [
        ['service', [name || '(unnamed)', version].filter(Boolean).join(' ')],
        ['spans', `${spanCount}${errorCount > 0 ? `, ${errorCount} failed` : ''}`],
      ],
    }),
  );
  const states = processes.map((process): Item => {
    const { configurationNames, health, ...known } = process;
    const names = configurationNames.length > 0 ? [['settings', configurationNames.join(', ')] as const] : [];
    return {
      label: 'Process',
      facts: [
        ...Object.entries(known).map(([key, value]) => [key, String(value)] as const),
        ...healthFacts(process),
        ...names,
      ],
    };
  });
  return [...counts, ...states];
}

/** What to know before trusting or passing on what is here. */
export function safetyItems({ safety }: Bundle): Item[] {
  const { exposure, capture } = safety;
  const captured = Object.entries(capture).flatMap(([key, isThere]) =>
    isThere ? [CAPTURED[key] ?? key] : [],
  );
  const counts = (label: string, fields: ReadonlyMap<string, number>): Item[] =>
    fields.size === 0 ? [] : [{ label, facts: [...fields].map(([key, count]) => [key, String(count)]) }];
  return [
    {
      facts: [
        ['policy', exposure.policy],
        ...(exposure.disabledRules.length > 0
          ? [['rules off', exposure.disabledRules.join(', ')] as const]
          : []),
        ...(exposure.enabledRules.length > 0
          ? [['rules on', exposure.enabledRules.join(', ')] as const]
          : []),
        ...(exposure.allowedKeys.length > 0
          ? [['keys let through', exposure.allowedKeys.join(', ')] as const]
          : []),
        ['recorded', captured.join(', ') || 'no payloads'],
      ],
    },
    ...counts('Cut short when stored', safety.truncatedFields),
    ...counts('Left out when stored', safety.omitted),
    ...counts('An outsider can write these', safety.outsiderFields),
  ];
}

const CAPTURED: Readonly<Record<string, string>> = {
  hasModelContent: 'what models were given and said',
  hasHttpHeaders: 'HTTP headers',
  hasStatementParameters: 'parameters of statements',
  hasStacks: 'stacks',
  hasLogs: 'log records',
};

/** Why this trace. */
export function selectionItems({ selection }: Bundle): Item[] {
  const { by, reasons, otherCount } = selection;
  const others = otherCount > 0 ? [['others that fit', String(otherCount)] as const] : [];
  const told = reasons.map(({ what, text }) => [what, text ?? 'yes'] as const);
  return [{ label: 'Chosen', facts: [['by', by], ...told, ...others] }];
}

/** What was masked, by rule. */
export function maskedItems({ redactions }: Bundle): Item[] {
  const item = (label: string, counts: ReadonlyMap<string, number>): Item[] => {
    if (counts.size === 0) return [];
    return [{ label, facts: [...counts].map(([rule, count]) => [rule, String(count)]) }];
  };
  return [...item('When stored', redactions.stored), ...item('Only now', redactions.onReading)];
}

/** What is not here, and why. */
export function omissionItems({ omissions }: Bundle, cutSpanCount: number): Item[] {
  const items: Item[] = omissions.map(({ what, count, why }) => ({ text: `${what}: ${count}; ${why}.` }));
  if (cutSpanCount === 0) return items;
  return [
    ...items,
    {
      text: `Attributes of ${counted(cutSpanCount, 'span')}: too much for one page; --format json has them.`,
    },
  ];
}

/** What the answer rests on. */
export function coverageItem({ coverage, provenance, traceId }: Bundle): Item {
  const bad = [
    counted(coverage.corruptLineCount, 'corrupt line'),
    counted(coverage.tornLineCount, 'torn line'),
  ];
  return {
    facts: [
      ['trace', traceId],
      ['source', provenance.source],
      ['read', [counted(coverage.fileCount, 'file'), ...bad].join(', ')],
      ['made by', `${provenance.tool} ${provenance.toolVersion}`],
    ],
  };
}
