import * as stable from '@opentelemetry/semantic-conventions';
import * as incubating from '@opentelemetry/semantic-conventions/incubating';
import { expect, test } from 'vitest';
import * as attributes from '../../src/core/attributes.ts';

/** GenAI names moved to a repository that no package carries yet (SEMCONV-GENAI); the others must be upstream's. */
const known = new Set<unknown>(
  Object.values({ ...stable, ...incubating }).filter((value) => typeof value === 'string'),
);

test('attributes: every key outside our namespace and GenAI is one of the semantic conventions', () => {
  const entries = Object.entries(attributes).filter(([, key]) => typeof key === 'string') as [
    string,
    string,
  ][];
  const foreign = entries.filter(([, key]) => !/^(?:agentlog|gen_ai|mcp|openai)\./.test(key));
  expect(foreign.length).toBeGreaterThan(15);
  expect(foreign.filter(([, key]) => !known.has(key))).toEqual([]);
});

test('attributes: a key has one name', () => {
  const keys = Object.values(attributes);
  expect(keys).toHaveLength(new Set(keys).size);
});
