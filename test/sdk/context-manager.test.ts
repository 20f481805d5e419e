import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { ThrowAwareContextManager } from '../../src/sdk/context-manager.ts';

const KEY = createContextKey('test');

test('context: a bound function keeps its context, its `this`, its arguments, and how many parameters it has', () => {
  const manager = new ThrowAwareContextManager().enable();
  const active = ROOT_CONTEXT.setValue(KEY, 'mine');
  for (let count = 0; count < 6; count++) {
    const names = Array.from({ length: count }, (_, i) => `p${i}`);
    const target = new Function('seen', `return function (${names}) { return seen(this, [...arguments]); }`)(
      (self: unknown, given: unknown[]) => [self, given, manager.active().getValue(KEY)],
    );
    const self = { bound: manager.bind(active, target) };
    expect(self.bound.length).toBe(count);
    expect(self.bound(1, 2, 3, 4, 5, 6, 7)).toEqual([self, [1, 2, 3, 4, 5, 6, 7], 'mine']);
  }
  expect(manager.active().getValue(KEY)).toBeUndefined();
  expect(manager.bind(active, 7)).toBe(7);
});
