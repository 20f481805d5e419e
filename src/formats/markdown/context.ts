import { isUsualKnown } from '../../bundles/baseline.ts';
import type { Beside } from '../../bundles/beside.ts';
import type { Bundle } from '../../bundles/bundle.ts';
import { healthFacts } from '../health-facts.ts';
import { counted, isoTime, milliseconds, percent, rounded } from '../numbers.ts';
import { named, quoted } from '../text.ts';
import { renderFacts } from './findings.ts';
import { type ReportRecord, SCORES } from './record.ts';

const record = (score: number, text: string): ReportRecord => ({ score, render: () => text });

/** How the route usually behaves, whether the error is new, and where a typical trace differs. */
export function usualRecords(bundle: Bundle): ReportRecord[] {
  const { baseline, occurrences, typical, handles } = bundle;
  const records: ReportRecord[] = [];
  if (baseline !== undefined) {
    const { requestCount, isSample, p50Ms, p95Ms, errorRate, queriesPerRequest, thisMs, thisQueryCount } =
      baseline;
    const parts = [
      `${quoted(baseline.route)} in the day before: ${counted(requestCount, 'request')}${isSample ? ' of a sample' : ''}`,
      ...(isUsualKnown(baseline)
        ? [`p50 ${milliseconds(p50Ms)} p95 ${milliseconds(p95Ms)} (this one ${milliseconds(thisMs)})`]
        : []),
      `${percent(errorRate)} failed`,
      ...(baseline.concurrentCount ? [`${counted(baseline.concurrentCount, 'other')} at the same time`] : []),
      ...(queriesPerRequest === undefined
        ? []
        : [
            `${rounded(queriesPerRequest)} ${queriesPerRequest === 1 ? 'query' : 'queries'} each${thisQueryCount === undefined ? '' : ` (this one ${thisQueryCount})`}`,
          ]),
    ];
    records.push(record(SCORES.usual, parts.join(' · ')));
  }
  for (const { fingerprint, traceCount, firstMinute, lastMinute } of occurrences) {
    // Among a few requests everything is new.
    if (traceCount === 0 && !isUsualKnown(baseline)) continue;
    const before =
      traceCount === 0
        ? 'never before this trace'
        : `in ${counted(traceCount, 'earlier trace')}, first ${firstMinute}, last ${lastMinute}`;
    records.push(record(SCORES.usual, `error ${named(fingerprint)}: ${before}`));
  }
  if (typical !== undefined) {
    const { traceId, durationMs, spanCount, differences } = typical;
    const lines = differences.map((each) => {
      const handle = handles.get(each.spanId ?? '');
      const here = `${each.count}× ${milliseconds(each.totalMs)}`;
      const there = `${each.typicalCount}× ${milliseconds(each.typicalMs)}`;
      return `  ${quoted(each.name, 120)} here ${here}, there ${there}${handle === undefined ? '' : ` #${handle}`}`;
    });
    const head = `typical trace ${traceId}: ${milliseconds(durationMs)}, ${counted(spanCount, 'span')}`;
    records.push(record(SCORES.usual, [head, ...lines].join('\n')));
  }
  return records;
}

/** What ran with it or shortly before: the other side of a lock, a race, a pool that ran out. */
export function besideRecords({ beside }: Bundle): ReportRecord[] {
  return beside.map((each) => record(SCORES.usual, besideLine(each)));
}

