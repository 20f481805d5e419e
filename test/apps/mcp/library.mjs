// The MCP library under test: `1` is @modelcontextprotocol/sdk, `2` its successors; by `import` or by `require`.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Everything the given modules export, in one object. */
export async function load(how, modules) {
  const parts = modules.map((name) => (how === 'cjs' ? require(name) : import(name)));
  return Object.assign({}, ...(await Promise.all(parts)));
}

const SDK = '@modelcontextprotocol/sdk';

export const CLIENT = {
  1: [
    `${SDK}/client/index.js`,
    `${SDK}/client/stdio.js`,
    `${SDK}/client/streamableHttp.js`,
    `${SDK}/types.js`,
  ],
  2: ['@modelcontextprotocol/client', '@modelcontextprotocol/client/stdio'],
};

export const SERVER = {
  1: [`${SDK}/server/mcp.js`, `${SDK}/server/stdio.js`, `${SDK}/server/streamableHttp.js`],
  2: ['@modelcontextprotocol/server', '@modelcontextprotocol/server/stdio'],
};
