import { expect, test } from 'vitest';
import { CONTENT_OFF, readContentPolicy } from '../../../src/core/genai/content-policy.ts';
import { readOptions } from '../../../src/core/read-options.ts';

const ALL = { prompts: true, completions: true, tools: true, spans: true, events: true };

test.each([undefined, '', 'false', 'NO_CONTENT', 'yes please'])(
  'genai content: nothing is recorded when the standard variable is %j',
  (value) => expect(readContentPolicy([], value)).toEqual(CONTENT_OFF),
);

test.each([
  ['true', true, true],
  ['SPAN_ONLY', true, false],
  [' event_only ', false, true],
  ['SPAN_AND_EVENT', true, true],
])(
  'genai content: the standard variable %j alone lets everything into spans %s, events %s',
  (value, spans, events) => {
    expect(readContentPolicy([], value)).toEqual({ ...ALL, spans, events });
  },
);

test('genai content: each kind has a switch of its own', () => {
  expect(readContentPolicy(['tools'], undefined)).toEqual({ ...ALL, prompts: false, completions: false });
  expect(readContentPolicy(['prompts', 'completions'], undefined)).toEqual({ ...ALL, tools: false });
});

test('genai content: of two variables the narrower counts', () => {
  expect(readContentPolicy(['off'], 'true')).toEqual(CONTENT_OFF);
  expect(readContentPolicy(['prompts', 'off'], undefined)).toEqual(CONTENT_OFF);
  expect(readContentPolicy(['prompts'], 'false')).toEqual(CONTENT_OFF);
  expect(readContentPolicy(['prompts'], 'SPAN_ONLY')).toEqual({ ...CONTENT_OFF, prompts: true, spans: true });
});

test('genai content: a word that is no kind turns nothing on and is named', () => {
  const { options, problems } = readOptions({ AGENTLOG_GENAI_CONTENT: 'prompts,everything' });
  expect(options.genaiContent).toEqual([]);
  expect(problems).toEqual([
    'AGENTLOG_GENAI_CONTENT: expected any of off, prompts, completions, tools; using ""',
  ]);
  expect(readOptions({ AGENTLOG_GENAI_CONTENT: ' Prompts, tools' }).options.genaiContent).toEqual([
    'prompts',
    'tools',
  ]);
});
