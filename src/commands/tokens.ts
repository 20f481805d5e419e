import type { LlmCall } from '../analyses/facts/llm-calls.ts';
import { AgentlogError } from '../core/errors.ts';
import { createRedactor } from '../core/redaction/index.ts';
import { csvLine } from '../formats/csv.ts';
import type { Coverage, TraceSource, Window } from '../sources/source.ts';
import type { CommandMember, Terminal } from './command.ts';
import { faultsOf } from './faults.ts';
import { addPlaceOptions, openPlace, type PlaceOptions } from './open-store.ts';
import { addOutputOptions, checkOutput, type OutputOptions } from './output-option.ts';
import { parseCount } from './parse-count.ts';
import { readRecords } from './read-records.ts';
import { readRedaction } from './read-redaction.ts';
import { addWindowOptions, parseWindow, type WindowOptions } from './window-options.ts';

interface Options extends PlaceOptions, WindowOptions, OutputOptions {
  readonly by: string;
  readonly service?: string;
  readonly limit: string;
}

const DIMENSIONS = ['model', 'service', 'session', 'provider'] as const;
type By = (typeof DIMENSIONS)[number];

/** One call with what it is grouped by. */
interface Call extends Readonly<Record<By, string>> {
  readonly traceId: string;
  readonly spanId: string;
  readonly facts: LlmCall;
}

/** The calls of one group; a number is absent where no call of it said. */
interface Usage {
  readonly group: readonly string[];
  callCount: number;
  errorCount: number;
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  reasoningTokens: number;
  costUsd: number;
  /** Calls of a model whose price is not known. */
  unpricedCallCount: number;
  totalMs: number;
}

const LIMIT_MAX = 100_000;

const EXAMPLES = `
A call that a framework and its client both recorded counts once. Input tokens include the cached ones, output tokens
those of reasoning. The cost is what was recorded with each call; calls of models without a known price are counted.

Examples:
  agentlog-otel tokens
  agentlog-otel tokens --by service,model --since 24h
  agentlog-otel tokens --by session --csv > sessions.csv
  agentlog-otel tokens --json | jq .total.costUsd
`;

/** `tokens`: model calls, tokens and cost by model, service or session. */
export const tokens: CommandMember = {
  configure(command, terminal) {
    command
      .option('--by <what>', `${DIMENSIONS.join(', ')}, or several: service,model`, 'model')
      .option('--service <name>', 'only calls of this service')
      .option('--limit <count>', 'at most this many groups, the dearest first', '50');
    addOutputOptions(addWindowOptions(command, 'calls that began'), 'one JSON object');
    addPlaceOptions(command)
      .addHelpText('after', EXAMPLES)
      .action((options: Options) => run(options, terminal));
  },
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  checkOutput(options);
  const by = readBy(options.by);
  const limit = parseCount(options.limit, '--limit', LIMIT_MAX);
  const window = parseWindow(options, terminal);
  const redactor = createRedactor(readRedaction(terminal));
  const source = await openPlace(options, terminal);
  try {
    const { calls, coverage } = await callsOf(source, window, options.service);
    const groups = groupsOf(calls, by).map((usage) => ({
      ...usage,
      group: usage.group.map((name) => redactor.text(name)),
    }));
    const total = sumOf([], calls);
    const notes = [
      calls.length === 0
        ? `No model calls in ${source.name}. Of which libraries they are recorded the README says.`
        : '',
      groups.length > limit ? `${limit} of ${groups.length} groups; more: --limit ${groups.length}` : '',
      total.unpricedCallCount > 0
        ? `No cost for ${total.unpricedCallCount} of ${total.callCount} calls: no price is known, or no tokens were told.`
        : '',
      faultsOf(coverage),
    ].filter((note) => note !== '');
    const shown = groups.slice(0, limit);
    if (options.json) {
      const { jsonLine } = await import('../formats/json.ts');
      const rows = shown.map((usage) => jsonLine(describe(usage, by)));
      terminal.write(
        `{"schemaVersion":1,"by":${JSON.stringify(by)},"groups":[${rows.length === 0 ? '' : `\n${rows.join(',\n')}\n`}],\n` +
          `"groupCount":${groups.length},"total":${jsonLine(describe(total, []))}}\n`,
      );
    } else if (options.csv) terminal.write(renderCsv(shown, by));
    else if (shown.length > 0) {
      const { renderUsage } = await import('../formats/terminal/usage-table.ts');
      terminal.write(renderUsage(shown, by, total, terminal));
    }
    for (const note of notes) {
      if (options.json || options.csv) terminal.say(`# ${note}`);
      else terminal.write(`# ${note}\n`);
    }
  } finally {
    await source.close();
  }
}

