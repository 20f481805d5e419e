import { expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { makeBundle } from '../../src/bundles/index.ts';
import type { LogRecord, Span } from '../../src/core/span.ts';
import { buildTrace } from '../../src/core/trace.ts';
import { AUDIENCES } from '../../src/formats/format.ts';
import { formats, loadFormat } from '../../src/formats/index.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { CORPUS, MARK } from './corpus.ts';

const TRACE = 'badbadbadbadbadbadbadbadbadbadba';
const OTHER = 'fadfadfadfadfadfadfadfadfadfadfa';
const INVISIBLE = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Keys that some part of the bundle reads. */
const KEYS = [
  'http.request.method',
  'http.route',
  'url.full',
  'url.path',
  'url.query',
  'user_agent.original',
  'server.address',
  'http.request.header.x-planted',
  'db.system.name',
  'db.namespace',
  'db.query.text',
  'db.query.summary',
  'db.collection.name',
  'messaging.system',
  'messaging.destination.name',
  'rpc.service',
  'aws.s3.bucket',
  'exception.type',
  'exception.message',
  'exception.stacktrace',
  'error.type',
  'agentlog.exception.fingerprint',
  'code.file.path',
  'code.function.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.tool.name',
  'gen_ai.tool.call.arguments',
  'session.id',
  'agentlog.gen_ai.cost_source',
];
const RESOURCE_KEYS = [
  'service.name',
  'service.version',
  'vcs.ref.head.revision',
  'process.runtime.name',
  'process.runtime.version',
  'os.type',
  'host.arch',
  'host.name',
  'deployment.environment.name',
  'telemetry.distro.name',
  'telemetry.sdk.name',
];

/** A trace in which every field that holds text holds this one; several kinds of spans, so that all parts show it. */
async function bundleOf(text: string): Promise<Bundle> {
  const resource = {
    attributes: {
      ...Object.fromEntries(RESOURCE_KEYS.map((key) => [key, text])),
      'agentlog.configuration.names': [text],
    },
  };
  const scope = { name: text, version: text };
  const all = Object.fromEntries(KEYS.map((key) => [key, text]));
  const without = (...prefixes: string[]): Span['attributes'] =>
    Object.fromEntries(
      Object.entries(all).filter(([key]) => !prefixes.some((prefix) => key.startsWith(prefix))),
    );
  const span = (
    n: number,
    parent: number | undefined,
    kind: number,
    attributes: Span['attributes'],
  ): Span => ({
    traceId: TRACE,
    spanId: n.toString(16).padStart(16, '0'),
    ...(parent !== undefined && { parentSpanId: parent.toString(16).padStart(16, '0') }),
    traceState: text,
    flags: 1,
    name: text,
    kind,
    startTimeUnixNano: 1_795_250_407_000_000_000n + BigInt(n) * 1_000_000n,
    endTimeUnixNano: 1_795_250_407_000_000_000n + BigInt(900 - n) * 1_000_000n,
    attributes: { ...attributes, [text]: text, list: [text], map: { [text]: [text] } },
    events: [
      { name: text, timeUnixNano: 1_795_250_407_100_000_000n, attributes: { [text]: text } },
      {
        name: 'exception',
        timeUnixNano: 1_795_250_407_100_000_000n,
        attributes: {
          'exception.type': text,
          'exception.message': text,
          'exception.stacktrace': `${text}: ${text}\n    at ${text} (/srv/${text}.js:1:2)\n    at pay (/srv/pay.js:3:4)`,
        },
      },
    ],
    links: [{ traceId: OTHER, spanId: '00000000000000aa', attributes: { [text]: text } }],
    status: { code: 2, message: text },
    droppedCount: 1,
    resource,
    scope,
  });
  const method = {
    'http.request.method': 'GET',
    'url.path': `/${text}`,
    'http.request.header.x-planted': [text],
  };
  const spans = [
    span(1, undefined, 2, { ...all, ...method, 'http.response.status_code': 403 }),
    span(2, 1, 3, without('gen_ai', 'messaging')),
    span(3, 1, 3, without('gen_ai', 'db')),
    span(4, 1, 3, { ...without('db', 'messaging'), 'gen_ai.operation.name': 'chat' }),
    span(5, 1, 3, { 'server.address': text, 'http.response.status_code': 401 }),
    span(6, 1, 3, { ...without('db', 'messaging'), 'gen_ai.operation.name': 'execute_tool' }),
    ...[10, 11, 12, 13, 14, 15].map((n) => span(n, 2, 3, without('gen_ai', 'messaging'))),
  ];
  const log = (n: number, body: LogRecord['body']): LogRecord => ({
    traceId: TRACE,
    spanId: n.toString(16).padStart(16, '0'),
    timeUnixNano: 1_795_250_407_200_000_000n,
    severityNumber: 0,
    severityText: text,
    eventName: text,
    body,
    attributes: { ...all, [text]: text },
    resource,
    scope,
  });
  const linked = { ...span(1, undefined, 2, all), traceId: OTHER };
  const source = new MemorySource([...spans, linked], [log(1, text), log(2, { [text]: [text] })]);
  const bundle = await makeBundle(source, TRACE, {
    selection: { by: 'text', reasons: [{ what: 'The same message', text }], otherCount: 3 },
  });
  expect(buildTrace(TRACE, spans).spans).toHaveLength(bundle.trace.spans.length);
  return bundle;
}

test('corpus: there are at least 60 injections', () => {
  expect(new Set(CORPUS).size).toBeGreaterThanOrEqual(60);
});

const TEXT_FORMATS = Object.keys(formats).filter((name) => name !== 'html');
const bundles = new Map<number, Promise<Bundle>>();
const made = (index: number): Promise<Bundle> => {
  const known = bundles.get(index) ?? bundleOf(CORPUS[index] ?? '');
  bundles.set(index, known);
  return known;
};

test.each(CORPUS.map((_, index) => index))(
  'corpus: injection %i in every field stays quoted data in every format',
  async (index) => {
    const bundle = await made(index);
    for (const name of TEXT_FORMATS) {
      const format = await loadFormat(name);
      const renderings = [format.render(bundle, { maxTokens: 60_000 })];
      if (name === 'prompt')
        for (const audience of AUDIENCES) renderings.push(format.render(bundle, { audience }));
      for (const text of renderings) {
        expect(text).toContain(MARK);
        expect(INVISIBLE.exec(text), name).toBeNull();
        for (const line of text.split('\n')) {
          // Wherever a planted text stands, a quote is open: or it is the one curl command, in single quotes.
          const isCommand = line.startsWith("curl -i 'http") || line.startsWith('"reproduction":');
          for (const { index: at } of line.matchAll(new RegExp(MARK, 'g'))) {
            const before = line.slice(0, at).replace(/\\./g, '');
            const isQuoted = (before.match(/"/g)?.length ?? 0) % 2 === 1;
            expect(isQuoted || isCommand, `${name}: ${line.slice(0, 200)}`).toBe(true);
          }
        }
        const outside = text
          .replace(/^```text\n[\s\S]*?\n```$/gm, '')
          .replace(/^<\/?(?:incident|task)>$/gm, '');
        if (name === 'markdown' || name === 'prompt') {
          expect(outside).not.toContain(MARK);
          expect(outside).not.toMatch(/```|~~~|<[a-zA-Z/!?|]/);
        }
        expect(text.replace(/^<\/?(?:incident|task)>$/gm, '')).not.toMatch(/<[a-zA-Z/!?|]/);
      }
    }
  },
);
