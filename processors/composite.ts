import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { SPAN_UNFINISHED } from '../src/core/attributes.ts';
import { withDeadline } from '../src/core/deadline.ts';
import { caught } from '../src/core/diag.ts';
import type { LogView, SpanView } from '../src/core/otlp/views.ts';
import { Backlog } from './backlog.ts';
import type { FanOut } from './fan-out/index.ts';
import { KnownAttributeTree } from './known-attributes.ts';
import { limitLog, limitSpan, weigh } from './limits/index.ts';
import { type Enricher, Facts } from './processor.ts';
import { type Crash, endUnfinished } from './unfinished.ts';

/** The steps of the pipeline for one signal, in the order they run: facts, redacted copy, fan-out. */
export interface Pipeline<Live, View extends SpanView | LogView> {
  readonly enrichers: readonly Enricher[];
  readonly redact: (live: Live, facts: Facts) => View;
  readonly fanOut: FanOut<View>;
  /** How long the app's own flush or shutdown may take, default 2,000; what is not out by then is given up. */
  readonly deadlineMs?: number;
  /** Called before the first record: the preset does nothing until the SDK has started. */
  readonly onFirst?: (live: Live) => void;
}

const DEADLINE_MS = 2_000;

/** How many spans may be open at once and still be remembered for the moment the process dies. */
const LIVE_LIMIT = 10_000;

/** So many starts wait at most for the end of a span to be told with it. */
const MAX_EVENTS = 512;

/** A span that has ended. */
class Ended {
  readonly span: ReadableSpan;
  readonly facts = new Facts();
  readonly weight: number;
  /** The enrichers have been told. */
  isTold = false;

  constructor(span: ReadableSpan) {
    this.span = span;
    this.weight = weigh(span);
  }
}

/**
 * The only span processor the SDK sees. Every hook is guarded, because upstream's `span.end()` throws what a
 * processor throws (FACTS §2). Nothing is written to the live span.
 *
 * What the app waits for is only that a start or an end is noted. All the rest waits for its neighbours: a few
 * dozen in a row cost a fraction of one here and there between the app's own work (src/README.md, decision 10).
 */
export class CompositeSpanProcessor implements SpanProcessor {
  readonly #pipeline: Pipeline<ReadableSpan, SpanView>;
  /** Spans that had not ended when somebody looked last, and those started since. */
  #live: ReadableSpan[] = [];
  #liveAtLeast = 0;
  readonly #watchers: readonly Enricher[];
  /** Spans that started and ended, in order, of which the enrichers have not been told. */
  #events: (ReadableSpan | Ended)[] = [];
  #told = 0;
  readonly #known = new KnownAttributeTree();
  readonly #backlog: Backlog<Ended>;
  #hasStarted = false;