function readBy(text: string): By[] {
  const by = text.split(',').map((each) => DIMENSIONS.find((name) => name === each.trim()));
  const isUsable = by.every((each) => each !== undefined) && new Set(by).size === by.length;
  if (isUsable) return by as By[];
  throw new AgentlogError(
    'USAGE',
    `Expected --by to be ${DIMENSIONS.join(', ')}, or several with commas, each once.`,
  );
}

/** Every call once, also one that was exported twice, and one that has a framework's span around it. */
async function callsOf(
  source: TraceSource,
  window: Window,
  service: string | undefined,
): Promise<{ calls: Call[]; coverage: Coverage }> {
  const [{ llmCallOf }, { sessionOf }, { nestingOf }] = await Promise.all([
    import('../analyses/facts/llm-calls.ts'),
    import('../formats/flat-events.ts'),
    import('./nested-calls.ts'),
  ]);
  const calls = new Map<string, Call>();
  const coverage = await readRecords(source, window, ({ spans }) => {
    for (const span of spans) {
      const facts = llmCallOf(span);
      if (facts === undefined) continue;
      const { prompt: _prompt, answer: _answer, ...light } = facts;
      const { traceId, spanId } = span;
      calls.set(`${traceId}${spanId}`, {
        traceId,
        spanId,
        facts: light,
        model: facts.model,
        provider: facts.provider,
        service: textOf(span.resource.attributes['service.name']),
        session: textOf(sessionOf(span)),
      });
    }
  });
  const { around } = await nestingOf(source, window, calls.values());
  const counted = [...calls.values()].filter(
    (call) => !around.has(call.spanId) && (service === undefined || call.service === service),
  );
  return { calls: counted, coverage };
}

/** The dearest first, then the most tokens. */
function groupsOf(calls: readonly Call[], by: readonly By[]): Usage[] {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = JSON.stringify(by.map((name) => call[name]));
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [call]);
    else list.push(call);
  }
  const tokensOf = (usage: Usage): number => usage.inputTokens + usage.outputTokens;
  return [...groups]
    .map(([key, list]) => sumOf(JSON.parse(key) as string[], list))
    .sort(
      (a, b) =>
        b.costUsd - a.costUsd ||
        tokensOf(b) - tokensOf(a) ||
        b.callCount - a.callCount ||
        (a.group.join() < b.group.join() ? -1 : 1),
    );
}

function sumOf(group: readonly string[], calls: readonly Call[]): Usage {
  const sum = (read: (call: LlmCall) => number | undefined): number =>
    calls.reduce((total, { facts }) => total + (read(facts) ?? 0), 0);
  return {
    group,
    callCount: calls.length,
    errorCount: calls.filter(({ facts }) => facts.isError).length,
    inputTokens: sum((call) => call.inputTokens),
    outputTokens: sum((call) => call.outputTokens),
    cachedInputTokens: sum((call) => call.cachedInputTokens),
    reasoningTokens: sum((call) => call.reasoningTokens),
    // Sums of small fractions of a dollar end in noise.
    costUsd: Number(sum((call) => call.costUsd).toPrecision(12)),
    unpricedCallCount: calls.filter(({ facts }) => facts.costUsd === undefined).length,
    totalMs: Number(sum((call) => call.durationMs).toPrecision(12)),
  };
}

function describe(usage: Usage, by: readonly By[]): object {
  const { group, ...numbers } = usage;
  const names = Object.fromEntries(by.map((name, index) => [name, group[index] || null]));
  return { ...names, ...numbers, costUsd: costOf(usage) };
}

/** Null when no call of it has a known price: that is not free. */
function costOf({ costUsd, callCount, unpricedCallCount }: Usage): number | null {
  return callCount > 0 && unpricedCallCount === callCount ? null : costUsd;
}

function renderCsv(groups: readonly Usage[], by: readonly By[]): string {
  const titles = [
    'calls',
    'errors',
    'input_tokens',
    'output_tokens',
    'cached_input_tokens',
    'reasoning_tokens',
    'cost_usd',
    'unpriced_calls',
    'total_ms',
  ];
  const rows = groups.map((usage) => {
    const { group, ...numbers } = usage;
    return [...group, ...Object.values({ ...numbers, costUsd: costOf(usage) ?? undefined })];
  });
  return [[...by, ...titles], ...rows].map(csvLine).join('');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : String(value);
}
