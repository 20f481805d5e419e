import { createNoopMeter, type HrTime } from '@opentelemetry/api';
import { PgInstrumentation as Upstream } from '@opentelemetry/instrumentation-pg';
import { withStatement } from '../src/core/current-statement.ts';
import type { ModuleDefinition } from './module-definitions.ts';

/** What is read of the options of a pool. */
interface Options {
  readonly connectionString?: string | undefined;
  readonly database?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}

interface Pool {
  readonly options: Options;
}

type Connect = (this: Pool, callback?: unknown) => unknown;
type Query = (this: unknown, ...args: unknown[]) => unknown;

/** The parts of upstream's that see a pool or a query, or measure; private there. */
interface Patches {
  readonly _operationDuration: unknown;
  init(): ModuleDefinition[];
  _getClientQueryPatch(): (original: Query) => Query;
  _getPoolConnectPatch(): (original: Connect) => Connect;
  _setPoolConnectEventListeners(pool: Pool): void;
  recordOperationDuration(attributes: object, startTime: HrTime): void;
  _wrap(nodule: object, name: string, wrapper: (original: Query) => Query): void;
}

const Base = Upstream as unknown as new (config?: object) => Patches;

interface View {
  readonly pool: Pool;
  readonly connectionString: string;
}

/** What an instrument is when nobody measures. */
const NOBODY = createNoopMeter().createHistogram('');

/** By pool, and the way back. */
const views = new WeakMap<Pool, View>();
const pools = new WeakMap<Pool, Pool>();

/**
 * Upstream's instrumentation of pg, which does not read a pool's connection string again for each query, and of which
 * the statement is known when a span starts.
 *
 * For each `pg-pool.connect` span upstream parses the connection string as a URL, which costs as much as all else
 * about that span. So it is shown the pool with options that say the same in parts. And where nobody measures,
 * nothing is counted for it.
 */
export class PgInstrumentation extends Base {
  override init(): ModuleDefinition[] {
    const definitions = super.init();
    for (const definition of definitions) {
      const { name, patch } = definition;
      if (name !== 'pg-pool' || patch === undefined) continue;
      definition.patch = (exports, version) => {
        const patched = patch(exports, version);
        const { default: inner, prototype } = exports as {
          default?: { prototype: object };
          prototype: object;
        };
        this._wrap(inner?.prototype ?? prototype, 'query', saysStatement);
        return patched;
      };
    }
    return definitions;
  }

  override _getClientQueryPatch(): (original: Query) => Query {
    const patch = super._getClientQueryPatch();
    return (original) => saysStatement(patch(original));
  }

  override _getPoolConnectPatch(): (original: Connect) => Connect {
    const patch = super._getPoolConnectPatch();
    return (original) => {
      const patched = patch(function connect(callback) {
        return original.call(pools.get(this) ?? this, callback);
      });
      return function connect(callback) {
        return patched.call(viewOf(this), callback);
      };
    };
  }

  override _setPoolConnectEventListeners(pool: Pool): void {
    if (this.#isMeasured) super._setPoolConnectEventListeners(pools.get(pool) ?? pool);
  }

  override recordOperationDuration(attributes: object, startTime: HrTime): void {
    if (this.#isMeasured) super.recordOperationDuration(attributes, startTime);
  }

  get #isMeasured(): boolean {
    return this._operationDuration !== NOBODY;
  }
}

function saysStatement(original: Query): Query {
  return function query(...args) {
    const [first] = args;
    const text = typeof first === 'string' ? first : (first as { text?: unknown } | null | undefined)?.text;
    return withStatement(text, () => original.apply(this, args));
  };
}

function viewOf(pool: Pool): Pool {
  const connectionString = pool.options?.connectionString;
  if (typeof connectionString !== 'string') return pool;
  const known = views.get(pool);
  if (known?.connectionString === connectionString) return known.pool;
  const view: Pool = Object.create(pool, { options: { value: partsOf(connectionString, pool.options) } });
  views.set(pool, { pool: view, connectionString });
  pools.set(view, pool);
  return view;
}

/** As upstream reads it: what the URL says comes before the options, and no URL counts as none. */
function partsOf(connectionString: string, options: Options): Options {
  const parts = { ...options, connectionString: undefined };
  if (!URL.canParse(connectionString)) return parts;
  const url = new URL(connectionString);
  return {
    ...parts,
    database: url.pathname.slice(1),
    host: url.hostname,
    port: Number(url.port) || options.port,
    user: decoded(url.username) || options.user,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
