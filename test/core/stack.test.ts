import { expect, test } from 'vitest';
import { parseStack } from '../../src/core/stack.ts';

const STACK = `Error: card declined
at the till: no "quotes"
    at charge (/srv/app/dist/payments.js:12:11)
    at async Object.checkout [as handler] (file:///srv/app/dist/my%20shop.js:40:5)
    at new Order (/srv/app/dist/order.js:3:9)
    at /srv/app/dist/anonymous.js:7:1
    at Layer.handle (/srv/app/node_modules/express/lib/router/layer.js:95:5)
    at Object.<anonymous> (C:\\app\\main.js:1:7)
    at node:internal/process/task_queues:103:5
    at async Promise.all (index 0)
    at eval (eval at run (/srv/app/dist/x.js:1:1), <anonymous>:1:1)`;

test('stack: frames of every form V8 writes', () => {
  expect(parseStack(STACK)).toEqual([
    { functionName: 'charge', file: '/srv/app/dist/payments.js', line: 12, column: 11, isInApp: true },
    { functionName: 'Object.checkout', file: '/srv/app/dist/my shop.js', line: 40, column: 5, isInApp: true },
    { functionName: 'Order', file: '/srv/app/dist/order.js', line: 3, column: 9, isInApp: true },
    { file: '/srv/app/dist/anonymous.js', line: 7, column: 1, isInApp: true },
    {
      functionName: 'Layer.handle',
      file: '/srv/app/node_modules/express/lib/router/layer.js',
      line: 95,
      column: 5,
      isInApp: false,
    },
    { file: 'C:\\app\\main.js', line: 1, column: 7, isInApp: true },
    { file: 'node:internal/process/task_queues', line: 103, column: 5, isInApp: false },
  ]);
});

test('stack: text that is no stack has no frames', () => {
  expect(parseStack('')).toEqual([]);
  expect(parseStack('at the end of the day (it:was:fine)')).toEqual([]);
  expect(parseStack(`    at ${'x'.repeat(100_000)}:1:1`)).toEqual([]);
});

test('stack: a folder in brackets belongs to the path, a relative package is no code of the app', () => {
  const stack =
    'Error: x\n    at Page (/srv/app/(shop)/page.tsx:3:9)\n    at node_modules/lib/index.js:1:2\n    at src/a.js:4:5';
  expect(parseStack(stack).map(({ file, isInApp }) => [file, isInApp])).toEqual([
    ['/srv/app/(shop)/page.tsx', true],
    ['node_modules/lib/index.js', false],
    ['src/a.js', true],
  ]);
});
