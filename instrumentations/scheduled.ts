import { context, ROOT_CONTEXT, type Span, type Tracer, trace } from '@opentelemetry/api';
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
} from '@opentelemetry/instrumentation';
import { toolVersion } from '../src/core/tool-version.ts';
import { aside } from './aside.ts';
import { recordFailure } from './record-failure.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** By library the functions that take a job, and the versions that are known to. */
const LIBRARIES = [
  { name: 'node-cron', versions: ['>=3.0.0 <5'], functions: ['schedule', 'createTask'] },
  { name: 'node-schedule', versions: ['>=2.0.0 <3'], functions: ['scheduleJob'] },
] as const;

/** A trace for each run of a job of node-cron or node-schedule: nothing else begins one, and a failed one is only printed. */
export class ScheduledInstrumentation extends InstrumentationBase {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentlog/otel/scheduled', toolVersion(), config);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    return LIBRARIES.map(
      ({ name, versions, functions }) =>
        new InstrumentationNodeModuleDefinition(name, [...versions], (exports: Record<string, unknown>) => {
          for (const owner of new Set([exports, exports.default, exports.nodeCron])) {
            for (const each of functions)
              if (typeof (owner as Record<string, unknown> | undefined)?.[each] === 'function')
                this._wrap(owner as Record<string, Method>, each, (original) => this.#taking(original));
          }
          return exports;
        }),
    );
  }

  #taking(original: Method): Method {
    const traced = (job: Method, name: string): Method => running(job, name, () => this.tracer);
    return function schedule(...args) {
      const index = args.findIndex((arg) => typeof arg === 'function');
      const given = [...args];
      if (index >= 0) aside(() => given.splice(index, 1, traced(args[index] as Method, nameOf(args, index))));
      return original.apply(this, given);
    };
  }
}

/** What the app calls it: by an option, before its rule, by its function; else its rule. */
function nameOf(args: readonly unknown[], index: number): string {
  const { name } = (args[index + 1] ?? {}) as { name?: unknown };
  const before = index > 1 ? args[0] : undefined;
  const own = (args[index] as Method).name;
  const named = [name, before, own, args[0]].find((each) => typeof each === 'string' && each !== '');
  return `job ${named ?? 'without a name'}`;
}

function running(job: Method, name: string, tracer: () => Tracer): Method {
  return function run(...args) {
    const span = tracer().startSpan(name, {}, ROOT_CONTEXT);
    return context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
      try {
        const result = job.apply(this, args);
        // A step of the app's own chain: a branch of it would handle, or raise, a rejection that is the app's.
        if (result instanceof Promise && result.constructor === Promise) return followed(result, span);
        span.end();
        return result;
      } catch (error) {
        fail(span, error);
        throw error;
      }
    });
  };
}

function followed(promise: Promise<unknown>, span: Span): Promise<unknown> {
  return promise.then(
    (value) => {
      span.end();
      return value;
    },
    (error) => {
      fail(span, error);
      throw error;
    },
  );
}

function fail(span: Span, error: unknown): void {
  recordFailure(span, error);
  span.end();
}
