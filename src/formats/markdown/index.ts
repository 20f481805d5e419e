import type { Format } from '../format.ts';
import { reportOf } from './report.ts';

/**
 * The bundle for a person or a coding agent to read: the cause first, then what is usual, the tree, errors, source,
 * model calls, logs, and what the answer rests on. All text from telemetry stands in fences, on its line.
 */
export const markdown: Format = {
  name: 'markdown',
  fileExtension: 'md',
  render(bundle, { maxTokens } = {}) {
    const { title, overview, sections, leftOut, next } = reportOf(bundle, maxTokens);
    const parts = [
      `# ${title}`,
      overview,
      ...sections.map((section) => `## ${section.title}\n${fenced(section.texts)}`),
      list('Left out', leftOut),
      list('Next', next),
    ];
    return `${parts.filter((each) => each !== '').join('\n\n')}\n`;
  },
};

/** Records in a fence that nothing in them can close. */
export function fenced(texts: readonly string[]): string {
  return `\`\`\`text\n${texts.join('\n')}\n\`\`\``;
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n${lines.map((line) => `- ${line}`).join('\n')}`;
}
