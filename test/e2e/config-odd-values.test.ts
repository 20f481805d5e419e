import { describe } from 'vitest';
import { type Case, compare, namesOf, type Outcome, requestsTo, span } from './beside-stock.ts';

const NONE_SET = [
  ...['GET', 'GET', 'caller', 'limits', 'remote 1'],
  ...['work 0', 'work 1', 'work 2', 'work 3', 'work 4'],
].sort();
const paths = ({ requests }: Outcome) => [...new Set(requests.map((each) => each.path))].sort();
const resource = (outcome: Outcome) => span(outcome)?.resource.attributes ?? {};

/** What people write: spaces, capitals, a missing scheme, a number that is none. The app runs on with all of it. */
const CASES: readonly Case[] = [
  ...(
    [
      ['TRUE', []],
      [' true ', []],
      ['yes', NONE_SET],
      ['1', NONE_SET],
      ['', NONE_SET],
    ] as const
  ).map(([value, expected]) => ({
    name: `OTEL_SDK_DISABLED=${JSON.stringify(value)}`,
    env: { OTEL_SDK_DISABLED: value },
    observe: namesOf,
    expected: [...expected],
  })),
  {
    name: 'lists with spaces, empty items and repeats',
    env: {
      OTEL_TRACES_EXPORTER: ' otlp , ,otlp',
      OTEL_PROPAGATORS: ' b3 , baggage,b3',
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: ' http , ',
    },
    observe: namesOf,
    expected: NONE_SET,
  },
  {
    name: 'every variable empty',
    env: Object.fromEntries(
      [
        ...['TRACES_SAMPLER', 'TRACES_SAMPLER_ARG', 'TRACES_EXPORTER', 'LOGS_EXPORTER', 'PROPAGATORS'],
        ...['SERVICE_NAME', 'RESOURCE_ATTRIBUTES', 'LOG_LEVEL', 'CONFIG_FILE', 'EXPORTER_OTLP_HEADERS'],
        ...['EXPORTER_OTLP_TIMEOUT', 'EXPORTER_OTLP_COMPRESSION', 'EXPORTER_OTLP_TRACES_ENDPOINT'],
        ...['BSP_MAX_QUEUE_SIZE', 'BLRP_EXPORT_TIMEOUT', 'SPAN_EVENT_COUNT_LIMIT', 'ATTRIBUTE_COUNT_LIMIT'],
      ].map((name) => [`OTEL_${name}`, '']),
    ),
    observe: (outcome) => [namesOf(outcome), paths(outcome), span(outcome)?.events.length],
    expected: [NONE_SET, ['/v1/logs', '/v1/traces'], 3],
  },
  ...['OTEL_SPAN_EVENT_COUNT_LIMIT', 'OTEL_SPAN_LINK_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'].flatMap(
    (name) =>
      (
        [
          [
            '0',
            { OTEL_SPAN_EVENT_COUNT_LIMIT: [0, 2, 4], OTEL_SPAN_LINK_COUNT_LIMIT: [3, 0, 4] }[name] ?? [
              3, 2, 0,
            ],
          ],
          ['many', [3, 2, 4]],
        ] as const
      ).map(([value, expected]) => ({
        name: `${name}=${value}`,
        env: { [name]: value },
        observe: (outcome: Outcome) => {
          const { events, links, attributes } = span(outcome) ?? {};
          return [events?.length, links?.length, Object.keys(attributes ?? {}).length];
        },
        expected: [...expected],
      })),
  ),
  ...['many', '-1', ' 0 ', '1e-400'].map((value) => ({
    name: `OTEL_TRACES_SAMPLER_ARG=${JSON.stringify(value)}`,
    env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: value },
    observe: (outcome: Outcome) => namesOf(outcome).length > 0,
    expected: value === 'many' || value === '-1',
  })),
  {
    name: 'an OTEL_RESOURCE_ATTRIBUTES that is broken in the middle',
    env: { OTEL_RESOURCE_ATTRIBUTES: 'a=1,broken,b=2', OTEL_SERVICE_NAME: 'shop' },
    observe: (outcome) => {
      const { a, b, 'service.name': name } = resource(outcome);
      return [a, b, name];
    },
    expected: [undefined, undefined, 'shop'],
  },
  {
    name: 'an OTEL_RESOURCE_ATTRIBUTES with encoded and quoted values',
    env: { OTEL_RESOURCE_ATTRIBUTES: 'a=x%20y%3D1, b = z ,c="q"' },
    observe: (outcome) => {
      const { a, b, c } = resource(outcome);
      return [a, b, c];
    },
    expected: ['x y=1', 'z', '"q"'],
  },
  {
    name: 'OTEL_EXPORTER_OTLP_HEADERS that are broken in the middle',
    env: { OTEL_EXPORTER_OTLP_HEADERS: 'x-a=1,broken,=2,x-b=%3D' },
    observe: ({ requests }) => requests.map(({ headers }) => [headers['x-a'], headers['x-b']])[0],
    expected: ['1', '='],
  },
  {
    name: 'an unknown compression',
    env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'brotli' },
    observe: (outcome) => [
      requestsTo(outcome, '/v1/traces').map(({ headers }) => headers['content-encoding']),
      namesOf(outcome),
    ],
    expected: [[undefined], NONE_SET],
  },
  {
    name: 'an endpoint of one signal that is none: the general one serves',
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'not a url' },
    observe: paths,
    expected: ['/v1/logs', '/v1/traces'],
  },
  {
    name: 'an endpoint of one signal with a query and a user',
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '{url}/t?tenant=a%20b' },
    observe: paths,
    expected: ['/t?tenant=a%20b', '/v1/logs'],
  },
  {
    name: 'a certificate that is not there, which plain http does not need',
    env: { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file.pem' },
    observe: (outcome) => [namesOf(outcome), paths(outcome)],
    expected: [NONE_SET, ['/v1/logs', '/v1/traces']],
  },
];

describe('config: values that people write, as upstream', () => compare(CASES));
