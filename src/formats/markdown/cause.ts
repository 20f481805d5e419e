import type { Bundle } from '../../bundles/bundle.ts';
import type { Excerpt } from '../../bundles/excerpts.ts';
import { handleRanges } from '../numbers.ts';
import { placed, sourceText } from '../text.ts';
import { renderFacts } from './findings.ts';
import { type ReportRecord, SCORES } from './record.ts';

const WHY = {
  frame: 'frame',
  'call site': 'call site',
  text: 'its text stands only here',
  called: 'called from above',
} as const;

/** What may be the cause, with its facts and what would refute it; under the first one its lines of source. */
export function causeRecords(bundle: Bundle): ReportRecord[] {
  const excerpts = causeExcerpts(bundle);
  return bundle.hypotheses.flatMap((hypothesis, index): ReportRecord[] => {
    const handles = hypothesis.evidence.flatMap((id) => bundle.handles.get(id) ?? []);
    const where = handles.length === 0 ? '' : ` ${handleRanges(handles)}`;
    const first = bundle.hypotheses[0];
    const isAsFirst =
      index > 0 && hypothesis.findings !== undefined && hypothesis.findings[0] === first?.findings?.[0];
    const facts = isAsFirst ? '' : renderFacts(bundle, hypothesis.facts);
    const render = (): string =>
      [
        `${index + 1}. ${hypothesis.confidence.toUpperCase()} ${hypothesis.rule}: ${hypothesis.claim}${where}`,
        ...(facts === '' ? [] : [`   ${facts}`]),
        `   Wrong if: ${hypothesis.refutedBy}`,
      ].join('\n');
    if (index > 0) return [{ score: SCORES.furtherCause, render }];
    return [
      { score: SCORES.cause, render },
      ...excerpts.map((each) => ({
        score: SCORES.causeSource,
        count: 0,
        render: () => renderExcerpt(each, '   '),
      })),
    ];
  });
}

/** The pieces of source that do not stand under the cause. */
export function sourceRecords(bundle: Bundle): ReportRecord[] {
  return bundle.excerpts
    .slice(causeExcerpts(bundle).length)
    .map((excerpt) => ({ score: SCORES.source, render: () => renderExcerpt(excerpt, '') }));
}

/** The place of the cause, and where its statement or what repeats it stands when that is another one. */
function causeExcerpts({ excerpts, hypotheses }: Bundle): readonly Excerpt[] {
  if (hypotheses.length === 0) return [];
  const others = excerpts.slice(1).findIndex(({ why }) => why !== 'text');
  return excerpts.slice(0, 1 + Math.min(2, others < 0 ? excerpts.length : others));
}

/** `shop.mjs:41`, then the lines with their numbers, those that are meant marked. */
function renderExcerpt(
  { file, line, alsoLines, firstLine, lines, isGuessed, why }: Excerpt,
  indent: string,
): string {
  const note = isGuessed ? ', by the end of the recorded path' : '';
  const width = String(firstLine + lines.length).length;
  return [
    `${indent}${placed(`${file}:${line}`)} as it is on disk now (${WHY[why]}${note})`,
    ...lines.map((text, index) => {
      const number = firstLine + index;
      const mark = number === line || alsoLines.includes(number) ? '>' : ' ';
      return `${indent}${mark} ${String(number).padStart(width)} | ${sourceText(text)}`.trimEnd();
    }),
  ].join('\n');
}