  constructor(pipeline: Pipeline<ReadableSpan, SpanView>) {
    this.#pipeline = pipeline;
    this.#watchers = pipeline.enrichers.filter((enricher) => enricher.onStarting !== undefined);
    this.#backlog = new Backlog((ended) => {
      if (!ended.isTold) this.#tell(ended);
      const { span, facts, weight } = ended;
      const prepare = (live: ReadableSpan): ReadableSpan => {
        const rest = withoutDropped(live, facts);
        const limited = limitSpan(rest, rest === live ? weight : weigh(rest), facts);
        if (limited !== live) facts.known = undefined;
        return limited;
      };
      pass(pipeline, prepare, span, facts);
    });
  }

  onStart(span: ReadableSpan): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      first(this.#pipeline, span);
    }
    if (this.#live.length < LIVE_LIMIT) this.#live.push(span);
    if (this.#events.push(span) - this.#told >= MAX_EVENTS) this.#tell();
    for (const enricher of this.#watchers) {
      try {
        enricher.onStarting?.(span);
      } catch (error) {
        caught(`${enricher.name} facts`, error);
      }
    }
  }

  onEnd(span: ReadableSpan): void {
    this.#end(new Ended(span));
  }

  /** Gives every span that has ended to its destinations now. Never throws. */
  catchUp(): void {
    this.#backlog.catchUp();
  }

  /** Whether every span that has ended is with its destinations. */
  get isIdle(): boolean {
    return this.#backlog.isEmpty;
  }

  /** Passes on what has started and not ended, as ended now and marked so, each span once; for a process that is dying. */
  passUnfinished(crash?: Crash): void {
    const live = this.#live;
    this.#live = [];
    for (const span of endUnfinished(live, crash)) {
      const ended = new Ended(span);
      ended.facts.set(SPAN_UNFINISHED, true);
      this.#end(ended);
    }
    this.catchUp();
  }

  #end(ended: Ended): void {
    this.#events.push(ended);
    this.#backlog.add(ended, ended.weight);
  }

  /** Tells the enrichers what happened, in order, up to the end of that span; then the starts behind it. */
  #tell(last?: Ended): void {
    const { enrichers } = this.#pipeline;
    while (this.#told < this.#events.length) {
      const event = this.#events[this.#told] as ReadableSpan | Ended;
      if (event instanceof Ended) {
        if (last?.isTold) return;
        this.#told++;
        event.isTold = true;
        this.#recognise(event);
        tellEnd(enrichers, event);
      } else {
        this.#told++;
        tellStart(enrichers, event);
      }
    }
    this.#events = [];
    this.#told = 0;
    this.#forgetEnded();
  }

  #recognise({ span, facts }: Ended): void {
    try {
      facts.known = this.#known.find(span.attributes);
    } catch (error) {
      caught('known attributes', error);
    }
  }

  /** Looked for where they lie in a row, and not before they are as many as the live ones. */
  #forgetEnded(): void {
    if (this.#live.length < Math.min(this.#liveAtLeast * 2, LIVE_LIMIT)) return;
    this.#live = this.#live.filter((span) => !span.ended);
    this.#liveAtLeast = this.#live.length;
  }

  async forceFlush(): Promise<void> {
    this.catchUp();
    await withDeadline(this.#pipeline.fanOut.flush(), this.#pipeline.deadlineMs ?? DEADLINE_MS);
  }

  async shutdown(): Promise<void> {
    this.catchUp();
    await withDeadline(this.#pipeline.fanOut.shutdown(), this.#pipeline.deadlineMs ?? DEADLINE_MS);
  }
}

function tellStart(enrichers: readonly Enricher[], span: ReadableSpan): void {
  for (const enricher of enrichers) {
    try {
      enricher.onStart?.(span);
    } catch (error) {
      caught(`${enricher.name} facts`, error);
    }
  }
}

function tellEnd(enrichers: readonly Enricher[], { span, facts }: Ended): void {
  for (const enricher of enrichers) {
    try {
      enricher.onEnd?.(span, facts);
    } catch (error) {
      caught(`${enricher.name} facts`, error);
    }
  }
}

/** The same for log records. */
export class CompositeLogRecordProcessor implements LogRecordProcessor {
  readonly #pipeline: Pipeline<ReadableLogRecord, LogView>;
  #hasStarted = false;

  constructor(pipeline: Pipeline<ReadableLogRecord, LogView>) {
    this.#pipeline = pipeline;
  }

  onEmit(record: ReadableLogRecord): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      first(this.#pipeline, record);
    }
    const facts = new Facts();
    for (const enricher of this.#pipeline.enrichers) {
      try {
        enricher.onLog?.(record, facts);
      } catch (error) {
        caught(`${enricher.name} facts`, error);
      }
    }
    pass(this.#pipeline, (live) => limitLog(live, weigh(live), facts), record, facts);
  }

  async forceFlush(): Promise<void> {
    await withDeadline(this.#pipeline.fanOut.flush(), this.#pipeline.deadlineMs ?? DEADLINE_MS);
  }

  async shutdown(): Promise<void> {
    await withDeadline(this.#pipeline.fanOut.shutdown(), this.#pipeline.deadlineMs ?? DEADLINE_MS);
  }
}

function first<Live>(pipeline: { readonly onFirst?: (live: Live) => void }, live: Live): void {
  try {
    pipeline.onFirst?.(live);
  } catch (error) {
    caught('start', error);
  }
}

/** What an enricher drops is gone before the limits look, so that it does not take the room of what stays. */
function withoutDropped(span: ReadableSpan, facts: Facts): ReadableSpan {
  const { events = span.events, dropped } = facts;
  if (dropped === undefined && events === span.events) return span;
  const kept = Object.entries(span.attributes).filter(([key]) => dropped?.has(key) !== true);
  // Whoever gave the events has decided about their keys as well.
  if (facts.events !== undefined) facts.dropped = undefined;
  return Object.create(span, {
    attributes: { value: Object.fromEntries(kept) },
    events: { value: events },
    droppedEventsCount: { value: span.droppedEventsCount + span.events.length - events.length },
  });
}

/** A record that cannot be redacted goes nowhere. */
function pass<Live, View extends SpanView | LogView>(
  pipeline: Pipeline<Live, View>,
  prepare: (live: Live) => Live,
  live: Live,
  facts: Facts,
): void {
  try {
    pipeline.fanOut.accept(pipeline.redact(prepare(live), facts));
  } catch (error) {
    caught('redaction', error);
  }
}
