import { createHash } from 'node:crypto';
import { criticalStretchesOf } from '../../analyses/facts/critical-path.ts';
import { mainRoot } from '../../analyses/facts/main-root.ts';
import type { Bundle } from '../../bundles/bundle.ts';
import type { Format } from '../format.ts';
import { counted, isoTime, milliseconds } from '../numbers.ts';
import { escapeJson } from '../text.ts';
import { pageAssets } from './page-assets.ts';
import type { PageData } from './page-data.ts';
import { pageLogs } from './page-logs.ts';
import { pageSpans } from './page-spans.ts';
import { sections } from './sections.ts';

const VERDICTS: Record<Bundle['outcome'], string> = {
  failed: 'FAILED',
  problem: 'PROBLEM',
  ok: 'NO PROBLEM FOUND',
  empty: 'NO SPANS',
};

/**
 * The bundle as one file for a browser, without network: the verdict, the waterfall, details, logs, the time by kind of
 * work, and the prompt to copy that `prompt` makes.
 *
 * Nothing from telemetry is in its markup: it travels as JSON in a script element that is not run, and the page shows it
 * by `textContent`. A policy in the page allows its own script and style by their hashes and nothing else.
 */
export function makeHtml(prompt: Format): Format {
  return {
    name: 'html',
    fileExtension: 'html',
    render: (bundle, options) => {
      const { script, style } = pageAssets();
      const policy = [
        `default-src 'none'`,
        `script-src '${hashOf(script)}'`,
        `style-src '${hashOf(style)}'`,
        `base-uri 'none'`,
        `form-action 'none'`,
        `require-trusted-types-for 'script'`,
        `trusted-types 'none'`,
      ].join('; ');
      return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Trace ${bundle.traceId.replace(/[^0-9a-f]/g, '').slice(0, 8)}: ${VERDICTS[bundle.outcome]}</title>
<style>${style}</style>
</head>
<body>
<noscript>This report needs JavaScript. Its script is in this file and loads nothing.</noscript>
<script type="application/json" id="data">${encode(describe(bundle, prompt.render(bundle, options)))}</script>
<script>${script}</script>
</body>
</html>
`;
    },
  };
}

function describe(bundle: Bundle, prompt: string): PageData {
  const { trace, handles, startTimeUnixNano } = bundle;
  const { cutCount, ...spans } = pageSpans(bundle);
  const root = mainRoot(trace);
  const offset = (time: bigint): number => Number(time - startTimeUnixNano) / 1e6;
  return {
    traceId: bundle.traceId,
    outcome: bundle.outcome,
    verdict: VERDICTS[bundle.outcome],
    ...headline(bundle),
    title: root?.name ?? '',
    facts: [
      milliseconds(bundle.durationMs),
      counted(trace.spans.length, 'span'),
      counted(bundle.services.length, 'service'),
      counted(trace.logs.length, 'log record'),
      isoTime(startTimeUnixNano),
    ],
    durationMs: bundle.durationMs,
    ...spans,
    rows: bundle.tree.map(({ depth, firstHandle, spans: { length } }) => [depth, firstHandle - 1, length]),
    logs: pageLogs(bundle),
    criticalPath:
      root === undefined
        ? []
        : criticalStretchesOf(trace, root).map(({ span, from, to }) => [
            (handles.get(span.spanId) ?? 1) - 1,
            offset(from),
            offset(to),
          ]),
    sections: sections(bundle, cutCount),
    prompt,
  };
}

/** The first finding in one line. */
function headline({ findings }: Bundle): Pick<PageData, 'sentence' | 'cause'> {
  const first = findings.find((finding) => finding.severity !== 'info');
  const { type, statement, at, span } = first?.facts ?? {};
  const cause = [type ?? statement ?? span, at].filter(Boolean).join(' · ');
  return { sentence: first?.title ?? '', cause: cause.slice(0, 300) };
}

/** One record a line, so that two reports can be compared. Nothing in it could end the script element. */
function encode(data: PageData): string {
  const line = (value: unknown): string => escapeJson(JSON.stringify(value));
  const member = ([name, value]: [string, unknown]): string => {
    if (!Array.isArray(value)) return `"${name}":${line(value)}`;
    let lines = '';
    for (const each of value) lines += `${lines === '' ? '' : ','}\n${line(each)}`;
    return `"${name}":[${lines}]`;
  };
  return `{${Object.entries(data).map(member).join(',\n')}}`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
