import type { Bundle } from '../../bundles/bundle.ts';
import type { Excerpt } from '../../bundles/excerpts.ts';
import { handleRanges } from '../numbers.ts';
import { placed, sourceText } from '../text.ts';
import { renderFacts } from './findings.ts';
import { type ReportRecord, SCORES } from './record.ts';

/** What may be the cause, with its facts and what would refute it; under the first one its lines of source. */
export function causeRecords(bundle: Bundle): ReportRecord[] {
  const [excerpt] = bundle.excerpts;
  return bundle.hypotheses.flatMap((hypothesis, index): ReportRecord[] => {
    const handles = hypothesis.evidence.flatMap((id) => bundle.handles.get(id) ?? []);
    const where = handles.length === 0 ? '' : ` ${handleRanges(handles)}`;
    const facts = renderFacts(bundle, hypothesis.facts);
    const render = (): string =>
      [
        `${index + 1}. ${hypothesis.confidence.toUpperCase()} ${hypothesis.rule}: ${hypothesis.claim}${where}`,
        ...(facts === '' ? [] : [`   ${facts}`]),
        `   Wrong if: ${hypothesis.refutedBy}`,
      ].join('\n');
    if (index > 0) return [{ score: SCORES.furtherCause, render }];
    const first: ReportRecord = { score: SCORES.cause, render };
    return excerpt === undefined
      ? [first]
      : [first, { score: SCORES.causeSource, count: 0, render: () => renderExcerpt(excerpt, '   ') }];
  });
}

/** The pieces of source that do not stand under the cause. */
export function sourceRecords({ excerpts, hypotheses }: Bundle): ReportRecord[] {
  return excerpts
    .slice(hypotheses.length > 0 ? 1 : 0)
    .map((excerpt) => ({ score: SCORES.source, render: () => renderExcerpt(excerpt, '') }));
}

/** `shop.mjs:41`, then the lines with their numbers, the one that is meant marked. */
function renderExcerpt({ file, line, firstLine, lines, isGuessed, why }: Excerpt, indent: string): string {
  const note = isGuessed ? ', by the end of the recorded path' : '';
  const width = String(firstLine + lines.length).length;
  return [
    `${indent}${placed(`${file}:${line}`)} as it is on disk now (${why}${note})`,
    ...lines.map((text, index) => {
      const number = firstLine + index;
      const mark = number === line ? '>' : ' ';
      return `${indent}${mark} ${String(number).padStart(width)} | ${sourceText(text)}`.trimEnd();
    }),
  ].join('\n');
}
