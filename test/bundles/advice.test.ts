import { expect, test } from 'vitest';
import { makeBundle } from '../../src/bundles/index.ts';
import { decodeLine } from '../../src/core/otlp/decode.ts';
import { MemorySource } from '../../src/sources/memory.ts';
import { temporaryDirectory } from '../store/temporary.ts';
import { Story } from '../traces/otlp.ts';

const ID = 'f00df00df00df00df00df00df00df00d';
const URL = 'http://127.0.0.1:4000/stock/reserve';

/** What to do first about a request whose call failed with this stack. */
async function firstStep(stack: string | undefined, project?: string): Promise<string | undefined> {
  const attributes = {
    'exception.type': 'Error',
    'exception.message': 'socket hang up',
    ...(stack !== undefined && { 'exception.stacktrace': stack }),
  };
  const story = new Story(ID, 0);
  const { spans } = decodeLine(
    story.spans({ 'service.name': 'shop' }, [
      { id: 1, name: 'GET /orders', kind: 2, at: 0, ms: 9, error: 'failed' },
      {
        id: 2,
        parent: 1,
        name: 'GET',
        kind: 3,
        at: 1,
        ms: 5,
        error: 'socket hang up',
        attributes: { 'url.full': URL, 'http.request.method': 'GET' },
        events: [{ name: 'exception', at: 5, attributes }],
      },
    ]),
  );
  const bundle = await makeBundle(new MemorySource(spans, []), ID, {
    ...(project !== undefined && { project }),
  });
  return bundle.nextSteps[0];
}

const NODE = 'Error: socket hang up\n    at Socket.onEnd (node:_http_client:524:23)';
const PACKAGE = `${NODE}\n    at send (/srv/app/node_modules/undici/lib/client.js:10:5)`;
const APP = `${NODE}\n    at reserve (/srv/app/src/stock.js:12:5)`;
const PYTHON = 'Traceback (most recent call last):\n  File "stock.py", line 12, in reserve';

test('advice: what is said of a stack is what the stack is', async () => {
  expect(await firstStep(APP)).toBe('Read the code at the place of the cause (#2), then what called it.');
  for (const stack of [NODE, PACKAGE])
    expect(await firstStep(stack)).toMatch(/^The stack at #2 names only code of Node and of packages: look/);
  expect(await firstStep(PYTHON)).toMatch(/^The stack at #2 is not one of JavaScript/);
  expect(await firstStep(undefined)).toBe(
    'No stack was recorded at #2: nothing was logged around it either.',
  );
});

test('advice: a call that the source shows is not looked for again', async () => {
  const project = temporaryDirectory({ 'stock.mjs': 'await fetch(`$' + '{STOCK}/stock/reserve`);\n' });
  expect(await firstStep(NODE, project)).toBe(
    'The stack at #2 names only code of Node and of packages: the lines of source under the cause are where the call is made.',
  );
});
