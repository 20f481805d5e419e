import { expect } from 'vitest';
import type { StandIn } from '../stand-ins/stand-in.ts';
import { type AppRun, type RecordedSpan, type RunOptions, runApp, withOlderLibrary } from './run-app.ts';

/** A client of a provider, its scenarios in `apps/<app>-esm.mjs` and `apps/<app>-cjs.cjs`. */
export interface Client {
  readonly app: string;
  readonly library: string;
  /** The version under the library's own name, and an older one under an alias. */
  readonly version: string;
  readonly older: { readonly version: string; readonly alias: string };
  readonly scenarios: readonly string[];
  readonly start: () => Promise<StandIn>;
}

/** What the scenarios of a client do and leave behind, by variant (`1 ESM`), with us and without. */
export class ScenarioRuns {
  readonly variants: string[];
  readonly runs: Record<string, AppRun> = {};
  readonly bare: Record<string, AppRun> = {};
  readonly #client: Client;
  #server: StandIn | undefined;

  constructor(client: Client) {
    this.#client = client;
    this.variants = [client.version, client.older.version].flatMap((each) => [
      `${each} ESM`,
      `${each} CommonJS`,
    ]);
  }

  get port(): number | undefined {
    return this.#server?.port;
  }

  async start(): Promise<void> {
    const { library, version, older } = this.#client;
    this.#server = await this.#client.start();
    await this.#runVariants(version, {});
    await withOlderLibrary(older.alias, library, (directory) =>
      this.#runVariants(older.version, { directory }),
    );
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** One more run: `esm.mjs` or `cjs.cjs`, of all scenarios unless `args` names some. */
  async run(kind: string, options: RunOptions): Promise<AppRun> {
    this.#server?.requests.clear();
    return runApp(`${this.#client.app}-${kind}`, {
      args: [this.#client.scenarios.join(',')],
      nodeArgs: ['--expose-gc'],
      ...options,
      env: { MODEL_URL: this.#server?.url ?? '', ...options.env },
    });
  }

  /** The one span of this name. */
  only(variant: string, name: string): RecordedSpan {
    const spans = modelCalls(this.runs[variant]).filter((span) => span.name === name);
    expect(spans, `${variant} ${name}`).toHaveLength(1);
    return spans[0] as RecordedSpan;
  }

  async #runVariants(version: string, options: RunOptions): Promise<void> {
    for (const [name, kind] of [
      ['ESM', 'esm.mjs'],
      ['CommonJS', 'cjs.cjs'],
    ] as const) {
      this.bare[`${version} ${name}`] = await this.run(kind, { ...options, bare: true });
      this.runs[`${version} ${name}`] = await this.run(kind, options);
    }
  }
}

export function modelCalls(run: AppRun | undefined): RecordedSpan[] {
  return (run?.spans ?? []).filter((span) => span.attributes['gen_ai.provider.name'] !== undefined);
}