function besideLine({
  rootName,
  httpStatusCode,
  errorType,
  count,
  isAtSameTime,
  ...nearest
}: Beside): string {
  const { traceId, durationMs, earlierMs } = nearest;
  const parts = [
    isAtSameTime ? 'at the same time:' : `${milliseconds(earlierMs)} before:`,
    quoted(rootName, 120),
    milliseconds(durationMs),
    httpStatusCode === undefined ? '' : `status ${httpStatusCode}`,
    errorType === undefined ? '' : `ERROR ${named(errorType)}`,
    traceId,
    count === 1 ? '' : `and ${count - 1} more like it`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** The systems the trace touched, those that failed first to stay. */
export function systemRecords({ relatedSystems, handles }: Bundle): ReportRecord[] {
  return relatedSystems.map((system) => {
    const { kind, name, callCount, errorCount, totalMs, slowestMs, slowestSpanId, failedSpanId } = system;
    const parts = [
      `${kind} ${quoted(name, 120)}: ${counted(callCount, 'call')} Σ${milliseconds(totalMs)}`,
      `slowest ${milliseconds(slowestMs)} #${handles.get(slowestSpanId) ?? '?'}`,
      errorCount === 0 ? '' : `${errorCount} FAILED #${handles.get(failedSpanId ?? '') ?? '?'}`,
      system.answeredBy === undefined ? '' : `answered by ${named(system.answeredBy)}`,
    ];
    return record(
      errorCount > 0 ? SCORES.failedSystem : SCORES.system,
      parts.filter((part) => part !== '').join(' '),
    );
  });
}

export function linkedRecords({ linkedTraces, handles }: Bundle): ReportRecord[] {
  return linkedTraces.map((linked) => {
    const from = linked.spanIds.map((id) => `#${handles.get(id) ?? '?'}`).slice(0, 5);
    const what = !linked.isFound
      ? 'not in this source'
      : `${quoted(linked.rootName ?? '', 120)} ${milliseconds(linked.durationMs ?? 0)}, ` +
        `${counted(linked.spanCount ?? 0, 'span')}, ${linked.errorCount ?? 0} failed, ` +
        `at ${linked.startTimeUnixNano === undefined ? 'unknown time' : isoTime(linked.startTimeUnixNano)} [${(linked.services ?? []).map(named).join(' ')}]`;
    const side = linked.direction === 'to' ? 'linked from' : 'links to';
    return record(SCORES.linkedTrace, `${linked.traceId} ${side} ${from.join(' ')}: ${what}`);
  });
}

export function reproduceRecords({ reproduction }: Bundle): ReportRecord[] {
  if (reproduction === undefined) return [];
  const { command, notes } = reproduction;
  return [record(SCORES.reproduce, [command, ...notes.map((note) => `# ${note}`)].join('\n'))];
}

export function testRecords(bundle: Bundle): ReportRecord[] {
  return bundle.suggestedTests.map(({ text, facts }, index) => {
    const rendered = renderFacts(bundle, facts);
    return record(SCORES.test, `${index + 1}. ${text}${rendered === '' ? '' : `\n   ${rendered}`}`);
  });
}

export function processRecords({ processes }: Bundle): ReportRecord[] {
  return processes.flatMap((each) => {
    const { configurationNames } = each;
    const parts = [
      `${named(each.service || 'unknown')}${each.version === undefined ? '' : ` ${named(each.version)}`}`,
      each.revision === undefined ? '' : `revision ${named(each.revision.slice(0, 12))}`,
      each.runtime === undefined ? '' : quoted(each.runtime, 60),
      each.platform === undefined ? '' : quoted(each.platform, 60),
      each.environment === undefined ? '' : `environment ${named(each.environment)}`,
      each.pid === undefined ? '' : `pid ${each.pid}`,
      ...healthFacts(each).map(([name, value]) => `${name} ${value}`),
      configurationNames.length === 0 ? '' : `set: ${configurationNames.slice(0, 40).map(named).join(' ')}`,
    ];
    const said = parts.filter((part) => part !== '');
    // Name and version stand under Coverage.
    return said.length === 1 ? [] : [record(SCORES.process, said.join(' · '))];
  });
}

/** What was masked, the policy, what was cut, and what an outsider could have written. */
export function safetyRecords({ redactions, safety }: Bundle): ReportRecord[] {
  const counts = (label: string, of: ReadonlyMap<string, number>): string[] => {
    const rules = [...of].slice(0, 20).map(([name, count]) => `${named(name)} ${count}`);
    return rules.length === 0 ? [] : [`${label}: ${rules.join(', ')}`];
  };
  const { exposure, capture } = safety;
  const changed = [
    ...exposure.disabledRules.map((rule) => `without ${named(rule)}`),
    ...exposure.enabledRules.map((rule) => `with ${named(rule)}`),
    ...exposure.allowedKeys.map((key) => `${named(key)} left as it is`),
  ];
  const recorded = [
    capture.hasModelContent ? 'model content' : '',
    capture.hasHttpHeaders ? 'HTTP headers' : '',
    capture.hasStatementParameters ? 'statement parameters' : '',
    capture.hasStacks ? 'stacks' : '',
    capture.hasLogs ? 'logs' : '',
  ].filter((each) => each !== '');
  const masked = [
    ...counts('masked when stored', redactions.stored),
    ...counts('masked only now', redactions.onReading),
  ];
  const rest = [
    [
      `redaction policy ${exposure.policy}${changed.length === 0 ? '' : ` (${changed.join(', ')})`}`,
      `recorded: ${recorded.length === 0 ? 'no payloads' : recorded.join(', ')}`,
    ].join(' · '),
    ...counts('cut short when stored', safety.truncatedFields),
    ...[...safety.omitted].map(([what, count]) => `left out when stored: ${count} ${what}`),
    ...counts('an outsider could have written', safety.outsiderFields),
  ];
  return [
    ...masked.map((text) => record(SCORES.masked, text)),
    ...rest.map((text) => record(SCORES.safety, text)),
  ];
}
